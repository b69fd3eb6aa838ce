"""usage/aggregate: what turns have used, and a cost that is never worked out twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sidecar.model.limits import MAX_INTEGER
from sidecar.model.price import Price, Prices
from tests.support import DaemonThread, Peer, Refused

DAY_MS = 86_400_000
PRICES = Prices({"large": Price(input=2.0, output=10.0, cached=0.5)})


@pytest.fixture
def daemon(folder: Path) -> Iterator[DaemonThread]:
    with DaemonThread(folder, prices=PRICES) as running:
        yield running


def use(peer: Peer, thread_id: str, **usage: float) -> dict[str, Any]:
    """Run one turn that used so much, and answer its usage."""
    turn = peer.call("turn/start", threadId=thread_id)["turn"]
    answer = peer.call("turn/complete", turnId=turn["id"], usage=usage)
    used: dict[str, Any] = answer["turn"]["usage"]
    return used


def test_nothing_used_is_a_sum_of_nothing(peer: Peer) -> None:
    assert peer.call("usage/aggregate") == {
        "groupBy": "day",
        "sinceMs": None,
        "untilMs": None,
        "totals": {
            "key": None,
            "turns": 0,
            "inputTokens": 0,
            "outputTokens": 0,
            "cachedTokens": 0,
            "missTokens": 0,
            "reasoningTokens": 0,
            "costUsd": 0.0,
            "costUsdWithoutCache": 0.0,
            "cacheSavingsUsd": 0.0,
            "cacheHitRate": None,
        },
        "buckets": [],
        "cacheTelemetryIncomplete": False,
    }


def test_a_cost_that_no_sum_holds_is_refused(peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    peer.call("turn/start", threadId="t", turnId="u")
    with pytest.raises(Refused) as refused:
        peer.call("turn/complete", turnId="u", usage={"costUsd": 1.7e308})
    assert refused.value.data["path"] == "usage.costUsd"
    peer.call("turn/complete", turnId="u")
    for _ in range(2):
        use(peer, "t", costUsd=MAX_INTEGER)
    for group_by in ("day", "thread"):
        totals = peer.call("usage/aggregate", groupBy=group_by)["totals"]
        assert totals["costUsd"] == totals["costUsdWithoutCache"] == 2 * MAX_INTEGER


def test_tokens_costs_and_savings_are_summed_up(peer: Peer) -> None:
    peer.call("thread/create", threadId="t", model="large")
    use(peer, "t", inputTokens=1_000_000, cachedTokens=500_000, outputTokens=100_000)
    use(peer, "t", inputTokens=1_000_000, cachedTokens=0, missTokens=1_000_000, reasoningTokens=7)
    totals = peer.call("usage/aggregate")["totals"]
    assert (totals["turns"], totals["inputTokens"], totals["outputTokens"]) == (
        2,
        2_000_000,
        100_000,
    )
    assert (totals["cachedTokens"], totals["missTokens"]) == (500_000, 1_500_000)
    assert totals["reasoningTokens"] == 7
    assert totals["costUsd"] == pytest.approx(1.0 + 0.25 + 1.0 + 2.0)
    assert totals["costUsdWithoutCache"] == pytest.approx(2.0 + 1.0 + 2.0)
    assert totals["cacheSavingsUsd"] == pytest.approx(0.75)
    assert totals["cacheHitRate"] == 0.25


def test_turns_that_told_nothing_do_not_count(peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    turn = peer.call("turn/start", threadId="t")["turn"]
    peer.call("turn/complete", turnId=turn["id"])
    peer.call("turn/start", threadId="t")
    assert peer.call("usage/aggregate")["totals"]["turns"] == 0


def test_a_turn_that_did_not_tell_its_cache_is_told_of(peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    use(peer, "t", inputTokens=10, cachedTokens=0)
    assert not peer.call("usage/aggregate")["cacheTelemetryIncomplete"]
    use(peer, "t", inputTokens=10)
    answer = peer.call("usage/aggregate")
    assert answer["cacheTelemetryIncomplete"] and answer["totals"]["missTokens"] == 20


@pytest.mark.parametrize(
    ("group_by", "keys"),
    [
        ("day", ["2023-11-14", "2023-11-15"]),
        ("model", ["large", "small", None]),
        ("provider", ["here", None]),
        ("thread", ["a", "b", "c"]),
    ],
)
def test_it_is_summed_up_by(
    daemon: DaemonThread, peer: Peer, group_by: str, keys: list[str | None]
) -> None:
    peer.call("thread/create", threadId="a", model="large", provider="here")
    peer.call("thread/create", threadId="b", model="small", provider="here")
    use(peer, "a", inputTokens=1, cachedTokens=0)
    use(peer, "b", inputTokens=2, cachedTokens=0)
    daemon.source.advance_ms(DAY_MS)
    peer.call("thread/create", threadId="c")
    use(peer, "c", inputTokens=4, cachedTokens=0)
    answer = peer.call("usage/aggregate", groupBy=group_by)
    assert [bucket["key"] for bucket in answer["buckets"]] == keys
    assert sum(bucket["inputTokens"] for bucket in answer["buckets"]) == 7
    assert answer["totals"]["inputTokens"] == 7


def test_both_ends_of_the_span_belong_to_it(peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    made: list[int] = []
    for tokens in (1, 2, 4):
        use(peer, "t", inputTokens=tokens)
        turns = peer.call("turn/list", threadId="t", order="desc", limit=1)["data"]
        made.append(turns[0]["createdAtMs"])
    for since, until, tokens in [(0, 2, 7), (1, 1, 2), (1, 2, 6), (0, 1, 3)]:
        span = {"sinceMs": made[since], "untilMs": made[until]}
        answer = peer.ask("usage/aggregate", span)
        assert answer["totals"]["inputTokens"] == tokens
        assert {name: answer[name] for name in span} == span


def test_a_cost_is_fixed_when_its_turn_completes(peer: Peer) -> None:
    peer.call("thread/create", threadId="t", model="large", provider="one")
    assert use(peer, "t", inputTokens=1_000_000)["costUsd"] == 2.0
    peer.call("thread/update", threadId="t", model="other", provider="two")
    buckets = peer.call("usage/aggregate", groupBy="model")["buckets"]
    assert [(b["key"], b["costUsd"]) for b in buckets] == [("large", 2.0)]


def test_other_prices_after_a_restart_change_nothing_that_was_counted(folder: Path) -> None:
    with DaemonThread(folder, prices=PRICES) as daemon, daemon.peer() as peer:
        peer.call("thread/create", threadId="t", model="large")
        turn = peer.call("turn/start", threadId="t")["turn"]
        peer.call("turn/complete", turnId=turn["id"], usage={"inputTokens": 1_000_000})
    dear = Prices({"large": Price(input=100.0, output=100.0)})
    with DaemonThread(folder, prices=dear) as daemon, daemon.peer() as peer:
        assert peer.call("turn/get", turnId=turn["id"])["turn"]["usage"]["costUsd"] == 2.0
        peer.call("turn/complete", turnId=turn["id"], status="failed", force=True)
        assert peer.call("usage/aggregate")["totals"]["costUsd"] == 2.0


def test_a_cost_that_the_client_knows_is_kept(peer: Peer) -> None:
    peer.call("thread/create", threadId="t", model="large")
    assert use(peer, "t", inputTokens=1_000_000, costUsd=0.125)["costUsd"] == 0.125
    assert peer.call("usage/aggregate")["totals"]["costUsd"] == 0.125


def test_without_a_price_there_is_no_cost(peer: Peer) -> None:
    peer.call("thread/create", threadId="t", model="unheard of")
    assert use(peer, "t", inputTokens=1)["costUsd"] is None


def test_counts_that_nobody_can_add_up_break_nothing(peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    for _ in range(1025):
        use(peer, "t", inputTokens=2**53 - 1)
    assert peer.call("usage/aggregate")["totals"]["inputTokens"] >= 2**62


def test_it_sees_what_its_peer_wrote_before_it(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    turn = peer.call("turn/start", threadId="t")["turn"]
    complete = {"turnId": turn["id"], "usage": {"inputTokens": 5}}
    requests = [peer.request("turn/complete", complete), peer.request("usage/aggregate")]
    answers = peer.pipeline(requests)
    assert answers[requests[1]["id"]]["result"]["totals"]["inputTokens"] == 5
    assert daemon


@pytest.mark.parametrize(("cached", "missed", "rate"), [(5, 5, 0.5), (5, 0, 1.0), (0, 5, 0.0)])
def test_the_rate_of_hits_is_of_what_was_read_at_all(
    peer: Peer, cached: int, missed: int, rate: float
) -> None:
    peer.call("thread/create", threadId="t")
    use(peer, "t", inputTokens=10, cachedTokens=cached, missTokens=missed)
    assert peer.call("usage/aggregate")["totals"]["cacheHitRate"] == rate
