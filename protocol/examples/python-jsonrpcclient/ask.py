#!/usr/bin/env python3
"""Ask an agent with PyPI's jsonrpcclient over a plain socket: one JSON value per line.

Usage: ask.py THREAD PROMPT    SIDECAR_SOCKET names the socket. Ends with 3 on a busy thread.
"""

import json
import os
import socket
import sys
from collections import deque
from collections.abc import Iterator
from typing import Any

from jsonrpcclient import Error, Ok, notification_json, parse, request

BUSY = 3
Json = dict[str, Any]


class Refused(Exception):
    """Carry an error: programs switch on its kind, its message is for people."""

    def __init__(self, error: Error) -> None:
        super().__init__(f"{error.data['kind']}: {error.message}")
        self.kind = error.data["kind"]
        self.data = error.data


class Sidecar:
    """Hold one connection."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        # Only for reading: a text stream for both forgets what it has read ahead when it writes.
        self._stream = self._socket.makefile(encoding="utf-8", newline="\n")
        # Events come whenever they like, between the answers too.
        self._events: deque[Json] = deque()

    def call(self, method: str, **params: object) -> Json:
        """Send a request and wait for its result."""
        sent = request(method, params)
        self._send(json.dumps(sent))
        while True:
            message = self._read()
            if message.get("id") == sent["id"]:
                answer = parse(message)
                if isinstance(answer, Error):
                    raise Refused(answer)
                assert isinstance(answer, Ok)
                result: Json = answer.result
                return result
            self._keep(message)

    def notify(self, method: str, **params: object) -> None:
        """Send a request that nobody answers."""
        self._send(notification_json(method, params))

    def events(self) -> Iterator[Json]:
        """Yield the events of all subscriptions, for ever."""
        while True:
            while self._events:
                yield self._events.popleft()
            self._keep(self._read())

    def _keep(self, message: Json) -> None:
        if message.get("method") == "event/appended":
            self._events.extend(message["params"]["events"])

    def _send(self, text: str) -> None:
        self._socket.sendall(text.encode() + b"\n")

    def _read(self) -> Json:
        line = self._stream.readline()
        if not line:
            raise ConnectionError("the daemon has gone")
        message: Json = json.loads(line)
        return message


def answer(prompt: str) -> list[str]:
    """Stand in for your model: give the pieces of an answer."""
    return ["You ", "said: ", prompt]


def ask(sidecar: Sidecar, thread_id: str, prompt: str) -> None:
    """Admit a prompt, answer it, and print the events up to the end of its turn."""
    hello = {"name": "python", "version": "1"}
    sidecar.call("initialize", clientInfo=hello, protocolVersion=1)
    # Created once; from then on this answers the thread as it is.
    sidecar.call("thread/create", threadId=thread_id, title="Python")
    sidecar.call("event/subscribe", threadId=thread_id)
    admitted = sidecar.call(
        "sessionInput/admit", threadId=thread_id, prompt=prompt, promote=True, ifBusy="reject"
    )
    turn_id = admitted["promotion"]["turn"]["id"]
    item = sidecar.call("item/create", turnId=turn_id, kind="agent_message")["item"]
    said = ""
    # What was promoted may be an older prompt than the one just admitted.
    for piece in answer(", ".join(item["detail"] for item in admitted["promotion"]["items"])):
        sidecar.notify("item/delta", itemId=item["id"], text=piece, offset=len(said))
        said += piece
    sidecar.call("item/update", itemId=item["id"], status="completed", detail=said)
    sidecar.call("turn/complete", turnId=turn_id)
    for event in sidecar.events():
        print(event["seq"], event["event"], flush=True)
        if event["event"] == "turn.completed":
            return


if __name__ == "__main__":
    try:
        ask(Sidecar(os.environ["SIDECAR_SOCKET"]), *sys.argv[1:])
    except Refused as refused:
        if refused.kind != "turn_active":
            raise
        at_work = refused.data["activeTurnId"]
        print(f"busy: {at_work} is at work, ask again when it has ended", file=sys.stderr)
        sys.exit(BUSY)
