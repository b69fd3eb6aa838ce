"""A claim that finds nothing says when to look again; a write that opens something wakes it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.rpc.registry import REGISTRY, Outcome
from sidecar.rpc.wait import Wait
from sidecar.store.database import Database
from sidecar.store.transaction import Tx
from tests.support import FakeSource, Peer
from tests.support.source import START_MS

NOW = START_MS
CONSUMER: dict[str, Any] = {"consumerId": "w", "leaseMs": 50}


class Boxes:
    """Ask for one thing at a time, and remember whom it woke."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.woken: list[tuple[str, int]] = []

    def ask(self, name: str, now_ms: int = NOW, **params: Any) -> Outcome:
        method = REGISTRY[f"mailbox/{name}"]
        checked = method.decode(msgspec.Raw(msgspec.json.encode(params)))

        def run(tx: Tx) -> Outcome:
            outcome = method.invoke(tx, checked)
            self.woken = tx.woken
            return outcome

        self.database.begin()
        outcome = self.database.attempt(run, now_ms)
        self.database.commit()
        return outcome

    def wait(self, now_ms: int = NOW, **params: Any) -> Wait:
        outcome = self.ask("claim", now_ms, **CONSUMER, waitMs=10, **params)
        assert isinstance(outcome, Wait)
        return outcome

    def claim(self, now_ms: int = NOW) -> dict[str, Any]:
        """Claim the one that there is: its id and its token."""
        answer = msgspec.json.decode(msgspec.json.encode(self.ask("claim", now_ms, **CONSUMER)))
        (entry,) = answer["entries"]
        return {"entryId": entry["id"], "claimToken": entry["claimToken"]}


@pytest.fixture
def boxes(folder: Path) -> Iterator[Boxes]:
    database = Database(folder / "sidecar.db", FakeSource())
    yield Boxes(database)
    database.close()


def test_nothing_anywhere_has_no_moment(boxes: Boxes) -> None:
    for mailbox in (None, "m"):
        wait = boxes.wait(mailboxId=mailbox)
        assert (wait.wait_ms, wait.topic, wait.due_at_ms) == (10, mailbox, None)
        assert msgspec.json.encode(wait.answer) == b'{"entries":[]}'
    assert not isinstance(boxes.ask("claim", **CONSUMER), Wait)


@pytest.mark.parametrize(("wait_ms", "clamped"), [(1, 1), (60_000, 60_000), (10**9, 60_000)])
def test_a_wait_is_clamped(boxes: Boxes, wait_ms: int, clamped: int) -> None:
    outcome = boxes.ask("claim", **CONSUMER, waitMs=wait_ms)
    assert isinstance(outcome, Wait) and outcome.wait_ms == clamped
    assert not isinstance(boxes.ask("claim", **CONSUMER, waitMs=-5), Wait)


def test_the_next_moment_is_the_first_at_which_something_may_be_there(boxes: Boxes) -> None:
    for number, later_ms in enumerate((300, 90, 700)):
        boxes.ask("enqueue", mailboxId=f"m{number}", priority=number, availableAtMs=NOW + later_ms)
    assert boxes.wait().due_at_ms == NOW + 90
    assert boxes.wait(mailboxId="m2").due_at_ms == NOW + 700
    boxes.ask("enqueue", mailboxId="held")
    boxes.claim()
    boxes.ask("enqueue", mailboxId="held", priority=9)
    assert boxes.wait().due_at_ms == boxes.wait(mailboxId="held").due_at_ms == NOW + 50
    boxes.claim(NOW + 60)
    assert boxes.wait(NOW + 60).due_at_ms == NOW + 90


def test_what_is_queued_wakes_when_it_is_available(boxes: Boxes) -> None:
    boxes.ask("enqueue", mailboxId="m", availableAtMs=NOW + 70)
    assert boxes.woken == [("m", NOW + 70)]
    boxes.ask("enqueue", mailboxId="m", availableAtMs=NOW + 80)
    assert boxes.woken == []
    boxes.ask("enqueue", mailboxId="m", availableAtMs=5)
    assert boxes.woken == [("m", NOW)]
    boxes.claim()
    assert boxes.woken == [("m", NOW + 50)]
    boxes.ask("enqueue", mailboxId="m")
    assert boxes.woken == []


@pytest.mark.parametrize(
    ("verb", "params"),
    [
        ("ack", {}),
        ("deadLetter", {"error": "x"}),
        ("nack", {"error": "x", "retryAtMs": NOW + 70}),
    ],
)
def test_the_end_of_a_claim_wakes(boxes: Boxes, verb: str, params: dict[str, Any]) -> None:
    boxes.ask("enqueue", mailboxId="m")
    boxes.ask(verb, **boxes.claim(), **params)
    assert boxes.woken[0] == ("m", NOW)
    assert boxes.woken[1:] == ([("m", NOW + 70)] if verb == "nack" else [])


@pytest.mark.parametrize("verb", ["cancel", "supersede", "cancelPending", "interrupt"])
def test_who_ends_the_claim_of_another_wakes(boxes: Boxes, verb: str) -> None:
    boxes.ask("enqueue", mailboxId="m")
    entry_id = boxes.claim()["entryId"]
    params: dict[str, dict[str, Any]] = {
        "cancel": {"entryId": entry_id},
        "supersede": {"entryId": entry_id, "reason": "x"},
    }
    boxes.ask(verb, **params.get(verb, {"mailboxId": "m"}))
    assert boxes.woken == [("m", NOW)]


def test_an_extended_lease_wakes_at_its_end(boxes: Boxes) -> None:
    boxes.ask("enqueue", mailboxId="m")
    held = boxes.claim()
    boxes.ask("extendLease", NOW + 60, **held, leaseMs=30)
    assert boxes.woken == [("m", NOW + 90)]
    assert boxes.wait(NOW + 70).due_at_ms == NOW + 90


def test_over_the_wire_a_claim_without_a_wait_answers_at_once(peer: Peer) -> None:
    assert peer.call("mailbox/claim", **CONSUMER, waitMs=0) == {"entries": []}
