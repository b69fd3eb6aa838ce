"""Copy out of a damaged database all that can be read, and say of everything else what it is.

The source is only read. Rows come from its pages, found through its trees and, where those are
broken, wherever they lie; its indexes tell which rows are lost, and which are not what they were.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import apsw
import msgspec

from sidecar.model import ids
from sidecar.store import mending, pages
from sidecar.store.examine import lock_owner
from sidecar.store.lock import LockedByOther
from sidecar.store.migrate import migrate, migrations
from sidecar.store.pages import Found, Pages
from sidecar.store.parts import Part
from sidecar.store.rows import SqlValue
from sidecar.store.transaction import Source
from sidecar.store.upkeep import check

SCHEMA_COLUMNS = 5
# Made of the others, or by whoever makes the new one.
MADE_ANEW = ("migrations", "mailbox_heads")
TABLES = """
SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rootpage
"""
INDEXES = "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index' ORDER BY rootpage"
COLUMNS = """
SELECT name, pk = 1 AND max(pk) OVER () = 1 FROM pragma_table_info(:name) ORDER BY cid
"""
INDEXED = "SELECT cid FROM pragma_index_xinfo(:name) ORDER BY seqno"
# Columns that a row has which is older than the newer ones of its table.
SHORTER = {"daemon": 5, "thread_names": 2, "turns": 24}
# What a row of the table is called by.
NAMES = ("id", "commit_id", "event_key")


class CannotSalvage(Exception):
    """Say why nothing is copied; nothing has changed."""


class Loss(msgspec.Struct, frozen=True):
    """Be a record that is not as it was, or not there, and why."""

    table: str
    key: str
    reason: str


class Salvaged(msgspec.Struct, rename="camel"):
    """Tell what was copied and what was not."""

    target: str
    database_id: str = ""
    last_seq: int = 0
    copied: dict[str, int] = {}
    # Not copied.
    lost: list[Loss] = []
    # Copied, and perhaps not what they were.
    doubtful: list[Loss] = []
    # Made in the place of what is lost, so that others can stay.
    stand_ins: list[Loss] = []
    findings: list[str] = []


def salvage(source: Path, target: Path, clock: Source) -> Salvaged:
    """Make a new database of what can be read; it appears under its name when it is whole.

    Raises CannotSalvage, LockedByOther or OSError; there is no new file then.
    """
    if os.path.lexists(target):  # a link to nowhere is there too
        raise CannotSalvage(f"{target} exists already")
    if not target.parent.is_dir():
        raise CannotSalvage(f"{target.parent} is not a folder")
    _require_nobody(source)
    found = Pages(source)
    # Nobody has written to it while it was read.
    _require_nobody(source)
    part = Part(target)
    try:
        report = Salvaged(str(target))
        db = apsw.Connection(str(part.path))
        try:
            db.pragma("auto_vacuum", "INCREMENTAL")
            db.pragma("synchronous", "OFF")
            _Salvage(found, db, report, clock).run()
        finally:
            db.close()
        report.findings = check(part.path, full=True)
        part.sync()
        part.become(target)
    finally:
        part.close()
    return report


def _require_nobody(source: Path) -> None:
    lock = source.with_name(source.name + ".lock")
    owner = lock_owner(lock)
    if owner is not None:
        raise LockedByOther(lock, owner)


class _Salvage:
    """Fill a new database from the pages of a damaged one."""

    def __init__(self, found: Pages, db: apsw.Connection, report: Salvaged, clock: Source) -> None:
        self._pages = found
        self._db = db
        self._report = report
        self._clock = clock
        self._rows: dict[str, dict[int, list[SqlValue]]] = {}
        self._losses: dict[tuple[str, int | str], str] = {}
        self._doubts: dict[tuple[str, int], str] = {}
        self._names: mending.Names = {}
        self._walked: set[int] = set()

    def run(self) -> None:
        """Copy, see what is missing, mend."""
        roots = self._roots()
        known = migrations()
        number = self._schema(roots)
        self._db.transaction_mode = "IMMEDIATE"
        self._db.pragma("foreign_keys", False)
        migrate(self._db, self._clock.now_ms(), known[:number])
        self._columns = {name: self._columns_of(name) for name in self._named(TABLES)}
        with self._db:
            self._copy(roots)
            self._compare(roots)
        migrate(self._db, self._clock.now_ms(), known)
        database_id = ids.mint("db", self._clock.now_ms(), self._clock.random_bits(ids.RANDOM_BITS))
        with self._db:
            mended = mending.Mending(self._db, self._names)
            mended.run(database_id)
        self._tell(mended, database_id)
        if self._pages.told_count > self._pages.count:
            there = f"pages {self._pages.count + 1} to {self._pages.told_count}"
            self._report.lost.append(Loss("?", there, "the file ends before them"))
        if not self._rows:
            self._report.lost.append(Loss("?", "the whole", "nothing of it can be read"))

    def _named(self, sql: str) -> list[str]:
        return [str(row[0]) for row in self._db.execute(sql).fetchall()]

    def _columns_of(self, table: str) -> list[tuple[str, bool]]:
        rows = self._db.execute(COLUMNS, {"name": table}).fetchall()
        return [(str(name), bool(is_key)) for name, is_key in rows]

    # -- what is there ---------------------------------------------------------------------------

    def _roots(self) -> dict[str, int]:
        """Read where the trees of tables and indexes begin, as far as the schema can be read."""
        roots: dict[str, int] = {}
        for row in self._of_tree(1):
            values = row.values
            if row.problem is None and len(values) == SCHEMA_COLUMNS:
                name, root = values[1], values[3]
                if isinstance(name, str) and isinstance(root, int):
                    roots[name] = root
        return roots

    def _of_tree(self, root: int) -> Iterator[Found]:
        for number, is_ours in self._pages.tree(root, pages.TABLE_INNER, pages.TABLE_LEAF):
            if not is_ours:
                yield Found(None, [], problem=f"page {number} is none of its table any more")
                continue
            self._walked.add(number)
            if self._pages.kind(number) == pages.TABLE_LEAF:
                yield from self._pages.rows(number)

    def _schema(self, roots: dict[str, int]) -> int:
        """Tell the last migration that the source says to have; this program's if it says none."""
        known = {each.sha256: each.number for each in migrations()}
        said = [
            known.get(str(value), 0)
            for row in (self._of_tree(roots["migrations"]) if "migrations" in roots else ())
            for value in row.values
        ]
        return max(said, default=0) or len(known)

    def _copy(self, roots: dict[str, int]) -> None:
        """Copy every row of the trees, then those on pages that no tree leads to any more."""
        for table in self._columns:
            for row in self._of_tree(roots[table]) if table in roots else ():
                if table not in MADE_ANEW:
                    self._take(table, row)
        for number in range(2, self._pages.count + 1):
            is_leaf = self._pages.kind(number) == pages.TABLE_LEAF
            if is_leaf and number not in self._walked and not self._pages.is_free(number):
                self._take_stray(number)

    def _take(self, table: str, row: Found) -> bool:
        """Copy one row; tell whether it could be."""
        if row.problem is not None:
            self._losses[table, row.problem if row.key is None else row.key] = row.problem
            return False
        assert row.key is not None
        values = self._whole(table, row)
        columns = ", ".join(name for name, _ in self._columns[table][: len(values)])
        marks = ", ".join("?" * len(values))
        try:
            self._db.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)
        except (apsw.ConstraintError, apsw.MismatchError, apsw.SQLError, ValueError) as error:
            self._losses[table, row.key] = str(error)
            return False
        self._losses.pop((table, row.key), None)
        self._rows.setdefault(table, {})[row.key] = values
        if row.doubt is not None:
            self._doubts[table, row.key] = row.doubt
        return True

    def _whole(self, table: str, row: Found) -> list[SqlValue]:
        """Put the key where the record has nothing of it."""
        return [
            row.key if is_key else value
            for value, (_, is_key) in zip(row.values, self._columns[table], strict=False)
        ]

    def _take_stray(self, number: int) -> None:
        """Copy the rows of a page into the table that takes them."""
        rows = list(self._pages.rows(number))
        takers = {table: self._try(table, rows) for table in self._columns}
        best = max(takers, key=takers.__getitem__)
        if takers[best]:
            for row in rows:
                self._take(best, row)
        elif rows:
            self._losses["?", f"page {number}"] = f"{len(rows)} rows, of no table"

    def _try(self, table: str, rows: list[Found]) -> int:
        """Count the rows that a table would take."""
        columns = self._columns[table]
        least = SHORTER.get(table, len(columns))
        if table in MADE_ANEW or any(
            row.problem is None and not least <= len(row.values) <= len(columns) for row in rows
        ):
            return 0
        before = dict(self._losses), dict(self._doubts), dict(self._rows.get(table, {}))
        self._db.execute("SAVEPOINT stray")
        taken = sum(self._take(table, row) for row in rows)
        self._db.execute("ROLLBACK TO stray")
        self._db.execute("RELEASE stray")
        self._losses, self._doubts, self._rows[table] = before
        return taken

    # -- what the indexes say --------------------------------------------------------------------

    def _compare(self, roots: dict[str, int]) -> None:
        """Look up in every index what rows there should be, and what they should say."""
        for name, table in self._db.execute(INDEXES).fetchall():
            if name not in roots or table in MADE_ANEW:
                continue
            parts = [row[0] for row in self._db.execute(INDEXED, {"name": name}).fetchall()]
            for number, is_ours in self._pages.tree(
                roots[str(name)], pages.INDEX_INNER, pages.INDEX_LEAF
            ):
                for entry in self._pages.rows(number) if is_ours else ():
                    if entry.problem is None and len(entry.values) == len(parts):
                        self._compare_entry(str(name), str(table), parts, entry.values)

    def _compare_entry(
        self, name: str, table: str, parts: list[SqlValue], values: list[SqlValue]
    ) -> None:
        key = values[-1]
        if not isinstance(key, int):
            return
        row = self._rows.get(table, {}).get(key)
        for place, value in zip(parts[:-1], values, strict=False):
            assert isinstance(place, int)
            column = self._columns[table][place][0]
            if column in NAMES and isinstance(value, str):
                self._names.setdefault((table, key), value)
            if row is not None and place < len(row) and row[place] != value:
                self._doubts.setdefault((table, key), f"{column} is another in index {name}")
        if row is None:
            self._losses.setdefault((table, key), "its row is nowhere")

    # -- what came of it -------------------------------------------------------------------------

    def _tell(self, mended: mending.Mending, database_id: str) -> None:
        report = self._report
        report.database_id, report.last_seq = database_id, mended.last_seq
        gone = {(table, key) for table, key, _ in mended.orphans}
        report.copied = {
            table: sum((table, key) not in gone for key in rows)
            for table, rows in self._rows.items()
        }
        report.lost = [
            Loss("log", frame, "its checksum is wrong") for frame in self._pages.lost_frames
        ]
        report.lost += [Loss(table, self._called(table, key), reason)
                        for (table, key), reason in self._losses.items()]  # fmt: skip
        report.lost += [Loss(table, self._called(table, key), why)
                        for table, key, why in mended.orphans]  # fmt: skip
        report.doubtful = [Loss(table, self._called(table, key), reason)
                           for (table, key), reason in self._doubts.items()]  # fmt: skip
        report.stand_ins = [Loss(*each) for each in mended.stand_ins]

    def _called(self, table: str, key: int | str) -> str:
        """Name a row by its id where one is known."""
        if isinstance(key, str):
            return key
        row = self._rows.get(table, {}).get(key)
        if row is not None:
            names = [column for column, _ in self._columns[table]]
            if "id" in names and isinstance(row[names.index("id")], str):
                return str(row[names.index("id")])
        return self._names.get((table, key), f"row {key}")
