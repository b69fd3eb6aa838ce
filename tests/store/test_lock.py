"""The lock: one owner, named, released when its process dies however it dies."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sidecar.store.lock import FileLock, LockedByOther
from tests.store.support import opened

HOLD = """
import sys
from pathlib import Path
from sidecar.store.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "sidecar.db.lock"


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process, which holds the lock until it dies."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_second_owner_is_told_the_pid_of_the_first(
    path: Path, holder: subprocess.Popen[bytes]
) -> None:
    with pytest.raises(LockedByOther, match=f"process {holder.pid}") as refused:
        FileLock(path)
    assert refused.value.owner_pid == holder.pid


def test_a_second_owner_in_the_same_process_is_refused_too(folder: Path) -> None:
    path = folder / "sidecar.db"
    with opened(path):
        with pytest.raises(LockedByOther) as refused, opened(path):
            pass
        assert refused.value.owner_pid == os.getpid()


def test_the_death_of_the_owner_releases_it(path: Path, holder: subprocess.Popen[bytes]) -> None:
    holder.kill()
    holder.wait()
    FileLock(path).release()


def test_a_refused_owner_leaves_the_owners_pid(path: Path, holder: subprocess.Popen[bytes]) -> None:
    for _ in range(2):
        with pytest.raises(LockedByOther):
            FileLock(path)
    assert path.read_text().split() == [str(holder.pid)]


def test_the_file_stays_and_names_its_last_owner(path: Path) -> None:
    path.write_text("99999999999999999999\n" * 3)
    lock = FileLock(path)
    assert path.read_text().split() == [str(os.getpid())]
    lock.release()
    assert path.exists()
    FileLock(path).release()


def test_an_owner_that_wrote_no_pid_is_another_process(path: Path) -> None:
    lock = FileLock(path)
    path.write_text("")
    with pytest.raises(LockedByOther, match="another process") as refused:
        FileLock(path)
    assert refused.value.owner_pid is None
    lock.release()


def test_the_lock_is_no_link_to_somewhere_else(path: Path, folder: Path) -> None:
    elsewhere = folder / "precious"
    elsewhere.write_text("kept")
    path.symlink_to(elsewhere)
    with pytest.raises(OSError, match=path.name):
        FileLock(path)
    assert elsewhere.read_text() == "kept"


def test_the_lock_is_private(path: Path) -> None:
    before = os.umask(0)
    try:
        FileLock(path).release()
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
