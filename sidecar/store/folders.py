"""Make files and folders outlast a power cut."""

import os
from pathlib import Path

# A folder of the daemon's is its owner's alone.
PRIVATE = 0o700


def sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, where there is none.

    Its name is on the disk before anything in it is promised: what is synced in a folder that a
    power cut takes away is lost with it.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    for each in reversed(missing):
        sync(each.parent)
