"""Consumers that race, and that are killed: every entry is handled, none is done twice."""

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import DaemonProcess, Peer
from tests.support.peer import HANG_S

WORKERS = 8
MAILBOXES = 100
# Long enough for any consumer that lives, short enough to wait for the entries of the dead.
LEASE_MS = 1_500
# Entries done between two kills.
BETWEEN_KILLS = 40


def fill(peer: Peer, count: int) -> set[str]:
    requests = [
        peer.request("mailbox/enqueue", {"mailboxId": f"m{n % MAILBOXES}", "entryId": f"e{n}"})
        for n in range(count)
    ]
    for first in range(0, count, 500):
        answers = peer.pipeline(requests[first : first + 500])
        assert all("result" in answer for answer in answers.values())
    return {f"e{n}" for n in range(count)}


class Crew:
    """Be some consumers, and all that they said they have done."""

    def __init__(self, socket_path: Path) -> None:
        self.done: Counter[str] = Counter()
        self.kills = 0
        self._socket_path = socket_path
        # What each has said since its last whole line.
        self._consumers: dict[subprocess.Popen[bytes], bytes] = {}
        for _ in range(WORKERS):
            self._hire()

    def _hire(self) -> None:
        consumer = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.consumer", str(self._socket_path), str(LEASE_MS)],
            stdout=subprocess.PIPE, bufsize=0,
        )  # fmt: skip
        assert consumer.stdout is not None
        os.set_blocking(consumer.stdout.fileno(), False)
        self._consumers[consumer] = b""

    def listen(self) -> None:
        """Hear of what has been done since the last time."""
        for consumer in self._consumers:
            self._hear(consumer)

    def _hear(self, consumer: "subprocess.Popen[bytes]") -> None:
        assert consumer.stdout is not None
        *whole, rest = (self._consumers[consumer] + (consumer.stdout.read() or b"")).split(b"\n")
        self.done.update(line.decode() for line in whole)
        self._consumers[consumer] = rest

    def kill_one(self, chance: random.Random) -> None:
        """Kill a consumer in the middle of whatever it does, and put another in its place."""
        self._fire(chance.choice(list(self._consumers)))
        self.kills += 1
        self._hire()

    def _fire(self, consumer: "subprocess.Popen[bytes]") -> None:
        consumer.kill()
        consumer.wait(HANG_S)
        # What it had said before it died.
        self._hear(consumer)
        del self._consumers[consumer]
        assert consumer.stdout is not None
        consumer.stdout.close()

    def dismiss(self) -> None:
        for consumer in list(self._consumers):
            self._fire(consumer)


@contextmanager
def crew(process: DaemonProcess) -> Iterator[Crew]:
    working = Crew(process.socket_path)
    try:
        yield working
    finally:
        working.dismiss()


def is_open(peer: Peer) -> bool:
    """Tell whether anything is still to be done."""
    counts = peer.call("daemon/status")["counts"]
    return bool(counts["mailboxQueued"] or counts["mailboxClaimed"])


def accepted(peer: Peer) -> set[str]:
    found: set[str] = set()
    cursor = None
    while True:
        page = peer.call("mailbox/list", status="accepted", limit=200, cursor=cursor)
        found |= {entry["id"] for entry in page["data"]}
        cursor = page["nextCursor"]
        if cursor is None:
            return found


def test_while_nobody_dies_every_entry_is_handled_once(process: DaemonProcess) -> None:
    with process.peer() as peer, crew(process) as working:
        wanted = fill(peer, 2_000)
        while is_open(peer):
            working.listen()
        working.dismiss()
        assert set(working.done) <= wanted and set(working.done.values()) == {1}
        entries = peer.call("mailbox/list", limit=200)["data"]
        assert {entry["attemptCount"] for entry in entries} == {1}
        assert accepted(peer) == wanted


@pytest.mark.parametrize("seed", [1, 2])
def test_whoever_is_killed_loses_nothing_and_nothing_is_done_twice(
    process: DaemonProcess, seed: int
) -> None:
    chance = random.Random(seed)
    with process.peer() as peer, crew(process) as working:
        wanted = fill(peer, 2_000)
        until = BETWEEN_KILLS
        while is_open(peer):
            working.listen()
            if len(working.done) >= until:
                working.kill_one(chance)
                until = len(working.done) + BETWEEN_KILLS
        working.dismiss()
        assert working.kills > 20
        assert accepted(peer) == wanted
        assert set(working.done) <= wanted and set(working.done.values()) == {1}
