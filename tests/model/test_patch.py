"""Patches: RFC 6902 by its own examples, RFC 7396 by its own, and what is exact beyond them."""

import json
from typing import Any

import msgspec
import pytest

from sidecar.model import patch
from sidecar.model.errors import LimitExceeded, PatchFailed
from sidecar.model.limits import MAX_DEPTH, MAX_STATE_BYTES, MAX_STATE_DEPTH

OPS = msgspec.json.Decoder(list[patch.AnyOp])


def raw(text: str) -> msgspec.Raw:
    return msgspec.Raw(text.encode())


def applied(state: str, *ops: str) -> str:
    """Apply operations to a state; all of them are texts, since digits count."""
    patches = [patch.Patch(OPS.decode(f"[{','.join(ops)}]"))]
    return bytes(patch.patched(raw(state), patches)).decode()


def apply(state: Any, *ops: dict[str, Any]) -> Any:
    return json.loads(applied(json.dumps(state), *(json.dumps(op) for op in ops)))


def failed(state: Any, *ops: dict[str, Any]) -> tuple[Any, ...]:
    with pytest.raises(PatchFailed) as caught:
        apply(state, *ops)
    details = caught.value.details
    return details["index"], details["path"], details["reason"]


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
    assert caught.value.details["reason"] == "the state would be nested too deeply"


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
