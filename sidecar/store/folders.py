"""Make files and folders outlast a power cut."""

import os
from contextlib import suppress
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

    Its name is on the disk before anything in it is promised, whoever has made it: what is synced
    in a folder that a power cut takes away is lost with it.
    """
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    own = folder.resolve()
    for each in (own, *own.parents):
        if each.is_mount():
            return
        # Where we may not look, the folder was there before anybody like us came.
        with suppress(PermissionError):
            sync(each.parent)
