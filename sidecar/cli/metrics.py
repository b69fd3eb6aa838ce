"""`sidecar metrics`: what was asked since the start, as a table, as JSON or for Prometheus."""

import click
import msgspec

from sidecar.cli.connect import ask, show, socket_option
from sidecar.rpc.metrics import Durations, MethodMetrics, Metrics
from sidecar.rpc.openmetrics import render

COLUMNS = ("requests", "refused", "mean ms", "p50 ms", "p99 ms")
MIB = 1024 * 1024


@click.command("metrics")
@socket_option
@click.option("--json", "form", flag_value="json", help="Print the bare result as JSON.")
@click.option("--openmetrics", "form", flag_value="text", help="Print it as Prometheus reads it.")
def metrics_command(socket: str | None, form: str | None) -> None:
    """Tell what was asked since the start and how long it took, and how things are now."""
    result = ask(socket, "daemon/metrics", {})
    if form == "json":
        show(result)
        return
    metrics = msgspec.json.decode(result, type=Metrics)
    if form == "text":
        click.echo(render(metrics, "openmetrics"), nl=False)
        return
    click.echo("\n".join([*_table(metrics.methods), "", *_rest(metrics)]))


def _table(methods: list[MethodMetrics]) -> list[str]:
    rows = [("method", *COLUMNS), *(_row(each) for each in methods)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows
    ]


def _row(method: MethodMetrics) -> tuple[str, ...]:
    count = sum(method.durations.counts)
    refused = sum(each.count for each in method.outcomes if each.outcome != "ok")
    mean_ms = method.durations.sum_ms / max(1, count)
    quantiles = (_quantile(method.durations, share) for share in (0.5, 0.99))
    return (method.method, f"{count:,}", f"{refused:,}", f"{mean_ms:,.3f}", *quantiles)


def _quantile(found: Durations, share: float) -> str:
    """Tell the bound under which so many of them stay; that is as much as is known."""
    rest = share * sum(found.counts)
    for bound_ms, count in zip(found.bounds_ms, found.counts, strict=False):
        rest -= count
        if rest <= 0:
            return f"<= {bound_ms:g}"
    return f"> {found.bounds_ms[-1]:g}"


def _rest(metrics: Metrics) -> list[str]:
    commits, wal = metrics.commits, metrics.wal
    count = sum(commits.requests.counts)
    lag = max((each.lag_events for each in metrics.subscribers), default=0)
    per_commit, took_ms = commits.requests.sum / max(1, count), commits.durations.sum_ms
    found = {
        "commits": f"{count:,}, of {per_commit:.2f} requests, {took_ms / max(1, count):.3f} ms",
        "commit p99": f"{_quantile(commits.durations, 0.99)} ms",
        "groups run again": f"{commits.reruns:,}",
        "queue": f"{metrics.queue_depth:,} peers, {metrics.waiting_requests:,} requests wait",
        "connections": f"{metrics.connections:,} of {metrics.connections_opened:,} ever",
        "subscribers": f"{len(metrics.subscribers):,}, at most {lag:,} events behind",
        "database": f"{metrics.database_bytes / MIB:,.1f} MiB, event {metrics.last_seq:,}",
        "log": f"{wal.bytes_ / MIB:,.1f} MiB, {wal.checkpoints:,} checkpoints, "
        f"{wal.held_up:,} held up",
        "recovered": f"{metrics.recovered.turns:,} turns, {metrics.recovered.runs:,} runs",
        "process": f"{metrics.process.pid}, {metrics.process.resident_bytes / MIB:,.1f} MiB, "
        f"{metrics.process.cpu_ms / 1000:,.2f} s of a processor",
    }
    return [f"{name:18}{value}" for name, value in found.items()]
