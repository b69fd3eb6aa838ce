"""What is mended, and how it is told: of every noun a row is lost, and nothing else changes."""

import re
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from sidecar.store import upkeep
from sidecar.store.mending import Mending, Names
from tests.support.invariants import break_in
from tests.support.source import START_MS

# What the daemon names itself.
MINTED = re.compile(r"[a-z]+_[0-9a-f]{32}$")
Rows = dict[tuple[str, int], dict[str, object]]
DATA = Path(__file__).parent.parent / "data"
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'migrations' ORDER BY 1"


@pytest.fixture
def db(folder: Path, content: bytes) -> Iterator[apsw.Connection]:
    break_in(folder)
    path = folder / "salvaged.db"
    path.write_bytes(content)
    db = apsw.Connection(str(path))
    db.pragma("foreign_keys", False)
    yield db
    db.close()


def dump(db: apsw.Connection) -> Rows:
    rows: Rows = {}
    for (table,) in db.execute(TABLES).fetchall():
        key = "entry_key" if table == "mailbox_heads" else "rowid"
        cursor = db.execute(f"SELECT {key} AS row_, * FROM {table}")
        for row in cursor:
            values = dict(zip([name for name, *_ in cursor.description], row, strict=True))
            rows[str(table), int(str(values.pop("row_")))] = values
    return rows


def show(value: object) -> str:
    if isinstance(value, bytes):
        return "zeroes" if value == bytes(16) else value.hex()
    if isinstance(value, int) and value >= START_MS:
        return f"start + {value - START_MS}"
    text = repr(value)
    return text if len(text) < 80 else f"{text[:20]}... of {len(text)}"


def changes(before: Rows, after: Rows) -> Iterator[str]:
    """Tell in a line each how rows differ; what is NULL in a new row is left out."""
    for place in sorted(before.keys() | after.keys()):
        old, new = before.get(place, {}), after.get(place, {})
        name = str(old.get("id") or new.get("id") or place[1])
        row = f"{place[0]} {place[1] if MINTED.match(name) else name}"
        if not new:
            yield f"{row} is gone"
            continue
        told = [f"{name} = {show(new[name])}" for name in new if new[name] != old.get(name)]
        if told:
            yield f"{row}: {', '.join(told)}"


def mended(db: apsw.Connection, losses: list[str], names: Names) -> list[str]:
    """Lose rows and mend; tell how it is other than it was, and all that was told."""
    before = dump(db)
    for loss in losses:
        db.execute(loss)
        assert db.changes(), f"nothing is lost by {loss}"
    # Made anew each time.
    db.execute("DELETE FROM mailbox_heads")
    mending = Mending(db, names)
    with db:
        mending.run("db_new")
    assert upkeep.check(Path(db.filename), full=True) == []
    told = [line for line in changes(before, dump(db)) if not line.startswith("daemon ")]
    told += [f"stand-in: {' | '.join(each)}" for each in mending.stand_ins]
    return told + [f"orphan: {table} | {reason}" for table, _, reason in mending.orphans]


def cases() -> dict[str, list[str]]:
    """Read what is lost, and what is mended then: in mended.txt, as it is told."""
    parts = (DATA / "mended.txt").read_text().split("# ")[1:]
    return {name: lines for name, *lines in (part.strip().split("\n") for part in parts)}


@pytest.mark.parametrize("case", cases())
def test_what_is_lost_is_mended_and_told(db: apsw.Connection, case: str) -> None:
    lines = cases()[case]
    told = [line.removeprefix("> ") for line in lines if line.startswith("> ")]
    named = [line.split() for line in lines if line.startswith("name ")]
    names = {(table, int(key)): name for _, table, key, _, name in named}
    losses = [line for line in lines if not line.startswith(("> ", "name "))]
    assert mended(db, losses, names) == told


def test_what_can_be_mended_is_read_from_its_file() -> None:
    assert len(cases()) > 20 and all(cases().values())


def test_it_is_another_database_that_did_not_end_cleanly(db: apsw.Connection) -> None:
    last_seq = db.execute("SELECT last_seq FROM daemon").get
    mended(db, [], {})
    wanted = "SELECT database_id, last_seq, clean_shutdown, epoch FROM daemon"
    assert db.execute(wanted).fetchall() == [("db_new", last_seq, 0, 1)]
    mended(db, ["DELETE FROM daemon"], {})
    assert db.execute(wanted).fetchall() == [("db_new", last_seq, 0, 0)]


@pytest.mark.parametrize(
    ("of_daemon", "of_event", "admitted", "promoted"),
    [(900, 1, 1, 2), (1, 900, 1, 2), (1, 1, 900, None), (1, 1, 1, 900), (1, 1, 1, None)],
)
def test_no_seq_that_was_given_out_is_given_out_again(
    db: apsw.Connection, of_daemon: int, of_event: int, admitted: int, promoted: int | None
) -> None:
    db.execute("DELETE FROM events WHERE seq > 1")
    db.execute("UPDATE events SET seq = ?", (of_event,))
    db.execute("UPDATE daemon SET last_seq = ?", (of_daemon,))
    one = "in-5" if promoted is None else "in-a"
    db.execute("DELETE FROM session_inputs WHERE id <> ?", (one,))
    db.execute("UPDATE session_inputs SET admitted_seq = ?, promoted_seq = ?", (admitted, promoted))
    db.execute("DELETE FROM mailbox_heads")
    mending = Mending(db, {})
    with db:
        mending.run("db_new")
    numbers = (of_daemon, of_event, admitted, promoted or 0)
    assert mending.last_seq == max(numbers)
    assert db.execute("SELECT last_seq FROM daemon").get == max(numbers)
