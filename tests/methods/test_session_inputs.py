"""Session inputs: durable when admitted, promoted at most once, in their order."""

from typing import Any

import pytest

from tests.methods.steps import (
    admit,
    archive,
    end,
    events_after,
    flat,
    get_input,
    get_thread,
    get_turn,
    ids_of,
    kind_of,
    last_seq,
    make_thread,
    names_after,
    pages,
    refused,
    start,
    without_trace,
)
from tests.support import Peer

NOTHING: dict[str, Any] = {"inputs": [], "items": [], "turn": None}


@pytest.fixture
def thread(peer: Peer) -> str:
    return make_thread(peer, threadId="t")


def test_every_field_of_an_input_is_present_and_absent_is_null(peer: Peer, thread: str) -> None:
    seq = last_seq(peer)
    answer = peer.call("sessionInput/admit", threadId=thread, prompt=" hi ", inputId="i")
    record = answer["input"]
    assert record.pop("createdAtMs") > 0
    assert record == {
        "id": "i", "threadId": "t", "prompt": "hi", "delivery": "queue", "request": None,
        "status": "pending", "held": False, "admittedSeq": seq + 1, "promotedSeq": None,
        "turnId": None, "itemId": None, "requeuedFromInputId": None,
    }  # fmt: skip
    assert answer["activeTurnId"] is None and answer["promotion"] == NOTHING
    assert names_after(peer, seq) == ["session_input.admitted"]


@pytest.mark.parametrize("prompt", ["", " \n\t\u00a0"])
def test_a_blank_prompt_is_invalid(peer: Peer, thread: str, prompt: str) -> None:
    data = refused(peer, "sessionInput/admit", threadId=thread, prompt=prompt)
    assert (data["kind"], data["path"]) == ("invalid_params", "prompt")


def test_admit_and_promote_is_one_transaction_in_a_lawful_order(peer: Peer, thread: str) -> None:
    seq = last_seq(peer)
    answer = peer.call("sessionInput/admit", threadId=thread, prompt="hi", promote=True)
    record, promotion = answer["input"], answer["promotion"]
    assert record["status"] == "promoted" and promotion["inputs"] == [record]
    assert answer["activeTurnId"] == promotion["turn"]["id"] == record["turnId"]
    assert promotion["items"][0]["id"] == record["itemId"]
    events = events_after(peer, seq)
    names = [event["event"] for event in events]
    assert names[:2] == ["session_input.admitted", "turn.started"]
    assert sorted(names[2:]) == ["item.completed", "session_input.promoted"]
    assert len({event["atMs"] for event in events}) == 1
    told = next(event for event in events if event["event"] == "session_input.promoted")
    assert told["seq"] == record["promotedSeq"] and told["payload"]["input"] == record


def test_admit_with_promote_on_an_idle_thread_promotes_what_a_promotion_would(
    peer: Peer, thread: str
) -> None:
    oldest = admit(peer, thread, "old")
    answer = peer.call("sessionInput/admit", threadId=thread, prompt="new", promote=True)
    assert ids_of(answer["promotion"]["inputs"]) == [oldest]
    assert answer["input"]["status"] == "pending" and answer["activeTurnId"] is not None


def test_admit_with_promote_releases_held_inputs(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    held = [admit(peer, thread, "a"), admit(peer, thread, "b")]
    peer.call("turn/interrupt", threadId=thread)
    end(peer, turn_id, status="interrupted")
    answer = peer.call("sessionInput/admit", threadId=thread, prompt="new", promote=True)
    assert ids_of(answer["promotion"]["inputs"]) == held[:1]
    assert not get_input(peer, held[1])["held"]


def test_admit_with_promote_on_a_busy_thread_promotes_all_steers_of_a_steer(
    peer: Peer, thread: str
) -> None:
    turn_id = start(peer, thread)
    older = admit(peer, thread, "a", delivery="steer")
    answer = peer.call(
        "sessionInput/admit", threadId=thread, prompt="b", delivery="steer", promote=True
    )
    assert ids_of(answer["promotion"]["inputs"]) == [older, answer["input"]["id"]]
    assert answer["promotion"]["turn"]["id"] == answer["activeTurnId"] == turn_id
    assert answer["promotion"]["turn"]["steerCount"] == 2


def test_admit_with_promote_on_a_busy_thread_promotes_nothing_of_the_queue(
    peer: Peer, thread: str
) -> None:
    turn_id = start(peer, thread)
    admit(peer, thread, "a", delivery="steer")
    answer = peer.call("sessionInput/admit", threadId=thread, prompt="b", promote=True)
    assert answer["promotion"] == NOTHING and answer["activeTurnId"] == turn_id


def test_if_busy_reject_refuses_on_a_busy_thread_only(peer: Peer, thread: str) -> None:
    params = {"threadId": thread, "prompt": "x", "ifBusy": "reject"}
    assert peer.call("sessionInput/admit", **params)["input"]["status"] == "pending"
    turn_id = start(peer, thread)
    data = refused(peer, "sessionInput/admit", **params)
    assert (data["kind"], data["activeTurnId"]) == ("turn_active", turn_id)


def test_an_expected_turn_must_be_the_active_one(peer: Peer, thread: str) -> None:
    params = {"threadId": thread, "prompt": "x", "delivery": "steer", "expectedTurnId": "u"}
    assert refused(peer, "sessionInput/admit", **params)["kind"] == "no_active_turn"
    start(peer, thread, turnId="v")
    data = refused(peer, "sessionInput/admit", **params)
    assert (data["kind"], data["activeTurnId"]) == ("turn_mismatch", "v")


def test_a_thousand_inputs_may_be_pending_and_no_more(peer: Peer, thread: str) -> None:
    request = {"threadId": thread, "prompt": "x"}
    batch = [
        peer.request("sessionInput/admit", {**request, "inputId": f"i{number}"})
        for number in range(1000)
    ]
    peer.exchange(batch)
    data = refused(peer, "sessionInput/admit", **request)
    assert data["kind"] == "limit_exceeded"
    assert (data["limit"], data["max"], data["actual"]) == ("maxPendingInputs", 1000, 1001)
    assert get_thread(peer, thread)["pendingInputCount"] == 1000
    assert peer.call("sessionInput/admit", **request, inputId="i7")["deduplicated"]
    peer.call("sessionInput/cancel", inputId="i7")
    assert admit(peer, thread)


def test_pending_steers_are_promoted_all_together_before_the_queue(peer: Peer, thread: str) -> None:
    queued = admit(peer, thread, "q")
    steers = [admit(peer, thread, text, delivery="steer") for text in ("a", "b", "c")]
    promotion = peer.call("sessionInput/promote", threadId=thread, inputSummary="s", metadata=[1])
    assert ids_of(promotion["inputs"]) == steers
    assert [item["detail"] for item in promotion["items"]] == ["a", "b", "c"]
    assert [item["position"] for item in promotion["items"]] == [1, 2, 3]
    assert promotion["turn"]["inputSummary"] == "s" and promotion["turn"]["metadata"] == [1]
    assert promotion["turn"]["itemCount"] == 3
    assert get_input(peer, queued)["status"] == "pending"


def test_without_steers_exactly_the_oldest_queue_input_is_promoted(peer: Peer, thread: str) -> None:
    made = [admit(peer, thread, text) for text in ("a", "b", "c")]
    for input_id in made:
        promotion = peer.call("sessionInput/promote", threadId=thread)
        assert ids_of(promotion["inputs"]) == [input_id]
        end(peer, promotion["turn"]["id"])
    assert peer.call("sessionInput/promote", threadId=thread) == NOTHING


def test_promotion_into_a_busy_thread_is_turn_active_even_with_nothing_pending(
    peer: Peer, thread: str
) -> None:
    turn_id = start(peer, thread)
    data = refused(peer, "sessionInput/promote", threadId=thread)
    assert (data["kind"], data["activeTurnId"]) == ("turn_active", turn_id)


def test_steers_without_an_active_turn_are_refused_even_with_nothing_pending(
    peer: Peer, thread: str
) -> None:
    assert kind_of(peer, "sessionInput/promote", threadId=thread, scope="steer") == "no_active_turn"


def test_steers_are_promoted_into_the_active_turn_and_counted(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread, prompt="hi")
    steers = [admit(peer, thread, text, delivery="steer") for text in ("a", "b")]
    admit(peer, thread, "q")
    seq = last_seq(peer)
    promotion = peer.call("sessionInput/promote", threadId=thread, scope="steer", turnId=turn_id)
    assert ids_of(promotion["inputs"]) == steers
    assert promotion["turn"]["id"] == turn_id and promotion["turn"]["steerCount"] == 2
    assert names_after(peer, seq).count("turn.steered") == 2
    with without_trace(peer):
        again = peer.call("sessionInput/promote", threadId=thread, scope="steer")
    assert again == NOTHING


def test_steers_into_another_turn_than_the_active_one_are_a_mismatch(
    peer: Peer, thread: str
) -> None:
    start(peer, thread, turnId="u")
    admit(peer, thread, delivery="steer")
    params = {"threadId": thread, "scope": "steer", "turnId": "v"}
    data = refused(peer, "sessionInput/promote", **params)
    assert (data["kind"], data["activeTurnId"]) == ("turn_mismatch", "u")


def test_an_input_id_picks_exactly_that_one(peer: Peer, thread: str) -> None:
    admit(peer, thread, "a")
    picked = admit(peer, thread, "b")
    admit(peer, thread, "s", delivery="steer")
    promotion = peer.call("sessionInput/promote", threadId=thread, inputId=picked)
    assert ids_of(promotion["inputs"]) == [picked]
    assert [item["detail"] for item in promotion["items"]] == ["b"]


def test_a_picked_input_is_of_this_thread_and_of_the_delivery_of_the_scope(
    peer: Peer, thread: str
) -> None:
    steer = admit(peer, thread, "s", delivery="steer")
    foreign = admit(peer, make_thread(peer), "f")
    params = {"threadId": thread, "inputId": steer}
    assert refused(peer, "sessionInput/promote", **params)["path"] == "inputId"
    params = {"threadId": thread, "inputId": foreign}
    assert kind_of(peer, "sessionInput/promote", **params) == "session_input_not_found"
    start(peer, thread)
    queued = admit(peer, thread, "q")
    params = {"threadId": thread, "inputId": queued, "scope": "steer"}
    assert refused(peer, "sessionInput/promote", **params)["path"] == "inputId"


@pytest.mark.parametrize("status", ["promoted", "cancelled"])
def test_a_picked_input_that_is_not_pending_is_refused(
    peer: Peer, thread: str, status: str
) -> None:
    input_id = admit(peer, thread)
    turn_id = None
    if status == "promoted":
        turn_id = peer.call("sessionInput/promote", threadId=thread)["turn"]["id"]
        end(peer, turn_id)
    else:
        peer.call("sessionInput/cancel", inputId=input_id)
    data = refused(peer, "sessionInput/promote", threadId=thread, inputId=input_id)
    assert data["kind"] == "input_not_pending"
    assert (data["status"], data["turnId"]) == (status, turn_id)


def test_a_new_turn_has_the_id_that_was_given(peer: Peer, thread: str) -> None:
    admit(peer, thread)
    assert peer.call("sessionInput/promote", threadId=thread, turnId="u")["turn"]["id"] == "u"


def test_nothing_to_promote_makes_no_turn_of_the_given_id(peer: Peer, thread: str) -> None:
    with without_trace(peer):
        assert peer.call("sessionInput/promote", threadId=thread, turnId="u") == NOTHING
    assert kind_of(peer, "turn/get", turnId="u") == "turn_not_found"


def test_a_wake_skips_held_inputs_but_takes_later_ones(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    admit(peer, thread, "held", delivery="steer")
    peer.call("turn/interrupt", threadId=thread)
    with without_trace(peer):
        woken = peer.call("sessionInput/promote", threadId=thread, scope="steer", wake=True)
    assert woken == NOTHING
    free = admit(peer, thread, "free")
    end(peer, turn_id, status="interrupted")
    promotion = peer.call("sessionInput/promote", threadId=thread, wake=True)
    assert ids_of(promotion["inputs"]) == [free]


def test_an_update_keeps_the_place(peer: Peer, thread: str) -> None:
    first, second = admit(peer, thread, "a"), admit(peer, thread, "b")
    seq = last_seq(peer)
    record = peer.call("sessionInput/update", inputId=first, prompt=" c ", request={"r": 1})
    assert record["input"]["prompt"] == "c" and record["input"]["request"] == {"r": 1}
    assert names_after(peer, seq) == ["session_input.updated"]
    listed = peer.call("sessionInput/list", threadId=thread)["data"]
    assert ids_of(listed) == [first, second]
    with without_trace(peer):
        peer.call("sessionInput/update", inputId=first, prompt="c", delivery="queue")
    assert kind_of(peer, "sessionInput/update", inputId=first) == "invalid_params"
    assert kind_of(peer, "sessionInput/update", inputId=first, prompt=" ") == "invalid_params"


def test_an_input_that_is_promoted_takes_no_update_and_no_cancel(peer: Peer, thread: str) -> None:
    input_id = admit(peer, thread, promote=True)
    turn_id = get_input(peer, input_id)["turnId"]
    for method, params in [("update", {"prompt": "x"}), ("cancel", {})]:
        data = refused(peer, f"sessionInput/{method}", inputId=input_id, **params)
        assert data["kind"] == "input_not_pending"
        assert (data["status"], data["turnId"]) == ("promoted", turn_id)


def test_cancelled_again_is_a_success_without_an_event(peer: Peer, thread: str) -> None:
    input_id = admit(peer, thread)
    seq = last_seq(peer)
    first = peer.call("sessionInput/cancel", inputId=input_id)
    assert names_after(peer, seq) == ["session_input.cancelled"]
    with without_trace(peer):
        assert peer.call("sessionInput/cancel", inputId=input_id) == first
    data = refused(peer, "sessionInput/update", inputId=input_id, prompt="x")
    assert (data["kind"], data["status"], data["turnId"]) == (
        "input_not_pending",
        "cancelled",
        None,
    )


def test_inputs_are_listed_in_admission_order_pending_unless_asked(peer: Peer, thread: str) -> None:
    made = [admit(peer, thread, str(number)) for number in range(5)]
    peer.call("sessionInput/cancel", inputId=made[1])
    peer.call("sessionInput/promote", threadId=thread, inputId=made[3])
    assert ids_of(flat(pages(peer, "sessionInput/list", 2, threadId=thread))) == [
        made[0], made[2], made[4],
    ]  # fmt: skip
    every = pages(peer, "sessionInput/list", 2, threadId=thread, status=None)
    assert ids_of(flat(every)) == made and [len(page) for page in every] == [2, 2, 1]
    promoted = peer.call("sessionInput/list", threadId=thread, status="promoted")
    assert ids_of(promoted["data"]) == [made[3]]


def test_the_end_of_an_archived_thread_promotes_nothing(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    admit(peer, thread)
    archive(peer, thread)
    assert end(peer, turn_id, promoteNext=True)["promotion"] == NOTHING
    assert get_turn(peer, turn_id)["status"] == "completed"
