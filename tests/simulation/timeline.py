"""Simulated time: whatever happens, happens at a moment of it, in an order that a seed decides."""

import random
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

from tests.support.source import START_MS

SECOND_US = 1_000_000
HOUR_US = 3600 * SECOND_US


class Timeline:
    """Be the clock that nothing moves but what happens, and the list of what is to happen."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.now_us = 0
        self._numbers = count()
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        # Time that a helper thread takes is not the loop's.
        self._aside_us: int | None = None

    def chance(self, name: str) -> random.Random:
        """Make a source of chance of its own: what one draws does not move another."""
        return random.Random(f"{self.seed} {name}")

    def at(self, at_us: int, happen: Callable[[], None]) -> None:
        heappush(self._due, (max(at_us, self.now_us), next(self._numbers), happen))

    def after(self, delay_us: int, happen: Callable[[], None]) -> None:
        self.at(self.now_us + delay_us, happen)

    @property
    def next_us(self) -> int:
        """Tell when the next thing happens; there always is one."""
        return self._due[0][0]

    def step(self) -> None:
        """Let the next thing happen."""
        at_us, _, happen = heappop(self._due)
        self.now_us = max(self.now_us, at_us)
        happen()

    def spend(self, duration_us: int) -> None:
        """Let time go by while something is being done."""
        if self._aside_us is None:
            self.now_us += duration_us
        else:
            self._aside_us += duration_us

    def aside(self, run: Callable[[], None]) -> int:
        """Run something as another thread would; tell how long it takes."""
        self._aside_us = 0
        try:
            run()
            return self._aside_us
        finally:
            self._aside_us = None


class SimulatedSource:
    """Tell the wall clock's time, which may jump, a stopwatch's, which does not, and draw."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._chance = timeline.chance("source")
        self._offset_us = 0
        self.jumps = 0

    def now_ms(self) -> int:
        return START_MS + (self._timeline.now_us + self._offset_us) // 1000

    def elapsed_s(self) -> float:
        # What is done between two looks takes its time; seldom it is much.
        slow = self._chance.random() < 0.01
        self._timeline.spend(self._chance.randrange(3_000 if slow else 30))
        return self._timeline.now_us / SECOND_US

    def random_bits(self, count: int) -> int:
        return self._chance.getrandbits(count)

    def jump_ms(self, duration_ms: int) -> None:
        self.jumps += 1
        self._offset_us = max(-self._timeline.now_us, self._offset_us + duration_ms * 1000)
