"""Ten thousand broken messages: a daemon that lives, a database as it was, lawful answers only."""

import json
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.model.errors import every_error
from sidecar.rpc.registry import REGISTRY
from tests.contract.replay import load_all
from tests.daemon.wire import INTERNAL
from tests.store.support import rows
from tests.support import DaemonProcess, Peer
from tests.support.garbage import Spoiler, Stream

STREAMS, MESSAGES = 100, 25
# What a request that would leave a trace must name, and names nobody; the others get a param
# that does not exist.
ANCHORS = {
    "event/append": "threadId", "thread/update": "threadId", "thread/delete": "threadId",
    "turn/start": "threadId", "turn/steer": "threadId", "turn/interrupt": "threadId",
    "turn/complete": "turnId", "item/create": "turnId", "item/update": "itemId",
    "sessionInput/admit": "threadId", "sessionInput/promote": "threadId",
    "sessionInput/update": "inputId", "sessionInput/cancel": "inputId",
}  # fmt: skip
TRACES = {name for name, method in REGISTRY.items() if method.mode == "write"}
TRACES |= {"daemon/backup", "daemon/shutdown", "event/prune"}
WORLD = ("world", "world-turn", "world-item", "world-input")
STRANGERS = re.compile(r'"(threadId|turnId|itemId|inputId)": "[^"]*"')
NOTIFICATIONS = {"event/appended", "event/synced", "event/reset", "item/delta"}
ERRORS = {error.kind: error for error in every_error()}


def whole(digits: str) -> int | str:
    """Keep a number that Python does not read for its length."""
    return int(digits) if len(digits) < 1_000 else digits


# Reads whatever the daemon could read, and more: numbers of any length, control characters.
LENIENT = json.JSONDecoder(strict=False, parse_int=whole)


@cache
def requests() -> list[dict[str, Any]]:
    """List the vectors' requests, but for the two that reach beyond the database."""
    sent = [vector.send for vector in load_all() if isinstance(vector.send, dict)]
    beyond = ("daemon/backup", "daemon/shutdown")
    return [
        each
        for each in sent
        if "$repeat" not in json.dumps(each) and each.get("method") not in beyond
    ]


@cache
def requests_without_trace() -> list[dict[str, Any]]:
    """List requests none of which can leave a trace in the world below."""
    found = []
    for sent in requests():
        method = sent.get("method")
        if method not in TRACES:
            found.append(json.loads(STRANGERS.sub(in_world, json.dumps(sent))))
        elif method not in ANCHORS and isinstance(sent.get("params"), dict):
            found.append({**sent, "params": {**sent["params"], "zip": 0}})
        if not leaves_trace(sent):
            found.append(sent)
    return found


def in_world(match: re.Match[str]) -> str:
    name = match[1]
    known = dict(zip(("threadId", "turnId", "itemId", "inputId"), WORLD, strict=True))
    return f'"{name}": "{known[name]}"'


def leaves_trace(request: Any) -> bool:
    """Tell whether a decoded request might change anything, were it taken."""
    if not isinstance(request, dict):
        return False
    method, params = request.get("method"), request.get("params")
    if not isinstance(method, str) or method not in TRACES:
        return False
    if not isinstance(params, dict | None) or (params and "zip" in params):
        return False
    if method in ANCHORS:
        return (params or {}).get(ANCHORS[method]) in WORLD
    return True


def might_leave_trace(data: bytes) -> bool:
    """Look for such a request wherever an object begins, however the stream may be cut."""
    text = re.sub(r'(?:\{"a":){9,}', "", data.decode("latin-1"))
    for brace in re.finditer(r"\{", text):
        with suppress(ValueError, RecursionError):
            if leaves_trace(LENIENT.raw_decode(text, brace.start())[0]):
                return True
    return False


def streams(seed: int) -> Iterator[Stream]:
    """Make what a hundred peers send, none of it of any effect."""
    spoiler = Spoiler(seed, requests_without_trace())
    made = (spoiler.stream(MESSAGES) for _ in count())
    return islice((each for each in made if not might_leave_trace(each.data)), STREAMS)


def exchange(process: DaemonProcess, stream: Stream) -> bytes:
    """Send it all; hang up, or half-close and take what comes."""
    with process.peer() as peer:
        # The daemon may have hung up before all was sent.
        with suppress(BrokenPipeError, ConnectionResetError):
            peer.socket.sendall(stream.data)
        if not stream.waits:
            return b""
        with suppress(OSError):
            peer.socket.shutdown(socket.SHUT_WR)
        came = bytearray()
        with suppress(ConnectionResetError):
            while data := peer.socket.recv(1 << 20):
                came += data
        return bytes(came)


def answers(came: bytes) -> Iterator[bytes]:
    """Cut what came, in either framing, into JSON texts."""
    while came:
        if came.startswith(b"Content-Length: "):
            head, _, rest = came.partition(b"\r\n\r\n")
            size = int(head.removeprefix(b"Content-Length: "))
            assert len(rest) >= size
            yield rest[:size]
            came = rest[size:]
        else:
            line, end, came = came.partition(b"\n")
            assert end, "a line is not whole"
            yield line


def check(answer: Any, folder: Path) -> None:
    """Hold that an answer is what the contract knows, and that nothing internal is in it."""
    assert answer["jsonrpc"] == "2.0"
    if "method" in answer:
        assert set(answer) == {"jsonrpc", "method", "params"}
        assert answer["method"] in NOTIFICATIONS
    elif "result" in answer:
        assert set(answer) == {"jsonrpc", "id", "result"}
        assert isinstance(answer["result"], dict)
    else:
        assert set(answer) == {"jsonrpc", "id", "error"}
        error = answer["error"]
        assert set(error) == {"code", "message", "data"}
        known = ERRORS[error["data"]["kind"]]
        assert known.kind != "internal"
        assert (error["code"], error["message"]) == (known.code, known.message())
        assert error["data"]["retryable"] is known.retryable
        # A call within `atomic` is named by its index.
        beside = set(error["data"]) - {"kind", "retryable", *known.fields}
        assert beside <= {"index", "opIndex"} and set(known.fields) <= set(error["data"])
        text = json.dumps(error).lower()
        assert not [w for w in (*INTERNAL, "object at 0x", str(folder)) if w in text], text


def make_world(peer: Peer) -> None:
    thread, turn, item, waiting = WORLD
    peer.call("thread/create", threadId=thread, title="the world")
    peer.call("turn/start", threadId=thread, turnId=turn, prompt="turn")
    peer.call("item/create", turnId=turn, itemId=item, kind="agent_message")
    peer.call("sessionInput/admit", threadId=thread, inputId=waiting, prompt="wait")


def tell(process: DaemonProcess, streams: Iterable[Stream]) -> set[str]:
    """Send all streams, each on a connection of its own; tell which kinds of answers came."""
    kinds: set[str] = set()
    for stream in streams:
        for text in answers(exchange(process, stream)):
            answer = LENIENT.decode(text.decode())
            for each in answer if isinstance(answer, list) else [answer]:
                check(each, process.database_path.parent)
                kinds.add(each.get("error", {}).get("data", {}).get("kind", "none"))
        with process.peer() as fresh:
            assert fresh.call("daemon/ping")["atMs"] > 0
    return kinds


@pytest.mark.parametrize("seed", range(4))
def test_thousands_of_broken_messages_leave_no_trace(
    process: DaemonProcess, capfd: pytest.CaptureFixture[str], seed: int
) -> None:
    with process.peer() as witness:
        make_world(witness)
        before, seq = rows(process.database_path), witness.call("daemon/status")["lastSeq"]
        kinds = tell(process, streams(seed))
        assert rows(process.database_path) == before
        assert witness.call("daemon/status")["lastSeq"] == seq
    assert process.terminate() == 0
    assert capfd.readouterr().err == ""
    # It was broken in many ways.
    assert kinds >= {
        "none", "parse_error", "invalid_request", "method_not_found", "invalid_params",
        "thread_not_found", "turn_not_found", "item_not_found", "session_input_not_found",
    }  # fmt: skip


def test_what_gets_through_of_broken_messages_is_lawful(
    process: DaemonProcess, capfd: pytest.CaptureFixture[str]
) -> None:
    spoiler = Spoiler(4, requests())
    tell(process, (spoiler.stream(MESSAGES) for _ in range(STREAMS)))
    with process.peer() as witness:
        assert witness.call("daemon/status")["lastSeq"] > 0
        assert witness.call("daemon/check", full=True) == {"ok": True, "findings": []}
    assert process.terminate() == 0
    assert capfd.readouterr().err == ""
