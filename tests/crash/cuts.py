"""Cut the power at every operation of a recording, and start on what is left."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sidecar.store import upkeep
from sidecar.store.database import Database, Durability
from sidecar.store.opening import Hold
from tests.crash.core import Moments
from tests.crash.disk import (
    Disk,
    Fate,
    Image,
    Op,
    everything,
    folder_in_memory,
    none,
    some,
    write_image,
)
from tests.crash.recording import DATABASE, Rows, reader, rows_of

# What survives of all that was not synced, and of the operation within which the power fails.
Cut = Callable[[int], tuple[Fate, Fate]]


def _torn(seed: int) -> Cut:
    return lambda at: (everything, some(f"{seed} {at}"))


def _scattered(seed: int) -> Cut:
    return lambda at: (some(f"{seed} {at} earlier"), some(f"{seed} {at} last"))


# What is left to chance is tried with so many seeds.
SEEDS = int(os.environ.get("SIDECAR_CRASH_SEEDS", "1"))
CUTS: dict[str, Cut] = {
    "lost": lambda _at: (none, none),
    "kept": lambda _at: (everything, none),
    **{f"torn {seed}": _torn(seed) for seed in range(SEEDS)},
    **{f"scattered {seed}": _scattered(seed) for seed in range(SEEDS)},
}


class Remains(NamedTuple):
    """What a cut within an operation has left."""

    at: int
    image: Image


class Examined(NamedTuple):
    """What the store makes of remains: its rows, and how often it has been started by now."""

    rows: Rows
    epoch: int


def each_cut(ops: list[Op], cut: Cut, image: Image | None = None) -> Iterator[Remains]:
    """Cut the power within each operation in turn, and after the last."""
    disk = Disk(image)
    for at, op in enumerate(ops):
        earlier, last = cut(at)
        yield Remains(at, disk.cut(earlier, op, last))
        disk.do(op)
    yield Remains(len(ops), disk.cut(cut(len(ops))[0]))


@contextmanager
def on_disk(image: Image) -> Iterator[Path]:
    """Put remains into a folder of their own; tell where the database is."""
    with folder_in_memory() as folder:
        write_image(folder, image)
        yield folder / DATABASE


def hold(path: Path, durability: Durability = "full") -> str | None:
    """Hold that no start takes remains for damaged; tell what of their log it takes for torn."""
    held = Hold(path, new_checksums=False, is_synced=durability == "full")
    held.keep_log(wanted=True)
    held.let_go()
    return held.torn


def content(path: Path) -> bytes | None:
    """Read what SQLite makes of a database's files, and leave them as they are; None: no file."""
    if not path.exists():
        return None
    with reader(path) as db:
        return db.serialize("main")


def examine(path: Path) -> Examined:
    """Start on remains as the daemon does, and hold all that the house says of a database."""
    database = Database(path, Moments().at(0))
    try:
        examined = Examined(rows_of(path), database.epoch)
    finally:
        database.abandon()
    assert upkeep.check(path, full=True) == []
    return examined
