"""restore, and the flags of backups and retention."""

import json
from pathlib import Path

import pytest

from tests.cli.program import sidecar
from tests.support import DaemonProcess


def test_a_backup_is_put_back(folder: Path) -> None:
    path, copy = folder / "sidecar.db", folder / "copy.db"
    socket = ("--socket", str(folder / "rpc.sock"))
    restore = ("restore", str(copy), "--database", str(path))
    with DaemonProcess(folder) as process:
        with process.peer() as peer:
            peer.call("thread/create", threadId="kept")
            assert sidecar("backup", str(copy), *socket).returncode == 0
            peer.call("thread/create", threadId="lost")
        ended = sidecar(*restore)
        assert ended.returncode == 75 and str(process.process.pid) in ended.stderr
        assert process.terminate() == 0
        ended = sidecar(*restore, "--json")
        assert ended.returncode == 0
        told = json.loads(ended.stdout)
        assert told["lastSeq"] == 1 and Path(told["aside"]).exists()
        process.start()
        with process.peer() as peer:
            data = peer.call("thread/list")["data"]
            assert [thread["id"] for thread in data] == ["kept"]


def test_what_cannot_be_restored_says_why(folder: Path) -> None:
    (folder / "x.db").write_text("not a database, not at all, far from it" * 50)
    ended = sidecar("restore", str(folder / "x.db"), "--database", str(folder / "sidecar.db"))
    assert ended.returncode == 1 and "cannot be read" in ended.stderr
    assert sidecar("restore", str(folder / "none.db")).returncode == 2


@pytest.mark.parametrize("text", ["1", "h", "0s", "-1h", "1.5h", "1y", ""])
def test_a_duration_is_a_number_and_a_unit(folder: Path, text: str) -> None:
    ended = sidecar("serve", "--database", str(folder / "a.db"), f"--backup-every={text}")
    assert ended.returncode == 2 and "--backup-every" in ended.stderr
