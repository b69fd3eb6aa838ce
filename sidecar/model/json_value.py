"""JSON values: kept as the text that was sent, compact, and compared by what they mean.

Text is kept rather than decoded because a value must come back equal: a float of many
digits or an integer past 64 bits survives only as text.
"""

import hashlib
import json
import math
from decimal import MAX_PREC, MIN_EMIN, Context, Decimal, InvalidOperation
from itertools import accumulate
from re import DOTALL
from re import compile as compile_pattern
from typing import Final

import msgspec

from sidecar.model import limits

Json = msgspec.Raw
# A decoded value, exact to the last digit.
Tree = dict[str, "Tree"] | list["Tree"] | str | int | Decimal | bool | None
NULL: Final = msgspec.Raw(b"null")
# Stands for a member that was not sent where null has a meaning of its own.
ABSENT: Final = msgspec.Raw(b"")

type_of_raw = msgspec.json.Decoder(msgspec.Raw)
_ANYTHING = msgspec.json.Decoder(strict=True)
_EXACT = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_ALL_DIGITS = Context(prec=MAX_PREC, Emin=MIN_EMIN)
# Possessive, and whole without its end: else a long string costs a hundred times its size, and
# one that is never closed the square of it.
_STRING = compile_pattern(rb'"(?:[^"\\]++|\\.)*+"?', DOTALL)
# A decimal counts exponents of 18 digits; in a string such a text is no harm.
_LONG_EXPONENT = compile_pattern(rb"[0-9][eE][+-]?[0-9]{18}")
_NO_BRACKET = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEP = bytes.maketrans(b"[{]}", b"\x01\x01\x00\x00")


def is_in_range(value: Json) -> bool:
    """Tell whether every number of a sent value can be kept equal: a double can hold it.

    One that is next to nothing is kept as well, as long as its exponent can be counted.
    """
    try:
        _ANYTHING.decode(value)
        if _LONG_EXPONENT.search(value):
            _EXACT.decode(value)
    except (msgspec.ValidationError, InvalidOperation):
        return False
    return True


def compact(value: Json) -> str | None:
    """Take the white space out of a sent value: the text to store, None for null."""
    text = bytes(value)
    if text == b"null" or not text:
        return None
    return msgspec.json.format(text, indent=-1).decode()


def stored(text: str | None) -> Json:
    """Turn a stored text into a value that is rendered untouched.

    Raises msgspec.DecodeError or ValueError if the text is not one line of JSON: the record is
    corrupt then, and sending it would break the stream.
    """
    if text is None:
        return NULL
    if "\n" in text or "\r" in text:
        raise ValueError("stored JSON is more than one line")
    return type_of_raw.decode(text)


def fingerprint(method: str, **content: str | int | bool | Json | None) -> bytes:
    """Digest the content of a create, so that a retry can be told from another request.

    Values count as `is_equal` says; an absent member is a null one.
    """
    plain = {
        name: _EXACT.decode(value) if isinstance(value, msgspec.Raw) else value
        for name, value in content.items()
    }
    return hashlib.blake2b(_canonical([method, plain]).encode(), digest_size=16).digest()


def is_equal(one: Json, other: Json) -> bool:
    """Tell whether two values are the same: members have no order, every digit counts."""
    if compact(one) == compact(other):
        return True
    if not bytes(one) or not bytes(other):
        return False
    try:
        return is_same(_EXACT.decode(one), _EXACT.decode(other))
    except InvalidOperation:
        # An exponent that cannot be counted, in the id of a request: its text is all there is.
        return False


def decode(value: Json | bytes) -> Tree:
    """Read a value into parts of its own, every digit kept: a fraction is a Decimal."""
    tree: Tree = _EXACT.decode(value)
    return tree


def encode(tree: Tree) -> bytes:
    """Write a value as compact text."""
    return _ENCODER.encode(tree)


def is_same(one: Tree, other: Tree) -> bool:
    """Tell whether two decoded values are the same, as `is_equal` does."""
    # What is the same is equal to Python too, which compares at a tenth of the cost; but there true
    # is 1.
    return one == other and _canonical(one) == _canonical(other)


def _canonical(tree: object) -> str:
    return _CANONICAL.encode(tree)


def _number(number: Decimal) -> int | list[object]:
    """Bring a decimal to one form, which NaN keeps apart from anything that could be sent."""
    whole = number.to_integral_value()
    return int(whole) if number == whole else [math.nan, str(number.normalize(_ALL_DIGITS))]


# Made once: `json.dumps` would make it for every value.
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_number)


def is_too_deep(text: bytes, most: int = limits.MAX_DEPTH) -> bool:
    """Tell whether a JSON text is nested deeper than so many levels.

    Counted without decoding it, since decoding is what deep nesting breaks.
    """
    if text.count(b"[") + text.count(b"{") <= most:
        return False
    brackets = _STRING.sub(b"", text).translate(_STEP, _NO_BRACKET)
    # From no level on: where even that is too deep, so is a number.
    depths = accumulate((1 if step else -1 for step in brackets), initial=0)
    return any(depth > most for depth in depths)
