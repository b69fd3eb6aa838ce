"""How a file is opened: what is said of one that cannot be, and what is noted beside it."""

import shutil
from pathlib import Path

import apsw
import pytest

from sidecar.store import opening
from sidecar.store.database import Database, Durability
from sidecar.store.opening import BUSY_TIMEOUT_MS, CannotOpen, cannot_open, sqlite_version
from sidecar.store.wal import UNSYNCED
from tests.store.support import count, make_thread, opened, write
from tests.support import FakeSource


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "sidecar.db"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (apsw.CorruptError("a page"), "x.db: corrupt (a page)"),
        (apsw.ConstraintError("a row"), "x.db: a row"),
        (OSError(2, "No such file", "y.db"), "y.db: No such file"),
        (OSError("odd"), "x.db: unusable"),
    ],
)
def test_it_is_said_in_the_words_of_the_contract(error: OSError | apsw.Error, said: str) -> None:
    assert str(cannot_open(Path("x.db"), error)) == said


@pytest.mark.parametrize("size", [1, 20, 99])
@pytest.mark.parametrize("byte", [b"x", b"\0"])
def test_what_is_shorter_than_a_header_is_no_empty_one(path: Path, size: int, byte: bytes) -> None:
    path.write_bytes(size * byte)
    with pytest.raises(CannotOpen, match=r"sidecar\.db: not a database"), opened(path):
        pass
    assert path.read_bytes() == size * byte


def test_a_text_is_refused_by_its_name_and_with_what_sqlite_says(path: Path) -> None:
    path.write_bytes(b"not a database\n" * 100)
    refusal = r"sidecar\.db: corrupt \(.*not a database"
    with pytest.raises(CannotOpen, match=refusal), opened(path):
        pass


def test_the_least_sqlite_will_do(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MINIMUM_SQLITE", sqlite_version())
    with opened(path) as database:
        assert database.torn is None


def test_every_connection_waits_for_moments_and_trusts_no_schema(path: Path) -> None:
    with opened(path) as database:
        for connection in (database.writer, database.reader):
            assert connection.pragma("busy_timeout") == BUSY_TIMEOUT_MS
            assert connection.pragma("trusted_schema") == 0


def test_a_log_that_was_there_is_copied_by_a_clean_end(path: Path, folder: Path) -> None:
    other = folder / "other" / "sidecar.db"
    other.parent.mkdir()
    with opened(path) as database:
        write(database, make_thread("one"))
        for end in ("", "-wal"):
            shutil.copy(f"{path}{end}", f"{other}{end}")
    with opened(other):
        pass
    assert {each.name for each in other.parent.iterdir()} == {"sidecar.db", "sidecar.db.lock"}
    assert count(other, "threads") == 1


def test_that_a_log_may_be_torn_is_noted_until_it_is_copied(path: Path) -> None:
    def noted(durability: Durability) -> bool:
        database = Database(path, FakeSource(), durability)
        write(database, make_thread(f"{database.epoch}"))
        found = UNSYNCED in path.with_name("sidecar.db.lock").read_text()
        database.close()
        return found

    assert not noted("full")
    reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN").execute("SELECT count(*) FROM threads").fetchall()
    assert noted("normal")
    # Whoever reads it keeps it from being copied.
    assert noted("full")
    reader.close()
    assert not noted("full")
