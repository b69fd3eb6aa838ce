"""A thread's time of change: what moves it and what does not, as the contract lists it."""

from typing import Any

import pytest

from tests.methods.steps import get_thread
from tests.support import Peer

Ask = tuple[str, dict[str, Any]]
BEFORE: list[Ask] = [
    ("thread/create", {"threadId": "t"}),
    ("turn/start", {"threadId": "t", "turnId": "u"}),
    ("item/create", {"turnId": "u", "itemId": "i", "kind": "tool_call"}),
    ("run/create", {"threadId": "t", "runId": "r", "status": "in_progress"}),
    ("run/create", {"threadId": "t", "runId": "gone"}),
    ("step/create", {"runId": "r", "stepId": "s", "type": "tool_calls"}),
    ("sessionInput/admit", {"threadId": "t", "inputId": "n", "prompt": "p", "delivery": "steer"}),
]
MOVES: dict[str, Ask] = {
    "its title": ("thread/update", {"threadId": "t", "title": "x"}),
    "a message": ("message/append", {"threadId": "t", "messages": [{"role": "user"}]}),
    "another log": ("message/replace", {"threadId": "t", "messages": [{"role": "user"}]}),
    "an empty log": ("message/clear", {"threadId": "t"}),
    "its state": ("thread/setState", {"threadId": "t", "state": {"a": 1}}),
    "a change set": ("thread/commit", {"threadId": "t", "reason": "why"}),
    "a new run": ("run/create", {"threadId": "t"}),
    "a run that changes": ("run/update", {"runId": "r", "inputTokens": 1}),
    "a run that goes": ("run/delete", {"runId": "gone"}),
    "the end of a turn": ("turn/complete", {"turnId": "u"}),
    "an input that is admitted": ("sessionInput/admit", {"threadId": "t", "prompt": "p"}),
    "inputs that are promoted": ("sessionInput/promote", {"threadId": "t", "scope": "steer"}),
}
STAYS: dict[str, Ask] = {
    "an item": ("item/create", {"turnId": "u", "kind": "error"}),
    "an item that ends": ("item/update", {"itemId": "i", "status": "completed"}),
    "an event": ("event/append", {"threadId": "t", "event": "note"}),
    "the same run again": ("run/update", {"runId": "r", "status": "in_progress"}),
    "a look at it": ("thread/get", {"threadId": "t"}),
}


@pytest.mark.parametrize("what", [*MOVES, *STAYS])
def test_a_threads_time_moves_with_what_the_contract_names(peer: Peer, what: str) -> None:
    for method, params in BEFORE:
        peer.call(method, **params)
    other = peer.call("thread/create", threadId="other")["thread"]
    before = get_thread(peer, "t")["updatedAtMs"]
    method, params = (MOVES | STAYS)[what]
    peer.call(method, **params)
    after = get_thread(peer, "t")["updatedAtMs"]
    assert (after > before) == (what in MOVES)
    assert get_thread(peer, "other") == other


def test_a_turn_that_starts_moves_it_too(peer: Peer) -> None:
    before = peer.call("thread/create", threadId="t")["thread"]["updatedAtMs"]
    peer.call("turn/start", threadId="t", turnId="u", status="queued")
    queued = get_thread(peer, "t")["updatedAtMs"]
    assert queued >= before
    peer.call("turn/start", threadId="t", turnId="v")
    assert get_thread(peer, "t")["updatedAtMs"] > queued
