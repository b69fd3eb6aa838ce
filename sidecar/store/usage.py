"""Sum up what turns have used, from one index that holds all that is asked for."""

import math
from typing import NamedTuple

from sidecar.model.usage import GroupBy, UsageAggregate, UsageSum
from sidecar.store.transaction import Snapshot

# total() rather than sum(), which fails where counts that clients made up pass 64 bits.
SUMS = """
    count(*), total(input_tokens), total(output_tokens), total(cached_tokens),
    total(coalesce(
        miss_tokens, max(0, coalesce(input_tokens, 0) - coalesce(cached_tokens, 0))
    )),
    total(reasoning_tokens), total(cost_usd), total(cost_without_cache_usd),
    total(input_tokens > 0 AND cached_tokens IS NULL)
"""
SPAN = """
FROM turns INDEXED BY turns_usage
WHERE has_usage = 1 AND created_at_ms BETWEEN :since_ms AND :until_ms
"""
DAY_MS = 86_400_000
BY_KEY: dict[GroupBy, str] = {
    "day": f"""
SELECT strftime('%Y-%m-%d', day * 86400, 'unixepoch'), * FROM (
    SELECT created_at_ms / {DAY_MS} AS day, {SUMS} {SPAN} GROUP BY day
) ORDER BY day
""",
    "model": f"SELECT model, NULL, {SUMS} {SPAN} GROUP BY model ORDER BY model NULLS LAST",
    "provider": (
        f"SELECT provider, NULL, {SUMS} {SPAN} GROUP BY provider ORDER BY provider NULLS LAST"
    ),
    "thread": f"""
SELECT (SELECT id FROM threads WHERE key = thread_key) AS name, * FROM (
    SELECT thread_key, {SUMS} {SPAN} GROUP BY thread_key
) ORDER BY name
""",
}
# Every moment that a turn can have.
FIRST_MS, LAST_MS = -(2**62), 2**62


class _Bucket(NamedTuple):
    """Be a row of BY_KEY."""

    key: str | None
    group: int | None
    turns: int
    input_tokens: float
    output_tokens: float
    cached_tokens: float
    miss_tokens: float
    reasoning_tokens: float
    cost_usd: float
    without_cache_usd: float
    incomplete: float


def aggregate(
    db: Snapshot, group_by: GroupBy, since_ms: int | None, until_ms: int | None
) -> UsageAggregate:
    """Sum up the turns made in a span of time, both ends included."""
    rows = db.rows(
        BY_KEY[group_by],
        since_ms=FIRST_MS if since_ms is None else since_ms,
        until_ms=LAST_MS if until_ms is None else until_ms,
    )
    buckets = [_Bucket(*row) for row in rows]  # type: ignore[arg-type]  # the statement's own
    return UsageAggregate(
        group_by=group_by,
        since_ms=since_ms,
        until_ms=until_ms,
        totals=_sum(None, buckets),
        buckets=[_sum(bucket.key, [bucket]) for bucket in buckets],
        cache_telemetry_incomplete=any(bucket.incomplete for bucket in buckets),
    )


def _sum(key: str | None, buckets: list[_Bucket]) -> UsageSum:
    cached = int(sum(each.cached_tokens for each in buckets))
    missed = int(sum(each.miss_tokens for each in buckets))
    cost = math.fsum(each.cost_usd for each in buckets)
    without_cache = math.fsum(each.without_cache_usd for each in buckets)
    return UsageSum(
        key=key,
        turns=sum(each.turns for each in buckets),
        input_tokens=int(sum(each.input_tokens for each in buckets)),
        output_tokens=int(sum(each.output_tokens for each in buckets)),
        cached_tokens=cached,
        miss_tokens=missed,
        reasoning_tokens=int(sum(each.reasoning_tokens for each in buckets)),
        cost_usd=cost,
        cost_usd_without_cache=without_cache,
        cache_savings_usd=without_cache - cost,
        cache_hit_rate=cached / (cached + missed) if cached + missed else None,
    )
