"""The power fails while a database is brought from one schema to the next, or to the last."""

from pathlib import Path
from unittest import mock

import apsw
import pytest

from sidecar.store import database as database_module
from sidecar.store import upkeep
from sidecar.store.database import Database
from sidecar.store.migrate import migrate, migrations
from tests.crash.core import Moments
from tests.crash.cuts import CUTS, content, each_cut, hold, on_disk
from tests.crash.disk import Image, Op, folder_in_memory
from tests.crash.faults import Station
from tests.crash.recording import DATABASE, Rows, reader, rows_in

ALL = migrations()
# What every later schema has to carry over.
SEEDS = """
INSERT INTO daemon (only, database_id, epoch, last_seq, clean_shutdown)
VALUES (1, 'db_1', 1, 1, 1);
INSERT INTO thread_names (key, id) VALUES (1, 't');
INSERT INTO threads (
    key, id, title, title_words, model, provider, archived, version, message_count, created_at_ms,
    updated_at_ms, fingerprint
) VALUES (1, 't', 'T', ' t', 'm', 'p', 0, 2, 0, 5, 6, x'00');
INSERT INTO turns (
    key, id, thread_key, status, origin, has_usage, input_tokens, output_tokens, cost_usd,
    steer_count, item_count, recovered, created_at_ms, started_at_ms, ended_at_ms
) VALUES (1, 'u', 1, 'completed', 'started', 1, 3, 4, 0.5, 0, 0, 0, 5, 5, 6);
INSERT INTO events (seq, thread_key, turn_key, event, payload, source, at_ms)
VALUES (1, 1, 1, 'note', '{}', 'client', 5);
"""
SCHEMA = "SELECT type, name, sql FROM sqlite_schema ORDER BY name"
STEPS = [
    *((known, known + 1) for known in range(len(ALL))),
    *((known, len(ALL)) for known in (0, 1)),
]


def made_by(known: int) -> Image:
    """Make a database as a program did that knew so many migrations; none: there is no file."""
    if known == 0:
        return {}
    with folder_in_memory() as root:
        path = root / "made.db"
        db = apsw.Connection(str(path))
        db.pragma("auto_vacuum", "INCREMENTAL")
        db.pragma("journal_mode", "WAL")
        migrate(db, 1, ALL[:1])
        db.execute(SEEDS)
        migrate(db, 1, ALL[:known])
        db.close()
        return {"state": None, DATABASE: path.read_bytes()}


def everything_in(path: Path) -> Rows:
    with reader(path) as db:
        return [*db.execute(SCHEMA).fetchall(), *rows_in(db, {})]


def upgrade(path: Path, known: int) -> Rows:
    """Open a database as a program does that knows so many migrations."""
    with (
        mock.patch.object(database_module, "migrations", return_value=ALL[:known]),
        # What follows knows the last schema alone.
        mock.patch.object(Database, "_begin_epoch"),
    ):
        opened = Database(path, Moments().at(0))
        try:
            return everything_in(path)
        finally:
            opened.abandon()


def record_upgrade(image: Image, known: int) -> tuple[list[Op], Rows]:
    with folder_in_memory() as root:
        station = Station(root, image)
        with station.watching():
            rows = upgrade(root / DATABASE, known)
            ops = list(station.ops)
    return ops, rows


@pytest.mark.parametrize(("known", "wanted"), STEPS)
def test_a_schema_is_the_old_one_or_the_new_one_and_can_be_upgraded(
    known: int, wanted: int
) -> None:
    image = made_by(known)
    ops, new = record_upgrade(image, wanted)
    with on_disk(image) as path:
        old = everything_in(path) if known else []
    seen = set()
    for cut in CUTS.values():
        for remains in each_cut(ops, cut, image):
            with on_disk(remains.image) as path:
                found = content(path)
                if found in seen:
                    hold(path)
                    continue
                seen.add(found)
                assert found is None or everything_in(path) in ([], old, new)
                assert upgrade(path, wanted) == new
                if wanted == len(ALL):
                    assert upkeep.check(path, full=True) == []
    # Before and after; no file, an empty one, and its header, for a new one.
    assert len(seen) >= 2
