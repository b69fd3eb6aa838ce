"""Every status of a step under every trigger, through the real database."""

from typing import Any

import pytest

from sidecar.model.step import STEP
from tests.store.run_steps import RUN_ID, STEP_ID, RunState, make_run, make_step, step_of
from tests.store.steps import THREAD, trigger
from tests.support import Peer

each_status = pytest.mark.parametrize("status", STEP.statuses)
STAMPS = {"completed": "completedAtMs", "failed": "failedAtMs"}
ERROR = {"code": "worker_dead", "message": "gone"}


def stamps_of(step: dict[str, Any]) -> dict[str, bool]:
    return {status: step[name] is not None for status, name in STAMPS.items()}


@each_status
def test_the_status_is_what_it_says(peer: Peer, status: str) -> None:
    make_step(peer, status)
    step = step_of(peer)
    assert step["status"] == status
    assert stamps_of(step) == {each: each == status for each in STAMPS}


@each_status
@pytest.mark.parametrize("wanted", STEP.statuses)
def test_a_step_changes_its_status(peer: Peer, status: str, wanted: str) -> None:
    make_step(peer, status)
    before = step_of(peer)
    outcome = trigger(peer, "step/update", stepId=STEP_ID, status=wanted)
    after = step_of(peer)
    if wanted == status:
        outcome.assert_no_effect()
        assert after == before
    elif wanted in STEP.transitions[status]:
        assert outcome.event_names == ["step.updated"]
        assert outcome.events[0]["payload"] == {"step": after}
        assert outcome.events[0]["threadId"] == THREAD
        assert after["status"] == wanted
        assert stamps_of(after) == {each: each == wanted for each in STAMPS}
    else:
        outcome.assert_refused(
            "illegal_transition", machine="step", from_=status, to=wanted, legal=[]
        )
        assert after == before


@each_status
@pytest.mark.parametrize("change", [{"details": {"message_id": "m"}}, {"error": ERROR}])
def test_a_step_takes_news_whatever_its_status(
    peer: Peer, status: str, change: dict[str, Any]
) -> None:
    make_step(peer, status)
    before = step_of(peer)
    outcome = trigger(peer, "step/update", stepId=STEP_ID, **change)
    assert outcome.event_names == ["step.updated"]
    assert step_of(peer) == {**before, **change}
    trigger(peer, "step/update", stepId=STEP_ID, **change).assert_no_effect()
    cleared = trigger(peer, "step/update", stepId=STEP_ID, **dict.fromkeys(change))
    assert cleared.event_names == ["step.updated"]
    assert step_of(peer) == before


@each_status
def test_a_step_is_born_with_any_status(peer: Peer, status: str) -> None:
    make_run(peer, RunState("in_progress", has_started=True))
    params = {"runId": RUN_ID, "stepId": STEP_ID, "type": "tool_calls", "status": status}
    outcome = trigger(peer, "step/create", **params)
    assert outcome.event_names == ["step.created"]
    step = step_of(peer)
    assert outcome.events[0]["payload"] == {"step": step}
    assert step["status"] == status
    assert stamps_of(step) == {each: each == status for each in STAMPS}
    again = trigger(peer, "step/create", **params)
    again.assert_no_effect()
    assert again.result["step"] == step


@each_status
def test_a_step_goes_with_its_run(peer: Peer, status: str) -> None:
    make_step(peer, status)
    peer.call("run/delete", runId=RUN_ID)
    for method in ("step/get", "step/update"):
        outcome = trigger(
            peer, method, stepId=STEP_ID, **({"status": status} if "up" in method else {})
        )
        outcome.assert_refused("step_not_found", id=STEP_ID)
