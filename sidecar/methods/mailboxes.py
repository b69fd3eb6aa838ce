"""Mailboxes: enqueue, claim, end claims, interrupt, read, purge."""

from typing import Annotated, Literal

import msgspec

from sidecar.model.errors import (
    AlreadyExists,
    ClaimLost,
    GenerationMismatch,
    IdempotencyMismatch,
    MailboxEntryNotFound,
)
from sidecar.model.fields import Count, Cursor, Id, LeaseMs, Name, PageLimit, Time, WaitMs
from sidecar.model.json_value import NULL, Json, fingerprint
from sidecar.model.limits import MAX_CLAIM, MAX_INTEGER, MAX_WAIT_MS
from sidecar.model.mailbox import (
    MAX_PRIORITY,
    SUPERSEDED_BY_INTERRUPT,
    EntryStatus,
    Mailbox,
    MailboxEntry,
    Origin,
    Verb,
)
from sidecar.rpc.registry import ALWAYS, method
from sidecar.rpc.wait import Wait
from sidecar.store import mailbox_claims, mailbox_list, mailboxes
from sidecar.store.paging import clamp
from sidecar.store.transaction import Snapshot, Tx

Priority = Annotated[
    int, msgspec.Meta(ge=0, le=MAX_PRIORITY, description="The larger, the earlier.")
]
Attempts = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER)]
Token = Annotated[str, msgspec.Meta(description="The token of a claim, from its answer.")]


class EntryAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer one mailbox entry."""

    entry: MailboxEntry


class EntryIfAny(msgspec.Struct, frozen=True, rename="camel"):
    """Answer one mailbox entry, or null where there is none to answer."""

    entry: MailboxEntry | None


class Entries(msgspec.Struct, frozen=True, rename="camel"):
    """Answer mailbox entries in claim order."""

    entries: list[MailboxEntry]


class EntryPage(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a page of mailbox entries."""

    data: list[MailboxEntry]
    next_cursor: str | None


class LeaseExtended(msgspec.Struct, frozen=True, rename="camel"):
    """Answer whether a lease was extended, and until when."""

    extended: bool
    lease_until_ms: int | None


class MailboxAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer one mailbox."""

    mailbox: Mailbox


class MailboxInterrupted(msgspec.Struct, frozen=True, rename="camel"):
    """Answer the mailbox at its new generation, and what was superseded."""

    mailbox: Mailbox
    superseded: list[MailboxEntry]


class Purged(msgspec.Struct, frozen=True, rename="camel"):
    """Answer how many entries were purged."""

    purged: int


@method(
    "mailbox/enqueue",
    since="0.1.0",
    errors=(AlreadyExists, IdempotencyMismatch, GenerationMismatch),
    retry="entryId",
)
def enqueue(
    tx: Tx,
    *,
    mailbox_id: Id,
    entry_id: Id | None = None,
    payload: Json = NULL,
    origin: Origin = "external",
    sender_id: Name | None = None,
    priority: Priority = 0,
    dedupe_key: Name | None = None,
    generation: Count | None = None,
    available_at_ms: Time | None = None,
    max_attempts: Attempts | None = None,
) -> EntryAnswer:
    """Queue an entry, or answer the one that the same request made.

    A mailbox comes into being with its first entry, at generation 0.
    """
    draft = mailboxes.Draft(
        payload, origin, sender_id, priority, dedupe_key, available_at_ms, max_attempts
    )
    content = fingerprint(
        "mailbox/enqueue",
        mailbox=mailbox_id,
        generation=generation,
        **msgspec.structs.asdict(draft),
    )
    if entry_id is not None and (found := mailboxes.find(tx, entry_id)):
        if found.fingerprint != content:
            raise IdempotencyMismatch(id=entry_id)
        return EntryAnswer(mailboxes.get(tx, found.key))
    return EntryAnswer(mailboxes.enqueue(tx, mailbox_id, entry_id, generation, draft, content))


@method("mailbox/claim", since="0.1.0")
def claim(
    tx: Tx,
    *,
    consumer_id: Name,
    lease_ms: LeaseMs,
    mailbox_id: Id | None = None,
    limit: PageLimit = 1,
    wait_ms: WaitMs = 0,
) -> Entries | Wait:
    """Take what comes first, at most one entry of a mailbox and none of one under a live claim.

    Larger priority first, then earlier `availableAtMs`, `createdAtMs`, id. Counts the attempt;
    the answer alone has the tokens. `limit` is clamped to 1..100, `waitMs` to 0..60,000.
    """
    key = None
    taken: list[MailboxEntry] = []
    if mailbox_id is not None:
        key = mailboxes.find_mailbox(tx, mailbox_id)
    is_known = mailbox_id is None or key is not None
    if is_known:
        taken = mailbox_claims.claim(tx, key, consumer_id, lease_ms, clamp(limit, most=MAX_CLAIM))
    if taken or wait_ms <= 0:
        return Entries(taken)
    return Wait(
        answer=Entries([]),
        wait_ms=min(wait_ms, MAX_WAIT_MS),
        topic=mailbox_id,
        due_at_ms=mailbox_claims.next_due_ms(tx, key) if is_known else None,
    )


@method("mailbox/claimEntry", since="0.1.0")
def claim_entry(tx: Tx, *, entry_id: Id, consumer_id: Name, lease_ms: LeaseMs) -> EntryIfAny:
    """Take one entry, whatever its `availableAtMs`.

    Null if it is unknown, terminal or of an old generation, or its mailbox is under a live claim.
    """
    return EntryIfAny(mailbox_claims.claim_entry(tx, entry_id, consumer_id, lease_ms))


@method("mailbox/ack", since="0.1.0", errors=(MailboxEntryNotFound, ClaimLost), retry=ALWAYS)
def ack(tx: Tx, *, entry_id: Id, claim_token: Token) -> EntryAnswer:
    """Accept an entry: its work is done. The same again answers the entry as it is by now."""
    entry = _owned(tx, entry_id, claim_token, "ack")
    if entry is None:
        return _as_it_is(tx, entry_id)
    return EntryAnswer(mailbox_claims.leave(tx, entry, "accepted", verb="ack"))


@method("mailbox/nack", since="0.1.0", errors=(MailboxEntryNotFound, ClaimLost), retry=ALWAYS)
def nack(
    tx: Tx, *, entry_id: Id, claim_token: Token, error: str, retry_at_ms: Time | None = None
) -> EntryAnswer:
    """Queue an entry again, from `retryAtMs` or at once; a dead letter without attempts left.

    The same again answers the entry as it is by now.
    """
    entry = _owned(tx, entry_id, claim_token, "nack")
    if entry is None:
        return _as_it_is(tx, entry_id)
    if entry.is_spent:
        return EntryAnswer(mailbox_claims.leave(tx, entry, "dead_letter", error=error, verb="nack"))
    at_ms = tx.now_ms if retry_at_ms is None else retry_at_ms
    return EntryAnswer(
        mailbox_claims.leave(tx, entry, "queued", error=error, available_at_ms=at_ms, verb="nack")
    )


@method("mailbox/deadLetter", since="0.1.0", errors=(MailboxEntryNotFound, ClaimLost), retry=ALWAYS)
def dead_letter(tx: Tx, *, entry_id: Id, claim_token: Token, error: str) -> EntryAnswer:
    """Give an entry up, for good. The same again answers the entry as it is by now."""
    entry = _owned(tx, entry_id, claim_token, "dead_letter")
    if entry is None:
        return _as_it_is(tx, entry_id)
    return EntryAnswer(
        mailbox_claims.leave(tx, entry, "dead_letter", error=error, verb="dead_letter")
    )


def _owned(db: Snapshot, entry_id: str, token: str, verb: Verb) -> mailboxes.EntryKey | None:
    """Find the entry that a token holds; None if this verb has ended that claim already."""
    entry = mailboxes.require(db, entry_id)
    if entry.claim_token == token:
        return entry
    if entry.was_ended(token, verb):
        return None
    raise ClaimLost(entryId=entry_id)


def _as_it_is(db: Snapshot, entry_id: str) -> EntryAnswer:
    return EntryAnswer(mailboxes.get(db, mailboxes.require(db, entry_id).key))


@method("mailbox/extendLease", since="0.1.0", retry=ALWAYS)
def extend_lease(tx: Tx, *, entry_id: Id, claim_token: Token, lease_ms: LeaseMs) -> LeaseExtended:
    """Hold a claim for longer, from now on, even past its end if nobody has taken over.

    False for an unknown entry, a wrong token or an entry that is not claimed.
    """
    entry = mailboxes.find(tx, entry_id)
    if entry is None or entry.claim_token != claim_token:
        return LeaseExtended(False, None)
    return LeaseExtended(True, mailbox_claims.extend_lease(tx, entry, lease_ms))


@method("mailbox/cancel", since="0.1.0", retry=ALWAYS)
def cancel(tx: Tx, *, entry_id: Id) -> EntryIfAny:
    """Cancel an entry, also a claimed one; null if unknown, unchanged if terminal."""
    return _close(tx, entry_id, "cancelled", None)


@method("mailbox/supersede", since="0.1.0", retry=ALWAYS)
def supersede(tx: Tx, *, entry_id: Id, reason: str) -> EntryIfAny:
    """Supersede an entry, also a claimed one; null if unknown, unchanged if terminal."""
    return _close(tx, entry_id, "superseded", reason)


def _close(
    tx: Tx, entry_id: str, status: Literal["cancelled", "superseded"], error: str | None
) -> EntryIfAny:
    entry = mailboxes.find(tx, entry_id)
    if entry is None:
        return EntryIfAny(None)
    if not entry.is_open:
        return EntryIfAny(mailboxes.get(tx, entry.key))
    return EntryIfAny(mailbox_claims.leave(tx, entry, status, error=error))


@method("mailbox/cancelPending", since="0.1.0", retry=ALWAYS)
def cancel_pending(tx: Tx, *, mailbox_id: Id, exclude_entry_id: Id | None = None) -> Entries:
    """Cancel every open entry of a mailbox, claimed ones too, but for one; tell which."""
    key = mailboxes.find_mailbox(tx, mailbox_id)
    if key is None:
        return Entries([])
    return Entries(
        mailbox_claims.leave_all(tx, key, mailbox_id, "cancelled", except_id=exclude_entry_id)
    )


@method("mailbox/interrupt", since="0.1.0")
def interrupt(tx: Tx, *, mailbox_id: Id) -> MailboxInterrupted:
    """Begin a new generation: every open entry is superseded, claimed ones too."""
    key, _ = mailboxes.make_mailbox(tx, mailbox_id)
    mailboxes.raise_generation(tx, key)
    superseded = mailbox_claims.leave_all(
        tx, key, mailbox_id, "superseded", error=SUPERSEDED_BY_INTERRUPT
    )
    return MailboxInterrupted(mailboxes.state(tx, mailbox_id), superseded)


@method("mailbox/state", since="0.1.0")
def state(db: Snapshot, *, mailbox_id: Id) -> MailboxAnswer:
    """Read a mailbox; one that was never used is at generation 0, its `updatedAtMs` null."""
    return MailboxAnswer(mailboxes.state(db, mailbox_id))


@method("mailbox/get", since="0.1.0", errors=(MailboxEntryNotFound,))
def get(db: Snapshot, *, entry_id: Id) -> EntryAnswer:
    """Read one entry."""
    return _as_it_is(db, entry_id)


@method("mailbox/list", since="0.1.0")
def list_(
    db: Snapshot,
    *,
    mailbox_id: Id | None = None,
    status: EntryStatus | None = None,
    origin: Origin | None = None,
    cursor: Cursor | None = None,
    limit: PageLimit | None = None,
) -> EntryPage:
    """Read a page of entries in claim order."""
    return EntryPage(*mailbox_list.list_page(db, mailbox_id, status, origin, cursor, clamp(limit)))


@method("mailbox/purge", since="0.1.0", retry=ALWAYS)
def purge(tx: Tx, *, older_than_at_ms: Time) -> Purged:
    """Forget terminal entries last changed before a moment; their ids and keys are free again."""
    return Purged(mailboxes.purge(tx, older_than_at_ms))
