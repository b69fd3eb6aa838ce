"""Keep change sets: the one door through which a thread's version rises.

Messages, state, guards and events of a change are written here in one transaction, and its
commit with them, so that a thread can be followed, and read as it was.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from sidecar.model import limits
from sidecar.model.commit import EMPTY_STATE, Commit
from sidecar.model.errors import (
    CorruptRecord,
    IdempotencyMismatch,
    VersionMismatch,
)
from sidecar.model.json_value import NULL, Json, compact
from sidecar.model.message import Message, NewMessage
from sidecar.model.patch import Patch
from sidecar.model.run import Run
from sidecar.store import messages, states
from sidecar.store.rows import Row, SqlValue, reader
from sidecar.store.transaction import Snapshot, Tx

HEAD = """
SELECT t.version, t.message_count, coalesce(h.log, 0)
FROM threads t LEFT JOIN thread_heads h ON h.thread_key = t.key WHERE t.key = :thread_key
"""
RAISE = """
UPDATE threads SET version = version + 1, message_count = :message_count, updated_at_ms = :now_ms
WHERE key = :thread_key AND version = :version
"""
INSERT = """
INSERT INTO commits (
    thread_key, version, commit_id, reason, run_id, log, first_seq, last_seq, at_ms, fingerprint,
    answer_seqs, answer_run, actions, patches, snapshot, state
) VALUES (
    :thread_key, :version, :commit_id, :reason, :run_id, :log, :first_seq, :last_seq, :now_ms,
    :fingerprint, :answer_seqs, :answer_run, :actions, :patches, :snapshot, :state
)
"""
SAVE_LOG = """
INSERT INTO thread_heads (thread_key, log, unsaved_commits, unsaved_bytes, state)
VALUES (:thread_key, :log, 0, 0, :empty)
ON CONFLICT (thread_key) DO UPDATE SET log = excluded.log
"""
FIND = """
SELECT fingerprint, version, log, first_seq, last_seq, answer_seqs, answer_run FROM commits
WHERE thread_key = :thread_key AND commit_id = :commit_id
"""
LIST = """
SELECT version, commit_id, reason, run_id, log, first_seq, last_seq, patches, actions, snapshot,
    at_ms
FROM commits WHERE thread_key = :thread_key AND version > :after ORDER BY version LIMIT :limit
"""

_ENCODER = msgspec.json.Encoder()
_RUN = msgspec.json.Decoder(Run)
_SEQS = msgspec.json.Decoder(list[int])


class _Shown(msgspec.Struct, frozen=True):
    """Be what a row of LIST shows as it is."""

    version: int
    commit_id: str | None
    reason: str
    run_id: str | None
    actions: Json
    snapshot: Json
    at_ms: int


_read = reader(_Shown, "commits")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Be what one change set does; `replaces` makes its messages the whole log anew."""

    reason: str
    messages: Sequence[NewMessage] = ()
    replaces: bool = False
    snapshot: Json | None = None
    patches: Sequence[Patch] = ()
    actions: Json = msgspec.field(default_factory=lambda: NULL)
    run_id: str | None = None
    expected_version: int | None = None
    expected_message_count: int | None = None
    commit_id: str | None = None
    fingerprint: bytes | None = None
    # The run as it is answered, to a retry too.
    run: Run | None = None


class Head(NamedTuple):
    """Be where a thread stands: what a guard compares and an append goes on from."""

    version: int
    message_count: int
    log: int


class Done(NamedTuple):
    """Tell what a change set came to, with the record of every message that was given."""

    version: int
    message_count: int
    messages: list[Message]
    run: Run | None


class Appended(msgspec.Struct, frozen=True, rename="camel"):
    """Be the payload of `message.appended`."""

    messages: list[Message]
    message_count: int
    version: int


class Changed(msgspec.Struct, frozen=True, rename="camel"):
    """Be the payload of `message.replaced` and `state.changed`."""

    message_count: int
    version: int


def head(db: Snapshot, thread_key: int) -> Head:
    """Read where a thread stands."""
    row = db.row(HEAD, thread_key=thread_key)
    assert row is not None, "the thread is there"
    return Head(*(value for value in row if isinstance(value, int)))


def answered(db: Snapshot, thread_key: int, commit_id: str, fingerprint: bytes) -> Done | None:
    """Find what a change set of this id was answered; other content is refused."""
    row = db.row(FIND, thread_key=thread_key, commit_id=commit_id)
    if row is None:
        return None
    digest, version, log, first, last, seqs, run = row
    if digest != fingerprint:
        raise IdempotencyMismatch(id=commit_id)
    assert isinstance(version, int) and isinstance(log, int)
    assert isinstance(first, int) and isinstance(last, int)
    if isinstance(seqs, str):
        records = messages.chosen(db, thread_key, log, _SEQS.decode(seqs))
    else:
        records = messages.between(db, thread_key, log, first, last)
    return Done(version, last, records, None if run is None else _run(version, run))


def guard(at: Head, change: Change) -> None:
    """Refuse a change that was made for another version or number of messages."""
    for expected, actual in (
        (change.expected_version, at.version),
        (change.expected_message_count, at.message_count),
    ):
        if expected is not None and expected != actual:
            raise VersionMismatch(expected=expected, actual=actual)


def append(tx: Tx, thread_key: int, change: Change) -> Done:
    """Append messages; when all are there already it is a retry, answered from the record."""
    at = head(tx, thread_key)
    found = messages.sort_out(tx, thread_key, at.log, at.message_count, change.messages)
    if not found.new:
        records = messages.chosen(tx, thread_key, at.log, found.seqs)
        return Done(at.version, at.message_count, records, None)
    return _make(tx, thread_key, at, change, found)


def make(tx: Tx, thread_key: int, change: Change) -> Done:
    """Make a change set: all that it says, its version, its commit and its events."""
    at = head(tx, thread_key)
    if change.replaces:
        found = messages.sort_out(tx, thread_key, at.version + 1, 0, change.messages)
    else:
        found = messages.sort_out(tx, thread_key, at.log, at.message_count, change.messages)
    return _make(tx, thread_key, at, change, found)


def _make(tx: Tx, thread_key: int, at: Head, change: Change, found: messages.Sorted) -> Done:
    guard(at, change)
    before = Head(at.version, 0, at.version + 1) if change.replaces else at
    if change.replaces:
        tx.change(SAVE_LOG, thread_key=thread_key, log=before.log, empty=EMPTY_STATE)
    messages.append(tx, thread_key, before.log, before.message_count, found.new)
    first, count = before.message_count + 1, before.message_count + len(found.new)
    # What was given is just what is new, or else the answer needs a list of its own.
    chosen = None if found.seqs == list(range(first, count + 1)) else found.seqs
    raise_version(tx, thread_key, before, count, change, chosen)
    new = messages.between(tx, thread_key, before.log, first, count)
    _tell(tx, thread_key, change, Appended(new, count, at.version + 1))
    given = new if chosen is None else messages.chosen(tx, thread_key, before.log, chosen)
    return Done(at.version + 1, count, given, change.run)


def raise_version(
    tx: Tx,
    thread_key: int,
    before: Head,
    message_count: int,
    change: Change,
    chosen: list[int] | None = None,
) -> None:
    """Raise a thread's version by one and keep the commit that did; its state with it.

    Only what has an id can be asked for again, and is kept with what it was answered.
    """
    has_id = change.commit_id is not None
    patches = _ENCODER.encode(change.patches).decode() if change.patches else None
    tx.change(
        RAISE,
        thread_key=thread_key,
        version=before.version,
        message_count=message_count,
        now_ms=tx.now_ms,
    )
    tx.insert(
        INSERT,
        thread_key=thread_key,
        version=before.version + 1,
        commit_id=change.commit_id,
        reason=change.reason,
        run_id=change.run_id,
        log=before.log,
        first_seq=before.message_count + 1,
        last_seq=message_count,
        now_ms=tx.now_ms,
        fingerprint=change.fingerprint,
        answer_seqs=_ENCODER.encode(chosen).decode() if chosen is not None and has_id else None,
        answer_run=_ENCODER.encode(change.run).decode() if change.run and has_id else None,
        actions=compact(change.actions),
        patches=patches,
        snapshot=None if change.snapshot is None else states.text_of(change.snapshot),
        state=states.save(tx, thread_key, change.snapshot, change.patches, patches),
    )


def _tell(tx: Tx, thread_key: int, change: Change, appended: Appended) -> None:
    """Write the events of a change: of its messages, then of its state.

    Every change tells the new version: one that has neither does so as `state.changed`.
    """
    changed = Changed(appended.message_count, appended.version)
    if change.replaces:
        tx.emit("message.replaced", changed, noun=None, thread_key=thread_key)
    elif appended.messages:
        tx.emit("message.appended", appended, noun=None, thread_key=thread_key)
    has_messages = change.replaces or bool(appended.messages)
    if change.patches or change.snapshot is not None or not has_messages:
        tx.emit("state.changed", changed, noun=None, thread_key=thread_key)


def list_page(
    db: Snapshot, thread_key: int, after: int, limit: int
) -> tuple[list[Commit], int | None]:
    """Read the change sets after a version; tell from where to go on, None at the end.

    A page ends early when its messages have grown past MAX_PAGE_BYTES.
    """
    rows, has_more = db.page(LIST, limit, thread_key=thread_key, after=after)
    page: list[Commit] = []
    size = 0
    for row in rows:
        if size > limits.MAX_PAGE_BYTES:
            return page, page[-1].version
        page.append(_commit(db, thread_key, row))
        size += sum(_size(message) for message in page[-1].messages)
    return page, page[-1].version if has_more else None


def _size(message: Message) -> int:
    values = (message.content, message.tool_calls, message.metadata)
    return limits.RECORD_BYTES + sum(map(len, values))


def _commit(db: Snapshot, thread_key: int, row: Row) -> Commit:
    version, commit_id, reason, run_id, log, first, last, patches, *rest = row
    assert isinstance(log, int) and isinstance(first, int) and isinstance(last, int)
    shown = _read((version, commit_id, reason, run_id, *rest))
    return Commit(
        version=shown.version,
        commit_id=shown.commit_id,
        reason=shown.reason,
        run_id=shown.run_id,
        messages=messages.between(db, thread_key, log, first, last),
        replaced=log == version,
        patches=states.patches_of(version, patches),
        actions=shown.actions,
        snapshot=shown.snapshot,
        at_ms=shown.at_ms,
    )


def _run(version: SqlValue, text: SqlValue) -> Run:
    try:
        return _RUN.decode(str(text))
    except msgspec.DecodeError as error:
        raise CorruptRecord(table="commits", key=str(version)) from error
