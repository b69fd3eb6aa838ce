"""Descriptors that are closed, dead or shared: whoever starts a daemon may go, or be careless."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support import Peer
from tests.support.daemons import environment
from tests.support.peer import HANG_S
from tests.support.pipes import finish, hear, program, request, say

# What a daemon without a fault logs nothing of.
QUIET = ["--log-level", "error"]


def flags(folder: Path, *more: str) -> list[str]:
    """Serve a socket in the folder."""
    files = ["--database", str(folder / "sidecar.db"), "--socket", str(folder / "rpc.sock")]
    return ["serve", *files, *more]


def shell(redirected: str, *arguments: str) -> list[str]:
    """Run the program with some descriptors redirected by a shell."""
    return [
        "sh",
        "-c",
        f'exec "$@" {redirected}',
        "sh",
        sys.executable,
        "-m",
        "sidecar",
        *arguments,
    ]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
def test_a_daemon_whose_standard_descriptors_are_closed_serves(folder: Path, closed: str) -> None:
    ready, child_fd = os.pipe()
    command = shell(closed, *flags(folder, "--ready-fd", str(child_fd)))
    with subprocess.Popen(command, pass_fds=[child_fd], env=environment()) as daemon:
        os.close(child_fd)
        with os.fdopen(ready, "rb") as stream:
            assert json.loads(stream.read())["ready"]
        with Peer(folder / "rpc.sock") as peer:
            assert peer.call("daemon/ping")
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(HANG_S) == 0


@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_a_bridge_whose_stdin_or_stdout_is_closed_ends(folder: Path, closed: str) -> None:
    with program(*flags(folder, *QUIET)) as daemon:
        hear(daemon)
        bridge = shell(closed, "stdio", "--socket", str(folder / "rpc.sock"))
        ended = subprocess.run(
            bridge, input=request(1, "daemon/ping"), capture_output=True, timeout=HANG_S,
            check=False, env=environment(),
        )  # fmt: skip
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_the_log_stays_open_when_it_also_gets_the_ready_line(folder: Path) -> None:
    with program(*flags(folder, "--ready-fd", "2")) as daemon:
        assert daemon.stderr is not None
        while not json.loads(daemon.stderr.readline()).get("ready"):
            pass
        daemon.send_signal(signal.SIGTERM)
        _, err = daemon.communicate(timeout=HANG_S)
    assert daemon.returncode == 0 and b'"draining"' in err


def test_one_socket_pair_may_get_the_ready_line_and_tell_of_the_parent(folder: Path) -> None:
    ours, theirs = socket.socketpair()
    number = str(theirs.fileno())
    shared = flags(folder, *QUIET, "--ready-fd", number, "--parent-fd", number)
    with program(*shared, pass_fds=[theirs.fileno()]) as daemon:
        theirs.close()
        with ours, ours.makefile("rb") as stream:
            assert json.loads(stream.readline())["ready"]
            with Peer(folder / "rpc.sock") as peer:
                assert peer.call("daemon/ping")
        assert daemon.wait(HANG_S) == 0


@pytest.mark.parametrize("redirected", ["5<", "5>"])
def test_a_ready_line_that_cannot_be_written_is_logged_and_ends_nothing(
    folder: Path, redirected: str
) -> None:
    target = "/dev/null" if redirected == "5<" else "/dev/full"
    command = shell(redirected + target, *flags(folder, "--ready-fd", "5"))
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment()) as daemon:
        assert daemon.stderr is not None
        while json.loads(daemon.stderr.readline())["event"] != "nobody reads the ready line":
            pass
        with Peer(folder / "rpc.sock") as peer:
            assert peer.call("daemon/ping")
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(HANG_S) == 0


def test_a_drain_that_nobody_reads_the_log_of_answers_everything(folder: Path) -> None:
    # As when an editor is killed that has started the daemon with three pipes.
    with program("serve", "--stdio", "--database", str(folder / "sidecar.db")) as daemon:
        say(daemon, request(0, "daemon/ping"))
        assert hear(daemon)["id"] == 0
        assert daemon.stderr is not None
        daemon.stderr.close()
        daemon.stderr = None
        sent = b"".join(request(number, "daemon/ping") for number in range(99))
        out, _ = daemon.communicate(sent, timeout=HANG_S)
    answers = [json.loads(line) for line in out.splitlines()]
    assert daemon.returncode == 0 and [each["id"] for each in answers] == list(range(99))


def test_a_log_that_nobody_reads_stops_nobody(folder: Path) -> None:
    unread, full = os.pipe()
    with program(*flags(folder), stderr=full) as daemon:
        hear(daemon)
        os.set_blocking(full, False)
        with suppress(BlockingIOError):
            while os.write(full, b"x"):
                pass
        os.set_blocking(full, True)
        daemon.send_signal(signal.SIGHUP)
        with Peer(folder / "rpc.sock") as peer:
            assert peer.call("daemon/ping")
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(HANG_S) == 0
    os.close(full)
    os.close(unread)


def test_a_daemon_outlives_the_terminal_that_it_logs_to(folder: Path) -> None:
    ours, theirs = pty.openpty()
    with program(*flags(folder), stderr=theirs) as daemon:
        os.close(theirs)
        hear(daemon)
        os.close(ours)
        daemon.send_signal(signal.SIGHUP)
        with Peer(folder / "rpc.sock") as peer:
            assert peer.call("daemon/ping")
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(HANG_S) == 0


def test_a_supervisor_that_is_not_there_is_logged_and_ends_nothing(folder: Path) -> None:
    names = {"NOTIFY_SOCKET": str(folder / "nobody")}
    with program("serve", "--stdio", "--database", str(folder / "db"), names=names) as daemon:
        code, answers, err = finish(daemon, request(1, "daemon/ping"))
    assert code == 0 and len(answers) == 1
    # Of recovering, ready and stopping.
    assert err.count("the supervisor is not told") == 3


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_STATE_HOME", "STATE_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    # As for a user that is in no passwd file.
    homeless = "import pwd; pwd.getpwuid = {}.__getitem__; from sidecar.cli import main; main()"
    with program("serve", launcher=["-c", homeless]) as daemon:
        code, answers, err = finish(daemon)
    assert code == 78 and answers == [] and "HOME" in err and "Traceback" not in err
