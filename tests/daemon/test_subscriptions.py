"""Subscriptions: every event once, in order, however slow the client."""

import socket
import threading
from typing import Any

import pytest

from tests.support import DaemonThread, Peer, Refused


def follow(peer: Peer, **params: Any) -> dict[str, Any]:
    return peer.call("event/subscribe", **params)


def take(peer: Peer, until: int) -> tuple[list[dict[str, Any]], list[int]]:
    """Read notifications until an event with this seq; tell events and synced seqs."""
    events: list[dict[str, Any]] = []
    synced: list[int] = []
    while not events or events[-1]["seq"] < until:
        notification = peer.receive()
        if notification["method"] == "event/synced":
            synced.append(notification["params"]["seq"])
        else:
            assert notification["method"] == "event/appended"
            events += notification["params"]["events"]
    return events, synced


def append(peer: Peer, number: int, event: str = "x") -> int:
    answer = peer.call("event/append", threadId="t", event=event, payload=number)
    seq: int = answer["event"]["seq"]
    return seq


@pytest.fixture
def writer(daemon: DaemonThread, peer: Peer) -> Peer:
    assert daemon
    peer.call("thread/create", threadId="t")
    return peer


def test_history_comes_first_then_one_marker_then_what_happens(
    daemon: DaemonThread, writer: Peer
) -> None:
    append(writer, 1)
    with daemon.peer() as reader:
        answer = follow(reader, sinceSeq=0)
        assert answer["watermarkSeq"] == 2
        history = reader.receive()["params"]
        assert [event["seq"] for event in history["events"]] == [1, 2]
        assert reader.receive() == {
            "jsonrpc": "2.0",
            "method": "event/synced",
            "params": {"subscriptionId": answer["subscriptionId"], "seq": 2},
        }
        last = append(writer, 2)
        events, synced = take(reader, last)
        assert [event["seq"] for event in events] == [3] and synced == []
        assert events == writer.call("event/list", sinceSeq=2)["data"]


def test_a_subscription_of_a_batch_begins_behind_the_answer_of_the_batch(
    daemon: DaemonThread, writer: Peer
) -> None:
    """Before it nobody could know whose the events are."""
    writer.call("turn/start", threadId="t", turnId="u")
    writer.call("item/create", turnId="u", itemId="i", kind="tool_call")
    claim = {"consumerId": "c", "leaseMs": 1_000, "waitMs": 60_000}
    with daemon.peer() as reader:
        batch = [
            reader.request("event/subscribe", {"sinceSeq": 0}),
            reader.request("event/subscribe", {"deltas": True, "events": ["x"]}),
            reader.request("mailbox/claim", claim),
        ]
        reader.send(batch)
        # Answered although the batch waits, so that what was told by now has been read.
        reader.call("daemon/ping")
        last = append(writer, 1)
        writer.call("item/delta", itemId="i", text="lost", offset=0)
        writer.call("mailbox/enqueue", mailboxId="m")
        all_, named, claimed = (each["result"] for each in reader.receive())
        assert claimed["entries"]
        told: dict[str, list[int]] = {all_["subscriptionId"]: [], named["subscriptionId"]: []}
        while sum(map(len, told.values())) < last + 1:
            notification = reader.receive()
            assert notification["method"] in ("event/appended", "event/synced")
            params = notification["params"]
            told[params["subscriptionId"]] += [event["seq"] for event in params.get("events", ())]
        assert told == {
            all_["subscriptionId"]: [*range(1, last + 1)],
            named["subscriptionId"]: [last],
        }


def test_without_a_place_only_what_comes_after_is_told(daemon: DaemonThread, writer: Peer) -> None:
    append(writer, 1)
    with daemon.peer() as reader:
        follow(reader)
        last = append(writer, 2)
        events, synced = take(reader, last)
        assert [event["payload"] for event in events] == [2] and synced == [2]


def test_a_filter_by_thread_and_name_lets_only_those_through(
    daemon: DaemonThread, writer: Peer
) -> None:
    writer.call("thread/create", threadId="other")
    with daemon.peer() as reader:
        follow(reader, threadId="t", sinceSeq=0, events=["x.*", "end"])
        for name in ("x.a", "y", "x.b"):
            append(writer, 0, name)
        writer.call("event/append", threadId="other", event="x.c")
        last = append(writer, 0, "end")
        events, _ = take(reader, last)
        assert [event["event"] for event in events] == ["x.a", "x.b", "end"]


def test_a_deleted_thread_is_told_to_its_subscribers(daemon: DaemonThread, writer: Peer) -> None:
    with daemon.peer() as reader:
        follow(reader, threadId="t")
        writer.call("thread/delete", threadId="t")
        events, _ = take(reader, 2)
        assert [event["event"] for event in events] == ["thread.deleted"]
        follow(reader, threadId="t", sinceSeq=0)


def test_an_ended_subscription_is_silent_and_unknown(daemon: DaemonThread, writer: Peer) -> None:
    with daemon.peer() as reader:
        first, second = follow(reader), follow(reader)
        reader.receive(), reader.receive()
        reader.call("event/unsubscribe", subscriptionId=first["subscriptionId"])
        append(writer, 1)
        told = reader.receive()["params"]
        assert told["subscriptionId"] == second["subscriptionId"]
        with pytest.raises(Refused) as refused:
            reader.call("event/unsubscribe", subscriptionId=first["subscriptionId"])
        assert refused.value.kind == "subscription_not_found"
        with pytest.raises(Refused):
            writer.call("event/unsubscribe", subscriptionId=second["subscriptionId"])
        assert reader.call("daemon/status")["subscriptions"] == 1
    with pytest.raises(Refused) as refused:
        follow(writer, threadId="nobody")
    assert refused.value.kind == "thread_not_found"


def test_a_peer_is_told_of_its_own_writes_after_their_answer(writer: Peer) -> None:
    follow(writer)
    writer.receive()
    writer.send(writer.request("event/append", {"threadId": "t", "event": "x"}))
    assert "result" in writer.receive()
    assert writer.receive()["params"]["events"][0]["event"] == "x"


def write_many(daemon: DaemonThread, count: int) -> None:
    with daemon.peer() as peer:
        for _ in range(count // 500):
            requests = [
                peer.request("event/append", {"threadId": "t", "event": "x", "payload": "y" * 200})
                for _ in range(500)
            ]
            assert all("result" in answer for answer in peer.pipeline(requests).values())


def test_a_subscriber_that_stops_reading_misses_nothing_and_costs_nothing(
    daemon: DaemonThread, writer: Peer
) -> None:
    with daemon.peer() as slow, daemon.peer() as quick:
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        follow(slow, sinceSeq=0)
        follow(quick, sinceSeq=0)
        seen: list[int] = []
        reader = threading.Thread(
            target=lambda: seen.extend(event["seq"] for event in take(quick, 20_001)[0])
        )
        reader.start()
        writers = [threading.Thread(target=write_many, args=(daemon, 5_000)) for _ in range(4)]
        for each in writers:
            each.start()
        for each in [*writers, reader]:
            each.join(60)
        # Nobody has read a byte of the slow one until here.
        unsent = [len(peer._unsent) for peer in daemon.daemon.desk.peers]
        assert max(unsent) <= 1
        events, synced = take(slow, 20_001)
    assert seen == [event["seq"] for event in events] == list(range(1, 20_002))
    assert len(synced) == 1
    assert writer.call("daemon/status")["lastSeq"] == 20_001


def test_200_subscribers_of_one_thread_all_hear_the_same(
    daemon: DaemonThread, writer: Peer
) -> None:
    readers = [daemon.peer() for _ in range(200)]
    for reader in readers:
        follow(reader, threadId="t")
    for number in range(5):
        last = append(writer, number)
    for reader in readers:
        events, _ = take(reader, last)
        assert [event["payload"] for event in events] == [0, 1, 2, 3, 4]
        reader.close()


def test_a_delta_reaches_those_who_asked_and_is_not_stored(
    daemon: DaemonThread, writer: Peer
) -> None:
    writer.call("turn/start", threadId="t", turnId="u")
    writer.call("item/create", turnId="u", itemId="i", kind="agent_message")
    before = writer.call("daemon/status")["lastSeq"]
    with daemon.peer() as reader, daemon.peer() as deaf:
        subscription_id = follow(reader, deltas=True)["subscriptionId"]
        follow(deaf)
        assert reader.receive()["method"] == deaf.receive()["method"] == "event/synced"
        assert writer.call("item/delta", itemId="i", text="hel", offset=0) == {}
        assert reader.receive()["params"] == {
            "subscriptionId": subscription_id,
            "threadId": "t",
            "turnId": "u",
            "itemId": "i",
            "text": "hel",
            "offset": 0,
        }
        assert writer.call("daemon/status")["lastSeq"] == before
        writer.call("item/update", itemId="i", status="completed")
        assert deaf.receive()["method"] == "event/appended"
    with pytest.raises(Refused) as refused:
        writer.call("item/delta", itemId="i", text="lo", offset=3)
    assert refused.value.kind == "illegal_transition"


def test_a_place_in_the_future_is_waited_for(daemon: DaemonThread, writer: Peer) -> None:
    with daemon.peer() as reader:
        follow(reader, sinceSeq=3)
        for number in range(4):
            last = append(writer, number)
        events, _ = take(reader, last)
        assert [event["seq"] for event in events] == [4, 5]
