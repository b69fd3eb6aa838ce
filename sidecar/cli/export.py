"""`sidecar export THREAD`: write a whole thread to stdout, for programs or for people."""

import click
import msgspec

from sidecar.cli import exporting, rendering
from sidecar.cli.connect import connected, socket_option
from sidecar.client import Client


class Status(msgspec.Struct, rename="camel"):
    """Be what is asked of the daemon's status."""

    last_seq: int


class Events(msgspec.Struct):
    """Be some events, or none."""

    data: list[msgspec.Raw]


@click.command("export")
@socket_option
@click.argument("thread_id", metavar="THREAD")
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "markdown", "html"]),
    default="jsonl",
    show_default=True,
    help="Everything, one record per line; or the conversation, to be read.",
)
def export_command(socket: str | None, thread_id: str, form: str) -> None:
    """Write a thread to stdout.

    jsonl has all records of it as the contract has them, and `sidecar import jsonl` makes them
    again. markdown and html have what a person would read: prompts, answers, and what was done.
    """
    with connected(socket) as client:
        before = _last_seq(client)
        records = exporting.records(client, thread_id)
        if form == "jsonl":
            for noun, record in records:
                line = b'{"type":"%s","%s":%s}' % (noun.encode(), noun.encode(), bytes(record))
                click.echo(line)
        else:
            render = rendering.markdown if form == "markdown" else rendering.html
            for text in render(rendering.gather(records)):
                click.echo(text)
        asked = {"threadId": thread_id, "sinceSeq": before, "limit": 1}
        since = msgspec.json.decode(client.call("event/list", asked), type=Events).data
        if since:
            click.echo("sidecar: the thread changed meanwhile; export it again", err=True)
            raise click.exceptions.Exit(1)


def _last_seq(client: Client) -> int:
    return msgspec.json.decode(client.call("daemon/status", {}), type=Status).last_seq
