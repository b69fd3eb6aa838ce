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
from sidecar.cli.importing.story import (
    Call,
    Found,
    Story,
    Unit,
    call,
    ordered_by_parent,
    parents_first,
)

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
ITEM = ("id", "turnId", "kind", "status", "summary", "detail", "metadata", "artifactRefs")
# What every record of a noun has.
MEMBERS = {
    "thread": ("id", "parentThreadId", "archived", *THREAD),
    "turn": (
        "id", "status", "startedAtMs", "interruptRequestedAtMs", "steerCount", "inputSummary",
        "metadata", "usage", "error",
    ),
    "item": ITEM,
    "input": (
        "id", "status", "delivery", "turnId", "itemId", "held", "admittedSeq", "prompt", "request",
    ),
    "run": ("id", "status", "error", "startedAtMs", *RUN),
    "step": ("id", "runId", "type", "details", "status", "error"),
    "commit": (
        "version", "reason", "messages", "replaced", "runId", "commitId", "patches", "actions",
        "snapshot",
    ),
    "event": ("seq", "turnId", "itemId", "event", "payload"),
}  # fmt: skip
Fields = dict[str, Raw]


class Read(msgspec.Struct, rename="camel"):
    """Be the members that are understood, whatever record they are of."""

    id: str = ""
    status: str = ""
    delivery: str = ""
    kind: str = ""
    reason: str = ""
    parent_thread_id: str | None = None
    parent_run_id: str | None = None
    turn_id: str | None = None
    item_id: str | None = None
    run_id: str | None = None
    commit_id: str | None = None
    summary: str | None = None
    detail: str | None = None
    started_at_ms: int | None = None
    interrupt_requested_at_ms: int | None = None
    steer_count: int = 0
    admitted_seq: int = 0
    version: int = 0
    seq: int = 0


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
    parents: dict[str, str] = {}
    for part in _parts(path, found):
        if _is_whole(*part[0], found):
            try:
                found.add(_Thread(part, found).story(parents))
            except msgspec.MsgspecError as error:
                said = f"with its {len(part) - 1} records, one of them not as it was exported"
                found.skip(part[0][0], f"{said}: {error}")
            continue
        for where, line in part[1:]:
            found.skip(where, f"the thread of this {line.type} is not imported")
    if not found.stories and not found.skipped:
        found.skip(str(path), "has no threads")
    ordered_by_parent(found, parents)
    return found


def _parts(path: Path, found: Found) -> list[list[tuple[str, Line]]]:
    """Take a file apart, each thread with its records."""
    parts: list[list[tuple[str, Line]]] = []
    first: dict[tuple[str, bytes], str] = {}
    for where, text in files.lines(path, found):
        try:
            line = msgspec.json.decode(text, type=Line)
        except msgspec.MsgspecError as error:
            found.skip(where, files.reason(error))
            continue
        if line.type == "thread":
            parts.append([])
            first.clear()
        if line.record is None:
            found.skip(where, f"no record of type {line.type}")
        elif not parts or (not parts[-1] and line.type != "thread"):
            # What follows a thread that cannot be read is not of the thread before it.
            found.skip(where, "it comes before its thread")
        elif (stands := first.setdefault(_name(line), where)) != where:
            found.skip(where, f"this {line.type} stands in {stands} already")
        elif line.type == "thread" or _is_whole(where, line, found):
            parts[-1].append((where, line))
    return [part for part in parts if part]


def _name(line: Line) -> tuple[str, bytes]:
    """Tell what makes a record one; what has none of it is broken, and told to be."""
    record = line.record or {}
    names = [bytes(record[name]) for name in ("id", "version", "seq") if name in record]
    return line.type, names[0] if names else b""


def _is_whole(where: str, line: Line, found: Found) -> bool:
    """Tell whether a record has all that is looked at; what is wrong with it is reported."""
    assert line.record is not None, "a line without a record is told before"
    try:
        for name in MEMBERS[line.type]:
            bytes(line.record[name])
        # What is read for more than to be sent again.
        msgspec.convert(
            {
                name: msgspec.json.decode(value)
                for name, value in line.record.items()
                if name in Read.__struct_encode_fields__
            },
            Read,
        )
        if line.type == "run":
            msgspec.json.decode(line.record["error"], type=Error | None)
        elif line.type == "commit":
            for message in msgspec.json.decode(line.record["messages"], type=list[Fields]):
                _given(message, MESSAGE)
    except KeyError as error:
        found.skip(where, f"this {line.type} is not as it was exported: no {error.args[0]}")
    except msgspec.MsgspecError as error:
        found.skip(where, f"this {line.type} is not as it was exported: {error}")
    else:
        return True
    return False


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
        units += [unit for where, each in self._runs_in_order() for unit in self._run(where, each)]
        units += [_step(where, each) for where, each in self._all("step")]
        units += self._commits()
        units += [_event(where, each, self._id) for where, each in self._all("event")]
        return Story(NAME, self._where, self._id, units)

    def _runs_in_order(self) -> list[tuple[str, Fields]]:
        """Put every run after its parent: those of one moment are in no order."""
        runs = {_text(fields["id"]): (where, fields) for where, fields in self._all("run")}
        parents = {each: _maybe(fields["parentRunId"]) for each, (_, fields) in runs.items()}
        known = {each: parent for each, parent in parents.items() if parent}
        return [runs[each] for each in parents_first(runs, known)]

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
            archiving = updates[-1] if updates else self._thread
        # Counted anew: a line that could not be read costs itself alone.
        for version, (where, fields) in enumerate(commits, start=1):
            if fields is archiving:
                yield Unit([self._archive(where, expectedVersion=version - 1)], version=version)
            else:
                yield self._commit(where, fields, version)
        if archiving is self._thread:
            yield Unit([self._archive(self._where)])

    def _archive(self, where: str, **expected: int) -> Call:
        return call(where, "thread/update", threadId=self._id, archived=True, **expected)

    def _commit(self, where: str, fields: Fields, version: int) -> Unit:
        reason = _text(fields["reason"])
        messages = [
            _given(each, MESSAGE)
            for each in msgspec.json.decode(fields["messages"], type=list[Fields])
        ]
        # By which it is known again where nothing else tells; a commitId is asked first.
        own_place = {"threadId": self._id, "expectedVersion": version - 1}
        if bytes(fields["replaced"]) == b"true":
            if reason == "message/clear":
                made = call(where, reason, **own_place)
            else:
                made = call(where, "message/replace", **own_place, messages=messages)
            return Unit([made], version=version)
        own = _maybe(fields["runId"])
        if own is not None and own not in self._runs:
            self._found.note(where, f"run {own}, of which its change set was, is gone")
            own = None
        made = call(
            where,
            "thread/commit",
            **own_place,
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
