"""`sidecar tail`: follow events, through restarts of the daemon."""

import sys
import time

import click
import msgspec

from sidecar import config
from sidecar.cli.connect import connected, socket_option
from sidecar.client import Client, NoDaemon, Params
from sidecar.model.event import Event

# Between two looks for a daemon that has gone: a restart takes less than a second.
RETRY_S = 0.25
COLOURS = {"thread": "blue", "turn": "green", "item": "cyan", "session_input": "magenta"}


class Appended(msgspec.Struct, frozen=True, rename="camel"):
    """Read the params of `event/appended`; the events also as they were sent."""

    events: list[msgspec.Raw] = []


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
    params: Params = {"threadId": thread_id, "events": list(names) or None, "sinceSeq": since}
    with connected(socket) as client:
        seq = _follow(client, params)
    while True:
        time.sleep(RETRY_S)
        try:
            with Client(config.socket_path(socket)) as client:
                seq = _follow(client, {**params, "sinceSeq": seq})
        except NoDaemon:
            continue


def _follow(client: Client, params: Params) -> int:
    """Print events until the daemon goes away; tell the last seq that was passed."""
    answer = msgspec.json.decode(client.call("event/subscribe", params), type=dict[str, int | str])
    since = params["sinceSeq"]
    seq = since if isinstance(since, int) else int(answer["watermarkSeq"])
    try:
        for notification in client.notifications():
            for raw in msgspec.json.decode(notification.params, type=Appended).events:
                event = msgspec.json.decode(raw, type=Event)
                seq = event.seq
                click.echo(_line(event) if sys.stdout.isatty() else bytes(raw).decode())
    except NoDaemon as gone:
        click.echo(f"sidecar: {gone}; waiting for it after event {seq}", err=True)
    return seq


def _line(event: Event) -> str:
    colour = COLOURS.get(event.event.split(".")[0], "white")
    name = click.style(f"{event.event:24}", fg=colour, bold=event.source == "daemon")
    where = event.item_id or event.turn_id or event.thread_id or ""
    return f"{event.seq:>8} {name} {where}"
