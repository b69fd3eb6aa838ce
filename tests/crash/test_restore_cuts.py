"""The power fails while a backup is put in the place of a database that a crash has left."""

from pathlib import Path

import pytest

from sidecar.store import backups
from tests.crash.core import Moments
from tests.crash.cuts import CUTS, each_cut, on_disk
from tests.crash.disk import folder_in_memory
from tests.crash.failing import image_before
from tests.crash.faults import Station
from tests.crash.recording import DATABASE, busy, recorded, rows_of
from tests.crash.workload import BACKUP


@pytest.mark.parametrize("cut", CUTS)
def test_there_is_the_old_database_or_the_new_one(cut: str, folder: Path) -> None:
    recording = recorded()
    at, old = busy(recording)
    crashed = image_before(recording.ops, at)
    taken = image_before(recording.ops, len(recording.ops))[BACKUP]
    assert taken is not None
    (folder / BACKUP).write_bytes(taken)
    with folder_in_memory() as root:
        station = Station(root, crashed)
        with station.watching():
            backups.restore(folder / BACKUP, root / DATABASE, Moments().at(0))
        new = rows_of(root / DATABASE)
    assert old != new
    last = None
    for remains in each_cut(station.ops, CUTS[cut], crashed):
        if remains.image != last:
            with on_disk(remains.image) as path:
                assert rows_of(path) in (old, new)
        last = remains.image
