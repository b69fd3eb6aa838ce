"""Every format: what a sample of it becomes, once and for all, without a trace in its source."""

import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sidecar.cli.importing.values import moment_ms, own_id
from tests.cli.program import Ended, sidecar
from tests.support import DaemonThread, Peer, zagens

DATA = Path(__file__).parent.parent / "data" / "import"
# Format, its sample, and what a dry run counts.
SAMPLES = [
    ("codex", "codex", "1 threads, 4 turns, 8 items, 8 events, 0 skipped"),
    ("openai-agents", "openai-agents.db", "2 threads, 8 messages, 0 skipped"),
    ("langgraph", "langgraph.db", "2 threads, 8 messages, 12 commits, 0 skipped"),
    ("oxillama", "oxillama", "1 threads, 2 messages, 2 runs, 1 steps, 0 skipped"),
    ("tirea", "tirea", "2 threads, 4 messages, 1 commits, 2 runs, 6 entries, 0 skipped"),
    ("awaken", "awaken", "1 threads, 1 inputs, 2 messages, 1 commits, 1 runs, 0 skipped"),
]
CODEX = "019ca000-0000-7000-8000-000000000001"


def run(daemon: DaemonThread, *arguments: str) -> Ended:
    return sidecar("import", *arguments, SIDECAR_SOCKET=str(daemon.socket_path))


def tree(path: Path) -> dict[str, tuple[int, int]]:
    return {
        str(each): (each.stat().st_mtime_ns, each.stat().st_size)
        for each in sorted([path, *path.rglob("*"), *path.parent.iterdir()])
    }


@pytest.mark.parametrize(("name", "sample", "counted"), SAMPLES)
def test_a_dry_run_counts_and_asks_nobody(name: str, sample: str, counted: str) -> None:
    ended = sidecar("import", name, "--dry-run", str(DATA / sample), SIDECAR_SOCKET="/nowhere")
    assert (ended.returncode, ended.stdout) == (0, f"{DATA / sample}: {counted}\n")


@pytest.mark.parametrize(("name", "sample", "counted"), SAMPLES)
def test_a_sample_comes_over_once(
    daemon: DaemonThread, peer: Peer, name: str, sample: str, counted: str
) -> None:
    before = tree(DATA / sample)
    ended = run(daemon, name, str(DATA / sample))
    assert ended.returncode == 0, ended.stderr
    assert counted in ended.stderr
    seq = peer.call("daemon/status")["lastSeq"]
    again = run(daemon, name, str(DATA / sample))
    assert again.returncode == 0 and "were there already" in again.stderr
    assert peer.call("daemon/status")["lastSeq"] == seq
    assert tree(DATA / sample) == before


def items(peer: Peer, thread_id: str) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = peer.call("item/list", threadId=thread_id, limit=200)["data"]
    return data


def test_codex_turns_have_their_ends_usage_and_outputs(daemon: DaemonThread, peer: Peer) -> None:
    run(daemon, "codex", str(DATA / "codex"))
    turns = peer.call("turn/list", threadId=CODEX)["data"]
    assert [turn["status"] for turn in turns] == [
        "completed", "completed", "interrupted", "completed",
    ]  # fmt: skip
    assert [(turn["usage"] or {}).get("inputTokens") for turn in turns] == [None, 1000, 800, None]
    kinds = [item["kind"] for item in items(peer, CODEX)]
    assert Counter(kinds) == {
        "status": 2, "user_message": 2, "reasoning": 1, "tool_call": 1, "agent_message": 1,
        "context_compaction": 1,
    }  # fmt: skip
    call = next(item for item in items(peer, CODEX) if item["kind"] == "tool_call")
    assert (call["summary"], call["detail"]) == ("shell", "# Project\n")
    thread = peer.call("thread/get", threadId=CODEX)["thread"]
    assert (thread["title"], thread["model"]) == ("What is in README.md?", "gpt-5-codex")
    assert thread["metadata"]["imported"]["cli_version"] == "0.130.0"


def test_openai_agents_items_become_messages(daemon: DaemonThread, peer: Peer) -> None:
    run(daemon, "openai-agents", str(DATA / "openai-agents.db"))
    told = peer.call("message/list", threadId="weather", includeInternal=True)["data"]
    assert [each["role"] for each in told] == [
        "user", "assistant", "assistant", "tool", "assistant", "user", "assistant",
    ]  # fmt: skip
    assert told[2]["toolCalls"] == [
        {"id": "call_1", "name": "weather", "arguments": '{"city":"Delft"}'}
    ]
    assert (told[1]["visibility"], told[3]["toolCallId"]) == ("internal", "call_1")
    other = peer.call("thread/get", threadId=own_id("openai-agents", "empty talk / with a name"))
    assert other["thread"]["title"] == "empty talk / with a name"


def test_langgraph_checkpoints_become_change_sets(daemon: DaemonThread, peer: Peer) -> None:
    run(daemon, "langgraph", str(DATA / "langgraph.db"))
    checkpoint = peer.call("thread/checkpoint", threadId="t-1")
    assert [each["id"] for each in checkpoint["messages"]] == ["u1", "a1", "t1", "u2", "a2"]
    assert checkpoint["messages"][1]["toolCalls"][0]["name"] == "weather"
    assert checkpoint["state"]["count"] == 2
    third = peer.call("thread/getState", threadId="t-1", atVersion=3)["state"]
    assert third["count"] == 1
    commit = peer.call("thread/commits", threadId="t-1")["data"][0]
    assert commit["actions"]["writes"][0]["channel"] == "messages"


def test_tirea_keeps_lineage_state_and_mailboxes(daemon: DaemonThread, peer: Peer) -> None:
    ended = run(daemon, "tirea", str(DATA / "tirea"))
    assert "note: entry e-claimed was claimed after 1 attempts" in ended.stderr
    child = peer.call("thread/get", threadId="a-child")["thread"]
    assert child["parentThreadId"] == "parent"
    state = peer.call("thread/getState", threadId="parent")["state"]
    assert state == {"count": 3, "tags": ["a", "b"], "deep": {"er": True}}
    told = peer.call("message/list", threadId="parent", includeInternal=True)["data"]
    assert [(each["role"], each["visibility"], each["runId"]) for each in told] == [
        ("user", "all", None), ("assistant", "all", "run-1"), ("tool", "internal", None),
        ("assistant", "all", None),
    ]  # fmt: skip
    assert peer.call("run/get", runId="a-sub")["run"]["parentRunId"] == "run-1"
    entries = peer.call("mailbox/list", mailboxId="parent")["data"]
    assert {each["id"]: each["status"] for each in entries} == {
        "e-queued": "queued", "e-claimed": "queued", "e-done": "accepted", "e-gone": "cancelled",
        "e-dead": "dead_letter", "e-old": "superseded",
    }  # fmt: skip
    claimed = peer.call("mailbox/claim", consumerId="c", leaseMs=1000, limit=10)["entries"]
    assert [each["id"] for each in claimed] == ["e-claimed"]


def test_awaken_keeps_what_waits_and_how_runs_ended(daemon: DaemonThread, peer: Peer) -> None:
    run(daemon, "awaken", str(DATA / "awaken"))
    waiting = peer.call("sessionInput/list", threadId="t-1")["data"]
    assert [(each["prompt"], each["delivery"]) for each in waiting] == [("And tomorrow?", "steer")]
    ended = peer.call("run/get", runId="r-1")["run"]
    assert (ended["status"], ended["terminationCode"]) == ("failed", "error")
    assert peer.call("thread/getState", threadId="t-1")["state"]["revision"] == 3
    assert peer.call("thread/get", threadId="t-1")["thread"]["title"] == "Rain"


def test_awaken_dispatches_are_read_from_their_table(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    path = folder / "mailbox.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(
            "CREATE TABLE run_dispatches (dispatch_id TEXT PRIMARY KEY, thread_id TEXT, "
            "run_id TEXT, priority INTEGER, dedupe_key TEXT, dispatch_epoch INTEGER, status TEXT, "
            "available_at INTEGER, attempt_count INTEGER, max_attempts INTEGER, last_error TEXT, "
            "created_at INTEGER, updated_at INTEGER)"
        )
        db.execute("CREATE TABLE thread_dispatch_epochs (thread_id TEXT, current_epoch INTEGER)")
        db.execute("INSERT INTO thread_dispatch_epochs VALUES ('t', 1)")
        for number, (status, epoch) in enumerate(
            [("Queued", 1), ("Queued", 0), ("Acked", 0), ("DeadLetter", 1)]
        ):
            row = (f"d{number}", "t", "r", 0, "k", epoch, status, 0, 0, 5, None, number, number)
            db.execute(f"INSERT INTO run_dispatches VALUES ({','.join('?' * 13)})", row)
        db.commit()
        # The writer is still at it: its log stands beside the file.
        before = tree(folder)
        assert run(daemon, "awaken", str(path)).returncode == 0
        assert {k: v for k, v in tree(folder).items() if "mailbox" in k} == {
            k: v for k, v in before.items() if "mailbox" in k
        }
    entries = peer.call("mailbox/list", mailboxId="t")["data"]
    assert {each["id"]: (each["status"], each["priority"]) for each in entries} == {
        "d0": ("queued", 255), "d1": ("superseded", 255), "d2": ("accepted", 255),
        "d3": ("dead_letter", 255),
    }  # fmt: skip


def test_zagens_files_keep_their_ids_usage_and_events(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    zagens.make(folder / "zagens", 3)
    waiting = {**zagens.turn("thr_0000", 9), "id": "turn_open", "status": "in_progress"}
    zagens.write(folder / "zagens" / "turns" / "turn_open.json", waiting)
    ended = run(daemon, "zagens", str(folder / "zagens"))
    assert ended.returncode == 0
    assert "note: turn turn_open was in_progress; it is imported as interrupted" in ended.stderr
    turns = peer.call("turn/list", threadId="thr_0000")["data"]
    assert [turn["status"] for turn in turns] == ["completed"] * 3 + ["interrupted"]
    assert turns[0]["usage"]["cachedTokens"] == 1000
    assert turns[0]["metadata"]["imported"]["created_at"] == zagens.moment(0)
    kinds = [item["kind"] for item in items(peer, "thr_0000")]
    assert kinds == ["user_message", "tool_call", "agent_message"] * 3
    events = peer.call("event/list", threadId="thr_0000", events=["turn.completed"])["data"]
    assert [each["source"] for each in events].count("client") == 3


def test_zagens_rows_are_read_in_place_of_the_files(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    root = folder / "zagens"
    zagens.make(root, 1)
    with sqlite3.connect(root / "runtime.db") as db:
        db.execute("CREATE TABLE threads (id TEXT, created_at TEXT, archived INTEGER, title TEXT)")
        db.execute("CREATE TABLE turns (id TEXT, thread_id TEXT, status TEXT, usage_json TEXT)")
        db.execute("CREATE TABLE items (id TEXT, turn_id TEXT, kind TEXT, status TEXT)")
        db.execute(
            "CREATE TABLE session_input (id TEXT, thread_id TEXT, admitted_seq INTEGER, "
            "prompt TEXT, delivery TEXT, promoted_seq INTEGER, request_json TEXT)"
        )
        db.execute("INSERT INTO threads VALUES ('rows', '2026-03-01T10:00:00+00:00', 1, 'Rows')")
        db.execute("INSERT INTO turns VALUES ('u', 'rows', 'Canceled', '{\"input_tokens\":7}')")
        db.execute("INSERT INTO items VALUES ('x', 'u', 'CommandExecution', 'Completed')")
        db.execute("INSERT INTO session_input VALUES ('i', 'rows', 1, 'go', 'queue', NULL, '{}')")
        db.execute("INSERT INTO session_input VALUES ('j', 'rows', 2, 'was', 'steer', 5, NULL)")
    ended = run(daemon, "zagens", str(root))
    assert ended.returncode == 0, ended.stderr
    assert [each["id"] for each in peer.call("thread/list", archived=None)["data"]] == ["rows"]
    turn = peer.call("turn/get", turnId="u")
    assert (turn["turn"]["status"], turn["turn"]["usage"]["inputTokens"]) == ("cancelled", 7)
    assert turn["items"][0]["kind"] == "command_execution"
    assert [i["id"] for i in peer.call("sessionInput/list", threadId="rows")["data"]] == ["i"]
    assert peer.call("thread/get", threadId="rows")["thread"]["archived"] is True


def test_a_source_that_may_not_be_written_is_read(daemon: DaemonThread, folder: Path) -> None:
    root = folder / "zagens"
    zagens.make(root, 2)
    folders = [root, *(each for each in root.iterdir() if each.is_dir())]
    for each in folders:
        each.chmod(0o500)
    before = tree(root)
    try:
        assert run(daemon, "zagens", str(root)).returncode == 0
        assert {k: v for k, v in tree(root).items() if "zagens" in k} == {
            k: v for k, v in before.items() if "zagens" in k
        }
    finally:
        for each in folders:
            each.chmod(0o700)


def test_what_a_user_changed_since_stays(daemon: DaemonThread, peer: Peer) -> None:
    run(daemon, "oxillama", str(DATA / "oxillama"))
    peer.call("thread/update", threadId="thread_a", title="My own", archived=True)
    run(daemon, "oxillama", str(DATA / "oxillama"))
    thread = peer.call("thread/get", threadId="thread_a")["thread"]
    assert (thread["title"], thread["archived"]) == ("My own", True)


def test_a_session_that_has_grown_goes_on(daemon: DaemonThread, peer: Peer, folder: Path) -> None:
    whole = next((DATA / "codex").rglob("*.jsonl")).read_text().splitlines(keepends=True)
    path = folder / "rollout-x.jsonl"
    path.write_text("".join(whole[:12]))
    run(daemon, "codex", str(path))
    path.write_text("".join(whole))
    assert run(daemon, "codex", str(path)).returncode == 0
    assert len(peer.call("turn/list", threadId=CODEX)["data"]) == 4
    assert len(items(peer, CODEX)) == 8


@pytest.mark.parametrize(
    ("said", "ms"),
    [
        ("2026-03-01T10:00:00Z", 1_772_359_200_000),
        ("2026-03-01T11:00:00.5+01:00", 1_772_359_200_500),
        ("2026-03-01 10:00:00", 1_772_359_200_000),
        (1_772_359_200, 1_772_359_200_000),
        (1_772_359_200_000, 1_772_359_200_000),
        ("yesterday", None),
        (None, None),
    ],
)
def test_moments(said: Any, ms: int | None) -> None:
    assert moment_ms(said) == ms


def test_an_unknown_format_is_a_usage_error() -> None:
    assert sidecar("import", "nope", "x").returncode == 2
