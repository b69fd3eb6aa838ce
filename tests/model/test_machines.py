"""Status machines: tables that the SQL, the wire types and the contract agree with."""

import re
from itertools import product
from typing import get_args

import pytest

from sidecar.model.errors import IllegalTransition
from sidecar.model.item import ITEM, ItemStatus
from sidecar.model.machine import Machine
from sidecar.model.mailbox import MAILBOX_ENTRY, EntryStatus
from sidecar.model.run import BIRTH, RUN, NewRunStatus, RunStatus
from sidecar.model.session_input import SESSION_INPUT, InputStatus
from sidecar.model.step import STEP, StepStatus
from sidecar.model.turn import TURN, OpenStatus, TurnStatus, item_status_after
from sidecar.store.migrate import migrations

MACHINES = {
    "turns": TURN,
    "items": ITEM,
    "session_inputs": SESSION_INPUT,
    "mailbox_entries": MAILBOX_ENTRY,
    "runs": RUN,
    "steps": STEP,
}
ENDS = ("completed", "failed", "interrupted", "cancelled")

each_machine = pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda each: each.noun)


def words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"'(\w+)'", text))


def table_text(table: str) -> str:
    schema = "\n".join(migration.sql for migration in migrations())
    found = re.search(rf"CREATE TABLE {table} \((.*?)\) STRICT", schema, re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("table", MACHINES)
def test_the_sql_knows_the_same_statuses(table: str) -> None:
    check = re.search(r"status TEXT NOT NULL CHECK \(\s*status IN \(([^)]*)\)", table_text(table))
    assert check is not None
    assert words(check.group(1)) == MACHINES[table].statuses


@pytest.mark.parametrize("table", ["turns", "items", "runs"])
def test_the_sql_couples_the_same_open_statuses_with_the_end(table: str) -> None:
    check = re.search(
        r"CHECK \(\s*\(status IN \((.*?)\)\)\s*= \(ended_at_ms IS NULL\)\s*\)", table_text(table)
    )
    assert check is not None
    assert words(check.group(1)) == MACHINES[table].open


@each_machine
def test_every_transition_leads_somewhere(machine: Machine) -> None:
    for onward in machine.transitions.values():
        assert set(onward) <= set(machine.statuses)


@each_machine
def test_every_status_is_open_or_terminal(machine: Machine) -> None:
    assert {*machine.open} | machine.terminal == {*machine.statuses}
    assert not {*machine.open} & machine.terminal


def test_the_wire_types_know_the_same_statuses() -> None:
    assert get_args(TurnStatus) == TURN.statuses
    assert get_args(ItemStatus) == ITEM.statuses
    assert get_args(InputStatus) == SESSION_INPUT.statuses
    assert get_args(EntryStatus) == MAILBOX_ENTRY.statuses
    assert get_args(OpenStatus) == TURN.open
    assert get_args(RunStatus) == RUN.statuses
    assert get_args(NewRunStatus) == BIRTH
    assert get_args(StepStatus) == STEP.statuses


@pytest.mark.parametrize("machine", [TURN, ITEM], ids=["turn", "item"])
def test_the_life_of_a_turn_is_the_contracts(machine: Machine) -> None:
    lawful = {(now, end) for now, end in product(machine.statuses, ENDS) if now == "in_progress"}
    lawful |= {("queued", end) for end in ENDS if end != "completed"} | {("queued", "in_progress")}
    assert {(now, to) for now, onward in machine.transitions.items() for to in onward} == lawful
    assert machine.terminal == {*ENDS}


def test_the_life_of_a_session_input_is_the_contracts() -> None:
    assert SESSION_INPUT.transitions["pending"] == ("promoted", "cancelled")
    assert SESSION_INPUT.terminal == {"promoted", "cancelled"}


RUN_ENDS = {"completed", "failed", "cancelled", "expired"}


def test_the_life_of_a_run_is_the_contracts() -> None:
    lawful = {
        ("queued", "in_progress"),
        ("in_progress", "requires_action"),
        ("requires_action", "in_progress"),
        *product(("queued", "in_progress", "requires_action"), ("cancelling",)),
        *product(("queued", "in_progress", "requires_action", "cancelling"), RUN_ENDS),
    }
    assert {(now, to) for now, onward in RUN.transitions.items() for to in onward} == lawful
    assert RUN.terminal == RUN_ENDS


def test_the_life_of_a_step_is_the_contracts() -> None:
    assert {*STEP.transitions["in_progress"]} == STEP.terminal == RUN_ENDS
    assert STEP.open == ("in_progress",)


@each_machine
def test_a_transition_is_lawful_or_refused_with_what_would_be(machine: Machine) -> None:
    for now, wanted in product(machine.statuses, machine.statuses):
        if wanted in machine.transitions[now]:
            machine.check(now, wanted)
            continue
        with pytest.raises(IllegalTransition) as refused:
            machine.check(now, wanted)
        assert refused.value.details == {
            "machine": machine.noun,
            "from": now,
            "to": wanted,
            "legal": list(machine.transitions[now]),
        }


@pytest.mark.parametrize(
    ("turn_status", "item_status"),
    [
        ("completed", "interrupted"),
        ("failed", "failed"),
        ("interrupted", "interrupted"),
        ("cancelled", "cancelled"),
    ],
)
def test_open_items_follow_their_turn_only_where_it_tells(
    turn_status: str, item_status: str
) -> None:
    assert item_status_after(turn_status) == item_status
