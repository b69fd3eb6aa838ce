"""Promote session inputs: bind them to the turn that consumes them, at most once.

A promotion writes input, item, turn and events in one transaction. It is the one door: an
explicit promotion, an admission that promotes and a turn that ends and wakes the next all
come through here.
"""

from sidecar.model.errors import InvalidParams, NoActiveTurn, TurnMismatch
from sidecar.model.item import Item
from sidecar.model.json_value import NULL, Json
from sidecar.model.limits import MAX_PENDING_INPUTS
from sidecar.model.session_input import (
    NOTHING_PROMOTED,
    Delivery,
    Promotion,
    Scope,
    SessionInput,
)
from sidecar.store import items, session_inputs, turns
from sidecar.store.session_inputs import InputKey
from sidecar.store.transaction import Snapshot, Tx

DELIVERY_OF: dict[Scope, Delivery] = {"input": "queue", "steer": "steer"}
Chosen = list[tuple[int, str]]


def into_active(
    tx: Tx,
    thread_key: int,
    *,
    turn_id: str | None = None,
    picked: InputKey | None = None,
    wake: bool = False,
) -> Promotion:
    """Promote pending steers into the turn in progress, in admission order.

    Refuses with `no_active_turn`, or `turn_mismatch` when another turn was named.
    """
    active = turns.active(tx, thread_key)
    if active is None:
        raise NoActiveTurn(activeTurnId=None)
    if turn_id is not None and turn_id != active.id:
        raise TurnMismatch(activeTurnId=active.id)
    chosen = _choose(tx, thread_key, "steer", picked, wake=wake, limit=MAX_PENDING_INPUTS)
    if not chosen:
        return NOTHING_PROMOTED
    pairs = []
    for each in chosen:
        pairs.append(_promote(tx, thread_key, active.key, each, opened_turn=False))
        turns.count_steer(tx, active.key, thread_key)
    return _promotion(tx, pairs, active.key)


def into_new(
    tx: Tx,
    thread_key: int,
    *,
    turn_id: str | None = None,
    picked: InputKey | None = None,
    wake: bool = False,
    input_summary: str | None = None,
    metadata: Json = NULL,
    fingerprint: bytes | None = None,
) -> Promotion:
    """Promote into a new turn: all pending steers together, else the oldest queue input.

    Refuses with `turn_active` unless the thread is idle. Without `wake` whatever an
    interrupt held back is released, also what has to wait for its turn.
    """
    turns.require_idle(tx, thread_key)
    if picked is not None:
        chosen = _choose(tx, thread_key, "queue", picked, wake=wake, limit=1)
    else:
        chosen = _choose(
            tx, thread_key, "steer", None, wake=wake, limit=MAX_PENDING_INPUTS
        ) or _choose(tx, thread_key, "queue", None, wake=wake, limit=1)
    if not chosen:
        return NOTHING_PROMOTED
    turn_key = turns.create(
        tx,
        thread_key,
        turn_id,
        "in_progress",
        origin="promoted",
        input_summary=input_summary,
        metadata=metadata,
        fingerprint=fingerprint,
    )
    pairs = [_promote(tx, thread_key, turn_key, each, opened_turn=True) for each in chosen]
    if not wake:
        session_inputs.hold_all(tx, thread_key, held=False)
    return _promotion(tx, pairs, turn_key)


def that_made(db: Snapshot, turn_key: int) -> Promotion:
    """Read the promotion that made a turn, its records as they are by now."""
    inputs = session_inputs.that_opened(db, turn_key)
    item_ids = {record.item_id for record in inputs}
    made = [item for item in items.of_turn(db, turn_key) if item.id in item_ids]
    return Promotion(inputs, made, turns.get(db, turn_key))


def _choose(
    tx: Tx,
    thread_key: int,
    delivery: Delivery,
    picked: InputKey | None,
    *,
    wake: bool,
    limit: int,
) -> Chosen:
    if picked is None:
        return session_inputs.promotable(tx, thread_key, delivery, wake=wake, limit=limit)
    record = session_inputs.get(tx, picked.key)
    if record.delivery != delivery:
        raise InvalidParams(path="inputId", reason=f"its delivery is {record.delivery}")
    session_inputs.require_pending(record)
    return [] if wake and record.held else [(picked.key, record.prompt)]


def _promote(
    tx: Tx, thread_key: int, turn_key: int, chosen: tuple[int, str], *, opened_turn: bool
) -> tuple[SessionInput, Item]:
    key, prompt = chosen
    made = items.create_prompt(tx, turn_key, thread_key, prompt)
    record = session_inputs.bind(tx, key, thread_key, turn_key, made.key, opened_turn=opened_turn)
    return record, made.item


def _promotion(tx: Tx, pairs: list[tuple[SessionInput, Item]], turn_key: int) -> Promotion:
    return Promotion(
        [record for record, _ in pairs], [item for _, item in pairs], turns.get(tx, turn_key)
    )
