"""An item is one piece of a turn: a message, a tool call, a change to a file."""

from typing import Literal

import msgspec

from sidecar.model.json_value import Json
from sidecar.model.machine import Machine
from sidecar.model.turn import LIFE, TurnStatus

ItemStatus = TurnStatus
ItemKind = Literal[
    "user_message",
    "agent_message",
    "reasoning",
    "tool_call",
    "file_change",
    "command_execution",
    "context_compaction",
    "status",
    "error",
]
ITEM = Machine("item", LIFE)


class Item(msgspec.Struct, frozen=True, rename="camel"):
    """Show an item as it is on the wire; `position` counts from 1 within its turn."""

    id: str
    turn_id: str
    thread_id: str
    position: int
    kind: ItemKind
    status: ItemStatus
    summary: str | None
    detail: str | None
    metadata: Json
    artifact_refs: Json
    started_at_ms: int | None
    ended_at_ms: int | None
