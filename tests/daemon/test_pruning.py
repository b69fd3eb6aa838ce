"""Pruning: what is old goes piece by piece, and whoever has missed something is told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sidecar.client import Client, HistoryLost
from sidecar.daemon import gathering
from sidecar.store import pruning
from tests.support import DaemonThread, Peer, Refused


def fill(peer: Peer, thread_id: str, count: int, **more: Any) -> None:
    events = [{"threadId": thread_id, "event": "note", "payload": n, **more} for n in range(count)]
    peer.call("event/appendMany", events=events)


def seqs(peer: Peer, **params: Any) -> list[int]:
    return [event["seq"] for event in peer.call("event/list", **params)["data"]]


@pytest.fixture
def filled(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> Peer:
    """A log of ten events in two threads, pruned in pieces of three."""
    monkeypatch.setattr(pruning, "PIECE_EVENTS", 3)
    for thread_id in ("a", "b"):
        peer.call("thread/create", threadId=thread_id)
    for _ in range(4):
        fill(peer, "a", 1)
        fill(peer, "b", 1)
    return peer


def test_what_is_before_a_seq_goes_and_the_rest_stays(filled: Peer) -> None:
    told = filled.call("event/prune", beforeSeq=8)
    assert (told["events"], told["minSeq"]) == (7, 8)
    assert seqs(filled) == [8, 9, 10]
    assert filled.call("event/append", threadId="a", event="x")["event"]["seq"] == 11


def test_a_dry_run_tells_the_same_and_changes_nothing(filled: Peer) -> None:
    told = filled.call("event/prune", beforeSeq=8, dryRun=True)
    assert told["minSeq"] == 1 and len(seqs(filled)) == 10
    assert filled.call("event/prune", beforeSeq=8)["bytes"] == told["bytes"]


def test_a_thread_is_pruned_alone(filled: Peer) -> None:
    told = filled.call("event/prune", beforeSeq=9, threadId="b")
    assert (told["events"], told["minSeq"]) == (4, 1)
    assert seqs(filled, threadId="b") == [10] and len(seqs(filled, threadId="a")) == 5


def test_by_time_it_ends_where_the_clock_was_set_back(daemon: DaemonThread, filled: Peer) -> None:
    daemon.source.advance_ms(1_000)
    border_ms = daemon.source.at_ms
    fill(filled, "a", 1)
    daemon.source.at_ms = border_ms - 500
    fill(filled, "a", 1)
    told = filled.call("event/prune", olderThanAtMs=border_ms)
    assert told["events"] == 10 and seqs(filled) == [11, 12]


def test_a_log_may_become_empty_and_goes_on(filled: Peer) -> None:
    assert filled.call("event/prune", beforeSeq=1_000)["minSeq"] == 11
    assert filled.call("event/list") == {
        "data": [], "lastSeq": 10, "minSeq": 11, "nextSinceSeq": None,
    }  # fmt: skip
    # The thread has no event any more, and is there as before.
    assert filled.call("event/list", threadId="a")["data"] == []
    filled.call("event/subscribe", threadId="a")
    assert filled.call("event/append", threadId="a", event="x")["event"]["seq"] == 11


def test_a_deleted_thread_is_forgotten_with_its_last_event(filled: Peer) -> None:
    filled.call("thread/delete", threadId="a")
    assert len(filled.call("event/list", threadId="a")["data"]) == 1
    filled.call("event/prune", beforeSeq=1_000)
    with pytest.raises(Refused) as refused:
        filled.call("event/list", threadId="a")
    assert refused.value.kind == "thread_not_found"


def test_an_event_key_is_forgotten_with_its_event(peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    event = {"threadId": "t", "event": "x", "eventKey": "k"}
    assert peer.ask("event/append", event)["event"]["seq"] == 2
    peer.call("event/prune", beforeSeq=3)
    assert peer.ask("event/append", event)["event"]["seq"] == 3


def told_to(daemon: DaemonThread, **params: Any) -> list[str]:
    """List what a new subscription is told up to the end of its history."""
    told: list[str] = []
    with daemon.peer() as peer:
        peer.call("event/subscribe", **params)
        while not told or told[-1] != "event/synced":
            message = peer.receive()
            told.append(message["method"])
            if message["method"] == "event/reset":
                told.append(message["params"]["minSeq"])
    return told


def test_who_reads_on_from_before_is_told_first(daemon: DaemonThread, filled: Peer) -> None:
    filled.call("event/prune", beforeSeq=8)
    whole = ["event/appended", "event/synced"]
    assert told_to(daemon, sinceSeq=3) == ["event/reset", 8, *whole]
    assert told_to(daemon, sinceSeq=7) == whole
    assert told_to(daemon, sinceSeq=0) == whole


def test_only_who_has_missed_something_is_told(daemon: DaemonThread, filled: Peer) -> None:
    filled.call("event/prune", beforeSeq=9, threadId="b")
    assert told_to(daemon, sinceSeq=3, threadId="a") == ["event/appended", "event/synced"]
    assert told_to(daemon, sinceSeq=3, threadId="b")[:2] == ["event/reset", 9]
    assert told_to(daemon, sinceSeq=3)[:2] == ["event/reset", 9]


def test_who_is_at_the_end_misses_nothing(daemon: DaemonThread, filled: Peer) -> None:
    with daemon.peer() as other:
        other.call("event/subscribe")
        assert other.receive()["method"] == "event/synced"
        filled.call("event/prune", beforeSeq=1_000)
        fill(filled, "a", 1)
        assert other.receive()["params"]["events"][0]["seq"] == 11


def test_the_client_says_that_history_is_lost(daemon: DaemonThread, filled: Peer) -> None:
    filled.call("event/prune", beforeSeq=8)
    with Client(daemon.socket_path) as client:
        with client.events(since_seq=3) as events, pytest.raises(HistoryLost):
            next(events)
        with client.events(since_seq=0) as events:
            assert next(events).seq == 8


def test_recovery_ends_a_turn_no_earlier_than_its_pruned_events(daemon: DaemonThread) -> None:
    with daemon.peer() as peer:
        peer.call("thread/create", threadId="t")
        peer.call("turn/start", threadId="t", turnId="u")
        daemon.source.advance_ms(60_000)
        at_ms = peer.call("event/append", threadId="t", turnId="u", event="x")["event"]["atMs"]
        daemon.source.advance_ms(60_000)
        assert peer.call("event/prune", beforeSeq=1_000)["events"] == 3
    daemon.stop()
    with DaemonThread(daemon.database_path.parent) as next_one, next_one.peer() as peer:
        turn = peer.call("turn/get", turnId="u")["turn"]
        assert turn["recovered"] and turn["endedAtMs"] == at_ms


def test_others_write_while_a_peer_waits_for_its_prune(
    daemon: DaemonThread, filled: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "PIECE_EVENTS", 1)
    with daemon.peer() as other:
        other.send(other.request("event/prune", {"beforeSeq": 11}))
        for _ in range(5):
            fill(filled, "a", 1)
        assert other.receive()["result"]["events"] == 10
    assert seqs(filled) == [11, 12, 13, 14, 15]


def test_a_large_event_is_a_piece_of_its_own(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "PIECE_BYTES", 10)
    peer.call("thread/create", threadId="t")
    fill(peer, "t", 3, payload="x" * 100)
    assert peer.call("event/prune", beforeSeq=5)["events"] == 4


def test_it_comes_to_its_end_while_others_never_pause(
    daemon: DaemonThread, filled: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every commit is on the helper thread, so that one is always under way.
    monkeypatch.setattr(gathering, "SLOW_COMMIT_MS", -1.0)
    monkeypatch.setattr(pruning, "PIECE_EVENTS", 1)
    is_over = threading.Event()

    def write() -> None:
        with daemon.peer() as writer:
            while not is_over.is_set():
                fill(writer, "a", 1)

    with ThreadPoolExecutor(3) as threads:
        writing = [threads.submit(write) for _ in range(3)]
        try:
            assert filled.call("event/prune", beforeSeq=11)["events"] == 10
        finally:
            is_over.set()
        for each in writing:
            each.result()
