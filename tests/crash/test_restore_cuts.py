"""The power fails while a backup is put in the place of a database that a crash has left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sidecar.store import backups
from tests.crash.core import Moments
from tests.crash.cuts import CUTS, each_cut, on_disk
from tests.crash.disk import Image, Op, folder_in_memory
from tests.crash.failing import image_before
from tests.crash.faults import Station
from tests.crash.recording import DATABASE, Recording, Rows, busy, recorded, rows_of
from tests.crash.workload import BACKUP


@pytest.fixture
def recording() -> Recording:
    return recorded()


@pytest.fixture
def backup(folder: Path, recording: Recording) -> Path:
    taken = image_before(recording.ops, len(recording.ops))[BACKUP]
    assert taken is not None
    path = folder / BACKUP
    path.write_bytes(taken)
    return path


def restore(backup: Path, crashed: Image) -> tuple[list[Op], Rows]:
    """Put a backup over what a crash has left; tell what it did to the disk, and what is there."""
    with folder_in_memory() as root:
        station = Station(root, crashed)
        with station.watching():
            backups.restore(backup, root / DATABASE, Moments().at(0))
        return station.ops, rows_of(root / DATABASE)


def outcomes(ops: list[Op], cut: str, crashed: Image) -> Iterator[Path]:
    """Cut the power within each operation; tell of the database where something is different."""
    last = None
    for remains in each_cut(ops, CUTS[cut], crashed):
        if remains.image != last:
            with on_disk(remains.image) as path:
                yield path
        last = remains.image


@pytest.mark.parametrize("cut", CUTS)
def test_there_is_the_old_database_or_the_new_one_and_the_old_one_aside(
    cut: str, recording: Recording, backup: Path
) -> None:
    at, old = busy(recording)
    crashed = image_before(recording.ops, at)
    ops, new = restore(backup, crashed)
    assert old != new
    found = []
    for path in outcomes(ops, cut, crashed):
        found.append(rows_of(path))
        if found[-1] == new:
            (aside,) = path.parent.glob("*.replaced-*")
            assert rows_of(aside) == old
    assert found[0] == old and found[-1] == new
    assert all(rows in (old, new) for rows in found)


@pytest.mark.parametrize("cut", CUTS)
def test_a_log_without_its_database_is_never_beside_the_new_one(
    cut: str, recording: Recording, backup: Path
) -> None:
    crashed = image_before(recording.ops, busy(recording)[0])
    del crashed[DATABASE]
    assert crashed[f"{DATABASE}-wal"]
    ops, new = restore(backup, crashed)
    for path in outcomes(ops, cut, crashed):
        assert not path.exists() or rows_of(path) == new
