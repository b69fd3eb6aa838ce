"""Which method of the wire is which step of the model, and how what it answers is asked for."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from sidecar.store.upkeep import Counts
from tests.methods.mailbox_model import TERMINAL, No, is_spent
from tests.methods.mailbox_model import Model as Mailboxes
from tests.simulation.facts import Record
from tests.simulation.model import Model

Rule = Callable[[Record, Any], Record]


class Rules:
    """Bring requests to the model of conversations or to that of mailboxes."""

    def __init__(self, model: Model, mailboxes: Mailboxes) -> None:
        self._model = model
        self._mailboxes = mailboxes
        plain: dict[str, Callable[[Record], Record]] = {
            "thread/create": model.thread_create,
            "thread/update": model.thread_update,
            "thread/delete": model.thread_delete,
            "thread/get": model.thread_get,
            "message/append": model.message_append,
            "event/append": model.event_append,
            "turn/start": model.turn_start,
            "turn/get": model.turn_get,
            "turn/incomplete": model.turn_incomplete,
            "turn/complete": model.turn_complete,
            "turn/steer": model.turn_steer,
            "turn/interrupt": model.turn_interrupt,
            "item/create": model.item_create,
            "item/update": model.item_update,
            "sessionInput/admit": model.input_admit,
            "sessionInput/promote": model.input_promote,
            "sessionInput/cancel": model.input_cancel,
            "sessionInput/list": model.input_list,
            "run/create": model.run_create,
            "run/update": model.run_update,
            "event/list": self._event_list,
            "mailbox/enqueue": self._enqueue,
            "mailbox/ack": lambda params: self._end("ack", params),
            "mailbox/nack": lambda params: self._end("nack", params),
            "mailbox/deadLetter": lambda params: self._end("deadLetter", params),
            "mailbox/extendLease": self._extend,
            "mailbox/cancel": self._cancel,
            "mailbox/interrupt": lambda params: mailboxes.interrupt(params["mailboxId"]),
            "mailbox/state": lambda params: {"mailbox": mailboxes.state(params["mailboxId"])},
            "mailbox/purge": lambda params: {"purged": mailboxes.purge(params["olderThanAtMs"])},
        }
        self._plain = plain

    def of(self, name: str) -> Rule | None:
        """Find the rule of a method; None if the model does not know it."""
        if name == "mailbox/claim":
            return self._claim
        if name == "mailbox/claimEntry":
            return self._claim_entry
        if name == "atomic":
            return self._atomic
        plain = self._plain.get(name)
        return None if plain is None else lambda params, _answer: plain(params)

    def _event_list(self, params: Record) -> Record:
        # What is on the page, the log knows.
        if params.get("threadId") not in (None, *self._model.deleted):
            self._model.thread(params)
        return {}

    def _atomic(self, params: Record, answer: Any) -> Record:
        """Do all of the calls, or find the first that cannot be done and do none."""
        if answer is not None:
            # Copies, since a later call may change what an earlier one has answered.
            calls = params["calls"]
            return {"results": [deepcopy(self._plain[c["method"]](c["params"])) for c in calls]}
        model, mailboxes = self._model.trial(), deepcopy(self._mailboxes)
        model.now = mailboxes.now = self._model.now
        trial = Rules(model, mailboxes)
        for index, call in enumerate(params["calls"]):
            try:
                trial._plain[call["method"]](call["params"])
            except No as no:
                no.data["index"] = index
                raise
        return {"results": "none of the calls is to be refused"}

    # -- mailboxes ---------------------------------------------------------------------------------

    def _enqueue(self, params: Record) -> Record:
        sent = {name: value for name, value in params.items() if name != "entryId"}
        return {"entry": self._mailboxes.enqueue(params["entryId"], sent)}

    def _claim(self, params: Record, answer: Any) -> Record:
        taken = self._mailboxes.claim(
            params.get("mailboxId"), params["consumerId"], params["leaseMs"], params.get("limit", 1)
        )
        self._take(taken, (answer or {}).get("entries", []))
        return {"entries": taken}

    def _claim_entry(self, params: Record, answer: Any) -> Record:
        taken = self._mailboxes.claim_entry(
            params["entryId"], params["consumerId"], params["leaseMs"]
        )
        if taken is not None and answer:
            self._take([taken], [answer["entry"]])
        return {"entry": taken}

    def _take(self, taken: list[Record], got: list[Record]) -> None:
        """Read the tokens, which nobody can foresee, off the answer."""
        for entry, answered in zip(taken, got, strict=False):
            if answered and answered["id"] == entry["id"]:
                entry["claimToken"] = answered["claimToken"]

    def _end(self, verb: str, params: Record) -> Record:
        error, retry_at = params.get("error"), params.get("retryAtMs")
        entry_id, token = params["entryId"], params["claimToken"]
        return {"entry": self._mailboxes.end(verb, entry_id, token, error, retry_at)}

    def _extend(self, params: Record) -> Record:
        return self._mailboxes.extend(params["entryId"], params["claimToken"], params["leaseMs"])

    def _cancel(self, params: Record) -> Record:
        return {"entry": self._mailboxes.close(params["entryId"], "cancelled", None)}

    def claimable(self, mailbox: str | None) -> str | None:
        """Tell which entry a claim would take now, without taking it."""
        model = self._mailboxes
        for entry in model.of(mailbox):
            if entry["status"] in TERMINAL or model.held(entry["mailboxId"]):
                continue
            if entry["status"] == "queued" and entry["availableAtMs"] <= model.now:
                return str(entry["id"])
            if entry["status"] == "claimed" and not is_spent(entry):
                return str(entry["id"])
        return None

    # -- what is stored ----------------------------------------------------------------------------

    def records(self, most: int | None) -> Iterator[tuple[str, Record, Record]]:
        """Tell how to read each record, and what must be read."""
        model, mailboxes = self._model, self._mailboxes

        def newest(ids: dict[str, Any]) -> list[str]:
            return list(ids) if most is None else list(ids)[-most:]

        yield "turn/incomplete", {}, model.turn_incomplete({})
        for thread_id in newest(model.threads):
            params = {"threadId": thread_id}
            yield "thread/get", params, model.thread_get(params)
            yield "sessionInput/list", params, model.input_list(params)
            log = list(model.messages[thread_id].values())
            yield "message/list", {**params, "limit": 200}, {"data": log[:200]}
        for turn_id in newest(model.turns):
            yield "turn/get", {"turnId": turn_id}, model.turn_get({"turnId": turn_id})
        for input_id in newest(model.inputs):
            shown = {k: v for k, v in model.inputs[input_id].items() if k != "place"}
            yield "sessionInput/get", {"inputId": input_id}, {"input": shown}
        for run_id in newest(model.runs):
            yield "run/get", {"runId": run_id}, {"run": model.runs[run_id]}
        for entry_id in newest(mailboxes.entries):
            entry = mailboxes.show(mailboxes.entries[entry_id])
            yield "mailbox/get", {"entryId": entry_id}, {"entry": entry}
        for mailbox in mailboxes.generations:
            params = {"mailboxId": mailbox}
            yield "mailbox/state", params, {"mailbox": mailboxes.state(mailbox)}

    def counts(self) -> Counts:
        turns = [turn["status"] for turn in self._model.turns.values()]
        inputs = [each["status"] for each in self._model.inputs.values()]
        entries = [entry["status"] for entry in self._mailboxes.entries.values()]
        return Counts(
            threads=len(self._model.threads),
            turns_in_progress=turns.count("in_progress"),
            turns_queued=turns.count("queued"),
            inputs_pending=inputs.count("pending"),
            mailbox_queued=entries.count("queued"),
            mailbox_claimed=entries.count("claimed"),
        )
