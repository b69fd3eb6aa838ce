"""Places on the disk, as `sidecar doctor` looks at them: whose they are, and what is there."""

import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

PRIVATE = 0o077


class Finding(msgspec.Struct, frozen=True):
    """Be one thing that is not as it should be, and what to do."""

    about: str
    problem: str
    advice: str


def beside(path: Path, end: str) -> Path:
    """Name what belongs to a file, and stands beside it."""
    return path.with_name(path.name + end)


def quoted(path: Path) -> str:
    """Write a path as a shell takes it, for an advice that can be pasted."""
    return shlex.quote(str(path))


def is_there(path: Path) -> bool:
    """Tell whether there is something; raises OSError where it cannot be seen."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def room(path: Path) -> int:
    """Tell how many bytes are free for us where a path is."""
    disk = os.statvfs(path)
    return disk.f_bavail * disk.f_frsize


def has_deleted(pid: int, database: Path) -> bool:
    """Tell whether a process has a database open that is not at its place any more."""
    links = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(str(link.readlink()))
        except FileNotFoundError:
            # Closed meanwhile.
            continue
    return f"{database} (deleted)" in links


def own(path: Path, advice: str) -> Iterator[Finding]:
    """Look whether a file or a folder is ours alone, and can be written."""
    if not is_there(path):
        return
    found = path.stat()
    if found.st_mode & PRIVATE:
        yield Finding("files", f"{path} can be used by others", advice)
    if found.st_uid != os.geteuid() and os.geteuid() != 0:
        yield Finding("files", f"{path} is owned by user {found.st_uid}", "run as that user")
    elif stat.S_ISREG(found.st_mode) and found.st_uid != (owner := path.parent.stat().st_uid):
        problem = f"{path} is owned by user {found.st_uid}, its folder by {owner}"
        yield Finding("files", problem, f"chown {owner} {quoted(path)}")
    elif os.statvfs(path).f_flag & os.ST_RDONLY:
        problem = f"{path} is on a file system that cannot be written"
        yield Finding("disk", problem, "see why (`dmesg`), and mount it to be written")
    elif not os.access(path, os.W_OK):
        yield Finding("files", f"{path} cannot be written", f"chmod u+w {quoted(path)}")
