"""What the contract says of mailboxes, as plainly as it can be said: lists, loops and no index."""

from typing import Any

Record = dict[str, Any]
TERMINAL = ("accepted", "dead_letter", "cancelled", "superseded")
VERBS = {"ack": "accepted", "nack": "queued", "deadLetter": "dead_letter"}
# Defaults that do not depend on the moment: to send them is to say the same.
FIXED = {"origin": "external", "priority": 0}
NO_CLAIM = {"claimToken": None, "claimedBy": None, "leaseUntilMs": None}


class No(Exception):
    """Be a refusal: its kind and details."""

    def __init__(self, kind: str, **details: Any) -> None:
        super().__init__(kind)
        self.data = {"kind": kind, **details}


def place(entry: Record) -> tuple[int, int, int, str]:
    return -entry["priority"], entry["availableAtMs"], entry["createdAtMs"], entry["id"]


def is_spent(entry: Record) -> bool:
    return entry["maxAttempts"] is not None and entry["attemptCount"] >= entry["maxAttempts"]


class Model:
    """Be a mailbox service for one caller at a time, with a clock that is set from outside."""

    def __init__(self) -> None:
        self.now = 0
        self.entries: dict[str, Record] = {}
        self.sent: dict[str, Record] = {}
        self.ended: dict[str, set[tuple[str, str]]] = {}
        self.generations: dict[str, int] = {}
        self.touched: dict[str, int] = {}
        # Leases that were found to be over stay so, even if the clock is set back.
        self.lapsed: set[str] = set()

    # -- what others see -------------------------------------------------------------------------

    def show(self, entry: Record, *, token: bool = False) -> Record:
        return dict(entry) if token else {**entry, "claimToken": None}

    def of(self, mailbox: str | None) -> list[Record]:
        found = [e for e in self.entries.values() if mailbox in (None, e["mailboxId"])]
        return sorted(found, key=place)

    def state(self, mailbox: str) -> Record:
        mine = self.of(mailbox)
        claimed = [e["id"] for e in mine if e["status"] == "claimed"]
        assert len(claimed) <= 1
        return {
            "id": mailbox,
            "generation": self.generations.get(mailbox, 0),
            "queuedCount": sum(e["status"] == "queued" for e in mine),
            "claimedEntryId": claimed[0] if claimed else None,
            "updatedAtMs": self.touched.get(mailbox),
        }

    def listed(self, mailbox: str | None, status: str | None, origin: str | None) -> list[Record]:
        return [
            self.show(e)
            for e in self.of(mailbox)
            if status in (None, e["status"]) and origin in (None, e["origin"])
        ]

    def due(self, mailbox: str | None) -> int | None:
        """Tell when a claim that found nothing could find something."""
        moments = []
        for entry in self.of(mailbox):
            held = self.held(entry["mailboxId"])
            if entry["status"] == "queued" and not held:
                moments.append(entry["availableAtMs"])
            if entry is held:
                moments.append(entry["leaseUntilMs"])
        assert all(moment > self.now for moment in moments)
        return min(moments, default=None)

    # -- steps -----------------------------------------------------------------------------------

    def change(self, entry: Record, **values: Any) -> None:
        entry.update(values, updatedAtMs=self.now)
        self.lapsed.discard(entry["id"])
        if entry["status"] != "claimed":
            entry.update(NO_CLAIM)
        self.touched[entry["mailboxId"]] = self.now

    def held(self, mailbox: str) -> Record | None:
        """Find the entry under a live claim."""
        for entry in self.entries.values():
            is_mine = entry["mailboxId"] == mailbox and entry["status"] == "claimed"
            if is_mine and entry["leaseUntilMs"] > self.now and entry["id"] not in self.lapsed:
                return entry
        return None

    def enqueue(self, entry_id: str, params: Record) -> Record:
        if entry_id in self.entries:
            if FIXED | self.sent[entry_id] != FIXED | params:
                raise No("idempotency_mismatch", id=entry_id)
            return self.show(self.entries[entry_id])
        mailbox = params["mailboxId"]
        generation = self.generations.get(mailbox, 0)
        if params.get("generation", generation) != generation:
            raise No("generation_mismatch", expected=generation, actual=params["generation"])
        dedupe = params.get("dedupeKey")
        for other in self.of(mailbox):
            if dedupe is not None and other["dedupeKey"] == dedupe:
                raise No("already_exists", id=other["id"])
        entry = {
            "id": entry_id,
            "mailboxId": mailbox,
            "payload": params.get("payload"),
            "origin": params.get("origin", "external"),
            "senderId": params.get("senderId"),
            "priority": params.get("priority", 0),
            "dedupeKey": dedupe,
            "generation": generation,
            "status": "queued",
            "availableAtMs": params.get("availableAtMs", self.now),
            "attemptCount": 0,
            "maxAttempts": params.get("maxAttempts"),
            "lastError": None,
            **NO_CLAIM,
            "createdAtMs": self.now,
            "updatedAtMs": self.now,
        }
        self.generations[mailbox] = generation
        self.entries[entry_id], self.sent[entry_id] = entry, params
        self.change(entry)
        return self.show(entry)

    def settle(self, mailbox: str | None) -> None:
        for entry in self.of(mailbox):
            is_over = entry["status"] == "claimed" and entry["leaseUntilMs"] <= self.now
            if is_over and is_spent(entry):
                self.change(entry, status="dead_letter", lastError="lease expired")
            elif is_over:
                self.lapsed.add(entry["id"])

    def take(self, entry: Record, consumer: str, lease_ms: int) -> Record:
        for other in self.of(entry["mailboxId"]):
            if other["status"] == "claimed" and other is not entry:
                self.change(other, status="queued")
        self.change(
            entry,
            status="claimed",
            claimToken="?",
            claimedBy=consumer,
            leaseUntilMs=self.now + lease_ms,
            attemptCount=entry["attemptCount"] + 1,
        )
        return entry

    def claim(self, mailbox: str | None, consumer: str, lease_ms: int, limit: int) -> list[Record]:
        self.settle(mailbox)
        busy = {e["mailboxId"] for e in self.of(mailbox) if self.held(e["mailboxId"])}
        taken: list[Record] = []
        for entry in self.of(mailbox):
            may = entry["id"] in self.lapsed or (
                entry["status"] == "queued" and entry["availableAtMs"] <= self.now
            )
            if may and entry["mailboxId"] not in busy and len(taken) < limit:
                busy.add(entry["mailboxId"])
                taken.append(self.take(entry, consumer, lease_ms))
        return taken

    def claim_entry(self, entry_id: str, consumer: str, lease_ms: int) -> Record | None:
        entry = self.entries.get(entry_id)
        if entry is None or entry["status"] in TERMINAL:
            return None
        self.settle(entry["mailboxId"])
        if entry["status"] in TERMINAL or self.held(entry["mailboxId"]):
            return None
        return self.take(entry, consumer, lease_ms)

    def end(
        self, verb: str, entry_id: str, token: str, error: str | None, retry_at: int | None
    ) -> Record:
        entry = self.entries.get(entry_id)
        if entry is None:
            raise No("mailbox_entry_not_found", id=entry_id)
        if entry["claimToken"] != token:
            if (token, verb) in self.ended.get(entry_id, ()):
                return self.show(entry)
            raise No("claim_lost", entryId=entry_id)
        self.ended.setdefault(entry_id, set()).add((token, verb))
        status = VERBS[verb]
        if verb == "nack" and is_spent(entry):
            status = "dead_letter"
        if status == "queued":
            entry["availableAtMs"] = self.now if retry_at is None else retry_at
        if error is not None:
            entry["lastError"] = error
        self.change(entry, status=status)
        return self.show(entry)

    def extend(self, entry_id: str, token: str, lease_ms: int) -> Record:
        entry = self.entries.get(entry_id)
        if entry is None or entry["claimToken"] != token:
            return {"extended": False, "leaseUntilMs": None}
        self.lapsed.discard(entry_id)
        entry.update(leaseUntilMs=self.now + lease_ms, updatedAtMs=self.now)
        return {"extended": True, "leaseUntilMs": self.now + lease_ms}

    def close(self, entry_id: str, status: str, reason: str | None) -> Record | None:
        entry = self.entries.get(entry_id)
        if entry is None:
            return None
        if entry["status"] not in TERMINAL:
            self.change(entry, status=status, lastError=reason or entry["lastError"])
        return self.show(entry)

    def close_all(
        self, mailbox: str, status: str, reason: str | None, but: str | None
    ) -> list[Record]:
        mine = [e for e in self.of(mailbox) if e["status"] not in TERMINAL and e["id"] != but]
        return [closed for e in mine if (closed := self.close(e["id"], status, reason))]

    def interrupt(self, mailbox: str) -> Record:
        self.generations[mailbox] = self.generations.get(mailbox, 0) + 1
        self.touched[mailbox] = self.now
        superseded = self.close_all(mailbox, "superseded", "superseded by interrupt", None)
        return {"mailbox": self.state(mailbox), "superseded": superseded}

    def purge(self, older_than: int) -> int:
        old = [
            e["id"]
            for e in self.entries.values()
            if e["status"] in TERMINAL and e["updatedAtMs"] < older_than
        ]
        for entry_id in old:
            del self.entries[entry_id], self.sent[entry_id]
            self.ended.pop(entry_id, None)
        return len(old)
