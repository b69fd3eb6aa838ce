"""doctor: finds what is wrong with a daemon and without one, and says what to do."""

import json
import os
import socket
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.cli.program import Ended, sidecar
from tests.store.support import make_thread, opened, write
from tests.support import DaemonProcess, DaemonThread, Peer
from tests.support.invariants import break_in


def doctor(folder: Path, *flags: str) -> Ended:
    return sidecar(
        "doctor", *flags,
        "--database", str(folder / "sidecar.db"), "--socket", str(folder / "rpc.sock"),
    )  # fmt: skip


def found(folder: Path, *flags: str, code: int = 3) -> dict[str, list[str]]:
    """Ask for the findings: what each is about, and its sentences."""
    ended = doctor(folder, "--json", *flags)
    assert ended.returncode == code, ended.stdout + ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    by_about: dict[str, list[str]] = {}
    for finding in told["findings"]:
        assert finding["advice"]
        by_about.setdefault(finding["about"], []).append(finding["problem"])
    return by_about


@pytest.fixture
def path(folder: Path) -> Path:
    """A database that no daemon has open."""
    path = folder / "sidecar.db"
    with opened(path) as database:
        write(database, make_thread("t"))
    return path


def test_a_daemon_that_is_well_is_ok(process: DaemonProcess) -> None:
    folder = process.database_path.parent
    ended = doctor(folder)
    assert (ended.returncode, ended.stdout) == (0, "ok\n")
    facts = json.loads(doctor(folder, "--json").stdout)["facts"]
    pid = process.process.pid
    assert facts["daemonPid"] == facts["databaseLockPid"] == facts["socketLockPid"] == pid
    assert facts["examined"]["schema"] == facts["examined"]["knownSchema"]


@pytest.mark.usefixtures("path")
def test_without_a_daemon_the_file_is_looked_at(folder: Path) -> None:
    assert doctor(folder).stdout == "ok\n"


def test_no_database_is_told(folder: Path) -> None:
    assert list(found(folder)) == ["database"]


def test_a_lock_whose_owner_does_not_answer_names_it(folder: Path, path: Path) -> None:
    with opened(path):
        assert str(os.getpid()) in found(folder)["daemon"][0]


@pytest.mark.usefixtures("path")
def test_a_stale_socket_is_told(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "rpc.sock"))
    (folder / "rpc.sock").chmod(0o600)
    assert "nobody listens" in found(folder)["socket"][0]


def test_what_others_can_use_is_told(folder: Path, path: Path) -> None:
    path.chmod(0o644)
    assert found(folder)["files"] == [f"{path} can be used by others"]


@pytest.mark.usefixtures("path")
def test_left_overs_are_told_but_not_what_is_being_made(folder: Path) -> None:
    (folder / f".sidecar.db.{os.getpid()}.part").write_text("")
    (folder / ".copy.db.999999999.x.part").write_text("")
    (folder / "sidecar.db.replaced-20260101T000000Z").write_text("")
    told = found(folder)["left over"]
    assert len(told) == 2 and ".copy.db.999999999.x.part" in told[0]


@pytest.mark.parametrize(
    ("statement", "about"),
    [
        ("UPDATE events SET at_ms = 9000000000000", "clock"),
        ("INSERT INTO migrations SELECT 1000, 'new', 'x', 0", "schema"),
        ("UPDATE daemon SET last_seq = 0", "database"),
    ],
)
def test_what_the_database_says_is_told(
    folder: Path, path: Path, statement: str, about: str
) -> None:
    break_in(folder)
    db = apsw.Connection(str(path))
    db.execute(statement)
    db.close()
    assert list(found(folder)) == [about]


def test_a_clock_that_was_set_back_is_told(folder: Path, path: Path) -> None:
    db = apsw.Connection(str(path))
    db.execute("INSERT INTO events SELECT 2, 1, NULL, NULL, 'x', NULL, 'client', 1, NULL, NULL")
    db.execute("UPDATE daemon SET last_seq = 2")
    db.close()
    assert "set back" in found(folder)["clock"][0]


def test_a_broken_file_is_the_storages_number(folder: Path, path: Path) -> None:
    path.write_bytes(b"\xff" * 20_000)
    assert "database" in found(folder, code=74)


@pytest.mark.usefixtures("path")
def test_backups_that_are_missing_or_old_are_told(folder: Path) -> None:
    assert "there are none" in found(folder, "--backup-every", "1h")["backups"][0]
    (folder / "backups").mkdir(mode=0o700)
    (folder / "backups" / "sidecar-20231114T221320Z-1-aaaaaaaa.db").write_text("")
    assert "the newest is" in found(folder, "--backup-every", "1h")["backups"][0]
    facts = json.loads(doctor(folder, "--json").stdout)["facts"]
    assert facts["newestBackupAtMs"] == 1_700_000_000_000


def test_the_wrong_database_is_told(daemon: DaemonThread, peer: Peer, folder: Path) -> None:
    peer.call("thread/create")
    other = folder / "other.db"
    ended = sidecar(
        "doctor", "--json", "--database", str(other), "--socket", str(daemon.socket_path)
    )
    assert ended.returncode == 3 and "open, not" in ended.stdout
