"""Messages as a broken or hostile client makes them, from good ones and from a seed."""

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any, NamedTuple

# Values that are wrong nearly everywhere, or right and hard.
STRANGE: list[Any] = [
    None, True, False, 0, -1, 1, 0.5, -0.0, 1e308, 2**53, 2**63, 2**64, -(2**63) - 1, 10**400,
    float("nan"), float("inf"), "", " ", "x", "x" * 300, "y" * 20_000, "\0", "a\0b", "\ud800",
    "\udc00\ud800", "\U0001f600", "\ufeff", "\u202e", "../../etc/passwd", "'; DROP TABLE x; --",
    "%s%n", "{}", "__class__", [], [[]], [None], [1, "x"], {}, {"": ""}, {"__proto__": 1},
]  # fmt: skip
# What no encoder makes.
TOKENS: list[bytes] = [
    b"\0", b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xef\xbb\xbf", b"\\", b'"', b"\\u", b"\\ud800",
    b"[", b"]", b"{", b"}", b",", b":", b"NaN", b"Infinity", b"1e999", b"-", b"0x1", b"01", b"//",
    b"\r", b"\n", b"\r\n\r\n", b"\t", b"\x1b", b"null", b"'", b"9" * 5_000, b'"id":[],',
    b'"id":1,"id":"2",', b'"jsonrpc":"1.0",', b'"params":[],', b"Content-Length: 5\r\n\r\n",
]  # fmt: skip
# Whole messages that are nothing like a request.
MONSTERS: list[bytes] = [
    b"[" * 100_000, b'{"a":' * 100_000, b"[" * 600 + b"]" * 600, b"[]", b"[[]]", b"[1,2,3]",
    b"[" * 513 + b'"\\' * 50_000, b"[" + b"{}," * 99 + b"{}]", b"[" + b"0," * 1_000 + b"0]",
    b"{}", b"null", b"1", b'"x"', b"[null,{}]", b'{"jsonrpc":"2.0"}', b'{"id":{"id":1}}',
    b'{"jsonrpc":"2.0","id":1,"result":{}}', b'{"jsonrpc":"2.0","id":9,"error":{}}',
    b'{"jsonrpc":"2.0","id":1,"method":"daemon/ping","params":{"x":' + b"9" * 100_000 + b"}}",
]  # fmt: skip
# Clients of something else.
FOREIGN: list[bytes] = [
    b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
    b"POST /rpc HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2,
    b"SSH-2.0-OpenSSH_9.2\r\n", b"EHLO x\r\nQUIT\r\n", b"*1\r\n$4\r\nPING\r\n",
    b"\0\0\0\x08\x04\xd2\x16\x2f", b"\x89PNG\r\n\x1a\n", b"l\x01\0\x01", b"\x80\x02}q\0.",
]  # fmt: skip


class Stream(NamedTuple):
    """Be what one peer sends, how many messages it meant, and whether it waits for answers."""

    data: bytes
    messages: int
    waits: bool


class Spoiler:
    """Make bad messages of good ones, the same ones for the same seed."""

    def __init__(self, seed: int, good: list[dict[str, Any]]) -> None:
        self._random = Random(seed)
        self._good = good

    def stream(self, count: int) -> Stream:
        """Make what one connection sends."""
        random = self._random
        messages = [self.message() for _ in range(count)]
        match random.choices(("lines", "headers", "mixed", "foreign"), (12, 5, 2, 1))[0]:
            case "lines":
                data = b"{}\n" + b"\n".join(messages) + b"\n"
            case "headers":
                data = b"".join(map(self._with_headers, messages))
            case "mixed":
                data = b"".join(
                    message + b"\n" if random.random() < 0.5 else self._with_headers(message)
                    for message in messages
                )
            case _:
                data = random.choice(FOREIGN) + random.randbytes(100) + b"\n".join(messages)
        if random.random() < 0.2:
            data = data[: random.randrange(len(data))]
        return Stream(data, count, waits=random.random() < 0.8)

    def message(self) -> bytes:
        """Make one message."""
        random = self._random
        if random.random() < 0.03:
            return random.choice(MONSTERS)
        if random.random() < 0.02:
            return random.randbytes(random.randrange(200))
        tree: Any = deepcopy(random.choice(self._good))
        for _ in range(random.choice((0, 0, 1, 1, 2))):
            self._spoil_tree(tree)
        if random.random() < 0.1:
            tree = [tree, random.choice(STRANGE), random.choice(self._good)]
        text = json.dumps(tree).encode()
        for _ in range(random.choice((0, 0, 0, 1, 2))):
            text = self._spoil_text(text)
        return text

    def _spoil_tree(self, tree: Any) -> None:
        """Put something strange into a request, take something out, or move it."""
        random = self._random
        node, name = random.choice(list(_places(tree)))
        match random.randrange(6):
            case 0 if isinstance(node, dict):
                del node[name]
            case 1 if isinstance(node, dict):
                node[f"{name}s"] = node.pop(name)
            case 2:
                node[name] = [node[name]]
            case 3:
                node[name] = {"x": node[name]}
            case 4:
                other, its = random.choice(list(_places(random.choice(self._good))))
                node[name] = deepcopy(other[its])
            case _:
                node[name] = deepcopy(random.choice(STRANGE))

    def _spoil_text(self, text: bytes) -> bytes:
        """Break a text where no encoder would."""
        random = self._random
        at = random.randrange(len(text) + 1)
        to = min(len(text), at + random.randrange(20))
        match random.randrange(6):
            case 0 if at < len(text):
                flipped = text[at] ^ (1 << random.randrange(8))
                return text[:at] + bytes((flipped,)) + text[at + 1 :]
            case 1:
                return text[:at]
            case 2:
                return text[:at] + text[to:]
            case 3:
                return text[:to] + text[at:]
            case 4:
                other = json.dumps(random.choice(self._good)).encode()
                return text[:at] + other[random.randrange(len(other)) :]
            case _:
                return text[:at] + random.choice(TOKENS) + text[at:]

    def _with_headers(self, body: bytes) -> bytes:
        random = self._random
        size: object = len(body)
        if random.random() < 0.05:
            size = random.choice((0, len(body) - 1, len(body) + 1, 10**12, -5, "x", "", "1e3"))
        name = random.choice((b"Content-Length", b"content-length"))
        extra = random.choice((b"", b"", b"Content-Type: x\r\n", b"X-\xff: 1\r\n", b"nocolon\r\n"))
        if random.random() < 0.95:
            extra = b""
        return extra + name + b": " + str(size).encode() + b"\r\n\r\n" + body


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """List every place in a tree: the node, and the name or index in it."""
    if not isinstance(tree, dict | list):
        return
    for name, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield tree, name
        yield from _places(value)
