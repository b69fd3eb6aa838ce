"""Backups: consistent while writes go on, and there only when they are whole."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from sidecar.model.errors import InvalidParams, StorageUnavailable
from sidecar.store import backup as backup_module
from sidecar.store import parts, upkeep
from sidecar.store.backup import Backup
from sidecar.store.database import Database
from sidecar.store.parts import Part
from tests.store.support import make_event, make_thread, number, opened, rows, write
from tests.support import DaemonThread, Peer, Refused

PAYLOAD = '"' + "x" * 20_000 + '"'


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    """A database of some megabytes, so that a copy takes several steps."""
    with opened(folder / "sidecar.db") as database:
        write(database, make_thread("one"))
        for _ in range(200):
            write(database, make_event(PAYLOAD))
        yield database


@pytest.fixture
def target(folder: Path) -> Path:
    (folder / "copies").mkdir()
    return folder / "copies" / "copy.db"


def copy(database: Database, target: Path, *, overwrite: bool = False) -> int:
    backup = Backup(database, target, overwrite=overwrite)
    while not backup.step():
        pass
    backup.finish_copying()
    return backup.publish()


def test_a_copy_is_equal_and_one_file(database: Database, target: Path) -> None:
    size = copy(database, target)
    assert rows(target) == rows(database.path)
    assert [each.name for each in target.parent.iterdir()] == [target.name]
    assert target.stat().st_size == size


def test_writes_go_on_during_a_copy_and_are_in_it(database: Database, target: Path) -> None:
    backup = Backup(database, target, overwrite=False)
    steps = 0
    while not backup.step():
        write(database, make_event(PAYLOAD))
        steps += 1
    backup.finish_copying()
    backup.publish()
    assert steps > 1
    assert number(target, "SELECT count(*) FROM events") == 201 + steps
    assert rows(target) == rows(database.path)
    assert upkeep.check(target, full=True) == []


def test_a_copy_is_private(database: Database, target: Path) -> None:
    before = os.umask(0)
    try:
        copy(database, target)
    finally:
        os.umask(before)
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_copy_serves_as_a_database(database: Database, target: Path) -> None:
    copy(database, target)
    with opened(target) as copied:
        assert (copied.database_id, copied.last_seq) == (database.database_id, 201)
        write(copied, make_thread("two"))


def test_a_file_that_is_there_is_not_replaced_unless_asked(
    database: Database, target: Path
) -> None:
    target.write_text("precious")
    with pytest.raises(InvalidParams):
        copy(database, target)
    assert target.read_text() == "precious"
    copy(database, target, overwrite=True)
    assert rows(target) == rows(database.path)
    assert [each.name for each in target.parent.iterdir()] == [target.name]


def test_the_database_itself_is_never_replaced(database: Database, target: Path) -> None:
    target.symlink_to(database.path)
    for path in (database.path, target):
        with pytest.raises(InvalidParams):
            copy(database, path, overwrite=True)
    assert number(database.path, "SELECT count(*) FROM events") == 201


@pytest.mark.parametrize(
    "path",
    [
        "copy.db",
        "/",
        "/nowhere/at/all/copy.db",
        "/tmp/a\0b",
        "/tmp\0/copy.db",
        f"/{'x' * 5000}/copy.db",
        f"/tmp/{'x' * 300}",
        "/dev/null/copy.db",
        "/dev/null",
    ],
)
def test_a_path_that_cannot_be_used_is_refused(database: Database, path: str) -> None:
    with pytest.raises(InvalidParams) as refused:
        Backup(database, Path(path), overwrite=True)
    assert refused.value.details["path"] == "path"


def test_a_link_to_itself_is_refused(database: Database, target: Path) -> None:
    target.symlink_to(target)
    for path in (target, target / "copy.db"):
        with pytest.raises(InvalidParams) as refused:
            Backup(database, path, overwrite=True)
        assert refused.value.details["path"] == "path"


def test_a_copy_that_the_disk_has_changed_is_not_kept(database: Database, target: Path) -> None:
    backup = Backup(database, target, overwrite=False)
    while not backup.step():
        pass
    backup.finish_copying()
    (part,) = target.parent.iterdir()
    with part.open("r+b") as file:
        file.seek(part.stat().st_size // 2)
        file.write(b"\xff" * 100_000)
    with pytest.raises(StorageUnavailable) as unavailable:
        backup.publish()
    assert unavailable.value.details["reason"] == "corrupt"
    assert list(target.parent.iterdir()) == []


def test_a_copy_tells_how_far_it_is_in_bytes(database: Database, target: Path) -> None:
    backup = Backup(database, target, overwrite=False)
    assert backup.progress() == (0, 0)
    seen = []
    while not backup.step():
        seen.append(backup.progress())
    backup.finish_copying()
    size = backup.publish()
    step = backup_module.BACKUP_STEP_PAGES * 4096
    assert seen == [(step * number, size) for number in range(1, len(seen) + 1)]
    assert backup.progress() == (size, size) and len(seen) == size // step


def test_an_abandoned_copy_leaves_nothing(database: Database, target: Path) -> None:
    backup = Backup(database, target, overwrite=False)
    backup.step()
    backup.abandon()
    assert list(target.parent.iterdir()) == []
    write(database, make_event(PAYLOAD))


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal", ".lock"])
def test_the_files_beside_the_database_are_never_replaced(database: Database, end: str) -> None:
    own = database.path.with_name(database.path.name + end)
    with pytest.raises(InvalidParams):
        copy(database, own, overwrite=True)


def test_the_socket_and_its_lock_are_never_replaced(daemon: DaemonThread, peer: Peer) -> None:
    lock = daemon.socket_path.with_name(daemon.socket_path.name + ".lock")
    for path in (daemon.socket_path, lock):
        with pytest.raises(Refused) as refused:
            peer.call("daemon/backup", path=str(path), overwrite=True)
        assert refused.value.kind == "invalid_params"
    with daemon.peer() as other:
        assert other.call("daemon/ping")


def test_two_copies_to_one_path_at_once_both_come_to_their_end(
    daemon: DaemonThread, peer: Peer, target: Path
) -> None:
    peer.call("thread/create", threadId="thr")
    with daemon.peer() as other:
        for each in (peer, other):
            request = each.request("daemon/backup", {"path": str(target), "overwrite": True})
            each.send(request)
        assert all("result" in each.receive() for each in (peer, other))
    assert upkeep.check(target, full=True) == []
    assert [each.name for each in target.parent.iterdir()] == [target.name]


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.EIO, "io_error"), (errno.ENOSPC, "disk_full")]
)
def test_a_disk_that_fails_is_no_fault_of_the_path(
    database: Database, target: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    def fail(**_: object) -> tuple[int, str]:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(parts, "mkstemp", fail)
    with pytest.raises(StorageUnavailable) as unavailable:
        copy(database, target)
    assert unavailable.value.details["reason"] == reason


def test_a_copy_that_cannot_be_opened_leaves_nothing(
    database: Database, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str, **_options: object) -> apsw.Connection:
        raise apsw.CantOpenError

    with monkeypatch.context() as patched:
        patched.setattr(apsw, "Connection", fail)
        with pytest.raises(StorageUnavailable):
            Backup(database, target, overwrite=False)
    assert list(target.parent.iterdir()) == []
    copy(database, target)


def test_only_what_the_dead_have_left_is_cleared_away(database: Database, target: Path) -> None:
    for name in (".copy.db.abcd_123.part", ".copy.db.abcd_123.part-journal"):
        target.with_name(name).write_text("half")
    # Nobody waits for who might write to it.
    os.mkfifo(target.with_name(".copy.db.abcd_124.part"))
    foreign = target.with_name(".copy.db.notes.part")
    foreign.write_text("precious")
    link = target.with_name(".copy.db.abcd_125.part")
    link.symlink_to(foreign)
    living = Part(target)
    copy(database, target)
    assert {each.name for each in target.parent.iterdir()} == {
        target.name, foreign.name, link.name, living.path.name,
    }  # fmt: skip
    living.close()


def test_commits_of_other_processes_do_not_keep_it_from_its_end(
    database: Database, target: Path
) -> None:
    other = apsw.Connection(str(database.path))
    other.execute("CREATE TABLE _litestream_seq (seq INTEGER)")
    backup = Backup(database, target, overwrite=False)
    # Through the first it is begun again, as SQLite has it; for no other.
    for _ in range(10):
        if backup.step():
            break
        other.execute("INSERT INTO _litestream_seq VALUES (1)")
        write(database, make_event(PAYLOAD))
    last_seq = backup.finish_copying()
    backup.publish()
    other.close()
    assert 201 < last_seq == number(target, "SELECT max(seq) FROM events") < database.last_seq
    assert upkeep.check(target, full=True) == []
    database.truncate_log()
    assert database.sizes_bytes()[1] == 0


def test_what_somebody_has_made_meanwhile_is_not_replaced(database: Database, target: Path) -> None:
    backup = Backup(database, target, overwrite=False)
    while not backup.step():
        pass
    backup.finish_copying()
    target.write_text("precious")
    with pytest.raises(InvalidParams):
        backup.publish()
    assert target.read_text() == "precious"
    assert [each.name for each in target.parent.iterdir()] == [target.name]


def test_the_daemon_copies_while_others_write(
    daemon: DaemonThread, peer: Peer, target: Path
) -> None:
    peer.call("thread/create", threadId="thr")
    append = {"threadId": "thr", "event": "note", "payload": "x" * 20_000}
    peer.pipeline([peer.request("event/append", append) for _ in range(200)])
    with daemon.peer() as other:
        other.send(other.request("daemon/backup", {"path": str(target)}))
        answers = peer.pipeline([peer.request("event/append", append) for _ in range(200)])
        result = other.receive()["result"]
    assert all("result" in answer for answer in answers.values())
    assert number(target, "SELECT max(seq) FROM events") == result["lastSeq"] >= 201
    assert number(target, "SELECT last_seq FROM daemon") == result["lastSeq"]
    assert (result["path"], result["bytes"]) == (str(target), target.stat().st_size)
    assert upkeep.check(target, full=True) == []
    assert [each.name for each in target.parent.iterdir()] == [target.name]


def test_the_daemon_refuses_to_replace_a_file(peer: Peer, target: Path) -> None:
    target.write_text("precious")
    with pytest.raises(Refused) as refused:
        peer.call("daemon/backup", path=str(target))
    assert refused.value.kind == "invalid_params"
    assert refused.value.data["path"] == "path"
    assert target.read_text() == "precious"
