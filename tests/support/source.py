"""Time and randomness that a test can foresee."""

import time
from itertools import count

START_MS = 1_700_000_000_000


class FakeSource:
    """Move one millisecond with every look at the clock; count where others draw."""

    def __init__(self) -> None:
        self.at_ms = START_MS
        self._drawn = count(1)

    def now_ms(self) -> int:
        self.at_ms += 1
        return self.at_ms

    def elapsed_s(self) -> float:
        return time.perf_counter()

    def random_bits(self, count: int) -> int:
        return next(self._drawn) % (1 << count)

    def advance_ms(self, duration_ms: int) -> None:
        self.at_ms += duration_ms
