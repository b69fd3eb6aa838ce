"""Make the requests of a turn that has been: it begins, has its items, and ends."""

import msgspec

from sidecar.cli.importing.story import Call, Found, Unit, call
from sidecar.model.item import ItemStatus
from sidecar.model.turn import TurnStatus, Usage

# An open turn that nobody here works on would block its thread; as in a fork, it is interrupted.
OPEN = ("queued", "in_progress")
OPEN_ERROR = "imported_open"
STATUSES: dict[str, TurnStatus] = {
    "queued": "queued",
    "in_progress": "in_progress",
    "completed": "completed",
    "failed": "failed",
    "interrupted": "interrupted",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """Be a turn as a source has it; an open one is ended by the import."""

    thread_id: str
    turn_id: str
    status: TurnStatus
    has_started: bool = True
    input_summary: str | None = None
    metadata: dict[str, object] | None = None
    usage: Usage | None = None
    error: dict[str, str] | None = None


def turn(found: Found, where: str, ended: Ended, items: list[Call]) -> Unit:
    """Make a turn with its items, all or nothing as far as one request holds them."""
    status, error = ended.status, ended.error
    if status in OPEN:
        said = f"turn {ended.turn_id} was {status}; it is imported as interrupted"
        found.note(where, said)
        error = {"kind": OPEN_ERROR, "message": f"it was {status} where it comes from"}
        status = "interrupted"
    # Only what has not completed can have ended without a start.
    is_late = ended.has_started or status == "completed"
    start = call(
        where,
        "turn/start",
        threadId=ended.thread_id,
        turnId=ended.turn_id,
        status="in_progress" if is_late else "queued",
        inputSummary=ended.input_summary or None,
        metadata=ended.metadata,
    )
    end = call(
        where,
        "turn/complete",
        turnId=ended.turn_id,
        status=status,
        usage=ended.usage,
        error=error,
    )
    return Unit([start, *items, end])


def item(
    where: str,
    turn_id: str,
    item_id: str,
    kind: str,
    status: ItemStatus = "completed",
    *,
    summary: str | None = None,
    detail: str | None = None,
    metadata: dict[str, object] | None = None,
    artifact_refs: object = None,
) -> Call:
    """Make an item; an open one is closed with its turn."""
    return call(
        where,
        "item/create",
        turnId=turn_id,
        itemId=item_id,
        kind=kind,
        status=status,
        summary=summary,
        detail=detail,
        metadata=metadata,
        artifactRefs=artifact_refs,
    )
