"""Peers that leave, stop and change their mind in the midst of things: only they feel it."""

import json
import socket
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from sidecar.model import limits
from tests.daemon.wire import kind, ping, until, until_closed
from tests.support import DaemonThread, Peer, Refused


def create(thread_id: str) -> dict[str, Any]:
    params = {"threadId": thread_id}
    return {"jsonrpc": "2.0", "id": thread_id, "method": "thread/create", "params": params}


def threads(peer: Peer) -> int:
    count: int = peer.call("daemon/status")["counts"]["threads"]
    return count


def fill(peer: Peer, pages: int) -> int:
    """Write so many pages of a subscription's history; tell the last seq."""
    peer.call("thread/create", threadId="t")
    one = {"threadId": "t", "event": "x", "payload": "y" * 1000}
    for _ in range(pages):
        peer.call("event/appendMany", events=[one] * limits.SUBSCRIPTION_PAGE)
    seq: int = peer.call("daemon/status")["lastSeq"]
    return seq


def is_stalled(daemon: DaemonThread) -> bool:
    return any(each.is_stalled for each in list(daemon.daemon.desk.peers))


def test_others_work_and_finish_while_one_does_not_read(daemon: DaemonThread, peer: Peer) -> None:
    fill(peer, 4)
    with daemon.peer() as stuck:
        reads = [stuck.request("event/list", {"limit": 5000}) for _ in range(10)]
        stuck.send(*reads, create("late"))
        until(peer, lambda: is_stalled(daemon))
        requests = [peer.request("thread/create", {"threadId": f"o{n}"}) for n in range(2_000)]
        answers = peer.pipeline(requests)
        assert list(answers) == [request["id"] for request in requests]
        # Its own next request still waits until it reads.
        assert threads(peer) == 2_001
        assert [stuck.receive()["id"] for _ in reads] == [read["id"] for read in reads]
        assert stuck.receive()["id"] == "late"
    assert threads(peer) == 2_002


def test_a_whole_batch_of_a_peer_that_vanishes_is_executed(
    daemon: DaemonThread, peer: Peer
) -> None:
    with daemon.peer() as gone:
        gone.send([create(f"b{number}") for number in range(limits.MAX_BATCH)])
    until(peer, lambda: threads(peer) == limits.MAX_BATCH)


@pytest.mark.parametrize("framing", ["lines", "headers"])
def test_of_half_a_batch_nothing_is_executed_and_all_before_it(
    daemon: DaemonThread, peer: Peer, framing: str
) -> None:
    whole = [json.dumps(create(f"w{number}")).encode() for number in range(50)]
    half = json.dumps([create(f"h{number}") for number in range(50)]).encode()
    with daemon.peer() as gone:
        if framing == "lines":
            gone.send(b"\n".join(whole), b"\n", half[:-100])
        else:
            sized = [b"Content-Length: %d\r\n\r\n%b" % (len(each), each) for each in whole]
            gone.send(*sized, b"Content-Length: %d\r\n\r\n%b" % (len(half), half[:-100]))
    until(peer, lambda: threads(peer) == 50 and len(daemon.daemon.desk.peers) == 1)
    assert threads(peer) == 50


def test_a_subscriber_that_dies_is_forgotten_and_the_others_hear_on(
    daemon: DaemonThread, peer: Peer
) -> None:
    last = fill(peer, 4)
    with ExitStack() as stack:
        readers = [stack.enter_context(daemon.peer()) for _ in range(3)]
        for reader in readers:
            reader.call("event/subscribe", sinceSeq=0)
        until(peer, lambda: is_stalled(daemon))
        readers[1].close()
        until(peer, lambda: peer.call("daemon/status")["subscriptions"] == 2)
        last = peer.call("event/append", threadId="t", event="x")["event"]["seq"]
        for reader in (readers[0], readers[2]):
            assert seqs_until(reader, last) == list(range(1, last + 1))


def seqs_until(reader: Peer, last: int) -> list[int]:
    seqs: list[int] = []
    while not seqs or seqs[-1] < last:
        seqs += [event["seq"] for event in reader.receive()["params"].get("events", [])]
    return seqs


def test_who_unsubscribes_while_history_is_told_is_told_no_more(
    daemon: DaemonThread, peer: Peer
) -> None:
    last = fill(peer, 8)
    with daemon.peer() as reader:
        subscription_id = reader.call("event/subscribe", sinceSeq=0)["subscriptionId"]
        reader.send(reader.request("event/unsubscribe", {"subscriptionId": subscription_id}))
        told: list[int] = []
        while "method" in (message := reader.receive()):
            told += [event["seq"] for event in message["params"].get("events", [])]
        assert message["result"] == {}
        # What came is the beginning, whole.
        assert told == list(range(1, len(told) + 1)) and len(told) < last
        peer.call("event/append", threadId="t", event="x")
        assert set(reader.exchange(reader.request("daemon/ping"))) == {"jsonrpc", "id", "result"}
        assert reader.call("daemon/status")["subscriptions"] == 0


def test_a_peer_has_1024_subscriptions_and_a_new_one_for_each_it_ends(
    daemon: DaemonThread, peer: Peer
) -> None:
    requests = [peer.request("event/subscribe") for _ in range(limits.MAX_SUBSCRIPTIONS + 1)]
    peer.send(*requests)
    answers: list[Any] = []
    while len(answers) < len(requests):
        if "id" in (message := peer.receive()):
            answers.append(message)
    *lawful, refused = answers
    assert all("result" in answer for answer in lawful)
    assert refused["error"]["data"] == {
        "kind": "limit_exceeded", "retryable": False, "limit": "maxSubscriptions",
        "max": 1024, "actual": 1025,
    }  # fmt: skip
    with daemon.peer() as other:
        assert other.call("event/subscribe")["watermarkSeq"] == 0
        assert other.call("daemon/status")["subscriptions"] == 1025
    peer.call("event/unsubscribe", subscriptionId=lawful[500]["result"]["subscriptionId"])
    peer.call("event/subscribe")
    with pytest.raises(Refused):
        peer.call("event/subscribe")


def test_who_closes_his_ear_and_speaks_on_is_executed(daemon: DaemonThread, peer: Peer) -> None:
    with daemon.peer() as deaf:
        deaf.socket.shutdown(socket.SHUT_RD)
        deaf.send(*(create(f"d{number}") for number in range(5)))
        until(peer, lambda: threads(peer) == 5)


def test_thousands_who_come_and_go_leave_no_connection(daemon: DaemonThread, peer: Peer) -> None:
    for number in range(2_000):
        # Blocking: it waits its turn to be accepted.
        with socket.socket(socket.AF_UNIX) as passing:
            passing.connect(str(daemon.socket_path))
            # At times there are too many of them.
            with suppress(BrokenPipeError, ConnectionResetError):
                passing.sendall((ping("1") * 4)[: number % 170])
    until(peer, lambda: peer.call("daemon/status")["connections"] == 1)


def test_many_too_many_at_once_are_each_told_even_if_they_speak_first(
    daemon: DaemonThread,
) -> None:
    with ExitStack() as stack:
        seated = [stack.enter_context(daemon.peer()) for _ in range(limits.MAX_CONNECTIONS)]
        for peer in seated:
            peer.call("daemon/ping")
        late = [stack.enter_context(daemon.peer()) for _ in range(50)]
        for peer in late:
            with suppress(BrokenPipeError):
                peer.send(create("never"))
        for peer in late:
            told = json.loads(peer.stream.readline())
            assert kind(told) == "limit_exceeded" and told["id"] is None
            with suppress(ConnectionResetError):
                assert list(until_closed(peer)) == []
        assert threads(seated[0]) == 0
        seated[100].close()
        until(seated[0], lambda: seated[0].call("daemon/status")["connections"] == 255)
        assert threads(stack.enter_context(daemon.peer())) == 0
