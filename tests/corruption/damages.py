"""Ways in which a disk, a copy or a stray program damages a file; the same for the same seed."""

import os
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

PAGE_BYTES = 4096
# The header of a page of a tree, and the places of its first cells.
HEADER_BYTES = 16
# What is inside a record's text is no structure: SQLite has no checksum that could tell.
CELLS = "a bit of a cell"


def stride(usual: int) -> int:
    """Tell of how many damages one is tried: fewer in CI than could be."""
    return int(os.environ.get("SIDECAR_CORRUPTION_STRIDE", usual))


class Damage(NamedTuple):
    """Be one way, and the file as it is after it."""

    kind: str
    page: int
    content: bytes


def pages_of(content: bytes) -> int:
    return len(content) // PAGE_BYTES


def each_page(content: bytes, random: Random) -> Iterator[Damage]:
    """Damage page by page in turn, in each way."""
    for page in range(pages_of(content)):
        for kind, change in WAYS.items():
            yield Damage(kind, page + 1, change(content, page, random))


def cut_off(content: bytes) -> Iterator[Damage]:
    """End the file early: at nothing, inside its header, at a page, inside a page."""
    whole = pages_of(content)
    places = [0, 1, 50, 99, 100, 512, PAGE_BYTES - 1]
    places += [PAGE_BYTES * page for page in range(1, whole, max(1, whole // 12))]
    places += [PAGE_BYTES * page + 1000 for page in range(1, whole, max(1, whole // 5))]
    for place in places:
        yield Damage("cut off", place // PAGE_BYTES + 1, content[:place])


def _put(content: bytes, page: int, text: bytes) -> bytes:
    start = page * PAGE_BYTES
    return content[:start] + text + content[start + PAGE_BYTES :]


def _get(content: bytes, page: int) -> bytes:
    return content[page * PAGE_BYTES : (page + 1) * PAGE_BYTES]


def _zeroes(content: bytes, page: int, _random: Random) -> bytes:
    return _put(content, page, bytes(PAGE_BYTES))


def _noise(content: bytes, page: int, random: Random) -> bytes:
    return _put(content, page, random.randbytes(PAGE_BYTES))


def _half(content: bytes, page: int, random: Random) -> bytes:
    """Tear it: the second half is of another page."""
    other = random.randrange(pages_of(content))
    half = PAGE_BYTES // 2
    return _put(content, page, _get(content, page)[:half] + _get(content, other)[half:])


def _swapped(content: bytes, page: int, random: Random) -> bytes:
    other = random.randrange(pages_of(content))
    one, two = _get(content, page), _get(content, other)
    return _put(_put(content, page, two), other, one)


def _flipped(content: bytes, at: int, random: Random) -> bytes:
    bit = 1 << random.randrange(8)
    return content[:at] + bytes((content[at] ^ bit,)) + content[at + 1 :]


def _header_bit(content: bytes, page: int, random: Random) -> bytes:
    # The first page has the file's own header before that of its tree.
    size = 100 + HEADER_BYTES if page == 0 else HEADER_BYTES
    return _flipped(content, page * PAGE_BYTES + random.randrange(size), random)


def _cell_bit(content: bytes, page: int, random: Random) -> bytes:
    """Flip a bit where something is written; in free space it would be nothing."""
    written = [
        at
        for at in range(page * PAGE_BYTES + HEADER_BYTES, (page + 1) * PAGE_BYTES)
        if content[at] and (page or at >= 100 + HEADER_BYTES)
    ]
    return _flipped(content, random.choice(written), random) if written else content


WAYS: dict[str, Callable[[bytes, int, Random], bytes]] = {
    "zeroes": _zeroes,
    "noise": _noise,
    "half of another page": _half,
    "swapped with another": _swapped,
    "a bit of a header": _header_bit,
    CELLS: _cell_bit,
}
