"""A session input is something that a person or a program wants the agent to read.

Admission makes it durable; promotion binds it to the turn that consumes it, at most once.
"""

from typing import Literal

import msgspec

from sidecar.model.item import Item
from sidecar.model.json_value import Json
from sidecar.model.machine import Machine
from sidecar.model.turn import Turn

Delivery = Literal["queue", "steer"]
InputStatus = Literal["pending", "promoted", "cancelled"]
Scope = Literal["input", "steer"]
SESSION_INPUT = Machine(
    "session_input", {"pending": ("promoted", "cancelled"), "promoted": (), "cancelled": ()}
)


class SessionInput(msgspec.Struct, frozen=True, rename="camel"):
    """Show a session input; the seqs are those of the events that report it."""

    id: str
    thread_id: str
    prompt: str
    delivery: Delivery
    request: Json
    status: InputStatus
    held: bool
    admitted_seq: int
    promoted_seq: int | None
    turn_id: str | None
    item_id: str | None
    requeued_from_input_id: str | None
    created_at_ms: int


class Promotion(msgspec.Struct, frozen=True, rename="camel"):
    """Tell what was promoted: the inputs, their new items, and the turn that has them."""

    inputs: list[SessionInput]
    items: list[Item]
    turn: Turn | None


NOTHING_PROMOTED = Promotion([], [], None)
