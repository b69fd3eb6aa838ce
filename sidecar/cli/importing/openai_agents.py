"""Read the SQLite sessions of openai-agents: what an agent is given on its next run.

Tables agent_sessions (session_id, created_at, updated_at) and agent_messages (id, session_id,
message_data, created_at); message_data is an item of the Responses API. AdvancedSQLiteSession has
message_structure and turn_usage besides.
"""

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Raw

from sidecar.cli.importing import files, sqlite
from sidecar.cli.importing.story import Found, Story, Unit, call
from sidecar.cli.importing.values import (
    metadata,
    null,
    own_id,
)

NAME = "openai-agents"
ROLES = {
    "user": "user",
    "assistant": "assistant",
    "system": "system",
    "developer": "system",
    "tool": "tool",
}
PLACED = ("id", "session_id", "message_data")
# Tables in which the program keeps its own order.
KNOWN_TABLES = ("branch_reservations", "session_clear_generations")


class Item(msgspec.Struct):
    """Be what is understood of an item."""

    type: str | None = None
    role: str | None = None
    content: Raw = msgspec.field(default_factory=null)
    call_id: str | None = None
    name: str | None = None
    arguments: Raw = msgspec.field(default_factory=null)
    output: Raw = msgspec.field(default_factory=null)


class _Besides(NamedTuple):
    """Be what sessions with branches have: where a message stands, and what turns have used."""

    structure: dict[str, list[sqlite.Row]]
    spent: dict[str, list[sqlite.Row]]

    def of(self, row: sqlite.Row) -> list[sqlite.Row]:
        return self.structure.get(str(row["id"]), [])


def read(path: Path) -> Found:
    """Read one file of sessions."""
    found = Found()
    with sqlite.opened(path, found) as tables:
        if tables is None:
            return found
        if not {"agent_sessions", "agent_messages"} <= tables.names:
            found.skip(str(path), "has no tables agent_sessions and agent_messages")
            return found
        _read(tables, found)
        tables.report_unread(KNOWN_TABLES)
    return found


def _read(tables: sqlite.Tables, found: Found) -> None:
    besides = _Besides(
        _kept(tables, "message_structure", "message_id"),
        _kept(tables, "turn_usage", "session_id"),
    )
    rows: dict[str, list[tuple[str, sqlite.Row]]] = defaultdict(list)
    for where, row in tables.rows("agent_messages", "id", "id", "session_id", "message_data"):
        rows[str(row["session_id"])].append((where, row))
    for where, row in tables.rows("agent_sessions", "session_id", "session_id"):
        session = str(row["session_id"])
        found.add(_story(where, row, rows.pop(session, []), besides, found))
    for session, lost in rows.items():
        for where, _ in lost:
            found.skip(where, f"its session {session} is not there")


def _kept(tables: sqlite.Tables, table: str, key: str) -> dict[str, list[sqlite.Row]]:
    kept: dict[str, list[sqlite.Row]] = defaultdict(list)
    for _, row in tables.rows(table, key, key):
        kept[str(row[key])].append(row)
    return kept


def _story(
    where: str,
    row: sqlite.Row,
    rows: list[tuple[str, sqlite.Row]],
    besides: _Besides,
    found: Found,
) -> Story:
    session = str(row["session_id"])
    thread_id = own_id(NAME, session)
    # When it was last written is when its last message was.
    kept: dict[str, object] = {name: value for name, value in row.items() if name != "updated_at"}
    if session in besides.spent:
        kept["turn_usage"] = besides.spent[session]
    create = call(
        where,
        "thread/create",
        threadId=thread_id,
        title=session,
        mode=NAME,
        metadata=metadata(NAME, kept),
    )
    units = [Unit([create], is_root=True)]
    for at, each in rows:
        message = _message(at, each, besides, found)
        if message is not None:
            append = call(at, "message/append", threadId=thread_id, messages=[message])
            units.append(Unit([append]))
    branches = {place["branch_id"] for _, each in rows for place in besides.of(each)}
    if len(branches) > 1:
        said = f"its {len(branches)} branches are one log here; each message tells its own"
        found.note(where, said)
    return Story(NAME, where, thread_id, units)


def _message(
    where: str, row: sqlite.Row, besides: _Besides, found: Found
) -> dict[str, object] | None:
    data = row["message_data"]
    text = data.encode() if isinstance(data, str) else data
    if not isinstance(text, bytes):
        found.skip(where, "no message_data")
        return None
    flaw = files.flaw(text)
    if flaw is not None:
        found.skip(where, flaw.reason)
        return None
    try:
        item = msgspec.json.decode(text, type=Item)
    except msgspec.MsgspecError as error:
        found.skip(where, files.reason(error))
        return None
    message: dict[str, object] = {"role": "assistant", "content": item.content}
    kept: dict[str, object] = {
        name: value for name, value in row.items() if name not in PLACED and value is not None
    }
    if places := besides.of(row):
        kept["structure"] = places
    match item.type:
        case None | "message" if item.role in ROLES:
            message["role"] = ROLES[item.role or "user"]
            kept |= _rest(text)
        case "function_call" if item.call_id and item.name:
            one = {"id": item.call_id, "name": item.name, "arguments": item.arguments}
            message["toolCalls"] = [one]
            kept["item"] = Raw(text)
        case "function_call_output" if item.call_id:
            message |= {"role": "tool", "toolCallId": item.call_id, "content": item.output}
            kept["item"] = Raw(text)
        case _:
            # Reasoning and the like: the model reads it again, a person does not.
            message |= {"content": Raw(text), "visibility": "internal"}
    return {**message, "id": f"{NAME}:{row['id']!r}", "metadata": metadata(NAME, kept)}


def _rest(text: bytes) -> dict[str, object]:
    fields = msgspec.json.decode(text, type=dict[str, Raw])
    return {name: value for name, value in fields.items() if name != "content"}
