"""Gather what `daemon/metrics` tells from those who count it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sidecar import __version__
from sidecar.model.recovery import RecoveryReport
from sidecar.rpc.metrics import (
    Metrics,
    ProcessMetrics,
    RecoveredCounts,
    SubscriberMetrics,
    WalMetrics,
)
from sidecar.rpc.peer import StatusCounts
from sidecar.store import upkeep

if TYPE_CHECKING:
    from sidecar.daemon.desk import Desk


def measure(desk: "Desk", recovery: RecoveryReport, started_at_ms: int) -> Metrics:
    """Look at everything once; raises an Outage if the database cannot be read."""
    database, meter = desk.database, desk.meter
    database_bytes, wal_bytes = database.sizes_bytes()
    counts = database.read(database.snapshot(), upkeep.counts)
    return Metrics(
        at_ms=database.source.now_ms(),
        started_at_ms=started_at_ms,
        version=__version__,
        epoch=database.epoch,
        last_seq=database.last_seq,
        process=_process(),
        methods=meter.told(),
        commits=meter.told_commits(),
        queue_depth=desk.queue_depth,
        waiting_requests=len(desk.room),
        connections=len(desk.peers),
        connections_opened=meter.connections,
        subscribers=[
            SubscriberMetrics(subscription.id, lag, subscription.peer.is_stalled)
            for subscription, lag in desk.hub.lags()
        ],
        database_bytes=database_bytes,
        wal=WalMetrics(
            bytes_=wal_bytes,
            checkpoints=database.checkpoints,
            held_up=database.checkpoints_held_up,
        ),
        counts=StatusCounts(*counts),
        recovered=RecoveredCounts(
            turns=len(recovery.turns),
            runs=len(recovery.run_ids),
            requeued_inputs=len(recovery.requeued_input_ids),
            quarantined=len(recovery.quarantined),
        ),
    )


def _process() -> ProcessMetrics:
    used = os.times()
    # Pages: of the whole, and resident (proc(5)).
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return ProcessMetrics(
        pid=os.getpid(),
        cpu_ms=round((used.user + used.system) * 1000),
        resident_bytes=pages * os.sysconf("SC_PAGE_SIZE"),
    )
