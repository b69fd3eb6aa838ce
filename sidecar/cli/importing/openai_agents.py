"""Read the SQLite sessions of openai-agents: what an agent is given on its next run.

Tables agent_sessions (session_id, created_at, updated_at) and agent_messages (id, session_id,
message_data, created_at); message_data is an item of the Responses API.
"""

from collections import defaultdict
from pathlib import Path

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


class Item(msgspec.Struct):
    """Be what is understood of an item."""

    type: str | None = None
    role: str | None = None
    content: Raw = msgspec.field(default_factory=null)
    call_id: str | None = None
    name: str | None = None
    arguments: Raw = msgspec.field(default_factory=null)
    output: Raw = msgspec.field(default_factory=null)


def read(path: Path) -> Found:
    """Read one file of sessions."""
    found = Found()
    with sqlite.opened(path, found) as tables:
        if tables is None:
            return found
        if not {"agent_sessions", "agent_messages"} <= tables.names:
            found.skip(str(path), "has no tables agent_sessions and agent_messages")
            return found
        rows: dict[str, list[tuple[str, sqlite.Row]]] = defaultdict(list)
        for where, row in tables.rows("agent_messages", "id"):
            rows[str(row["session_id"])].append((where, row))
        for where, row in tables.rows("agent_sessions", "session_id"):
            session = str(row["session_id"])
            found.add(_story(where, row, rows.pop(session, []), found))
        for session, lost in rows.items():
            for where, _ in lost:
                found.skip(where, f"its session {session} is not there")
    return found


def _story(where: str, row: sqlite.Row, rows: list[tuple[str, sqlite.Row]], found: Found) -> Story:
    session = str(row["session_id"])
    thread_id = own_id(NAME, session)
    create = call(
        where,
        "thread/create",
        threadId=thread_id,
        title=session,
        mode=NAME,
        metadata=metadata(NAME, {"session_id": session, "created_at": row.get("created_at")}),
    )
    units = [Unit([create], is_root=True)]
    for at, each in rows:
        message = _message(at, each, found)
        if message is not None:
            append = call(at, "message/append", threadId=thread_id, messages=[message])
            units.append(Unit([append]))
    return Story(NAME, where, thread_id, units)


def _message(where: str, row: sqlite.Row, found: Found) -> dict[str, object] | None:
    data = row["message_data"]
    text = data.encode() if isinstance(data, str) else data
    if not isinstance(text, bytes):
        found.skip(where, "no message_data")
        return None
    try:
        item = msgspec.json.decode(text, type=Item)
    except msgspec.MsgspecError as error:
        found.skip(where, files.reason(error))
        return None
    message: dict[str, object] = {"role": "assistant", "content": item.content}
    kept: dict[str, object] = {"created_at": row.get("created_at")}
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
