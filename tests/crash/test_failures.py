"""Every operation on the disk fails in turn; the daemon says so, does nothing half and goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import pytest

from sidecar.daemon.recovery import recover
from sidecar.model.errors import Outage
from sidecar.store.database import Database
from sidecar.store.opening import CannotOpen, Hold
from sidecar.store.outages import GroupLost
from tests.crash.core import Moments
from tests.crash.disk import Image, Op, folder_in_memory
from tests.crash.failing import KINDS, Countdown, Kind, fail_each, image_before
from tests.crash.faults import Station
from tests.crash.recording import DATABASE, Rows, busy, recorded, rows_of, without_epochs

MOMENT = 900


@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_fails_is_told_and_nothing_is_half(kind: str) -> None:
    recording = recorded()
    assert fail_each(recording, KINDS[kind]) > len(recording.ops) // 2


def start(station: Station) -> Rows:
    """Open, recover and close as a daemon does; tell what there then is."""
    path = station.root / DATABASE
    database = Database(path, Moments().at(MOMENT))
    try:
        recover(database, "interrupt")
    except BaseException:
        database.abandon()
        raise
    rows = without_epochs(rows_of(path))
    database.close()
    return rows


@contextmanager
def closing_in_peace(station: Station) -> Iterator[None]:
    """Let nothing fail where a connection is closed: SQLite does not tell, its binding does."""
    let_go = Hold.let_go

    def in_peace(hold: Hold) -> None:
        station.fault = None
        let_go(hold)

    with mock.patch.object(Hold, "let_go", in_peace):
        yield


def fail_start(image: Image, kind: Kind, number: int, expected: Rows) -> Op | None:
    """Let the n-th operation of a start fail, then start again."""
    with folder_in_memory() as root:
        station = Station(root, image)
        fault = Countdown(kind, number)
        station.fault = fault
        with station.watching(), closing_in_peace(station):
            try:
                rows = start(station)
            except (CannotOpen, Outage, GroupLost):
                station.fault = None
                rows = start(station)
            station.fault = None
        assert rows == expected
    return fault.struck


@pytest.mark.parametrize(
    ("kind", "is_new"), [("for good", True), ("for good", False), ("once", False)]
)
def test_a_start_that_fails_can_be_tried_again(kind: str, *, is_new: bool) -> None:
    recording = recorded()
    image: Image = {} if is_new else image_before(recording.ops, busy(recording)[0])
    with folder_in_memory() as root:
        station = Station(root, image)
        expected = start(station)
    number = 0
    while fail_start(image, KINDS[kind], number, expected) is not None:
        number += 1
    assert number > 20
