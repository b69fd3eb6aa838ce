"""Broken sources: everything else comes over, and every loss is told with its place."""

import json
from pathlib import Path

import pytest

from tests.cli.program import Ended, sidecar
from tests.support import DaemonThread, Peer, zagens

DATA = Path(__file__).parent.parent / "data" / "import"


def run(daemon: DaemonThread, *arguments: str) -> Ended:
    return sidecar("import", *arguments, SIDECAR_SOCKET=str(daemon.socket_path))


def told(ended: Ended, root: Path) -> list[str]:
    """Give what was left out, without where the test keeps it."""
    lines = ended.stderr.splitlines()[:-1]
    return [line.removeprefix(f"{root}/") for line in lines if "note:" not in line]


def test_every_broken_file_is_told_with_its_line(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    root = folder / "z"
    zagens.make(root, 3)
    (root / "turns" / "turn_000001.json").write_text('{\n  "id": "x",\n  "thr')
    (root / "items" / "turn_000002_1.json").write_bytes(b'{"id":\n"\xff"}')
    zagens.write(root / "items" / "lost.json", {**zagens.items("nowhere")[0], "id": "lost"})
    double = zagens.items("turn_000000")[0]
    zagens.write(root / "items" / "z-double.json", double)
    odd = {**double, "id": "odd", "status": "melted"}
    zagens.write(root / "items" / "odd.json", odd)
    (root / "items" / ".half.tmp.json").write_text("{")
    with (root / "events" / "thr_0000.jsonl").open("a") as file:
        file.write('{"seq": 9, "thread_id": "thr_0000", "event": "Not A Name"}\n')
        file.write('{"seq": 10, "thr')
    ended = run(daemon, "zagens", str(root))
    assert ended.returncode == 1
    lines = told(ended, root)
    first = f"{root}/items/turn_000000_0.json:1"
    assert lines[:-1] == [
        "turns/turn_000001.json:3: not JSON: Input data was truncated",
        "items/lost.json:1: its turn nowhere is not there",
        "items/turn_000001_0.json:1: its turn turn_000001 is not there",
        "items/turn_000001_1.json:1: its turn turn_000001 is not there",
        "items/turn_000001_2.json:1: its turn turn_000001 is not there",
        "items/turn_000002_1.json:2: not UTF-8",
        f"items/z-double.json:1: id turn_000000_0 stands in {first} already",
        "events/thr_0000.jsonl:5: not JSON: Input data was truncated",
        "items/odd.json:1: an item cannot be melted",
    ]
    assert lines[-1].startswith("events/thr_0000.jsonl:4: event/append: invalid_params: ")
    assert "10 skipped" in ended.stderr.splitlines()[-1]
    turns = peer.call("turn/list", threadId="thr_0000")["data"]
    assert [turn["id"] for turn in turns] == ["turn_000000", "turn_000002"]
    again = run(daemon, "zagens", str(root))
    assert told(again, root) == lines and again.returncode == 1
    assert run(daemon, "zagens", "--allow-skipped", str(root)).returncode == 0


def test_lines_of_every_kind_of_log(daemon: DaemonThread, folder: Path) -> None:
    root = folder / "o"
    thread = root / "a"
    zagens.write(thread / "meta.json", {"id": "a"})
    (root / "no-meta").mkdir()
    message = '{"id":"m1","role":"user","content":"hi"}\n'
    broken = '{"id":"m2","role":"user"}\n'
    (thread / "messages.jsonl").write_text(f'{message}\n{broken}{{"id":"m3","role":"robot",')
    ended = run(daemon, "oxillama", str(root))
    assert told(ended, root) == [
        "a/messages.jsonl:3: not as expected: Object missing required field `content`",
        "a/messages.jsonl:4: not JSON: Input data was truncated",
        "no-meta/meta.json:1: a thread without its metadata",
    ]


def test_a_record_that_the_daemon_refuses_costs_itself_alone(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    root = folder / "o"
    zagens.write(root / "a" / "meta.json", {"id": "a"})
    lines = [{"id": f"m{n}", "role": "robot" if n == 2 else "user", "content": n} for n in range(5)]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (root / "a" / "messages.jsonl").write_text(text)
    ended = run(daemon, "oxillama", str(root))
    (line,) = told(ended, root)
    assert line.startswith("a/messages.jsonl:3: message/append: invalid_params: path ")
    kept = peer.call("message/list", threadId="a")["data"]
    assert [each["content"] for each in kept] == [0, 1, 3, 4]


def test_somebody_elses_thread_of_the_same_id_is_left_alone(
    daemon: DaemonThread, peer: Peer
) -> None:
    peer.call("thread/create", threadId="thread_a", title="mine")
    seq = peer.call("daemon/status")["lastSeq"]
    ended = run(daemon, "oxillama", str(DATA / "oxillama"))
    assert ended.returncode == 1
    assert "idempotency_mismatch: the daemon has another of its id, with 8 more" in ended.stderr
    assert peer.call("daemon/status")["lastSeq"] == seq


@pytest.mark.parametrize("name", ["openai-agents", "langgraph", "awaken", "zagens", "codex"])
def test_what_is_something_else_is_told(daemon: DaemonThread, folder: Path, name: str) -> None:
    path = folder / "notes.txt"
    path.write_text("SQLite format 3\0 it is not" if name == "awaken" else "not a database\n")
    ended = run(daemon, name, str(path))
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{path}") and ended.stderr.count("\n") <= 2


@pytest.mark.parametrize("name", ["oxillama", "tirea", "awaken", "zagens", "codex"])
def test_an_empty_folder_is_no_source(daemon: DaemonThread, folder: Path, name: str) -> None:
    empty = folder / "empty"
    empty.mkdir()
    ended = run(daemon, name, str(empty))
    assert ended.returncode == 1 and ended.stderr.startswith(f"{empty}: has n")


def test_exported_lines_without_their_thread(daemon: DaemonThread, folder: Path) -> None:
    path = folder / "x.jsonl"
    path.write_text('{"type":"turn","turn":{"id":"u"}}\n{"type":"song"}\n[]\n')
    ended = run(daemon, "jsonl", str(path))
    assert ended.stderr.splitlines() == [
        f"{path}:1: it comes before its thread",
        f"{path}:2: no record of type song",
        f"{path}:3: not as expected: Expected `object`, got `array`",
    ]


def test_without_a_daemon_it_ends_with_69(folder: Path) -> None:
    missing = str(folder / "none.sock")
    ended = sidecar("import", "oxillama", str(DATA / "oxillama"), SIDECAR_SOCKET=missing)
    assert ended.returncode == 69
