"""Read a SWE-agent trajectory as the requests that its runner would have made.

A trajectory's `history` alternates between what the agent was given and what it did. What
follows an action is its outcome, whatever its role: older recordings give it to `user`, newer
ones to `tool`. Every other user message is a prompt, and begins a turn.
https://swe-agent.com/latest/usage/trajectories/
"""

import hashlib
from pathlib import Path
from typing import Literal

import msgspec

from sidecar.cli.connect import Params
from sidecar.cli.importing import files
from sidecar.cli.importing.story import Found, Story, Unit, call
from sidecar.model.limits import SUMMARY_CHARS

TITLE_CHARS = 80


class ModelStats(msgspec.Struct, frozen=True):
    """Read what the session used."""

    tokens_sent: int | None = None
    tokens_received: int | None = None
    instance_cost: float | None = None


class Info(msgspec.Struct, frozen=True):
    """Read how the session ended."""

    exit_status: str | None = None
    submission: str | None = None
    model_stats: ModelStats | None = None


class Entry(msgspec.Struct, frozen=True):
    """Read one entry of the history; tool calls may be a list or a text of one."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str | None = None
    action: str | None = None
    is_demo: bool = False
    tool_calls: list[dict[str, object]] | str | None = None

    @property
    def is_action(self) -> bool:
        """Tell whether the agent did something whose outcome follows."""
        return self.role == "assistant" and bool(self.action or self.tool_calls)


class Trajectory(msgspec.Struct, frozen=True):
    """Read one recorded session."""

    history: list[Entry]
    environment: str | None = None
    info: Info | None = None


class Step(msgspec.Struct, frozen=True):
    """Be one request to make."""

    method: str
    params: Params


def read(path: Path) -> Found:
    """Read one trajectory."""
    found = Found()
    text = files.whole(path, found)
    if text is None:
        return found
    try:
        steps = play(text.text)
    except msgspec.MsgspecError as error:
        found.skip(f"{path}:1", f"not a trajectory: {error}")
        return found
    where = f"{path}:1"
    calls = [call(where, step.method, **step.params) for step in steps]
    units = [Unit(calls[:1], is_root=True), Unit(calls[1:])]
    found.add(Story("swe-agent", where, str(steps[0].params["threadId"]), units))
    return found


def play(text: bytes) -> list[Step]:
    """Turn a trajectory into requests, in order; raises MsgspecError if it is none."""
    trajectory = msgspec.json.decode(text, type=Trajectory)
    digest = hashlib.blake2b(text, digest_size=12).hexdigest()
    return _Player(trajectory, digest).play()


class _Player:
    """Walk through a history and note the requests."""

    def __init__(self, trajectory: Trajectory, digest: str) -> None:
        self._trajectory = trajectory
        self._digest = digest
        self._steps: list[Step] = []
        self._turns = 0
        self._items = 0
        self._is_open = False
        self._context: list[Entry] = []
        # The open tool call whose outcome is still to come.
        self._pending: str | None = None

    def play(self) -> list[Step]:
        self._create_thread()
        for entry in self._trajectory.history:
            if entry.role == "assistant":
                self._act(entry)
            elif self._pending is not None:
                self._finish_call(entry.content or "")
            elif entry.role == "user" and not entry.is_demo:
                self._prompt(entry)
            else:
                self._give(entry)
        self._end()
        return self._steps

    def _add(self, method: str, **params: object) -> None:
        self._steps.append(Step(method, params))

    @property
    def _thread_id(self) -> str:
        return f"swe:{self._digest}"

    @property
    def _turn_id(self) -> str:
        return f"{self._thread_id}:turn{self._turns}"

    def _create_thread(self) -> None:
        prompts = [e for e in self._trajectory.history if e.role == "user" and not e.is_demo]
        first = (prompts[0].content or "").strip() if prompts else ""
        lines = [line for line in first.splitlines() if line.strip() and not line.endswith(":")]
        info = self._trajectory.info
        self._add(
            "thread/create",
            threadId=self._thread_id,
            title=(lines or ["SWE-agent session"])[0][:TITLE_CHARS],
            mode="swe-agent",
            metadata={
                "format": "swe-agent",
                "environment": self._trajectory.environment,
                "exitStatus": info.exit_status if info else None,
            },
        )

    def _prompt(self, entry: Entry) -> None:
        self._end_turn("completed")
        self._turns += 1
        input_id = f"{self._thread_id}:input{self._turns}"
        self._add(
            "sessionInput/admit",
            threadId=self._thread_id,
            inputId=input_id,
            prompt=(entry.content or "").strip() or "(empty)",
        )
        self._add(
            "sessionInput/promote",
            threadId=self._thread_id,
            inputId=input_id,
            turnId=self._turn_id,
        )
        self._is_open = True
        context, self._context = self._context, []
        for given in context:
            self._give(given)

    def _give(self, entry: Entry) -> None:
        """Keep what the agent was given besides prompts: the system's text, demonstrations."""
        if not self._is_open:
            self._context.append(entry)
            return
        what = "demonstration" if entry.is_demo else f"{entry.role} text"
        self._item("status", "completed", what, entry.content or "")

    def _act(self, entry: Entry) -> None:
        if not self._is_open:
            self._turns += 1
            self._add("turn/start", threadId=self._thread_id, turnId=self._turn_id)
            self._is_open = True
        if self._pending is not None:
            self._finish_call(None)
        if entry.content:
            self._item("agent_message", "completed", entry.content[:SUMMARY_CHARS], entry.content)
        if entry.is_action:
            action = (entry.action or "").strip() or "tool call"
            metadata = {"action": entry.action, "toolCalls": entry.tool_calls}
            self._pending = self._item(
                "tool_call", "in_progress", action[:SUMMARY_CHARS], None, metadata
            )

    def _item(
        self, kind: str, status: str, summary: str, detail: str | None, metadata: object = None
    ) -> str:
        self._items += 1
        item_id = f"{self._thread_id}:item{self._items}"
        self._add(
            "item/create",
            turnId=self._turn_id,
            itemId=item_id,
            kind=kind,
            status=status,
            summary=summary,
            detail=detail,
            metadata=metadata,
        )
        return item_id

    def _finish_call(self, outcome: str | None) -> None:
        self._add("item/update", itemId=self._pending, status="completed", detail=outcome)
        self._pending = None

    def _end(self) -> None:
        info = self._trajectory.info
        is_done = info is None or (info.exit_status or "").startswith("submitted")
        if self._pending is not None and is_done:
            self._finish_call(info.submission if info else None)
        self._end_turn("completed" if is_done else "failed", info)

    def _end_turn(self, status: str, info: Info | None = None) -> None:
        if not self._is_open:
            return
        self._is_open, self._pending = False, None
        params: Params = {"turnId": self._turn_id, "status": status}
        stats = info.model_stats if info else None
        if stats is not None:
            params["usage"] = {
                "inputTokens": stats.tokens_sent,
                "outputTokens": stats.tokens_received,
                "costUsd": stats.instance_cost,
            }
        if status == "failed":
            reason = (info.exit_status if info else None) or "unknown"
            params["error"] = {"kind": "agent_stopped", "message": reason}
        self._steps.append(Step("turn/complete", params))
