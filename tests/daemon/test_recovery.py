"""Recovery, sentence by sentence: what a daemon makes of what the last one left open."""

from pathlib import Path

import pytest

from sidecar.daemon.recovery import recover
from sidecar.model.recovery import RecoverMode, RecoveryReport
from sidecar.store import recovery as store_recovery
from sidecar.store.database import Database
from tests.store.crashes import (
    after_the_crash,
    all_events,
    before_the_crash,
    open_records,
    pending,
    promote,
    start_turn,
    turn_of,
)
from tests.store.support import count, number, opened, spoil
from tests.support import DaemonProcess, DaemonThread, FakeSource

ENDS = ["completed", "failed", "interrupted", "cancelled"]
PROSE = ["agent_message", "reasoning", "tool_call", "error"]


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_an_open_turn_is_interrupted_by_the_restart(folder: Path, status: str) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "thr", "turn", status)
    with after_the_crash(folder) as peer:
        turn = turn_of(peer, "turn")
        assert (turn["status"], turn["recovered"]) == ("interrupted", True)
        assert turn["error"]["kind"] == "process_restart"
        assert peer.call("turn/incomplete")["data"] == []
        assert peer.call("thread/get", threadId="thr")["thread"]["activeTurnId"] is None
        peer.call("turn/start", threadId="thr")


def test_a_turn_ended_with_its_last_event_not_with_the_restart(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "thr", "turn")
        item = peer.call("item/create", turnId="turn", kind="tool_call")["item"]
    with after_the_crash(folder) as peer:
        turn = turn_of(peer, "turn")
        assert turn["endedAtMs"] == item["startedAtMs"]
        assert turn["durationMs"] == turn["endedAtMs"] - turn["startedAtMs"] > 0


def test_a_clients_event_counts_as_the_last(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "thr", "turn")
        peer.call("item/create", turnId="turn", itemId="item", kind="tool_call")
        event = peer.call("event/append", threadId="thr", turnId="turn", event="note")["event"]
        peer.call("event/append", threadId="thr", event="of.no.turn")
    with after_the_crash(folder) as peer:
        assert turn_of(peer, "turn")["endedAtMs"] == event["atMs"]
        item = peer.call("item/get", itemId="item")["item"]
        assert item["endedAtMs"] == event["atMs"]


def test_a_turn_that_never_started_has_no_duration(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "thr", "turn", "queued")
    with after_the_crash(folder) as peer:
        turn = turn_of(peer, "turn")
        assert (turn["startedAtMs"], turn["durationMs"]) == (None, None)
        assert turn["endedAtMs"] is not None


def test_the_open_items_of_an_open_turn_are_closed_and_others_stay(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "thr", "turn")
        for status in ["queued", "in_progress", *ENDS]:
            peer.call("item/create", turnId="turn", itemId=status, kind="reasoning", status=status)
        before = peer.call("turn/get", turnId="turn")["items"]
    with after_the_crash(folder) as peer:
        after = peer.call("turn/get", turnId="turn")["items"]
        expected = ["completed", "interrupted", "interrupted", *ENDS]
        assert [item["status"] for item in after] == expected
        assert [after[0], *after[3:]] == [before[0], *before[3:]]
        assert peer.call("daemon/recovery")["turns"][0]["itemIds"] == ["queued", "in_progress"]


@pytest.mark.parametrize("end", ENDS)
def test_the_open_items_of_an_ended_turn_are_closed(folder: Path, end: str) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "thr", "turn")
        peer.call("item/create", turnId="turn", itemId="item", kind="tool_call")
        before = peer.call("turn/complete", turnId="turn", status=end)["turn"]
    reopen = "UPDATE items SET status = 'in_progress', ended_at_ms = NULL WHERE id = 'item'"
    spoil(folder / "sidecar.db", reopen)
    with after_the_crash(folder) as peer:
        assert turn_of(peer, "turn") == before
        item = peer.call("item/get", itemId="item")["item"]
        assert item["status"] == (end if end in ("failed", "cancelled") else "interrupted")
        assert item["endedAtMs"] == before["endedAtMs"]
        (found,) = peer.call("daemon/recovery")["turns"]
        assert (found["from"], found["itemIds"]) == (end, ["item"])
        names = [event["event"] for event in all_events(peer)]
        assert names[-2:] == ["item.completed", "recovery.completed"]


def test_items_end_before_their_turn_and_the_report_comes_last(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "one", "turn_1")
        start_turn(peer, "two", "turn_2", "queued")
        for turn in ("turn_2", "turn_1", "turn_1"):
            peer.call("item/create", turnId=turn, kind="tool_call")
        known = len(all_events(peer))
    with after_the_crash(folder) as peer:
        events = all_events(peer)[known:]
        assert [(event["turnId"], event["event"]) for event in events] == [
            ("turn_1", "item.completed"),
            ("turn_1", "item.completed"),
            ("turn_1", "turn.completed"),
            ("turn_2", "item.completed"),
            ("turn_2", "turn.completed"),
            (None, "recovery.completed"),
        ]
        assert events[2]["payload"] == {"turn": turn_of(peer, "turn_1")}
        assert {event["source"] for event in events} == {"daemon"}
        assert (events[-1]["threadId"], events[-1]["itemId"]) == (None, None)
        assert events[-1]["payload"] == peer.call("daemon/recovery")


def test_the_report_tells_everything(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        promote(peer, "inp_1", "inp_2")
        peer.call("item/create", turnId="turn", itemId="item", kind="tool_call")
    with after_the_crash(folder) as peer:
        report = peer.call("daemon/recovery")
        assert report.pop("tookMs") >= 0
        assert report == {
            "epoch": 2,
            "cleanShutdown": False,
            "turns": [
                {
                    "turnId": "turn",
                    "threadId": "thr",
                    "from": "in_progress",
                    "itemIds": ["item"],
                    "inputIds": ["inp_1"],
                }
            ],
            "runIds": [],
            "requeuedInputIds": [],
            "pendingInputCount": 1,
            "quarantined": [],
        }


@pytest.mark.parametrize("mode", ["interrupt", "requeue"])
def test_nothing_found_is_no_event(folder: Path, mode: RecoverMode) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "thr", "turn")
        peer.call("turn/complete", turnId="turn")
        peer.call("sessionInput/admit", threadId="thr", prompt="later")
        before = all_events(peer)
    with after_the_crash(folder, mode) as peer:
        assert all_events(peer) == before
        assert peer.call("daemon/recovery")["pendingInputCount"] == 1


@pytest.mark.parametrize("mode", ["interrupt", "requeue"])
def test_a_threads_time_of_change_does_not_move(folder: Path, mode: RecoverMode) -> None:
    with before_the_crash(folder) as peer:
        promote(peer, "inp")
        before = peer.call("thread/get", threadId="thr")["thread"]
    with after_the_crash(folder, mode) as peer:
        after = peer.call("thread/get", threadId="thr")["thread"]
        assert after == {
            **before,
            "activeTurnId": None,
            "pendingInputCount": int(mode == "requeue"),
        }


def test_pending_inputs_stay_as_they_are(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "thr", "turn")
        for number_ in range(3):
            delivery = "steer" if number_ == 1 else "queue"
            peer.call("sessionInput/admit", threadId="thr", prompt="p", delivery=delivery)
        peer.call("turn/interrupt", threadId="thr")
        peer.call("sessionInput/admit", threadId="thr", prompt="not held")
        before = pending(peer)
    with after_the_crash(folder) as peer:
        assert pending(peer) == before
        assert [each["held"] for each in before] == [True, True, True, False]


def test_running_it_twice_changes_nothing(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        promote(peer, "inp")
        peer.call("item/create", turnId="turn", kind="tool_call")
    with after_the_crash(folder) as peer:
        events, turn = all_events(peer), peer.call("turn/get", turnId="turn")
    with after_the_crash(folder) as peer:
        assert all_events(peer) == events
        assert peer.call("turn/get", turnId="turn") == turn
        report = peer.call("daemon/recovery")
        assert (report["turns"], report["epoch"], report["cleanShutdown"]) == ([], 3, True)


def test_an_input_is_requeued_in_its_old_place(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        promote(peer, "first", "second")
        old = peer.call("sessionInput/get", inputId="first")["input"]
    with after_the_crash(folder, "requeue") as peer:
        again, second = pending(peer)
        assert (again["requeuedFromInputId"], second["id"]) == ("first", "second")
        assert (again["prompt"], again["delivery"]) == ("first", "queue")
        assert again["id"] not in ("first", "second")
        assert peer.call("sessionInput/get", inputId="first")["input"] == old
        (event,) = peer.call("event/list", sinceSeq=again["admittedSeq"] - 1, limit=1)["data"]
        assert (event["event"], event["payload"]) == ("session_input.admitted", {"input": again})
        assert peer.call("daemon/recovery")["requeuedInputIds"] == [again["id"]]
        assert peer.call("daemon/recovery")["pendingInputCount"] == 2
        assert peer.call("sessionInput/promote", threadId="thr")["inputs"][0]["id"] == again["id"]


def test_an_input_is_requeued_once(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        promote(peer, "inp")
    for _ in range(3):
        with after_the_crash(folder, "requeue") as peer:
            assert [each["requeuedFromInputId"] for each in pending(peer)] == ["inp"]
    assert count(folder / "sidecar.db", "session_inputs") == 2


def test_all_inputs_of_a_turn_are_requeued_in_their_order(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "thr", "turn")
        for prompt in ("a", "b", "c"):
            peer.call(
                "sessionInput/admit",
                threadId="thr",
                inputId=prompt,
                prompt=prompt,
                delivery="steer",
            )
        peer.call("sessionInput/promote", threadId="thr", scope="steer")
    with after_the_crash(folder, "requeue") as peer:
        assert [each["requeuedFromInputId"] for each in pending(peer)] == ["a", "b", "c"]
        assert {each["delivery"] for each in pending(peer)} == {"steer"}


@pytest.mark.parametrize("kind", PROSE)
def test_what_had_begun_to_answer_is_not_requeued(folder: Path, kind: str) -> None:
    with before_the_crash(folder) as peer:
        promote(peer, "inp")
        peer.call("item/create", turnId="turn", kind=kind, status="queued")
    with after_the_crash(folder, "requeue") as peer:
        assert pending(peer) == []


@pytest.mark.parametrize("end", ENDS)
def test_what_had_ended_is_not_requeued(folder: Path, end: str) -> None:
    with before_the_crash(folder) as peer:
        promote(peer, "inp")
        peer.call("turn/complete", turnId="turn", status=end)
    with after_the_crash(folder, "requeue") as peer:
        assert pending(peer) == []


def test_a_prompt_that_was_no_input_is_not_requeued(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "thr", "turn")
    with after_the_crash(folder, "requeue") as peer:
        assert pending(peer) == []
        assert turn_of(peer, "turn")["status"] == "interrupted"


# What is broken, and in which mode recovery meets it.
BROKEN: list[tuple[str, str, str, RecoverMode]] = [
    ("turns", "turn", "metadata = '{'", "interrupt"),
    ("turns", "turn", "input_summary = CAST(x'ff' AS TEXT)", "interrupt"),
    ("items", "item", "metadata = '{'", "interrupt"),
    ("items", "item", "detail = CAST(x'ff' AS TEXT)", "interrupt"),
    ("session_inputs", "inp", "request = '{'", "requeue"),
    ("session_inputs", "inp", "prompt = CAST(x'ff' AS TEXT)", "requeue"),
]


@pytest.mark.parametrize(("table", "key", "change", "mode"), BROKEN)
def test_a_broken_record_is_quarantined_and_the_rest_is_mended(
    folder: Path, table: str, key: str, change: str, mode: RecoverMode
) -> None:
    with before_the_crash(folder) as peer:
        promote(peer, "inp")
        if mode == "interrupt":
            peer.call("item/create", turnId="turn", itemId="item", kind="tool_call")
        start_turn(peer, "good", "good_turn")
    path = folder / "sidecar.db"
    spoil(path, f"UPDATE {table} SET {change} WHERE id = '{key}'")
    with opened(path) as database:
        report = recover(database, mode)
        assert [each.table for each in report.quarantined] == [table]
        # The id of a text that is no text cannot be read with it; the row's key names it.
        assert "x'ff'" in change or report.quarantined[0].key == key
        assert [each.turn_id for each in report.turns] == ["turn", "good_turn"]
        assert recover(database, mode).turns == []
    assert open_records(path) == 0
    # Never dropped: it is still there.
    assert number(path, f"SELECT count(*) FROM {table} WHERE id = '{key}'") == 1
    good = "SELECT count(*) FROM events WHERE event = 'turn.completed' AND turn_key = 2"
    assert number(path, good) == 1


@pytest.mark.parametrize(
    ("table", "mode"),
    [
        ("threads", "interrupt"),
        ("turns", "interrupt"),
        ("items", "interrupt"),
        ("session_inputs", "requeue"),
    ],
)
def test_an_id_that_is_no_text_is_no_reason_not_to_start(
    folder: Path, table: str, mode: RecoverMode
) -> None:
    with before_the_crash(folder) as peer:
        promote(peer, "inp")
        if mode == "interrupt":
            peer.call("item/create", turnId="turn", itemId="item", kind="tool_call")
        start_turn(peer, "good", "good_turn")
    path = folder / "sidecar.db"
    ids = "('thr', 'turn', 'item', 'inp')"
    spoil(path, f"UPDATE {table} SET id = CAST(x'72ff' AS TEXT) WHERE id IN {ids}")
    with opened(path) as database:
        report = recover(database, mode)
        assert {each.table for each in report.quarantined} >= {table} - {"threads"}
        turn_id = "r\\xff" if table == "turns" else "turn"
        assert [each.turn_id for each in report.turns] == [turn_id, "good_turn"]
        assert recover(database, mode).turns == []
    assert open_records(path) == 0


def test_a_turn_that_has_no_event_left_is_no_reason_not_to_start(folder: Path) -> None:
    with before_the_crash(folder) as peer:
        start_turn(peer, "thr", "turn")
    path = folder / "sidecar.db"
    spoil(path, "DELETE FROM events WHERE turn_key IS NOT NULL")
    with opened(path) as database:
        assert [each.turn_id for each in recover(database, "interrupt").turns] == ["turn"]
    assert open_records(path) == 0


def test_a_crash_within_it_leaves_nothing_half_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with before_the_crash(folder) as peer:
        promote(peer, "inp")
    path = folder / "sidecar.db"
    events = count(path, "events")
    with opened(path) as database, monkeypatch.context() as patch:
        patch.setattr(store_recovery, "pending_count", lambda _db: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            recover(database, "requeue")
    assert (count(path, "events"), open_records(path)) == (events, 1)
    assert count(path, "session_inputs") == 1
    with opened(path) as database:
        assert len(recover(database, "requeue").requeued_input_ids) == 1
    assert open_records(path) == 0


def test_a_new_database_and_a_clean_end_are_clean(folder: Path) -> None:
    for epoch in (1, 2):
        with DaemonThread(folder) as daemon, daemon.peer() as peer:
            report = peer.call("daemon/recovery")
            assert (report["epoch"], report["cleanShutdown"]) == (epoch, True)


def test_a_failed_recovery_is_no_clean_end(folder: Path) -> None:
    path = folder / "sidecar.db"
    Database(path, FakeSource()).abandon()
    with opened(path) as database:
        report: RecoveryReport = recover(database, "interrupt")
        assert not report.clean_shutdown


def test_a_killed_process_is_mended_by_the_next(folder: Path) -> None:
    with DaemonProcess(folder) as first, first.peer() as peer:
        start_turn(peer, "thr", "turn")
        first.kill()
    with DaemonProcess(folder) as second:
        with second.peer() as peer:
            report = peer.call("daemon/recovery")
            assert not report["cleanShutdown"]
            assert [each["turnId"] for each in report["turns"]] == ["turn"]
            assert turn_of(peer, "turn")["status"] == "interrupted"
        assert second.terminate() == 0
    with DaemonProcess(folder) as third, third.peer() as peer:
        assert peer.call("daemon/recovery")["cleanShutdown"]
