"""A mailbox hands out entries: each to one consumer at a time, and one of a mailbox at a time.

A claim is held for as long as its lease; a token, known to its owner alone, ends or extends it.
"""

from typing import Literal, get_args

import msgspec

from sidecar.model.json_value import Json
from sidecar.model.machine import Machine

Origin = Literal["external", "internal"]
EntryStatus = Literal["queued", "claimed", "accepted", "dead_letter", "cancelled", "superseded"]
# What an owner ends a claim with; remembered, so that the same again is answered again.
Verb = Literal["ack", "nack", "dead_letter"]
STATUSES: tuple[EntryStatus, ...] = get_args(EntryStatus)
MAILBOX_ENTRY = Machine(
    "mailbox_entry",
    {
        "queued": ("claimed", "cancelled", "superseded"),
        "claimed": ("accepted", "dead_letter", "queued", "cancelled", "superseded"),
        "accepted": (),
        "dead_letter": (),
        "cancelled": (),
        "superseded": (),
    },
)
# The most urgent priority; none is 0.
MAX_PRIORITY = 255
SUPERSEDED_BY_INTERRUPT = "superseded by interrupt"
LEASE_EXPIRED = "lease expired"


class MailboxEntry(msgspec.Struct, frozen=True, rename="camel"):
    """Show an entry; its token only in the answer of the claim that made it."""

    id: str
    mailbox_id: str
    payload: Json
    origin: Origin
    sender_id: str | None
    priority: int
    dedupe_key: str | None
    generation: int
    status: EntryStatus
    available_at_ms: int
    attempt_count: int
    max_attempts: int | None
    last_error: str | None
    claim_token: str | None
    claimed_by: str | None
    lease_until_ms: int | None
    created_at_ms: int
    updated_at_ms: int


class Mailbox(msgspec.Struct, frozen=True, rename="camel"):
    """Show a mailbox: `updatedAtMs` moves with all the others; null if it was never used."""

    id: str
    generation: int
    queued_count: int
    claimed_entry_id: str | None
    updated_at_ms: int | None


def order(entry: MailboxEntry) -> tuple[int, int, int, str]:
    """Tell an entry's place in the claim order."""
    return -entry.priority, entry.available_at_ms, entry.created_at_ms, entry.id
