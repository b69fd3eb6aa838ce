"""Requests that wait: woken by work, the longest waiting first, and never by a beat."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import DaemonThread, Peer, Refused

LEASE_MS = 10_000
LONG_MS = 60_000
SHORT_MS = 1


def claim(peer: Peer, **params: Any) -> dict[str, Any]:
    """Make the request of a claim that waits long."""
    return peer.request(
        "mailbox/claim",
        {"consumerId": "c", "leaseMs": LEASE_MS, "waitMs": LONG_MS, **params},
    )


def start(peer: Peer, **params: Any) -> int:
    """Send a claim that waits; tell its id once the daemon has parked it."""
    request = claim(peer, **params)
    peer.send(request)
    peer.call("daemon/ping")
    number: int = request["id"]
    return number


def taken(peer: Peer) -> list[str]:
    """Take the next answer of a claim: the ids of its entries."""
    return [entry["id"] for entry in peer.receive()["result"]["entries"]]


@pytest.fixture
def looks(daemon: DaemonThread, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every mailbox/claim that the daemon has run, by consumer."""
    from sidecar.daemon.dispatch import Dispatcher

    seen: list[str] = []
    answer = Dispatcher.answer

    def watched(self: Dispatcher, request: Any, context: Any) -> Any:
        if request.name == "mailbox/claim":
            seen.append(str(request.id))
        return answer(self, request, context)

    assert daemon
    monkeypatch.setattr(Dispatcher, "answer", watched)
    return seen


def in_loop(daemon: DaemonThread, run: Callable[[], None]) -> None:
    """Run something on the daemon's own loop."""
    daemon.loop.call_soon_threadsafe(run)


def test_a_claim_waits_until_there_is_work(daemon: DaemonThread, peer: Peer) -> None:
    with daemon.peer() as worker:
        start(worker, mailboxId="m")
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        assert taken(worker) == ["e"]


def test_a_claim_that_waits_holds_up_nothing_that_its_peer_sent_behind_it(
    daemon: DaemonThread,
) -> None:
    with daemon.peer() as worker:
        waiting = claim(worker, mailboxId="m")
        enqueue = worker.request("mailbox/enqueue", {"mailboxId": "m", "entryId": "e"})
        answers = worker.pipeline([waiting, enqueue])
        assert answers[enqueue["id"]]["result"]["entry"]["status"] == "queued"
        assert answers[waiting["id"]]["result"]["entries"][0]["id"] == "e"


def test_in_vain_it_answers_nothing_when_its_time_is_over(peer: Peer) -> None:
    peer.send(claim(peer, waitMs=SHORT_MS))
    assert taken(peer) == []


def test_the_longest_waiting_is_served_first(daemon: DaemonThread, peer: Peer) -> None:
    with daemon.peer() as one, daemon.peer() as two, daemon.peer() as three:
        start(one)
        start(two, mailboxId="m")
        start(three)
        for number in range(3):
            peer.call("mailbox/enqueue", mailboxId="m", entryId=f"e{number}")
            for waiting in ((one, two, three)[number],):
                entry = waiting.receive()["result"]["entries"][0]
                assert entry["id"] == f"e{number}"
                peer.call("mailbox/ack", entryId=entry["id"], claimToken=entry["claimToken"])


def test_one_piece_of_work_wakes_one(daemon: DaemonThread, peer: Peer, looks: list[str]) -> None:
    with daemon.peer() as worker:
        for _ in range(500):
            worker.send(claim(worker))
        worker.call("daemon/ping")
        assert len(looks) == 500
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        assert taken(worker) == ["e"]
        # The one that got it, and the next, which found nothing more.
        assert len(looks) == 502
        assert len(daemon.daemon.desk.room) == 499


def test_idle_waiters_look_at_nothing(daemon: DaemonThread, peer: Peer, looks: list[str]) -> None:
    with daemon.peer() as worker:
        start(worker, mailboxId="m")
        before = len(looks)
        for _ in range(50):
            peer.call("mailbox/enqueue", mailboxId="other")
            peer.call("thread/create")
        assert len(looks) == before


def test_a_batch_of_work_wakes_as_many_as_there_are_mailboxes(
    daemon: DaemonThread, peer: Peer
) -> None:
    with daemon.peer() as worker:
        for _ in range(5):
            worker.send(claim(worker))
        worker.call("daemon/ping")
        requests = [
            peer.request("mailbox/enqueue", {"mailboxId": f"m{n % 3}", "entryId": f"e{n}"})
            for n in range(9)
        ]
        peer.pipeline(requests)
        assert sorted(taken(worker) + taken(worker) + taken(worker)) == ["e0", "e1", "e2"]
        assert len(daemon.daemon.desk.room) == 2


@pytest.mark.parametrize("verb", ["ack", "nack", "deadLetter", "cancel", "supersede"])
def test_the_end_of_a_claim_wakes_who_waits_for_the_next(
    daemon: DaemonThread, peer: Peer, verb: str
) -> None:
    peer.call("mailbox/enqueue", mailboxId="m", entryId="a", priority=9)
    peer.call("mailbox/enqueue", mailboxId="m", entryId="b")
    answer = peer.call("mailbox/claim", consumerId="x", leaseMs=LEASE_MS)
    token = answer["entries"][0]["claimToken"]
    with daemon.peer() as worker:
        start(worker, mailboxId="m")
        params: dict[str, Any] = {"entryId": "a", "claimToken": token, "error": "no"}
        for name in {"ack": ["error"], "cancel": ["error", "claimToken"]}.get(verb, []):
            del params[name]
        if verb == "supersede":
            params = {"entryId": "a", "reason": "no"}
        if verb == "nack":
            params["retryAtMs"] = daemon.source.at_ms + LONG_MS
        peer.ask(f"mailbox/{verb}", params)
        assert taken(worker) == ["b"]


def test_an_interrupt_frees_the_mailbox(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("mailbox/enqueue", mailboxId="m", entryId="a")
    peer.call("mailbox/claim", consumerId="x", leaseMs=LEASE_MS)
    with daemon.peer() as worker:
        start(worker, mailboxId="m")
        peer.call("mailbox/interrupt", mailboxId="m")
        peer.call("mailbox/enqueue", mailboxId="m", entryId="b")
        assert taken(worker) == ["b"]


@pytest.mark.parametrize("mailbox_id", ["m", None])
def test_a_moment_that_comes_wakes(
    daemon: DaemonThread, peer: Peer, mailbox_id: str | None
) -> None:
    at_ms = daemon.source.at_ms + 5_000
    peer.call("mailbox/enqueue", mailboxId="m", entryId="later", availableAtMs=at_ms)
    with daemon.peer() as worker:
        start(worker, mailboxId=mailbox_id)
        daemon.source.advance_ms(5_000)
        in_loop(daemon, daemon.daemon.desk.room.look)
        assert taken(worker) == ["later"]


def test_a_moment_that_is_set_while_somebody_waits_wakes(daemon: DaemonThread, peer: Peer) -> None:
    with daemon.peer() as worker:
        start(worker)
        at_ms = daemon.source.at_ms + 5_000
        peer.call("mailbox/enqueue", mailboxId="m", entryId="later", availableAtMs=at_ms)
        daemon.source.advance_ms(5_000)
        in_loop(daemon, daemon.daemon.desk.room.look)
        assert taken(worker) == ["later"]


def test_the_end_of_a_lease_wakes(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
    late = peer.call("mailbox/claim", consumerId="x", leaseMs=LEASE_MS)["entries"][0]
    with daemon.peer() as worker:
        start(worker, mailboxId="m")
        # A lease that was extended ends later: looking at the first end is in vain.
        daemon.source.advance_ms(LEASE_MS - 1_000)
        params = {"entryId": "e", "claimToken": late["claimToken"], "leaseMs": LEASE_MS}
        assert peer.ask("mailbox/extendLease", params)["extended"]
        daemon.source.advance_ms(2_000)
        in_loop(daemon, daemon.daemon.desk.room.look)
        assert peer.call("mailbox/get", entryId="e")["entry"]["claimedBy"] == "x"
        daemon.source.advance_ms(LEASE_MS)
        in_loop(daemon, daemon.daemon.desk.room.look)
        entry = worker.receive()["result"]["entries"][0]
        assert (entry["claimedBy"], entry["attemptCount"]) == ("c", 2)
        with pytest.raises(Refused) as refused:
            peer.call("mailbox/ack", entryId="e", claimToken=late["claimToken"])
        assert refused.value.kind == "claim_lost"


def test_the_alarm_rings_by_itself(daemon: DaemonThread, peer: Peer) -> None:
    # The fake clock moves with every look at it, so what is due in 3 ms is so at once.
    with daemon.peer() as worker:
        start(worker)
        at_ms = daemon.source.at_ms + 3
        peer.call("mailbox/enqueue", mailboxId="m", entryId="soon", availableAtMs=at_ms)
        assert taken(worker) == ["soon"]


def test_a_cancelled_wait_is_answered_so_and_takes_nothing(
    daemon: DaemonThread, peer: Peer
) -> None:
    with daemon.peer() as worker:
        first, second = start(worker), start(worker)
        worker.send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": first}})
        answer = worker.receive()
        assert answer["id"] == first
        assert answer["error"]["code"] == -32800
        assert answer["error"]["data"]["kind"] == "request_cancelled"
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        answer = worker.receive()
        assert answer["id"] == second and answer["result"]["entries"][0]["id"] == "e"


def test_an_id_is_cancelled_as_a_value_and_of_its_own_peer_only(
    daemon: DaemonThread, peer: Peer
) -> None:
    with daemon.peer() as worker:
        request = {**claim(worker), "id": "an \u00e9"}
        worker.send(request)
        worker.call("daemon/ping")
        peer.call("$/cancelRequest", id="an \u00e9")
        assert len(daemon.daemon.desk.room) == 1
        worker.send(b'{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"an \\u00E9"}}\n')
        answer = worker.receive()
        assert answer["id"] == "an \u00e9" and "error" in answer


def test_what_is_cancelled_too_late_is_answered_as_it_is(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
    with daemon.peer() as worker:
        request = claim(worker)
        cancel = worker.request("$/cancelRequest", {"id": request["id"]})
        answers = worker.pipeline([request, cancel])
        assert answers[request["id"]]["result"]["entries"][0]["id"] == "e"
        assert answers[cancel["id"]]["result"] == {}


def test_a_waiter_that_vanishes_takes_nothing(daemon: DaemonThread, peer: Peer) -> None:
    gone = daemon.peer()
    start(gone)
    gone.close()
    with daemon.peer() as worker:
        start(worker)
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        assert taken(worker) == ["e"]


def test_a_notification_waits_for_nothing(daemon: DaemonThread, peer: Peer) -> None:
    request = claim(peer)
    del request["id"]
    peer.send(request)
    peer.call("daemon/ping")
    assert len(daemon.daemon.desk.room) == 0


def test_in_a_batch_it_holds_up_the_batch_only(daemon: DaemonThread, peer: Peer) -> None:
    with daemon.peer() as worker:
        batch = [claim(worker), worker.request("daemon/ping")]
        worker.send(batch)
        assert "atMs" in worker.call("daemon/ping")
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        answers = {answer["id"]: answer["result"] for answer in worker.receive()}
        assert answers[batch[0]["id"]]["entries"][0]["id"] == "e"
        assert "atMs" in answers[batch[1]["id"]]


def test_after_a_half_close_a_wait_is_still_answered(daemon: DaemonThread, peer: Peer) -> None:
    import socket

    with daemon.peer() as worker:
        worker.send(claim(worker))
        worker.socket.shutdown(socket.SHUT_WR)
        while len(daemon.daemon.desk.room) == 0:
            peer.call("daemon/ping")
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        assert taken(worker) == ["e"]


def test_a_drain_answers_all_who_wait(daemon: DaemonThread) -> None:
    with daemon.peer() as worker:
        for _ in range(10):
            worker.send(claim(worker))
        worker.call("daemon/ping")
        in_loop(daemon, daemon.daemon.stop)
        assert [taken(worker) for _ in range(10)] == [[]] * 10
        with pytest.raises(EOFError):
            worker.receive()


def test_a_thousand_wait_on_one_connection_and_each_gets_its_own(
    daemon: DaemonThread, peer: Peer
) -> None:
    with daemon.peer() as worker:
        requests = [claim(worker, mailboxId=f"m{number}") for number in range(1_000)]
        worker.send(*requests)
        worker.call("daemon/ping")
        peer.pipeline(
            [
                peer.request("mailbox/enqueue", {"mailboxId": f"m{n}", "entryId": f"e{n}"})
                for n in range(1_000)
            ]
        )
        answers = [worker.receive() for _ in requests]
        got = {answer["id"]: answer["result"]["entries"][0]["id"] for answer in answers}
        assert got == {request["id"]: f"e{n}" for n, request in enumerate(requests)}


def test_a_commit_that_fails_hands_over_nothing_twice(
    daemon: DaemonThread, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sidecar.model.errors import StorageUnavailable
    from sidecar.store.database import Database
    from sidecar.store.outages import GroupLost

    commit = Database.commit
    failures = [True]

    def failing(self: Database) -> None:
        if failures.pop() if failures else False:
            self.rollback()
            raise GroupLost(StorageUnavailable(reason="io_error"))
        commit(self)

    with daemon.peer() as worker, daemon.peer() as other:
        start(worker)
        start(other)
        monkeypatch.setattr(Database, "commit", failing)
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        entry = worker.receive()["result"]["entries"][0]
        assert (entry["id"], entry["attemptCount"]) == ("e", 1)
        peer.call("mailbox/enqueue", mailboxId="n", entryId="f")
        assert taken(other) == ["f"]


def test_storage_that_fails_is_told_to_who_would_have_been_served(
    daemon: DaemonThread, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sidecar.model.errors import StorageUnavailable
    from sidecar.store.database import Database

    def failing(_self: Database) -> None:
        raise StorageUnavailable(reason="disk_full")

    at_ms = daemon.source.at_ms + 5_000
    peer.call("mailbox/enqueue", mailboxId="m", entryId="later", availableAtMs=at_ms)
    with daemon.peer() as worker:
        start(worker)
        monkeypatch.setattr(Database, "begin", failing)
        daemon.source.advance_ms(5_000)
        in_loop(daemon, daemon.daemon.desk.room.look)
        error = worker.receive()["error"]
        assert (error["data"]["kind"], error["data"]["reason"]) == (
            "storage_unavailable",
            "disk_full",
        )
        monkeypatch.undo()
        assert peer.call("mailbox/get", entryId="later")["entry"]["status"] == "queued"


def test_a_clock_that_is_set_forward_brings_what_was_waited_for(
    daemon: DaemonThread, peer: Peer
) -> None:
    with daemon.peer() as worker:
        start(worker)
        at_ms = daemon.source.at_ms + 3_600_000
        peer.call("mailbox/enqueue", mailboxId="m", entryId="later", availableAtMs=at_ms)
        daemon.source.advance_ms(3_600_000)
        assert taken(worker) == ["later"]
