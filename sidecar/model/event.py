"""An event is one committed fact, numbered by `seq`, never changed."""

from typing import Literal

import msgspec

from sidecar.model import limits
from sidecar.model.errors import LimitExceeded
from sidecar.model.json_value import Json

Source = Literal["daemon", "client"]


class Event(msgspec.Struct, frozen=True, rename="camel"):
    """Show an event; `seq` counts from 1 over the whole database, without gaps."""

    seq: int
    thread_id: str | None
    turn_id: str | None
    item_id: str | None
    event: str
    payload: Json
    source: Source
    at_ms: int


class Delta(msgspec.Struct, frozen=True, rename="camel"):
    """Be a piece of an item that is still being made: fanned out, never stored.

    `offset` counts characters, so that a loss shows.
    """

    thread_id: str
    turn_id: str
    item_id: str
    text: str
    offset: int


def check_filter(names: list[str] | None) -> None:
    """Refuse a filter of more names than each event can be held against."""
    if names is not None and len(names) > limits.MAX_EVENT_NAMES:
        raise LimitExceeded(limit="maxEventNames", max=limits.MAX_EVENT_NAMES, actual=len(names))


# What the daemon writes, and under which noun its payload holds the record.
DAEMON_EVENTS: dict[str, str] = {
    "thread.created": "thread",
    "thread.updated": "thread",
    "thread.deleted": "thread",
    "turn.queued": "turn",
    "turn.started": "turn",
    "turn.steered": "turn",
    "turn.interrupt_requested": "turn",
    "turn.completed": "turn",
    "item.queued": "item",
    "item.started": "item",
    "item.updated": "item",
    "item.completed": "item",
    "session_input.admitted": "input",
    "session_input.updated": "input",
    "session_input.cancelled": "input",
    "session_input.promoted": "input",
    "message.appended": "`messages`, `messageCount` and `version`",
    "message.replaced": "`messageCount` and `version`",
    "state.changed": "`messageCount` and `version`",
    "run.created": "run",
    "run.updated": "run",
    "step.created": "step",
    "step.updated": "step",
    "recovery.completed": "the report itself",
}
# The event that reports each status of a turn or item; every terminal one is `completed`.
LIFE_EVENTS: dict[str, str] = {
    "queued": "queued",
    "in_progress": "started",
    "completed": "completed",
    "failed": "completed",
    "interrupted": "completed",
    "cancelled": "completed",
}
