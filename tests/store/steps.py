"""Steps to any state of a turn, an item, an input or an entry, and what a trigger did there."""

from typing import Any, NamedTuple

from sidecar.model.turn import TURN
from tests.support import Peer, Refused

THREAD, TURN_ID, ITEM_ID, INPUT_ID, OTHER = "thr", "turn", "item", "inp", "other"
ENDS = tuple(status for status in TURN.statuses if status in TURN.terminal)


class TurnState(NamedTuple):
    """Be a state of a turn: its status, and whether it has ever run."""

    status: str
    has_started: bool

    @property
    def is_open(self) -> bool:
        return self.status in TURN.open

    def __str__(self) -> str:
        return self.status if self.has_started else f"{self.status}, never started"


TURN_STATES = [
    TurnState("queued", has_started=False),
    TurnState("in_progress", has_started=True),
    *(TurnState(status, has_started) for status in ENDS for has_started in (True, False)),
]


class Outcome(NamedTuple):
    """Be what a trigger did: its answer or its refusal, and the events that it wrote."""

    result: dict[str, Any]
    error: dict[str, Any]
    events: list[dict[str, Any]]

    @property
    def event_names(self) -> list[str]:
        return [event["event"] for event in self.events]

    def assert_refused(self, kind: str, **details: Any) -> None:
        """It was refused in this way and left no trace: no event, no used seq."""
        shown = {name: value for name, value in self.error.items() if name != "retryable"}
        assert shown == {
            "kind": kind,
            **{name.rstrip("_"): value for name, value in details.items()},
        }
        assert self.events == []

    def assert_no_effect(self) -> None:
        """It was answered and changed nothing."""
        assert not self.error
        assert self.events == []


def last_seq(peer: Peer) -> int:
    seq: int = peer.call("event/list", limit=1)["lastSeq"]
    return seq


def trigger(peer: Peer, method: str, **params: Any) -> Outcome:
    """Ask, and see what it did."""
    before = last_seq(peer)
    result: dict[str, Any] = {}
    error: dict[str, Any] = {}
    try:
        result = peer.call(method, **params)
    except Refused as refused:
        error = refused.data
    events = peer.call("event/list", sinceSeq=before)["data"]
    assert last_seq(peer) == before + len(events)
    return Outcome(result, error, events)


def make_turn(peer: Peer, state: TurnState) -> None:
    """Bring a turn, born queued, into a state."""
    peer.call("thread/create", threadId=THREAD)
    peer.call("turn/start", threadId=THREAD, turnId=TURN_ID, status="queued")
    if state.has_started:
        peer.call("turn/start", threadId=THREAD, turnId=TURN_ID)
    if not state.is_open:
        # What never ran cannot have completed, unless somebody insists.
        force = not state.has_started and state.status == "completed"
        peer.call("turn/complete", turnId=TURN_ID, status=state.status, force=force)


def start_another_turn(peer: Peer) -> None:
    peer.call("turn/start", threadId=THREAD, turnId=OTHER)


def turn_of(peer: Peer) -> dict[str, Any]:
    turn: dict[str, Any] = peer.call("turn/get", turnId=TURN_ID)["turn"]
    return turn


def make_item(peer: Peer, status: str) -> None:
    """Bring an item of a turn in progress into a status."""
    make_turn(peer, TurnState("in_progress", has_started=True))
    peer.call("item/create", turnId=TURN_ID, itemId=ITEM_ID, kind="tool_call", status=status)


def item_of(peer: Peer) -> dict[str, Any]:
    item: dict[str, Any] = peer.call("item/get", itemId=ITEM_ID)["item"]
    return item


def make_input(peer: Peer, status: str, delivery: str, *, held: bool = False) -> None:
    """Bring a session input of an idle thread into a status."""
    peer.call("thread/create", threadId=THREAD)
    peer.call("turn/start", threadId=THREAD, turnId=TURN_ID)
    peer.call(
        "sessionInput/admit", threadId=THREAD, inputId=INPUT_ID, prompt="p", delivery=delivery
    )
    if held:
        peer.call("turn/interrupt", threadId=THREAD)
    if status == "promoted" and delivery == "steer":
        peer.call("sessionInput/promote", threadId=THREAD, scope="steer")
    peer.call("turn/complete", turnId=TURN_ID)
    if status == "promoted" and delivery == "queue":
        made = peer.call("sessionInput/promote", threadId=THREAD)["turn"]
        peer.call("turn/complete", turnId=made["id"])
    if status == "cancelled":
        peer.call("sessionInput/cancel", inputId=INPUT_ID)


def input_of(peer: Peer) -> dict[str, Any]:
    record: dict[str, Any] = peer.call("sessionInput/get", inputId=INPUT_ID)["input"]
    return record


MAILBOX, ENTRY_ID, RIVAL = "box", "entry", "rival"


def make_entry(peer: Peer, status: str, **params: Any) -> str:
    """Bring an entry into a status; tell the token that its last claim had, or "none"."""
    peer.call("mailbox/enqueue", mailboxId=MAILBOX, entryId=ENTRY_ID, **params)
    if status == "queued":
        return "none"
    if status == "cancelled":
        peer.call("mailbox/cancel", entryId=ENTRY_ID)
        return "none"
    if status == "superseded":
        peer.call("mailbox/interrupt", mailboxId=MAILBOX)
        return "none"
    claimed = peer.call("mailbox/claim", consumerId="me", leaseMs=60_000)["entries"][0]
    token: str = claimed["claimToken"]
    if status == "accepted":
        peer.call("mailbox/ack", entryId=ENTRY_ID, claimToken=token)
    if status == "dead_letter":
        peer.call("mailbox/deadLetter", entryId=ENTRY_ID, claimToken=token, error="bad")
    return token


def entry_of(peer: Peer) -> dict[str, Any]:
    record: dict[str, Any] = peer.call("mailbox/get", entryId=ENTRY_ID)["entry"]
    return record


def mailbox_of(peer: Peer) -> dict[str, Any]:
    record: dict[str, Any] = peer.call("mailbox/state", mailboxId=MAILBOX)["mailbox"]
    return record
