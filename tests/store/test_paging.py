"""Cursors: opaque, exact, and refused when they are not ours."""

import base64
import json

import pytest

from sidecar.model import limits
from sidecar.model.errors import InvalidParams
from sidecar.store.paging import after, clamp, decode_cursor, encode_cursor


def cursor_of(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "key", [(1,), (0, "a"), (limits.MAX_INTEGER, -limits.MAX_INTEGER), ("é\u2028", "", "日本")]
)
def test_a_cursor_comes_back_as_the_sort_key_it_was_made_of(key: tuple[int | str, ...]) -> None:
    assert tuple(decode_cursor(encode_cursor(*key), *map(type, key))) == key


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "=",
        "!",
        "a",
        "é",
        "\ud800",
        "AAAA",
        cursor_of([]),
        cursor_of(7),
        cursor_of(None),
        cursor_of({"a": 1}),
        cursor_of(["7"]),
        cursor_of([7.5]),
        cursor_of([True]),
        cursor_of([None]),
        cursor_of([7, 7]),
        cursor_of([2**53]),
        cursor_of([-(2**64)]),
        cursor_of([[7]]),
    ],
)
def test_an_unreadable_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidParams) as refused:
        after(cursor)
    assert refused.value.details == {"path": "cursor", "reason": "unreadable"}


def test_the_cursor_of_another_list_is_refused() -> None:
    for cursor in (encode_cursor(1, "a"), encode_cursor("a", 1), encode_cursor(1)):
        with pytest.raises(InvalidParams):
            decode_cursor(cursor, int, int)


def test_without_a_cursor_a_list_begins_at_its_start() -> None:
    assert after(None) == 0
    assert after(None, 99) == 99
    assert after(encode_cursor(7), 99) == 7


@pytest.mark.parametrize(
    ("limit", "clamped"),
    [
        (None, limits.DEFAULT_PAGE),
        (-5, 1),
        (0, 1),
        (1, 1),
        (200, 200),
        (201, 200),
        (limits.MAX_INTEGER, 200),
    ],
)
def test_a_limit_is_brought_into_its_range(limit: int | None, clamped: int) -> None:
    assert clamp(limit) == clamped
