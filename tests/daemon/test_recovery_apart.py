"""Recovery among others: what it does to one turn or run it does to that one, each as it was."""

from pathlib import Path

import pytest

from sidecar.daemon.recovery import recover
from sidecar.store import recovery as store_recovery
from tests.store.crashes import (
    after_the_crash,
    all_events,
    before_the_crash,
    start_turn,
)
from tests.store.run_steps import run_of, step_of
from tests.store.support import number, opened, spoil
from tests.support import Peer

THREADS = ("one", "two", "three")
REOPEN = "UPDATE items SET status = 'in_progress', ended_at_ms = NULL WHERE id LIKE '%_open'"


def promote_steers(peer: Peer, thread: str, *prompts: str) -> None:
    """Start a turn of a thread that has taken in so many steers."""
    start_turn(peer, thread, f"{thread}_turn")
    for prompt in prompts:
        peer.call(
            "sessionInput/admit",
            threadId=thread,
            inputId=f"{thread}_{prompt}",
            prompt=prompt,
            delivery="steer",
        )
    peer.call("sessionInput/promote", threadId=thread, scope="steer")


def test_each_turn_is_reported_with_its_own_items_and_inputs(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        for thread in THREADS:
            promote_steers(peer, thread, "a", "b")
            for step in ("first", "second"):
                peer.call(
                    "item/create",
                    turnId=f"{thread}_turn",
                    itemId=f"{thread}_{step}",
                    kind="tool_call",
                )
    with after_the_crash(folder) as peer:
        assert peer.call("daemon/recovery")["turns"] == [
            {
                "turnId": f"{thread}_turn",
                "threadId": thread,
                "from": "in_progress",
                "itemIds": [f"{thread}_first", f"{thread}_second"],
                "inputIds": [f"{thread}_a", f"{thread}_b"],
            }
            for thread in THREADS
        ]


def test_what_one_turn_has_begun_to_answer_keeps_no_other_from_its_requeue(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        for thread in THREADS:
            promote_steers(peer, thread, "a", "b")
        peer.call("item/create", turnId="two_turn", kind="agent_message")
    with after_the_crash(folder, "requeue") as peer:
        again = {
            thread: peer.call("sessionInput/list", threadId=thread)["data"] for thread in THREADS
        }
        assert {
            thread: [each["requeuedFromInputId"] for each in found]
            for thread, found in again.items()
        } == {"one": ["one_a", "one_b"], "two": [], "three": ["three_a", "three_b"]}
        report = peer.call("daemon/recovery")
        assert report["requeuedInputIds"] == [
            each["id"] for thread in THREADS for each in again[thread]
        ]
        assert report["pendingInputCount"] == 4


def test_each_ended_turn_with_an_open_item_is_told_once_in_its_order(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        for thread in THREADS:
            start_turn(peer, thread, f"{thread}_turn")
            for name in ("x_open", "y_open"):
                peer.call(
                    "item/create", turnId=f"{thread}_turn", itemId=f"{thread}_{name}", kind="error"
                )
        # They end in another order than they began.
        for thread in reversed(THREADS):
            peer.call("turn/complete", turnId=f"{thread}_turn")
    spoil(folder / "sidecar.db", REOPEN)
    with after_the_crash(folder) as peer:
        turns = peer.call("daemon/recovery")["turns"]
        assert [(each["threadId"], each["itemIds"]) for each in turns] == [
            (thread, [f"{thread}_x_open", f"{thread}_y_open"]) for thread in THREADS
        ]


def test_what_is_mended_is_told_under_its_own_thread(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        for thread in THREADS[:2]:
            start_turn(peer, thread, f"{thread}_turn")
            peer.call(
                "item/create", turnId=f"{thread}_turn", itemId=f"{thread}_item", kind="tool_call"
            )
            peer.call("run/create", threadId=thread, runId=f"{thread}_run", status="in_progress")
            peer.call(
                "step/create", runId=f"{thread}_run", stepId=f"{thread}_step", type="tool_calls"
            )
        known = len(all_events(peer))
    with after_the_crash(folder) as peer:
        told = all_events(peer)[known:-1]
        assert [(event["threadId"], event["event"]) for event in told] == [
            ("one", "item.completed"),
            ("one", "turn.completed"),
            ("two", "item.completed"),
            ("two", "turn.completed"),
            ("one", "step.updated"),
            ("one", "run.updated"),
            ("two", "step.updated"),
            ("two", "run.updated"),
        ]


def test_a_run_ends_with_its_own_last_word_and_not_with_another_runs(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        peer.call("thread/create", threadId="thr")
        for run_id in ("first", "last"):
            peer.call("run/create", threadId="thr", runId=run_id, status="in_progress")
            peer.call("step/create", runId=run_id, stepId=f"{run_id}_step", type="tool_calls")
        before = {each: run_of(peer, each)["updatedAtMs"] for each in ("first", "last")}
    with after_the_crash(folder) as peer:
        for run_id in ("first", "last"):
            ended_at_ms = run_of(peer, run_id)["endedAtMs"]
            assert step_of(peer, f"{run_id}_step")["failedAtMs"] == ended_at_ms
            assert ended_at_ms >= before[run_id]
        assert run_of(peer, "first")["endedAtMs"] < before["last"]


def test_a_queued_turn_that_cannot_be_read_is_closed_as_any_other(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "one", "broken", "queued")
        start_turn(peer, "two", "whole", "queued")
    path = folder / "sidecar.db"
    spoil(path, "UPDATE turns SET metadata = '{' WHERE id = 'broken'")
    with opened(path) as database:
        report = recover(database, "interrupt")
        assert [(each.table, each.key, each.reason) for each in report.quarantined] == [
            ("turns", "broken", "unreadable; closed without an event")
        ]
    closed = "SELECT count(*) FROM turns WHERE status = 'interrupted' AND recovered = 1"
    assert number(path, closed) == 2


def test_an_input_that_cannot_be_read_is_told_as_not_requeued(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        promote_steers(peer, "one", "a")
    path = folder / "sidecar.db"
    spoil(path, "UPDATE session_inputs SET request = '{'")
    with opened(path) as database:
        (broken,) = recover(database, "requeue").quarantined
        assert broken.reason == "unreadable; not requeued"


@pytest.mark.parametrize("back_ms", [1, 3_600_000])
def test_a_clock_that_is_set_back_meanwhile_takes_no_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch, back_ms: int
) -> None:
    with opened(folder / "sidecar.db") as database:
        moments = iter([1_000_000_000_000, 1_000_000_000_000 - back_ms])
        monkeypatch.setattr(database.source, "now_ms", lambda: next(moments))
        assert recover(database, "interrupt").took_ms == 0


def test_a_recovery_that_fails_can_be_tried_again_by_the_same_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "one", "turn")
    with opened(folder / "sidecar.db") as database:
        with monkeypatch.context() as patch:
            patch.setattr(store_recovery, "pending_count", lambda _db: 1 // 0)
            with pytest.raises(ZeroDivisionError):
                recover(database, "interrupt")
        assert [each.turn_id for each in recover(database, "interrupt").turns] == ["turn"]


def test_a_turn_that_is_lost_twice_is_requeued_once(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        promote_steers(peer, "one", "a", "b")
    path = folder / "sidecar.db"
    again = "UPDATE turns SET status = 'in_progress', ended_at_ms = NULL, error_kind = NULL, {}"
    for expected in (2, 0):
        with opened(path) as database:
            assert len(recover(database, "requeue").requeued_input_ids) == expected
        spoil(path, again.format("error_message = NULL, recovered = 0"))
    with opened(path) as database:
        recover(database, "interrupt")
