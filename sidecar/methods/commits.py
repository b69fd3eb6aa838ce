"""Change sets of a thread: commit, commits; its state, and the checkpoint of it all."""

import msgspec
from msgspec import UNSET

from sidecar.model.commit import Commit
from sidecar.model.errors import (
    IdempotencyMismatch,
    IllegalTransition,
    InvalidParams,
    LimitExceeded,
    NotAppendOnly,
    PatchFailed,
    RunNotFound,
    ThreadNotFound,
    VersionMismatch,
)
from sidecar.model.fields import Count, Id, PageLimit
from sidecar.model.json_value import NULL, Json, fingerprint
from sidecar.model.message import Message, NewMessage
from sidecar.model.patch import AnyOp, Patch, ReplaceOp
from sidecar.model.run import Run, RunChange
from sidecar.rpc.registry import method
from sidecar.store import commits, messages, runs, states, threads
from sidecar.store.commits import Change
from sidecar.store.paging import clamp
from sidecar.store.transaction import Scan, Snapshot, Tx

_ENCODER = msgspec.json.Encoder()


class Committed(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a change set: where the thread stands, and the record of every message given."""

    version: int
    message_count: int
    messages: list[Message]
    run: Run | None


class CommitPage(msgspec.Struct, frozen=True, rename="camel"):
    """Answer change sets in order; `nextAfterVersion` says where to go on, null at the end."""

    data: list[Commit]
    next_after_version: int | None


class StateAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer the state of a thread and the version at which it is this."""

    state: Json
    version: int


class VersionAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer the version of a thread."""

    version: int


class Checkpoint(msgspec.Struct, frozen=True, rename="camel"):
    """Answer all that a thread is at one moment, internal messages too."""

    messages: list[Message]
    message_count: int
    version: int
    latest_run: Run | None
    state: Json


@method(
    "thread/commit",
    since="0.1.0",
    errors=(
        ThreadNotFound,
        IdempotencyMismatch,
        VersionMismatch,
        NotAppendOnly,
        PatchFailed,
        RunNotFound,
        IllegalTransition,
        LimitExceeded,
    ),
    retry="commitId",
)
def commit(
    tx: Tx,
    *,
    thread_id: Id,
    commit_id: Id | None = None,
    expected_version: Count | None = None,
    expected_message_count: Count | None = None,
    reason: str = "thread/commit",
    run_id: Id | None = None,
    run: RunChange | None = None,
    messages: list[NewMessage] | None = None,
    patches: list[Patch] | None = None,
    actions: Json = NULL,
    snapshot: Json = NULL,
) -> Committed:
    """Make one change set in one transaction; the version rises by one even when it is empty.

    `snapshot` replaces the state before the patches are applied. The `index` of `patch_failed`
    counts the operations of all patches from 0. `run` creates or updates `runId`, which must
    exist without it. Events: of the run, then `message.appended`, then `state.changed`.
    """
    key = threads.require(tx, thread_id).key
    change = Change(
        reason=reason,
        messages=messages or (),
        snapshot=None if bytes(snapshot) == b"null" else snapshot,
        patches=patches or (),
        actions=actions,
        run_id=run_id,
        expected_version=expected_version,
        expected_message_count=expected_message_count,
    )
    if commit_id is not None:
        content = _content(change, run)
        done = commits.answered(tx, key, commit_id, content)
        if done is not None:
            return Committed(*done)
        change = msgspec.structs.replace(change, commit_id=commit_id, fingerprint=content)
    commits.guard(commits.head(tx, key), change)
    made = _run(tx, key, run_id, run)
    if made is not None:
        change = msgspec.structs.replace(change, run_id=made.id, run=made)
    return Committed(*commits.make(tx, key, change))


def _run(tx: Tx, thread_key: int, run_id: str | None, change: RunChange | None) -> Run | None:
    """Create or update the run of a change set, or find the one that it names."""
    if change is not None:
        return runs.save(tx, thread_key, run_id, change)
    if run_id is None:
        return None
    found = runs.require(tx, run_id)
    if found.thread_key != thread_key:
        raise RunNotFound(id=run_id)
    return runs.get(tx, found.key)


def _content(change: Change, run: RunChange | None) -> bytes:
    """Digest what a change set says; what it expects of the thread is no part of that."""
    return fingerprint(
        "thread/commit",
        reason=change.reason,
        messages=_raw(change.messages),
        patches=_raw(change.patches),
        snapshot=change.snapshot,
        actions=change.actions,
        run_id=change.run_id,
        run=_raw(None if run is None else _given(run)),
    )


def _given(change: RunChange) -> dict[str, object]:
    """Take what was sent of a run: null clears, so that it is not the same as absent."""
    return {
        name: value
        for name, value in msgspec.structs.asdict(change).items()
        if not (value is UNSET or (isinstance(value, msgspec.Raw) and not bytes(value)))
    }


def _raw(records: object) -> Json:
    return msgspec.Raw(_ENCODER.encode(records))


@method("thread/commits", since="0.1.0", errors=(ThreadNotFound,))
def list_(
    db: Snapshot, *, thread_id: Id, after_version: Count = 0, limit: PageLimit | None = None
) -> CommitPage:
    """Read the change sets after a version in order: to follow a thread, or to replay it."""
    key = threads.require(db, thread_id).key
    return CommitPage(*commits.list_page(db, key, after_version, clamp(limit)))


@method("thread/getState", since="0.1.0", errors=(ThreadNotFound,))
def get_state(db: Snapshot, *, thread_id: Id, at_version: Count | None = None) -> StateAnswer:
    """Read the state of a thread as it is, or as it was at a version."""
    key = threads.require(db, thread_id).key
    version = commits.head(db, key).version
    if at_version is None or at_version == version:
        return StateAnswer(states.current(db, key), version)
    if at_version > version:
        raise InvalidParams(path="atVersion", reason="past the thread's version")
    return StateAnswer(states.at_version(db, key, at_version), at_version)


@method("thread/setState", since="0.1.0", errors=(ThreadNotFound, VersionMismatch))
def set_state(
    tx: Tx, *, thread_id: Id, state: Json, expected_version: Count | None = None
) -> VersionAnswer:
    """Replace the state of a thread, whatever it was."""
    # A snapshot that is null would say that there is none, so a patch puts null there.
    is_null = bytes(state) == b"null"
    to_null: list[AnyOp] = [ReplaceOp("", state)]
    change = Change(
        reason="thread/setState",
        snapshot=None if is_null else state,
        patches=[Patch(to_null)] if is_null else (),
        expected_version=expected_version,
    )
    return VersionAnswer(commits.make(tx, threads.require(tx, thread_id).key, change).version)


@method("thread/checkpoint", since="0.1.0", errors=(ThreadNotFound,))
def checkpoint(db: Scan, *, thread_id: Id) -> Checkpoint:
    """Read all that a thread is at one moment: every message, its latest run, its state."""
    key = threads.require(db, thread_id).key
    at = commits.head(db, key)
    return Checkpoint(
        messages.between(db, key, at.log, 1, at.message_count),
        at.message_count,
        at.version,
        runs.latest(db, key),
        states.current(db, key),
    )
