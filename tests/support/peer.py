"""A client that shares no code with the product: bytes, and the standard library's JSON."""

import json
import socket
from collections import deque
from pathlib import Path
from typing import Any, Self

# A test that waits longer than this has found a hang.
HANG_S = 30.0


class Refused(Exception):  # as the product names its own
    """Carry an error answer."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(json.dumps(error))
        self.error = error
        self.code: int = error["code"]
        self.data: dict[str, Any] = error["data"]
        self.kind: str = self.data["kind"]


class Peer:
    """One connection."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(HANG_S)
        self.socket.connect(str(path))
        self.stream = self.socket.makefile("rb")
        self._last_id = 0
        # What came before an answer that was waited for.
        self._notifications: deque[Any] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask by keyword (`from_` and the like lose their underscore) and wait for the result."""
        return self.ask(method, {name.rstrip("_"): value for name, value in params.items()})

    def ask(self, method: str, params: Any) -> dict[str, Any]:
        self.send(self.request(method, params))
        while "method" in (answer := self._read()):
            self._notifications.append(answer)
        if "error" in answer:
            raise Refused(answer["error"])
        result: dict[str, Any] = answer["result"]
        return result

    def request(self, method: str, params: Any = None) -> dict[str, Any]:
        self._last_id += 1
        return {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params}

    def exchange(self, message: Any) -> Any:
        self.send(message)
        return self.receive()

    def send(self, *messages: Any) -> None:
        """Send values as lines, or bytes as they are."""
        self.socket.sendall(
            b"".join(
                each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n"
                for each in messages
            )
        )

    def receive(self) -> Any:
        """Take one message in the order in which they came; EOFError at the end."""
        return self._notifications.popleft() if self._notifications else self._read()

    def _read(self) -> Any:
        line = self.stream.readline()
        if not line:
            raise EOFError
        return json.loads(line)

    def pipeline(self, requests: list[dict[str, Any]]) -> dict[Any, Any]:
        """Send many at once and collect the answers by id."""
        self.send(*requests)
        answers = [self.receive() for _ in requests]
        return {answer["id"]: answer for answer in answers}

    def close(self) -> None:
        self.stream.close()
        self.socket.close()
