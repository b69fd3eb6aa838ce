"""Claim entries and end their claims: one claim per mailbox, each change one guarded statement.

A lease that ends needs no write. The next claim that may meet it settles it: an entry without
attempts left is a dead letter, the others stay claimed, and their owners may still end them,
until something of their mailbox is claimed.
"""

import msgspec

from sidecar.model.limits import MAX_ENDED_CLAIMS
from sidecar.model.mailbox import (
    LEASE_EXPIRED,
    MAILBOX_ENTRY,
    SUPERSEDED_BY_INTERRUPT,
    EntryStatus,
    MailboxEntry,
    Verb,
    order,
)
from sidecar.store import mailbox_heads, mailboxes
from sidecar.store.mailboxes import COLUMNS, EntryKey
from sidecar.store.transaction import Snapshot, Tx

# Named, since an index of all that is claimed would do as well but for its live claims.
ENDED = """
SELECT key, mailbox_key, attempt_count >= max_attempts
FROM mailbox_entries INDEXED BY mailbox_entries_lease
WHERE status = 'claimed' AND lease_ended = 0 AND lease_until_ms <= :now_ms ORDER BY lease_until_ms
"""
ENDED_OF = """
SELECT key, mailbox_key, attempt_count >= max_attempts FROM mailbox_entries
WHERE mailbox_key = :mailbox_key AND status = 'claimed' AND lease_ended = 0
    AND lease_until_ms <= :now_ms
"""
END_LEASE = """
UPDATE mailbox_entries SET lease_ended = 1
WHERE key = :key AND status = 'claimed' AND lease_ended = 0 AND lease_until_ms <= :now_ms
"""
IS_HELD = """
SELECT EXISTS (SELECT 1 FROM mailbox_entries
    WHERE mailbox_key = :mailbox_key AND status = 'claimed' AND lease_ended = 0)
"""
CLAIM = """
UPDATE mailbox_entries SET status = 'claimed', claim_token = :token, claimed_by = :consumer_id,
    lease_until_ms = :lease_until_ms, lease_ended = 0, attempt_count = attempt_count + 1,
    updated_at_ms = :now_ms
WHERE key = :key AND (status = 'queued' OR (status = 'claimed' AND lease_ended = 1))
    AND generation = (SELECT m.generation FROM mailboxes m WHERE m.key = mailbox_key)
"""
TAKE_OVER = """
UPDATE mailbox_entries SET status = 'queued', claim_token = NULL, claimed_by = NULL,
    lease_until_ms = NULL, lease_ended = 0, updated_at_ms = :now_ms
WHERE mailbox_key = :mailbox_key AND status = 'claimed' AND lease_ended = 1 AND key <> :key
"""
EXTEND = """
UPDATE mailbox_entries SET lease_until_ms = :lease_until_ms, lease_ended = 0,
    updated_at_ms = :now_ms
WHERE key = :key AND status = 'claimed' AND claim_token = :token
"""
LEAVE = """
UPDATE mailbox_entries SET status = :status, available_at_ms = coalesce(:at_ms, available_at_ms),
    last_error = coalesce(:error, last_error), claim_token = NULL, claimed_by = NULL,
    lease_until_ms = NULL, lease_ended = 0, ended_token = coalesce(:ended_token, ended_token),
    ended_by = coalesce(:ended_by, ended_by), ended_before = iif(
        :ended_token IS NULL OR ended_token IS NULL, ended_before,
        json_insert(
            iif(json_array_length(ended_before) >= :most, json_remove(ended_before, '$[0]'),
                coalesce(ended_before, '[]')),
            '$[#]', ended_by || ' ' || ended_token)),
    updated_at_ms = :now_ms
WHERE key = :key AND status = :before AND claim_token IS :token
"""
# One for each status that is open: an index of what is queued serves the first.
LEAVE_ALL = {
    before: f"""
UPDATE mailbox_entries SET status = :status, last_error = coalesce(:error, last_error),
    claim_token = NULL, claimed_by = NULL, lease_until_ms = NULL, lease_ended = 0,
    updated_at_ms = :now_ms
WHERE mailbox_key = :mailbox_key AND status = '{before}' AND id IS NOT :except_id
RETURNING {COLUMNS}
"""
    for before in MAILBOX_ENTRY.open
}
NEXT_LEASE_END = """
SELECT min(lease_until_ms) FROM mailbox_entries INDEXED BY mailbox_entries_lease
WHERE status = 'claimed' AND lease_ended = 0
"""
LEASE_END_OF = """
SELECT min(lease_until_ms) FROM mailbox_entries
WHERE mailbox_key = :mailbox_key AND status = 'claimed' AND lease_ended = 0
"""


# -- claims ----------------------------------------------------------------------------------------


def claim(
    tx: Tx, mailbox_key: int | None, consumer_id: str, lease_ms: int, limit: int
) -> list[MailboxEntry]:
    """Claim what comes first in claim order, at most one entry of each mailbox, with its token."""
    _settle(tx, mailbox_key)
    taken: list[MailboxEntry] = []
    rank = 0
    while len(taken) < limit:
        key = mailbox_heads.first(tx, mailbox_key, tx.now_ms, rank)
        if key is None:
            break
        entry = mailboxes.find_by_key(tx, key)
        if entry.is_stale:
            leave(tx, entry, "superseded", error=SUPERSEDED_BY_INTERRUPT)
            continue
        taken.append(_take(tx, entry, consumer_id, lease_ms))
        # Nothing above it can be claimed, and to claim opens nothing.
        rank = entry.rank
    return taken


def claim_entry(tx: Tx, entry_id: str, consumer_id: str, lease_ms: int) -> MailboxEntry | None:
    """Claim one entry whenever it becomes available; None if it cannot be claimed."""
    found = mailboxes.find(tx, entry_id)
    if found is None or not found.is_open:
        return None
    _settle(tx, found.mailbox_key)
    entry = mailboxes.find_by_key(tx, found.key)
    if not entry.is_open or tx.number(IS_HELD, mailbox_key=entry.mailbox_key):
        return None
    if entry.is_stale:
        leave(tx, entry, "superseded", error=SUPERSEDED_BY_INTERRUPT)
        return None
    return _take(tx, entry, consumer_id, lease_ms)


def _settle(tx: Tx, mailbox_key: int | None) -> None:
    """Meet the leases that have ended, each once: their mailboxes have heads again."""
    if mailbox_key is None:
        rows = tx.rows(ENDED, now_ms=tx.now_ms)
    else:
        rows = tx.rows(ENDED_OF, mailbox_key=mailbox_key, now_ms=tx.now_ms)
    for key, of_mailbox, is_spent in rows:
        assert isinstance(key, int) and isinstance(of_mailbox, int)
        if is_spent:
            entry = mailboxes.find_by_key(tx, key)
            leave(tx, entry, "dead_letter", error=LEASE_EXPIRED)
        else:
            tx.change(END_LEASE, key=key, now_ms=tx.now_ms)
            mailbox_heads.bring_back_lapsed(tx, of_mailbox)


def _take(tx: Tx, entry: EntryKey, consumer_id: str, lease_ms: int) -> MailboxEntry:
    """Claim an entry of a mailbox without a live claim; a late owner's is queued again."""
    over = 0
    if entry.is_mailbox_claimed:
        over = tx.change_all(
            TAKE_OVER, mailbox_key=entry.mailbox_key, key=entry.key, now_ms=tx.now_ms
        )
    token, until_ms = tx.mint_token(), tx.now_ms + lease_ms
    tx.change(
        CLAIM,
        key=entry.key,
        token=token,
        consumer_id=consumer_id,
        lease_until_ms=until_ms,
        now_ms=tx.now_ms,
    )
    mailbox_heads.take_away(tx, entry.mailbox_key)
    is_new = entry.status == "queued"
    mailboxes.count(tx, entry.mailbox_key, queued=over - is_new)
    tx.wake(entry.mailbox_id, until_ms)
    return msgspec.structs.replace(mailboxes.get(tx, entry.key), claim_token=token)


def extend_lease(tx: Tx, entry: EntryKey, lease_ms: int) -> int:
    """Let an owner hold its claim for longer, from now on; tell until when."""
    until_ms = tx.now_ms + lease_ms
    tx.change(
        EXTEND,
        key=entry.key,
        token=entry.claim_token,
        lease_until_ms=until_ms,
        now_ms=tx.now_ms,
    )
    if entry.lease_ended:
        mailbox_heads.take_away(tx, entry.mailbox_key)
    tx.wake(entry.mailbox_id, until_ms)
    return until_ms


def next_due_ms(db: Snapshot, mailbox_key: int | None) -> int | None:
    """Tell when something may be claimed where a claim has just found nothing."""
    if mailbox_key is None:
        row = db.row(NEXT_LEASE_END)
    else:
        row = db.row(LEASE_END_OF, mailbox_key=mailbox_key)
    assert row is not None
    moments = [row[0], mailbox_heads.next_available_ms(db, mailbox_key)]
    return min((moment for moment in moments if isinstance(moment, int)), default=None)


# -- ends ------------------------------------------------------------------------------------------


def leave(
    tx: Tx,
    entry: EntryKey,
    status: EntryStatus,
    *,
    error: str | None = None,
    available_at_ms: int | None = None,
    verb: Verb | None = None,
) -> MailboxEntry:
    """Bring an open entry into its next status; a claim on it ends.

    `verb` says that its owner did so, who may say it again.
    """
    MAILBOX_ENTRY.check(entry.status, status)
    tx.change(
        LEAVE,
        key=entry.key,
        before=entry.status,
        token=entry.claim_token,
        status=status,
        at_ms=available_at_ms,
        error=error,
        ended_token=entry.claim_token if verb is not None else None,
        ended_by=verb,
        # The last one has a place of its own.
        most=MAX_ENDED_CLAIMS - 1,
        now_ms=tx.now_ms,
    )
    was_claimed = entry.status == "claimed"
    queued = (status == "queued") - (entry.status == "queued")
    mailboxes.count(tx, entry.mailbox_key, queued=queued)
    if was_claimed:
        if entry.lease_ended:
            mailbox_heads.take_away(tx, entry.mailbox_key)
        mailbox_heads.bring_back(tx, entry.mailbox_key)
        tx.wake(entry.mailbox_id, tx.now_ms)
    else:
        mailbox_heads.withdraw(tx, entry.key, entry.mailbox_key, entry.rank)
    if available_at_ms is not None:
        tx.wake(entry.mailbox_id, max(available_at_ms, tx.now_ms))
    return mailboxes.get(tx, entry.key)


def leave_all(
    tx: Tx,
    mailbox_key: int,
    mailbox_id: str,
    status: EntryStatus,
    *,
    error: str | None = None,
    except_id: str | None = None,
) -> list[MailboxEntry]:
    """Bring every open entry of a mailbox into a terminal status; tell which, in claim order."""
    left: dict[str, list[MailboxEntry]] = {}
    for before in MAILBOX_ENTRY.open:
        MAILBOX_ENTRY.check(before, status)
        rows = tx.rows(
            LEAVE_ALL[before],
            mailbox_key=mailbox_key,
            status=status,
            error=error,
            except_id=except_id,
            now_ms=tx.now_ms,
        )
        left[before] = [mailboxes.read(row) for row in rows]
    entries = sorted([*left["queued"], *left["claimed"]], key=order)
    if entries:
        mailboxes.count(tx, mailbox_key, queued=-len(left["queued"]))
        mailbox_heads.take_away(tx, mailbox_key)
        if not tx.number(IS_HELD, mailbox_key=mailbox_key):
            mailbox_heads.bring_back_lapsed(tx, mailbox_key)
            tx.wake(mailbox_id, tx.now_ms)
    return entries
