"""Messages: append, list, get, replace, clear."""

from typing import Annotated

import msgspec

from sidecar.model import limits
from sidecar.model.errors import (
    LimitExceeded,
    MessageNotFound,
    NotAppendOnly,
    ThreadNotFound,
    VersionMismatch,
)
from sidecar.model.fields import Count, Cursor, Id, Order, PageLimit
from sidecar.model.message import Message, NewMessage, Role
from sidecar.rpc.registry import method
from sidecar.store import commits, messages, threads
from sidecar.store.commits import Change
from sidecar.store.messages import Stretch
from sidecar.store.paging import clamp
from sidecar.store.transaction import Snapshot, Tx


class MessagesAppended(msgspec.Struct, frozen=True, rename="camel"):
    """Answer the record of every message that was given, and where the thread stands."""

    messages: list[Message]
    message_count: int
    version: int


class MessagePage(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a page of messages; `messageCount` is the whole thread's."""

    data: list[Message]
    next_cursor: str | None
    message_count: int


class MessageAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer one message."""

    message: Message


class LogAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer where a thread stands after its messages were replaced."""

    message_count: int
    version: int


@method(
    "message/append",
    since="0.1.0",
    errors=(ThreadNotFound, NotAppendOnly, VersionMismatch, LimitExceeded),
    retry="messages[].id",
)
def append(
    tx: Tx,
    *,
    thread_id: Id,
    messages: Annotated[list[NewMessage], msgspec.Meta(min_length=1)],
    expected_message_count: Count | None = None,
    expected_version: Count | None = None,
) -> MessagesAppended:
    """Append up to 1,000 messages; one whose id is there already with this content is kept.

    When all are there it is a retry: answered from the record, whatever it expects.
    """
    if len(messages) > limits.MAX_APPEND_MESSAGES:
        raise LimitExceeded(
            limit="maxAppendMessages", max=limits.MAX_APPEND_MESSAGES, actual=len(messages)
        )
    change = Change(
        reason="message/append",
        messages=messages,
        expected_version=expected_version,
        expected_message_count=expected_message_count,
    )
    done = commits.append(tx, threads.require(tx, thread_id).key, change)
    return MessagesAppended(done.messages, done.message_count, done.version)


@method("message/list", since="0.1.0", errors=(ThreadNotFound,))
def list_(
    db: Snapshot,
    *,
    thread_id: Id,
    after_seq: Count | None = None,
    before_seq: Count | None = None,
    order: Order = "asc",
    cursor: Cursor | None = None,
    limit: PageLimit | None = None,
    role: Role | None = None,
    run_id: Id | None = None,
    include_internal: bool = False,
) -> MessagePage:
    """Read a page of a thread's messages between two seqs, both exclusive.

    A page may be shorter than its limit and yet not the last: `nextCursor` tells.
    """
    key = threads.require(db, thread_id).key
    at = commits.head(db, key)
    filters: dict[str, str] = {}
    if run_id is not None:
        filters["run_id"] = run_id
    if role is not None:
        filters["role"] = role
    if not include_internal:
        filters["visibility"] = "all"
    stretch = Stretch(at.log, after_seq or 0, messages.END if before_seq is None else before_seq)
    page, next_cursor = messages.list_page(
        db, key, stretch, filters, order=order, cursor=cursor, limit=clamp(limit)
    )
    return MessagePage(page, next_cursor, at.message_count)


@method("message/get", since="0.1.0", errors=(ThreadNotFound, MessageNotFound))
def get(db: Snapshot, *, thread_id: Id, message_id: Id) -> MessageAnswer:
    """Read one message, internal ones too."""
    key = threads.require(db, thread_id).key
    return MessageAnswer(messages.get(db, key, commits.head(db, key).log, message_id))


@method("message/replace", since="0.1.0", errors=(ThreadNotFound, NotAppendOnly, VersionMismatch))
def replace(
    tx: Tx, *, thread_id: Id, messages: list[NewMessage], expected_version: Count | None = None
) -> LogAnswer:
    """Make the whole log anew, with seqs from 1; it may be empty.

    What was there stays readable in `thread/commits`.
    """
    return _replaced(tx, thread_id, "message/replace", messages, expected_version)


@method("message/clear", since="0.1.0", errors=(ThreadNotFound, VersionMismatch))
def clear(tx: Tx, *, thread_id: Id, expected_version: Count | None = None) -> LogAnswer:
    """Begin an empty log; what was there stays readable in `thread/commits`."""
    return _replaced(tx, thread_id, "message/clear", [], expected_version)


def _replaced(
    tx: Tx, thread_id: str, reason: str, log: list[NewMessage], expected_version: int | None
) -> LogAnswer:
    change = Change(reason=reason, messages=log, replaces=True, expected_version=expected_version)
    done = commits.make(tx, threads.require(tx, thread_id).key, change)
    return LogAnswer(done.message_count, done.version)
