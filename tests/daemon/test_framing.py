"""Framing: the same messages, however the bytes arrive; broken streams end at once."""

from collections import deque

import pytest

from sidecar.daemon.framing import BrokenStream, Framing
from sidecar.model.limits import MAX_HEADER_BYTES, MAX_MESSAGE_BYTES

LINES = b'{"a":1}\n\r\n  \n[2]\r\n{"c":"\xc3\xa9"}\n'
FIRST, SECOND = b'{"a":1}', b'{"b":"\r\n\r\n\xc3\xa9"}'
HEADERS = (
    b"Content-Length: %d\r\n\r\n%b" % (len(FIRST), FIRST)
    + b"content-type: x; charset=utf-8\r\nCONTENT-LENGTH:%d\r\n\r\n%b" % (len(SECOND), SECOND)
    + b"Content-Length: 0\r\n\r\n"
)


def cut(*chunks: bytes) -> list[bytes]:
    framing, messages = Framing(), deque[bytes]()
    for chunk in chunks:
        framing.feed(chunk, messages)
    framing.end(messages)
    return list(messages)


def error_of(*chunks: bytes) -> str:
    with pytest.raises(BrokenStream) as caught:
        cut(*chunks)
    return caught.value.error.kind


@pytest.mark.parametrize("stream", [LINES, HEADERS])
def test_a_stream_cut_anywhere_has_the_same_messages(stream: bytes) -> None:
    whole = cut(stream)
    assert len(whole) == 3
    for first in range(len(stream) + 1):
        for second in range(first, len(stream) + 1):
            parts = (stream[:first], stream[first:second], stream[second:])
            assert cut(*parts) == whole, parts


@pytest.mark.parametrize("stream", [LINES, HEADERS])
def test_a_stream_of_single_bytes_has_the_same_messages(stream: bytes) -> None:
    assert cut(*(stream[i : i + 1] for i in range(len(stream)))) == cut(stream)


def test_headers_carry_bodies_of_exactly_their_length() -> None:
    assert cut(HEADERS) == [FIRST, SECOND, b""]


def test_lines_are_cut_at_line_breaks_and_blank_ones_are_no_messages() -> None:
    assert [line.strip() for line in cut(LINES)] == [b'{"a":1}', b"[2]", b'{"c":"\xc3\xa9"}']


def test_a_last_line_may_lack_its_line_break() -> None:
    assert cut(b'{"a":1}\n{"b"', b":2}") == [b'{"a":1}', b'{"b":2}']


def test_a_body_that_never_came_whole_is_no_message() -> None:
    assert cut(b"Content-Length: 9\r\n\r\n{}") == []


@pytest.mark.parametrize("first", [b"{", b"[", b" ", b"\t", b"\n", b"\r"])
def test_the_first_byte_of_json_begins_lines(first: bytes) -> None:
    framing = Framing()
    framing.feed(first, deque())
    assert framing.kind == "lines"


@pytest.mark.parametrize("stream", [b"Content-Length: 2\r\n\r\n{}", b"content-length:2\r\n\r\n{}"])
def test_a_header_begins_headers(stream: bytes) -> None:
    assert cut(stream) == [b"{}"]


@pytest.mark.parametrize(
    "first", [b"GET / HTTP/1.1\r\n", b"\x16\x03\x01", b"\0", b'"', b"1", b"\xff"]
)
def test_another_first_byte_breaks_the_stream(first: bytes) -> None:
    assert error_of(first) == "parse_error"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 2\r\nContent-Length: 3",
        b"Content-Length: -1",
        b"Content-Length: +1",
        b"Content-Length: 1x",
        b"Content-Length: 0x10",
        b"Content-Length: 1_0",
        b"Content-Length:",
        b"Content-Length: 1 1",
        b"Content-Length: \xd9\xa1",
        b"Content-Length",
        b"Content-Type: x",
        b"Content-Length: 2\r\nbroken",
        b"Content-Length: 2\r\n: x",
        b"Content-Length: " + b"9" * 100,
    ],
)
def test_malformed_headers_break_the_stream(head: bytes) -> None:
    assert error_of(head + b"\r\n\r\n{}") in ("parse_error", "message_too_large")


def test_headers_of_more_than_4_kib_break_the_stream_before_their_end() -> None:
    head = b"Content-Length: 2\r\nX: "
    fits = head + b"x" * (MAX_HEADER_BYTES - len(head))
    assert cut(fits + b"\r\n\r\n{}") == [b"{}"]
    assert error_of(fits + b"x\r\n\r\n{}") == "parse_error"
    assert error_of(head + b"x" * (MAX_HEADER_BYTES + 8)) == "parse_error"


def test_a_message_of_the_largest_size_passes_in_both_framings() -> None:
    largest = b"[" + b" " * (MAX_MESSAGE_BYTES - 2) + b"]"
    assert cut(largest + b"\n") == [largest]
    assert cut(b"Content-Length: %d\r\n\r\n" % len(largest), largest) == [largest]


def test_a_larger_message_breaks_the_stream_before_it_is_whole() -> None:
    part = b"[" + b" " * MAX_MESSAGE_BYTES
    assert error_of(part) == "message_too_large"
    assert error_of(part + b"]\n") == "message_too_large"
    assert error_of(b"Content-Length: %d\r\n\r\n" % (MAX_MESSAGE_BYTES + 1)) == "message_too_large"


def test_messages_before_a_break_are_kept() -> None:
    framing, messages = Framing(), deque[bytes]()
    with pytest.raises(BrokenStream):
        framing.feed(b'{"a":1}\n' + b"[" * (MAX_MESSAGE_BYTES + 1), messages)
    assert list(messages) == [b'{"a":1}']


@pytest.mark.parametrize(
    ("stream", "framed"),
    [
        (b"{", b"12\n3\n"),
        (b"Content", b"Content-Length: 2\r\n\r\n12Content-Length: 1\r\n\r\n3"),
    ],
)
def test_answers_have_the_form_in_which_the_peer_speaks(stream: bytes, framed: bytes) -> None:
    framing = Framing()
    framing.feed(stream, deque())
    assert framing.frame([b"12", b"3"]) == framed
