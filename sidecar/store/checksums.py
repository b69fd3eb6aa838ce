"""A checksum on each page, in databases that were made with it.

SQLite alone notices damage to its trees, not to what is written in them. The checksum is its own
extension (https://sqlite.org/cksumvfs.html): it is made when a page is copied into the database,
and looked at when one is read from there. Whoever copies pages there without it, as another
program does, leaves wrong ones behind: so it is for those who ask for it.
"""

import struct
from functools import cache
from pathlib import Path

import apsw
import apsw.sqlite_extra

from sidecar.store.migrate import WrongDatabase

EXTENSION = "cksumvfs"
VFS = "cksmvfs"
# At the end of a page; the header of the file tells how many there are.
RESERVED_BYTES = 8
RESERVED_AT = 20


class NoChecksums(WrongDatabase):
    """Say that this installation has no checksums, and a database needs them."""


def are_in(path: Path) -> bool:
    """Tell whether a file was made with them."""
    try:
        with path.open("rb") as file:
            return file.read(RESERVED_AT + 1)[RESERVED_AT:] == bytes((RESERVED_BYTES,))
    except OSError:
        # Whoever opens it is told why it cannot be read.
        return False


def vfs(*, wanted: bool) -> str | None:
    """Name the VFS that keeps them; None is the default one."""
    if wanted:
        load()
        return VFS
    return None


@cache
def load() -> None:
    """Let SQLite know its extension, once for a process; raises NoChecksums."""
    default = apsw.vfs_names()[0]
    db = apsw.Connection("")
    try:
        apsw.sqlite_extra.load(db, EXTENSION)
    except (
        # A bundle has not even the list of them.
        OSError,
        LookupError,
        apsw.sqlite_extra.NotAvailable,
        apsw.ExtensionLoadingError,
    ) as error:
        raise NoChecksums(f"this installation has no checksums for SQLite ({EXTENSION})") from error
    finally:
        db.close()
    # It would take over every other file of this process too.
    apsw.set_default_vfs(default)


def connect(path: Path, flags: int) -> apsw.Connection:
    """Open a file in the way in which it was made."""
    return apsw.Connection(str(path), flags=flags, vfs=vfs(wanted=are_in(path)))


def is_fault(error: Exception) -> bool:
    """Tell whether an error is that of a wrong checksum."""
    return getattr(error, "extendedresult", 0) == apsw.SQLITE_IOERR_DATA


def sum_of(text: bytes, before: bytes, order: str, *, out: str = ">") -> bytes:
    """Compute SQLite's checksum of words in pairs, going on from the one before."""
    one, two = struct.unpack(f"{out}2I", before)
    words = struct.unpack(f"{order}{len(text) // 4}I", text)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return struct.pack(f"{out}2I", one, two)
