"""What a handler may ask of the connection that it serves and of the process around it."""

from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from sidecar.model.json_value import Json
from sidecar.model.limits import Limits
from sidecar.model.recovery import RecoveryReport
from sidecar.store.database import Durability
from sidecar.store.pruning import Wanted
from sidecar.store.transaction import Snapshot

if TYPE_CHECKING:
    from sidecar.rpc.metrics import Metrics

LogLevel = Literal["debug", "info", "warning", "error"]


class ServerInfo(msgspec.Struct, frozen=True, rename="camel"):
    """Name the program."""

    name: str
    version: str


class Capabilities(msgspec.Struct, frozen=True, rename="camel"):
    """Tell what this daemon can do beyond answering requests."""

    framings: list[str]


class Initialized(msgspec.Struct, frozen=True, rename="camel"):
    """Answer `initialize`."""

    protocol_version: int
    server_info: ServerInfo
    epoch: int
    database_id: str
    last_seq: int
    durability: Durability
    limits: Limits
    capabilities: Capabilities


class StatusCounts(msgspec.Struct, frozen=True, rename="camel"):
    """Count what waits and what works."""

    threads: int
    turns_in_progress: int
    turns_queued: int
    inputs_pending: int
    mailbox_queued: int
    mailbox_claimed: int


class WriterStatus(msgspec.Struct, frozen=True, rename="camel"):
    """Tell how the writer does: groups committed, requests in them, requests that wait."""

    commits: int
    requests: int
    requests_per_commit: float
    queue_depth: int


class BackupRunning(msgspec.Struct, frozen=True, rename="camel"):
    """Tell how far a copy is that is being made."""

    path: str
    copied_bytes: int
    total_bytes: int


class BackupsStatus(msgspec.Struct, frozen=True, rename="camel"):
    """Tell of copies since the start; `lastError` is null again after one that went well."""

    running: list[BackupRunning]
    last_path: str | None
    last_at_ms: int | None
    last_error: str | None


class Status(msgspec.Struct, frozen=True, rename="camel"):
    """Answer `daemon/status`."""

    pid: int
    version: str
    epoch: int
    started_at_ms: int
    uptime_ms: int
    database_path: str
    database_bytes: int
    wal_bytes: int
    last_seq: int
    durability: Durability
    connections: int
    subscriptions: int
    counts: StatusCounts
    writer: WriterStatus
    backups: BackupsStatus


class BackupDone(msgspec.Struct, frozen=True, rename="camel"):
    """Answer `daemon/backup`."""

    path: str
    bytes_: int = msgspec.field(name="bytes")
    last_seq: int
    took_ms: int


class Pruned(msgspec.Struct, frozen=True, rename="camel"):
    """Answer `event/prune`: how many events went, their payloads' bytes, and what is first now."""

    events: int
    bytes_: int = msgspec.field(name="bytes")
    min_seq: int


class Checked(msgspec.Struct, frozen=True, rename="camel"):
    """Answer `daemon/check`: a sentence for each finding."""

    ok: bool
    findings: list[str]


class Done(msgspec.Struct, frozen=True, rename="camel"):
    """Answer that it is done: an empty object."""


class Subscribed(msgspec.Struct, frozen=True, rename="camel"):
    """Answer a subscription, and where its history ends."""

    subscription_id: str
    watermark_seq: int


class Peer(Protocol):
    """Be the connection that a request came over, and the daemon behind it."""

    @property
    def snapshot(self) -> Snapshot:
        """Read the database, with every write that this peer sent before."""

    @property
    def recovery(self) -> RecoveryReport:
        """Tell what the start of this epoch found."""

    def now_ms(self) -> int:
        """Tell the Unix time in milliseconds."""

    def initialize(self) -> Initialized:
        """Greet the peer; refuses with `invalid_request` unless it is the first request."""

    def status(self) -> Status:
        """Tell how the daemon does."""

    def metrics(self) -> "Metrics":
        """Tell what was asked, and how things are now."""

    def set_log_level(self, level: LogLevel) -> LogLevel:
        """Log from a level on; tell from which one it was."""

    def backup(self, path: Path, *, overwrite: bool) -> Awaitable[BackupDone]:
        """Copy the database while writes go on."""

    def check(self, *, full: bool) -> Awaitable[Checked]:
        """Check the database on a thread of its own."""

    def prune(self, wanted: Wanted, *, dry_run: bool) -> Awaitable[Pruned]:
        """Forget events, or tell what would go."""

    def subscribe(
        self, thread_id: str | None, since: int | None, names: list[str] | None, *, deltas: bool
    ) -> Subscribed:
        """Begin to tell this peer of events, history first."""

    def unsubscribe(self, subscription_id: str) -> None:
        """End a subscription, or refuse with `subscription_not_found`."""

    def cancel(self, request_id: Json) -> None:
        """End a waiting request of this peer; one that does not wait is left alone."""

    def tell_delta(self, item_id: str, text: str, offset: int) -> None:
        """Fan a piece of an open item out to those who asked for deltas."""

    def shut_down(self) -> None:
        """Drain and end, once what has arrived is answered."""
