"""What SQLite and the disk cannot do now, in the words of the contract."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from sidecar.model.errors import Outage, StorageUnavailable
from sidecar.store import checksums

# No room, or none for us: a quota, or a limit of the file's size, is a full disk to who meets it.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)
# No fault of a path that was named.
OF_DISK = (*FULL, errno.EIO)

REASONS: tuple[tuple[type[apsw.Error], str], ...] = (
    (apsw.FullError, "disk_full"),
    (apsw.BusyError, "busy"),
    (apsw.LockedError, "busy"),
    (apsw.ReadOnlyError, "read_only"),
    (apsw.IOError, "io_error"),
    (apsw.CantOpenError, "io_error"),
    (apsw.CorruptError, "corrupt"),
    (apsw.NotADBError, "corrupt"),
)


class GroupLost(Exception):
    """Say that the whole transaction is gone, and with which outage."""

    def __init__(self, outage: Outage) -> None:
        super().__init__(str(outage))
        self.outage = outage


def reason_of(error: OSError) -> str:
    """Tell which outage an error of the system is."""
    if error.errno in FULL:
        return "disk_full"
    return "read_only" if error.errno in READ_ONLY else "io_error"


def outage_of(error: apsw.Error, db: apsw.Connection | None = None) -> StorageUnavailable | None:
    """Tell which outage an error of SQLite is; None if it is a bug of ours.

    SQLite knows ENOSPC alone for a full disk; what else the system has told, its connection knows.
    """
    if checksums.is_fault(error):
        return StorageUnavailable(reason="corrupt")
    for kind, reason in REASONS:
        if isinstance(error, kind):
            is_full = reason == "io_error" and db is not None and db.system_errno in FULL
            return StorageUnavailable(reason="disk_full" if is_full else reason)
    return None


@contextmanager
def outages(db: apsw.Connection | None = None) -> Iterator[None]:
    """Turn what SQLite cannot do now into an Outage; its other errors are bugs and stay."""
    try:
        yield
    except apsw.Error as error:
        raise outage_of(error, db) or error from error
