"""What turns have used, summed up by day, model, provider or thread."""

from typing import Literal

import msgspec

GroupBy = Literal["day", "model", "provider", "thread"]


class UsageSum(msgspec.Struct, frozen=True, rename="camel"):
    """Sum up the turns that said what they used; tokens are counts, costs US dollars.

    `key` is the day (UTC), the model, the provider or the thread's id; null for turns without
    one, and for the totals. `cacheHitRate` is null where nothing could be cached.
    """

    key: str | None
    turns: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    miss_tokens: int
    reasoning_tokens: int
    cost_usd: float
    cost_usd_without_cache: float
    cache_savings_usd: float
    cache_hit_rate: float | None


class UsageAggregate(msgspec.Struct, frozen=True, rename="camel"):
    """Answer the sums of a span of time; both ends belong to it, null is open.

    `cacheTelemetryIncomplete` says that some turn did not tell its cached tokens.
    """

    group_by: GroupBy
    since_ms: int | None
    until_ms: int | None
    totals: UsageSum
    buckets: list[UsageSum]
    cache_telemetry_incomplete: bool
