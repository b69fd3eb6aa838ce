"""Own the file: open it or say why not, run groups of writes, commit, keep the log short.

One connection writes, one reads, one reads what takes long. A group is one transaction; each
request in it has a savepoint, so that a refused one undoes itself alone. Nothing is answered
before `commit`.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeVar

import apsw

from sidecar.model import ids
from sidecar.model.errors import Outage, StorageUnavailable
from sidecar.model.price import NO_PRICES, Prices
from sidecar.store.migrate import is_empty, migrate, migrations
from sidecar.store.opening import BUSY_TIMEOUT_MS, FileLost, Hold
from sidecar.store.outages import GroupLost, outage_of, outages
from sidecar.store.place import Place
from sidecar.store.soundness import damage_of, is_small
from sidecar.store.transaction import Scan, Snapshot, Source, Tx
from sidecar.store.upkeep import PROGRESS_STEPS

Durability = Literal["full", "normal"]
Answer = TypeVar("Answer")

# Pages in the log before it is copied into the database: short logs stay in the cache.
CHECKPOINT_PAGES = 4_000
# Pages that must be added before a checkpoint that a reader held up is tried again.
CHECKPOINT_RETRY_PAGES = 1_000
# A log that a reader made grow is cut to this size when it starts anew.
WAL_LIMIT_BYTES = 32 * 1024 * 1024
# The writer's page cache: keeps the inner pages of the event indexes at a million events.
CACHE_KIB = 8 * 1024

MAKE_SELF = """
INSERT INTO daemon (only, database_id, epoch, last_seq, clean_shutdown)
VALUES (1, :database_id, 0, 0, 1) ON CONFLICT DO NOTHING
"""
START = "UPDATE daemon SET epoch = epoch + 1 WHERE only = 1"
SELF = """
SELECT database_id, epoch, last_seq, clean_shutdown, group_count FROM daemon WHERE only = 1
"""
SAVE_GROUP = "UPDATE daemon SET last_seq = :seq, group_count = :groups WHERE only = 1"
SAVE_CLEAN = "UPDATE daemon SET clean_shutdown = :clean WHERE only = 1"


class Database:
    """Be the one owner of a database file for as long as it is open."""

    def __init__(
        self,
        path: Path,
        source: Source,
        durability: Durability = "full",
        prices: Prices = NO_PRICES,
        *,
        new_checksums: bool = False,
    ) -> None:
        """Lock, open and migrate; raise CannotOpen, WrongDatabase or LockedByOther."""
        self.path = path
        self.source = source
        self.durability = durability
        self.prices = prices
        self.commits = 0
        self.attempts = 0
        self.checkpoints = 0
        self.checkpoints_held_up = 0
        self._scanning, self._looking = threading.Lock(), threading.Lock()
        self._looker: apsw.Connection | None = None
        self._woken: list[tuple[str, int]] = []
        self._wal_pages = 0
        self._checkpoint_at = CHECKPOINT_PAGES
        # A write has found no room: the next one looks for some first.
        self._is_full = False
        # What is damaged: nothing is read or written any more.
        self.damage: str | None = None
        self._hold = Hold(path, new_checksums=new_checksums, is_synced=durability == "full")
        self.torn = self._hold.torn
        self.writer, self.reader = self._hold.writer, self._hold.reader
        with self._hold.telling():
            self._open()

    def _open(self) -> None:
        self._configure_writer()
        is_new = is_empty(self.writer)
        migrate(self.writer, self.source.now_ms(), migrations())
        if is_new:
            # From now on an empty file is one that has lost what it had.
            self.writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        self._scanner = self._hold.connect(apsw.SQLITE_OPEN_READONLY)
        self._begin_epoch()
        if not self._hold.is_looked_through:
            self._looker = self._hold.connect(apsw.SQLITE_OPEN_READONLY)
        for db in (self.reader, self._scanner, self._looker):
            if db is not None:
                db.pragma("schema_version")  # opens the log, which may not be there later
        self.place = Place(self.path, self.writer)

    def distrust(self, damage: str) -> None:
        """Serve nothing any more: what can still be read may lack what cannot."""
        self.damage = self.damage or damage

    def _require_trust(self) -> None:
        if self.damage is not None:
            raise StorageUnavailable(reason="corrupt")

    @property
    def is_unseen(self) -> bool:
        """Tell whether it was too large to be looked through before the start."""
        return self._looker is not None

    def look_through(self, is_cut_off: Callable[[], bool]) -> None:
        """Look through what is unseen; on any thread."""
        with self._looking:
            if self._looker is None:
                return
            self._looker.set_progress_handler(is_cut_off, PROGRESS_STEPS)
            with outages(self._looker):
                damage = damage_of(self._looker)
            if damage is not None:
                self.distrust(damage)

    def find_damage(self) -> StorageUnavailable | None:
        """Look through the file after an error that a sound one does not explain."""
        damage = self.damage or (damage_of(self.reader) if is_small(self.reader) else None)
        if damage is None:
            return None
        self.distrust(damage)
        return StorageUnavailable(reason="corrupt")

    def _configure_writer(self) -> None:
        db = self.writer
        db.transaction_mode = "IMMEDIATE"
        # Only a database that has no table yet takes it: free pages can be given back later.
        db.pragma("auto_vacuum", "INCREMENTAL")
        db.pragma("journal_mode", "WAL")
        db.pragma("synchronous", self.durability.upper())
        db.pragma("foreign_keys", True)
        db.pragma("wal_autocheckpoint", 0)
        db.pragma("journal_size_limit", WAL_LIMIT_BYTES)
        db.pragma("cache_size", -CACHE_KIB)
        db.set_wal_hook(self._on_wal)

    def _begin_epoch(self) -> None:
        now_ms = self.source.now_ms()
        database_id = ids.mint("db", now_ms, self.source.random_bits(ids.RANDOM_BITS))
        with self.writer:
            self.writer.execute(MAKE_SELF, {"database_id": database_id})
            self.writer.execute(START)
            identity = self.writer.execute(SELF).fetchall()[0]
            self.writer.execute(SAVE_CLEAN, {"clean": 0})
        assert isinstance(identity[0], str) and isinstance(identity[1], int)
        assert isinstance(identity[2], int) and isinstance(identity[4], int)
        self.database_id: str = identity[0]
        self._hold.note_owner(self.database_id)
        self.epoch: int = identity[1]
        self.last_seq: int = identity[2]
        self.clean_shutdown = identity[3] == 1
        self._groups: int = identity[4]

    # -- groups ---------------------------------------------------------------------------

    def begin(self) -> None:
        """Open the transaction of a group; raises an Outage if the file cannot be written."""
        self._require_trust()
        if self.place.lost() is not None:
            raise StorageUnavailable(reason="io_error")
        if self._is_full:
            self._make_room()
        with outages(self.writer):
            self.writer.execute("BEGIN IMMEDIATE")
        self._seq_before = self.last_seq
        self._woken.clear()
        self._changes_before = self.writer.total_changes()

    def _make_room(self) -> None:
        """Copy the log into the database, so that what comes need not lengthen it."""
        self._is_full = False
        self._checkpoint_at = 0
        # No room there either: what is to be written will tell.
        with suppress(Outage):
            self.checkpoint_if_due()

    def attempt(self, run: Callable[[Tx], Answer], now_ms: int) -> Answer:
        """Run one request inside the open group; if it raises, it alone is undone.

        Raises GroupLost when SQLite has given up the transaction, as it does on a full disk.
        """
        tx = Tx(self.writer, self.source, now_ms, self.last_seq, self.prices)
        self.writer.execute("SAVEPOINT request")
        try:
            answer = run(tx)
            self.writer.execute("RELEASE request")
        except apsw.Error as error:
            outage = self._outage_of(error, self.writer)
            self._undo(outage)
            raise outage or error from error
        except BaseException:
            self._undo(None)
            raise
        self.last_seq = tx.last_seq
        self._woken += tx.woken
        self.attempts += 1
        return answer

    def take_woken(self) -> list[tuple[str, int]]:
        """Take what the requests of this group have woken, and from which moment on."""
        woken, self._woken = self._woken, []
        return woken

    def _outage_of(self, error: apsw.Error, db: apsw.Connection) -> StorageUnavailable | None:
        outage = outage_of(error, db)
        reason = outage.details["reason"] if outage is not None else None
        self._is_full |= reason == "disk_full"
        if reason == "corrupt":
            self.distrust(str(error))
        return outage

    def _undo(self, outage: Outage | None) -> None:
        if self.writer.in_transaction:
            self.writer.execute("ROLLBACK TO request")
            self.writer.execute("RELEASE request")
        else:
            raise GroupLost(outage or StorageUnavailable(reason="io_error"))

    def commit(self) -> None:
        """Make the group durable; safe to call from one other thread.

        Raises GroupLost when it is not. What the file says decides, since an error may come
        after the fact. A group that changed nothing saves nothing, and costs no wait for a disk.
        """
        has_changed = self.writer.total_changes() != self._changes_before
        try:
            if has_changed:
                groups = self._groups + 1
                self.writer.execute(SAVE_GROUP, {"seq": self.last_seq, "groups": groups})
            self.writer.execute("COMMIT")
        except apsw.Error as error:
            if not (has_changed and self._is_committed()):
                self.rollback()
                outage = self._outage_of(error, self.writer) or StorageUnavailable(
                    reason="io_error"
                )
                raise GroupLost(outage) from error
        self._groups += has_changed
        self.commits += 1

    def _is_committed(self) -> bool:
        if self.writer.in_transaction:
            return False
        try:
            row = self.writer.execute(SELF).fetchall()[0]
        except apsw.Error:
            return False
        return row[4] == self._groups + 1

    def rollback(self) -> None:
        """Undo the whole group and count again from what is stored."""
        if self.writer.in_transaction:
            self.writer.execute("ROLLBACK")
        self.last_seq = self._seq_before

    def snapshot(self) -> Snapshot:
        """Read what is committed, on the reader's connection."""
        self._require_trust()
        return Snapshot(self.reader)

    def read(self, snapshot: Snapshot, run: Callable[[Snapshot], Answer]) -> Answer:
        """Run one read on one snapshot, whatever is committed meanwhile."""
        if snapshot.connection is not self.reader:
            return run(snapshot)
        try:
            self.reader.execute("BEGIN")
            answer = run(snapshot)
        except apsw.Error as error:
            raise self._outage_of(error, self.reader) or error from error
        finally:
            if self.reader.in_transaction:
                self.reader.execute("ROLLBACK")
        return answer

    def scan(self, run: Callable[[Scan], Answer]) -> Answer:
        """Run one long read on one snapshot of its own; called from any thread, one at a time."""
        with self._scanning:
            self._require_trust()
            try:
                self._scanner.execute("BEGIN")
                return run(Scan(self._scanner))
            except apsw.Error as error:
                raise self._outage_of(error, self._scanner) or error from error
            finally:
                if self._scanner.in_transaction:
                    self._scanner.execute("ROLLBACK")

    def own_snapshot(self) -> Snapshot:
        """Read inside the open group; the answer must wait for its commit."""
        return Snapshot(self.writer)

    # -- the write-ahead log -----------------------------------------------------------------

    def _on_wal(self, _db: apsw.Connection, _name: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def checkpoint_if_due(self) -> int:
        """Copy the log into the database once it is long, so that it is used again.

        Tells how many pages a reader has kept from being copied; raises an Outage if the database
        cannot take them, which loses nothing. A reader elsewhere can hold its end up: the copy
        goes as far as it can, is tried again as the log grows, and the log is cut to
        WAL_LIMIT_BYTES when it starts anew.
        """
        if self._wal_pages < self._checkpoint_at:
            return 0
        self._checkpoint_at = self._wal_pages + CHECKPOINT_RETRY_PAGES
        try:
            pages, copied = self.writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.BusyError:
            pages, copied = self._wal_pages, 0
        except apsw.Error as error:
            raise outage_of(error, self.writer) or error from error
        self.checkpoints += 1
        self.checkpoints_held_up += copied != pages
        if copied == pages:
            self._checkpoint_at = CHECKPOINT_PAGES
        return pages - copied

    def transact(self, run: Callable[[Tx], Answer]) -> Answer:
        """Run one write of the daemon's own and commit it; raises an Outage if it is lost."""
        try:
            self.begin()
            try:
                answer = self.attempt(run, self.source.now_ms())
            except BaseException:
                self.rollback()
                raise
            self.commit()
        except GroupLost as lost:
            raise lost.outage from lost
        return answer

    def truncate_log(self) -> None:
        """Copy the log into the database and cut it to nothing, unless somebody reads it."""
        self.writer.set_busy_timeout(0)
        try:
            with outages(self.writer):
                self.writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
            # However long a reader had let it grow: it starts anew.
            self._wal_pages, self._checkpoint_at = 0, CHECKPOINT_PAGES
        except StorageUnavailable as outage:
            if outage.details["reason"] != "busy":
                raise
        finally:
            self.writer.set_busy_timeout(BUSY_TIMEOUT_MS)

    def sizes_bytes(self) -> tuple[int, int]:
        """Measure the database file and its log on the disk."""
        return self.place.sizes_bytes()

    def abandon(self) -> None:
        """Close without noting a clean end."""
        # What nobody waits for any more.
        for db in (self._scanner, self._looker):
            if db is not None:
                db.interrupt()
        with self._scanning, self._looking:
            self._hold.let_go()

    def close(self) -> None:
        """Note that the end was clean, close, and let the next process in.

        Raises an Outage if it cannot be noted: the next start then takes it for a crash; and
        FileLost if there may be nothing that the next start could take.
        """
        try:
            if self.damage is not None:
                self._hold.keep_log(wanted=True)
                return
            lost = self.place.lost()
            if lost is not None:
                self._leave_log()
                raise FileLost(f"{lost} is not the file any more that was opened")
            with outages(self.writer), self.writer:
                self.writer.execute(SAVE_CLEAN, {"clean": 1})
        finally:
            self.abandon()

    def _leave_log(self) -> None:
        """Let the log do no harm to what has taken the place of our file.

        SQLite leaves it as it is, and the next start would read it as that file's own.
        """
        if self.place.is_cut:
            self.writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        else:
            self.truncate_log()
