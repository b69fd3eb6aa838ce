"""A claim costs the same whatever is queued: counted in steps of SQLite's machine, not in time."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from sidecar.model.json_value import NULL
from sidecar.model.mailbox import Origin
from sidecar.store import mailbox_claims, mailbox_heads, mailboxes
from sidecar.store.database import Database
from sidecar.store.transaction import Tx
from tests.store.support import write
from tests.support import FakeSource
from tests.support.source import START_MS

FEW, MANY = 100, 3000
LATER_MS = START_MS + 1000
LEASE_MS = 10


class Shape(NamedTuple):
    """Say of the n-th entry where it goes, how urgent it is and from when on."""

    mailbox: Callable[[int], str] = "m{}".format
    priority: Callable[[int], int] = lambda _: 0
    available_at_ms: int = START_MS
    origin: Callable[[int], Origin] = lambda _: "external"
    # What was claimed before the claim that is looked at, and whether its lease has ended;
    # whether others hold claims, as many as are queued.
    claimed: str | None = None
    has_ended: bool = False
    others_work: bool = False


SHAPES = {
    "a mailbox for each": Shape(),
    "one mailbox": Shape(lambda _: "m0"),
    "one mailbox under a live claim": Shape(lambda _: "m0", claimed="m0"),
    "one mailbox, its lease ended": Shape(lambda _: "m0", claimed="m0", has_ended=True),
    "a live claim for each": Shape(others_work=True),
    "two origins": Shape(origin=lambda n: "internal" if n % 2 else "external"),
    "ten priorities": Shape(lambda n: f"m{n % 7}", priority=lambda n: n % 10),
    "urgent and all in the future": Shape(priority=lambda n: 1 + n % 99, available_at_ms=LATER_MS),
    "a mailbox for each in the future": Shape(priority=lambda _: 9, available_at_ms=LATER_MS),
    "one mailbox in the future": Shape(lambda _: "m0", lambda _: 9, LATER_MS),
}

each_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


def queue(tx: Tx, mailbox: str, priority: int, available_at_ms: int, origin: Origin) -> None:
    draft = mailboxes.Draft(NULL, origin, None, priority, None, available_at_ms, None)
    mailboxes.enqueue(tx, mailbox, None, None, draft, b"")


def claim(tx: Tx, mailbox: str | None, limit: int = 1) -> int:
    key = None if mailbox is None else mailboxes.find_mailbox(tx, mailbox)
    return len(mailbox_claims.claim(tx, key, "w", LEASE_MS, limit))


@pytest.fixture
def made(folder: Path) -> Iterator[Callable[[Shape, int], Database]]:
    databases: list[Database] = []

    def make(shape: Shape, count: int) -> Database:
        database = Database(folder / f"{count}.db", FakeSource())
        databases.append(database)

        def fill(tx: Tx) -> None:
            for n in range(count):
                place = (shape.mailbox(n), shape.priority(n), shape.available_at_ms)
                queue(tx, *place, shape.origin(n))
                if shape.others_work:
                    queue(tx, f"work{n}", 0, START_MS, "external")
                    key = mailboxes.find_mailbox(tx, f"work{n}")
                    mailbox_claims.claim(tx, key, "w", 2 * LEASE_MS, 1)
            if shape.claimed is not None:
                assert claim(tx, shape.claimed) == 1
            for n in range(10):
                queue(tx, f"other{n}", 0, START_MS, "external")

        write(database, fill)
        return database

    yield make
    for database in databases:
        database.close()


def steps(database: Database, run: Callable[[Tx], None], now_ms: int) -> int:
    """Count the steps that a request takes."""
    taken = 0

    def step() -> bool:
        nonlocal taken
        taken += 1
        return False

    database.begin()
    database.writer.set_progress_handler(step, 1)
    database.attempt(run, now_ms)
    database.writer.set_progress_handler(None)
    database.commit()
    return taken


@each_shape
@pytest.mark.parametrize("limit", [1, 5])
def test_a_claim_does_not_look_at_what_it_cannot_take(
    made: Callable[[Shape, int], Database], shape: Shape, limit: int
) -> None:
    def run(tx: Tx) -> None:
        assert claim(tx, None, limit) == limit

    now_ms = START_MS + LEASE_MS if shape.has_ended else START_MS
    few, many = (steps(made(shape, count), run, now_ms) for count in (FEW, MANY))
    assert many <= 1.2 * few


@each_shape
@pytest.mark.parametrize("mailbox", ["m0", "other3"])
def test_a_claim_of_a_mailbox_and_its_end_do_not_either(
    made: Callable[[Shape, int], Database], shape: Shape, mailbox: str
) -> None:
    def run(tx: Tx) -> None:
        key = mailboxes.find_mailbox(tx, mailbox)
        for claimed in mailbox_claims.claim(tx, key, "w", LEASE_MS, 1):
            entry = mailboxes.require(tx, claimed.id)
            mailbox_claims.leave(tx, entry, "accepted", verb="ack")

    now_ms = START_MS + LEASE_MS if shape.has_ended else START_MS
    few, many = (steps(made(shape, count), run, now_ms) for count in (FEW, MANY))
    assert many <= 1.2 * few


@pytest.mark.parametrize("shape", [each for each in SHAPES if each.endswith("the future")])
def test_a_claim_that_finds_nothing_and_waits_does_not_either(
    made: Callable[[Shape, int], Database], shape: str
) -> None:
    def run(tx: Tx) -> None:
        assert claim(tx, None, 10) == 10
        assert claim(tx, None) == 0
        assert mailbox_claims.next_due_ms(tx, None) == START_MS + LEASE_MS
        assert mailbox_heads.next_available_ms(tx, None) == LATER_MS

    few, many = (steps(made(SHAPES[shape], count), run, START_MS) for count in (FEW, MANY))
    assert many <= 1.2 * few


def test_an_ended_lease_is_met_once(made: Callable[[Shape, int], Database]) -> None:
    database = made(Shape(), FEW)

    def claim_all(tx: Tx) -> None:
        assert claim(tx, None, FEW) == FEW

    def claim_one(tx: Tx) -> None:
        assert claim(tx, None) == 1

    steps(database, claim_all, START_MS)
    later_ms = START_MS + LEASE_MS
    first, second, third = (steps(database, claim_one, later_ms) for _ in range(3))
    assert first > 10 * second and third <= 1.2 * second
