"""`sidecar stdio`: a bridge for editors, which finds the daemon, or starts one for all of them."""

import json
import os
import select
import signal
import socket
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from sidecar import spawn
from sidecar.spawn import CannotSpawn, connect_or_spawn
from tests.support import DaemonProcess, DaemonThread, Peer
from tests.support.peer import HANG_S
from tests.support.pipes import Program, finish, hear, program, request, say

NO_DAEMON, ALREADY_RUNNING, BAD_CONFIGURATION = 69, 75, 78
EDITORS = 20


def bridge(folder: Path, *flags: str) -> list[str]:
    return ["stdio", "--socket", str(folder / "rpc.sock"), *flags]


def spawning(folder: Path) -> list[str]:
    return bridge(folder, "--spawn", "--database", str(folder / "sidecar.db"))


# -- the bridge ----------------------------------------------------------------------------------


def test_what_is_outstanding_at_the_end_of_the_input_is_waited_for(
    daemon: DaemonThread, folder: Path
) -> None:
    with program(*bridge(folder)) as editor:
        sent = [request(number, "event/append", threadId="t", event="x") for number in range(1000)]
        code, answers, err = finish(editor, request(-1, "thread/create", threadId="t"), *sent)
    assert (code, err) == (0, "")
    assert [answer["id"] for answer in answers] == [-1, *range(1000)]
    with daemon.peer() as peer:
        assert peer.call("event/list")["lastSeq"] == 1001


def test_an_editor_and_the_daemon_talk_in_turns(process: DaemonProcess, folder: Path) -> None:
    with program(*bridge(folder)) as editor:
        for number in range(3):
            say(editor, request(number, "daemon/ping"))
            assert hear(editor)["id"] == number
        assert finish(editor) == (0, [], "")
    assert process.terminate() == 0


def test_headers_pass_as_they_are(daemon: DaemonThread, folder: Path) -> None:
    body = request(1, "daemon/ping").strip()
    with program(*bridge(folder)) as editor:
        out, _ = editor.communicate(b"Content-Length: %d\r\n\r\n%b" % (len(body), body), HANG_S)
    assert out.startswith(b"Content-Length: ") and json.loads(out.partition(b"\r\n\r\n")[2])
    assert daemon.socket_path.is_socket()


def test_input_and_output_may_be_files(daemon: DaemonThread, folder: Path) -> None:
    (folder / "in").write_bytes(request(1, "thread/create", metadata="m" * 1_000_000))
    with (
        (folder / "in").open("rb") as lines,
        (folder / "out").open("wb") as out,
        program(*bridge(folder), stdin=lines, stdout=out) as editor,
    ):
        assert editor.wait(HANG_S) == 0
    answer = json.loads((folder / "out").read_bytes())
    assert len(answer["result"]["thread"]["metadata"]) == 1_000_000
    with daemon.peer() as peer:
        assert len(peer.call("thread/list")["data"]) == 1


def test_an_input_that_ends_the_daemon_is_done(process: DaemonProcess, folder: Path) -> None:
    with program(*bridge(folder)) as editor:
        code, answers, _ = finish(editor, request(1, "daemon/shutdown"))
    assert code == 0 and answers[0]["result"] == {}
    assert process.process.wait(HANG_S) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_daemon_that_hangs_up_before_the_end_is_told_in_a_line(
    process: DaemonProcess, folder: Path, number: signal.Signals
) -> None:
    with program(*bridge(folder)) as editor:
        say(editor, request(1, "daemon/ping"))
        assert hear(editor)["id"] == 1
        process.process.send_signal(number)
        assert editor.wait(HANG_S) == NO_DAEMON
        assert editor.stderr is not None
        assert editor.stderr.read() == b"sidecar: the daemon hung up\n"


def test_no_daemon_is_exit_69(folder: Path) -> None:
    with program(*bridge(folder)) as editor:
        code, answers, err = finish(editor)
    assert (code, answers) == (NO_DAEMON, []) and str(folder / "rpc.sock") in err
    assert list(folder.iterdir()) == []


def test_an_editor_that_takes_no_more_answers_is_left_quietly(
    daemon: DaemonThread, folder: Path
) -> None:
    with program(*bridge(folder)) as editor:
        assert editor.stdout is not None and editor.stderr is not None
        editor.stdout.close()
        say(editor, request(1, "daemon/ping"))
        assert editor.wait(HANG_S) == 1 and editor.stderr.read() == b""
    with daemon.peer() as peer:
        assert peer.call("daemon/ping")


# -- one daemon for all --------------------------------------------------------------------------


def kill(pid: int) -> None:
    try:
        end = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(end, signal.SIGKILL)
    assert select.select([end], [], [], HANG_S)[0]
    os.close(end)


@pytest.fixture
def nest(folder: Path) -> Iterator[Path]:
    """A folder in which daemons may be started; each is ended by its number."""
    yield folder
    while pids := [pid for pid in processes() if str(folder) in command_of(pid)]:
        for pid in pids:
            kill(pid)


def processes() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def status_of(running: Program) -> dict[str, Any]:
    code, answers, err = finish(running, request(1, "daemon/status"))
    assert (code, err) == (0, "")
    result: dict[str, Any] = answers[0]["result"]
    return result


def ask(folder: Path) -> dict[str, Any]:
    with program(*spawning(folder)) as editor:
        return status_of(editor)


def ask_at_once(folder: Path) -> set[tuple[int, int]]:
    """Open many editors at once; tell which daemons, of which epoch, have answered them."""
    with ExitStack() as stack:
        editors = [stack.enter_context(program(*spawning(folder))) for _ in range(EDITORS)]
        answers = [status_of(editor) for editor in editors]
    return {(answer["pid"], answer["epoch"]) for answer in answers}


def test_the_first_editor_starts_the_daemon_and_the_next_one_finds_it(nest: Path) -> None:
    inner = nest / "state"
    flags = ["--spawn", "--database", str(inner / "sidecar.db")]
    with program(*bridge(nest, *flags)) as editor:
        first = status_of(editor)
    with program(*bridge(nest, *flags)) as editor:
        second = status_of(editor)
    assert first["pid"] == second["pid"] and first["epoch"] == second["epoch"] == 1
    assert second["databasePath"] == str(inner / "sidecar.db")
    assert stat.S_IMODE(inner.stat().st_mode) == 0o700
    assert stat.S_IMODE((inner / "sidecar.log").stat().st_mode) == 0o600
    assert '"recovered"' in (inner / "sidecar.log").read_text()


def test_what_is_started_stands_on_its_own(nest: Path) -> None:
    pid = ask(nest)["pid"]
    assert os.getsid(pid) == pid
    assert Path(f"/proc/{pid}/cwd").readlink() == Path("/")
    assert Path(f"/proc/{pid}/fd/0").readlink() == Path("/dev/null")
    opened = {str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()}
    assert not [each for each in opened if each.endswith("spawn.lock")]
    assert Path(f"/proc/{pid}/fd/1").readlink() == nest / "sidecar.log"


def test_a_setting_of_the_editor_does_not_steer_the_daemon(nest: Path) -> None:
    names = {"SIDECAR_STDIO": "1", "SIDECAR_PARENT_FD": "0", "SIDECAR_READY_FD": "1"}
    with program(*spawning(nest), names=names) as editor:
        assert status_of(editor)["epoch"] == 1


def test_editors_that_open_at_once_end_up_on_one_daemon(nest: Path) -> None:
    (first,) = ask_at_once(nest)
    assert first[1] == 1
    # A socket that nobody serves any more.
    kill(first[0])
    assert (nest / "rpc.sock").is_socket()
    (second,) = ask_at_once(nest)
    assert second[1] == 2 and second[0] != first[0]


def fill(peer: Peer) -> int:
    """Leave a peer with more answers than its socket takes; tell how many."""
    peer.call("thread/create", threadId="t", metadata="m" * 1_000_000)
    reads = [peer.request("thread/get", {"threadId": "t"}) for _ in range(20)]
    peer.send(*reads)
    # Begun: from here on they have arrived.
    peer.receive()
    return len(reads) - 1


# A daemon that drains for as long as it is not read, and tells when it begins to.
PATIENT = """
from sidecar.daemon import lifecycle
lifecycle.DRAIN_S = 3600.0
from sidecar.cli import main; main(prog_name='sidecar')
"""


def test_editors_that_open_during_a_drain_end_up_on_the_next_daemon(nest: Path) -> None:
    path, database = nest / "rpc.sock", nest / "sidecar.db"
    arguments = ["serve", "--socket", str(path), "--database", str(database)]
    with ExitStack() as stack:
        supervisor = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        supervisor.settimeout(HANG_S)
        supervisor.bind(str(nest / "notify"))
        names = {"NOTIFY_SOCKET": str(nest / "notify")}
        launcher = ["-c", PATIENT]
        old = stack.enter_context(program(*arguments, launcher=launcher, names=names))
        assert hear(old)["epoch"] == 1
        slow = stack.enter_context(Peer(path))
        left = fill(slow)
        old.send_signal(signal.SIGTERM)
        while not supervisor.recv(100).startswith(b"STOPPING=1"):
            pass
        editors = [stack.enter_context(program(*spawning(nest))) for _ in range(EDITORS)]
        wait_until_refused(nest / "sidecar.log")
        for _ in range(left):
            slow.receive()
        answers = [status_of(editor) for editor in editors]
        assert old.wait(HANG_S) == 0
    assert {answer["epoch"] for answer in answers} == {2}
    assert len({answer["pid"] for answer in answers} | {old.pid}) == 2


def wait_until_refused(log: Path) -> None:
    """Wait until the old daemon's database has been refused to a new one."""
    command = ["tail", "-c+1", "-F", str(log)]
    follow = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with follow:
        assert follow.stdout is not None
        assert b"already running" in follow.stdout.readline()
        follow.kill()


def test_a_database_that_the_daemon_refuses_is_told_with_its_number(nest: Path) -> None:
    with sqlite3.connect(nest / "sidecar.db") as foreign:
        foreign.execute("CREATE TABLE other (x)")
    foreign.close()
    with program(*spawning(nest)) as editor:
        ended, answers, err = finish(editor)
    assert ended == BAD_CONFIGURATION and answers == []
    assert err == "sidecar: cannot start a daemon: the file is a database of another program\n"


def test_a_file_where_the_socket_should_be_is_told_with_the_daemons_number(nest: Path) -> None:
    (nest / "rpc.sock").write_text("mine")
    with program(*spawning(nest)) as editor:
        ended, answers, err = finish(editor)
    assert ended == BAD_CONFIGURATION and answers == []
    assert err.endswith("exists and is not a socket\n") and err.count("\n") == 1


def test_a_folder_that_cannot_be_made_is_told(nest: Path) -> None:
    (nest / "file").write_text("")
    with program(*bridge(nest / "file", "--spawn")) as editor:
        ended, _, err = finish(editor)
    assert ended == NO_DAEMON and "Not a directory" in err and err.count("\n") == 1


# -- called from a program -----------------------------------------------------------------------


def test_a_database_that_is_served_elsewhere_is_given_up_in_the_end(
    process: DaemonProcess, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spawn, "MAX_STARTS", 2)
    with pytest.raises(CannotSpawn, match=f"process {process.process.pid}") as failed:
        connect_or_spawn(folder / "other.sock", process.database_path)
    assert failed.value.exit_code == ALREADY_RUNNING


def test_a_listener_that_never_answers_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spawn, "ANSWER_S", 0.05)
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(folder / "rpc.sock"))
        mute.listen()
        with pytest.raises(CannotSpawn, match="has not answered"):
            connect_or_spawn(folder / "rpc.sock", None)
    assert not (folder / "sidecar.log").exists()


def test_a_daemon_that_takes_long_to_start_is_not_started_twice(
    nest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as impatient:
        impatient.setattr(spawn, "READY_S", 0.0)
        with pytest.raises(CannotSpawn, match=r"the daemon \d+ is not ready"):
            connect_or_spawn(nest / "rpc.sock", nest / "sidecar.db")
    with connect_or_spawn(nest / "rpc.sock", nest / "sidecar.db") as sock:
        sock.sendall(request(1, "daemon/status"))
        with sock.makefile("rb") as stream:
            assert json.loads(stream.readline())["result"]["epoch"] == 1


def test_a_connection_that_was_found_is_untouched(daemon: DaemonThread, folder: Path) -> None:
    with connect_or_spawn(folder / "rpc.sock", None) as sock:
        client = {"name": "c", "version": "1"}
        sock.sendall(request(1, "initialize", clientInfo=client, protocolVersion=1))
        with sock.makefile("rb") as stream:
            assert json.loads(stream.readline())["result"]["protocolVersion"] == 1
    assert daemon.database_path.exists()
