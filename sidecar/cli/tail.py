"""`sidecar tail`: follow events, through restarts of the daemon."""

import math
import sys
from contextlib import suppress

import click

from sidecar.cli.connect import connected, socket_option
from sidecar.client import Error
from sidecar.client.records import Event

COLOURS = {"thread": "blue", "turn": "green", "item": "cyan", "session_input": "magenta"}


@click.command("tail")
@socket_option
@click.option("--thread", "thread_id", help="Only events of this thread.")
@click.option("--since", type=click.IntRange(min=0), help="Begin after this seq, not now.")
@click.option("--event", "names", multiple=True, help="Only these names; `turn.*` for a prefix.")
def tail_command(
    socket: str | None, thread_id: str | None, since: int | None, names: tuple[str, ...]
) -> None:
    """Follow events: coloured lines on a terminal, JSON lines elsewhere.

    When the daemon restarts, it goes on where it was. Ends on Ctrl-C.
    """

    def tell(gone: Error) -> None:
        click.echo(f"sidecar: {gone}; waiting for it after event {seq}", err=True)

    with connected(socket, patience_s=math.inf, on_trouble=tell) as client:
        seq = client.server.last_seq if since is None else since
        # An interrupt is how it is ended.
        with suppress(KeyboardInterrupt), client.events(thread_id, since, names or None) as events:
            for event in events:
                seq = event.seq
                click.echo(_line(event) if sys.stdout.isatty() else bytes(events.text).decode())


def _line(event: Event) -> str:
    colour = COLOURS.get(event.event.split(".")[0], "white")
    name = click.style(f"{event.event:24}", fg=colour, bold=event.source == "daemon")
    where = event.item_id or event.turn_id or event.thread_id or ""
    return f"{event.seq:>8} {name} {where}"
