"""Keep the state of a thread: whole as it is now, and so often with its commits.

A patch is then one read and one write of the state, and an earlier one a short replay.
"""

from collections.abc import Iterator, Sequence

import msgspec

from sidecar.model import limits
from sidecar.model.commit import EMPTY_STATE
from sidecar.model.errors import CorruptRecord, PatchFailed
from sidecar.model.json_value import Json, compact, is_equal, stored
from sidecar.model.patch import Patch, patched, replayed
from sidecar.store.rows import SqlValue
from sidecar.store.transaction import Snapshot, Tx

GET = (
    "SELECT unsaved_commits, unsaved_bytes, state FROM thread_heads WHERE thread_key = :thread_key"
)
SAVE = """
INSERT INTO thread_heads (thread_key, log, unsaved_commits, unsaved_bytes, state)
VALUES (:thread_key, 0, :unsaved_commits, :unsaved_bytes, :state)
ON CONFLICT (thread_key) DO UPDATE SET unsaved_commits = excluded.unsaved_commits,
    unsaved_bytes = excluded.unsaved_bytes, state = excluded.state
"""
# The nearest commit that has the state, or sets it anew.
BASE = """
SELECT version, patches, snapshot, state FROM commits
WHERE thread_key = :thread_key AND version <= :version
    AND (patches IS NOT NULL OR snapshot IS NOT NULL)
    AND (state IS NOT NULL OR snapshot IS NOT NULL)
ORDER BY version DESC LIMIT 1
"""
SINCE = """
SELECT version, patches FROM commits
WHERE thread_key = :thread_key AND version > :base AND version <= :version
    AND (patches IS NOT NULL OR snapshot IS NOT NULL)
ORDER BY version
"""
WITH_STATE = """
SELECT t.key, t.id, t.version FROM thread_heads h JOIN threads t ON t.key = h.thread_key
"""

_PATCHES = msgspec.json.Decoder(list[Patch])


def save(
    tx: Tx,
    thread_key: int,
    snapshot: Json | None,
    patches: Sequence[Patch],
    patches_text: str | None,
) -> str | None:
    """Write the state that a change makes; answer it where its commit is to keep it too."""
    if patches_text is None and snapshot is None:
        return None
    row = tx.row(GET, thread_key=thread_key)
    commits, size, state = row if row is not None else (0, 0, EMPTY_STATE)
    assert isinstance(commits, int) and isinstance(size, int) and isinstance(state, str)
    if snapshot is not None:
        commits, size, state = 0, 0, text_of(snapshot)
    if patches_text is not None:
        commits, size = commits + 1, size + len(patches_text)
        state = text_of(patched(_stored(thread_key, state), patches))
    is_due = commits >= limits.STATE_EVERY_COMMITS or size >= max(
        limits.STATE_EVERY_BYTES, len(state)
    )
    kept = state if is_due and patches_text is not None else None
    if kept is not None:
        commits, size = 0, 0
    tx.change(
        SAVE,
        thread_key=thread_key,
        unsaved_commits=commits,
        unsaved_bytes=size,
        state=state,
    )
    return kept


def text_of(value: Json) -> str:
    """Make the text to store of a value that is there, null too."""
    return compact(value) or "null"


def patches_of(version: SqlValue, text: SqlValue) -> list[Patch]:
    """Read the patches that a commit has."""
    if text is None:
        return []
    try:
        return _PATCHES.decode(str(text))
    except msgspec.DecodeError as error:
        raise CorruptRecord(table="commits", key=str(version)) from error


def current(db: Snapshot, thread_key: int) -> Json:
    """Read the state of a thread as it is now."""
    row = db.row(GET, thread_key=thread_key)
    return _stored(thread_key, EMPTY_STATE if row is None else row[2])


def _stored(thread_key: int, text: SqlValue) -> Json:
    try:
        return stored(str(text))
    except ValueError as error:
        raise CorruptRecord(table="thread_heads", key=str(thread_key)) from error


def at_version(db: Snapshot, thread_key: int, version: int) -> Json:
    """Replay the state of a thread as it was at a version, from the nearest that is stored."""
    base, patches, snapshot, text = db.row(BASE, thread_key=thread_key, version=version) or (
        0, None, EMPTY_STATE, None,
    )  # fmt: skip
    later = db.rows(SINCE, thread_key=thread_key, base=base, version=version)
    if text is None:
        later.insert(0, (base, patches))
    begin = _stored(thread_key, snapshot if text is None else text)
    try:
        return replayed(begin, (patches_of(number, more) for number, more in later))
    except PatchFailed as error:
        raise CorruptRecord(table="commits", key=f"up to {version}") from error


def broken(db: Snapshot) -> Iterator[str]:
    """Name the threads whose stored state is not what a replay of their commits gives."""
    for key, thread_id, version in db.rows(WITH_STATE):
        assert isinstance(key, int) and isinstance(version, int)
        try:
            is_whole = is_equal(current(db, key), at_version(db, key, version))
        except CorruptRecord:
            is_whole = False
        if not is_whole:
            yield str(thread_id)
