"""Let the next group gather: whoever was answered by a commit is about to ask again.

While commits are fast, a group stays open for a few turns of the loop. After a slow one the next
waits to begin: those who wait for the commit are one half, and those whom it answered would be the
other, each time.
"""

import asyncio
from collections.abc import Callable, Iterable

from sidecar.daemon.peer import PeerConnection

# Commits slower than this on average are not the loop's to wait for.
SLOW_COMMIT_MS = 0.5
# Weight of the newest commit in the moving average.
SMOOTHING = 0.1
# Turns of the loop, each a look at all sockets: together as long as a client takes to ask again,
# and less than the commit that is shared by it.
HELD_TURNS = 8
# The longest that those who were answered are waited for after a slow commit.
GATHER_S = 0.001


class Pace:
    """Know whether commits are fast."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        """Measure by a stopwatch."""
        self._elapsed_s = elapsed_s
        self._commit_ms = 0.0

    @property
    def is_fast(self) -> bool:
        """Tell whether they are the loop's to wait for."""
        return self._commit_ms < SLOW_COMMIT_MS

    def measure(self, started_s: float) -> float:
        """Count a commit that began then and has ended; tell the seconds that it took."""
        took_s = self._elapsed_s() - started_s
        self._commit_ms += SMOOTHING * (took_s * 1000 - self._commit_ms)
        return took_s


class Gathering:
    """Know who was just answered and has neither asked again nor left."""

    def __init__(self, loop: asyncio.AbstractEventLoop, then: Callable[[], None]) -> None:
        """Wait on a loop; `then` is called at the end of each wait."""
        self._loop = loop
        self._then = then
        self._awaited: set[PeerConnection] = set()
        self._turns_left = 0
        self._end: asyncio.TimerHandle | None = None

    def expect(self, answered: Iterable[PeerConnection]) -> None:
        """Be told whom a commit has answered; who has sent more already is not waited for."""
        self._awaited = {peer for peer in answered if not peer.is_runnable}
        self._turns_left = HELD_TURNS

    def may_hold(self) -> bool:
        """Tell whether a group shall stay open for one more turn."""
        self._turns_left -= 1
        return bool(self._awaited) and self._turns_left >= 0

    def begin(self) -> None:
        """Wait until all have come, but not for long."""
        self._end = self._loop.call_later(GATHER_S if self._awaited else 0, self._end_late)

    def has_come(self, peer: PeerConnection) -> None:
        """Wait for this one no longer."""
        if peer not in self._awaited:
            return
        self._awaited.discard(peer)
        if not self._awaited and self._end is not None:
            self._end.cancel()
            self._end = None
            self._loop.call_soon(self._then)

    def _end_late(self) -> None:
        self._end = None
        self._awaited.clear()
        self._then()
