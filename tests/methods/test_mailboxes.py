"""Mailboxes: retries, order, one claim per mailbox, generations."""

import pytest

from tests.methods.steps import (
    Record,
    claim,
    enqueue,
    get_entry,
    ids_of,
    kind_of,
    last_seq,
    refused,
)
from tests.support import DaemonThread, Peer
from tests.support.source import START_MS

LATER_MS = START_MS + 3_600_000


def state(peer: Peer, mailbox: str = "m") -> Record:
    record: Record = peer.call("mailbox/state", mailboxId=mailbox)["mailbox"]
    return record


def generation(peer: Peer, mailbox: str = "m") -> int:
    number: int = state(peer, mailbox)["generation"]
    return number


# -- enqueue ---------------------------------------------------------------------------------------


def test_a_new_entry_has_every_field(peer: Peer) -> None:
    entry = peer.call("mailbox/enqueue", mailboxId="m")["entry"]
    assert entry["id"].startswith("mbe_")
    at_ms = entry["createdAtMs"]
    assert entry == {
        "id": entry["id"],
        "mailboxId": "m",
        "payload": None,
        "origin": "external",
        "senderId": None,
        "priority": 0,
        "dedupeKey": None,
        "generation": 0,
        "status": "queued",
        "availableAtMs": at_ms,
        "attemptCount": 0,
        "maxAttempts": None,
        "lastError": None,
        "claimToken": None,
        "claimedBy": None,
        "leaseUntilMs": None,
        "createdAtMs": at_ms,
        "updatedAtMs": at_ms,
    }


def test_an_entry_queued_again_is_the_stored_one_as_it_is_by_then(peer: Peer) -> None:
    given: Record = {"payload": {"a": 1, "b": [2]}, "dedupeKey": "k", "maxAttempts": 2}
    enqueue(peer, "e", **given)
    (claimed,) = claim(peer)
    peer.call("mailbox/interrupt", mailboxId="m")
    again = enqueue(peer, "e", **{**given, "payload": {"b": [2], "a": 1.0}}, priority=0)
    assert again == get_entry(peer, "e")
    assert (again["status"], again["attemptCount"]) == ("superseded", 1)
    assert claimed["id"] == "e"


@pytest.mark.parametrize(
    "other",
    [
        {"payload": 2},
        {"priority": 1},
        {"origin": "internal"},
        {"senderId": "s"},
        {"dedupeKey": "k"},
        {"maxAttempts": 1},
        {"generation": 0},
        {"availableAtMs": START_MS},
        {"mailboxId": "other"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_an_entry_queued_again_with_other_content_is_a_mismatch(peer: Peer, other: Record) -> None:
    enqueue(peer, "e", payload=1)
    params = {"mailboxId": "m", "entryId": "e", "payload": 1, **other}
    data = refused(peer, "mailbox/enqueue", **params)
    assert data == {"kind": "idempotency_mismatch", "retryable": False, "id": "e"}


def test_a_dedupe_key_is_held_until_its_entry_is_purged(peer: Peer, daemon: DaemonThread) -> None:
    enqueue(peer, "e", dedupeKey="k")
    enqueue(peer, "elsewhere", mailbox="other", dedupeKey="k")
    for _ in range(2):
        data = refused(peer, "mailbox/enqueue", mailboxId="m", dedupeKey="k")
        assert data == {"kind": "already_exists", "retryable": False, "id": "e"}
        peer.call("mailbox/cancel", entryId="e")
    daemon.source.advance_ms(1000)
    at_ms = daemon.source.at_ms
    assert peer.call("mailbox/purge", olderThanAtMs=at_ms) == {"purged": 1}
    assert enqueue(peer, "e", dedupeKey="k", priority=3)["status"] == "queued"


def test_another_generation_is_a_mismatch_and_leaves_no_mailbox(peer: Peer) -> None:
    data = refused(peer, "mailbox/enqueue", mailboxId="m", generation=3)
    assert (data["kind"], data["expected"], data["actual"]) == ("generation_mismatch", 0, 3)
    assert state(peer)["updatedAtMs"] is None
    peer.call("mailbox/interrupt", mailboxId="m")
    data = refused(peer, "mailbox/enqueue", mailboxId="m", generation=0)
    assert (data["expected"], data["actual"]) == (1, 0)
    assert enqueue(peer, "e", generation=1)["generation"] == 1
    assert enqueue(peer, "f")["generation"] == 1


def test_mailboxes_write_no_events(peer: Peer) -> None:
    enqueue(peer, "e")
    (entry,) = claim(peer)
    peer.call("mailbox/ack", entryId="e", claimToken=entry["claimToken"])
    peer.call("mailbox/interrupt", mailboxId="m")
    assert last_seq(peer) == 0


# -- claims ----------------------------------------------------------------------------------------


def test_the_order_is_priority_then_time_then_id(peer: Peer, daemon: DaemonThread) -> None:
    frozen = daemon.source.at_ms
    daemon.source.now_ms = lambda: frozen  # type: ignore[method-assign]  # time stands still
    queued = {
        "b": {"priority": 0},
        "a": {"priority": 0},
        "early": {"priority": 0, "availableAtMs": 5},
        "urgent": {"priority": 255},
        "middle": {"priority": 7, "availableAtMs": frozen},
        "future": {"priority": 255, "availableAtMs": frozen + 1},
    }
    for number, (entry_id, params) in enumerate(queued.items()):
        enqueue(peer, entry_id, mailbox=f"m{number}", **params)
    expected = ["urgent", "middle", "early", "a", "b"]
    assert ids_of(peer.call("mailbox/list")["data"]) == ["urgent", "future", *expected[1:]]
    assert ids_of(claim(peer, limit=2)) == expected[:2]
    assert ids_of(claim(peer, limit=100)) == expected[2:]
    assert claim(peer) == []


def test_a_claim_takes_one_of_a_mailbox_and_none_of_a_busy_one(peer: Peer) -> None:
    for mailbox in ("a", "b"):
        for number in range(3):
            enqueue(peer, f"{mailbox}{number}", mailbox=mailbox)
    assert ids_of(claim(peer, limit=10)) == ["a0", "b0"]
    assert claim(peer, limit=10) == []
    assert claim(peer, mailboxId="a") == claim(peer, mailboxId="unknown") == []
    peer.call("mailbox/cancel", entryId="b0")
    assert ids_of(claim(peer, limit=10)) == ["b1"]


def test_each_claim_has_a_token_of_its_own_that_is_shown_once(peer: Peer) -> None:
    for number in range(3):
        enqueue(peer, f"e{number}", mailbox=f"m{number}")
    tokens = [entry["claimToken"] for entry in claim(peer, limit=3)]
    assert len(set(tokens)) == 3 and all(len(token) == 32 for token in tokens)
    shown = [
        *peer.call("mailbox/list")["data"],
        get_entry(peer, "e0"),
        enqueue(peer, "e1", mailbox="m1"),
        *peer.call("mailbox/cancelPending", mailboxId="m2")["entries"],
    ]
    assert {entry["claimToken"] for entry in shown} == {None}


@pytest.mark.parametrize(("limit", "count"), [(None, 1), (-1, 1), (0, 1), (7, 7), (1000, 100)])
def test_the_limit_of_a_claim_is_clamped(peer: Peer, limit: int | None, count: int) -> None:
    requests = [peer.request("mailbox/enqueue", {"mailboxId": f"m{n}"}) for n in range(105)]
    peer.exchange(requests)
    assert len(claim(peer, limit=limit)) == count


def test_an_entry_claimed_by_name_before_its_time_can_be_claimed_when_its_lease_has_ended(
    peer: Peer, daemon: DaemonThread
) -> None:
    enqueue(peer, "e", availableAtMs=LATER_MS)
    assert claim(peer) == []
    taken = peer.call("mailbox/claimEntry", entryId="e", consumerId="w", leaseMs=5)["entry"]
    assert taken["availableAtMs"] == LATER_MS
    daemon.source.advance_ms(10)
    assert ids_of(claim(peer)) == ["e"]


def test_an_ended_lease_shows_as_claimed_until_something_is_claimed(
    peer: Peer, daemon: DaemonThread
) -> None:
    enqueue(peer, "e")
    (entry,) = claim(peer, leaseMs=5)
    daemon.source.advance_ms(10)
    assert get_entry(peer, "e")["status"] == "claimed" and state(peer)["claimedEntryId"] == "e"
    enqueue(peer, "elsewhere", mailbox="other", priority=9)
    assert ids_of(claim(peer)) == ["elsewhere"]
    answer = peer.call("mailbox/ack", entryId="e", claimToken=entry["claimToken"])
    assert answer["entry"]["status"] == "accepted"


def test_the_end_of_a_claim_said_again_is_answered_with_the_entry_as_it_is(peer: Peer) -> None:
    enqueue(peer, "e")
    (first,) = claim(peer)
    nack = {"entryId": "e", "claimToken": first["claimToken"], "error": "no"}
    once = peer.call("mailbox/nack", **nack)
    assert peer.call("mailbox/nack", **{**nack, "error": "other", "retryAtMs": LATER_MS}) == once
    (second,) = claim(peer)
    again = peer.call("mailbox/nack", **nack)["entry"]
    assert again == {**second, "claimToken": None} and again["lastError"] == "no"
    ended = {"entryId": "e", "claimToken": first["claimToken"]}
    assert kind_of(peer, "mailbox/ack", **ended) == "claim_lost"
    ack = {"entryId": "e", "claimToken": second["claimToken"]}
    done = peer.call("mailbox/ack", **ack)
    assert peer.call("mailbox/ack", **ack) == done
    # However many claims have come and gone since.
    assert peer.call("mailbox/nack", **nack) == done
    assert refused(peer, "mailbox/nack", **ack, error="x")["entryId"] == "e"


def test_the_ends_of_the_latest_hundred_claims_are_remembered(peer: Peer) -> None:
    enqueue(peer, "e")
    nacks = []
    for _ in range(102):
        (entry,) = claim(peer)
        nacks.append({"entryId": "e", "claimToken": entry["claimToken"], "error": "no"})
        peer.call("mailbox/nack", **nacks[-1])
    assert kind_of(peer, "mailbox/nack", **nacks[1]) == "claim_lost"
    for nack in nacks[2:]:
        assert peer.call("mailbox/nack", **nack)["entry"]["attemptCount"] == 102


def test_a_nack_is_queued_again_at_once_or_from_a_moment_on(
    peer: Peer, daemon: DaemonThread
) -> None:
    enqueue(peer, "e", availableAtMs=5)
    for retry_at_ms in (LATER_MS, None):
        (entry,) = claim(peer)
        answer = peer.call(
            "mailbox/nack",
            entryId="e",
            claimToken=entry["claimToken"],
            error="no",
            retryAtMs=retry_at_ms,
        )["entry"]
        assert answer["availableAtMs"] == (retry_at_ms or answer["updatedAtMs"])
        assert len(claim(peer)) == (retry_at_ms is None)
        daemon.source.at_ms = LATER_MS
    assert get_entry(peer, "e")["attemptCount"] == 3


@pytest.mark.parametrize("verb", ["ack", "nack", "deadLetter"])
def test_an_unknown_entry_cannot_be_ended(peer: Peer, verb: str) -> None:
    error = {} if verb == "ack" else {"error": "x"}
    data = refused(peer, f"mailbox/{verb}", entryId="nope", claimToken="", **error)
    assert (data["kind"], data["id"]) == ("mailbox_entry_not_found", "nope")


def test_what_is_unknown_is_null_where_the_contract_says_so(peer: Peer) -> None:
    given = {"consumerId": "w", "leaseMs": 1}
    assert peer.call("mailbox/claimEntry", entryId="nope", **given) == {"entry": None}
    assert peer.call("mailbox/cancel", entryId="nope") == {"entry": None}
    assert peer.call("mailbox/supersede", entryId="nope", reason="x") == {"entry": None}
    assert peer.call("mailbox/cancelPending", mailboxId="nope") == {"entries": []}
    assert kind_of(peer, "mailbox/get", entryId="nope") == "mailbox_entry_not_found"
    assert state(peer, "nope") == {
        "id": "nope",
        "generation": 0,
        "queuedCount": 0,
        "claimedEntryId": None,
        "updatedAtMs": None,
    }


# -- generations -----------------------------------------------------------------------------------


def test_an_interrupt_supersedes_what_is_open_and_a_generation_never_goes_back(
    peer: Peer, daemon: DaemonThread
) -> None:
    for number in range(3):
        enqueue(peer, f"e{number}", priority=number)
    (claimed,) = claim(peer)
    answer = peer.call("mailbox/interrupt", mailboxId="m")
    assert ids_of(answer["superseded"]) == ["e2", "e1", "e0"]
    assert {entry["lastError"] for entry in answer["superseded"]} == {"superseded by interrupt"}
    assert answer["mailbox"] == state(peer)
    ack = {"entryId": "e2", "claimToken": claimed["claimToken"]}
    assert kind_of(peer, "mailbox/ack", **ack) == "claim_lost"
    daemon.source.advance_ms(1000)
    assert peer.call("mailbox/purge", olderThanAtMs=daemon.source.at_ms) == {"purged": 3}
    assert generation(peer) == 1
    numbers = [
        peer.call("mailbox/interrupt", mailboxId="m")["mailbox"]["generation"] for _ in range(2)
    ]
    assert numbers == [2, 3]


def test_an_interrupt_makes_an_unknown_mailbox(peer: Peer) -> None:
    answer = peer.call("mailbox/interrupt", mailboxId="m")
    assert answer["superseded"] == []
    assert answer["mailbox"] == state(peer)
    assert answer["mailbox"]["generation"] == 1 and answer["mailbox"]["updatedAtMs"] is not None


def test_cancel_pending_spares_one(peer: Peer) -> None:
    for number in range(4):
        enqueue(peer, f"e{number}")
    claim(peer)
    gone = peer.call("mailbox/cancelPending", mailboxId="m", excludeEntryId="e2")["entries"]
    assert ids_of(gone) == ["e0", "e1", "e3"]
    assert ids_of(claim(peer)) == ["e2"]
