"""What is damaged is named by whose it is; what only looks so is let pass."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from sidecar.store import soundness
from sidecar.store.soundness import damage_of, is_small, lost_page
from sidecar.store.wal import Log

PAGE_BYTES = 512
# More free pages than one page of their list can name, twice over.
MANY_PAGES = 300


@pytest.fixture
def db(folder: Path) -> Iterator[apsw.Connection]:
    db = apsw.Connection(str(folder / "any.db"))
    db.pragma("page_size", PAGE_BYTES)
    db.execute("CREATE TABLE t (a); CREATE INDEX of_t ON t (a)")
    db.execute("INSERT INTO t VALUES ('first'), (NULL)")
    yield db
    db.close()


def found(db: apsw.Connection) -> str | None:
    """Look through it on a connection of its own, which cannot write."""
    reader = apsw.Connection(db.filename, flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return damage_of(reader)
    finally:
        reader.close()


def lost(db: apsw.Connection) -> str | None:
    path = Path(db.filename)
    return lost_page(path, db, Log(path, db))


def change_schema(db: apsw.Connection, statement: str) -> None:
    db.pragma("writable_schema", True)
    db.execute(statement)


@pytest.mark.parametrize(("name", "kind"), [("t", "table"), ("of_t", "index")])
def test_damage_is_named_by_whose_tree_it_is(db: apsw.Connection, name: str, kind: str) -> None:
    assert found(db) is None
    root = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).get
    assert isinstance(root, int)
    with Path(db.filename).open("r+b") as file:
        file.seek((root - 1) * PAGE_BYTES)
        file.write(b"\xff" * PAGE_BYTES)
    named = found(db)
    assert named is not None and named.startswith(f"{kind} {name}: Tree {root} page {root}: ")


def test_a_schema_that_is_lost_is_damage_and_none_at_all_is_not(
    db: apsw.Connection, folder: Path
) -> None:
    change_schema(db, "DELETE FROM sqlite_schema")
    assert found(db) == "no schema in 3 pages"
    new = apsw.Connection(str(folder / "new.db"))
    new.execute("PRAGMA user_version = 1")
    assert found(new) is None
    new.close()


def test_a_broken_record_is_no_damage_but_hides_none(db: apsw.Connection) -> None:
    change_schema(
        db, "UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a NOT NULL)' WHERE name = 't'"
    )
    assert found(db) is None
    change_schema(db, "DELETE FROM sqlite_schema WHERE name = 'of_t'")
    assert found(db) == "Page 3: never used"


def test_what_is_small_has_so_many_pages(
    db: apsw.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for most, expected in ((2, False), (3, True)):
        monkeypatch.setattr(soundness, "CHECKED_PAGES", most)
        assert is_small(db) is expected


def test_a_page_that_is_used_and_empty_is_lost(db: apsw.Connection) -> None:
    assert lost(db) is None
    # To the page it is all the same who has left nothing in it.
    db.execute("INSERT INTO t VALUES (zeroblob(4 * ?))", (PAGE_BYTES,))
    db.execute("DROP INDEX of_t; VACUUM")
    pages = db.pragma("page_count")
    assert lost(db) == f"page {pages}: it is used, and nothing is in it"
    db.execute("CREATE TABLE turns (model TEXT, provider TEXT)")
    db.execute("INSERT INTO turns VALUES ('a model', 'somebody')")
    assert lost(db) == f"page {pages}: it is used, and nothing is in it"
    # Where a client has written zeroes, these may be its own.
    db.execute("UPDATE turns SET provider = 'some' || char(0)")
    assert lost(db) is None


def test_pages_that_nobody_uses_may_be_empty(db: apsw.Connection) -> None:
    db.pragma("secure_delete", True)
    db.execute("CREATE TABLE passing (a)")
    db.execute("INSERT INTO passing VALUES (randomblob(?))", (MANY_PAGES * PAGE_BYTES,))
    db.execute("DROP TABLE passing")
    free = db.pragma("freelist_count")
    assert isinstance(free, int) and free >= MANY_PAGES
    assert Path(db.filename).read_bytes().count(bytes(PAGE_BYTES)) > MANY_PAGES // 2
    assert lost(db) is None


def test_what_the_log_has_is_no_loss(db: apsw.Connection) -> None:
    db.execute("INSERT INTO t VALUES (zeroblob(4 * ?))", (PAGE_BYTES,))
    assert lost(db) is not None
    db.pragma("journal_mode", "WAL")
    db.execute("UPDATE t SET a = randomblob(4 * ?) WHERE a > ''", (PAGE_BYTES,))
    assert lost(db) is None
