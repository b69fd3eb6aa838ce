"""Read rollouts of Codex: one file per session, one line per fact.

<root>/YYYY/MM/DD/rollout-<time>-<id>.jsonl, each line {timestamp, type, payload} of the types
session_meta, turn_context, response_item, event_msg and compacted; the oldest files have the
payloads bare. What the model said and was told become items, all other lines events.
"""

from pathlib import Path

import msgspec
from msgspec import Raw

from sidecar.cli.importing import files, turns
from sidecar.cli.importing.files import Text
from sidecar.cli.importing.story import Call, Found, Story, Unit, call, is_nothing
from sidecar.cli.importing.values import (
    metadata,
    null,
    own_id,
    summary,
)
from sidecar.cli.importing.words import words
from sidecar.model.item import ItemStatus
from sidecar.model.turn import TurnStatus, Usage

NAME = "codex"
TITLE_CHARS = 80
LINES = ("session_meta", "turn_context", "response_item", "event_msg", "compacted")
BEGINS = ("task_started", "turn_started")
ENDS: dict[str, TurnStatus] = {
    "task_complete": "completed",
    "turn_complete": "completed",
    "turn_aborted": "interrupted",
}
# What the program puts before a user's own words, in a message of the user.
GIVEN = ("<environment_context>", "<user_instructions>", "# AGENTS.md", "<turn_aborted>")
KINDS = {
    "reasoning": "reasoning",
    "local_shell_call": "command_execution",
    "compaction": "context_compaction",
    "compaction_summary": "context_compaction",
}
CALLS = (
    "function_call", "custom_tool_call", "local_shell_call", "web_search_call",
    "tool_search_call", "image_generation_call",
)  # fmt: skip
OUTPUTS = ("function_call_output", "custom_tool_call_output", "tool_search_output")


class Line(msgspec.Struct):
    """Be one line."""

    type: str | None = None
    timestamp: str | None = None
    payload: Raw = msgspec.field(default_factory=null)
    id: str | None = None
    record_type: str | None = None


class Meta(msgspec.Struct):
    """Be what a session says of itself."""

    id: str | None = None
    cwd: str | None = None
    model_provider: str | None = None


class Counts(msgspec.Struct):
    """Count tokens."""

    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_output_tokens: int = 0


class Info(msgspec.Struct):
    """Be what a session has used so far."""

    total_token_usage: Counts | None = None


class Payload(msgspec.Struct):
    """Be what is understood of a payload, whatever its type."""

    type: str | None = None
    role: str | None = None
    content: Raw = msgspec.field(default_factory=null)
    summary: Raw = msgspec.field(default_factory=null)
    message: Raw = msgspec.field(default_factory=null)
    output: Raw = msgspec.field(default_factory=null)
    model: str | None = None
    name: str | None = None
    call_id: str | None = None
    status: str | None = None
    reason: Raw = msgspec.field(default_factory=null)
    info: Info | None = None


def read(path: Path) -> Found:
    """Read one rollout, or all below a folder."""
    found = Found()
    if files.is_folder(path):
        rollouts = []
        for file in files.tree(path, found):
            if file.name.startswith("rollout-"):
                rollouts.append(file)
            else:
                found.note(str(file), "not a rollout; it is not read")
        if not rollouts:
            found.skip(str(path), "has no rollout-*.jsonl below it")
    else:
        rollouts = [path]
    for rollout in rollouts:
        if rollout.suffix != ".jsonl":
            found.skip(str(rollout), f"{rollout.suffix} is not read, only .jsonl")
            continue
        _Session(rollout, found).read()
    _drop_doubles(found)
    return found


def _drop_doubles(found: Found) -> None:
    first: dict[str | None, str] = {}
    for story in list(found.stories):
        if story.thread_id in first:
            stands = first[story.thread_id]
            found.skip(story.where, f"session {story.thread_id} stands in {stands} already")
            found.stories.remove(story)
        first.setdefault(story.thread_id, story.where)


class _Turn:
    """Gather a turn."""

    def __init__(self, where: str, turn_id: str, *, is_told: bool, before: Counts) -> None:
        self.where = where
        self.turn_id = turn_id
        # That it began was told, so its end will be.
        self.is_told = is_told
        self.before = before
        self.items: list[Call] = []
        self.events: list[Call] = []
        self.prompt: str | None = None
        self.is_answered = False
        self.status: TurnStatus | None = None
        self.reason: str | None = None


class _Session:
    """Gather a session."""

    def __init__(self, path: Path, found: Found) -> None:
        self._path = path
        self._found = found
        self._meta = Meta()
        self._meta_rest: dict[str, object] = {}
        self._where = f"{path}:1"
        self._model: str | None = None
        self._title: str | None = None
        self._turn: _Turn | None = None
        self._turns: list[_Turn] = []
        self._before: list[Call] = []
        self._spent = Counts()
        # The place of each call that waits for its output, by its own name.
        self._calls: dict[str, tuple[_Turn, int]] = {}

    def read(self) -> None:
        for text in files.lines(self._path, self._found):
            try:
                self._line(text, msgspec.json.decode(text.text, type=Line))
            except msgspec.MsgspecError as error:
                self._found.skip(text.where, files.reason(error))
        if self._meta.id is None:
            self._found.skip(self._where, "no session_meta: not a rollout")
            return
        self._found.add(self._story())

    @property
    def _thread_id(self) -> str:
        return own_id(NAME, self._meta.id or self._path.stem)

    def _line(self, text: Text, line: Line) -> None:
        payload = line.payload
        if is_nothing(payload):
            # A file of before September 2025.
            if line.record_type is not None:
                self._keep(text, line, f"record.{line.record_type}", Raw(text.text))
                return
            is_meta = self._meta.id is None and line.id is not None and line.type is None
            line.type = "session_meta" if is_meta else "response_item"
            payload = Raw(text.text)
        match line.type:
            case "session_meta":
                self._begin_session(text, payload)
            case "turn_context":
                # The first, which stays the same when the session goes on.
                self._model = self._model or msgspec.json.decode(payload, type=Payload).model
                self._keep(text, line, "turn_context", payload)
            case "event_msg":
                self._event(text, line, payload)
            case "compacted":
                said = words(msgspec.json.decode(payload, type=Payload).message)
                turn = self._current(text)
                turn.items.append(self._item(text, line, "context_compaction", said, payload))
            case "response_item":
                self._response(text, line, payload)
            case _:
                self._keep(text, line, str(line.type), payload)
                self._found.note(text.where, f"a line of type {line.type}, kept as an event")

    def _begin_session(self, text: Text, payload: Raw) -> None:
        if self._meta.id is not None:
            # A session that was forked has its ancestor's, too.
            self._keep(text, Line(), "session_meta", payload)
            return
        self._meta = msgspec.json.decode(payload, type=Meta)
        self._where = text.where
        rest = msgspec.json.decode(payload, type=dict[str, Raw])
        placed = ("id", "cwd", "model_provider")
        self._meta_rest = {name: value for name, value in rest.items() if name not in placed}

    def _event(self, text: Text, line: Line, payload: Raw) -> None:
        told = msgspec.json.decode(payload, type=Payload)
        kind = told.type or "event"
        if kind in BEGINS:
            self._open(text, is_told=True)
        self._keep(text, line, kind, payload)
        if told.info is not None and told.info.total_token_usage is not None:
            self._spent = told.info.total_token_usage
        if kind in ENDS and self._turn is not None:
            self._turn.status = ENDS[kind]
            self._turn.reason = words(told.reason)
            self._close()

    def _response(self, text: Text, line: Line, payload: Raw) -> None:
        told = msgspec.json.decode(payload, type=Payload)
        kind = told.type or "item"
        if kind == "message":
            self._message(text, line, told, payload)
        elif kind in OUTPUTS:
            self._output(text, line, told, payload)
        else:
            turn = self._current(text)
            turn.is_answered = True
            if kind in CALLS and told.call_id:
                self._calls[told.call_id] = (turn, len(turn.items))
            elif kind not in KINDS and kind not in CALLS:
                self._found.note(text.where, f"an item of type {kind}, kept as a status")
            ours = KINDS.get(kind, "tool_call" if kind in CALLS else "status")
            said = words(told.summary) or words(told.content)
            turn.items.append(self._item(text, line, ours, said, payload, told.name))

    def _message(self, text: Text, line: Line, told: Payload, payload: Raw) -> None:
        said = words(told.content) or ""
        is_prompt = told.role == "user" and not said.lstrip().startswith(GIVEN)
        turn = self._current(text)
        if is_prompt and turn.is_answered and not turn.is_told:
            turn = self._open(text, is_told=False)
        if is_prompt:
            self._title = self._title or said.strip()[:TITLE_CHARS] or None
            turn.prompt = turn.prompt or said
        kind = "user_message" if is_prompt else "status"
        if told.role == "assistant":
            kind, turn.is_answered = "agent_message", True
        turn.items.append(self._item(text, line, kind, said, payload))

    def _output(self, text: Text, line: Line, told: Payload, payload: Raw) -> None:
        """Put an output to its call, which is one item with it."""
        turn, place = self._calls.pop(told.call_id or "", (None, 0))
        if turn is None:
            turn = self._current(text)
            said = words(told.output)
            turn.items.append(self._item(text, line, "tool_call", said, payload))
            return
        params = msgspec.json.decode(turn.items[place].params, type=dict[str, object])
        kept = params["metadata"]
        assert isinstance(kept, dict), "an item of ours has metadata"
        kept["imported"] = {**kept["imported"], "output": payload}
        params["detail"] = words(told.output)
        turn.items[place] = call(turn.items[place].where, "item/create", **params)

    def _item(
        self,
        text: Text,
        line: Line,
        kind: str,
        said: str | None,
        payload: Raw,
        name: str | None = None,
    ) -> Call:
        turn = self._current(text)
        status: ItemStatus = "completed"
        return turns.item(
            text.where,
            turn.turn_id,
            f"{self._thread_id}:{_number(text)}",
            kind,
            status,
            summary=summary(said or name),
            detail=said,
            metadata=metadata(NAME, {"timestamp": line.timestamp, "payload": payload}),
        )

    def _keep(self, text: Text, line: Line, kind: str, payload: Raw) -> None:
        """Keep a line as an event of its turn, or of its thread before the first."""
        turn = self._turn
        kept = call(
            text.where,
            "event/append",
            threadId=self._thread_id,
            turnId=turn.turn_id if turn else None,
            event=f"{NAME}.{kind.lower()}",
            payload={"timestamp": line.timestamp, "payload": payload},
            eventKey=f"{NAME}:{_number(text)}",
        )
        (turn.events if turn else self._before).append(kept)

    def _current(self, text: Text) -> _Turn:
        return self._turn or self._open(text, is_told=False)

    def _open(self, text: Text, *, is_told: bool) -> _Turn:
        if self._turn is not None:
            self._close()
        turn_id = f"{self._thread_id}:turn{_number(text)}"
        self._turn = _Turn(text.where, turn_id, is_told=is_told, before=self._spent)
        self._turns.append(self._turn)
        return self._turn

    def _close(self) -> None:
        turn = self._turn
        assert turn is not None, "who closes has one"
        spent, before = self._spent, turn.before
        turn.before = Counts(
            spent.input_tokens - before.input_tokens,
            spent.cached_input_tokens - before.cached_input_tokens,
            spent.output_tokens - before.output_tokens,
            spent.reasoning_output_tokens - before.reasoning_output_tokens,
        )
        if turn.status is None:
            turn.status = "in_progress" if turn.is_told else "completed"
        self._turn = None

    def _story(self) -> Story:
        if self._turn is not None:
            self._close()
        create = call(
            self._where,
            "thread/create",
            threadId=self._thread_id,
            title=self._title,
            model=self._model,
            provider=self._meta.model_provider,
            workspace=self._meta.cwd,
            mode=NAME,
            metadata=metadata(NAME, self._meta_rest),
        )
        units = [Unit([create], is_root=True), *(Unit([each]) for each in self._before)]
        for turn in self._turns:
            units.append(self._made(turn))
            units += [Unit([each]) for each in turn.events]
        return Story(NAME, self._where, self._thread_id, units)

    def _made(self, turn: _Turn) -> Unit:
        spent = turn.before
        is_measured = min(msgspec.structs.astuple(spent)) >= 0 and any(
            msgspec.structs.astuple(spent)
        )
        ended = turns.Ended(
            thread_id=self._thread_id,
            turn_id=turn.turn_id,
            status=turn.status or "completed",
            input_summary=summary(turn.prompt),
            usage=_usage(spent) if is_measured else None,
            error={"kind": "turn_aborted", "message": turn.reason} if turn.reason else None,
        )
        return turns.turn(self._found, turn.where, ended, turn.items)


def _usage(spent: Counts) -> Usage:
    return Usage(
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        cached_tokens=spent.cached_input_tokens,
        reasoning_tokens=spent.reasoning_output_tokens,
    )


def _number(text: Text) -> str:
    return text.where.rpartition(":")[2]
