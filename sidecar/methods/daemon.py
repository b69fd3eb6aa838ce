"""The daemon itself: greet, describe, watch, copy, check, end."""

from pathlib import Path
from typing import Annotated

import msgspec

from sidecar.model.errors import InvalidRequest
from sidecar.model.fields import Count
from sidecar.model.json_value import Json
from sidecar.model.recovery import RecoveryReport
from sidecar.rpc.metrics import Metrics
from sidecar.rpc.openrpc import document
from sidecar.rpc.peer import BackupDone, Checked, Done, Initialized, LogLevel, Peer, Status
from sidecar.rpc.registry import ALWAYS, method

Path_ = Annotated[str, msgspec.Meta(min_length=1, description="An absolute path of a file.")]


class ClientInfo(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Name a client."""

    name: str
    version: str


class LogLevelSet(msgspec.Struct, frozen=True, rename="camel"):
    """Answer `daemon/setLogLevel`."""

    level: LogLevel
    previous: LogLevel


class Pong(msgspec.Struct, frozen=True, rename="camel"):
    """Answer `daemon/ping`."""

    at_ms: int


class OpenRpc(msgspec.Struct, frozen=True, rename="camel"):
    """Answer the OpenRPC document of this daemon."""

    openrpc: str
    info: msgspec.Raw
    methods: msgspec.Raw
    components: msgspec.Raw


@method("initialize", since="0.1.0", errors=(InvalidRequest,))
def initialize(
    peer: Peer,
    *,
    client_info: ClientInfo,  # noqa: ARG001  # checked; nothing here depends on it
    protocol_version: Count,  # noqa: ARG001  # ours is the answer whatever was asked
) -> Initialized:
    """Greet the daemon; optional, and when sent the first request of a peer.

    Another `protocolVersion` than 1 is answered with ours.
    """
    return peer.initialize()


@method("$/cancelRequest", since="0.1.0", retry=ALWAYS)
def cancel_request(peer: Peer, *, id: Json) -> Done:  # noqa: A002  # its name on the wire
    """End a request of this peer that waits (`waitMs`): it answers `request_cancelled`.

    A notification as a rule. A request that does not wait, or is not known, is left alone.
    """
    peer.cancel(id)
    return Done()


@method("rpc.discover", since="0.1.0", retry=ALWAYS)
def discover(peer: Peer) -> OpenRpc:  # noqa: ARG001  # its type is the mode
    """Answer the OpenRPC document: every method, typed, with its errors and an example."""
    # One line: the indentation of the published file would break the framing.
    return msgspec.json.decode(msgspec.json.format(document(), indent=-1), type=OpenRpc)


@method("daemon/ping", since="0.1.0", retry=ALWAYS)
def ping(peer: Peer) -> Pong:
    """Tell that the daemon is there, and its time."""
    return Pong(peer.now_ms())


@method("daemon/status", since="0.1.0", retry=ALWAYS)
def status(peer: Peer) -> Status:
    """Tell how the daemon does."""
    return peer.status()


@method("daemon/metrics", since="0.1.0", retry=ALWAYS)
def metrics(peer: Peer) -> Metrics:
    """Tell what was asked since the start and how long it took, and how things are now.

    The time of a request ends with the commit that its answer waits for; what it waits for by its
    own wish (`waitMs`) does not count. Whoever is in no group of writes counts in no commit.
    """
    return peer.metrics()


@method("daemon/setLogLevel", since="0.1.0", retry=ALWAYS)
def set_log_level(peer: Peer, *, level: LogLevel) -> LogLevelSet:
    """Log from this level on, until SIGHUP or a restart returns to the configured one.

    With `debug` each request is logged, without its params.
    """
    return LogLevelSet(level, peer.set_log_level(level))


@method("daemon/recovery", since="0.1.0", retry=ALWAYS)
def recovery(peer: Peer) -> RecoveryReport:
    """Tell what the last process had left unfinished, and what became of it."""
    return peer.recovery


@method("daemon/backup", since="0.1.0")
async def backup(peer: Peer, *, path: Path_, overwrite: bool = False) -> BackupDone:
    """Copy the database while writes go on; the copy appears when it is whole and synced."""
    return await peer.backup(Path(path), overwrite=overwrite)


@method("daemon/check", since="0.1.0", retry=ALWAYS)
async def check(peer: Peer, *, full: bool = False) -> Checked:
    """Check the file and the house's own invariants; a sentence for each finding."""
    return await peer.check(full=full)


@method("daemon/shutdown", since="0.1.0")
def shutdown(peer: Peer) -> Done:
    """Drain and end the daemon, once what has arrived is answered."""
    peer.shut_down()
    return Done()
