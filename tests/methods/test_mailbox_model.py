"""Thousands of careless steps: every answer is the one that the naive model gives."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.model.errors import Refusal
from sidecar.rpc.registry import REGISTRY
from sidecar.rpc.wait import Wait
from sidecar.store import upkeep
from sidecar.store.database import Database
from tests.methods.mailbox_model import Model, No, Record
from tests.support import FakeSource
from tests.support.source import START_MS

STEPS = 2500
MAILBOXES = ["a", "b", "c"]
STATUSES = ["queued", "claimed", "accepted", "dead_letter", "cancelled", "superseded"]


def outcome(ask: Callable[[], Any]) -> Any:
    """Tell an answer, or the kind and details of a refusal."""
    try:
        return ask()
    except No as no:
        return no.data
    except Refusal as refusal:
        return {name: value for name, value in refusal.data().items() if name != "retryable"}


class Both:
    """Do the same to the model and to the methods, and hold that they answer the same."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.seed = seed
        self.chance = random.Random(seed)
        self.model = Model()
        self.model.now = START_MS
        self.database = Database(path, FakeSource(), "normal")
        self.tokens: list[tuple[str, str]] = []
        self.seen: set[str] = set()

    # -- asking ------------------------------------------------------------------------------------

    def ask(self, name: str, **params: Any) -> Any:
        """Run a method in a group of its own; a wait is told as it is."""
        method = REGISTRY[f"mailbox/{name}"]
        checked = method.decode(msgspec.Raw(msgspec.json.encode(params)))
        self.database.begin()
        try:
            answer = self.database.attempt(lambda tx: method.invoke(tx, checked), self.model.now)
        finally:
            self.database.commit()
        if isinstance(answer, Wait):
            return answer
        return msgspec.json.decode(msgspec.json.encode(answer))

    def same(self, name: str, said: Callable[[], Any], **params: Any) -> None:
        """Ask both and compare: an answer with the same answer, a refusal with the same one."""
        assert outcome(lambda: self.ask(name, **params)) == outcome(said), name

    # -- choosing ----------------------------------------------------------------------------------

    def mailbox(self) -> str:
        return self.chance.choice(MAILBOXES)

    def mailbox_or_any(self) -> str | None:
        return self.chance.choice([None, *MAILBOXES])

    def entry_id(self) -> str:
        return self.chance.choice(["unknown", *list(self.model.entries)[-25:]])

    def owned(self) -> tuple[str, str]:
        """Choose an entry and a token: mostly one that was given for it, of late."""
        if not self.tokens or self.chance.random() < 0.05:
            return self.entry_id(), "wrong"
        return self.chance.choice(self.tokens[-6:])

    def moment(self) -> int:
        return self.model.now + self.chance.choice([-50, 0, 1, 5, 20, 400])

    def lease_ms(self) -> int:
        return self.chance.choice([1, 5, 20, 100])

    def maybe(self, params: Record) -> Record:
        return {key: value for key, value in params.items() if self.chance.random() < 0.35}

    # -- steps -------------------------------------------------------------------------------------

    def enqueue(self) -> None:
        chance = self.chance
        params: Record = {"mailboxId": self.mailbox()} | self.maybe(
            {
                "payload": {"n": chance.randrange(3)},
                "origin": chance.choice(["external", "internal"]),
                "senderId": "s",
                "priority": chance.choice([0, 1, 7, 255]),
                "dedupeKey": f"k{chance.randrange(40)}",
                "availableAtMs": self.moment(),
                "maxAttempts": chance.choice([1, 2, 3]),
            }
        )
        if chance.random() < 0.1:
            params["generation"] = chance.randrange(6)
        # Ids do not sort as they are made.
        entry_id = f"e{chance.randrange(10**6):06}"
        if chance.random() < 0.1 and self.model.entries:
            entry_id = chance.choice(list(self.model.entries))
            if chance.random() < 0.7:
                params = self.model.sent[entry_id]
        self.same(
            "enqueue",
            lambda: {"entry": self.model.enqueue(entry_id, params)},
            entryId=entry_id,
            **params,
        )

    def took(self, expected: list[Record], answer: list[Record]) -> None:
        """Take the tokens that nobody can foresee from the answer, which has all of them."""
        for entry, got in zip(expected, answer, strict=True):
            entry["claimToken"] = got["claimToken"]
            assert got["claimToken"] and got["claimToken"] not in [t for _, t in self.tokens]
            self.tokens.append((entry["id"], got["claimToken"]))
            assert got == entry

    def claim(self) -> None:
        mailbox, limit, lease_ms = self.mailbox_or_any(), self.chance.choice([1, 1, 2, 9]), 0
        lease_ms, wait_ms = self.lease_ms(), self.chance.choice([0, 50])
        expected = self.model.claim(mailbox, "w", lease_ms, limit)
        answer = self.ask(
            "claim",
            mailboxId=mailbox,
            consumerId="w",
            leaseMs=lease_ms,
            limit=limit,
            waitMs=wait_ms,
        )
        if isinstance(answer, Wait):
            assert expected == [] and (answer.wait_ms, answer.topic) == (wait_ms, mailbox)
            assert answer.due_at_ms == self.model.due(mailbox)
        else:
            self.took(expected, answer["entries"])

    def claim_entry(self) -> None:
        entry_id, lease_ms = self.entry_id(), self.lease_ms()
        expected = self.model.claim_entry(entry_id, "v", lease_ms)
        answer = self.ask("claimEntry", entryId=entry_id, consumerId="v", leaseMs=lease_ms)["entry"]
        assert (expected is None) == (answer is None)
        if expected is not None:
            self.took([expected], [answer])

    def end(self) -> None:
        verb = self.chance.choice(["ack", "ack", "nack", "nack", "deadLetter"])
        entry_id, token = self.owned()
        params: Record = {} if verb == "ack" else {"error": f"no {self.chance.randrange(9)}"}
        if verb == "nack" and self.chance.random() < 0.5:
            params["retryAtMs"] = self.moment()
        self.same(
            verb,
            lambda: {
                "entry": self.model.end(
                    verb, entry_id, token, params.get("error"), params.get("retryAtMs")
                )
            },
            entryId=entry_id,
            claimToken=token,
            **params,
        )

    def extend(self) -> None:
        (entry_id, token), lease_ms = self.owned(), self.lease_ms()
        self.same(
            "extendLease",
            lambda: self.model.extend(entry_id, token, lease_ms),
            entryId=entry_id,
            claimToken=token,
            leaseMs=lease_ms,
        )

    def cancel(self) -> None:
        entry_id = self.entry_id()
        self.same(
            "cancel",
            lambda: {"entry": self.model.close(entry_id, "cancelled", None)},
            entryId=entry_id,
        )

    def supersede(self) -> None:
        entry_id = self.entry_id()
        self.same(
            "supersede",
            lambda: {"entry": self.model.close(entry_id, "superseded", "why")},
            entryId=entry_id,
            reason="why",
        )

    def cancel_pending(self) -> None:
        mailbox, but = self.mailbox(), self.chance.choice([None, self.entry_id()])
        self.same(
            "cancelPending",
            lambda: {"entries": self.model.close_all(mailbox, "cancelled", None, but)},
            mailboxId=mailbox,
            excludeEntryId=but,
        )

    def interrupt(self) -> None:
        mailbox = self.mailbox()
        self.same("interrupt", lambda: self.model.interrupt(mailbox), mailboxId=mailbox)

    def purge(self) -> None:
        at_ms = self.model.now - self.chance.choice([0, 100])
        self.same("purge", lambda: {"purged": self.model.purge(at_ms)}, olderThanAtMs=at_ms)

    def look(self) -> None:
        for mailbox in MAILBOXES:
            record = self.model.state(mailbox)
            assert self.ask("state", mailboxId=mailbox) == {"mailbox": record}
        filters = {
            "mailboxId": self.mailbox_or_any(),
            "status": self.chance.choice([None, *STATUSES]),
            "origin": self.chance.choice([None, "external", "internal"]),
        }
        found: list[Record] = []
        cursor, limit = None, self.chance.choice([1, 3, 200])
        while True:
            page = self.ask("list", **filters, cursor=cursor, limit=limit)
            found += page["data"]
            cursor = page["nextCursor"]
            if cursor is None:
                break
            assert page["data"] and len(found) <= len(self.model.entries), "a list has no end"
        assert found == self.model.listed(*filters.values())
        counts = upkeep.counts(self.database.snapshot())
        everything = [entry["status"] for entry in self.model.entries.values()]
        self.seen.update(everything)
        assert counts.mailbox_queued == everything.count("queued")
        assert counts.mailbox_claimed == everything.count("claimed")

    def restart(self) -> None:
        """End as a power cut would, and begin again."""
        self.database.abandon()
        self.database = Database(self.path, self.database.source, "normal")

    def step(self) -> None:
        self.model.now += self.chance.choice([0, 0, 1, 3, 10, 60])
        steps: dict[Callable[[], None], int] = {
            # Every other seed has mailboxes that are mostly full, or mostly empty.
            self.enqueue: 30 if self.seed % 2 else 9,
            self.claim: 25,
            self.claim_entry: 6,
            self.end: 20,
            self.extend: 4,
            self.cancel: 3,
            self.supersede: 3,
            self.cancel_pending: 1,
            self.interrupt: 1,
            self.purge: 1,
            self.look: 3,
        }
        self.chance.choices(list(steps), list(steps.values()))[0]()


@pytest.fixture(params=range(8))
def both(request: pytest.FixtureRequest, folder: Path) -> Iterator[Both]:
    both = Both(folder / "sidecar.db", request.param)
    yield both
    both.database.close()


def test_every_answer_is_the_models(both: Both) -> None:
    for number in range(STEPS):
        both.step()
        if number % 250 == 0:
            both.restart()
            assert upkeep.check(both.path, full=False) == []
    assert both.seen == set(STATUSES)
