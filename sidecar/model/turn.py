"""A turn is one unit of agent work in a thread."""

from typing import Literal

import msgspec

from sidecar.model.fields import Cost, Count
from sidecar.model.json_value import Json
from sidecar.model.machine import Machine

TurnStatus = Literal["queued", "in_progress", "completed", "failed", "interrupted", "cancelled"]
OpenStatus = Literal["queued", "in_progress"]

LIFE: dict[str, tuple[str, ...]] = {
    "queued": ("in_progress", "failed", "interrupted", "cancelled"),
    "in_progress": ("completed", "failed", "interrupted", "cancelled"),
    "completed": (),
    "failed": (),
    "interrupted": (),
    "cancelled": (),
}
TURN = Machine("turn", LIFE)


class TurnError(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Say why a turn did not complete."""

    kind: str
    message: str


class Usage(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Count what a turn has used."""

    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cached_tokens: Count | None = None
    miss_tokens: Count | None = None
    reasoning_tokens: Count | None = None
    cost_usd: Cost | None = None


class Turn(msgspec.Struct, frozen=True, rename="camel"):
    """Show a turn as it is on the wire; times are Unix milliseconds.

    `durationMs` is null until the turn has ended, and when it never started.
    """

    id: str
    thread_id: str
    status: TurnStatus
    input_summary: str | None
    metadata: Json
    usage: Usage | None
    error: TurnError | None
    steer_count: int
    item_count: int
    interrupt_requested_at_ms: int | None
    recovered: bool
    created_at_ms: int
    started_at_ms: int | None
    ended_at_ms: int | None
    duration_ms: int | None


def item_status_after(turn_status: str) -> str:
    """Tell what becomes of the open items of a turn that ends with a status.

    Their outcome is unknown unless the turn's own end says it; one that is lost has not ended.
    """
    return turn_status if turn_status in ("failed", "cancelled") else "interrupted"
