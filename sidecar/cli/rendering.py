"""Show a thread to a person: as Markdown, or as one page of HTML without scripts.

What was said is shown as it was said, never read as markup: text of a conversation is anybody's.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape

import msgspec
from msgspec import Raw

from sidecar.client.records import Item, Message, Thread, Turn

WORDS = {
    "user_message": "User",
    "agent_message": "Agent",
    "reasoning": "Reasoning",
    "tool_call": "Tool call",
    "file_change": "File change",
    "command_execution": "Command",
    "context_compaction": "Compaction",
    "status": "Status",
    "error": "Error",
}
# Shown as prose; all else is what a machine wrote.
SPOKEN = ("user_message", "agent_message")
# What a terminal obeys and a page may not hold: shown by its picture, ends of lines by one.
_CONTROLS = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
_CONTROLS |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&:@])")
STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#8881;padding:.5rem;margin:.25rem 0}
h3{margin:1rem 0 0;font-size:1rem}.meta{color:#777;font-size:.875rem}
.user_message pre,.agent_message pre{font:inherit}.user_message pre{background:#48f2}"""


class Log(msgspec.Struct):
    """Be the messages of a change set."""

    messages: list[Message]
    replaced: bool = False


class Shown(msgspec.Struct):
    """Be what is shown of a thread."""

    thread: Thread
    turns: list[Turn] = msgspec.field(default_factory=list)
    items: dict[str, list[Item]] = msgspec.field(default_factory=dict)
    messages: list[Message] = msgspec.field(default_factory=list)


def gather(records: Iterable[tuple[str, Raw]]) -> Shown:
    """Take of a thread's records what is shown."""
    shown: Shown | None = None
    for noun, record in records:
        if noun == "thread":
            shown = Shown(msgspec.json.decode(record, type=Thread))
        assert shown is not None, "a thread comes before what it has"
        if noun == "turn":
            shown.turns.append(msgspec.json.decode(record, type=Turn))
        elif noun == "item":
            item = msgspec.json.decode(record, type=Item)
            shown.items.setdefault(item.turn_id, []).append(item)
        elif noun == "commit":
            log = msgspec.json.decode(record, type=Log)
            shown.messages = log.messages if log.replaced else [*shown.messages, *log.messages]
    assert shown is not None, "a thread that is not there is an error before"
    return shown


def markdown(shown: Shown) -> Iterator[str]:
    """Write it as Markdown; what was said is fenced, so that nothing of it is markup."""
    yield f"# {_plain(_title(shown))}\n"
    yield f"{_plain(_about(shown.thread))}\n"
    for number, turn in enumerate(shown.turns, start=1):
        yield f"## {_plain(_turn_line(number, turn))}\n"
        for item in shown.items.get(turn.id, []):
            yield f"### {_plain(_item_line(item))}\n"
            if text := _text(item):
                yield f"{_fenced(text)}\n"
    if shown.messages:
        yield "## Messages\n"
    for message in shown.messages:
        yield f"### {_plain(_message_line(message))}\n"
        if text := _message_text(message):
            yield f"{_fenced(text)}\n"


def html(shown: Shown) -> Iterator[str]:
    """Write it as one page that needs nothing else."""
    title = escape(_title(shown))
    yield "<!DOCTYPE html>"
    yield '<html><head><meta charset="utf-8">'
    yield (
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )
    yield f"<title>{title}</title><style>{STYLE}</style></head><body>"
    yield f'<h1>{title}</h1><p class="meta">{escape(_about(shown.thread))}</p>'
    for number, turn in enumerate(shown.turns, start=1):
        yield f"<section><h2>{escape(_turn_line(number, turn))}</h2>"
        for item in shown.items.get(turn.id, []):
            yield _part(item.kind, _item_line(item), _text(item))
        yield "</section>"
    if shown.messages:
        yield "<section><h2>Messages</h2>"
        for message in shown.messages:
            yield _part(message.role, _message_line(message), _message_text(message))
        yield "</section>"
    yield "</body></html>"


def _visible(text: str) -> str:
    """Show what cannot be seen: it is anybody's, and nothing shall obey it."""
    return text.replace("\r\n", "\n").translate(_CONTROLS)


def _part(kind: str, line: str, text: str | None) -> str:
    said = f"<pre>{escape(_visible(text))}</pre>" if text else ""
    return f'<div class="{escape(kind)}"><h3>{escape(line)}</h3>{said}</div>'


def _title(shown: Shown) -> str:
    return _line(shown.thread.title or "") or shown.thread.id


def _about(thread: Thread) -> str:
    said = (thread.id, thread.model, thread.provider, thread.workspace, thread.mode)
    return _line(", ".join(each for each in said if each))


def _turn_line(number: int, turn: Turn) -> str:
    error = f": {turn.error.message}" if turn.error else ""
    return _line(f"Turn {number}, {turn.status}{error}")


def _item_line(item: Item) -> str:
    line = WORDS.get(item.kind, item.kind)
    if item.kind not in SPOKEN and item.summary and item.summary != item.detail:
        line += f": {_line(item.summary)}"
    return line if item.status == "completed" else f"{line} ({item.status})"


def _text(item: Item) -> str | None:
    return item.detail or (item.summary if item.kind in SPOKEN else None)


def _message_line(message: Message) -> str:
    return f"{message.seq}. {message.role}" + (
        " (internal)" if message.visibility == "internal" else ""
    )


def _message_text(message: Message) -> str:
    """Show what is text as text, all else as JSON."""
    content = message.content
    parts = [] if content is None or content == "" else [_said(content)]
    if message.tool_calls:
        parts.append(_said(message.tool_calls))
    return "\n".join(parts)


def _said(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = [each.get("text") for each in content if isinstance(each, dict)]
        if len(texts) == len(content) and all(isinstance(text, str) for text in texts):
            return "\n".join(str(text) for text in texts)
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


def _line(text: str) -> str:
    """Bring a text to one line that can be seen."""
    return _visible(" ".join(text.split()))


def _plain(text: str) -> str:
    """Escape what Markdown would read; one line stays one."""
    return _MARKUP.sub(r"\\\1", _line(text))


def _fenced(text: str) -> str:
    """Fence a text with more backticks than it has."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{_visible(text)}\n{fence}"
