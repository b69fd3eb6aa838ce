"""What SQLite cannot do now, in the words of the contract."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from sidecar.model.errors import StorageUnavailable


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
    found = (reason for kind, reason in reasons if isinstance(error, kind))
    return next((StorageUnavailable(reason=reason) for reason in found), None)


@contextmanager
def outages() -> Iterator[None]:
    """Turn what SQLite cannot do now into an Outage; its other errors are bugs and stay."""
    try:
        yield
    except apsw.Error as error:
        raise outage_of(error) or error from error
