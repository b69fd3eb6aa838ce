"""What the tests of methods do again and again, each in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support import Peer, Refused

Record = dict[str, Any]
# Far more than any test makes.
MAX_PAGES = 1_000


def make_thread(peer: Peer, **params: Any) -> str:
    thread_id: str = peer.call("thread/create", **params)["thread"]["id"]
    return thread_id


def get_thread(peer: Peer, thread_id: str) -> Record:
    thread: Record = peer.call("thread/get", threadId=thread_id)["thread"]
    return thread


def start(peer: Peer, thread_id: str, **params: Any) -> str:
    turn_id: str = peer.call("turn/start", threadId=thread_id, **params)["turn"]["id"]
    return turn_id


def get_turn(peer: Peer, turn_id: str) -> Record:
    turn: Record = peer.call("turn/get", turnId=turn_id)["turn"]
    return turn


def make_item(peer: Peer, turn_id: str, **params: Any) -> str:
    given = {"kind": "tool_call", **params}
    item_id: str = peer.call("item/create", turnId=turn_id, **given)["item"]["id"]
    return item_id


def get_item(peer: Peer, item_id: str) -> Record:
    item: Record = peer.call("item/get", itemId=item_id)["item"]
    return item


def admit(peer: Peer, thread_id: str, prompt: str = "do", **params: Any) -> str:
    answer = peer.call("sessionInput/admit", threadId=thread_id, prompt=prompt, **params)
    input_id: str = answer["input"]["id"]
    return input_id


def get_input(peer: Peer, input_id: str) -> Record:
    record: Record = peer.call("sessionInput/get", inputId=input_id)["input"]
    return record


def enqueue(peer: Peer, entry_id: str, mailbox: str = "m", **params: Any) -> Record:
    entry: Record = peer.call("mailbox/enqueue", mailboxId=mailbox, entryId=entry_id, **params)[
        "entry"
    ]
    return entry


def claim(peer: Peer, **params: Any) -> list[Record]:
    given = {"consumerId": "w", "leaseMs": 60_000, **params}
    entries: list[Record] = peer.call("mailbox/claim", **given)["entries"]
    return entries


def get_entry(peer: Peer, entry_id: str) -> Record:
    entry: Record = peer.call("mailbox/get", entryId=entry_id)["entry"]
    return entry


def end(peer: Peer, turn_id: str, **params: Any) -> Record:
    return peer.call("turn/complete", turnId=turn_id, **params)


def archive(peer: Peer, thread_id: str) -> None:
    peer.call("thread/update", threadId=thread_id, archived=True)


def last_seq(peer: Peer) -> int:
    seq: int = peer.call("daemon/status")["lastSeq"]
    return seq


def events_after(peer: Peer, seq: int) -> list[Record]:
    events: list[Record] = peer.call("event/list", sinceSeq=seq, limit=5000)["data"]
    return events


def names_after(peer: Peer, seq: int) -> list[str]:
    return [event["event"] for event in events_after(peer, seq)]


def trace(peer: Peer) -> tuple[int, Record, list[Record]]:
    """Tell all that a request could have left: the last seq, the counts, the threads."""
    status = peer.call("daemon/status")
    threads = peer.call("thread/list", archived=None, limit=200)["data"]
    return status["lastSeq"], status["counts"], threads


@contextmanager
def without_trace(peer: Peer) -> Iterator[None]:
    before = trace(peer)
    yield
    assert trace(peer) == before


def refused(peer: Peer, method: str, **params: Any) -> Record:
    """Ask for what must be refused, hold that it left no trace, and answer the error's data."""
    with without_trace(peer), pytest.raises(Refused) as caught:
        peer.call(method, **params)
    return caught.value.data


def kind_of(peer: Peer, method: str, **params: Any) -> str:
    kind: str = refused(peer, method, **params)["kind"]
    return kind


def pages(peer: Peer, method: str, limit: int, **params: Any) -> list[list[Record]]:
    """Read a list to its end, page by page."""
    found: list[list[Record]] = []
    cursors: list[str | None] = [None]
    while True:
        page = peer.call(method, limit=limit, cursor=cursors[-1], **params)
        found.append(page["data"])
        cursor = page["nextCursor"]
        if cursor is None:
            return found
        assert cursor not in cursors, "a page leads back to one before it"
        assert len(cursors) < MAX_PAGES, "a list has no end"
        cursors.append(cursor)


def flat(found: list[list[Record]]) -> list[Record]:
    """Put pages together again."""
    return [record for page in found for record in page]


def ids_of(records: list[Record]) -> list[str]:
    return [record["id"] for record in records]
