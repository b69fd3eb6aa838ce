"""`sidecar top`: what the daemon does, live, through its restarts."""

import shutil
import signal
from contextlib import suppress
from typing import NamedTuple

import click

from sidecar.cli.connect import connected, socket_option
from sidecar.cli.screen import Screen, fit, is_there
from sidecar.client import Client, Error, ThreadNotFound
from sidecar.client.records import Metrics, Thread, Turn

EVERY_S = 1.0
# Threads asked for: more than any screen has lines.
MAX_TURNS = 200
# As wide as no line is.
MAX_COLUMNS = 10_000
MIB = 1024 * 1024
TURN_COLUMNS = f"{'SINCE':>9} {'ITEMS':>5} {'PENDING':>7} {'THREAD':36} TITLE"


class Look(NamedTuple):
    """Be what was there at one moment."""

    metrics: Metrics
    turns: list[tuple[Turn, Thread]]


class Rates(NamedTuple):
    """Be what happened in a second, between two looks or since the start."""

    requests: float
    commits: float
    cpu_percent: float


@click.command("top")
@socket_option
@click.option("--once", is_flag=True, help="Print one picture and end.")
def top_command(socket: str | None, *, once: bool) -> None:
    """Watch the daemon, a picture a second, through its restarts. `q` or Ctrl-C ends it.

    What happens in a second counts this program's own requests as well.
    """
    if not once and not is_there():
        raise click.UsageError("no terminal to show it on; --once prints one picture")
    # Nobody is waited for: the next picture asks again, and says so meanwhile.
    with connected(socket, patience_s=0, on_trouble=lambda _: None) as client:
        if once:
            # What is no terminal has room for all of it.
            columns, _ = shutil.get_terminal_size((MAX_COLUMNS, 0))
            now = look(client, MAX_TURNS)
            click.echo("\n".join(picture(now, None, columns, None, "")))
            return
        # An interrupt is how it is ended.
        with suppress(KeyboardInterrupt), Screen(EVERY_S) as screen:
            _watch(client, screen)


def _watch(client: Client, screen: Screen) -> None:
    before: Look | None = None
    now, trouble = look(client, screen.size()[1]), ""
    while True:
        columns, lines = screen.size()
        screen.show(picture(now, before, columns, lines, trouble))
        told = screen.wait()
        if not told:
            return
        if signal.SIGALRM in told:
            try:
                before, now, trouble = now, look(client, lines), ""
            except Error as error:
                trouble = f"{error}; trying again"


def look(client: Client, most: int) -> Look:
    """Ask for all that one picture shows."""
    found = client.turn_incomplete(limit=MAX_TURNS).data
    working = [turn for turn in found if turn.status == "in_progress"]
    turns = []
    for turn in working[:most]:
        # Perhaps deleted since.
        with suppress(ThreadNotFound):
            turns.append((turn, client.thread_get(thread_id=turn.thread_id).thread))
    return Look(client.daemon_metrics(), turns)


def rates(now: Metrics, before: Metrics | None) -> Rates:
    """Tell what happened in a second; counters begin anew with each start of the daemon."""
    if before is None or before.epoch != now.epoch:
        elapsed_ms, requests, commits, cpu_ms = now.at_ms - now.started_at_ms, 0, 0, 0
    else:
        elapsed_ms, cpu_ms = now.at_ms - before.at_ms, before.process.cpu_ms
        requests, commits = _requests(before), _commits(before)
    second = 1000 / max(1, elapsed_ms)
    return Rates(
        (_requests(now) - requests) * second,
        (_commits(now) - commits) * second,
        (now.process.cpu_ms - cpu_ms) / max(1, elapsed_ms) * 100,
    )


def _requests(metrics: Metrics) -> int:
    return sum(sum(each.durations.counts) for each in metrics.methods)


def _commits(metrics: Metrics) -> int:
    return sum(metrics.commits.requests.counts)


def picture(
    now: Look, before: Look | None, columns: int, lines: int | None, trouble: str
) -> list[str]:
    """Draw one picture into so many columns and lines."""
    shown = _head(now.metrics, rates(now.metrics, before and before.metrics))
    if trouble:
        shown.append(trouble)
    shown += ["", TURN_COLUMNS]
    headings = {0, len(shown) - 1}
    shown += [_turn(turn, thread, now.metrics.at_ms) for turn, thread in now.turns]
    lagging = [each for each in now.metrics.subscribers if each.lag_events]
    if lagging:
        shown += ["", f"{'BEHIND':>9} SUBSCRIBER"]
        headings.add(len(shown) - 1)
        shown += [
            f"{each.lag_events:>9,} {each.subscription_id}{' does not read' * each.stalled}"
            for each in sorted(lagging, key=lambda each: -each.lag_events)
        ]
    return [
        click.style(fit(line, columns), bold=index in headings)
        for index, line in enumerate(shown[:lines])
    ]


def _head(metrics: Metrics, rates: Rates) -> list[str]:
    counts, process = metrics.counts, metrics.process
    lag = max((each.lag_events for each in metrics.subscribers), default=0)
    up = _clock(metrics.at_ms - metrics.started_at_ms)
    return [
        f"sidecar {metrics.version}  pid {process.pid}  epoch {metrics.epoch}  up {up}",
        (
            f"requests {rates.requests:,.1f}/s  commits {rates.commits:,.1f}/s  "
            f"queue {metrics.queue_depth:,}  waiting {metrics.waiting_requests:,}  "
            f"cpu {rates.cpu_percent:.0f} %  memory {process.resident_bytes / MIB:,.1f} MiB"
        ),
        (
            f"connections {metrics.connections:,}  subscribers {len(metrics.subscribers):,}  "
            f"lag {lag:,}  database {metrics.database_bytes / MIB:,.1f} MiB  "
            f"wal {metrics.wal.bytes / MIB:,.1f} MiB"
        ),
        (
            f"threads {counts.threads:,}  turns {counts.turns_in_progress:,} in progress, "
            f"{counts.turns_queued:,} queued  inputs {counts.inputs_pending:,} pending  "
            f"mailboxes {counts.mailbox_queued:,} queued, {counts.mailbox_claimed:,} claimed"
        ),
    ]


def _turn(turn: Turn, thread: Thread, at_ms: int) -> str:
    since = _clock(at_ms - (turn.started_at_ms or turn.created_at_ms))
    title = thread.title or ""
    pending = thread.pending_input_count
    return f"{since:>9} {turn.item_count:>5} {pending:>7} {turn.thread_id:36} {title}"


def _clock(duration_ms: int) -> str:
    minutes, seconds = divmod(max(0, duration_ms) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
