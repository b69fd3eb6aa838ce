"""Patches: RFC 6902 by its own examples, and what is no operation."""

import json
from typing import Any

import msgspec
import pytest

from sidecar.model import patch
from sidecar.model.errors import PatchFailed
from tests.model.patching import OPS, apply, failed, raw

# RFC 6902, appendix A, by its sections; the state, the operations, the result.
EXAMPLES: dict[str, tuple[Any, list[dict[str, Any]], Any]] = {
    "A.1 add a member": (
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux"}],
        {"baz": "qux", "foo": "bar"},
    ),
    "A.2 add an element": (
        {"foo": ["bar", "baz"]},
        [{"op": "add", "path": "/foo/1", "value": "qux"}],
        {"foo": ["bar", "qux", "baz"]},
    ),
    "A.3 remove a member": (
        {"baz": "qux", "foo": "bar"},
        [{"op": "remove", "path": "/baz"}],
        {"foo": "bar"},
    ),
    "A.4 remove an element": (
        {"foo": ["bar", "qux", "baz"]},
        [{"op": "remove", "path": "/foo/1"}],
        {"foo": ["bar", "baz"]},
    ),
    "A.5 replace a value": (
        {"baz": "qux", "foo": "bar"},
        [{"op": "replace", "path": "/baz", "value": "boo"}],
        {"baz": "boo", "foo": "bar"},
    ),
    "A.6 move a value": (
        {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
        [{"op": "move", "from": "/foo/waldo", "path": "/qux/thud"}],
        {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
    ),
    "A.7 move an element": (
        {"foo": ["all", "grass", "cows", "eat"]},
        [{"op": "move", "from": "/foo/1", "path": "/foo/3"}],
        {"foo": ["all", "cows", "eat", "grass"]},
    ),
    "A.8 test a value": (
        {"baz": "qux", "foo": ["a", 2, "c"]},
        [
            {"op": "test", "path": "/baz", "value": "qux"},
            {"op": "test", "path": "/foo/1", "value": 2},
        ],
        {"baz": "qux", "foo": ["a", 2, "c"]},
    ),
    "A.10 add a nested object": (
        {"foo": "bar"},
        [{"op": "add", "path": "/child", "value": {"grandchild": {}}}],
        {"foo": "bar", "child": {"grandchild": {}}},
    ),
    "A.11 unknown members are ignored": (
        {"foo": "bar"},
        [{"op": "add", "path": "/baz", "value": "qux", "xyz": 123}],
        {"foo": "bar", "baz": "qux"},
    ),
    "A.14 escapes": (
        {"/": 9, "~1": 10},
        [{"op": "test", "path": "/~01", "value": 10}],
        {"/": 9, "~1": 10},
    ),
    "A.16 add a list": (
        {"foo": ["bar"]},
        [{"op": "add", "path": "/foo/-", "value": ["abc", "def"]}],
        {"foo": ["bar", ["abc", "def"]]},
    ),
    "4.1 add replaces a member": (
        {"foo": None},
        [{"op": "add", "path": "/foo", "value": 1}],
        {"foo": 1},
    ),
    "4.1 add replaces the whole": ({"foo": 1}, [{"op": "add", "path": "", "value": [1]}], [1]),
    "4.1 add at the end by its index": (
        [1, 2],
        [{"op": "add", "path": "/2", "value": 3}],
        [1, 2, 3],
    ),
    "4.3 replace the whole": ({"foo": 1}, [{"op": "replace", "path": "", "value": None}], None),
    "4.4 move onto itself": ({"a": 1}, [{"op": "move", "from": "/a", "path": "/a"}], {"a": 1}),
    "4.4 move the whole onto itself": ([1], [{"op": "move", "from": "", "path": ""}], [1]),
    "4.4 move to the whole": ({"a": [1]}, [{"op": "move", "from": "/a", "path": ""}], [1]),
    "4.5 copy": (
        {"a": {"b": [1]}},
        [{"op": "copy", "from": "/a/b", "path": "/c"}],
        {"a": {"b": [1]}, "c": [1]},
    ),
    "4.5 copy the whole into itself": (
        {"a": 1},
        [{"op": "copy", "from": "", "path": "/b"}],
        {"a": 1, "b": {"a": 1}},
    ),
    "4.6 members have no order": (
        {"a": {"x": 1, "y": [2]}},
        [{"op": "test", "path": "/a", "value": {"y": [2], "x": 1}}],
        {"a": {"x": 1, "y": [2]}},
    ),
    "4.6 numbers count by what they are": (
        [1, 2.50],
        [{"op": "test", "path": "", "value": [1.0, 2.5]}],
        [1, 2.5],
    ),
    "6901 an empty name": ({"": 1}, [{"op": "replace", "path": "/", "value": 2}], {"": 2}),
    "6901 a number as a name": ({"0": 1}, [{"op": "remove", "path": "/0"}], {}),
    "6901 a dash as a name": ({}, [{"op": "add", "path": "/-", "value": 1}], {"-": 1}),
    "6901 percent signs stay": ({"a%20b": 1}, [{"op": "remove", "path": "/a%20b"}], {}),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_patch_does_what_the_rfc_says(name: str) -> None:
    state, ops, result = EXAMPLES[name]
    assert apply(state, *ops) == result


FAULTS: dict[str, tuple[Any, dict[str, Any], str, str]] = {
    "A.9 a test that fails": (
        {"baz": "qux"},
        {"op": "test", "path": "/baz", "value": "bar"},
        "/baz",
        "the value is another one",
    ),
    "A.12 add to what is not there": (
        {"foo": "bar"},
        {"op": "add", "path": "/baz/bat", "value": "qux"},
        "/baz/bat",
        "there is no such member",
    ),
    "A.15 text is no number": (
        {"/": 9, "~1": 10},
        {"op": "test", "path": "/~01", "value": "10"},
        "/~01",
        "the value is another one",
    ),
    "a test of what is not there": (
        {},
        {"op": "test", "path": "/a", "value": None},
        "/a",
        "there is no such member",
    ),
    "true is not 1": (
        [True],
        {"op": "test", "path": "/0", "value": 1},
        "/0",
        "the value is another one",
    ),
    "0 is not false": (
        {"a": [0]},
        {"op": "test", "path": "/a", "value": [False]},
        "/a",
        "the value is another one",
    ),
    "remove what is not there": (
        {},
        {"op": "remove", "path": "/a"},
        "/a",
        "there is no such member",
    ),
    "remove the whole": (
        {},
        {"op": "remove", "path": ""},
        "",
        "the whole state cannot be taken away",
    ),
    "replace what is not there": (
        {},
        {"op": "replace", "path": "/a", "value": 1},
        "/a",
        "there is no such member",
    ),
    "add past the end": (
        [1],
        {"op": "add", "path": "/2", "value": 1},
        "/2",
        "the index is out of bounds",
    ),
    "remove at the end": ([1], {"op": "remove", "path": "/1"}, "/1", "the index is out of bounds"),
    "an index of many digits": (
        [1],
        {"op": "remove", "path": "/" + "9" * 5000},
        "/" + "9" * 5000,
        "the index is out of bounds",
    ),
    **{
        f"{step} is no index": (
            [1, 2],
            {"op": "replace", "path": f"/{step}", "value": 1},
            f"/{step}",
            "not an index of a list",
        )
        for step in ("-", "01", "-1", "+1", "1.0", "1e0", " 1", "", "a", "٣")
    },
    "through text": (
        {"a": "bc"},
        {"op": "add", "path": "/a/0", "value": 1},
        "/a/0",
        "what holds it is neither an object nor a list",
    ),
    "through null": (
        {"a": None},
        {"op": "merge", "path": "/a/b", "value": 1},
        "/a/b",
        "what holds it is neither an object nor a list",
    ),
    "move what is not there": (
        {},
        {"op": "move", "from": "/a", "path": "/b"},
        "/a",
        "there is no such member",
    ),
    "move into itself": (
        {"a": {}},
        {"op": "move", "from": "/a", "path": "/a/b"},
        "/a/b",
        "a value cannot be moved into itself",
    ),
    "copy what is not there": (
        {},
        {"op": "copy", "from": "/a", "path": "/b"},
        "/a",
        "there is no such member",
    ),
    "increment text": (
        {"a": "1"},
        {"op": "increment", "path": "/a", "value": 1},
        "/a",
        "increment wants a number, and a number there",
    ),
    "increment true": (
        {"a": True},
        {"op": "increment", "path": "/a", "value": 1},
        "/a",
        "increment wants a number, and a number there",
    ),
    "increment by text": (
        {"a": 1},
        {"op": "increment", "path": "/a", "value": "1"},
        "/a",
        "increment wants a number, and a number there",
    ),
    "increment what is not there": (
        {},
        {"op": "increment", "path": "/a", "value": 1},
        "/a",
        "there is no such member",
    ),
    "merge into what is no place": (
        {"a": [1]},
        {"op": "merge", "path": "/a/b/c", "value": 1},
        "/a/b/c",
        "not an index of a list",
    ),
    "merge past the end": (
        {"a": [1]},
        {"op": "merge", "path": "/a/2/b", "value": 1},
        "/a/2/b",
        "the index is out of bounds",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_an_operation_that_cannot_be_done_says_which_and_why(name: str) -> None:
    state, op, path, reason = FAULTS[name]
    fine = {"op": "test", "path": "", "value": state}
    assert failed(state, fine, fine, op, fine) == (2, path, reason)


def test_the_index_counts_the_operations_of_all_patches() -> None:
    test = patch.TestOp("/a", raw("1"))
    patches = [patch.Patch([test, test]), patch.Patch([]), patch.Patch([patch.RemoveOp("/b")])]
    with pytest.raises(PatchFailed) as caught:
        patch.patched(raw('{"a":1}'), patches)
    assert caught.value.details["index"] == 2


@pytest.mark.parametrize("pointer", ["a", "a/b", "/~", "/~2", "/a~", "~1"])
def test_a_pointer_that_is_none_is_not_decoded(pointer: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        OPS.decode(json.dumps([{"op": "remove", "path": pointer}]))


@pytest.mark.parametrize(
    "op",
    [
        {"op": "add", "path": "/a"},
        {"op": "test", "path": "/a"},
        {"op": "move", "path": "/a"},
        {"op": "zip", "path": "/a"},
        {"path": "/a"},
        {"op": "remove"},
    ],
)
def test_an_operation_that_is_not_whole_is_not_decoded(op: dict[str, Any]) -> None:
    # A.13: which of two members `op` counts is the decoder's; the last one does.
    with pytest.raises(msgspec.ValidationError):
        OPS.decode(json.dumps([op]))
