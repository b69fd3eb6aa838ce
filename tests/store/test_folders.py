"""A folder that was made is on the disk before anything in it is promised."""

import os
from pathlib import Path

import pytest

from sidecar.store.folders import make_folder


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Note what is synced, in order."""
    noted: list[Path] = []
    monkeypatch.setattr(
        os, "fsync", lambda fd: noted.append(Path(f"/proc/self/fd/{fd}").readlink())
    )
    return noted


def test_each_new_name_is_synced_from_above(folder: Path, synced: list[Path]) -> None:
    make_folder(folder / "a" / "b")
    assert synced == [folder, folder / "a"]
    assert (folder / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_there_costs_nothing(folder: Path, synced: list[Path]) -> None:
    make_folder(folder)
    assert synced == []
