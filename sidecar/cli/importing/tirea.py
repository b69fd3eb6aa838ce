"""Read a file store of tirea: versioned threads, their runs, and the mailboxes.

<root>/<thread>.json  _runs/<run>.json  _mailbox/<entry>.json  _mailbox_threads/<mailbox>.json
"""

from pathlib import Path

import msgspec
from msgspec import Raw

from sidecar.cli.importing import files, mailboxes
from sidecar.cli.importing.agents import (
    RUN,
    Reader,
    Run,
    Thread,
    elements,
    messages,
    read_file,
)
from sidecar.cli.importing.files import Text
from sidecar.cli.importing.story import Found, Unit, call, is_nothing
from sidecar.cli.importing.tirea_state import Broken, rebuild
from sidecar.cli.importing.values import (
    Record,
    a_name,
    null,
    own_id,
)
from sidecar.model.limits import MAX_INTEGER

NAME = "tirea"
# What tirea says of every entry that was cancelled.
CANCELLED = "cancelled"
FOLDERS = ("_runs", "_mailbox", "_mailbox_threads")


class Head(Thread):
    """Be a thread's file."""

    messages: Raw = msgspec.field(default_factory=null)
    state: Raw = msgspec.field(default_factory=null)
    patches: Raw = msgspec.field(default_factory=null)


class Entry(msgspec.Struct):
    """Be a MailboxEntry."""

    entry_id: str
    mailbox_id: str
    status: str
    payload: Raw = msgspec.field(default_factory=null)
    origin: str | None = None
    sender_id: str | None = None
    priority: int = 0
    dedupe_key: str | None = None
    generation: int = 0
    available_at: int = 0
    attempt_count: int = 0
    last_error: str | None = None


class Mailbox(msgspec.Struct):
    """Be a MailboxState."""

    mailbox_id: str
    current_generation: int = 0


def read(path: Path) -> Found:
    """Read a file store."""
    found = Found()
    if not files.is_folder(path):
        found.skip(str(path), "not a directory")
        return found
    reader = Reader(NAME, found)
    placed = {"id", "resource_id", "parent_thread_id", "metadata", "messages", "state", "patches"}
    for file in files.folder(path, found, besides=FOLDERS):
        thread = read_file(file, Head, placed, found)
        if thread is not None:
            reader.add_thread(thread, _contents(thread, found))
    for file in files.folder(path / "_runs", found):
        run = read_file(file, Run, RUN | {"termination_reason"}, found)
        if run is not None:
            reader.add_run(run)
    reader.finish()
    _entries(path, found)
    if not found.stories and not found.skipped:
        found.skip(str(path), "has neither threads nor mailboxes")
    return found


def _contents(thread: Record[Head], found: Found) -> list[Unit]:
    where, value, _ = thread
    thread_id = own_id(NAME, value.id)
    units: list[Unit] = []
    try:
        log = elements(Text(where, _or(value.messages, b"[]")), "messages")
        patches = msgspec.json.decode(_or(value.patches, b"[]"), type=list[Raw])
    except msgspec.MsgspecError as error:
        found.skip(where, files.reason(error))
        return units
    units += messages(NAME, value.id, log, found)
    state = _or(value.state, b"{}")
    if patches:
        try:
            state = rebuild(state, patches)
        except Broken as broken:
            found.skip(f"{where}:patches[{broken.index}]", f"the state ends before it: {broken}")
            state = broken.state
    if state != b"{}" or patches:
        commit = call(
            where,
            "thread/commit",
            threadId=thread_id,
            commitId=f"{NAME}:state",
            reason=NAME,
            actions={"baseState": value.state, "patches": patches} if patches else None,
            snapshot=Raw(state),
        )
        units.append(Unit([commit]))
    return units


def _or(value: Raw, absent: bytes) -> bytes:
    return absent if is_nothing(value) else bytes(value)


def _entries(path: Path, found: Found) -> None:
    generations: dict[str, int] = {}
    for file in files.folder(path / "_mailbox_threads", found):
        mailbox = read_file(file, Mailbox, set(), found)
        if mailbox is not None:
            generations[mailbox.value.mailbox_id] = mailbox.value.current_generation
    first: dict[str, str] = {}
    for file in files.folder(path / "_mailbox", found):
        read = read_file(file, Entry, set(), found)
        if read is None:
            continue
        where, value, _ = read
        if value.entry_id in first:
            stands = first[value.entry_id]
            found.skip(where, f"entry_id {value.entry_id} stands in {stands} already")
            continue
        first[value.entry_id] = where
        is_stale = value.generation < generations.get(value.mailbox_id, 0)
        story = mailboxes.story(NAME, where, _entry(value, is_stale=is_stale), found)
        if story is not None:
            found.add(story)


def _entry(value: Entry, *, is_stale: bool) -> mailboxes.Entry:
    return mailboxes.Entry(
        entry_id=own_id(NAME, value.entry_id),
        mailbox_id=own_id(NAME, value.mailbox_id),
        status=value.status,
        payload=value.payload,
        origin=value.origin,
        sender_id=a_name(value.sender_id),
        priority=value.priority,
        dedupe_key=a_name(value.dedupe_key),
        # i64::MAX there says "never by itself"; here it is the last moment.
        available_at_ms=min(value.available_at, MAX_INTEGER) or None,
        attempt_count=value.attempt_count,
        last_error=value.last_error,
        is_stale=is_stale,
        lost=_lost(value),
    )


def _lost(value: Entry) -> tuple[str, ...]:
    """Tell what of an entry nothing here can hold."""
    found = []
    for name, given in (("senderId", value.sender_id), ("dedupeKey", value.dedupe_key)):
        if given and a_name(given) is None:
            found.append(f"{name} {given!r}")
    is_told = value.status in ("superseded", "dead_letter") or value.last_error == CANCELLED
    if value.last_error and not is_told:
        found.append(f"last error {value.last_error!r}")
    return tuple(found)
