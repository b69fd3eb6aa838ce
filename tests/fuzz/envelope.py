"""Every message is answered once for each request of it, in JSON-RPC, and under its own id."""

import json
from typing import Any

import msgspec

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.daemon.dispatch import Dispatcher, parse
from sidecar.model import limits
from sidecar.model.errors import ProtocolError, every_error
from sidecar.rpc.registry import REGISTRY, Method
from tests.fuzz.bits import Bits
from tests.support.garbage import TOKENS

NAMES = (*REGISTRY, "nothing", "rpc.x", "")
CODES = {error.kind: error.code for error in every_error()}
MEMBERS = ("jsonrpc", "id", "method", "params", "result", "error", "x", "id", "jsonrpc")


class Answered(msgspec.Struct, forbid_unknown_fields=True):
    """Be an answer by the letter of JSON-RPC 2.0."""

    jsonrpc: str
    id: msgspec.Raw
    result: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    error: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class Nowhere:
    """Be the context of requests that do nothing: their params are checked, that is all."""

    peer_number = 0

    def run(self, method: Method, params: msgspec.Struct) -> bytes:
        assert isinstance(params, method.params)
        return b"{}"

    def lose(self, error: Exception) -> ProtocolError | None:
        raise AssertionError(f"a bug: {error!r}") from error

    def new_incident(self) -> str:
        raise AssertionError("an incident")


_DISPATCHER = Dispatcher(REGISTRY)
_CONTEXT = Nowhere()


def fuzz(data: bytes) -> None:
    bits = Bits(data)
    text = _made(bits) if bits.rarely(2) else bits.rest()
    check(text)


def check(text: bytes) -> None:
    """Answer a message and look at everything that would be sent."""
    message = parse(text, REGISTRY)
    answers = []
    for request in message.requests:
        answer = _DISPATCHER.answer(request, _CONTEXT)
        assert isinstance(answer, bytes)
        told = msgspec.json.decode(answer, type=Answered)
        assert b"\n" not in answer and b"\r" not in answer, "an answer is more than a line"
        assert told.jsonrpc == "2.0"
        assert bytes(told.id) == (request.id or b"null")
        assert (told.result is msgspec.UNSET) != (told.error is msgspec.UNSET)
        if isinstance(told.error, dict):
            kind = told.error["data"]["kind"]
            assert told.error["code"] == CODES[kind] and kind != "internal"
        answers.append((request.id, told))
    _compare(text, answers, is_batch=message.is_batch)


def _compare(text: bytes, answers: list[tuple[bytes | None, Answered]], *, is_batch: bool) -> None:
    """Hold it against another reader of JSON: what is none, and which ids are waited for."""
    kinds = [told.error["data"]["kind"] for _, told in answers if isinstance(told.error, dict)]
    try:
        tree = json.loads(
            text.decode(),
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_refuse,
            object_pairs_hook=_sound,
        )
        _check_text(tree)
    except (ValueError, RecursionError):
        assert kinds == ["parse_error"], f"{kinds} where nothing can be read"
        return
    if kinds == ["parse_error"]:
        # Deeper than another reader cares about.
        assert text.count(b"[") + text.count(b"{") > limits.MAX_DEPTH, "what can be read was not"
        return
    assert is_batch == (isinstance(tree, list) and 0 < len(tree) <= limits.MAX_BATCH)
    members = tree if is_batch and isinstance(tree, list) else [tree]
    wanted = [each for each in map(_wanted_id, members) if each is not _NOTHING]
    got = [_read_id(request_id) for request_id, _ in answers if request_id is not None]
    assert got == wanted, f"answered {got}, waited for {wanted}"


class _Number(str):
    """Be a number by its digits."""

    __slots__ = ()


_NOTHING = object()


def _wanted_id(member: object) -> object:
    """Tell under which id a member is answered."""
    if not isinstance(member, dict):
        return None
    is_response = "result" in member or "error" in member
    if is_response and "method" not in member:
        return _NOTHING
    own = member.get("id", _NOTHING)
    if own is not _NOTHING and not isinstance(own, str | None):
        return None
    is_call = isinstance(member.get("method"), str) and not isinstance(member["method"], _Number)
    is_version = member.get("jsonrpc") == "2.0" and not isinstance(member["jsonrpc"], _Number)
    params = member.get("params")
    if is_call and is_version and isinstance(params, dict | list | None):
        return own
    return None if own is _NOTHING else own


def _read_id(request_id: bytes) -> object:
    return json.loads(request_id, parse_int=_Number, parse_float=_Number)


def _sound(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Look at every member, those too that a later one of its name replaces."""
    for name, value in pairs:
        name.encode()
        _check_text(value)
    return dict(pairs)


def _check_text(tree: object) -> None:
    """Raise UnicodeEncodeError for half a character."""
    if isinstance(tree, str):
        tree.encode()
    elif isinstance(tree, list):
        for part in tree:
            _check_text(part)


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _made(bits: Bits) -> bytes:
    """Make a message of parts that are nearly right."""
    members = [_member(bits) for _ in range(bits.number(4))]
    if len(members) == 1:
        return members[0]
    return b"[%b]" % b",".join(members)


def _member(bits: Bits) -> bytes:
    if bits.rarely(8):
        return json.dumps(bits.value()).encode()
    name = bits.pick(NAMES)
    parts: list[bytes] = [b'"jsonrpc":"2.0"', b'"method":%b' % json.dumps(name).encode()]
    if bits.rarely(2):
        parts.append(b'"id":%b' % json.dumps(bits.value(1)).encode())
    if bits.rarely(2):
        parts.append(b'"params":%b' % json.dumps(bits.value()).encode())
    for _ in range(bits.number(3)):
        member = json.dumps(bits.pick(MEMBERS)).encode()
        parts.append(b"%b:%b" % (member, json.dumps(bits.value(1)).encode()))
    text = b"{%b}" % b",".join(parts)
    if bits.rarely(4):
        at = bits.number(len(text) + 1)
        text = text[:at] + bits.pick(TOKENS[:-5]) + text[at + bits.number(4) :]
    return text
