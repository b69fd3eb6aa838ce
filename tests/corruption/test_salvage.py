"""doctor --salvage: all that can be read, nothing that is not so, everything else by its name."""

import json
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import apsw
import pytest

from sidecar.store import checksums, upkeep
from sidecar.store.salvage import Salvaged, salvage
from tests.cli.program import sidecar
from tests.corruption.damages import PAGE_BYTES, Damage, cut_off, each_page, stride
from tests.corruption.test_log import FRAME, HEADER, flipped
from tests.corruption.test_pages import OF_TEXT, SEED
from tests.corruption.trial import Specimen, StillSource, place, run
from tests.store.support import spoil
from tests.support import DaemonProcess

Rows = dict[tuple[str, Any], dict[str, Any]]
# Counts of others, and what has been said of a start.
DERIVED = {
    "threads": ("version", "message_count"), "turns": ("item_count",),
    "mailboxes": ("queued_count",), "thread_heads": ("log", "unsaved_commits", "unsaved_bytes"),
}  # fmt: skip
# Not records of anybody's, or made of the others.
HOUSE = ("migrations", "daemon", "mailbox_heads")
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table'"
STRIDE = stride(13)


def rows(path: Path) -> Rows:
    """Read every record by its key, without what counts others."""
    db = checksums.connect(path, apsw.SQLITE_OPEN_READONLY)
    found: Rows = {}
    for (table,) in db.execute(TABLES).fetchall():
        if table not in HOUSE:
            cursor = db.execute(f"SELECT rowid AS row_, * FROM {table}")
            for row in cursor:
                values = dict(zip([name for name, *_ in cursor.description], row, strict=True))
                for name in DERIVED.get(str(table), ()):
                    del values[name]
                # Of all tables this one alone has another key than the number of the row.
                is_commit = table == "commits"
                key = (values["thread_key"], values["version"]) if is_commit else values["row_"]
                # A stand-in may have the number of what it stands for.
                is_stand_in = values.get("reason") == "salvage"
                if not is_stand_in and not str(values.get("id")).startswith("salvaged-"):
                    found[str(table), key] = values
    db.close()
    return found


def said(record: dict[str, Any]) -> dict[str, Any]:
    """Leave out the number of the row."""
    return {name: value for name, value in record.items() if name != "row_"}


@pytest.fixture
def target(folder: Path) -> Path:
    return folder / "salvaged.db"


@pytest.fixture
def whole(folder: Path, specimen: Specimen) -> Rows:
    return rows(place(folder, specimen.content))


def names(report: Salvaged) -> set[str]:
    return {each.key for each in (*report.lost, *report.stand_ins)}


def salvaged(folder: Path, target: Path, damage: bytes, log: bytes = b"") -> Salvaged:
    """Salvage what is placed; the source stays and what comes is a lawful database."""
    source = place(folder, damage, log)
    target.unlink(missing_ok=True)
    report = salvage(source, target, StillSource())
    assert source.read_bytes() == damage
    assert report.findings == upkeep.check(target, full=True) == []
    return report


def require_true(
    folder: Path, target: Path, whole: Rows, damages: Iterable[Damage]
) -> tuple[int, int]:
    """Salvage each; what comes is what it was, or is named. Tell how much was lost, of how much."""
    lost = tried = 0
    for damage in damages:
        report = salvaged(folder, target, damage.content)
        came = rows(target)
        told = {(each.table, each.key) for each in report.doubtful}
        told |= {(each.table, each.key) for each in report.stand_ins}
        other = {
            place for place in came.keys() & whole.keys()
            if said(came[place]) != said(whole[place])
            and (place[0], came[place].get("id", f"row {whole[place]['row_']}")) not in told
            # Named by their threads.
            and not (place[0] == "thread_heads" and "thread_heads" in {table for table, _ in told})
        }  # fmt: skip
        assert not other or damage.kind in OF_TEXT, (damage[:2], other)
        gone = whole.keys() - came.keys()
        assert not gone or report.lost, damage[:2]
        lost += len(gone)
        tried += len(whole)
    return lost, tried


def test_what_is_whole_is_copied_whole(
    folder: Path, target: Path, whole: Rows, specimen: Specimen, summed: Specimen
) -> None:
    for each in (specimen, summed):
        for content, log in ((each.content, b""), (each.begun, each.log)):
            report = salvaged(folder, target, content, log)
            assert report.lost == report.doubtful == report.stand_ins == []
            assert rows(target).keys() == whole.keys()
    path = place(folder, target.read_bytes())
    # Recovery tells in an event which start it was.
    wrong = [each for each in run(path.parent).wrong(specimen.right) if "event/list" not in each]
    assert wrong == []


def test_every_page_in_turn(folder: Path, target: Path, whole: Rows, specimen: Specimen) -> None:
    damages = [*each_page(specimen.content, Random(SEED))][SEED % STRIDE :: STRIDE]
    lost, tried = require_true(folder, target, whole, damages)
    # A page of a hundred and sixty is one of them, and few records hang on another.
    assert lost < tried / 50


def test_with_checksums_nothing_is_other_than_it_was_or_it_is_told(
    folder: Path, target: Path, summed: Specimen
) -> None:
    whole = rows(place(folder, summed.content))
    damages = [
        damage
        for damage in [*each_page(summed.content, Random(SEED))][SEED % STRIDE :: STRIDE]
        if damage.kind not in ("swapped with another", "half of another page")
    ]
    for damage in damages:
        report = salvaged(folder, target, damage.content)
        told = {(each.table, each.key) for each in (*report.doubtful, *report.stand_ins)}
        for place_, values in rows(target).items():
            if place_ in whole and said(values) != said(whole[place_]):
                assert told & {
                    (place_[0], str(values.get("id"))), (place_[0], f"row {whole[place_]['row_']}"),
                    (place_[0], str(values.get("commit_id"))),
                    (place_[0], str(values.get("event_key"))),
                }, (damage[:2], place_)  # fmt: skip


def test_what_is_left_of_a_file_that_ends_early(
    folder: Path, target: Path, whole: Rows, specimen: Specimen
) -> None:
    require_true(folder, target, whole, list(cut_off(specimen.content))[4:])


def test_a_broken_frame_of_the_log_is_lost_alone(
    folder: Path, target: Path, specimen: Specimen
) -> None:
    count = (len(specimen.log) - HEADER) // FRAME
    for frame in range(0, count, count // 8):
        log = flipped(specimen.log, HEADER + frame * FRAME + 500)
        report = salvaged(folder, target, specimen.begun, log)
        if frame < count - 1:
            assert [each.table for each in report.lost][:1] == ["log"]


def test_what_hangs_on_a_lost_row_stays_and_the_stand_in_is_told(
    folder: Path, target: Path, whole: Rows, specimen: Specimen
) -> None:
    path = place(folder, specimen.content)
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    root = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'threads'").get
    db.close()
    assert isinstance(root, int)
    start = (root - 1) * PAGE_BYTES
    content = specimen.content[:start] + bytes(PAGE_BYTES) + specimen.content[start + PAGE_BYTES :]
    report = salvaged(folder, target, content)
    threads = {"empty", "talk", "log", "busy", "child"}
    assert {each.key for each in report.stand_ins if each.table == "threads"} <= threads
    assert threads <= names(report)
    kept = {place for place in whole if place[0] not in ("threads", "thread_names")}
    assert kept <= rows(target).keys()


@pytest.mark.parametrize("column", ["admitted_seq", "promoted_seq"])
def test_a_number_that_no_index_has_is_that_of_its_event(
    folder: Path, target: Path, whole: Rows, column: str
) -> None:
    source = folder / "sidecar.db"
    spoil(source, f"UPDATE session_inputs SET {column} = 1 WHERE id = 'in-a'")
    db = apsw.Connection(str(source))
    db.pragma("journal_mode", "DELETE")
    db.close()
    report = salvaged(folder, target, source.read_bytes())
    assert [(each.key, each.reason) for each in report.stand_ins] == [
        ("in-a", "its seq is that of its event")
    ]
    assert rows(target) == whole


def test_the_command_tells_and_ends_by_what_came(
    folder: Path, target: Path, specimen: Specimen
) -> None:
    path = place(folder, specimen.content)
    asked = ("doctor", "--database", str(path), "--salvage", str(target))
    done = sidecar(*asked, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["ok"] and told["copied"]["threads"] == 5 and told["databaseId"].startswith("db_")
    again = sidecar(*asked)
    assert (again.returncode, again.stdout) == (1, "") and "exists already" in again.stderr
    target.unlink()
    place(folder, next(each_page(specimen.content, Random(SEED))).content)
    broken = sidecar(*asked)
    assert broken.returncode == 0 or "not copied" in broken.stdout
    target.unlink()
    gone = sidecar("doctor", "--database", str(folder / "none.db"), "--salvage", str(target))
    assert gone.returncode == 74 and not target.exists()


def test_a_live_database_is_refused(process: DaemonProcess, folder: Path, target: Path) -> None:
    ended = sidecar("doctor", "--database", str(process.database_path), "--salvage", str(target))
    assert ended.returncode == 75 and str(process.process.pid) in ended.stderr
    assert not [each for each in folder.iterdir() if "salvaged" in each.name]
