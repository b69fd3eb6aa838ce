"""Read a file store of awaken, and the SQLite file of its mailbox where one stands in it.

<root>/threads/<id>.json  thread_states/<id>.json  pending_messages/<thread>.json  runs/<id>.json
messages/<thread>.json or, newer, message_records/<thread>/<seq>.json
mailbox/<mailbox>/<entry>.json or, newer, the table run_dispatches of any SQLite file
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Raw

from sidecar.cli.importing import files, mailboxes, sqlite
from sidecar.cli.importing.agents import (
    RUN,
    Reader,
    Run,
    Thread,
    elements,
    messages,
    read_file,
    read_text,
)
from sidecar.cli.importing.files import Text
from sidecar.cli.importing.story import Found, Unit, call
from sidecar.cli.importing.values import (
    Record,
    a_name,
    null,
    own_id,
)
from sidecar.model.limits import MAX_INTEGER
from sidecar.model.mailbox import MAX_PRIORITY

NAME = "awaken"
FOLDERS = (
    "threads", "messages", "message_records", "thread_states", "pending_messages", "runs",
    "mailbox", "profiles", "config",
)  # fmt: skip
# Their words for the ends of a dispatch, in ours.
STATUSES = {
    "Queued": "queued",
    "Claimed": "claimed",
    "Acked": "accepted",
    "Cancelled": "cancelled",
    "Superseded": "superseded",
    "DeadLetter": "dead_letter",
}
NOW = ("interrupt", "next_step")


class Numbered(msgspec.Struct):
    """Be a message with its place in the log."""

    message: Raw
    seq: int = 0


class Block(msgspec.Struct):
    """Be one block of a message."""

    text: str | None = None


class Waiting(msgspec.Struct):
    """Be what is said in a message that waits."""

    content: str | list[Block] | None = None


class Mode(msgspec.Struct):
    """Say when a message that waits is to be read."""

    boundary: str = "new_run"


class Pending(msgspec.Struct):
    """Be a PendingMessageRecord."""

    pending_id: str
    message: Waiting
    delivery_mode: Mode = msgspec.field(default_factory=Mode)


class Entry(msgspec.Struct):
    """Be an entry of the older mailbox."""

    entry_id: str
    mailbox_id: str
    payload: Raw = msgspec.field(default_factory=null)


class Dispatch(msgspec.Struct):
    """Be a RunDispatch."""

    dispatch_id: str
    thread_id: str
    run_id: str
    status: str
    priority: int = 128
    dedupe_key: str | None = None
    dispatch_epoch: int = 0
    available_at: int = 0
    attempt_count: int = 0
    max_attempts: int = 5
    last_error: str | None = None


def read(path: Path) -> Found:
    """Read a file store, or only a mailbox's file."""
    found = Found()
    if sqlite.is_database(path):
        _dispatches(path, found)
    elif files.is_folder(path):
        _store(path, found)
    else:
        found.skip(str(path), "neither a directory nor a SQLite file")
        return found
    if not found.stories and not found.skipped:
        found.skip(str(path), "has neither threads nor mailboxes")
    return found


def _store(path: Path, found: Found) -> None:
    reader = Reader(NAME, found)
    placed = {"id", "resource_id", "parent_thread_id", "metadata"}
    for file in files.folder(path / "threads", found):
        thread = read_file(file, Thread, placed, found)
        if thread is not None:
            reader.add_thread(thread, list(_contents(path, thread.value.id, found)))
    for file in files.folder(path / "runs", found):
        run = read_file(file, Run, RUN, found)
        if run is not None:
            reader.add_run(run)
    _lost(path, found)
    reader.finish()
    for mailbox in files.folders(path / "mailbox", found):
        for file in files.folder(mailbox, found):
            _entry(file, found)
    databases = [file for file in sorted(path.iterdir()) if sqlite.is_database(file)]
    for file in databases:
        _dispatches(file, found)
    beside = {file.name + suffix for file in databases for suffix in ("", *sqlite.BESIDE)}
    files.report_strays(path, found, {*FOLDERS, *beside})


def _lost(path: Path, found: Found) -> None:
    """Report what belongs to no thread."""
    threads = {file.stem for file in (path / "threads").glob("*.json")}
    for name in ("messages", "thread_states", "pending_messages"):
        for file in files.folder(path / name, found):
            if file.stem not in threads:
                found.skip(f"{file}:1", f"its thread {file.stem} is not there")
    for folder in files.folders(path / "message_records", found):
        if folder.name not in threads:
            found.skip(f"{folder}", f"its thread {folder.name} is not there")
    for name in ("profiles", "config"):
        if files.is_folder(path / name):
            found.skip(f"{path / name}", f"{name} have no place in a conversation")


def _contents(path: Path, thread: str, found: Found) -> Iterator[Unit]:
    yield from messages(NAME, thread, _log(path, thread, found), found)
    state = path / "thread_states" / f"{thread}.json"
    text = files.whole(state, found) if files.is_there(state) else None
    thread_id = own_id(NAME, thread)
    if text is not None:
        said = Raw(text.text)
        yield Unit(
            [
                call(
                    text.where,
                    "thread/commit",
                    threadId=thread_id,
                    commitId=f"{NAME}:state",
                    reason=NAME,
                    snapshot=said,
                )
            ]
        )
    waiting = path / "pending_messages" / f"{thread}.json"
    if files.is_there(waiting):
        for text in _list(waiting, "", found):
            yield from _pending(thread_id, text, found)


def _log(path: Path, thread: str, found: Found) -> list[Text]:
    """Find the log of a thread; the newer form has the older one's messages, too."""
    records = files.folder(path / "message_records" / thread, found)
    older = path / "messages" / f"{thread}.json"
    if not records:
        return _list(older, "", found) if files.is_there(older) else []
    if files.is_there(older):
        found.note(str(older), "its messages are in message_records, which is read instead")
    numbered = [read_file(file, Numbered, {"message"}, found) for file in records]
    kept = sorted((each for each in numbered if each), key=lambda each: each.value.seq)
    return [Text(each.where, _with_record(each)) for each in kept]


def _with_record(numbered: Record[Numbered]) -> bytes:
    """Put what a record knows of its message beside what the message says."""
    try:
        members = msgspec.json.decode(numbered.value.message, type=dict[str, Raw])
    except msgspec.ValidationError:
        # It is no message either, and told to be none.
        return bytes(numbered.value.message)
    return msgspec.json.encode({**members, "record": numbered.rest})


def _list(path: Path, member: str, found: Found) -> list[Text]:
    text = files.whole(path, found)
    try:
        return [] if text is None else elements(text, member)
    except msgspec.MsgspecError as error:
        found.skip(f"{path}:1", files.reason(error))
        return []


def _pending(thread_id: str, text: Text, found: Found) -> Iterator[Unit]:
    read = read_text(text, Pending, set(), found)
    if read is None:
        return
    content = read.value.message.content
    said = content if isinstance(content, str) else _said(content or [])
    is_now = read.value.delivery_mode.boundary in NOW
    admit = call(
        text.where,
        "sessionInput/admit",
        threadId=thread_id,
        inputId=own_id(NAME, read.value.pending_id),
        prompt=said,
        delivery="steer" if is_now else "queue",
        request={"imported": {"format": NAME, "record": Raw(text.text)}},
    )
    yield Unit([admit])


def _said(content: list[Block]) -> str:
    return "\n".join(block.text for block in content if block.text)


def _entry(path: Path, found: Found) -> None:
    read = read_file(path, Entry, set(), found)
    if read is None:
        return
    entry = mailboxes.Entry(
        entry_id=own_id(NAME, read.value.entry_id),
        mailbox_id=own_id(NAME, read.value.mailbox_id),
        status="queued",
        payload=read.value.payload,
    )
    story = mailboxes.story(NAME, read.where, entry, found)
    if story is not None:
        found.add(story)


def _dispatches(path: Path, found: Found) -> None:
    with sqlite.opened(path, found) as tables:
        if tables is None:
            return
        if "run_dispatches" not in tables.names:
            found.skip(str(path), "has no table run_dispatches")
            return
        rows = tables.rows("thread_dispatch_epochs", "thread_id")
        epochs = {row["thread_id"]: row["current_epoch"] for _, row in rows}
        for where, row in tables.rows("run_dispatches", "created_at, dispatch_id"):
            text = Text(where, msgspec.json.encode(row))
            read = read_text(text, Dispatch, set(), found)
            if read is None:
                continue
            epoch = epochs.get(read.value.thread_id)
            is_stale = isinstance(epoch, int) and read.value.dispatch_epoch < epoch
            entry = _dispatch(read.value, Raw(text.text), is_stale=is_stale)
            story = mailboxes.story(NAME, where, entry, found)
            if story is not None:
                found.add(story)


def _dispatch(value: Dispatch, row: Raw, *, is_stale: bool) -> mailboxes.Entry:
    status = STATUSES.get(value.status, value.status)
    is_open = status in ("queued", "claimed") and not is_stale
    return mailboxes.Entry(
        entry_id=own_id(NAME, value.dispatch_id),
        mailbox_id=own_id(NAME, value.thread_id),
        status=status,
        payload={"threadId": value.thread_id, "runId": value.run_id, "imported": row},
        # There 0 is the most urgent, here the least.
        priority=max(0, MAX_PRIORITY - value.priority),
        # There a key is free when its dispatch has ended, here only when it is purged.
        dedupe_key=a_name(value.dedupe_key) if is_open else None,
        available_at_ms=min(value.available_at, MAX_INTEGER) or None,
        attempt_count=value.attempt_count,
        max_attempts=value.max_attempts or None,
        last_error=value.last_error,
        is_stale=is_stale,
    )
