"""Speak to a daemon over its socket, one request at a time."""

import socket
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

CHUNK_BYTES = 256 * 1024


class NoDaemon(Exception):
    """Say that nobody answers on the socket."""


class Answered(Exception):
    """Be the error that the daemon answered with."""

    def __init__(self, error: "WireError") -> None:
        super().__init__(f"{error.data.kind}: {error.message}")
        self.error = error


class ErrorData(msgspec.Struct, frozen=True):
    """Read what clients switch on."""

    kind: str


class WireError(msgspec.Struct, frozen=True):
    """Read an error; `raw` has all its details."""

    code: int
    message: str
    data: ErrorData


class Answer(msgspec.Struct, frozen=True):
    """Read an answer, or a notification, which has a method and no id."""

    id: int | None = None
    method: str | None = None
    params: msgspec.Raw = msgspec.Raw(b"")
    result: msgspec.Raw = msgspec.Raw(b"")
    error: msgspec.Raw = msgspec.Raw(b"")


Params = dict[str, object]
_ANSWER = msgspec.json.Decoder(Answer)


class Client:
    """Be one connection; close it, or use it in a `with`."""

    def __init__(self, path: Path) -> None:
        """Connect, or raise NoDaemon."""
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise NoDaemon(f"no daemon on {path}: {error.strerror}") from error
        self._stream = self._socket.makefile("rb", buffering=CHUNK_BYTES)
        self._last_id = 0
        # What came before an answer that was waited for.
        self._notifications: deque[Answer] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def call(self, method: str, params: Params | msgspec.Raw | None = None) -> msgspec.Raw:
        """Ask and wait for the result, as JSON text; raises Answered or NoDaemon."""
        self._last_id += 1
        request = {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params}
        try:
            self._socket.sendall(msgspec.json.encode(request) + b"\n")
        except OSError as error:
            raise NoDaemon(f"the daemon went away: {error.strerror}") from error
        while (answer := self._read()).method is not None:
            self._notifications.append(answer)
        if bytes(answer.error):
            failure = Answered(msgspec.json.decode(answer.error, type=WireError))
            failure.add_note(bytes(answer.error).decode())
            raise failure
        return answer.result

    def _read(self) -> Answer:
        try:
            line = self._stream.readline()
        except OSError as error:
            raise NoDaemon(f"the daemon went away: {error.strerror}") from error
        if not line:
            raise NoDaemon("the daemon went away")
        return _ANSWER.decode(line)

    def notifications(self) -> Iterator[Answer]:
        """Wait for notifications, in order, until the daemon goes away (NoDaemon)."""
        while True:
            yield self._notifications.popleft() if self._notifications else self._read()

    def close(self) -> None:
        """Hang up."""
        self._stream.close()
        self._socket.close()
