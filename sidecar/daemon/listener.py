"""The Unix socket: ours alone, private, and never taken from somebody else."""

import contextlib
import os
import socket
import stat
from pathlib import Path

from sidecar.store.lock import FileLock

# sun_path holds 108 bytes with the closing zero (unix(7)).
MAX_PATH_BYTES = 107
# Connections that wait to be accepted; the kernel cuts it to its own maximum.
BACKLOG = 512
# SD_LISTEN_FDS_START.
FIRST_INHERITED_FD = 3


class SocketTaken(Exception):
    """Say that somebody answers on the socket, who does not hold our lock."""


class NotASocket(Exception):
    """Say that the path cannot be used, and why; what is there is left alone."""


def _lock_path(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


class Inherited:
    """Serve a socket that is systemd's, path and life (sd_listen_fds(3))."""

    def __init__(self) -> None:
        """Take the one inherited socket; raises NotASocket if it is none that we can serve."""
        try:
            self._socket = socket.socket(fileno=FIRST_INHERITED_FD)
        except OSError as error:
            raise NotASocket(f"LISTEN_FDS: {error.strerror}") from error
        if self._socket.family != socket.AF_UNIX or self._socket.type != socket.SOCK_STREAM:
            raise NotASocket("LISTEN_FDS: not a Unix stream socket")
        self._socket.setblocking(False)
        self.path = Path(os.fsdecode(self._socket.getsockname()))
        self.lock_path = _lock_path(self.path)

    def listen(self) -> socket.socket:
        """Hand the socket over; it listens already, and may have connections waiting."""
        return self._socket

    def close(self) -> None:
        """Leave the path where it is: systemd keeps listening for the next start."""


def is_activated() -> bool:
    """Tell whether systemd has passed a socket to this very process; NotASocket if several."""
    is_ours = os.environ.pop("LISTEN_PID", "") == str(os.getpid())
    count = os.environ.pop("LISTEN_FDS", "")
    if not is_ours or count in ("", "0"):
        return False
    if count != "1":
        raise NotASocket(f"LISTEN_FDS: {count} sockets, where one is served")
    return True


class Listener:
    """Hold the lock of a socket path, then the listening socket itself."""

    def __init__(self, path: Path) -> None:
        """Take the lock; raises LockedByOther, NotASocket or SocketTaken.

        Nothing listens yet: the daemon recovers first.
        """
        self.path = path
        self.lock_path = _lock_path(path)
        if len(os.fsencode(path)) > MAX_PATH_BYTES:
            raise NotASocket(f"{path} is longer than {MAX_PATH_BYTES} bytes")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = FileLock(self.lock_path)
        except OSError as error:
            raise NotASocket(f"{path}: {error.strerror}") from error
        try:
            self._probe()
        except BaseException:
            self._lock.release()
            raise
        self._inode = 0

    def _probe(self) -> None:
        """Look at what is at the path: nothing, a dead socket of ours, or somebody else's."""
        try:
            mode = self.path.lstat().st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISSOCK(mode):
            raise NotASocket(f"{self.path} exists and is not a socket")
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.path))
            except (ConnectionRefusedError, FileNotFoundError):
                return
            except OSError as error:
                raise NotASocket(f"{self.path}: {error.strerror}") from error
        raise SocketTaken(f"somebody listens on {self.path}")

    def listen(self) -> socket.socket:
        """Replace a dead socket and listen, readable and writable for the owner only.

        Raises NotASocket where none can be made.
        """
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        umask = os.umask(0o177)
        try:
            self.path.unlink(missing_ok=True)
            listening.bind(str(self.path))
        except OSError as error:
            listening.close()
            raise NotASocket(f"{self.path}: {error.strerror}") from error
        finally:
            os.umask(umask)
        listening.listen(BACKLOG)
        self._inode = self.path.lstat().st_ino
        return listening

    def close(self) -> None:
        """Remove our socket, unless somebody has put another in its place."""
        with contextlib.suppress(FileNotFoundError):
            if self.path.lstat().st_ino == self._inode:
                self.path.unlink()
        self._lock.release()
