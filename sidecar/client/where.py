"""Where the daemon is, and how one comes to a socket that is connected to it."""

import socket
from collections.abc import Callable
from pathlib import Path

from sidecar.client.errors import NoDaemon

Opener = Callable[[], socket.socket]
# A daemon that lives accepts within milliseconds; one that is stopped never does.
CONNECT_S = 10.0


def at(path: Path | str | None) -> Opener:
    """Connect to whoever listens; the default path is where the program has it."""

    def connect() -> socket.socket:
        where = _path(path)
        opened = socket.socket(socket.AF_UNIX)
        opened.settimeout(CONNECT_S)
        try:
            opened.connect(str(where))
        except OSError as error:
            opened.close()
            raise NoDaemon(f"no daemon on {where}: {error.strerror or error}") from error
        opened.settimeout(None)
        return opened

    return connect


def spawning(path: Path | str | None, database: Path | str | None) -> Opener:
    """Connect, and start a daemon where there is none."""

    def connect() -> socket.socket:
        from sidecar.spawn import CannotSpawn, connect_or_spawn

        try:
            return connect_or_spawn(_path(path), Path(database) if database else None)
        except CannotSpawn as error:
            raise NoDaemon(str(error)) from error

    return connect


def _path(path: Path | str | None) -> Path:
    if path is not None:
        return Path(path)
    # Imported here: it brings the command line's library with it.
    from sidecar import config

    return config.socket_path(None)
