"""What clients ask for: anything that they might, of things that are there, mostly."""

import random
from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

from tests.methods.mailbox_model import Model as Mailboxes
from tests.simulation.facts import ENDED, RUN_ENDS, Record
from tests.simulation.follower import Log
from tests.simulation.model import Model
from tests.simulation.timeline import SimulatedSource

MAILBOXES = ("a", "b", "c")
# Threads that there are at most; what is old goes, so that a long life does not grow.
MAX_THREADS = 6
LEASES_MS = (1_000, 5_000, 20_000, 600_000, 7_200_000)
WAITS_MS = (0, 1_000, 20_000, 60_000)
# From the latest of its kind: what is older has been asked for often enough.
RECENT = 8


class Wish(NamedTuple):
    """Be a request without an id, which may be sent again."""

    method: str
    params: Record


class Wishes:
    """Draw requests; ids of what is there are read off the model."""

    def __init__(
        self,
        name: str,
        chance: random.Random,
        model: Model,
        mailboxes: Mailboxes,
        log: Log,
        source: SimulatedSource,
    ) -> None:
        self._name = name
        self._chance = chance
        self._model = model
        self._mailboxes = mailboxes
        self._log = log
        self._source = source
        self._numbers = count(1)
        # Entries and the tokens that this client was given for them.
        self.claims: list[tuple[str, str]] = []
        self._weights: dict[Callable[[], Wish], int] = {
            self._thread: 2,
            self._archive: 1,
            self._message: 5,
            self._event: 8,
            self._start: 8,
            self._complete: 9,
            self._steer: 4,
            self._interrupt: 2,
            self._item: 7,
            self._update: 7,
            self._admit: 14,
            self._promote: 6,
            self._cancel_input: 2,
            self._run: 2,
            self._update_run: 4,
            self._enqueue: 14,
            self._claim: 14,
            self._claim_entry: 5,
            self._end_claim: 16,
            self._extend: 3,
            self._end_entry: 2,
            self._read: 10,
            self._atomic: 4,
        }

    def draw(self) -> Wish:
        return self._chance.choices(list(self._weights), list(self._weights.values()))[0]()

    # -- choosing ----------------------------------------------------------------------------------

    def _id(self, kind: str) -> str:
        return f"{kind}-{self._name}-{next(self._numbers)}"

    def _one(self, records: dict[str, Any]) -> str:
        ids = list(records)[-RECENT:]
        return self._chance.choice(ids) if ids else "unknown"

    def _open(self, records: dict[str, Record], ended: Any) -> str:
        """Choose one that is open, or seldom any."""
        if self._chance.random() < 0.15:
            return self._one(records)
        return self._one({k: v for k, v in records.items() if v["status"] not in ended})

    def _is(self, probability: float) -> bool:
        return self._chance.random() < probability

    def _maybe(self, **params: Any) -> Record:
        return {name: value for name, value in params.items() if self._is(0.5)}

    def _prompt(self) -> str:
        return f"prompt {self._name}" + "x" * self._chance.choice((0, 0, 30, 1_500))

    def _thread_id(self) -> str:
        return self._one(self._model.threads)

    # -- conversations -----------------------------------------------------------------------------

    def _thread(self) -> Wish:
        if len(self._model.threads) < MAX_THREADS:
            params = {"threadId": self._id("thr"), "title": self._prompt()}
            return Wish("thread/create", params)
        oldest = next(iter(self._model.threads))
        return Wish("thread/delete", {"threadId": oldest, "force": self._is(0.7)})

    def _archive(self) -> Wish:
        params = {"threadId": self._thread_id(), "archived": self._is(0.15)}
        return Wish("thread/update", params)

    def _message(self) -> Wish:
        thread_id = self._thread_id()
        there = len(self._model.messages.get(thread_id, {}))
        message = {"id": self._id("msg"), "role": "user", "content": self._prompt()}
        expected = {"expectedMessageCount": there} if self._is(0.4) else {}
        return Wish("message/append", {"threadId": thread_id, "messages": [message], **expected})

    def _event(self) -> Wish:
        turn_id = self._one(self._model.turns) if self._is(0.3) else None
        turn = self._model.turns.get(turn_id or "")
        params: Record = {
            "threadId": turn["threadId"] if turn else self._thread_id(),
            "event": self._chance.choice(("note", "log.line", "turn.note")),
            "payload": {"text": self._prompt()},
            "eventKey": self._id("key"),
        }
        return Wish("event/append", {**params, **({"turnId": turn_id} if turn_id else {})})

    def _start(self) -> Wish:
        queued = [t["id"] for t in self._model.turns.values() if t["status"] == "queued"]
        if queued and self._is(0.6):
            turn_id = self._chance.choice(queued)
            thread_id = self._model.turns[turn_id]["threadId"]
            return Wish("turn/start", {"threadId": thread_id, "turnId": turn_id})
        params = {"threadId": self._thread_id(), "turnId": self._id("turn")}
        return Wish("turn/start", params | self._maybe(prompt=self._prompt(), status="queued"))

    def _complete(self) -> Wish:
        params: Record = {"turnId": self._open(self._model.turns, ENDED)}
        params["status"] = self._chance.choice(ENDED)
        return Wish("turn/complete", params | self._maybe(promoteNext=True))

    def _steer(self) -> Wish:
        params = {"threadId": self._thread_id(), "itemId": self._id("item")}
        return Wish("turn/steer", {**params, "prompt": self._prompt()})

    def _interrupt(self) -> Wish:
        pending = self._chance.choice(("hold", "hold", "keep", "cancel"))
        return Wish("turn/interrupt", {"threadId": self._thread_id(), "pending": pending})

    def _item(self) -> Wish:
        params: Record = {
            "turnId": self._open(self._model.turns, ENDED),
            "itemId": self._id("item"),
            "kind": self._chance.choice(("tool_call", "agent_message", "user_message")),
            "status": self._chance.choice(("queued", "in_progress", "in_progress", "completed")),
        }
        return Wish("item/create", params | self._maybe(detail=self._prompt()))

    def _update(self) -> Wish:
        params: Record = {"itemId": self._open(self._model.items, ENDED)}
        params |= self._maybe(status=self._chance.choice(("in_progress", *ENDED)))
        if len(params) == 1 or self._is(0.5):
            params["appendDetail"] = self._prompt()
        return Wish("item/update", params)

    def _admit(self) -> Wish:
        params: Record = {
            "threadId": self._thread_id(),
            "inputId": self._id("inp"),
            "prompt": self._prompt(),
            "delivery": self._chance.choice(("queue", "queue", "steer")),
        }
        if self._is(0.1):
            params["ifBusy"] = "reject"
        return Wish("sessionInput/admit", params | self._maybe(promote=True))

    def _promote(self) -> Wish:
        params: Record = {"threadId": self._thread_id()} | self._maybe(wake=True)
        if self._is(0.3):
            return Wish("sessionInput/promote", {**params, "scope": "steer"})
        return Wish("sessionInput/promote", params | self._maybe(turnId=self._id("turn")))

    def _cancel_input(self) -> Wish:
        inputs = self._open(self._model.inputs, ("promoted", "cancelled"))
        return Wish("sessionInput/cancel", {"inputId": inputs})

    def _run(self) -> Wish:
        status = self._chance.choice(("queued", "in_progress"))
        params = {"threadId": self._thread_id(), "runId": self._id("run"), "status": status}
        return Wish("run/create", params)

    def _update_run(self) -> Wish:
        run_id = self._open(self._model.runs, RUN_ENDS)
        status = self._chance.choice(("in_progress", "requires_action", "cancelling", *RUN_ENDS))
        return Wish("run/update", {"runId": run_id, "status": status})

    # -- mailboxes ---------------------------------------------------------------------------------

    def _soon_ms(self) -> int:
        return self._source.now_ms() + self._chance.choice((0, 10, 3_000, 20_000, 3_600_000))

    def _enqueue(self) -> Wish:
        params: Record = {
            "mailboxId": self._chance.choice(MAILBOXES),
            "entryId": self._id("mbe"),
            "payload": {"by": self._name},
        }
        return Wish(
            "mailbox/enqueue",
            params
            | self._maybe(
                priority=self._chance.choice((0, 1, 7)),
                dedupeKey=f"k{self._chance.randrange(60)}",
                maxAttempts=self._chance.choice((1, 2, 3)),
            )
            | ({"availableAtMs": self._soon_ms()} if self._is(0.3) else {}),
        )

    def _claim(self) -> Wish:
        params: Record = {
            "consumerId": self._name,
            "leaseMs": self._chance.choice(LEASES_MS),
            "waitMs": self._chance.choice(WAITS_MS),
            "limit": self._chance.choice((1, 1, 2)),
        }
        return Wish("mailbox/claim", params | self._maybe(mailboxId=self._chance.choice(MAILBOXES)))

    def _claim_entry(self) -> Wish:
        now_ms, entries = self._source.now_ms(), self._mailboxes.entries
        early = {
            name: entry
            for name, entry in entries.items()
            if entry["status"] == "queued" and entry["availableAtMs"] > now_ms
        }
        # What is not available yet can be claimed in no other way.
        entry_id = self._one(early if early and self._is(0.7) else entries)
        lease_ms = self._chance.choice(LEASES_MS[:3])
        params = {"entryId": entry_id, "consumerId": self._name, "leaseMs": lease_ms}
        return Wish("mailbox/claimEntry", params)

    def _held(self) -> Record:
        """Choose one of the claims that this client has, or has had."""
        if not self.claims or self._is(0.03):
            return {"entryId": self._one(self._mailboxes.entries), "claimToken": "wrong"}
        entry_id, token = self._chance.choice(self.claims[-RECENT // 2 :])
        return {"entryId": entry_id, "claimToken": token}

    def _end_claim(self) -> Wish:
        held = self._held()
        if self._is(0.5):
            return Wish("mailbox/ack", held)
        if self._is(0.2):
            return Wish("mailbox/deadLetter", {**held, "error": "no use"})
        later = {"retryAtMs": self._soon_ms()} if self._is(0.5) else {}
        return Wish("mailbox/nack", {**held, "error": "not yet", **later})

    def _extend(self) -> Wish:
        lease_ms = self._chance.choice(LEASES_MS)
        return Wish("mailbox/extendLease", {**self._held(), "leaseMs": lease_ms})

    def _end_entry(self) -> Wish:
        mailbox = {"mailboxId": self._chance.choice(MAILBOXES)}
        what = self._chance.random()
        if what < 0.5:
            return Wish("mailbox/cancel", {"entryId": self._one(self._mailboxes.entries)})
        if what < 0.8:
            return Wish("mailbox/interrupt", mailbox)
        older = self._source.now_ms() - self._chance.choice((1_000, 3_600_000))
        return Wish("mailbox/purge", {"olderThanAtMs": max(0, older)})

    # -- many at once ------------------------------------------------------------------------------

    def _atomic(self) -> Wish:
        """Draw several that stand or fall together; some of them fall."""
        draw = (self._message, self._event, self._start, self._complete, self._item, self._admit,
                self._enqueue)  # fmt: skip
        wishes = [self._chance.choice(draw)() for _ in range(self._chance.choice((1, 2, 3)))]
        return Wish("atomic", {"calls": [wish._asdict() for wish in wishes]})

    # -- reading -----------------------------------------------------------------------------------

    def _read(self) -> Wish:
        thread = {"threadId": self._thread_id()}
        since = self._chance.randrange(1 + len(self._log))
        wishes = [
            Wish("thread/get", thread),
            Wish("turn/get", {"turnId": self._one(self._model.turns)}),
            Wish("turn/incomplete", {}),
            Wish("sessionInput/list", thread),
            Wish("mailbox/state", {"mailboxId": self._chance.choice(MAILBOXES)}),
            Wish("event/list", {"sinceSeq": since, "limit": self._chance.choice((1, 20, 500))}),
            Wish("event/list", {**thread, "sinceSeq": since}),
            Wish("daemon/check", {}) if self._is(0.02) else Wish("daemon/ping", {}),
        ]
        return self._chance.choice(wishes)
