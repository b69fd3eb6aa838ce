"""What tirea and awaken write, field by field: each has its place, or is told to have none."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sidecar.cli.importing import awaken, tirea
from sidecar.cli.importing.story import Found, calls_of, counts
from tests.support import zagens

RUNS = 3_000


def params(found: Found, method: str) -> list[Any]:
    return [json.loads(bytes(e.params)) for e in calls_of(found.stories) if e.method == method]


def skipped(found: Found, root: Path) -> list[str]:
    return [str(each).removeprefix(f"{root}/") for each in found.skipped]


def notes(found: Found, root: Path) -> list[str]:
    return [str(each).removeprefix(f"{root}/") for each in found.notes]


def test_names_that_do_not_fit_the_wire_are_kept(folder: Path) -> None:
    zagens.write(folder / "t.json", {"id": "t", "resource_id": "x" * 300})
    run = {
        "run_id": "r", "thread_id": "t", "status": "done", "agent_id": "my agent",
        "source_mailbox_entry_id": "an entry", "dispatch_id": "d",
    }  # fmt: skip
    zagens.write(folder / "_runs" / "r.json", run)
    found = tirea.read(folder)
    (thread,) = params(found, "thread/create")
    assert "resourceId" not in thread
    assert thread["metadata"]["imported"]["resource_id"] == "x" * 300
    (made,) = params(found, "run/create")
    kept = made["metadata"]["imported"]
    assert (kept["agent_id"], kept["source_mailbox_entry_id"]) == ("my agent", "an entry")
    assert kept["dispatch_id"] == "d"


def test_what_an_entry_has_no_place_for_is_told(folder: Path) -> None:
    entry = {
        "entry_id": "e", "mailbox_id": "m", "status": "accepted", "sender_id": "a\nb",
        "dedupe_key": "k" * 300, "last_error": "once", "attempt_count": 2, "created_at": 5,
    }  # fmt: skip
    zagens.write(folder / "_mailbox" / "e.json", entry)
    zagens.write(folder / "_mailbox" / "f.json",
                 {**entry, "entry_id": "f", "status": "cancelled", "last_error": "cancelled",
                  "sender_id": "s", "dedupe_key": "l"})  # fmt: skip
    found = tirea.read(folder)
    assert notes(found, folder) == [
        "_mailbox/e.json:1: entry e has no place for its senderId 'a\\nb'",
        f"_mailbox/e.json:1: entry e has no place for its dedupeKey {'k' * 300!r}",
        "_mailbox/e.json:1: entry e has no place for its last error 'once'",
    ]  # fmt: skip


def test_what_awaken_knows_of_a_message_beside_it_is_kept(folder: Path) -> None:
    zagens.write(folder / "threads" / "t.json", {"id": "t"})
    zagens.write(folder / "messages" / "t.json", {})
    record = {
        "message_id": "m", "thread_id": "t", "seq": 1, "produced_by_run_id": "r",
        "created_at": 1772359200, "message": {"id": "m", "role": "user", "content": []},
    }  # fmt: skip
    zagens.write(folder / "message_records" / "t" / "1.json", record)
    found = awaken.read(folder)
    (append,) = params(found, "message/append")
    (message,) = append["messages"]
    kept = message["metadata"]["imported"]["record"]
    assert (kept["created_at"], kept["produced_by_run_id"]) == (1772359200, "r")
    assert notes(found, folder) == [
        "messages/t.json: its messages are in message_records, which is read instead"
    ]


@pytest.mark.parametrize(("read", "of_threads"), [(tirea.read, "."), (awaken.read, "threads")])
def test_files_of_nobody_are_told(
    folder: Path, read: Callable[[Path], Found], of_threads: str
) -> None:
    threads = folder / of_threads
    zagens.write(threads / "t.json", {"id": "t"})
    (threads / "t.json.orig").write_text("{}")
    (folder / "journal").mkdir()
    found = read(folder)
    assert counts(found.stories)["threads"] == 1
    reason = "not what this format has here; it is not read"
    stray = (threads / "t.json.orig").relative_to(folder)
    assert sorted(skipped(found, folder)) == sorted([f"journal: {reason}", f"{stray}: {reason}"])


def test_many_runs_of_one_thread_come_after_their_parents(folder: Path) -> None:
    zagens.write(folder / "t.json", {"id": "t"})
    for number in range(RUNS):
        run = {"run_id": f"r{number}", "thread_id": "t", "status": "done", "created_at": -number}
        if number:
            run["parent_run_id"] = f"r{number - 1}"
        zagens.write(folder / "_runs" / f"r{number}.json", run)
    found = tirea.read(folder)
    made = [each["runId"] for each in params(found, "run/create")]
    assert made == [f"r{number}" for number in range(RUNS)]
    assert (found.skipped, found.notes) == ([], [])
