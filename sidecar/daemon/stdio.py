"""Speak over stdin and stdout: a peer like any other, but for its end, which is the daemon's.

The loop has one end of a socket pair, so framing, limits and back-pressure are those of every
connection; threads copy between the other end and whatever stdin and stdout are.
"""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from sidecar.daemon.peer import PeerConnection
from sidecar.pump import NobodyReads, copy_in, copy_out

if TYPE_CHECKING:
    from sidecar.daemon.desk import Desk

STDIN, STDOUT, STDERR = 0, 1, 2

log = structlog.get_logger()


class NoStdio(Exception):
    """Say that stdin, stdout or stderr is not there."""


class ParentConnection(PeerConnection):
    """Tell when the parent has sent all that it will send, or its connection is over."""

    def __init__(self, desk: "Desk", owner_uid: int, on_end: Callable[[], None]) -> None:
        """Serve as any peer; `on_end` may be called twice."""
        super().__init__(desk, owner_uid)
        self._on_end = on_end

    def eof_received(self) -> bool:
        """Have what was sent before the end first: then it is no late request."""
        stays_open = super().eof_received()
        self._on_end()
        return stays_open

    def connection_lost(self, error: Exception | None) -> None:
        """End as well when the parent was turned away, or takes no more answers."""
        super().connection_lost(error)
        self._on_end()


class Stdio:
    """Own the stream of the protocol: nothing else in the process can write to it."""

    def __init__(self) -> None:
        """Take stdin and stdout; what reads or prints from now on gets nothing, and stderr."""
        self._sock: socket.socket
        self.is_written = asyncio.Event()
        try:
            # All before the first copy, which would take the place of one that is closed.
            for fd in (STDIN, STDOUT, STDERR):
                os.fstat(fd)
            self._input, self._output = os.dup(STDIN), os.dup(STDOUT)
        except OSError as error:
            raise NoStdio(f"--stdio: stdin, stdout or stderr: {error.strerror}") from error
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, STDIN)
        os.close(null)
        os.dup2(STDERR, STDOUT)

    async def connect(self, desk: "Desk", on_end: Callable[[], None]) -> None:
        """Join the parent as a peer; `on_end` hears of its end."""
        loop = asyncio.get_running_loop()
        self._sock, theirs = socket.socketpair()
        await loop.connect_accepted_socket(
            lambda: ParentConnection(desk, os.geteuid(), on_end), theirs
        )
        # Neither may keep the process: a parent that never writes, or never reads, is its own.
        for name, copy in (("stdin", self._read), ("stdout", lambda: self._write(loop))):
            threading.Thread(target=copy, name=name, daemon=True).start()

    def _read(self) -> None:
        copy_in(self._input, self._sock)

    def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            copy_out(self._sock, self._output)
        except (NobodyReads, OSError) as error:
            log.warning("stdout is lost", reason=str(error))
        # The parent sees the end of the answers, the loop that of its peer.
        os.close(self._output)
        self._sock.shutdown(socket.SHUT_RDWR)
        # A loop that did not wait any longer has ended.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(self.is_written.set)
