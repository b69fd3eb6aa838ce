"""`sidecar top` on a real terminal: what it shows, that it lives on, and what it leaves behind."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sidecar.cli.screen import fit
from tests.cli.program import sidecar
from tests.cli.terminal import Terminal
from tests.support import DaemonProcess, DaemonThread, Peer


@pytest.fixture
def busy(process: DaemonProcess) -> Iterator[Peer]:
    with process.peer() as peer:
        peer.call("thread/create", threadId="t1", title="Plan the harbour")
        peer.call("turn/start", threadId="t1", turnId="u1", prompt="go")
        for number in range(3):
            peer.call("sessionInput/admit", threadId="t1", prompt=f"then {number}")
        peer.call("thread/create", threadId="t2", title="idle")
        for number in range(2):
            peer.call("mailbox/enqueue", mailboxId=f"m{number}")
        peer.call("mailbox/claim", mailboxId="m0", consumerId="c", leaseMs=60_000)
        yield peer


def top(process: DaemonProcess, **size: int) -> Terminal:
    # The types of one keyword's values are those of the size alone.
    return Terminal("top", "--socket", str(process.socket_path), **size)  # type: ignore[arg-type]


def test_once_prints_one_picture_and_ends(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create", threadId="t1", title="Plan the harbour")
    peer.call("turn/start", threadId="t1", prompt="go")
    ended = sidecar("top", "--once", SIDECAR_SOCKET=str(daemon.socket_path), COLUMNS="100")
    assert ended.returncode == 0 and ended.stderr == "" and "\x1b" not in ended.stdout
    assert re.search(r"0:\d\d:\d\d +1 +0 t1 +Plan the harbour\n", ended.stdout)
    assert "turns 1 in progress, 0 queued" in ended.stdout
    assert all(len(line) <= 100 for line in ended.stdout.splitlines())


def test_without_a_terminal_it_says_what_there_is(daemon: DaemonThread) -> None:
    ended = sidecar("top", SIDECAR_SOCKET=str(daemon.socket_path))
    assert ended.returncode == 2 and "--once" in ended.stderr


def test_without_a_daemon_it_ends_with_69(folder: Path) -> None:
    assert sidecar("top", "--once", SIDECAR_SOCKET=f"{folder}/none").returncode == 69
    with Terminal("top", "--socket", f"{folder}/none") as terminal:
        assert terminal.end() == 69
        assert b"\x1b[?1049h" not in terminal.written and b"sidecar: " in terminal.written


def test_it_shows_who_works_and_what_waits(process: DaemonProcess, busy: Peer) -> None:
    with top(process) as terminal:
        shown = terminal.says("Plan the harbour")
        assert shown[0].startswith("sidecar ") and "epoch 1" in shown[0]
        assert "turns 1 in progress, 0 queued  inputs 3 pending" in shown[3]
        assert "mailboxes 1 queued, 1 claimed" in shown[3]
        (row,) = (line for line in shown if "Plan the harbour" in line)
        assert row.split()[1:4] == ["1", "3", "t1"]
        assert not any("idle" in line for line in shown)
        busy.call("turn/complete", turnId="u1")
        terminal.until(lambda shown: not any("Plan the harbour" in line for line in shown))
        terminal.press(b"q")
        assert terminal.end() == 0 and terminal.is_as_before()


def test_it_lives_through_a_restart_of_the_daemon(process: DaemonProcess, busy: Peer) -> None:
    with top(process) as terminal:
        terminal.says("epoch 1")
        process.kill()
        shown = terminal.says("trying again")
        assert any("Plan the harbour" in line for line in shown), "the last picture stays"
        process.start()
        shown = terminal.says("epoch 2")
        assert not any("trying again" in line for line in shown)
        assert "turns 0 in progress" in shown[3]
        terminal.press(b"\x03")
        assert terminal.end() == 0 and terminal.is_as_before()
    assert busy


def test_a_picture_fits_its_terminal_whatever_becomes_of_it(
    process: DaemonProcess, busy: Peer
) -> None:
    with top(process, columns=100, lines=30) as terminal:
        terminal.says("Plan the harbour")
        terminal.resize(40, 5)
        shown = terminal.until(lambda shown: shown[4] == "" and len(shown[3]) == 40)
        assert shown[0].startswith("sidecar ") and len(shown) == 5
        terminal.resize(120, 40)
        terminal.says("mailboxes 1 queued, 1 claimed")
        terminal.says("Plan the harbour")
        terminal.press(b"q")
        assert terminal.end() == 0
    assert busy


def test_a_title_cannot_steer_the_terminal(process: DaemonProcess) -> None:
    with process.peer() as peer:
        peer.call("thread/create", threadId="t", title="a\u001b[2Jb\u0007\u009b31mc\n日本語")
        peer.call("turn/start", threadId="t")
    with top(process) as terminal:
        terminal.says("a?[2Jb??31mc?")
        terminal.press(b"Q")
        assert terminal.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_however_it_ends_the_terminal_is_as_before(
    process: DaemonProcess, number: signal.Signals
) -> None:
    with top(process) as terminal:
        terminal.says("epoch 1")
        terminal.signal(number)
        assert terminal.end() == (0 if number is signal.SIGINT else 128 + number)
        assert terminal.is_as_before()


def test_suspended_it_gives_the_terminal_back_and_takes_it_again(process: DaemonProcess) -> None:
    with top(process) as terminal:
        terminal.says("epoch 1")
        terminal.press(b"\x1a")
        _, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        terminal.until(lambda _: b"\x1b[?1049l" in terminal.written)
        assert terminal.is_as_before()
        terminal.signal(signal.SIGCONT)
        terminal.until(lambda _: terminal.written.count(b"\x1b[?1049h") == 2)
        terminal.press(b"q")
        assert terminal.end() == 0 and terminal.is_as_before()


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("abc", 2, "ab"),
        ("日本", 3, "日"),
        ("e\u0301x", 1, "e\u0301"),
        ("a\tb\x1b", 9, "a?b?"),
        ("", 3, ""),
    ],
)
def test_a_text_is_cut_by_the_columns_that_it_takes(text: str, columns: int, shown: str) -> None:
    assert fit(text, columns) == shown
