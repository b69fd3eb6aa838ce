"""Answered means durable: a daemon killed at any moment has every record that it answered."""

import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import DaemonProcess, Peer, Refused

Record = dict[str, Any]


class Writer:
    """A client that writes until its daemon dies, and remembers what it was answered."""

    def __init__(self, peer: Peer, seed: int, tell: Callable[[int], None]) -> None:
        self.peer = peer
        self.chance = random.Random(seed)
        self.tell = tell
        self.acknowledged = 0
        self.events: list[Record] = []
        self.items: dict[str, Record] = {}
        self.admitted: dict[str, Record] = {}
        self.inputs: dict[str, Record] = {}
        self.turn: Record | None = None
        self.thread_id = f"t{seed}"

    def run(self) -> None:
        try:
            self.ask("thread/create", threadId=self.thread_id)
            while True:
                self.step()
        except (OSError, EOFError):
            return

    def ask(self, method: str, **params: Any) -> Record:
        answer = self.peer.call(method, **params)
        self.acknowledged += 1
        self.tell(self.acknowledged)
        return answer

    def step(self) -> None:
        number = self.acknowledged
        match self.chance.randrange(5):
            case 0:
                input_id = f"{self.thread_id}.{number}"
                params: Record = {
                    "threadId": self.thread_id,
                    "inputId": input_id,
                    "prompt": f"say {number}",
                    "request": {"n": number},
                }
                answer = self.ask("sessionInput/admit", **params)
                self.admitted[input_id] = params
                self.inputs[input_id] = answer["input"]
            case 1:
                self.take_turn()
            case 2 if self.turn is not None:
                item = self.ask("item/create", turnId=self.turn["id"], kind="tool_call")["item"]
                self.items[item["id"]] = item
            case 3 if self.items:
                self.finish_an_item()
            case _:
                event = self.ask(
                    "event/append", threadId=self.thread_id, event="note", payload={"n": number}
                )["event"]
                self.events.append(event)

    def take_turn(self) -> None:
        if self.turn is not None and self.chance.random() < 0.5:
            self.ask("turn/complete", turnId=self.turn["id"])
            # Its open items were closed with it.
            for item in self.items.values():
                if item["turnId"] == self.turn["id"] and item["status"] == "in_progress":
                    item["status"] = "interrupted"
            self.turn = None
        elif self.turn is None:
            promotion = self.ask("sessionInput/promote", threadId=self.thread_id)
            self.turn = promotion["turn"]
            for record in promotion["inputs"]:
                self.inputs[record["id"]] = record

    def finish_an_item(self) -> None:
        item_id = self.chance.choice(list(self.items))
        if self.items[item_id]["status"] == "in_progress":
            item = self.ask("item/update", itemId=item_id, status="completed", detail="done")
            self.items[item_id] = item["item"]


def read_log(peer: Peer) -> dict[int, Record]:
    found: dict[int, Record] = {}
    since: int | None = 0
    while since is not None:
        page = peer.call("event/list", sinceSeq=since, limit=5000)
        found |= {event["seq"]: event for event in page["data"]}
        since = page["nextSinceSeq"]
    assert list(found) == list(range(1, len(found) + 1))
    return found


def hold_that_all_is_there(peer: Peer, writer: Writer) -> None:
    log = read_log(peer)
    for event in writer.events:
        assert log[event["seq"]] == event
    for input_id, known in writer.inputs.items():
        stored = peer.call("sessionInput/get", inputId=input_id)["input"]
        # The last, unanswered request may have been committed: a promotion of what was pending.
        if stored["status"] == known["status"]:
            assert stored == known
        assert log[stored["admittedSeq"]]["payload"]["input"]["id"] == input_id
        assert known["status"] != "promoted" or stored["status"] == "promoted"
    for item_id, known in writer.items.items():
        stored = peer.call("item/get", itemId=item_id)["item"]
        if known["status"] == "completed":
            assert stored == known
        assert stored["status"] in ("completed", "interrupted")


def hold_that_the_turn_is_recovered(peer: Peer, writer: Writer) -> None:
    assert peer.call("turn/incomplete")["data"] == []
    if writer.turn is None:
        return
    turn = peer.call("turn/get", turnId=writer.turn["id"])
    assert all(item["status"] != "in_progress" for item in turn["items"])
    if turn["turn"]["status"] == "completed":  # committed, and not answered any more
        return
    assert turn["turn"]["status"] == "interrupted" and turn["turn"]["recovered"]
    assert turn["turn"]["error"]["kind"] == "process_restart"
    report = peer.call("daemon/recovery")
    (found,) = [each for each in report["turns"] if each["turnId"] == writer.turn["id"]]
    assert found["from"] == "in_progress" and found["threadId"] == writer.thread_id
    assert not report["cleanShutdown"]


def hold_that_retries_are_deduplicated(peer: Peer, writer: Writer) -> None:
    before = peer.call("daemon/status")["lastSeq"]
    for input_id, params in writer.admitted.items():
        again = peer.call("sessionInput/admit", **params)
        assert again["deduplicated"] and again["input"]["id"] == input_id
    assert peer.call("daemon/status")["lastSeq"] == before
    listed = peer.call("sessionInput/list", threadId=writer.thread_id, limit=200)["data"]
    wanted = [each for each in writer.admitted if each in {record["id"] for record in listed}]
    assert [record["id"] for record in listed if record["id"] in writer.admitted] == wanted


def write_until_killed(process: DaemonProcess, seed: int, count: int) -> list[Writer]:
    """Let four clients write; kill the daemon when one has so many answers."""
    reached = threading.Event()

    def tell(acknowledged: int) -> None:
        if acknowledged >= count:
            reached.set()

    peers = [process.peer() for _ in range(4)]
    writers = [Writer(peer, seed * 10 + number, tell) for number, peer in enumerate(peers)]
    threads = [threading.Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    assert reached.wait(30)
    process.kill()
    for thread in threads:
        thread.join(30)
    for peer in peers:
        peer.close()
    # Who was killed before the first answer was promised nothing.
    return [writer for writer in writers if writer.acknowledged]


def test_every_acknowledged_record_survives_kill_after_kill(folder: Path) -> None:
    chance = random.Random(20260101)
    every: list[Writer] = []
    with DaemonProcess(folder) as process:
        for seed in range(1, 7):
            writers = write_until_killed(process, seed, chance.randrange(1, 150))
            every += writers
            process.start()
            with process.peer() as peer:
                for writer in writers:
                    hold_that_the_turn_is_recovered(peer, writer)
                    hold_that_retries_are_deduplicated(peer, writer)
                for writer in every:
                    hold_that_all_is_there(peer, writer)
                assert peer.call("daemon/check", full=True)["ok"]
        assert process.terminate() == 0


def test_open_items_of_a_killed_turn_are_closed_as_of_its_last_event(folder: Path) -> None:
    with DaemonProcess(folder) as process:
        with process.peer() as peer:
            peer.call("thread/create", threadId="t")
            peer.call("turn/start", threadId="t", turnId="u", prompt="go")
            peer.call("item/create", turnId="u", itemId="i", kind="tool_call")
            last = peer.call("event/append", threadId="t", turnId="u", event="beat")["event"]
            for prompt in ("a", "b"):
                peer.call("sessionInput/admit", threadId="t", inputId=prompt, prompt=prompt)
            process.kill()
        process.start()
        with process.peer() as peer:
            turn = peer.call("turn/get", turnId="u")["turn"]
            item = peer.call("item/get", itemId="i")["item"]
            assert turn["endedAtMs"] == item["endedAtMs"] == last["atMs"]
            assert (turn["status"], item["status"]) == ("interrupted", "interrupted")
            events = peer.call("event/list", sinceSeq=last["seq"] + 2)["data"]
            names = [event["event"] for event in events]
            assert names == ["item.completed", "turn.completed", "recovery.completed"]
            assert events[-1]["threadId"] is None
            pending = peer.call("sessionInput/list", threadId="t")["data"]
            assert [record["id"] for record in pending] == ["a", "b"]
            promotion = peer.call("sessionInput/promote", threadId="t", wake=True)
            assert [record["id"] for record in promotion["inputs"]] == ["a"]


def test_a_second_restart_changes_nothing(folder: Path) -> None:
    with DaemonProcess(folder) as process:
        with process.peer() as peer:
            peer.call("thread/create", threadId="t")
            peer.call("turn/start", threadId="t", turnId="u")
        process.kill()
        process.start()
        with process.peer() as peer:
            before = read_log(peer)
        process.kill()
        assert process.start()["epoch"] == 3
        with process.peer() as peer:
            assert read_log(peer) == before
            assert peer.call("daemon/recovery")["turns"] == []


def test_a_backup_while_writes_go_on_is_whole(process: DaemonProcess, folder: Path) -> None:
    copy = folder / "copy"
    copy.mkdir()
    with process.peer() as peer, process.peer() as other:
        peer.call("thread/create", threadId="t")
        one = {"threadId": "t", "event": "x", "payload": "x" * 200}
        for _ in range(20):
            peer.call("event/appendMany", events=[one] * 500)
        request = other.request("daemon/backup", {"path": str(copy / "sidecar.db")})
        other.send(request)
        for _ in range(200):
            peer.call("event/append", **one)
        done = other.receive()["result"]
    assert done["bytes"] == (copy / "sidecar.db").stat().st_size
    with DaemonProcess(copy) as restored, restored.peer() as peer:
        status = peer.call("daemon/status")
        assert status["lastSeq"] == done["lastSeq"] == len(read_log(peer))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_drain_answers_what_has_arrived_and_exits_0(
    process: DaemonProcess, number: signal.Signals
) -> None:
    with process.peer() as peer:
        peer.call("daemon/ping")
        sent = [peer.request("thread/create", {"threadId": f"t{n}"}) for n in range(300)]
        peer.send(*sent)
        assert peer.receive()["id"] == sent[0]["id"]
        process.process.send_signal(number)
        answers = [peer.receive() for _ in sent[1:]]
        with pytest.raises(EOFError):
            peer.receive()
    created = ["result" in answer for answer in answers]
    assert {answer["error"]["data"]["kind"] for answer in answers if "error" in answer} <= {
        "draining"
    }
    assert created == sorted(created, reverse=True)
    assert process._reap() == 0
    process.start()
    with process.peer() as peer:
        assert peer.call("daemon/status")["counts"]["threads"] == 1 + sum(created)
        assert peer.call("daemon/recovery")["cleanShutdown"]


def test_shutdown_is_answered_then_drains_and_exits_0(process: DaemonProcess) -> None:
    with process.peer() as peer, process.peer() as idle:
        assert peer.call("daemon/shutdown") == {}
        for each in (peer, idle):
            with pytest.raises(EOFError):
                each.receive()
    assert process._reap() == 0
    assert not process.socket_path.exists()


def test_refusals_of_a_killed_daemon_left_no_trace(process: DaemonProcess) -> None:
    with process.peer() as peer:
        peer.call("thread/create", threadId="t")
        for _ in range(20):
            with pytest.raises(Refused):
                peer.call("thread/create", threadId="t", title="other")
        peer.call("event/append", threadId="t", event="x")
    process.kill()
    process.start()
    with process.peer() as peer:
        assert [event["event"] for event in read_log(peer).values()] == ["thread.created", "x"]
