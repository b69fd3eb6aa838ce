"""`sidecar mailbox`: put work into mailboxes, do it, look at it, and raise the dead."""

import hashlib
import math
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import msgspec

from sidecar.cli.connect import UTF8, Params, connected, json_option, show, socket_option, utf8
from sidecar.cli.worker import Worker
from sidecar.client import Client
from sidecar.config import Command
from sidecar.model.ids import ID_PATTERN, RANDOM_BITS, mint
from sidecar.model.mailbox import STATUSES, MailboxEntry
from sidecar.source import SystemSource

COLUMNS = ("entry", "mailbox", "status", "priority", "attempts", "claimed by", "error")
# The most that a page may hold.
PAGE = 200


class Page(msgspec.Struct, frozen=True, rename="camel"):
    """Read a page of entries."""

    data: list[MailboxEntry]
    next_cursor: str | None


class Answer(msgspec.Struct, frozen=True):
    """Read the answer of a verb on one entry."""

    entry: MailboxEntry


class Seconds(click.FloatRange):
    """Take a number of seconds; NaN is within any bounds, and infinity above the lower one."""

    def convert(
        self, value: float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Refuse what is no duration."""
        seconds = super().convert(value, param, ctx)
        if not math.isfinite(seconds):
            self.fail(f"{value} is not a number of seconds", param, ctx)
        return seconds


@click.group("mailbox")
def mailbox_command() -> None:
    """Put work into mailboxes, do it, and look at it."""


def _payload(_context: click.Context, _option: click.Parameter, text: str) -> msgspec.Raw:
    """Read the payload: JSON, @FILE, or - for stdin."""
    found: str | bytes = text
    try:
        if text == "-":
            found = sys.stdin.buffer.read()
        elif text.startswith("@"):
            found = Path(text[1:]).read_bytes()
        return msgspec.json.decode(utf8(found), type=msgspec.Raw)
    except (OSError, msgspec.DecodeError) as error:
        raise click.UsageError(f"the payload is not JSON: {error}") from error


@mailbox_command.command("enqueue")
@socket_option
@json_option
@click.argument("mailbox_id", metavar="MAILBOX", type=UTF8)
@click.argument("payload", metavar="[JSON | @FILE | -]", default="null", callback=_payload)
@click.option("--id", "entry_id", type=UTF8, help="An id of your own: the same again is one entry.")
@click.option("--priority", type=click.IntRange(0, 255), default=0, help="The larger, the earlier.")
@click.option("--dedupe-key", type=UTF8, help="Refuse while an entry with this key is kept.")
@click.option("--delay", type=Seconds(min=0), metavar="SECONDS", help="Not before then.")
@click.option("--max-attempts", type=click.IntRange(min=1), help="Then it is a dead letter.")
def enqueue_command(
    socket: str | None,
    mailbox_id: str,
    payload: msgspec.Raw,
    entry_id: str | None,
    priority: int,
    dedupe_key: str | None,
    delay: float | None,
    max_attempts: int | None,
    *,
    as_json: bool,
) -> None:
    """Queue an entry and print its id."""
    source = SystemSource()
    params: Params = {
        "mailboxId": mailbox_id,
        "entryId": entry_id or mint("mbe", source.now_ms(), source.random_bits(RANDOM_BITS)),
        "payload": payload,
        "priority": priority,
        "dedupeKey": dedupe_key,
        "maxAttempts": max_attempts,
    }
    if delay is not None:
        params["availableAtMs"] = source.now_ms() + round(delay * 1000)
    with connected(socket) as client:
        result = client.call("mailbox/enqueue", params)
    if as_json:
        show(result)
    else:
        click.echo(msgspec.json.decode(result, type=Answer).entry.id)


@mailbox_command.command("work", context_settings={"ignore_unknown_options": True})
@socket_option
@click.option("--mailbox", "mailbox_id", type=UTF8, help="Only entries of this mailbox.")
@click.option(
    "--consumer", "consumer_id", type=UTF8, help="Who claims.  [default: host and process]"
)
@click.option(
    "--lease",
    "lease_s",
    type=Seconds(min=1, max=86_400),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="How long an entry is ours if we die; renewed while the command runs.",
)
@click.option("--until-empty", is_flag=True, help="End when there is nothing to claim.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def work_command(
    socket: str | None,
    mailbox_id: str | None,
    consumer_id: str | None,
    lease_s: float,
    command: tuple[str, ...],
    *,
    until_empty: bool,
) -> None:
    """Claim entries, one after the other, and run COMMAND for each.

    The payload is its stdin, as JSON; SIDECAR_ENTRY_ID, SIDECAR_MAILBOX_ID and SIDECAR_ATTEMPT
    are in its environment. When it ends with 0 the entry is done; otherwise it comes again, later
    each time. SIGTERM or Ctrl-C lets the command end first; the second asks it to end, with all
    that it has started, and the third kills it.
    """
    if shutil.which(command[0]) is None:
        raise click.UsageError(f"{command[0]} is no command that can be run")
    worker = Worker(socket, mailbox_id, consumer_id, round(lease_s * 1000), command)
    sys.exit(worker.run(until_empty=until_empty))


def _entries(client: Client, mailbox_id: str | None, status: str | None) -> Iterator[MailboxEntry]:
    """Read all entries in claim order, page by page."""
    params: Params = {"mailboxId": mailbox_id, "status": status, "limit": PAGE}
    cursor: str | None = None
    while True:
        answer = client.call("mailbox/list", {**params, "cursor": cursor})
        page = msgspec.json.decode(answer, type=Page)
        yield from page.data
        if page.next_cursor is None:
            return
        cursor = page.next_cursor


def _print(entries: Iterator[MailboxEntry], *, as_json: bool) -> None:
    """Print a line for each entry: of a table, or of JSON."""
    row = "{:40} {:24} {:12} {:>8} {:>8} {:24} {}"
    if not as_json:
        click.echo(row.format(*COLUMNS))
    for entry in entries:
        if as_json:
            click.echo(msgspec.json.encode(entry).decode())
            continue
        attempts = f"{entry.attempt_count}/{entry.max_attempts or '-'}"
        cells = (entry.id, entry.mailbox_id, entry.status, entry.priority, attempts)
        error = " ".join((entry.last_error or "").split())
        click.echo(row.format(*cells, entry.claimed_by or "", error).rstrip())


lines_option: Callable[[Command], Command] = click.option(
    "--json", "as_json", is_flag=True, help="Print one entry a line as JSON."
)


@mailbox_command.command("list")
@socket_option
@lines_option
@click.argument("mailbox_id", metavar="[MAILBOX]", type=UTF8, required=False)
@click.option("--status", type=click.Choice(STATUSES), help="Only entries of this status.")
def list_command(
    socket: str | None, mailbox_id: str | None, status: str | None, *, as_json: bool
) -> None:
    """List entries in the order in which they will be claimed."""
    with connected(socket) as client:
        _print(_entries(client, mailbox_id, status), as_json=as_json)


@mailbox_command.group("dead")
def dead_command() -> None:
    """Look at dead letters, and queue them again."""


@dead_command.command("show")
@socket_option
@lines_option
@click.argument("mailbox_id", metavar="[MAILBOX]", type=UTF8, required=False)
def show_command(socket: str | None, mailbox_id: str | None, *, as_json: bool) -> None:
    """Show dead letters with what they died of."""
    with connected(socket) as client:
        _print(_entries(client, mailbox_id, "dead_letter"), as_json=as_json)


def _again(entry_id: str) -> str:
    """Make the same new id from an old one each time; one without room for more is digested."""
    again = f"{entry_id}:again"
    if re.match(ID_PATTERN, again):
        return again
    return f"again:{hashlib.sha256(entry_id.encode()).hexdigest()}"


@dead_command.command("requeue")
@socket_option
@click.argument("entry_ids", metavar="ENTRY...", type=UTF8, nargs=-1, required=True)
def requeue_command(socket: str | None, entry_ids: tuple[str, ...]) -> None:
    """Queue dead letters again, each as a new entry, and print the new ids.

    A new id is made from the old one: whoever asks twice gets one new entry. The dead letter
    stays as it is, and keeps its dedupe key.
    """
    with connected(socket) as client:
        for entry_id in entry_ids:
            found = client.call("mailbox/get", {"entryId": entry_id})
            dead = msgspec.json.decode(found, type=Answer).entry
            if dead.status != "dead_letter":
                raise click.ClickException(f"{entry_id} is {dead.status}, not a dead letter")
            params: Params = {
                "mailboxId": dead.mailbox_id,
                "entryId": _again(dead.id),
                "payload": dead.payload,
                "origin": dead.origin,
                "senderId": dead.sender_id,
                "priority": dead.priority,
                "maxAttempts": dead.max_attempts,
            }
            answer = client.call("mailbox/enqueue", params)
            click.echo(msgspec.json.decode(answer, type=Answer).entry.id)
