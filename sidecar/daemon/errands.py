"""Requests that take their time: each a task of its own, whose peer waits for it alone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from sidecar.daemon.dispatch import Request

if TYPE_CHECKING:
    from sidecar.daemon.peer import PeerConnection, Work


class Errands:
    """Hold what is under way beside the groups."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        wake: Callable[["PeerConnection"], None],
        on_end: Callable[[], None],
    ) -> None:
        """Begin with none; `wake` goes on with a peer, `on_end` is called after each."""
        self._loop = loop
        self._wake = wake
        self._on_end = on_end
        self._tasks: dict[asyncio.Task[None], None] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def run(
        self, work: "Work", request: Request, answer: Awaitable[bytes], started_s: float
    ) -> None:
        """Wait for an answer; those behind it on its peer wait too."""
        work.peer.is_blocked = True

        async def finish() -> None:
            work.settle(request, await answer, started_s)
            work.peer.is_blocked = False
            self._wake(work.peer)

        task = self._loop.create_task(finish())
        self._tasks[task] = None
        task.add_done_callback(self._end)

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._tasks.pop(task, None)
        if not task.cancelled():
            task.result()
        self._on_end()

    async def close(self) -> None:
        """Cut off what still takes its time."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
