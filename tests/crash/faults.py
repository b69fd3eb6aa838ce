"""Let SQLite and the daemon write through a disk that remembers, and that may fail.

What they read is what they wrote: real files in a folder. Each operation on them is first done
on the model, in its order: by a VFS under SQLite, and in the place of the calls with which
Python's own code changes files. A fault lets it fail instead.
"""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self
from unittest import mock

import apsw

from tests.crash.disk import (
    Create,
    Delete,
    Disk,
    Image,
    Link,
    Lose,
    MakeFolder,
    Op,
    Open,
    Rename,
    Sync,
    SyncFolder,
    Truncate,
    Write,
    write_image,
)

VFS_NAME = "crash"
# What SQLite makes beside a database: with its first sync it syncs the folder (os_unix.c, 3.54).
JOURNALS = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
# Never synced, and made anew by whoever finds none.
UNWATCHED = "-shm"


class Broken(NamedTuple):
    """How an operation fails: as SQLite and as Python have it, and what of a write arrives."""

    code: int
    errno: int
    arrives: int = 0


BROKEN = Broken(apsw.SQLITE_IOERR, errno.EIO)
FULL = Broken(apsw.SQLITE_FULL, errno.ENOSPC)
# Not even a sector arrives.
TORN = BROKEN._replace(arrives=100)

# Is told of an operation before it is done; tells how it fails, or None.
Fault = Callable[[Op], Broken | None]


class Failed(Exception):
    """Carry a fault to whoever knows how to say it."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(broken)
        self.broken = broken


class Station:
    """Stand between a program and its files in one folder."""

    def __init__(self, root: Path, image: Image | None = None) -> None:
        """Begin with an image, which is written into the folder."""
        self.root = root
        self.disk = Disk(image)
        self.ops: list[Op] = []
        self.fault: Fault | None = None
        write_image(root, image or {})

    def name_of(self, path: str | os.PathLike[str] | None) -> str | None:
        """Name a file within the folder; None for what is elsewhere or not watched."""
        if path is None or os.fspath(path).endswith(UNWATCHED):
            return None
        own = os.path.relpath(path, self.root)
        return None if own.startswith("..") else own

    def do(self, op: Op) -> None:
        """Do an operation on the disk, unless it is to fail; the caller then does it really."""
        broken = self.fault(op) if self.fault is not None else None
        if broken is None:
            self.note(op)
            return
        if isinstance(op, Write) and broken.arrives:
            torn = op._replace(data=op.data[: broken.arrives])
            self.note(torn)
            with (self.root / op.name).open("r+b", buffering=0) as file:
                file.seek(torn.at)
                file.write(torn.data)
        elif isinstance(op, Sync):
            self.note(Lose(op.name))
        raise Failed(broken)

    def note(self, op: Op) -> None:
        self.ops.append(op)
        self.disk.do(op)

    @contextmanager
    def watching(self) -> Iterator[Self]:
        """Be where everything goes that is opened from now on."""
        vfs = _VFS(self)
        try:
            with _Calls(self).in_place():
                yield self
        finally:
            vfs.unregister()
            apsw.set_default_vfs("unix")


@contextmanager
def _as_sqlite() -> Iterator[None]:
    try:
        yield
    except Failed as failed:
        raise apsw.exception_for(failed.broken.code) from None


class _VFS(apsw.VFS):
    def __init__(self, station: Station) -> None:
        super().__init__(VFS_NAME, base="unix", makedefault=True)
        self._station = station

    def xOpen(  # noqa: N802  # SQLite's name
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        own = self._station.name_of(path)
        if own is None:
            return apsw.VFSFile("unix", name, flags)
        return _File(self._station, own, name, flags)

    def xDelete(self, path: str, sync_folder: bool) -> None:  # noqa: FBT001, N802  # as above
        own = self._station.name_of(path)
        if own is None or own not in self._station.disk:
            super().xDelete(path, sync_folder)
            return
        with _as_sqlite():
            self._station.do(Delete(own))
            super().xDelete(path, False)
            if sync_folder:
                self._station.do(SyncFolder(str(Path(own).parent)))


class _File(apsw.VFSFile):
    def __init__(
        self, station: Station, own: str, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> None:
        asked = flags[0]
        with _as_sqlite():
            station.do(Open(own))
        super().__init__("unix", name, flags)
        if own not in station.disk:
            station.note(Create(own))
        self._station = station
        self._own = own
        self._syncs_folder = bool(asked & JOURNALS and asked & apsw.SQLITE_OPEN_CREATE)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  # as above
        with _as_sqlite():
            self._station.do(Write(self._own, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802  # as above
        with _as_sqlite():
            self._station.do(Truncate(self._own, size))
        super().xTruncate(size)

    def xSync(self, _flags: int) -> None:  # noqa: N802  # as above
        with _as_sqlite():
            self._station.do(Sync(self._own))
            if self._syncs_folder:
                self._station.do(SyncFolder(str(Path(self._own).parent)))
                self._syncs_folder = False


def _path_of(fd: int) -> Path:
    return Path(f"/proc/self/fd/{fd}").readlink()


class _Calls:
    """Be the calls with which Python's own code changes files."""

    def __init__(self, station: Station) -> None:
        self._station = station
        names = ("open", "pwrite", "fsync", "mkdir", "unlink", "link", "rename")
        self._really: dict[str, Any] = {name: getattr(os, name) for name in names}

    def in_place(self) -> AbstractContextManager[object]:
        patched: AbstractContextManager[object] = mock.patch.multiple(
            os, **{name: getattr(self, name) for name in self._really}
        )
        return patched

    def _do(self, op: Op) -> None:
        try:
            self._station.do(op)
        except Failed as failed:
            raise OSError(failed.broken.errno, os.strerror(failed.broken.errno)) from None

    def _known(self, path: Any) -> str | None:
        own = self._station.name_of(path)
        return own if own in self._station.disk else None

    def open(self, path: Any, flags: int, *rest: Any, **options: Any) -> int:
        own = self._station.name_of(path)
        if own is not None:
            self._do(Open(own))
        fd: int = self._really["open"](path, flags, *rest, **options)
        if own is not None and flags & os.O_CREAT and own not in self._station.disk:
            self._station.note(Create(own))
        return fd

    def pwrite(self, fd: int, data: bytes, offset: int) -> int:
        own = self._station.name_of(_path_of(fd))
        if own is not None:
            self._do(Write(own, offset, data))
        written: int = self._really["pwrite"](fd, data, offset)
        return written

    def fsync(self, fd: int) -> None:
        path = _path_of(fd)
        own = self._station.name_of(path)
        if own is not None:
            self._do(SyncFolder(own) if path.is_dir() else Sync(own))

    def mkdir(self, path: Any, *rest: Any) -> None:
        own = self._station.name_of(path)
        if own not in (None, ".") and own not in self._station.disk:
            assert own is not None
            self._do(MakeFolder(own))
        self._really["mkdir"](path, *rest)

    def unlink(self, path: Any, *, dir_fd: int | None = None) -> None:
        # By a descriptor only scratch folders are emptied.
        own = self._known(path) if dir_fd is None else None
        if own is not None:
            self._do(Delete(own))
        self._really["unlink"](path, dir_fd=dir_fd)

    def link(self, path: Any, to: Any) -> None:
        self._move(Link, path, to)
        self._really["link"](path, to)

    def rename(self, path: Any, to: Any) -> None:
        self._move(Rename, path, to)
        self._really["rename"](path, to)

    def _move(self, op: type[Link | Rename], path: Any, to: Any) -> None:
        own, other = self._known(path), self._station.name_of(to)
        if own is not None:
            assert other is not None, f"{to} is elsewhere"
            self._do(op(own, other))
