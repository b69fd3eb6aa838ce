"""What tirea and awaken have in common: threads with parents, messages, runs with parents."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Raw

from sidecar.cli.importing import files
from sidecar.cli.importing.files import Text
from sidecar.cli.importing.runs import run
from sidecar.cli.importing.story import Found, Story, Unit, call, ordered_by_parent, parents_first
from sidecar.cli.importing.values import (
    Record,
    a_name,
    digest,
    metadata,
    null,
    own_id,
    record,
)

Kind = TypeVar("Kind", bound=msgspec.Struct)
MESSAGE = {"id", "role", "content", "tool_calls", "tool_call_id", "visibility", "metadata"}
RUN = {
    "run_id",
    "thread_id",
    "agent_id",
    "parent_run_id",
    "parent_thread_id",
    "origin",
    "status",
    "termination_code",
    "termination_detail",
    "source_mailbox_entry_id",
    "input_tokens",
    "output_tokens",
    "metadata",
}
# Names of others, which get one of ours where they do not fit the wire.
NAMES = ("agent_id", "parent_thread_id", "source_mailbox_entry_id")  # fmt: skip
ENDS = {"error": "failed", "cancelled": "cancelled"}


class Thread(msgspec.Struct):
    """Be a thread without its messages."""

    id: str
    resource_id: str | None = None
    parent_thread_id: str | None = None
    metadata: Raw = msgspec.field(default_factory=null)


class Titled(msgspec.Struct):
    """Be what a list shows of a thread's metadata."""

    title: str | None = None


class MessageInfo(msgspec.Struct):
    """Say which run a message is of."""

    run_id: str | None = None


class Message(msgspec.Struct):
    """Be one message of a log."""

    role: str
    id: str | None = None
    content: Raw = msgspec.field(default_factory=null)
    tool_calls: Raw = msgspec.field(default_factory=null)
    tool_call_id: str | None = None
    visibility: str | None = None
    metadata: MessageInfo | None = None


class Run(msgspec.Struct):
    """Be a RunRecord."""

    run_id: str
    thread_id: str
    status: str
    agent_id: str | None = None
    parent_run_id: str | None = None
    parent_thread_id: str | None = None
    origin: str | None = None
    termination_code: str | None = None
    termination_detail: str | None = None
    termination_reason: Raw = msgspec.field(default_factory=null)
    source_mailbox_entry_id: str | None = None
    dispatch_id: str | None = None
    metadata: Raw = msgspec.field(default_factory=null)
    created_at: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


def read_file(path: Path, kind: type[Kind], placed: set[str], found: Found) -> Record[Kind] | None:
    """Read a file that is one record; what cannot be read is reported."""
    text = files.whole(path, found)
    return None if text is None else read_text(text, kind, placed, found)


def read_text(text: Text, kind: type[Kind], placed: set[str], found: Found) -> Record[Kind] | None:
    """Read a record; what cannot be read is reported."""
    try:
        return record(text.where, text.text, kind, placed)
    except msgspec.MsgspecError as error:
        found.skip(text.where, files.reason(error))
        return None


class Reader:
    """Put threads and runs together, parents first."""

    def __init__(self, name: str, found: Found) -> None:
        self._name = name
        self._found = found
        self._threads: dict[str, Story] = {}
        self._parents: dict[str, str] = {}
        self._runs: dict[str, list[Record[Run]]] = {}

    def add_thread(self, thread: Record[Thread], units: list[Unit]) -> None:
        """Take a thread with what it has besides runs; of those with one id the first."""
        where, value, rest = thread
        if value.id in self._threads:
            first = self._threads[value.id].where
            self._found.skip(where, f"id {value.id} stands in {first} already")
            return
        thread_id = own_id(self._name, value.id)
        kept: dict[str, object] = dict(rest)
        if thread_id != value.id:
            kept["id"] = value.id
        if value.resource_id and a_name(value.resource_id) is None:
            kept["resource_id"] = value.resource_id
        parent = value.parent_thread_id
        if parent:
            self._parents[thread_id] = own_id(self._name, parent)
        create = call(
            where,
            "thread/create",
            threadId=thread_id,
            title=_title(value.metadata),
            resourceId=a_name(value.resource_id),
            parentThreadId=self._parents.get(thread_id),
            metadata=metadata(self._name, kept, value.metadata),
        )
        story = Story(self._name, where, thread_id, [Unit([create], is_root=True), *units])
        self._threads[value.id] = story

    def add_run(self, read: Record[Run]) -> None:
        """Take a run."""
        self._runs.setdefault(read.value.thread_id, []).append(read)

    def finish(self) -> None:
        """Put every thread after its parent, and every run after its own."""
        self._found.stories.extend(self._threads.values())
        ordered_by_parent(self._found, self._parents)
        ids = {own_id(self._name, source): source for source in self._threads}
        made: set[str] = set()
        for story in self._found.stories:
            source = ids.get(story.thread_id or "")
            if source is not None:
                story.units.extend(self._runs_of(self._runs.pop(source, []), made))
        for lost in self._runs.values():
            for read in lost:
                self._found.skip(read.where, f"its thread {read.value.thread_id} is not there")

    def _runs_of(self, runs: list[Record[Run]], made: set[str]) -> Iterator[Unit]:
        by_id: dict[str, Record[Run]] = {}
        for read in sorted(runs, key=lambda r: (r.value.created_at, r.value.run_id)):
            run_id = read.value.run_id
            if run_id in made or by_id.setdefault(run_id, read) is not read:
                self._found.skip(read.where, f"run_id {run_id} is there already")
        parents = {run_id: read.value.parent_run_id or "" for run_id, read in by_id.items()}
        for run_id in parents_first(by_id, parents):
            unit = self._run(by_id[run_id], has_parent=parents[run_id] in made)
            if unit is not None:
                made.add(run_id)
                yield unit

    def _run(self, read: Record[Run], *, has_parent: bool) -> Unit | None:
        where, value, rest = read
        run_id = own_id(self._name, value.run_id)
        kept: dict[str, object] = dict(rest)
        if run_id != value.run_id:
            kept["run_id"] = value.run_id
        for name in NAMES:
            source = getattr(value, name)
            if source and own_id(self._name, source) != source:
                kept[name] = source
        if value.parent_run_id and not has_parent:
            self._found.note(where, f"its parent run {value.parent_run_id} is not there")
            kept["parent_run_id"] = value.parent_run_id
        entry = value.source_mailbox_entry_id or value.dispatch_id
        return run(
            self._found,
            where,
            own_id(self._name, value.thread_id),
            run_id,
            _status(value),
            agentId=_reference(self._name, value.agent_id),
            origin=value.origin,
            parentRunId=_reference(self._name, value.parent_run_id) if has_parent else None,
            parentThreadId=_reference(self._name, value.parent_thread_id),
            sourceMailboxEntryId=_reference(self._name, entry),
            terminationCode=value.termination_code or _reason(value),
            terminationDetail=value.termination_detail,
            inputTokens=value.input_tokens,
            outputTokens=value.output_tokens,
            metadata=metadata(self._name, kept, value.metadata),
        )


def messages(name: str, thread: str, texts: list[Text], found: Found) -> Iterator[Unit]:
    """Make a log of messages; of those with one id the first is kept."""
    first: dict[str, str] = {}
    for number, text in enumerate(texts, start=1):
        read = read_text(text, Message, MESSAGE - {"metadata"}, found)
        if read is None:
            continue
        where, value, rest = read
        source = value.id or f"{name}:{digest(thread, str(number))}"
        if source in first:
            found.skip(where, f"message {source} stands in {first[source]} already")
            continue
        first[source] = where
        message_id = own_id(name, source)
        kept: dict[str, object] = dict(rest)
        if message_id != source:
            kept["id"] = source
        message = {
            "id": message_id,
            "role": value.role,
            "content": value.content,
            "toolCalls": value.tool_calls,
            "toolCallId": value.tool_call_id,
            "visibility": value.visibility,
            "runId": _reference(name, value.metadata.run_id if value.metadata else None),
            "metadata": metadata(name, kept),
        }
        thread_id = own_id(name, thread)
        yield Unit([call(where, "message/append", threadId=thread_id, messages=[message])])


def elements(text: Text, member: str) -> list[Text]:
    """Take a list apart, each element with its place; raises MsgspecError if it is none."""
    parts = msgspec.json.decode(text.text, type=list[Raw])
    return [
        Text(f"{text.where}:{member}[{number}]", bytes(part)) for number, part in enumerate(parts)
    ]


def _reference(name: str, source: str | None) -> str | None:
    return own_id(name, source) if source else None


def _title(own: Raw) -> str | None:
    try:
        said = msgspec.json.decode(own, type=Titled | None)
    except msgspec.MsgspecError:
        # It is kept as it is.
        return None
    return said.title if said else None


def _status(value: Run) -> str:
    """Tell how a run that is done has ended; why it stopped is told by its code."""
    if value.status != "done":
        return value.status
    return ENDS.get((value.termination_code or _reason(value) or "").split(":")[0], "completed")


def _reason(value: Run) -> str | None:
    """Name awaken's termination reason: a word, or an object of one word or with a type."""
    reason: object = msgspec.json.decode(value.termination_reason)
    if isinstance(reason, dict):
        reason = reason.get("type") or next(iter(reason), None)
    return str(reason) if reason else None
