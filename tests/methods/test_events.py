"""Events: numbered without gaps, appended all or nothing, read in order."""

from typing import Any

import pytest

from sidecar.model.limits import MAX_EVENT_NAMES
from tests.methods.steps import (
    admit,
    end,
    events_after,
    get_item,
    get_thread,
    get_turn,
    kind_of,
    last_seq,
    make_item,
    make_thread,
    refused,
    start,
)
from tests.support import Peer


@pytest.fixture
def thread(peer: Peer) -> str:
    return make_thread(peer, threadId="t")


def seqs(page: dict[str, Any]) -> list[int]:
    return [event["seq"] for event in page["data"]]


def test_every_field_of_an_event_is_present_and_absent_is_null(peer: Peer, thread: str) -> None:
    event = peer.call("event/append", threadId=thread, event="a.b:c/d-e_1")["event"]
    assert event.pop("atMs") > 0
    assert event == {
        "seq": 2, "threadId": "t", "turnId": None, "itemId": None, "event": "a.b:c/d-e_1",
        "payload": None, "source": "client",
    }  # fmt: skip


def test_seqs_count_from_one_without_gaps(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread, prompt="hi")
    make_item(peer, turn_id)
    kind_of(peer, "turn/start", threadId=thread)
    admit(peer, thread)
    end(peer, turn_id, promoteNext=True)
    page = peer.call("event/list")
    assert seqs(page) == list(range(1, page["lastSeq"] + 1))
    assert page["minSeq"] == 1 and page["nextSinceSeq"] is None


def test_the_payload_holds_the_record_under_its_noun(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread)
    item_id = make_item(peer, turn_id)
    admit(peer, thread)
    by_name = {event["event"]: event for event in events_after(peer, 0)}
    assert by_name["turn.started"]["payload"] == {
        "turn": {**get_turn(peer, turn_id), "itemCount": 0}
    }
    assert by_name["item.started"]["payload"] == {"item": get_item(peer, item_id)}
    created = by_name["thread.created"]["payload"]["thread"]
    assert created["id"] == thread and set(created) == set(get_thread(peer, thread))
    assert by_name["session_input.admitted"]["payload"]["input"]["prompt"] == "do"
    assert {event["source"] for event in by_name.values()} == {"daemon"}
    assert (by_name["item.started"]["turnId"], by_name["item.started"]["itemId"]) == (
        turn_id, item_id,
    )  # fmt: skip


def test_a_client_may_use_the_daemons_names(peer: Peer, thread: str) -> None:
    event = peer.call("event/append", threadId=thread, event="turn.completed", payload={})["event"]
    assert event["source"] == "client" and event["payload"] == {}


@pytest.mark.parametrize("name", ["", "A", "a b", "a\n", "é", "x" * 129, "*", "turn.*", None, 1])
def test_another_name_is_invalid(peer: Peer, thread: str, name: object) -> None:
    data = refused(peer, "event/append", threadId=thread, event=name)
    assert (data["kind"], data["path"]) == ("invalid_params", "event")


def test_an_event_belongs_to_a_turn_and_an_item_of_its_own_thread(peer: Peer, thread: str) -> None:
    start(peer, make_thread(peer), turnId="foreign")
    make_item(peer, "foreign", itemId="i")
    start(peer, thread, turnId="mine")
    for params, kind in [
        ({"turnId": "foreign"}, "turn_not_found"),
        ({"itemId": "i"}, "item_not_found"),
        ({"turnId": "mine", "itemId": "i"}, "item_not_found"),
        ({"threadId": "nope"}, "thread_not_found"),
    ]:
        given = {"threadId": thread, "event": "x", **params}
        assert kind_of(peer, "event/append", **given) == kind


def test_append_many_answers_in_the_order_given(peer: Peer, thread: str) -> None:
    other = make_thread(peer)
    given = [
        {"threadId": thread if number % 2 else other, "event": "x", "payload": number}
        for number in range(1000)
    ]
    seq = last_seq(peer)
    events = peer.call("event/appendMany", events=given)["events"]
    assert [event["payload"] for event in events] == list(range(1000))
    assert [event["seq"] for event in events] == list(range(seq + 1, seq + 1001))


@pytest.mark.parametrize(
    ("bad", "path"),
    [
        ({"event": "Not A Name"}, "events[2].event"),
        ({"zip": 1}, "events[2].zip"),
        ({"threadId": "-"}, "events[2].threadId"),
        ({"event": None}, "events[2].event"),
    ],
)
def test_append_many_names_the_path_of_the_offender(
    peer: Peer, thread: str, bad: dict[str, object], path: str
) -> None:
    good = {"threadId": thread, "event": "x"}
    data = refused(peer, "event/appendMany", events=[good, good, {**good, **bad}])
    assert (data["kind"], data["path"]) == ("invalid_params", path)


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        ({"threadId": "nope"}, "thread_not_found"),
        ({"turnId": "nope"}, "turn_not_found"),
        ({"eventKey": "k", "payload": 2}, "idempotency_mismatch"),
    ],
)
def test_append_many_is_all_or_nothing(
    peer: Peer, thread: str, bad: dict[str, object], kind: str
) -> None:
    good = {"threadId": thread, "event": "x"}
    events = [{**good, "eventKey": "k", "payload": 1}, good, {**good, **bad}]
    assert kind_of(peer, "event/appendMany", events=events) == kind


def test_append_many_takes_one_to_a_thousand(peer: Peer, thread: str) -> None:
    assert kind_of(peer, "event/appendMany", events=[]) == "invalid_params"
    events = [{"threadId": thread, "event": "x"}] * 1001
    data = refused(peer, "event/appendMany", events=events)
    assert data["kind"] in ("limit_exceeded", "invalid_params")


def test_the_same_key_twice_in_one_append_is_one_event(peer: Peer, thread: str) -> None:
    one = {"threadId": thread, "event": "x", "eventKey": "k"}
    first, second = peer.call("event/appendMany", events=[one, one])["events"]
    assert first == second and first["seq"] == last_seq(peer)


def test_append_many_again_answers_the_stored_events(peer: Peer, thread: str) -> None:
    events = [{"threadId": thread, "event": "x", "eventKey": key} for key in ("a", "b")]
    first = peer.call("event/appendMany", events=events)
    seq = last_seq(peer)
    assert peer.call("event/appendMany", events=events) == first and last_seq(peer) == seq


def test_events_are_read_after_since_seq_page_by_page(peer: Peer, thread: str) -> None:
    peer.call("event/appendMany", events=[{"threadId": thread, "event": "x"}] * 6)
    found: list[list[int]] = []
    since: int | None = 0
    while since is not None:
        page = peer.call("event/list", sinceSeq=since, limit=3)
        found.append(seqs(page))
        since = page["nextSinceSeq"]
        assert page["lastSeq"] == 7
    assert found == [[1, 2, 3], [4, 5, 6], [7]]
    assert peer.call("event/list", sinceSeq=7)["data"] == []
    assert peer.call("event/list", sinceSeq=10**9)["nextSinceSeq"] is None


@pytest.mark.parametrize("limit", [0, -1, None, 5000, 5001, 10**12])
def test_the_limit_of_events_is_clamped(peer: Peer, thread: str, limit: int | None) -> None:
    for _ in range(6):
        peer.call("event/appendMany", events=[{"threadId": thread, "event": "x"}] * 1000)
    wanted = 500 if limit is None else max(1, min(5000, limit))
    assert len(peer.call("event/list", limit=limit)["data"]) == wanted


def test_events_are_filtered_by_thread_turn_and_name(peer: Peer, thread: str) -> None:
    turn_id = start(peer, thread, prompt="hi")
    other = make_thread(peer)
    for name in ("turnip", "turn", "turn.x"):
        peer.call("event/append", threadId=other, turnId=None, event=name)

    def names(**params: Any) -> list[str]:
        return [event["event"] for event in peer.call("event/list", **params)["data"]]

    assert names(threadId=other) == ["thread.created", "turnip", "turn", "turn.x"]
    assert names(turnId=turn_id) == ["turn.started", "item.completed"]
    assert names(threadId=thread, turnId=turn_id) == ["turn.started", "item.completed"]
    assert names(events=["turn.*"]) == ["turn.started", "turn.x"]
    assert names(events=["turn"]) == ["turn"]
    assert names(events=["turnip", "item.*"]) == ["item.completed", "turnip"]
    assert names(events=["nothing"]) == []
    assert len(names(events=["*"])) == len(names())


def test_a_filtered_read_pages_over_what_it_finds(peer: Peer, thread: str) -> None:
    events = [{"threadId": thread, "event": "odd" if n % 2 else "even"} for n in range(10)]
    peer.call("event/appendMany", events=events)
    found: list[int] = []
    since: int | None = 0
    while since is not None:
        page = peer.call("event/list", sinceSeq=since, limit=2, events=["odd"])
        found += seqs(page)
        since = page["nextSinceSeq"]
    assert found == [3, 5, 7, 9, 11]


def test_min_seq_follows_a_deletion_and_last_seq_does_not_go_back(peer: Peer) -> None:
    make_thread(peer, threadId="a")
    make_thread(peer, threadId="b")
    peer.call("thread/delete", threadId="a")
    page = peer.call("event/list", limit=1)
    assert (page["minSeq"], page["lastSeq"], seqs(page)) == (2, 3, [2])


def test_what_is_unknown_is_not_found(peer: Peer, thread: str) -> None:
    assert kind_of(peer, "event/list", threadId="nope") == "thread_not_found"
    assert kind_of(peer, "event/list", turnId="nope") == "turn_not_found"
    start(peer, make_thread(peer), turnId="u")
    assert kind_of(peer, "event/list", threadId=thread, turnId="u") == "turn_not_found"


@pytest.mark.parametrize("method", ["event/list", "event/subscribe"])
def test_a_filter_has_a_hundred_names_at_the_most(peer: Peer, method: str) -> None:
    """Each event of the log is held against all of them, in each of a peer's subscriptions."""
    peer.call(method, events=[f"x{n}*" for n in range(MAX_EVENT_NAMES)])
    data = refused(peer, method, events=[f"x{n}*" for n in range(MAX_EVENT_NAMES + 1)])
    assert (data["kind"], data["limit"]) == ("limit_exceeded", "maxEventNames")
    assert (data["max"], data["actual"]) == (MAX_EVENT_NAMES, MAX_EVENT_NAMES + 1)
