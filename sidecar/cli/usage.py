"""`sidecar usage`: what turns have used and cost, as a table with bars, as JSON or CSV."""

import calendar
import csv
import io
import sys
from collections.abc import Callable

import click
import msgspec

from sidecar.cli.connect import Params, ask, show, socket_option
from sidecar.config import Command
from sidecar.model.usage import UsageAggregate, UsageSum

COLUMNS = ("turns", "input", "cached", "output", "reasoning", "cost $", "saved $", "hit")
BAR_COLUMNS = 24
DAY_S = 86_400


def _day_option(name: str, what: str) -> Callable[[Command], Command]:
    """Make an option that takes a day and gives the second of its beginning, UTC."""
    return click.option(
        name,
        type=click.DateTime(["%Y-%m-%d"]),
        callback=lambda _context, _option, day: day and calendar.timegm(day.timetuple()),
        help=what,
    )


@click.command("usage")
@socket_option
@click.option(
    "--by",
    "group_by",
    type=click.Choice(["day", "model", "provider", "thread"]),
    default="day",
    show_default=True,
    help="What to sum up by.",
)
@_day_option("--since", "From this day on.")
@_day_option("--until", "Up to the end of this day.")
@click.option("--json", "form", flag_value="json", help="Print the bare result as JSON.")
@click.option("--csv", "form", flag_value="csv", help="Print comma-separated values.")
def usage_command(
    socket: str | None, group_by: str, since: int | None, until: int | None, form: str | None
) -> None:
    """Sum up what turns have used and cost, by the day they were made (UTC) or otherwise."""
    params: Params = {
        "groupBy": group_by,
        "sinceMs": None if since is None else since * 1000,
        "untilMs": None if until is None else (until + DAY_S) * 1000 - 1,
    }
    result = ask(socket, "usage/aggregate", params)
    if form == "json":
        show(result)
        return
    found = msgspec.json.decode(result, type=UsageAggregate)
    if form == "csv":
        click.echo(_csv(found), nl=False)
        return
    for line in _table(found, with_bars=sys.stdout.isatty()):
        click.echo(line)
    if found.cache_telemetry_incomplete:
        click.echo("sidecar: some turns did not tell their cached tokens", err=True)


def _csv(found: UsageAggregate) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    names = [field.encode_name for field in msgspec.structs.fields(UsageSum)]
    rows.writerow([found.group_by, *names[1:]])
    rows.writerows(msgspec.structs.astuple(bucket) for bucket in found.buckets)
    return text.getvalue()


def _table(found: UsageAggregate, *, with_bars: bool) -> list[str]:
    cells: list[tuple[str, ...]] = [(found.group_by, *COLUMNS)]
    cells += [_cells(each.key or "(none)", each) for each in found.buckets]
    cells.append(_cells("total", found.totals))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    bars = ["", *_bars(found.buckets), ""] if with_bars else [""] * len(cells)
    return [
        "  ".join(
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + bar
        for row, bar in zip(cells, bars, strict=True)
    ]


def _cells(name: str, usage: UsageSum) -> tuple[str, ...]:
    hit = "" if usage.cache_hit_rate is None else f"{usage.cache_hit_rate:.0%}"
    return (
        name,
        f"{usage.turns:,}",
        f"{usage.input_tokens:,}",
        f"{usage.cached_tokens:,}",
        f"{usage.output_tokens:,}",
        f"{usage.reasoning_tokens:,}",
        f"{usage.cost_usd:,.4f}",
        f"{usage.cache_savings_usd:,.4f}",
        hit,
    )


def _bars(buckets: list[UsageSum]) -> list[str]:
    """Draw what each cost against the dearest; where nothing has a price, its tokens."""
    sizes = [bucket.cost_usd for bucket in buckets]
    if not any(sizes):
        sizes = [float(bucket.input_tokens + bucket.output_tokens) for bucket in buckets]
    most = max(sizes, default=0.0) or 1.0
    return ["  " + click.style("█" * round(BAR_COLUMNS * s / most), fg="cyan") for s in sizes]
