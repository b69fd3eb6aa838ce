"""Files in the making: beside their place until they are whole, and ours while we are at it."""

import fcntl
import os
import re
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from sidecar.store.folders import sync

# What SQLite may have beside a file that it is at.
SIDES = ("-journal", "-wal", "-shm")
# A page: as much as is written to learn whether a disk takes anything.
PROBE_BYTES = 4096


class Part:
    """Be the file that is to become another; locked while it lives, so that nobody clears it away.

    A number of its process would not tell: in containers every daemon has the same.
    """

    def __init__(self, target: Path) -> None:
        """Make it, its owner's alone, in place of what the dead have left; raises OSError."""
        clear(target.parent, re.escape(target.name))
        self._fd, path = mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        self.path = Path(path)
        # Where there are no locks, nobody can take it for one that has none.
        with suppress(OSError):
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def probe(self) -> None:
        """Write a page more, to be told by the system what SQLite does not tell; OSError."""
        os.pwrite(self._fd, bytes(PROBE_BYTES), os.fstat(self._fd).st_size)
        os.fsync(self._fd)

    def sync(self) -> None:
        """Wait until what is written is on the disk; on any thread."""
        os.fsync(self._fd)

    def become(self, target: Path) -> None:
        """Give it its name, for good."""
        self.path.rename(target)
        sync(target.parent)

    def close(self) -> None:
        """Let go of it; what has not become anything is removed."""
        # A disk that fails may keep it: as nobody holds it, the next one clears it away.
        with suppress(OSError):
            _remove(self.path)
        os.close(self._fd)


def left_over(folder: Path, name: str) -> list[Path]:
    """List what was in the making here, for names that match, when its maker died."""
    pattern = re.compile(rf"(\.{name}\.\w{{8}}\.part)(?:{'|'.join(SIDES)})?")
    matches = [pattern.fullmatch(path.name) for path in folder.iterdir()]
    parts = sorted({folder / match[1] for match in matches if match})
    return [part for part in parts if not _is_held(part)]


def clear(folder: Path, name: str) -> None:
    """Remove what is left over."""
    for part in left_over(folder, name):
        _remove(part)


def _is_held(part: Path) -> bool:
    try:
        fd = os.open(part, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        # What it was is gone, and what was beside it is not.
        return False
    except OSError:
        return True
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(fd)
    return False


def _remove(part: Path) -> None:
    for end in (*SIDES, ""):
        part.with_name(part.name + end).unlink(missing_ok=True)
