"""One host, many users: what the daemon makes is its owner's alone, and so is its ear."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support import DaemonProcess, Peer, Refused

# Nobody in particular, and not us.
STRANGER = 54321
# Runs as another user, with the standard library alone: what it is told, then the end.
STRANGERS_CALL = """
import os, socket, sys
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[2]))
peer = socket.socket(socket.AF_UNIX)
peer.settimeout(30)
peer.connect(sys.argv[1])
with peer.makefile("rb") as stream:
    sys.stdout.buffer.write(stream.read())
"""


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Set what a process that is started now inherits."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o277, 0o777], ids=oct)
def test_whatever_the_umask_everything_is_the_owners_alone(folder: Path, mask: int) -> None:
    inner = folder / "a" / "b" / "c"
    with ExitStack() as stack:
        with umask(mask):
            process = stack.enter_context(DaemonProcess(inner))
        peer = stack.enter_context(process.peer())
        peer.call("thread/create")
        peer.call("daemon/backup", path=str(inner / "copy.db"))
        files = {path.name: mode(path) for path in inner.iterdir()}
        folders = [mode(path) for path in (inner, inner.parent, inner.parent.parent)]
    assert files == dict.fromkeys(
        ["rpc.sock", "rpc.sock.lock", "sidecar.db", "sidecar.db-wal", "sidecar.db-shm",
         "sidecar.db.lock", "copy.db"],
        0o600,
    )  # fmt: skip
    assert folders == [0o700] * 3


@pytest.mark.skipif(os.geteuid() != 0, reason="ONLY ROOT CAN BE SOMEBODY ELSE: not tested here")
def test_another_user_who_can_connect_is_told_once_and_hung_up_on(process: DaemonProcess) -> None:
    process.socket_path.parent.chmod(0o711)
    process.socket_path.chmod(0o666)
    command = [sys.executable, "-S", "-c", STRANGERS_CALL, str(process.socket_path)]
    told = subprocess.run(
        [*command, str(STRANGER)], capture_output=True, timeout=30, check=True
    ).stdout
    (answer,) = map(json.loads, told.splitlines())
    assert (answer["id"], answer["error"]["code"]) == (None, 4004)
    assert answer["error"]["data"] == {"kind": "forbidden", "retryable": False}
    with process.peer() as peer:
        assert peer.call("daemon/status")["connections"] == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="ONLY ROOT CAN BE SOMEBODY ELSE: not tested here")
def test_another_user_cannot_even_connect(process: DaemonProcess) -> None:
    process.socket_path.parent.chmod(0o711)
    command = [sys.executable, "-S", "-c", STRANGERS_CALL, str(process.socket_path)]
    ended = subprocess.run([*command, str(STRANGER)], capture_output=True, timeout=30, check=False)
    assert b"PermissionError" in ended.stderr and ended.stdout == b""


def test_a_backup_is_the_only_way_to_name_a_file(process: DaemonProcess) -> None:
    with process.peer() as peer:
        contract = peer.call("rpc.discover")
    named = {
        (method["name"], param["name"])
        for method in contract["methods"]
        for param in method["params"]
        if any(word in param["name"].lower() for word in ("path", "file", "folder", "dir", "url"))
    }
    assert named == {("daemon/backup", "path")}


@pytest.fixture
def apart(folder: Path) -> Iterator[DaemonProcess]:
    """A daemon whose database and socket are in folders of their own."""
    (folder / "state").mkdir()
    process = DaemonProcess(folder / "state")
    process.socket_path = folder / "run" / "rpc.sock"
    with process:
        yield process


def refuse(peer: Peer, path: Path | str) -> None:
    for overwrite in (False, True):
        with pytest.raises(Refused) as refused:
            peer.call("daemon/backup", path=str(path), overwrite=overwrite)
        assert (refused.value.kind, refused.value.data["path"]) == ("invalid_params", "path")


def contents(*folders: Path) -> dict[Path, tuple[int, int]]:
    """Tell which files are where, each by its inode and kind."""
    files = [path for folder in folders for path in folder.iterdir()]
    return {path: (path.lstat().st_ino, path.lstat().st_mode) for path in files}


def test_a_backup_never_replaces_what_the_daemon_lives_on(
    apart: DaemonProcess, folder: Path
) -> None:
    database, path = apart.database_path, apart.socket_path
    own = [database, path, path.with_name("rpc.sock.lock")]
    own += [database.with_name(f"sidecar.db{end}") for end in ("-wal", "-shm", "-journal", ".lock")]
    (folder / "link").symlink_to(database.parent)
    (folder / "run-link").symlink_to(path.parent)
    with apart.peer() as peer:
        peer.call("thread/create")
        before = contents(database.parent, path.parent)
        for each in own:
            refuse(peer, each)
            refuse(peer, each.parent / ".." / each.parent.name / "." / each.name)
            refuse(peer, f"/{each}")
            link = folder / ("link" if each.parent == database.parent else "run-link")
            refuse(peer, link / each.name)
            alias = folder / f"alias-{each.name}"
            alias.symlink_to(each)
            refuse(peer, alias)
        assert contents(database.parent, path.parent) == before
    with apart.peer() as fresh:
        assert fresh.call("daemon/check", full=True) == {"ok": True, "findings": []}


def test_a_backup_follows_no_link_and_replaces_nothing_but_a_file(
    process: DaemonProcess, folder: Path
) -> None:
    target = folder / "precious"
    target.write_text("mine")
    (folder / "link").symlink_to(target)
    (folder / "dangling").symlink_to(folder / "nothing")
    (folder / "itself").symlink_to(folder / "itself")
    (folder / "inner").mkdir()
    os.mkfifo(folder / "pipe")
    with process.peer() as peer:
        for name in ("link", "dangling", "itself", "inner", "pipe", "inner/", "precious/x"):
            refuse(peer, f"{folder}/{name}")
        for path in ("copy.db", "./copy.db", "../copy.db", "~/copy.db", "file:///copy.db", ""):
            refuse(peer, path)
    assert target.read_text() == "mine" and not (folder / "nothing").exists()


def test_a_hard_link_to_the_database_is_replaced_and_the_database_is_not(
    process: DaemonProcess, folder: Path
) -> None:
    alias = folder / "alias.db"
    alias.hardlink_to(process.database_path)
    inode = process.database_path.stat().st_ino
    with process.peer() as peer:
        peer.call("thread/create")
        peer.call("daemon/backup", path=str(alias), overwrite=True)
        assert process.database_path.stat().st_ino == inode != alias.stat().st_ino
        assert peer.call("daemon/check", full=True)["ok"]
