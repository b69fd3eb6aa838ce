"""Read the checkpoints of langgraph-checkpoint-sqlite: a change set for each of them.

Tables checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type,
checkpoint, metadata) and writes (…, task_id, idx, channel, type, value). Values are msgpack whose
extension types name the class that they were; classes are kept by name, as plain values. What is
pickled is not read: to read it is to run it.
"""

from base64 import b64encode
from collections import Counter, defaultdict
from math import isfinite
from pathlib import Path

import msgspec

from sidecar.cli.importing import sqlite
from sidecar.cli.importing.story import Call, Found, Story, Unit, call, ordered_by_parent
from sidecar.cli.importing.values import digest, metadata, own_id

NAME = "langgraph"
Key = tuple[str, str]
ROLES = {"human": "user", "ai": "assistant", "system": "system", "tool": "tool"}
# Members of a message that have a place of their own.
PLACED = ("content", "type", "id", "tool_calls", "tool_call_id")
COLUMNS = ("type", "checkpoint", "metadata", "parent_checkpoint_id")
CLASSES = (0, 1, 2, 3, 4, 5)


class Unreadable(Exception):
    """Say why a value cannot be read."""


class Tagged(dict[str, object]):
    """Be an object that was of a class: `type` names it, `value` is what it was made of."""


def read(path: Path) -> Found:
    """Read one file of checkpoints."""
    found = Found()
    with sqlite.opened(path, found) as tables:
        if tables is None:
            return found
        if "checkpoints" not in tables.names:
            found.skip(str(path), "has no table checkpoints")
            return found
        _read(tables, found)
        tables.report_unread()
    return found


def _read(tables: sqlite.Tables, found: Found) -> None:
    writes: dict[tuple[str, str, str], list[object]] = defaultdict(list)
    order = "thread_id, checkpoint_ns, checkpoint_id"
    for where, row in tables.rows("writes", f"{order}, task_id, idx"):
        key = (str(row["thread_id"]), str(row["checkpoint_ns"]), str(row["checkpoint_id"]))
        try:
            value = _value(row["type"], row["value"])
        except Unreadable as error:
            found.skip(where, str(error))
            continue
        names = ("task_id", "task_path", "idx", "channel")
        writes[key].append({**{name: row.get(name) for name in names}, "value": value})
    logs: dict[Key, list[tuple[str, sqlite.Row]]] = defaultdict(list)
    for where, row in tables.rows("checkpoints", order, *COLUMNS):
        logs[str(row["thread_id"]), str(row["checkpoint_ns"])].append((where, row))
    parents: dict[str, str] = {}
    for (thread, space), rows in logs.items():
        log = _Log((thread, space), found)
        if space and (thread, "") in logs:
            parents[log.thread_id] = own_id(NAME, thread)
        found.add(log.story(rows, writes, parents.get(log.thread_id)))
    ordered_by_parent(found, parents)


class _Log:
    """Follow the checkpoints of one thread, or of a graph within it."""

    def __init__(self, key: Key, found: Found) -> None:
        self._key = key
        self._found = found
        thread, space = key
        self.thread_id = own_id(NAME, f"{thread}|{space}" if space else thread)
        self._version = 0
        # The messages so far, by their ids.
        self._messages: dict[str, bytes] = {}

    def story(
        self,
        rows: list[tuple[str, sqlite.Row]],
        writes: dict[tuple[str, str, str], list[object]],
        parent: str | None,
    ) -> Story:
        thread, space = self._key
        where = rows[0][0]
        create = call(
            where,
            "thread/create",
            threadId=self.thread_id,
            mode=NAME,
            parentThreadId=parent,
            metadata=metadata(NAME, {"thread_id": thread, "checkpoint_ns": space}),
        )
        units = [Unit([create], is_root=True)]
        for at, row in rows:
            own = writes[thread, space, str(row["checkpoint_id"])]
            try:
                units += self._checkpoint(at, row, own)
            except Unreadable as error:
                self._found.skip(at, str(error))
        return Story(NAME, where, self.thread_id, units)

    def _checkpoint(self, where: str, row: sqlite.Row, writes: list[object]) -> list[Unit]:
        value = _value(row["type"] or "json", row["checkpoint"])
        if not isinstance(value, dict):
            raise Unreadable("a checkpoint that is no object")
        channels = value.get("channel_values")
        state: dict[str, object] = dict(channels) if isinstance(channels, dict) else {}
        said = state.pop("messages") if isinstance(state.get("messages"), list) else []
        assert isinstance(said, list), "it was looked at"
        messages = self._log(said)
        encoded = {str(each["id"]): msgspec.json.encode(each) for each in messages}
        known = list(self._messages.items())
        units: list[Unit] = []
        is_grown = list(encoded.items())[: len(known)] == known
        if not is_grown:
            replaced = call(where, "message/replace", threadId=self.thread_id, messages=messages)
            units.append(self._unit(replaced))
        commit = call(
            where,
            "thread/commit",
            threadId=self.thread_id,
            commitId=own_id(NAME, str(row["checkpoint_id"])),
            reason=f"{NAME}/checkpoint",
            messages=messages[len(known) :] if is_grown else None,
            snapshot=state,
            actions={
                "checkpoint": {k: each for k, each in value.items() if k != "channel_values"},
                "parentCheckpointId": row["parent_checkpoint_id"],
                "metadata": _value("json", row["metadata"]),
                "writes": writes,
            },
        )
        self._messages = encoded
        return [*units, self._unit(commit)]

    def _unit(self, made: Call) -> Unit:
        self._version += 1
        return Unit([made], version=self._version)

    def _log(self, said: list[object]) -> list[dict[str, object]]:
        """Make a log; a message that stands in it again gets an id of its own."""
        seen: Counter[str] = Counter()
        log = []
        for each in said:
            message = self._message(each)
            name = str(message["id"])
            seen[name] += 1
            if seen[name] > 1:
                message["id"] = f"{NAME}:{digest(name, str(seen[name]))}"
            log.append(message)
        return log

    def _message(self, each: object) -> dict[str, object]:
        """Make a message of a langchain one, or of a plain object with a role."""
        fields = each["value"] if isinstance(each, Tagged) else each
        if not isinstance(fields, dict):
            fields = {"content": fields}
        kind = str(fields.get("type") or fields.get("role") or "")
        role = ROLES.get(kind, kind if kind in ROLES.values() else "assistant")
        rest = {name: value for name, value in fields.items() if name not in PLACED and value}
        if isinstance(each, Tagged):
            rest["class"] = each["type"]
        source = fields.get("id")
        encoded = msgspec.json.encode(fields)
        calls = fields.get("tool_calls")
        return {
            "id": own_id(NAME, str(source) if source else f"{NAME}:{digest(encoded)}"),
            "role": role,
            "content": fields.get("content"),
            "toolCalls": calls or None,
            "toolCallId": fields.get("tool_call_id") if role == "tool" else None,
            "metadata": metadata(NAME, rest),
        }


def _value(kind: object, data: sqlite.Value) -> object:
    """Decode a value as plain Python; raises Unreadable."""
    text = data.encode() if isinstance(data, str) else data
    if kind == "null" or text is None:
        return None
    if not isinstance(text, bytes):
        raise Unreadable(f"a value that is {type(text).__name__}")
    try:
        match kind:
            case "json":
                return msgspec.json.decode(text or b"null")
            case "msgpack":
                return _plain(msgspec.msgpack.decode(text, ext_hook=_extension))
            case "bytes" | "bytearray":
                return _plain(text)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        raise Unreadable(f"a value of type {kind} that cannot be read: {error}") from error
    raise Unreadable(f"a value of type {kind}, which is not read")


def _plain(value: object) -> object:
    """Say a value as JSON can, and name what JSON has no word for."""
    match value:
        case dict() if all(isinstance(name, str) for name in value):
            made = {str(name): _plain(each) for name, each in value.items()}
            return Tagged(made) if isinstance(value, Tagged) else made
        case dict():
            pairs = [[_plain(name), _plain(each)] for name, each in value.items()]
            return Tagged(type="dict", value=pairs)
        case list() | tuple():
            return [_plain(each) for each in value]
        case float() if not isfinite(value):
            return Tagged(type="float", value=str(value))
        case bytes():
            return Tagged(type="bytes", value=b64encode(value).decode())
    # That JSON can say it is found out now, at its place.
    msgspec.json.encode(value)
    return value


def _extension(code: int, data: memoryview) -> object:
    inner: object = msgspec.msgpack.decode(bytes(data), ext_hook=_extension)
    if code in CLASSES and isinstance(inner, list) and len(inner) > 2:  # noqa: PLR2004
        module, name, made_of, *_ = inner
        return Tagged(type=f"{module}.{name}", value=made_of)
    return Tagged(type=f"extension {code}", value=inner)
