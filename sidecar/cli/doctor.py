"""`sidecar doctor`: look for what is wrong, with a daemon or without one, and say what to do."""

import os
import re
import socket as sockets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from sidecar import __version__, cli, config
from sidecar.cli import salvaging
from sidecar.cli.connect import json_option, show
from sidecar.client import Client, Error, NoDaemon, Options
from sidecar.client.records import Status
from sidecar.source import SystemSource
from sidecar.store import backups, examine, upkeep
from sidecar.store.database import WAL_LIMIT_BYTES
from sidecar.store.opening import CannotOpen

# How long a daemon that holds the database may take to answer.
PATIENCE_S = 5.0
# A clock may be corrected by so much without anybody being surprised.
CLOCK_MS = 60_000
# A log several times as long as it is cut to has somebody who holds it up.
WAL_BYTES = 4 * WAL_LIMIT_BYTES
# The log, and a little of everything else, must have room.
ROOM_BYTES = 4 * WAL_LIMIT_BYTES
# Free pages worth a word when they cannot be given back.
FREE_BYTES = 64 * 1024 * 1024
PRIVATE = 0o077
# A copy that is being made, by which process.
PART = re.compile(r"\.(\d+)(\.\w+)?\.part$")


class Finding(msgspec.Struct, frozen=True):
    """Be one thing that is not as it should be, and what to do."""

    about: str
    problem: str
    advice: str


class Facts(msgspec.Struct, rename="camel"):
    """Tell what was looked at."""

    version: str
    database: str
    socket: str
    backup_folder: str
    daemon_pid: int | None = None
    database_lock_pid: int | None = None
    socket_lock_pid: int | None = None
    database_bytes: int | None = None
    wal_bytes: int | None = None
    free_disk_bytes: int | None = None
    newest_backup_at_ms: int | None = None
    examined: examine.Examined | None = None


class Doctor:
    """Look at everything in turn."""

    def __init__(self, database: Path, socket: Path, folder: Path, every_ms: int | None) -> None:
        """Look after a database, a socket, and a folder of backups made so often."""
        self.database = database
        self.socket = socket
        self.folder = folder
        self.every_ms = every_ms
        self.now_ms = SystemSource().now_ms()
        self.facts = Facts(__version__, str(database), str(socket), str(folder))
        self.is_broken = False
        self._status: Status | None = None

    def look(self) -> Iterator[Finding]:
        """Find what is wrong; what the disk says is looked at whoever runs."""
        yield from self._locks()
        yield from self._daemon()
        yield from self._files()
        if self.database.exists():
            yield from self._schema()
            yield from self._sizes()
            yield from self._content()
        else:
            advice = "start the daemon, or name the database with --database"
            yield Finding("database", f"there is none at {self.database}", advice)
        yield from self._left_overs()
        yield from self._backups()

    # -- who is there ----------------------------------------------------------------------------

    def _locks(self) -> Iterator[Finding]:
        self.facts.database_lock_pid = examine.lock_owner(_beside(self.database, ".lock"))
        self.facts.socket_lock_pid = examine.lock_owner(_beside(self.socket, ".lock"))
        try:
            mode = self.socket.lstat().st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISSOCK(mode):
            advice = "move it away, or name another socket with --socket"
            yield Finding("socket", f"{self.socket} is not a socket", advice)
            return
        if mode & PRIVATE:
            yield Finding(
                "socket", f"{self.socket} can be opened by others", f"chmod 600 {self.socket}"
            )
        with sockets.socket(sockets.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket))
            except ConnectionRefusedError:
                advice = "nothing has to be done: the next start replaces it"
                yield Finding("socket", f"nobody listens on {self.socket}", advice)
            except OSError as error:
                yield Finding("socket", f"{self.socket}: {error.strerror}", "look at its folder")

    def _daemon(self) -> Iterator[Finding]:
        owner = self.facts.database_lock_pid
        options = Options(name="doctor", version=__version__, patience_s=PATIENCE_S)
        try:
            with Client(self.socket, options) as client:
                status = client.daemon_status()
                self._status = status
        except NoDaemon:
            if owner is not None:
                yield Finding(
                    "daemon",
                    f"process {owner} holds {self.database} and does not answer on {self.socket}",
                    "name its socket with --socket; if it is stuck, end it",
                )
            return
        except Error as error:
            yield Finding("daemon", f"it does not answer as it should: {error}", "restart it")
            return
        self.facts.daemon_pid = status.pid
        if status.version != __version__:
            yield Finding(
                "version",
                f"the daemon is {status.version}, this program is {__version__}",
                "restart the daemon",
            )
        if Path(status.database_path) != self.database:
            yield Finding(
                "daemon",
                f"it has {status.database_path} open, not {self.database}",
                "name the same database and socket to both",
            )
        if status.backups.last_error is not None:
            yield Finding("backups", status.backups.last_error, "see why, and make one by hand")

    # -- files -----------------------------------------------------------------------------------

    def _files(self) -> Iterator[Finding]:
        files = [_beside(self.database, end) for end in ("", "-wal", "-shm", ".lock")]
        for folder in dict.fromkeys((self.database.parent, self.socket.parent, self.folder)):
            yield from _private(folder, 0o700)
        for path in files:
            yield from _private(path, 0o600)

    def _left_overs(self) -> Iterator[Finding]:
        for folder in dict.fromkeys((self.database.parent, self.folder)):
            if not folder.is_dir():
                continue
            for path in sorted(folder.glob(".*.part")):
                maker = PART.search(path.name)
                if maker is not None and not Path(f"/proc/{maker[1]}").exists():
                    yield Finding("left over", f"{path} is half a copy", f"rm '{path}'")
        for path in sorted(self.database.parent.glob(f"{self.database.name}.replaced-*")):
            if not path.name.endswith("-wal"):
                advice = f"when it is not needed any more: rm '{path}'*"
                yield Finding("left over", f"{path} was replaced by a restore", advice)

    # -- the database ------------------------------------------------------------------------------

    def _schema(self) -> Iterator[Finding]:
        try:
            found = examine.examine(self.database)
        except CannotOpen as error:
            self.is_broken = True
            advice = "stop the daemon and restore a backup, or `sidecar doctor --salvage DEST`"
            yield Finding("database", str(error), advice)
            return
        self.facts.examined = found
        if found.is_sqlite_too_old:
            yield Finding("sqlite", f"SQLite {found.sqlite} can lose data", "install a newer apsw")
        if found.schema_problem is not None:
            yield Finding("schema", found.schema_problem, "use the program that made it")
        elif found.schema < found.known_schema:
            problem = f"schema {found.schema}, this program has {found.known_schema}"
            yield Finding("schema", problem, "restart the daemon: it migrates when it starts")
        if not found.gives_pages_back and found.free_bytes > FREE_BYTES:
            yield Finding(
                "size",
                f"{found.free_bytes} bytes are free in it and cannot be given back",
                "stop the daemon, back up the file and restore that: it is packed on the way",
            )
        newest, latest = found.newest_event_at_ms, found.latest_event_at_ms
        if newest is not None and newest > self.now_ms + CLOCK_MS:
            problem = f"the newest event is {(newest - self.now_ms) // 1000} s in the future"
            yield Finding("clock", problem, "set the clock; leases and ages count from it")
        elif newest is not None and latest is not None and latest > newest + CLOCK_MS:
            problem = f"it was set back by {(latest - newest) // 1000} s between events"
            yield Finding("clock", problem, "let the clock be kept by NTP")

    def _sizes(self) -> Iterator[Finding]:
        wal = _beside(self.database, "-wal")
        disk = os.statvfs(self.database)
        self.facts.database_bytes = self.database.stat().st_size
        self.facts.wal_bytes = wal.stat().st_size if wal.exists() else 0
        self.facts.free_disk_bytes = disk.f_bavail * disk.f_frsize
        if self.facts.wal_bytes > WAL_BYTES:
            yield Finding(
                "size",
                f"{wal} has {self.facts.wal_bytes} bytes",
                "somebody reads it without an end; `lsof` on it tells who",
            )
        if self.facts.free_disk_bytes < ROOM_BYTES:
            problem = f"{self.facts.free_disk_bytes} bytes are free on its disk"
            yield Finding("disk", problem, "make room: writes are refused when it is full")

    def _content(self) -> Iterator[Finding]:
        if self.is_broken or self.facts.examined is None or self.facts.examined.schema_problem:
            return
        for problem in upkeep.check(self.database, full=False):
            is_storage = problem.startswith(("integrity", "the file cannot be read"))
            self.is_broken |= is_storage
            advice = (
                "restore a backup, or --salvage"
                if is_storage
                else "keep a copy of it, and report this"
            )
            yield Finding("database", problem, advice)

    def _backups(self) -> Iterator[Finding]:
        own: list[int] = []
        if self.folder.is_dir():
            own = [each.at_ms for each in backups.kept(self.folder, self.database, None)]
        self.facts.newest_backup_at_ms = max(own, default=None)
        if self.every_ms is None:
            return
        advice = "is the daemon running with --backup-every? its log says why it fails"
        if not own:
            yield Finding("backups", f"there are none in {self.folder}", advice)
        elif self.now_ms - max(own) > 2 * self.every_ms:
            age_s = (self.now_ms - max(own)) // 1000
            yield Finding("backups", f"the newest is {age_s} s old", advice)


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _private(path: Path, mode: int) -> Iterator[Finding]:
    """Look whether a file is its owner's alone, and ours."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    except OSError as error:
        yield Finding("files", f"{path}: {error.strerror}", "look at its folder")
        return
    if found.st_mode & PRIVATE:
        yield Finding("files", f"{path} can be used by others", f"chmod {mode:o} '{path}'")
    if found.st_uid != os.geteuid() and os.geteuid() != 0:
        yield Finding("files", f"{path} is owned by user {found.st_uid}", "run as that user")


@click.command("doctor")
@config.option("database")
@config.option("socket")
@config.option("backup-dir")
@config.option("backup-every")
@json_option
@click.option(
    "--salvage",
    "target",
    metavar="DEST",
    type=click.Path(path_type=Path),
    help="Copy all that can be read of a damaged database into a new one, and list the rest.",
)
def doctor_command(
    database: str | None,
    socket: str | None,
    backup_dir: str | None,
    backup_every: int | None,
    target: Path | None,
    *,
    as_json: bool,
) -> None:
    """Look at locks, files, versions, the database, disk, clock and backups; nothing is changed.

    Works with and without a running daemon. 0 if nothing was found, 3 if something was, 74 if
    the database cannot be read.

    With --salvage it only makes DEST, which must not exist: a database with a new databaseId. The
    old one stays as it is, and its daemon must have ended (75). 0 if all is there as it was, 3 if
    not: records that cannot be read, those that are perhaps not what they were, and those that
    stand for a lost one, so that what hangs on it can stay, are listed with table, key and reason.
    """
    path = config.database_path(database)
    if target is not None:
        salvaging.run(path, target, as_json=as_json)
        return
    folder = Path(backup_dir).absolute() if backup_dir else path.with_name("backups")
    doctor = Doctor(path, config.socket_path(socket), folder, backup_every)
    findings = list(doctor.look())
    if as_json:
        told = {"ok": not findings, "facts": doctor.facts, "findings": findings}
        show(msgspec.Raw(msgspec.json.encode(told)))
    else:
        for each in findings:
            click.echo(f"{each.about}: {each.problem}\n    {each.advice}")
        click.echo(f"{len(findings)} found" if findings else "ok")
    if doctor.is_broken:
        sys.exit(cli.EXIT_STORAGE_BROKEN)
    if findings:
        sys.exit(cli.EXIT_FOUND)
