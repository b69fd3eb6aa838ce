"""`sidecar stdio`: be the daemon for an editor that speaks over pipes only."""

import socket as sockets
import sys
import threading
from pathlib import Path

import click

from sidecar import cli, config
from sidecar.pump import NobodyReads, copy_in, copy_out
from sidecar.spawn import CannotSpawn, connect_or_spawn

STDIN, STDOUT = 0, 1
# An input that was at its end when the daemon hung up has been noticed by then.
NOTICED_S = 0.2


@click.command("stdio")
@config.option("socket")
@config.option("database")
@click.option("--spawn", is_flag=True, help="Start the daemon if none runs; it outlives this.")
def stdio_command(socket: str | None, database: str | None, *, spawn: bool) -> None:
    """Bridge stdin and stdout to the daemon's socket.

    Passes the end of its input on, waits for what is still to be answered and ends with 0. It
    ends with 69 if there is no daemon or the daemon hangs up first; with --spawn, with the
    number of a daemon that could not start. What that one logs is in `sidecar.log` beside its
    database, which --database names as for `serve`.
    """
    cli.fill_closed()
    path = config.socket_path(socket)
    with _spawned(path, config.database_path(database)) if spawn else _connected(path) as sock:
        _bridge(sock)


def _connected(path: Path) -> sockets.socket:
    sock = sockets.socket(sockets.AF_UNIX)
    try:
        sock.connect(str(path))
    except OSError as error:
        sock.close()
        cli.end(cli.EXIT_NO_DAEMON, f"no daemon on {path}: {error.strerror or error}")
    return sock


def _spawned(path: Path, database_path: Path) -> sockets.socket:
    try:
        return connect_or_spawn(path, database_path)
    except CannotSpawn as error:
        # One that a signal has ended has no number.
        code = max(error.exit_code or 0, 0)
        cli.end(code or cli.EXIT_NO_DAEMON, f"cannot start a daemon: {error}")


def _bridge(sock: sockets.socket) -> None:
    has_ended = threading.Event()

    def feed() -> None:
        if copy_in(STDIN, sock):
            has_ended.set()

    # It may wait for its input for ever, and must not keep us.
    threading.Thread(target=feed, daemon=True).start()
    try:
        copy_out(sock, STDOUT)
    except NobodyReads:
        # The editor has gone: there is nobody to be told.
        sys.exit(cli.EXIT_FAILED)
    except OSError as error:
        cli.end(cli.EXIT_NO_DAEMON, f"the daemon went away: {error.strerror}")
    if not has_ended.wait(NOTICED_S):
        cli.end(cli.EXIT_NO_DAEMON, "the daemon hung up")
