"""What the contract says of turns, their items, and the inputs that they consume."""

from typing import Any

from tests.methods.mailbox_model import No
from tests.simulation.facts import ENDED, Facts, Record, content, illegal

LEGAL: dict[str, list[str]] = {
    "queued": ["in_progress", "failed", "interrupted", "cancelled"],
    "in_progress": list(ENDED),
}
NOTHING: Record = {"inputs": [], "items": [], "turn": None}
RESTART = {"kind": "process_restart"}
RESTART_OF_RUN = {"code": "process_restart"}


def shown_input(record: Record) -> Record:
    return {name: value for name, value in record.items() if name != "place"}


class Model(Facts):
    """Be a daemon for one caller at a time, with a clock that is set from outside."""

    # -- turns and items ---------------------------------------------------------------------------

    def _tell_turn(self, event: str, turn: Record) -> None:
        self._moved(turn["id"])
        self._tape(event, turn["threadId"], "turn", turn)

    def _make_turn(self, thread_id: str, turn_id: str | None, status: str) -> Record:
        if status == "in_progress":
            self.require_idle(thread_id)
        turn: Record = {
            "threadId": thread_id,
            "status": status,
            "steerCount": 0,
            "itemCount": 0,
            "interruptRequestedAtMs": None,
            "recovered": False,
            "error": None,
            "createdAtMs": self.now,
            "startedAtMs": self.now if status == "in_progress" else None,
            "endedAtMs": None,
            **({"id": turn_id} if turn_id else {}),
        }
        event = "turn.started" if status == "in_progress" else "turn.queued"
        turn["id"] = self._tape(event, thread_id, "turn", turn)["id"]
        assert turn["id"] not in self.turns
        self.turns[turn["id"]] = turn
        self._moved(turn["id"])
        return turn

    def _make_item(self, turn: Record, item_id: str | None, **values: Any) -> Record:
        turn["itemCount"] += 1
        status = values["status"]
        item: Record = {
            "turnId": turn["id"],
            "threadId": turn["threadId"],
            "position": turn["itemCount"],
            "startedAtMs": None if status == "queued" else self.now,
            "endedAtMs": self.now if status in ENDED else None,
            **values,
            **({"id": item_id} if item_id else {}),
        }
        event = {"queued": "queued", "in_progress": "started"}.get(status, "completed")
        item["id"] = self._tape(f"item.{event}", turn["threadId"], "item", item)["id"]
        assert item["id"] not in self.items
        self.items[item["id"]] = item
        self._moved(turn["id"])
        return item

    def _say(self, turn: Record, prompt: str, item_id: str | None = None) -> Record:
        return self._make_item(
            turn, item_id, kind="user_message", status="completed", detail=prompt
        )

    def _shown(self, turn: Record) -> Record:
        return {"turn": turn, "items": self.items_of(turn["id"])}

    def turn_start(self, params: Record) -> Record:
        thread, turn_id = self.thread(params), params["turnId"]
        status = params.get("status", "in_progress")
        said = {**content(params, "threadId", "prompt"), "status": status}
        if turn_id in self.turns:
            return self._start_again(thread, self.turns[turn_id], said)
        self.open_thread(params)
        turn = self._make_turn(thread["id"], turn_id, status)
        self.sent[turn_id] = said
        if params.get("prompt"):
            self._say(turn, params["prompt"])
        return self._shown(turn)

    def _start_again(self, thread: Record, turn: Record, said: Record) -> Record:
        before = self.sent.get(turn["id"], {"status": "promoted"})
        starts = (before["status"], said["status"]) == ("queued", "in_progress")
        is_same = said == before or (starts and {**said, "status": "queued"} == before)
        is_bare = starts and said["prompt"] is None
        if turn["threadId"] != thread["id"] or not (is_same or is_bare):
            raise No("idempotency_mismatch", id=turn["id"])
        if starts and turn["startedAtMs"] is None:
            if turn["status"] != "queued":
                raise illegal("turn", LEGAL, turn["status"], "in_progress")
            self.open_thread({"threadId": thread["id"]})
            self.require_idle(thread["id"])
            turn.update(status="in_progress", startedAtMs=self.now)
            self._tell_turn("turn.started", turn)
        return self._shown(turn)

    def turn_get(self, params: Record) -> Record:
        return self._shown(self.turn(params))

    def turn_incomplete(self, _params: Record) -> Record:
        open_ = [t for t in self.turns.values() if t["status"] in ("queued", "in_progress")]
        return {"data": open_[:50]}

    def _close_items(self, turn: Record, status: str, ended_at: int) -> None:
        after = status if status in ("failed", "cancelled") else "interrupted"
        for item in self.items_of(turn["id"]):
            if item["status"] not in ENDED:
                item.update(status=after, endedAtMs=ended_at)
                self._tape("item.completed", turn["threadId"], "item", item)

    def turn_complete(self, params: Record) -> Record:
        turn, status = self.turn(params), params.get("status", "completed")
        if turn["status"] == status:
            return {"turn": turn, "promotion": NOTHING}
        if status not in LEGAL.get(turn["status"], []):
            raise illegal("turn", LEGAL, turn["status"], status)
        self._close_items(turn, status, self.now)
        turn.update(status=status, endedAtMs=self.now)
        self._tell_turn("turn.completed", turn)
        thread, promotion = self.threads[turn["threadId"]], NOTHING
        may_wake = not thread["archived"] and self.active(thread["id"]) is None
        if params.get("promoteNext") and may_wake:
            promotion = self._promote_new(thread["id"], wake=True)
        return {"turn": turn, "promotion": promotion}

    def turn_steer(self, params: Record) -> Record:
        self.thread(params)
        item_id, said = params["itemId"], content(params, "threadId", "prompt")
        if self.is_known(item_id, said):
            item = self.items[item_id]
            return {"turn": self.turns[item["turnId"]], "item": item}
        turn = self.active(self.open_thread(params)["id"])
        if turn is None:
            raise No("no_active_turn", activeTurnId=None)
        item = self._say(turn, params["prompt"], item_id)
        self.sent[item_id] = said
        self._count_steer(turn)
        return {"turn": turn, "item": item}

    def _count_steer(self, turn: Record) -> None:
        turn["steerCount"] += 1
        self._tell_turn("turn.steered", turn)

    def turn_interrupt(self, params: Record) -> Record:
        thread = self.thread(params)
        turn = self.active(thread["id"])
        if turn is None:
            return {"requested": False, "turn": None}
        if turn["interruptRequestedAtMs"] is None:
            turn["interruptRequestedAtMs"] = self.now
            self._tell_turn("turn.interrupt_requested", turn)
        what = params.get("pending", "hold")
        for each in self.pending(thread["id"]):
            if what == "hold" and not each["held"]:
                each["held"] = True
                self._tell_input("session_input.updated", each)
            elif what == "cancel":
                each.update(status="cancelled", held=False)
                self._tell_input("session_input.cancelled", each)
        return {"requested": True, "turn": turn}

    def item_create(self, params: Record) -> Record:
        turn, item_id = self.turn(params), params["itemId"]
        said = content(params, "turnId", "kind", "status", "detail")
        if self.is_known(item_id, said):
            return {"item": self.items[item_id]}
        if turn["status"] in ENDED:
            raise illegal("turn", LEGAL, turn["status"], "in_progress")
        values = content(params, "kind", "status", "detail")
        item = self._make_item(turn, item_id, **values)
        self.sent[item_id] = said
        return {"item": item}

    def item_update(self, params: Record) -> Record:
        item = self._find("item", self.items, params["itemId"])
        before: str = item["status"]
        status: str = params.get("status", before)
        detail = (item["detail"] or "") + params.get("appendDetail", "") or None
        if (status, detail) == (before, item["detail"]):
            return {"item": item}
        if (before in ENDED or status != before) and status not in LEGAL.get(before, []):
            raise illegal("item", LEGAL, before, status)
        item.update(status=status, detail=detail)
        if status == "in_progress" and item["startedAtMs"] is None:
            item["startedAtMs"] = self.now
        if status in ENDED:
            item["endedAtMs"] = self.now
        ended = "started" if status == "in_progress" else "completed"
        self._moved(item["turnId"])
        event = "item.updated" if status == before else f"item.{ended}"
        self._tape(event, item["threadId"], "item", item)
        return {"item": item}

    # -- session inputs ----------------------------------------------------------------------------

    def _tell_input(self, event: str, record: Record) -> Record:
        return self._tape(event, record["threadId"], "input", shown_input(record))

    def _make_input(self, thread_id: str, input_id: str | None, **values: Any) -> Record:
        number = next(self._numbers)
        record: Record = {
            "threadId": thread_id,
            "status": "pending",
            "held": False,
            "turnId": None,
            "itemId": None,
            "requeuedFromInputId": None,
            "createdAtMs": self.now,
            "place": (number, 0),
            **values,
            **({"id": input_id} if input_id else {}),
        }
        record["id"] = self._tell_input("session_input.admitted", record)["id"]
        assert record["id"] not in self.inputs
        self.inputs[record["id"]] = record
        return record

    def input_admit(self, params: Record) -> Record:
        input_id, delivery = params["inputId"], params["delivery"]
        said = content(params, "threadId", "prompt", "delivery")
        is_known = self.is_known(input_id, said)
        thread, promotes = self.thread(params), params.get("promote", False)
        if is_known:
            is_pending = self.inputs[input_id]["status"] == "pending"
            promotes = promotes and is_pending and not thread["archived"]
        else:
            self.open_thread(params)
            if params.get("ifBusy") == "reject":
                self.require_idle(thread["id"])
            self._make_input(thread["id"], input_id, prompt=params["prompt"], delivery=delivery)
            self.sent[input_id] = said
        promotion = NOTHING
        if promotes and self.active(thread["id"]) is None:
            promotion = self._promote_new(thread["id"])
        elif promotes and delivery == "steer":
            promotion = self._promote_active(thread["id"], wake=False)
        active = self.active(thread["id"])
        return {
            "input": shown_input(self.inputs[input_id]),
            "deduplicated": is_known,
            "activeTurnId": active["id"] if active else None,
            "promotion": promotion,
        }

    def input_promote(self, params: Record) -> Record:
        thread, turn_id = self.thread(params), params.get("turnId")
        wake = params.get("wake", False)
        if params.get("scope") == "steer":
            self.open_thread(params)
            return self._promote_active(thread["id"], wake=wake)
        if turn_id in self.turns:
            return self._promoted_again(thread, turn_id)
        self.open_thread(params)
        return self._promote_new(thread["id"], turn_id, wake=wake)

    def _promoted_again(self, thread: Record, turn_id: str) -> Record:
        if turn_id not in self.opened or self.turns[turn_id]["threadId"] != thread["id"]:
            raise No("idempotency_mismatch", id=turn_id)
        chosen = [self.inputs[each] for each in self.opened[turn_id]]
        made = {each["itemId"] for each in chosen}
        items = [item for item in self.items_of(turn_id) if item["id"] in made]
        inputs = [shown_input(each) for each in chosen]
        return {"inputs": inputs, "items": items, "turn": self.turns[turn_id]}

    def _choose(self, thread_id: str, delivery: str, *, wake: bool) -> list[Record]:
        return [e for e in self.pending(thread_id, delivery) if not (wake and e["held"])]

    def _bind(self, turn: Record, chosen: list[Record], *, steers: bool) -> Record:
        items = []
        for each in chosen:
            item = self._say(turn, each["prompt"])
            each.update(status="promoted", held=False, turnId=turn["id"], itemId=item["id"])
            self._tell_input("session_input.promoted", each)
            items.append(item)
            if steers:
                self._count_steer(turn)
        return {"inputs": [shown_input(e) for e in chosen], "items": items, "turn": turn}

    def _promote_active(self, thread_id: str, *, wake: bool) -> Record:
        turn = self.active(thread_id)
        if turn is None:
            raise No("no_active_turn", activeTurnId=None)
        chosen = self._choose(thread_id, "steer", wake=wake)
        return self._bind(turn, chosen, steers=True) if chosen else NOTHING

    def _promote_new(
        self, thread_id: str, turn_id: str | None = None, *, wake: bool = False
    ) -> Record:
        self.require_idle(thread_id)
        chosen = self._choose(thread_id, "steer", wake=wake)
        chosen = chosen or self._choose(thread_id, "queue", wake=wake)[:1]
        if not chosen:
            return NOTHING
        turn = self._make_turn(thread_id, turn_id, "in_progress")
        self.opened[turn["id"]] = [each["id"] for each in chosen]
        promotion = self._bind(turn, chosen, steers=False)
        if not wake:
            for each in self.pending(thread_id):
                if each["held"]:
                    each["held"] = False
                    self._tell_input("session_input.updated", each)
        return promotion

    def input_cancel(self, params: Record) -> Record:
        record = self._find("session_input", self.inputs, params["inputId"])
        if record["status"] == "promoted":
            raise No("input_not_pending", status="promoted", turnId=record["turnId"])
        if record["status"] == "pending":
            record.update(status="cancelled", held=False)
            self._tell_input("session_input.cancelled", record)
        return {"input": shown_input(record)}

    def input_list(self, params: Record) -> Record:
        thread = self.thread(params)
        return {"data": [shown_input(each) for each in self.pending(thread["id"])][:50]}

    # -- recovery ----------------------------------------------------------------------------------

    def recover(self, mode: str) -> bool:
        """Do what a start does with what its last process left open; tell whether it was any."""
        ended: list[str] = []
        requeued: list[str] = []
        for turn in list(self.turns.values()):
            if turn["status"] in ENDED:
                continue
            ended.append(turn["id"])
            is_untouched = all(i["kind"] == "user_message" for i in self.items_of(turn["id"]))
            at_ms = self.turn_at[turn["id"]]
            self._close_items(turn, "interrupted", at_ms)
            turn.update(status="interrupted", recovered=True, error=RESTART, endedAtMs=at_ms)
            self._tell_turn("turn.completed", turn)
            if mode == "requeue" and is_untouched:
                requeued += self._requeue(turn["id"])
        runs = [run for run in self.runs.values() if run["status"] in ("in_progress", "cancelling")]
        for run in runs:
            is_lost = run["status"] == "in_progress"
            run.update(status="failed" if is_lost else "cancelled", endedAtMs=run["updatedAtMs"])
            run["error"] = RESTART_OF_RUN if is_lost else None
            run["updatedAtMs"] = self.now
            self._tape("run.updated", run["threadId"], "run", run)
        if not ended and not runs:
            return False
        report = {
            "turns": [{"turnId": turn_id} for turn_id in ended],
            "runIds": [run["id"] for run in runs],
            "requeuedInputIds": requeued,
            "quarantined": [],
        }
        self._tape("recovery.completed", None, "", report)
        return True

    def _requeue(self, turn_id: str) -> list[str]:
        again = {each["requeuedFromInputId"] for each in self.inputs.values()}
        mine = [e for e in self.inputs.values() if e["turnId"] == turn_id and e["id"] not in again]
        made = []
        for old in sorted(mine, key=lambda each: each["place"]):
            place = (old["place"][0], next(self._numbers))
            kept = content(old, "prompt", "delivery")
            new = self._make_input(
                old["threadId"], None, requeuedFromInputId=old["id"], place=place, **kept
            )
            made.append(new["id"])
        return made
