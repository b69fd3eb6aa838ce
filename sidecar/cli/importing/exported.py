"""Read what `sidecar export` has written, and make it again: the same but for what is stamped.

The daemon stamps times and seqs anew, and names the items of promoted inputs; a turn that was
open comes back interrupted, and what has been said of recovery, holds and re-admission is not
said again. `tests/support/exports.py` says so field by field.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Raw

from sidecar.cli.importing import files
from sidecar.cli.importing.past import Past, PastInput, PastTurn
from sidecar.cli.importing.runs import run
from sidecar.cli.importing.story import Found, Story, Unit, call, ordered_by_parent

NAME = "jsonl"
ARCHIVE = "thread/update"
THREAD = ("title", "model", "provider", "workspace", "mode", "resourceId", "metadata")
MESSAGE = (
    "id", "role", "content", "toolCalls", "toolCallId", "visibility", "runId", "metadata",
)  # fmt: skip
RUN = (
    "turnId", "agentId", "origin", "parentRunId", "parentThreadId", "sourceMailboxEntryId",
    "model", "terminationCode", "terminationDetail", "inputTokens", "outputTokens", "metadata",
)  # fmt: skip
Fields = dict[str, Raw]


class Line(msgspec.Struct):
    """Be one line: what it is, and the record under its noun."""

    type: str
    thread: Fields | None = None
    turn: Fields | None = None
    item: Fields | None = None
    input: Fields | None = None
    run: Fields | None = None
    step: Fields | None = None
    commit: Fields | None = None
    event: Fields | None = None

    @property
    def record(self) -> Fields | None:
        """Give the record."""
        record: Fields | None = getattr(self, self.type, None)
        return record


class Error(msgspec.Struct):
    """Say why something failed."""

    code: str
    message: str


def read(path: Path) -> Found:
    """Read a file of one or more threads, one after the other."""
    found = Found()
    parts = _parts(path, found)
    parents: dict[str, str] = {}
    for part in parts:
        try:
            found.add(_Thread(part, found).story(parents))
        except (KeyError, msgspec.MsgspecError) as error:
            rest = f", with {len(part) - 1} more records of it" if part[1:] else ""
            found.skip(part[0][0], f"a record is not as it was exported: {error}{rest}")
    if not found.stories and not found.skipped:
        found.skip(str(path), "has no threads")
    ordered_by_parent(found, parents)
    return found


def _parts(path: Path, found: Found) -> list[list[tuple[str, Line]]]:
    """Cut the lines into threads; what belongs to none is reported."""
    parts: list[list[tuple[str, Line]]] = []
    own: Fields | None = None
    for where, text in files.lines(path, found):
        try:
            line = msgspec.json.decode(text, type=Line)
        except msgspec.MsgspecError as error:
            found.skip(where, files.reason(error))
            continue
        if line.type == "thread":
            # What follows one that cannot be read is not of the thread before it.
            own = line.thread
            if own is not None:
                parts.append([])
        if line.record is None:
            found.skip(where, f"no record of type {line.type}")
        elif own is None:
            found.skip(where, "it comes before its thread")
        elif line.record.get("threadId", own.get("id")) != own.get("id"):
            found.skip(where, "it is of another thread than what it follows")
        else:
            parts[-1].append((where, line))
    return parts


class _Thread:
    """Make one thread again."""

    def __init__(self, part: list[tuple[str, Line]], found: Found) -> None:
        self._found = found
        self._where, first = part[0]
        assert first.thread is not None, "a part begins with its thread"
        self._thread = first.thread
        self._id = _text(self._thread["id"])
        self._part = part
        self._runs = {_text(fields["id"]) for _, fields in self._all("run")}

    def _all(self, noun: str) -> Iterator[tuple[str, Fields]]:
        for where, line in self._part:
            if line.type == noun and line.record is not None:
                yield where, line.record

    def story(self, parents: dict[str, str]) -> Story:
        parent = _maybe(self._thread["parentThreadId"])
        if parent:
            parents[self._id] = parent
        fields = _given(self._thread, THREAD)
        create = call(
            self._where, "thread/create", threadId=self._id, parentThreadId=parent, **fields
        )
        units = [Unit([create], is_root=True)]
        past = Past(self._found, self._id)
        for where, fields in self._all("input"):
            past.add_input(where, _input(fields))
        for where, fields in self._all("turn"):
            past.add_turn(where, _turn(fields))
        for where, fields in self._all("item"):
            past.add_item(where, _text(fields["turnId"]), fields)
        units += past.units()
        units += [unit for where, each in self._all("run") for unit in self._run(where, each)]
        units += [_step(where, each) for where, each in self._all("step")]
        units += self._commits()
        units += [_event(where, each, self._id) for where, each in self._all("event")]
        return Story(NAME, self._where, self._id, units)

    def _run(self, where: str, fields: Fields) -> Iterator[Unit]:
        failed = msgspec.json.decode(fields["error"], type=Error | None)
        made = run(
            self._found,
            where,
            self._id,
            _text(fields["id"]),
            _text(fields["status"]),
            error=None if failed is None else {"code": failed.code, "message": failed.message},
            has_started=_maybe_number(fields["startedAtMs"]) is not None,
            **_given(fields, RUN),
        )
        if made is not None:
            yield made

    def _commits(self) -> Iterator[Unit]:
        commits = sorted(self._all("commit"), key=lambda each: _number(each[1]["version"]))
        archiving = None
        if bytes(self._thread["archived"]) == b"true":
            updates = [fields for _, fields in commits if _text(fields["reason"]) == ARCHIVE]
            archiving = _number(updates[-1]["version"]) if updates else 0
        for where, fields in commits:
            version = _number(fields["version"])
            if version == archiving:
                archive = call(where, "thread/update", threadId=self._id, archived=True)
                yield Unit([archive], version=version)
            else:
                yield self._commit(where, fields, version)
        if archiving == 0:
            archive = call(self._where, "thread/update", threadId=self._id, archived=True)
            yield Unit([archive])

    def _commit(self, where: str, fields: Fields, version: int) -> Unit:
        reason = _text(fields["reason"])
        messages = [
            _given(each, MESSAGE)
            for each in msgspec.json.decode(fields["messages"], type=list[Fields])
        ]
        if bytes(fields["replaced"]) == b"true":
            if reason == "message/clear":
                made = call(where, reason, threadId=self._id)
            else:
                made = call(where, "message/replace", threadId=self._id, messages=messages)
            return Unit([made], version=version)
        own = _maybe(fields["runId"])
        if own is not None and own not in self._runs:
            self._found.note(where, f"run {own}, of which its change set was, is gone")
            own = None
        made = call(
            where,
            "thread/commit",
            threadId=self._id,
            commitId=_maybe(fields["commitId"]),
            reason=reason,
            runId=own,
            messages=messages or None,
            **_given(fields, ("patches", "actions", "snapshot")),
        )
        return Unit([made], version=version)


def _step(where: str, fields: Fields) -> Unit:
    step_id = _text(fields["id"])
    create = call(
        where,
        "step/create",
        runId=fields["runId"],
        stepId=step_id,
        **_given(fields, ("type", "details")),
    )
    status = _text(fields["status"])
    error = _given(fields, ("error",))
    if status == "in_progress" and not error:
        return Unit([create])
    end = call(where, "step/update", stepId=step_id, status=status, **error)
    return Unit([create, end])


def _event(where: str, fields: Fields, thread_id: str) -> Unit:
    """Append a client's event; its old seq is the key by which it is known again."""
    append = call(
        where,
        "event/append",
        threadId=thread_id,
        eventKey=f"{NAME}:{_number(fields['seq'])}",
        **_given(fields, ("turnId", "itemId", "event", "payload")),
    )
    return Unit([append])


def _turn(fields: Fields) -> PastTurn:
    return PastTurn(
        turn_id=_text(fields["id"]),
        status=_text(fields["status"]),
        has_started=_maybe_number(fields["startedAtMs"]) is not None,
        was_interrupted=_maybe_number(fields["interruptRequestedAtMs"]) is not None,
        steer_count=_number(fields["steerCount"]),
        fields=_given(fields, ("inputSummary", "metadata")),
        end=_given(fields, ("usage", "error")),
    )


def _input(fields: Fields) -> PastInput:
    return PastInput(
        input_id=_text(fields["id"]),
        status=_text(fields["status"]),
        delivery=_text(fields["delivery"]),
        turn_id=_maybe(fields["turnId"]),
        item_id=_maybe(fields["itemId"]),
        is_held=bytes(fields["held"]) == b"true",
        admitted_seq=_number(fields["admittedSeq"]),
        fields=_given(fields, ("prompt", "delivery", "request")),
    )


def _given(fields: Fields, names: tuple[str, ...]) -> Fields:
    """Take what is not null."""
    return {name: fields[name] for name in names if bytes(fields[name]) not in (b"null", b"[]")}


def _text(value: Raw) -> str:
    return msgspec.json.decode(value, type=str)


def _maybe(value: Raw) -> str | None:
    return msgspec.json.decode(value, type=str | None)


def _number(value: Raw) -> int:
    return msgspec.json.decode(value, type=int)


def _maybe_number(value: Raw) -> int | None:
    return msgspec.json.decode(value, type=int | None)
