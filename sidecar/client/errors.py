"""Every way in which a call can fail, as an exception."""

from collections.abc import Mapping
from typing import ClassVar


class Error(Exception):
    """Be whatever this client raises of its own, so that one `except` can hold it all."""


class SidecarError(Error):
    """Be the error that the daemon answered with; each kind has a class of its own.

    Unless `retryable`, the request left no trace. `details` has all that the daemon told
    besides, as plain values by their names on the wire.
    """

    # What the daemon tells with this kind: its name on the wire, and the attribute's.
    names: ClassVar[Mapping[str, str]] = {}

    def __init__(self, code: int, message: str, data: Mapping[str, object]) -> None:
        super().__init__(code, message, data)
        self.code = code
        self.message = message
        self.kind = str(data.get("kind"))
        self.retryable = data.get("retryable") is True
        told = {name: value for name, value in data.items() if name not in ("kind", "retryable")}
        self.details: dict[str, object] = told
        for name, attribute in self.names.items():
            setattr(self, attribute, told.get(name))

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}"


class NoDaemon(Error):
    """Say that nobody answers on the socket; what was asked has not happened."""


class AnswerLost(Error):
    """Say that the connection ended before the answer came: it may or may not have happened."""


class WrongProtocol(Error):
    """Say that the daemon speaks another version of the protocol."""


class Unreadable(Error):
    """Say that what came is not what the contract says; it may have happened."""


class HistoryLost(Error):
    """Say that events cannot be followed on: the database has gone back, or is another one."""


class Closed(Error):
    """Say that this client has been closed."""
