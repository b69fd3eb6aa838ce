"""The specimen, made once for a worker: as a file alone, and with a log that is not copied yet."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sidecar.store.database import Database
from tests.corruption.trial import Specimen, StillSource, place, run
from tests.support import DaemonThread
from tests.support.specimen import fill


def made(*, checksums: bool) -> Iterator[Specimen]:
    folder = Path(tempfile.mkdtemp(prefix="sc"))
    path = folder / "sidecar.db"
    Database(path, StillSource(), new_checksums=checksums).close()
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        fill(peer.ask)
        begun, log = path.read_bytes(), path.with_name("sidecar.db-wal").read_bytes()
    content = path.read_bytes()
    right = run(folder)
    place(folder, begun, log)
    yield Specimen(content, begun, log, right, run(folder))
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def specimen() -> Iterator[Specimen]:
    yield from made(checksums=False)


@pytest.fixture(scope="session")
def summed() -> Iterator[Specimen]:
    """The same, made with checksums."""
    yield from made(checksums=True)
