"""What is promised of the disk is asked of SQLite, and told."""

from pathlib import Path

import apsw
import pytest

from sidecar.store.database import Database, Durability
from tests.support import DaemonProcess, FakeSource

# PRAGMA synchronous: 1 is NORMAL, 2 is FULL.
SYNCHRONOUS: dict[Durability, int] = {"full": 2, "normal": 1}


@pytest.mark.parametrize("durability", ["full", "normal"])
def test_sqlite_syncs_as_the_durability_says(folder: Path, durability: Durability) -> None:
    database = Database(folder / "a.db", FakeSource(), durability)
    assert database.writer.pragma("synchronous") == SYNCHRONOUS[durability]
    assert database.writer.pragma("journal_mode") == "wal"
    assert database.writer.pragma("foreign_keys") == 1
    for connection in (database.writer, database.reader):
        # No plan depends on what is bound, and no run of a statement makes it anew.
        assert connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, -1) == 1
    database.close()


@pytest.mark.parametrize("durability", ["full", "normal"])
def test_a_client_is_told_which_durability_it_gets(folder: Path, durability: Durability) -> None:
    with DaemonProcess(folder, "--durability", durability) as process, process.peer() as peer:
        greeting = peer.call(
            "initialize", clientInfo={"name": "test", "version": "1"}, protocolVersion=1
        )
        assert greeting["durability"] == durability
        assert peer.call("daemon/status")["durability"] == durability
