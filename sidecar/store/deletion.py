"""Take threads away, with everything that hangs on them, in one transaction."""

from typing import assert_never

from sidecar.model.errors import InvalidHierarchy, TurnActive
from sidecar.model.thread import Children
from sidecar.store import threads
from sidecar.store.transaction import Tx

# Children before their parents, so that a foreign key never points at nothing.
FAMILY = """
WITH RECURSIVE family (key, depth) AS (
    SELECT :key, 0
    UNION
    SELECT t.key, family.depth + 1 FROM threads t JOIN family ON t.parent_key = family.key
)
SELECT key FROM family ORDER BY depth DESC, key
"""
CHILDREN = "SELECT key FROM threads WHERE parent_key = :key ORDER BY id"
# What told of the end of an earlier thread of this id remains.
DELETE_EVENTS = """
DELETE FROM events
WHERE thread_key = :key AND NOT (event = 'thread.deleted' AND source = 'daemon')
"""
DELETE_MESSAGES = "DELETE FROM messages WHERE thread_key = :key"
DELETE_COMMITS = "DELETE FROM commits WHERE thread_key = :key"
DELETE_HEAD = "DELETE FROM thread_heads WHERE thread_key = :key"
DELETE_INPUTS = "DELETE FROM session_inputs WHERE thread_key = :key"
DELETE_TURNS = "DELETE FROM turns WHERE thread_key = :key"
# Their steps go with them.
DELETE_RUNS = "DELETE FROM runs WHERE thread_key = :key"
HANGS_ON_IT = (
    DELETE_EVENTS,
    DELETE_INPUTS,
    DELETE_TURNS,
    DELETE_RUNS,
    DELETE_MESSAGES,
    DELETE_COMMITS,
    DELETE_HEAD,
)
DELETE = "DELETE FROM threads WHERE key = :key"


def delete(tx: Tx, key: int, children: Children, *, force: bool) -> tuple[list[str], list[str]]:
    """Delete a thread; answer the ids of the deleted ones and of the detached children.

    Refuses with `invalid_hierarchy` (has_children) and, without `force`, `turn_active`.
    """
    direct = [_key(row[0]) for row in tx.rows(CHILDREN, key=key)]
    doomed = [key]
    detached: list[int] = []
    match children:
        case "reject":
            if direct:
                raise InvalidHierarchy(reason="has_children")
        case "detach":
            detached = direct
        case "cascade":
            doomed = [_key(row[0]) for row in tx.rows(FAMILY, key=key)]
        case _:
            assert_never(children)
    records = [threads.get(tx, each) for each in doomed]
    for record in records:
        if record.active_turn_id is not None and not force:
            raise TurnActive(activeTurnId=record.active_turn_id)
    detached_ids = [threads.detach(tx, child, key, "thread/delete").id for child in detached]
    for each, record in zip(doomed, records, strict=True):
        for statement in HANGS_ON_IT:
            tx.change_all(statement, key=each)
        tx.change(DELETE, key=each)
        tx.emit("thread.deleted", record, noun="thread", thread_key=each)
    return [record.id for record in records], detached_ids


def _key(value: object) -> int:
    assert isinstance(value, int)
    return value
