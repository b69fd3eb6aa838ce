"""The examples in `protocol/examples`, run by the real programs against the real daemon."""

import json
import os
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import editors
from tests.e2e.editors import EDITORS, EXAMPLES, Editor
from tests.support import DaemonProcess, Peer
from tests.support.peer import HANG_S

PROMPT = 'Grüße "an" 👋 alle'
ANSWER = f"You said: {PROMPT}"
ENDS_ON_BUSY = 3


def missing(program: str) -> str:
    return f"{program} is MISSING: scripts/setup-editors installs it"


@pytest.fixture(params=EDITORS, ids=[each.name for each in EDITORS])
def editor(request: pytest.FixtureRequest) -> Editor:
    chosen: Editor = request.param
    if not chosen.is_there:
        pytest.skip(missing(chosen.program))
    return chosen


class Watch:
    """Follow all events of a thread, deltas too, on a connection of its own."""

    def __init__(self, process: DaemonProcess, thread_id: str) -> None:
        self.peer = process.peer()
        self.peer.call("thread/create", threadId=thread_id, title=thread_id.capitalize())
        self.peer.call("event/subscribe", threadId=thread_id, sinceSeq=0, deltas=True)
        self._coming = self._messages()

    def _messages(self) -> Iterator[tuple[str, Any]]:
        while True:
            message = self.peer.receive()
            if message["method"] == "event/appended":
                yield from (("event/appended", event) for event in message["params"]["events"])
            else:
                yield message["method"], message["params"]

    def until(self, event: str) -> dict[str, Any]:
        """Wait for an event by its name, or for a delta."""
        for method, params in self._coming:
            if method == event or params.get("event") == event:
                found: dict[str, Any] = params
                return found
        raise AssertionError(event)


@pytest.fixture
def other(process: DaemonProcess, editor: Editor) -> Iterator[Watch]:
    watch = Watch(process, editor.name)
    yield watch
    watch.peer.close()


def texts(peer: Peer, thread_id: str) -> list[str]:
    messages = peer.call("thread/transcript", threadId=thread_id)["messages"]
    return [message["content"][0]["text"] for message in messages]


def seqs(shown: list[str]) -> list[int]:
    return [int(found[0]) for line in shown if (found := re.match(r"\d+", line))]


def quoted(editor: Editor, prompt: str) -> str:
    """Write a prompt so that it can stand in a driver's string."""
    return prompt.replace('"', '\\"') if editor.name == "emacs" else prompt


def test_an_editor_asks_answers_and_shows_what_others_do(
    process: DaemonProcess, other: Watch, folder: Path, editor: Editor
) -> None:
    prompt, socket = quoted(editor, PROMPT), process.socket_path
    with editors.run(editor, folder, "enough", prompt, socket) as running:
        turn = other.until("turn.completed")["payload"]["turn"]
        # Another client begins an answer, and has not ended it when the editor looks.
        theirs = other.peer.call("turn/start", threadId=editor.name)["turn"]
        other.peer.call("item/create", turnId=theirs["id"], itemId="half", kind="reasoning")
        other.until("item.started")
        for offset, piece in ((0, "Hmm 👋"), (5, ", as I thought")):
            other.peer.call("item/delta", itemId="half", text=piece, offset=offset)
            other.until("item/delta")
        other.peer.call("event/append", threadId=editor.name, event="enough", payload=[1])
        shown = running.shown()
    assert turn["status"] == "completed" and turn["itemCount"] == 2
    assert texts(other.peer, editor.name) == [PROMPT, ANSWER]
    assert f"user_message: {PROMPT}" in shown
    assert f"agent_message: {ANSWER}" in shown
    assert "reasoning: Hmm 👋, as I thought" in shown
    assert shown[-1].endswith(" enough")
    assert seqs(shown) == sorted(set(seqs(shown)))
    answer = other.peer.call("item/get", itemId=f"{turn['id']}.answer")["item"]
    assert (answer["status"], answer["detail"]) == ("completed", ANSWER)
    inputs = other.peer.call("sessionInput/list", threadId=editor.name, status=None)["data"]
    assert [each["turnId"] for each in inputs] == [turn["id"]]


def test_an_editor_tells_a_busy_thread_by_the_kind_of_the_error(
    process: DaemonProcess, other: Watch, folder: Path, editor: Editor
) -> None:
    turn = other.peer.call("turn/start", threadId=editor.name)["turn"]
    with editors.run(editor, folder, "busy: ", "hello", process.socket_path) as running:
        shown = running.shown()
    assert f"busy: {turn['id']} is at work, ask again when it has ended" in shown
    assert other.peer.call("sessionInput/list", threadId=editor.name, status=None)["data"] == []


def test_an_editor_shows_any_other_refusal_with_its_kind(
    process: DaemonProcess, other: Watch, folder: Path, editor: Editor
) -> None:
    other.peer.call("thread/update", threadId=editor.name, archived=True)
    with editors.run(editor, folder, "refused: ", "hello", process.socket_path) as running:
        shown = running.shown()
    assert any(re.match(r"refused: sessionInput/admit: .* \(thread_archived\)", s) for s in shown)


def test_an_editor_goes_on_where_it_was_when_the_daemon_comes_back(
    process: DaemonProcess, other: Watch, folder: Path, editor: Editor
) -> None:
    with editors.run(editor, folder, "enough", "hello", process.socket_path) as running:
        other.until("turn.completed")
        process.kill()
        process.start()
        with process.peer() as peer:
            peer.call("event/append", threadId=editor.name, event="enough")
            events = peer.call("event/list", threadId=editor.name)["data"]
            shown = running.shown()
    assert shown.count("no daemon there; looking for it again") == 1
    assert len([line for line in shown if line.startswith("connected to sidecar ")]) == 2
    # Once each, in order; what an item's line has taken in stands without a number.
    bare = [each["seq"] for each in events if not each["event"].startswith("item.")]
    assert seqs(shown) == bare


def test_what_an_editor_sends_besides_does_no_harm(
    process: DaemonProcess, folder: Path, editor: Editor
) -> None:
    with editors.send_oddities(editor, folder, process.socket_path) as running:
        shown = running.shown()
    # No params, an empty object, an empty list (which is what Lua makes of an empty table), null.
    assert shown == ["atMs", "atMs", "invalid_params", "atMs"]


def test_neovim_starts_the_daemon_that_it_needs(folder: Path) -> None:
    neovim = EDITORS[0]
    if not neovim.is_there:
        pytest.skip(missing(neovim.program))
    with editors.run(neovim, folder, "turn.completed", "hello") as running:
        shown = running.shown()
    assert "agent_message: You said: hello" in shown
    # It outlives the editor.
    with Peer(folder / "rpc.sock") as peer:
        pid = os.pidfd_open(peer.call("daemon/status")["pid"])
        assert texts(peer, "neovim") == ["hello", "You said: hello"]
        peer.call("daemon/shutdown")
    assert select.select([pid], [], [], HANG_S)[0], "the daemon did not end"
    os.close(pid)


def test_emacs_compiles_its_example_without_a_warning(folder: Path) -> None:
    if not shutil.which("emacs"):
        pytest.skip(missing("emacs"))
    copy = shutil.copy(EXAMPLES / "emacs" / "sidecar.el", folder)
    strictly = ["--eval", "(setq byte-compile-error-on-warn t)"]
    done = subprocess.run(
        ["emacs", "-Q", "--batch", *strictly, "-f", "batch-byte-compile", copy],
        capture_output=True, text=True, timeout=HANG_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


Asked = Callable[..., subprocess.CompletedProcess[str]]
PROGRAMS = {
    "socat": ["bash", "shell/ask-socat"],
    "sidecar": ["bash", "shell/ask-call"],
    "jsonrpcclient": [sys.executable, "python-jsonrpcclient/ask.py"],
}


@pytest.fixture(params=PROGRAMS)
def ask(request: pytest.FixtureRequest, process: DaemonProcess) -> Asked:
    if request.param == "socat" and not shutil.which("socat"):
        pytest.skip(missing("socat"))
    program, example = PROGRAMS[request.param]

    def asked(thread_id: str, prompt: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, str(EXAMPLES / example), thread_id, prompt],
            env=editors.on_path(SIDECAR_SOCKET=str(process.socket_path)),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=HANG_S, check=False,
        )  # fmt: skip

    return asked


def named_events(output: str) -> list[str]:
    """Read the names of events off lines of JSON, notifications or lines of `seq name`."""
    found: list[str] = []
    for line in output.splitlines():
        if not line.startswith("{"):
            found.append(line.split()[1])
            continue
        said = json.loads(line)
        events = said["params"].get("events", []) if "params" in said else [said]
        found += [event["event"] for event in events]
    return found


def test_a_program_asks_answers_and_prints_the_events_of_its_turn(
    process: DaemonProcess, ask: Asked
) -> None:
    done = ask("t1", 'two\nlines of "\\"')
    assert done.returncode == 0, done.stderr
    names = named_events(done.stdout)
    assert [name for name in names if name != "item.updated"] == [
        "session_input.admitted", "turn.started", "item.completed", "session_input.promoted",
        "item.started", "item.completed", "turn.completed",
    ]  # fmt: skip
    with process.peer() as peer:
        assert texts(peer, "t1") == ['two\nlines of "\\"', 'You said: two\nlines of "\\"']
        [turn] = peer.call("turn/list", threadId="t1")["data"]
        assert turn["status"] == "completed"
    assert ask("t1", "again").returncode == 0


def test_a_program_tells_a_busy_thread_by_the_kind_of_the_error(
    process: DaemonProcess, ask: Asked
) -> None:
    assert ask("t1", "first").returncode == 0
    with process.peer() as peer:
        turn = peer.call("turn/start", threadId="t1")["turn"]
    done = ask("t1", "second")
    assert done.returncode == ENDS_ON_BUSY
    assert done.stderr == f"busy: {turn['id']} is at work, ask again when it has ended\n"


def test_a_program_ends_with_any_other_refusal_and_says_its_kind(ask: Asked) -> None:
    done = ask("!!", "hello")
    assert done.returncode == 1
    assert "invalid_params" in done.stderr
