"""Copy the database while it is written."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import apsw

from sidecar.model.errors import InvalidParams, StorageUnavailable
from sidecar.store import checksums
from sidecar.store.database import Database
from sidecar.store.outages import OF_DISK, outage_of, reason_of
from sidecar.store.parts import Part
from sidecar.store.upkeep import PROGRESS_STEPS

# Pages copied between two groups of writes: 2 MiB, some milliseconds.
BACKUP_STEP_PAGES = 512
COPY_CHECK = "PRAGMA quick_check(1)"


class Backup:
    """Copy the database through the writer's own connection, a few pages at a time.

    Writes through that connection reach the copy too, so it need not start again, and between
    two steps no reader holds the write-ahead log. A commit of another process makes SQLite start
    again, which under Litestream would have no end: then the copy is of one snapshot, and the log
    grows until it is done. The copy appears under its name only when it is whole, verified and
    synced.
    """

    def __init__(
        self, database: Database, target: Path, *, overwrite: bool, reserved: Sequence[Path] = ()
    ) -> None:
        """Begin a copy beside the target; refuses a path that cannot be used.

        Other files of the daemon are `reserved`: they are never replaced.
        """
        own = (*_own_files(database.path), *reserved)
        self._check_target = partial(_check_target, target, own, overwrite=overwrite)
        self._check_target()
        self.target = target
        self._database = database
        self._held: apsw.Connection | None = None
        self._pages = (0, 0)
        self._last_seq = 0
        try:
            self._part = Part(target)
        except OSError as error:
            if error.errno in OF_DISK:
                raise StorageUnavailable(reason=reason_of(error)) from error
            raise InvalidParams(path="path", reason=error.strerror or "not writable") from error
        try:
            with self._outages():
                vfs = checksums.vfs(wanted=checksums.are_in(database.path))
                self._copy = apsw.Connection(str(self._part.path), vfs=vfs)
                self._copy.pragma("synchronous", "OFF")
                page_bytes = database.writer.pragma("page_size")
                self._backup = self._copy.backup("main", database.writer, "main")
        except BaseException:
            self._part.close()
            raise
        assert isinstance(page_bytes, int)
        self._page_bytes = page_bytes

    def step(self) -> bool:
        """Copy some pages; True when all are copied. Only between two groups."""
        before = self._pages[0]
        with self._outages():
            self._backup.step(BACKUP_STEP_PAGES)
            pages, left = self._backup.page_count, self._backup.remaining
        self._pages = (pages - left, pages)
        if self._held is None:
            self._last_seq = self._database.last_seq
            if not self._backup.done and self._pages[0] <= before:
                self._hold()
        return self._backup.done

    def _hold(self) -> None:
        """Begin anew on a snapshot, which no commit of others changes any more."""
        with self._outages():
            self._backup.finish()
            self._held = checksums.connect(self._database.path, apsw.SQLITE_OPEN_READONLY)
            self._held.execute("BEGIN")
            # The state begins with what is read first.
            self._held.pragma("schema_version")
            self._backup = self._copy.backup("main", self._held, "main")
        self._pages = (0, self._pages[1])

    def progress(self) -> tuple[int, int]:
        """Tell how many bytes are copied, and of how many."""
        copied, pages = self._pages
        return copied * self._page_bytes, pages * self._page_bytes

    def sync(self) -> None:
        """Sync what is copied so far; on any thread."""
        with self._outages():
            self._part.sync()

    def finish_copying(self) -> int:
        """Let go of the database; tell the last seq that the copy has.

        The rest may happen on another thread.
        """
        with self._outages():
            self._backup.finish()
            self._let_go()
        return self._last_seq

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.close()

    def publish(self, is_cut_off: Callable[[], bool] | None = None) -> int:
        """Verify, sync and rename the copy; tell its size in bytes.

        Raises an Outage, and leaves nothing behind, if the copy is not whole; raises, and leaves
        nothing, if it is cut off.
        """
        try:
            with self._outages():
                self._copy.set_progress_handler(is_cut_off, PROGRESS_STEPS)
                self._copy.pragma("journal_mode", "DELETE")
                problem = self._copy.execute(COPY_CHECK).get
                self._copy.close()
                if problem != "ok":
                    raise StorageUnavailable(reason="corrupt")
                self._part.sync()
                size = self._part.path.stat().st_size
                # Somebody else may have made a file of this name meanwhile.
                self._check_target()
                self._part.become(self.target)
        finally:
            self._copy.close()
            self._part.close()
        return size

    def abandon(self) -> None:
        """Take back a copy that did not come to its end; why it did not is known."""
        # `close` raises even when told not to, if the disk fails there.
        with suppress(apsw.Error):
            self._backup.finish()
        self._let_go()
        self._copy.close()
        self._part.close()

    @contextmanager
    def _outages(self) -> Iterator[None]:
        """Turn what cannot be done now into an Outage."""
        try:
            yield
        except OSError as error:
            raise StorageUnavailable(reason=reason_of(error)) from error
        except apsw.Error as error:
            outage = outage_of(error)
            if outage is None:
                raise
            raise self._told_by_disk(outage) from error

    def _told_by_disk(self, outage: StorageUnavailable) -> StorageUnavailable:
        """Find out why a copy cannot be written: SQLite does not say in how far it is full."""
        if outage.details["reason"] == "io_error":
            try:
                self._part.probe()
            except OSError as error:
                return StorageUnavailable(reason=reason_of(error))
        return outage


def _check_target(target: Path, own: Sequence[Path], *, overwrite: bool) -> None:
    """Refuse a path that cannot be used, in whatever way: `os.path` tells, where Path raises."""
    if "\0" in str(target) or not target.is_absolute():
        raise InvalidParams(path="path", reason="not an absolute path")
    if not os.path.isdir(target.parent):  # noqa: PTH112  # as above
        raise InvalidParams(path="path", reason="not a file in an existing folder")
    if Path(os.path.realpath(target)) in own:
        raise InvalidParams(path="path", reason="is the database's own")
    if os.path.lexists(target):
        if not overwrite:
            raise InvalidParams(path="path", reason="exists already; overwrite is not set")
        if target.is_symlink() or not target.is_file():
            raise InvalidParams(path="path", reason="exists and is not a file")


def _own_files(database: Path) -> list[Path]:
    """List the names that SQLite and the daemon use beside the database."""
    own = database.resolve()
    return [own.with_name(own.name + end) for end in ("", "-wal", "-shm", "-journal", ".lock")]
