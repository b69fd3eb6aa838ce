"""Get hold of a database file: one owner, nothing damaged, not a byte of a refused one changed."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import apsw

from sidecar.store import checksums
from sidecar.store.lock import lock_database
from sidecar.store.migrate import WrongDatabase, check_ours, is_empty, migrations
from sidecar.store.outages import outage_of
from sidecar.store.soundness import Files, damage_of, is_small

# Older ones can corrupt a database when its write-ahead log is reset.
MINIMUM_SQLITE = (3, 51, 3)
# Another process may hold the write lock for moments (a backup tool); the loop waits so long.
BUSY_TIMEOUT_MS = 250
# Noted beside the lock while commits do not wait for the disk, until their log is copied: a power
# cut may have torn any number of them.
UNSYNCED = "unsynced"
# The header of a SQLite file (https://sqlite.org/fileformat.html, 1.3).
HEADER_BYTES = 100


class CannotOpen(Exception):
    """Say why the database cannot be opened; the file is left as it is."""


class FileLost(CannotOpen):
    """Say which file was taken away while it was open."""


def sqlite_version() -> tuple[int, ...]:
    """Tell the version of the SQLite that is bundled with apsw."""
    return tuple(int(part) for part in apsw.sqlite_lib_version().split("."))


def cannot_open(
    path: Path, error: OSError | apsw.Error, db: apsw.Connection | None = None
) -> CannotOpen:
    """Say it in the words of the contract, where it has some."""
    if isinstance(error, OSError):
        return CannotOpen(f"{path}: {error.strerror or 'unusable'}")
    outage = outage_of(error, db)
    reason = error if outage is None else f"{outage.details['reason']} ({error})"
    return CannotOpen(f"{path}: {reason}")


class Hold:
    """Hold a file that is ours and sound, its connections, and its lock."""

    def __init__(self, path: Path, *, new_checksums: bool, is_synced: bool) -> None:
        """Lock, look through, connect; raise CannotOpen, WrongDatabase or LockedByOther.

        A new one has checksums if that is wanted; an old one is as it was made. `is_synced` says
        whether commits will wait for the disk.
        """
        if sqlite_version() < MINIMUM_SQLITE:
            needed = ".".join(map(str, MINIMUM_SQLITE))
            raise WrongDatabase(f"SQLite {apsw.sqlite_lib_version()} is older than {needed}")
        self.path = path
        self._new_checksums = new_checksums
        self._is_synced = is_synced
        # What a power cut has torn that nobody had promised.
        self.torn: str | None = None
        self._connections: list[apsw.Connection] = []
        try:
            self.lock = lock_database(path)
        except OSError as error:
            raise cannot_open(path, error) from error
        with self.telling():
            self._open()

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Let go of everything if what is done here fails, and say why it cannot be opened."""
        try:
            yield
        except (OSError, apsw.Error) as error:
            # While the connection is open: it knows what the system has said.
            writer = self._connections[0] if self._connections else None
            told = cannot_open(self.path, error, writer)
            self.let_go()
            raise told from error
        except BaseException:
            self.let_go()
            raise

    def _open(self) -> None:
        if not self.path.exists():
            # Whatever was here, somebody wants it gone.
            self.lock.leave()
        # Made by us, so that the log and the shared memory inherit its mode.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        # SQLite takes a file shorter than its header for an empty one and writes over it.
        if 0 < self.path.stat().st_size < HEADER_BYTES:
            raise CannotOpen(f"{self.path}: not a database")
        has_checksums = checksums.are_in(self.path)
        is_new = self.path.stat().st_size == 0
        self._vfs = checksums.vfs(wanted=has_checksums or (is_new and self._new_checksums))
        log = self.path.with_name(self.path.name + "-wal")
        has_log = log.exists() and log.stat().st_size > 0
        self.writer = self.connect(apsw.SQLITE_OPEN_READWRITE)
        self.keep_log(wanted=has_log)
        if self._vfs and not has_checksums:
            self.writer.reserve_bytes(reserve=checksums.RESERVED_BYTES)
        check_ours(self.writer, migrations())
        self.reader = self.connect(apsw.SQLITE_OPEN_READONLY)
        damage = self._find_damage()
        if damage is not None:
            raise CannotOpen(f"{self.path}: damaged: {damage}")
        self.keep_log(wanted=False)
        self._note(*self._owners)

    @property
    def _owners(self) -> list[str]:
        return [note for note in self.lock.notes if note != UNSYNCED]

    def _find_damage(self) -> str | None:
        if self._owners and is_empty(self.reader):
            return f"it is empty, and {self._owners[0]} was there; remove it to begin anew"
        files = Files(self.path, self.writer)
        damage = files.log_damage()
        if UNSYNCED in self.lock.notes:
            self.torn, damage = damage, None
        self.is_looked_through = is_small(self.reader)
        if damage is None and self.is_looked_through:
            damage = damage_of(self.reader) or files.lost_page()
        return damage

    def _note(self, *owners: str) -> None:
        """Leave word whose the file is, and whether its log may be torn: before it can be."""
        may_tear = not self._is_synced or (UNSYNCED in self.lock.notes and not self._is_copied())
        self.lock.leave(*owners, *([UNSYNCED] if may_tear else []))

    def _is_copied(self) -> bool:
        """Copy the log and cut it to nothing; False where another process reads it."""
        try:
            self.writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except apsw.BusyError:
            return False
        return True

    def note_owner(self, database_id: str) -> None:
        """Leave word which database this is: from then on an empty file is one that has lost it."""
        self._note(database_id)

    def connect(self, flags: int) -> apsw.Connection:
        """Open one more connection."""
        db = apsw.Connection(str(self.path), flags=flags, vfs=self._vfs)
        self._connections.append(db)
        db.set_busy_timeout(BUSY_TIMEOUT_MS)
        db.pragma("trusted_schema", False)
        # Without it a plan may depend on what is bound, and every run of a join is compiled anew.
        db.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        return db

    def keep_log(self, *, wanted: bool) -> None:
        """Say whether the end leaves the log as it is, and does not copy it into the database."""
        self.writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, int(wanted))

    def let_go(self) -> None:
        """Close what is open and let the next process in."""
        with ExitStack() as stack:
            stack.callback(self.lock.release)
            # The writer last: it copies the log where it may.
            for connection in self._connections:
                stack.callback(connection.close)
