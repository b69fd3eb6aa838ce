"""Two JSON values are the same when they are equal: members have no order, digits all count."""

from typing import Any

import pytest

from tests.methods.steps import (
    admit,
    kind_of,
    last_seq,
    make_item,
    make_thread,
    start,
    without_trace,
)
from tests.support import Peer

VALUE: dict[str, Any] = {"a": 1, "b": {"x": [1], "y": None}}
REORDERED: dict[str, Any] = {"b": {"y": None, "x": [1]}, "a": 1}


@pytest.fixture
def thread(peer: Peer) -> str:
    return make_thread(peer, threadId="t", metadata=VALUE)


def test_a_retry_may_send_members_in_another_order(peer: Peer, thread: str) -> None:
    assert not peer.call("thread/create", threadId=thread, metadata=REORDERED)["created"]
    params = {"threadId": thread, "event": "x", "eventKey": "k"}
    first = peer.call("event/append", **params, payload=VALUE)
    assert peer.call("event/append", **params, payload=REORDERED) == first


def test_members_in_another_order_are_no_change_of_a_thread(peer: Peer, thread: str) -> None:
    with without_trace(peer):
        peer.call("thread/update", threadId=thread, metadata=REORDERED)


def test_members_in_another_order_are_no_change_of_an_input(peer: Peer, thread: str) -> None:
    input_id = admit(peer, thread, request=VALUE)
    with without_trace(peer):
        peer.call("sessionInput/update", inputId=input_id, request=REORDERED)


def test_members_in_another_order_are_the_same_again_to_an_ended_item(
    peer: Peer, thread: str
) -> None:
    item_id = make_item(peer, start(peer, thread), status="completed", metadata=VALUE)
    with without_trace(peer):
        peer.call("item/update", itemId=item_id, status="completed", metadata=REORDERED)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (123456789012345678901234567890, 123456789012345678901234567891),
        (2**64, 2**64 + 1),
        (9007199254740992, 9007199254740993),
        (1, True),
        (0, False),
        ("1", 1),
        (None, {}),
        ([], {}),
        ({"a": None}, {}),
    ],
)
def test_values_that_differ_are_other_content(
    peer: Peer, thread: str, one: Any, other: Any
) -> None:
    params = {"threadId": thread, "event": "x", "eventKey": "k"}
    peer.call("event/append", **params, payload=[one])
    seq = last_seq(peer)
    kind = kind_of(peer, "event/append", **params, payload=[other])
    assert kind == "idempotency_mismatch" and last_seq(peer) == seq


def test_digits_past_those_of_a_double_are_other_content(peer: Peer, thread: str) -> None:
    request = (
        '{"jsonrpc":"2.0","id":1,"method":"event/append",'
        '"params":{"threadId":"t","event":"x","eventKey":"k","payload":%s}}\n'
    )
    del thread
    peer.send((request % "0.12345678901234567890").encode())
    assert "result" in peer.receive()
    peer.send((request % "0.12345678901234567891").encode())
    assert peer.receive()["error"]["data"]["kind"] == "idempotency_mismatch"
