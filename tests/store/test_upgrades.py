"""Databases of every earlier migration state open today, with all that was in them.

`scripts/make_databases.py` made them, each by the program of its time.
"""

from pathlib import Path
from typing import Any

import apsw
import pytest

from sidecar.store import upkeep
from sidecar.store.migrate import migrations
from tests.cli.program import sidecar
from tests.store.support import opened, spoil
from tests.support import DaemonThread, Peer, Refused
from tests.support.specimen import questions

DATABASES = Path(__file__).parents[1] / "data" / "databases"
STATES = sorted(path.stem for path in DATABASES.glob("*.sql"))
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table'"
# What a start writes about itself.
OF_THE_START = {"daemon": ("epoch", "clean_shutdown"), "migrations": ()}

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=STATES)
def path(request: pytest.FixtureRequest, folder: Path) -> Path:
    """A database as it was left in an earlier state."""
    path = folder / "sidecar.db"
    db = apsw.Connection(str(path))
    db.pragma("auto_vacuum", "INCREMENTAL")
    db.execute((DATABASES / f"{request.param}.sql").read_text())
    db.pragma("journal_mode", "WAL")
    db.close()
    path.chmod(0o600)
    return path


def rows(path: Path) -> Rows:
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    found: Rows = {}
    for (table,) in db.execute(TABLES).fetchall():
        cursor = db.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        found[str(table)] = [
            {name: value for (name, *_), value in zip(cursor.description, row, strict=True)
             if name not in OF_THE_START.get(str(table), ())}
            for row in cursor
        ]  # fmt: skip
    db.close()
    return found


def test_there_is_one_of_each_state_before_this() -> None:
    assert [int(state) for state in STATES] == list(range(1, len(migrations())))


def test_every_row_is_kept(path: Path) -> None:
    before = rows(path)
    with opened(path):
        pass
    after = rows(path)
    for table, records in before.items():
        if table != "migrations" and records:
            kept = [{name: each[name] for name in records[0]} for each in after[table]]
            assert kept == records, table
    assert len(after["migrations"]) == len(migrations())
    assert after["migrations"][: len(before["migrations"])] == before["migrations"]
    assert upkeep.check(path, full=True) == []


def answers(peer: Peer) -> dict[str, list[Any]]:
    """Ask everything; what its time did not know yet is not found, and nothing else is refused."""
    came: dict[str, list[Any]] = {}
    for method, params in questions():
        try:
            came.setdefault(method, []).append(peer.ask(method, params))
        except Refused as refused:
            # A version of a time that kept none is past the end.
            if not refused.kind.endswith("_not_found") and method != "thread/getState":
                raise
    return came


def test_today_s_daemon_serves_it(path: Path, folder: Path) -> None:
    before = rows(path)
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        came = answers(peer)
        assert {each["thread"]["id"]: each["thread"]["title"] for each in came["thread/get"]} == {
            each["id"]: each["title"] for each in before["threads"]
        }
        details = {each["id"]: each["detail"] for each in before["items"]}
        assert len(came["item/get"]) == 16
        for each in came["item/get"]:
            assert each["item"]["detail"] == details[each["item"]["id"]]
        prompts = {each["id"]: each["prompt"] for each in before["session_inputs"]}
        assert {
            each["input"]["id"]: each["input"]["prompt"] for each in came["sessionInput/get"]
        } == prompts
        log = came["event/list"][0]["data"]
        assert [each["seq"] for each in log][: len(before["events"])] == [
            each["seq"] for each in before["events"]
        ]
        assert len(came.get("mailbox/get", [])) == len(before.get("mailbox_entries", []))
        assert len(came.get("run/get", [])) == len(before.get("runs", []))
        assert len(came.get("step/get", [])) == len(before.get("steps", []))
        said = [each["id"] for each in before.get("messages", [])]
        asked = {f"m{number}" for number in range(12)}
        assert {each["message"]["id"] for each in came.get("message/get", [])} == asked & {*said}
        assert peer.call("daemon/check", full=True) == {"ok": True, "findings": []}
        # It works on: every noun of today takes a new record.
        peer.call("mailbox/enqueue", mailboxId="work", entryId="later")
        peer.call("message/append", threadId="log", messages=[{"role": "user", "content": "x"}])
        peer.call("run/create", threadId="log", runId="later")


def test_a_newer_one_is_refused_by_name_and_stays(folder: Path) -> None:
    path = folder / "sidecar.db"
    with opened(path):
        pass
    newer = len(migrations()) + 1
    spoil(path, f"INSERT INTO migrations VALUES ({newer}, '{newer:04}_later', 'x', 0)")
    content = path.read_bytes()
    ended = sidecar("serve", "--database", str(path), "--socket", str(folder / "rpc.sock"))
    assert ended.returncode == 78
    assert f"schema {newer}, this program knows {newer - 1}" in ended.stderr
    assert path.read_bytes() == content
