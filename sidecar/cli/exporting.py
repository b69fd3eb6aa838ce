"""Read everything of a thread through the wire, as records and their nouns.

The records are those of the contract, untouched, with a `type` beside each; of events those that
clients have appended, since the daemon writes its own again. The order is that in which
`sidecar import jsonl` makes them.
"""

from collections.abc import Iterator

import msgspec
from msgspec import Raw

from sidecar.cli.connect import Params
from sidecar.cli.importing.asking import MARK
from sidecar.client import Client

# Records in one answer: as many as the daemon gives.
PAGE = 200
EVENT_PAGE = 5_000


class Page(msgspec.Struct, rename="camel"):
    """Be a page of any records."""

    data: list[Raw]
    next_cursor: str | None = None
    next_after_version: int | None = None
    next_since_seq: int | None = None


class Identified(msgspec.Struct):
    """Be a record with an id."""

    id: str


class Kind(msgspec.Struct, rename="camel"):
    """Tell whose an event is."""

    event: str
    source: str


class Answer(msgspec.Struct):
    """Be the answer to one record's get."""

    thread: Raw


def records(client: Client, thread_id: str) -> Iterator[tuple[str, Raw]]:
    """Read a thread and all that hangs on it; raises ThreadNotFound."""
    found = client.call("thread/get", {"threadId": thread_id})
    own: Params = {"threadId": thread_id}
    yield "thread", msgspec.json.decode(found, type=Answer).thread
    for turn in _pages(client, "turn/list", own):
        yield "turn", turn
    for item in _pages(client, "item/list", own):
        yield "item", item
    for waiting in _pages(client, "sessionInput/list", {**own, "status": None}):
        yield "input", waiting
    # Newest first, as the daemon lists them: a run comes after its parent.
    runs = list(_pages(client, "run/list", own))[::-1]
    for run in runs:
        yield "run", run
    for run in runs:
        run_id = msgspec.json.decode(run, type=Identified).id
        for step in _pages(client, "step/list", {"runId": run_id}):
            yield "step", step
    for commit in _commits(client, own):
        yield "commit", commit
    for event in _events(client, own):
        yield "event", event


def _pages(client: Client, method: str, params: Params) -> Iterator[Raw]:
    cursor: str | None = None
    while True:
        asked = {**params, "limit": PAGE, "cursor": cursor}
        page = msgspec.json.decode(client.call(method, asked), type=Page)
        yield from page.data
        cursor = page.next_cursor
        if cursor is None:
            return


def _commits(client: Client, own: Params) -> Iterator[Raw]:
    after: int | None = 0
    while after is not None:
        asked = {**own, "limit": PAGE, "afterVersion": after}
        page = msgspec.json.decode(client.call("thread/commits", asked), type=Page)
        yield from page.data
        after = page.next_after_version


def _events(client: Client, own: Params) -> Iterator[Raw]:
    since: int | None = 0
    while since is not None:
        asked = {**own, "limit": EVENT_PAGE, "sinceSeq": since}
        page = msgspec.json.decode(client.call("event/list", asked), type=Page)
        for event in page.data:
            kind = msgspec.json.decode(event, type=Kind)
            if kind.source == "client" and kind.event != MARK:
                yield event
        since = page.next_since_seq
