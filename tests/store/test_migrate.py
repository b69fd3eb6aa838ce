"""Migrations: forward, once, recorded; what is not ours is refused as it is."""

import hashlib
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import apsw
import pytest

from sidecar.store.migrate import (
    APPLICATION_ID,
    Migration,
    WrongDatabase,
    check_ours,
    migrate,
    migrations,
)
from sidecar.store.opening import CannotOpen
from tests.store.support import count, number, opened, spoil, write
from tests.support.source import START_MS

NEXT = Migration(len(migrations()) + 1, "000N_next", "CREATE TABLE more (a TEXT) STRICT;")
BROKEN = Migration(
    NEXT.number, "000N_broken", "CREATE TABLE more (a TEXT) STRICT; INSERT INTO nowhere VALUES (1);"
)


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "sidecar.db"


@pytest.fixture
def db(path: Path) -> Iterator[apsw.Connection]:
    """A connection to a database that has every migration."""
    connection = apsw.Connection(str(path))
    migrate(connection, START_MS, migrations())
    yield connection
    connection.close()


def names(db: apsw.Connection) -> set[object]:
    return {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def test_a_fresh_file_gets_every_migration(path: Path) -> None:
    with opened(path) as database:
        assert {"threads", "turns", "items", "session_inputs", "events"} <= names(database.writer)
        assert database.writer.pragma("application_id") == APPLICATION_ID
    assert count(path, "migrations") == len(migrations())


def test_the_ledger_has_the_hash_of_each_file(db: apsw.Connection) -> None:
    folder = files("sidecar.store").joinpath("migrations")
    rows = db.execute("SELECT number, name, sha256, applied_at_ms FROM migrations").fetchall()
    for row, migration in zip(rows, migrations(), strict=True):
        text = folder.joinpath(f"{migration.name}.sql").read_bytes()
        digest = hashlib.sha256(text).hexdigest()
        assert row == (migration.number, migration.name, digest, START_MS)


def test_migrating_again_changes_nothing(db: apsw.Connection) -> None:
    before = db.execute("SELECT * FROM migrations").fetchall()
    migrate(db, START_MS + 1, migrations())
    assert db.execute("SELECT * FROM migrations").fetchall() == before


def test_only_what_is_missing_is_applied(db: apsw.Connection) -> None:
    migrate(db, START_MS + 1, [*migrations(), NEXT])
    rows = db.execute("SELECT number, applied_at_ms FROM migrations ORDER BY number").fetchall()
    assert rows[-1] == (NEXT.number, START_MS + 1)
    assert all(row[1] == START_MS for row in rows[:-1])
    assert "more" in names(db)


def test_a_migration_that_fails_halfway_leaves_the_database_as_it_was(
    db: apsw.Connection,
) -> None:
    with pytest.raises(apsw.SQLError):
        migrate(db, START_MS, [*migrations(), BROKEN])
    assert "more" not in names(db)
    assert db.execute("SELECT count(*) FROM migrations").get == len(migrations())


def test_a_first_start_that_fails_halfway_leaves_an_empty_database(path: Path) -> None:
    db = apsw.Connection(str(path))
    with pytest.raises(apsw.SQLError):
        migrate(db, START_MS, [*migrations(), BROKEN])
    assert names(db) == set()
    assert db.pragma("application_id") == 0
    migrate(db, START_MS, migrations())
    db.close()


def test_an_altered_migration_is_refused(db: apsw.Connection) -> None:
    first, *rest = migrations()
    altered = Migration(first.number, first.name, first.sql + "-- a word more\n")
    with pytest.raises(WrongDatabase, match=first.name):
        check_ours(db, [altered, *rest])


def foreign(path: Path) -> None:
    db = apsw.Connection(str(path))
    db.execute("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1); PRAGMA user_version = 7")
    db.close()


def newer(path: Path) -> None:
    make_ours(path)
    spoil(path, f"INSERT INTO migrations VALUES ({NEXT.number}, 'next', 'x', 0)")


def altered(path: Path) -> None:
    make_ours(path)
    spoil(path, "UPDATE migrations SET sha256 = 'another' WHERE number = 1")


def make_ours(path: Path) -> None:
    with opened(path):
        pass


@pytest.mark.parametrize("make", [foreign, newer, altered])
def test_a_database_that_is_not_ours_is_refused_and_left_to_the_byte(
    path: Path, make: Callable[[Path], None]
) -> None:
    make(path)
    before = path.read_bytes()
    with pytest.raises(WrongDatabase), opened(path):
        pass
    assert path.read_bytes() == before
    assert not path.with_name(path.name + "-wal").exists()


@pytest.mark.parametrize("text", [b"not a database\n" * 100, b"some notes"])
def test_a_file_that_is_no_database_is_refused_and_left_to_the_byte(
    path: Path, text: bytes
) -> None:
    path.write_bytes(text)
    with pytest.raises(CannotOpen), opened(path):
        pass
    assert path.read_bytes() == text


def test_a_newer_schema_says_so(path: Path) -> None:
    newer(path)
    with pytest.raises(WrongDatabase, match="newer version"), opened(path):
        pass


def test_a_refused_database_is_not_locked_any_more(path: Path) -> None:
    foreign(path)
    for _ in range(2):
        with pytest.raises(WrongDatabase), opened(path):
            pass


def test_tables_of_a_replication_tool_are_tolerated(path: Path) -> None:
    with opened(path) as database:
        write(database, lambda tx: tx.change_all("CREATE TABLE _litestream_seq (id INTEGER)"))
    with opened(path) as database:
        assert database.epoch == 2


def test_the_numbers_have_no_gap() -> None:
    assert [migration.number for migration in migrations()] == [
        *range(1, number_of_files() + 1),
    ]


def number_of_files() -> int:
    folder = files("sidecar.store").joinpath("migrations")
    return sum(file.name.endswith(".sql") for file in folder.iterdir())


def test_every_start_is_an_epoch_of_one_database(path: Path) -> None:
    seen = []
    for _ in range(3):
        with opened(path) as database:
            seen.append((database.epoch, database.database_id))
    assert [epoch for epoch, _ in seen] == [1, 2, 3]
    assert len({database_id for _, database_id in seen}) == 1
    assert number(path, "SELECT epoch FROM daemon") == 3
