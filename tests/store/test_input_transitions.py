"""Every status of a session input under every trigger, through the real database."""

from typing import Any

import pytest

from sidecar.model.session_input import SESSION_INPUT
from tests.store.steps import INPUT_ID, OTHER, THREAD, Outcome, input_of, make_input, trigger
from tests.store.steps import start_another_turn as make_busy
from tests.support import Peer

EMPTY: dict[str, Any] = {"inputs": [], "items": [], "turn": None}

each_status = pytest.mark.parametrize("status", SESSION_INPUT.statuses)
each_delivery = pytest.mark.parametrize("delivery", ["queue", "steer"])
each_load = pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])


def prepare(peer: Peer, status: str, delivery: str, *, busy: bool) -> dict[str, Any]:
    make_input(peer, status, delivery)
    if busy:
        make_busy(peer)
    record = input_of(peer)
    assert (record["status"], record["delivery"]) == (status, delivery)
    assert (record["turnId"] is not None) == (status == "promoted")
    return record


def assert_not_pending(outcome: Outcome, before: dict[str, Any]) -> None:
    outcome.assert_refused("input_not_pending", status=before["status"], turnId=before["turnId"])


@each_status
@each_delivery
@each_load
@pytest.mark.parametrize(
    "change",
    [{"prompt": "new"}, {"delivery": None}, {"request": {"a": 1}}],
    ids=lambda change: next(iter(change)),
)
def test_only_a_pending_input_is_updated(
    peer: Peer, status: str, delivery: str, change: dict[str, Any], *, busy: bool
) -> None:
    before = prepare(peer, status, delivery, busy=busy)
    if "delivery" in change:
        change = {"delivery": "steer" if delivery == "queue" else "queue"}
    outcome = trigger(peer, "sessionInput/update", inputId=INPUT_ID, **change)
    if status != "pending":
        assert_not_pending(outcome, before)
        assert input_of(peer) == before
        return
    assert outcome.event_names == ["session_input.updated"]
    assert outcome.result["input"] == input_of(peer) == {**before, **change}
    trigger(peer, "sessionInput/update", inputId=INPUT_ID, **change).assert_no_effect()


@each_status
@each_delivery
@each_load
def test_an_input_is_cancelled_unless_it_was_promoted(
    peer: Peer, status: str, delivery: str, *, busy: bool
) -> None:
    before = prepare(peer, status, delivery, busy=busy)
    outcome = trigger(peer, "sessionInput/cancel", inputId=INPUT_ID)
    if status == "promoted":
        assert_not_pending(outcome, before)
    elif status == "cancelled":
        outcome.assert_no_effect()
        assert outcome.result["input"] == before
    else:
        assert outcome.event_names == ["session_input.cancelled"]
        assert outcome.result["input"]["status"] == "cancelled"


@each_status
@each_delivery
@each_load
@pytest.mark.parametrize("scope", ["input", "steer"])
@pytest.mark.parametrize("wake", [False, True], ids=["explicitly", "by a wake"])
def test_an_input_is_promoted_once(
    peer: Peer, status: str, delivery: str, scope: str, *, busy: bool, wake: bool
) -> None:
    before = prepare(peer, status, delivery, busy=busy)
    outcome = trigger(
        peer, "sessionInput/promote", threadId=THREAD, scope=scope, inputId=INPUT_ID, wake=wake
    )
    if scope == "input" and busy:
        outcome.assert_refused("turn_active", activeTurnId=OTHER)
    elif scope == "steer" and not busy:
        outcome.assert_refused("no_active_turn", activeTurnId=None)
    elif (scope == "steer") != (delivery == "steer"):
        assert (outcome.error["kind"], outcome.error["path"]) == ("invalid_params", "inputId")
        assert outcome.events == []
    elif status != "pending":
        assert_not_pending(outcome, before)
    else:
        assert_promoted(peer, outcome, is_new_turn=not busy)


def assert_promoted(peer: Peer, outcome: Outcome, *, is_new_turn: bool) -> None:
    after = input_of(peer)
    first, last = (["turn.started"], []) if is_new_turn else ([], ["turn.steered"])
    assert outcome.event_names == [*first, "item.completed", "session_input.promoted", *last]
    assert outcome.result["inputs"] == [after]
    assert after["status"] == "promoted"
    assert after["turnId"] == outcome.result["turn"]["id"]
    assert after["itemId"] == outcome.result["items"][0]["id"]
    promoted = next(event for event in outcome.events if event["seq"] == after["promotedSeq"])
    assert promoted["event"] == "session_input.promoted"


@each_status
@each_load
def test_the_oldest_is_promoted_without_a_name(peer: Peer, status: str, *, busy: bool) -> None:
    prepare(peer, status, "queue", busy=busy)
    outcome = trigger(peer, "sessionInput/promote", threadId=THREAD)
    if busy:
        outcome.assert_refused("turn_active", activeTurnId=OTHER)
    elif status == "pending":
        assert_promoted(peer, outcome, is_new_turn=True)
    else:
        outcome.assert_no_effect()
        assert outcome.result == EMPTY


@each_delivery
@pytest.mark.parametrize("named", [False, True], ids=["whichever", "by name"])
@pytest.mark.parametrize("wake", [False, True], ids=["explicitly", "by a wake"])
def test_a_held_input_is_promoted_explicitly_and_by_no_wake(
    peer: Peer, delivery: str, *, named: bool, wake: bool
) -> None:
    make_input(peer, "pending", delivery, held=True)
    assert input_of(peer)["held"]
    scope = "input"
    if delivery == "steer" and named:
        make_busy(peer)
        scope = "steer"
    params = {"inputId": INPUT_ID} if named else {}
    outcome = trigger(
        peer, "sessionInput/promote", threadId=THREAD, scope=scope, wake=wake, **params
    )
    if wake:
        outcome.assert_no_effect()
        assert outcome.result == EMPTY
        assert input_of(peer)["held"]
    else:
        assert_promoted(peer, outcome, is_new_turn=scope == "input")
        assert not input_of(peer)["held"]


@each_status
@each_delivery
@each_load
def test_an_admission_is_answered_again_and_never_resurrects(
    peer: Peer, status: str, delivery: str, *, busy: bool
) -> None:
    before = prepare(peer, status, delivery, busy=busy)
    outcome = trigger(
        peer,
        "sessionInput/admit",
        threadId=THREAD,
        inputId=INPUT_ID,
        prompt=" p ",
        delivery=delivery,
        ifBusy="reject",
    )
    outcome.assert_no_effect()
    assert outcome.result["deduplicated"]
    assert outcome.result["input"] == before
    assert outcome.result["promotion"] == EMPTY
