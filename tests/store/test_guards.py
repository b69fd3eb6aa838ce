"""Every change of state is one guarded statement: it changes its own row, in its own statuses."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import apsw
import pytest

from sidecar.model.item import ITEM
from sidecar.model.machine import Machine
from sidecar.model.run import RUN
from sidecar.model.session_input import SESSION_INPUT
from sidecar.model.step import STEP
from sidecar.model.turn import TURN
from sidecar.store import commits, items, recovery, runs, session_inputs, steps, threads, turns
from sidecar.store.rows import SqlValue
from tests.support import DaemonThread, Peer
from tests.support.source import START_MS

LATER_MS = START_MS + 3_600_000
# Two of each, so that a statement could change one too many.
TWINS = ("a", "b")


class Guarded(NamedTuple):
    """Be a statement, the machine of its table, and the statuses in which it changes a row."""

    sql: str
    machine: Machine
    lawful: tuple[str, ...]
    bindings: dict[str, SqlValue]

    @property
    def table(self) -> str:
        return f"{self.machine.noun}s"


ENDED: dict[str, SqlValue] = {"status": "failed", "ended_at_ms": LATER_MS}
PROMOTED: dict[str, SqlValue] = {"seq": 1, "turn_key": 1, "item_key": 1, "opened_turn": 0}
RESTART: dict[str, SqlValue] = {**ENDED, "error_kind": "k", "error_message": "m"}
PENDING = ("pending",)
GUARDED = {
    "turns.START": Guarded(turns.START, TURN, ("queued",), {}),
    "turns.STEER": Guarded(turns.STEER, TURN, ("in_progress",), {}),
    "turns.REQUEST_INTERRUPT": Guarded(turns.REQUEST_INTERRUPT, TURN, ("in_progress",), {}),
    "recovery.CLOSE_UNREADABLE_TURN": Guarded(
        recovery.CLOSE_UNREADABLE_TURN, TURN, TURN.open, RESTART
    ),
    "items.CLOSE": Guarded(items.CLOSE, ITEM, ITEM.open, ENDED),
    "runs.CLOSE": Guarded(runs.CLOSE, RUN, RUN.open, ENDED),
    "steps.CLOSE": Guarded(steps.CLOSE, STEP, STEP.open, ENDED),
    "session_inputs.UPDATE": Guarded(
        session_inputs.UPDATE, SESSION_INPUT, PENDING, {"prompt": "new", "delivery": "queue"}
    ),
    "session_inputs.CANCEL": Guarded(session_inputs.CANCEL, SESSION_INPUT, PENDING, {}),
    "session_inputs.HOLD": Guarded(session_inputs.HOLD, SESSION_INPUT, PENDING, {"held": 1}),
    "session_inputs.PROMOTE": Guarded(session_inputs.PROMOTE, SESSION_INPUT, PENDING, PROMOTED),
}


def make_turns(peer: Peer) -> None:
    for status in TURN.statuses:
        for twin in TWINS:
            thread = f"{status}_{twin}"
            peer.call("thread/create", threadId=thread)
            born = "queued" if status == "queued" else "in_progress"
            peer.call("turn/start", threadId=thread, turnId=thread, status=born)
            if status in TURN.terminal:
                peer.call("turn/complete", turnId=thread, status=status)


def make_others(peer: Peer) -> None:
    """Make the items, inputs, runs and steps, all of one thread, and two of each status."""
    peer.call("thread/create", threadId="all")
    peer.call("turn/start", threadId="all", turnId="all")
    for twin in TWINS:
        for status in ITEM.statuses:
            peer.call(
                "item/create", turnId="all", itemId=f"{status}_{twin}", kind="error", status=status
            )
        for status in RUN.statuses:
            run_id = f"{status}_{twin}"
            born = status if status in ("queued", "requires_action") else "in_progress"
            peer.call("run/create", threadId="all", runId=run_id, status=born)
            if status != born:
                peer.call("run/update", runId=run_id, status=status)
        for status in STEP.statuses:
            peer.call(
                "step/create",
                runId=f"in_progress_{twin}",
                stepId=f"{status}_{twin}",
                type="tool_calls",
                status=status,
            )
    for status in ("promoted", "cancelled", "pending"):
        for input_id in (f"{status}_{twin}" for twin in TWINS):
            given = {"inputId": input_id, "prompt": "p", "delivery": "steer"}
            peer.call("sessionInput/admit", threadId="all", **given)
            if status == "cancelled":
                peer.call("sessionInput/cancel", inputId=input_id)
        if status == "promoted":
            peer.call("sessionInput/promote", threadId="all", scope="steer")


@pytest.fixture(scope="module")
def database() -> Iterator[apsw.Connection]:
    """A database with two of everything in every status; each test takes back what it does."""
    with TemporaryDirectory(prefix="sc") as folder:
        with DaemonThread(Path(folder)) as daemon, daemon.peer() as peer:
            make_turns(peer)
            make_others(peer)
        db = apsw.Connection(f"{folder}/sidecar.db")
        yield db
        db.close()


@pytest.fixture
def db(database: apsw.Connection) -> Iterator[apsw.Connection]:
    database.execute("BEGIN")
    yield database
    database.execute("ROLLBACK")


def keys_of(db: apsw.Connection, table: str, status: str) -> list[int]:
    sql = f"SELECT key FROM {table} WHERE status = ? ORDER BY key"
    found = [key for (key,) in db.execute(sql, (status,))]
    assert len(found) >= len(TWINS)
    return found


def changed(db: apsw.Connection, sql: str, **bindings: SqlValue) -> int:
    given = {"now_ms": LATER_MS, "request": None, **bindings}
    db.execute(sql, given)
    return db.changes()


@pytest.mark.parametrize("name", GUARDED)
def test_a_statement_changes_its_own_row_in_its_own_statuses_alone(
    name: str, db: apsw.Connection
) -> None:
    each = GUARDED[name]
    for status in each.machine.statuses:
        first, second, *_ = keys_of(db, each.table, status)
        expected = int(status in each.lawful)
        assert changed(db, each.sql, key=first, **each.bindings) == expected, status
        others = f"SELECT status FROM {each.table} WHERE key = {second}"
        assert db.execute(others).get == status


UPDATES = {
    "items": (ITEM, items.UPDATE),
    "runs": (RUN, runs.UPDATE),
    "steps": (STEP, steps.UPDATE),
}


@pytest.mark.parametrize("table", UPDATES)
def test_a_record_that_has_changed_meanwhile_is_not_written(
    table: str, db: apsw.Connection
) -> None:
    machine, sql = UPDATES[table]
    unset = dict.fromkeys(columns(db, table))
    for status in machine.statuses:
        key, *_ = keys_of(db, table, status)
        for other in machine.statuses:
            if other != status:
                given = {**unset, "key": key, "status": other, "status_before": other}
                assert changed(db, sql, **given) == 0


def columns(db: apsw.Connection, table: str) -> list[str]:
    return [str(name) for _, name, *_ in db.execute(f"PRAGMA table_info({table})")]


def test_a_thread_of_another_version_is_not_written(db: apsw.Connection) -> None:
    unset = dict.fromkeys(columns(db, "threads")) | {"title_words": None}
    key, version = db.execute("SELECT key, version FROM threads WHERE id = 'all'").get
    for other in (version - 1, version + 1):
        assert changed(db, threads.UPDATE, **{**unset, "key": key, "version": other}) == 0
        raised = {"thread_key": key, "version": other, "message_count": 0}
        assert changed(db, commits.RAISE, **raised) == 0
    raised = {"thread_key": key, "version": version, "message_count": 0}
    assert changed(db, commits.RAISE, **raised) == 1


def test_an_interrupt_is_noted_once(db: apsw.Connection) -> None:
    key, *_ = keys_of(db, "turns", "in_progress")
    assert changed(db, turns.REQUEST_INTERRUPT, key=key) == 1
    assert changed(db, turns.REQUEST_INTERRUPT, key=key) == 0


def test_what_is_held_already_is_not_held_again(db: apsw.Connection) -> None:
    key, *_ = keys_of(db, "session_inputs", "pending")
    assert changed(db, session_inputs.HOLD, key=key, held=1) == 1
    assert changed(db, session_inputs.HOLD, key=key, held=1) == 0
    assert changed(db, session_inputs.HOLD, key=key, held=0) == 1


@pytest.mark.parametrize("wanted", sorted(TURN.terminal))
def test_a_turn_is_closed_from_where_its_table_says_unless_by_force(
    wanted: str, db: apsw.Connection
) -> None:
    given = {"status": wanted, "error_kind": None, "error_message": None, "recovered": 0}
    for status in TURN.statuses:
        key, *_ = keys_of(db, "turns", status)
        for forced in (False, True):
            sources = turns._sources(wanted, forced=forced)
            db.execute("SAVEPOINT one")
            done = changed(db, turns.CLOSE, key=key, sources=sources, ended_at_ms=LATER_MS, **given)
            db.execute("ROLLBACK TO one")
            assert done == int(forced or wanted in TURN.transitions[status])
