"""Decide what becomes of what the last process left unfinished: a table, and nothing else.

| the turn is           | its items             | then                                          |
|-----------------------|-----------------------|-----------------------------------------------|
| queued or in progress | any                   | it is `interrupted`, its open items with it   |
| ended                 | some open             | the open ones are closed as its end says      |

and with `requeue`, the inputs of an interrupted turn that has nothing but user messages are
admitted again, each in its old place, each once.

| the run is            | it becomes  | its open steps become                                |
|-----------------------|-------------|------------------------------------------------------|
| in progress           | `failed`    | `failed` with it                                     |
| cancelling            | `cancelled` | `cancelled` with it                                  |
| queued, in need of an action or ended | what it is | what they are                         |
"""

from typing import Literal

import msgspec

from sidecar.model.run import RunError
from sidecar.model.turn import TURN, TurnError

RecoverMode = Literal["interrupt", "requeue"]
PROCESS_RESTART = TurnError(
    "process_restart", "The daemon ended while this turn was open; its outcome is unknown."
)

RUN_LOST = RunError(
    "process_restart", "The daemon ended while this run was in progress; its outcome is unknown."
)


class FoundTurn(msgspec.Struct, frozen=True):
    """Be one turn that is open, or has open items, as it was found."""

    key: int
    turn_id: str
    thread_id: str
    status: str
    item_ids: tuple[str, ...]
    input_ids: tuple[str, ...]
    has_only_user_messages: bool


class Step(msgspec.Struct, frozen=True):
    """Be what to do about one turn."""

    turn: FoundTurn
    action: Literal["interrupt", "close_items"]
    requeue: bool


def plan(found: list[FoundTurn], mode: RecoverMode) -> list[Step]:
    """Decide for each found turn; pure, so that every row of the table is one test."""
    return [
        Step(
            turn,
            "interrupt" if turn.status in TURN.open else "close_items",
            requeue=mode == "requeue"
            and turn.status in TURN.open
            and turn.has_only_user_messages
            and bool(turn.input_ids),
        )
        for turn in found
    ]


class FoundRun(msgspec.Struct, frozen=True):
    """Be one run that is open, as it was found."""

    key: int
    run_id: str
    thread_key: int
    status: str


class RunEnd(msgspec.Struct, frozen=True):
    """Be how to end one run and its open steps."""

    run: FoundRun
    status: Literal["failed", "cancelled"]
    error: RunError | None


def plan_runs(found: list[FoundRun]) -> list[RunEnd]:
    """Decide for each found run; those that wait for somebody go on waiting."""
    ends = []
    for run in found:
        if run.status == "in_progress":
            ends.append(RunEnd(run, "failed", RUN_LOST))
        elif run.status == "cancelling":
            ends.append(RunEnd(run, "cancelled", None))
    return ends


class RecoveredTurn(msgspec.Struct, frozen=True, rename="camel"):
    """Report one turn: what it was, the items that were closed, the inputs it had consumed."""

    turn_id: str
    thread_id: str
    from_: str = msgspec.field(name="from")
    item_ids: list[str]
    input_ids: list[str]


class Quarantined(msgspec.Struct, frozen=True, rename="camel"):
    """Report one record that could not be read, and what was done about it."""

    table: str
    key: str
    reason: str


class RecoveryReport(msgspec.Struct, frozen=True, rename="camel"):
    """Tell everything that was found unfinished at the start of an epoch."""

    epoch: int
    clean_shutdown: bool
    took_ms: int
    turns: list[RecoveredTurn]
    run_ids: list[str]
    requeued_input_ids: list[str]
    pending_input_count: int
    quarantined: list[Quarantined]

    def found_anything(self) -> bool:
        """Tell whether there is something to report as an event."""
        return bool(self.turns or self.run_ids or self.quarantined)
