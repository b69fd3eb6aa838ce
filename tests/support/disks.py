"""A file system of a few megabytes, for a test alone."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(path: Path, size_bytes: int) -> Iterator[Path]:
    """Mount one, or skip where that is not allowed."""
    path.mkdir(mode=0o700)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_bytes},mode=700", "none", path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"NOT TESTED: a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", path], check=True)


def free_bytes(disk: Path) -> int:
    """Tell how much room is left on a disk."""
    found = os.statvfs(disk)
    return found.f_bavail * found.f_frsize
