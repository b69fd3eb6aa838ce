"""Let turns and inputs be as they have been: admitted, promoted, steered, cancelled, ended.

Inputs are admitted in their order, as late as they can be, so that a promotion finds waiting what
it found then.
"""

from collections import defaultdict
from collections.abc import Iterator

import msgspec
from msgspec import Raw

from sidecar.cli.importing.story import Call, Found, Unit, call
from sidecar.cli.importing.turns import OPEN, OPEN_ERROR
from sidecar.model.limits import SUMMARY_CHARS

Fields = dict[str, Raw]
ITEM = ("kind", "status", "summary", "detail", "metadata", "artifactRefs")


class PastInput(msgspec.Struct, frozen=True, kw_only=True):
    """Be an input as it was."""

    input_id: str
    status: str
    delivery: str
    turn_id: str | None
    item_id: str | None
    is_held: bool
    admitted_seq: int
    fields: Fields


class PastTurn(msgspec.Struct, frozen=True, kw_only=True):
    """Be a turn as it was."""

    turn_id: str
    status: str
    has_started: bool
    was_interrupted: bool
    steer_count: int
    fields: Fields
    end: Fields


class Past:
    """Gather a thread's turns, items and inputs, and make them in the order of their time."""

    def __init__(self, found: Found, thread_id: str) -> None:
        self._found = found
        self._id = thread_id
        self._inputs: list[tuple[str, PastInput]] = []
        self._turns: list[tuple[str, PastTurn]] = []
        self._items: dict[str, list[tuple[str, Fields]]] = defaultdict(list)

    def add_input(self, where: str, given: PastInput) -> None:
        """Take an input."""
        self._inputs.append((where, given))

    def add_turn(self, where: str, turn: PastTurn) -> None:
        """Take a turn; they come in their order."""
        self._turns.append((where, turn))

    def add_item(self, where: str, turn_id: str, fields: Fields) -> None:
        """Take an item; those of a turn come in their order."""
        self._items[turn_id].append((where, fields))

    def units(self) -> Iterator[Unit]:
        """Make everything, a unit for each turn and for each input that waits."""
        self._inputs.sort(key=lambda each: each[1].admitted_seq)
        self._left = iter(self._inputs)
        by_item: dict[str | None, PastInput] = {
            each.item_id: each for _, each in self._inputs if each.item_id
        }
        for where, turn in self._turns:
            items = self._items.pop(turn.turn_id, [])
            yield Unit(list(self._turn(where, turn, items, by_item)))
        yield from (Unit([each]) for each in self._admissions(None))
        for lost in self._items.values():
            for where, _ in lost:
                self._found.skip(where, "its turn is not there")

    def _turn(
        self,
        where: str,
        turn: PastTurn,
        items: list[tuple[str, Fields]],
        by_item: dict[str | None, PastInput],
    ) -> Iterator[Call]:
        promoted = [by_item.get(_text(item["id"])) for _, item in items]
        opening = promoted[0] if promoted else None
        # Steers that opened a turn did so together, and do not count as its steers.
        opened_by = _leading(promoted, turn) if opening else 0
        if opening is not None:
            yield from self._admissions(promoted[opened_by - 1])
        # Admissions before the turn's own first call are part of it; it begins with them.
        yield self._begin(where, turn, opening)
        steered = self._steered(turn, items, promoted, opened_by)
        for number, (at, item) in enumerate(items):
            given = promoted[number]
            if given is None:
                yield _item(self._id, at, turn, item, is_steer=number in steered)
            elif number >= opened_by:
                yield from self._admissions(given)
                yield self._promote(at, given, "steer", turn.turn_id, {})
        if turn.was_interrupted and turn.has_started:
            params = {"threadId": self._id, "turnId": turn.turn_id, "pending": "keep"}
            yield call(where, "turn/interrupt", **params)
        yield self._complete(where, turn)

    def _begin(self, where: str, turn: PastTurn, opening: PastInput | None) -> Call:
        if opening is not None:
            return self._promote(where, opening, "input", turn.turn_id, turn.fields)
        return call(
            where,
            "turn/start",
            threadId=self._id,
            turnId=turn.turn_id,
            status="in_progress" if turn.has_started else "queued",
            **turn.fields,
        )

    def _promote(
        self, where: str, given: PastInput, scope: str, turn_id: str, fields: Fields
    ) -> Call:
        # Steers open a turn all together: none is picked.
        is_picked = scope == "steer" or given.delivery == "queue"
        return call(
            where,
            "sessionInput/promote",
            threadId=self._id,
            inputId=given.input_id if is_picked else None,
            scope=scope,
            turnId=turn_id,
            **fields,
        )

    def _complete(self, where: str, turn: PastTurn) -> Call:
        end: dict[str, object] = {"status": turn.status, **turn.end}
        if turn.status in OPEN:
            said = f"turn {turn.turn_id} was {turn.status}; it is imported as interrupted"
            self._found.note(where, said)
            error = {"kind": OPEN_ERROR, "message": f"it was {turn.status} where it comes from"}
            end |= {"status": "interrupted", "error": error}
        return call(where, "turn/complete", turnId=turn.turn_id, **end)

    def _steered(
        self,
        turn: PastTurn,
        items: list[tuple[str, Fields]],
        promoted: list[PastInput | None],
        opened_by: int,
    ) -> set[int]:
        """Find the items that a steer without an input has made: the last that can be."""
        direct = turn.steer_count - sum(each is not None for each in promoted[opened_by:])
        could = [
            number
            for number, (_, item) in enumerate(items)
            if promoted[number] is None and _is_prompt(item)
        ]
        return set(could[-direct:]) if direct > 0 else set()

    def _admissions(self, upto: PastInput | None) -> Iterator[Call]:
        """Admit what comes before an input, and it; all that are left for none."""
        if upto is not None and upto.admitted_seq <= self._admitted:
            return
        for where, each in self._left:
            self._admitted = each.admitted_seq
            params = {"threadId": self._id, "inputId": each.input_id}
            yield call(where, "sessionInput/admit", **params, **each.fields)
            if each.status == "cancelled":
                yield call(where, "sessionInput/cancel", inputId=each.input_id)
            if each.is_held:
                self._found.note(where, f"input {each.input_id} was held; a wake promotes it")
            if each is upto:
                return

    _admitted = 0
    _left: Iterator[tuple[str, PastInput]] = iter(())


def _leading(promoted: list[PastInput | None], turn: PastTurn) -> int:
    """Count the inputs that opened a turn: one of the queue, or several steers."""
    if promoted[0] is not None and promoted[0].delivery == "queue":
        return 1
    inputs = sum(each is not None for each in promoted)
    leading = next((n for n, each in enumerate(promoted) if each is None), len(promoted))
    return max(1, min(leading, inputs - turn.steer_count))


def _item(thread_id: str, where: str, turn: PastTurn, item: Fields, *, is_steer: bool) -> Call:
    item_id = item["id"]
    if is_steer and turn.has_started:
        return call(
            where,
            "turn/steer",
            threadId=thread_id,
            expectedTurnId=turn.turn_id,
            itemId=item_id,
            prompt=item["detail"],
        )
    fields = {name: item[name] for name in ITEM if bytes(item[name]) not in (b"null", b"[]")}
    return call(where, "item/create", turnId=turn.turn_id, itemId=item_id, **fields)


def _is_prompt(item: Fields) -> bool:
    """Tell whether an item is what a prompt becomes."""
    if _text(item["kind"]) != "user_message" or bytes(item["metadata"]) != b"null":
        return False
    detail = msgspec.json.decode(item["detail"], type=str | None)
    shown = msgspec.json.decode(item["summary"], type=str | None)
    is_trimmed = detail is not None and bool(detail) and detail == detail.strip()
    return is_trimmed and detail is not None and shown == detail[:SUMMARY_CHARS]


def _text(value: Raw) -> str:
    return msgspec.json.decode(value, type=str)
