"""Imports that are killed, and daemons that are killed under them: run again, nothing is double."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support import DaemonProcess, Peer, zagens
from tests.support.daemons import environment
from tests.support.peer import HANG_S

TURNS = 400
ITEMS = 1_500


def start(process: DaemonProcess, source: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sidecar", "import", "zagens", str(source)],
        env=environment(SIDECAR_SOCKET=str(process.socket_path)),
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(peer: Peer, name: str, count: int) -> None:
    """Follow events until there have been so many of a name."""
    peer.call("event/subscribe", sinceSeq=0, events=[name])
    seen = 0
    while seen < count:
        message = peer.receive()
        if message["method"] == "event/appended":
            seen += len(message["params"]["events"])


def end(running: subprocess.Popen[str]) -> tuple[int, str]:
    _, told = running.communicate(timeout=2 * HANG_S)
    return running.returncode, told


def everything(peer: Peer) -> list[Any]:
    """Give all turns with their items, without what the daemon stamped."""
    made = []
    threads = peer.call("thread/list", archived=None, limit=200)["data"]
    for thread in sorted(threads, key=lambda each: str(each["id"])):
        turns = peer.call("turn/list", threadId=thread["id"], limit=200)["data"]
        for turn in turns:
            items = peer.call("turn/get", turnId=turn["id"])["items"]
            made.append((thread["id"], thread["archived"], turn["id"], turn["status"],
                         turn["itemCount"], [item["id"] for item in items]))  # fmt: skip
    return made


@pytest.fixture
def source(folder: Path) -> Path:
    zagens.make(folder / "source", TURNS)
    return folder / "source"


def long_turn(root: Path) -> None:
    """Make one turn that does not fit into one request."""
    zagens.make(root, 1)
    first = zagens.items("turn_000000")[0]
    for number in range(ITEMS):
        item = {**first, "id": f"long_{number:05}"}
        zagens.write(root / "items" / f"long_{number:05}.json", item)


def test_an_importer_that_was_killed_goes_on(process: DaemonProcess, source: Path) -> None:
    running = start(process, source)
    with process.peer() as peer:
        wait_for(peer, "turn.started", 50)
        running.kill()
        end(running)
        code, told = end(start(process, source))
        assert (code, "0 skipped" in told) == (0, True)
        made = everything(peer)
    assert len(made) == TURNS
    assert {(status, len(items)) for *_, status, _, items in made} == {("completed", 3)}


def test_a_daemon_that_was_killed_is_waited_for(process: DaemonProcess, source: Path) -> None:
    running = start(process, source)
    with process.peer() as peer:
        wait_for(peer, "turn.started", 50)
    process.kill()
    process.start()
    code, told = end(running)
    assert code == 0, told
    with process.peer() as peer:
        made = everything(peer)
    assert len(made) == TURNS
    assert {(status, len(items)) for *_, status, _, items in made} == {("completed", 3)}


def test_a_long_turn_that_a_restart_has_cut_is_made_anew(
    process: DaemonProcess, folder: Path
) -> None:
    root = folder / "source"
    long_turn(root)
    running = start(process, root)
    with process.peer() as peer:
        wait_for(peer, "item.completed", 200)
    process.kill()
    process.start()
    code, told = end(running)
    assert code == 0, told
    with process.peer() as peer:
        (made,) = everything(peer)
        *_, status, count, _ = made
        assert (status, count) == ("completed", ITEMS + 3)
        of_thread = peer.call("thread/get", threadId="thr_0000")["thread"]
        assert of_thread["activeTurnId"] is None
        before = peer.call("daemon/status")["lastSeq"]
        assert end(start(process, root))[0] == 0
        assert peer.call("daemon/status")["lastSeq"] == before
