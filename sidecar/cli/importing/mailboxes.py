"""Make the requests of an entry of a mailbox, as far as it has come."""

import msgspec

from sidecar.cli.importing.story import Found, Story, Unit, call

INTERRUPTED = "superseded by interrupt"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Be an entry in our words."""

    entry_id: str
    mailbox_id: str
    status: str
    payload: object = None
    origin: str | None = None
    sender_id: str | None = None
    priority: int = 0
    dedupe_key: str | None = None
    available_at_ms: int | None = None
    attempt_count: int = 0
    max_attempts: int | None = None
    last_error: str | None = None
    is_stale: bool = False
    # What it has that an entry of ours cannot have, in words.
    lost: tuple[str, ...] = ()


def story(name: str, where: str, entry: Entry, found: Found) -> Story | None:
    """Make an entry; None, reported, if its status has no word here."""
    unit = _unit(where, entry, found)
    return None if unit is None else Story(name, where, None, [unit])


def _unit(where: str, entry: Entry, found: Found) -> Unit | None:
    enqueue = call(
        where,
        "mailbox/enqueue",
        mailboxId=entry.mailbox_id,
        entryId=entry.entry_id,
        payload=entry.payload,
        origin=entry.origin,
        senderId=entry.sender_id,
        priority=entry.priority,
        dedupeKey=entry.dedupe_key,
        availableAtMs=entry.available_at_ms,
        maxAttempts=entry.max_attempts,
    )
    entry_id, status = entry.entry_id, entry.status
    for lost in entry.lost:
        found.note(where, f"entry {entry_id} has no place for its {lost}")
    if status in ("queued", "claimed") and entry.is_stale:
        # It would be found out when somebody came to claim it.
        status = "superseded"
    match status:
        case "queued" | "claimed":
            if status == "claimed" or entry.attempt_count:
                said = f"entry {entry_id} was {status} after {entry.attempt_count} attempts"
                found.note(where, f"{said}; it is imported as queued, without them")
            return Unit([enqueue], is_root=True)
        case "cancelled":
            return Unit([enqueue, call(where, "mailbox/cancel", entryId=entry_id)])
        case "superseded":
            reason = entry.last_error or INTERRUPTED
            end = call(where, "mailbox/supersede", entryId=entry_id, reason=reason)
            return Unit([enqueue, end])
        case "accepted":
            return Unit([enqueue], is_root=True, end="accepted")
        case "dead_letter":
            error = entry.last_error or "dead letter"
            return Unit([enqueue], is_root=True, end="dead_letter", error=error)
    found.skip(where, f"an entry cannot be {status}")
    return None
