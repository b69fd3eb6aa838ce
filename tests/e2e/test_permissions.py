"""Files, folders and file systems that may only be read, and owners who are somebody else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import DaemonProcess
from tests.support.daemons import environment
from tests.support.disks import mounted
from tests.support.peer import HANG_S

STORAGE_BROKEN, BAD_CONFIGURATION = 74, 78
# Nobody in particular, and not us: no permission is waived for it.
STRANGER = "54321"
DROP = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"]


def is_bound() -> bool:
    """Tell whether permissions bind who we can become, and whether that one can run the program."""
    if os.geteuid() != 0:
        return True
    if not shutil.which("setpriv"):
        return False
    program = [*DROP, sys.executable, "-c", "import sidecar"]
    return subprocess.run(program, capture_output=True, check=False).returncode == 0


needs_bounds = pytest.mark.skipif(
    not is_bound(),
    reason="PERMISSIONS DO NOT BIND ROOT, and nobody else can run the program: not tested here",
)


class BoundProcess(DaemonProcess):
    """Run the daemon as somebody whom permissions bind."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        if os.geteuid() == 0:
            self.launcher = [*DROP, *self.launcher]


def give(path: Path) -> None:
    """Let it all be whose the daemon is."""
    if os.geteuid() == 0:
        for each in (path, *path.rglob("*")):
            os.chown(each, int(STRANGER), int(STRANGER))


def refused(process: DaemonProcess) -> tuple[int, str]:
    """Start a daemon that must not start; tell how it ended."""
    ended = subprocess.run(
        [*process.launcher, "serve", "--database", str(process.database_path),
         "--socket", str(process.socket_path), "--log-level", "error"],
        capture_output=True, text=True, timeout=HANG_S, check=False, env=environment(),
    )  # fmt: skip
    assert "Traceback" not in ended.stderr and ended.stdout == ""
    return ended.returncode, ended.stderr


@pytest.fixture
def bound(folder: Path) -> Iterator[BoundProcess]:
    """Have a database of the daemon's own with one thread in it, and no daemon."""
    give(folder)
    process = BoundProcess(folder)
    with process:
        with process.peer() as peer:
            peer.call("thread/create", threadId="t")
        assert process.terminate() == 0
        yield process


HARMS: dict[str, Callable[[Path], object]] = {
    "database may only be read": lambda path: path.chmod(0o400),
    "database may not be read": lambda path: path.chmod(0o000),
    "lock may only be read": lambda path: path.with_name("sidecar.db.lock").chmod(0o400),
    "folder may only be read": lambda path: path.parent.chmod(0o500),
    "folder may not be entered": lambda path: path.parent.chmod(0o000),
}


@needs_bounds
@pytest.mark.parametrize("harm", HARMS)
def test_where_it_may_not_write_it_does_not_start_and_says_where(
    bound: BoundProcess, harm: str
) -> None:
    path = bound.database_path
    before = path.read_bytes()
    HARMS[harm](path)
    try:
        code, told = refused(bound)
    finally:
        path.parent.chmod(0o700)
        for each in path.parent.iterdir():
            each.chmod(0o600)
    assert code in (STORAGE_BROKEN, BAD_CONFIGURATION)
    assert str(path.parent) in told
    assert path.read_bytes() == before
    serves_again(bound)


def serves_again(process: DaemonProcess) -> None:
    process.start()
    with process.peer() as peer:
        assert peer.call("thread/get", threadId="t")
        assert peer.call("thread/update", threadId="t", title="new")
    assert process.terminate() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="ONLY ROOT CAN BE SOMEBODY ELSE: not tested here")
@needs_bounds
def test_what_is_somebody_elses_is_left_alone(bound: BoundProcess) -> None:
    path = bound.database_path
    for each in (path, path.with_name("sidecar.db.lock")):
        os.chown(each, 0, 0)
        before = path.read_bytes()
        code, told = refused(bound)
        assert code == STORAGE_BROKEN and str(path) in told
        assert path.read_bytes() == before
        give(path.parent)
    serves_again(bound)


@needs_bounds
def test_what_loses_its_permission_while_it_runs_goes_on(bound: BoundProcess) -> None:
    bound.start()
    with bound.peer() as peer:
        for name in ("", "-wal", "-shm", ".lock"):
            bound.database_path.with_name(f"sidecar.db{name}").chmod(0o000)
        for _ in range(20):
            assert peer.call("event/append", threadId="t", event="x")
        assert peer.call("event/list", sinceSeq=20)["data"][0]["seq"] == 21
        for each in bound.database_path.parent.glob("sidecar.db*"):
            each.chmod(0o600)
    assert bound.terminate() == 0


def test_a_file_system_that_may_only_be_read_is_told_and_left(folder: Path) -> None:
    with mounted(folder / "disk", 8 * 1024 * 1024) as disk, DaemonProcess(disk) as process:
        with process.peer() as peer:
            peer.call("thread/create", threadId="t")
        assert process.terminate() == 0
        before = process.database_path.read_bytes()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        code, told = refused(process)
        assert code in (STORAGE_BROKEN, BAD_CONFIGURATION) and str(disk) in told
        elsewhere = DaemonProcess(disk)
        elsewhere.socket_path = folder / "rpc.sock"
        code, told = refused(elsewhere)
        assert code == STORAGE_BROKEN and str(process.database_path) in told
        assert process.database_path.read_bytes() == before
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        serves_again(process)
