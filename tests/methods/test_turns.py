"""Turns: one in progress per thread, an end that closes everything, interruptions that hold."""

from typing import Any

import pytest

from tests.methods.steps import (
    admit,
    archive,
    end,
    events_after,
    flat,
    get_input,
    get_item,
    get_thread,
    get_turn,
    ids_of,
    kind_of,
    last_seq,
    make_item,
    make_thread,
    names_after,
    pages,
    refused,
    start,
    without_trace,
)
from tests.support import Peer

NOTHING: dict[str, Any] = {"inputs": [], "items": [], "turn": None}
TERMINAL = ["completed", "failed", "interrupted", "cancelled"]
TURN_FIELDS = {
    "id", "threadId", "status", "inputSummary", "metadata", "usage", "error", "steerCount",
    "itemCount", "interruptRequestedAtMs", "recovered", "createdAtMs", "startedAtMs",
    "endedAtMs", "durationMs",
}  # fmt: skip


@pytest.fixture
def thread(peer: Peer) -> str:
    return make_thread(peer, threadId="t")


def test_every_field_of_a_turn_is_present_and_absent_is_null(peer: Peer, thread: str) -> None:
    turn = get_turn(peer, start(peer, thread, status="queued"))
    assert set(turn) == TURN_FIELDS
    nulls = {name for name, value in turn.items() if value is None}
    assert nulls == {
        "inputSummary", "metadata", "usage", "error", "interruptRequestedAtMs", "startedAtMs",
        "endedAtMs", "durationMs",
    }  # fmt: skip


def test_a_prompt_is_trimmed_and_becomes_a_completed_user_message(peer: Peer, thread: str) -> None:
    text = "é😀" * 150
    answer = peer.call("turn/start", threadId=thread, prompt=f" \n{text}\t")
    (item,) = answer["items"]
    assert item["kind"] == "user_message" and item["status"] == "completed"
    assert item["detail"] == text and item["summary"] == text[:200]
    assert item["position"] == 1 and answer["turn"]["itemCount"] == 1


def test_turn_started_comes_before_its_items(peer: Peer, thread: str) -> None:
    seq = last_seq(peer)
    start(peer, thread, prompt="hi")
    assert names_after(peer, seq) == ["turn.started", "item.completed"]


@pytest.mark.parametrize("prompt", ["", "  \n\t "])
def test_a_blank_prompt_is_invalid(peer: Peer, thread: str, prompt: str) -> None:
    data = refused(peer, "turn/start", threadId=thread, prompt=prompt)
    assert data["kind"] == "invalid_params" and data["path"] == "prompt"


def test_a_prompt_past_the_limit_is_refused(peer: Peer, thread: str) -> None:
    data = refused(peer, "turn/start", threadId=thread, prompt="x" * 1_048_577)
    assert data["kind"] == "limit_exceeded"
    assert (data["limit"], data["max"], data["actual"]) == ("maxPromptChars", 1_048_576, 1_048_577)


def test_a_prompt_at_the_limit_is_taken_and_counted_in_characters(peer: Peer, thread: str) -> None:
    text = "é" * 1_048_576
    answer = peer.call("turn/start", threadId=thread, prompt=f" {text} ")
    assert answer["items"][0]["detail"] == text


def test_a_second_turn_in_progress_is_turn_active_with_no_trace(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    data = refused(peer, "turn/start", threadId=thread, turnId="u", prompt="hi")
    assert data == {"kind": "turn_active", "retryable": False, "activeTurnId": turn_id}
    assert kind_of(peer, "turn/get", turnId="u") == "turn_not_found"


def test_any_number_of_turns_may_be_queued_beside_one_in_progress(peer: Peer, thread: str) -> None:
    seq = last_seq(peer)
    start(peer, thread, turnId="a")
    start(peer, thread, turnId="b", status="queued")
    start(peer, thread, turnId="c", status="queued")
    assert names_after(peer, seq) == ["turn.started", "turn.queued", "turn.queued"]
    data = refused(peer, "turn/start", threadId=thread, turnId="b")
    assert data["kind"] == "turn_active" and data["activeTurnId"] == "a"
    assert get_thread(peer, thread)["activeTurnId"] == "a"
    assert get_thread(peer, thread)["latestTurnId"] == "c"


def test_the_id_of_a_queued_turn_starts_that_one(peer: Peer, thread: str) -> None:
    start(peer, thread, turnId="u", prompt="hi", metadata={"a": 1}, status="queued")
    seq = last_seq(peer)
    bare = peer.call("turn/start", threadId=thread, turnId="u")
    assert bare["turn"]["status"] == "in_progress" and bare["turn"]["startedAtMs"] is not None
    assert [item["detail"] for item in bare["items"]] == ["hi"]
    assert names_after(peer, seq) == ["turn.started"]


def test_a_queued_turn_starts_with_its_params_as_before_and_no_others(
    peer: Peer, thread: str
) -> None:
    start(peer, thread, turnId="u", prompt="hi", status="queued")
    params = {"threadId": thread, "turnId": "u", "prompt": "ho"}
    assert kind_of(peer, "turn/start", **params) == "idempotency_mismatch"
    assert start(peer, thread, turnId="u", prompt="hi") == "u"


@pytest.mark.parametrize("status", ["failed", "interrupted", "cancelled"])
def test_a_queued_turn_may_end_before_it_starts(peer: Peer, thread: str, status: str) -> None:
    turn_id = start(peer, thread, status="queued")
    turn = end(peer, turn_id, status=status)["turn"]
    assert turn["status"] == status and turn["durationMs"] is None
    assert turn["startedAtMs"] is None and turn["endedAtMs"] is not None


def test_a_queued_turn_cannot_complete(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread, status="queued")
    data = refused(peer, "turn/complete", turnId=turn_id)
    assert (data["kind"], data["machine"]) == ("illegal_transition", "turn")
    assert (data["from"], data["to"]) == ("queued", "completed")
    assert sorted(data["legal"]) == ["cancelled", "failed", "in_progress", "interrupted"]


def test_a_turn_that_ended_while_queued_cannot_start(peer: Peer, thread: str) -> None:
    start(peer, thread, turnId="u", status="queued")
    end(peer, "u", status="cancelled")
    data = refused(peer, "turn/start", threadId=thread, turnId="u")
    assert data["kind"] == "illegal_transition" and data["legal"] == []


@pytest.mark.parametrize(
    ("status", "item_status"),
    [
        ("completed", "interrupted"),
        ("failed", "failed"),
        ("interrupted", "interrupted"),
        ("cancelled", "cancelled"),
    ],
)
def test_the_end_of_a_turn_closes_its_open_items_before_its_own_event(
    peer: Peer, thread: str, status: str, item_status: str
) -> None:
    turn_id = start(peer, thread)
    done = make_item(peer, turn_id, status="completed")
    going = make_item(peer, turn_id)
    waiting = make_item(peer, turn_id, status="queued")
    seq = last_seq(peer)
    turn = end(peer, turn_id, status=status)["turn"]
    told = [(event["event"], event["itemId"]) for event in events_after(peer, seq)]
    assert told == [
        ("item.completed", going),
        ("item.completed", waiting),
        ("turn.completed", None),
    ]
    assert get_item(peer, done)["status"] == "completed"
    for item_id in (going, waiting):
        item = get_item(peer, item_id)
        assert item["status"] == item_status and item["endedAtMs"] == turn["endedAtMs"]


@pytest.mark.parametrize("status", ["queued", "in_progress", "done", None, 1])
def test_a_turn_completes_with_a_terminal_status_only(
    peer: Peer, thread: str, status: object
) -> None:
    turn_id = start(peer, thread)
    if status is None:
        assert end(peer, turn_id, status=None)["turn"]["status"] == "completed"
    else:
        data = refused(peer, "turn/complete", turnId=turn_id, status=status)
        assert (data["kind"], data["path"]) == ("invalid_params", "status")


@pytest.mark.parametrize("status", TERMINAL)
def test_the_same_status_again_is_a_success_without_effect_and_never_promotes(
    peer: Peer, thread: str, status: str
) -> None:
    turn_id = start(peer, thread)
    first = end(peer, turn_id, status=status, usage={"inputTokens": 1})
    admit(peer, thread)
    with without_trace(peer):
        again = end(
            peer, turn_id, status=status, usage={"inputTokens": 9}, force=True, promoteNext=True,
            error={"kind": "k", "message": "m"},
        )  # fmt: skip
    assert again == {"turn": first["turn"], "promotion": NOTHING}


def test_another_status_on_an_ended_turn_is_illegal_unless_forced(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    end(peer, turn_id, status="failed", error={"kind": "k", "message": "m"})
    data = refused(peer, "turn/complete", turnId=turn_id)
    assert data["kind"] == "illegal_transition" and data["legal"] == []
    seq = last_seq(peer)
    turn = end(peer, turn_id, force=True)["turn"]
    assert turn["status"] == "completed"
    assert names_after(peer, seq) == ["turn.completed"]


def test_usage_and_error_come_back_as_they_were_given(peer: Peer, thread: str) -> None:
    usage = {
        "inputTokens": 2**53 - 1, "outputTokens": 0, "cachedTokens": None, "missTokens": 3,
        "reasoningTokens": 4, "costUsd": 0.1234567890123,
    }  # fmt: skip
    error = {"kind": "no", "message": ""}
    turn_id = start(peer, thread)
    end(peer, turn_id, status="failed", usage=usage, error=error)
    turn = get_turn(peer, turn_id)
    assert turn["usage"] == usage and turn["error"] == error


def test_usage_that_is_given_in_part_has_all_its_fields(peer: Peer, thread: str) -> None:
    turn = end(peer, start(peer, thread), usage={"inputTokens": 1})["turn"]
    assert turn["usage"] == {
        "inputTokens": 1, "outputTokens": None, "cachedTokens": None, "missTokens": None,
        "reasoningTokens": None, "costUsd": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("usage", "path"),
    [
        ({"tokens": 1}, "usage.tokens"),
        ({"inputTokens": -1}, "usage.inputTokens"),
        ({"inputTokens": 1.5}, "usage.inputTokens"),
        ({"costUsd": "1"}, "usage.costUsd"),
        ({"costUsd": -0.5}, "usage.costUsd"),
        ([], "usage"),
    ],
)
def test_wrong_usage_is_refused_with_its_path(
    peer: Peer, thread: str, usage: object, path: str
) -> None:
    turn_id = start(peer, thread)
    data = refused(peer, "turn/complete", turnId=turn_id, usage=usage)
    assert (data["kind"], data["path"]) == ("invalid_params", path)


def test_promote_next_promotes_after_the_end_in_the_same_transaction(
    peer: Peer, thread: str
) -> None:
    turn_id = start(peer, thread)
    input_id = admit(peer, thread, "next")
    seq = last_seq(peer)
    promotion = end(peer, turn_id, promoteNext=True)["promotion"]
    assert ids_of(promotion["inputs"]) == [input_id]
    assert promotion["turn"]["status"] == "in_progress"
    names = names_after(peer, seq)
    assert names[:2] == ["turn.completed", "turn.started"]
    assert sorted(names[2:]) == ["item.completed", "session_input.promoted"]


def test_promote_next_skips_what_an_interrupt_holds(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    held = admit(peer, thread, "held")
    peer.call("turn/interrupt", threadId=thread)
    free = admit(peer, thread, "free")
    promotion = end(peer, turn_id, status="interrupted", promoteNext=True)["promotion"]
    assert ids_of(promotion["inputs"]) == [free]
    assert get_input(peer, held)["held"]


def test_promote_next_with_nothing_pending_is_an_empty_promotion(peer: Peer, thread: str) -> None:
    assert end(peer, start(peer, thread), promoteNext=True)["promotion"] == NOTHING


def test_a_steer_is_a_completed_user_message_in_the_active_turn(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread, prompt="hi")
    seq = last_seq(peer)
    answer = peer.call("turn/steer", threadId=thread, prompt=" faster ", expectedTurnId=turn_id)
    assert answer["turn"]["steerCount"] == 1 and answer["turn"]["itemCount"] == 2
    assert answer["item"]["detail"] == "faster" and answer["item"]["position"] == 2
    assert sorted(names_after(peer, seq)) == ["item.completed", "turn.steered"]


def test_a_steer_needs_an_active_turn_and_the_expected_one(peer: Peer, thread: str) -> None:
    data = refused(peer, "turn/steer", threadId=thread, prompt="x")
    assert data["kind"] == "no_active_turn" and data["activeTurnId"] is None
    turn_id = start(peer, thread)
    data = refused(peer, "turn/steer", threadId=thread, prompt="x", expectedTurnId="other")
    assert data["kind"] == "turn_mismatch" and data["activeTurnId"] == turn_id


def test_an_interrupt_is_recorded_and_leaves_the_turn_in_progress(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    seq = last_seq(peer)
    answer = peer.call("turn/interrupt", threadId=thread, turnId=turn_id)
    assert answer["requested"] and answer["turn"]["status"] == "in_progress"
    assert answer["turn"]["interruptRequestedAtMs"] is not None
    assert names_after(peer, seq) == ["turn.interrupt_requested"]
    with without_trace(peer):
        assert peer.call("turn/interrupt", threadId=thread) == answer


def test_an_interrupt_of_an_idle_thread_does_nothing(peer: Peer, thread: str) -> None:
    admit(peer, thread)
    for pending in ("hold", "keep", "cancel"):
        with without_trace(peer):
            answer = peer.call("turn/interrupt", threadId=thread, pending=pending)
        assert answer == {"requested": False, "turn": None}
    assert peer.call("sessionInput/list", threadId=thread)["data"][0]["held"] is False


def test_an_interrupt_of_another_turn_is_a_mismatch(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    data = refused(peer, "turn/interrupt", threadId=thread, turnId="other")
    assert data["kind"] == "turn_mismatch" and data["activeTurnId"] == turn_id


def test_hold_keeps_inputs_admitted_up_to_now_from_a_wake_only(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    first, second = admit(peer, thread, "a"), admit(peer, thread, "b", delivery="steer")
    peer.call("turn/interrupt", threadId=thread, pending="hold")
    assert get_input(peer, first)["held"] and get_input(peer, second)["held"]
    end(peer, turn_id, status="interrupted")
    with without_trace(peer):
        woken = peer.call("sessionInput/promote", threadId=thread, wake=True)
    assert woken == NOTHING
    promoted = peer.call("sessionInput/promote", threadId=thread)
    assert ids_of(promoted["inputs"]) == [second]
    assert not get_input(peer, first)["held"]


def test_keep_holds_nothing(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    input_id = admit(peer, thread)
    peer.call("turn/interrupt", threadId=thread, pending="keep")
    promotion = end(peer, turn_id, status="interrupted", promoteNext=True)["promotion"]
    assert ids_of(promotion["inputs"]) == [input_id]


def test_cancel_cancels_what_is_pending(peer: Peer, thread: str) -> None:
    start(peer, thread)
    inputs = [admit(peer, thread, "a"), admit(peer, thread, "b", delivery="steer")]
    seq = last_seq(peer)
    peer.call("turn/interrupt", threadId=thread, pending="cancel")
    assert [get_input(peer, each)["status"] for each in inputs] == ["cancelled"] * 2
    assert sorted(names_after(peer, seq)) == [
        "session_input.cancelled", "session_input.cancelled", "turn.interrupt_requested",
    ]  # fmt: skip
    assert get_thread(peer, thread)["pendingInputCount"] == 0


def test_new_work_on_an_archived_thread_is_refused(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    archive(peer, thread)
    for method, params in [
        ("turn/start", {"status": "queued"}),
        ("turn/steer", {"prompt": "x"}),
        ("sessionInput/admit", {"prompt": "x"}),
        ("sessionInput/promote", {}),
    ]:
        assert kind_of(peer, method, threadId=thread, **params) == "thread_archived"
    assert end(peer, turn_id)["turn"]["status"] == "completed"


def test_turns_are_listed_in_order_by_page_and_by_status(peer: Peer, thread: str) -> None:
    made = [start(peer, thread, status="queued") for _ in range(5)]
    end(peer, made[1], status="failed")
    for order, wanted in (("asc", made), ("desc", made[::-1])):
        found = pages(peer, "turn/list", 2, threadId=thread, order=order)
        assert [len(page) for page in found] == [2, 2, 1]
        assert ids_of(flat(found)) == wanted
    failed = peer.call("turn/list", threadId=thread, status="failed")
    assert ids_of(failed["data"]) == [made[1]] and failed["nextCursor"] is None


def test_incomplete_turns_are_listed_over_all_threads_oldest_first(peer: Peer, thread: str) -> None:
    first = start(peer, thread, status="queued")
    second = start(peer, make_thread(peer))
    end(peer, start(peer, make_thread(peer)))
    third = start(peer, thread)
    assert [ids_of(page) for page in pages(peer, "turn/incomplete", 2)] == [
        [first, second], [third],
    ]  # fmt: skip
