"""The other side of NOTIFY_SOCKET: what the daemon tells, as it arrives."""

import socket
from pathlib import Path
from typing import Self

from tests.support.peer import HANG_S

# More than any of the daemon's own words.
WORDS_BYTES = 4096


class Supervisor:
    """Hear what is told, one datagram after the other."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(HANG_S)
        self._socket.bind(str(self.path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def hear(self) -> list[str]:
        """Wait for the next datagram."""
        return self._socket.recv(WORDS_BYTES).decode().split("\n")

    def hear_until(self, word: str) -> list[str]:
        """Wait for one that says this, among other things; tell all that was said until then."""
        heard = self.hear()
        while word not in heard:
            heard += self.hear()
        return heard
