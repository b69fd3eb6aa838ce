"""Start, serve, drain, end: the daemon recovers before it listens and answers before it goes."""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog
import uvloop

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar import logs
from sidecar.daemon.context import PROTOCOL_VERSION, RequestContext
from sidecar.daemon.copies import Copies
from sidecar.daemon.desk import Desk
from sidecar.daemon.entrance import Entrance
from sidecar.daemon.group import Group
from sidecar.daemon.keeper import Habits, Keeper
from sidecar.daemon.listener import Inherited, Listener, is_activated
from sidecar.daemon.measure import measure
from sidecar.daemon.meter import DEFAULT_SIGHT, Meter, Sight
from sidecar.daemon.metrics_file import MetricsFile
from sidecar.daemon.notify import notify
from sidecar.daemon.parent import require_pipe, watch_parent
from sidecar.daemon.peer import PeerConnection
from sidecar.daemon.recovery import recover
from sidecar.daemon.signals import Signals
from sidecar.daemon.spans import spans
from sidecar.daemon.stdio import Stdio
from sidecar.daemon.supervision import Supervision
from sidecar.model.price import NO_PRICES, Prices
from sidecar.model.recovery import RecoverMode
from sidecar.rpc.metrics import Metrics
from sidecar.source import SystemSource
from sidecar.spawn import lock_path
from sidecar.store.database import Database, Durability
from sidecar.store.transaction import Source

# Peers that have not read their answers by then are cut off; both together, and the last spans,
# stay under 10 s.
DRAIN_S = 7.0
LAST_S = 1.5
# EX_SOFTWARE of sysexits.h.
EXIT_BUG = 70
# Whatever the daemon makes is its owner's alone, folders above its files included.
UMASK = 0o077
NO_HABITS = Habits()

log = structlog.get_logger()


class Daemon:
    """Be one running daemon: a database, a desk, a socket or a parent's pipes, or both."""

    def __init__(
        self,
        database_path: Path,
        listener: Listener | Inherited | None,
        *,
        stdio: Stdio | None = None,
        durability: Durability = "full",
        recover_mode: RecoverMode = "interrupt",
        source: Source | None = None,
        prices: Prices = NO_PRICES,
        sight: Sight = DEFAULT_SIGHT,
        habits: Habits = NO_HABITS,
        new_checksums: bool = False,
    ) -> None:
        """Open and recover; nobody can connect yet.

        Raises what Database raises: the file and the socket are then as they were.
        """
        self.listener = listener
        self._stdio = stdio
        self.supervision = Supervision()
        self._habits = habits
        try:
            self.database = Database(
                database_path,
                source or SystemSource(),
                durability,
                prices,
                new_checksums=new_checksums,
            )
            try:
                self.recovery = recover(self.database, recover_mode)
            except BaseException:
                self.database.abandon()
                raise
        except BaseException:
            self._close_listener()
            raise
        used = self.database.source
        self.started_at_ms = used.now_ms()
        self.meter = Meter(sight.slow_request_ms, spans(used.now_ms), used.elapsed_s)
        self._metrics_file = MetricsFile(sight.metrics_path) if sight.metrics_path else None
        self._log_level = logs.OUTPUT.level
        self._stopping = asyncio.Event()
        self._drained = asyncio.Event()
        self._entrance: Entrance | None = None
        if self.database.torn is not None:
            log.warning("commits that did not wait for the disk are lost", what=self.database.torn)
        log.info("recovered", **_summary(self))

    def lock_paths(self) -> list[Path]:
        """Name the files beside the socket that nothing may replace."""
        if self.listener is None:
            return []
        return [self.listener.lock_path.resolve(), lock_path(self.listener.path).resolve()]

    def stop(self) -> None:
        """Begin to drain; what has arrived is still answered."""
        self._stopping.set()

    def set_log_level(self, level: logs.LogLevel) -> logs.LogLevel:
        """Log from a level on; tell from which one it was."""
        previous = logs.set_level(level)
        self.meter.retune()
        return previous

    def hang_up(self) -> None:
        """Read again what can be read again at run time, as the supervisor asks by SIGHUP."""
        self.supervision.reload(self._read_again)

    def _read_again(self) -> None:
        """Return to the level of the start, and open the log's file anew."""
        self.set_log_level(self._log_level)
        try:
            logs.OUTPUT.reopen()
        except OSError as error:
            log.warning("the log is not opened anew", reason=str(error))
        log.info("hang-up")

    async def serve(self, on_ready: Callable[[], None]) -> None:
        """Listen until `stop`, then drain and close."""
        loop = asyncio.get_running_loop()
        self.desk = Desk(self.database, loop, self.meter)
        self.desk.make_context = self._context
        self.desk.on_quiet = self._on_quiet
        self.copies = Copies(self.desk, self.lock_paths)
        self.keeper = Keeper(self.desk, self.copies, self._habits)
        if self.listener is not None:
            self._entrance = Entrance(
                loop,
                self.listener.listen(),
                lambda refusal: PeerConnection(self.desk, os.geteuid(), refusal),
            )
        if self._stdio is not None:
            await self._stdio.connect(self.desk, self.stop)
        keeping = self._keep_metrics(loop)
        try:
            on_ready()
            self.supervision.ready(self.desk)
            upkeep = loop.create_task(self.keeper.run())
            upkeep.add_done_callback(_end_keeping)
            await self._stopping.wait()
            upkeep.cancel()
            await self._drain()
        finally:
            self._stopping.set()
            if keeping is not None:
                await keeping
            await self.desk.close()
            self.supervision.close()
            try:
                self.database.close()
            finally:
                self._close_listener()

    def _keep_metrics(self, loop: asyncio.AbstractEventLoop) -> "asyncio.Task[None] | None":
        if self._metrics_file is None:
            return None
        keeping = loop.create_task(self._metrics_file.keep(self.measure, self._stopping))
        # A bug is told when it happens, not at the end.
        keeping.add_done_callback(lambda task: None if task.cancelled() else task.result())
        return keeping

    def measure(self) -> Metrics:
        """Tell what was asked, and how things are now."""
        return measure(self.desk, self.recovery, self.started_at_ms)

    def _close_listener(self) -> None:
        if self.listener is not None:
            self.listener.close()

    def _context(self, peer: PeerConnection, group: Group) -> RequestContext:
        return RequestContext(self, self.desk, peer, group)

    async def _drain(self) -> None:
        self.supervision.stop(len(self.desk.peers))
        log.info("draining", connections=len(self.desk.peers))
        self.desk.is_draining = True
        if self._entrance is not None:
            await self._entrance.close()
        self.desk.room.close()
        for peer in list(self.desk.peers):
            peer.drain()
        self._on_quiet()
        try:
            await asyncio.wait_for(self._answered(), DRAIN_S)
        except TimeoutError:
            log.warning("cut off", connections=len(self.desk.peers))
            for peer in list(self.desk.peers):
                peer.abort()
            # Without their peers, what they had sent runs to its end.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._drained.wait(), LAST_S)

    async def _answered(self) -> None:
        await self._drained.wait()
        if self._stdio is not None:
            await self._stdio.is_written.wait()

    def _on_quiet(self) -> None:
        if self.desk.is_draining and self.desk.is_quiet:
            self._drained.set()


def _end_keeping(keeping: "asyncio.Task[None]") -> None:
    """See to it that a bug in it is told, and ends us as any other."""
    if not keeping.cancelled():
        keeping.result()


def _summary(daemon: Daemon) -> dict[str, int | bool | list[str]]:
    report = daemon.recovery
    return {
        "epoch": report.epoch,
        "clean_shutdown": report.clean_shutdown,
        "turns": len(report.turns),
        "runs": len(report.run_ids),
        "pending_inputs": report.pending_input_count,
        "quarantined": [each.key for each in report.quarantined],
    }


def run(
    database_path: Path,
    socket_path: Path | None,
    *,
    speaks_stdio: bool,
    durability: Durability,
    new_checksums: bool,
    recover_mode: RecoverMode,
    parent_fd: int | None,
    prices: Prices,
    sight: Sight,
    habits: Habits,
    ready: Callable[[str], None],
) -> None:
    """Run a daemon until a signal, a request or its parent ends it.

    `ready` gets the ready line. Without a `socket_path` it listens where systemd has it listen,
    or nowhere.
    """
    signals = Signals()
    os.umask(UMASK)
    # Before the loop is made: where one of them is closed, a file of the loop would take its place.
    stdio = Stdio() if speaks_stdio else None

    async def main() -> None:
        if parent_fd is not None:
            require_pipe(parent_fd)
        notify("STATUS=recovering")
        daemon = Daemon(
            database_path,
            _listener(socket_path),
            stdio=stdio,
            durability=durability,
            new_checksums=new_checksums,
            recover_mode=recover_mode,
            prices=prices,
            sight=sight,
            habits=habits,
        )
        if parent_fd is not None:
            watch_parent(parent_fd, daemon.stop)
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_die)
        signals.give_to(daemon, loop)
        await daemon.serve(lambda: ready(_ready_line(daemon)))
        daemon.meter.close()
        log.info("ended", epoch=daemon.database.epoch)

    uvloop.run(main())


def _ready_line(daemon: Daemon) -> str:
    line = {
        "ready": True,
        "socket": daemon.listener and str(daemon.listener.path),
        "database": str(daemon.database.path),
        "pid": os.getpid(),
        "epoch": daemon.database.epoch,
        "protocolVersion": PROTOCOL_VERSION,
    }
    return json.dumps(line)


def _listener(socket_path: Path | None) -> Listener | Inherited | None:
    if is_activated():
        return Inherited()
    return None if socket_path is None else Listener(socket_path)


def _die(_loop: asyncio.AbstractEventLoop, context: Mapping[str, object]) -> None:
    """End at a bug outside any request: a restart recovers, a daemon gone deaf does not."""
    error = context.get("exception")
    log.critical("bug", what=context.get("message"), exc_info=error)
    os._exit(EXIT_BUG)
