"""What a salvage tells of each row that it could not take, or not without a doubt."""

import struct
from pathlib import Path

import apsw
import pytest

from sidecar.store import pages
from sidecar.store.lock import FileLock, LockedByOther
from sidecar.store.pages import Pages
from sidecar.store.salvage import CannotSalvage, Loss, Salvaged, salvage
from tests.support import FakeSource
from tests.support.invariants import break_in

PAGE = 4096


@pytest.fixture
def source(folder: Path, content: bytes) -> Path:
    break_in(folder)
    path = folder / "damaged.db"
    path.write_bytes(content)
    return path


@pytest.fixture
def target(folder: Path) -> Path:
    return folder / "salvaged.db"


def salvaged(source: Path) -> Salvaged:
    target = source.with_name("salvaged.db")
    target.unlink(missing_ok=True)
    report = salvage(source, target, FakeSource())
    assert (report.target, report.findings) == (str(target), [])
    return report


def rows(path: Path, table: str) -> int:
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return int(str(db.execute(f"SELECT count(*) FROM {table}").get))
    finally:
        db.close()


def root_of(path: Path, name: str) -> int:
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return int(
            str(db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).get)
        )
    finally:
        db.close()


def leaf_of(path: Path, table: str) -> int:
    """Find the last leaf of a table that has more than one."""
    found = Pages(path)
    walked = found.tree(root_of(path, table), pages.TABLE_INNER, pages.TABLE_LEAF)
    return [number for number, _ in walked][-1]


def put(path: Path, number: int, at: int, text: bytes) -> None:
    with path.open("r+b") as file:
        file.seek((number - 1) * PAGE + at)
        file.write(text)


def changed(path: Path, table: str, sql: str) -> None:
    """Change rows of a table; its indexes say what was."""
    root = root_of(path, table)
    copy = path.with_name("changed.db")
    copy.write_bytes(path.read_bytes())
    db = apsw.Connection(str(copy))
    db.pragma("foreign_keys", False)
    db.pragma("ignore_check_constraints", True)
    db.execute(sql)
    assert db.changes()
    db.close()
    found = Pages(copy)
    for number, _ in found.tree(root, pages.TABLE_INNER, pages.TABLE_LEAF):
        put(path, number, 0, found.get(number))
    copy.unlink()


def test_a_whole_one_is_told_as_whole(source: Path, target: Path) -> None:
    report = salvaged(source)
    assert report.lost == report.doubtful == report.stand_ins == []
    assert report.copied == {table: rows(source, table) for table in report.copied}
    assert len(report.copied) == 14 and not {"migrations", "mailbox_heads"} & {*report.copied}
    db = apsw.Connection(str(target), flags=apsw.SQLITE_OPEN_READONLY)
    told = db.execute("SELECT database_id, last_seq FROM daemon").fetchall()
    assert told == [(report.database_id, report.last_seq)] and report.last_seq > 0
    assert db.pragma("auto_vacuum") == 2
    db.close()


def test_a_row_that_only_indexes_know_is_told_by_its_name(source: Path) -> None:
    changed(source, "runs", "DELETE FROM runs WHERE id = 'run-a'")
    report = salvaged(source)
    assert report.lost[0] == Loss("runs", "run-a", "its row is nowhere")
    assert {each.table for each in report.lost[1:]} == {"steps"}
    assert [each.reason for each in report.lost[1:]] == ["what it has in runs is lost"] * 3
    assert {each.key for each in report.lost[1:]} == {"run-a-0", "run-a-1", "run-a-2"}
    assert (report.copied["runs"], report.copied["steps"]) == (1, 3)


def test_a_row_that_an_index_tells_otherwise_is_in_doubt(source: Path) -> None:
    changed(source, "runs", "UPDATE runs SET created_at_ms = 7 WHERE id = 'run-a'")
    report = salvaged(source)
    assert [each[:2] for each in map(told, report.doubtful)] == [("runs", "run-a")]
    assert report.doubtful[0].reason.startswith("created_at_ms is another in index ")
    assert report.lost == report.stand_ins == []


def told(loss: Loss) -> tuple[str, str, str]:
    return loss.table, loss.key, loss.reason


def test_a_row_that_breaks_the_schema_is_left_out_with_its_reason(source: Path) -> None:
    changed(source, "steps", "UPDATE steps SET status = 'odd' WHERE id = 'run-b-2'")
    report = salvaged(source)
    (loss,) = report.lost
    # No id is known of what is nowhere taken, but where an index has it.
    assert (loss.table, loss.key) == ("steps", "run-b-2")
    assert loss.reason.startswith("CHECK constraint failed")


def test_rows_of_a_page_that_no_tree_leads_to_are_found(source: Path) -> None:
    whole = rows(source, "events")
    # The root leads nowhere any more.
    root = root_of(source, "events")
    leaf = leaf_of(source, "events")
    assert leaf != root
    put(source, root, 0, bytes(PAGE))
    report = salvaged(source)
    assert report.copied["events"] == whole
    assert told(report.lost[0]) == (
        "events", f"page {root} is none of its table any more",
        f"page {root} is none of its table any more",
    )  # fmt: skip
    assert report.lost[1:] == report.doubtful == report.stand_ins == []


def test_a_page_of_rows_that_are_nobodys_is_told(source: Path, folder: Path) -> None:
    db = apsw.Connection(str(folder / "foreign.bin"))
    db.pragma("page_size", PAGE)
    db.execute("CREATE TABLE t (a, b, c)")
    db.execute("INSERT INTO t VALUES (1, 2, 3), (4, 5, 6)")
    db.close()
    number = leaf_of(source, "events")
    lost = len(list(Pages(source).rows(number)))
    put(source, number, 0, (folder / "foreign.bin").read_bytes()[PAGE:])
    report = salvaged(source)
    reasons = [each.reason for each in report.lost]
    assert len(reasons) >= min(lost, 2)
    assert {each.table for each in report.lost} == {"events"}


def test_a_page_of_another_schema_is_of_no_table(source: Path, folder: Path) -> None:
    db = apsw.Connection(str(folder / "foreign.bin"))
    db.pragma("page_size", PAGE)
    db.execute("CREATE TABLE t (a)")
    db.execute("INSERT INTO t VALUES (1), (2)")
    db.close()
    root, number = root_of(source, "events"), leaf_of(source, "events")
    put(source, number, 0, (folder / "foreign.bin").read_bytes()[PAGE:])
    put(source, root, 0, bytes(PAGE))
    report = salvaged(source)
    assert Loss("?", f"page {number}", "2 rows, of no table") in report.lost


def test_a_file_that_ends_early_tells_what_is_not_there(source: Path) -> None:
    count = source.stat().st_size // PAGE
    source.write_bytes(source.read_bytes()[: -3 * PAGE])
    there = f"pages {count - 2} to {count}"
    assert Loss("?", there, "the file ends before them") in salvaged(source).lost


@pytest.mark.parametrize("text", [b"", b"no database at all" * 1_000])
def test_a_file_of_nothing_is_told_as_lost_as_a_whole(source: Path, text: bytes) -> None:
    source.write_bytes(text)
    report = salvaged(source)
    assert report.lost == [Loss("?", "the whole", "nothing of it can be read")]
    assert (report.copied, report.last_seq) == ({}, 0)


def test_a_cell_that_cannot_be_read_is_told_by_its_page(source: Path) -> None:
    number = leaf_of(source, "events")
    text = Pages(source).get(number)
    (last,) = struct.unpack(">H", text[8:10])
    put(source, number, last, b"\x7f")
    report = salvaged(source)
    assert any(f"page {number}: " in each.reason for each in report.lost)
    assert {each.table for each in report.lost} == {"events"}


def test_what_is_there_or_has_no_folder_is_no_target(source: Path, target: Path) -> None:
    target.symlink_to(source.with_name("nowhere"))
    with pytest.raises(CannotSalvage, match="exists already"):
        salvage(source, target, FakeSource())
    with pytest.raises(CannotSalvage, match="is not a folder"):
        salvage(source, source.with_name("none") / "new.db", FakeSource())


def test_one_that_somebody_has_open_is_left_alone(source: Path, target: Path) -> None:
    lock = FileLock(source.with_name(source.name + ".lock"))
    with pytest.raises(LockedByOther) as caught:
        salvage(source, target, FakeSource())
    assert caught.value.path == source.with_name(source.name + ".lock")
    lock.release()
    assert not target.exists() and salvaged(source).lost == []
