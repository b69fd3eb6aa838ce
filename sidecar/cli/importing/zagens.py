"""Read a runtime directory of zagens: one JSON file per record, or the `runtime.db` in its place.

<root>/threads/<id>.json  turns/<id>.json  items/<id>.json  events/<thread>.jsonl  state.json
<root>/runtime.db has the same records as rows, and the prompts that wait. Once it has taken the
files over they are history: what was deleted from it must not come back.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Raw

from sidecar.cli.importing import files, sqlite, turns
from sidecar.cli.importing.files import Text
from sidecar.cli.importing.story import Call, Found, Story, Unit, call
from sidecar.cli.importing.values import (
    Record,
    digest,
    metadata,
    moment_ms,
    null,
    own_id,
    record,
)
from sidecar.model.turn import Usage

NAME = "zagens"
TABLES = ("threads", "turns", "items", "events", "session_input")
FOLDERS = TABLES[:4]
DATABASE = "runtime.db"
# What counts for the program alone: the next seq, and the version of its tables.
COUNTER = "state.json"
KNOWN_TABLES = ("_meta",)
# How rows order themselves, where the files have names.
ORDER = {"events": "seq", "session_input": "admitted_seq"}
JSON_COLUMNS = {
    "usage_json": "usage",
    "item_ids_json": "item_ids",
    "metadata_json": "metadata",
    "artifact_refs_json": "artifact_refs",
    "coherence_state_json": "coherence_state",
    "payload_json": "payload",
    "checklist_json": "checklist_snapshot",
    "scratchpad_run_history_json": "scratchpad_run_history",
    "plan_json": "plan_snapshot",
    "request_json": "request",
}
# Rust's names of enum members, as the rows have them.
NAMED = ("kind", "status", "delivery")
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
Moment = str | float | None
Kind = TypeVar("Kind", bound=msgspec.Struct)


class Thread(msgspec.Struct):
    """Be a ThreadRecord, as far as it has a place here."""

    id: str
    model: str | None = None
    workspace: str | None = None
    mode: str | None = None
    title: str | None = None
    archived: bool | int = False


class Spent(msgspec.Struct):
    """Be what a turn has used."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    prompt_cache_hit_tokens: int | None = None
    prompt_cache_miss_tokens: int | None = None
    reasoning_tokens: int | None = None


class Turn(msgspec.Struct):
    """Be a TurnRecord."""

    id: str
    thread_id: str
    status: str
    input_summary: str | None = None
    created_at: Moment = None
    started_at: Moment = None
    usage: Spent | None = None
    error: str | None = None
    item_ids: list[str] = msgspec.field(default_factory=list)


class Item(msgspec.Struct):
    """Be a TurnItemRecord."""

    id: str
    turn_id: str
    kind: str
    status: str
    summary: str | None = None
    detail: str | None = None
    metadata: Raw = msgspec.field(default_factory=null)
    artifact_refs: list[str] = msgspec.field(default_factory=list)
    started_at: Moment = None


class Event(msgspec.Struct):
    """Be a RuntimeEventRecord."""

    seq: int
    thread_id: str
    event: str
    turn_id: str | None = None
    item_id: str | None = None
    payload: Raw = msgspec.field(default_factory=null)


class Input(msgspec.Struct):
    """Be a PromptAdmission."""

    id: str
    thread_id: str
    prompt: str
    delivery: str = "queue"
    admitted_seq: int = 0
    promoted_seq: int | None = None
    request: Raw = msgspec.field(default_factory=null)


def read(path: Path) -> Found:
    """Read a runtime directory."""
    found = Found()
    if not files.is_folder(path):
        found.skip(str(path), "not a directory")
        return found
    database = path / DATABASE
    beside = {DATABASE + suffix for suffix in ("", *sqlite.BESIDE)}
    files.report_strays(path, found, {*FOLDERS, COUNTER, *beside})
    if files.is_there(database):
        with sqlite.opened(database, found) as tables:
            if tables is not None:
                sources = {table: _rows(tables, table, found) for table in TABLES}
                _Reader(found, sources).read()
                tables.report_unread(KNOWN_TABLES)
        for folder in FOLDERS:
            if any(files.entries(path / folder, Found())):
                said = f"its files are in {DATABASE}, which is read instead"
                found.note(str(path / folder), said)
        return found
    sources = {table: _files(path / table, found) for table in FOLDERS[:3]}
    _Reader(found, {**sources, "events": _events(path / "events", found)}).read()
    if not found.stories and not found.skipped:
        found.skip(str(path), "has neither threads nor runtime.db")
    return found


def _files(folder: Path, found: Found) -> Iterator[Text]:
    for path in files.folder(folder, found):
        text = files.whole(path, found)
        if text is not None:
            yield text


def _events(folder: Path, found: Found) -> Iterator[Text]:
    for path in files.folder(folder, found, ".jsonl"):
        yield from files.lines(path, found)


def _rows(tables: sqlite.Tables, table: str, found: Found) -> Iterator[Text]:
    """Give rows the form of files; one that has no such form is reported."""
    for where, row in tables.rows(table, ORDER.get(table, "id")):
        members: dict[str, object] = {}
        broken: str | None = None
        for name, value in row.items():
            if isinstance(value, bytes):
                broken = f"{name} is no text"
            elif name in JSON_COLUMNS and isinstance(value, str):
                flaw = files.flaw(value.encode())
                broken = broken or (flaw and f"{name}: {flaw.reason}")
                members[JSON_COLUMNS[name]] = Raw(value.encode())
            elif name in NAMED and isinstance(value, str):
                members[name] = _CAPITAL.sub("_", value).lower()
            else:
                members[name] = value
        if broken:
            found.skip(where, broken)
        else:
            yield Text(where, msgspec.json.encode(members))


class _Reader:
    """Put records together."""

    def __init__(self, found: Found, sources: dict[str, Iterator[Text]]) -> None:
        self._found = found
        self._sources = sources
        self._items: dict[str, list[Record[Item]]] = defaultdict(list)
        self._turns: dict[str, list[Record[Turn]]] = defaultdict(list)
        self._late: dict[str, list[Call]] = defaultdict(list)
        # Where every turn and item belongs, for events that name them.
        self._owner: dict[str, str] = {}

    def read(self) -> None:
        placed = {"id", "model", "workspace", "mode", "title", "archived"}
        threads = list(self._records("threads", Thread, placed))
        known = {thread.value.id for thread in threads}
        self._gather(known)
        for event in self._records("events", Event, {"turn_id", "item_id", "event", "payload"}):
            if self._has(known, event, event.value.thread_id, "thread"):
                self._late[event.value.thread_id].append(self._event(event))
        kept = {"id", "thread_id", "prompt", "delivery", "promoted_seq", "request"}
        for waiting in self._records("session_input", Input, kept):
            if self._has(known, waiting, waiting.value.thread_id, "thread"):
                self._late[waiting.value.thread_id].append(_input(waiting))
        for thread in threads:
            self._found.add(self._story(thread))

    def _gather(self, known: set[str]) -> None:
        placed = {"id", "thread_id", "status", "input_summary", "error", "item_ids"}
        for turn in self._records("turns", Turn, placed):
            if self._has(known, turn, turn.value.thread_id, "thread"):
                self._turns[turn.value.thread_id].append(turn)
                self._owner[turn.value.id] = turn.value.thread_id
        placed = {"id", "turn_id", "kind", "status", "summary", "detail", "metadata"}
        ids = set(self._owner)
        for item in self._records("items", Item, placed | {"artifact_refs"}):
            if self._has(ids, item, item.value.turn_id, "turn"):
                self._items[item.value.turn_id].append(item)
                self._owner[item.value.id] = self._owner[item.value.turn_id]

    def _records(self, table: str, kind: type[Kind], placed: set[str]) -> Iterator[Record[Kind]]:
        """Read the records of a table; of those with one id the first is kept."""
        first: dict[object, str] = {}
        for where, text in self._sources.get(table, ()):
            try:
                read = record(where, text, kind, placed)
            except msgspec.MsgspecError as error:
                self._found.skip(where, files.reason(error))
                continue
            name, said = _name(read.value)
            if name in first:
                self._found.skip(where, f"{said} stands in {first[name]} already")
                continue
            first[name] = where
            yield read

    def _has(self, known: set[str], read: Record[Kind], owner: str, noun: str) -> bool:
        if owner not in known:
            self._found.skip(read.where, f"its {noun} {owner} is not there")
        return owner in known

    def _story(self, thread: Record[Thread]) -> Story:
        where, value, rest = thread
        thread_id = own_id(NAME, value.id)
        create = call(
            where,
            "thread/create",
            threadId=thread_id,
            title=value.title,
            model=value.model or None,
            workspace=value.workspace or None,
            mode=value.mode or None,
            metadata=metadata(NAME, _named(rest, thread_id, value.id)),
        )
        units = [Unit([create], is_root=True)]
        ordered = sorted(
            self._turns[value.id], key=lambda t: (moment_ms(t.value.created_at) or 0, t.value.id)
        )
        units += [unit for turn in ordered for unit in self._turn(thread_id, turn)]
        units += [Unit([each]) for each in self._late[value.id]]
        if value.archived:
            archive = call(where, "thread/update", threadId=thread_id, archived=True)
            units.append(Unit([archive]))
        return Story(NAME, where, thread_id, units)

    def _turn(self, thread_id: str, turn: Record[Turn]) -> Iterator[Unit]:
        where, value, rest = turn
        status = turns.STATUSES.get(value.status)
        if status is None:
            said = f"a turn cannot be {value.status}"
            lost = len(self._items[value.id])
            self._found.skip(where, f"{said}, with {lost} items of it" if lost else said)
            return
        turn_id = own_id(NAME, value.id)
        places = {name: place for place, name in enumerate(value.item_ids)}
        ordered = sorted(
            self._items[value.id],
            key=lambda i: (
                moment_ms(i.value.started_at) or inf,
                places.get(i.value.id, len(places)),
                i.value.id,
            ),
        )
        ended = turns.Ended(
            thread_id=thread_id,
            turn_id=turn_id,
            status=status,
            has_started=value.started_at is not None,
            input_summary=value.input_summary,
            metadata=metadata(NAME, _named(rest, turn_id, value.id)),
            usage=_usage(value.usage),
            error={"kind": NAME, "message": value.error} if value.error else None,
        )
        items = [each for item in ordered for each in self._item(turn_id, item)]
        yield turns.turn(self._found, where, ended, items)

    def _item(self, turn_id: str, item: Record[Item]) -> Iterator[Call]:
        where, value, rest = item
        status = turns.STATUSES.get(value.status)
        if status is None:
            self._found.skip(where, f"an item cannot be {value.status}")
            return
        item_id = own_id(NAME, value.id)
        yield turns.item(
            where,
            turn_id,
            item_id,
            value.kind,
            status,
            summary=value.summary,
            detail=value.detail,
            metadata=metadata(NAME, _named(rest, item_id, value.id), value.metadata),
            artifact_refs=value.artifact_refs or None,
        )

    def _event(self, event: Record[Event]) -> Call:
        """Keep an event under its name; of what it names only what is of its thread."""
        where, value, rest = event
        named = {"turn_id": value.turn_id, "item_id": value.item_id}
        known = {
            name: own_id(NAME, owned)
            for name, owned in named.items()
            if owned and self._owner.get(owned) == value.thread_id
        }
        lost = {name: owned for name, owned in named.items() if owned and name not in known}
        return call(
            where,
            "event/append",
            threadId=own_id(NAME, value.thread_id),
            turnId=known.get("turn_id"),
            itemId=known.get("item_id"),
            event=value.event,
            payload=metadata(NAME, {**rest, **lost}, value.payload),
            eventKey=f"{NAME}:{value.seq}",
        )


def _name(value: msgspec.Struct) -> tuple[object, str]:
    """Tell what makes a record one, and how to say so; events are counted from 1 in any thread."""
    if isinstance(value, Event):
        return (value.thread_id, value.seq), f"seq {value.seq} of {value.thread_id}"
    own: str = getattr(value, "id")  # noqa: B009  # every other record has one
    return own, f"id {own}"


def _input(waiting: Record[Input]) -> Call:
    """Admit a prompt that waits; of one that was promoted its turn has the text."""
    where, value, rest = waiting
    thread_id = own_id(NAME, value.thread_id)
    if value.promoted_seq is None:
        return call(
            where,
            "sessionInput/admit",
            threadId=thread_id,
            inputId=own_id(NAME, value.id),
            prompt=value.prompt,
            delivery=value.delivery,
            request=value.request,
        )
    whole = {**rest, "id": value.id, "prompt": value.prompt, "delivery": value.delivery}
    return call(
        where,
        "event/append",
        threadId=thread_id,
        event="session_input.promoted",
        payload=metadata(NAME, {**whole, "promoted_seq": value.promoted_seq}),
        eventKey=f"{NAME}:input:{digest(value.id)}",
    )


def _named(rest: dict[str, Raw], own: str, source: str) -> dict[str, object]:
    """Keep an id that could not be kept as one."""
    return dict(rest) if own == source else {**rest, "id": source}


def _usage(spent: Spent | None) -> Usage | None:
    if spent is None:
        return None
    return Usage(
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        cached_tokens=spent.prompt_cache_hit_tokens,
        miss_tokens=spent.prompt_cache_miss_tokens,
        reasoning_tokens=spent.reasoning_tokens,
    )
