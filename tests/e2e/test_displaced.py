"""Files that are taken away under a running daemon: nothing is answered that nobody could find."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import apsw  # SQLite as the program has it; the standard library's is older.
import pytest

from sidecar.store import upkeep
from tests.support import DaemonProcess, Peer, Refused
from tests.support.peer import HANG_S
from tests.support.pipes import Program, hear, program

STORAGE_BROKEN = 74
LAST_SEQ = 11
Harm = Callable[[Path], object]


@pytest.fixture
def running(folder: Path) -> Iterator[Program]:
    files = ["--database", str(folder / "sidecar.db"), "--socket", str(folder / "rpc.sock")]
    with program("serve", "--log-level", "error", *files) as started:
        assert hear(started)["ready"]
        yield started


def beside(database: Path, suffix: str) -> Path:
    return database.with_name(database.name + suffix)


def replace(database: Path) -> None:
    """Put another whole database there, as `mv` and most programs that save a file do."""
    other = database.parent / "other"
    with DaemonProcess(other) as process, process.peer() as peer:
        peer.call("thread/create", threadId="another")
        assert process.terminate() == 0
    (other / "sidecar.db").replace(database)


HARMS: dict[str, Harm] = {
    "deleted": Path.unlink,
    "moved": lambda database: database.rename(beside(database, ".aside")),
    "replaced": replace,
    "cut to nothing": lambda database: os.truncate(database, 0),
    "cut": lambda database: os.truncate(database, database.stat().st_size - 4096),
    "log deleted": lambda database: beside(database, "-wal").unlink(),
    "index deleted": lambda database: beside(database, "-shm").unlink(),
    "folder moved": lambda database: database.parent.rename(f"{database.parent}.aside"),
}


def write(peer: Peer, database: Path) -> None:
    """Write what was answered; a part of it is in the database itself, a part in its log."""
    peer.call("thread/create", threadId="t")
    for _ in range(LAST_SEQ - 2):
        peer.call("event/append", threadId="t", event="x", payload="x" * 20_000)
    with closing(apsw.Connection(str(database))) as other:
        other.execute("SELECT count(*) FROM events").fetchall()
        other.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    peer.call("event/append", threadId="t", event="last")


def hold_that_it_refuses(peer: Peer) -> None:
    for method in ("thread/create", "mailbox/interrupt"):
        with pytest.raises(Refused) as refused:
            peer.call(method, **({"mailboxId": "m"} if "mailbox" in method else {}))
        assert refused.value.data["kind"] == "storage_unavailable"
        assert refused.value.data["reason"] == "io_error"


@pytest.mark.parametrize("harm", HARMS)
def test_nothing_is_answered_that_nobody_will_find(
    running: Program, folder: Path, harm: str
) -> None:
    database = folder / "sidecar.db"
    with Peer(folder / "rpc.sock") as peer:
        write(peer, folder / "sidecar.db")
        try:
            HARMS[harm](database)
            hold_that_it_refuses(peer)
            # Who reads is served, and so is who asks what is the matter; but not from half a file.
            if not harm.startswith("cut"):
                assert peer.call("daemon/status")["lastSeq"] == LAST_SEQ
                assert peer.call("event/list", sinceSeq=LAST_SEQ - 1)["data"]
            running.send_signal(signal.SIGTERM)
            _, told = running.communicate(timeout=HANG_S)
        finally:
            shutil.rmtree(f"{folder}.aside", ignore_errors=True)
            folder.mkdir(exist_ok=True)
    assert running.returncode == STORAGE_BROKEN
    assert b"not the file any more" in told and b"Traceback" not in told


@pytest.mark.parametrize("harm", ["deleted", "log deleted"])
def test_a_backup_saves_what_there_was(running: Program, folder: Path, harm: str) -> None:
    with Peer(folder / "rpc.sock") as peer:
        write(peer, folder / "sidecar.db")
        HARMS[harm](folder / "sidecar.db")
        copy = folder / "saved" / "sidecar.db"
        copy.parent.mkdir()
        assert peer.call("daemon/backup", path=str(copy))["lastSeq"] == LAST_SEQ
    running.kill()
    running.wait(HANG_S)
    with DaemonProcess(copy.parent) as process, process.peer() as peer:
        assert peer.call("daemon/status")["lastSeq"] == LAST_SEQ


def test_who_puts_it_back_goes_on(running: Program, folder: Path) -> None:
    database = folder / "sidecar.db"
    aside = folder / "aside.db"
    with Peer(folder / "rpc.sock") as peer:
        write(peer, folder / "sidecar.db")
        for _ in range(3):
            database.rename(aside)
            hold_that_it_refuses(peer)
            aside.rename(database)
            peer.call("event/append", threadId="t", event="x")
    running.send_signal(signal.SIGTERM)
    assert running.wait(HANG_S) == 0
    assert upkeep.check(database, full=True) == []


def test_what_has_replaced_it_is_served_whole_by_the_next(running: Program, folder: Path) -> None:
    with Peer(folder / "rpc.sock") as peer:
        write(peer, folder / "sidecar.db")
        replace(folder / "sidecar.db")
        hold_that_it_refuses(peer)
        running.send_signal(signal.SIGTERM)
        assert running.wait(HANG_S) == STORAGE_BROKEN
    with DaemonProcess(folder) as process, process.peer() as peer:
        assert [each["id"] for each in peer.call("thread/list")["data"]] == ["another"]
        assert peer.call("daemon/check", full=True)["ok"]


def test_a_log_that_came_with_what_has_replaced_it_is_left_alone(
    running: Program, folder: Path
) -> None:
    database, other = folder / "sidecar.db", folder / "other"
    with Peer(folder / "rpc.sock") as peer:
        write(peer, folder / "sidecar.db")
        with DaemonProcess(other) as process, process.peer() as theirs:
            theirs.call("thread/create", threadId="another")
            process.kill()
            # As a copy of files does it, the log among them.
            for suffix in ("-wal", "-shm", ""):
                shutil.copy(beside(process.database_path, suffix), folder / "new")
                (folder / "new").replace(beside(database, suffix))
        hold_that_it_refuses(peer)
        running.send_signal(signal.SIGTERM)
        assert running.wait(HANG_S) == STORAGE_BROKEN
    with DaemonProcess(folder) as process, process.peer() as peer:
        assert [each["id"] for each in peer.call("thread/list")["data"]] == ["another"]


def test_a_log_that_was_deleted_costs_nothing_that_was_answered(
    running: Program, folder: Path
) -> None:
    with Peer(folder / "rpc.sock") as peer:
        write(peer, folder / "sidecar.db")
        beside(folder / "sidecar.db", "-wal").unlink()
        hold_that_it_refuses(peer)
    running.send_signal(signal.SIGTERM)
    assert running.wait(HANG_S) == STORAGE_BROKEN
    with DaemonProcess(folder) as process, process.peer() as peer:
        assert peer.call("daemon/status")["lastSeq"] == LAST_SEQ
        assert peer.call("daemon/check", full=True)["ok"]


def test_giving_pages_back_is_no_theft(process: DaemonProcess) -> None:
    with process.peer() as peer:
        write(peer, process.database_path)
        peer.call("event/prune", beforeSeq=LAST_SEQ + 1)
        # Another process may give free pages back, copy the log and cut the file.
        other = apsw.Connection(str(process.database_path))
        before = process.database_path.stat().st_size
        other.execute("PRAGMA incremental_vacuum(20)").fetchall()
        other.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        assert process.database_path.stat().st_size < before
        other.close()
        peer.call("event/append", threadId="t", event="x")
        assert process.terminate() == 0
