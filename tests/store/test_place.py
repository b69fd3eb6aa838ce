"""Which of the open files is not at its path any more, and which is shorter than it was."""

import os
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from sidecar.store.place import Place

ENDS = ["", "-wal", "-shm"]


@pytest.fixture
def writer(folder: Path) -> apsw.Connection:
    db = apsw.Connection(str(folder / "any.db"))
    db.pragma("journal_mode", "WAL")
    db.execute("CREATE TABLE t (a)")
    db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    db.execute("INSERT INTO t VALUES (1)")
    return db


def beside(writer: apsw.Connection, end: str) -> Path:
    return Path(writer.filename + end)


def put_another(path: Path) -> None:
    content = path.read_bytes()
    path.rename(path.with_suffix(".old"))
    path.write_bytes(content)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("take_away", [Path.unlink, put_another])
def test_each_of_the_files_is_missed_by_its_name(
    writer: apsw.Connection, end: str, take_away: Callable[[Path], None]
) -> None:
    place = Place(Path(writer.filename), writer)
    assert place.lost() is None
    take_away(beside(writer, end))
    assert place.lost() == beside(writer, end)
    assert not place.is_cut


def test_the_log_is_beside_the_file_that_a_link_leads_to(
    folder: Path, writer: apsw.Connection
) -> None:
    link = folder / "elsewhere.db"
    link.symlink_to(writer.filename)
    place = Place(link, writer)
    assert place.lost() is None
    assert place.sizes_bytes() == tuple(beside(writer, end).stat().st_size for end in ENDS[:2])
    beside(writer, "-wal").unlink()
    assert place.lost() == beside(writer, "-wal") and place.sizes_bytes()[1] == 0
    link.unlink()
    assert place.lost() == link and place.sizes_bytes() == (0, 0)


def seen(place: Place) -> tuple[Path | None, bool]:
    return place.lost(), place.is_cut


def test_a_file_that_is_cut_is_lost_until_it_has_its_length(writer: apsw.Connection) -> None:
    path = beside(writer, "")
    size = path.stat().st_size
    place = Place(path, writer)
    os.truncate(path, size - 1)
    assert seen(place) == (path, True)
    os.truncate(path, size)
    assert seen(place) == (None, False)
    os.truncate(path, size + 4096)
    assert seen(place) == (None, False)
    # It was longer once: a copy of the log makes it shorter, but not than what is committed.
    os.truncate(path, size)
    assert place.is_cut
    assert seen(place) == (None, False)


def test_what_is_put_in_its_place_is_not_the_same_cut_shorter(writer: apsw.Connection) -> None:
    path = beside(writer, "")
    place = Place(path, writer)
    put_another(path)
    os.truncate(path, 0)
    assert place.lost() == path and not place.is_cut
