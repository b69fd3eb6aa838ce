"""Cursors: what no page has given is refused, what one has given is read as it was."""

import json
from base64 import urlsafe_b64encode

from sidecar.model.errors import InvalidParams
from sidecar.model.limits import MAX_INTEGER
from sidecar.store.paging import after, decode_cursor, encode_cursor
from tests.fuzz.bits import Bits

KINDS: tuple[tuple[type, ...], ...] = (
    (int,), (str,), (int, str), (int, int), (str, int, str), (int, int, int, str),
)  # fmt: skip


def fuzz(data: bytes) -> None:
    bits = Bits(data)
    kinds = bits.pick(KINDS)
    cursors = [_made(bits, kinds), _shaped(bits)]
    cursors.append(bits.rest().decode(errors="surrogatepass" if bits.rarely() else "replace"))
    for cursor in cursors:
        _check(cursor, kinds)


def _check(cursor: str, kinds: tuple[type, ...]) -> None:
    try:
        key = decode_cursor(cursor, *kinds)
    except InvalidParams:
        return
    assert tuple(map(type, key)) == kinds
    assert all(isinstance(part, str) or abs(part) <= MAX_INTEGER for part in key)
    for part in key:
        if isinstance(part, str):
            part.encode()
    assert decode_cursor(encode_cursor(*key), *kinds) == key
    if kinds == (int,):
        assert after(cursor) == key[0]


def _made(bits: Bits, kinds: tuple[type, ...]) -> str:
    """Make a cursor as a page does, and hold that it is read."""
    key = [bits.number(65_536) if kind is int else bits.text() for kind in kinds]
    cursor = encode_cursor(*key)
    assert decode_cursor(cursor, *kinds) == key
    at = bits.number(len(cursor) + 1)
    return cursor[:at] + bits.text() + cursor[at:] if bits.rarely(2) else cursor


def _shaped(bits: Bits) -> str:
    """Make what is base64, of what may be anything."""
    text = bits.take(40) if bits.rarely(2) else json.dumps(bits.value(2)).encode()
    return urlsafe_b64encode(text).decode().rstrip("=")
