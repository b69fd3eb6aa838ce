"""Items: in their place, closed for good, and read in order."""

from typing import Any

import pytest

from sidecar.model.limits import MAX_DETAIL_CHARS
from tests.methods.steps import (
    end,
    flat,
    get_item,
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

TERMINAL = ["completed", "failed", "interrupted", "cancelled"]
KINDS = [
    "user_message", "agent_message", "reasoning", "tool_call", "file_change",
    "command_execution", "context_compaction", "status", "error",
]  # fmt: skip


@pytest.fixture
def thread(peer: Peer) -> str:
    return make_thread(peer, threadId="t")


@pytest.fixture
def turn(peer: Peer, thread: str) -> str:
    return start(peer, thread, turnId="u")


def test_every_field_of_an_item_is_present_and_absent_is_null(peer: Peer, turn: str) -> None:
    item = peer.call("item/create", turnId=turn, itemId="i", kind="error", status="queued")["item"]
    assert item == {
        "id": "i", "turnId": "u", "threadId": "t", "position": 1, "kind": "error",
        "status": "queued", "summary": None, "detail": None, "metadata": None,
        "artifactRefs": None, "startedAtMs": None, "endedAtMs": None,
    }  # fmt: skip


def test_every_kind_is_taken_and_positions_count_from_one(peer: Peer, turn: str) -> None:
    made = [make_item(peer, turn, kind=kind) for kind in KINDS]
    items = peer.call("turn/get", turnId=turn)["items"]
    assert ids_of(items) == made
    assert [item["position"] for item in items] == list(range(1, 10))


def test_another_kind_is_invalid(peer: Peer, turn: str) -> None:
    data = refused(peer, "item/create", turnId=turn, kind="poem")
    assert (data["kind"], data["path"]) == ("invalid_params", "kind")


@pytest.mark.parametrize(
    ("status", "events"),
    [("queued", ["item.queued"]), ("in_progress", ["item.started"])]
    + [(status, ["item.completed"]) for status in TERMINAL],
)
def test_an_item_is_born_with_one_event(
    peer: Peer, turn: str, status: str, events: list[str]
) -> None:
    seq = last_seq(peer)
    make_item(peer, turn, status=status)
    assert names_after(peer, seq) == events


@pytest.mark.parametrize("status", TERMINAL)
def test_an_item_of_an_ended_turn_is_refused(peer: Peer, turn: str, status: str) -> None:
    end(peer, turn, status=status)
    data = refused(peer, "item/create", turnId=turn, kind="status")
    assert (data["kind"], data["machine"]) == ("illegal_transition", "turn")
    assert data["from"] == status and data["legal"] == []


def test_an_update_changes_what_is_given_and_keeps_the_rest(peer: Peer, turn: str) -> None:
    item_id = make_item(peer, turn, summary="s", detail="d", metadata={"a": 1})
    seq = last_seq(peer)
    item = peer.call("item/update", itemId=item_id, detail="e", artifactRefs=["f"])["item"]
    assert (item["summary"], item["detail"], item["metadata"]) == ("s", "e", {"a": 1})
    assert item["artifactRefs"] == ["f"]
    assert names_after(peer, seq) == ["item.updated"]


def test_append_detail_is_added_to_the_detail(peer: Peer, turn: str) -> None:
    item_id = make_item(peer, turn)
    for text in ("a", "é", "\0"):
        peer.call("item/update", itemId=item_id, appendDetail=text)
    assert get_item(peer, item_id)["detail"] == "aé\0"


def test_a_detail_grows_to_what_could_be_set(peer: Peer, turn: str) -> None:
    item_id = make_item(peer, turn)
    half = "x" * (MAX_DETAIL_CHARS // 2)
    for _ in range(2):
        item = peer.call("item/update", itemId=item_id, appendDetail=half)["item"]
    assert len(item["detail"]) == MAX_DETAIL_CHARS
    seq = last_seq(peer)
    data = refused(peer, "item/update", itemId=item_id, appendDetail="y")
    assert (data["kind"], data["limit"]) == ("limit_exceeded", "maxDetailChars")
    assert (data["max"], data["actual"]) == (MAX_DETAIL_CHARS, MAX_DETAIL_CHARS + 1)
    assert last_seq(peer) == seq


def test_an_item_passes_from_queued_to_its_end_with_an_event_each(peer: Peer, turn: str) -> None:
    item_id = make_item(peer, turn, status="queued")
    seq = last_seq(peer)
    started = peer.call("item/update", itemId=item_id, status="in_progress")["item"]
    ended = peer.call("item/update", itemId=item_id, status="completed", detail="x")["item"]
    assert started["startedAtMs"] is not None and started["endedAtMs"] is None
    assert ended["startedAtMs"] == started["startedAtMs"] and ended["endedAtMs"] is not None
    assert names_after(peer, seq) == ["item.started", "item.completed"]


def test_nothing_to_update_is_invalid(peer: Peer, turn: str) -> None:
    item_id = make_item(peer, turn)
    assert kind_of(peer, "item/update", itemId=item_id) == "invalid_params"


@pytest.mark.parametrize("status", TERMINAL)
def test_an_ended_item_only_takes_the_same_again(peer: Peer, turn: str, status: str) -> None:
    item_id = make_item(peer, turn, status=status, detail="d", metadata={"a": [1, None]})
    with without_trace(peer):
        peer.call(
            "item/update", itemId=item_id, status=status, detail="d", metadata={"a": [1, None]}
        )
    others: tuple[dict[str, Any], ...] = (
        {"detail": "e"},
        {"appendDetail": "x"},
        {"metadata": {}},
        {"status": "in_progress"},
    )
    for other in others:
        data = refused(peer, "item/update", itemId=item_id, **other)
        assert (data["kind"], data["machine"]) == ("illegal_transition", "item")
        assert data["legal"] == []


def test_an_item_in_progress_cannot_be_queued_again(peer: Peer, turn: str) -> None:
    item_id = make_item(peer, turn)
    assert kind_of(peer, "item/update", itemId=item_id, status="queued") == "illegal_transition"


def test_items_are_listed_in_turn_then_position_order(peer: Peer, thread: str) -> None:
    start(peer, thread, turnId="z", status="queued")
    start(peer, thread, turnId="a", status="queued")
    made = [(turn_id, make_item(peer, turn_id)) for turn_id in ("a", "z", "a", "z", "a")]
    wanted = [item for turn_id in ("z", "a") for place, item in made if place == turn_id]
    found = pages(peer, "item/list", 2, threadId=thread)
    assert [len(page) for page in found] == [2, 2, 1]
    assert ids_of(flat(found)) == wanted
    of_turn = pages(peer, "item/list", 2, turnId="a")
    assert ids_of(flat(of_turn)) == wanted[2:]


def test_pages_are_stable_while_items_are_added(peer: Peer, turn: str) -> None:
    made = [make_item(peer, turn) for _ in range(3)]
    first = peer.call("item/list", turnId=turn, limit=2)
    made.append(make_item(peer, turn))
    second = peer.call("item/list", turnId=turn, limit=2, cursor=first["nextCursor"])
    assert ids_of(first["data"] + second["data"]) == made and second["nextCursor"] is None


def test_items_are_listed_of_a_turn_or_of_a_thread(peer: Peer) -> None:
    assert kind_of(peer, "item/list") == "invalid_params"
    assert kind_of(peer, "item/list", turnId="nope") == "turn_not_found"
    assert kind_of(peer, "item/list", threadId="nope") == "thread_not_found"
