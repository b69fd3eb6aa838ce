"""The log: one line per fact, its level and its file changeable while the daemon runs."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.daemon.wire import until
from tests.support import DaemonProcess, Peer
from tests.support.daemons import environment


def logged(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def of(path: Path, event: str) -> list[dict[str, Any]]:
    return [line for line in logged(path) if line["event"] == event]


def hang_up(process: DaemonProcess, peer: Peer, path: Path) -> None:
    """Send a hang-up and wait until the daemon says that it has had it."""
    before = len(of(path, "hang-up")) if path.exists() else 0
    process.process.send_signal(signal.SIGHUP)
    until(peer, lambda: path.exists() and len(of(path, "hang-up")) > before)


def test_the_log_file_is_the_owners_alone_and_appended_to(folder: Path) -> None:
    path = folder / "sidecar.log"
    for starts in (1, 2):
        with DaemonProcess(folder, "--log-level", "info", "--log-file", str(path)):
            assert len(of(path, "recovered")) == starts
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for line in logged(path):
        assert {"event", "level", "timestamp"} <= line.keys()


def test_a_hang_up_opens_the_log_file_anew_so_that_logrotate_works(folder: Path) -> None:
    path, rotated = folder / "sidecar.log", folder / "sidecar.log.1"
    with DaemonProcess(folder, "--log-level", "info", "--log-file", str(path)) as process:
        with process.peer() as peer:
            path.rename(rotated)
            hang_up(process, peer, path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert process.terminate() == 0
    assert [line["event"] for line in logged(rotated)] == ["recovered"]
    assert [line["event"] for line in logged(path)] == ["hang-up", "draining", "ended"]


def test_a_log_file_that_cannot_be_opened_anew_is_told_where_it_was(folder: Path) -> None:
    path, rotated = folder / "sidecar.log", folder / "sidecar.log.1"
    with DaemonProcess(folder, "--log-level", "info", "--log-file", str(path)) as process:
        with process.peer() as peer:
            path.rename(rotated)
            path.mkdir()
            process.process.send_signal(signal.SIGHUP)
            until(peer, lambda: bool(of(rotated, "hang-up")))
        assert "Is a directory" in of(rotated, "the log is not opened anew")[0]["reason"]


def test_a_log_file_that_cannot_be_opened_is_bad_configuration(folder: Path) -> None:
    ended = subprocess.run(
        [
            sys.executable, "-m", "sidecar", "serve", "--database", str(folder / "a.db"),
            "--log-file", str(folder / "none" / "a.log"),
        ],
        capture_output=True, text=True, timeout=30, check=False, env=environment(),
    )  # fmt: skip
    assert ended.returncode == 78 and "--log-file" in ended.stderr
    assert "Traceback" not in ended.stderr and not (folder / "a.db").exists()


def test_the_database_is_no_log_file(folder: Path) -> None:
    with DaemonProcess(folder) as process:
        assert process.terminate() == 0
    before = process.database_path.read_bytes()
    ended = subprocess.run(
        [
            sys.executable, "-m", "sidecar", "serve", "--database", str(process.database_path),
            "--socket", str(process.socket_path), "--log-file", str(process.database_path),
        ],
        capture_output=True, text=True, timeout=30, check=False, env=environment(),
    )  # fmt: skip
    assert ended.returncode == 78 and "is the database" in ended.stderr
    assert process.database_path.read_bytes() == before


def test_the_level_changes_while_it_runs_and_a_hang_up_takes_it_back(folder: Path) -> None:
    path = folder / "sidecar.log"
    flags = ("--log-level", "info", "--log-file", str(path))
    with DaemonProcess(folder, *flags) as process, process.peer() as peer:
        peer.call("daemon/ping")
        assert of(path, "request") == []
        told = peer.call("daemon/setLogLevel", level="debug")
        assert told == {"level": "debug", "previous": "info"}
        peer.exchange({"jsonrpc": "2.0", "id": "mine", "method": "daemon/ping"})
        peer.exchange({"jsonrpc": "2.0", "id": 7, "method": "thread/get", "params": {"no": 1}})
        *_, ping, refused = of(path, "request")
        assert ping["level"] == "debug" and ping["took_ms"] >= 0
        assert (ping["method"], ping["outcome"], ping["request_id"]) == (
            "daemon/ping",
            "ok",
            '"mine"',
        )
        assert (ping["peer"], ping["peer_pid"]) == (1, os.getpid())
        assert (refused["outcome"], refused["request_id"]) == ("invalid_params", "7")
        hang_up(process, peer, path)
        before = len(of(path, "request"))
        peer.call("daemon/ping")
        assert peer.call("daemon/setLogLevel", level="info")["previous"] == "info"
        assert len(of(path, "request")) == before


def test_a_slow_request_is_logged_without_what_it_says(folder: Path) -> None:
    path = folder / "sidecar.log"
    flags = ("--log-level", "warning", "--log-file", str(path), "--slow-request-ms", "0")
    with DaemonProcess(folder, *flags) as process, process.peer() as peer:
        peer.call("thread/create", threadId="t", title="a secret of mine")
        peer.call("sessionInput/admit", threadId="t", prompt="another secret")
    slow = of(path, "slow request")
    assert [line["method"] for line in slow] == ["thread/create", "sessionInput/admit"]
    assert all(line["level"] == "warning" and line["took_ms"] > 0 for line in slow)
    assert [line["request_id"] for line in slow] == ["1", "2"]
    assert "secret" not in path.read_text()


def test_a_fast_request_is_not(folder: Path) -> None:
    path = folder / "sidecar.log"
    flags = ("--log-level", "info", "--log-file", str(path), "--slow-request-ms", "3600000")
    with DaemonProcess(folder, *flags) as process, process.peer() as peer:
        peer.call("thread/create", threadId="t")
    assert [line["event"] for line in logged(path)] == ["recovered"]


def test_an_id_in_the_log_is_no_longer_than_an_id(folder: Path) -> None:
    path = folder / "sidecar.log"
    flags = ("--log-level", "debug", "--log-file", str(path))
    with DaemonProcess(folder, *flags) as process, process.peer() as peer:
        peer.exchange({"jsonrpc": "2.0", "id": "x" * 100_000, "method": "daemon/ping"})
    (request,) = of(path, "request")
    assert len(request["request_id"]) == 128


def to_pipe(folder: Path, log_format: str, *, is_journal: bool) -> list[str]:
    """Run a daemon from start to end; its stderr is a pipe, which may be the journal's."""
    read, write = os.pipe()
    found = os.fstat(write)
    stream = f"{found.st_dev}:{found.st_ino if is_journal else found.st_ino + 1}"
    with subprocess.Popen(
        [
            sys.executable, "-m", "sidecar", "serve", "--database", str(folder / "a.db"),
            "--stdio", "--log-format", log_format,
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=write,
        env=environment(JOURNAL_STREAM=stream),
    ) as daemon:  # fmt: skip
        os.close(write)
        with open(read) as told:  # noqa: PTH123  # a descriptor
            lines = told.read().splitlines()
        assert daemon.wait(30) == 0
    return lines


def test_a_line_for_the_journal_begins_with_its_priority(folder: Path) -> None:
    lines = to_pipe(folder, "json", is_journal=True)
    assert [json.loads(line.removeprefix("<6>"))["event"] for line in lines] == [
        "recovered", "draining", "ended",
    ]  # fmt: skip
    assert all(line.startswith("<6>{") for line in lines)
    # What is made for people, too: each line is an entry of its own.
    lines = to_pipe(folder, "console", is_journal=True)
    assert lines and all(line.startswith("<6>") for line in lines)


def test_a_line_for_others_does_not(folder: Path) -> None:
    for line in to_pipe(folder, "json", is_journal=False):
        assert json.loads(line)["level"] == "info"
