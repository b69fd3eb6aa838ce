"""Every statement is explained on the migrated schema; a full scan needs a reason."""

import inspect
import re
from collections import defaultdict
from importlib import import_module
from itertools import chain, combinations
from pkgutil import iter_modules
from typing import TypeVar

import apsw
import pytest

import sidecar.store
from sidecar.store import (
    events,
    mailbox_list,
    messages,
    pruning,
    runs,
    threads,
    upkeep,
)
from sidecar.store.mailbox_claims import LEAVE_ALL
from sidecar.store.migrate import migrate, migrations
from tests.support.source import START_MS

STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
# Bits of statements, which are explained in those that they are part of.
FRAGMENTS = {"threads.LIST", "mailbox_heads.COPY"}
# A full scan that is right where it is: the statement, its step, and why. Checks are not here:
# an invariant looks at every row, since that is what it is for.
ALONG_THE_ORDER = (
    "a page is read along the order; what an id begins with or a title says has no index"
)
SCANS: dict[tuple[str, str], str] = {
    ("migrate.APPLIED", "SCAN migrations"): "the ledger has a row for each migration",
    ("examine.TIMES", "SCAN events"): "the last events along the order",
    ("examine.OLDEST", "SCAN events"): "the first event along the order",
    ("recovery.OPEN_TURNS", "SCAN u USING INDEX turns_incomplete"): "all that are open",
    ("recovery.OPEN_RUNS", "SCAN runs USING INDEX runs_open"): "all that are open",
    ("recovery.TURNS_WITH_OPEN_ITEMS", "SCAN items USING INDEX items_open"): "all that are open",
    ("recovery.TURNS_WITH_OPEN_ITEMS", "SCAN i"): "the rows of its own subquery",
    ("migrate.IS_EMPTY", "SCAN sqlite_schema"): "the catalogue has a row for each table and index",
    ("soundness.ROOT", "SCAN sqlite_schema"): "the catalogue, as above",
    (
        "recovery.PENDING_COUNT",
        "SCAN session_inputs USING COVERING INDEX session_inputs_pending",
    ): "counts all that are pending",
    (
        "upkeep.COUNTS",
        "SCAN session_inputs USING COVERING INDEX session_inputs_pending",
    ): "counts all that are pending",
    (
        "upkeep.WORK",
        "SCAN session_inputs USING COVERING INDEX session_inputs_pending",
    ): "counts all that are pending",
    ("upkeep.WORK", "SCAN turns USING COVERING INDEX turns_active"): "counts all in progress",
    ("upkeep.COUNTS", "SCAN turns USING COVERING INDEX turns_active"): "counts all in progress",
    ("upkeep.COUNTS", "SCAN turns USING INDEX turns_incomplete"): "counts all that are queued",
    (
        "upkeep.COUNTS",
        "SCAN threads USING COVERING INDEX sqlite_autoindex_threads_1",
    ): "counts all threads, by the smallest of their indexes",
    ("upkeep.COUNTS", "SCAN mailboxes"): "sums up what each has counted",
    (
        "upkeep.COUNTS",
        "SCAN mailbox_entries USING COVERING INDEX mailbox_entries_claimed",
    ): "counts all that are claimed",
    ("states.WITH_STATE", "SCAN h"): "a check replays every state that there is",
    ("threads.list_statement()", "SCAN t USING INDEX threads_updated"): ALONG_THE_ORDER,
    ("threads.list_statement(id_prefix)", "SCAN t USING INDEX threads_updated"): ALONG_THE_ORDER,
    ("threads.list_statement(words)", "SCAN t USING INDEX threads_updated"): ALONG_THE_ORDER,
    (
        "threads.list_statement(id_prefix+words)",
        "SCAN t USING INDEX threads_updated",
    ): ALONG_THE_ORDER,
}
# An invariant looks at every row; what is salvaged is looked at as a whole, and served to nobody.
WHOLE_FILE = ("upkeep.INVARIANTS", "mending.", "salvage.")
# No tables of ours: a JSON argument's members, a recursion's own rows, a subquery's.
OWN_ROWS = re.compile(
    r"SCAN (\w+ VIRTUAL TABLE INDEX 1:|CONSTANT ROW|family|line|level|best|lost|\(subquery-\d+\))"
)


def constants() -> dict[str, str]:
    """Find the SQL constants of every module of the store."""
    found = {}
    for module in iter_modules(sidecar.store.__path__):
        if module.ispkg:
            continue
        for name, value in inspect.getmembers(import_module(f"sidecar.store.{module.name}")):
            if name.isupper() and isinstance(value, str) and STATEMENT.match(value):
                found[f"{module.name}.{name}"] = value
    return {name: sql for name, sql in found.items() if name not in FRAGMENTS}


Name = TypeVar("Name", bound=str)


def subsets(names: list[Name]) -> list[list[Name]]:
    sizes = range(len(names) + 1)
    return [list(each) for each in chain.from_iterable(combinations(names, n) for n in sizes)]


def of_mailboxes() -> dict[str, str]:
    """Make those of the mailboxes."""
    made = {f"mailbox_claims.LEAVE_ALL[{name}]": sql for name, sql in LEAVE_ALL.items()}
    for walk in mailbox_list.WALKS:
        made[f"mailbox_list.scan_statement({walk.index_name})"] = mailbox_list.scan_statement(walk)
        for names in subsets(sorted(mailbox_list.FILTERS.keys() - walk.answers)):
            name = f"mailbox_list.list_statement({walk.index_name}; {'+'.join(names)})"
            made[name] = mailbox_list.list_statement(walk, names, has_end=False)
            made[f"{name} to its end"] = mailbox_list.list_statement(walk, names, has_end=True)
    return made


def composed() -> dict[str, str]:
    """Make every statement that the store makes of parts."""
    made = of_mailboxes() | {
        f"threads.list_statement({'+'.join(names)})": threads.list_statement(names)
        for names in subsets(list(threads.FILTERS))
    }
    for scope in events.SCOPES:
        made[f"events.list_statement({scope})"] = events.list_statement(scope)
        made[f"events.scan_statement({scope})"] = events.scan_statement(scope)
        made[f"events.filter_statement({scope})"] = events.filter_statement(scope)
    for scope in pruning.SCOPES:
        made[f"pruning.stretch_statement({scope})"] = pruning.stretch_statement(scope)
        made[f"pruning.delete_statement({scope})"] = pruning.delete_statement(scope)
        made[f"pruning.mark_threads_statement({scope})"] = pruning.mark_threads_statement(scope)
        made[f"pruning.mark_turns_statement({scope})"] = pruning.mark_turns_statement(scope)
    for order in messages.ORDERS:
        made[f"messages.scan_statement({order})"] = messages.scan_statement(order)
        for names in subsets([*messages.FILTERS]):
            made[f"messages.list_statement({order}; {'+'.join(names)})"] = messages.list_statement(
                order, names
            )
    for walk in runs.WALKS:
        made[f"runs.scan_statement({walk})"] = runs.scan_statement(walk)
        for names in subsets([*runs.FILTERS]):
            made[f"runs.list_statement({walk}; {'+'.join(names)})"] = runs.list_statement(
                walk, names
            )
    for sentence, sql in upkeep.INVARIANTS.items():
        made[f"upkeep.INVARIANTS[{sentence}]"] = sql
    return made


STATEMENTS = {**constants(), **composed()}
PAGES = [name for name, sql in STATEMENTS.items() if sql.rstrip().endswith("LIMIT :limit")]


@pytest.fixture(scope="module")
def schema() -> apsw.Connection:
    db = apsw.Connection("")
    migrate(db, START_MS, migrations())
    return db


def plan_of(db: apsw.Connection, sql: str) -> list[str]:
    """Explain a statement with every parameter bound to null."""
    bindings: dict[str, None] = defaultdict(lambda: None)
    return [str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", bindings)]


def scans(db: apsw.Connection, name: str) -> set[tuple[str, str]]:
    """Name the steps of a statement that look at every row of a table."""
    steps = plan_of(db, STATEMENTS[name])
    return {
        (name, step) for step in steps if step.startswith("SCAN ") and not OWN_ROWS.fullmatch(step)
    }


def test_the_store_has_statements() -> None:
    assert {"turns.GET", "events.GET", "transaction.INSERT_EVENT"} <= set(constants())
    assert len(composed()) > 2 ** len(threads.FILTERS)


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_scans_no_table_without_a_reason(name: str, schema: apsw.Connection) -> None:
    found = scans(schema, name)
    if not name.startswith(WHOLE_FILE):
        assert found <= set(SCANS)


def test_every_reason_is_still_needed(schema: apsw.Connection) -> None:
    assert set(SCANS) <= set().union(*(scans(schema, name) for name in STATEMENTS))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_never_sorted(name: str, schema: apsw.Connection) -> None:
    assert not [step for step in plan_of(schema, STATEMENTS[name]) if "TEMP B-TREE" in step]
