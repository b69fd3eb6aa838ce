"""The power fails within every operation on the disk; a daemon starts on what is left.

Run longer, with so many seeds in the place of one for all that is left to chance:
`SIDECAR_CRASH_SEEDS=20 .venv/bin/pytest -q -n 2 tests/crash`.
"""

from functools import cache
from pathlib import Path

import pytest

from sidecar.store import upkeep
from sidecar.store.database import Database, Durability
from tests.crash import workload
from tests.crash.core import Core, Moments
from tests.crash.cuts import CUTS, each_cut, examine, hold, on_disk
from tests.crash.disk import folder_in_memory
from tests.crash.failing import image_before
from tests.crash.faults import Station
from tests.crash.judging import Judge
from tests.crash.recording import DATABASE, Told, recorded, rows_of
from tests.crash.workload import BACKUP


@cache
def judge(durability: Durability) -> Judge:
    return Judge(recorded(durability))


def asks_for_backup(told: Told) -> bool:
    return any(request["method"] == "daemon/backup" for request in told.step.requests)


def test_the_workload_uses_every_method_that_writes() -> None:
    used = {request["method"] for step in workload.WORKLOAD for request in step.requests}
    assert workload.writes() - used == set()


def test_what_is_refused_leaves_no_trace() -> None:
    told = recorded().told
    refused = [
        number
        for number, each in enumerate(told)
        if each.answers and all("error" in answer for answer in each.answers)
    ]
    assert len(refused) > 10
    assert all(told[number].rows == told[number - 1].rows for number in refused)


def test_what_is_asked_again_by_its_id_writes_nothing() -> None:
    again = [each for each in recorded().told if each.is_again]
    # To extend a lease again is the one that says more than it did.
    wrote = {each.step.requests[0]["method"] for each in again if each.answered_at > each.asked_at}
    assert wrote <= {"mailbox/extendLease", "thread/commit"}


@pytest.mark.parametrize("cut", CUTS)
def test_nothing_that_was_answered_is_lost_and_nothing_is_half(cut: str) -> None:
    judging = judge("full")
    for remains in each_cut(recorded().ops, CUTS[cut]):
        standing = judging.stand(remains)
        assert standing.is_lawful, (remains.at, standing)
        judging.repeat(remains, standing)


def test_without_a_sync_for_each_commit_the_same_test_finds_losses() -> None:
    judging = judge("normal")
    remains = each_cut(recorded("normal").ops, CUTS["lost"])
    standings = [judging.stand(each) for each in remains]
    # Lost, but never half: each is as the database once was.
    assert all(standing.found for standing in standings)
    assert not all(standing.is_lawful for standing in standings)


def test_a_torn_log_of_commits_that_were_not_promised_is_never_damage() -> None:
    torn = set()
    for remains in each_cut(recorded("normal").ops, CUTS["scattered 0"]):
        with on_disk(remains.image) as path:
            # The last start copies it.
            found = hold(path, "normal")
            assert hold(path, "full") == found
            torn.add(found)
    assert len(torn) > 2


@pytest.mark.parametrize("cut", CUTS)
def test_a_copy_is_whole_or_absent(cut: str, folder: Path) -> None:
    recording = recorded()
    whole = [told for told in recording.told if asks_for_backup(told)]
    target = folder / BACKUP
    seen: dict[bytes, list[tuple[object, ...]]] = {}
    for remains in each_cut(recording.ops, CUTS[cut]):
        answered = [told.rows for told in whole if told.answered_at <= remains.at]
        asked = [told.rows for told in whole if told.asked_at <= remains.at]
        copy = remains.image.get(BACKUP)
        if copy is None:
            assert not answered
            continue
        if copy not in seen:
            target.write_bytes(copy)
            assert upkeep.check(target, full=True) == []
            seen[copy] = rows_of(target)
        assert seen[copy] in asked[max(0, len(answered) - 1) :]


def test_in_the_place_of_one_that_was_removed_another_begins_at_every_cut() -> None:
    recording = recorded()
    image = image_before(recording.ops, len(recording.ops))
    del image[DATABASE]
    with folder_in_memory() as root:
        station = Station(root, image)
        with station.watching():
            Database(root / DATABASE, Moments().at(0)).abandon()
    last = None
    for cut in CUTS.values():
        for remains in each_cut(station.ops, cut, image):
            if remains.image != last:
                with on_disk(remains.image) as path:
                    assert examine(path).epoch in (1, 2)
            last = remains.image


def test_the_next_copy_takes_away_what_one_that_was_cut_off_has_left() -> None:
    recording = recorded()
    tried = set()
    for remains in each_cut(recording.ops, CUTS["scattered 0"]):
        left = frozenset(name for name in remains.image if name.startswith(f".{BACKUP}"))
        if not left or left in tried:
            continue
        tried.add(left)
        with on_disk(remains.image) as path:
            root = path.parents[1]
            with workload.small(), Core(path, Moments().at(0)) as core:
                core.call("daemon/backup", path=str(root / BACKUP), overwrite=True)
            assert {each.name for each in root.iterdir()} == {BACKUP, "state"}
    assert len(tried) > 2
