"""The decision table of recovery, row by row."""

from itertools import product

import pytest

from sidecar.model.recovery import (
    RUN_LOST,
    FoundRun,
    FoundTurn,
    Quarantined,
    RecoverMode,
    RecoveryReport,
    RunEnd,
    plan,
    plan_runs,
)
from sidecar.model.run import RUN
from sidecar.model.turn import TURN

MODES: tuple[RecoverMode, ...] = ("interrupt", "requeue")


def found(
    status: str,
    *,
    item_ids: tuple[str, ...] = (),
    input_ids: tuple[str, ...] = (),
    has_only_user_messages: bool = True,
) -> FoundTurn:
    return FoundTurn(1, "turn_1", "thr_1", status, item_ids, input_ids, has_only_user_messages)


@pytest.mark.parametrize(("status", "mode"), [*product(TURN.open, MODES)])
def test_an_open_turn_is_interrupted(status: str, mode: RecoverMode) -> None:
    for item_ids in ((), ("item_1",)):
        turn = found(status, item_ids=item_ids)
        (step,) = plan([turn], mode)
        assert (step.turn, step.action, step.requeue) == (turn, "interrupt", False)


@pytest.mark.parametrize(("status", "mode"), [*product(sorted(TURN.terminal), MODES)])
def test_an_ended_turn_only_has_its_items_closed(status: str, mode: RecoverMode) -> None:
    turn = found(status, item_ids=("item_1",), input_ids=("inp_1",))
    (step,) = plan([turn], mode)
    assert (step.action, step.requeue) == ("close_items", False)


@pytest.mark.parametrize("status", TURN.open)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("input_ids", [(), ("inp_1", "inp_2")])
@pytest.mark.parametrize("only", [True, False])
def test_inputs_are_requeued_only_if_asked_and_nothing_was_produced(
    status: str, mode: RecoverMode, input_ids: tuple[str, ...], *, only: bool
) -> None:
    (step,) = plan([found(status, input_ids=input_ids, has_only_user_messages=only)], mode)
    assert step.requeue == (mode == "requeue" and bool(input_ids) and only)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_found_is_nothing_to_do(mode: RecoverMode) -> None:
    assert plan([], mode) == []


def test_the_order_is_kept() -> None:
    turns = [found("in_progress"), found("queued"), found("failed")]
    assert [step.turn for step in plan(turns, "interrupt")] == turns


@pytest.mark.parametrize("status", RUN.statuses)
def test_only_a_run_that_somebody_worked_on_is_ended(status: str) -> None:
    run = FoundRun(1, "run_1", 1, status)
    ends = {
        "in_progress": [RunEnd(run, "failed", RUN_LOST)],
        "cancelling": [RunEnd(run, "cancelled", None)],
    }
    assert plan_runs([run]) == ends.get(status, [])


def test_runs_are_ended_as_their_table_allows() -> None:
    for status in RUN.statuses:
        for end in plan_runs([FoundRun(1, "run_1", 1, status)]):
            RUN.check(status, end.status)


def test_a_run_is_a_finding() -> None:
    assert RecoveryReport(2, False, 1, [], ["run_1"], [], 0, []).found_anything()


def test_pending_inputs_and_a_hard_end_alone_are_no_finding() -> None:
    report = RecoveryReport(2, False, 1, [], [], [], 7, [])
    assert not report.found_anything()


def test_a_broken_record_is_a_finding() -> None:
    report = RecoveryReport(2, False, 1, [], [], [], 0, [Quarantined("turns", "t", "unreadable")])
    assert report.found_anything()
