"""Peers beside each other: in order for each, bounded for all, none felt by another."""

import json
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from sidecar.daemon import gathering
from tests.daemon.wire import kind, ping, until_closed
from tests.support import DaemonProcess, DaemonThread, Peer
from tests.support.peer import HANG_S

# A page of events that is large beside its request.
PAGE = b'{"jsonrpc":"2.0","id":1,"method":"event/list","params":{"limit":5000}}\n'
# What the daemon may grow by, whatever a peer does: two of the largest messages, and air.
GROWTH_KIB = 96 * 1024


def create(thread_id: str, request_id: int) -> dict[str, Any]:
    params = {"threadId": thread_id}
    return {"jsonrpc": "2.0", "id": request_id, "method": "thread/create", "params": params}


def test_after_a_half_close_everything_already_sent_is_answered(daemon: DaemonThread) -> None:
    with daemon.peer() as peer:
        peer.send(*(create(f"t{number}", number) for number in range(2000)))
        peer.socket.shutdown(socket.SHUT_WR)
        answered = [json.loads(line)["id"] for line in peer.stream]
    assert sorted(answered) == list(range(2000))


def test_a_last_line_without_a_line_break_is_answered_after_a_half_close(
    daemon: DaemonThread,
) -> None:
    with daemon.peer() as peer:
        peer.send(ping("1") + ping("2").strip())
        peer.socket.shutdown(socket.SHUT_WR)
        assert [json.loads(line)["id"] for line in peer.stream] == [1, 2]


def wait_for_threads(peer: Peer, at_least: int) -> None:
    """Ask until so many threads are there."""
    until = time.monotonic() + HANG_S
    while peer.call("daemon/status")["counts"]["threads"] < at_least:
        assert time.monotonic() < until, "some requests were not executed"


def test_requests_whose_peer_has_gone_are_still_executed(process: DaemonProcess) -> None:
    with process.peer() as gone:
        gone.send(*(create(f"t{number}", number) for number in range(500)))
    with process.peer() as peer:
        wait_for_threads(peer, 500)


def test_requests_whose_peer_has_gone_are_executed_before_a_drain_ends(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every commit counts as slow, so that requests wait for one while the drain begins.
    monkeypatch.setattr(gathering, "SLOW_COMMIT_MS", -1.0)
    with DaemonThread(folder) as daemon:
        with daemon.peer() as gone:
            gone.send(*(create(f"t{number}", number) for number in range(500)))
        with daemon.peer() as peer:
            wait_for_threads(peer, 1)
    with DaemonThread(folder) as again, again.peer() as peer:
        assert peer.call("daemon/status")["counts"]["threads"] == 500


def test_5000_pipelined_requests_are_answered_and_take_effect_in_order(peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    append = "event/append"
    requests = [
        peer.request(append, {"threadId": "t", "event": "x", "payload": number})
        for number in range(5000)
    ]
    answers = peer.pipeline(requests)
    assert len(answers) == 5000
    seqs = [answers[each["id"]]["result"]["event"]["seq"] for each in requests]
    assert seqs == list(range(2, 5002))
    events = peer.call("event/list", sinceSeq=1, limit=5000)["data"]
    assert [event["payload"] for event in events] == list(range(5000))


def test_a_read_in_a_pipeline_sees_every_write_sent_before_it(peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    requests: list[dict[str, Any]] = []
    for number in range(400):
        params = {"threadId": "t", "title": f"{number}"}
        requests.append(peer.request("thread/update", params))
        requests.append(peer.request("thread/get", {"threadId": "t"}))
        requests.append(peer.request("daemon/status"))
    answers = peer.pipeline(requests)
    for number in range(400):
        read, status = requests[3 * number + 1], requests[3 * number + 2]
        assert answers[read["id"]]["result"]["thread"]["title"] == f"{number}"
        assert answers[status["id"]]["result"]["lastSeq"] >= number + 2


def test_a_refused_write_in_a_pipeline_undoes_itself_alone(peer: Peer) -> None:
    requests: list[dict[str, Any]] = []
    for number in range(100):
        requests.append(peer.request("thread/create", {"threadId": f"t{number}"}))
        requests.append(peer.request("thread/create", {"threadId": "t0", "title": "x"}))
    answers = peer.pipeline(requests)
    assert all(answers[each["id"]]["result"]["created"] for each in requests[::2])
    assert {kind(answers[each["id"]]) for each in requests[1::2]} == {"idempotency_mismatch"}
    assert peer.call("daemon/status")["lastSeq"] == 100


def test_slow_methods_do_not_let_later_requests_of_a_peer_overtake_them(peer: Peer) -> None:
    requests = []
    for number in range(20):
        requests.append(peer.request("thread/create", {"threadId": f"t{number}"}))
        requests.append(peer.request("daemon/check"))
    answers = peer.pipeline(requests)
    assert all("result" in answer for answer in answers.values())


def test_the_257th_connection_is_told_why_and_closed(daemon: DaemonThread) -> None:
    with ExitStack() as stack:
        peers: list[Peer] = []
        for _ in range(256):
            peers.append(stack.enter_context(daemon.peer()))
            peers[-1].call("daemon/ping")
        with daemon.peer() as late:
            (answer,) = until_closed(late)
            data = answer["error"]["data"]
            assert kind(answer) == "limit_exceeded" and answer["id"] is None
            assert (data["limit"], data["max"], data["actual"]) == ("maxConnections", 256, 257)
        assert peers[0].call("daemon/status")["connections"] <= 257
        peers[7].close()
        peers[0].call("daemon/ping")
        with daemon.peer() as again:
            assert again.call("daemon/ping")["atMs"] > 0


def test_a_burst_of_as_many_connections_as_may_be_is_accepted(daemon: DaemonThread) -> None:
    is_busy, go_on = threading.Event(), threading.Event()

    def be_busy() -> None:
        is_busy.set()
        go_on.wait()

    with ExitStack() as stack:
        stack.callback(go_on.set)
        daemon.loop.call_soon_threadsafe(be_busy)
        assert is_busy.wait(30)
        for _ in range(256):
            burst = stack.enter_context(socket.socket(socket.AF_UNIX))
            burst.setblocking(False)
            burst.connect(str(daemon.socket_path))


def fill(peer: Peer) -> None:
    """Make a log of which a page of 5,000 events has about 2 MB."""
    peer.call("thread/create", threadId="t")
    one = {"threadId": "t", "event": "x", "payload": "x" * 300}
    for _ in range(5):
        peer.call("event/appendMany", events=[one] * 1000)


def send_all_that_fits(peer: Peer, data: bytes, most_bytes: int) -> int:
    """Send until the daemon stops reading."""
    peer.socket.settimeout(0.5)
    sent = 0
    try:
        while sent < most_bytes:
            sent += peer.socket.send(data)
    except TimeoutError:
        pass
    return sent


def test_a_peer_that_never_reads_costs_bounded_memory_and_disturbs_no_other(
    process: DaemonProcess,
) -> None:
    with process.peer() as peer, process.peer() as stuck:
        fill(peer)
        before_kib = process.resident_kib
        sent = send_all_that_fits(stuck, PAGE * 1000, 8_000_000)
        for _ in range(50):
            peer.call("event/append", threadId="t", event="y")
        assert sent < 8_000_000, "reading was never paused"
        assert process.resident_kib - before_kib < GROWTH_KIB


def test_a_peer_that_reads_late_gets_every_answer(daemon: DaemonThread) -> None:
    with daemon.peer() as peer:
        peer.call("thread/create", threadId="t")
        one = {"threadId": "t", "event": "x", "payload": "x" * 1000}
        peer.call("event/appendMany", events=[one] * 500)
        requests = [peer.request("event/list", {"limit": 500}) for _ in range(40)]
        answers = peer.pipeline(requests)
    assert sorted(answers) == [each["id"] for each in requests]
    assert {len(answer["result"]["data"]) for answer in answers.values()} == {500}


def test_large_messages_that_wait_cost_bounded_memory(process: DaemonProcess) -> None:
    with process.peer() as peer, process.peer() as stuck:
        fill(peer)
        before_kib = process.resident_kib
        large = json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": "thread/get", "params": {"zip": "x" * 4_000_000}}
        ).encode()
        send_all_that_fits(stuck, PAGE * 4 + large + b"\n", 80_000_000)
        peer.call("daemon/ping")
        assert process.resident_kib - before_kib < 2 * GROWTH_KIB


def test_an_unfinished_message_disturbs_nobody(daemon: DaemonThread) -> None:
    with daemon.peer() as slow, daemon.peer() as peer:
        slow.send(ping("1")[:10])
        peer.call("daemon/ping")
        slow.send(ping("1")[10:])
        assert slow.receive()["id"] == 1
