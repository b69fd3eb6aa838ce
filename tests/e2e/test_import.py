"""A recorded session of a real agent, played in, and what a kill in its middle leaves of it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sidecar.cli import swe_agent
from sidecar.cli.swe_agent import Step
from tests.support import DaemonProcess, Peer
from tests.support.daemons import environment

RECORDING = Path(__file__).parent.parent / "data" / "missing-colon.traj"
STEPS = swe_agent.play(RECORDING.read_bytes())
# Every step of the turn but its end: whatever came before it is acknowledged, nothing after.
IN_THE_TURN = [n for n in range(3, len(STEPS)) if STEPS[n].method != "turn/complete"]


def play(peer: Peer, steps: list[Step]) -> list[dict[str, Any]]:
    return [peer.ask(step.method, json.loads(json.dumps(step.params))) for step in steps]


def everything(peer: Peer, thread_id: str) -> dict[str, Any]:
    return {
        "events": peer.call("event/list", threadId=thread_id)["data"],
        "items": peer.call("item/list", threadId=thread_id, limit=200)["data"],
        "inputs": peer.call("sessionInput/list", threadId=thread_id, status=None)["data"],
        "transcript": peer.call("thread/transcript", threadId=thread_id),
    }


def run_import(process: DaemonProcess, *files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sidecar", "import", "swe-agent", *map(str, files)],
        env=environment(SIDECAR_SOCKET=str(process.socket_path)),
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_import_keeps_every_prompt_message_and_call(process: DaemonProcess) -> None:
    assert run_import(process, RECORDING).returncode == 0
    history = json.loads(RECORDING.read_text())["history"]
    with process.peer() as peer:
        thread = peer.call("thread/list")["data"][0]
        turns = peer.call("turn/list", threadId=thread["id"])["data"]
        items = peer.call("item/list", threadId=thread["id"], limit=200)["data"]
    assert [turn["status"] for turn in turns] == ["completed"]
    kept = {item["detail"].strip() for item in items if item["detail"]}
    assert {entry["content"].strip() for entry in history if entry["content"]} <= kept
    calls = [item for item in items if item["kind"] == "tool_call"]
    assert len(calls) == sum(1 for entry in history if entry["role"] == "assistant")
    assert {item["status"] for item in items} == {"completed"}


def test_an_import_run_twice_changes_nothing(process: DaemonProcess) -> None:
    run_import(process, RECORDING)
    with process.peer() as peer:
        before = peer.call("daemon/status")["lastSeq"]
        assert run_import(process, RECORDING).returncode == 0
        assert peer.call("daemon/status")["lastSeq"] == before


def test_an_import_says_what_is_no_recording(process: DaemonProcess, folder: Path) -> None:
    bad = folder / "bad.traj"
    bad.write_text("[]")
    done = run_import(process, bad, RECORDING)
    assert done.returncode == 1
    assert "bad.traj:1: not a trajectory" in done.stderr
    with process.peer() as peer:
        assert len(peer.call("thread/list")["data"]) == 1


@pytest.mark.parametrize("acknowledged", IN_THE_TURN)
def test_a_session_killed_in_the_middle_of_a_turn_comes_back_whole(
    folder: Path, acknowledged: int
) -> None:
    thread_id = str(STEPS[0].params["threadId"])
    with DaemonProcess(folder) as process:
        with process.peer() as peer:
            play(peer, STEPS[:acknowledged])
            for number in range(3):
                peer.call(
                    "sessionInput/admit", threadId=thread_id, inputId=f"i{number}", prompt="p"
                )
            before = everything(peer, thread_id)
            process.kill()
        process.start()
        with process.peer() as peer:
            after = everything(peer, thread_id)
            again = peer.ask(STEPS[1].method, STEPS[1].params)
            turn = peer.call("turn/list", threadId=thread_id)["data"][-1]
            report = peer.call("daemon/recovery")
    open_before = [item["id"] for item in before["items"] if item["endedAtMs"] is None]
    told = after["events"][len(before["events"]) :]
    assert after["events"][: len(before["events"])] == before["events"]
    assert [event["event"] for event in told] == ["item.completed"] * len(open_before) + [
        "turn.completed"
    ]
    assert (turn["status"], turn["recovered"]) == ("interrupted", True)
    assert turn["error"]["kind"] == "process_restart"
    assert turn["endedAtMs"] == before["events"][-4]["atMs"]
    for old, new in zip(before["items"], after["items"], strict=True):
        if old["id"] in open_before:
            assert new["status"] == "interrupted"
        else:
            assert new == old
    assert after["inputs"] == before["inputs"]
    assert again["deduplicated"] and again["input"]["status"] == "promoted"
    assert [each["turnId"] for each in report["turns"]] == [turn["id"]]
    assert report["turns"][0]["itemIds"] == open_before
    assert report["pendingInputCount"] == 3
