"""Export: everything comes back equal, and what people read cannot hurt them."""

import json
import re
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sidecar.cli import exporting, rendering
from sidecar.cli.importing import exported
from sidecar.cli.importing.player import Player
from sidecar.client import Client
from tests.cli.program import sidecar
from tests.support import DaemonThread, Peer, Refused
from tests.support.exports import comparable

STEPS = 120
KINDS = (
    "user_message", "agent_message", "reasoning", "tool_call", "file_change", "command_execution",
    "context_compaction", "status", "error",
)  # fmt: skip
TEXTS = (None, "d", " not trimmed ", "\u2028 and \U0001f600", "a\r\nb\0", "x" * 300)
NUMBERS = {"big": 2**70, "exact": 0.1, "atMs": 1, "deep": [[{"": None}]]}
EVIL = "<script>alert(1)</script>\n```\n# not a heading\n````\n[x](javascript:alert(1)) & \"'"


def export(daemon: DaemonThread, thread_id: str) -> list[str]:
    with Client(daemon.socket_path) as client:
        return [
            f'{{"type":"{noun}","{noun}":{bytes(record).decode()}}}'
            for noun, record in exporting.records(client, thread_id)
        ]


def bring(daemon: DaemonThread, folder: Path, lines: list[str]) -> None:
    path = folder / "thread.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    found = exported.read(path)
    with Client(daemon.socket_path) as client:
        outcome = Player(client, int).play(found.stories)
    assert (found.skipped, outcome.skipped) == ([], [])


class Life:
    """Let a thread live a random life; what is refused is part of it."""

    def __init__(self, peer: Peer, seed: int) -> None:
        self._peer = peer
        self._random = Random(seed)
        self._made = 0

    def live(self) -> None:
        self._peer.call("thread/create", threadId="t", title="T", metadata={"atMs": 1, "n": [1.5]})
        for _ in range(STEPS):
            with suppress(Refused):
                self._step()
        for turn in self._peer.call("turn/incomplete")["data"]:
            self._peer.call("turn/complete", turnId=turn["id"], status="failed")

    def _id(self, prefix: str) -> str:
        self._made += 1
        return f"{prefix}{self._made}"

    def _active(self) -> str | None:
        active: str | None = self._peer.call("thread/get", threadId="t")["thread"]["activeTurnId"]
        return active

    def _one(self, noun: str) -> str:
        return f"{noun}{self._random.randint(1, self._made)}" if self._made else noun

    def _step(self) -> None:  # noqa: C901, PLR0912, PLR0915  # a branch for each thing that happens
        random, call = self._random, self._peer.call
        turn = self._active() or "none"
        match random.randrange(24):
            case 0:
                call("turn/start", threadId="t", turnId=self._id("u"), prompt=" go on ")
            case 1:
                status = random.choice(["completed", "failed", "interrupted", "cancelled"])
                error = {"kind": "k", "message": "m"} if status == "failed" else None
                usage = {"inputTokens": 3, "costUsd": 0.5}
                call("turn/complete", turnId=turn, status=status, usage=usage, error=error)
            case 2 | 3:
                self._admit(random.choice(["queue", "steer"]))
            case 4 | 5:
                call("sessionInput/promote", threadId="t", turnId=self._id("p"))
            case 6:
                call("sessionInput/promote", threadId="t", scope="steer")
            case 7:
                call("sessionInput/cancel", inputId=self._one("i"))
            case 8:
                call("turn/steer", threadId="t", prompt="other way", itemId=self._id("s"))
            case 9:
                call("turn/interrupt", threadId="t", pending="keep")
            case 10 | 11:
                status = random.choice(["completed", "failed", "in_progress", "queued"])
                call("item/create", turnId=turn, itemId=self._id("x"), kind=random.choice(KINDS),
                     status=status, artifactRefs=["a"], metadata=[1],
                     summary=random.choice(TEXTS), detail=random.choice(TEXTS))  # fmt: skip
            case 12:
                self._messages("message/append")
            case 13:
                self._messages(random.choice(["message/replace", "message/clear"]))
            case 14:
                ops = [{"op": "merge", "path": "/a", "value": {"n": self._made}}]
                call("thread/commit", threadId="t", commitId=self._id("c"), reason="why",
                     patches=[{"ops": ops, "source": "me"}], actions=[1])  # fmt: skip
            case 15:
                state = random.choice([None, {"s": self._made}])
                call("thread/setState", threadId="t", state=state)
            case 16:
                self._run()
            case 18:
                call("thread/update", threadId="t", title=random.choice(TEXTS), metadata=NUMBERS)
            case 19:
                run = {"agentId": "a"}
                call("thread/commit", threadId="t", runId=self._one("r"), run=run)
            case 20:
                status = random.choice(["completed", "failed"])
                call("item/update", itemId=self._one("x"), status=status, appendDetail="more")
            case 21:
                call("turn/start", threadId="t", turnId=self._id("q"), status="queued")
            case 22:
                call("turn/complete", turnId=self._one("q"), status="cancelled")
            case 23:
                call("step/update", stepId=self._one("k"), status="failed",
                     error={"code": "c", "message": "m"})  # fmt: skip
            case _:
                call("event/append", threadId="t", event="x.y", payload={"seq": self._made})

    def _admit(self, delivery: str) -> None:
        self._peer.call(
            "sessionInput/admit", threadId="t", inputId=self._id("i"), prompt="do it",
            delivery=delivery, request={"m": 1},
        )  # fmt: skip

    def _messages(self, method: str) -> None:
        calls = [{"id": "c", "name": "n", "arguments": NUMBERS}]
        said: list[dict[str, Any]] = [
            {"role": "user", "content": self._random.choice(TEXTS)},
            {"role": "assistant", "content": None, "toolCalls": calls, "visibility": "internal"},
            {"role": "tool", "content": [{"type": "text", "text": "x"}], "toolCallId": "c",
             "metadata": NUMBERS},
        ]  # fmt: skip
        messages = [{"id": self._id("m"), **self._random.choice(said)}]
        given: dict[str, Any] = {} if method == "message/clear" else {"messages": messages}
        self._peer.call(method, threadId="t", **given)

    def _run(self) -> None:
        run, call = self._id("r"), self._peer.call
        status = self._random.choice(["queued", "requires_action", "completed", "failed"])
        birth = status if status in ("queued", "requires_action") else "in_progress"
        parent = self._random.choice([None, self._one("r")])
        call("run/create", threadId="t", runId=run, status=birth, model="m", parentRunId=parent)
        if status != birth:
            call("run/update", runId=run, status=status, error={"code": "c", "message": "m"})
        call("step/create", runId=run, stepId=self._id("k"), type="tool_calls", details={"d": 1})


@pytest.mark.parametrize("seed", range(8))
def test_a_thread_that_is_exported_comes_back_equal(folder: Path, seed: int) -> None:
    with DaemonThread(folder) as first, first.peer() as peer:
        Life(peer, seed).live()
        if seed % 2:
            peer.call("thread/update", threadId="t", archived=True)
        lines = export(first, "t")
    other = folder / "other"
    other.mkdir()
    with DaemonThread(other) as second:
        bring(second, folder, lines)
        assert comparable(export(second, "t")) == comparable(lines)
        with second.peer() as peer:
            before = peer.call("daemon/status")["lastSeq"]
            bring(second, folder, lines)
            assert peer.call("daemon/status")["lastSeq"] == before


def test_what_was_open_comes_back_interrupted(folder: Path) -> None:
    with DaemonThread(folder) as first, first.peer() as peer:
        peer.call("thread/create", threadId="t")
        peer.call("turn/start", threadId="t", turnId="u", prompt="go")
        peer.call("sessionInput/admit", threadId="t", inputId="i", prompt="then this")
        lines = export(first, "t")
    other = folder / "other"
    other.mkdir()
    with DaemonThread(other) as second:
        bring(second, folder, lines)
        with second.peer() as peer:
            turn = peer.call("turn/get", turnId="u")["turn"]
            waiting = peer.call("sessionInput/list", threadId="t")["data"]
    assert (turn["status"], turn["error"]["kind"]) == ("interrupted", "imported_open")
    assert [each["prompt"] for each in waiting] == ["then this"]


def evil(peer: Peer) -> None:
    peer.call("thread/create", threadId="t", title=EVIL)
    peer.call("turn/start", threadId="t", turnId="u", prompt=EVIL)
    peer.call("item/create", turnId="u", kind="tool_call", summary=EVIL, detail=EVIL)
    message = {"role": "user", "content": [{"type": "text", "text": EVIL}]}
    peer.call("message/append", threadId="t", messages=[message])


def test_html_shows_what_was_said_and_runs_nothing(daemon: DaemonThread, peer: Peer) -> None:
    evil(peer)
    path = str(daemon.socket_path)
    text = sidecar("export", "t", "--format", "html", SIDECAR_SOCKET=path).stdout
    assert "<script" not in text and "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "default-src 'none'" in text
    assert "http" not in text.replace("http-equiv", "")


def test_markdown_fences_what_was_said(daemon: DaemonThread, peer: Peer) -> None:
    evil(peer)
    with Client(daemon.socket_path) as client:
        shown = rendering.gather(exporting.records(client, "t"))
    text = "\n".join(rendering.markdown(shown))
    outside = []
    fence = None
    for line in text.splitlines():
        if fence is None and line.startswith("```"):
            fence = line.removesuffix("text")
        elif line == fence:
            fence = None
        elif fence is None:
            outside.append(line)
    assert fence is None
    assert not any(re.search(r"(?<!\\)<script|\]\(", line) for line in outside)
    assert [line for line in outside if line.startswith("# not")] == []


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_nothing_that_was_said_is_obeyed_by_a_terminal(
    daemon: DaemonThread, peer: Peer, form: str
) -> None:
    wild = "\x1b]0;owned\x07\x9b2J \0 \r\n two\rthree"
    peer.call("thread/create", threadId="t", title=wild, workspace=wild)
    peer.call("turn/start", threadId="t", turnId="u", prompt=wild)
    peer.call("item/create", turnId="u", kind="tool_call", summary=wild, detail=wild)
    peer.call("message/append", threadId="t", messages=[{"role": "user", "content": wild}])
    text = sidecar("export", "t", "--format", form, SIDECAR_SOCKET=str(daemon.socket_path)).stdout
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)
    assert "\u241b]0;owned\u2407" in text


def test_a_thread_that_is_not_there_ends_with_1(daemon: DaemonThread) -> None:
    ended = sidecar("export", "nope", SIDECAR_SOCKET=str(daemon.socket_path))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "thread_not_found" in ended.stderr


def test_every_line_of_an_export_is_one_record(daemon: DaemonThread, peer: Peer) -> None:
    evil(peer)
    text = sidecar("export", "t", SIDECAR_SOCKET=str(daemon.socket_path)).stdout
    nouns = [json.loads(line)["type"] for line in text.splitlines()]
    assert nouns == ["thread", "turn", "item", "item", "commit"]
