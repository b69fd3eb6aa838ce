"""Cut a stream of bytes into messages, and give answers the same form; no I/O here.

A connection's first byte decides: `{`, `[` or white space begins one JSON value per line, a
letter begins LSP headers; anything else is no client of ours, nor is what begins with a letter
and turns out to be no header (`GET / HTTP/1.1`).
A connection stays with its framing and is answered in kind.
"""

import re
from collections import deque
from typing import Literal, NoReturn

from sidecar.model import limits
from sidecar.model.errors import MessageTooLarge, ParseError, ProtocolError

WHITE_SPACE = b" \t\r\n"
# A header's name (RFC 9110, section 5.6.2).
TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Digits of a Content-Length: more cannot be meant.
MAX_DIGITS = 15


class BrokenStream(Exception):
    """Say with which error a stream ends that cannot be cut any further."""

    def __init__(self, error: ProtocolError) -> None:
        super().__init__(str(error))
        self.error = error


class Framing:
    """Hold the unfinished end of one peer's stream."""

    def __init__(self) -> None:
        """Begin without a framing: the first byte will tell."""
        self.kind: Literal["unknown", "lines", "headers"] = "unknown"
        self._parts: list[bytes] = []
        self._size = 0
        self._body_size: int | None = None
        self._has_headers = False

    def feed(self, data: bytes, messages: deque[bytes]) -> None:
        """Take bytes and append whole messages; raise BrokenStream when it cannot go on."""
        if self.kind == "unknown" and data:
            self.kind = _kind_of(data[0])
        if self.kind == "lines":
            self._feed_lines(data, messages)
        else:
            self._feed_headers(data, messages)

    def _feed_lines(self, data: bytes, messages: deque[bytes]) -> None:
        lines = data.split(b"\n")
        if len(lines) > 1:
            lines[0] = b"".join([*self._parts, lines[0]])
            self._parts, self._size = [], 0
        for line in lines[:-1]:
            _check_size(len(line))
            if line.strip(WHITE_SPACE):
                messages.append(line)
        self._parts.append(lines[-1])
        self._size += len(lines[-1])
        _check_size(self._size)

    def _feed_headers(self, data: bytes, messages: deque[bytes]) -> None:
        self._parts.append(data)
        self._size += len(data)
        if self._body_size is not None and self._size < self._body_size:
            return
        buffer, at = b"".join(self._parts), 0
        while True:
            if self._body_size is None:
                end = buffer.find(b"\r\n\r\n", at, at + limits.MAX_HEADER_BYTES + 4)
                if end < 0:
                    break
                self._body_size = self._content_length(buffer[at:end])
                at = end + 4
            if len(buffer) - at < self._body_size:
                break
            messages.append(buffer[at : at + self._body_size])
            at += self._body_size
            self._body_size = None
        rest = buffer[at:]
        if self._body_size is None:
            most = limits.MAX_HEADER_BYTES + 4
            # No further than headers may go, as if the bytes had come one by one.
            self._check_names(rest[:most].removesuffix(b"\r"))
            if len(rest) >= most:
                raise BrokenStream(ParseError())
        self._parts, self._size = [rest], len(rest)

    def _check_names(self, head: bytes) -> None:
        """Refuse what cannot become headers any more, without waiting for their end."""
        *lines, last = head.split(b"\r\n")
        for line in lines:
            name, colon, _ = line.partition(b":")
            if not colon:
                self._give_up()
            self._check_name(name)
            self._has_headers = True
        if last:
            self._check_name(last.partition(b":")[0])

    def _check_name(self, name: bytes) -> None:
        if not TOKEN.fullmatch(name):
            self._give_up()

    def _give_up(self) -> NoReturn:
        if not self._has_headers:
            # No client of ours: it is told in a line.
            self.kind = "unknown"
        raise BrokenStream(ParseError())

    def _content_length(self, head: bytes) -> int:
        self._check_names(head + b"\r\n")
        length: int | None = None
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                digits = value.strip()
                if not digits.isdigit() or len(digits) > MAX_DIGITS:
                    raise BrokenStream(ParseError())
                if length not in (None, int(digits)):
                    raise BrokenStream(ParseError())
                length = int(digits)
        if length is None:
            raise BrokenStream(ParseError())
        _check_size(length)
        return length

    def end(self, messages: deque[bytes]) -> None:
        """Take the end of the stream: a last line may lack its line break."""
        line = b"".join(self._parts)
        self._parts, self._size = [], 0
        if self.kind == "lines" and line.strip(WHITE_SPACE):
            messages.append(line)

    def frame(self, answers: list[bytes]) -> bytes:
        """Give answers the form in which the peer speaks."""
        if self.kind == "headers":
            return b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(a), a) for a in answers)
        return b"\n".join(answers) + b"\n"


def _kind_of(first: int) -> Literal["lines", "headers"]:
    if first in b"{[" or first in WHITE_SPACE:
        return "lines"
    if chr(first).isascii() and chr(first).isalpha():
        return "headers"
    raise BrokenStream(ParseError())


def _check_size(size: int) -> None:
    if size > limits.MAX_MESSAGE_BYTES:
        raise BrokenStream(
            MessageTooLarge(limit="maxMessageBytes", max=limits.MAX_MESSAGE_BYTES, actual=size)
        )
