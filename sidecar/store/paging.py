"""Page through a list by what the last row was, never by how many came before it.

A cursor is opaque to clients: the sort key of the last record, as JSON in base64.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from sidecar.model import limits
from sidecar.model.errors import InvalidParams

Key = list[int | str]
_KEY = msgspec.json.Decoder(Key)


def clamp(
    limit: int | None, default: int = limits.DEFAULT_PAGE, most: int = limits.MAX_PAGE
) -> int:
    """Bring a page's limit into its lawful range."""
    return default if limit is None else max(1, min(most, limit))


def encode_cursor(*key: int | str) -> str:
    """Make the cursor that goes on after a record with this sort key."""
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type) -> Key:
    """Read a cursor's sort key, or refuse it with `invalid_params`."""
    try:
        key = _KEY.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        key = []
    if [type(part) for part in key] != list(kinds) or not all(_is_storable(part) for part in key):
        raise InvalidParams(path="cursor", reason="unreadable")
    return key


def _is_storable(part: int | str) -> bool:
    return isinstance(part, str) or abs(part) <= limits.MAX_INTEGER


def after(cursor: str | None, start: int = 0) -> int:
    """Read a cursor whose sort key is one integer; `start` is before the first record."""
    if cursor is None:
        return start
    key = decode_cursor(cursor, int)[0]
    assert isinstance(key, int)
    return key
