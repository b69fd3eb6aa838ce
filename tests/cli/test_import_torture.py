"""Sources as life leaves them: whatever is in them comes over, or is told with its place."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sidecar.cli.importing import exported, langgraph, sqlite, story
from sidecar.cli.importing import zagens as reader
from sidecar.cli.importing.story import Found, calls_of, counts
from sidecar.cli.importing.values import moment_ms
from tests.cli.program import Ended, sidecar
from tests.cli.test_export import bring, export
from tests.cli.test_import_broken import DATA, told
from tests.support import DaemonThread, Peer, zagens
from tests.support.peer import HANG_S

RECORDING = Path(__file__).parent.parent / "data" / "missing-colon.traj"

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
    from sidecar.cli.importing import openai_agents

    return openai_agents.read(path)


def beside(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(each): (each.stat().st_mtime_ns, each.stat().st_mode, each.read_bytes())
        for each in sorted(folder.rglob("*"))
        if each.is_file()
    }


# -- SQLite -----------------------------------------------------------------------------------


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


# -- files ------------------------------------------------------------------------------------


def test_nothing_that_stands_in_a_folder_is_passed_over(folder: Path) -> None:
    root = folder / "z"
    zagens.make(root, 2)
    (root / "turns" / "turn_000000.json.bak").write_text("{}")
    (root / "turns" / "gone.json").symlink_to(root / "nowhere")
    (root / "items" / "deep.json").mkdir()
    (root / "items" / ".tmp").write_text("{")
    (root / "tasks").mkdir()
    found = reader.read(root)
    assert skipped(found, root) == [
        "tasks: not what this format has here; it is not read",
        "turns/gone.json: not what this format has here; it is not read",
        "turns/turn_000000.json.bak: not what this format has here; it is not read",
        "items/deep.json: not what this format has here; it is not read",
    ]
    assert [str(each) for each in found.notes] == [
        f"{root}/items/.tmp: hidden, or the rest of a write that was cut off; it is not read"
    ]
    assert counts(found.stories)["items"] == 6


def test_the_mark_that_editors_put_first_and_their_line_ends_do_no_harm(folder: Path) -> None:
    root = folder / "z"
    zagens.make(root, 1)
    for path in root.rglob("*.json*"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    found = reader.read(root)
    assert (found.skipped, counts(found.stories)["events"]) == ([], 1)


def test_a_folder_that_goes_round_in_circles_ends(folder: Path) -> None:
    root = folder / "o"
    zagens.write(root / "a" / "meta.json", {"id": "a"})
    (root / "a" / "runs").symlink_to(root / "a")
    from sidecar.cli.importing import oxillama

    found = oxillama.read(root)
    assert counts(found.stories)["threads"] == 1
    assert "a/runs/meta.json: not what this format has here; it is not read" in skipped(found, root)


def test_links_that_lead_to_themselves_are_told(folder: Path) -> None:
    root = folder / "z"
    zagens.make(root, 1)
    (root / "turns" / "loop.json").symlink_to("loop.json")
    shutil.rmtree(root / "events")
    (root / "events").symlink_to("nowhere")
    assert skipped(reader.read(root), root) == [
        "turns/loop.json: not what this format has here; it is not read",
        "events: No such file or directory",
    ]
    (root / "runtime.db").symlink_to("runtime.db")
    (told,) = skipped(reader.read(root), root)
    assert told.startswith("runtime.db: cannot be read as SQLite: ")
    assert not sqlite.is_database(root / "runtime.db")
    zagens.write(folder / "o" / "a" / "meta.json", {"id": "a"})
    log = folder / "o" / "a" / "messages.jsonl"
    log.symlink_to(log.name)
    (folder / "o" / "b").mkdir()
    (folder / "o" / "b" / "meta.json").symlink_to("meta.json")
    from sidecar.cli.importing import oxillama

    assert skipped(oxillama.read(folder / "o"), folder / "o") == [
        "a/messages.jsonl: Too many levels of symbolic links",
        "b/meta.json:1: a thread without its metadata",
    ]


def test_rollouts_behind_links_are_found_once(folder: Path) -> None:
    sample = next((DATA / "codex").rglob("rollout-*"))
    (folder / "old").mkdir()
    shutil.copy(sample, folder / "old")
    sessions = folder / "sessions"
    sessions.mkdir()
    (sessions / "2025").symlink_to(folder / "old")
    (folder / "old" / "back").symlink_to(sessions)
    (sessions / "gone").symlink_to(folder / "nowhere")
    (sessions / "history.jsonl").write_text("{}")
    from sidecar.cli.importing import codex

    found = codex.read(sessions)
    assert (len(found.stories), found.skipped) == (1, [])
    assert [str(each).removeprefix(f"{sessions}/") for each in found.notes[:3]] == [
        "2025/back: leads back to a folder above it",
        "gone: not a rollout; it is not read",
        "history.jsonl: not a rollout; it is not read",
    ]


def test_threads_runs_and_messages_that_have_lost_their_head(folder: Path) -> None:
    root = folder / "o"
    thread = root / "a"
    zagens.write(thread / "meta.json", {"id": "a"})
    zagens.write(thread / "runs" / "r" / "status.json", {"id": "r", "status": "melted"})
    zagens.write(thread / "runs" / "r" / "steps" / "s.json",
                 {"id": "s", "step_type": "tool_calls", "status": "completed"})  # fmt: skip
    (thread / "runs" / "empty").mkdir()
    line = '{"id":"m","role":"user","content":"twice"}\n'
    (thread / "messages.jsonl").write_text(line * 2)
    (root / "b").mkdir()
    (root / "b" / "messages.jsonl").write_text(line)
    from sidecar.cli.importing import oxillama

    assert skipped(oxillama.read(root), root) == [
        "a/runs/empty/status.json: No such file or directory",
        "a/runs/r/status.json:1: a run cannot be melted",
        "a/runs/r/steps/s.json:1: its run r is not imported",
        f"a/messages.jsonl:2: message m stands in {thread}/messages.jsonl:1 already",
        "b/meta.json:1: a thread without its metadata",
        "b/messages.jsonl: its thread b is not imported",
    ]


def test_times_in_any_form_cost_nothing(folder: Path) -> None:
    root = folder / "z"
    zagens.make(root, 4)
    times: list[Any] = [1772359200, 1772359100000, "0000-00-00T00:00:00Z", "2026-99-01T00:00:00Z"]
    for number, moment in enumerate(times):
        path = root / "turns" / f"turn_{number:06}.json"
        record = {**json.loads(path.read_text()), "created_at": moment, "started_at": moment}
        zagens.write(path, record)
    found = reader.read(root)
    assert (found.skipped, counts(found.stories)["turns"]) == ([], 4)
    made = [json.loads(bytes(each.params)) for each in calls_of(found.stories)]
    order = [each["turnId"] for each in made if "inputSummary" in each]
    assert order == ["turn_000002", "turn_000003", "turn_000001", "turn_000000"]


@pytest.mark.parametrize("said", ["2026-00-01T00:00:00Z", "0000-01-01T00:00:00Z"])
def test_moments_that_never_were(said: str) -> None:
    assert moment_ms(said) is None


def test_events_of_two_threads_may_have_one_seq(folder: Path) -> None:
    root = folder / "z"
    zagens.make(root, 2)
    zagens.write(root / "threads" / "other.json", {**zagens.thread(0), "id": "other"})
    event = {"seq": 1, "thread_id": "other", "event": "x.y"}
    (root / "events" / "other.jsonl").write_text(json.dumps(event) + "\n")
    assert reader.read(root).skipped == []


# -- exports ----------------------------------------------------------------------------------


def lines_of(daemon: DaemonThread, peer: Peer) -> list[str]:
    peer.call("thread/create", threadId="t", metadata={"big": 123456789012345678901234567890})
    peer.call("turn/start", threadId="t", turnId="u", prompt="go")
    peer.call("turn/complete", turnId="u")
    peer.call("message/append", threadId="t", messages=[{"id": "m", "role": "user", "content": 1}])
    peer.call("message/append", threadId="t", messages=[{"id": "n", "role": "user", "content": 2}])
    return export(daemon, "t")


def test_a_broken_line_of_an_export_costs_itself_alone(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    lines = lines_of(daemon, peer)
    broken = json.loads(lines[3])
    assert broken["type"] == "commit"
    del broken["commit"]["messages"]
    turn = {"type": "turn", "turn": {**json.loads(lines[1])["turn"], "status": 7}}
    path = folder / "x.jsonl"
    path.write_text("\n".join([lines[0], json.dumps(turn), lines[2], json.dumps(broken), lines[4]]))
    found = exported.read(path)
    assert skipped(found, folder) == [
        "x.jsonl:2: this turn is not as it was exported: Expected `str`, got `int` - at `$.status`",
        "x.jsonl:4: this commit is not as it was exported: no messages",
        "x.jsonl:3: its turn is not there",
    ]
    other = folder / "other"
    other.mkdir()
    with DaemonThread(other) as second, second.peer() as there:
        assert run(second, "jsonl", str(path)).returncode == 1
        (kept,) = there.call("message/list", threadId="t")["data"]
        assert kept["id"] == "n"
        before = there.call("daemon/status")["lastSeq"]
        assert run(second, "jsonl", str(path)).returncode == 1
        assert there.call("daemon/status")["lastSeq"] == before


def test_a_thread_that_is_in_a_file_twice_is_told(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    lines = lines_of(daemon, peer)
    path = folder / "x.jsonl"
    path.write_text("\n".join([*lines, lines[-1], *lines]))
    found = exported.read(path)
    assert len(found.stories) == 1
    assert skipped(found, folder) == [
        f"x.jsonl:6: this commit stands in {path}:5 already",
        f"x.jsonl:7: thread t stands in {path}:1 already",
    ]


def test_runs_of_one_moment_come_after_their_parents(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    peer.call("thread/create", threadId="t")
    runs = [{"threadId": "t", "runId": "a"}, {"threadId": "t", "runId": "b", "parentRunId": "a"}]
    peer.call("atomic", calls=[{"method": "run/create", "params": each} for each in runs])
    lines = export(daemon, "t")
    other = folder / "other"
    other.mkdir()
    with DaemonThread(other) as second, second.peer() as there:
        bring(second, folder, lines)
        assert there.call("run/get", runId="b")["run"]["parentRunId"] == "a"


def test_who_has_lost_a_parent_comes_over_without_it(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    peer.call("thread/create", threadId="p")
    peer.call("run/create", threadId="p", runId="r")
    peer.call("thread/create", threadId="c", parentThreadId="p")
    peer.call("run/create", threadId="c", runId="s", parentRunId="r")
    peer.call("step/create", runId="s", stepId="k", type="tool_calls")
    path = folder / "c.jsonl"
    path.write_text("\n".join(export(daemon, "c")))
    other = folder / "other"
    other.mkdir()
    with DaemonThread(other) as second, second.peer() as there:
        ended = run(second, "jsonl", str(path))
        assert ended.returncode == 0, ended.stderr
        assert "note: its parent thread p is not there" in ended.stderr
        assert "note: its parent run r is not there" in ended.stderr
        assert there.call("step/list", runId="s")["data"][0]["id"] == "k"
        before = there.call("daemon/status")["lastSeq"]
        assert run(second, "jsonl", str(path)).returncode == 0
        assert there.call("daemon/status")["lastSeq"] == before
    # Where it is there, it stays.
    peer.call("thread/delete", threadId="c")
    assert run(daemon, "jsonl", str(path)).returncode == 0
    assert peer.call("thread/get", threadId="c")["thread"]["parentThreadId"] == "p"
    assert peer.call("run/get", runId="s")["run"]["parentRunId"] == "r"


# -- LangGraph --------------------------------------------------------------------------------


def test_what_json_has_no_word_for_is_named() -> None:
    import msgspec

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


def test_a_name_of_a_file_may_be_any_bytes(folder: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/\xff.traj"))
    path.write_text(RECORDING.read_text())
    command = [sys.executable, "-m", "sidecar", "import", "swe-agent", "--dry-run", str(path)]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=HANG_S)
    assert (ended.returncode, ended.stderr) == (0, b"")
