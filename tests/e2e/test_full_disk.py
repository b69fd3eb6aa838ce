"""A disk that is really full: reads go on, writes say so, and it is over when there is room."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sidecar.store import upkeep
from tests.support import DaemonProcess, Peer, Refused

# Room for a log as long as it may be, besides the database.
DISK_BYTES = 64 * 1024 * 1024
BALLAST_BYTES = 20 * 1024 * 1024
BIG = "x" * 50_000
MOST_EVENTS = 2 * DISK_BYTES // len(BIG)


@pytest.fixture
def disk(folder: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    path = folder / "disk"
    path.mkdir(mode=0o700)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=700", "none", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"NOT TESTED: a small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", path], check=True)


def append(peer: Peer, payload: str = BIG) -> int:
    seq: int = peer.call("event/append", threadId="t", event="x", payload=payload)["event"]["seq"]
    return seq


def fill(peer: Peer) -> tuple[int, dict[str, Any]]:
    """Append until it is refused; tell the last seq, and the refusal."""
    last = 1
    for _ in range(MOST_EVENTS):
        try:
            last = append(peer)
        except Refused as refused:
            return last, refused.data
    raise AssertionError("the disk was never full")


def test_a_full_disk_refuses_writes_and_nothing_else(disk: Path) -> None:
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(BALLAST_BYTES))
    with DaemonProcess(disk) as process, process.peer() as peer:
        peer.call("thread/create", threadId="t")
        last, refusal = fill(peer)
        assert (refusal["kind"], refusal["reason"]) == ("storage_unavailable", "disk_full")
        # Whatever is left of it, too.
        (disk / "rest").write_bytes(bytes(free(disk)))
        for _ in range(20):
            with pytest.raises(Refused) as refused:
                append(peer)
            assert refused.value.data["reason"] == "disk_full"
            assert peer.call("event/list", sinceSeq=last - 1)["data"][0]["seq"] == last
        with pytest.raises(Refused) as refused:
            peer.call("daemon/backup", path=str(disk / "copy.db"))
        assert refused.value.data["reason"] == "disk_full"
        assert not list(disk.glob(".copy.db*"))

        (disk / "rest").unlink()
        ballast.unlink()
        assert append(peer) == last + 1
        assert process.terminate() == 0
        assert upkeep.check(process.database_path, full=True) == []


def free(disk: Path) -> int:
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize


def test_pruning_makes_room(disk: Path) -> None:
    with DaemonProcess(disk) as process, process.peer() as peer:
        peer.call("thread/create", threadId="t")
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(BALLAST_BYTES))
        last, _ = fill(peer)
        ballast.unlink()
        peer.call("event/prune", beforeSeq=last)
        ballast.write_bytes(bytes(min(BALLAST_BYTES, free(disk))))
        for number in range(1, 50):
            assert append(peer) == last + number
