"""Mailboxes: pages in claim order, counts, purges, params."""

from itertools import pairwise, product

import pytest

from sidecar.store import mailbox_list
from tests.methods.steps import Record, claim, enqueue, flat, get_entry, pages, refused
from tests.support import Peer


def furnish(peer: Peer) -> list[Record]:
    """Fill two mailboxes with entries of every status, origin and some priorities."""
    for number in range(24):
        enqueue(
            peer,
            f"e{number:02}",
            mailbox=f"m{number % 2}",
            origin="internal" if number % 3 == 0 else "external",
            priority=number % 4,
        )
    verbs: list[tuple[str, Record]] = [("ack", {}), ("deadLetter", {"error": "x"})] * 2
    for verb, params in verbs:
        (entry,) = claim(peer)
        token = {"entryId": entry["id"], "claimToken": entry["claimToken"]}
        peer.call(f"mailbox/{verb}", **token, **params)
    for entry_id in ("e04", "e05", "e06"):
        peer.call("mailbox/cancel", entryId=entry_id)
        peer.call("mailbox/supersede", entryId=f"e1{entry_id[-1]}", reason="x")
    claim(peer, limit=2)
    everything: list[Record] = peer.call("mailbox/list", limit=200)["data"]
    return everything


def test_a_list_is_in_claim_order(peer: Peer) -> None:
    everything = furnish(peer)
    assert len(everything) == 24 and len({entry["status"] for entry in everything}) == 6
    places = [(-e["priority"], e["availableAtMs"], e["createdAtMs"], e["id"]) for e in everything]
    assert all(one < other for one, other in pairwise(places))


@pytest.mark.parametrize("scan", [1, 4, 20_000])
def test_every_filter_with_every_other_over_pages(
    peer: Peer, scan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = furnish(peer)
    monkeypatch.setattr(mailbox_list, "MAX_ENTRY_SCAN", scan)
    values = {name: {e[name] for e in everything} for name in ("mailboxId", "status", "origin")}
    for filters in (
        {name: value for name, value in zip(values, chosen, strict=True) if value is not None}
        for chosen in product(*([None, *sorted(each)] for each in values.values()))
    ):
        expected = [e for e in everything if all(e[name] == filters[name] for name in filters)]
        for limit in (1, 5, 200):
            assert flat(pages(peer, "mailbox/list", limit, **filters)) == expected, filters
    assert peer.call("mailbox/list", mailboxId="nope") == {"data": [], "nextCursor": None}


def test_a_page_that_looked_at_enough_says_where_to_go_on(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(peer)
    monkeypatch.setattr(mailbox_list, "MAX_ENTRY_SCAN", 10)
    looked = pages(peer, "mailbox/list", 50, status="accepted")
    assert [len(page) for page in looked] == [2, 0, 0]
    for status in ("queued", "dead_letter", None):
        assert len(pages(peer, "mailbox/list", 50, status=status)) == 1


def test_the_status_counts_what_is_queued_and_claimed(peer: Peer) -> None:
    everything = [entry["status"] for entry in furnish(peer)]
    counts = peer.call("daemon/status")["counts"]
    assert counts["mailboxQueued"] == everything.count("queued") > 0
    assert counts["mailboxClaimed"] == everything.count("claimed") == 2


def test_a_purge_takes_ended_entries_that_are_older(peer: Peer) -> None:
    everything = furnish(peer)
    ended = [e for e in everything if e["status"] not in ("queued", "claimed")]
    moment = sorted(entry["updatedAtMs"] for entry in ended)[3]
    old = {entry["id"] for entry in ended if entry["updatedAtMs"] < moment}
    assert peer.call("mailbox/purge", olderThanAtMs=moment) == {"purged": len(old)}
    assert len(old) == 3
    left = peer.call("mailbox/list", limit=200)["data"]
    assert left == [entry for entry in everything if entry["id"] not in old]
    assert peer.call("mailbox/purge", olderThanAtMs=moment) == {"purged": 0}


def test_a_thread_that_is_deleted_leaves_the_mailbox_of_its_name(peer: Peer) -> None:
    peer.call("thread/create", threadId="m")
    before = enqueue(peer, "e")
    peer.call("thread/delete", threadId="m")
    assert get_entry(peer, "e") == before


@pytest.mark.parametrize(
    ("method", "path", "value"),
    [
        ("enqueue", "priority", -1),
        ("enqueue", "priority", 256),
        ("enqueue", "maxAttempts", 0),
        ("enqueue", "availableAtMs", -1),
        ("enqueue", "generation", -1),
        ("enqueue", "origin", "other"),
        ("enqueue", "mailboxId", "a b"),
        ("enqueue", "entryId", ""),
        ("enqueue", "dedupeKey", ""),
        ("enqueue", "senderId", "a\n"),
        ("claim", "leaseMs", 0),
        ("claim", "leaseMs", 86_400_001),
        ("claim", "consumerId", "x" * 257),
        ("claim", "mailboxId", "é"),
        ("claim", "limit", "1"),
        ("claim", "waitMs", 0.5),
        ("list", "cursor", "WzFd"),
        ("list", "status", "open"),
        ("purge", "olderThanAtMs", 2**53),
    ],
)
def test_a_param_out_of_its_range_is_refused_by_its_path(
    peer: Peer, method: str, path: str, value: object
) -> None:
    needed: dict[str, Record] = {
        "enqueue": {"mailboxId": "m"},
        "claim": {"consumerId": "w", "leaseMs": 1},
    }
    data = refused(peer, f"mailbox/{method}", **{**needed.get(method, {}), path: value})
    assert (data["kind"], data["path"]) == ("invalid_params", path)


def test_null_for_an_optional_param_is_absent(peer: Peer) -> None:
    optional = ["entryId", "payload", "origin", "senderId", "priority", "dedupeKey", "generation",
                "availableAtMs", "maxAttempts"]  # fmt: skip
    assert peer.call("mailbox/enqueue", mailboxId="m", **dict.fromkeys(optional))
    assert len(claim(peer, mailboxId=None, limit=None, waitMs=None)) == 1
    names = ("mailboxId", "status", "origin", "cursor", "limit")
    assert len(peer.call("mailbox/list", **dict.fromkeys(names))["data"]) == 1
