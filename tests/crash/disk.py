"""A disk whose power can be cut: what is durable is kept apart from what is only written.

A file has the bytes that are durable and the changes since its last sync; so has a folder, whose
bytes are names. Nothing else is promised: what is not synced survives whole, in part or not at
all, in whatever order, sector by sector.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import NamedTuple

# What a disk writes whole or not at all.
SECTOR_BYTES = 512
# In memory where there is room: what is asked of a disk is asked of the model.
SCRATCH = Path("/dev/shm") if Path("/dev/shm").is_dir() else None


class Write(NamedTuple):
    """Bytes are put into a file."""

    name: str
    at: int
    data: bytes


class Truncate(NamedTuple):
    """A file is cut, or made longer by zeros."""

    name: str
    size: int


class Sync(NamedTuple):
    """What is written to a file becomes durable."""

    name: str


class Lose(NamedTuple):
    """A sync fails: what was written since the last one is never durable."""

    name: str


class Open(NamedTuple):
    """Nothing changes, but it may fail."""

    name: str


class Create(NamedTuple):
    """A name is given to a new file."""

    name: str


class MakeFolder(NamedTuple):
    """A name is given to a new folder."""

    name: str


class Delete(NamedTuple):
    """A name goes."""

    name: str


class Link(NamedTuple):
    """A file gets one more name."""

    name: str
    to: str


class Rename(NamedTuple):
    """Two names change as one, in the same folder."""

    name: str
    to: str


class SyncFolder(NamedTuple):
    """What was done to the names in a folder becomes durable."""

    name: str


Naming = Create | MakeFolder | Delete | Link | Rename
Op = Naming | Write | Truncate | Sync | Lose | Open | SyncFolder
# Asked for each sector and each change that is not synced: does it survive?
Fate = Callable[[], bool]
# What is on a disk: files by their names, None for a folder.
Image = dict[str, bytes | None]


def none() -> bool:
    """Let nothing survive."""
    return False


def everything() -> bool:
    """Let all survive."""
    return True


def some(seed: str) -> Fate:
    """Let some survive, more or fewer as the seed has it."""
    chance = random.Random(seed)
    share = chance.random()
    return lambda: chance.random() < share


class Inode:
    """A file's bytes, whatever its names; a folder has none."""

    def __init__(self, data: bytes | None = b"") -> None:
        self.is_folder = data is None
        self.durable = bytearray(data or b"")
        self.unsynced: list[Write | Truncate] = []

    def sync(self) -> None:
        for change in self.unsynced:
            put(self.durable, change, everything)
        self.unsynced.clear()


class Disk:
    """Do what is asked, and tell what is left if the power fails now."""

    def __init__(self, image: Image | None = None) -> None:
        """Begin with an image, all of it durable."""
        self._durable = {name: Inode(data) for name, data in (image or {}).items()}
        self.names = dict(self._durable)
        self._unsynced: list[tuple[Naming, Inode]] = []

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def do(self, op: Op) -> None:
        match op:
            case Write() | Truncate():
                self.names[op.name].unsynced.append(op)
            case Sync():
                self.names[op.name].sync()
            case Lose():
                self.names[op.name].unsynced.clear()
            case Create() | MakeFolder() | Delete() | Link() | Rename():
                inode = self._inode(op)
                name(self.names, op, inode)
                self._unsynced.append((op, inode))
            case SyncFolder():
                self._sync_folder(op.name)

    def _inode(self, op: Naming) -> Inode:
        match op:
            case Create():
                return Inode()
            case MakeFolder():
                return Inode(None)
            case _:
                return self.names[op.name]

    def _sync_folder(self, folder: str) -> None:
        rest = []
        for op, inode in self._unsynced:
            if str(PurePosixPath(op.name).parent) == folder:
                name(self._durable, op, inode)
            else:
                rest.append((op, inode))
        self._unsynced = rest

    def cut(self, earlier: Fate, last: Op | None = None, fate: Fate = none) -> Image:
        """Tell what survives of a cut within the last operation: of it, and of what was before."""
        names = dict(self._durable)
        for op, inode in self._unsynced:
            if earlier():
                name(names, op, inode)
        if isinstance(last, Naming) and fate():
            name(names, last, self._inode(last))
        torn = last if isinstance(last, Write | Truncate) else None
        image: Image = {}
        for each, inode in sorted(names.items()):
            if any(folder not in names for folder in folders_above(each)):
                continue
            if inode.is_folder:
                image[each] = None
                continue
            data = bytearray(inode.durable)
            for change in inode.unsynced:
                put(data, change, earlier)
            if torn is not None and inode is self.names[torn.name]:
                put(data, torn, fate)
            image[each] = bytes(data)
        return image


def name(names: dict[str, Inode], op: Naming, inode: Inode) -> None:
    """Do to names what is asked; of what is not there nothing goes."""
    if isinstance(op, Delete | Rename) and names.get(op.name) is inode:
        del names[op.name]
    if isinstance(op, Create | MakeFolder):
        names[op.name] = inode
    elif isinstance(op, Link | Rename):
        names[op.to] = inode


def folders_above(name: str) -> Iterable[str]:
    return (str(each) for each in PurePosixPath(name).parents if str(each) != ".")


def put(data: bytearray, change: Write | Truncate, fate: Fate) -> None:
    """Do to bytes what survives of a change."""
    if isinstance(change, Truncate):
        if fate():
            resize(data, change.size)
        return
    at, end = change.at, change.at + len(change.data)
    while at < end:
        sector_end = (at // SECTOR_BYTES + 1) * SECTOR_BYTES
        until = end if fate is everything else min(end, sector_end)
        if fate():
            piece = change.data[at - change.at : until - change.at]
            if len(data) < at:
                resize(data, at)
            data[at:until] = piece
        at = until


def resize(data: bytearray, size: int) -> None:
    del data[size:]
    data.extend(bytes(size - len(data)))


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """Make a scratch folder."""
    with TemporaryDirectory(prefix="sc", dir=SCRATCH) as folder:
        yield Path(folder)


def write_image(root: Path, image: Image) -> None:
    """Write the files of an image into a folder."""
    for each, data in image.items():
        if data is None:
            (root / each).mkdir(mode=0o700)
        else:
            (root / each).write_bytes(data)
