"""Threads: created, changed by version, found, and deleted with all that hangs on them."""

from pathlib import Path

import pytest

from tests.methods.steps import (
    admit,
    archive,
    end,
    events_after,
    get_thread,
    get_turn,
    kind_of,
    last_seq,
    make_item,
    make_thread,
    names_after,
    refused,
    start,
    without_trace,
)
from tests.support import DaemonThread, Peer

CLEARABLE = ["title", "model", "provider", "workspace", "mode", "resourceId", "metadata"]


def test_every_field_of_a_thread_is_present_and_absent_is_null(peer: Peer) -> None:
    answer = peer.call("thread/create", threadId="t")
    thread = answer["thread"]
    assert answer["created"] is True
    assert thread.pop("createdAtMs") == thread.pop("updatedAtMs")
    assert thread == {
        "id": "t", "title": None, "model": None, "provider": None, "workspace": None,
        "mode": None, "resourceId": None, "parentThreadId": None, "forkedFromThreadId": None,
        "metadata": None, "archived": False, "version": 0, "messageCount": 0,
        "activeTurnId": None, "latestTurnId": None, "pendingInputCount": 0,
    }  # fmt: skip


def test_a_minted_id_has_its_prefix_and_sorts_by_time(peer: Peer) -> None:
    first, second = make_thread(peer), make_thread(peer)
    assert first.startswith("thr_") and len(first) == 36 and first < second


def test_a_parent_must_exist(peer: Peer) -> None:
    for parent, reason in (("nope", "missing_parent"), ("t", "self_parent")):
        data = refused(peer, "thread/create", threadId="t", parentThreadId=parent)
        assert (data["kind"], data["reason"]) == ("invalid_hierarchy", reason)


def test_an_unknown_thread_is_named_in_the_refusal(peer: Peer) -> None:
    data = refused(peer, "thread/get", threadId="nope")
    assert data == {"kind": "thread_not_found", "retryable": False, "id": "nope"}


@pytest.mark.parametrize("field", CLEARABLE)
def test_null_clears_and_absent_keeps(peer: Peer, field: str) -> None:
    thread_id = make_thread(peer, **dict.fromkeys(CLEARABLE, "x"))
    thread = peer.call("thread/update", threadId=thread_id, **{field: None})["thread"]
    kept = [name for name in CLEARABLE if thread[name] == "x"]
    assert thread[field] is None and kept == [name for name in CLEARABLE if name != field]
    assert thread["version"] == 1


def test_the_parent_of_a_thread_can_be_set_and_cleared(peer: Peer) -> None:
    parent, child = make_thread(peer), make_thread(peer)
    for wanted in (parent, None):
        thread = peer.call("thread/update", threadId=child, parentThreadId=wanted)["thread"]
        assert thread["parentThreadId"] == wanted


def test_a_hierarchy_that_cannot_be_is_refused(peer: Peer) -> None:
    top = make_thread(peer)
    middle = make_thread(peer, parentThreadId=top)
    low = make_thread(peer, parentThreadId=middle)
    for parent, reason in ((top, "self_parent"), (low, "cycle"), ("nope", "missing_parent")):
        data = refused(peer, "thread/update", threadId=top, parentThreadId=parent)
        assert (data["kind"], data["reason"]) == ("invalid_hierarchy", reason)


def test_nothing_given_to_an_update_is_invalid(peer: Peer) -> None:
    thread_id = make_thread(peer)
    assert kind_of(peer, "thread/update", threadId=thread_id) == "invalid_params"
    params = {"threadId": thread_id, "expectedVersion": 0}
    assert kind_of(peer, "thread/update", **params) == "invalid_params"


def test_nothing_changed_is_no_event_and_no_new_version(peer: Peer) -> None:
    thread_id = make_thread(peer, title="a", metadata={"x": [1]})
    with without_trace(peer):
        thread = peer.call(
            "thread/update", threadId=thread_id, title="a", metadata={"x": [1]}, archived=False
        )["thread"]
    assert thread["version"] == 0


def test_every_update_raises_the_version_by_one_and_tells(peer: Peer) -> None:
    thread_id = make_thread(peer)
    seq = last_seq(peer)
    for version in (1, 2, 3):
        thread = peer.call("thread/update", threadId=thread_id, title=f"{version}")["thread"]
        assert thread["version"] == version
    events = events_after(peer, seq)
    assert [event["event"] for event in events] == ["thread.updated"] * 3
    assert events[-1]["payload"]["thread"] == thread


def test_a_wrong_expected_version_is_refused_even_when_nothing_would_change(peer: Peer) -> None:
    thread_id = make_thread(peer, title="a")
    for title in ("a", "b"):
        data = refused(peer, "thread/update", threadId=thread_id, expectedVersion=7, title=title)
        assert (data["kind"], data["expected"], data["actual"]) == ("version_mismatch", 7, 0)
    peer.call("thread/update", threadId=thread_id, expectedVersion=0, title="b")


def test_turns_items_and_inputs_do_not_touch_the_version(peer: Peer) -> None:
    thread_id = make_thread(peer)
    turn_id = start(peer, thread_id, prompt="x")
    make_item(peer, turn_id)
    admit(peer, thread_id)
    end(peer, turn_id, promoteNext=True)
    assert get_thread(peer, thread_id)["version"] == 0


def test_updated_at_moves_with_turns_and_inputs_but_not_with_items_and_events(peer: Peer) -> None:
    thread_id = make_thread(peer)

    times = [get_thread(peer, thread_id)["updatedAtMs"]]

    def moved() -> bool:
        times.append(get_thread(peer, thread_id)["updatedAtMs"])
        return bool(times[-1] > times[-2])

    turn_id = start(peer, thread_id)
    assert moved()
    item_id = make_item(peer, turn_id)
    peer.call("item/update", itemId=item_id, detail="x")
    peer.call("event/append", threadId=thread_id, turnId=turn_id, event="x")
    assert not moved()
    admit(peer, thread_id, delivery="steer")
    assert moved()
    peer.call("sessionInput/promote", threadId=thread_id, scope="steer")
    assert moved()
    end(peer, turn_id)
    assert moved()


def test_recovery_does_not_move_updated_at(folder: Path) -> None:
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        thread_id = make_thread(peer)
        start(peer, thread_id)
        before = get_thread(peer, thread_id)["updatedAtMs"]
    with DaemonThread(folder) as again, again.peer() as peer:
        thread = get_thread(peer, thread_id)
        assert thread["updatedAtMs"] == before and thread["activeTurnId"] is None
        assert get_turn(peer, thread["latestTurnId"])["recovered"]


def test_a_thread_with_children_is_not_deleted_by_default(peer: Peer) -> None:
    parent = make_thread(peer)
    make_thread(peer, parentThreadId=parent)
    data = refused(peer, "thread/delete", threadId=parent)
    assert (data["kind"], data["reason"]) == ("invalid_hierarchy", "has_children")


def test_a_detached_child_is_a_changed_thread(peer: Peer) -> None:
    parent = make_thread(peer)
    child = make_thread(peer, parentThreadId=parent)
    grandchild = make_thread(peer, parentThreadId=child)
    seq = last_seq(peer)
    answer = peer.call("thread/delete", threadId=parent, children="detach")
    assert answer == {"deletedThreadIds": [parent], "detachedThreadIds": [child]}
    thread = get_thread(peer, child)
    assert thread["parentThreadId"] is None and thread["version"] == 1
    assert get_thread(peer, grandchild)["parentThreadId"] == child
    assert sorted(names_after(peer, seq)) == ["thread.deleted", "thread.updated"]


def test_cascade_deletes_the_whole_family_with_one_event_each(peer: Peer) -> None:
    parent = make_thread(peer)
    child = make_thread(peer, parentThreadId=parent)
    family = {parent, child, make_thread(peer, parentThreadId=child)}
    other = make_thread(peer)
    answer = peer.call("thread/delete", threadId=parent, children="cascade")
    assert set(answer["deletedThreadIds"]) == family and answer["detachedThreadIds"] == []
    left = events_after(peer, 0)
    gone = [event["threadId"] for event in left if event["event"] == "thread.deleted"]
    assert sorted(gone) == sorted(family)
    assert len(left) == 4 and get_thread(peer, other)["id"] == other


@pytest.mark.parametrize("children", ["detach", "cascade"])
def test_a_deep_family_is_taken_apart_or_away(peer: Peer, children: str) -> None:
    """Five generations of two, each with a message, a state and a run."""
    line = [make_thread(peer, threadId="g0")]
    for number in range(1, 6):
        for side in ("", "x"):
            make_thread(peer, threadId=f"g{number}{side}", parentThreadId=line[-1])
        line.append(f"g{number}")
    for thread_id in line:
        peer.call(
            "thread/commit", threadId=thread_id, messages=[{"role": "user"}], snapshot=1, run={}
        )
    answer = peer.call("thread/delete", threadId="g2", children=children)
    left = {thread["id"] for thread in peer.call("thread/list", limit=200)["data"]}
    if children == "detach":
        assert answer == {"deletedThreadIds": ["g2"], "detachedThreadIds": ["g3", "g3x"]}
        assert get_thread(peer, "g4")["parentThreadId"] == "g3" and "g5x" in left
        assert get_thread(peer, "g3")["messageCount"] == 1
    else:
        gone = answer["deletedThreadIds"]
        assert set(gone) == {"g2", "g3", "g3x", "g4", "g4x", "g5", "g5x"}
        # Children before their parents.
        assert gone.index("g5") < gone.index("g4") < gone.index("g3") < gone.index("g2")
        assert left == {"g0", "g1", "g1x", "g2x"}
    assert kind_of(peer, "thread/checkpoint", threadId="g2") == "thread_not_found"


@pytest.mark.parametrize("children", ["reject", "cascade"])
def test_an_active_turn_needs_force(peer: Peer, children: str) -> None:
    parent = make_thread(peer)
    busy = make_thread(peer, parentThreadId=parent) if children == "cascade" else parent
    turn_id = start(peer, busy)
    params = {"threadId": parent, "children": children}
    data = refused(peer, "thread/delete", **params)
    assert (data["kind"], data["activeTurnId"]) == ("turn_active", turn_id)
    peer.call("thread/delete", **params, force=True)
    assert kind_of(peer, "turn/get", turnId=turn_id) == "turn_not_found"


def test_everything_goes_with_a_thread_and_its_ids_are_free_again(peer: Peer) -> None:
    thread_id = make_thread(peer, threadId="t", title="old")
    start(peer, thread_id, turnId="u", prompt="x")
    make_item(peer, "u", itemId="i")
    admit(peer, thread_id, inputId="n")
    peer.call("event/append", threadId=thread_id, event="x", eventKey="k")
    seq = last_seq(peer)
    peer.call("thread/delete", threadId=thread_id, force=True)
    (gone,) = events_after(peer, 0)
    assert (gone["seq"], gone["event"], gone["threadId"]) == (seq + 1, "thread.deleted", "t")
    for method, params in [
        ("thread/get", {"threadId": "t"}),
        ("turn/get", {"turnId": "u"}),
        ("item/get", {"itemId": "i"}),
        ("sessionInput/get", {"inputId": "n"}),
    ]:
        assert kind_of(peer, method, **params).endswith("_not_found")
    assert peer.call("thread/create", threadId="t", title="new")["created"]
    assert events_after(peer, seq + 1)[0]["seq"] == seq + 2
    assert start(peer, "t", turnId="u") == "u" and make_item(peer, "u", itemId="i") == "i"
    assert admit(peer, "t", "other", inputId="n") == "n"
    fresh = peer.call("event/append", threadId="t", event="y", eventKey="k")["event"]
    assert fresh["seq"] == last_seq(peer)


def test_seqs_of_deleted_events_are_never_used_again_even_after_a_restart(folder: Path) -> None:
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        make_thread(peer, threadId="a")
        peer.call("thread/delete", threadId="a")
        make_thread(peer, threadId="a")
        peer.call("thread/delete", threadId="a")
        before = last_seq(peer)
    with DaemonThread(folder) as again, again.peer() as peer:
        make_thread(peer)
        assert events_after(peer, before)[0]["seq"] == before + 1 == last_seq(peer)


def test_a_transcript_has_what_was_said_in_turn_and_item_order(peer: Peer) -> None:
    thread_id = make_thread(peer)
    first = start(peer, thread_id, prompt="hi")
    make_item(peer, first, kind="agent_message", status="completed", summary="sum", detail="he")
    make_item(peer, first, kind="reasoning", status="completed", detail="thinking")
    make_item(peer, first, kind="agent_message", detail="unfinished")
    end(peer, first, usage={"inputTokens": 3, "outputTokens": 4, "cachedTokens": 100})
    second = start(peer, thread_id, prompt="more")
    make_item(peer, second, kind="agent_message", status="completed", summary="short")
    make_item(peer, second, kind="agent_message", status="completed", summary="s", detail="")
    end(peer, second, usage={"outputTokens": 5})
    answer = peer.call("thread/transcript", threadId=thread_id)
    said = [(each["role"], each["content"]) for each in answer["messages"]]
    assert said == [
        (role, [{"type": "text", "text": text}])
        for role, text in [
            ("user", "hi"), ("assistant", "he"), ("user", "more"), ("assistant", "short"),
            ("assistant", ""),
        ]
    ]  # fmt: skip
    assert answer["totalTokens"] == 12


def test_an_archived_thread_is_unarchived_by_an_update(peer: Peer) -> None:
    thread_id = make_thread(peer)
    archive(peer, thread_id)
    peer.call("thread/update", threadId=thread_id, archived=False)
    assert start(peer, thread_id)
