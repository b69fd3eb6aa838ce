"""A database with checksums stays one, wherever it is copied to, and is refused without them."""

from pathlib import Path

import apsw
import apsw.sqlite_extra
import pytest

from sidecar.store import backups, checksums, examine, upkeep
from sidecar.store.backup import Backup
from sidecar.store.bare import bare
from sidecar.store.database import Database
from sidecar.store.migrate import WrongDatabase
from sidecar.store.opening import CannotOpen
from tests.store.support import make_thread, opened, rows, write
from tests.support import FakeSource
from tests.support.invariants import break_in


@pytest.fixture
def path(folder: Path) -> Path:
    """A database that was made with checksums, and has a record."""
    path = folder / "sidecar.db"
    database = Database(path, FakeSource(), new_checksums=True)
    write(database, make_thread("one"))
    database.close()
    assert checksums.are_in(path)
    return path


def test_its_backups_have_them_and_what_is_restored_of_these_too(path: Path, folder: Path) -> None:
    with opened(path) as database:
        copy = Backup(database, folder / "copy.db", overwrite=False)
        while not copy.step():
            pass
        copy.finish_copying()
        copy.publish()
        write(database, make_thread("two"))
    for database_path in (folder / "copy.db", path):
        assert checksums.are_in(database_path)
        assert upkeep.check(database_path, full=True) == []
    kept = [row for row in rows(folder / "copy.db") if row[0] == "threads"]
    backups.restore(folder / "copy.db", path, FakeSource())
    assert checksums.are_in(path)
    assert [row for row in rows(path) if row[0] == "threads"] == kept
    [aside] = folder.glob("sidecar.db.replaced-*")
    for database_path in (aside, path):
        assert upkeep.check(database_path, full=True) == []


def test_an_installation_without_them_says_so_and_refuses(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(_db: object, _name: str) -> None:
        raise FileNotFoundError("sqlite_extra.json")

    monkeypatch.setattr(apsw.sqlite_extra, "load", load)
    # As if this process had not loaded them yet.
    monkeypatch.setattr(checksums, "load", checksums.load.__wrapped__)
    content = path.read_bytes()
    refusal = "this installation has no checksums"
    with pytest.raises(WrongDatabase, match=refusal), opened(path):
        pass
    with pytest.raises(WrongDatabase, match=refusal):
        Database(folder / "new.db", FakeSource(), new_checksums=True)
    with pytest.raises(WrongDatabase, match=refusal):
        examine.examine(path)
    [finding] = upkeep.check(path, full=True)
    assert refusal in finding
    with pytest.raises(WrongDatabase, match=refusal):
        backups.restore(path, folder / "other.db", FakeSource())
    assert path.read_bytes() == content
    # The next one without them finds nothing in its way.
    with opened(folder / "new.db"):
        pass


def test_a_wrong_one_is_damage_and_told_as_such(path: Path) -> None:
    content = path.read_bytes()
    # A text, which SQLite alone would take as it is.
    at = content.rindex(b"one")
    path.write_bytes(content[:at] + b"two" + content[at + 3 :])
    break_in(path.parent)
    wrong = "the file cannot be read: the checksum of a page is wrong"
    assert upkeep.check(path, full=True) == [wrong]
    with pytest.raises(CannotOpen, match=r"sidecar\.db: damaged: table \w+: "), opened(path):
        pass


def test_other_files_of_the_process_are_kept_as_ever(path: Path, folder: Path) -> None:
    with opened(path):
        assert apsw.vfs_names()[0] != checksums.VFS
    with opened(folder / "other.db"):
        pass
    assert not checksums.are_in(folder / "other.db")
    assert not checksums.are_in(folder / "nowhere.db")


def test_the_bytes_of_a_file_end_where_it_does(folder: Path) -> None:
    path = folder / "bytes"
    path.write_bytes(b"0123456789")
    with bare(path) as file:
        parts = [(4, 3), (4, 8), (4, 9), (4, 10), (4, 11), (0, 2)]
        assert [file.read(size, at) for size, at in parts] == [b"3456", b"89", b"9", b"", b"", b""]
