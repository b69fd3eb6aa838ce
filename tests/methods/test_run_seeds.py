"""What the stores that runs come from promise about them, promised here as well, each below.

| store     | what it holds about runs and steps                              |
|-----------|-----------------------------------------------------------------|
| oxillama  | a created run is read back                                      |
| oxillama  | update replaces the status and, when given, the error           |
| oxillama  | a run in a terminal status refuses an update                    |
| oxillama  | a forced update passes a terminal status                        |
| oxillama  | get, update of an unknown run, steps of one: not found          |
| oxillama  | steps are listed as they were created                           |
| oxillama  | a completed step stamps completed_at, a failed one failed_at    |
| oxillama  | the worker's life: run, step, details, both completed           |
| oxillama  | creating a run twice overwrites it (a fault)                    |
| tirea     | running → waiting → running → done, same → same allowed         |
| tirea     | the active run is the newest that is not done                   |
| tirea     | lists: inclusive ranges, filters, limit clamped to 1..200       |
| tirea     | deleting an unknown run is silent                               |
| tirea     | termination code and detail, tokens, source entry are kept      |
| tirea     | deleting a thread leaves its runs (a fault)                     |
| awaken    | creating a run twice: already exists                            |
| awaken    | the latest run is the one changed last                          |
| awaken    | created runs are open; done is final                            |
| awaken    | a list of another thread's runs is empty                        |
"""

from typing import Any

import pytest

from tests.methods.steps import Record, ids_of, kind_of, make_thread, pages, refused
from tests.support import Peer

ENDS = ["completed", "failed", "cancelled", "expired"]
ERROR = {"code": "server_error", "message": "it broke"}


@pytest.fixture
def thread(peer: Peer) -> str:
    return make_thread(peer, threadId="thread_1")


def create(peer: Peer, thread: str, **params: Any) -> Record:
    run: Record = peer.call("run/create", threadId=thread, **params)["run"]
    return run


def update(peer: Peer, run_id: str, **params: Any) -> Record:
    run: Record = peer.call("run/update", runId=run_id, **params)["run"]
    return run


def test_a_run_is_read_back(peer: Peer, thread: str) -> None:
    run = create(peer, thread, model="llama", agentId="a")
    assert peer.call("run/get", runId=run["id"]) == {"run": run}


def test_an_update_replaces_the_error(peer: Peer, thread: str) -> None:
    run_id = create(peer, thread)["id"]
    assert update(peer, run_id, status="in_progress")["error"] is None
    assert update(peer, run_id, status="failed", error=ERROR)["error"] == ERROR
    other = {"code": "worker_dead", "message": "gone"}
    assert update(peer, run_id, error=other)["error"] == other
    assert update(peer, run_id, error=None)["error"] is None


@pytest.mark.parametrize("end", ENDS)
def test_a_terminal_run_refuses_an_update_unless_it_is_forced(
    peer: Peer, thread: str, end: str
) -> None:
    run_id = create(peer, thread, status="in_progress")["id"]
    ended = update(peer, run_id, status=end)
    data = refused(peer, "run/update", runId=run_id, status="in_progress")
    assert (data["kind"], data["from"], data["legal"]) == ("illegal_transition", end, [])
    again = update(peer, run_id, status="in_progress", force=True)
    assert (again["status"], again["endedAtMs"]) == ("in_progress", None)
    assert again["startedAtMs"] == ended["startedAtMs"]
    assert update(peer, run_id, status=end)["endedAtMs"] > ended["endedAtMs"]


def test_what_is_not_there_is_not_found(peer: Peer, thread: str) -> None:
    assert thread
    assert kind_of(peer, "run/get", runId="run_x") == "run_not_found"
    assert kind_of(peer, "run/update", runId="run_x", status="failed") == "run_not_found"
    assert kind_of(peer, "step/create", runId="run_x", type="tool_calls") == "run_not_found"
    assert kind_of(peer, "step/list", runId="run_x") == "run_not_found"
    assert kind_of(peer, "step/get", stepId="step_x") == "step_not_found"
    assert kind_of(peer, "step/update", stepId="step_x", status="failed") == "step_not_found"


def test_the_life_that_a_worker_gives_a_run(peer: Peer, thread: str) -> None:
    run_id = create(peer, thread, model="llama")["id"]
    update(peer, run_id, status="in_progress")
    step = peer.call("step/create", runId=run_id, type="message_creation")["step"]
    details = {"message_id": "msg_1"}
    step = peer.call("step/update", stepId=step["id"], status="completed", details=details)["step"]
    run = update(peer, run_id, status="completed", inputTokens=12, outputTokens=34)
    assert step["details"] == details and step["completedAtMs"] is not None
    assert run["startedAtMs"] < step["createdAtMs"] < step["completedAtMs"] < run["endedAtMs"]
    assert (run["inputTokens"], run["outputTokens"]) == (12, 34)
    assert peer.call("step/list", runId=run_id)["data"] == [step]


@pytest.mark.parametrize(
    ("end", "stamped"), [("completed", "completedAtMs"), ("failed", "failedAtMs")]
)
def test_a_step_is_stamped_with_its_end(peer: Peer, thread: str, end: str, stamped: str) -> None:
    run_id = create(peer, thread)["id"]
    step_id = peer.call("step/create", runId=run_id, type="tool_calls")["step"]["id"]
    step = peer.call("step/update", stepId=step_id, status=end, error=ERROR)["step"]
    stamps = {name: step[name] is not None for name in ("completedAtMs", "failedAtMs")}
    assert stamps == {name: name == stamped for name in stamps}


def test_a_run_is_never_overwritten_by_another_of_its_id(peer: Peer, thread: str) -> None:
    run = create(peer, thread, runId="run_1", model="first")
    params = {"threadId": thread, "runId": "run_1", "model": "second"}
    assert kind_of(peer, "run/create", **params) == "idempotency_mismatch"
    assert peer.call("run/get", runId="run_1") == {"run": run}


def test_a_run_may_wait_and_go_on_as_often_as_it_wants(peer: Peer, thread: str) -> None:
    run_id = create(peer, thread, status="in_progress")["id"]
    started = peer.call("run/get", runId=run_id)["run"]["startedAtMs"]
    for status in ("requires_action", "requires_action", "in_progress", "in_progress") * 2:
        run = update(peer, run_id, status=status)
        assert (run["status"], run["startedAtMs"]) == (status, started)
    run = update(peer, run_id, status="completed", terminationCode="natural")
    assert (run["terminationCode"], run["terminationDetail"]) == ("natural", None)


def test_the_active_run_and_the_latest(peer: Peer, thread: str) -> None:
    old, new = (create(peer, thread, runId=each)["id"] for each in ("run_old", "run_new"))
    assert peer.call("run/active", threadId=thread)["run"]["id"] == new
    update(peer, new, status="completed")
    assert peer.call("run/active", threadId=thread)["run"]["id"] == old
    assert peer.call("run/latest", threadId=thread)["run"]["id"] == new
    update(peer, old, status="failed")
    assert peer.call("run/active", threadId=thread) == {"run": None}
    assert peer.call("run/latest", threadId=thread)["run"]["id"] == old


def test_ranges_are_inclusive_and_limits_are_clamped(peer: Peer, thread: str) -> None:
    made = [create(peer, thread) for _ in range(4)]
    bounds = {"createdFromMs": made[1]["createdAtMs"], "createdToMs": made[2]["createdAtMs"]}
    found = peer.call("run/list", threadId=thread, **bounds)["data"]
    assert ids_of(found) == [made[2]["id"], made[1]["id"]]
    assert [len(page) for page in pages(peer, "run/list", 0)] == [1, 1, 1, 1]
    assert len(peer.call("run/list", limit=10**6)["data"]) == 4


def test_a_list_holds_nothing_of_another_thread(peer: Peer, thread: str) -> None:
    create(peer, thread)
    assert peer.call("run/list", threadId=make_thread(peer))["data"] == []


def test_nothing_is_left_of_a_deleted_thread(peer: Peer, thread: str) -> None:
    run_id = create(peer, thread)["id"]
    peer.call("thread/delete", threadId=thread)
    make_thread(peer, threadId=thread)
    assert peer.call("run/list")["data"] == []
    assert peer.call("run/latest", threadId=thread) == {"run": None}
    assert peer.call("run/delete", runId=run_id) == {"deleted": False}


def test_how_a_run_ended_is_kept_as_it_was_said(peer: Peer, thread: str) -> None:
    said = {
        "terminationCode": "stopped:max_rounds_reached",
        "terminationDetail": "after 10",
        "sourceMailboxEntryId": "entry_1",
        "inputTokens": 100,
        "outputTokens": 20,
    }
    run_id = create(peer, thread, status="in_progress")["id"]
    update(peer, run_id, status="completed", **said)
    run = peer.call("run/get", runId=run_id)["run"]
    assert {name: run[name] for name in said} == said
    found = peer.call("run/list", terminationCode="stopped:max_rounds_reached")["data"]
    assert found == [run]
