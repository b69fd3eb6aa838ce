"""Events are followed through everything, each once and in order."""

import gc
import threading
from collections.abc import Iterator

import msgspec
import pytest

from sidecar import client
from sidecar.client import Client, Options, records
from sidecar.client.following import Following
from sidecar.client.wire import Answer
from tests.support import DaemonProcess, DaemonThread, Peer
from tests.support.invariants import break_in


@pytest.fixture
def own(daemon: DaemonThread) -> Iterator[Client]:
    with Client(daemon.socket_path) as connected:
        connected.thread_create(thread_id="t")
        yield connected


def append(own: Client, count: int, *, thread_id: str = "t", name: str = "x") -> None:
    for first in range(0, count, 1000):
        own.event_append_many(
            events=[
                records.Append(thread_id=thread_id, event=name, payload={"n": number})
                for number in range(first, min(first + 1000, count))
            ]
        )


def test_history_and_then_what_happens(own: Client) -> None:
    append(own, 2)
    with own.events(since_seq=0) as events:
        told = [next(events) for _ in range(3)]
        assert [(each.seq, each.event) for each in told] == [
            (1, "thread.created"), (2, "x"), (3, "x"),
        ]  # fmt: skip
        assert told[1].payload == {"n": 0} and isinstance(told[0], records.Event)
        append(own, 1)
        assert next(events).seq == 4 == events.seq


def test_without_a_place_it_begins_now_and_at_once(own: Client) -> None:
    events = own.events()
    append(own, 1)
    assert next(events).seq == 2


def test_only_what_was_asked_for(own: Client) -> None:
    own.thread_create(thread_id="u")
    events = own.events("u", 0, ["thread.*", "y"])
    append(own, 1, name="y")
    append(own, 1, thread_id="u")
    append(own, 1, thread_id="u", name="y")
    assert [(each.thread_id, each.event) for each in (next(events), next(events))] == [
        ("u", "thread.created"), ("u", "y"),
    ]  # fmt: skip


def test_the_marker_comes_between_history_and_now(own: Client) -> None:
    append(own, 2)
    with own.follow(since_seq=1) as told:
        first = [next(told) for _ in range(3)]
        assert [type(each) for each in first] == [
            records.Event, records.Event, records.EventSynced,
        ]  # fmt: skip
        assert told.seq == 3


def test_deltas_come_when_they_are_wanted(own: Client) -> None:
    own.turn_start(thread_id="t", turn_id="u")
    own.item_create(turn_id="u", item_id="i", kind="agent_message")
    with own.follow("t", deltas=True) as told:
        assert isinstance(next(told), records.EventSynced)
        own.item_delta(item_id="i", text="Hel", offset=0)
        own.item_delta(item_id="i", text="lo", offset=3)
        pieces = [next(told), next(told)]
    assert [(each.text, each.offset) for each in pieces if isinstance(each, records.ItemDelta)] == [
        ("Hel", 0), ("lo", 3),
    ]  # fmt: skip


def test_the_text_of_an_event_is_as_it_came(own: Client) -> None:
    own.call("event/append", {"threadId": "t", "event": "x", "payload": msgspec.Raw(b"1.50")})
    with own.events(since_seq=1) as events:
        assert next(events).payload == 1.5
        assert b'"payload":1.50' in bytes(events.text)


def test_an_unknown_thread_is_told_at_once(own: Client) -> None:
    with pytest.raises(client.ThreadNotFound):
        own.events("none")
    assert own.daemon_status().subscriptions == 0


def test_it_ends_when_the_client_is_closed(own: Client) -> None:
    events = own.events()
    told: list[int] = []
    begun = threading.Event()

    def follow() -> None:
        for event in events:
            told.append(event.seq)
            begun.set()

    thread = threading.Thread(target=follow)
    thread.start()
    append(own, 1)
    assert begun.wait(30)
    own.close()
    thread.join(30)
    assert not thread.is_alive() and told == [2]


def test_an_iterator_that_nobody_holds_hangs_up(own: Client) -> None:
    for _ in own.events(since_seq=0):
        break
    gc.collect()
    with own.events():
        assert own.daemon_status().subscriptions == 1


@pytest.mark.parametrize("name", [None, ["x"]])
def test_a_killed_daemon_costs_no_event_and_doubles_none(
    process: DaemonProcess, name: list[str] | None
) -> None:
    trouble: list[client.Error] = []

    def restart(error: client.Error) -> None:
        trouble.append(error)
        process.start()

    with Client(process.socket_path) as writer, Client(process.socket_path) as other:
        writer.thread_create(thread_id="t")
        append(writer, 3000)
        options = Options(on_trouble=restart)
        with Client(process.socket_path, options) as own, own.events("t", 1, name) as events:
            told = [next(events).seq for _ in range(10)]
            process.kill()
            while told[-1] < 3001:
                told.append(next(events).seq)
            append(other, 5)
            told += [next(events).seq for _ in range(5)]
    assert told == list(range(2, 3007))
    assert [type(each) for each in trouble] == [client.AnswerLost]


def test_a_log_that_has_gone_back_is_told(own: Client) -> None:
    with pytest.raises(client.HistoryLost, match="ends at 1"):
        own.events(since_seq=7)


def test_another_database_is_told(process: DaemonProcess) -> None:
    def replace(_error: client.Error) -> None:
        for path in process.database_path.parent.glob("sidecar.db*"):
            path.unlink()
        process.start()

    with Client(process.socket_path, Options(on_trouble=replace)) as own:
        events = own.events(since_seq=0)
        own.thread_create()
        assert next(events).seq == 1
        process.kill()
        with pytest.raises(client.HistoryLost, match="another database"):
            next(events)


def test_a_log_that_was_pruned_beyond_is_told() -> None:
    following = Following(None, 3, None, deltas=False)
    reset = Answer(method="event/reset", params=msgspec.Raw(b'{"minSeq":9}'))
    with pytest.raises(client.HistoryLost, match="before 9 are gone"):
        list(following.take(reset))


def test_what_only_a_newer_daemon_tells_is_passed_over() -> None:
    following = Following(None, 3, None, deltas=False)
    assert list(following.take(Answer(method="event/new", params=msgspec.Raw(b"[]")))) == []


def test_a_record_that_cannot_be_read_ends_it_with_its_name(
    daemon: DaemonThread, own: Client, peer: Peer
) -> None:
    import apsw  # SQLite as the program has it.

    peer.call("event/append", threadId="t", event="x", payload=1)
    daemon.is_broken = True
    break_in(daemon.database_path.parent)
    db = apsw.Connection(str(daemon.database_path))
    db.execute("PRAGMA ignore_check_constraints = 1; UPDATE events SET payload = '{' WHERE seq = 2")
    db.close()
    with own.events(since_seq=0) as events, pytest.raises(client.CorruptRecord) as corrupt:
        list(events)
    assert corrupt.value.key == "2"
