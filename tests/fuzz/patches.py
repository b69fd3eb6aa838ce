"""Patches: refused with a place, or made; at once or one by one, the state is the same."""

import json
from contextlib import suppress
from copy import deepcopy
from typing import Any
from unittest.mock import patch

import msgspec

from sidecar.model import patch as model
from sidecar.model.errors import LimitExceeded, PatchFailed
from sidecar.model.json_value import Json, decode, is_equal, is_in_range
from sidecar.model.limits import MAX_DEPTH
from sidecar.model.patch import Patch, patched, replayed
from tests.fuzz.bits import Bits

OPS = ("add", "remove", "replace", "move", "copy", "test", "increment", "merge")
STEPS = ("a", "b", "0", "1", "-", "", "~0", "~1", "01", "2", "é", "99999999999")
MAX_OPS = 6
# Small enough for copies of copies to meet it.
STATE_BYTES = 4 * 1024
_PATCHES = msgspec.json.Decoder(list[Patch])


def fuzz(data: bytes) -> None:
    bits = Bits(data)
    state = _sent(bits.value())
    text = _text([{"ops": [_op(bits) for _ in range(bits.number(MAX_OPS))]} for _ in range(2)])
    if state is None or text is None:
        return
    try:
        patches = _PATCHES.decode(text)
    except msgspec.ValidationError:
        return
    with patch.object(model, "MAX_STATE_BYTES", STATE_BYTES):
        _check(state, patches)


def _check(state: Json, patches: list[Patch]) -> None:
    before = bytes(state)
    count = sum(len(each.ops) for each in patches)
    try:
        made = patched(state, patches)
    except PatchFailed as failed:
        index = failed.details["index"]
        assert isinstance(index, int) and 0 <= index < count
        return
    except LimitExceeded:
        return
    finally:
        assert bytes(state) == before
    assert len(made) <= STATE_BYTES and is_in_range(made)
    depth = _depth(json.loads(bytes(made), parse_float=str))
    assert depth <= MAX_DEPTH, f"a state of depth {depth}"
    assert is_equal(patched(made, []), made)
    one_by_one = replayed(state, [[each] for each in patches])
    assert is_equal(one_by_one, made), "two change sets make another state than one"
    # Each request for itself; the state between them may be too large for one.
    with suppress(LimitExceeded):
        assert is_equal(patched(patched(state, patches[:1]), patches[1:]), made)
    _hold_against_another(state, patches, made)


def _hold_against_another(state: Json, patches: list[Patch], made: Json) -> None:
    """Apply the same by RFC 6902 as Python writes it, where it has nothing of our own."""
    tree: Any = [decode(state)]
    for op in json.loads(msgspec.json.encode([op for each in patches for op in each.ops])):
        if op["op"] in ("increment", "merge", "test"):
            return
        path = ["0", *_steps(op["path"])]
        value = deepcopy(_at(tree, ["0", *_steps(op["from"])])) if "from" in op else None
        if "value" in op:
            value = decode(json.dumps(op["value"]).encode())
        if op["op"] == "move":
            if op["from"] == op["path"]:
                continue
            _remove(tree, ["0", *_steps(op["from"])])
        if op["op"] == "remove":
            _remove(tree, path)
        elif op["op"] == "replace" or len(path) == 1:
            _set(tree, path, value)
        else:
            _add(tree, path, value)
    assert json.dumps(tree[0], sort_keys=True, default=float) == json.dumps(
        decode(made), sort_keys=True, default=float
    )


def _steps(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _at(tree: Any, path: list[str]) -> Any:
    for step in path:
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]
    return tree


def _remove(tree: Any, path: list[str]) -> None:
    holder = _at(tree, path[:-1])
    del holder[int(path[-1]) if isinstance(holder, list) else path[-1]]


def _set(tree: Any, path: list[str], value: Any) -> None:
    holder = _at(tree, path[:-1])
    holder[int(path[-1]) if isinstance(holder, list) else path[-1]] = value


def _add(tree: Any, path: list[str], value: Any) -> None:
    holder, last = _at(tree, path[:-1]), path[-1]
    if isinstance(holder, dict):
        holder[last] = value
    else:
        holder.insert(len(holder) if last == "-" else int(last), value)


def _op(bits: Bits) -> dict[str, Any]:
    name = bits.pick(OPS)
    op: dict[str, Any] = {"op": name, "path": _pointer(bits)}
    if name in ("move", "copy"):
        op["from"] = _pointer(bits)
    elif name != "remove":
        op["value"] = bits.value(2)
    if bits.rarely(32):
        op[bits.pick(("op", "path", "from", "value"))] = bits.value(1)
    return op


def _pointer(bits: Bits) -> str:
    steps = [bits.pick(STEPS) for _ in range(bits.number(4))]
    if bits.rarely(64):
        return bits.text()
    return "".join(f"/{step}" for step in steps)


def _text(tree: object) -> bytes | None:
    """Write it as a client would; None for what the wire refuses before it comes so far."""
    try:
        return json.dumps(tree, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, UnicodeEncodeError):
        return None


def _sent(tree: object) -> Json | None:
    text = _text(tree)
    value = None if text is None else msgspec.Raw(text)
    return value if value is not None and is_in_range(value) else None


def _depth(tree: object) -> int:
    if isinstance(tree, dict):
        return 1 + max(map(_depth, tree.values()), default=0)
    if isinstance(tree, list):
        return 1 + max(map(_depth, tree), default=0)
    return 0
