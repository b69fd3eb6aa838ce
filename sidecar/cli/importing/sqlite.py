"""Read the tables of a foreign SQLite file without touching it or what stands beside it.

A file with a log beside it that counts is read from a copy; whoever is at work on it is neither
waited for nor disturbed.
"""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import apsw

from sidecar.cli.importing import files
from sidecar.cli.importing.story import Found

Value = None | int | float | str | bytes
Row = dict[str, Value]
MAGIC = b"SQLite format 3\0"
# What SQLite puts beside a file, and of that what may hold pages of it.
BESIDE = ("-wal", "-journal", "-shm")
LOGS = BESIDE[:2]
# Where it says how often it was changed.
HEADER_BYTES = 100
# Between two checkpoints there is nearly always time for a copy.
MAX_COPIES = 5
COMPARED_BYTES = 1024 * 1024
BUSY = "it is being written; import it again"


class Tables:
    """Be an open file, read-only."""

    def __init__(self, path: Path, db: apsw.Connection, found: Found) -> None:
        self.path = path
        self._db = db
        self._found = found
        self._unread = {
            str(name): None
            for (name,) in db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' "
                "ESCAPE '^' ORDER BY name"
            )
        }
        self.names = set(self._unread)
        (self._encoding,) = next(db.execute("PRAGMA encoding"))

    def rows(self, table: str, order: str, *needed: str) -> Iterator[tuple[str, Row]]:
        """Read a table in an order, each row with its place; a missing table has none.

        A row that cannot be read is reported, and all that follow one that is damaged.
        """
        if table not in self.names:
            return
        self._unread.pop(table, None)
        where = f"{self.path}:{table}"
        columns = [
            str(name)
            for (name,) in self._db.execute(f"SELECT name FROM pragma_table_info('{table}')")
        ]
        missing = [name for name in needed if name not in columns]
        if missing:
            self._found.skip(where, f"has no column {missing[0]}")
            return
        # Text by its bytes: what is no text of its encoding must not cost the rest.
        quoted = [_quoted(name) for name in columns]
        texts = [
            f"CASE typeof({name}) WHEN 'text' THEN CAST({name} AS BLOB) END" for name in quoted
        ]
        others = [f"CASE typeof({name}) WHEN 'text' THEN NULL ELSE {name} END" for name in quoted]
        select = ", ".join([*texts, *others])
        number = 0
        try:
            for number, values in enumerate(
                self._db.execute(f"SELECT {select} FROM {_quoted(table)} ORDER BY {order}"), start=1
            ):
                try:
                    yield f"{where}:{number}", self._row(columns, values)
                except UnicodeDecodeError:
                    self._found.skip(f"{where}:{number}", f"not {self._encoding}")
        except apsw.Error as error:
            self._found.skip(f"{where}:{number + 1}", f"from here on cannot be read: {error}")

    def _row(self, columns: list[str], values: tuple[Value, ...]) -> Row:
        row: Row = {}
        for name, text, other in zip(columns, values, values[len(columns) :], strict=False):
            row[name] = text.decode(self._encoding) if isinstance(text, bytes) else other
        return row

    def report_unread(self, known: Collection[str] = ()) -> None:
        """Report the tables that nobody has read; what is `known` says nothing of conversations."""
        for table in self._unread:
            if table in known or table.endswith("_migrations"):
                continue
            (count,) = next(self._db.execute(f"SELECT count(*) FROM {_quoted(table)}"))
            if count:
                self._found.skip(
                    f"{self.path}:{table}", f"{count} rows of a table that is not read"
                )


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


@contextmanager
def opened(path: Path, found: Found) -> Iterator[Tables | None]:
    """Open a file as it is at one moment; what was read while it changed is dropped."""
    stories = len(found.stories)
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as close:
        try:
            # Not its own method, which gives up on a circle of links in its own way.
            real = Path(os.path.realpath(path))
            before = _state(real)
            copy = _copy(real, Path(scratch)) if _logs(real) else None
            db = _connect(real, copy)
            close.callback(db.close)
            tables = Tables(path, db, found)
        except (apsw.Error, OSError) as error:
            found.skip(str(path), f"cannot be read as SQLite: {error}")
            yield None
            return
        try:
            yield tables
        except apsw.Error as error:
            found.skip(str(path), f"what follows cannot be read: {error}")
        if copy is None and _state(real) != before:
            del found.stories[stories:]
            found.skip(str(path), BUSY)


def _connect(real: Path, copy: Path | None) -> apsw.Connection:
    if copy is not None:
        return apsw.Connection(str(copy))
    uri = f"{real.as_uri()}?mode=ro&immutable=1"
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    return apsw.Connection(uri, flags=flags)


def _state(real: Path) -> tuple[int, int, bytes]:
    """Tell one state of a file from another."""
    with real.open("rb") as file:
        about = real.stat()
        return about.st_mtime_ns, about.st_size, file.read(HEADER_BYTES)


def _logs(real: Path) -> list[str]:
    """Name the logs that may hold pages of a file."""
    beside = [(suffix, real.with_name(real.name + suffix)) for suffix in LOGS]
    return [suffix for suffix, log in beside if files.is_file(log) and log.stat().st_size]


def _copy(real: Path, scratch: Path) -> Path:
    """Copy a file with its logs as they were together at one moment; raises OSError."""
    copy = scratch / "copy.db"
    for _ in range(MAX_COPIES):
        logs = _logs(real)
        for suffix in LOGS:
            copy.with_name(copy.name + suffix).unlink(missing_ok=True)
        try:
            for suffix in ("", *logs):
                shutil.copyfile(
                    real.with_name(real.name + suffix), copy.with_name(copy.name + suffix)
                )
            same = all(
                _begins_with(real.with_name(real.name + suffix), copy.with_name(copy.name + suffix))
                for suffix in ("", *logs)
            )
        except FileNotFoundError:
            # A log that was used up meanwhile.
            continue
        if same and logs == _logs(real):
            return copy
    raise OSError(BUSY)


def _begins_with(path: Path, copied: Path) -> bool:
    """Tell whether a file still has what was copied of it; a log may have grown since."""
    with path.open("rb") as one, copied.open("rb") as other:
        while part := other.read(COMPARED_BYTES):
            if one.read(len(part)) != part:
                return False
    return True


def is_database(path: Path) -> bool:
    """Tell a SQLite file by its first bytes."""
    if not files.is_file(path) or not os.access(path, os.R_OK):
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC
