"""Let the next group gather after a slow commit, so that halves do not alternate.

Those who wait for the commit are one half; those whom it answered would be the other, each time.
"""

import asyncio
from collections.abc import Callable, Iterable

from sidecar.daemon.peer import PeerConnection

# The longest that those who were answered are waited for: as long as a client takes to ask again.
GATHER_S = 0.001


class Gathering:
    """Wait until all who were just answered have asked again or left, but not for long."""

    def __init__(self, loop: asyncio.AbstractEventLoop, then: Callable[[], None]) -> None:
        """Wait on a loop; `then` is called at each end."""
        self._loop = loop
        self._then = then
        self._awaited: set[PeerConnection] = set()
        self._end: asyncio.TimerHandle

    def begin(self, answered: Iterable[PeerConnection]) -> None:
        """Wait for these; a group of waiting requests alone has answered nobody."""
        self._awaited = set(answered)
        self._end = self._loop.call_later(GATHER_S if self._awaited else 0, self._end_late)

    def has_come(self, peer: PeerConnection) -> None:
        """Wait for this one no longer."""
        if peer not in self._awaited:
            return
        self._awaited.discard(peer)
        if not self._awaited:
            self._end.cancel()
            self._loop.call_soon(self._then)

    def _end_late(self) -> None:
        self._awaited.clear()
        self._then()
