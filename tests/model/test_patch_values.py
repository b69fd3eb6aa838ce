"""What patches keep exact: sums, digits, and copies that change apart."""

from typing import Any

import pytest

from sidecar.model import patch
from sidecar.model.errors import PatchFailed
from tests.model.patching import applied, apply, raw


@pytest.mark.parametrize(
    ("number", "by", "total"),
    [
        ("1", "2", "3"),
        ("1", "-2", "-1"),
        ("9007199254740993", "1", "9007199254740994"),
        ("18446744073709551615", "18446744073709551615", "36893488147419103230"),
        ("0.1", "0.2", "0.3"),
        ("1.50", "1", "2.50"),
        ("1", "0.5", "1.5"),
        ("1e300", "1e300", "2E+300"),
        ("0.1234567890123456789012345678901", "1", "1.1234567890123456789012345678901"),
    ],
)
def test_an_increment_is_exact(number: str, by: str, total: str) -> None:
    op = f'{{"op":"increment","path":"/n","value":{by}}}'
    assert applied(f'{{"n":{number}}}', op) == f'{{"n":{total}}}'


@pytest.mark.parametrize(
    ("number", "by", "reason"),
    [
        ("1.7e308", "1.7e308", "the sum is out of range"),
        ("9" * 309, "1", "the sum is out of range"),
        ("1", "1e-999999999", "the sum has too many digits"),
        ("1e300", "1e-300", "the sum has too many digits"),
    ],
)
def test_a_sum_that_could_not_be_kept_equal_is_refused(number: str, by: str, reason: str) -> None:
    with pytest.raises(PatchFailed) as caught:
        applied(f'{{"n":{number}}}', f'{{"op":"increment","path":"/n","value":{by}}}')
    assert caught.value.details == {"index": 0, "path": "/n", "reason": reason}


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_sum_may_be_the_largest_number_that_a_double_holds(sign: str) -> None:
    largest = f"{sign}{int(patch.LARGEST)}"
    op = '{"op":"increment","path":"/n","value":%s}'
    assert applied(f'{{"n":{largest}}}', op % "0") == f'{{"n":{largest}}}'
    with pytest.raises(PatchFailed):
        applied(f'{{"n":{largest}}}', op % f"{sign}1")


def test_what_is_not_named_stays_equal_to_the_last_digit() -> None:
    parts = [
        "123456789012345678901234567890", "-0.0", "1.0", "0.10", "1E+2", "5E-324", "true", "null",
        '"\\u0000é"', '{"b":1,"a":2}', "0.1234567890123456789012345678901234567890",
    ]  # fmt: skip
    text = f"[{','.join(parts)}]"
    after = applied(text, '{"op":"add","path":"/-","value":1e5}')
    assert after == f"[{','.join(parts)},1E+5]"


def test_a_copy_and_its_source_change_apart() -> None:
    state = {"a": {"x": [1]}}
    ops: list[dict[str, Any]] = [
        {"op": "copy", "from": "/a", "path": "/b"},
        {"op": "add", "path": "/b/x/-", "value": 2},
    ]
    assert apply(state, *ops) == {"a": {"x": [1]}, "b": {"x": [1, 2]}}


def test_a_value_that_is_placed_twice_changes_apart() -> None:
    add = patch.AddOp("/-", raw("[]"))
    both = patch.Patch([add, add, patch.AddOp("/0/-", raw("1"))])
    assert bytes(patch.patched(raw("[]"), [both])) == b"[[1],[]]"
    assert bytes(patch.patched(raw("[]"), [both])) == b"[[1],[]]"
