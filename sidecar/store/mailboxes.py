"""Keep mailboxes and their entries: queued durably, read in claim order, purged in the end.

How entries are claimed, and how claims end, is in `mailbox_claims`.
"""

import msgspec

from sidecar.model.errors import AlreadyExists, GenerationMismatch, MailboxEntryNotFound
from sidecar.model.json_value import Json, compact
from sidecar.model.mailbox import (
    MAILBOX_ENTRY,
    MAX_PRIORITY,
    EntryStatus,
    Mailbox,
    MailboxEntry,
    Origin,
    Verb,
)
from sidecar.store import mailbox_heads
from sidecar.store.rows import reader
from sidecar.store.transaction import Snapshot, Tx

# A token is shown by the claim that makes it and by nothing else.
COLUMNS = f"""
    id, (SELECT m.id FROM mailboxes m WHERE m.key = mailbox_key), payload, origin, sender_id,
    {MAX_PRIORITY} - rank, dedupe_key, generation, status, available_at_ms, attempt_count,
    max_attempts, last_error, NULL, claimed_by, lease_until_ms, created_at_ms, updated_at_ms
"""
KEY_COLUMNS = """
    e.id, e.key, e.mailbox_key, m.id, e.generation < m.generation,
    EXISTS (SELECT 1 FROM mailbox_entries c
        WHERE c.mailbox_key = e.mailbox_key AND c.status = 'claimed'),
    e.status, e.rank, e.max_attempts IS NOT NULL AND e.attempt_count >= e.max_attempts,
    e.claim_token, e.lease_ended, e.ended_token, e.ended_by, e.ended_before, e.fingerprint
"""
FIND_MAILBOX = "SELECT key, generation FROM mailboxes WHERE id = :id"
GET_MAILBOX = """
SELECT m.id, m.generation, m.queued_count,
    (SELECT e.id FROM mailbox_entries e WHERE e.mailbox_key = m.key AND e.status = 'claimed'),
    m.updated_at_ms
FROM mailboxes m WHERE m.key = :key
"""
INSERT_MAILBOX = """
INSERT INTO mailboxes (id, generation, queued_count, updated_at_ms) VALUES (:id, 0, 0, :now_ms)
"""
RAISE_GENERATION = """
UPDATE mailboxes SET generation = generation + 1, updated_at_ms = :now_ms WHERE key = :key
"""
COUNT = """
UPDATE mailboxes SET queued_count = queued_count + :queued, updated_at_ms = :now_ms
WHERE key = :key
"""
FIND = f"""
SELECT {KEY_COLUMNS} FROM mailbox_entries e JOIN mailboxes m ON m.key = e.mailbox_key
WHERE e.id = :id
"""
FIND_BY_KEY = f"""
SELECT {KEY_COLUMNS} FROM mailbox_entries e JOIN mailboxes m ON m.key = e.mailbox_key
WHERE e.key = :key
"""
GET = f"SELECT {COLUMNS} FROM mailbox_entries WHERE key = :key"
HOLDER = """
SELECT id FROM mailbox_entries WHERE mailbox_key = :mailbox_key AND dedupe_key = :dedupe_key
"""
INSERT = """
INSERT INTO mailbox_entries (
    id, mailbox_key, payload, origin, sender_id, rank, dedupe_key, generation, status,
    available_at_ms, attempt_count, max_attempts, lease_ended, created_at_ms, updated_at_ms,
    fingerprint
) VALUES (
    :id, :mailbox_key, :payload, :origin, :sender_id, :rank, :dedupe_key, :generation, 'queued',
    :available_at_ms, 0, :max_attempts, 0, :now_ms, :now_ms, :fingerprint
)
"""
PURGE = """
DELETE FROM mailbox_entries INDEXED BY mailbox_entries_ended
WHERE status IN ('accepted', 'dead_letter', 'cancelled', 'superseded')
    AND updated_at_ms < :older_than_at_ms
"""
read = reader(MailboxEntry, "mailbox_entries")
read_mailbox = reader(Mailbox, "mailboxes")


class EntryKey(msgspec.Struct, frozen=True):
    """Be what a verb needs of an entry, first of all its id."""

    id: str
    key: int
    mailbox_key: int
    mailbox_id: str
    is_stale: bool
    is_mailbox_claimed: bool
    status: EntryStatus
    rank: int
    is_spent: bool
    claim_token: str | None
    lease_ended: bool
    ended_token: str | None
    ended_by: Verb | None
    ended_before: Json
    fingerprint: bytes

    @property
    def is_open(self) -> bool:
        """Tell whether anything may still become of it."""
        return self.status in MAILBOX_ENTRY.open

    def was_ended(self, token: str, verb: Verb) -> bool:
        """Tell whether the owner of a claim has ended it so: whoever asks again is answered."""
        if (token, verb) == (self.ended_token, self.ended_by):
            return True
        before = msgspec.json.decode(self.ended_before, type=list[str] | None) or []
        return f"{verb} {token}" in before


class Draft(msgspec.Struct, frozen=True):
    """Hold what a client says of a new entry, as it was sent."""

    payload: Json
    origin: Origin
    sender_id: str | None
    priority: int
    dedupe_key: str | None
    available_at_ms: int | None
    max_attempts: int | None


read_key = reader(EntryKey, "mailbox_entries")


# -- mailboxes -------------------------------------------------------------------------------------


def _look_up(db: Snapshot, mailbox_id: str) -> tuple[int, int] | None:
    row = db.row(FIND_MAILBOX, id=mailbox_id)
    if row is None:
        return None
    key, generation = row
    assert isinstance(key, int) and isinstance(generation, int)
    return key, generation


def find_mailbox(db: Snapshot, mailbox_id: str) -> int | None:
    """Look a mailbox up by its id and tell its key; None if it was never used."""
    found = _look_up(db, mailbox_id)
    return found[0] if found is not None else None


def make_mailbox(tx: Tx, mailbox_id: str) -> tuple[int, int]:
    """Find a mailbox or make it; tell its key and its generation, at first 0."""
    found = _look_up(tx, mailbox_id)
    return found or (tx.insert(INSERT_MAILBOX, id=mailbox_id, now_ms=tx.now_ms), 0)


def state(db: Snapshot, mailbox_id: str) -> Mailbox:
    """Read a mailbox; one that was never used is at generation 0."""
    key = find_mailbox(db, mailbox_id)
    if key is None:
        return Mailbox(mailbox_id, 0, 0, None, None)
    row = db.row(GET_MAILBOX, key=key)
    assert row is not None, "the mailbox is there"
    return read_mailbox(row)


def raise_generation(tx: Tx, key: int) -> None:
    """Begin a new generation: what is queued from now on belongs to it."""
    tx.change(RAISE_GENERATION, key=key, now_ms=tx.now_ms)


def count(tx: Tx, mailbox_key: int, *, queued: int) -> None:
    """Count what has been queued, or is no more; the mailbox has changed in any case."""
    tx.change(COUNT, key=mailbox_key, queued=queued, now_ms=tx.now_ms)


# -- entries ---------------------------------------------------------------------------------------


def find(db: Snapshot, entry_id: str) -> EntryKey | None:
    """Look an entry up by its id."""
    row = db.row(FIND, id=entry_id)
    return read_key(row) if row is not None else None


def require(db: Snapshot, entry_id: str) -> EntryKey:
    """Look an entry up or refuse with `mailbox_entry_not_found`."""
    found = find(db, entry_id)
    if found is None:
        raise MailboxEntryNotFound(id=entry_id)
    return found


def find_by_key(db: Snapshot, key: int) -> EntryKey:
    """Read what a verb needs of an entry that is there."""
    row = db.row(FIND_BY_KEY, key=key)
    assert row is not None, "the entry is there"
    return read_key(row)


def get(db: Snapshot, key: int) -> MailboxEntry:
    """Read one entry by its key."""
    row = db.row(GET, key=key)
    assert row is not None, "the entry is there"
    return read(row)


def enqueue(
    tx: Tx,
    mailbox_id: str,
    entry_id: str | None,
    generation: int | None,
    draft: Draft,
    fingerprint: bytes,
) -> MailboxEntry:
    """Queue an entry; refuses another generation and a dedupe key that is held."""
    # If it is refused, a mailbox that it made is undone with it.
    mailbox_key, current = make_mailbox(tx, mailbox_id)
    if generation not in (None, current):
        raise GenerationMismatch(expected=current, actual=generation)
    if draft.dedupe_key is not None:
        _require_unused(tx, mailbox_key, draft.dedupe_key)
    at_ms = tx.now_ms if draft.available_at_ms is None else draft.available_at_ms
    key = tx.insert(
        INSERT,
        id=entry_id or tx.mint("mbe"),
        mailbox_key=mailbox_key,
        payload=compact(draft.payload),
        origin=draft.origin,
        sender_id=draft.sender_id,
        rank=MAX_PRIORITY - draft.priority,
        dedupe_key=draft.dedupe_key,
        generation=current,
        available_at_ms=at_ms,
        max_attempts=draft.max_attempts,
        now_ms=tx.now_ms,
        fingerprint=fingerprint,
    )
    count(tx, mailbox_key, queued=1)
    if mailbox_heads.offer(tx, key):
        tx.wake(mailbox_id, max(at_ms, tx.now_ms))
    return get(tx, key)


def _require_unused(db: Snapshot, mailbox_key: int, dedupe_key: str) -> None:
    holder = db.row(HOLDER, mailbox_key=mailbox_key, dedupe_key=dedupe_key)
    if holder is not None:
        assert isinstance(holder[0], str)
        raise AlreadyExists(id=holder[0])


def purge(tx: Tx, older_than_at_ms: int) -> int:
    """Forget ended entries last changed before a moment; tell how many."""
    return tx.change_all(PURGE, older_than_at_ms=older_than_at_ms)
