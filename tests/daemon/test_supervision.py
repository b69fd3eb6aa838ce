"""What a supervisor is told on each beat: what is new, and of life only if there is any."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sidecar.daemon import gathering, notify
from tests.daemon.test_desk import Disk
from tests.support import DaemonThread
from tests.support.supervisor import Supervisor

# Far away: in these tests the loop's own timer never beats.
NEVER_US = 24 * 3600 * 1_000_000


@pytest.fixture
def supervisor(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    with Supervisor(folder) as listening:
        monkeypatch.setenv("NOTIFY_SOCKET", str(listening.path))
        monkeypatch.setenv("WATCHDOG_USEC", str(NEVER_US))
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
        monkeypatch.setattr("sidecar.daemon.supervision.STATUS_S", 3600.0)
        yield listening


def on_loop(daemon: DaemonThread, run: Callable[[], object]) -> None:
    """Let the daemon's own loop do something, and wait for it."""
    done = threading.Event()
    daemon.loop.call_soon_threadsafe(run)
    daemon.loop.call_soon_threadsafe(done.set)
    assert done.wait(30)


def beat(daemon: DaemonThread) -> None:
    on_loop(daemon, daemon.daemon.supervision.beat)


def test_a_beat_tells_what_is_new_and_only_then(supervisor: Supervisor, folder: Path) -> None:
    with DaemonThread(folder) as daemon:
        assert supervisor.hear() == [
            "READY=1", "STATUS=0 connections, 0 turns in progress, 0 pending inputs"
        ]  # fmt: skip
        beat(daemon)
        assert supervisor.hear() == ["WATCHDOG=1"]
        with daemon.peer() as peer:
            peer.call("thread/create", threadId="t")
            peer.call("turn/start", threadId="t")
            peer.call("sessionInput/admit", threadId="t", prompt="one")
            peer.call("sessionInput/admit", threadId="t", prompt="two")
            beat(daemon)
            status = "STATUS=1 connection, 1 turn in progress, 2 pending inputs"
            assert supervisor.hear() == [status, "WATCHDOG=1"]
            peer.call("event/append", threadId="t", event="x")
            beat(daemon)
            assert supervisor.hear() == ["WATCHDOG=1"]


def test_a_commit_that_hangs_is_not_fed_and_one_that_ends_is(
    supervisor: Supervisor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "SLOW_COMMIT_MS", -1.0)
    with DaemonThread(folder) as daemon, daemon.peer() as writer, daemon.peer() as reader:
        disk = Disk(daemon)
        writer.call("thread/create", threadId="t")
        beat(daemon)
        supervisor.hear_until("WATCHDOG=1")
        disk.hold()
        writer.send(writer.request("event/append", {"threadId": "t", "event": "x"}))
        assert disk.reached.wait(30)
        # It may have begun just now: this once it is believed.
        beat(daemon)
        supervisor.hear_until("WATCHDOG=1")
        for title in ("a", "b", "c"):
            assert reader.call("daemon/ping"), title
            beat(daemon)
        disk.may_go.set()
        assert writer.receive()["result"]
        on_loop(daemon, daemon.daemon.hang_up)
        heard = supervisor.hear_until("READY=1")
        assert "WATCHDOG=1" not in heard
        beat(daemon)
        supervisor.hear_until("WATCHDOG=1")


def test_commits_that_follow_each_other_are_fed(
    supervisor: Supervisor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "SLOW_COMMIT_MS", -1.0)
    with DaemonThread(folder) as daemon, daemon.peer() as writer:
        disk = Disk(daemon)
        writer.call("thread/create", threadId="t")
        for number in range(3):
            disk.hold()
            writer.send(writer.request("event/append", {"threadId": "t", "event": "x"}))
            assert disk.reached.wait(30), number
            beat(daemon)
            supervisor.hear_until("WATCHDOG=1")
            disk.may_go.set()
            assert writer.receive()["result"]


def test_the_loop_beats_by_itself(
    supervisor: Supervisor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000")
    with DaemonThread(folder):
        for _ in range(5):
            supervisor.hear_until("WATCHDOG=1")


def test_a_reload_is_told_from_its_begin_to_its_end(supervisor: Supervisor, folder: Path) -> None:
    with DaemonThread(folder) as daemon:
        supervisor.hear_until("READY=1")
        on_loop(daemon, daemon.daemon.hang_up)
        reloading, stamp = supervisor.hear()
        name, _, number = stamp.partition("=")
        assert (reloading, name) == ("RELOADING=1", "MONOTONIC_USEC")
        assert number.isdecimal()
        assert supervisor.hear() == ["READY=1"]


def test_a_drain_is_told_with_those_who_are_left(supervisor: Supervisor, folder: Path) -> None:
    with DaemonThread(folder) as daemon:
        with daemon.peer() as peer:
            peer.call("daemon/shutdown")
        assert "STATUS=draining 1 connection" in supervisor.hear_until("STOPPING=1")


def test_a_supervisor_that_reads_nothing_holds_up_nobody(
    supervisor: Supervisor, folder: Path
) -> None:
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        supervisor.hear_until("READY=1")
        # More than the queue of a Unix socket holds anywhere.
        for _ in range(2_000):
            daemon.loop.call_soon_threadsafe(daemon.daemon.supervision.beat)
        assert peer.call("daemon/ping")


@pytest.mark.parametrize(
    ("names", "period_us"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "3000000"}, 3_000_000),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}, 3_000_000),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "-1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_a_watchdog_is_who_asks_this_process_for_it(
    names: dict[str, str], period_us: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    assert notify.watchdog_us() == period_us
