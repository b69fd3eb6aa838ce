"""The write-ahead log, frame by frame: what is lost behind a broken place is told, not dropped."""

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import apsw
import pytest

from sidecar.store import backups, upkeep, wal
from sidecar.store.database import Database, Durability
from sidecar.store.opening import CannotOpen
from tests.cli.program import sidecar
from tests.corruption.damages import PAGE_BYTES, stride
from tests.corruption.trial import Specimen, StillSource, place, run
from tests.store.support import opened

HEADER = 32
FRAME = 24 + PAGE_BYTES
NORMAL_THEN_FULL: tuple[Durability, ...] = ("normal", "full")
# Of each so many frames one is damaged.
STRIDE = stride(23)


def flipped(log: bytes, at: int) -> bytes:
    return log[:at] + bytes((log[at] ^ 4,)) + log[at + 1 :]


def commits(log: bytes) -> list[int]:
    """List the frames that end a commit, from 0."""
    frames = range((len(log) - HEADER) // FRAME)
    return [n for n in frames if any(log[HEADER + n * FRAME + 4 : HEADER + n * FRAME + 8])]


def starts(folder: Path, specimen: Specimen, log: bytes) -> bool:
    """Tell whether a database with such a log is served; one that is not stays as it is."""
    path = place(folder, specimen.begun, log)
    trial = run(folder)
    if trial.refused is None:
        return True
    assert "the log" in trial.refused and trial.code == 74
    assert path.read_bytes() == specimen.begun
    assert path.with_name("sidecar.db-wal").read_bytes() == log
    return False


@pytest.mark.parametrize("place_in_frame", [0, 4, 9, 17, 24, 24 + 100, FRAME - 1])
def test_a_broken_frame_is_refused_while_commits_stand_behind_it(
    folder: Path, specimen: Specimen, place_in_frame: int
) -> None:
    ends = commits(specimen.log)
    frames = range(place_in_frame % STRIDE, ends[-2], STRIDE)
    for frame in frames:
        log = flipped(specimen.log, HEADER + frame * FRAME + place_in_frame)
        assert not starts(folder, specimen, log), f"frame {frame}"


@pytest.mark.parametrize("at", range(0, HEADER, 3))
def test_a_broken_header_is_refused_while_the_log_has_what_the_database_lacks(
    folder: Path, specimen: Specimen, at: int
) -> None:
    assert not starts(folder, specimen, flipped(specimen.log, at))


def test_a_broken_header_is_refused_where_a_frame_does_not_tell_its_page_either(
    folder: Path, specimen: Specimen
) -> None:
    log = flipped(specimen.log[:HEADER] + bytes(4) + specimen.log[HEADER + 4 :], 0)
    assert not starts(folder, specimen, log)


@pytest.mark.parametrize("at", [0, 9, 30])
def test_a_broken_header_of_a_log_that_is_all_copied_loses_nothing(
    folder: Path, specimen: Specimen, at: int
) -> None:
    path = place(folder, specimen.begun, specimen.log)
    db = apsw.Connection(str(path))
    db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    db.execute("SELECT 1 FROM threads").fetchall()
    db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    db.close()
    place(folder, path.read_bytes(), flipped(specimen.log, at))
    assert run(folder).answers == specimen.right_of_log.answers


def test_a_torn_last_commit_is_what_a_power_cut_leaves(folder: Path, specimen: Specimen) -> None:
    last = HEADER + commits(specimen.log)[-1] * FRAME
    for log in (flipped(specimen.log, last + 100), specimen.log[: last + 1000]):
        assert starts(folder, specimen, log)


def test_what_stands_behind_the_break_but_does_not_go_on_from_it_was_never_promised(
    folder: Path, specimen: Specimen
) -> None:
    ends = commits(specimen.log)
    # As where writes failed, a shorter one after a longer one: each has left a last frame.
    behind = b"".join(flipped(specimen.log[HEADER + n * FRAME :][:FRAME], 20) for n in ends[-5:])
    assert starts(folder, specimen, specimen.log + behind)


def test_where_commits_wait_for_no_disk_a_power_cut_tears_many(
    folder: Path, specimen: Specimen
) -> None:
    torn = flipped(specimen.log, HEADER + commits(specimen.log)[1] * FRAME + 100)
    path = folder / "sidecar.db"
    Database(path, StillSource(), "normal").close()
    for durability in NORMAL_THEN_FULL:
        place(folder, specimen.begun, torn)
        database = Database(path, StillSource(), durability)
        assert database.torn is not None and "the log" in database.torn
        database.close()
    # Its log was copied before commits were promised again.
    place(folder, specimen.begun, torn)
    with pytest.raises(CannotOpen, match="the log"):
        Database(path, StillSource())


def test_what_was_torn_is_in_the_log_of_the_daemon(
    folder: Path, specimen: Specimen, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = HEADER + commits(specimen.log)[1] * FRAME + 100
    Database(folder / "sidecar.db", StillSource(), "normal").close()
    place(folder, specimen.begun, flipped(specimen.log, broken))
    assert run(folder).refused is None
    assert "commits that did not wait for the disk are lost" in capsys.readouterr().out


def test_pages_that_the_log_has_given_back_may_be_empty(folder: Path, specimen: Specimen) -> None:
    """What is given back leaves the file only when the log is copied."""
    path = place(folder, specimen.content)
    db = apsw.Connection(str(path))
    db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    with db:
        # Pages that are used and free again before they are written are holes in the file.
        db.execute("CREATE TABLE passing (a); INSERT INTO passing VALUES (zeroblob(400000))")
        db.execute("DROP TABLE passing")
    db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    before = path.stat().st_size
    db.execute("PRAGMA incremental_vacuum(10)").fetchall()
    assert not any(path.read_bytes()[-PAGE_BYTES:])
    pages = db.pragma("page_count")
    assert isinstance(pages, int) and pages * PAGE_BYTES < before
    db.close()
    assert run(folder).refused is None


@pytest.mark.parametrize("moment", range(7))
@pytest.mark.parametrize("is_anew", [False, True])
def test_what_another_process_writes_meanwhile_is_no_damage(
    folder: Path,
    specimen: Specimen,
    moment: int,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_anew: bool,
) -> None:
    """Let it write between any two looks, and begin the log anew."""
    path = place(folder, specimen.begun, specimen.log)
    other = apsw.Connection(str(path))
    other.execute("PRAGMA wal_autocheckpoint = 0; SELECT * FROM daemon").fetchall()
    looks = count()

    def look(function: Callable[..., Any]) -> Callable[..., Any]:
        def looking(*args: Any) -> Any:
            if next(looks) == moment:
                if is_anew:
                    other.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_RESTART)
                for _ in range(3):
                    other.execute("UPDATE daemon SET group_count = group_count + 1")
            return function(*args)

        return looking

    monkeypatch.setattr(wal, "end_of", look(wal.end_of))
    monkeypatch.setattr(os, "pread", look(os.pread))
    monkeypatch.setattr(os, "fstat", look(os.fstat))
    with opened(path):
        assert next(looks) > moment
    other.close()


def test_a_log_is_copied_when_it_is_whole(folder: Path, specimen: Specimen) -> None:
    garbage = Random(1).randbytes(FRAME * 3)
    place(folder, specimen.begun, specimen.log + garbage)
    assert run(folder).answers == specimen.right_of_log.answers


@pytest.mark.parametrize("log", [b"", b"x" * 31])
def test_a_database_that_has_become_empty_is_refused(folder: Path, log: bytes) -> None:
    path = folder / "sidecar.db"
    with opened(path) as database:
        database_id = database.database_id
    place(folder, b"", log)
    with pytest.raises(CannotOpen, match=f"{database_id} was there"), opened(path):
        pass
    assert path.read_bytes() == b""
    path.unlink()
    with opened(path) as database:
        assert database.epoch == 1


@pytest.fixture
def broken(specimen: Specimen) -> bytes:
    """A log with a broken frame, and commits behind it."""
    return flipped(specimen.log, HEADER + commits(specimen.log)[1] * FRAME + 100)


def test_what_a_start_refuses_no_other_look_finds_well(
    folder: Path, specimen: Specimen, broken: bytes
) -> None:
    path = place(folder, specimen.begun, broken)
    assert "the log: it is broken" in upkeep.check(path, full=True)[0]
    with pytest.raises(backups.NotABackup, match="corrupt"):
        backups.restore(path, folder / "other.db", StillSource())
    doctor = sidecar("doctor", "--database", str(path), "--socket", str(folder / "rpc.sock"))
    assert doctor.returncode == 74 and "the log: it is broken" in doctor.stdout
    assert path.read_bytes() == specimen.begun
    assert path.with_name("sidecar.db-wal").read_bytes() == broken


def test_a_log_that_was_never_promised_is_no_finding(
    folder: Path, specimen: Specimen, broken: bytes
) -> None:
    Database(folder / "sidecar.db", StillSource(), "normal").close()
    path = place(folder, specimen.begun, broken)
    assert upkeep.check(path, full=True) == []


def test_a_broken_log_is_put_aside_with_its_database(
    folder: Path, specimen: Specimen, broken: bytes
) -> None:
    backup = place(folder, specimen.content).rename(folder / "backup.db")
    path = place(folder, specimen.begun, broken)
    aside = backups.restore(backup, path, StillSource()).aside
    assert aside is not None
    assert aside.read_bytes() == specimen.begun
    assert aside.with_name(aside.name + "-wal").read_bytes() == broken
    assert upkeep.check(path, full=True) == []
