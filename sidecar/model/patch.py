"""Patches of a JSON state: the operations of RFC 6902, and `increment` and `merge`.

Pure and exact: what a patch does not name stays equal to the last digit, since numbers are
integers or decimals, never floats. Ours, because the library of the language (jsonpatch) walks
values by recursion, which ends at fewer levels than a value may have, shows them in its errors,
and does not bound what copies of copies grow to.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Context, Decimal, Inexact, Overflow, Underflow
from typing import Annotated, Final, assert_never

import msgspec
from msgspec import Meta

from sidecar.model.errors import LimitExceeded, PatchFailed
from sidecar.model.json_value import Json, Tree, decode, encode, is_same, is_too_deep
from sidecar.model.limits import MAX_PATCH_SHIFTS, MAX_STATE_BYTES, MAX_STATE_DEPTH

Pointer = Annotated[
    str,
    Meta(pattern=r"^(?:/(?:[^~/]|~[01])*)*\Z", description="A JSON Pointer (RFC 6901)."),
]
INDEX = re.compile(r"0|[1-9][0-9]*")
# No list is longer than a number of so many digits says.
INDEX_DIGITS = 18
# Sums are exact or refused: as many digits as between the largest double and a cent.
SUM_DIGITS = 400
SUM: Final = Context(prec=SUM_DIGITS, traps=[Inexact, Overflow, Underflow])
LARGEST = Decimal(float.fromhex("0x1.fffffffffffffp+1023"))
# To negate by the sign would round to the digits of the thread's context.
LEAST = LARGEST.copy_negate()
# The member that holds the state while it is patched, so that it has a parent as all else has.
WHOLE = "state"


class Op(msgspec.Struct, frozen=True, tag_field="op"):
    """Be one operation; members that it does not know are ignored (RFC 6902, 4)."""

    path: Pointer


class AddOp(Op, frozen=True, tag="add"):
    """Set a member, or insert into a list: before an index, or at the end (`-`)."""

    value: Json


class RemoveOp(Op, frozen=True, tag="remove"):
    """Take away what is there."""


class ReplaceOp(Op, frozen=True, tag="replace"):
    """Put a value in the place of what is there."""

    value: Json


class MoveOp(Op, frozen=True, tag="move"):
    """Take a value from one place and add it at another."""

    from_: Pointer = msgspec.field(name="from")


class CopyOp(Op, frozen=True, tag="copy"):
    """Add a copy of a value at another place."""

    from_: Pointer = msgspec.field(name="from")


class TestOp(Op, frozen=True, tag="test"):
    """Hold that a value is there: numbers count by what they are, members have no order."""

    value: Json


class IncrementOp(Op, frozen=True, tag="increment"):
    """Add a number to the number that is there, exactly."""

    value: Json


class MergeOp(Op, frozen=True, tag="merge"):
    """Merge a value into what is there (RFC 7396), making the objects on the way to it."""

    value: Json


AnyOp = AddOp | RemoveOp | ReplaceOp | MoveOp | CopyOp | TestOp | IncrementOp | MergeOp


class Patch(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Be operations that belong together, with where they come from."""

    ops: list[AnyOp]
    source: str | None = None
    description: str | None = None


class Fault(Exception):
    """Say at which pointer an operation failed, and why."""

    def __init__(self, pointer: str, reason: str) -> None:
        super().__init__(reason)
        self.pointer = pointer
        self.reason = reason


def patched(state: Json, patches: Sequence[Patch]) -> Json:
    """Apply all operations in order, or refuse with `patch_failed`.

    Its `index` counts the operations of all patches from 0. A state that would grow past
    MAX_STATE_BYTES is `limit_exceeded`, as is more than MAX_PATCH_SHIFTS of work in lists.
    """
    return replayed(state, [patches])


def replayed(state: Json, changes: Iterable[Sequence[Patch]]) -> Json:
    """Apply the patches of one change set after the other, each measured for itself."""
    tree = decode(state)
    for patches in changes:
        document = _Document(tree)
        for index, op in enumerate(op for patch in patches for op in patch.ops):
            try:
                document.do(op)
            except Fault as fault:
                raise PatchFailed(index=index, path=fault.pointer, reason=fault.reason) from fault
        tree = document.state
    text = encode(tree)
    _check_size(len(text))
    return msgspec.Raw(text)


class _Document:
    """Be a state while it is patched, in place: whoever fails throws it away."""

    def __init__(self, state: Tree) -> None:
        self._whole: dict[str, Tree] = {WHOLE: state}
        self._placed_bytes = 0
        self._shifts = 0

    @property
    def state(self) -> Tree:
        return self._whole[WHOLE]

    def do(self, op: AnyOp) -> None:
        match op:
            case AddOp():
                self._add(op.path, self._placed(op.path, bytes(op.value)))
            case RemoveOp():
                self._remove(op.path)
            case ReplaceOp():
                self._replace(op.path, self._placed(op.path, bytes(op.value)))
            case MoveOp():
                self._move(op.from_, op.path)
            case CopyOp():
                self._add(op.path, self._placed(op.path, encode(self._get(op.from_))))
            case TestOp():
                if not is_same(self._get(op.path), decode(op.value)):
                    raise Fault(op.path, "the value is another one")
            case IncrementOp():
                total = _sum(op.path, self._get(op.path), decode(op.value))
                self._replace(op.path, total)
            case MergeOp():
                self._merge(op.path, self._placed(op.path, bytes(op.value)))
            case _:
                assert_never(op)

    def _placed(self, pointer: str, text: bytes) -> Tree:
        """Decode a value of its own to be placed; one that must not grow there is refused.

        Copies of copies double: without a measure a short patch would fill the memory.
        """
        self._count(pointer, text)
        return decode(text)

    def _count(self, pointer: str, text: bytes) -> None:
        _check_depth(pointer, text)
        self._placed_bytes += len(text)
        _check_size(self._placed_bytes)

    def _parent(self, pointer: str) -> tuple[Tree, str]:
        """Walk to what holds the place of a pointer; tell it and the last step."""
        here: Tree = self._whole
        *way, last = _steps(pointer)
        for step in way:
            here = _child(here, step, pointer)
        return here, last

    def _get(self, pointer: str) -> Tree:
        parent, last = self._parent(pointer)
        return _child(parent, last, pointer)

    def _add(self, pointer: str, value: Tree) -> None:
        parent, last = self._parent(pointer)
        if isinstance(parent, dict):
            parent[last] = value
        elif isinstance(parent, list):
            index = _index(parent, last, pointer, end=True)
            self._shift(parent, index)
            parent.insert(index, value)
        else:
            raise _no_container(pointer)

    def _replace(self, pointer: str, value: Tree) -> None:
        parent, last = self._parent(pointer)
        _child(parent, last, pointer)
        _put(parent, last, value)

    def _remove(self, pointer: str) -> None:
        if not pointer:
            raise Fault(pointer, "the whole state cannot be taken away")
        parent, last = self._parent(pointer)
        _child(parent, last, pointer)
        if isinstance(parent, dict):
            del parent[last]
        else:
            assert isinstance(parent, list)
            self._shift(parent, int(last))
            del parent[int(last)]

    def _shift(self, elements: list[Tree], index: int) -> None:
        """Count what an operation pushes aside in a list; many at its front would take hours."""
        self._shifts += len(elements) - index
        _check("maxPatchShifts", self._shifts, MAX_PATCH_SHIFTS)

    def _move(self, source: str, target: str) -> None:
        if target.startswith(source + "/"):
            raise Fault(target, "a value cannot be moved into itself")
        value = self._get(source)
        if source == target:
            return
        # To measure a value costs as much as a copy of it: only one that goes deeper needs it.
        if target.count("/") > source.count("/"):
            self._count(target, encode(value))
        self._remove(source)
        self._add(target, value)

    def _merge(self, pointer: str, patch: Tree) -> None:
        here: Tree = self._whole
        *way, last = _steps(pointer)
        for step in way:
            if _is_missing(here, step):
                _put(here, step, {})
                step = _last_of(here, step)  # noqa: PLW2901  # `-` is a number from now on
            here = _child(here, step, pointer)
        is_missing = _is_missing(here, last)
        target = None if is_missing else _child(here, last, pointer)
        _put(here, last, _merged(target, patch))


def _steps(pointer: str) -> list[str]:
    """Split a pointer into the names of what it passes."""
    steps = pointer.split("/")
    return [WHOLE, *(step.replace("~1", "/").replace("~0", "~") for step in steps[1:])]


def _child(parent: Tree, step: str, pointer: str) -> Tree:
    if isinstance(parent, dict):
        if step not in parent:
            raise Fault(pointer, "there is no such member")
        return parent[step]
    if isinstance(parent, list):
        return parent[_index(parent, step, pointer, end=False)]
    raise _no_container(pointer)


def _put(parent: Tree, step: str, value: Tree) -> None:
    """Set a member, an element, or one more at the end of a list, in a place that was found."""
    if isinstance(parent, dict):
        parent[step] = value
    else:
        assert isinstance(parent, list)
        index = len(parent) if step == "-" else int(step)
        parent[index : index + 1] = [value]


def _index(parent: list[Tree], step: str, pointer: str, *, end: bool) -> int:
    """Read an index of a list; with `end` the place behind its last element is one too."""
    if step == "-" and end:
        return len(parent)
    if not INDEX.fullmatch(step):
        raise Fault(pointer, "not an index of a list")
    if len(step) > INDEX_DIGITS or int(step) >= len(parent) + end:
        raise Fault(pointer, "the index is out of bounds")
    return int(step)


def _is_missing(parent: Tree, step: str) -> bool:
    """Tell whether a step leads to nothing yet, in a place that could hold something."""
    if isinstance(parent, list):
        return step in ("-", str(len(parent)))
    return isinstance(parent, dict) and step not in parent


def _last_of(parent: Tree, step: str) -> str:
    return str(len(parent) - 1) if isinstance(parent, list) else step


def _no_container(pointer: str) -> Fault:
    return Fault(pointer, "what holds it is neither an object nor a list")


def _merged(target: Tree, patch: Tree) -> Tree:
    """Merge as RFC 7396 says: null takes a member away, what is no object replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = target if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged


def _sum(pointer: str, one: Tree, other: Tree) -> Tree:
    for value in (one, other):
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise Fault(pointer, "increment wants a number, and a number there")
    assert isinstance(one, int | Decimal) and isinstance(other, int | Decimal)
    if isinstance(one, int) and isinstance(other, int):
        total: int | Decimal = one + other
    else:
        try:
            total = SUM.add(Decimal(one), Decimal(other))
        except (Inexact, Overflow, Underflow) as error:
            raise Fault(pointer, "the sum has too many digits") from error
    if not LEAST <= total <= LARGEST:
        raise Fault(pointer, "the sum is out of range")
    return total


def _check_depth(pointer: str, text: bytes) -> None:
    """Refuse what could not be sent, and so not be set, as a state of its own."""
    if is_too_deep(text, MAX_STATE_DEPTH - pointer.count("/")):
        raise Fault(pointer, "the state would be nested too deeply")


def _check_size(size: int) -> None:
    _check("maxStateBytes", size, MAX_STATE_BYTES)


def _check(limit: str, actual: int, most: int) -> None:
    if actual > most:
        raise LimitExceeded(limit=limit, max=most, actual=actual)
