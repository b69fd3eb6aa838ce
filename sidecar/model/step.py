"""A step is one piece of a run: a message that it makes, or the tools that it calls."""

from typing import Literal

import msgspec

from sidecar.model.json_value import Json
from sidecar.model.machine import Machine
from sidecar.model.run import ENDS, RunError

StepType = Literal["message_creation", "tool_calls"]
StepStatus = Literal["in_progress", "completed", "failed", "cancelled", "expired"]
STEP = Machine("step", {"in_progress": ENDS, **dict.fromkeys(ENDS, ())})


class Step(msgspec.Struct, frozen=True, rename="camel"):
    """Show a step as it is on the wire; two of its ends stamp their time."""

    id: str
    run_id: str
    thread_id: str
    type: StepType
    status: StepStatus
    details: Json
    error: RunError | None
    created_at_ms: int
    completed_at_ms: int | None
    failed_at_ms: int | None
