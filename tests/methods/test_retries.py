"""The same id with the same content answers the stored record, before every check of state."""

import pytest

from tests.methods.steps import (
    admit,
    archive,
    end,
    get_input,
    get_turn,
    kind_of,
    last_seq,
    make_item,
    make_thread,
    refused,
    start,
    without_trace,
)
from tests.support import Peer


@pytest.fixture
def thread(peer: Peer) -> str:
    return make_thread(peer, threadId="t")


def test_a_thread_created_again_is_the_stored_one_as_it_is_by_then(peer: Peer) -> None:
    peer.call("thread/create", threadId="t", title="one", metadata={"a": 1, "b": [2]})
    peer.call("thread/update", threadId="t", title="two", archived=True)
    with without_trace(peer):
        again = peer.call(
            "thread/create", threadId="t", title="one", metadata={"b": [2], "a": 1}, model=None
        )
    assert not again["created"]
    assert again["thread"]["title"] == "two" and again["thread"]["archived"]


@pytest.mark.parametrize("field", ["title", "model", "provider", "workspace", "mode", "resourceId"])
def test_a_thread_created_again_with_other_content_is_a_mismatch(
    peer: Peer, thread: str, field: str
) -> None:
    data = refused(peer, "thread/create", threadId=thread, **{field: "other"})
    assert data == {"kind": "idempotency_mismatch", "retryable": False, "id": thread}


def test_a_thread_is_created_again_after_its_parent_has_gone(peer: Peer, thread: str) -> None:
    peer.call("thread/create", threadId="child", parentThreadId=thread)
    peer.call("thread/delete", threadId=thread, children="detach")
    again = peer.call("thread/create", threadId="child", parentThreadId=thread)
    assert not again["created"] and again["thread"]["parentThreadId"] is None


def test_a_turn_started_again_is_answered_whatever_its_thread_has_become(
    peer: Peer, thread: str
) -> None:
    params = {"threadId": thread, "turnId": "u", "prompt": "  hi ", "metadata": {"m": [1]}}
    first = peer.call("turn/start", **params)
    with without_trace(peer):
        assert peer.call("turn/start", **params) == first
    end(peer, "u", status="failed")
    start(peer, thread, turnId="next")
    archive(peer, thread)
    with without_trace(peer):
        again = peer.call("turn/start", **{**params, "prompt": "hi"})
    assert again["turn"]["status"] == "failed"
    assert again["items"] == first["items"]


@pytest.mark.parametrize(
    "other", [{"prompt": "ho"}, {"prompt": None}, {"metadata": 1}, {"inputSummary": "s"}]
)
def test_a_turn_started_again_with_other_content_is_a_mismatch(
    peer: Peer, thread: str, other: dict[str, object]
) -> None:
    start(peer, thread, turnId="u", prompt="hi")
    params = {"threadId": thread, "turnId": "u", "prompt": "hi", **other}
    assert kind_of(peer, "turn/start", **params) == "idempotency_mismatch"


def test_the_turn_id_of_another_thread_is_a_mismatch(peer: Peer, thread: str) -> None:
    start(peer, thread, turnId="u")
    other = make_thread(peer)
    assert kind_of(peer, "turn/start", threadId=other, turnId="u") == "idempotency_mismatch"


def test_a_turn_queued_again_is_answered_after_it_was_started(peer: Peer, thread: str) -> None:
    params = {"threadId": thread, "turnId": "u", "prompt": "hi", "status": "queued"}
    peer.call("turn/start", **params)
    start(peer, thread, turnId="u")
    with without_trace(peer):
        again = peer.call("turn/start", **params)
    assert again["turn"]["status"] == "in_progress"


def test_the_start_of_a_queued_turn_is_answered_again_after_its_end(
    peer: Peer, thread: str
) -> None:
    start(peer, thread, turnId="u", prompt="hi", status="queued")
    start(peer, thread, turnId="u")
    end(peer, "u")
    archive(peer, thread)
    with without_trace(peer):
        again = peer.call("turn/start", threadId=thread, turnId="u")
    assert again["turn"]["status"] == "completed"


def test_a_steer_is_answered_again_after_its_turn_has_ended(peer: Peer, thread: str) -> None:
    start(peer, thread, turnId="u")
    params = {"threadId": thread, "prompt": "faster", "itemId": "i", "expectedTurnId": "u"}
    first = peer.call("turn/steer", **params)
    end(peer, "u")
    start(peer, thread, turnId="v")
    archive(peer, thread)
    with without_trace(peer):
        again = peer.call("turn/steer", **params)
    assert again["item"] == first["item"]
    assert again["turn"]["id"] == "u" and again["turn"]["steerCount"] == 1


def test_a_steer_with_the_item_id_of_another_is_a_mismatch(peer: Peer, thread: str) -> None:
    start(peer, thread)
    peer.call("turn/steer", threadId=thread, prompt="a", itemId="i")
    params = {"threadId": thread, "prompt": "b", "itemId": "i"}
    assert kind_of(peer, "turn/steer", **params) == "idempotency_mismatch"


def test_an_item_is_answered_again_after_it_and_its_turn_have_ended(
    peer: Peer, thread: str
) -> None:
    start(peer, thread, turnId="u")
    params = {"turnId": "u", "itemId": "i", "kind": "tool_call", "detail": "ls"}
    peer.call("item/create", **params)
    peer.call("item/update", itemId="i", status="completed", detail="done")
    end(peer, "u")
    with without_trace(peer):
        again = peer.call("item/create", **params)
    assert again["item"]["status"] == "completed" and again["item"]["detail"] == "done"


def test_an_item_created_again_with_other_content_is_a_mismatch(peer: Peer, thread: str) -> None:
    start(peer, thread, turnId="u")
    make_item(peer, "u", itemId="i", detail="ls")
    params = {"turnId": "u", "itemId": "i", "kind": "tool_call", "detail": "rm"}
    assert kind_of(peer, "item/create", **params) == "idempotency_mismatch"


def test_an_input_admitted_again_is_deduplicated_while_pending(peer: Peer, thread: str) -> None:
    params = {"threadId": thread, "prompt": " hi\n", "inputId": "i", "request": {"x": 1}}
    first = peer.call("sessionInput/admit", **params)
    with without_trace(peer):
        again = peer.call("sessionInput/admit", **{**params, "prompt": "hi", "ifBusy": "reject"})
    assert not first["deduplicated"] and again["deduplicated"]
    assert again["input"] == first["input"]
    assert again["promotion"] == {"inputs": [], "items": [], "turn": None}


@pytest.mark.parametrize(
    "other", [{"prompt": "ho"}, {"delivery": "steer"}, {"request": {}}, {"threadId": "t2"}]
)
def test_an_input_admitted_again_with_other_content_is_a_mismatch(
    peer: Peer, thread: str, other: dict[str, object]
) -> None:
    make_thread(peer, threadId="t2")
    admit(peer, thread, "hi", inputId="i")
    params = {"threadId": thread, "prompt": "hi", "inputId": "i", **other}
    assert kind_of(peer, "sessionInput/admit", **params) == "idempotency_mismatch"


def test_an_input_is_deduplicated_after_promotion_and_promotes_nothing(
    peer: Peer, thread: str
) -> None:
    admit(peer, thread, "hi", inputId="i", promote=True)
    admit(peer, thread, "second")
    turn_id = get_input(peer, "i")["turnId"]
    with without_trace(peer):
        again = peer.call(
            "sessionInput/admit", threadId=thread, prompt="hi", inputId="i", promote=True
        )
    assert again["deduplicated"] and again["input"]["status"] == "promoted"
    assert again["activeTurnId"] == turn_id
    end(peer, turn_id)
    with without_trace(peer):
        again = peer.call(
            "sessionInput/admit", threadId=thread, prompt="hi", inputId="i", promote=True
        )
    assert again["activeTurnId"] is None and again["promotion"]["turn"] is None


def test_a_late_retry_never_resurrects_a_cancelled_input(peer: Peer, thread: str) -> None:
    admit(peer, thread, "hi", inputId="i")
    peer.call("sessionInput/cancel", inputId="i")
    with without_trace(peer):
        again = peer.call(
            "sessionInput/admit", threadId=thread, prompt="hi", inputId="i", promote=True
        )
    assert again["deduplicated"] and again["input"]["status"] == "cancelled"


def test_an_input_is_deduplicated_by_what_was_sent_not_by_later_updates(
    peer: Peer, thread: str
) -> None:
    admit(peer, thread, "hi", inputId="i")
    peer.call("sessionInput/update", inputId="i", prompt="changed", delivery="steer")
    again = peer.call("sessionInput/admit", threadId=thread, prompt="hi", inputId="i")
    assert again["deduplicated"] and again["input"]["prompt"] == "changed"
    params = {"threadId": thread, "prompt": "changed", "inputId": "i", "delivery": "steer"}
    assert kind_of(peer, "sessionInput/admit", **params) == "idempotency_mismatch"


def test_an_input_is_deduplicated_on_an_archived_thread(peer: Peer, thread: str) -> None:
    admit(peer, thread, "hi", inputId="i")
    archive(peer, thread)
    with without_trace(peer):
        again = peer.call("sessionInput/admit", threadId=thread, prompt="hi", inputId="i")
    assert again["deduplicated"]


@pytest.mark.parametrize("state", [{"ifBusy": "reject"}, {"expectedTurnId": "other"}])
def test_an_input_is_deduplicated_whatever_its_preconditions(
    peer: Peer, thread: str, state: dict[str, str]
) -> None:
    start(peer, thread)
    admit(peer, thread, "hi", inputId="i")
    with without_trace(peer):
        again = peer.call("sessionInput/admit", threadId=thread, prompt="hi", inputId="i", **state)
    assert again["deduplicated"]


def test_a_retry_whose_input_is_still_pending_promotes_as_the_first_would(
    peer: Peer, thread: str
) -> None:
    admit(peer, thread, "hi", inputId="i")
    params = {"threadId": thread, "prompt": "hi", "inputId": "i", "promote": True}
    again = peer.call("sessionInput/admit", **params)
    assert again["deduplicated"] and again["input"]["status"] == "promoted"
    assert again["activeTurnId"] == again["promotion"]["turn"]["id"]


def test_a_promotion_with_a_turn_id_is_answered_again(peer: Peer, thread: str) -> None:
    for prompt in ("a", "b"):
        admit(peer, thread, prompt)
    params = {"threadId": thread, "turnId": "u", "inputSummary": "s", "metadata": {"k": 1}}
    first = peer.call("sessionInput/promote", **params)
    with without_trace(peer):
        assert peer.call("sessionInput/promote", **params) == first
    end(peer, "u")
    archive(peer, thread)
    with without_trace(peer):
        again = peer.call("sessionInput/promote", **params)
    assert again["inputs"] == first["inputs"] and again["items"] == first["items"]
    assert again["turn"]["status"] == "completed"


def test_a_promotion_answered_again_has_only_the_inputs_that_made_the_turn(
    peer: Peer, thread: str
) -> None:
    made = admit(peer, thread, "a")
    peer.call("sessionInput/promote", threadId=thread, turnId="u")
    admit(peer, thread, "steer", delivery="steer", promote=True)
    again = peer.call("sessionInput/promote", threadId=thread, turnId="u")
    assert [each["id"] for each in again["inputs"]] == [made]
    assert [each["detail"] for each in again["items"]] == ["a"]


def test_a_promotion_into_the_id_of_a_started_turn_is_refused(peer: Peer, thread: str) -> None:
    start(peer, thread, turnId="u")
    end(peer, "u")
    admit(peer, thread)
    params = {"threadId": thread, "turnId": "u"}
    assert kind_of(peer, "sessionInput/promote", **params) == "idempotency_mismatch"
    assert get_turn(peer, "u")["itemCount"] == 0


def test_an_event_with_a_key_is_appended_once(peer: Peer, thread: str) -> None:
    params = {"threadId": thread, "event": "x.y", "payload": {"n": 1}, "eventKey": "k"}
    first = peer.call("event/append", **params)
    archive(peer, thread)
    with without_trace(peer):
        assert peer.call("event/append", **params) == first
    assert first["event"]["source"] == "client"


@pytest.mark.parametrize("other", [{"event": "x.z"}, {"payload": {"n": 2}}, {"turnId": "u"}])
def test_an_event_key_with_other_content_is_a_mismatch(
    peer: Peer, thread: str, other: dict[str, object]
) -> None:
    start(peer, thread, turnId="u")
    params = {"threadId": thread, "event": "x.y", "payload": {"n": 1}, "eventKey": "k"}
    peer.call("event/append", **params)
    assert kind_of(peer, "event/append", **{**params, **other}) == "idempotency_mismatch"


def test_an_event_key_is_an_id_within_its_thread(peer: Peer, thread: str) -> None:
    other = make_thread(peer)
    first = peer.call("event/append", threadId=thread, event="x", eventKey="k")["event"]
    second = peer.call("event/append", threadId=other, event="x", eventKey="k")["event"]
    assert second["seq"] == first["seq"] + 1 == last_seq(peer)
