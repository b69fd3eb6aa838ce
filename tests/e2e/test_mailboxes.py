"""Consumers that race and daemons that die: each entry handled once, each claim kept."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.support import DaemonProcess, DaemonThread, Peer, Refused

CONSUMERS = 20
ENTRIES = 200
LEASE_MS = 86_400_000


@pytest.fixture
def peer(process: DaemonProcess) -> Iterator[Peer]:
    with process.peer() as connected:
        yield connected
        assert connected.call("daemon/check", full=True) == {"ok": True, "findings": []}


class Crew:
    """Be consumers that start at one moment and stop when everything is handled."""

    def __init__(self, process: DaemonProcess) -> None:
        self._process = process
        self._start = threading.Barrier(CONSUMERS)
        self._lock = threading.Lock()
        self.to_do = ENTRIES
        self.has_failed = False
        self.handled: Counter[str] = Counter()
        self.at_work: Counter[str] = Counter()
        self.collisions: list[str] = []

    def run(self) -> None:
        with ThreadPoolExecutor(CONSUMERS) as pool:
            list(pool.map(self._consume, range(CONSUMERS)))

    def _consume(self, number: int) -> None:
        try:
            self._work(number)
        except BaseException:
            # The others would look for ever for what this one has in hand.
            self.has_failed = True
            raise

    def _work(self, number: int) -> None:
        with self._process.peer() as peer:
            self._start.wait(30)
            while self.to_do and not self.has_failed:
                claimed = peer.call(
                    "mailbox/claim", consumerId=f"w{number}", leaseMs=LEASE_MS, limit=1 + number % 3
                )["entries"]
                for entry in claimed:
                    self._handle(peer, entry)

    def _handle(self, peer: Peer, entry: dict[str, Any]) -> None:
        mailbox, token = entry["mailboxId"], entry["claimToken"]
        self._note(mailbox, 1)
        fails = entry["attemptCount"] == 1 and entry["payload"] % 5 == 0
        self._note(mailbox, -1)
        if fails:
            peer.call("mailbox/nack", entryId=entry["id"], claimToken=token, error="again")
        else:
            with self._lock:
                self.handled[entry["id"]] += 1
                self.to_do -= 1
            peer.call("mailbox/ack", entryId=entry["id"], claimToken=token)

    def _note(self, mailbox: str, change: int) -> None:
        with self._lock:
            self.at_work[mailbox] += change
            if self.at_work[mailbox] > 1:
                self.collisions.append(mailbox)


def test_of_many_consumers_each_entry_is_handled_once_and_one_of_a_mailbox_at_a_time(
    process: DaemonProcess, peer: Peer
) -> None:
    requests = [
        peer.request(
            "mailbox/enqueue",
            {"mailboxId": f"m{n % 7}", "entryId": f"e{n}", "payload": n, "priority": n % 3},
        )
        for n in range(ENTRIES)
    ]
    peer.exchange(requests)
    crew = Crew(process)
    crew.run()
    assert crew.handled == Counter({f"e{n}": 1 for n in range(ENTRIES)})
    assert crew.collisions == []
    done = peer.call("mailbox/list", status="accepted", limit=200)["data"]
    assert {entry["id"]: entry["attemptCount"] for entry in done} == {
        f"e{n}": 2 if n % 5 == 0 else 1 for n in range(ENTRIES)
    }


def test_of_many_claims_of_one_entry_one_wins(process: DaemonProcess, peer: Peer) -> None:
    peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
    start = threading.Barrier(CONSUMERS)

    def act(number: int) -> int:
        with process.peer() as each:
            start.wait(30)
            given = {"consumerId": f"w{number}", "leaseMs": LEASE_MS}
            if number % 2:
                return len(each.call("mailbox/claim", **given)["entries"])
            return int(each.call("mailbox/claimEntry", entryId="e", **given)["entry"] is not None)

    with ThreadPoolExecutor(CONSUMERS) as pool:
        assert sum(pool.map(act, range(CONSUMERS))) == 1
    assert peer.call("mailbox/get", entryId="e")["entry"]["attemptCount"] == 1


def test_an_entry_queued_by_many_is_one(process: DaemonProcess, peer: Peer) -> None:
    start = threading.Barrier(CONSUMERS)

    def act(number: int) -> str:
        params = {"entryId": "e"} if number % 2 else {"dedupeKey": "k"}
        with process.peer() as each:
            start.wait(30)
            try:
                answer = each.call("mailbox/enqueue", mailboxId=f"m{number % 2}", **params)
            except Refused as refusal:
                return f"{refusal.data['id']}"
            return f"{answer['entry']['id']}"

    with ThreadPoolExecutor(CONSUMERS) as pool:
        assert len(set(pool.map(act, range(CONSUMERS)))) == 2
    assert len(peer.call("mailbox/list")["data"]) == 2


def test_claims_tokens_and_generations_survive_a_kill(folder: Path) -> None:
    with DaemonProcess(folder) as process:
        with process.peer() as peer:
            peer.call("mailbox/interrupt", mailboxId="m")
            for entry_id in ("a", "b"):
                peer.call("mailbox/enqueue", mailboxId=entry_id, entryId=entry_id)
            claimed = peer.call("mailbox/claim", consumerId="w", leaseMs=LEASE_MS, limit=2)
            tokens = [entry["claimToken"] for entry in claimed["entries"]]
            ended = {"entryId": "a", "claimToken": tokens[0]}
            done = peer.call("mailbox/ack", **ended)
            held = peer.call("mailbox/get", entryId="b")
        process.kill()
        process.start()
        with process.peer() as peer:
            assert peer.call("mailbox/state", mailboxId="m")["mailbox"]["generation"] == 1
            assert peer.call("mailbox/ack", **ended) == done
            assert peer.call("mailbox/get", entryId="b") == held
            assert peer.call("mailbox/claim", consumerId="v", leaseMs=1) == {"entries": []}
            answer = peer.call("mailbox/ack", entryId="b", claimToken=tokens[1])
            assert answer["entry"]["status"] == "accepted"


def test_a_lease_that_ended_while_the_daemon_was_down_is_claimable_at_once(folder: Path) -> None:
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        for entry_id in ("a", "b", "spent"):
            attempts = {"maxAttempts": 1} if entry_id == "spent" else {}
            peer.call("mailbox/enqueue", mailboxId=entry_id, entryId=entry_id, **attempts)
        leases = {"a": 1000, "b": LEASE_MS, "spent": 1000}
        for entry_id, lease_ms in leases.items():
            peer.call("mailbox/claimEntry", entryId=entry_id, consumerId="w", leaseMs=lease_ms)
        ended_at = daemon.source.at_ms
    daemon = DaemonThread(folder)
    daemon.source.at_ms = ended_at + 2000
    with daemon, daemon.peer() as peer:
        claimed = peer.call("mailbox/claim", consumerId="v", leaseMs=5, limit=9)["entries"]
        assert [(entry["id"], entry["attemptCount"]) for entry in claimed] == [("a", 2)]
        spent = peer.call("mailbox/get", entryId="spent")["entry"]
        assert spent["status"] == "dead_letter"
