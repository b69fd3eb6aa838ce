"""What is counted: every answer once, by method and outcome, and how things are now."""

import asyncio
import os
import socket
import stat
import threading
from pathlib import Path

import pytest

from sidecar import __version__
from sidecar.daemon import metrics_file
from sidecar.daemon.meter import BOUNDS_S, Sight
from sidecar.model.errors import StorageUnavailable
from sidecar.store.outages import GroupLost
from tests.cli.program import sidecar
from tests.daemon.wire import until
from tests.support import DaemonThread, Peer, Refused


def methods(peer: Peer) -> dict[str, dict[str, int]]:
    """Tell the outcomes by method; what asks is not answered yet, and not counted."""
    told = peer.call("daemon/metrics")["methods"]
    for each in told:
        outcomes = sum(outcome["count"] for outcome in each["outcomes"])
        assert sum(each["durations"]["counts"]) == outcomes
        assert len(each["durations"]["counts"]) == len(BOUNDS_S) + 1
    return {
        each["method"]: {outcome["outcome"]: outcome["count"] for outcome in each["outcomes"]}
        for each in told
    }


def test_every_answer_is_counted_by_method_and_outcome(peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    for request in ({"threadId": "none"}, {"threadId": "t"}, {"nope": 1}, {"threadId": "t"}):
        peer.exchange(peer.request("thread/get", request))
    peer.call("usage/aggregate", groupBy="day")
    peer.call("daemon/check")
    assert methods(peer) == {
        "daemon/check": {"ok": 1},
        "thread/create": {"ok": 1},
        "thread/get": {"invalid_params": 1, "ok": 2, "thread_not_found": 1},
        "usage/aggregate": {"ok": 1},
    }


def test_what_is_no_method_has_one_name_however_many_are_tried(peer: Peer) -> None:
    for number in range(20):
        peer.exchange(peer.request(f"no/such{number}"))
    peer.exchange(b"not json\n")
    assert methods(peer) == {"unknown": {"method_not_found": 20, "parse_error": 1}}


def test_members_of_batches_and_notifications_are_requests_like_others(peer: Peer) -> None:
    ping = {"jsonrpc": "2.0", "method": "daemon/ping"}
    peer.exchange([{**ping, "id": 1}, ping, {**ping, "id": 2}, 7])
    assert methods(peer) == {"daemon/ping": {"ok": 3}, "unknown": {"invalid_request": 1}}


def test_a_wait_is_counted_when_it_ends_and_is_no_work(daemon: DaemonThread, peer: Peer) -> None:
    with daemon.peer() as waiting:
        claim = {"consumerId": "c", "leaseMs": 1000, "waitMs": 60_000}
        waiting.send(waiting.request("mailbox/claim", claim))
        until(peer, lambda: peer.call("daemon/metrics")["waitingRequests"] == 1)
        assert "mailbox/claim" not in methods(peer)
        waiting.send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 1}})
        assert waiting.receive()["error"]["data"]["kind"] == "request_cancelled"
        told = peer.call("daemon/metrics")
    claim_told = next(each for each in told["methods"] if each["method"] == "mailbox/claim")
    assert claim_told["outcomes"] == [{"outcome": "request_cancelled", "count": 1}]
    assert claim_told["durations"]["sumMs"] == 0 and told["waitingRequests"] == 0


def test_a_commit_is_counted_with_its_requests(peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    append = {"threadId": "t", "event": "x"}
    requests = [{**peer.request("event/append", append), "id": number} for number in range(50)]
    peer.exchange(requests)
    commits = peer.call("daemon/metrics")["commits"]
    assert commits["requests"]["sum"] == 51
    assert sum(commits["requests"]["counts"]) == sum(commits["durations"]["counts"])
    assert commits["reruns"] == 0


def test_a_group_that_is_lost_is_counted(daemon: DaemonThread, peer: Peer) -> None:
    database = daemon.daemon.database
    commit, failures = database.commit, [1]

    def fail_once() -> None:
        if failures:
            failures.pop()
            database.rollback()
            raise GroupLost(StorageUnavailable(reason="io_error"))
        commit()

    database.commit = fail_once  # type: ignore[method-assign]
    peer.call("thread/create", threadId="t")
    told = peer.call("daemon/metrics")
    assert told["commits"]["reruns"] == 1
    assert told["commits"]["requests"] == {
        "bounds": [2**n for n in range(8)],
        "counts": [1] + [0] * 8,
        "sum": 1,
    }


def test_a_subscriber_that_does_not_read_falls_behind_and_is_told(
    daemon: DaemonThread, peer: Peer
) -> None:
    peer.call("thread/create", threadId="t")
    sleeper = daemon.peer()
    sleeper.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    subscription = sleeper.call("event/subscribe")["subscriptionId"]
    payload = "x" * 1_000_000

    def is_behind() -> bool:
        peer.call("event/append", threadId="t", event="x", payload=payload)
        (told,) = peer.call("daemon/metrics")["subscribers"]
        assert told["subscriptionId"] == subscription
        return bool(told["stalled"] and told["lagEvents"] >= 2)

    until(peer, is_behind)
    sleeper.close()
    until(peer, lambda: peer.call("daemon/metrics")["subscribers"] == [])


def test_connections_are_counted_now_and_ever(daemon: DaemonThread, peer: Peer) -> None:
    daemon.peer().close()
    daemon.peer().close()
    until(peer, lambda: peer.call("daemon/metrics")["connections"] == 1)
    assert peer.call("daemon/metrics")["connectionsOpened"] == 3


def test_what_was_recovered_and_what_is_there_is_told(folder: Path) -> None:
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        peer.call("thread/create", threadId="t")
        peer.call("turn/start", threadId="t")
        peer.call("sessionInput/admit", threadId="t", prompt="next")
        told = peer.call("daemon/metrics")
        assert told["recovered"]["turns"] == 0
        assert told["counts"]["turnsInProgress"] == told["counts"]["inputsPending"] == 1
        assert told["databaseBytes"] > 0 and told["wal"]["bytes"] > 0
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        told = peer.call("daemon/metrics")
        assert told["recovered"] == {
            "turns": 1, "runs": 0, "requeuedInputs": 0, "quarantined": 0,
        }  # fmt: skip
        assert told["counts"]["turnsInProgress"] == 0 and told["epoch"] == 2
        assert told["process"]["pid"] == os.getpid()
        assert told["process"]["residentBytes"] > 1_000_000


def test_a_database_that_cannot_be_counted_is_an_outage(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StorageUnavailable(reason="io_error")

    monkeypatch.setattr("sidecar.daemon.measure.upkeep.counts", fail)
    with pytest.raises(Refused) as refused:
        peer.call("daemon/metrics")
    assert refused.value.kind == "storage_unavailable"
    monkeypatch.undo()
    assert methods(peer)["daemon/metrics"] == {"storage_unavailable": 1}


class Watched:
    """Be told of every time that the metrics' file is put in its place."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.written = threading.Semaphore(0)
        replace = metrics_file.MetricsFile._replace

        def put(file: metrics_file.MetricsFile, text: bytes) -> None:
            replace(file, text)
            self.written.release()

        monkeypatch.setattr(metrics_file.MetricsFile, "_replace", put)

    def wait(self) -> None:
        assert self.written.acquire(timeout=30)


def test_the_metrics_file_is_there_with_the_daemon_and_gone_with_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(monkeypatch)
    path = folder / "sidecar.prom"
    with DaemonThread(folder, sight=Sight(metrics_path=path)):
        watched.wait()
        text = path.read_text()
        assert "sidecar_epoch 1\n" in text and text.endswith("\n")
        assert path.stat().st_mode & 0o777 == 0o644
        assert [each.name for each in folder.glob("*prom*")] == ["sidecar.prom"]
    assert not path.exists()


def run(daemon: DaemonThread, file: metrics_file.MetricsFile) -> None:
    wrote = asyncio.run_coroutine_threadsafe(file.write(daemon.daemon.measure), daemon.loop)
    wrote.result(30)


def test_it_is_written_again_when_something_has_changed_and_only_then(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    path = folder / "a.prom"
    file = metrics_file.MetricsFile(path)
    peer.call("thread/create", threadId="t")
    run(daemon, file)
    first = path.stat()
    run(daemon, file)
    assert path.stat().st_ino == first.st_ino and path.stat().st_mtime_ns == first.st_mtime_ns
    peer.call("daemon/ping")
    run(daemon, file)
    assert path.stat().st_mtime_ns != first.st_mtime_ns
    assert 'sidecar_requests_total{method="daemon/ping",outcome="ok"} 1\n' in path.read_text()


def test_whoever_reads_it_never_sees_a_part_of_it(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    path = folder / "a.prom"
    file = metrics_file.MetricsFile(path)
    run(daemon, file)
    ends = threading.Event()
    partial: list[str] = []

    def read() -> None:
        while not ends.is_set():
            text = path.read_text()
            if not text.endswith(f'version="{__version__}"}} 1\n'):
                partial.append(text)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(50):
        peer.call("daemon/ping")
        run(daemon, file)
    ends.set()
    reader.join()
    assert partial == []


def test_a_file_that_cannot_be_written_is_told_once_and_ends_nothing(
    daemon: DaemonThread, peer: Peer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = folder / "gone"
    file = metrics_file.MetricsFile(home / "a.prom")
    for _ in range(3):
        run(daemon, file)
    home.mkdir()
    run(daemon, file)
    assert (home / "a.prom").exists()
    assert capsys.readouterr().out.count("the metrics cannot be written") == 1
    assert peer.call("daemon/ping")


@pytest.mark.parametrize("what", ["link", "pipe", "rest"])
def test_what_others_have_put_where_it_is_written_is_neither_followed_nor_waited_for(
    daemon: DaemonThread, folder: Path, what: str
) -> None:
    """The folder is the collector's, and perhaps others' too."""
    mine, part = folder / "mine", folder / ".a.prom.part"
    mine.write_text("mine")
    if what == "link":
        part.symlink_to(mine)
    elif what == "pipe":
        os.mkfifo(part)
    else:
        part.write_text("of a daemon that was killed")
    run(daemon, metrics_file.MetricsFile(folder / "a.prom"))
    assert mine.read_text() == "mine"
    assert stat.S_ISREG((folder / "a.prom").lstat().st_mode) and not part.exists()


@pytest.mark.parametrize("name", ["sidecar.db", "none/a.prom", "."])
def test_a_place_where_nothing_can_be_kept_is_bad_configuration(folder: Path, name: str) -> None:
    (folder / "sidecar.db").touch()
    ended = sidecar(
        "serve", "--database", str(folder / "sidecar.db"), "--metrics-file", str(folder / name)
    )
    assert ended.returncode == 78 and "--metrics-file" in ended.stderr
    assert (folder / "sidecar.db").stat().st_size == 0
