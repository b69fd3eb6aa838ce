"""Others with the database open: one reads for long, one holds the write lock."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import DaemonProcess, Peer, Refused
from tests.support.peer import HANG_S
from tests.support.pipes import hear, program

# Begins what it is told to, says so, and ends it when its stdin does.
HOLDER = """
import sys, apsw
db = apsw.Connection(sys.argv[1])
db.execute(sys.argv[2])
db.execute("SELECT count(*) FROM events").fetchall()
print("holding", flush=True)
sys.stdin.read()
print(db.execute("SELECT count(*) FROM events").fetchall()[0][0], flush=True)
"""
# A tool that holds the lock for half a minute makes about so many writes wait in vain, one after
# the other: each waits for BUSY_TIMEOUT_MS.
REFUSALS = 8
BIG = "x" * 1_000_000


@contextmanager
def holding(database: Path, begin: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Let another process begin a transaction and keep it."""
    command = [sys.executable, "-c", HOLDER, str(database), begin]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"holding\n"
        try:
            yield holder
        finally:
            if holder.poll() is None:
                holder.kill()


def release(holder: "subprocess.Popen[bytes]") -> int:
    """End its transaction; tell how many events it saw at its end."""
    out, _ = holder.communicate(timeout=HANG_S)
    return int(out)


def test_who_holds_the_write_lock_makes_writes_busy_and_nothing_else(
    process: DaemonProcess,
) -> None:
    with process.peer() as peer, process.peer() as reader, process.peer() as waiting:
        peer.call("thread/create", threadId="t")
        last = peer.call("event/append", threadId="t", event="x")["event"]["seq"]
        claim = {"consumerId": "c", "leaseMs": 60_000, "waitMs": 60_000}
        waiting.send(waiting.request("mailbox/claim", claim))
        with holding(process.database_path, "BEGIN IMMEDIATE") as holder:
            for number in range(REFUSALS):
                with pytest.raises(Refused) as refused:
                    peer.call("event/append", threadId="t", event=f"refused.{number}")
                assert refused.value.data["kind"] == "storage_unavailable"
                assert refused.value.data["reason"] == "busy"
                assert reader.call("event/list", sinceSeq=last - 1)["lastSeq"] == last
                assert reader.call("daemon/status")["lastSeq"] == last
            # Those who wait in one group wait once.
            wanted = {"threadId": "t", "event": "x"}
            requests = [peer.request("event/append", wanted) for _ in range(30)]
            answers = peer.pipeline(requests)
            reasons = {answer["error"]["data"]["reason"] for answer in answers.values()}
            assert reasons == {"busy"}
            assert release(holder) == last
        # Not a seq is lost, and who waited all the time is served.
        assert peer.call("event/append", threadId="t", event="y")["event"]["seq"] == last + 1
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        assert waiting.receive()["result"]["entries"][0]["id"] == "e"
        names = [each["event"] for each in reader.call("event/list")["data"]]
        assert names == ["thread.created", "x", "y"]
        assert process.terminate() == 0


def test_a_daemon_that_is_asked_to_end_meanwhile_ends(process: DaemonProcess) -> None:
    with process.peer() as peer:
        peer.call("thread/create", threadId="t")
        with holding(process.database_path, "BEGIN IMMEDIATE") as holder:
            # It cannot note that it has ended as it should.
            assert process.terminate() == 74
            release(holder)
    process.start()
    with process.peer() as peer:
        assert not peer.call("daemon/recovery")["cleanShutdown"]
        assert peer.call("thread/get", threadId="t")["thread"]["id"] == "t"


def fill(peer: Peer, megabytes: int) -> None:
    for _ in range(megabytes):
        peer.call("event/append", threadId="t", event="big", payload=BIG)


def test_a_log_that_a_reader_holds_up_is_told_of_and_cut_when_it_leaves(folder: Path) -> None:
    files = ["--database", str(folder / "sidecar.db"), "--socket", str(folder / "rpc.sock")]
    with program("serve", "--log-level", "warning", *files) as daemon:
        assert hear(daemon)["ready"]
        with Peer(folder / "rpc.sock") as peer:
            peer.call("thread/create", threadId="t")
            with holding(folder / "sidecar.db", "BEGIN") as holder:
                before = peer.call("daemon/metrics")["wal"]["heldUp"]
                fill(peer, 45)
                held_up = peer.call("daemon/status")["walBytes"]
                assert held_up > 40_000_000
                assert peer.call("daemon/metrics")["wal"]["heldUp"] > before
                # All that time it has seen one moment.
                assert release(holder) == 1
            # What was held up is copied with one of the next groups, and the log starts anew.
            fill(peer, 6)
            for _ in range(5):
                peer.call("event/append", threadId="t", event="x")
            assert peer.call("daemon/status")["walBytes"] <= 33 * 1024 * 1024
            assert peer.call("daemon/check", full=True)["ok"]
            assert peer.call("daemon/shutdown") == {}
        _, said = daemon.communicate(timeout=HANG_S)
    assert daemon.returncode == 0
    assert b"a reader elsewhere holds up the write-ahead log" in said
    assert not (folder / "sidecar.db-wal").exists()
