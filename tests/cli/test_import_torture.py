"""Sources as life leaves them: whatever is in them comes over, or is told with its place."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sidecar.cli.importing import codex, exported, oxillama, sqlite
from sidecar.cli.importing import zagens as reader
from sidecar.cli.importing.story import Found, calls_of, counts
from sidecar.cli.importing.values import moment_ms
from tests.cli.program import Ended, sidecar
from tests.cli.test_export import bring, export
from tests.cli.test_import_broken import DATA
from tests.support import DaemonThread, Peer, zagens
from tests.support.peer import HANG_S

RECORDING = Path(__file__).parent.parent / "data" / "missing-colon.traj"


def run(daemon: DaemonThread, *arguments: str) -> Ended:
    return sidecar("import", *arguments, SIDECAR_SOCKET=str(daemon.socket_path))


def skipped(found: Found, root: Path) -> list[str]:
    return [str(each).removeprefix(f"{root}/") for each in found.skipped]


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


@pytest.mark.parametrize("name", ["no id", "", "\x02"])
def test_a_record_whose_id_is_none_costs_itself_alone(
    daemon: DaemonThread, peer: Peer, folder: Path, name: str
) -> None:
    peer.call("thread/create", threadId="t")
    peer.call("thread/create", threadId="u")
    peer.call("run/create", threadId="u", runId="r")
    lines = [json.loads(line) for each in ("t", "u") for line in export(daemon, each)]
    lines[0]["thread"]["id"] = name
    lines[2]["run"]["parentRunId"] = name
    path = folder / "x.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    other = folder / "other"
    other.mkdir()
    with DaemonThread(other) as second, second.peer() as there:
        ended = run(second, "jsonl", str(path))
        assert ended.returncode == 1
        assert f"{path}:1: thread/create: invalid_params: path " in ended.stderr, ended.stderr
        assert [each["id"] for each in there.call("thread/list")["data"]] == ["u"]
        assert there.call("run/get", runId="r")["run"]["parentRunId"] is None


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


def test_a_name_of_a_file_may_be_any_bytes(folder: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/\xff.traj"))
    path.write_text(RECORDING.read_text())
    command = [sys.executable, "-m", "sidecar", "import", "swe-agent", "--dry-run", str(path)]
    ended = subprocess.run(command, capture_output=True, check=False, timeout=HANG_S)
    assert (ended.returncode, ended.stderr) == (0, b"")
