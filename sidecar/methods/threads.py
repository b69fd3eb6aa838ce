"""Threads: create, get, list, update, delete, transcript."""

import msgspec
from msgspec import UNSET, UnsetType

from sidecar.model.errors import (
    IdempotencyMismatch,
    InvalidHierarchy,
    InvalidParams,
    LimitExceeded,
    ThreadNotFound,
    TurnActive,
    VersionMismatch,
)
from sidecar.model.fields import Count, Cursor, Id, Name, PageLimit
from sidecar.model.json_value import ABSENT, NULL, Json, fingerprint, is_equal
from sidecar.model.limits import MAX_QUERY_CHARS
from sidecar.model.thread import Children, Thread, TranscriptMessage, TranscriptText
from sidecar.rpc.registry import method
from sidecar.store import deletion, items, threads
from sidecar.store.paging import clamp
from sidecar.store.transaction import Snapshot, Tx


class ThreadCreated(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a creation; `created` is false for a retry."""

    thread: Thread
    created: bool


class ThreadAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer one thread."""

    thread: Thread


class ThreadPage(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a page of threads."""

    data: list[Thread]
    next_cursor: str | None


class ThreadsDeleted(msgspec.Struct, frozen=True, rename="camel"):
    """Answer which threads went, and which children lost their parent."""

    deleted_thread_ids: list[str]
    detached_thread_ids: list[str]


class Transcript(msgspec.Struct, frozen=True, rename="camel"):
    """Answer the conversation as a model would read it."""

    messages: list[TranscriptMessage]
    total_tokens: int


@method(
    "thread/create", since="0.1.0", errors=(IdempotencyMismatch, InvalidHierarchy), retry="threadId"
)
def create(
    tx: Tx,
    *,
    thread_id: Id | None = None,
    title: str | None = None,
    model: str | None = None,
    provider: str | None = None,
    workspace: str | None = None,
    mode: str | None = None,
    resource_id: Name | None = None,
    parent_thread_id: Id | None = None,
    metadata: Json = NULL,
) -> ThreadCreated:
    """Create a thread, or answer the one that the same request made.

    A parent must exist.
    """
    columns = threads.Columns(
        title, model, provider, workspace, mode, resource_id, parent_thread_id, metadata, False
    )
    content = fingerprint("thread/create", **msgspec.structs.asdict(columns))
    return ThreadCreated(*threads.create(tx, thread_id, columns, content))


@method("thread/get", since="0.1.0", errors=(ThreadNotFound,))
def get(db: Snapshot, *, thread_id: Id) -> ThreadAnswer:
    """Read one thread."""
    return ThreadAnswer(threads.get(db, threads.require(db, thread_id).key))


@method("thread/list", since="0.1.0")
def list_(
    db: Snapshot,
    *,
    cursor: Cursor | None = None,
    limit: PageLimit | None = None,
    archived: bool | None | UnsetType = UNSET,
    resource_id: Name | None = None,
    parent_thread_id: Id | None = None,
    roots_only: bool = False,
    id_prefix: str | None = None,
    query: str | None = None,
) -> ThreadPage:
    """Read a page of threads, newest change first.

    `archived` is false unless given, null means both; every word of `query` (1,024 characters
    at the most) must begin a word of the title, whatever the case.
    """
    filters: dict[str, str | int | None] = {}
    if archived is not None:
        filters["archived"] = archived is True
    if resource_id is not None:
        filters["resource_id"] = resource_id
    if parent_thread_id is not None:
        parent = threads.find(db, parent_thread_id)
        # A filter that nothing can match, since keys count from 1.
        filters["parent_key"] = parent.key if parent else 0
    if roots_only:
        filters["roots_only"] = True
    if id_prefix:
        filters["id_prefix"] = id_prefix
    if query is not None:
        if len(query) > MAX_QUERY_CHARS:
            raise LimitExceeded(limit="maxQueryChars", max=MAX_QUERY_CHARS, actual=len(query))
        filters["words"] = msgspec.json.encode(sorted({*threads.words(query)})).decode()
    return ThreadPage(*threads.list_page(db, filters, cursor, clamp(limit)))


@method("thread/update", since="0.1.0", errors=(ThreadNotFound, VersionMismatch, InvalidHierarchy))
def update(
    tx: Tx,
    *,
    thread_id: Id,
    expected_version: Count | None = None,
    title: str | None | UnsetType = UNSET,
    model: str | None | UnsetType = UNSET,
    provider: str | None | UnsetType = UNSET,
    workspace: str | None | UnsetType = UNSET,
    mode: str | None | UnsetType = UNSET,
    resource_id: Name | None | UnsetType = UNSET,
    parent_thread_id: Id | None | UnsetType = UNSET,
    metadata: Json = ABSENT,
    archived: bool | None = None,
) -> ThreadAnswer:
    """Change what is given: null clears, absent keeps.

    Nothing changed is no event and no new version.
    """
    given = {
        "title": title,
        "model": model,
        "provider": provider,
        "workspace": workspace,
        "mode": mode,
        "resource_id": resource_id,
        "parent_id": parent_thread_id,
        "metadata": UNSET if bytes(metadata) == b"" else metadata,
        "archived": UNSET if archived is None else archived,
    }
    changes = {name: value for name, value in given.items() if value is not UNSET}
    if not changes:
        raise InvalidParams(path="", reason="nothing to update")
    key = threads.require(tx, thread_id).key
    before = threads.get(tx, key)
    if expected_version is not None and expected_version != before.version:
        raise VersionMismatch(expected=expected_version, actual=before.version)
    current = threads.columns_of(before)
    wanted = msgspec.structs.replace(current, **changes)
    if _is_same(current, wanted):
        return ThreadAnswer(before)
    return ThreadAnswer(threads.update(tx, key, before, wanted, "thread/update"))


def _is_same(current: threads.Columns, wanted: threads.Columns) -> bool:
    plain = msgspec.structs.replace(wanted, metadata=current.metadata)
    return plain == current and is_equal(wanted.metadata, current.metadata)


@method("thread/delete", since="0.1.0", errors=(ThreadNotFound, InvalidHierarchy, TurnActive))
def delete(
    tx: Tx, *, thread_id: Id, children: Children = "reject", force: bool = False
) -> ThreadsDeleted:
    """Delete a thread and everything that hangs on it.

    A turn in progress needs `force`; the id is free again, its events' seqs are not.
    """
    key = threads.require(tx, thread_id).key
    return ThreadsDeleted(*deletion.delete(tx, key, children, force=force))


@method("thread/transcript", since="0.1.0", errors=(ThreadNotFound,))
def transcript(db: Snapshot, *, thread_id: Id) -> Transcript:
    """Rebuild the conversation from completed messages, in turn and item order."""
    said, total_tokens = items.transcript(db, threads.require(db, thread_id).key)
    messages = [
        TranscriptMessage("user" if kind == "user_message" else "assistant", [TranscriptText(text)])
        for kind, text in said
    ]
    return Transcript(messages, total_tokens)
