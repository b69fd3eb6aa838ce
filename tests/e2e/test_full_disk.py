"""A disk that is really full: reads go on, writes say so, and it is over when there is room."""

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from sidecar.store import upkeep
from sidecar.store.migrate import migrate, migrations
from tests.cli.program import Ended, sidecar
from tests.store.support import number
from tests.support import DaemonProcess, Peer, Refused
from tests.support.disks import free_bytes, mounted

# Room for a log as long as it may be, besides the database.
DISK_BYTES = 64 * 1024 * 1024
BALLAST_BYTES = 20 * 1024 * 1024
BIG = "x" * 50_000
EVENT = {"threadId": "t", "event": "x", "payload": BIG}
MOST_EVENTS = 2 * DISK_BYTES // len(BIG)


@pytest.fixture
def disk(folder: Path) -> Iterator[Path]:
    with mounted(folder / "disk", DISK_BYTES) as path:
        yield path


def append(peer: Peer, payload: str = BIG) -> int:
    seq: int = peer.call("event/append", **{**EVENT, "payload": payload})["event"]["seq"]
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
        (disk / "rest").write_bytes(bytes(free_bytes(disk)))
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


def test_pruning_makes_room(disk: Path) -> None:
    with DaemonProcess(disk) as process, process.peer() as peer:
        peer.call("thread/create", threadId="t")
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(BALLAST_BYTES))
        last, _ = fill(peer)
        ballast.unlink()
        peer.call("event/prune", beforeSeq=last)
        ballast.write_bytes(bytes(min(BALLAST_BYTES, free_bytes(disk))))
        for number in range(1, 50):
            assert append(peer) == last + number


def run(disk: Path, command: str, *arguments: str) -> Ended:
    return sidecar(command, *arguments, "--database", str(disk / "sidecar.db"))


def test_a_kill_a_start_and_a_restore_on_a_full_disk_lose_nothing(disk: Path, folder: Path) -> None:
    with DaemonProcess(disk) as process, process.peer() as peer:
        peer.call("thread/create", threadId="t")
        peer.call("turn/start", threadId="t", prompt="x")
        peer.call("daemon/backup", path=str(folder / "copy.db"))
        last = append(peer)
        process.kill()
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(free_bytes(disk)))
        socket = ("--socket", str(process.socket_path))
        ended = run(disk, "serve", *socket)
        assert ended.returncode == 74 and "disk_full" in ended.stderr
        # What a kill of the machine takes, and a start must make again.
        (disk / "sidecar.db-shm").unlink()
        ballast.write_bytes(bytes(ballast.stat().st_size + free_bytes(disk)))
        told = run(disk, "doctor", *socket)
        assert told.returncode == 3 and "make room" in told.stdout
        assert "restore" not in told.stdout
        before = {path.name: path.stat().st_size for path in disk.iterdir()}
        ended = run(disk, "restore", str(folder / "copy.db"))
        assert ended.returncode == 74 and "No space left" in ended.stderr
        assert {path.name: path.stat().st_size for path in disk.iterdir()} == before

        ballast.unlink()
        process.start()
        with process.peer() as again:
            assert again.call("daemon/recovery")["turns"][0]["from"] == "in_progress"
            assert append(again) > last
        assert process.terminate() == 0


def test_a_migration_on_a_full_disk_leaves_the_database_as_it_was(disk: Path) -> None:
    path = disk / "sidecar.db"
    old = apsw.Connection(str(path))
    old.pragma("journal_mode", "WAL")
    migrate(old, 0, migrations()[:1])
    old.close()
    path.chmod(0o600)
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(free_bytes(disk) - 128 * 1024))
    ended = run(disk, "serve", "--socket", str(disk / "rpc.sock"))
    assert ended.returncode == 74 and "disk_full" in ended.stderr
    assert number(path, "SELECT max(number) FROM migrations") == 1
    ballast.unlink()
    with DaemonProcess(disk) as process:
        assert process.terminate() == 0
    assert number(path, "SELECT max(number) FROM migrations") == len(migrations())


@pytest.mark.parametrize("method", ["event/append", "daemon/backup"])
def test_a_quota_is_a_full_disk(process: DaemonProcess, folder: Path, method: str) -> None:
    """What a user may have, as a limit of a file's size: no other can be set without a program."""
    pid, endless = process.process.pid, resource.RLIM_INFINITY
    with process.peer() as peer:
        peer.call("thread/create", threadId="t")
        for _ in range(10):
            last = append(peer)
        most = process.database_path.stat().st_size
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, endless))
        with pytest.raises(Refused) as refused:
            peer.call(
                method, **({"path": str(folder / "copy.db")} if "backup" in method else EVENT)
            )
        assert refused.value.data["reason"] == "disk_full"
        assert peer.call("event/list", sinceSeq=last - 1)["data"][0]["seq"] == last
        assert not [path.name for path in folder.iterdir() if "copy" in path.name]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (endless, endless))
        assert append(peer) == last + 1
    assert process.terminate() == 0
