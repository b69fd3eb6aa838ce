"""A disk that takes its time to sync, and forgets what was not when the power is cut."""

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import apsw

from tests.simulation.timeline import Timeline

_NAMES = count(1)
# The moods of a disk: how long a sync takes at the most. The last is one that others keep busy.
SYNC_US = (60, 300, 4_000, 40_000, 2_000_000)
# What comes beside a database that is to be there again after a crash; -shm is memory.
PARTS = ("", "-wal", "-journal")


class Stored:
    """Be one file: what a power cut leaves of it, and what it may take."""

    def __init__(self, durable: bytes) -> None:
        self.durable = bytearray(durable)
        self._unsynced: list[tuple[int, bytes | None]] = []

    def write(self, data: bytes, offset: int) -> None:
        self._unsynced.append((offset, data))

    def truncate(self, size: int) -> None:
        self._unsynced.append((size, None))

    def sync(self) -> None:
        self.apply(self.unsynced)

    def apply(self, most: int) -> None:
        """Make the first so many of the writes durable, and lose the others."""
        for offset, data in self._unsynced[:most]:
            if data is None:
                del self.durable[offset:]
            else:
                self.durable.extend(bytes(max(0, offset - len(self.durable))))
                self.durable[offset : offset + len(data)] = data
        self._unsynced.clear()

    @property
    def unsynced(self) -> int:
        return len(self._unsynced)


class StoredFile(apsw.VFSFile):
    """Pass everything on to a real file, and remember what is durable."""

    def __init__(self, disk: "Disk", name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__(disk.base, name, flags)
        self._disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._stored = disk.stored(Path(path)) if path else Stored(b"")

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._stored.write(bytes(data), offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._stored.truncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802
        # Whether it is on the real disk nobody will ask.
        self._disk.sync(self._stored)


class Disk(apsw.VFS):
    """Be SQLite's way to files while one simulation runs."""

    def __init__(self, timeline: Timeline) -> None:
        self.base = apsw.vfs_names()[0]
        super().__init__(f"simulated-{next(_NAMES)}", self.base, makedefault=True)
        self._timeline = timeline
        self._chance = timeline.chance("disk")
        self._files: dict[Path, Stored] = {}
        self._until_doom = 0
        self._on_doom: Callable[[], None] | None = None
        self.syncs = 0
        self.sync_us = SYNC_US[0]

    def xOpen(  # noqa: N802
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> StoredFile:
        return StoredFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802
        self._files.pop(Path(filename), None)
        super().xDelete(filename, syncdir)

    def stored(self, path: Path) -> Stored:
        if path not in self._files:
            self._files[path] = Stored(path.read_bytes())
        return self._files[path]

    def sync(self, stored: Stored) -> None:
        """Wait for the disk; on the way a process that is doomed may meet its end."""
        self.syncs += 1
        self._until_doom -= 1
        is_last = self._until_doom == 0
        is_before = is_last and self._chance.random() < 0.5
        if is_before:
            self._meet_doom()
        stored.sync()
        self._timeline.spend(self._chance.randrange(self.sync_us // 4, self.sync_us))
        if is_last and not is_before:
            self._meet_doom()

    def doom(self, syncs: int, on_doom: Callable[[], None]) -> None:
        """Let the process die at its n-th sync from now on, just before it or just after."""
        self._until_doom, self._on_doom = syncs, on_doom

    def _meet_doom(self) -> None:
        on_doom, self._on_doom = self._on_doom, None
        if on_doom is not None:
            on_doom()

    def change_mood(self) -> None:
        self.sync_us = self._chance.choices(SYNC_US, (50, 30, 12, 6, 2))[0]

    def left(self, database: Path, *, is_power_cut: bool) -> dict[str, bytes]:
        """Tell what is there of a database after a kill, or after a power cut."""
        self._on_doom = None
        images: dict[str, bytes] = {}
        for end in PARTS:
            path = database.with_name(database.name + end)
            with suppress(FileNotFoundError):
                images[end] = path.read_bytes()
            if is_power_cut and path in self._files:
                stored = self._files[path]
                # What was not synced yet may have come as far as anywhere.
                stored.apply(self._chance.randrange(stored.unsynced + 1))
                images[end] = bytes(stored.durable)
        return images

    def forget(self, folder: Path) -> None:
        self._files = {path: each for path, each in self._files.items() if path.parent != folder}

    def close(self) -> None:
        self.unregister()


def put_back(images: dict[str, bytes], database: Path) -> None:
    """Lay what a crash has left where the next process looks for it."""
    for end, image in images.items():
        database.with_name(database.name + end).write_bytes(image)
