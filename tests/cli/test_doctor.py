"""doctor: finds what is wrong with a daemon and without one, and says what to do."""

import json
import os
import socket
from pathlib import Path
from typing import Any

import apsw
import pytest

from sidecar.cli import doctor as doctor_module
from sidecar.store.migrate import migrate, migrations
from sidecar.store.parts import Part
from tests.cli.program import Ended, sidecar, sidecar_of_anybody
from tests.store.support import make_thread, number, opened, spoil, write
from tests.support import DaemonProcess, DaemonThread, Peer
from tests.support.invariants import break_in


def doctor(folder: Path, *flags: str, is_mighty: bool = True) -> Ended:
    return (sidecar if is_mighty else sidecar_of_anybody)(
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
        assert finding["advice"] and finding["problem"]
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
    living = Part(folder / "sidecar.db")
    (folder / ".copy.db.abcd_123.part").write_text("")
    (folder / "sidecar.db.replaced-20260101T000000Z").write_text("")
    told = found(folder)["left over"]
    assert len(told) == 2 and ".copy.db.abcd_123.part" in told[0]
    living.close()


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


def test_an_oldest_event_that_keeps_all_others_from_being_old_is_told(
    folder: Path, path: Path
) -> None:
    spoil(path, "UPDATE events SET at_ms = 9000000000000",
          "INSERT INTO events SELECT 2, 1, NULL, NULL, 'x', NULL, 'client', 1, NULL, NULL",
          "UPDATE daemon SET last_seq = 2")  # fmt: skip
    told = doctor(folder)
    assert (told.returncode, "event/prune --before-seq 2" in told.stdout) == (3, True)


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


def test_a_daemon_that_is_stuck_is_told_and_not_waited_for(
    folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_module, "PATIENCE_S", 0.01)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "rpc.sock"))
        (folder / "rpc.sock").chmod(0o600)
        listening.listen()
        look = doctor_module.Doctor(path, folder / "rpc.sock", folder / "backups", None).look
        assert [finding.about for finding in look()] == ["daemon"]


def test_to_look_changes_nothing(folder: Path, path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    with opened(path) as database:
        write(database, make_thread("in the log"))
        left = {file: file.read_bytes() for file in (path, log)}
    for file, content in left.items():
        file.write_bytes(content)
        file.chmod(0o600)
    assert doctor(folder).stdout == "ok\n"
    assert {file: file.read_bytes() for file in (path, log)} == left
    log.unlink()
    log.with_name(path.name + "-shm").unlink()
    before = sorted(folder.iterdir())
    doctor(folder)
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("hidden", ["", "sidecar.db", "backups"])
def test_what_may_not_be_seen_is_told(folder: Path, path: Path, hidden: str) -> None:
    path.with_name("backups").mkdir(mode=0o700)
    place = folder / hidden
    mode = place.stat().st_mode
    place.chmod(0)
    try:
        told = doctor(folder, "--json", is_mighty=False)
    finally:
        place.chmod(mode)
    assert told.returncode == 3
    advice = " ".join(each["advice"] for each in json.loads(told.stdout)["findings"])
    assert "run as" in advice or f"chmod u+w {place}" in advice
    assert "restore" not in advice


def test_what_cannot_be_written_is_told(folder: Path, path: Path) -> None:
    folder.chmod(0o500)
    try:
        told = doctor(folder, is_mighty=False)
    finally:
        folder.chmod(0o700)
    assert (told.returncode, told.stdout.splitlines()[0]) == (
        3, f"files: {folder} cannot be written",
    )  # fmt: skip
    path.chmod(0o400)
    assert f"{path} cannot be written" in doctor(folder, is_mighty=False).stdout


def test_nobody_is_told_to_close_a_folder_that_others_need(folder: Path, path: Path) -> None:
    folder.chmod(0o755)
    told = doctor(folder).stdout
    assert f"{folder} can be used by others" in told and "if it is the daemon's alone" in told
    assert path.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="ONLY ROOT CAN BE SOMEBODY ELSE: not tested here")
def test_a_file_of_another_than_its_folders_owner_is_told(folder: Path, path: Path) -> None:
    os.chown(path, 12345, 0)
    told = doctor(folder)
    os.chown(path, 0, 0)
    assert (told.returncode, f"chown 0 {path}" in told.stdout) == (3, True)


def test_an_older_schema_is_no_broken_database(folder: Path, path: Path) -> None:
    path.unlink()
    db = apsw.Connection(str(path))
    migrate(db, 0, migrations()[:1])
    db.close()
    path.chmod(0o600)
    assert list(found(folder)) == ["schema"]


def test_a_database_that_was_deleted_under_the_daemon_is_saved_before_it_ends(
    folder: Path,
) -> None:
    with DaemonProcess(folder) as process, process.peer() as peer:
        peer.call("thread/create", threadId="t")
        peer.call("daemon/status")
        content = process.database_path.read_bytes()
        process.database_path.unlink()
        told = doctor(folder)
        assert told.returncode == 3
        assert "sidecar backup DEST" in told.stdout and "start the daemon" not in told.stdout
        saved = folder / "saved.db"
        assert sidecar("backup", str(saved), "--socket", str(process.socket_path)).returncode == 0
        assert number(saved, "SELECT count(*) FROM threads") == 1
        process.kill()
        process.database_path.write_bytes(content)


def test_a_link_leads_to_the_same_database(process: DaemonProcess, folder: Path) -> None:
    link = folder / "link.db"
    link.symlink_to(process.database_path)
    socket_ = ("--socket", str(process.socket_path))
    ended = sidecar("doctor", "--database", str(link), *socket_)
    assert (ended.returncode, ended.stdout) == (0, "ok\n")
    copy = folder / "copy.db"
    assert sidecar("backup", str(copy), *socket_).returncode == 0
    assert sidecar("restore", str(copy), "--database", str(link)).returncode == 75
    ended = sidecar("serve", "--database", str(link), "--socket", str(folder / "other.sock"))
    assert ended.returncode == 75


def test_a_database_that_may_not_be_read_is_the_storages_number(folder: Path, path: Path) -> None:
    path.chmod(0)
    ended = sidecar_of_anybody(
        "serve", "--database", str(path), "--socket", str(folder / "rpc.sock")
    )
    assert ended.returncode == 74, ended.stderr


def test_a_socket_that_cannot_be_made_is_a_bad_configuration(folder: Path, path: Path) -> None:
    place = folder / "run"
    place.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(place / "rpc.sock"))
    (place / "rpc.sock.lock").touch(0o600)
    place.chmod(0o500)
    ended = sidecar_of_anybody(
        "serve", "--database", str(path), "--socket", str(place / "rpc.sock")
    )
    place.chmod(0o700)
    assert (ended.returncode, "rpc.sock: Permission denied" in ended.stderr) == (78, True)
