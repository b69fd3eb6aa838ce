"""Tell which errors of SQLite are outages, which clients are told, and which are bugs of ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from sidecar.model.errors import Outage, StorageUnavailable
from sidecar.store import checksums


class GroupLost(Exception):
    """Say that the whole transaction is gone, and with which outage."""

    def __init__(self, outage: Outage) -> None:
        super().__init__(str(outage))
        self.outage = outage


def outage_of(error: apsw.Error) -> StorageUnavailable | None:
    """Tell which outage an error of SQLite is; None if it is a bug of ours."""
    reasons: list[tuple[type[apsw.Error], str]] = [
        (apsw.FullError, "disk_full"),
        (apsw.BusyError, "busy"),
        (apsw.LockedError, "busy"),
        (apsw.ReadOnlyError, "read_only"),
        (apsw.IOError, "io_error"),
        (apsw.CantOpenError, "io_error"),
        (apsw.CorruptError, "corrupt"),
        (apsw.NotADBError, "corrupt"),
    ]
    if checksums.is_fault(error):
        return StorageUnavailable(reason="corrupt")
    for kind, reason in reasons:
        if isinstance(error, kind):
            return StorageUnavailable(reason=reason)
    return None


@contextmanager
def outages() -> Iterator[None]:
    """Turn what SQLite cannot do now into an Outage; its other errors are bugs and stay."""
    try:
        yield
    except apsw.Error as error:
        raise outage_of(error) or error from error
