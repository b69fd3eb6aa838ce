"""The power fails while a daemon mends what a crash has left, and while the next one does."""

from collections.abc import Iterator

import pytest

from sidecar.model.recovery import RecoverMode
from sidecar.store import upkeep
from tests.crash import workload
from tests.crash.core import Core, Moments
from tests.crash.cuts import CUTS, content, each_cut, hold, on_disk
from tests.crash.disk import Image, Op, folder_in_memory
from tests.crash.failing import image_before
from tests.crash.faults import Station
from tests.crash.recording import DATABASE, Rows, busy, recorded, rows_of, without_epochs

MOMENT = 900


def recover(image: Image, mode: RecoverMode) -> tuple[list[Op], Rows]:
    """Start a daemon on what was left; tell what it did to the disk, and what it then has."""
    with folder_in_memory() as root:
        station = Station(root, image)
        path = root / DATABASE
        with (
            station.watching(),
            workload.small(),
            Core(path, Moments().at(MOMENT), recover_mode=mode),
        ):
            rows = without_epochs(rows_of(path))
            ops = list(station.ops)
        assert upkeep.check(path, full=True) == []
    return ops, rows


def outcomes(image: Image, ops: list[Op], lawful: list[Rows]) -> Iterator[Image]:
    """Cut the power within each operation; tell of what is left what SQLite takes for different."""
    seen = set()
    for cut in CUTS.values():
        for remains in each_cut(ops, cut, image):
            with on_disk(remains.image) as path:
                found = content(path)
                if found in seen:
                    hold(path)
                    continue
                seen.add(found)
                assert without_epochs(rows_of(path)) in lawful
            yield remains.image


@pytest.mark.parametrize("mode", ["interrupt", "requeue"])
def test_a_cut_within_recovery_and_one_within_the_next_change_nothing(mode: RecoverMode) -> None:
    recording = recorded()
    at, open_rows = busy(recording)
    crashed = image_before(recording.ops, at)
    ops, mended = recover(crashed, mode)
    lawful = [without_epochs(open_rows), mended]
    assert mended != lawful[0]
    first = list(outcomes(crashed, ops, lawful))
    # As it was, a start further, and mended.
    assert len(first) >= 3
    for image in first:
        again, rows = recover(image, mode)
        assert rows == mended
        for second in outcomes(image, again, lawful):
            assert recover(second, mode)[1] == mended
