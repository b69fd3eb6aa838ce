"""Bring a database to the schema of this program, forward only, and keep a ledger of it.

Each migration is a numbered file, immutable once released: the ledger has its hash, and a
database whose ledger says otherwise was made by another program and is refused.
"""

import hashlib
from importlib.resources import files

import apsw
import msgspec

from sidecar.store.rows import Row

# "scar": marks a SQLite file as ours (PRAGMA application_id).
APPLICATION_ID = 0x73636172

LEDGER = """
CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    applied_at_ms INTEGER NOT NULL
) STRICT
"""
IS_EMPTY = "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)"
LAST_APPLIED = "SELECT coalesce(max(number), 0) FROM migrations"
APPLIED = "SELECT number, name, sha256 FROM migrations ORDER BY number"
RECORD = """
INSERT INTO migrations (number, name, sha256, applied_at_ms)
VALUES (:number, :name, :sha256, :now_ms)
"""


class WrongDatabase(Exception):
    """Say why this program must not open this database; it stays as it is."""


class Migration(msgspec.Struct, frozen=True):
    """Be one step of the schema: its number, its name, its text."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Digest the text, so that the ledger can tell an altered file."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations() -> list[Migration]:
    """Read the numbered files that ship with the program, in their order."""
    found = [
        Migration(int(file.name[:4]), file.name.removesuffix(".sql"), file.read_text())
        for file in files("sidecar.store").joinpath("migrations").iterdir()
        if file.name.endswith(".sql")
    ]
    found.sort(key=lambda migration: migration.number)
    assert [m.number for m in found] == list(range(1, len(found) + 1)), "numbers have a gap"
    return found


def migrate(db: apsw.Connection, now_ms: int, known: list[Migration]) -> None:
    """Apply what is missing in one transaction to a database that `check_ours` let pass.

    A crash in the middle leaves the database as it was.
    """
    with db:
        db.pragma("application_id", APPLICATION_ID)
        db.execute(LEDGER)
        applied = db.execute(APPLIED).fetchall()
        for migration in known[len(applied) :]:
            db.execute(migration.sql)
            db.execute(
                RECORD,
                {
                    "number": migration.number,
                    "name": migration.name,
                    "sha256": migration.sha256,
                    "now_ms": now_ms,
                },
            )


def is_empty(db: apsw.Connection) -> bool:
    """Tell whether nothing is in a database, as it is before it becomes anybody's."""
    return bool(db.execute(IS_EMPTY).get)


def check_ours(db: apsw.Connection, known: list[Migration]) -> None:
    """Raise WrongDatabase for a database that is not ours; an empty one may become ours.

    Only reads: a file that is refused stays as it is to the byte.
    """
    if not is_empty(db):
        check_not_foreign(db)
        check_ledger(db.execute(APPLIED).fetchall(), known)


def check_not_foreign(db: apsw.Connection) -> None:
    """Raise WrongDatabase for a database of another program."""
    if not db.execute(IS_EMPTY).get and db.pragma("application_id") != APPLICATION_ID:
        raise WrongDatabase("the file is a database of another program")


def check_ledger(applied: list[Row], known: list[Migration]) -> None:
    """Refuse a ledger that is newer than this program or tells of other migrations."""
    if len(applied) > len(known):
        raise WrongDatabase(
            f"the database has schema {len(applied)}, this program knows {len(known)}: "
            "it was made by a newer version"
        )
    for row, migration in zip(applied, known, strict=False):
        if row != (migration.number, migration.name, migration.sha256):
            raise WrongDatabase(f"migration {migration.name} is not the one that was applied")
