"""What `daemon/metrics` answers: counters since the start, and how things are now."""

import msgspec

from sidecar.rpc.peer import StatusCounts


class Durations(msgspec.Struct, frozen=True, rename="camel"):
    """Count by how long it took: `counts[i]` up to `boundsMs[i]`, the last one beyond them all."""

    bounds_ms: list[float]
    counts: list[int]
    sum_ms: float


class Sizes(msgspec.Struct, frozen=True, rename="camel"):
    """Count by how many: `counts[i]` up to `bounds[i]`, the last one beyond them all."""

    bounds: list[int]
    counts: list[int]
    sum: int


class Outcome(msgspec.Struct, frozen=True, rename="camel"):
    """Count the requests of a method that ended so: `ok`, or the kind of an error."""

    outcome: str
    count: int


class MethodMetrics(msgspec.Struct, frozen=True, rename="camel"):
    """Tell how a method is used; `unknown` stands for what is no method."""

    method: str
    outcomes: list[Outcome]
    durations: Durations


class CommitMetrics(msgspec.Struct, frozen=True, rename="camel"):
    """Tell of the groups that were committed, and of those that were lost and run again."""

    requests: Sizes
    durations: Durations
    reruns: int


class WalMetrics(msgspec.Struct, frozen=True, rename="camel"):
    """Tell of the write-ahead log; `heldUp` counts the checkpoints that a reader kept short."""

    bytes_: int = msgspec.field(name="bytes")
    checkpoints: int
    held_up: int


class SubscriberMetrics(msgspec.Struct, frozen=True, rename="camel"):
    """Tell how many events a subscription is behind, and whether its peer reads."""

    subscription_id: str
    lag_events: int
    stalled: bool


class RecoveredCounts(msgspec.Struct, frozen=True, rename="camel"):
    """Count what the start of this epoch found."""

    turns: int
    runs: int
    requeued_inputs: int
    quarantined: int


class ProcessMetrics(msgspec.Struct, frozen=True, rename="camel"):
    """Tell what the process uses."""

    pid: int
    cpu_ms: int
    resident_bytes: int


class Metrics(msgspec.Struct, frozen=True, rename="camel"):
    """Answer `daemon/metrics`."""

    at_ms: int
    started_at_ms: int
    version: str
    epoch: int
    last_seq: int
    process: ProcessMetrics
    methods: list[MethodMetrics]
    commits: CommitMetrics
    queue_depth: int
    waiting_requests: int
    connections: int
    connections_opened: int
    subscribers: list[SubscriberMetrics]
    database_bytes: int
    wal: WalMetrics
    counts: StatusCounts
    recovered: RecoveredCounts
