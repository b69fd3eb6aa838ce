"""Make the requests of a run that has been."""

from sidecar.cli.importing.story import Found, Unit, call

# What the four systems call it, in our words.
STATUSES = {
    "queued": "queued",
    "created": "queued",
    "in_progress": "in_progress",
    "running": "in_progress",
    "requires_action": "requires_action",
    "waiting": "requires_action",
    "cancelling": "cancelling",
    "completed": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
    "expired": "expired",
}
BIRTH = ("queued", "in_progress", "requires_action")
# Nobody here works on it: it ends as a restart would end it.
CUT = {"in_progress": "failed", "cancelling": "cancelled"}


def run(
    found: Found,
    where: str,
    thread_id: str,
    run_id: str,
    source_status: str,
    *,
    error: dict[str, str] | None = None,
    has_started: bool = True,
    **fields: object,
) -> Unit | None:
    """Make a run with its end; None, reported, if its status has no word here."""
    status = STATUSES.get(source_status)
    if status is None:
        found.skip(where, f"a run cannot be {source_status}")
        return None
    end = CUT.get(status, status)
    if end != status:
        found.note(where, f"run {run_id} was {source_status}; it is imported as {end}")
        said = f"it was {source_status} where it comes from"
        error = error or {"code": "imported_open", "message": said}
    birth = end if end in BIRTH else "in_progress" if has_started else "queued"
    create = call(where, "run/create", threadId=thread_id, runId=run_id, status=birth, **fields)
    calls = [create]
    if end != birth or error:
        calls.append(call(where, "run/update", runId=run_id, status=end, error=error))
    return Unit(calls)
