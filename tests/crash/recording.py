"""A daemon that serves the workload, and what became of it, operation by operation."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from sidecar.rpc.registry import NEVER, REGISTRY
from sidecar.store.database import Durability
from tests.crash import workload
from tests.crash.core import Core, Moments
from tests.crash.disk import Op, folder_in_memory
from tests.crash.faults import Station
from tests.crash.workload import HERE, Step, TokenOf

DATABASE = "state/sidecar.db"
# Starts and commits are counted, but are not what was asked for; all else must be the same.
COLUMNS = {"daemon": "database_id, last_seq, pruned_seq"}
EPOCH = re.compile(r'"epoch":\d+')
Rows = list[tuple[object, ...]]


class Told(NamedTuple):
    """What was asked, as of which moment, and what became of it."""

    moment: int
    step: Step
    answers: list[Any]
    # How many operations had been done when it was asked, and when its answers had left.
    asked_at: int
    answered_at: int
    # All that the database then had.
    rows: Rows
    # It had been asked before, and answered.
    is_again: bool


class Recording(NamedTuple):
    """Every operation on the disk from a daemon's first moment to its last, and what it told."""

    ops: list[Op]
    told: list[Told]


@contextmanager
def reader(path: Path) -> Iterator[apsw.Connection]:
    """Open a connection that no fault can meet, and that leaves everything as it is."""
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs="unix")
    try:
        db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        yield db
    finally:
        db.close()


def rows_in(db: apsw.Connection, columns: dict[str, str] = COLUMNS) -> Rows:
    """List all that is in a database, or in some columns of some of its tables."""
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
    return [
        (name, *row)
        for name in map(str, chain.from_iterable(db.execute(tables).fetchall()))
        for row in db.execute(f"SELECT {columns.get(name, '*')} FROM {name} ORDER BY 1")
    ]


def rows_of(path: Path) -> Rows:
    """List all that is in a database, once."""
    with reader(path) as db:
        return rows_in(db)


def put_tokens(value: Any, told: list[Told]) -> Any:
    """Put the tokens that were answered in the place of what stands for them."""
    match value:
        case TokenOf(entry_id):
            return _token(entry_id, told)
        case dict():
            return {name: put_tokens(part, told) for name, part in value.items()}
        case list():
            return [put_tokens(part, told) for part in value]
        case _:
            return value


def _token(entry_id: str, told: list[Told]) -> str:
    results = [answer.get("result", {}) for each in told for answer in each.answers]
    entries = [entry for each in results for entry in (each.get("entry"), *each.get("entries", []))]
    tokens: list[str] = [
        entry["claimToken"]
        for entry in entries
        if entry and entry["id"] == entry_id and entry["claimToken"]
    ]
    return tokens[-1]


def may_repeat(step: Step) -> bool:
    """Tell whether a client may send this again when its answer was lost."""
    retries = [REGISTRY[request["method"]].retry for request in step.requests]
    return bool(retries) and NEVER not in retries


def without_epochs(rows: Rows) -> Rows:
    """Leave out what counts starts: it is told in the event of a recovery too."""
    return [
        tuple(EPOCH.sub("", value) if isinstance(value, str) else value for value in row)
        for row in rows
    ]


def busy(recording: Recording) -> tuple[int, Rows]:
    """Tell when most was open: after how many operations, and all that there was."""
    told = [each for each in recording.told if each.moment <= len(workload.BUSY)]
    return recording.told[len(told)].asked_at, told[-1].rows


@cache
def recorded(durability: Durability = "full") -> Recording:
    """Record it once for all tests."""
    with folder_in_memory() as root:
        return record(root, durability)


def record(root: Path, durability: Durability = "full") -> Recording:
    """Serve the workload; what may be repeated is asked for twice."""
    station, source = Station(root), Moments()
    path = root / DATABASE
    told: list[Told] = []
    with (
        station.watching(),
        workload.small(),
        Core(path, source.at(0), durability=durability) as core,
    ):
        told.append(Told(0, Step([]), [], 0, len(station.ops), rows_of(path), is_again=False))
        for moment, step in enumerate(workload.WORKLOAD, 1):
            literal = step._replace(requests=put_tokens(step.requests, told))
            for is_again in (False, True) if may_repeat(step) else (False,):
                source.at(moment)
                asked_at = len(station.ops)
                answers, answered_at = serve(core, station, literal)
                rows = rows_of(path)
                told.append(Told(moment, literal, answers, asked_at, answered_at, rows, is_again))
    return Recording(station.ops, told)


def serve(core: Core, station: Station, step: Step) -> tuple[list[Any], int]:
    """Do a step; tell the answers, and how many operations had been done when they had left."""
    left_at = len(station.ops)

    def leave() -> None:
        nonlocal left_at
        left_at = len(station.ops)

    core.on_answer = leave
    root = str(station.root)
    sent = json.loads(json.dumps(step.requests).replace(HERE, root))
    answers = core.send(sent) if sent else []
    core.settle()
    if step.chore is not None:
        step.chore(core)
        leave()
    return json.loads(json.dumps(answers).replace(root, HERE)), left_at
