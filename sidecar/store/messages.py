"""Keep messages: a log per thread that only grows, until it is replaced as a whole.

`commits` is the door to write them. A log that was replaced stays for those who replay.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from sidecar.model import limits
from sidecar.model.errors import MessageNotFound, NotAppendOnly
from sidecar.model.fields import Order
from sidecar.model.json_value import compact
from sidecar.model.message import Message, NewMessage
from sidecar.store.paging import decode_cursor, encode_cursor
from sidecar.store.rows import reader
from sidecar.store.transaction import Snapshot, Tx

COLUMNS = """
    m.id, (SELECT t.id FROM threads t WHERE t.key = m.thread_key), m.seq, m.role, m.content,
    m.tool_calls, m.tool_call_id, m.visibility, m.run_id, m.metadata, m.created_at_ms
"""
FIND = """
SELECT seq, fingerprint FROM messages WHERE thread_key = :thread_key AND log = :log AND id = :id
"""
GET = f"""
SELECT {COLUMNS} FROM messages m
WHERE m.thread_key = :thread_key AND m.log = :log AND m.id = :id
"""
INSERT = """
INSERT INTO messages (
    thread_key, log, seq, id, role, visibility, tool_call_id, run_id, created_at_ms, fingerprint,
    tool_calls, metadata, content
) VALUES (
    :thread_key, :log, :seq, :id, :role, :visibility, :tool_call_id, :run_id, :now_ms,
    :fingerprint, :tool_calls, :metadata, :content
)
"""
RANGE = f"""
SELECT {COLUMNS} FROM messages m
WHERE m.thread_key = :thread_key AND m.log = :log AND m.seq BETWEEN :first AND :last
ORDER BY m.seq
"""
CHOSEN = f"""
SELECT {COLUMNS} FROM json_each(:seqs) chosen CROSS JOIN messages m
    ON m.thread_key = :thread_key AND m.log = :log AND m.seq = chosen.value
ORDER BY chosen.key
"""
LAST = """
SELECT coalesce(max(seq), 0) FROM messages WHERE thread_key = :thread_key AND log = :log
"""
IN_LOG = "m.thread_key = :thread_key AND m.log = :log AND m.seq > :after AND m.seq < :before"
FILTERS = {
    "run_id": "m.run_id = :run_id",
    "role": "m.role = :role",
    "visibility": "m.visibility = :visibility",
}
ORDERS: dict[Order, str] = {"asc": "ORDER BY m.seq", "desc": "ORDER BY m.seq DESC"}
# The end of a log whose `before` is not given.
END = limits.MAX_INTEGER

read = reader(Message, "messages")


class Place(NamedTuple):
    """Be where a message is or will be: the record of the log, and the content of its id."""

    seq: int
    fingerprint: bytes


class Sorted(NamedTuple):
    """Tell of messages that were given which are new, and the place in the log of each."""

    new: list[tuple[NewMessage, bytes]]
    seqs: list[int]


def sort_out(
    db: Snapshot, thread_key: int, log: int, count: int, given: Sequence[NewMessage]
) -> Sorted:
    """Find which of the given messages a log of so many does not hold yet.

    An id that it holds, or that was given before, with other content is `not_append_only`.
    """
    new: list[tuple[NewMessage, bytes]] = []
    seqs: list[int] = []
    known: dict[str, Place] = {}
    for message in given:
        fingerprint = message.fingerprint
        place = None
        if message.id is not None:
            place = known.get(message.id) or _find(db, thread_key, log, message.id)
            if place is not None and place.fingerprint != fingerprint:
                raise NotAppendOnly(messageId=message.id)
        if place is None:
            new.append((message, fingerprint))
            place = Place(count + len(new), fingerprint)
        if message.id is not None:
            known[message.id] = place
        seqs.append(place.seq)
    return Sorted(new, seqs)


def _find(db: Snapshot, thread_key: int, log: int, message_id: str) -> Place | None:
    row = db.row(FIND, thread_key=thread_key, log=log, id=message_id)
    if row is None:
        return None
    assert isinstance(row[0], int) and isinstance(row[1], bytes)
    return Place(row[0], row[1])


def append(
    tx: Tx, thread_key: int, log: int, count: int, new: Sequence[tuple[NewMessage, bytes]]
) -> None:
    """Write new messages at the end of a log of so many."""
    for seq, (message, fingerprint) in enumerate(new, count + 1):
        tx.insert(
            INSERT,
            thread_key=thread_key,
            log=log,
            seq=seq,
            id=message.id or tx.mint("msg"),
            role=message.role,
            visibility=message.visibility or "all",
            tool_call_id=message.tool_call_id,
            run_id=message.run_id,
            now_ms=tx.now_ms,
            fingerprint=fingerprint,
            tool_calls=compact(message.tool_calls),
            metadata=compact(message.metadata),
            content=compact(message.content),
        )


def between(db: Snapshot, thread_key: int, log: int, first: int, last: int) -> list[Message]:
    """Read a stretch of a log, both ends included."""
    if last < first:
        return []
    rows = db.rows(RANGE, thread_key=thread_key, log=log, first=first, last=last)
    return [read(row) for row in rows]


def chosen(db: Snapshot, thread_key: int, log: int, seqs: Sequence[int]) -> list[Message]:
    """Read messages of a log by their places, in the order asked for."""
    text = msgspec.json.encode(seqs).decode()
    return [read(row) for row in db.rows(CHOSEN, thread_key=thread_key, log=log, seqs=text)]


def get(db: Snapshot, thread_key: int, log: int, message_id: str) -> Message:
    """Read one message of a log or refuse with `message_not_found`."""
    row = db.row(GET, thread_key=thread_key, log=log, id=message_id)
    if row is None:
        raise MessageNotFound(id=message_id)
    return read(row)


def list_statement(order: Order, filters: Sequence[str]) -> str:
    """Make the statement that reads a page with a set of filters."""
    where = " AND ".join([IN_LOG, *(FILTERS[name] for name in filters)])
    return f"SELECT {COLUMNS} FROM messages m WHERE {where} {ORDERS[order]} LIMIT :limit"


def scan_statement(order: Order) -> str:
    """Make the statement that measures the stretch of a run's messages a filter looks at."""
    return f"""
        SELECT max(seq), min(seq), count(*) FROM (
            SELECT m.seq FROM messages m WHERE {IN_LOG} AND m.run_id = :run_id
            {ORDERS[order]} LIMIT :scan)
    """


class Stretch(NamedTuple):
    """Be the part of a log that a page is read from, both ends excluded."""

    log: int
    after: int
    before: int


def list_page(
    db: Snapshot,
    thread_key: int,
    stretch: Stretch,
    filters: dict[str, str],
    *,
    order: Order,
    cursor: str | None,
    limit: int,
) -> tuple[list[Message], str | None]:
    """Read a page of a log; `filters` are names of FILTERS with values.

    A filtered page looks at MAX_MESSAGE_SCAN messages at the most. A cursor goes on in the log
    that it was made for, so that pages fit together even when the log is replaced meanwhile.
    """
    if cursor is not None:
        log, seq = decode_cursor(cursor, int, int)
        assert isinstance(log, int) and isinstance(seq, int)
        after = max(stretch.after, seq) if order == "asc" else stretch.after
        before = min(stretch.before, seq) if order == "desc" else stretch.before
        stretch = Stretch(log, after, before)
    end = db.number(LAST, thread_key=thread_key, log=stretch.log) + 1
    stretch = stretch._replace(before=min(stretch.before, end))
    window, ends_early = stretch, False
    if filters.keys() - {"run_id"}:
        window, ends_early = _window(db, thread_key, stretch, filters, order)
    rows, has_more = db.page(
        list_statement(order, list(filters)),
        limit,
        thread_key=thread_key,
        **window._asdict(),
        **filters,
    )
    page = [read(row) for row in rows]
    if has_more:
        return page, encode_cursor(stretch.log, page[-1].seq)
    if not ends_early:
        return page, None
    last = window.before - 1 if order == "asc" else window.after + 1
    return page, encode_cursor(stretch.log, last)


def _window(
    db: Snapshot, thread_key: int, stretch: Stretch, filters: dict[str, str], order: Order
) -> tuple[Stretch, bool]:
    """Narrow a stretch to what one page may look at; tell whether something is left out.

    A log has no gaps, so that its seqs count the messages; those of a run are counted.
    """
    scan = limits.MAX_MESSAGE_SCAN
    if "run_id" not in filters:
        if order == "asc":
            # One past what is looked at: the place from which the next page goes on.
            before = min(stretch.before, stretch.after + scan + 1)
            return stretch._replace(before=before), before < stretch.before
        after = max(stretch.after, stretch.before - scan - 1)
        return stretch._replace(after=after), after > stretch.after
    row = db.row(
        scan_statement(order),
        thread_key=thread_key,
        run_id=filters["run_id"],
        scan=scan,
        **stretch._asdict(),
    )
    assert row is not None
    last, first, count = row
    if count != scan:
        return stretch, False
    assert isinstance(last, int) and isinstance(first, int)
    if order == "asc":
        return stretch._replace(before=last + 1), True
    return stretch._replace(after=first - 1), True
