"""A folder that was made is on the disk before anything in it is promised."""

import os
from pathlib import Path

import pytest

from sidecar.store.folders import make_folder
from tests.store.support import opened


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Note what is synced, in order."""
    noted: list[Path] = []
    monkeypatch.setattr(
        os, "fsync", lambda fd: noted.append(Path(f"/proc/self/fd/{fd}").readlink())
    )
    return noted


def test_each_name_is_synced_up_to_the_mount(folder: Path, synced: list[Path]) -> None:
    made = folder / "a" / "b"
    make_folder(made)
    assert synced[:2] == [folder / "a", folder]
    assert synced[-1].is_mount()
    assert made.stat().st_mode & 0o777 == 0o700


def test_a_new_database_has_a_folder_that_stays_whoever_made_it(
    folder: Path, synced: list[Path]
) -> None:
    path = folder / "made" / "sidecar.db"
    # As whoever starts a daemon does, for its log.
    path.parent.mkdir()
    with opened(path):
        assert folder in synced
    synced.clear()
    with opened(path):
        assert folder not in synced
