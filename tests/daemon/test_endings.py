"""Connections and records that end badly: everything else goes on, and nothing hangs."""

import socket
from pathlib import Path

import apsw
import pytest

from sidecar.daemon import lifecycle
from sidecar.daemon.peer import PeerConnection
from sidecar.model import limits
from sidecar.store import backup, upkeep
from tests.daemon.wire import until
from tests.support import DaemonThread, Peer, Refused
from tests.support.invariants import break_in


def notification(number: int) -> dict[str, object]:
    params = {"threadId": "t", "event": "x", "payload": number}
    return {"jsonrpc": "2.0", "method": "event/append", "params": params}


def test_notifications_alone_never_stop_the_reading(peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    count = 3 * limits.MAX_IN_FLIGHT
    peer.send(*(notification(number) for number in range(count)))
    assert peer.call("event/list", sinceSeq=1, limit=5000)["lastSeq"] == count + 1


def test_a_half_close_after_notifications_is_closed(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    with daemon.peer() as other:
        other.send(*(notification(number) for number in range(50)))
        other.socket.shutdown(socket.SHUT_WR)
        with pytest.raises(EOFError):
            other.receive()
    assert peer.call("event/list")["lastSeq"] == 51


def test_a_drain_after_notifications_ends_at_once(
    daemon: DaemonThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "DRAIN_S", 3600.0)
    with daemon.peer() as peer:
        peer.call("thread/create", threadId="t")
        peer.send(*(notification(number) for number in range(200)))
        daemon.stop()


def fill(peer: Peer, count: int, size: int) -> None:
    peer.call("thread/create", threadId="t")
    for _ in range(count):
        peer.call("event/append", threadId="t", event="x", payload="y" * size)


def test_a_peer_that_never_reads_is_cut_off_and_what_it_sent_is_done(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "DRAIN_S", 0.05)
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        fill(peer, 10, 300_000)
        reads = [peer.request("event/list", {"limit": 5000}) for _ in range(20)]
        peer.send(*reads, *(notification(number) for number in range(20)))
        daemon.stop()
    with DaemonThread(folder) as again, again.peer() as peer:
        assert again.daemon.recovery.clean_shutdown
        assert peer.call("event/list", sinceSeq=11)["lastSeq"] == 31


def test_a_batch_of_large_answers_is_bounded(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BATCH_ANSWER_BYTES", 500_000)
    fill(peer, 1, 300_000)
    answers = peer.exchange([peer.request("event/list", {}) for _ in range(20)])
    kinds = [answer.get("error", {}).get("data", {}).get("kind") for answer in answers]
    assert kinds == [None] * 2 + ["overloaded"] * 18


def test_a_record_that_cannot_be_read_ends_its_subscription_and_nothing_else(
    folder: Path,
) -> None:
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        fill(peer, 1, 10)
    break_in(folder)
    db = apsw.Connection(str(folder / "sidecar.db"))
    db.pragma("ignore_check_constraints", True)
    db.execute("UPDATE events SET payload = '{' WHERE event = 'x'")
    db.close()
    daemon = DaemonThread(folder)
    daemon.is_broken = True
    with daemon, daemon.peer() as peer:
        with pytest.raises(Refused) as refused:
            peer.call("event/list")
        assert (refused.value.kind, refused.value.data["table"]) == ("corrupt_record", "events")
        peer.call("event/subscribe", sinceSeq=0)
        told = peer.receive()
        assert told["id"] is None and told["error"]["data"]["kind"] == "corrupt_record"
        assert peer.call("daemon/status")["subscriptions"] == 0


def test_another_user_is_told_and_hung_up_on(
    daemon: DaemonThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PeerConnection, "_credentials", lambda _self, _transport: (1, 12345))
    with daemon.peer() as stranger:
        told = stranger.receive()
        assert (told["id"], told["error"]["data"]["kind"]) == (None, "forbidden")
        with pytest.raises(EOFError):
            stranger.receive()


def test_a_subscription_of_a_peer_that_has_gone_is_not_kept(
    daemon: DaemonThread, peer: Peer
) -> None:
    fill(peer, 1, 300_000)
    with daemon.peer() as gone:
        # More than its socket holds: the rest runs only when it has gone.
        lists = [gone.request("event/list") for _ in range(20)]
        gone.send(*lists, gone.request("event/subscribe"), notification(1))
        desk = daemon.daemon.desk
        until(peer, lambda: any(each.is_stalled for each in list(desk.peers)))
    # What came behind the subscription has run.
    until(peer, lambda: peer.call("event/list", sinceSeq=2)["lastSeq"] == 3)
    assert peer.call("daemon/status")["subscriptions"] == 0


# Would go on for longer than anybody waits.
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"


@pytest.mark.parametrize("stage", ["check", "copying", "verifying"])
def test_what_takes_longer_than_a_drain_is_cut_off_and_leaves_nothing(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    stage: str,
) -> None:
    monkeypatch.setattr(lifecycle, "DRAIN_S", 0.01)
    monkeypatch.setattr(lifecycle, "LAST_S", 0.01)
    if stage == "check":
        monkeypatch.setattr(upkeep, "QUICK_CHECK", ENDLESS)
    elif stage == "verifying":
        monkeypatch.setattr(backup, "COPY_CHECK", ENDLESS)
    else:
        monkeypatch.setattr(backup.Backup, "step", lambda _self: False)
    method = "daemon/check" if stage == "check" else "daemon/backup"
    params = {} if stage == "check" else {"path": str(folder / "copy.db")}
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        peer.send(peer.request(method, params))
        with daemon.peer() as other:
            until(other, lambda: bool(daemon.daemon.desk._errands))
    assert not [path.name for path in folder.iterdir() if "copy" in path.name]
    assert "incident" not in capsys.readouterr().out
    monkeypatch.undo()
    with DaemonThread(folder) as again:
        assert again.daemon.recovery.clean_shutdown
