"""A run as one part of a commit: made or changed by what is said of it, in one transaction."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from sidecar.model.errors import IllegalTransition, InvalidParams, RunNotFound
from sidecar.model.run import Run, RunChange, RunError, new_run
from sidecar.store import runs, threads
from sidecar.store.database import Database
from sidecar.store.transaction import Tx
from tests.store.support import count, make_thread, opened, write


@pytest.fixture
def database(folder: Path) -> Iterator[Database]:
    with opened(folder / "sidecar.db") as database:
        for thread_id in ("thr", "other"):
            write(database, make_thread(thread_id))
        yield database


def save(database: Database, run_id: str | None, change: RunChange, thread: str = "thr") -> Run:
    def run(tx: Tx) -> Run:
        return runs.save(tx, threads.require(tx, thread).key, run_id, change)

    return write(database, run)


def test_a_run_is_made_under_its_id_or_a_new_one(database: Database) -> None:
    assert save(database, "mine", RunChange(agent_id="a")).id == "mine"
    run = save(database, None, RunChange(status="in_progress"))
    assert run.id.startswith("run_") and run.started_at_ms is not None


def test_a_run_that_is_there_is_changed_by_what_is_said(database: Database) -> None:
    before = save(database, "run", RunChange(status="in_progress", model="m", input_tokens=1))
    after = save(database, "run", RunChange(status="completed", input_tokens=2))
    assert (after.status, after.model, after.input_tokens) == ("completed", "m", 2)
    assert (after.created_at_ms, after.started_at_ms) == (
        before.created_at_ms,
        before.started_at_ms,
    )


def test_nothing_new_is_said_without_an_event(database: Database, folder: Path) -> None:
    run = save(database, "run", RunChange(model="m"))
    events = count(folder / "sidecar.db", "events")
    for same in (RunChange(), RunChange(model="m"), RunChange(status="queued")):
        assert save(database, "run", same) == run
    assert count(folder / "sidecar.db", "events") == events


def test_what_no_run_can_become_is_refused(database: Database, folder: Path) -> None:
    save(database, "run", RunChange(status="in_progress"))
    events = count(folder / "sidecar.db", "events")
    with pytest.raises(RunNotFound):
        save(database, "run", RunChange(model="m"), thread="other")
    with pytest.raises(RunNotFound):
        save(database, "new", RunChange(parent_run_id="nothing"))
    with pytest.raises(InvalidParams) as caught:
        save(database, "new", RunChange(status="completed"))
    assert caught.value.details["path"] == "run.status"
    with pytest.raises(InvalidParams) as caught:
        save(database, "run", RunChange(parent_run_id="run"))
    assert caught.value.details["path"] == "run.parentRunId"
    with pytest.raises(IllegalTransition):
        save(database, "run", RunChange(status="queued"))
    assert count(folder / "sidecar.db", "events") == events
    assert count(folder / "sidecar.db", "runs") == 1


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        (b"{}", set()),
        (b'{"status": null, "inputTokens": null, "origin": null}', set()),
        (b'{"error": null, "metadata": null}', {"error", "metadata"}),
        (b'{"metadata": {"a": 1}, "agentId": "a"}', {"metadata", "agent_id"}),
    ],
)
def test_what_is_absent_in_a_message_stays_and_null_clears(sent: bytes, names: set[str]) -> None:
    change = msgspec.json.decode(sent, type=RunChange)
    assert change.is_empty() == (not names)
    said = RunChange(error=RunError("c", "m"), metadata=msgspec.Raw(b"[]"), input_tokens=3)
    run = said.of(new_run("run", "thr", 1))
    changed = change.of(run)
    fields = [field.name for field in msgspec.structs.fields(Run)]
    assert {name for name in fields if getattr(run, name) != getattr(changed, name)} == names
