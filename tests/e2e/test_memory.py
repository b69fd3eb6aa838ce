"""Memory: what a peer can make a real process hold is named in `model/limits.py`, and no more."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sidecar.model import limits
from tests.support import DaemonProcess, Peer

MIB = 1024 * 1024
# What a process needs to work at all: page caches, a group, what the allocator keeps.
AIR = 32 * MIB
LARGEST = limits.MAX_MESSAGE_BYTES
SEQ = re.compile(rb'"seq":(\d+),"threadId"')


@contextmanager
def growing_less_than(process: DaemonProcess, size: int) -> Iterator[None]:
    """Hold that at no moment more than so many bytes are held beyond what was at the start."""
    before_kib = process.resident_kib
    yield
    assert (process.peak_kib - before_kib) * 1024 < size


def append(peer: Peer, number: int, size: int) -> dict[str, Any]:
    payload = f"{number}".ljust(size, "x")
    return peer.request("event/append", {"threadId": "t", "event": "x", "payload": payload})


def write_many(process: DaemonProcess, count: int, size: int) -> None:
    with process.peer() as peer:
        for at in range(0, count, 500):
            requests = [append(peer, number, size) for number in range(at, at + 500)]
            assert all("result" in answer for answer in peer.pipeline(requests).values())


def seqs_until(peer: Peer, last: int) -> list[int]:
    """Take the seqs of all events that a subscriber is told of, up to one."""
    found: list[int] = []
    while not found or found[-1] < last:
        line = peer.stream.readline()
        assert line, "the daemon hung up"
        found += map(int, SEQ.findall(line))
    return found


def send_beside(peer: Peer, *messages: bytes) -> threading.Thread:
    """Send on a thread, since the daemon will stop reading."""
    sender = threading.Thread(target=peer.send, args=messages)
    sender.start()
    return sender


def wait_until(process: DaemonProcess, is_so: Callable[[dict[str, Any]], bool]) -> None:
    """Ask for the status until it is so; each answer lets the daemon go on."""
    with process.peer() as peer:
        while not is_so(peer.call("daemon/status")):
            pass


def test_a_subscriber_that_sleeps_through_20000_events_costs_little_and_misses_none(
    process: DaemonProcess,
) -> None:
    with process.peer() as peer, process.peer() as sleeper:
        peer.call("thread/create", threadId="t")
        sleeper.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sleeper.call("event/subscribe", threadId="t", sinceSeq=0)
        with growing_less_than(process, 64 * MIB):
            writers = [
                threading.Thread(target=write_many, args=(process, 5_000, 300)) for _ in range(4)
            ]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            assert peer.call("daemon/status")["lastSeq"] == 20_001
            assert seqs_until(sleeper, 20_001) == list(range(1, 20_002))


def test_200_subscribers_of_one_thread_that_sleep_cost_their_limits_and_miss_nothing(
    process: DaemonProcess,
) -> None:
    # Each: what is unsent before it is left where it is, one page on top, one being rendered.
    each = limits.MAX_UNSENT_BYTES + 2 * limits.SUBSCRIPTION_PAGE_BYTES
    with ExitStack() as stack:
        peer = stack.enter_context(process.peer())
        peer.call("thread/create", threadId="t")
        sleepers = [stack.enter_context(process.peer()) for _ in range(200)]
        for sleeper in sleepers:
            sleeper.call("event/subscribe", threadId="t")
        with growing_less_than(process, 200 * each + AIR):
            write_many(process, 1_000, 2_000)
            for sleeper in sleepers:
                assert seqs_until(sleeper, 1_001) == list(range(2, 1_002))


def test_largest_messages_of_a_peer_that_does_not_read_cost_a_few_of_them(
    process: DaemonProcess,
) -> None:
    # Two that wait and one that arrives, in pieces and joined; of one that is run the text, its
    # params, the record, its event and its answer, each once as values and once as bytes.
    bound = (4 + 10) * LARGEST
    with process.peer() as rude:
        messages = [
            json.dumps(
                rude.request("thread/create", {"metadata": "x" * (LARGEST - 1_000)})
            ).encode()
            for _ in range(6)
        ]
        with growing_less_than(process, bound + AIR):
            sender = send_beside(rude, *(message + b"\n" for message in messages))
            wait_until(process, lambda status: status["counts"]["threads"] >= 1)
            answers = [rude.receive() for _ in messages]
            sender.join()
        assert sorted(answer["id"] for answer in answers) == list(range(1, 7))
        assert all("result" in answer for answer in answers)


def test_large_answers_that_wait_for_their_commit_cost_a_few_of_them(
    process: DaemonProcess,
) -> None:
    with process.peer() as peer:
        metadata = "x" * (LARGEST - 1_000)
        peer.call("thread/create", threadId="t", metadata=metadata)
        with growing_less_than(process, 10 * LARGEST + AIR):
            updates = [
                peer.request("thread/update", {"threadId": "t", "title": f"{number}"})
                for number in range(12)
            ]
            peer.send(*updates)
            for update in updates:
                answer = peer.receive()
                assert answer["id"] == update["id"]
                assert answer["result"]["thread"]["metadata"] == metadata


def test_100000_requests_of_a_peer_that_does_not_read_are_not_held_and_all_answered(
    process: DaemonProcess,
) -> None:
    count = 100_000
    request = b'{"jsonrpc":"2.0","id":%d,"method":"thread/get","params":{"threadId":"t"}}\n'
    with process.peer() as rude, process.peer() as peer:
        peer.call("thread/create", threadId="t")
        with growing_less_than(process, limits.MAX_UNSENT_BYTES + AIR):
            sender = send_beside(rude, b"".join(request % number for number in range(count)))
            for _ in range(1_000):
                peer.call("thread/get", threadId="t")
            assert sender.is_alive(), "reading was never paused"
            ids = [int(re.search(rb'"id":(\d+)', rude.stream.readline())[1]) for _ in range(count)]  # type: ignore[index]
            sender.join()
        assert ids == list(range(count))


def test_half_messages_on_all_connections_are_held_once_each(process: DaemonProcess) -> None:
    size = MIB
    count = limits.MAX_CONNECTIONS - 1
    half = b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"title":"'
    half += b"x" * (size - len(half))
    with ExitStack() as stack, growing_less_than(process, (count + 1) * size + AIR):
        slow = [stack.enter_context(process.peer()) for _ in range(count)]
        for each in slow:
            each.send(half)
        # The last seat is free for somebody who finishes what he says.
        with process.peer() as peer:
            assert peer.call("daemon/status")["connections"] == count + 1
        for each in slow[::50]:
            each.send(b'"}}\n')
            assert len(each.receive()["result"]["thread"]["title"]) > size - 100


def test_long_strings_beside_many_brackets_cost_no_more_than_others(process: DaemonProcess) -> None:
    with process.peer() as peer, growing_less_than(process, 10 * LARGEST + AIR):
        metadata = {"deep": [[]] * limits.MAX_DEPTH, "long": "x" * (LARGEST - 10_000)}
        answer = peer.call("thread/create", metadata=metadata)
        assert answer["thread"]["metadata"] == metadata
        # Each of its quotes could begin a string, and none ends.
        peer.send(b"[" * (limits.MAX_DEPTH + 1) + b'"\\' * (LARGEST // 2 - 1_000) + b"\n")
        assert peer.receive()["error"]["data"]["kind"] == "parse_error"
