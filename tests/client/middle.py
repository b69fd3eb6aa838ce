"""Somebody between a client and a daemon, who may lose an answer or invent one."""

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Any, Self

Message = dict[str, Any]
Forward = Callable[[], Message]


class HangUp(Exception):
    """Be raised by a rule to end the connection."""


class Middle:
    """Listen on a socket and let a rule answer each request: itself, from the daemon, or not."""

    def __init__(
        self, folder: Path, daemon: Path, rule: Callable[[Message, Forward], Message | None]
    ) -> None:
        self.path = folder / "middle.sock"
        # Every request that came, and when one of a method has come.
        self.requests: list[Message] = []
        self._arrivals = threading.Condition()
        self._daemon = daemon
        self._rule = rule
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen()
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def methods(self) -> list[str]:
        """Name what was asked, in order, without the greetings."""
        return [each["method"] for each in self.requests if each["method"] != "initialize"]

    def arrived(self, method: str, count: int = 1) -> Message:
        """Wait until a method has been asked so often; give the last one."""

        def found() -> list[Message]:
            return [each for each in self.requests if each["method"] == method]

        with self._arrivals:
            assert self._arrivals.wait_for(lambda: len(found()) >= count, timeout=30)
            return found()[-1]

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        upstream = socket.socket(socket.AF_UNIX)
        upstream.connect(str(self._daemon))
        with (
            # The client may hang up with an answer on its way.
            suppress(HangUp, OSError),
            client,
            upstream,
            client.makefile("rb") as asked,
            upstream.makefile("rb") as told,
        ):
            for line in asked:
                self._take(line, client, upstream, told)

    def _take(
        self, line: bytes, client: socket.socket, upstream: socket.socket, told: BufferedReader
    ) -> None:
        request = json.loads(line)
        with self._arrivals:
            self.requests.append(request)
            self._arrivals.notify_all()

        def forward() -> Message:
            upstream.sendall(line)
            answer: Message = json.loads(told.readline())
            return answer

        answer = self._rule(request, forward)
        if answer is not None:
            client.sendall(json.dumps(answer).encode() + b"\n")


class Once:
    """Do something else the first time that a method is asked, and be honest from then on."""

    def __init__(self, method: str, rule: Callable[[Message, Forward], Message | None]) -> None:
        self._method = method
        self._rule = rule
        self._is_done = False

    def __call__(self, request: Message, forward: Forward) -> Message | None:
        if request["method"] == self._method and not self._is_done:
            self._is_done = True
            return self._rule(request, forward)
        return forward()


def lose_answer(_request: Message, forward: Forward) -> None:
    """Hang up once the daemon has committed and answered."""
    forward()
    raise HangUp


def refuse(kind: str, *, retryable: bool) -> Callable[[Message, Forward], Message]:
    """Answer with an error of the daemon's, without asking it."""

    def rule(request: Message, _forward: Forward) -> Message:
        error = {"code": 1, "message": kind, "data": {"kind": kind, "retryable": retryable}}
        return {"jsonrpc": "2.0", "id": request["id"], "error": error}

    return rule
