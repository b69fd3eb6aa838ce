"""What needs the writer's connection and takes its time: on the helper thread, between groups."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

Made = TypeVar("Made")


class Asides:
    """Hold what is to be run so, in order; the desk starts one when no commit is under way.

    They have a place in its turn: who would merely wait for the end of a commit finds the next
    one begun, again and again, while peers keep it busy.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, thread: Executor, on_ready: Callable[[], None]
    ) -> None:
        """Run on a thread; `on_ready` is called when there is something."""
        self._loop = loop
        self._thread = thread
        self._on_ready = on_ready
        self._waiting: deque[tuple[Callable[[Callable[[], None]], None], asyncio.Future[None]]] = (
            deque()
        )

    @property
    def is_ready(self) -> bool:
        """Tell whether something is to be run that is still wanted."""
        while self._waiting and self._waiting[0][1].done():
            self._waiting.popleft()
        return bool(self._waiting)

    async def run(self, piece: Callable[[], Made]) -> Made:
        """Run a piece and wait for it; reads go on meanwhile."""
        made: asyncio.Future[Made] = self._loop.create_future()
        begun: asyncio.Future[None] = self._loop.create_future()

        def start(on_done: Callable[[], None]) -> None:
            def end(done: asyncio.Future[Made]) -> None:
                on_done()
                if made.cancelled():
                    return
                error = done.exception()
                made.set_result(done.result()) if error is None else made.set_exception(error)

            self._loop.run_in_executor(self._thread, piece).add_done_callback(end)

        self._waiting.append((start, begun))
        self._on_ready()
        try:
            return await made
        finally:
            # Not to be begun any more, if it has not been.
            begun.cancel()

    def start(self, on_done: Callable[[], None]) -> None:
        """Begin the next one; `on_done` is called at its end, before it is told."""
        start, _ = self._waiting.popleft()
        start(on_done)
