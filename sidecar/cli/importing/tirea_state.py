"""Rebuild a state of tirea: its base, with every patch applied in order.

Operations: set, delete, append, merge_object, increment, decrement, insert, remove and
lattice_merge (a set, where no lattice is registered); a path is a list of names and indices.
"""

from collections.abc import Callable
from decimal import Decimal

import msgspec
from msgspec import Raw

from sidecar.model.json_value import Tree, decode, encode

Segment = str | int


class Op(msgspec.Struct):
    """Be one operation."""

    op: str
    path: list[Segment] = msgspec.field(default_factory=list)
    value: Raw = msgspec.field(default_factory=lambda: Raw(b"null"))
    amount: Decimal | None = None
    index: int | None = None


class Ops(msgspec.Struct):
    """Be the operations of a patch."""

    ops: list[Op]


class Tracked(msgspec.Struct):
    """Be a patch with what is known of it."""

    patch: Ops


class Broken(Exception):
    """Say which patch cannot be applied, and what the state is before it."""

    def __init__(self, index: int, state: bytes, reason: str) -> None:
        super().__init__(reason)
        self.index = index
        self.state = state


class _CannotError(Exception):
    """Say why an operation cannot be applied."""


def rebuild(base: bytes, patches: list[Raw]) -> bytes:
    """Apply patches to a base; raises Broken with the state up to the first that fails."""
    state = decode(base)
    for index, patch in enumerate(patches):
        before = encode(state)
        try:
            for op in msgspec.json.decode(patch, type=Tracked).patch.ops:
                state = _apply(state, op.path, _change(op))
        except (_CannotError, msgspec.MsgspecError) as error:
            raise Broken(index, before, str(error)) from error
    return encode(state)


class _Absent:
    """Stand for what is not there, or shall not be."""


ABSENT = _Absent()
Node = Tree | _Absent


def _apply(node: Node, path: list[Segment], change: Callable[[Node], Node]) -> Tree:
    """Change what is at a path; objects on the way are made."""
    made = _at(node, path, change)
    return None if isinstance(made, _Absent) else made


def _at(node: Node, path: list[Segment], change: Callable[[Node], Node]) -> Node:
    if not path:
        return change(node)
    first, *rest = path
    if isinstance(first, int):
        if not isinstance(node, list) or not 0 <= first < len(node):
            raise _CannotError(f"no element {first}")
        made = _at(node[first], rest, change)
        tail = node[first + 1 :]
        return [*node[:first], *([] if isinstance(made, _Absent) else [made]), *tail]
    if isinstance(node, _Absent) or node is None:
        node = {}
    if not isinstance(node, dict):
        raise _CannotError(f"no object to have {first}")
    made = _at(node.get(first, ABSENT), rest, change)
    members = {name: value for name, value in node.items() if name != first}
    if not isinstance(made, _Absent):
        members[first] = made
    return members


def _change(op: Op) -> Callable[[Node], Node]:
    value = decode(op.value)
    amount = value if op.amount is None else Decimal(op.amount)
    match op.op:
        case "set" | "lattice_merge":
            return lambda _: value
        case "delete":
            return lambda _: ABSENT
        case "append":
            return lambda node: [*_list(node), value]
        case "insert":
            return lambda node: _insert(_list(node), op.index or 0, value)
        case "remove":
            return lambda node: _remove(_list(node), value)
        case "merge_object":
            return lambda node: {**_object(node), **_object(value)}
        case "increment":
            return lambda node: _number(node) + _number(amount)
        case "decrement":
            return lambda node: _number(node) - _number(amount)
    raise _CannotError(f"no operation {op.op}")


def _list(node: Node) -> list[Tree]:
    if isinstance(node, _Absent):
        return []
    if not isinstance(node, list):
        raise _CannotError("no list")
    return node


def _object(node: Node) -> dict[str, Tree]:
    if isinstance(node, _Absent):
        return {}
    if not isinstance(node, dict):
        raise _CannotError("no object")
    return node


def _number(node: Node) -> Decimal:
    if isinstance(node, bool) or not isinstance(node, int | Decimal):
        raise _CannotError("no number")
    return Decimal(node)


def _insert(values: list[Tree], index: int, value: Tree) -> list[Tree]:
    if index > len(values):
        raise _CannotError(f"no place {index}")
    return [*values[:index], value, *values[index:]]


def _remove(values: list[Tree], value: Tree) -> list[Tree]:
    if value not in values:
        return values
    at = values.index(value)
    return [*values[:at], *values[at + 1 :]]
