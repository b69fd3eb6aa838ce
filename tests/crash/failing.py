"""Let every operation of every step fail in turn, under a daemon that goes on serving.

The n-th operation of a step fails, for n = 0, 1, 2 and so on until the step has no n-th any more.
A daemon serves one step after the other so; where steps in between are through with it, another
begins on the disk as the recording had it then.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from typing import Any, NamedTuple, Self

from sidecar.model.errors import StorageUnavailable
from tests.crash import workload
from tests.crash.core import Core, Moments, without_recovery
from tests.crash.cuts import on_disk
from tests.crash.disk import (
    Disk,
    Fate,
    Image,
    Op,
    Sync,
    Write,
    everything,
    folder_in_memory,
    none,
)
from tests.crash.faults import BROKEN, FULL, TORN, Broken, Station
from tests.crash.recording import DATABASE, Recording, Rows, Told, reader, rows_in, rows_of, serve

# A daemon rather serves so many steps without a fault than that another is started.
STRIDE = 8
OUTAGE = "storage_unavailable"


class Kind(NamedTuple):
    """How operations fail: which, as what, whether those that follow do too, and what is told."""

    how: Broken
    lasts: bool
    reason: str
    only: type[Op] | None = None


KINDS = {
    "once": Kind(TORN, lasts=False, reason="io_error"),
    "for good": Kind(BROKEN, lasts=True, reason="io_error"),
    "for want of room": Kind(FULL, lasts=True, reason="disk_full", only=Write),
}


class Countdown:
    """Be the fault of the n-th operation from now."""

    def __init__(self, kind: Kind, number: int) -> None:
        self.kind = kind
        self._left = number
        self.struck: Op | None = None

    def __call__(self, op: Op) -> Broken | None:
        if self.kind.only is not None and not isinstance(op, self.kind.only):
            return None
        self._left -= 1
        if self._left >= 0 or (self.struck is not None and not self.kind.lasts):
            return None
        self.struck = self.struck or op
        return self.kind.how


class Trial:
    """Serve steps of a recording on a disk that fails, from one of them on."""

    def __init__(self, recording: Recording, first: int) -> None:
        self._told = recording.told
        self._source = Moments()
        self._image = image_before(recording.ops, recording.told[first].asked_at)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            root = stack.enter_context(folder_in_memory())
            self._path = root / DATABASE
            self._station = Station(root, self._image)
            for context in (self._station.watching(), workload.small(), without_recovery()):
                stack.enter_context(context)
            core = Core(self._path, self._source.at(0))
            self._core = stack.enter_context(core)
            self._reader = stack.enter_context(reader(self._path))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def serve(self, number: int, fault: Countdown | None = None) -> None:
        """Do a step while operations fail: it is done, or an outage is told and nothing is."""
        told = self._told[number]
        self._station.fault = fault
        answers = self._do(told)
        self._station.fault = None
        rows = rows_in(self._reader)
        outages = {
            answer["error"]["data"]["reason"]
            for answer in answers
            if answer.get("error", {}).get("data", {}).get("kind") == OUTAGE
        }
        before = self._told[number - 1].rows
        if not outages:
            assert answers == told.answers
            assert rows == told.rows
            if fault is not None and isinstance(fault.struck, Sync) and not fault.kind.lasts:
                # What was lost in a sync that failed has been written again, and synced.
                self._cut_now(none, [rows])
            return
        assert fault is not None and outages == {fault.kind.reason}
        if isinstance(fault.struck, Sync):
            # Nobody was told so, but all of it may have come to the disk.
            self._cut_now(everything, [before, told.rows])
        self._ask_again(number, rows)

    def _ask_again(self, number: int, rows: Rows) -> None:
        """Hold that nothing was done, and that it is when the disk works again."""
        told, before = self._told[number], self._told[number - 1].rows
        expected = told.answers
        if rows == told.rows != before and told.step.requests[0]["method"] in workload.IN_PIECES:
            expected = self._told[number + 1].answers
        else:
            assert rows == before
        if told.step.requests and told.step.requests[0]["method"] == "daemon/backup":
            self._take_copy_away(number)
        assert self._do(told) == expected
        assert rows_in(self._reader) == told.rows

    def _take_copy_away(self, number: int) -> None:
        """Hold that a copy is whole or absent, and let it be made again."""
        copy = self._station.root / workload.BACKUP
        if copy.exists():
            assert rows_of(copy) in [told.rows for told in self._told[: number + 1]]
            if "overwrite" not in self._told[number].step.requests[0]["params"]:
                copy.unlink()

    def _do(self, told: Told) -> list[Any]:
        self._source.at(told.moment)
        try:
            return serve(self._core, self._station, told.step)[0]
        except StorageUnavailable as outage:
            # A chore's, which has nobody to tell.
            return [{"error": {"data": outage.data()}}]

    def _cut_now(self, fate: Fate, lawful: list[Rows]) -> None:
        """Cut the power before anything else happens."""
        with on_disk(self._station.disk.cut(fate)) as path:
            assert rows_of(path) in lawful


def image_before(ops: list[Op], at: int) -> Image:
    """Tell what is on a disk whose power was never cut."""
    disk = Disk()
    for op in ops[:at]:
        disk.do(op)
    return disk.cut(everything)


def fail_each(recording: Recording, kind: Kind) -> int:
    """Let each operation of each step fail in turn; tell how many have."""
    begins = [told.asked_at for told in recording.told]
    operations = [after - before for before, after in pairwise(begins)]
    struck = 0
    for number in range(max(operations[1:])):
        steps = [step for step, count in enumerate(operations) if step and count > number]
        for chain in chains(steps):
            struck += fail_in(recording, kind, number, chain)
    return struck


def fail_in(recording: Recording, kind: Kind, number: int, chain: list[int]) -> int:
    """Let the n-th operation of some steps fail, one step after the other; tell how many have."""
    struck = 0
    with Trial(recording, chain[0]) as trial:
        for step in range(chain[0], chain[-1] + 1):
            fault = Countdown(kind, number) if step in chain else None
            trial.serve(step, fault)
            struck += fault is not None and fault.struck is not None
    return struck


def chains(steps: list[int]) -> Iterator[list[int]]:
    """Divide steps where more than a stride lies between two of them."""
    chain: list[int] = []
    for step in steps:
        if chain and step - chain[-1] > STRIDE:
            yield chain
            chain = []
        chain.append(step)
    yield chain
