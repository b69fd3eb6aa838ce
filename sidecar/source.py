"""The one source of time and randomness; a test puts a fake one in its place."""

import secrets
import time


class SystemSource:
    """Ask the system."""

    def now_ms(self) -> int:
        """Tell the Unix time in milliseconds."""
        return time.time_ns() // 1_000_000

    def random_bits(self, count: int) -> int:
        """Draw an unsigned integer of so many random bits."""
        return secrets.randbits(count)
