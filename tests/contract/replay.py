"""Replay transcripts: what `protocol/README.md` says a line of a vector file means."""

import json
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from tests.support import DaemonThread, Peer
from tests.support.peer import HANG_S
from tests.support.source import START_MS

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"
ANY = "<any>"
FOLDER = "<folder>"
# The clock's step from line to line: what a line does cannot reach into the next one's time.
LINE_MS = 1000


class Vector(NamedTuple):
    """Be one line: what a peer sends and the whole of what it gets back."""

    number: int
    name: str
    send: Any = None
    expect: Any = None
    then: Any = ()
    peer: str = "a"
    framing: str = "lines"
    closes: bool = False


def load(path: Path) -> list[Vector]:
    lines = path.read_text().splitlines()
    return [Vector(number, **json.loads(line)) for number, line in enumerate(lines, 1)]


def load_all() -> list[Vector]:
    return [vector for path in sorted(VECTORS.glob("*.jsonl")) for vector in load(path)]


def expand(value: Any, folder: Path) -> Any:
    """Write out what a line abbreviates: long strings and lists, and the scratch folder."""
    match value:
        case {"$repeat": [part, count]}:
            return expand(part, folder) * count
        case dict():
            return {name: expand(member, folder) for name, member in value.items()}
        case list():
            return [expand(part, folder) for part in value]
        case str():
            return value.replace(FOLDER, str(folder))
        case _:
            return value


def fill(expected: Any, actual: Any) -> Any:
    """Put what came in the place of wildcards, so that the rest can be compared as it is."""
    if expected == ANY:
        return actual
    if isinstance(expected, dict) and isinstance(actual, dict):
        return {name: fill(part, actual.get(name)) for name, part in expected.items()}
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [fill(*pair) for pair in zip(expected, actual, strict=True)]
    return expected


def text_of(answer: Any) -> str:
    """Render an answer so that 1, 1.0 and true differ, and a difference is one line."""
    return json.dumps(answer, indent=1, sort_keys=True, ensure_ascii=False)


class Ending(DaemonThread):
    """Be a daemon that a transcript may have ended before its test does."""

    def stop(self) -> None:
        # A loop that has ended takes no calls.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.daemon.stop)
        self._thread.join(HANG_S)
        assert not self._thread.is_alive(), "the daemon did not end"


class Stage:
    """Hold a daemon's peers by their names in a transcript."""

    def __init__(self, daemon: DaemonThread, folder: Path) -> None:
        self._daemon = daemon
        self._folder = folder
        self._peers: dict[str, tuple[Peer, str]] = {}
        self._is_quiet = True

    def exchange(self, vector: Vector) -> tuple[list[Any], list[Any]]:
        """Do what a line says at its moment; tell what came and what should have come."""
        if vector.peer not in self._peers:
            self._peers[vector.peer] = (self._daemon.peer(), vector.framing)
        peer, framing = self._peers[vector.peer]
        if self._is_quiet:
            self._daemon.source.at_ms = START_MS + vector.number * LINE_MS
        if vector.send is not None:
            message = expand(vector.send, self._folder)
            text = message if isinstance(message, str) else json.dumps(message)
            peer.send(_framed(text, framing))
        answer = [] if vector.expect is None else [expand(vector.expect, self._folder)]
        expected = [*answer, *expand(vector.then, self._folder)]
        came = [_receive(peer, framing) for _ in expected]
        # Nobody says when what is not answered has been done: until then the clock is not moved.
        self._is_quiet = bool(expected)
        if vector.closes:
            assert peer.stream.read() == b"", "the daemon said more before it hung up"
        return came, fill(expected, came)

    def leave(self) -> dict[str, bytes]:
        """Half-close every connection; tell what was sent to whom beyond what was expected."""
        unexpected = {}
        for name, (peer, _) in self._peers.items():
            # The daemon may have hung up already, as the transcript said.
            with suppress(OSError):
                peer.socket.shutdown(socket.SHUT_WR)
            if rest := peer.stream.read():
                unexpected[name] = rest
            peer.close()
        self._peers.clear()
        return unexpected


def _framed(text: str, framing: str) -> bytes:
    body = text.encode()
    if framing == "headers":
        return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    return body + b"\n"


def _receive(peer: Peer, framing: str) -> Any:
    if framing == "lines":
        return peer.receive()
    length = int(peer.stream.readline().removeprefix(b"Content-Length: "))
    assert peer.stream.readline() == b"\r\n"
    return json.loads(peer.stream.read(length))
