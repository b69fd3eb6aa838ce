"""Make tests/data/databases: what each earlier migration state had, written by its own program.

The program of a state is taken from the history; what it has stored is laid into the tables that
the migrations of today make up to that state, since 0002 was edited before it was released. The
first state is the program's own to the byte. Usage: scripts/make_databases.py [NUMBER ...]
"""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import apsw

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sidecar.store.migrate import APPLICATION_ID, migrate, migrations  # noqa: E402  # found by the path
from tests.support import Peer, Refused, specimen  # noqa: E402

TARGET = ROOT / "tests" / "data" / "databases"
# The last commit that knew so many migrations and no more.
COMMITS = {1: "d6a0a40", 2: "514eb59", 3: "0081156", 4: "59fbb3a", 5: "1b2d061"}
SCHEMA = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type <> 'table', rowid"
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid"
COLUMNS = """
SELECT name FROM pragma_table_info(?, 'main')
INTERSECT SELECT name FROM pragma_table_info(?, 'old')
"""
HEADS = "mailbox_heads"
LANE_ORDER = "ORDER BY rank, available_at_ms, created_at_ms, id"


def make(number: int) -> None:
    """Run the program of a state, fill it, write down what it has stored."""
    with tempfile.TemporaryDirectory(prefix="sc") as name:
        folder = Path(name)
        archive = subprocess.run(
            ["git", "archive", COMMITS[number], "sidecar"],  # the user's own git
            cwd=ROOT, check=True, capture_output=True,
        ).stdout  # fmt: skip
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        database, socket = folder / "sidecar.db", folder / "rpc.sock"
        serve = ["serve", "--database", str(database), "--socket", str(socket)]
        with subprocess.Popen(
            [sys.executable, "-m", "sidecar", *serve],
            cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, stdout=subprocess.PIPE,
        ) as process:  # fmt: skip
            assert process.stdout is not None and process.stdout.readline()
            with Peer(socket) as peer:
                specimen.fill(lambda method, params: _ask(peer, method, params))
            process.terminate()
        (TARGET / f"{number:04}.sql").write_text(_dump(_as_migrated(database, number)))


def _ask(peer: Peer, method: str, params: specimen.Answer) -> specimen.Answer:
    try:
        return peer.ask(method, params)
    except Refused as refused:
        # What it does not know yet.
        if refused.kind == "method_not_found":
            return {}
        raise


def _as_migrated(database: Path, number: int) -> Path:
    """Lay all rows, in the columns that there still are, into tables of today's migrations."""
    made = database.with_name("migrated.db")
    db = apsw.Connection(str(made))
    db.execute("ATTACH ? AS old", (str(database),))
    applied_at_ms = db.execute("SELECT max(applied_at_ms) FROM old.migrations").get
    assert isinstance(applied_at_ms, int)
    migrate(db, applied_at_ms, migrations()[:number])
    tables = [str(name) for (name,) in db.execute(TABLES) if name != "migrations"]
    with db:
        for table in tables:
            kept = ", ".join(str(name) for (name,) in db.execute(COLUMNS, (table, table)))
            # A lane has one head, the first; before it was edited 0002 had more lanes.
            verb, order = ("INSERT OR IGNORE", LANE_ORDER) if table == HEADS else ("INSERT", "")
            # One that its program did not have has no columns of both, and stays empty.
            if kept:
                db.execute(f"{verb} INTO {table} ({kept}) SELECT {kept} FROM old.{table} {order}")
    db.close()
    return made


def _dump(path: Path) -> str:
    db = apsw.Connection(str(path))
    lines = [f"PRAGMA application_id = {APPLICATION_ID};"]
    lines += [f"{sql};" for (sql,) in db.execute(SCHEMA)]
    for (table,) in db.execute(TABLES).fetchall():
        for row in db.execute(f"SELECT * FROM {table}"):
            values = ", ".join(apsw.format_sql_value(value) for value in row)
            lines.append(f"INSERT INTO {table} VALUES ({values});")
    db.close()
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    specimen.LONG = specimen.LONG[:300]
    for each in [int(word) for word in sys.argv[1:]] or COMMITS:
        make(each)
