"""Recovery of runs, sentence by sentence: what becomes of those that nobody works on any more."""

from pathlib import Path
from typing import Any

import pytest

from sidecar.daemon.recovery import recover
from tests.store.crashes import after_the_crash, all_events, before_the_crash
from tests.store.run_steps import RUN_ENDS, RUN_STATES, RunState, make_run, run_of, step_of
from tests.store.steps import THREAD
from tests.store.support import number, opened, spoil
from tests.support import DaemonProcess, Peer

LOST = {"in_progress": "failed", "cancelling": "cancelled"}
OPEN = "SELECT count(*) FROM runs WHERE status IN ('in_progress', 'cancelling')"

each_state = pytest.mark.parametrize("state", RUN_STATES, ids=str)


def start_run(peer: Peer, run_id: str, status: str = "in_progress") -> None:
    peer.call("thread/create", threadId=THREAD)
    peer.call("run/create", threadId=THREAD, runId=run_id, status="in_progress")
    if status != "in_progress":
        peer.call("run/update", runId=run_id, status=status)


@each_state
def test_a_run_is_ended_or_left_as_its_status_says(folder: Path, state: RunState) -> None:
    with before_the_crash(folder) as peer:
        make_run(peer, state)
        before, known = run_of(peer), all_events(peer)
    with after_the_crash(folder) as peer:
        after = run_of(peer)
        report = peer.call("daemon/recovery")
        if state.status not in LOST:
            assert after == before and report["runIds"] == []
            assert all_events(peer) == known
            return
        assert report["runIds"] == [before["id"]]
        assert after["status"] == LOST[state.status]
        assert after["endedAtMs"] == before["updatedAtMs"] < after["updatedAtMs"]
        if state.status == "in_progress":
            assert after["error"]["code"] == "process_restart"
        changed = ("status", "endedAtMs", "updatedAtMs", "error")
        assert {**after, **{name: before[name] for name in changed}} == before
        updated, completed = all_events(peer)[len(known) :]
        assert (updated["event"], updated["payload"]) == ("run.updated", {"run": after})
        assert (updated["threadId"], updated["source"]) == (THREAD, "daemon")
        assert (completed["event"], completed["payload"]) == ("recovery.completed", report)


def test_a_cancelled_run_keeps_the_error_that_it_had(folder: Path) -> None:
    error = {"code": "mine", "message": "m"}
    with before_the_crash(folder) as peer:
        start_run(peer, "run")
        peer.call("run/update", runId="run", status="cancelling", error=error)
    with after_the_crash(folder) as peer:
        assert run_of(peer)["error"] == error


def test_a_run_ended_when_a_step_of_it_was_last_written(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_run(peer, "run")
        for step_id in ("open", "done"):
            peer.call("step/create", runId="run", stepId=step_id, type="tool_calls")
        done = peer.call("step/update", stepId="done", status="completed")["step"]
    with after_the_crash(folder) as peer:
        assert run_of(peer)["endedAtMs"] == done["completedAtMs"]
        assert step_of(peer, "open")["failedAtMs"] == done["completedAtMs"]
        assert step_of(peer, "done") == done


def test_a_step_that_was_only_changed_counts_too(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_run(peer, "run")
        peer.call("step/create", runId="run", stepId="step", type="tool_calls")
        peer.call("step/update", stepId="step", details={"a": 1})
        last = all_events(peer)[-1]
    with after_the_crash(folder) as peer:
        assert run_of(peer)["endedAtMs"] == step_of(peer)["failedAtMs"] == last["atMs"]


@pytest.mark.parametrize("status", LOST)
def test_open_steps_end_before_their_run_and_as_it_does(folder: Path, status: str) -> None:
    with before_the_crash(folder) as peer:
        start_run(peer, "run", status)
        for each in ("in_progress", *RUN_ENDS):
            peer.call("step/create", runId="run", stepId=each, type="tool_calls", status=each)
        before = peer.call("step/list", runId="run")["data"]
        known = len(all_events(peer))
    with after_the_crash(folder) as peer:
        (mended, *others) = peer.call("step/list", runId="run")["data"]
        assert others == before[1:]
        assert mended["status"] == LOST[status]
        is_failed = status == "in_progress"
        assert (mended["failedAtMs"] is not None) == is_failed
        assert (mended["error"] is not None) == is_failed
        events = all_events(peer)[known:]
        names = [event["event"] for event in events]
        assert names == ["step.updated", "run.updated", "recovery.completed"]
        assert events[0]["payload"] == {"step": mended}


@pytest.mark.parametrize("status", ["queued", "requires_action", "completed"])
def test_steps_of_runs_that_stay_as_they_are_stay_too(folder: Path, status: str) -> None:
    with before_the_crash(folder) as peer:
        make_run(peer, RunState(status, has_started=False))
        peer.call("step/create", runId="run", stepId="step", type="tool_calls")
        before = step_of(peer)
    with after_the_crash(folder) as peer:
        assert step_of(peer) == before


def test_runs_come_after_turns_and_in_the_order_they_were_made(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        for run_id in ("b", "a", "c"):
            start_run(peer, run_id, "cancelling" if run_id == "a" else "in_progress")
        peer.call("turn/start", threadId=THREAD, turnId="turn")
        known = len(all_events(peer))
    with after_the_crash(folder) as peer:
        names = [event["event"] for event in all_events(peer)[known:]]
        assert names == ["turn.completed", *["run.updated"] * 3, "recovery.completed"]
        report = peer.call("daemon/recovery")
        assert report["runIds"] == ["b", "a", "c"]
        assert [each["turnId"] for each in report["turns"]] == ["turn"]


def test_a_threads_time_of_change_does_not_move(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_run(peer, "run")
        before = peer.call("thread/get", threadId=THREAD)
    with after_the_crash(folder) as peer:
        assert peer.call("thread/get", threadId=THREAD) == before
        assert peer.call("run/active", threadId=THREAD) == {"run": None}


def test_running_it_twice_changes_nothing(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_run(peer, "run")
        peer.call("step/create", runId="run", stepId="step", type="tool_calls")
    seen: list[tuple[Any, ...]] = []
    for _ in range(2):
        with after_the_crash(folder) as peer:
            seen.append((all_events(peer), run_of(peer), step_of(peer)))
            run_ids = peer.call("daemon/recovery")["runIds"]
    assert seen[0] == seen[1] and run_ids == []


BROKEN = [
    ("runs", "run", "metadata = '{'"),
    ("runs", "run", "model = CAST(x'ff' AS TEXT)"),
    ("runs", "run", "input_tokens = -1"),
    ("steps", "step", "details = '{'"),
    ("steps", "step", "details = CAST(x'ff' AS TEXT)"),
    ("steps", "step", "type = 'dance'"),
]


@pytest.mark.parametrize(("table", "key", "change"), BROKEN)
@pytest.mark.parametrize("status", LOST)
def test_a_broken_record_is_quarantined_and_the_rest_is_mended(
    folder: Path, table: str, key: str, change: str, status: str
) -> None:
    with before_the_crash(folder) as peer:
        start_run(peer, "run", status)
        peer.call("step/create", runId="run", stepId="step", type="tool_calls")
        start_run(peer, "good", status)
    path = folder / "sidecar.db"
    spoil(path, f"UPDATE {table} SET {change} WHERE id = '{key}'")
    with opened(path) as database:
        report = recover(database, "interrupt")
        assert [each.table for each in report.quarantined] == [table]
        assert "x'ff'" in change or report.quarantined[0].key == key
        assert report.run_ids == ["run", "good"]
        again = recover(database, "interrupt")
        assert (again.run_ids, again.quarantined) == ([], [])
    assert number(path, OPEN) == 0
    assert number(path, "SELECT count(*) FROM steps WHERE status = 'in_progress'") == 0
    assert number(path, f"SELECT count(*) FROM {table} WHERE id = '{key}'") == 1
    assert number(path, "SELECT count(*) FROM runs WHERE ended_at_ms IS NULL") == 0
    updated = "SELECT count(*) FROM events WHERE event = '{}.updated' AND payload LIKE '%{}%'"
    assert number(path, updated.format("run", '"id":"good"')) >= 1


@pytest.mark.parametrize("table", ["runs", "steps"])
def test_half_an_error_is_quarantined_where_no_other_takes_its_place(
    folder: Path, table: str
) -> None:
    with before_the_crash(folder) as peer:
        start_run(peer, "run", "cancelling")
        peer.call("step/create", runId="run", stepId="step", type="tool_calls")
    path = folder / "sidecar.db"
    spoil(path, f"UPDATE {table} SET error_code = 'c'")
    with opened(path) as database:
        report = recover(database, "interrupt")
        assert [each.table for each in report.quarantined] == [table]
    assert number(path, OPEN) == 0


@pytest.mark.parametrize("table", ["runs", "steps"])
def test_an_id_that_is_no_text_is_no_reason_not_to_start(folder: Path, table: str) -> None:
    with before_the_crash(folder) as peer:
        start_run(peer, "run")
        peer.call("step/create", runId="run", stepId="step", type="tool_calls")
        start_run(peer, "good")
    path = folder / "sidecar.db"
    spoil(path, f"UPDATE {table} SET id = CAST(x'72ff' AS TEXT) WHERE id IN ('run', 'step')")
    with opened(path) as database:
        report = recover(database, "interrupt")
        # A step shows the id of its run.
        broken = ["steps", "runs"] if table == "runs" else ["steps"]
        assert [each.table for each in report.quarantined] == broken
        named = "run" if table == "steps" else "r\\xff"
        assert report.run_ids == [named, "good"]
    assert number(path, OPEN) == 0


def test_a_killed_process_is_mended_by_the_next(folder: Path) -> None:
    with DaemonProcess(folder) as first, first.peer() as peer:
        for status in ("queued", "in_progress", "requires_action", "cancelling"):
            start_run(peer, status, "in_progress" if status == "queued" else status)
        peer.call("run/update", runId="queued", status="queued", force=True)
        first.kill()
    with DaemonProcess(folder) as second, second.peer() as peer:
        assert peer.call("daemon/recovery")["runIds"] == ["in_progress", "cancelling"]
        found = {run["id"]: run["status"] for run in peer.call("run/list")["data"]}
        assert found == {
            "queued": "queued",
            "in_progress": "failed",
            "requires_action": "requires_action",
            "cancelling": "cancelled",
        }
        assert peer.call("daemon/check", full=True)["ok"]
