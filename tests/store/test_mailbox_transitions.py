"""Every status of a mailbox entry under every trigger, through the real database."""

from typing import Any

import pytest

from sidecar.model.mailbox import MAILBOX_ENTRY
from tests.store.steps import (
    ENTRY_ID,
    MAILBOX,
    RIVAL,
    Outcome,
    entry_of,
    mailbox_of,
    make_entry,
    trigger,
)
from tests.support import DaemonThread, Peer

OPEN = ("queued", "claimed")
LEASE_MS = 60_000
NO_CLAIM = {"claimToken": None, "claimedBy": None, "leaseUntilMs": None}
MOMENTS = ("availableAtMs", "updatedAtMs")

each_status = pytest.mark.parametrize("status", MAILBOX_ENTRY.statuses)
each_lease = pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])


def prepare(
    peer: Peer, daemon: DaemonThread, status: str, *, late: bool, **params: Any
) -> tuple[str, dict[str, Any]]:
    """Bring the entry into a status, and time beyond the end of its lease."""
    token = make_entry(peer, status, **params)
    if late:
        daemon.source.advance_ms(LEASE_MS)
    record = entry_of(peer)
    assert record["status"] == status and record["claimToken"] is None
    assert (record["claimedBy"] is not None) == (status == "claimed")
    assert (record["leaseUntilMs"] is not None) == (status == "claimed")
    return token, record


def assert_became(
    peer: Peer, outcome: Outcome, before: dict[str, Any], status: str, **changed: Any
) -> None:
    """The answer is the record in its next status; nothing but what was said has changed."""
    after = entry_of(peer)
    assert not outcome.error and outcome.events == []
    moved = {name: after[name] for name in MOMENTS}
    assert after == {**before, **NO_CLAIM, **moved, "status": status, **changed}
    assert after["updatedAtMs"] > before["updatedAtMs"]
    assert outcome.result == {"entry": after}


def assert_unchanged(peer: Peer, before: dict[str, Any]) -> None:
    assert entry_of(peer) == before


@each_status
@each_lease
def test_an_entry_is_claimed_if_it_is_queued_or_its_lease_has_ended(
    peer: Peer, daemon: DaemonThread, status: str, *, late: bool
) -> None:
    token, before = prepare(peer, daemon, status, late=late)
    outcome = trigger(peer, "mailbox/claim", consumerId="you", leaseMs=500, mailboxId=MAILBOX)
    assert outcome.events == []
    if status != "queued" and not (status == "claimed" and late):
        assert outcome.result == {"entries": []}
        assert_unchanged(peer, before)
        return
    (claimed,) = outcome.result["entries"]
    assert claimed["claimToken"] not in (None, token)
    assert claimed["attemptCount"] == before["attemptCount"] + 1
    assert (claimed["status"], claimed["claimedBy"]) == ("claimed", "you")
    assert claimed["leaseUntilMs"] == claimed["updatedAtMs"] + 500
    assert {**claimed, "claimToken": None} == entry_of(peer)
    assert mailbox_of(peer)["claimedEntryId"] == ENTRY_ID
    if status == "claimed":
        lost = trigger(peer, "mailbox/ack", entryId=ENTRY_ID, claimToken=token)
        lost.assert_refused("claim_lost", entryId=ENTRY_ID)


@each_status
@each_lease
def test_an_entry_is_claimed_by_name_whatever_its_time(
    peer: Peer, daemon: DaemonThread, status: str, *, late: bool
) -> None:
    _, before = prepare(peer, daemon, status, late=late)
    outcome = trigger(
        peer, "mailbox/claimEntry", entryId=ENTRY_ID, consumerId="you", leaseMs=500
    )  # fmt: skip
    assert outcome.events == []
    if status == "queued" or (status == "claimed" and late):
        assert outcome.result["entry"]["claimedBy"] == "you"
        assert outcome.result["entry"]["attemptCount"] == before["attemptCount"] + 1
    else:
        assert outcome.result == {"entry": None}
        assert_unchanged(peer, before)


@each_status
@each_lease
@pytest.mark.parametrize(
    ("verb", "next_status"),
    [("ack", "accepted"), ("nack", "queued"), ("deadLetter", "dead_letter")],
)
def test_only_its_owner_ends_a_claim(
    peer: Peer, daemon: DaemonThread, status: str, verb: str, next_status: str, *, late: bool
) -> None:
    token, before = prepare(peer, daemon, status, late=late)
    error = {} if verb == "ack" else {"error": "why"}
    params = {"entryId": ENTRY_ID, **error}
    stranger = trigger(peer, f"mailbox/{verb}", claimToken="another's", **params)
    stranger.assert_refused("claim_lost", entryId=ENTRY_ID)
    assert_unchanged(peer, before)
    outcome = trigger(peer, f"mailbox/{verb}", claimToken=token, **params)
    has_said_so = (status, verb) in [("accepted", "ack"), ("dead_letter", "deadLetter")]
    if status == "claimed":
        said = {"lastError": "why"} if error else {}
        assert_became(peer, outcome, before, next_status, **said)
        assert mailbox_of(peer)["claimedEntryId"] is None
        assert mailbox_of(peer)["queuedCount"] == (verb == "nack")
    elif has_said_so:
        outcome.assert_no_effect()
        assert outcome.result == {"entry": before}
    else:
        outcome.assert_refused("claim_lost", entryId=ENTRY_ID)
        assert_unchanged(peer, before)


@each_status
@each_lease
def test_a_lease_is_extended_by_its_owner(
    peer: Peer, daemon: DaemonThread, status: str, *, late: bool
) -> None:
    token, before = prepare(peer, daemon, status, late=late)
    for wrong in ("another's", token):
        outcome = trigger(
            peer, "mailbox/extendLease", entryId=ENTRY_ID, claimToken=wrong, leaseMs=500
        )
        outcome.assert_no_effect()
        if status != "claimed" or wrong != token:
            assert outcome.result == {"extended": False, "leaseUntilMs": None}
            assert_unchanged(peer, before)
            continue
        after = entry_of(peer)
        assert outcome.result == {"extended": True, "leaseUntilMs": after["leaseUntilMs"]}
        assert after["leaseUntilMs"] == after["updatedAtMs"] + 500
        busy = trigger(peer, "mailbox/claim", consumerId="you", leaseMs=1, mailboxId=MAILBOX)
        assert busy.result == {"entries": []}


@each_status
@each_lease
@pytest.mark.parametrize("verb", ["cancel", "supersede"])
def test_an_open_entry_is_cancelled_or_superseded(
    peer: Peer, daemon: DaemonThread, status: str, verb: str, *, late: bool
) -> None:
    token, before = prepare(peer, daemon, status, late=late)
    reason = {"reason": "why"} if verb == "supersede" else {}
    outcome = trigger(peer, f"mailbox/{verb}", entryId=ENTRY_ID, **reason)
    if status not in OPEN:
        outcome.assert_no_effect()
        assert outcome.result == {"entry": before}
        assert_unchanged(peer, before)
        return
    said = {"lastError": "why"} if reason else {}
    assert_became(peer, outcome, before, {"cancel": "cancelled"}.get(verb, "superseded"), **said)
    if status == "claimed":
        lost = trigger(peer, "mailbox/ack", entryId=ENTRY_ID, claimToken=token)
        lost.assert_refused("claim_lost", entryId=ENTRY_ID)


@each_status
@each_lease
@pytest.mark.parametrize("verb", ["cancelPending", "interrupt"])
def test_all_that_is_open_is_cancelled_or_superseded_at_once(
    peer: Peer, daemon: DaemonThread, status: str, verb: str, *, late: bool
) -> None:
    _, before = prepare(peer, daemon, status, late=late)
    generation = mailbox_of(peer)["generation"]
    outcome = trigger(peer, f"mailbox/{verb}", mailboxId=MAILBOX)
    assert not outcome.error and outcome.events == []
    changed = outcome.result["entries" if verb == "cancelPending" else "superseded"]
    assert changed == ([entry_of(peer)] if status in OPEN else [])
    if status in OPEN:
        assert entry_of(peer)["status"] == (
            "cancelled" if verb == "cancelPending" else "superseded"
        )
    else:
        assert_unchanged(peer, before)
    state = mailbox_of(peer)
    assert state["generation"] == generation + (verb == "interrupt")
    assert (state["queuedCount"], state["claimedEntryId"]) == (0, None)


@each_status
@each_lease
def test_when_another_of_its_mailbox_is_claimed_a_late_owner_has_lost(
    peer: Peer, daemon: DaemonThread, status: str, *, late: bool
) -> None:
    token, before = prepare(peer, daemon, status, late=late)
    peer.call("mailbox/enqueue", mailboxId=MAILBOX, entryId=RIVAL, priority=9)
    outcome = trigger(peer, "mailbox/claim", consumerId="you", leaseMs=500)
    if status == "claimed" and not late:
        assert outcome.result == {"entries": []}
        assert_unchanged(peer, before)
        return
    assert [entry["id"] for entry in outcome.result["entries"]] == [RIVAL]
    if status != "claimed":
        assert_unchanged(peer, before)
        return
    after = entry_of(peer)
    assert after == {
        **before,
        **NO_CLAIM,
        "status": "queued",
        "updatedAtMs": after["updatedAtMs"],
    }
    lost = trigger(peer, "mailbox/ack", entryId=ENTRY_ID, claimToken=token)
    lost.assert_refused("claim_lost", entryId=ENTRY_ID)


@pytest.mark.parametrize("verb", ["nack", "claim", "claimEntry", "a claim of another"])
def test_without_attempts_left_an_entry_is_a_dead_letter(
    peer: Peer, daemon: DaemonThread, verb: str
) -> None:
    token, before = prepare(peer, daemon, "claimed", late=verb != "nack", maxAttempts=1)
    if verb == "nack":
        outcome = trigger(
            peer, "mailbox/nack", entryId=ENTRY_ID, claimToken=token, error="no", retryAtMs=1
        )
        assert_became(peer, outcome, before, "dead_letter", lastError="no")
        assert entry_of(peer)["availableAtMs"] == before["availableAtMs"]
        return
    claim: dict[str, Any] = {"consumerId": "you", "leaseMs": 1}
    if verb == "claimEntry":
        peer.call("mailbox/claimEntry", entryId=ENTRY_ID, **claim)
    elif verb == "claim":
        assert peer.call("mailbox/claim", **claim) == {"entries": []}
    else:
        peer.call("mailbox/enqueue", mailboxId=MAILBOX, entryId=RIVAL)
        peer.call("mailbox/claimEntry", entryId=RIVAL, **claim)
    after = entry_of(peer)
    assert (after["status"], after["lastError"]) == ("dead_letter", "lease expired")
    lost = trigger(peer, "mailbox/ack", entryId=ENTRY_ID, claimToken=token)
    lost.assert_refused("claim_lost", entryId=ENTRY_ID)


def test_the_table_is_what_the_triggers_do() -> None:
    assert MAILBOX_ENTRY.open == OPEN
    assert set(MAILBOX_ENTRY.transitions["queued"]) == {"claimed", "cancelled", "superseded"}
    assert set(MAILBOX_ENTRY.transitions["claimed"]) == {
        "accepted", "dead_letter", "queued", "cancelled", "superseded",
    }  # fmt: skip
