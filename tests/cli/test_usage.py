"""usage: a table for people, bars on a terminal, JSON and CSV for programs."""

import json
import os
import pty
import subprocess
import sys

import pytest

from tests.cli.program import sidecar
from tests.support import DaemonThread, Peer
from tests.support.daemons import environment


@pytest.fixture
def used(daemon: DaemonThread, peer: Peer) -> DaemonThread:
    for name, cost in (("cheap", 0.25), ("dear", 1.0)):
        peer.call("thread/create", threadId=name, model=name)
        turn = peer.call("turn/start", threadId=name)["turn"]
        usage = {"inputTokens": 1200, "cachedTokens": 300, "outputTokens": 40, "costUsd": cost}
        peer.call("turn/complete", turnId=turn["id"], usage=usage)
    return daemon


def test_a_person_gets_a_table_with_a_total(used: DaemonThread) -> None:
    ended = sidecar("usage", "--by", "model", SIDECAR_SOCKET=str(used.socket_path))
    lines = [line.split() for line in ended.stdout.splitlines()]
    assert lines[1] == ["cheap", "1", "1,200", "300", "40", "0", "0.2500", "0.0000", "25%"]
    assert lines[3][:3] == ["total", "2", "2,400"] and "1.2500" in lines[3]
    assert ended.stderr == "" and "█" not in ended.stdout


def test_a_program_gets_json_or_csv(used: DaemonThread, peer: Peer) -> None:
    socket = str(used.socket_path)
    ended = sidecar("usage", "--json", SIDECAR_SOCKET=socket)
    assert json.loads(ended.stdout) == peer.call("usage/aggregate")
    rows = sidecar("usage", "--by", "thread", "--csv", SIDECAR_SOCKET=socket).stdout.splitlines()
    assert rows[0].startswith("thread,turns,inputTokens,outputTokens,cachedTokens")
    assert rows[1].startswith("cheap,1,1200,40,300,900,0,0.25,0.25,0.0,0.25")
    assert len(rows) == 3


def test_days_are_whole_and_both_belong_to_the_span(used: DaemonThread) -> None:
    def turns(*span: str) -> int:
        ended = sidecar("usage", "--json", *span, SIDECAR_SOCKET=str(used.socket_path))
        count: int = json.loads(ended.stdout)["totals"]["turns"]
        return count

    assert turns("--since", "2023-11-14", "--until", "2023-11-14") == 2
    assert turns("--since", "2023-11-15") == 0
    assert turns("--until", "2023-11-13") == 0


def test_a_terminal_gets_bars(used: DaemonThread) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.run(
        [sys.executable, "-m", "sidecar", "usage", "--by", "model"],
        stdout=theirs, check=True, timeout=30,
        env=environment(SIDECAR_SOCKET=str(used.socket_path)),
    )  # fmt: skip
    os.close(theirs)
    text = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert process.returncode == 0
    cheap, dear = text.splitlines()[1:3]
    assert dear.count("█") == 4 * cheap.count("█") == 24


def test_prices_that_cannot_be_read_end_the_start(used: DaemonThread) -> None:
    folder = used.database_path.parent
    wrong = folder / "prices.toml"
    wrong.write_text('[models.m]\ninput = "much"\n')
    for path in (wrong, folder / "missing.toml"):
        ended = sidecar(
            "serve", "--prices", str(path), "--database", str(folder / "b.db"),
            "--socket", str(folder / "b.sock"),
        )  # fmt: skip
        assert ended.returncode == 78 and str(path) in ended.stderr
        assert not (folder / "b.db").exists()
