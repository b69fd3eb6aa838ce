"""Runs: what is recorded of them, what an update changes, which one is active or latest."""

from typing import Any

import pytest

from tests.methods.steps import (
    Record,
    archive,
    events_after,
    get_thread,
    kind_of,
    last_seq,
    make_thread,
    names_after,
    refused,
    without_trace,
)
from tests.support import DaemonThread, Peer

EVERYTHING: dict[str, Any] = {
    "turnId": "turn_of_long_ago",
    "agentId": "agent",
    "origin": "ag_ui: a front end",
    "parentThreadId": "thread_of_long_ago",
    "sourceMailboxEntryId": "entry_of_long_ago",
    "model": "m-1",
    "terminationCode": "stopped:budget",
    "terminationDetail": "all of it",
    "error": {"code": "server_error", "message": "no"},
    "inputTokens": 2**53 - 1,
    "outputTokens": 0,
    "metadata": {"a": [1, None]},
}
CLEARED = {
    name: None for name in EVERYTHING if name not in ("origin", "inputTokens", "outputTokens")
}


@pytest.fixture
def thread(peer: Peer) -> str:
    return make_thread(peer, threadId="t")


def make_run(peer: Peer, thread_id: str, **params: Any) -> str:
    run_id: str = peer.call("run/create", threadId=thread_id, **params)["run"]["id"]
    return run_id


def get_run(peer: Peer, run_id: str) -> Record:
    run: Record = peer.call("run/get", runId=run_id)["run"]
    return run


def change(peer: Peer, run_id: str, **params: Any) -> Record:
    run: Record = peer.call("run/update", runId=run_id, **params)["run"]
    return run


def test_every_field_of_a_run_is_present_and_absent_is_null(peer: Peer, thread: str) -> None:
    run = peer.call("run/create", threadId=thread, runId="r")["run"]
    at_ms = run["createdAtMs"]
    assert run == {
        "id": "r", "threadId": "t", "turnId": None, "agentId": None, "origin": "user",
        "parentRunId": None, "parentThreadId": None, "sourceMailboxEntryId": None, "model": None,
        "status": "queued", "terminationCode": None, "terminationDetail": None, "error": None,
        "inputTokens": 0, "outputTokens": 0, "metadata": None, "createdAtMs": at_ms,
        "startedAtMs": None, "endedAtMs": None, "updatedAtMs": at_ms,
    }  # fmt: skip


def test_a_run_is_what_was_said_of_it_and_its_references_need_not_be_there(
    peer: Peer, thread: str
) -> None:
    parent = make_run(peer, thread)
    run = get_run(peer, make_run(peer, thread, parentRunId=parent, **EVERYTHING))
    assert {name: run[name] for name in EVERYTHING} == EVERYTHING
    assert run["parentRunId"] == parent and run["id"].startswith("run_")


def test_a_run_needs_its_thread_and_its_parent(peer: Peer, thread: str) -> None:
    assert refused(peer, "run/create", threadId="nope")["kind"] == "thread_not_found"
    data = refused(peer, "run/create", threadId=thread, runId="r", parentRunId="nope")
    assert (data["kind"], data["id"]) == ("run_not_found", "nope")
    data = refused(peer, "run/create", threadId=thread, runId="r", parentRunId="r")
    assert (data["kind"], data["id"]) == ("run_not_found", "r")


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("inputTokens", {"inputTokens": -1}),
        ("outputTokens", {"outputTokens": 2**53}),
        ("outputTokens", {"outputTokens": 1.5}),
        ("origin", {"origin": ""}),
        ("origin", {"origin": "a\n"}),
        ("turnId", {"turnId": "no id"}),
        ("agentId", {"agentId": ""}),
        ("parentRunId", {"parentRunId": "-"}),
        ("error.code", {"error": {"message": "m"}}),
        ("error.more", {"error": {"code": "c", "message": "m", "more": 1}}),
        ("error", {"error": "text"}),
        ("status", {"status": "done"}),
    ],
)
def test_what_a_run_cannot_be_is_invalid(
    peer: Peer, thread: str, path: str, params: Record
) -> None:
    run_id = make_run(peer, thread)
    for method, known in (("run/create", {"threadId": thread}), ("run/update", {"runId": run_id})):
        data = refused(peer, method, **known, **params)
        assert (data["kind"], data["path"]) == ("invalid_params", path)


def test_an_update_changes_what_is_given_and_keeps_the_rest(peer: Peer, thread: str) -> None:
    run_id = make_run(peer, thread, **EVERYTHING)
    before = get_run(peer, run_id)
    seq = last_seq(peer)
    after = change(peer, run_id, model="m-2", status="in_progress")
    assert names_after(peer, seq) == ["run.updated"]
    assert after["model"] == "m-2"
    kept = set(before) - {"model", "status", "startedAtMs", "updatedAtMs"}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_null_clears_what_can_be_null_and_is_absent_to_the_rest(peer: Peer, thread: str) -> None:
    run_id = make_run(peer, thread, parentRunId=make_run(peer, thread), **EVERYTHING)
    cleared = {**CLEARED, "parentRunId": None}
    run = change(peer, run_id, **cleared, origin=None, inputTokens=None, outputTokens=None)
    assert {name: run[name] for name in cleared} == cleared
    assert run["origin"] == EVERYTHING["origin"] and run["inputTokens"] == 2**53 - 1


@pytest.mark.parametrize(
    "nothing", [{}, {"force": True}, {"status": None}, {"origin": None, "inputTokens": None}]
)
def test_nothing_to_update_is_invalid(peer: Peer, thread: str, nothing: Record) -> None:
    data = refused(peer, "run/update", runId=make_run(peer, thread), **nothing)
    assert (data["kind"], data["path"]) == ("invalid_params", "")


def test_the_same_again_is_no_event_and_no_change(peer: Peer, thread: str) -> None:
    run_id = make_run(peer, thread, **{**EVERYTHING, "metadata": {"a": 1, "b": 2}})
    before = get_run(peer, run_id)
    with without_trace(peer):
        same = {**EVERYTHING, "metadata": {"b": 2, "a": 1}}
        assert change(peer, run_id, status="queued", **same) == before
        assert change(peer, run_id, status="queued", force=True) == before


def test_a_run_may_get_another_parent_that_is_there_but_not_itself(peer: Peer, thread: str) -> None:
    run_id, parent = make_run(peer, thread), make_run(peer, thread)
    assert change(peer, run_id, parentRunId=parent)["parentRunId"] == parent
    assert kind_of(peer, "run/update", runId=run_id, parentRunId="nope") == "run_not_found"
    data = refused(peer, "run/update", runId=run_id, parentRunId=run_id)
    assert (data["kind"], data["path"]) == ("invalid_params", "parentRunId")


def test_a_parent_may_go_and_its_children_keep_its_id(peer: Peer, thread: str) -> None:
    parent = make_run(peer, thread)
    child = make_run(peer, thread, parentRunId=parent, runId="child")
    seq = last_seq(peer)
    peer.call("run/delete", runId=parent)
    assert events_after(peer, seq) == []
    assert change(peer, child, model="m", parentRunId=parent)["parentRunId"] == parent
    assert peer.call("run/list", parentRunId=parent)["data"] == [get_run(peer, child)]
    again = peer.call("run/create", threadId=thread, runId="child", parentRunId=parent)
    assert again["run"] == get_run(peer, child)


def test_a_created_run_is_answered_again_as_it_is_by_then(peer: Peer, thread: str) -> None:
    params = {"threadId": thread, "runId": "r", **EVERYTHING}
    peer.call("run/create", **params)
    change(peer, "r", status="completed", model="other")
    archive(peer, thread)
    with without_trace(peer):
        again = peer.call("run/create", **{**params, "status": "queued", "parentRunId": None})
    assert again["run"] == get_run(peer, "r")
    assert (again["run"]["status"], again["run"]["model"]) == ("completed", "other")


@pytest.mark.parametrize("name", [*EVERYTHING, "status", "parentRunId", "threadId"])
def test_a_run_created_again_with_other_content_is_a_mismatch(
    peer: Peer, thread: str, name: str
) -> None:
    other = make_thread(peer)
    params: Record = {"threadId": thread, "runId": "r"}
    peer.call("run/create", **params)
    values = {**EVERYTHING, "outputTokens": 1, "status": "in_progress", "threadId": other}
    # The content comes before the check whether the parent is there.
    params[name] = values.get(name, "nope")
    data = refused(peer, "run/create", **params)
    assert (data["kind"], data["id"]) == ("idempotency_mismatch", "r")


def test_writes_to_runs_move_their_thread_but_not_its_version(peer: Peer, thread: str) -> None:
    other = make_thread(peer)
    for write in (
        lambda: make_run(peer, thread, runId="r"),
        lambda: change(peer, "r", model="m"),
        lambda: peer.call("run/delete", runId="r"),
    ):
        before, unmoved = get_thread(peer, thread), get_thread(peer, other)
        write()
        after = get_thread(peer, thread)
        assert after["updatedAtMs"] > before["updatedAtMs"]
        assert {**after, "updatedAtMs": 0} == {**before, "updatedAtMs": 0}
        assert get_thread(peer, other) == unmoved


def test_an_archived_thread_takes_runs(peer: Peer, thread: str) -> None:
    archive(peer, thread)
    change(peer, make_run(peer, thread), status="in_progress")


@pytest.mark.parametrize("method", ["run/active", "run/latest"])
def test_there_may_be_no_run_but_there_must_be_a_thread(
    peer: Peer, thread: str, method: str
) -> None:
    make_run(peer, make_thread(peer))
    assert peer.call(method, threadId=thread) == {"run": None}
    assert kind_of(peer, method, threadId="nope") == "thread_not_found"


def test_the_latest_run_is_the_one_that_was_changed_last(peer: Peer, thread: str) -> None:
    first, second = make_run(peer, thread), make_run(peer, thread)
    assert peer.call("run/latest", threadId=thread)["run"]["id"] == second
    change(peer, first, status="completed")
    assert peer.call("run/latest", threadId=thread)["run"]["id"] == first
    assert peer.call("run/active", threadId=thread)["run"]["id"] == second


def test_the_active_run_is_the_newest_that_has_not_ended(peer: Peer, thread: str) -> None:
    made = [make_run(peer, thread) for _ in range(3)]
    change(peer, made[0], model="changed last")
    for run_id, next_id in ((made[2], made[1]), (made[1], made[0]), (made[0], None)):
        assert peer.call("run/active", threadId=thread)["run"]["id"] == run_id
        change(peer, run_id, status="expired")
        left = peer.call("run/active", threadId=thread)["run"]
        assert (left and left["id"]) == next_id


def test_at_one_moment_the_larger_id_is_the_latest_and_the_active(
    peer: Peer, daemon: DaemonThread, thread: str
) -> None:
    frozen = daemon.source.at_ms
    daemon.source.now_ms = lambda: frozen  # type: ignore[method-assign]  # time stands still
    for run_id in ("b", "c", "B"):
        make_run(peer, thread, runId=run_id)
    for method in ("run/latest", "run/active"):
        assert peer.call(method, threadId=thread)["run"]["id"] == "c"


def test_of_runs_made_at_one_moment_the_one_changed_last_is_active(
    peer: Peer, daemon: DaemonThread, thread: str
) -> None:
    now = daemon.source.at_ms
    daemon.source.now_ms = lambda: now  # type: ignore[method-assign]  # time stands still
    for run_id in ("a", "b"):
        make_run(peer, thread, runId=run_id)
    now += 1
    change(peer, "a", model="m")
    assert peer.call("run/active", threadId=thread)["run"]["id"] == "a"


def test_a_run_is_deleted_with_its_steps_and_its_id_is_free(peer: Peer, thread: str) -> None:
    run_id = make_run(peer, thread)
    step = peer.call("step/create", runId=run_id, type="tool_calls")["step"]
    assert peer.call("run/delete", runId=run_id) == {"deleted": True}
    assert kind_of(peer, "step/get", stepId=step["id"]) == "step_not_found"
    assert kind_of(peer, "step/list", runId=run_id) == "run_not_found"
    with without_trace(peer):
        assert peer.call("run/delete", runId=run_id) == {"deleted": False}
    make_run(peer, thread, runId=run_id, model="another")
    assert peer.call("step/list", runId=run_id)["data"] == []


def test_a_deleted_thread_takes_its_runs_and_steps_with_it(peer: Peer, thread: str) -> None:
    other = make_thread(peer)
    parent = make_run(peer, thread)
    child = make_run(peer, other, parentRunId=parent)
    step = peer.call("step/create", runId=parent, type="tool_calls")["step"]
    peer.call("thread/delete", threadId=thread)
    assert kind_of(peer, "run/get", runId=parent) == "run_not_found"
    assert kind_of(peer, "step/get", stepId=step["id"]) == "step_not_found"
    assert [run["id"] for run in peer.call("run/list")["data"]] == [child]
    assert get_run(peer, child)["parentRunId"] == parent
    assert peer.call("daemon/check", full=True) == {"ok": True, "findings": []}
