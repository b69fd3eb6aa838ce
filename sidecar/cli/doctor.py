"""`sidecar doctor`: look for what is wrong, with a daemon or without one, and say what to do."""

import os
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
from sidecar.cli.places import PRIVATE, Finding, beside, has_deleted, is_there, own, quoted, room
from sidecar.client import Client, Error, NoDaemon, Options
from sidecar.client.records import Status
from sidecar.model.errors import StorageUnavailable
from sidecar.source import SystemSource
from sidecar.store import backups, examine, parts, upkeep
from sidecar.store.database import WAL_LIMIT_BYTES
from sidecar.store.migrate import WrongDatabase
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
# A sign of life, asked for without a client: that would wait for its answer for ever.
PING = b'{"jsonrpc": "2.0", "id": 1, "method": "daemon/ping"}\n'
# What keeps a database from being looked at, and says nothing about it.
NOT_NOW = {
    "disk_full": "make room on its disk, and look again",
    "busy": "somebody else has it locked; `lsof` on it tells who",
    "read_only": "nothing can be written beside it: see to its folder, and look again",
    "io_error": "see whether its folder and its disk can be read and written; `dmesg` may tell",
}


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
        # The daemon has a file open that is at its place no more.
        self._is_gone = False
        self._is_silent = False

    def look(self) -> list[Finding]:
        """Find what is wrong; what the disk says is looked at whoever runs."""
        found: dict[Finding, None] = {}
        for part in (
            self._locks, self._daemon, self._files, self._database, self._left_overs, self._backups,
        ):  # fmt: skip
            try:
                found.update(dict.fromkeys(part()))
            except OSError as error:
                problem = f"{error.filename or part.__name__}: {error.strerror}"
                found[Finding("files", problem, "run as the daemon's user, or as root")] = None
        return list(found)

    # -- who is there ----------------------------------------------------------------------------

    def _locks(self) -> Iterator[Finding]:
        self.facts.database_lock_pid = examine.lock_owner(beside(self.database, ".lock"))
        self.facts.socket_lock_pid = examine.lock_owner(beside(self.socket, ".lock"))
        if not is_there(self.socket):
            return
        mode = self.socket.lstat().st_mode
        if not stat.S_ISSOCK(mode):
            advice = "move it away, or name another socket with --socket"
            yield Finding("socket", f"{self.socket} is not a socket", advice)
            return
        if mode & PRIVATE:
            problem = f"{self.socket} can be opened by others"
            yield Finding("socket", problem, f"chmod 600 {quoted(self.socket)}")
        with sockets.socket(sockets.AF_UNIX) as probe:
            probe.settimeout(PATIENCE_S)
            try:
                probe.connect(str(self.socket))
                probe.sendall(PING)
                probe.recv(1)
            except ConnectionRefusedError:
                advice = "nothing has to be done: the next start replaces it"
                yield Finding("socket", f"nobody listens on {self.socket}", advice)
            except (TimeoutError, BlockingIOError):
                self._is_silent = True
                yield self._stuck()
            except OSError as error:
                problem = f"{self.socket}: {error.strerror or error}"
                yield Finding("socket", problem, "look at its folder")

    def _stuck(self) -> Finding:
        pid = self.facts.database_lock_pid or self.facts.socket_lock_pid
        return Finding(
            "daemon",
            f"it does not answer on {self.socket} within {PATIENCE_S:.0f} s",
            f"if it stays so: kill -9 {pid or 'its process'}, and start it; what it has answered "
            "is not lost",
        )

    def _daemon(self) -> Iterator[Finding]:
        if self._is_silent:
            return
        owner = self.facts.database_lock_pid
        options = Options(name="doctor", version=__version__, patience_s=PATIENCE_S)
        try:
            with Client(self.socket, options) as client:
                status = client.daemon_status()
        except NoDaemon:
            if owner is not None:
                yield Finding(
                    "daemon",
                    f"process {owner} holds {self.database} and does not answer on {self.socket}",
                    "name its socket with --socket; if it is stuck, end it",
                )
            return
        except Error as error:
            advice = "see its log, make a backup, and restart it"
            yield Finding("daemon", f"it does not answer as it should: {error}", advice)
            return
        self.facts.daemon_pid = status.pid
        yield from self._compare(status)

    def _compare(self, status: Status) -> Iterator[Finding]:
        if status.version != __version__:
            yield Finding(
                "version",
                f"the daemon is {status.version}, this program is {__version__}",
                "restart the daemon",
            )
        if Path(os.path.realpath(status.database_path)) != self.database:
            yield Finding(
                "daemon",
                f"it has {status.database_path} open, not {self.database}",
                "name the same database and socket to both",
            )
        elif has_deleted(status.pid, self.database):
            self._is_gone = True
            yield Finding(
                "database",
                f"{self.database} was deleted or replaced under process {status.pid}, which has "
                "it all still open",
                "before anything else `sidecar backup DEST`; then end the daemon, and restore that",
            )
        if status.backups.last_error is not None:
            yield Finding("backups", status.backups.last_error, "see why, and make one by hand")

    # -- files -----------------------------------------------------------------------------------

    def _files(self) -> Iterator[Finding]:
        files = [beside(self.database, end) for end in ("", "-wal", "-shm", ".lock")]
        for folder in dict.fromkeys((self.database.parent, self.socket.parent, self.folder)):
            advice = f"chmod 700 {quoted(folder)} if it is the daemon's alone, else name another"
            yield from own(folder, advice)
        for path in files:
            yield from own(path, f"chmod 600 {quoted(path)}")

    def _left_overs(self) -> Iterator[Finding]:
        for folder in dict.fromkeys((self.database.parent, self.folder)):
            if not folder.is_dir():
                continue
            for path in parts.left_over(folder, ".+"):
                yield Finding("left over", f"{path} is half a copy", f"rm {quoted(path)}*")
        if not self.database.parent.is_dir():
            return
        for path in sorted(self.database.parent.glob(f"{self.database.name}.replaced-*")):
            if not path.name.endswith("-wal"):
                advice = f"when it is not needed any more: rm {quoted(path)}*"
                yield Finding("left over", f"{path} was replaced by a restore", advice)

    # -- the database ------------------------------------------------------------------------------

    def _database(self) -> Iterator[Finding]:
        if self._is_gone:
            return
        if not is_there(self.database):
            advice = "start the daemon, or name the database with --database"
            yield Finding("database", f"there is none at {self.database}", advice)
            return
        yield from self._sizes()
        try:
            yield from self._schema()
            yield from self._content()
        except StorageUnavailable as outage:
            reason = outage.details["reason"]
            assert isinstance(reason, str)
            problem = f"{self.database} cannot be looked at now: {reason}"
            yield Finding("database", problem, NOT_NOW[reason])

    def _schema(self) -> Iterator[Finding]:
        try:
            found = examine.examine(self.database)
        except CannotOpen as error:
            self.is_broken = True
            advice = "stop the daemon and restore a backup, or `sidecar doctor --salvage DEST`"
            yield Finding("database", str(error), advice)
            return
        except WrongDatabase as error:
            yield Finding("database", str(error), "use the program that made it")
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
        yield from self._clock(found)

    def _clock(self, found: examine.Examined) -> Iterator[Finding]:
        oldest, first = found.oldest_event_at_ms, found.oldest_event_seq
        if first is not None and oldest is not None and oldest > self.now_ms + CLOCK_MS:
            yield Finding(
                "clock",
                f"the oldest event is {(oldest - self.now_ms) // 1000} s in the future, and what "
                "retention by age ends at",
                f"set the clock; if it is right: sidecar call event/prune --before-seq {first + 1}",
            )
        newest, latest = found.newest_event_at_ms, found.latest_event_at_ms
        if newest is not None and newest > self.now_ms + CLOCK_MS:
            problem = f"the newest event is {(newest - self.now_ms) // 1000} s in the future"
            yield Finding("clock", problem, "set the clock; leases and ages count from it")
        elif newest is not None and latest is not None and latest > newest + CLOCK_MS:
            problem = f"it was set back by {(latest - newest) // 1000} s between events"
            yield Finding("clock", problem, "let the clock be kept by NTP")

    def _sizes(self) -> Iterator[Finding]:
        wal = beside(self.database, "-wal")
        self.facts.database_bytes = self.database.stat().st_size
        self.facts.wal_bytes = wal.stat().st_size if is_there(wal) else 0
        self.facts.free_disk_bytes = room(self.database)
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
        made: list[int] = []
        if self.folder.is_dir():
            made = [each.at_ms for each in backups.kept(self.folder, self.database, None)]
        made = [at_ms for at_ms in made if at_ms <= self.now_ms]
        self.facts.newest_backup_at_ms = max(made, default=None)
        if self.every_ms is None:
            return
        advice = "is the daemon running with --backup-every? its log says why it fails"
        if not made:
            yield Finding("backups", f"there are none in {self.folder}", advice)
        elif self.now_ms - max(made) > 2 * self.every_ms:
            age_s = (self.now_ms - max(made)) // 1000
            yield Finding("backups", f"the newest is {age_s} s old", advice)
        size = self.facts.database_bytes
        if size is not None and self.folder.is_dir() and room(self.folder) < size:
            problem = f"{room(self.folder)} bytes are free in {self.folder}, a copy needs {size}"
            yield Finding("backups", problem, "make room there, or keep fewer with --backup-keep")


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
    the database is broken.

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
    findings = doctor.look()
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
