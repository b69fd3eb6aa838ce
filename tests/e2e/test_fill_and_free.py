"""A disk that is filled and freed, again and again, through kills: what was answered is there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import DaemonProcess, Peer, Refused
from tests.support.disks import free_bytes, mounted

DISK_BYTES = 24 * 1024 * 1024
# What is left to write in, in each round.
ROOM_BYTES = 2 * 1024 * 1024
ROUNDS = 3
PAYLOAD = "x" * 100_000
MOST_WRITES = 2 * DISK_BYTES // len(PAYLOAD)


@pytest.fixture
def disk(folder: Path) -> Iterator[Path]:
    with mounted(folder / "disk", DISK_BYTES) as path:
        yield path


class Filler:
    """A client that writes in three ways until there is no room, and remembers what it was told."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.entries: list[dict[str, Any]] = []

    def write(self, peer: Peer) -> None:
        number = len(self.events) + len(self.messages) + len(self.entries)
        match number % 3:
            case 0:
                wanted = {"threadId": "t", "event": f"x.{number}", "payload": PAYLOAD}
                self.events.append(peer.call("event/append", **wanted)["event"])
            case 1:
                said = {"role": "user", "content": PAYLOAD}
                self.messages += peer.call("message/append", threadId="t", messages=[said])[
                    "messages"
                ]
            case _:
                wanted = {"mailboxId": "m", "payload": PAYLOAD}
                self.entries.append(peer.call("mailbox/enqueue", **wanted)["entry"])

    def fill(self, peer: Peer) -> None:
        """Write until it is refused, and then again and again in vain."""
        for _ in range(MOST_WRITES):
            try:
                self.write(peer)
            except Refused:
                break
        for _ in range(5):
            with pytest.raises(Refused) as refused:
                self.write(peer)
            assert refused.value.data["kind"] == "storage_unavailable"
            assert refused.value.data["reason"] == "disk_full"

    def hold_that_all_is_there(self, peer: Peer) -> None:
        for known in self.events:
            (found,) = peer.call("event/list", sinceSeq=known["seq"] - 1, limit=1)["data"]
            assert found == known
        for known in self.messages:
            assert peer.call("message/get", threadId="t", messageId=known["id"])["message"] == known
        for known in self.entries:
            assert peer.call("mailbox/get", entryId=known["id"])["entry"] == known
        assert peer.call("thread/get", threadId="t")["thread"]["messageCount"] == len(self.messages)
        state = peer.call("mailbox/state", mailboxId="m")["mailbox"]
        assert state["queuedCount"] == len(self.entries)
        assert peer.call("daemon/check", full=True) == {"ok": True, "findings": []}


def test_what_was_answered_outlives_a_disk_that_is_full_again_and_again(disk: Path) -> None:
    ballast, filler = disk / "ballast", Filler()
    with DaemonProcess(disk) as process:
        with process.peer() as peer:
            peer.call("thread/create", threadId="t")
        for number in range(ROUNDS):
            ballast.write_bytes(bytes(free_bytes(disk) - ROOM_BYTES))
            with process.peer() as peer:
                filler.fill(peer)
                filler.hold_that_all_is_there(peer)
            if number % 2:
                process.kill()
            ballast.unlink()
            if number % 2:
                process.start()
            with process.peer() as peer:
                filler.write(peer)
                filler.hold_that_all_is_there(peer)
        assert process.terminate() == 0
    assert len(filler.events) > ROUNDS
