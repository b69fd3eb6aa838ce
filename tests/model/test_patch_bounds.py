"""How deep and how large patches may make a state."""

import json

import pytest

from sidecar.model import patch
from sidecar.model.errors import LimitExceeded, PatchFailed
from sidecar.model.limits import MAX_DEPTH, MAX_PATCH_SHIFTS, MAX_STATE_BYTES, MAX_STATE_DEPTH
from tests.model.patching import applied


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_a_state_is_as_deep_as_one_that_could_be_sent() -> None:
    deepest = nested(MAX_STATE_DEPTH - 1)
    for op in ("add", "merge"):
        text = applied("{}", f'{{"op":"{op}","path":"/a","value":{deepest}}}')
        assert text == f'{{"a":{deepest}}}'
    assert MAX_STATE_DEPTH < MAX_DEPTH
    test = f'{{"op":"test","path":"/a","value":{deepest}}}'
    assert applied(f'{{"a":{deepest}}}', test) == f'{{"a":{deepest}}}'


@pytest.mark.parametrize(
    "op",
    [
        f'{{"op":"add","path":"/a","value":{nested(MAX_STATE_DEPTH)}}}',
        f'{{"op":"merge","path":"/x/y","value":{nested(MAX_STATE_DEPTH - 1)}}}',
        f'{{"op":"merge","path":"{"/x" * (MAX_STATE_DEPTH + 1)}","value":1}}',
        f'{{"op":"merge","path":"{"/x" * 100_000}","value":null}}',
        '{"op":"copy","from":"/d","path":"/e/f"}',
        '{"op":"move","from":"/d","path":"/e/f"}',
    ],
)
def test_a_state_that_would_be_too_deep_is_refused(op: str) -> None:
    state = f'{{"d":{nested(MAX_STATE_DEPTH - 1)},"e":{{}}}}'
    with pytest.raises(PatchFailed) as caught:
        applied(state, op)
    assert caught.value.details == {
        "index": 0,
        "path": json.loads(op)["path"],
        "reason": "the state would be nested too deeply",
    }


def test_a_value_without_levels_is_merged_as_deep_as_it_goes() -> None:
    merged = applied("{}", f'{{"op":"merge","path":"{"/x" * MAX_STATE_DEPTH}","value":1}}')
    assert merged == '{"x":' * MAX_STATE_DEPTH + "1" + "}" * MAX_STATE_DEPTH


def test_deep_objects_are_merged() -> None:
    levels = MAX_STATE_DEPTH - 1
    deep = '{"a":' * levels + "1" + "}" * levels
    other = deep.replace('"a"', '"b"').replace("1", "null")
    merged = json.loads(applied(deep, f'{{"op":"merge","path":"","value":{other}}}'))
    assert merged["a"] and merged["b"]


def test_copies_of_copies_end_at_the_size_of_a_state() -> None:
    with pytest.raises(LimitExceeded) as caught:
        applied('{"a":1}', *[f'{{"op":"copy","from":"","path":"/{n}"}}' for n in range(60)])
    assert caught.value.details["limit"] == "maxStateBytes"
    assert caught.value.details["max"] == MAX_STATE_BYTES


def test_a_value_moves_down_as_seldom_as_it_is_copied() -> None:
    """A move is measured only where it nests deeper, and then it counts as a copy does."""
    state = json.dumps({"a": "x" * (MAX_STATE_BYTES // 4), "b": {}})
    aside = ['{"op":"move","from":"/a","path":"/c"}', '{"op":"move","from":"/c","path":"/a"}']
    assert applied(state, *aside * 20) == applied(state, *aside)
    down = ['{"op":"move","from":"/a","path":"/b/a"}', '{"op":"move","from":"/b/a","path":"/a"}']
    assert applied(state, *down * 3) == applied(state, *aside)
    with pytest.raises(LimitExceeded):
        applied(state, *down * 5)


def test_a_state_may_be_as_large_as_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    state = '{"a":"12345"}'
    op = '{"op":"replace","path":"/a","value":"54321"}'
    monkeypatch.setattr(patch, "MAX_STATE_BYTES", len(state))
    assert applied(state, op) == '{"a":"54321"}'
    monkeypatch.setattr(patch, "MAX_STATE_BYTES", len(state) - 1)
    with pytest.raises(LimitExceeded) as caught:
        applied(state, op)
    assert caught.value.details["actual"] == len(state)


def test_a_state_that_grows_past_its_size_is_refused() -> None:
    half = json.dumps("x" * (MAX_STATE_BYTES // 2))
    with pytest.raises(LimitExceeded):
        applied(f'{{"a":{half}}}', f'{{"op":"add","path":"/b","value":{half}}}')
    assert applied(f'{{"a":{half}}}', f'{{"op":"replace","path":"/a","value":{half}}}')


def test_what_operations_push_aside_in_lists_is_bounded() -> None:
    """A message of them at the front of the longest list would hold the daemon for minutes."""
    length = 2**20
    state = f"[{','.join('0' * length)}]"
    most = MAX_PATCH_SHIFTS // length
    # Whoever inserts pushes all elements aside, whoever removes all but the one.
    both = ['{"op":"add","path":"/0","value":1}', '{"op":"remove","path":"/0"}']
    assert applied(state, *both * (most // 2 - 1)) == state
    with pytest.raises(LimitExceeded) as caught:
        applied(state, *both * (most // 2 + 1))
    details = caught.value.details
    assert (details["limit"], details["max"]) == ("maxPatchShifts", MAX_PATCH_SHIFTS)
    at_the_end = ['{"op":"add","path":"/-","value":1}', f'{{"op":"remove","path":"/{length}"}}']
    assert applied(state, *at_the_end * most) == state
