"""Keep house: backups, retention, free pages, the log's size; all of it beside the peers' work."""

import asyncio
from pathlib import Path

import msgspec
import structlog

from sidecar.daemon import background
from sidecar.daemon.copies import Copies
from sidecar.daemon.desk import Desk
from sidecar.model.errors import ProtocolError
from sidecar.store import backups
from sidecar.store.folders import make_folder
from sidecar.store.pruning import Wanted

log = structlog.get_logger()

# Between two looks whether something is due; nothing here is urgent.
LOOK_S = 10.0
# Between two looks for what is too old.
RETAIN_EVERY_MS = 10 * 60 * 1000
# After a backup that failed: a disk that was away for a minute must not cost a day.
RETRY_MS = 10 * 60 * 1000
# A log that is longer than this is cut while nobody writes.
IDLE_WAL_BYTES = 1024 * 1024


class Habits(msgspec.Struct, frozen=True):
    """Be what the operator wants done; None is never."""

    backup_every_ms: int | None = None
    backup_keep: int = 24
    backup_folder: Path | None = None
    retain_events_ms: int | None = None
    retain_mailbox_ms: int | None = None


class Keeper:
    """Do what is due, one thing after the other, until it is cancelled."""

    def __init__(self, desk: Desk, copies: Copies, habits: Habits) -> None:
        """Look after a desk's database."""
        self._desk = desk
        self._copies = copies
        self._habits = habits
        path = desk.database.path
        self.folder = habits.backup_folder or path.with_name("backups")
        self._retained_at_ms = 0
        self._tried_at_ms = 0
        self._pause_ms = 0
        self._commits = -1
        self._lost: Path | None = None

    async def run(self) -> None:
        """Look through what was too large for that at the start, then look again and again."""
        await self.look_through()
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Do what is due now; what fails is logged, and tried again when it is due again."""
        for chore in (self._find_files, self._back_up, self._retain, self._shrink):
            try:
                await chore()
            except (OSError, ProtocolError) as error:
                _tell_failure(chore.__name__.strip("_"), error)

    async def look_through(self) -> None:
        """See whether the database is damaged; one that is serves nothing any more."""
        database = self._desk.database
        if not database.is_unseen:
            return
        try:
            await background.on_thread(database.look_through)
        except ProtocolError as error:
            _tell_failure("look_through", error)
        if database.damage is not None:
            log.critical("the database is damaged", what=database.damage)

    async def _find_files(self) -> None:
        """See whether all that is open is still at its path; writes are refused until it is."""
        self._lost = await self._desk.asides.run(self._desk.database.place.lost)
        if self._lost is not None:
            log.critical(
                "a file of the database was taken away: nothing is written until it is back, and a"
                " backup saves what there was",
                path=str(self._lost),
            )

    async def _back_up(self) -> None:
        every_ms = self._habits.backup_every_ms
        if every_ms is None:
            return
        now_ms = self._now_ms()
        # A clock that was set back is no reason to wait until it is there again.
        if 0 <= now_ms - self._tried_at_ms < self._pause_ms:
            return
        database = self._desk.database
        own = (self.folder, database.path, database.database_id)
        target = self.folder / backups.name_at(
            database.path, database.database_id, database.last_seq, now_ms
        )
        is_first, self._tried_at_ms, self._pause_ms = self._pause_ms == 0, now_ms, every_ms
        try:
            make_folder(self.folder)
            made = [each.at_ms for each in backups.kept(*own) if each.at_ms <= now_ms]
            # One made before the last restart counts.
            if is_first and made and now_ms - max(made) < every_ms:
                self._tried_at_ms = max(made)
                return
            backups.clear(*own)
            done = await self._copies.make(target, overwrite=False)
            gone = backups.forget_oldest(*own, self._habits.backup_keep, now_ms)
        except (OSError, ProtocolError) as error:
            self._pause_ms = min(every_ms, RETRY_MS)
            self._copies.failed(target, error)
            _tell_failure("back_up", error)
        else:
            log.info("backup", path=done.path, bytes=done.bytes_, last_seq=done.last_seq,
                     took_ms=done.took_ms, forgotten=len(gone))  # fmt: skip

    async def _retain(self) -> None:
        habits = self._habits
        if habits.retain_events_ms is None and habits.retain_mailbox_ms is None:
            return
        now_ms = self._now_ms()
        if 0 <= now_ms - self._retained_at_ms < RETAIN_EVERY_MS:
            return
        self._retained_at_ms = now_ms
        if habits.retain_events_ms is not None:
            wanted = Wanted(None, max(0, now_ms - habits.retain_events_ms), None)
            gone = await background.prune(self._desk, wanted)
            if gone.events:
                log.info("pruned", events=gone.events, bytes=gone.size, until_seq=gone.until)
        if habits.retain_mailbox_ms is not None:
            older_than_at_ms = max(0, now_ms - habits.retain_mailbox_ms)
            purged = await background.purge(self._desk, older_than_at_ms)
            if purged:
                log.info("purged", mailbox_entries=purged)

    async def _shrink(self) -> None:
        """Give back what is free, and cut the log when nothing was committed since the last look.

        Cut at any other time it would have to grow again at once, which halves the writes.
        """
        if self._lost is not None:
            return
        await background.give_back(self._desk)
        database = self._desk.database
        is_idle, self._commits = self._commits == database.commits, database.commits
        if is_idle and database.sizes_bytes()[1] > IDLE_WAL_BYTES:
            await self._desk.asides.run(database.truncate_log)

    def _now_ms(self) -> int:
        return self._desk.database.source.now_ms()


def _tell_failure(chore: str, error: OSError | ProtocolError) -> None:
    details = error.details if isinstance(error, ProtocolError) else {"path": error.filename}
    log.error("not done", chore=chore, reason=str(error), details=details)
