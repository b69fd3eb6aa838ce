"""However a stream is cut into pieces, it is cut into the same messages, and memory is bounded."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from sidecar.daemon.framing import BrokenStream, Framing
from sidecar.model import limits
from tests.fuzz.bits import Bits

# Small enough for a fuzzer's inputs to meet them.
MESSAGE_BYTES = 64
HEADER_BYTES = 48
MAX_CUTS = 6
# Longer streams are not cut at every byte: that costs the square of them.
SINGLE_BYTES = 160


def fuzz(data: bytes) -> None:
    bits = Bits(data)
    sizes = [1 + bits.number(64) for _ in range(bits.number(MAX_CUTS + 1))]
    stream = bits.rest()
    with _limits(MESSAGE_BYTES, HEADER_BYTES):
        whole = _cut([stream])
        assert whole == _cut(_pieces(stream, sizes)), "other pieces make other messages"
        if len(stream) <= SINGLE_BYTES:
            assert whole == _cut(stream[at : at + 1] for at in range(len(stream)))
        _check_frames(whole)


@contextmanager
def _limits(message: int, header: int) -> Iterator[None]:
    kept = limits.MAX_MESSAGE_BYTES, limits.MAX_HEADER_BYTES
    limits.MAX_MESSAGE_BYTES, limits.MAX_HEADER_BYTES = message, header
    try:
        yield
    finally:
        limits.MAX_MESSAGE_BYTES, limits.MAX_HEADER_BYTES = kept


def _pieces(stream: bytes, sizes: list[int]) -> Iterator[bytes]:
    at = 0
    for size in sizes:
        yield stream[at : at + size]
        at += size
    yield stream[at:]


Cut = tuple[str, list[bytes], str | None]


def _cut(pieces: Iterator[bytes] | list[bytes]) -> Cut:
    """Tell the framing, the messages, and with which error it ended."""
    framing, messages = Framing(), deque[bytes]()
    broken = None
    for piece in pieces:
        try:
            framing.feed(piece, messages)
        except BrokenStream as error:
            broken = error.error.kind
            break
        held = sum(map(len, framing._parts))
        assert held <= MESSAGE_BYTES + HEADER_BYTES + 4 + len(piece), f"{held} bytes are held"
        assert held == framing._size
    else:
        framing.end(messages)
    assert all(len(message) <= MESSAGE_BYTES for message in messages)
    return framing.kind, list(messages), broken


def _check_frames(cut: Cut) -> None:
    """Hold that what is framed in kind is read as what it was."""
    kind, messages, _ = cut
    framing = Framing()
    framing.kind = "headers" if kind == "headers" else "lines"
    again = deque[bytes]()
    reader = Framing()
    reader.kind = framing.kind
    reader.feed(framing.frame(messages) if messages else b"", again)
    assert list(again) == messages
