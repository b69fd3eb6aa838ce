"""Groups: a disk that is slow freezes nobody, a commit that fails is answered to nobody."""

import threading
from collections.abc import Iterator

import apsw
import pytest

from sidecar.daemon import gathering
from sidecar.model import limits
from sidecar.model.errors import StorageUnavailable
from sidecar.store.outages import GroupLost
from tests.daemon.wire import until
from tests.support import DaemonThread, Peer, Refused
from tests.support.peer import HANG_S


class Disk:
    """Stand between the daemon and its commits."""

    def __init__(self, daemon: DaemonThread) -> None:
        self._database = daemon.daemon.database
        self._commit = self._database.commit
        self.reached = threading.Event()
        self.may_go = threading.Event()
        self.may_go.set()
        self.failures = 0
        self.threads: set[str] = set()
        self._database.commit = self._pass  # type: ignore[method-assign]

    def _pass(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.reached.set()
        assert self.may_go.wait(30)
        if self.failures:
            self.failures -= 1
            self._database.rollback()
            raise GroupLost(StorageUnavailable(reason="io_error"))
        self._commit()

    def hold(self) -> None:
        self.reached.clear()
        self.may_go.clear()


@pytest.fixture
def disk(daemon: DaemonThread) -> Disk:
    return Disk(daemon)


@pytest.fixture
def slow(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """A disk of which the daemon thinks that it is slow: commits are on the helper thread."""
    monkeypatch.setattr(gathering, "SLOW_COMMIT_MS", -1.0)
    yield disk
    assert {name.split("_")[0] for name in disk.threads} <= {"commit"}


def append(number: int) -> dict[str, object]:
    return {"threadId": "t", "event": "x", "payload": number, "eventKey": f"k{number}"}


def test_reads_of_others_are_served_while_a_commit_is_under_way(
    daemon: DaemonThread, slow: Disk
) -> None:
    with daemon.peer() as writer, daemon.peer() as reader:
        writer.call("thread/create", threadId="t")
        slow.hold()
        writer.send(writer.request("event/append", append(1)))
        assert slow.reached.wait(30)
        assert reader.call("thread/get", threadId="t")["thread"]["id"] == "t"
        assert len(reader.call("event/list")["data"]) == 1
        slow.may_go.set()
        assert writer.receive()["result"]["event"]["seq"] == 2


def test_a_read_waits_for_its_own_peers_write_and_then_sees_it(
    daemon: DaemonThread, slow: Disk
) -> None:
    with daemon.peer() as peer:
        peer.call("thread/create", threadId="t")
        slow.hold()
        requests = [peer.request("event/append", append(1)), peer.request("event/list", {})]
        peer.send(*requests)
        assert slow.reached.wait(30)
        slow.may_go.set()
        answers = {answer["id"]: answer for answer in (peer.receive(), peer.receive())}
        assert len(answers[requests[1]["id"]]["result"]["data"]) == 2


def test_a_slow_disk_loses_and_reorders_nothing(daemon: DaemonThread, slow: Disk) -> None:
    with daemon.peer() as one, daemon.peer() as two:
        one.call("thread/create", threadId="t")
        for peer in (one, two):
            peer.send(*[peer.request("event/append", append(n)) for n in range(500)])
        for peer in (one, two):
            seqs = [peer.receive()["result"]["event"]["seq"] for _ in range(500)]
            assert seqs == sorted(seqs) == list(range(2, 502))
        assert slow.threads


@pytest.mark.parametrize("leaves", [False, True])
def test_a_group_gathers_until_those_who_were_answered_ask_again_or_leave(
    daemon: DaemonThread, slow: Disk, monkeypatch: pytest.MonkeyPatch, *, leaves: bool
) -> None:
    monkeypatch.setattr(gathering, "GATHER_S", 10 * HANG_S)
    with daemon.peer() as one, daemon.peer() as two, daemon.peer() as reader:
        one.call("thread/create", threadId="t")
        slow.hold()
        one.send(one.request("event/append", append(1)))
        assert slow.reached.wait(HANG_S)
        two.send(two.request("event/append", append(2)))
        until(reader, lambda: len(daemon.daemon.desk._waiting) == 1)
        slow.may_go.set()
        assert one.receive()["result"]["event"]["payload"] == 1
        if leaves:
            one.close()
        else:
            one.send(one.request("event/append", append(3)))
        assert two.receive()["result"]["event"]["payload"] == 2
        assert leaves or one.receive()["result"]["event"]["payload"] == 3


@pytest.mark.parametrize("fail", [1, 2])
def test_a_commit_that_fails_is_run_again_one_by_one(
    daemon: DaemonThread, disk: Disk, fail: int
) -> None:
    with daemon.peer() as peer:
        peer.call("thread/create", threadId="t")
        disk.failures = fail
        requests = [peer.request("event/append", append(n)) for n in range(5)]
        answers = peer.pipeline(requests)
        refused = [a for a in answers.values() if "error" in a]
        assert len(refused) <= fail - 1
        assert all(a["error"]["data"]["reason"] == "io_error" for a in refused)
        stored = peer.call("event/list", events=["x"])["data"]
        assert len(stored) == 5 - len(refused)
        assert [e["seq"] for e in stored] == list(range(2, 2 + len(stored)))


def test_an_error_after_the_fact_is_answered_with_what_was_done(
    daemon: DaemonThread, peer: Peer
) -> None:
    def fail(_db: apsw.Connection, _name: str, _pages: int) -> int:
        raise apsw.IOError("after the commit")

    # Mailboxes write no event: it is not the last seq that tells.
    daemon.daemon.database.writer.set_wal_hook(fail)
    requests = [peer.request("mailbox/enqueue", {"mailboxId": "m"}) for _ in range(5)]
    answers = peer.pipeline(requests)
    ids = {answer["result"]["entry"]["id"] for answer in answers.values()}
    daemon.daemon.database.writer.set_wal_hook(None)
    assert {entry["id"] for entry in peer.call("mailbox/list")["data"]} == ids
    assert len(ids) == 5


def test_a_disk_that_always_fails_is_told_and_leaves_nothing(
    daemon: DaemonThread, disk: Disk
) -> None:
    with daemon.peer() as peer:
        peer.call("thread/create", threadId="t")
        disk.failures = 2
        with pytest.raises(Refused) as refused:
            peer.ask("event/append", append(1))
        assert (refused.value.kind, refused.value.data["reason"]) == (
            "storage_unavailable",
            "io_error",
        )
        assert peer.call("event/list")["lastSeq"] == 1
        assert peer.ask("event/append", append(1))["event"]["seq"] == 2


def test_a_backup_waits_for_a_commit_under_way(
    daemon: DaemonThread, slow: Disk, peer: Peer
) -> None:
    peer.call("thread/create", threadId="t")
    slow.hold()
    with daemon.peer() as writer:
        writer.send(writer.request("event/append", append(1)))
        assert slow.reached.wait(30)
        target = daemon.database_path.with_name("copy.db")
        peer.send(peer.request("daemon/backup", {"path": str(target)}))
        slow.may_go.set()
        assert "result" in writer.receive()
        assert peer.receive()["result"]["lastSeq"] == 2


def test_what_a_peer_sent_before_it_hung_up_on_its_answers_is_done(
    daemon: DaemonThread, slow: Disk, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_IN_FLIGHT", 16)
    peer.call("thread/create", threadId="t")
    slow.hold()
    with daemon.peer() as gone:
        # More than a socket holds: when it has left us, the daemon has read a part and paused.
        large = {"threadId": "t", "event": "x", "payload": "y" * 4096}
        gone.send(*[gone.request("event/append", large) for _ in range(100)])
    slow.may_go.set()
    until(peer, lambda: peer.call("event/list", limit=1)["lastSeq"] == 101)
