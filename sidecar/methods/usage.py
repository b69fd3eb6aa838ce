"""Usage: what turns have used and cost."""

from sidecar.model.fields import Moment
from sidecar.model.usage import GroupBy, UsageAggregate
from sidecar.rpc.registry import method
from sidecar.store import usage
from sidecar.store.transaction import Scan


@method("usage/aggregate", since="0.1.0")
def aggregate(
    db: Scan,
    *,
    group_by: GroupBy = "day",
    since_ms: Moment | None = None,
    until_ms: Moment | None = None,
) -> UsageAggregate:
    """Sum up what turns have used, by day (UTC), model, provider or thread.

    By the time a turn was made; both ends of the span belong to it. Misses that were not given
    are the input that was not cached. A cost was fixed when its turn completed.
    """
    return usage.aggregate(db, group_by, since_ms, until_ms)
