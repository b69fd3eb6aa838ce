"""A run is one execution of an agent: who ran, for whom, how it ended, what it cost."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from sidecar.model.fields import Count, Id, Name
from sidecar.model.json_value import ABSENT, NULL, Json, is_equal
from sidecar.model.machine import Machine

RunStatus = Literal[
    "queued",
    "in_progress",
    "requires_action",
    "cancelling",
    "completed",
    "failed",
    "cancelled",
    "expired",
]
NewRunStatus = Literal["queued", "in_progress", "requires_action"]
ENDS = ("completed", "failed", "cancelled", "expired")
RUN = Machine(
    "run",
    {
        "queued": ("in_progress", "cancelling", *ENDS),
        "in_progress": ("requires_action", "cancelling", *ENDS),
        "requires_action": ("in_progress", "cancelling", *ENDS),
        "cancelling": ENDS,
        **dict.fromkeys(ENDS, ()),
    },
)
BIRTH: tuple[RunStatus, ...] = ("queued", "in_progress", "requires_action")
DEFAULT_ORIGIN = "user"


class RunError(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Say why a run or a step of it did not complete."""

    code: str
    message: str


class Run(msgspec.Struct, frozen=True, rename="camel"):
    """Show a run as it is on the wire; its references may outlive what they name."""

    id: str
    thread_id: str
    turn_id: str | None
    agent_id: str | None
    origin: str
    parent_run_id: str | None
    parent_thread_id: str | None
    source_mailbox_entry_id: str | None
    model: str | None
    status: RunStatus
    termination_code: str | None
    termination_detail: str | None
    error: RunError | None
    input_tokens: Count
    output_tokens: Count
    metadata: Json
    created_at_ms: int
    started_at_ms: int | None
    ended_at_ms: int | None
    updated_at_ms: int


class RunChange(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True
):
    """Be what somebody wants a run to become: what is absent stays, null clears.

    A status, an origin and a count cannot be cleared: to them null is absent.
    """

    status: RunStatus | None = None
    turn_id: Id | None | UnsetType = UNSET
    agent_id: Id | None | UnsetType = UNSET
    origin: Name | None = None
    parent_run_id: Id | None | UnsetType = UNSET
    parent_thread_id: Id | None | UnsetType = UNSET
    source_mailbox_entry_id: Id | None | UnsetType = UNSET
    model: str | None | UnsetType = UNSET
    termination_code: str | None | UnsetType = UNSET
    termination_detail: str | None | UnsetType = UNSET
    error: RunError | None | UnsetType = UNSET
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    metadata: Json = msgspec.field(default_factory=lambda: ABSENT)

    def is_empty(self) -> bool:
        """Tell whether it changes nothing at all."""
        return self == NO_CHANGE

    def of(self, run: Run) -> Run:
        """Make the run that is wanted of the one that is there."""
        cannot_be_cleared = ("status", "origin", "input_tokens", "output_tokens")
        given = {
            name: value
            for name, value in msgspec.structs.asdict(self).items()
            if value is not UNSET and not (value is None and name in cannot_be_cleared)
        }
        if bytes(self.metadata) == b"":
            del given["metadata"]
        return msgspec.structs.replace(run, **given)


NO_CHANGE = RunChange()


def new_run(run_id: str, thread_id: str, now_ms: int) -> Run:
    """Make a run of which nothing has been said yet."""
    return Run(
        id=run_id,
        thread_id=thread_id,
        turn_id=None,
        agent_id=None,
        origin=DEFAULT_ORIGIN,
        parent_run_id=None,
        parent_thread_id=None,
        source_mailbox_entry_id=None,
        model=None,
        status="queued",
        termination_code=None,
        termination_detail=None,
        error=None,
        input_tokens=0,
        output_tokens=0,
        metadata=NULL,
        created_at_ms=now_ms,
        started_at_ms=None,
        ended_at_ms=None,
        updated_at_ms=now_ms,
    )


def is_same(one: Run, other: Run) -> bool:
    """Tell whether two runs are equal; the members of their metadata have no order."""
    plain = msgspec.structs.replace(one, metadata=other.metadata)
    return plain == other and is_equal(one.metadata, other.metadata)
