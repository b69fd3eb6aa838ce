"""What the tests of the wire share: raw exchanges, and a watch for internal text."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import DaemonThread, Peer

# What an answer must never have in it: the inside of the process.
INTERNAL = ("traceback", "sqlite", "apsw", "msgspec", "sidecar/", ".py", "line ", "exception")


def raw(daemon: DaemonThread, stream: bytes) -> bytes:
    """Send bytes, close our half, and take all that comes back."""
    with daemon.peer() as peer:
        peer.send(stream)
        peer.socket.shutdown(socket.SHUT_WR)
        answered = peer.stream.read()
    lowered = answered.decode().lower()
    assert not [word for word in INTERNAL if word in lowered], answered
    return answered


def lines(daemon: DaemonThread, stream: bytes) -> list[Any]:
    return [json.loads(line) for line in raw(daemon, stream).splitlines()]


def only(daemon: DaemonThread, stream: bytes) -> Any:
    (answer,) = lines(daemon, stream)
    return answer


def kind(answer: Any) -> str:
    assert set(answer) == {"jsonrpc", "id", "error"} and answer["jsonrpc"] == "2.0"
    assert set(answer["error"]) == {"code", "message", "data"}
    found: str = answer["error"]["data"]["kind"]
    return found


def until_closed(peer: Peer) -> Iterator[Any]:
    """Take what comes until the daemon hangs up, which it must do by itself."""
    while line := peer.stream.readline():
        yield json.loads(line)


def ping(request_id: str = "1") -> bytes:
    return b'{"jsonrpc":"2.0","id":%b,"method":"daemon/ping"}\n' % request_id.encode()


def until(peer: Peer, is_so: Callable[[], bool]) -> None:
    """Ask the daemon something until it is so: each answer lets its loop go on."""
    for _ in range(100_000):
        if is_so():
            return
        peer.call("daemon/ping")
    pytest.fail("it never was so")
