"""Groups that stay open for whoever was just answered: one commit for all who ask at one time."""

import asyncio
import math
from pathlib import Path

import pytest

from sidecar.daemon import desk, gathering
from sidecar.daemon.group import Group
from tests.daemon.wire import until
from tests.support import DaemonThread, Peer
from tests.support.peer import HANG_S


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commits be fast, no turn too long, and only an end that is meant end the wait."""
    monkeypatch.setattr(desk, "GROUP_MS", math.inf)
    monkeypatch.setattr(gathering, "SLOW_COMMIT_MS", math.inf)
    monkeypatch.setattr(gathering, "HELD_TURNS", 10**9)


def append(peer: Peer, number: int) -> None:
    params = {"threadId": "t", "event": "x", "payload": number}
    peer.send(peer.request("event/append", params))


def is_held(daemon: DaemonThread) -> bool:
    return daemon.daemon.desk._held_open is not None


def commits(peer: Peer) -> int:
    counts = peer.call("daemon/metrics")["commits"]["requests"]["counts"]
    return sum(counts)


@pytest.mark.parametrize("leaves", [False, True])
def test_who_was_answered_is_waited_for_until_it_asks_again_or_leaves(
    daemon: DaemonThread, *, leaves: bool
) -> None:
    with daemon.peer() as one, daemon.peer() as two, daemon.peer() as reader:
        one.call("thread/create", threadId="t")
        before = commits(reader)
        append(two, 1)
        until(reader, lambda: is_held(daemon))
        # Not committed, so nobody else sees it.
        assert len(reader.call("event/list")["data"]) == 1
        if leaves:
            one.close()
        else:
            append(one, 2)
        assert two.receive()["result"]["event"]["seq"] == 2
        assert leaves or one.receive()["result"]["event"]["seq"] == 3
        assert commits(reader) == before + 1


def test_who_is_alone_waits_for_nobody(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    for number in range(10):
        append(peer, number)
        assert peer.receive()["result"]["event"]["payload"] == number
    assert not is_held(daemon)


def test_a_backup_does_not_wait_for_it(daemon: DaemonThread, folder: Path) -> None:
    with daemon.peer() as one, daemon.peer() as two, daemon.peer() as other:
        one.call("thread/create", threadId="t")
        append(two, 1)
        until(other, lambda: is_held(daemon))
        assert other.call("daemon/backup", path=str(folder / "copy.db"))["lastSeq"] == 2
        assert two.receive()["result"]["event"]["seq"] == 2


def test_an_end_does_not_wait_for_it(folder: Path) -> None:
    with DaemonThread(folder) as daemon, daemon.peer() as one, daemon.peer() as two:
        one.call("thread/create", threadId="t")
        append(two, 1)
        with daemon.peer() as other:
            until(other, lambda: is_held(daemon))
        daemon.stop()
        assert two.receive()["result"]["event"]["seq"] == 2


def test_nobody_waits_for_long(daemon: DaemonThread, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "HELD_TURNS", 8)
    with daemon.peer() as one, daemon.peer() as two:
        one.call("thread/create", threadId="t")
        append(two, 1)
        assert two.receive()["result"]["event"]["seq"] == 2


def test_whoever_waits_for_a_commit_finds_no_group_open_behind_it(daemon: DaemonThread) -> None:
    """The next turn of the loop may come before who waits, and hold the next group open."""
    served = daemon.daemon.desk

    async def find() -> bool:
        served._committing = served.loop.create_future()
        waiting = served.loop.create_task(served.between_groups())
        await asyncio.sleep(0)
        committing, served._committing = served._committing, None
        assert committing is not None
        committing.set_result(None)
        served._held_open = Group()
        served._open(served._held_open)
        await waiting
        return is_held(daemon) or served.database.writer.in_transaction

    assert asyncio.run_coroutine_threadsafe(find(), served.loop).result(HANG_S) is False
