"""Every state of a turn under every trigger, through the real database."""

import pytest

from sidecar.model.turn import TURN
from tests.store.steps import (
    ENDS,
    OTHER,
    THREAD,
    TURN_ID,
    TURN_STATES,
    TurnState,
    make_turn,
    start_another_turn,
    trigger,
    turn_of,
)
from tests.support import Peer

each_state = pytest.mark.parametrize("state", TURN_STATES, ids=str)
each_end = pytest.mark.parametrize("end", ENDS)


@each_state
def test_the_state_is_what_it_says(peer: Peer, state: TurnState) -> None:
    make_turn(peer, state)
    turn = turn_of(peer)
    assert turn["status"] == state.status
    assert (turn["startedAtMs"] is not None) == state.has_started
    assert (turn["endedAtMs"] is None) == state.is_open
    assert (turn["durationMs"] is not None) == (state.has_started and not state.is_open)
    assert peer.call("thread/get", threadId=THREAD)["thread"]["activeTurnId"] == (
        TURN_ID if state.status == "in_progress" else None
    )


@each_state
def test_a_queued_turn_is_started_by_its_id(peer: Peer, state: TurnState) -> None:
    make_turn(peer, state)
    outcome = trigger(peer, "turn/start", threadId=THREAD, turnId=TURN_ID)
    if state.has_started:
        # The retry of a start is always answered, whatever has become of the turn.
        outcome.assert_no_effect()
        assert outcome.result["turn"]["status"] == state.status
    elif "in_progress" in TURN.transitions[state.status]:
        assert outcome.event_names == ["turn.started"]
        assert outcome.result["turn"]["status"] == "in_progress"
    else:
        outcome.assert_refused(
            "illegal_transition",
            machine="turn",
            from_=state.status,
            to="in_progress",
            legal=list(TURN.transitions[state.status]),
        )


@each_state
def test_a_queued_turn_waits_for_another_to_end(peer: Peer, state: TurnState) -> None:
    make_turn(peer, state)
    if state.status == "in_progress":
        trigger(peer, "turn/start", threadId=THREAD, turnId=OTHER).assert_refused(
            "turn_active", activeTurnId=TURN_ID
        )
        return
    start_another_turn(peer)
    outcome = trigger(peer, "turn/start", threadId=THREAD, turnId=TURN_ID)
    if state.status == "queued":
        outcome.assert_refused("turn_active", activeTurnId=OTHER)
    elif state.has_started:
        outcome.assert_no_effect()
    else:
        assert outcome.error["kind"] == "illegal_transition"


@each_state
@each_end
@pytest.mark.parametrize("force", [False, True], ids=["lawfully", "by force"])
def test_a_turn_is_ended(peer: Peer, state: TurnState, end: str, *, force: bool) -> None:
    make_turn(peer, state)
    before = turn_of(peer)
    is_lawful = end in TURN.transitions[state.status]
    outcome = trigger(peer, "turn/complete", turnId=TURN_ID, status=end, force=force)
    if state.status == end:
        outcome.assert_no_effect()
        assert outcome.result == {
            "turn": before,
            "promotion": {"inputs": [], "items": [], "turn": None},
        }
    elif is_lawful or force:
        assert outcome.event_names == ["turn.completed"]
        payload = outcome.events[0]["payload"]
        assert payload == {"turn": turn_of(peer), **({} if is_lawful else {"forced": True})}
        assert payload["turn"]["status"] == end
        assert before["endedAtMs"] in (None, payload["turn"]["endedAtMs"])
    else:
        outcome.assert_refused(
            "illegal_transition",
            machine="turn",
            from_=state.status,
            to=end,
            legal=list(TURN.transitions[state.status]),
        )
        assert turn_of(peer) == before


@each_state
def test_a_turn_does_not_end_by_being_open(peer: Peer, state: TurnState) -> None:
    make_turn(peer, state)
    for status in TURN.open:
        outcome = trigger(peer, "turn/complete", turnId=TURN_ID, status=status, force=True)
        assert (outcome.error["kind"], outcome.error["path"]) == ("invalid_params", "status")
        assert outcome.events == []


@each_state
@pytest.mark.parametrize("named", [False, True], ids=["whichever", "by name"])
def test_only_a_turn_in_progress_is_steered(peer: Peer, state: TurnState, *, named: bool) -> None:
    make_turn(peer, state)
    expected = {"expectedTurnId": TURN_ID} if named else {}
    outcome = trigger(peer, "turn/steer", threadId=THREAD, prompt="go", **expected)
    if state.status == "in_progress":
        assert outcome.event_names == ["item.completed", "turn.steered"]
        assert outcome.result["turn"]["steerCount"] == 1
    else:
        outcome.assert_refused("no_active_turn", activeTurnId=None)


@each_state
@pytest.mark.parametrize("named", [False, True], ids=["whichever", "by name"])
def test_only_a_turn_in_progress_is_interrupted(
    peer: Peer, state: TurnState, *, named: bool
) -> None:
    make_turn(peer, state)
    expected = {"turnId": TURN_ID} if named else {}
    outcome = trigger(peer, "turn/interrupt", threadId=THREAD, **expected)
    if state.status == "in_progress":
        assert outcome.event_names == ["turn.interrupt_requested"]
        assert outcome.result["requested"]
        assert outcome.result["turn"]["status"] == "in_progress"
        again = trigger(peer, "turn/interrupt", threadId=THREAD, **expected)
        again.assert_no_effect()
        assert again.result == outcome.result
    else:
        outcome.assert_no_effect()
        assert not outcome.result["requested"]


@each_state
def test_while_another_turn_is_in_progress_this_one_is_a_mismatch(
    peer: Peer, state: TurnState
) -> None:
    make_turn(peer, state)
    active = TURN_ID
    wanted = OTHER
    if state.status != "in_progress":
        start_another_turn(peer)
        active, wanted = OTHER, TURN_ID
    for outcome in (
        trigger(peer, "turn/steer", threadId=THREAD, prompt="go", expectedTurnId=wanted),
        trigger(peer, "turn/interrupt", threadId=THREAD, turnId=wanted),
        trigger(peer, "sessionInput/promote", threadId=THREAD, scope="steer", turnId=wanted),
    ):
        outcome.assert_refused("turn_mismatch", activeTurnId=active)


@each_state
@pytest.mark.parametrize("status", TURN.statuses)
def test_an_open_turn_takes_items(peer: Peer, state: TurnState, status: str) -> None:
    make_turn(peer, state)
    outcome = trigger(peer, "item/create", turnId=TURN_ID, kind="reasoning", status=status)
    if state.is_open:
        born = {"queued": "item.queued", "in_progress": "item.started"}
        assert outcome.event_names == [born.get(status, "item.completed")]
        item = outcome.result["item"]
        assert (item["status"], item["position"]) == (status, 1)
        assert (item["endedAtMs"] is None) == (status in TURN.open)
        assert (item["startedAtMs"] is None) == (status == "queued")
    else:
        assert outcome.events == []
        assert outcome.error["kind"] == "illegal_transition"
        assert outcome.error["machine"] == "turn"
        assert outcome.error["from"] == state.status
        assert outcome.error["legal"] == []
