"""Fifty clients at once: one winner where there can be one, and a log without gap or double."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support import DaemonProcess, Peer, Refused

CLIENTS = 50
Record = dict[str, Any]
Act = Callable[[Peer, int], Any]


@pytest.fixture
def peer(process: DaemonProcess) -> Iterator[Peer]:
    with process.peer() as connected:
        yield connected
        hold_the_laws(connected)


def hold_the_laws(peer: Peer) -> None:
    """Read the whole log: seqs are dense, and at no time were two turns of a thread in progress."""
    events: list[Record] = []
    since: int | None = 0
    while since is not None:
        page = peer.call("event/list", sinceSeq=since, limit=5000)
        events += page["data"]
        since = page["nextSinceSeq"]
    last_seq = peer.call("daemon/status")["lastSeq"]
    assert [event["seq"] for event in events] == list(range(1, last_seq + 1))
    active: dict[str, str] = {}
    for event in events:
        if event["source"] == "daemon" and event["event"] == "turn.started":
            assert event["threadId"] not in active
            active[event["threadId"]] = event["turnId"]
        if event["event"] == "turn.completed" and active.get(event["threadId"]) == event["turnId"]:
            del active[event["threadId"]]
    promoted = Counter(
        event["payload"]["input"]["id"]
        for event in events
        if event["event"] == "session_input.promoted"
    )
    assert set(promoted.values()) <= {1}
    assert peer.call("daemon/check", full=True) == {"ok": True, "findings": []}


def race(process: DaemonProcess, act: Act) -> list[Any]:
    """Let every client act at the same moment; answers and refusals, by client."""
    start = threading.Barrier(CLIENTS)

    def run(number: int) -> Any:
        with process.peer() as peer:
            start.wait(30)
            try:
                return act(peer, number)
            except Refused as refusal:
                return refusal

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(run, range(CLIENTS)))


def refusals(outcomes: list[Any]) -> list[Refused]:
    return [outcome for outcome in outcomes if isinstance(outcome, Refused)]


def answers(outcomes: list[Any]) -> list[Record]:
    return [outcome for outcome in outcomes if not isinstance(outcome, Refused)]


def test_of_fifty_that_start_a_turn_one_wins(process: DaemonProcess, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    outcomes = race(process, lambda each, _: each.call("turn/start", threadId="t", prompt="go"))
    (winner,) = answers(outcomes)
    lost = [(refusal.kind, refusal.data["activeTurnId"]) for refusal in refusals(outcomes)]
    assert lost == [("turn_active", winner["turn"]["id"])] * (CLIENTS - 1)
    assert len(peer.call("turn/list", threadId="t")["data"]) == 1


def test_of_fifty_that_start_a_turn_of_one_id_all_get_the_same(
    process: DaemonProcess, peer: Peer
) -> None:
    peer.call("thread/create", threadId="t")
    outcomes = race(
        process, lambda each, _: each.call("turn/start", threadId="t", turnId="u", prompt="go")
    )
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert peer.call("daemon/status")["lastSeq"] == 3


def test_an_input_is_promoted_once_whoever_races(process: DaemonProcess, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    peer.call("sessionInput/admit", threadId="t", inputId="i", prompt="go")
    outcomes = race(
        process, lambda each, _: each.call("sessionInput/promote", threadId="t", inputId="i")
    )
    (winner,) = answers(outcomes)
    assert winner["inputs"][0]["id"] == "i"
    # State is checked before what is pending.
    assert {refusal.kind for refusal in refusals(outcomes)} <= {"turn_active", "input_not_pending"}
    assert peer.call("turn/get", turnId=winner["turn"]["id"])["turn"]["itemCount"] == 1


def test_of_fifty_wakes_each_input_is_promoted_once(process: DaemonProcess, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    for number in range(CLIENTS):
        peer.call("sessionInput/admit", threadId="t", prompt=f"{number}")

    def wake_and_end(each: Peer, _: int) -> int:
        taken = 0
        while True:
            try:
                promotion = each.call("sessionInput/promote", threadId="t", wake=True)
            except Refused:
                continue
            if promotion["turn"] is None:
                return taken
            taken += len(promotion["inputs"])
            each.call("turn/complete", turnId=promotion["turn"]["id"])

    assert sum(race(process, wake_and_end)) == CLIENTS
    turns = peer.call("turn/list", threadId="t", limit=200)["data"]
    said = [
        peer.call("turn/get", turnId=turn["id"])["items"][0]["detail"]
        for turn in turns
    ]  # fmt: skip
    assert said == [f"{number}" for number in range(CLIENTS)]


def test_an_input_admitted_by_fifty_is_one_row_and_all_get_it(
    process: DaemonProcess, peer: Peer
) -> None:
    peer.call("thread/create", threadId="t")
    params = {"threadId": "t", "inputId": "i", "prompt": "go", "promote": True}
    outcomes = race(process, lambda each, _: each.call("sessionInput/admit", **params))
    assert [outcome["deduplicated"] for outcome in outcomes].count(False) == 1
    assert all(outcome["input"] == outcomes[0]["input"] for outcome in outcomes)
    assert len(peer.call("sessionInput/list", threadId="t", status=None)["data"]) == 1
    assert len(peer.call("turn/list", threadId="t")["data"]) == 1


def test_of_fifty_updates_of_one_version_one_wins(process: DaemonProcess, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    outcomes = race(
        process,
        lambda each, number: each.call(
            "thread/update", threadId="t", expectedVersion=0, title=f"{number}"
        ),
    )
    (winner,) = answers(outcomes)
    assert {refusal.kind for refusal in refusals(outcomes)} == {"version_mismatch"}
    thread = peer.call("thread/get", threadId="t")["thread"]
    assert thread == winner["thread"] and thread["version"] == 1


def test_compare_and_swap_loses_no_update(process: DaemonProcess, peer: Peer) -> None:
    peer.call("thread/create", threadId="t", metadata=0)

    def increment(each: Peer, _: int) -> None:
        while True:
            thread = each.call("thread/get", threadId="t")["thread"]
            try:
                each.call(
                    "thread/update", threadId="t", expectedVersion=thread["version"],
                    metadata=thread["metadata"] + 1,
                )  # fmt: skip
            except Refused:
                continue
            return

    race(process, increment)
    assert peer.call("thread/get", threadId="t")["thread"]["metadata"] == CLIENTS


@pytest.mark.parametrize("method", ["thread/commit", "message/append"])
def test_of_fifty_that_commit_at_one_version_one_wins(
    process: DaemonProcess, peer: Peer, method: str
) -> None:
    peer.call("thread/create", threadId="t")
    outcomes = race(
        process,
        lambda each, number: each.call(
            method, threadId="t", expectedVersion=0, messages=[{"role": "user", "id": f"m{number}"}]
        ),
    )
    (winner,) = answers(outcomes)
    assert (winner["version"], winner["messageCount"]) == (1, 1)
    told = [(each.kind, each.data["expected"], each.data["actual"]) for each in refusals(outcomes)]
    assert told == [("version_mismatch", 0, 1)] * (CLIENTS - 1)
    log = peer.call("thread/checkpoint", threadId="t")
    assert log["messages"] == winner["messages"] and log["version"] == 1


def test_increments_of_fifty_are_all_counted(process: DaemonProcess, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    peer.call("thread/setState", threadId="t", state={"n": 0})
    patch = {"ops": [{"op": "increment", "path": "/n", "value": 1}]}
    outcomes = race(
        process,
        lambda each, number: each.call(
            "thread/commit", threadId="t", commitId=f"c{number}", patches=[patch]
        ),
    )
    assert sorted(each["version"] for each in outcomes) == list(range(2, CLIENTS + 2))
    expected = {"state": {"n": CLIENTS}, "version": CLIENTS + 1}
    assert peer.call("thread/getState", threadId="t") == expected


def test_a_commit_sent_by_fifty_is_one_commit(process: DaemonProcess, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    outcomes = race(
        process,
        lambda each, _: each.call(
            "thread/commit", threadId="t", commitId="c", expectedVersion=0,
            messages=[{"role": "user"}],
        ),
    )  # fmt: skip
    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert len(peer.call("thread/commits", threadId="t")["data"]) == 1


def test_an_event_key_appended_by_fifty_is_one_event(process: DaemonProcess, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    outcomes = race(
        process, lambda each, _: each.call("event/append", threadId="t", event="x", eventKey="k")
    )
    assert all(outcome == outcomes[0] for outcome in outcomes)


def live(peer: Peer, number: int) -> Counter[str]:
    """Do what comes to mind, as a careless client would; count what it was told."""
    chance = random.Random(number)
    told: Counter[str] = Counter()

    def ask(method: str, **params: Any) -> Record:
        try:
            answer = peer.call(method, **params)
        except Refused as refusal:
            told[refusal.kind] += 1
            return {}
        told["ok"] += 1
        return answer

    for step in range(20):
        thread = f"t{chance.randrange(5)}"
        delivery = chance.choice(["queue", "steer"])
        ask(
            "sessionInput/admit", threadId=thread, prompt=f"{step}", delivery=delivery, promote=True
        )
        active = ask("thread/get", threadId=thread).get("thread", {}).get("activeTurnId")
        if active is not None:
            item = ask("item/create", turnId=active, kind="tool_call").get("item")
            if item is not None and chance.random() < 0.5:
                ask("item/update", itemId=item["id"], status="completed")
            status = chance.choice(["completed", "failed", "interrupted", "cancelled"])
            ask("turn/complete", turnId=active, status=status, promoteNext=chance.random() < 0.7)
        if chance.random() < 0.2:
            ask(
                "turn/interrupt", threadId=thread, pending=chance.choice(["hold", "keep", "cancel"])
            )
    return told


def test_a_mixed_workload_keeps_every_law(process: DaemonProcess, peer: Peer) -> None:
    for number in range(5):
        peer.call("thread/create", threadId=f"t{number}")
    told = sum(race(process, live), Counter[str]())
    assert told["ok"] > CLIENTS * 20
    assert set(told) <= {"ok", "illegal_transition"}
