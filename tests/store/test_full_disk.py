"""A full disk, as clients see it: an outage with its reason, nothing half, and then it is over."""

import threading
from typing import Any

import pytest

from tests.support import DaemonThread, Peer, Refused
from tests.support.peer import HANG_S

BIG = "x" * 100_000
FULL = {"kind": "storage_unavailable", "retryable": False, "reason": "disk_full"}


def set_room(daemon: DaemonThread, pages: int | None) -> None:
    """Let the database grow by so many pages and no further; None: without an end."""
    done = threading.Event()

    def limit() -> None:
        writer = daemon.daemon.database.writer
        now = writer.pragma("page_count")
        assert isinstance(now, int)
        writer.pragma("max_page_count", 2**31 if pages is None else now + pages)
        done.set()

    daemon.loop.call_soon_threadsafe(limit)
    assert done.wait(HANG_S)


def append(peer: Peer, payload: str) -> dict[str, Any]:
    params = {"threadId": "thr", "event": "note", "payload": payload}
    return peer.request("event/append", params)


def stored(peer: Peer) -> tuple[int, list[int]]:
    page = peer.call("event/list", limit=5000)
    return page["lastSeq"], [event["seq"] for event in page["data"]]


def test_a_request_that_does_not_fit_leaves_no_trace(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create", threadId="thr")
    before = stored(peer)
    set_room(daemon, 2)
    with pytest.raises(Refused) as refused:
        peer.call("event/append", threadId="thr", event="note", payload=BIG)
    assert refused.value.data == FULL
    assert stored(peer) == before


def test_others_in_its_group_are_answered_with_what_became_of_them(
    daemon: DaemonThread, peer: Peer
) -> None:
    peer.call("thread/create", threadId="thr")
    set_room(daemon, 2)
    requests = [append(peer, text) for text in ("a", BIG, "b", BIG, "c")]
    answers = peer.pipeline(requests)
    outcomes = [answers[request["id"]] for request in requests]
    assert [outcome.get("error", {}).get("data") for outcome in outcomes] == [
        None, FULL, None, FULL, None,
    ]  # fmt: skip
    seqs = [outcomes[place]["result"]["event"]["seq"] for place in (0, 2, 4)]
    assert seqs == [2, 3, 4]
    assert stored(peer) == (4, [1, 2, 3, 4])


def test_it_works_again_when_there_is_room(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create", threadId="thr")
    set_room(daemon, 0)
    with pytest.raises(Refused):
        peer.call("event/append", threadId="thr", event="note", payload=BIG)
    assert peer.call("thread/get", threadId="thr")["thread"]["id"] == "thr"
    set_room(daemon, None)
    event = peer.call("event/append", threadId="thr", event="note", payload=BIG)["event"]
    assert event["seq"] == 2
    assert stored(peer) == (2, [1, 2])
