"""The one source of time and randomness; a test puts a fake one in its place."""

import secrets
import time


def monotonic_us() -> int:
    """Tell the microseconds of CLOCK_MONOTONIC, by which systemd orders what it is told."""
    return time.monotonic_ns() // 1000


class SystemSource:
    """Ask the system."""

    def now_ms(self) -> int:
        """Tell the Unix time in milliseconds."""
        return time.time_ns() // 1_000_000

    def elapsed_s(self) -> float:
        """Tell the seconds since some moment: a stopwatch, which no change of the time moves."""
        return time.perf_counter()

    def random_bits(self, count: int) -> int:
        """Draw an unsigned integer of so many random bits."""
        return secrets.randbits(count)
