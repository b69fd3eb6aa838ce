"""Change sets: all or nothing, kept, followed, replayed; state; checkpoint."""

from typing import Any

import pytest

from sidecar.model import limits
from tests.methods.steps import (
    Record,
    events_after,
    get_thread,
    ids_of,
    kind_of,
    last_seq,
    make_thread,
    names_after,
    refused,
    without_trace,
)
from tests.support import Peer


@pytest.fixture
def thread(peer: Peer) -> str:
    return make_thread(peer, threadId="t")


def commit(peer: Peer, **params: Any) -> Record:
    return peer.call("thread/commit", threadId="t", **params)


def ops(*each: Record) -> list[Record]:
    return [{"ops": list(each)}]


def set_member(name: str, value: Any) -> list[Record]:
    return ops({"op": "add", "path": f"/{name}", "value": value})


def state(peer: Peer, **params: Any) -> Any:
    return peer.call("thread/getState", threadId="t", **params)["state"]


def commits(peer: Peer, **params: Any) -> list[Record]:
    data: list[Record] = peer.call("thread/commits", threadId="t", **params)["data"]
    return data


SAID: Record = {"id": "m", "role": "user", "content": "hi"}


def test_an_empty_commit_raises_the_version_and_tells(peer: Peer, thread: str) -> None:
    before, seq = get_thread(peer, thread), last_seq(peer)
    assert commit(peer) == {"version": 1, "messageCount": 0, "messages": [], "run": None}
    (event,) = events_after(peer, seq)
    assert event["event"] == "state.changed"
    assert event["payload"] == {"messageCount": 0, "version": 1}
    assert get_thread(peer, thread)["updatedAtMs"] > before["updatedAtMs"]


@pytest.mark.usefixtures("thread")
def test_everything_in_one_commit(peer: Peer) -> None:
    seq = last_seq(peer)
    patch = {"ops": [{"op": "increment", "path": "/n", "value": 1}], "source": "s"}
    actions = [{"name": "a", "payload": None}]
    answer = commit(
        peer, commitId="c", expectedVersion=0, expectedMessageCount=0, reason="why", runId="r",
        run={"status": "in_progress", "agentId": "a"}, messages=[SAID], patches=[patch],
        actions=actions, snapshot={"n": 1},
    )  # fmt: skip
    assert (answer["version"], answer["messageCount"]) == (1, 1)
    assert ids_of(answer["messages"]) == ["m"]
    assert (answer["run"]["id"], answer["run"]["status"]) == ("r", "in_progress")
    assert state(peer) == {"n": 2}
    assert names_after(peer, seq) == ["run.created", "message.appended", "state.changed"]
    (shown,) = commits(peer)
    assert shown.pop("atMs") == answer["messages"][0]["createdAtMs"]
    assert shown == {
        "version": 1, "commitId": "c", "reason": "why", "runId": "r", "replaced": False,
        "messages": answer["messages"], "patches": [{**patch, "description": None}],
        "actions": actions, "snapshot": {"n": 1},
    }  # fmt: skip


def test_a_refused_commit_leaves_nothing_behind(peer: Peer, thread: str) -> None:
    data = refused(
        peer, "thread/commit", threadId=thread, runId="r", run={"status": "queued"},
        messages=[SAID], snapshot={"a": 1},
        patches=[*set_member("b", 1), *ops({"op": "test", "path": "/b", "value": 2})],
    )  # fmt: skip
    assert data == {
        "kind": "patch_failed", "retryable": False, "index": 1, "path": "/b",
        "reason": "the value is another one",
    }  # fmt: skip
    assert state(peer) == {} and commits(peer) == []
    assert kind_of(peer, "run/get", runId="r") == "run_not_found"


# -- retries ---------------------------------------------------------------------------------------


def test_a_commit_sent_again_is_answered_as_it_was(peer: Peer, thread: str) -> None:
    said = {**SAID, "id": None}
    params: Record = {
        "commitId": "c", "messages": [SAID, said, SAID], "run": {"metadata": {"a": 1, "b": 2}},
        "patches": set_member("n", {"x": 1, "y": 2}), "actions": [1], "snapshot": {},
    }  # fmt: skip
    first = commit(peer, **params)
    peer.call("run/update", runId=first["run"]["id"], status="completed")
    peer.call("message/clear", threadId=thread)
    peer.call("thread/setState", threadId=thread, state=1)
    with without_trace(peer):
        assert commit(peer, **params) == first
        assert commit(peer, **params, expectedVersion=9, expectedMessageCount=9) == first
        params["patches"] = set_member("n", {"y": 2, "x": 1.0})
        params["run"] = {"metadata": {"b": 2, "a": 1}}
        assert commit(peer, **params) == first
    assert [each["seq"] for each in first["messages"]] == [1, 2, 1]


@pytest.mark.parametrize(
    "other",
    [
        {"messages": [{**SAID, "content": "other"}]},
        {"messages": []},
        {"patches": set_member("a", 2)},
        {"patches": None},
        {"actions": [2]},
        {"snapshot": {"b": 1}},
        {"snapshot": None},
        {"reason": "other"},
        {"runId": "other"},
        {"run": {"status": "in_progress"}},
        {"run": {"model": None}},
        {"run": None},
    ],
)
def test_another_commit_under_the_same_id_is_refused(
    peer: Peer, thread: str, other: Record
) -> None:
    params: Record = {
        "threadId": thread, "commitId": "c", "messages": [SAID], "patches": set_member("a", 1),
        "actions": [1], "snapshot": {}, "runId": "r", "run": {},
    }  # fmt: skip
    peer.call("thread/commit", **params)
    data = refused(peer, "thread/commit", **{**params, **other})
    assert data == {"kind": "idempotency_mismatch", "retryable": False, "id": "c"}


@pytest.mark.usefixtures("thread")
def test_a_commit_id_is_of_its_thread(peer: Peer) -> None:
    commit(peer, commitId="c")
    make_thread(peer, threadId="u")
    answer = peer.call("thread/commit", threadId="u", commitId="c", messages=[SAID])
    assert answer["version"] == 1


@pytest.mark.usefixtures("thread")
def test_a_commit_of_known_messages_is_a_commit(peer: Peer) -> None:
    commit(peer, messages=[SAID])
    answer = commit(peer, messages=[SAID])
    assert (answer["version"], answer["messageCount"]) == (2, 1)
    assert ids_of(answer["messages"]) == ["m"]
    assert [ids_of(each["messages"]) for each in commits(peer)] == [["m"], []]


# -- runs ------------------------------------------------------------------------------------------


def test_a_run_is_created_and_then_updated(peer: Peer, thread: str) -> None:
    made = commit(peer, run={"status": "in_progress", "inputTokens": 3})["run"]
    assert made["id"].startswith("run_") and made["threadId"] == thread
    seq = last_seq(peer)
    after = commit(peer, runId=made["id"], run={"status": "completed"})["run"]
    assert (after["status"], after["inputTokens"]) == ("completed", 3)
    assert names_after(peer, seq) == ["run.updated", "state.changed"]
    assert [each["runId"] for each in commits(peer)] == [made["id"]] * 2
    assert peer.call("thread/checkpoint", threadId=thread)["latestRun"] == after


def test_a_run_that_is_only_named_must_be_of_the_thread(peer: Peer, thread: str) -> None:
    make_thread(peer, threadId="u")
    peer.call("run/create", threadId="u", runId="r")
    for params in ({"runId": "no"}, {"runId": "r"}, {"runId": "r", "run": {}}):
        data = refused(peer, "thread/commit", threadId=thread, **params)
        assert data == {"kind": "run_not_found", "retryable": False, "id": params["runId"]}
    run = peer.call("run/create", threadId=thread, runId="own")["run"]
    assert commit(peer, runId="own")["run"] == run


def test_a_run_does_not_come_back_from_its_end(peer: Peer, thread: str) -> None:
    commit(peer, runId="r", run={})
    commit(peer, runId="r", run={"status": "completed"})
    params: Record = {"runId": "r", "run": {"status": "in_progress"}, "messages": [SAID]}
    assert kind_of(peer, "thread/commit", threadId=thread, **params) == "illegal_transition"


# -- what raises a version -------------------------------------------------------------------------


def test_whatever_raises_the_version_is_a_change_set(peer: Peer, thread: str) -> None:
    make_thread(peer, threadId="parent")
    peer.call("message/append", threadId=thread, messages=[SAID])
    peer.call("message/replace", threadId=thread, messages=[{**SAID, "id": "n"}, SAID])
    peer.call("message/append", threadId=thread, messages=[{**SAID, "id": "o"}])
    peer.call("message/clear", threadId=thread)
    peer.call("thread/setState", threadId=thread, state=[1])
    peer.call("thread/update", threadId=thread, parentThreadId="parent")
    commit(peer)
    peer.call("thread/delete", threadId="parent", children="detach")
    made = [(c["version"], c["reason"], c["replaced"], ids_of(c["messages"]), c["snapshot"])
            for c in commits(peer)]  # fmt: skip
    assert made == [
        (1, "message/append", False, ["m"], None),
        (2, "message/replace", True, ["n", "m"], None),
        (3, "message/append", False, ["o"], None),
        (4, "message/clear", True, [], None),
        (5, "thread/setState", False, [], [1]),
        (6, "thread/update", False, [], None),
        (7, "thread/commit", False, [], None),
        (8, "thread/delete", False, [], None),
    ]
    assert get_thread(peer, thread)["version"] == 8


def test_what_raises_no_version_makes_no_change_set(peer: Peer, thread: str) -> None:
    peer.call("turn/start", threadId=thread, prompt="x")
    peer.call("run/create", threadId=thread)
    peer.call("thread/update", threadId=thread, archived=False)
    assert commits(peer) == [] and get_thread(peer, thread)["version"] == 0


def test_a_thread_is_followed_in_pages(peer: Peer, thread: str) -> None:
    for _ in range(7):
        commit(peer)
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        page = peer.call("thread/commits", threadId=thread, afterVersion=after, limit=3)
        found += [each["version"] for each in page["data"]]
        after = page["nextAfterVersion"]
    assert found == list(range(1, 8))
    assert commits(peer, afterVersion=7) == commits(peer, afterVersion=99) == []
    assert len(commits(peer, limit=0)) == 1


def test_a_page_of_change_sets_ends_early_when_it_is_large(
    peer: Peer, thread: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        commit(peer, messages=[{"role": "user", "content": f"{number}" * 1000}])
    monkeypatch.setattr(limits, "MAX_PAGE_BYTES", 1500)
    page = peer.call("thread/commits", threadId=thread)
    assert len(page["data"]) == 2 and page["nextAfterVersion"] == 2


def test_messages_without_much_content_fill_a_page_too(
    peer: Peer, thread: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        commit(peer, messages=[{"role": "user"}] * 10)
    monkeypatch.setattr(limits, "MAX_PAGE_BYTES", 3000)
    page = peer.call("thread/commits", threadId=thread)
    assert len(page["data"]) == 2 and page["nextAfterVersion"] == 2


# -- state -----------------------------------------------------------------------------------------


def test_the_state_of_a_new_thread_is_an_empty_object(peer: Peer, thread: str) -> None:
    expected = {"state": {}, "version": 0}
    assert peer.call("thread/getState", threadId=thread) == expected
    assert peer.call("thread/getState", threadId=thread, atVersion=0) == expected


@pytest.mark.parametrize("value", [None, 0, "x", [], {}, {"a": [1, None]}, False])
def test_a_state_is_any_json(peer: Peer, thread: str, value: Any) -> None:
    commit(peer, patches=set_member("a", 1))
    seq = last_seq(peer)
    assert peer.call("thread/setState", threadId=thread, state=value) == {"version": 2}
    assert names_after(peer, seq) == ["state.changed"]
    assert state(peer) == value
    peer.call("thread/setState", threadId=thread, state=7, expectedVersion=2)
    assert [state(peer, atVersion=version) for version in range(4)] == [{}, {"a": 1}, value, 7]


def test_a_state_is_set_at_the_version_that_is_expected(peer: Peer, thread: str) -> None:
    data = refused(peer, "thread/setState", threadId=thread, state={}, expectedVersion=3)
    assert (data["kind"], data["expected"], data["actual"]) == ("version_mismatch", 3, 0)
    assert kind_of(peer, "thread/setState", threadId=thread) == "invalid_params"


def test_a_version_past_the_end_is_invalid(peer: Peer, thread: str) -> None:
    commit(peer)
    data = refused(peer, "thread/getState", threadId=thread, atVersion=2)
    assert (data["kind"], data["path"]) == ("invalid_params", "atVersion")


@pytest.mark.usefixtures("thread")
def test_a_snapshot_comes_before_the_patches_of_its_commit(peer: Peer) -> None:
    commit(peer, patches=set_member("old", 1))
    commit(peer, snapshot={"new": []}, patches=ops({"op": "add", "path": "/new/-", "value": 1}))
    assert state(peer) == state(peer, atVersion=2) == {"new": [1]}
    assert state(peer, atVersion=1) == {"old": 1}


def test_messages_and_state_do_not_touch_each_other(peer: Peer, thread: str) -> None:
    commit(peer, snapshot={"a": 1}, messages=[SAID])
    peer.call("message/clear", threadId=thread)
    assert state(peer) == {"a": 1}
    peer.call("thread/setState", threadId=thread, state={})
    peer.call("message/append", threadId=thread, messages=[SAID])
    assert get_thread(peer, thread)["messageCount"] == 1


@pytest.mark.parametrize("every", [1, 2, 5])
@pytest.mark.usefixtures("thread")
def test_a_state_is_stored_so_often_that_a_replay_is_short(
    peer: Peer, every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATE_EVERY_COMMITS", every)
    for number in range(12):
        commit(peer, patches=set_member(f"k{number % 3}", number))
        commit(peer, messages=[{"role": "user"}])
    for version in range(25):
        count = (version + 1) // 2
        expected = {f"k{number % 3}": number for number in range(count)}
        assert state(peer, atVersion=version) == expected


@pytest.mark.usefixtures("thread")
def test_large_patches_have_the_state_stored_sooner(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "STATE_EVERY_BYTES", 100)
    for number in range(6):
        commit(peer, patches=set_member("k", f"{number}" * 60))
    assert [state(peer, atVersion=v)["k"][0] for v in range(1, 7)] == list("012345")


def test_a_wrong_patch_is_refused_with_its_path(peer: Peer, thread: str) -> None:
    for op, path in (
        ({"op": "zip", "path": "/a"}, "patches[0].ops[0].op"),
        ({"op": "add", "path": "/a"}, "patches[0].ops[0].value"),
        ({"op": "remove", "path": "a"}, "patches[0].ops[0].path"),
        ({"op": "move", "path": "/a"}, "patches[0].ops[0].from"),
        ({"path": "/a"}, "patches[0].ops[0].op"),
    ):
        data = refused(peer, "thread/commit", threadId=thread, patches=ops(op))
        assert (data["kind"], data["path"]) == ("invalid_params", path)


@pytest.mark.parametrize("method", ["commit", "commits", "getState", "setState", "checkpoint"])
def test_an_unknown_thread_is_refused(peer: Peer, method: str) -> None:
    needed: Record = {"state": {}} if method == "setState" else {}
    assert kind_of(peer, f"thread/{method}", threadId="no", **needed) == "thread_not_found"


# -- checkpoint ------------------------------------------------------------------------------------


def test_a_checkpoint_is_all_that_a_thread_is(peer: Peer, thread: str) -> None:
    empty = {"messages": [], "messageCount": 0, "version": 0, "latestRun": None, "state": {}}
    assert peer.call("thread/checkpoint", threadId=thread) == empty
    hidden = {"role": "system", "visibility": "internal"}
    done = commit(peer, messages=[SAID, hidden], snapshot={"a": 1}, run={})
    assert peer.call("thread/checkpoint", threadId=thread) == {
        "messages": done["messages"], "messageCount": 2, "version": 1, "latestRun": done["run"],
        "state": {"a": 1},
    }  # fmt: skip
