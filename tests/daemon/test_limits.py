"""Every limit that a client can meet, to the byte: so much passes, one more is refused."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from sidecar.model import limits
from tests.daemon.test_desk import Disk, append
from tests.daemon.wire import kind, until
from tests.support import DaemonThread, Peer, Refused

LARGEST = limits.MAX_MESSAGE_BYTES
# One character, four bytes of UTF-8, two units of UTF-16, twelve characters of escaped JSON.
FACE = "\U0001f600"
LONGEST = limits.MAX_PROMPT_CHARS


def message_of(size: int) -> bytes:
    """Make a request of so many bytes, which stores nearly all of them."""
    head = b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"metadata":"'
    return head + b"x" * (size - len(head) - 3) + b'"}}'


def framed(framing: str, body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body) if framing == "headers" else body


def receive(peer: Peer, framing: str) -> Any:
    if framing == "headers":
        length = int(peer.stream.readline().removeprefix(b"Content-Length: "))
        assert peer.stream.readline() == b"\r\n"
        return json.loads(peer.stream.read(length))
    return json.loads(peer.stream.readline())


FRAMINGS = pytest.mark.parametrize("framing", ["lines", "headers"])


@FRAMINGS
def test_a_message_of_16_mib_passes(daemon: DaemonThread, framing: str) -> None:
    body = message_of(LARGEST)
    assert len(body) == 16_777_216
    with daemon.peer() as peer:
        # The line break is not of the message.
        peer.send(framed(framing, body), b"\n" if framing == "lines" else b"")
        stored = receive(peer, framing)["result"]["thread"]["metadata"]
        assert len(stored) > LARGEST - 100
        # The connection is as good as before.
        peer.send(framed(framing, message_of(100)), b"\n" if framing == "lines" else b"")
        assert receive(peer, framing)["result"]["created"]


@FRAMINGS
def test_one_byte_more_is_told_exactly_and_closed(daemon: DaemonThread, framing: str) -> None:
    with daemon.peer() as peer:
        # Hung up on before all is sent.
        with suppress(BrokenPipeError):
            peer.send(framed(framing, message_of(LARGEST + 1)))
        answer = receive(peer, framing)
        assert kind(answer) == "message_too_large" and answer["id"] is None
        assert answer["error"]["code"] == 4002
        assert answer["error"]["data"] == {
            "kind": "message_too_large", "retryable": False, "limit": "maxMessageBytes",
            "max": 16_777_216, "actual": 16_777_217,
        }  # fmt: skip
        with suppress(ConnectionResetError):
            assert peer.stream.read() == b""
    with daemon.peer() as other:
        assert other.call("daemon/status")["lastSeq"] == 0


def start(peer: Peer, prompt: str) -> Any:
    thread_id = peer.call("thread/create")["thread"]["id"]
    return peer.call("turn/start", threadId=thread_id, prompt=prompt)["items"][0]["detail"]


def steer(peer: Peer, prompt: str) -> Any:
    peer.call("thread/create", threadId="t")
    if peer.call("thread/get", threadId="t")["thread"]["activeTurnId"] is None:
        peer.call("turn/start", threadId="t")
    return peer.call("turn/steer", threadId="t", prompt=prompt)["item"]["detail"]


def admit(peer: Peer, prompt: str) -> Any:
    peer.call("thread/create", threadId="t")
    return peer.call("sessionInput/admit", threadId="t", prompt=prompt)["input"]["prompt"]


def update(peer: Peer, prompt: str) -> Any:
    peer.call("thread/create", threadId="t")
    peer.call("sessionInput/admit", threadId="t", inputId="i", prompt="before")
    return peer.call("sessionInput/update", inputId="i", prompt=prompt)["input"]["prompt"]


@pytest.mark.parametrize("ask", [start, steer, admit, update])
def test_a_prompt_is_measured_in_characters_without_the_space_around_it(
    peer: Peer, ask: Callable[[Peer, str], Any]
) -> None:
    longest = FACE * LONGEST
    assert ask(peer, longest) == longest
    before = peer.call("daemon/status")["lastSeq"]
    with pytest.raises(Refused) as refused:
        ask(peer, longest + "x")
    assert refused.value.code == 4001
    assert refused.value.data == {
        "kind": "limit_exceeded", "retryable": False, "limit": "maxPromptChars",
        "max": 1_048_576, "actual": 1_048_577,
    }  # fmt: skip
    events = peer.call("event/list", sinceSeq=before)["data"]
    # Of the steps towards the refused one.
    assert {event["event"] for event in events} <= {"thread.created", "session_input.updated"}
    with suppress(Refused):
        ask(peer, "before")
    assert ask(peer, f" {'y' * LONGEST}\n") == "y" * LONGEST


def test_past_1024_requests_in_flight_the_reading_pauses_and_nothing_is_lost(
    daemon: DaemonThread, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sidecar.daemon.gathering.SLOW_COMMIT_MS", -1.0)
    disk = Disk(daemon)
    peer.call("thread/create", threadId="t")
    others = set(daemon.daemon.desk.peers)
    disk.hold()
    most = limits.MAX_IN_FLIGHT
    with daemon.peer() as eager:
        requests = [eager.request("event/append", append(number)) for number in range(most + 1)]
        eager.send(*requests[: most - 1])
        until(peer, lambda: len(daemon.daemon.desk.peers) == 2)
        (connection,) = set(daemon.daemon.desk.peers) - others
        until(peer, lambda: waiting(connection) == most - 1)
        assert connection._is_reading
        eager.send(requests[most - 1])
        until(peer, lambda: not connection._is_reading)
        assert waiting(connection) == most
        # It stays in the socket.
        eager.send(requests[most])
        peer.call("daemon/ping")
        assert waiting(connection) == most
        disk.may_go.set()
        seqs = [eager.receive()["result"]["event"]["seq"] for _ in requests]
    assert seqs == list(range(2, most + 3))


def waiting(connection: Any) -> int:
    """Count what a peer's connection has read and not answered."""
    count: int = len(connection._messages) + connection._in_flight
    return count
