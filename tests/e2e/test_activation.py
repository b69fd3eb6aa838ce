"""Started by others: by systemd through a socket, by a parent that may die."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import Peer
from tests.support.daemons import environment

ACTIVATE = shutil.which("systemd-socket-activate")


@pytest.mark.skipif(ACTIVATE is None, reason="NOT TRIED: systemd-socket-activate is missing")
def test_an_inherited_socket_is_served_and_its_path_is_left(folder: Path) -> None:
    path = folder / "rpc.sock"
    activator = subprocess.Popen(
        [
            str(ACTIVATE), f"--listen={path}", "--setenv=PATH", sys.executable, "-m", "sidecar",
            "serve", "--database", str(folder / "sidecar.db"), "--log-level", "error",
        ],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert activator.stdout is not None and activator.stderr is not None
    try:
        assert b"Listening on" in activator.stderr.readline()
        with Peer(path) as peer:
            assert peer.call("daemon/ping")
            assert json.loads(activator.stdout.readline())["socket"] == str(path)
            peer.call("daemon/shutdown")
        assert activator.wait(30) == 0
        assert path.is_socket()
    finally:
        activator.kill()
        activator.wait()
        activator.stdout.close()
        activator.stderr.close()


def test_the_death_of_the_parent_drains_the_daemon(folder: Path) -> None:
    child_end, parent_end = os.pipe()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "sidecar", "serve", "--database", str(folder / "sidecar.db"),
            "--socket", str(folder / "rpc.sock"), "--parent-fd", str(child_end),
        ],
        pass_fds=[child_end],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(child_end)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["ready"]
    os.close(parent_end)
    assert process.wait(30) == 0
    process.stdout.close()


def test_a_parent_that_cannot_die_is_refused(folder: Path) -> None:
    with Path("/dev/null").open() as null:
        done = subprocess.run(
            [sys.executable, "-m", "sidecar", "serve", "--database", str(folder / "a.db"),
             "--socket", str(folder / "rpc.sock"), "--parent-fd", "0"],
            stdin=null,
            capture_output=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == 78
    assert b"neither a pipe nor a socket" in done.stderr
