"""Steps: create, get, list, update."""

import msgspec
from msgspec import UNSET, UnsetType

from sidecar.model.errors import (
    IdempotencyMismatch,
    IllegalTransition,
    InvalidParams,
    RunNotFound,
    StepNotFound,
)
from sidecar.model.fields import Cursor, Id, PageLimit
from sidecar.model.json_value import ABSENT, NULL, Json, fingerprint, is_equal
from sidecar.model.run import RunError
from sidecar.model.step import Step, StepStatus, StepType
from sidecar.rpc.registry import method
from sidecar.store import runs, steps
from sidecar.store.paging import clamp
from sidecar.store.transaction import Snapshot, Tx


class StepAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer one step."""

    step: Step


class StepPage(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a page of steps."""

    data: list[Step]
    next_cursor: str | None


@method("step/create", since="0.1.0", errors=(RunNotFound, IdempotencyMismatch), retry="stepId")
def create(
    tx: Tx,
    *,
    run_id: Id,
    step_id: Id | None = None,
    type: StepType,  # noqa: A002  # the param's name on the wire
    status: StepStatus = "in_progress",
    details: Json = NULL,
) -> StepAnswer:
    """Add a step to a run, to one that has ended too."""
    run = runs.require(tx, run_id)
    content = fingerprint("step/create", run=run_id, type=type, status=status, details=details)
    if step_id is not None and (found := steps.find(tx, step_id)):
        if found.fingerprint != content:
            raise IdempotencyMismatch(id=step_id)
        return StepAnswer(steps.get(tx, found.key))
    return StepAnswer(steps.create(tx, run, step_id, type, status, details, content))


@method("step/get", since="0.1.0", errors=(StepNotFound,))
def get(db: Snapshot, *, step_id: Id) -> StepAnswer:
    """Read one step."""
    return StepAnswer(steps.get(db, steps.require(db, step_id).key))


@method("step/list", since="0.1.0", errors=(RunNotFound,))
def list_(
    db: Snapshot, *, run_id: Id, cursor: Cursor | None = None, limit: PageLimit | None = None
) -> StepPage:
    """Read a page of a run's steps in the order in which they were made."""
    return StepPage(*steps.list_page(db, runs.require(db, run_id).key, cursor, clamp(limit)))


@method("step/update", since="0.1.0", errors=(StepNotFound, IllegalTransition))
def update(
    tx: Tx,
    *,
    step_id: Id,
    status: StepStatus | None = None,
    details: Json = ABSENT,
    error: RunError | None | UnsetType = UNSET,
) -> StepAnswer:
    """Change what is given: null clears, absent keeps; the same again is no event.

    An ended step keeps its status; its details and its error may still be said.
    """
    given = {
        "status": UNSET if status is None else status,
        "details": UNSET if bytes(details) == b"" else details,
        "error": error,
    }
    changes = {name: value for name, value in given.items() if value is not UNSET}
    if not changes:
        raise InvalidParams(path="", reason="nothing to update")
    found = steps.require(tx, step_id)
    before = steps.get(tx, found.key)
    wanted = msgspec.structs.replace(before, **changes)
    if _is_same(before, wanted):
        return StepAnswer(before)
    return StepAnswer(steps.update(tx, found, before, wanted))


def _is_same(before: Step, wanted: Step) -> bool:
    plain = msgspec.structs.replace(wanted, details=before.details)
    return plain == before and is_equal(wanted.details, before.details)
