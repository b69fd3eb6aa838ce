"""Foreign SQLite files as life leaves them: logs beside them, damage, tables of others."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from sidecar.cli.importing import langgraph, openai_agents, sqlite, story
from sidecar.cli.importing import zagens as reader
from sidecar.cli.importing.story import Found, calls_of, counts
from tests.cli.program import Ended, sidecar
from tests.cli.test_import_broken import told
from tests.support import DaemonThread, Peer

AGENT_TABLES = """
CREATE TABLE agent_sessions (session_id TEXT PRIMARY KEY, created_at TEXT, updated_at TEXT);
CREATE TABLE agent_messages (id INTEGER PRIMARY KEY, session_id TEXT, message_data TEXT,
    created_at TEXT);
"""


def run(daemon: DaemonThread, *arguments: str) -> Ended:
    return sidecar("import", *arguments, SIDECAR_SOCKET=str(daemon.socket_path))


def skipped(found: Found, root: Path) -> list[str]:
    return [str(each).removeprefix(f"{root}/") for each in found.skipped]


def sessions(path: Path, *contents: object) -> sqlite3.Connection:
    """Write a session, and leave its file open."""
    db = sqlite3.connect(path)
    db.executescript(AGENT_TABLES)
    db.execute("INSERT INTO agent_sessions VALUES ('s', 'then', 'later')")
    say(db, *contents)
    return db


def say(db: sqlite3.Connection, *contents: object) -> None:
    for each in contents:
        db.execute("INSERT INTO agent_messages (session_id, message_data) VALUES ('s', ?)", (each,))
    db.commit()


def message(content: object) -> str:
    return json.dumps({"role": "user", "content": content})


def agents(path: Path) -> Found:
    return openai_agents.read(path)


def beside(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(each): (each.stat().st_mtime_ns, each.stat().st_mode, each.read_bytes())
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


def test_a_log_beside_what_a_link_names_is_read(folder: Path) -> None:
    (folder / "real").mkdir()
    real, link = folder / "real" / "s.db", folder / "link.db"
    db = sqlite3.connect(real)
    db.execute("PRAGMA journal_mode=WAL")
    db.close()
    db = sessions(real, message("in the log"))
    link.symlink_to(real)
    before = beside(folder)
    assert counts(agents(link).stories)["messages"] == 1
    assert beside(folder) == before
    db.close()


def test_what_a_crash_has_left_half_written_is_taken_back(folder: Path) -> None:
    live, dead = folder / "live", folder / "dead"
    live.mkdir()
    db = sessions(live / "s.db", *[message("whole" * 100)] * 200)
    db.execute("PRAGMA cache_size=1")
    db.execute("UPDATE agent_messages SET message_data = ?", (message("half." * 100),))
    # As a power cut leaves it: pages of the change in the file, the old ones in the journal.
    shutil.copytree(live, dead)
    db.close()
    assert (dead / "s.db-journal").stat().st_size
    before = beside(dead)
    found = agents(dead / "s.db")
    assert (counts(found.stories)["messages"], found.skipped) == (200, [])
    assert not any(b"half" in bytes(each.params) for each in calls_of(found.stories))
    assert beside(dead) == before


def test_a_file_that_changes_while_it_is_read_is_told(folder: Path) -> None:
    path = folder / "s.db"
    db = sessions(path, message("one"))
    found = Found()
    with sqlite.opened(path, found) as tables:
        assert tables is not None
        found.add(story.Story("x", "x:1", "s", []))
        say(db, message("two"))
    db.close()
    assert (found.stories, skipped(found, folder)) == ([], [f"s.db: {sqlite.BUSY}"])


def test_a_log_that_is_used_up_under_the_copy_is_copied_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "s.db"
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=WAL")
    db.close()
    db = sessions(path, message("one"))
    copies: list[str] = []
    copyfile: Callable[[Path, Path], object] = shutil.copyfile

    def meanwhile(source: Path, target: Path) -> None:
        copyfile(source, target)
        copies.append(source.name)
        if len(copies) == 1:
            db.execute("PRAGMA wal_checkpoint(RESTART)")
            say(db, message("two"))

    monkeypatch.setattr(shutil, "copyfile", meanwhile)
    found = agents(path)
    db.close()
    assert (counts(found.stories)["messages"], found.skipped) == (2, [])
    assert len(copies) > 2


def test_a_row_that_is_no_text_costs_itself_alone(folder: Path) -> None:
    path = folder / "s.db"
    db = sessions(path, message("one"))
    db.execute("UPDATE agent_messages SET message_data = CAST(x'7bff7d' AS TEXT)")
    say(db, message("two"), '{"role":"user","content":"\\ud83d"}', "[" * 600 + "]" * 600, None)
    db.close()
    found = agents(path)
    assert counts(found.stories)["messages"] == 1
    assert skipped(found, folder) == [
        "s.db:agent_messages:1: not UTF-8",
        "s.db:agent_messages:3: not JSON: half of a surrogate pair",
        "s.db:agent_messages:4: nested too deep",
        "s.db:agent_messages:5: no message_data",
    ]


def test_pages_that_are_damaged_cost_what_follows_alone(folder: Path) -> None:
    root = folder / "z"
    root.mkdir()
    with sqlite3.connect(root / "runtime.db") as db:
        db.execute("PRAGMA page_size=512")
        db.execute("CREATE TABLE threads (id TEXT)")
        db.execute("INSERT INTO threads VALUES ('t')")
        db.execute("CREATE TABLE turns (id TEXT, thread_id TEXT, status TEXT)")
        turns = [(f"u{n:03}" + "x" * 100, "t", "Completed") for n in range(100)]
        db.executemany("INSERT INTO turns VALUES (?, ?, ?)", turns)
    db.close()
    path = root / "runtime.db"
    data = bytearray(path.read_bytes())
    data[-512 * 5 : -512 * 4] = b"\xaa" * 512
    path.write_bytes(data)
    found = reader.read(root)
    assert counts(found.stories)["threads"] == 1
    assert any(each.where.startswith(f"{path}:turns:") for each in found.skipped)


def test_tables_that_are_not_read_are_told(folder: Path) -> None:
    path = folder / "s.db"
    db = sessions(path, message("one"), message("two"))
    db.executescript(
        "CREATE TABLE message_structure (session_id, message_id, branch_id);"
        "INSERT INTO message_structure VALUES ('s', 1, 'main'), ('s', 2, 'other');"
        "CREATE TABLE my_notes (note); INSERT INTO my_notes VALUES ('x'), ('y');"
        "CREATE TABLE empty (note); CREATE TABLE some_migrations (v);"
        "INSERT INTO some_migrations VALUES (1);"
    )
    db.close()
    found = agents(path)
    assert skipped(found, folder) == ["s.db:my_notes: 2 rows of a table that is not read"]
    assert "its 2 branches are one log here" in str(found.notes[0])
    made = [json.loads(bytes(each.params)) for each in calls_of(found.stories)]
    kept = made[2]["messages"][0]["metadata"]["imported"]["structure"]
    assert kept == [{"session_id": "s", "message_id": 2, "branch_id": "other"}]


def test_rows_of_zagens_that_are_no_json_cost_themselves_alone(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    root = folder / "z"
    root.mkdir()
    with sqlite3.connect(root / "runtime.db") as db:
        db.execute("CREATE TABLE _meta (key, value)")
        db.execute("INSERT INTO _meta VALUES ('version', '1')")
        db.execute("CREATE TABLE threads (id TEXT)")
        db.execute("INSERT INTO threads VALUES ('t')")
        db.execute("CREATE TABLE turns (id TEXT, thread_id TEXT, status TEXT, usage_json TEXT)")
        db.execute(
            "INSERT INTO turns VALUES ('u', 't', 'Completed', NULL), ('v', 't', 'Melted', NULL)"
        )
        db.execute("CREATE TABLE items (id, turn_id, kind, status, detail, metadata_json)")
        rows = [
            ("i", "u", "Status", "Completed", "fine", '{"n":9007199254740993}'),
            ("j", "u", "Status", "Completed", "x", '{"lone":"\\ud800"}'),
            ("k", "u", "Status", "Completed", "x", ""),
            ("l", "u", "Status", "Completed", b"\xff", None),
            ("m", "v", "Status", "Completed", "x", None),
        ]
        db.executemany("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)", rows)
    db.close()
    ended = run(daemon, "zagens", str(root))
    assert [line.removeprefix("runtime.db:") for line in told(ended, root)] == [
        "items:2: metadata_json: not JSON: half of a surrogate pair",
        "items:3: metadata_json: not JSON: Input data was truncated",
        "items:4: detail is no text",
        "turns:2: a turn cannot be melted, with 1 items of it",
    ]
    (kept,) = peer.call("turn/get", turnId="u")["items"]
    assert kept["metadata"]["n"] == 9007199254740993


def test_another_file_with_a_session_of_the_same_name_is_not_mixed_with_it(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    for name, contents in (("a", ["one"]), ("b", ["other", "two"])):
        db = sessions(folder / f"{name}.db", *map(message, contents))
        db.execute("UPDATE agent_sessions SET created_at = ?", (name,))
        db.commit()
        db.close()
    assert run(daemon, "openai-agents", str(folder / "a.db")).returncode == 0
    ended = run(daemon, "openai-agents", str(folder / "b.db"))
    assert "the daemon has another of its id, with 2 more requests of it" in ended.stderr
    db = sqlite3.connect(folder / "a.db")
    say(db, message("three"))
    db.close()
    assert run(daemon, "openai-agents", str(folder / "a.db")).returncode == 0
    log = peer.call("message/list", threadId="s")["data"]
    assert [each["content"] for each in log] == ["one", "three"]


def test_what_json_has_no_word_for_is_named() -> None:
    said = {
        "inf": float("inf"), "raw": b"\xff", "by number": {1: "a", "1": "b"}, "deep": [{2: (1,)}],
    }  # fmt: skip
    value = langgraph._value("msgpack", msgspec.msgpack.encode(said))
    assert json.loads(msgspec.json.encode(value)) == {
        "inf": {"type": "float", "value": "inf"},
        "raw": {"type": "bytes", "value": "/w=="},
        "by number": {"type": "dict", "value": [[1, "a"], ["1", "b"]]},
        "deep": [{"type": "dict", "value": [[2, [1]]]}],
    }


def test_a_state_may_call_anything_messages_and_say_things_twice(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    path = folder / "g.db"
    db = sqlite3.connect(path)
    db.execute(
        "CREATE TABLE checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id,"
        " type, checkpoint, metadata)"
    )
    hi = {"role": "user", "content": "hi"}
    states: list[object] = [{"messages": [hi, hi]}, {"messages": "not a log"}]
    for number, state in enumerate(states):
        text = json.dumps({"channel_values": state})
        row = (f"t{number}", "", "1", None, "json", text, "{}")
        db.execute("INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    db.commit()
    db.close()
    assert run(daemon, "langgraph", str(path)).returncode == 0
    log = peer.call("message/list", threadId="t0")["data"]
    assert [each["content"] for each in log] == ["hi", "hi"]
    assert peer.call("thread/getState", threadId="t1")["state"] == {"messages": "not a log"}
