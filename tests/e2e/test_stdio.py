"""`serve --stdio`: the protocol over whatever stdin and stdout are, and the end with the parent."""

import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import DaemonProcess, Peer
from tests.support.peer import HANG_S
from tests.support.pipes import Program, finish, hear, program, request, say

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
# Run the program with something changed in it.
MAIN = "from sidecar.cli import main; main(prog_name='sidecar')"


def serve(folder: Path, *flags: str) -> list[str]:
    database = str(folder / "sidecar.db")
    return ["serve", "--stdio", "--database", database, "--log-level", "error", *flags]


def append(number: int, size: int = 1) -> bytes:
    return request(number, "event/append", threadId="t", event="x", payload="y" * size)


@pytest.fixture
def stored(folder: Path) -> Callable[[], int]:
    """Tell, from the next start, how many events of ours were kept, and that the end was clean."""

    def count() -> int:
        with program(*serve(folder)) as daemon:
            messages = [request(1, "daemon/recovery"), request(2, "event/list", limit=5000)]
            code, (recovery, page), _ = finish(daemon, *messages)
        assert code == 0 and recovery["result"]["cleanShutdown"]
        return [event["event"] for event in page["result"]["data"]].count("x")

    return count


# -- what stdin and stdout may be ----------------------------------------------------------------


def run_with(folder: Path, source: str, target: str, sent: bytes) -> tuple[int, bytes]:
    """Run a daemon from one kind of stdin to one kind of stdout."""
    (folder / "in").write_bytes(sent)
    inner, outer = socket.socketpair()
    with inner, outer, (folder / "in").open("rb") as lines, (folder / "out").open("wb") as file:
        if source == "socket":
            outer.sendall(sent)
            outer.shutdown(socket.SHUT_WR)
        kinds = {"pipe": subprocess.PIPE, "null": subprocess.DEVNULL, "socket": inner}
        stdin, stdout = {**kinds, "file": lines}[source], {**kinds, "file": file}[target]
        with program(*serve(folder), stdin=stdin, stdout=stdout) as daemon:
            inner.close()
            out, _ = daemon.communicate(sent if source == "pipe" else None, HANG_S)
            if target == "socket":
                with outer.makefile("rb") as stream:
                    out = stream.read()
        return daemon.returncode, (folder / "out").read_bytes() if target == "file" else out


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("pipe", "pipe"), ("socket", "socket"), ("file", "file"),
        ("file", "pipe"), ("pipe", "file"), ("socket", "pipe"), ("pipe", "socket"),
    ],
)  # fmt: skip
def test_stdin_and_stdout_may_be_anything(folder: Path, source: str, target: str) -> None:
    sent = b"".join(request(number, "daemon/ping") for number in range(100))
    code, out = run_with(folder, source, target, sent)
    assert code == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == list(range(100))


@pytest.mark.parametrize("target", ["pipe", "file", "null"])
def test_a_stdin_with_nothing_in_it_ends_at_once(folder: Path, target: str) -> None:
    code, out = run_with(folder, "null", target, b"")
    assert code == 0 and not out


def test_answers_that_go_nowhere_hold_up_nothing(folder: Path, stored: Callable[[], int]) -> None:
    sent = request(0, "thread/create", threadId="t") + append(1)
    assert run_with(folder, "file", "null", sent)[0] == 0
    assert stored() == 1


def test_a_terminal_is_spoken_to_until_its_end_of_file(folder: Path) -> None:
    outer, inner = pty.openpty()
    modes = termios.tcgetattr(inner)
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(inner, termios.TCSANOW, modes)
    with program(*serve(folder), stdin=inner, stdout=inner) as daemon:
        os.close(inner)
        os.write(outer, request(1, "daemon/ping"))
        assert json.loads(os.read(outer, 4096))["id"] == 1
        os.write(outer, b"\x04")
        assert daemon.wait(HANG_S) == 0
    os.close(outer)


def test_a_descriptor_that_the_parent_made_non_blocking_stays_so(folder: Path) -> None:
    inner, outer = socket.socketpair()
    inner.setblocking(False)
    with inner, outer, program(*serve(folder), stdin=inner, stdout=inner) as daemon:
        stream = outer.makefile("rb")
        outer.sendall(request(1, "thread/create", threadId="t", metadata="m" * 1_000_000))
        assert json.loads(stream.readline())["result"]["created"]
        assert not os.get_blocking(inner.fileno())
        outer.shutdown(socket.SHUT_WR)
        assert daemon.wait(HANG_S) == 0
        stream.close()


def test_headers_are_answered_in_headers(folder: Path) -> None:
    body = request(1, "daemon/ping").strip()
    with program(*serve(folder)) as daemon:
        out, _ = daemon.communicate(b"Content-Length: %d\r\n\r\n%b" % (len(body), body), HANG_S)
    head, _, answer = out.partition(b"\r\n\r\n")
    assert head == b"Content-Length: %d" % len(answer) and json.loads(answer)["id"] == 1


def test_a_message_of_the_largest_size_passes_and_a_larger_one_ends_the_stream(
    folder: Path,
) -> None:
    frame = len(request(1, "thread/create", threadId="t", metadata="")) - 1
    largest = "m" * (MAX_MESSAGE_BYTES - frame)
    with program(*serve(folder)) as daemon:
        messages = [
            request(1, "thread/create", threadId="t", metadata=largest),
            request(2, "thread/get", threadId="t"),
            request(3, "thread/create", threadId="u", metadata=largest + "m"),
        ]
        code, answers, _ = finish(daemon, *messages)
    # What is too large may be noticed before what came before it is answered.
    answer_to = {answer["id"]: answer for answer in answers}
    assert code == 0 and answer_to[2]["result"]["thread"]["metadata"] == largest
    assert answer_to[None]["error"]["data"]["kind"] == "message_too_large" and len(answers) == 3


# -- nothing else reaches the stream -------------------------------------------------------------

LOUD = f"""
import os, subprocess, sys
from sidecar.daemon.context import RequestContext

quiet = RequestContext.now_ms

def loud(self):
    print("stray 1", flush=True)
    os.write(1, b"stray 2\\n")
    subprocess.run(["echo", "stray 3"])
    assert sys.stdin.read() == ""
    return quiet(self)

RequestContext.now_ms = loud
{MAIN}
"""


def test_a_stray_print_cannot_reach_the_stream(folder: Path) -> None:
    with program(*serve(folder), launcher=["-c", LOUD]) as daemon:
        code, answers, err = finish(daemon, request(1, "daemon/ping"), request(2, "rpc.discover"))
    assert code == 0 and [answer["id"] for answer in answers] == [1, 2]
    assert err.splitlines() == ["stray 1", "stray 2", "stray 3"]


# -- the end of the parent -----------------------------------------------------------------------


def test_all_that_came_before_the_end_of_stdin_is_answered_and_durable(
    folder: Path, stored: Callable[[], int]
) -> None:
    with program(*serve(folder)) as daemon:
        messages = [append(number) for number in range(1000)]
        create = request(-1, "thread/create", threadId="t")
        code, answers, err = finish(daemon, create, *messages)
    assert code == 0 and err == ""
    assert [answer["id"] for answer in answers] == [-1, *range(1000)]
    assert all("result" in answer for answer in answers)
    assert stored() == 1000


PARENT = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdin.write(sys.stdin.buffer.readline())
child.stdin.flush()
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_a_killed_parent_takes_the_daemon_with_it(folder: Path, stored: Callable[[], int]) -> None:
    command = [sys.executable, "-m", "sidecar", *serve(folder)]
    with program(*command, launcher=["-c", PARENT]) as parent:
        say(parent, request(1, "thread/create", threadId="t"))
        end = os.pidfd_open(hear(parent))
        parent.kill()
        assert select.select([end], [], [], HANG_S)[0], "the daemon has outlived its parent"
        os.close(end)
    assert stored() == 0


IMPATIENT = f"""
from sidecar.daemon import lifecycle
lifecycle.DRAIN_S = 0.2
{MAIN}
"""


def test_a_parent_that_never_reads_does_not_keep_the_daemon(
    folder: Path, stored: Callable[[], int]
) -> None:
    with program(*serve(folder), launcher=["-c", IMPATIENT]) as daemon:
        say(daemon, request(0, "thread/create", threadId="t"))
        say(daemon, *(append(number, 300_000) for number in range(5)))
        say(daemon, *(request(number, "event/list", limit=5000) for number in range(20)))
        assert daemon.stdin is not None
        daemon.stdin.close()
        assert daemon.wait(HANG_S) == 0
    assert stored() == 5


def test_a_parent_that_takes_no_more_answers_ends_the_daemon(folder: Path) -> None:
    with program(*serve(folder)) as daemon:
        assert daemon.stdout is not None
        daemon.stdout.close()
        say(daemon, request(1, "daemon/ping"))
        assert daemon.wait(HANG_S) == 0


def test_a_parent_that_speaks_another_language_is_told_so_and_left(folder: Path) -> None:
    with program(*serve(folder)) as daemon:
        say(daemon, b"GET / HTTP/1.1\r\n\r\n")
        assert hear(daemon)["error"]["data"]["kind"] == "parse_error"
        assert daemon.wait(HANG_S) == 0


def by_signal(daemon: Program) -> None:
    daemon.send_signal(signal.SIGTERM)


def by_request(daemon: Program) -> None:
    say(daemon, request(9, "daemon/shutdown"))
    assert hear(daemon) == {"jsonrpc": "2.0", "id": 9, "result": {}}


@pytest.mark.parametrize("end", [by_signal, by_request])
def test_it_drains_while_stdin_stays_open(folder: Path, end: Callable[[Program], None]) -> None:
    with program(*serve(folder)) as daemon:
        say(daemon, request(1, "daemon/ping"))
        assert hear(daemon)["id"] == 1
        end(daemon)
        with pytest.raises(EOFError):
            hear(daemon)
        assert daemon.wait(HANG_S) == 0


# -- the ready line, sockets, settings -----------------------------------------------------------


def test_without_a_socket_nothing_listens_and_the_ready_line_says_so(folder: Path) -> None:
    ready, child_fd = os.pipe()
    flags = ["--ready-fd", str(child_fd)]
    # The folder of the default socket would be here.
    names = {"XDG_RUNTIME_DIR": str(folder), "RUNTIME_DIRECTORY": ""}
    with program(*serve(folder, *flags), pass_fds=[child_fd], names=names) as daemon:
        os.close(child_fd)
        with os.fdopen(ready, "rb") as stream:
            line = json.loads(stream.read())
        messages = [
            request(1, "daemon/status"),
            request(2, "daemon/backup", path=str(folder / "copy")),
        ]
        code, (status, backup), _ = finish(daemon, *messages)
    assert line["socket"] is None and line["ready"] and line["pid"] == daemon.pid
    assert code == 0 and status["result"]["connections"] == 1
    assert backup["result"]["bytes"] == (folder / "copy").stat().st_size
    names_there = {path.name for path in folder.iterdir()}
    assert names_there == {"sidecar.db", "sidecar.db.lock", "copy"}


def test_a_socket_is_served_besides_and_its_peers_are_answered_at_the_end(folder: Path) -> None:
    ready, child_fd = os.pipe()
    path = folder / "rpc.sock"
    flags = ["--socket", str(path), "--ready-fd", str(child_fd)]
    with program(*serve(folder, *flags), pass_fds=[child_fd]) as daemon:
        os.close(child_fd)
        with os.fdopen(ready, "rb") as stream:
            assert json.loads(stream.read())["socket"] == str(path)
        with Peer(path) as peer:
            peer.call("thread/create", threadId="t")
            say(daemon, request(1, "daemon/status"))
            assert hear(daemon)["result"]["connections"] == 2
            code, _, _ = finish(daemon)
            with pytest.raises(EOFError):
                peer.receive()
    assert code == 0 and not path.exists()


ACTIVATED = f"""
import os, sys
os.dup2(int(sys.argv.pop(1)), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
{MAIN}
"""


def test_an_inherited_socket_is_served_besides(folder: Path) -> None:
    path = folder / "rpc.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        number = listening.fileno()
        arguments = [str(number), *serve(folder)]
        with program(*arguments, launcher=["-c", ACTIVATED], pass_fds=[number]) as daemon:
            with Peer(path) as peer:
                assert peer.call("daemon/ping")
            code, answers, _ = finish(daemon, request(1, "daemon/ping"))
    assert code == 0 and len(answers) == 1 and path.is_socket()


def test_two_inherited_sockets_are_bad_configuration(folder: Path) -> None:
    two = ACTIVATED.replace('LISTEN_FDS="1"', 'LISTEN_FDS="2"')
    with program("0", *serve(folder), launcher=["-c", two]) as daemon:
        code, answers, err = finish(daemon)
    assert code == 78 and answers == [] and "LISTEN_FDS: 2 sockets" in err
    assert not (folder / "sidecar.db").exists()


@pytest.mark.parametrize("flag", ["--ready-fd", "--parent-fd"])
@pytest.mark.parametrize("number", ["0", "1"])
def test_a_descriptor_of_the_protocol_is_no_other_one(folder: Path, flag: str, number: str) -> None:
    with program(*serve(folder, flag, number)) as daemon:
        code, answers, err = finish(daemon)
    assert code == 78 and answers == [] and f"{flag} {number}" in err
    assert not (folder / "sidecar.db").exists()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_standard_descriptor_is_bad_configuration(folder: Path, closed: str) -> None:
    command = [sys.executable, "-m", "sidecar", *serve(folder)]
    ended = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *command], capture_output=True, check=False
    )
    assert ended.returncode == 78 and b"Traceback" not in ended.stderr
    assert not (folder / "sidecar.db").exists()


def test_the_environment_may_say_so_too(folder: Path) -> None:
    arguments = [each for each in serve(folder) if each != "--stdio"]
    with program(*arguments, names={"SIDECAR_STDIO": "1"}) as daemon:
        code, answers, _ = finish(daemon, request(1, "daemon/ping"))
    assert code == 0 and len(answers) == 1


def test_a_database_that_another_daemon_has_is_told_on_stderr_alone(
    process: DaemonProcess, folder: Path
) -> None:
    with program(*serve(folder)) as daemon:
        code, answers, err = finish(daemon)
    assert code == 75 and answers == [] and str(process.process.pid) in err
