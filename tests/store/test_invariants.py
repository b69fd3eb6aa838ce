"""What the house says of turns, inputs, threads and mailboxes is found where it is broken."""

from pathlib import Path

import pytest

from sidecar.store import upkeep
from sidecar.store.upkeep import Counts
from tests.store.support import opened, spoil

OF_LAST_INPUT = "(SELECT {} FROM session_inputs WHERE id = 'in-a')"
OPEN_TURN = "(SELECT key FROM turns WHERE id = 'open')"
# A change of a database that has every noun, and all that is told of it then.
BROKEN = [
    ("UPDATE daemon SET last_seq = last_seq - 1", ["an event's seq is past the last one: 115"]),
    (
        "UPDATE turns SET status = 'completed' WHERE id = 'open'",
        ["integrity: CHECK constraint failed in turns"]
        + 3 * ["an ended turn has open items: open"],
    ),
    (
        "UPDATE items SET status = 'queued' WHERE id = 'done-0'",
        [
            "integrity: CHECK constraint failed in items",
            "an ended turn has open items: done",
        ],
    ),
    (
        "UPDATE turns SET item_count = 9 WHERE id = 'open'",
        ["a turn's items are not counted: open", "a turn's items have a gap: open"],
    ),
    ("DELETE FROM items WHERE id = 'open-2'", ["a turn's items are not counted: open"]),
    (
        "UPDATE items SET position = 9 WHERE id = 'open-3'",
        ["a turn's items have a gap: open"],
    ),
    (
        "DELETE FROM items WHERE turn_key = (SELECT key FROM turns WHERE id = 'failed')",
        ["a turn's items are not counted: failed", "a turn's items have a gap: failed"],
    ),
    (
        f"UPDATE session_inputs SET turn_key = {OPEN_TURN} WHERE id = 'in-a'",
        ["a promoted input's item is in another turn: in-a"],
    ),
    (
        ("UPDATE events SET event = 'note' WHERE event = 'session_input.admitted'"
        f" AND seq = {OF_LAST_INPUT.format('admitted_seq')}"),
        ["an input's seq is not that of its admission: in-a"],
    ),
    (
        (f"UPDATE session_inputs SET admitted_seq = {OF_LAST_INPUT.format('admitted_seq')}"
        " WHERE id = 'in-3'"),
        ["an input's seq is not that of its admission: in-3"],
    ),
    (
        "UPDATE events SET event = 'note' WHERE event = 'session_input.promoted'",
        ["an input's seq is not that of its promotion: in-a"],
    ),
    (
        ("UPDATE events SET thread_key = (SELECT key FROM threads WHERE id = 'log')"
        " WHERE event = 'session_input.promoted'"),
        ["an input's seq is not that of its promotion: in-a"],
    ),
    (
        ("UPDATE threads SET parent_key = (SELECT key FROM threads WHERE id = 'child')"
        " WHERE id = 'talk'"),
        [f"a thread's parent is its own descendant: {key}" for key in (5, 2)],
    ),
    (
        "UPDATE steps SET status = 'failed' WHERE id = 'run-a-1'",
        [
            "integrity: CHECK constraint failed in steps",
            "a step's stamps are not those of its status: run-a-1",
        ],
    ),
    (
        "UPDATE mailboxes SET queued_count = queued_count + 1 WHERE id = 'work'",
        ["a mailbox's queued entries are not counted: work"],
    ),
    (
        # Claimed, and queued; what has ended is of the generation in which it did.
        "UPDATE mailboxes SET generation = generation + 1",
        [
            f"an open mailbox entry is of another generation: {entry}"
            for entry in (*(f"work-{n}" for n in range(6)), *(f"mail-{n}" for n in range(1, 5)))
        ],
    ),
    (
        "DELETE FROM threads WHERE id = 'child'",
        [
            "foreign key: thread_heads row 5",
            "foreign key: commits row 5",
            "foreign key: commits row 26",
        ],
    ),
    (
        "UPDATE daemon SET last_seq = 0",
        [f"an event's seq is past the last one: {seq}" for seq in range(1, 101)],
    ),
    (
        # The laws are told in the words of the newest schema.
        "DELETE FROM migrations WHERE number > 1; UPDATE daemon SET last_seq = 0",
        [],
    ),
]  # fmt: skip


@pytest.fixture
def path(folder: Path, content: bytes) -> Path:
    path = folder / "sidecar.db"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("change", "findings"), BROKEN)
def test_a_broken_law_is_found_and_nothing_else(
    path: Path, change: str, findings: list[str]
) -> None:
    assert upkeep.check(path, full=True) == []
    spoil(path, change)
    assert upkeep.check(path, full=True) == findings


def test_two_turns_at_work_are_found_where_no_index_keeps_them_apart(path: Path) -> None:
    spoil(
        path,
        "DROP INDEX turns_active;"
        " UPDATE turns SET status = 'in_progress', started_at_ms = 1 WHERE id = 'waiting'",
    )
    assert upkeep.check(path, full=True) == ["a thread has two turns in progress: 4"]


def test_only_a_full_check_compares_an_index_with_its_table(path: Path) -> None:
    spoil(
        path,
        "PRAGMA writable_schema = 1;"
        " UPDATE sqlite_schema SET sql = replace(sql, '(thread_key, seq)', '(seq, thread_key)')"
        " WHERE name = 'events_thread'",
    )
    assert upkeep.check(path, full=False) == []
    found = upkeep.check(path, full=True)
    assert found and all("missing from index events_thread" in each for each in found)


def test_what_waits_and_what_works_is_counted(path: Path) -> None:
    with opened(path) as database:
        snapshot = database.snapshot()
        assert upkeep.work(snapshot) == (1, 5)
        assert upkeep.counts(snapshot) == Counts(
            threads=5,
            turns_in_progress=1,
            turns_queued=1,
            inputs_pending=5,
            mailbox_queued=9,
            mailbox_claimed=1,
        )


def test_in_a_new_one_nothing_waits(folder: Path) -> None:
    with opened(folder / "sidecar.db") as database:
        snapshot = database.snapshot()
        assert upkeep.work(snapshot) == (0, 0)
        assert upkeep.counts(snapshot) == Counts(0, 0, 0, 0, 0, 0)
