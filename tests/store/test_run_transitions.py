"""Every state of a run under every trigger, through the real database."""

from typing import Any

import pytest

from sidecar.model.run import BIRTH, RUN
from tests.store.run_steps import RUN_ID, RUN_STATES, RunState, make_run, run_of
from tests.store.steps import THREAD, trigger
from tests.support import Peer

each_state = pytest.mark.parametrize("state", RUN_STATES, ids=str)
each_status = pytest.mark.parametrize("wanted", RUN.statuses)

CHANGES: dict[str, Any] = {
    "error": {"code": "server_error", "message": "no"},
    "terminationCode": "stopped:max_rounds",
    "terminationDetail": "d",
    "turnId": "turn",
    "agentId": "agent",
    "origin": "subagent",
    "parentThreadId": "elsewhere",
    "sourceMailboxEntryId": "mbe",
    "model": "m",
    "inputTokens": 7,
    "outputTokens": 9,
    "metadata": {"a": [1]},
}


@each_state
def test_the_state_is_what_it_says(peer: Peer, state: RunState) -> None:
    make_run(peer, state)
    run = run_of(peer)
    assert run["status"] == state.status
    assert (run["startedAtMs"] is not None) == state.has_started
    assert (run["endedAtMs"] is None) == state.is_open


@each_state
@each_status
@pytest.mark.parametrize("force", [False, True], ids=["lawfully", "by force"])
def test_a_run_changes_its_status(peer: Peer, state: RunState, wanted: str, *, force: bool) -> None:
    make_run(peer, state)
    before = run_of(peer)
    is_lawful = wanted in RUN.transitions[state.status]
    outcome = trigger(peer, "run/update", runId=RUN_ID, status=wanted, force=force)
    after = run_of(peer)
    if wanted == state.status:
        outcome.assert_no_effect()
        assert outcome.result["run"] == after == before
    elif is_lawful or force:
        assert outcome.event_names == ["run.updated"]
        mark = {} if is_lawful else {"forced": True}
        assert outcome.events[0]["payload"] == {"run": after, **mark}
        assert outcome.events[0]["threadId"] == THREAD
        assert outcome.result["run"] == after
        assert_stamped(before, after)
    else:
        outcome.assert_refused(
            "illegal_transition",
            machine="run",
            from_=state.status,
            to=wanted,
            legal=list(RUN.transitions[state.status]),
        )
        assert after == before


def assert_stamped(before: dict[str, Any], after: dict[str, Any]) -> None:
    """The first start and the first end stay; what is open again has no end."""
    now = after["updatedAtMs"]
    started = before["startedAtMs"] or (now if after["status"] == "in_progress" else None)
    ended = (before["endedAtMs"] or now) if after["status"] in RUN.terminal else None
    assert (after["startedAtMs"], after["endedAtMs"]) == (started, ended)
    assert now > before["updatedAtMs"]
    changed = ("status", "startedAtMs", "endedAtMs", "updatedAtMs")
    assert {**after, **{name: before[name] for name in changed}} == before


@each_state
@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("named", [False, True], ids=["alone", "with its status"])
def test_a_run_takes_news_whatever_its_status(
    peer: Peer, state: RunState, field: str, *, named: bool
) -> None:
    make_run(peer, state)
    before = run_of(peer)
    change = {field: CHANGES[field], **({"status": state.status} if named else {})}
    outcome = trigger(peer, "run/update", runId=RUN_ID, **change)
    after = run_of(peer)
    assert outcome.event_names == ["run.updated"]
    assert outcome.events[0]["payload"] == {"run": after}
    assert after == {**before, field: CHANGES[field], "updatedAtMs": after["updatedAtMs"]}
    trigger(peer, "run/update", runId=RUN_ID, **change).assert_no_effect()
    assert run_of(peer) == after


@each_state
def test_a_refused_status_takes_nothing_of_what_came_with_it(peer: Peer, state: RunState) -> None:
    make_run(peer, state)
    before = run_of(peer)
    for wanted in set(RUN.statuses) - {state.status, *RUN.transitions[state.status]}:
        outcome = trigger(peer, "run/update", runId=RUN_ID, status=wanted, **CHANGES)
        assert outcome.error["kind"] == "illegal_transition"
        assert run_of(peer) == before


@each_status
def test_a_run_is_born_in_three_ways(peer: Peer, wanted: str) -> None:
    peer.call("thread/create", threadId=THREAD)
    outcome = trigger(peer, "run/create", threadId=THREAD, runId=RUN_ID, status=wanted)
    if wanted in BIRTH:
        assert outcome.event_names == ["run.created"]
        run = run_of(peer)
        assert outcome.events[0]["payload"] == {"run": run}
        assert run["status"] == wanted
        is_begun = wanted == "in_progress"
        assert run["startedAtMs"] == (run["createdAtMs"] if is_begun else None)
        assert run["updatedAtMs"] == run["createdAtMs"]
    else:
        assert (outcome.error["kind"], outcome.error["path"]) == ("invalid_params", "status")
        assert outcome.events == []


@each_state
def test_a_run_is_active_until_it_ends(peer: Peer, state: RunState) -> None:
    make_run(peer, state)
    run = run_of(peer)
    active = peer.call("run/active", threadId=THREAD)
    assert active == {"run": run if state.is_open else None}
    assert peer.call("run/latest", threadId=THREAD) == {"run": run}


@each_state
def test_a_run_is_deleted_whatever_its_status(peer: Peer, state: RunState) -> None:
    make_run(peer, state)
    assert peer.call("run/delete", runId=RUN_ID) == {"deleted": True}
    assert trigger(peer, "run/get", runId=RUN_ID).error["kind"] == "run_not_found"
    outcome = trigger(peer, "run/delete", runId=RUN_ID)
    outcome.assert_no_effect()
    assert outcome.result == {"deleted": False}


@each_state
def test_a_retry_is_answered_whatever_has_become_of_the_run(peer: Peer, state: RunState) -> None:
    make_run(peer, state)
    born = "queued"
    if state.has_started:
        born = "in_progress"
    elif state.status == "requires_action":
        born = "requires_action"
    outcome = trigger(peer, "run/create", threadId=THREAD, runId=RUN_ID, status=born)
    outcome.assert_no_effect()
    assert outcome.result["run"] == run_of(peer)


@each_state
def test_a_run_takes_steps_whatever_its_status(peer: Peer, state: RunState) -> None:
    make_run(peer, state)
    before = run_of(peer)
    outcome = trigger(peer, "step/create", runId=RUN_ID, type="message_creation")
    assert outcome.event_names == ["step.created"]
    assert run_of(peer) == before
