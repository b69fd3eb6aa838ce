"""Merges: RFC 7396 by its own examples, at any place of a state."""

from typing import Any

import pytest

from tests.model.patching import apply

# RFC 7396, appendix A: the target, the patch, the result.
MERGES = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    # Beyond the appendix: what an object within is not told of, it keeps.
    (
        {"a": {"b": {"c": 1}, "d": 2}},
        {"a": {"b": {"e": 3}}},
        {"a": {"b": {"c": 1, "e": 3}, "d": 2}},
    ),
]


@pytest.mark.parametrize(("target", "value", "result"), MERGES)
def test_a_merge_does_what_the_rfc_says(target: Any, value: Any, result: Any) -> None:
    assert apply(target, {"op": "merge", "path": "", "value": value}) == result
    deep = {"x": [{"y": target}], "z": 1}
    merged = apply(deep, {"op": "merge", "path": "/x/0/y", "value": value})
    assert merged == {"x": [{"y": result}], "z": 1}


@pytest.mark.parametrize(
    ("state", "path", "result"),
    [
        ({}, "/a/b/c", {"a": {"b": {"c": {"v": 1}}}}),
        ({"a": {}}, "/a/0", {"a": {"0": {"v": 1}}}),
        ({"a": []}, "/a/-", {"a": [{"v": 1}]}),
        ({"a": [0]}, "/a/1/b", {"a": [0, {"b": {"v": 1}}]}),
        ({"a": [0]}, "/a/-/b", {"a": [0, {"b": {"v": 1}}]}),
        ({"a": [0]}, "/a/0", {"a": [{"v": 1}]}),
        ({"a": None}, "/a", {"a": {"v": 1}}),
    ],
)
def test_a_merge_makes_what_is_missing(state: Any, path: str, result: Any) -> None:
    assert apply(state, {"op": "merge", "path": path, "value": {"v": 1, "n": None}}) == result
