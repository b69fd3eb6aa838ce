"""JSON values: kept as they were sent, compared by what they mean, never too deep."""

import json
import tracemalloc

import msgspec
import pytest

from sidecar.model.json_value import (
    NULL,
    Json,
    compact,
    fingerprint,
    is_equal,
    is_in_range,
    is_too_deep,
    stored,
)
from sidecar.model.limits import MAX_DEPTH
from sidecar.model.message import NewMessage


def raw(text: str) -> Json:
    return msgspec.Raw(text.encode())


def test_white_space_is_not_stored() -> None:
    assert compact(raw('{ "a" : [ 1 ,\n2 ] ,\t"b c" : " d " }')) == '{"a":[1,2],"b c":" d "}'


@pytest.mark.parametrize("text", ["null", ""])
def test_null_and_absent_are_stored_as_nothing(text: str) -> None:
    assert compact(raw(text)) is None


@pytest.mark.parametrize(
    "text",
    ["1e400", "0.1000000000000000055511151231257827", "123456789012345678901234567890", "-0.0"],
)
def test_a_numbers_digits_are_kept(text: str) -> None:
    kept = compact(raw(text))
    assert kept == text
    assert bytes(stored(kept)) == text.encode()


@pytest.mark.parametrize("value", ['"\u2028\\n\\"é"', "{}", "[]", "false", "0", '""'])
def test_a_value_comes_back_equal(value: str) -> None:
    assert json.loads(bytes(stored(compact(raw(value))))) == json.loads(value)


def test_nothing_is_read_as_null() -> None:
    assert stored(None) == NULL


@pytest.mark.parametrize("text", ["", "{", "nul", "1 2", '{\n"a":1}', "1\r"])
def test_a_stored_text_that_would_break_the_stream_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the reader of rows catches no more than this
        stored(text)


def test_a_number_that_no_double_holds_is_out_of_range() -> None:
    assert is_in_range(raw('{"a":[1,2.5,"x"]}'))
    assert not is_in_range(raw('{"a":[1e400]}'))


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("1e-400", True),
        ("1e-999999999999999999", True),
        ("0e-999999999999999999", True),
        ("[1e-99999999999999999999]", False),
        ('{"a":0e99999999999999999999}', False),
        ('{"a":0E+99999999999999999999}', False),
        ('"1e-99999999999999999999"', True),
    ],
)
def test_a_number_whose_exponent_cannot_be_counted_is_out_of_range(
    text: str, *, fits: bool
) -> None:
    assert is_in_range(raw(text)) == fits
    if fits:
        assert is_equal(raw(text), raw(f" {text}"))
        assert fingerprint("m", value=raw(text)) == fingerprint("m", value=raw(f" {text}"))


def test_what_cannot_be_counted_is_equal_to_its_own_text_alone() -> None:
    """The id of a request may be any number, and is compared when one is cancelled."""
    uncountable = raw("1e-99999999999999999999")
    assert is_equal(uncountable, uncountable)
    assert not is_equal(uncountable, raw("1")) and not is_equal(raw("0"), uncountable)


def test_nothing_is_equal_to_nothing_alone() -> None:
    assert is_equal(raw(""), raw("null"))
    for value in ("0", "{}", '""', "false"):
        assert not is_equal(raw(""), raw(value)) and not is_equal(raw(value), raw("null"))
        assert not is_equal(raw(value), raw(""))


def test_a_request_has_the_fingerprint_that_an_earlier_daemon_stored() -> None:
    """A retry may come after an upgrade: what was stored must still be the same."""
    metadata = raw('{"b": 1.50, "a": [null, "x"], "big": 1e30}')
    digest = fingerprint("m", metadata=metadata, n=1, flag=True, none=None)
    assert digest.hex() == "16ee2812914ce140f0acdce13f475bbc"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "0.1234567890123456789012345678901234567891",
            "0.1234567890123456789012345678901234567892",
        ),
        ("1.5e-2000000", "1.5e-2000001"),
        ("1e-999999999999999999", "2e-999999999999999999"),
    ],
)
def test_every_digit_of_a_fraction_counts(one: str, other: str) -> None:
    assert not is_equal(raw(one), raw(other))
    assert fingerprint("m", value=raw(one)) != fingerprint("m", value=raw(other))
    assert is_equal(raw(f"[{one}]"), raw(f"[ {one} ]"))


def test_members_order_and_white_space_do_not_make_another_request() -> None:
    one = fingerprint("m", metadata=raw('{"a": 1, "b": {"c": 2, "d": 3}}'), title="t")
    other = fingerprint("m", title="t", metadata=raw('{"b":{"d":3,"c":2},"a":1}'))
    assert one == other


def test_an_absent_member_is_a_null_one() -> None:
    assert fingerprint("m", metadata=NULL) == fingerprint("m", metadata=None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (raw("[1,2]"), raw("[2,1]")),
        (raw("1"), raw('"1"')),
        (raw("1"), raw("true")),
        (raw('[{"a":1.0}]'), raw('[{"a":true}]')),
        (raw("0"), raw("null")),
        (raw("{}"), raw("[]")),
        (raw('{"a":null}'), raw("{}")),
        (raw('"a"'), raw('"A"')),
        (raw("1.5"), raw('"\\u00001.5"')),
        (raw("[1.5]"), raw('[[null,"1.5"]]')),
    ],
)
def test_other_content_is_another_request(one: Json, other: Json) -> None:
    assert fingerprint("m", metadata=one) != fingerprint("m", metadata=other)
    assert not is_equal(one, other)


def test_another_method_or_member_is_another_request() -> None:
    assert fingerprint("m", a="1") != fingerprint("n", a="1")
    assert fingerprint("m", a="1") != fingerprint("m", b="1")


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_nesting_is_measured_to_the_level(opening: str, closing: str) -> None:
    levels = opening.count("[") + opening.count("{")
    fits = MAX_DEPTH // levels
    for times in (fits, fits + 1):
        text = (opening * times + "1" + closing * times).encode()
        assert is_too_deep(text) == (times > fits)


def test_what_stands_beside_neither_deepens_nor_lifts() -> None:
    beside = b"[]," * MAX_DEPTH
    for levels, is_deep in ((MAX_DEPTH - 1, False), (MAX_DEPTH, True)):
        assert is_too_deep(b"[" + beside + b"[" * levels + b"]" * levels + b"]") == is_deep


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert not is_too_deep(b"[" + b",".join([b"[]"] * 2_000) + b"]")


@pytest.mark.parametrize(
    "text",
    [
        '"' + "[" * 1_000 + '"',
        '"' + "{[" * 1_000 + '"',
        '["\\"' + "[" * 1_000 + '"]',
        '["\\\\","' + "[" * 1_000 + '"]',
        json.dumps({"[" * 600: "\\" + "[" * 600}),
    ],
)
def test_brackets_in_strings_do_not_count(text: str) -> None:
    assert json.loads(text) is not None
    assert not is_too_deep(text.encode())


def test_strings_do_not_hide_what_is_deep() -> None:
    assert is_too_deep(b'["\\\\",' + b"[" * MAX_DEPTH + b'"]"' + b"]" * MAX_DEPTH + b"]")


def test_an_unclosed_text_is_measured_too() -> None:
    assert is_too_deep(b"[" * 100_000)
    assert is_too_deep(b'["' + b"a" * 10 + b'",' + b"[" * 100_000)


def test_to_measure_a_long_string_costs_little_beside_it() -> None:
    text = b"[" + b"[]," * MAX_DEPTH + b'"' + b"x" * 2_000_000 + b'"]'
    tracemalloc.start()
    try:
        assert not is_too_deep(text)
        assert tracemalloc.get_traced_memory()[1] < 4 * len(text)
    finally:
        tracemalloc.stop()


def test_to_measure_a_string_that_is_never_closed_takes_one_pass() -> None:
    # A pass for each of its quotes would not end while anybody looks.
    assert not is_too_deep(b"[]" * MAX_DEPTH + b'"\\' * 2_000_000)


def test_a_message_has_the_fingerprint_that_an_earlier_daemon_stored() -> None:
    message = NewMessage(role="user", content=raw('"hello"'))
    assert message.fingerprint.hex() == "bb1e59eb4f64f9a86bcd5683f282a779"
