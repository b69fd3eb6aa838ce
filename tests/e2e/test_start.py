"""Starting: whose file, whose socket, whose database; and by which number it is told."""

import json
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sidecar.store import upkeep
from tests.support import DaemonProcess
from tests.support.daemons import environment

STORAGE_BROKEN, ALREADY_RUNNING, BAD_CONFIGURATION = 74, 75, 78


def serve(folder: Path, *flags: str, **names: str) -> subprocess.CompletedProcess[str]:
    """Run a daemon that must not start."""
    command = [sys.executable, "-m", "sidecar", "serve", *flags]
    if not flags:
        command += ["--database", str(folder / "sidecar.db"), "--socket", str(folder / "rpc.sock")]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=False, env=environment(**names)
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_ready_line_says_where_the_daemon_is(folder: Path) -> None:
    with DaemonProcess(folder) as process:
        process.terminate()
        ready = process.start()
    assert ready == {
        "ready": True, "socket": str(process.socket_path), "database": str(process.database_path),
        "pid": process.process.pid, "epoch": 2, "protocolVersion": 1,
    }  # fmt: skip


def test_socket_and_database_are_the_owners_alone(folder: Path) -> None:
    inner = folder / "a" / "b"
    with DaemonProcess(inner) as process:
        assert mode(process.socket_path) == 0o600
        assert mode(inner) == 0o700
        with process.peer() as peer:
            peer.call("thread/create")
            for suffix in ("", "-wal", "-shm"):
                assert mode(Path(f"{process.database_path}{suffix}")) == 0o600


def test_a_second_daemon_on_the_same_socket_or_database_names_the_owner(
    process: DaemonProcess, folder: Path
) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    pairs = [
        (process.database_path, process.socket_path),
        (elsewhere / "sidecar.db", process.socket_path),
        (process.database_path, elsewhere / "rpc.sock"),
    ]
    for database, path in pairs:
        ended = serve(folder, "--database", str(database), "--socket", str(path))
        assert ended.returncode == ALREADY_RUNNING
        assert str(process.process.pid) in ended.stderr and "Traceback" not in ended.stderr
        assert ended.stdout == ""
    with process.peer() as peer:
        assert peer.call("daemon/ping")


def test_a_socket_that_a_killed_daemon_left_is_replaced(process: DaemonProcess) -> None:
    process.kill()
    assert process.socket_path.is_socket()
    process.start()
    with process.peer() as peer:
        assert peer.call("daemon/ping")


def test_a_socket_on_which_somebody_else_listens_is_left_alone(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as foreign:
        foreign.bind(str(folder / "rpc.sock"))
        foreign.listen()
        assert serve(folder).returncode == ALREADY_RUNNING
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(folder / "rpc.sock"))


def identity(path: Path) -> tuple[int, ...]:
    """Tell what a file is; to look at a link moves the time at which it was last read."""
    found = path.lstat()
    return found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@pytest.mark.parametrize("what", ["file", "folder", "link", "dangling link"])
def test_what_is_no_socket_at_the_path_is_left_alone(folder: Path, what: str) -> None:
    path, target = folder / "rpc.sock", folder / "target"
    if what == "file":
        path.write_text("mine")
    elif what == "folder":
        path.mkdir()
    else:
        if what == "link":
            target.write_text("mine")
        path.symlink_to(target)
    before = identity(path)
    ended = serve(folder)
    assert ended.returncode == BAD_CONFIGURATION and "Traceback" not in ended.stderr
    assert identity(path) == before
    assert not (folder / "sidecar.db").exists()


def test_a_socket_path_that_is_too_long_is_bad_configuration(folder: Path) -> None:
    ended = serve(folder, "--database", str(folder / "db"), "--socket", str(folder / ("x" * 108)))
    assert ended.returncode == BAD_CONFIGURATION and "Traceback" not in ended.stderr


def make_foreign(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE other (x)")
    db.commit()
    db.close()


@pytest.mark.parametrize("what", ["foreign", "garbage", "truncated"])
def test_a_file_that_is_no_database_of_ours_stays_as_it_is(folder: Path, what: str) -> None:
    path = folder / "sidecar.db"
    if what == "foreign":
        make_foreign(path)
    elif what == "garbage":
        path.write_bytes(b"this is not a database, and never was one\n" * 200)
    else:
        make_foreign(path)
        path.write_bytes(path.read_bytes()[:5000])
    before = path.read_bytes()
    ended = serve(folder)
    assert ended.returncode in (STORAGE_BROKEN, BAD_CONFIGURATION)
    assert "Traceback" not in ended.stderr
    assert path.read_bytes() == before
    assert not (folder / "rpc.sock").exists()


def make_newer(path: Path) -> None:
    """Add a migration that this program does not know."""
    import apsw  # SQLite as the program has it; the standard library's is older.

    db = apsw.Connection(str(path))
    db.execute("INSERT INTO migrations SELECT max(number) + 1, 'later', 'x', 1 FROM migrations")
    db.close()


def test_a_newer_schema_is_refused_and_stays_as_it_is(folder: Path) -> None:
    with DaemonProcess(folder) as process:
        process.terminate()
    path = process.database_path
    make_newer(path)
    before = path.read_bytes()
    ended = serve(folder)
    assert ended.returncode == BAD_CONFIGURATION and "newer" in ended.stderr
    assert path.read_bytes() == before


def test_a_database_that_cannot_be_made_is_broken_storage(folder: Path) -> None:
    (folder / "file").write_text("")
    database = str(folder / "file" / "sidecar.db")
    ended = serve(folder, "--database", database, "--socket", str(folder / "rpc.sock"))
    assert ended.returncode == STORAGE_BROKEN and "Traceback" not in ended.stderr
    assert not (folder / "rpc.sock").exists()


def test_an_unknown_flag_or_value_is_a_usage_error(folder: Path) -> None:
    for flags in (
        ("--nope",),
        ("--durability", "maybe"),
        ("--recover", "x"),
        ("--log-level", ""),
        ("--ready-fd", "9" * 20),
        ("--slow-request-ms", "9" * 400),
    ):
        assert serve(folder, *flags).returncode == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "verbose"), ("DURABILITY", "off"), ("STDIO", "perhaps"), ("READY_FD", "-1"),
        ("READY_FD", "9" * 20), ("SLOW_REQUEST_MS", "9" * 400), ("BACKUP_EVERY", "often"),
        ("DATABASE", "/"), ("SOCKET", "/"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_environment_is_bad_configuration(
    folder: Path, name: str, value: str
) -> None:
    """A unit that sets it must not be started again, as after a failure."""
    names = {
        "SIDECAR_DATABASE": str(folder / "sidecar.db"), "SIDECAR_SOCKET": str(folder / "rpc.sock"),
        f"SIDECAR_{name}": value,
    }  # fmt: skip
    # A flag, so that it has no others.
    ended = serve(folder, "--recover=requeue", **names)
    assert ended.returncode == BAD_CONFIGURATION and "Traceback" not in ended.stderr
    assert list(folder.iterdir()) == []


def started(*flags: str, **names: str) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sidecar", "serve", "--log-level", "error", *flags],
        stdout=subprocess.PIPE, env=environment(**names),
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout as stdout:
        ready: dict[str, Any] = json.loads(stdout.readline())
    return process, ready


@pytest.mark.parametrize(
    ("names", "database", "path"),
    [
        (
            {"SIDECAR_DATABASE": "d/x.db", "SIDECAR_SOCKET": "s/y.sock", "STATE_DIRECTORY": "no"},
            "d/x.db", "s/y.sock",
        ),
        ({"STATE_DIRECTORY": "st", "RUNTIME_DIRECTORY": "run"}, "st/sidecar.db", "run/rpc.sock"),
        (
            {"XDG_STATE_HOME": "xs", "XDG_RUNTIME_DIR": "xr", "STATE_DIRECTORY": "",
             "RUNTIME_DIRECTORY": ""},
            "xs/sidecar/sidecar.db", "xr/sidecar/rpc.sock",
        ),
    ],
)  # fmt: skip
def test_database_and_socket_are_where_the_environment_says(
    folder: Path, names: dict[str, str], database: str, path: str
) -> None:
    (folder / "xr").mkdir(mode=0o700)
    given = {name: str(folder / value) if value else "" for name, value in names.items()}
    process, ready = started(**given)
    try:
        assert ready["database"] == str(folder / database)
        assert ready["socket"] == str(folder / path)
        assert mode((folder / path).parent) == 0o700
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_peer_that_never_reads_does_not_keep_a_drain_from_its_end(
    process: DaemonProcess,
) -> None:
    with process.peer() as stuck, process.peer() as idle, process.peer() as half:
        stuck.call("thread/create", threadId="t", metadata="x" * 1_000_000)
        idle.call("daemon/ping")
        half.send(b'{"jsonrpc":"2.0",')
        # Ten times what its socket and the daemon hold for it, then something to be done.
        stuck.send(*[stuck.request("thread/get", {"threadId": "t"}) for _ in range(20)])
        stuck.send(stuck.request("thread/update", {"threadId": "t", "title": "done"}))
        assert idle.call("thread/get", threadId="t")["thread"]["title"] is None
        assert process.terminate() == 0
    process.start()
    with process.peer() as peer:
        assert peer.call("daemon/recovery")["cleanShutdown"]
        assert peer.call("thread/get", threadId="t")["thread"]["title"] == "done"


# A recovery that has begun goes on when it is told to, by a byte on stdin.
SLOW = """
import os
from sidecar.cli import main
from sidecar.daemon import lifecycle
recover = lifecycle.recover
def slowly(*arguments):
    os.write(1, b"recovering\\n")
    os.read(0, 1)
    return recover(*arguments)
lifecycle.recover = slowly
main(prog_name="sidecar")
"""


@contextmanager
def recovering(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Be in the middle of a start."""
    flags = [f"--{name}={folder / name}" for name in ("database", "socket", "log-file")]
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, "serve", *flags],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"recovering\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_start_at_once_and_the_next_one_is_whole(
    folder: Path, number: signal.Signals
) -> None:
    with recovering(folder) as process:
        process.send_signal(number)
        assert process.wait(30) == 0
        assert process.communicate() == (b"", b"")
    assert not (folder / "socket").exists()
    assert upkeep.check(folder / "database", full=True) == []


def test_a_hang_up_while_it_starts_is_kept_until_it_has_started(folder: Path) -> None:
    path, rotated = folder / "log-file", folder / "rotated"
    with recovering(folder) as process:
        path.rename(rotated)
        process.send_signal(signal.SIGHUP)
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(b"x")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["ready"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    told = [json.loads(line)["event"] for line in path.read_text().splitlines()]
    # Once at least: the loop has heard of it as well.
    assert (told[0], told[-2:]) == ("hang-up", ["draining", "ended"])
