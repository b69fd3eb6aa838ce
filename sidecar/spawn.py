"""Find the daemon of a socket, or start it; however many ask at once, they end up on one."""

import fcntl
import os
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

# EX_TEMPFAIL, by which a daemon tells that another one runs.
EXIT_ALREADY_RUNNING = 75
# How long a daemon may recover before it is ready: a database of any size, on a slow disk.
READY_S = 60.0
# How long a daemon that listens may take to answer a ping: as long as it may take to drain.
ANSWER_S = 10.0
# Between two looks at a socket on which somebody else is about to listen, or to stop.
LOOK_S = 0.05
# Looks before the next start: what another one begins is ready in less.
LOOKS = 5
# Starts, with their looks: longer than the old daemon's drain, which ends within 10 s.
MAX_STARTS = 50
# What must not steer a daemon that has neither our parent nor our supervisor.
NOT_INHERITED = ("NOTIFY_SOCKET", "SIDECAR_STDIO", "SIDECAR_READY_FD", "SIDECAR_PARENT_FD")
PING = b'{"jsonrpc":"2.0","id":0,"method":"daemon/ping"}\n'
PIECE_BYTES = 4096
# What a bundle's loader sets for the bundle alone: others would load its libraries for their own.
LOADER_PATH = "LD_LIBRARY_PATH"
LOADER_NAMES = "_PYI_"

State = Literal["serves", "ends", "hangs"]


class CannotSpawn(Exception):
    """Say why there is no daemon, and by which number the one that was started ended."""

    def __init__(self, reason: str, exit_code: int | None = None) -> None:
        super().__init__(reason)
        self.exit_code = exit_code


def program() -> list[str]:
    """Name the command that is `sidecar`: this interpreter's, or where there is none a program's.

    In a bundle the executable is no interpreter. It is `sidecar` itself where the command line is
    loaded; anybody else's would start itself for ever, so that `sidecar` must be on its PATH.
    """
    if not is_bundled():
        return [sys.executable, "-m", "sidecar"]
    if "sidecar.cli" in sys.modules:
        return [sys.executable]
    found = shutil.which("sidecar")
    if found is None:
        raise CannotSpawn("this program has no Python in it, and `sidecar` is not on its PATH")
    return [found]


def is_bundled() -> bool:
    """Tell whether PyInstaller has made a program of us."""
    return hasattr(sys, "frozen")


def environment() -> dict[str, str]:
    """Tell what a program that we start inherits: what was set when we were started."""
    names = dict(os.environ)
    if is_bundled():
        names = {name: value for name, value in names.items() if not name.startswith(LOADER_NAMES)}
        names.pop(LOADER_PATH, None)
        if (own := names.pop(f"{LOADER_PATH}_ORIG", None)) is not None:
            names[LOADER_PATH] = own
    return names


def lock_path(socket_path: Path) -> Path:
    """Name the lock that who starts a daemon holds meanwhile; the file is never deleted."""
    return socket_path.with_name(socket_path.name + ".spawn.lock")


def connect_or_spawn(socket_path: Path, database_path: Path | None) -> socket.socket:
    """Connect to the daemon, or start one first, which outlives us; raises CannotSpawn.

    What the daemon logs is appended to `sidecar.log` beside the database, or beside the socket
    if no database is named.
    """
    if (found := _connect(socket_path)) is not None:
        return found
    try:
        socket_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log_path = (database_path or socket_path).with_name("sidecar.log")
        log_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(lock_path(socket_path)), _appended(log_path) as log_fd:
            return _start_until_there(socket_path, database_path, log_fd)
    except OSError as error:
        raise CannotSpawn(f"{error.filename or socket_path}: {error.strerror}") from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Wait for whoever starts a daemon now; it holds the lock for a bounded time."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


@contextmanager
def _appended(path: Path) -> Iterator[int]:
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    fd = os.open(path, flags, 0o600)
    try:
        yield fd
    finally:
        os.close(fd)


def _start_until_there(socket_path: Path, database_path: Path | None, log_fd: int) -> socket.socket:
    """Start daemons until one is there: ours, or that of somebody who was faster."""
    for start in range(MAX_STARTS):
        for _ in range(LOOKS if start else 1):
            if (found := _connect(socket_path)) is not None:
                return found
            if start:
                time.sleep(LOOK_S)
        log_size = os.fstat(log_fd).st_size
        code = _start(socket_path, database_path, log_fd)
        if code == 0:
            # Ready, unless somebody has ended it at once: then it is started again.
            if (found := _connect(socket_path)) is not None:
                return found
        elif code != EXIT_ALREADY_RUNNING:
            break
    raise CannotSpawn(_last_words(log_fd, log_size) or f"the daemon ended with {code}", code)


def _connect(path: Path) -> socket.socket | None:
    """Connect to a daemon that serves; None if there is none, or one that is on its way out."""
    sock = socket.socket(socket.AF_UNIX)
    try:
        sock.connect(str(path))
        state = _ask(path)
    except OSError as error:
        sock.close()
        if isinstance(error, ConnectionRefusedError | FileNotFoundError):
            return None
        raise CannotSpawn(f"{path}: {error.strerror or error}") from error
    if state == "serves":
        return sock
    sock.close()
    if state == "hangs":
        raise CannotSpawn(f"who listens on {path} has not answered for {ANSWER_S:.0f} s")
    return None


def _ask(path: Path) -> State:
    """Ask on a connection behind ours: connections are taken in order, and none in a drain.

    Ours cannot be asked on: its framing and its first request are its user's.
    """
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(path))
        sock.settimeout(ANSWER_S)
        answer = b""
        try:
            sock.sendall(PING)
            while not answer.endswith(b"\n"):
                piece = sock.recv(PIECE_BYTES)
                if not piece:
                    return "ends"
                answer += piece
        except TimeoutError:
            return "hangs"
        except OSError:
            return "ends"
    return "ends" if b'"draining"' in answer else "serves"


def _start(socket_path: Path, database_path: Path | None, log_fd: int) -> int:
    """Start a daemon of its own session; 0 when it is ready, else the number it ended with."""
    command = program()
    ready_fd, child_fd = os.pipe()
    command += ["serve", "--socket", str(socket_path.absolute()), "--ready-fd", str(child_fd)]
    if database_path is not None:
        command += ["--database", str(database_path.absolute())]
    names = {name: value for name, value in environment().items() if name not in NOT_INHERITED}
    try:
        child = subprocess.Popen(  # noqa: S603  # this very program
            command,
            stdin=subprocess.DEVNULL, stdout=log_fd, stderr=log_fd, pass_fds=[child_fd],
            cwd="/", env=names, start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(child_fd)
    try:
        poll = select.poll()
        poll.register(ready_fd, select.POLLIN)
        is_in_time = bool(poll.poll(READY_S * 1000))
        is_ready = is_in_time and bool(os.read(ready_fd, PIECE_BYTES))
    finally:
        os.close(ready_fd)
    if is_in_time and not is_ready:
        return child.wait()
    # Whenever it ends: a process that outlives it takes note.
    threading.Thread(target=child.wait, daemon=True).start()
    if not is_in_time:
        raise CannotSpawn(f"the daemon {child.pid} is not ready after {READY_S:.0f} s")
    return 0


def _last_words(log_fd: int, since: int) -> str:
    """Read what the daemons that were started last said."""
    end = os.fstat(log_fd).st_size
    start = max(since, end - PIECE_BYTES)
    lines = os.pread(log_fd, end - start, start).decode(errors="replace").splitlines()
    return lines[-1].removeprefix("sidecar: ") if lines else ""
