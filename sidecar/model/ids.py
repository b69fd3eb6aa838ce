"""Ids: any client may mint one; the daemon's own are a prefix and a UUIDv7 in hex.

UUIDv7 (RFC 9562, section 5.7) begins with the time, so that ids sort as they were made.
"""

from typing import Literal

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}\Z"
# Names that other systems gave: no control characters, 1 to 256 characters.
NAME_PATTERN = r"^[^\x00-\x1f\x7f-\x9f]{1,256}\Z"
EVENT_PATTERN = r"^[a-z0-9_.:/-]{1,128}\Z"
# A name of an event, a prefix of names (`turn.*`), or all of them (`*`).
EVENT_GLOB_PATTERN = r"^(?:[a-z0-9_.:/-]{1,128}|[a-z0-9_.:/-]{0,127}\*)\Z"

Prefix = Literal[
    "thr", "turn", "item", "inp", "msg", "run", "step", "mbe", "req", "key", "db", "inc", "sub"
]
RANDOM_BITS = 74


def mint(prefix: Prefix, now_ms: int, random_bits: int) -> str:
    """Make a time-ordered id from a moment and 74 random bits.

    Both come from outside, so that a test can name every id beforehand.
    """
    assert 0 <= random_bits < 1 << RANDOM_BITS, "a UUIDv7 has room for 74 random bits"
    high, low = random_bits >> 62, random_bits & ((1 << 62) - 1)
    value = (now_ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return f"{prefix}_{value:032x}"
