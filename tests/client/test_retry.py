"""What is sent again, what is not, and what the caller learns."""

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sidecar import client
from sidecar.client import Client, Error, Options, records
from tests.client.middle import Middle, Once, lose_answer, refuse
from tests.support import DaemonProcess, DaemonThread, FakeSource, Peer

Ask = Callable[[Client], Any]


class Told(list[Error]):
    """Take note of trouble, as `on_trouble`."""

    def __call__(self, error: Error) -> None:
        self.append(error)


def two_events(own: Client) -> records.EventsAnswer:
    return own.event_append_many(
        events=[
            records.Append(thread_id="t", event="x", payload=1),
            records.Append(thread_id="t", event="x", payload=2, event_key="mine"),
        ]
    )


REPEATED: dict[str, Ask] = {
    "thread/create": lambda own: own.thread_create(title="new").thread.id,
    "turn/start": lambda own: own.turn_start(thread_id="t", prompt="p").turn.id,
    "sessionInput/admit": lambda own: own.session_input_admit(thread_id="t", prompt="p").input.id,
    "event/append": lambda own: own.event_append(thread_id="t", event="x").event.seq,
    "event/appendMany": lambda own: [each.seq for each in two_events(own).events],
    "thread/get": lambda own: own.thread_get(thread_id="t").thread.id,
    "turn/interrupt": lambda own: own.turn_interrupt(thread_id="t").requested,
}


def rows(daemon: DaemonThread) -> dict[str, int]:
    counts: dict[str, int] = {}
    with daemon.peer() as peer:
        counts["events"] = peer.call("event/list", limit=5000)["lastSeq"]
        counts["threads"] = peer.call("daemon/status")["counts"]["threads"]
        counts["turns"] = len(peer.call("turn/list", threadId="t")["data"])
        counts["inputs"] = len(peer.call("sessionInput/list", threadId="t", status=None)["data"])
    return counts


@pytest.mark.parametrize("method", REPEATED)
def test_a_lost_answer_is_asked_for_again_and_comes_from_the_record(
    daemon: DaemonThread, peer: Peer, folder: Path, method: str
) -> None:
    peer.call("thread/create", threadId="t")
    at_commit: list[dict[str, int]] = []

    def lose(request: Any, forward: Any) -> None:
        try:
            lose_answer(request, forward)
        finally:
            at_commit.append(rows(daemon))

    trouble = Told()
    with (
        Middle(folder, daemon.socket_path, Once(method, lose)) as middle,
        Client(middle.path, Options(on_trouble=trouble)) as own,
    ):
        result = REPEATED[method](own)
    first, again = [each["params"] for each in middle.requests if each["method"] == method]
    assert first == again
    # The first one was committed; the second one wrote nothing.
    assert at_commit == [rows(daemon)]
    assert result is not None and [type(each) for each in trouble] == [client.AnswerLost]


def test_the_record_is_the_same_and_is_told_to_be_old(
    daemon: DaemonThread, folder: Path, peer: Peer
) -> None:
    rule = Once("thread/create", lose_answer)
    with (
        Middle(folder, daemon.socket_path, rule) as middle,
        Client(middle.path, Options(on_trouble=Told())) as own,
    ):
        created = own.thread_create(title="new")
    assert not created.created
    assert [each["id"] for each in peer.call("thread/list")["data"]] == [created.thread.id]


def test_a_write_that_cannot_be_known_again_is_not_sent_again(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    peer.call("thread/create", threadId="t")
    rule = Once("thread/update", lose_answer)
    with Middle(folder, daemon.socket_path, rule) as middle, Client(middle.path) as own:
        with pytest.raises(client.AnswerLost):
            own.thread_update(thread_id="t", title="new")
        assert middle.methods() == ["thread/update"]
        assert own.thread_get(thread_id="t").thread.version == 1


def test_whoever_gives_none_for_the_id_wants_no_repetition(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    peer.call("thread/create", threadId="t")
    rule = Once("event/append", lose_answer)
    with (
        Middle(folder, daemon.socket_path, rule) as middle,
        Client(middle.path) as own,
        pytest.raises(client.AnswerLost),
    ):
        own.event_append(thread_id="t", event="x", event_key=None)
    assert middle.requests[-1]["params"]["eventKey"] is None


def test_a_raw_call_mints_too(daemon: DaemonThread, peer: Peer, folder: Path) -> None:
    peer.call("thread/create", threadId="t")
    rule = Once("event/appendMany", lose_answer)
    events = msgspec.Raw(b'[{"threadId":"t","event":"x"},{"threadId":"t","event":"y"}]')
    with (
        Middle(folder, daemon.socket_path, rule) as middle,
        Client(middle.path, Options(on_trouble=Told(), source=FakeSource())) as own,
    ):
        answer = json.loads(bytes(own.call("event/appendMany", {"events": events})))
    assert [each["seq"] for each in answer["events"]] == [2, 3]
    keys = [each["eventKey"] for each in middle.requests[-1]["params"]["events"]]
    assert [key[:4] for key in keys] == ["key_", "key_"] and keys[0] != keys[1]


@pytest.mark.parametrize(
    "params", [{"events": 5}, {"events": msgspec.Raw(b"5")}, {}, {"events": []}, {"events": [5]}]
)
def test_what_has_no_place_for_an_id_is_left_to_the_daemon(
    daemon: DaemonThread, params: dict[str, object]
) -> None:
    with Client(daemon.socket_path) as own, pytest.raises(client.InvalidParams):
        own.call("event/appendMany", params)


@pytest.mark.parametrize("kind", ["draining", "overloaded"])
def test_a_retryable_refusal_is_asked_again_since_nothing_happened(
    daemon: DaemonThread, peer: Peer, folder: Path, kind: str
) -> None:
    peer.call("thread/create", threadId="t")
    trouble = Told()
    rule = Once("thread/update", refuse(kind, retryable=True))
    with (
        Middle(folder, daemon.socket_path, rule) as middle,
        Client(middle.path, Options(on_trouble=trouble)) as own,
    ):
        assert own.thread_update(thread_id="t", title="new").thread.version == 1
    assert [str(each) for each in trouble] == [f"{kind}: {kind}"]


def test_patience_ends_with_the_last_refusal(daemon: DaemonThread, folder: Path) -> None:
    rule = refuse("overloaded", retryable=True)

    def always(request: Any, forward: Any) -> Any:
        return forward() if request["method"] == "initialize" else rule(request, forward)

    trouble = Told()
    with (
        Middle(folder, daemon.socket_path, always) as middle,
        Client(middle.path, Options(patience_s=0.05, on_trouble=trouble)) as own,
        pytest.raises(client.Overloaded),
    ):
        own.daemon_ping()
    # 10, 20 and 20 milliseconds; told of once.
    assert len(middle.methods()) == 4 and len(trouble) == 1


def test_patience_ends_with_what_may_have_happened(daemon: DaemonThread, folder: Path) -> None:
    options = Options(patience_s=0.03, on_trouble=Told())
    with (
        Middle(folder, daemon.socket_path, Once("thread/create", lose_answer)) as middle,
        Client(middle.path, options) as own,
    ):

        def vanish(_request: Any, forward: Any) -> Any:
            middle.path.unlink()
            lose_answer(_request, forward)

        middle._rule = Once("thread/create", vanish)
        with pytest.raises(client.AnswerLost):
            own.thread_create()
        with pytest.raises(client.NoDaemon):
            own.thread_create()


def test_after_a_restart_the_next_call_connects_again(process: DaemonProcess) -> None:
    trouble = Told()
    with Client(process.socket_path, Options(on_trouble=trouble)) as own:
        own.thread_create(thread_id="t")
        assert own.server.epoch == 1
        process.kill()
        process.start()
        # Nothing of it was sent on the dead connection, so that even this one is sent again.
        assert own.thread_update(thread_id="t", title="new").thread.version == 1
        assert own.server.epoch == 2
    assert [type(each) for each in trouble] == [client.NoDaemon]


def test_a_call_waits_for_a_daemon_that_is_restarted(process: DaemonProcess) -> None:
    with Client(process.socket_path, Options(on_trouble=lambda _: process.start())) as own:
        process.kill()
        assert own.thread_create(thread_id="t").created


def test_a_daemon_that_drains_and_comes_back_is_no_error(process: DaemonProcess) -> None:
    with Client(process.socket_path, Options(on_trouble=lambda _: process.start())) as own:
        own.thread_create(thread_id="t")
        assert process.terminate() == 0
        assert own.turn_start(thread_id="t").turn.status == "in_progress"


def test_a_connection_too_many_is_told_by_its_name(daemon: DaemonThread) -> None:
    with Client(daemon.socket_path) as own:
        peers = []
        for _ in range(own.server.limits.max_connections - 1):
            peer = socket.socket(socket.AF_UNIX)
            peer.connect(str(daemon.socket_path))
            peers.append(peer)
        with pytest.raises(client.LimitExceeded) as many:
            Client(daemon.socket_path)
        for peer in peers:
            peer.close()
    assert many.value.max == len(peers) + 1
