"""`sidecar serve`: run the daemon, and tell by the exit code why it could not."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import click
import msgspec
import structlog

from sidecar import cli, config, logs
from sidecar.cli.habits import habits_options
from sidecar.daemon import lifecycle
from sidecar.daemon.keeper import Habits
from sidecar.daemon.listener import NotASocket, SocketTaken
from sidecar.daemon.meter import Sight
from sidecar.daemon.parent import NotAPipe
from sidecar.daemon.stdio import STDERR, STDIN, STDOUT, NoStdio
from sidecar.model.errors import Outage
from sidecar.model.price import NO_PRICES, Prices
from sidecar.model.recovery import RecoverMode
from sidecar.store.database import Durability
from sidecar.store.lock import LockedByOther
from sidecar.store.migrate import WrongDatabase
from sidecar.store.opening import CannotOpen

log = structlog.get_logger()


def _logging(command: Callable[..., None]) -> Callable[..., None]:
    """Set up the log before a command runs, by flags of its own."""

    @config.option("log-level")
    @config.option("log-format")
    @config.option("log-file")
    @wraps(command)
    def configured(
        log_level: logs.LogLevel,
        log_format: logs.LogFormat | None,
        log_file: str | None,
        **rest: object,
    ) -> None:
        try:
            logs.configure(log_level, log_format, Path(log_file).absolute() if log_file else None)
        except OSError as error:
            cli.end(cli.EXIT_BAD_CONFIGURATION, f"--log-file {log_file}: {error.strerror}")
        command(**rest)

    return configured


@click.command("serve")
@config.option("database")
@config.option("socket")
@config.option("stdio")
@config.option("durability")
@config.option("checksums")
@config.option("recover")
@config.option("prices")
@_logging
@config.option("slow-request-ms")
@config.option("metrics-file")
@habits_options
@config.option("ready-fd")
@config.option("parent-fd")
def serve_command(
    database: str | None,
    socket: str | None,
    durability: Durability,
    recover: RecoverMode,
    prices: str | None,
    slow_request_ms: int,
    metrics_file: str | None,
    ready_fd: int | None,
    parent_fd: int | None,
    habits: Habits,
    *,
    stdio: bool,
    checksums: bool,
) -> None:
    """Run the daemon until SIGTERM, SIGINT, `daemon/shutdown` or the end of its stdin or parent.

    When it is ready, recovered and listening, it tells so in one line of JSON. It ends with 0 after
    a drain, 74 if the storage is broken, 75 if another one runs, 78 if the database is newer
    than the program or something is set that cannot be. SIGHUP opens the log's file anew, and
    takes back what `daemon/setLogLevel` has set.
    """
    _check(stdio=stdio, ready_fd=ready_fd, parent_fd=parent_fd)
    path = config.database_path(database)
    if logs.OUTPUT.is_at(path):
        cli.end(cli.EXIT_BAD_CONFIGURATION, f"--log-file {path}: is the database")
    if not stdio:
        cli.fill_closed()
    told_fd = STDOUT if ready_fd is None and not stdio else ready_fd
    try:
        lifecycle.run(
            path,
            None if stdio and socket is None else config.socket_path(socket),
            speaks_stdio=stdio,
            durability=durability,
            new_checksums=checksums,
            recover_mode=recover,
            parent_fd=parent_fd,
            prices=_prices(prices),
            sight=Sight(slow_request_ms, _metrics_path(metrics_file)),
            habits=habits,
            ready=lambda line: _tell_ready(line, told_fd, parent_fd),
        )
    except (LockedByOther, SocketTaken) as error:
        cli.end(cli.EXIT_ALREADY_RUNNING, f"already running: {error}")
    except (WrongDatabase, NotASocket, NotAPipe, NoStdio) as error:
        cli.end(cli.EXIT_BAD_CONFIGURATION, str(error))
    except (CannotOpen, Outage) as error:
        cli.end(cli.EXIT_STORAGE_BROKEN, f"the storage is broken: {_why(error)}")


def _why(error: CannotOpen | Outage) -> str:
    return f"{error} {error.details}" if isinstance(error, Outage) else str(error)


def _check(*, stdio: bool, ready_fd: int | None, parent_fd: int | None) -> None:
    """Refuse file descriptors that are not open, or are the protocol's own."""
    if ready_fd is not None:
        try:
            os.fstat(ready_fd)
        except OSError as error:
            cli.end(cli.EXIT_BAD_CONFIGURATION, f"--ready-fd {ready_fd}: {error.strerror}")
    for name, fd in (("ready", ready_fd), ("parent", parent_fd)):
        if stdio and fd in (STDIN, STDOUT):
            cli.end(
                cli.EXIT_BAD_CONFIGURATION, f"--{name}-fd {fd}: --stdio speaks the protocol there"
            )


def _prices(path: str | None) -> Prices:
    """Read the table of prices; one that cannot be read ends the start."""
    if path is None:
        return NO_PRICES
    try:
        return msgspec.toml.decode(Path(path).read_bytes(), type=Prices)
    except OSError as error:
        cli.end(cli.EXIT_BAD_CONFIGURATION, f"--prices {path}: {error.strerror}")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        cli.end(cli.EXIT_BAD_CONFIGURATION, f"--prices {path}: {error}")


def _metrics_path(given: str | None) -> Path | None:
    """Tell where metrics are kept; what cannot be collected there ends the start."""
    if given is None:
        return None
    path = Path(given).absolute()
    # What is there is replaced: a slip must not take a database for it.
    if path.suffix != ".prom":
        cli.end(cli.EXIT_BAD_CONFIGURATION, f"--metrics-file {given}: does not end in .prom")
    if not path.parent.is_dir() or path.is_dir():
        cli.end(cli.EXIT_BAD_CONFIGURATION, f"--metrics-file {given}: no file in a folder")
    return path


def _tell_ready(line: str, fd: int | None, parent_fd: int | None) -> None:
    if fd is None:
        return
    try:
        os.write(fd, line.encode() + b"\n")
    except OSError as error:
        # Whoever started us has gone, or cannot be told; others may come.
        log.warning("nobody reads the ready line", fd=fd, reason=error.strerror)
    # What is still used stays open: another file would take its number.
    if fd not in (STDOUT, STDERR, parent_fd):
        os.close(fd)
