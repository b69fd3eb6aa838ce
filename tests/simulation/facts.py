"""What the contract says of conversations, as plainly as it can be said: dicts, lists, loops.

Every step is told the moment at which the daemon ran it, and holds each event that must follow
against the next one that was written. Ids that the daemon has minted are read off those events.
"""

from collections.abc import Callable
from copy import deepcopy
from itertools import count
from typing import Any, Self

from tests.methods.mailbox_model import No

Record = dict[str, Any]
# Takes the next event, which must have this name, thread and noun and hold this record.
Tape = Callable[[str, str | None, str, Record], Record]

ENDED = ("completed", "failed", "interrupted", "cancelled")
RUN_ENDS = ["completed", "failed", "cancelled", "expired"]
RUN_LEGAL: dict[str, list[str]] = {
    "queued": ["in_progress", "cancelling", *RUN_ENDS],
    "in_progress": ["requires_action", "cancelling", *RUN_ENDS],
    "requires_action": ["in_progress", "cancelling", *RUN_ENDS],
    "cancelling": RUN_ENDS,
}
# What an id begins with that was minted in vain.
UNDONE = "undone-"


def content(params: Record, *names: str) -> Record:
    """Take what tells a request from another one under the same id."""
    return {name: params.get(name) for name in names}


def illegal(machine: str, table: dict[str, list[str]], at: str, to: str) -> No:
    details = {"machine": machine, "from": at, "to": to}
    # What was legal is not told in any order.
    return No("illegal_transition", **details, legal=sorted(table.get(at, [])))


class Facts:
    """Be a daemon for one caller at a time, with a clock that is set from outside."""

    def __init__(self, tape: Tape) -> None:
        self.now = 0
        self._tape = tape
        self._numbers = count(1)
        self.threads: dict[str, Record] = {}
        # Each has left its last event, which can still be read.
        self.deleted: set[str] = set()
        self.turns: dict[str, Record] = {}
        self.items: dict[str, Record] = {}
        self.inputs: dict[str, Record] = {}
        self.runs: dict[str, Record] = {}
        self.messages: dict[str, dict[str, Record]] = {}
        self.appended: dict[str, dict[str, tuple[Record, Record]]] = {}
        # What was asked for, by the id that it was asked under.
        self.sent: dict[str, Record] = {}
        # The inputs whose promotion made a turn.
        self.opened: dict[str, list[str]] = {}
        # When the last event of a turn was written.
        self.turn_at: dict[str, int] = {}

    def trial(self) -> Self:
        """Make another one that knows the same, to be thrown away: no event is held against it."""
        numbers = count(1)
        other = type(self)(
            lambda _event, _thread_id, _noun, record: {"id": f"{UNDONE}{next(numbers)}", **record}
        )
        kept = {k: v for k, v in vars(self).items() if k not in ("_tape", "_numbers")}
        vars(other).update(deepcopy(kept))
        return other

    # -- looking -----------------------------------------------------------------------------------

    def thread(self, params: Record) -> Record:
        return self._find("thread", self.threads, params["threadId"])

    def turn(self, params: Record) -> Record:
        return self._find("turn", self.turns, params["turnId"])

    def _find(self, noun: str, records: dict[str, Record], record_id: str) -> Record:
        if record_id not in records:
            raise No(f"{noun}_not_found", id=record_id)
        return records[record_id]

    def open_thread(self, params: Record) -> Record:
        thread = self.thread(params)
        if thread["archived"]:
            raise No("thread_archived")
        return thread

    def turns_of(self, thread_id: str) -> list[Record]:
        return [turn for turn in self.turns.values() if turn["threadId"] == thread_id]

    def items_of(self, turn_id: str) -> list[Record]:
        return [item for item in self.items.values() if item["turnId"] == turn_id]

    def active(self, thread_id: str) -> Record | None:
        active = [t for t in self.turns_of(thread_id) if t["status"] == "in_progress"]
        assert len(active) <= 1
        return active[0] if active else None

    def pending(self, thread_id: str, delivery: str | None = None) -> list[Record]:
        found = [
            each
            for each in self.inputs.values()
            if each["threadId"] == thread_id
            and each["status"] == "pending"
            and delivery in (None, each["delivery"])
        ]
        return sorted(found, key=lambda each: each["place"])

    def shown_thread(self, thread: Record) -> Record:
        mine, active = self.turns_of(thread["id"]), self.active(thread["id"])
        return {
            **thread,
            "activeTurnId": active["id"] if active else None,
            "latestTurnId": mine[-1]["id"] if mine else None,
            "pendingInputCount": len(self.pending(thread["id"])),
        }

    def require_idle(self, thread_id: str) -> None:
        active = self.active(thread_id)
        if active is not None:
            raise No("turn_active", activeTurnId=active["id"])

    def is_known(self, record_id: str, said: Record) -> bool:
        """Tell whether this was asked for before; with other content it is refused."""
        if record_id not in self.sent:
            return False
        if self.sent[record_id] != said:
            raise No("idempotency_mismatch", id=record_id)
        return True

    def _moved(self, turn_id: str) -> None:
        self.turn_at[turn_id] = max(self.now, self.turn_at.get(turn_id, 0))

    # -- threads -----------------------------------------------------------------------------------

    def thread_create(self, params: Record) -> Record:
        thread_id, said = params["threadId"], content(params, "title")
        if self.is_known(thread_id, said):
            return {"thread": self.shown_thread(self.threads[thread_id]), "created": False}
        self.sent[thread_id] = said
        thread = self.threads[thread_id] = {
            "id": thread_id,
            "title": params.get("title"),
            "archived": False,
            "version": 0,
            "messageCount": 0,
            "createdAtMs": self.now,
        }
        self.messages[thread_id], self.appended[thread_id] = {}, {}
        self._tape("thread.created", thread_id, "thread", self.shown_thread(thread))
        return {"thread": self.shown_thread(thread), "created": True}

    def thread_update(self, params: Record) -> Record:
        thread = self.thread(params)
        if thread["archived"] != params["archived"]:
            thread["archived"] = params["archived"]
            thread["version"] += 1
            self._tape("thread.updated", thread["id"], "thread", self.shown_thread(thread))
        return {"thread": self.shown_thread(thread)}

    def thread_delete(self, params: Record) -> Record:
        thread = self.thread(params)
        if not params.get("force"):
            self.require_idle(thread["id"])
        shown, thread_id = self.shown_thread(thread), thread["id"]
        for records in (self.turns, self.items, self.inputs, self.runs):
            for each in [r["id"] for r in records.values() if r["threadId"] == thread_id]:
                del records[each]
                self.sent.pop(each, None)
                self.opened.pop(each, None)
                self.turn_at.pop(each, None)
        for of_thread in (self.threads, self.sent, self.messages, self.appended):
            del of_thread[thread_id]
        self.deleted.add(thread_id)
        self._tape("thread.deleted", thread_id, "thread", shown)
        return {"deletedThreadIds": [thread_id], "detachedThreadIds": []}

    def thread_get(self, params: Record) -> Record:
        return {"thread": self.shown_thread(self.thread(params))}

    def message_append(self, params: Record) -> Record:
        thread, (message,) = self.thread(params), params["messages"]
        log = self.messages[thread["id"]]
        if message["id"] not in log:
            expected = params.get("expectedMessageCount", len(log))
            if expected != len(log):
                raise No("version_mismatch", expected=expected, actual=len(log))
            log[message["id"]] = {**message, "threadId": thread["id"], "seq": len(log) + 1}
            thread["version"] += 1
            thread["messageCount"] += 1
            done = {"messages": [log[message["id"]]], "messageCount": len(log)}
            self._tape("message.appended", thread["id"], "", {**done, "version": thread["version"]})
        done = {"messages": [log[message["id"]]], "messageCount": len(log)}
        return {**done, "version": thread["version"]}

    def event_append(self, params: Record) -> Record:
        thread = self.thread(params)
        turn_id = params.get("turnId")
        if turn_id is not None and self.turn(params)["threadId"] != thread["id"]:
            raise No("turn_not_found", id=turn_id)
        known, key = self.appended[thread["id"]], params["eventKey"]
        said = content(params, "turnId", "event", "payload")
        if key in known:
            if known[key][0] != said:
                raise No("idempotency_mismatch", id=key)
            return {"event": known[key][1]}
        self._tape(params["event"], thread["id"], "", params["payload"])
        event = {**said, "threadId": thread["id"], "source": "client", "atMs": self.now}
        known[key] = (said, event)
        if turn_id is not None:
            self._moved(turn_id)
        return {"event": event}

    # -- runs --------------------------------------------------------------------------------------

    def run_create(self, params: Record) -> Record:
        thread, run_id = self.thread(params), params["runId"]
        said = content(params, "threadId", "status")
        if self.is_known(run_id, said):
            return {"run": self.runs[run_id]}
        self.sent[run_id] = said
        status = params["status"]
        run = self.runs[run_id] = {
            "id": run_id,
            "threadId": thread["id"],
            "status": status,
            "error": None,
            "createdAtMs": self.now,
            "startedAtMs": self.now if status == "in_progress" else None,
            "endedAtMs": None,
            "updatedAtMs": self.now,
        }
        self._tape("run.created", thread["id"], "run", run)
        return {"run": run}

    def run_update(self, params: Record) -> Record:
        run, status = self._find("run", self.runs, params["runId"]), params["status"]
        if status == run["status"]:
            return {"run": run}
        if status not in RUN_LEGAL.get(run["status"], []):
            raise illegal("run", RUN_LEGAL, run["status"], status)
        run.update(status=status, updatedAtMs=self.now)
        if status == "in_progress" and run["startedAtMs"] is None:
            run["startedAtMs"] = self.now
        if status in RUN_ENDS:
            run["endedAtMs"] = self.now
        self._tape("run.updated", run["threadId"], "run", run)
        return {"run": run}
