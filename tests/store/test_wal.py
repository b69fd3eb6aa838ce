"""The write-ahead log: short by itself, and short again after a reader has held it up."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from sidecar.store import database as database_module
from sidecar.store.database import Database
from tests.store.support import count, make_event, opened, write

PAGE_BYTES = 4096
EVENT = '"' + "x" * 10 * PAGE_BYTES + '"'
# Small versions of the product's own numbers, in the same order.
CHECKPOINT_PAGES = 100
RETRY_PAGES = 50
LIMIT_BYTES = 200 * PAGE_BYTES
# A group may pass the mark by what it writes itself, and each page has a header of its own.
SLACK_BYTES = 30 * PAGE_BYTES


@pytest.fixture
def database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(database_module, "CHECKPOINT_PAGES", CHECKPOINT_PAGES)
    monkeypatch.setattr(database_module, "CHECKPOINT_RETRY_PAGES", RETRY_PAGES)
    monkeypatch.setattr(database_module, "WAL_LIMIT_BYTES", LIMIT_BYTES)
    with opened(folder / "sidecar.db") as database:
        yield database


def write_groups(database: Database, groups: int) -> int:
    """Write groups of about ten pages each; tell the longest that the log has been."""
    longest = 0
    for _ in range(groups):
        write(database, make_event(EVENT))
        database.checkpoint_if_due()
        longest = max(longest, database.sizes_bytes()[1])
    return longest


def test_the_product_cuts_a_log_above_where_it_copies_it() -> None:
    assert database_module.WAL_LIMIT_BYTES > database_module.CHECKPOINT_PAGES * PAGE_BYTES


def test_the_log_stays_short_while_much_is_written(database: Database) -> None:
    longest = write_groups(database, 100)
    assert longest <= CHECKPOINT_PAGES * PAGE_BYTES + SLACK_BYTES
    assert database.sizes_bytes()[0] > longest


def test_own_reads_do_not_hold_the_log_up(database: Database) -> None:
    for _ in range(50):
        write_groups(database, 2)
        database.read(database.snapshot(), lambda db: db.number("SELECT count(*) FROM events"))
    assert database.sizes_bytes()[1] <= CHECKPOINT_PAGES * PAGE_BYTES + SLACK_BYTES


def test_a_foreign_reader_lets_the_log_grow_and_it_shrinks_when_the_reader_has_left(
    database: Database,
) -> None:
    write_groups(database, 1)
    reader = apsw.Connection(str(database.path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM events").get == 1
    longest = write_groups(database, 100)
    assert longest > 2 * LIMIT_BYTES
    # Not after every group: as the log grows, and each is counted.
    most = longest // PAGE_BYTES // RETRY_PAGES
    assert most // 2 < database.checkpoints_held_up <= database.checkpoints <= most
    assert reader.execute("SELECT count(*) FROM events").get == 1
    reader.close()
    write_groups(database, 40)
    assert database.sizes_bytes()[1] <= LIMIT_BYTES
    assert count(database.path, "events") == 141


def test_after_a_cut_the_log_is_as_short_as_ever(database: Database) -> None:
    reader = apsw.Connection(str(database.path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN").execute("SELECT count(*) FROM events").fetchall()
    write_groups(database, 100)
    reader.close()
    database.truncate_log()
    assert write_groups(database, 30) <= CHECKPOINT_PAGES * PAGE_BYTES + SLACK_BYTES


def test_a_clean_end_leaves_no_log(folder: Path) -> None:
    path = folder / "sidecar.db"
    with opened(path) as database:
        write(database, make_event(EVENT))
    assert {each.name for each in folder.iterdir()} == {"sidecar.db", "sidecar.db.lock"}
    assert count(path, "events") == 1
