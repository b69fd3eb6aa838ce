"""Read the tables of a foreign SQLite file without touching it or what stands beside it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import apsw

from sidecar.cli.importing.story import Found

Value = None | int | float | str | bytes
Row = dict[str, Value]
MAGIC = b"SQLite format 3\0"


class Tables:
    """Be an open file, read-only."""

    def __init__(self, path: Path, db: apsw.Connection) -> None:
        self.path = path
        self._db = db
        self.names = {str(name) for (name,) in db.execute("SELECT name FROM sqlite_schema")}

    def rows(self, table: str, order: str) -> Iterator[tuple[str, Row]]:
        """Read a table in an order, each row with its place; a missing table has none."""
        if table not in self.names:
            return
        cursor = self._db.execute(f'SELECT * FROM "{table}" ORDER BY {order}')
        for number, values in enumerate(cursor, start=1):
            names = [str(name) for name, *_ in cursor.getdescription()]
            yield f"{self.path}:{table}:{number}", dict(zip(names, values, strict=True))


@contextmanager
def opened(path: Path, found: Found) -> Iterator[Tables | None]:
    """Open a file; one with a log beside it is copied first, so that nothing of it changes."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as close:
        try:
            db = _connect(path, Path(scratch))
            close.callback(db.close)
            tables = Tables(path, db)
        except (apsw.Error, OSError) as error:
            found.skip(str(path), f"cannot be read as SQLite: {error}")
            yield None
            return
        try:
            yield tables
        except (apsw.Error, UnicodeDecodeError) as error:
            found.skip(str(path), f"what follows cannot be read: {error}")


def _connect(path: Path, scratch: Path) -> apsw.Connection:
    log = path.with_name(path.name + "-wal")
    source = path
    if log.is_file() and log.stat().st_size:
        source = scratch / "copy.db"
        shutil.copyfile(path, source)
        shutil.copyfile(log, scratch / "copy.db-wal")
        return apsw.Connection(str(source))
    uri = f"{source.absolute().as_uri()}?mode=ro&immutable=1"
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    return apsw.Connection(uri, flags=flags)


def is_database(path: Path) -> bool:
    """Tell a SQLite file by its first bytes."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC
