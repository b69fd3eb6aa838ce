"""An event loop on simulated time: one callback after the other, in an order of the seed's."""

import asyncio
import contextvars
from asyncio.events import _set_running_loop  # for loops, says its docstring
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any

from tests.simulation.timeline import SECOND_US, Timeline

# What passes between two turns of the loop: the longest look at the sockets.
TURN_US = 40
# How long a helper thread may take to begin, and its result to be seen.
HOP_US = 200

Listen = Callable[[Callable[[], asyncio.Protocol]], None]


class SimulatedLoop(asyncio.AbstractEventLoop):
    """Run one process's callbacks and tasks; `kill` ends it between two of them, for good."""

    def __init__(self, timeline: Timeline, listen: Listen, hang_up: Callable[[], None]) -> None:
        self._timeline = timeline
        self.listen = listen
        self.hang_up = hang_up
        self._chance = timeline.chance(f"loop {timeline.now_us}")
        self._ready: deque[asyncio.Handle] = deque()
        self._tasks: list[asyncio.Task[Any]] = []
        self._is_turning = False
        self._free_us: dict[Executor, int] = {}
        self.is_dead = False
        self.failure: BaseException | None = None

    # -- callbacks ---------------------------------------------------------------------------------

    def time(self) -> float:
        return self._timeline.now_us / SECOND_US

    def call_soon(
        self,
        callback: Callable[..., object],
        *args: object,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        self._turn_soon()
        return handle

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: object,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: object,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)

        def come() -> None:
            if not handle.cancelled() and not self.is_dead:
                self._ready.append(handle)
                self._turn_soon()

        # Rounded up: a timer never comes too soon.
        self._timeline.at(-int(-when * SECOND_US // 1), come)
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Be told by a handle; it is passed over when its moment comes."""

    def _turn_soon(self) -> None:
        if not self._is_turning and not self.is_dead:
            self._is_turning = True
            self._timeline.after(self._chance.randrange(1, TURN_US), self._turn)

    def _turn(self) -> None:
        self._is_turning = False
        for _ in range(len(self._ready)):
            if self.is_dead:
                return
            self.run(self._ready.popleft())
        if self._ready:
            self._turn_soon()

    def run(self, handle: asyncio.Handle) -> None:
        """Run one callback as the loop's own, here and now."""
        if handle.cancelled() or self.is_dead:
            return
        self._run(handle)
        if self.failure is not None and not self.is_dead:
            raise self.failure

    def _run(self, handle: asyncio.Handle) -> None:
        _set_running_loop(self)
        try:
            handle._run()
        finally:
            _set_running_loop(None)

    def perform(self, callback: Callable[..., object], *args: object) -> None:
        self.run(asyncio.Handle(callback, args, self))

    @property
    def is_idle(self) -> bool:
        return not self._ready

    # -- futures, tasks, threads -------------------------------------------------------------------

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]
        self, coro: Coroutine[Any, Any, Any], **_: object
    ) -> asyncio.Task[Any]:
        self._tasks = [task for task in self._tasks if not task.done()]
        task = asyncio.Task(coro, loop=self)
        self._tasks.append(task)
        return task

    def run_in_executor(
        self, executor: Executor | None, func: Callable[..., Any], *args: object
    ) -> asyncio.Future[Any]:
        """Run it at one moment between now and the end; the loop goes on meanwhile."""
        future = self.create_future()
        begin_us = self._timeline.now_us + self._chance.randrange(HOP_US)
        # The pool that `None` stands for has a thread for each.
        if executor is not None:
            begin_us = max(begin_us, self._free_us.get(executor, 0))
            self._free_us[executor] = begin_us

        def begin() -> None:
            if self.is_dead:
                return
            outcome: list[Callable[[], None]] = []

            def run() -> None:
                try:
                    made = func(*args)
                except Exception as error:  # noqa: BLE001  # told to whoever waits for it
                    failed = error
                    outcome.append(lambda: future.set_exception(failed))
                else:
                    outcome.append(lambda: future.set_result(made))

            took_us = self._timeline.aside(run) + self._chance.randrange(HOP_US)
            if executor is not None:
                self._free_us[executor] = self._timeline.now_us + took_us
            self._timeline.after(took_us, lambda: end(outcome[0]))

        def end(settle: Callable[[], None]) -> None:
            if not self.is_dead and not future.done():
                self.perform(settle)

        self._timeline.at(begin_us, begin)
        return future

    # -- the rest ----------------------------------------------------------------------------------

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep what the product would end itself at."""
        if not self.is_dead:
            error = context.get("exception")
            self.failure = error or AssertionError(str(context.get("message")))

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return not self.is_dead

    def is_closed(self) -> bool:
        return self.is_dead

    def kill(self) -> None:
        """End the process: nothing of it is run any more."""
        self.is_dead = True

    def bury(self) -> None:
        """Unwind the tasks of a killed process, so that nothing of it is left in memory.

        Python would close their coroutines where nobody hears them complain.
        """
        # A task may wait at its end for what never comes: it is told again.
        while waiting := [task for task in self._tasks if not task.done()]:
            for task in waiting:
                task.cancel()
            for _ in range(len(self._ready)):
                handle = self._ready.popleft()
                if not handle.cancelled():
                    self._run(handle)
        for task in self._tasks:
            if not task.cancelled():
                # Looked at, so that nobody complains of it.
                task.exception()
        self._tasks.clear()


def make_loop(timeline: Timeline, listen: Listen, hang_up: Callable[[], None]) -> SimulatedLoop:
    """Make a loop; what a loop can do and a daemon never asks of it is not there."""
    return SimulatedLoop(timeline, listen, hang_up)  # type: ignore[abstract]
