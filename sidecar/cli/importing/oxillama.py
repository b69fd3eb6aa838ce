"""Read a thread directory of oxillama: threads with messages, runs and steps.

<root>/<thread>/meta.json  messages.jsonl  runs/<run>/status.json  runs/<run>/steps/<step>.json
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Raw

from sidecar.cli.importing import files
from sidecar.cli.importing.runs import run
from sidecar.cli.importing.story import Found, Story, Unit, call
from sidecar.cli.importing.values import (
    Record,
    metadata,
    null,
    own_id,
    record,
)

NAME = "oxillama"
Kind = TypeVar("Kind", bound=msgspec.Struct)
STEP_STATUSES = ("in_progress", "completed", "failed", "cancelled", "expired")


class Thread(msgspec.Struct):
    """Be a thread's meta.json."""

    id: str
    metadata: Raw = msgspec.field(default_factory=null)


class Message(msgspec.Struct):
    """Be one line of messages.jsonl."""

    id: str
    role: str
    content: Raw
    run_id: str | None = None


class Failure(msgspec.Struct):
    """Say why a run failed."""

    code: str
    message: str


class Run(msgspec.Struct):
    """Be a run's status.json."""

    id: str
    status: str
    created_at: int = 0
    model: str | None = None
    last_error: Failure | None = None


class Step(msgspec.Struct):
    """Be a file of a run's steps."""

    id: str
    step_type: str
    status: str
    created_at: int = 0
    error: str | None = None
    step_details: Raw = msgspec.field(default_factory=null)


def read(path: Path) -> Found:
    """Read a thread directory."""
    found = Found()
    if not path.is_dir():
        found.skip(str(path), "not a directory")
        return found
    for folder in sorted(each for each in path.iterdir() if each.is_dir()):
        _thread(folder, found)
    if not found.stories and not found.skipped:
        found.skip(str(path), "has no threads")
    return found


def _thread(folder: Path, found: Found) -> None:
    meta = folder / "meta.json"
    if not meta.is_file():
        found.skip(f"{meta}:1", "a thread without its metadata")
        return
    thread = _record(meta, Thread, {"id", "object", "metadata"}, found)
    if thread is None:
        return
    thread_id = own_id(NAME, thread.value.id)
    create = call(
        thread.where,
        "thread/create",
        threadId=thread_id,
        metadata=metadata(NAME, _rest(thread, thread_id), thread.value.metadata),
    )
    units = [Unit([create], is_root=True)]
    for lost in sorted((folder / "runs").glob("*/")):
        if not (lost / "status.json").is_file():
            found.skip(f"{lost}/status.json:1", "a run without its status")
    runs = _sorted(folder / "runs", "*/status.json", Run, _RUN, found)
    units += [unit for read in runs for unit in _run(thread_id, read, found)]
    units += _messages(thread_id, folder / "messages.jsonl", found)
    found.add(Story(NAME, thread.where, thread_id, units))


_RUN = {"id", "object", "thread_id", "status", "model", "last_error"}
_STEP = {"id", "object", "run_id", "thread_id", "step_type", "status", "error", "step_details"}


def _record(path: Path, kind: type[Kind], placed: set[str], found: Found) -> Record[Kind] | None:
    text = files.whole(path, found)
    if text is None:
        return None
    try:
        return record(text.where, text.text, kind, placed)
    except msgspec.MsgspecError as error:
        found.skip(text.where, files.reason(error))
        return None


def _sorted(
    folder: Path, pattern: str, kind: type[Kind], placed: set[str], found: Found
) -> list[Record[Kind]]:
    """Read the files of a folder, in the order in which their records were made."""
    read = [_record(path, kind, placed, found) for path in sorted(folder.glob(pattern))]
    kept = [each for each in read if each is not None]
    return sorted(kept, key=lambda r: (getattr(r.value, "created_at", 0), r.where))


def _run(thread_id: str, read: Record[Run], found: Found) -> Iterator[Unit]:
    where, value, _ = read
    run_id = own_id(NAME, value.id)
    error = value.last_error
    made = run(
        found,
        where,
        thread_id,
        run_id,
        value.status,
        model=value.model or None,
        error={"code": error.code, "message": error.message} if error else None,
        metadata=metadata(NAME, _rest(read, run_id)),
    )
    if made is None:
        return
    yield made
    steps = Path(where.rpartition(":")[0]).parent / "steps"
    for step in _sorted(steps, "*.json", Step, _STEP, found):
        yield from _step(run_id, step, found)


def _step(run_id: str, step: Record[Step], found: Found) -> Iterator[Unit]:
    where, value, rest = step
    if value.status not in STEP_STATUSES:
        found.skip(where, f"a step cannot be {value.status}")
        return
    step_id = own_id(NAME, value.id)
    create = call(
        where,
        "step/create",
        runId=run_id,
        stepId=step_id,
        type=value.step_type,
        details=metadata(NAME, rest, value.step_details),
    )
    calls = [create]
    if value.status != "in_progress":
        error = {"code": NAME, "message": value.error} if value.error else None
        end = call(where, "step/update", stepId=step_id, status=value.status, error=error)
        calls.append(end)
    else:
        found.note(where, f"step {step_id} is still in progress")
    yield Unit(calls)


def _messages(thread_id: str, path: Path, found: Found) -> Iterator[Unit]:
    if not path.is_file():
        return
    placed = {"id", "object", "thread_id", "role", "content", "run_id"}
    for text in files.lines(path, found):
        try:
            where, value, rest = record(text.where, text.text, Message, placed)
        except msgspec.MsgspecError as error:
            found.skip(text.where, files.reason(error))
            continue
        message = {
            "id": own_id(NAME, value.id),
            "role": value.role,
            "content": value.content,
            "runId": own_id(NAME, value.run_id) if value.run_id else None,
            "metadata": metadata(NAME, rest),
        }
        yield Unit([call(where, "message/append", threadId=thread_id, messages=[message])])


def _rest(read: Record[Kind], own: str) -> dict[str, object]:
    source = getattr(read.value, "id", own)
    return dict(read.rest) if source == own else {**read.rest, "id": source}
