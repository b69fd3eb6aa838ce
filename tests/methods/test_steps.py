"""Steps: in the order of their creation, with their stamps, until their run goes."""

from typing import Any

import pytest

from tests.methods.steps import (
    Record,
    flat,
    get_thread,
    ids_of,
    kind_of,
    make_thread,
    pages,
    refused,
    without_trace,
)
from tests.support import Peer


@pytest.fixture
def run(peer: Peer) -> str:
    thread = make_thread(peer, threadId="t")
    run_id: str = peer.call("run/create", threadId=thread, runId="r")["run"]["id"]
    return run_id


def make_step(peer: Peer, run_id: str, **params: Any) -> str:
    given = {"type": "tool_calls", **params}
    step_id: str = peer.call("step/create", runId=run_id, **given)["step"]["id"]
    return step_id


def get_step(peer: Peer, step_id: str) -> Record:
    step: Record = peer.call("step/get", stepId=step_id)["step"]
    return step


def test_every_field_of_a_step_is_present_and_absent_is_null(peer: Peer, run: str) -> None:
    step = peer.call("step/create", runId=run, stepId="s", type="message_creation")["step"]
    assert step == {
        "id": "s", "runId": "r", "threadId": "t", "type": "message_creation",
        "status": "in_progress", "details": None, "error": None,
        "createdAtMs": step["createdAtMs"], "completedAtMs": None, "failedAtMs": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("type", {}),
        ("type", {"type": "thought"}),
        ("status", {"type": "tool_calls", "status": "queued"}),
        ("stepId", {"type": "tool_calls", "stepId": "no id"}),
    ],
)
def test_what_a_step_cannot_be_is_invalid(peer: Peer, run: str, path: str, params: Record) -> None:
    data = refused(peer, "step/create", runId=run, **params)
    assert (data["kind"], data["path"]) == ("invalid_params", path)


def test_a_step_needs_its_run(peer: Peer, run: str) -> None:
    assert kind_of(peer, "step/create", runId="nope", type="tool_calls") == "run_not_found"
    assert kind_of(peer, "step/list", runId="nope") == "run_not_found"
    assert kind_of(peer, "step/get", stepId=run) == "step_not_found"


def test_an_update_changes_what_is_given_and_keeps_the_rest(peer: Peer, run: str) -> None:
    step_id = make_step(peer, run, details={"calls": [1]})
    error = {"code": "timeout", "message": "too late"}
    peer.call("step/update", stepId=step_id, error=error)
    step = peer.call("step/update", stepId=step_id, status="failed")["step"]
    assert (step["details"], step["error"]) == ({"calls": [1]}, error)
    assert step["failedAtMs"] is not None and step["completedAtMs"] is None
    step = peer.call("step/update", stepId=step_id, details=None, error=None)["step"]
    assert (step["details"], step["error"], step["status"]) == (None, None, "failed")


def test_nothing_to_update_is_invalid_and_the_same_is_no_event(peer: Peer, run: str) -> None:
    step_id = make_step(peer, run, details={"a": 1, "b": 2})
    for nothing in ({}, {"status": None}):
        assert kind_of(peer, "step/update", stepId=step_id, **nothing) == "invalid_params"
    with without_trace(peer):
        same = {"status": "in_progress", "details": {"b": 2, "a": 1}, "error": None}
        peer.call("step/update", stepId=step_id, **same)
    data = refused(peer, "step/update", stepId=step_id, error={"code": 1, "message": "m"})
    assert (data["kind"], data["path"]) == ("invalid_params", "error.code")


def test_a_created_step_is_answered_again_as_it_is_by_then(peer: Peer, run: str) -> None:
    params = {"runId": run, "stepId": "s", "type": "tool_calls", "details": {"a": 1, "b": 2}}
    peer.call("step/create", **params)
    step = peer.call("step/update", stepId="s", status="completed", details=[])["step"]
    peer.call("run/update", runId=run, status="completed")
    with without_trace(peer):
        again = peer.call("step/create", **{**params, "details": {"b": 2, "a": 1}})
    assert again["step"] == step
    others: list[Record] = [{"type": "message_creation"}, {"status": "failed"}, {"details": None}]
    for other in others:
        data = refused(peer, "step/create", **{**params, **other})
        assert (data["kind"], data["id"]) == ("idempotency_mismatch", "s")


def test_the_step_id_of_another_run_is_a_mismatch(peer: Peer, run: str) -> None:
    make_step(peer, run, stepId="s")
    other = peer.call("run/create", threadId="t")["run"]["id"]
    params = {"runId": other, "stepId": "s", "type": "tool_calls"}
    assert kind_of(peer, "step/create", **params) == "idempotency_mismatch"


def test_steps_are_listed_as_they_were_made_over_pages(peer: Peer, run: str) -> None:
    other = peer.call("run/create", threadId="t")["run"]["id"]
    made = []
    for name in ("z", "a", "m", "b", "c"):
        made.append(make_step(peer, run, stepId=name))
        make_step(peer, other)
    found = pages(peer, "step/list", 2, runId=run)
    assert [len(page) for page in found] == [2, 2, 1]
    assert ids_of(flat(found)) == made
    assert flat(found)[0] == get_step(peer, "z")


def test_pages_are_stable_while_steps_are_added(peer: Peer, run: str) -> None:
    made = [make_step(peer, run) for _ in range(3)]
    first = peer.call("step/list", runId=run, limit=2)
    made.append(make_step(peer, run))
    second = peer.call("step/list", runId=run, cursor=first["nextCursor"])
    assert ids_of(first["data"] + second["data"]) == made and second["nextCursor"] is None


def test_steps_move_neither_their_run_nor_its_thread(peer: Peer, run: str) -> None:
    before = peer.call("run/get", runId=run), get_thread(peer, "t")
    step_id = make_step(peer, run)
    peer.call("step/update", stepId=step_id, status="completed")
    assert (peer.call("run/get", runId=run), get_thread(peer, "t")) == before
