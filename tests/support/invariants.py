"""Hold every database that a test has used to the house's invariants, when the test is over."""

from pathlib import Path

from sidecar.store import upkeep
from sidecar.store.migrate import APPLICATION_ID

# Where the header of a file says whose it is (https://sqlite.org/fileformat.html, 1.3).
OWNER = slice(68, 72)
# Folders of tests that have broken a database on purpose.
_broken: set[Path] = set()


def break_in(folder: Path) -> None:
    """Say that the databases of a folder are broken on purpose."""
    _broken.add(folder)


def hold_in(folder: Path) -> None:
    """Check every database of ours in a folder, those below it and copies too."""
    for path in sorted(folder.rglob("*.db")):
        if path.is_file() and not _broken & {*path.parents} and _is_ours(path):
            assert upkeep.check(path, full=True) == [], path.name


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(OWNER.stop)[OWNER] == APPLICATION_ID.to_bytes(4, "big")
