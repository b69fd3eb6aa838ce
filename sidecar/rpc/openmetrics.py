"""Write metrics as text for Prometheus: OpenMetrics 1.0, or the older format of text files.

The two differ in the names of counters' families and in their end; node_exporter's textfile
collector reads the older one alone.
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Literal

from sidecar.rpc.metrics import Durations, Metrics, Sizes

Dialect = Literal["openmetrics", "prometheus"]
Labels = tuple[tuple[str, str], ...]
Samples = Iterable[tuple[Labels, float]]
NO_LABELS: Labels = ()


class _Text:
    """Gather lines, one family after the other."""

    def __init__(self, dialect: Dialect) -> None:
        self.lines: list[str] = []
        self._is_open = dialect == "openmetrics"

    def _begin(self, name: str, kind: str, unit: str, about: str) -> None:
        is_counter = kind == "counter" and not self._is_open
        family = f"{name}_total" if is_counter else name
        self.lines.append(f"# TYPE {family} {kind}")
        if unit and self._is_open:
            self.lines.append(f"# UNIT {family} {unit}")
        self.lines.append(f"# HELP {family} {about}")

    def gauge(self, name: str, about: str, samples: Samples, unit: str = "") -> None:
        self._begin(name, "gauge", unit, about)
        self.lines += [f"{name}{_labels(labels)} {value}" for labels, value in samples]

    def counter(self, name: str, about: str, samples: Samples, unit: str = "") -> None:
        self._begin(name, "counter", unit, about)
        self.lines += [f"{name}_total{_labels(labels)} {value}" for labels, value in samples]

    def histogram(
        self,
        name: str,
        about: str,
        found: Iterable[tuple[Labels, Durations | Sizes]],
        unit: str = "",
    ) -> None:
        self._begin(name, "histogram", unit, about)
        for labels, each in found:
            self.lines += _histogram(name, labels, each)


def render(metrics: Metrics, dialect: Dialect) -> str:
    """Write all metrics as text."""
    text = _Text(dialect)
    _requests(text, metrics)
    _commits(text, metrics)
    _now(text, metrics)
    _conversations(text, metrics)
    _process(text, metrics)
    if dialect == "openmetrics":
        text.lines.append("# EOF")
    return "\n".join(text.lines) + "\n"


def _one(value: float) -> Samples:
    return [(NO_LABELS, value)]


def _labels(labels: Labels) -> str:
    # No value has a quote, a backslash or a line's end in it: all of them are names of ours.
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels) + "}" if labels else ""


def _histogram(name: str, labels: Labels, found: Durations | Sizes) -> Iterator[str]:
    if isinstance(found, Durations):
        bounds = [bound / 1000 for bound in found.bounds_ms]
        total = found.sum_ms / 1000
    else:
        bounds, total = [float(bound) for bound in found.bounds], float(found.sum)
    counts = list(accumulate(found.counts))
    for bound, count in zip([*map(str, bounds), "+Inf"], counts, strict=True):
        yield f"{name}_bucket{_labels((*labels, ('le', bound)))} {count}"
    yield f"{name}_count{_labels(labels)} {counts[-1]}"
    yield f"{name}_sum{_labels(labels)} {total}"


def _requests(text: _Text, metrics: Metrics) -> None:
    text.counter(
        "sidecar_requests",
        "Requests answered, by method and outcome.",
        [
            ((("method", each.method), ("outcome", ended.outcome)), ended.count)
            for each in metrics.methods
            for ended in each.outcomes
        ],
    )
    text.histogram(
        "sidecar_request_duration_seconds",
        "From a request's beginning to its answer, its commit included, its own waiting not.",
        [((("method", each.method),), each.durations) for each in metrics.methods],
        "seconds",
    )


def _commits(text: _Text, metrics: Metrics) -> None:
    commits = metrics.commits
    text.histogram(
        "sidecar_commit_requests", "Requests of one commit.", [(NO_LABELS, commits.requests)]
    )
    text.histogram(
        "sidecar_commit_duration_seconds",
        "How long a commit takes.",
        [(NO_LABELS, commits.durations)],
        "seconds",
    )
    text.counter(
        "sidecar_group_reruns",
        "Groups that were lost and run again one by one.",
        _one(commits.reruns),
    )
    text.counter("sidecar_checkpoints", "Checkpoints of the log.", _one(metrics.wal.checkpoints))
    text.counter(
        "sidecar_checkpoints_held_up",
        "Checkpoints that a reader kept short.",
        _one(metrics.wal.held_up),
    )


def _now(text: _Text, metrics: Metrics) -> None:
    lags = [each.lag_events for each in metrics.subscribers]
    text.gauge("sidecar_queue_depth", "Peers that wait for their turn.", _one(metrics.queue_depth))
    text.gauge(
        "sidecar_waiting_requests",
        "Requests that wait by their own wish.",
        _one(metrics.waiting_requests),
    )
    text.gauge("sidecar_connections", "Peers that are there.", _one(metrics.connections))
    text.counter(
        "sidecar_connections_opened", "Peers that ever came.", _one(metrics.connections_opened)
    )
    text.gauge("sidecar_subscribers", "Subscriptions.", _one(len(lags)))
    text.gauge(
        "sidecar_subscriber_lag_events",
        "Events that the slowest subscription is behind.",
        _one(max(lags, default=0)),
        "events",
    )
    text.gauge(
        "sidecar_database_bytes", "Size of the database.", _one(metrics.database_bytes), "bytes"
    )
    text.gauge("sidecar_wal_bytes", "Size of its log.", _one(metrics.wal.bytes_), "bytes")
    text.gauge("sidecar_last_seq", "Seq of the last event.", _one(metrics.last_seq))


def _conversations(text: _Text, metrics: Metrics) -> None:
    counts, recovered = metrics.counts, metrics.recovered
    text.gauge("sidecar_threads", "Threads.", _one(counts.threads))
    text.gauge(
        "sidecar_open_turns",
        "Turns that have not ended.",
        [
            ((("status", "in_progress"),), counts.turns_in_progress),
            ((("status", "queued"),), counts.turns_queued),
        ],
    )
    text.gauge("sidecar_pending_inputs", "Inputs that wait.", _one(counts.inputs_pending))
    text.gauge(
        "sidecar_mailbox_entries",
        "Open entries of mailboxes.",
        [
            ((("status", "queued"),), counts.mailbox_queued),
            ((("status", "claimed"),), counts.mailbox_claimed),
        ],
    )
    text.gauge(
        "sidecar_recovered",
        "What the last start found unfinished.",
        [
            ((("kind", "turn"),), recovered.turns),
            ((("kind", "run"),), recovered.runs),
            ((("kind", "requeued_input"),), recovered.requeued_inputs),
            ((("kind", "quarantined"),), recovered.quarantined),
        ],
    )


def _process(text: _Text, metrics: Metrics) -> None:
    process = metrics.process
    text.gauge("sidecar_epoch", "Starts on this database.", _one(metrics.epoch))
    text.gauge(
        "sidecar_start_time_seconds",
        "When it started, in Unix time.",
        _one(metrics.started_at_ms / 1000),
        "seconds",
    )
    text.counter(
        "sidecar_cpu_seconds", "Time on a processor.", _one(process.cpu_ms / 1000), "seconds"
    )
    text.gauge("sidecar_resident_bytes", "Memory in use.", _one(process.resident_bytes), "bytes")
    text.gauge("sidecar_build_info", "The version.", [((("version", metrics.version),), 1)])
