"""Let peers in at the socket, and keep enough file descriptors for those who are in.

The loop's own way to accept hangs up on callers without a word, and tells nobody, when there are no
descriptors. Here they wait in the kernel's queue until some are free again; and before it comes to
that, callers are told why they cannot come in.
"""

import asyncio
import errno
import resource
import socket
from collections.abc import Callable

import structlog

from sidecar.daemon.listener import BACKLOG
from sidecar.model.errors import Overloaded, ProtocolError

log = structlog.get_logger()

# Connections that are taken in before others are served again.
BURST = 64
# Descriptors that are left to those who are in: a backup and a check take nine together.
SPARE_FDS = 16
# Until it is tried again when none can be taken in: others end within moments.
PAUSE_S = 0.1
# What the system lacks, and may have again (accept(2)).
SHORTAGES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

# Makes the protocol of a peer, or of one that is turned away with an error.
MakePeer = Callable[[ProtocolError | None], asyncio.Protocol]


class Entrance:
    """Accept until it is closed."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, listening: socket.socket, make_peer: MakePeer
    ) -> None:
        """Open at once; the socket is ours from now on."""
        self._loop = loop
        self._socket = listening
        self._make_peer = make_peer
        self._coming: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._is_short = False
        listening.listen(BACKLOG)
        self._open()

    def _open(self) -> None:
        self._timer = None
        self._loop.add_reader(self._socket, self._accept)

    async def close(self) -> None:
        """Let nobody in any more, and wait until all who were accepted are at the desk."""
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()
        if self._coming:
            await asyncio.wait(self._coming)

    def _accept(self) -> None:
        for _ in range(BURST):
            try:
                caller, _ = self._socket.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in SHORTAGES:
                    raise
                self._pause(error)
                return
            caller.setblocking(False)
            task = self._loop.create_task(self._take_in(caller, self._refusal(caller)))
            self._coming.add(task)
            task.add_done_callback(self._coming.discard)

    def _pause(self, error: OSError) -> None:
        """Leave callers where they are; a level that stays high would call us at once again."""
        self._tell_shortage(str(error))
        self._loop.remove_reader(self._socket)
        self._timer = self._loop.call_later(PAUSE_S, self._open)

    def _refusal(self, caller: socket.socket) -> ProtocolError | None:
        """Turn away who gets one of the last descriptors: the system gives the lowest first."""
        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if most == resource.RLIM_INFINITY or caller.fileno() < most - SPARE_FDS:
            self._is_short = False
            return None
        self._tell_shortage("hardly any file descriptors are left")
        return Overloaded()

    def _tell_shortage(self, reason: str) -> None:
        """Tell it once until somebody can come in again."""
        if not self._is_short:
            log.warning("nobody can connect", reason=reason)
        self._is_short = True

    async def _take_in(self, caller: socket.socket, refusal: ProtocolError | None) -> None:
        await self._loop.connect_accepted_socket(lambda: self._make_peer(refusal), caller)
