"""`sidecar serve`: run the daemon, and tell by the exit code why it could not."""

import os
import sys
from pathlib import Path
from typing import NoReturn

import click
import msgspec

from sidecar import cli, config, logs
from sidecar.daemon import lifecycle
from sidecar.daemon.listener import NotASocket, SocketTaken
from sidecar.daemon.parent import NotAPipe
from sidecar.model.errors import Outage
from sidecar.model.price import NO_PRICES, Prices
from sidecar.model.recovery import RecoverMode
from sidecar.store.database import CannotOpen, Durability
from sidecar.store.lock import LockedByOther
from sidecar.store.migrate import WrongDatabase


@click.command("serve")
@config.option("database")
@config.option("socket")
@config.option("durability")
@config.option("recover")
@config.option("prices")
@config.option("log-level")
@config.option("log-format")
@config.option("ready-fd")
@config.option("parent-fd")
def serve_command(
    database: str | None,
    socket: str | None,
    durability: Durability,
    recover: RecoverMode,
    prices: str | None,
    log_level: logs.LogLevel,
    log_format: logs.LogFormat | None,
    ready_fd: int | None,
    parent_fd: int | None,
) -> None:
    """Run the daemon until SIGTERM, SIGINT or `daemon/shutdown`.

    When it is ready, recovered and listening, it prints one line of JSON. It ends with 0 after
    a drain, 74 if the storage is broken, 75 if another one runs, 78 if the database is newer
    than the program or something is set that cannot be.
    """
    logs.configure(log_level, log_format or ("console" if sys.stderr.isatty() else "json"))
    if ready_fd is not None:
        try:
            os.fstat(ready_fd)
        except OSError as error:
            _end(cli.EXIT_BAD_CONFIGURATION, f"--ready-fd {ready_fd}: {error.strerror}")
    try:
        lifecycle.run(
            config.database_path(database),
            config.socket_path(socket),
            durability=durability,
            recover_mode=recover,
            parent_fd=parent_fd,
            prices=_prices(prices),
            ready=lambda line: _tell_ready(line, ready_fd),
        )
    except LockedByOther as error:
        _end(cli.EXIT_ALREADY_RUNNING, f"already running: {error}")
    except SocketTaken as error:
        _end(cli.EXIT_ALREADY_RUNNING, str(error))
    except (WrongDatabase, NotASocket, NotAPipe) as error:
        _end(cli.EXIT_BAD_CONFIGURATION, str(error))
    except (CannotOpen, Outage) as error:
        _end(cli.EXIT_STORAGE_BROKEN, f"the storage is broken: {error}")


def _prices(path: str | None) -> Prices:
    """Read the table of prices; one that cannot be read ends the start."""
    if path is None:
        return NO_PRICES
    try:
        return msgspec.toml.decode(Path(path).read_bytes(), type=Prices)
    except OSError as error:
        _end(cli.EXIT_BAD_CONFIGURATION, f"--prices {path}: {error.strerror}")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _end(cli.EXIT_BAD_CONFIGURATION, f"--prices {path}: {error}")


def _tell_ready(line: str, ready_fd: int | None) -> None:
    fd = sys.stdout.fileno() if ready_fd is None else ready_fd
    os.write(fd, line.encode() + b"\n")
    if ready_fd is not None:
        os.close(ready_fd)


def _end(code: int, message: str) -> NoReturn:
    click.echo(f"sidecar: {message}", err=True)
    sys.exit(code)
