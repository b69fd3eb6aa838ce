"""Copy the database while it is written, and remember how it went."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sidecar.daemon.background import gently, on_thread
from sidecar.model.errors import Outage, ProtocolError
from sidecar.rpc.peer import BackupDone, BackupRunning, BackupsStatus
from sidecar.store.backup import Backup

if TYPE_CHECKING:
    from sidecar.daemon.desk import Desk

# Steps of a copy between two syncs of it: at its end there is little left that others' commits
# would have to wait for.
SYNC_STEPS = 8


class Copies:
    """Make copies, any number at once."""

    def __init__(self, desk: "Desk", reserved: Callable[[], Sequence[Path]]) -> None:
        """Copy a desk's database, never over `reserved` files."""
        self._desk = desk
        self._reserved = reserved
        self._running: list[Backup] = []
        self._last: BackupDone | None = None
        self._last_at_ms: int | None = None
        self._last_error: str | None = None

    async def make(self, path: Path, *, overwrite: bool) -> BackupDone:
        """Copy between the groups, then verify and sync on a thread."""
        try:
            done = await self._make(path, overwrite=overwrite)
        except Outage as outage:
            self.failed(path, outage)
            raise
        self._last, self._last_at_ms, self._last_error = done, self._now_ms(), None
        return done

    def failed(self, path: Path, error: Exception) -> None:
        """Remember that a copy could not be made."""
        details = error.details if isinstance(error, ProtocolError) else ""
        self._last_error = f"{path}: {error} {details}".rstrip()

    async def _make(self, path: Path, *, overwrite: bool) -> BackupDone:
        started_ms = self._now_ms()
        database = self._desk.database
        reserved = self._reserved()
        backup = await self._begin(
            lambda: Backup(database, path, overwrite=overwrite, reserved=reserved)
        )
        self._running.append(backup)
        try:
            last_seq = await self._copy(backup)
            size = await on_thread(backup.publish)
        finally:
            self._running.remove(backup)
        took_ms = max(0, self._now_ms() - started_ms)
        return BackupDone(path=str(path), bytes_=size, last_seq=last_seq, took_ms=took_ms)

    async def _begin(self, make: Callable[[], Backup]) -> Backup:
        """Begin a copy; one that is cut off meanwhile comes to its beginning, and no further."""
        begun: list[Backup] = []
        try:
            await self._desk.asides.run(lambda: begun.append(make()))
        except asyncio.CancelledError:
            await self._desk.between_groups()
            for backup in begun:
                backup.abandon()
            raise
        return begun[0]

    async def _copy(self, backup: Backup) -> int:
        """Copy all pages; tell the last seq that is in the copy."""
        try:
            steps = 0
            while not await gently(self._desk, backup.step):
                steps += 1
                if steps % SYNC_STEPS == 0:
                    await asyncio.to_thread(backup.sync)
            return await self._desk.asides.run(backup.finish_copying)
        except ProtocolError:
            await self._desk.asides.run(backup.abandon)
            raise
        except BaseException:
            # Cut off: what is under way comes to its end, and nothing more is begun.
            await self._desk.between_groups()
            backup.abandon()
            raise

    def status(self) -> BackupsStatus:
        """Tell what is being copied, and how the last copy went."""
        return BackupsStatus(
            running=[BackupRunning(str(each.target), *each.progress()) for each in self._running],
            last_path=None if self._last is None else self._last.path,
            last_at_ms=self._last_at_ms,
            last_error=self._last_error,
        )

    def _now_ms(self) -> int:
        return self._desk.database.source.now_ms()
