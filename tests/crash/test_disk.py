"""The disk itself: what is synced stays, and nothing else is sure."""

from tests.crash.disk import (
    SECTOR_BYTES,
    Create,
    Delete,
    Disk,
    Lose,
    MakeFolder,
    Rename,
    Sync,
    SyncFolder,
    Write,
    everything,
    none,
    some,
)

SECTOR = b"x" * SECTOR_BYTES


def test_a_file_needs_its_own_sync_and_that_of_its_folder() -> None:
    disk = Disk()
    for op in (Create("a"), Write("a", 0, b"1"), Sync("a")):
        disk.do(op)
    assert disk.cut(none) == {}
    disk.do(SyncFolder("."))
    disk.do(Write("a", 1, b"2"))
    assert disk.cut(none) == {"a": b"1"}
    assert disk.cut(everything) == {"a": b"12"}


def test_what_is_in_a_folder_goes_with_it() -> None:
    disk = Disk()
    for op in (MakeFolder("f"), Create("f/a"), Sync("f/a"), SyncFolder("f")):
        disk.do(op)
    assert disk.cut(none) == {}
    disk.do(SyncFolder("."))
    assert disk.cut(none) == {"f": None, "f/a": b""}


def test_a_name_that_moved_is_in_one_place() -> None:
    disk = Disk({"old": b"new", "name": b"was"})
    disk.do(Rename("old", "name"))
    assert disk.cut(none) == {"old": b"new", "name": b"was"}
    assert disk.cut(everything) == {"name": b"new"}
    assert disk.cut(none, Delete("name"), everything) == {"old": b"new", "name": b"was"}


def test_a_write_is_torn_at_its_sectors() -> None:
    disk = Disk({"a": b""})
    found = {
        disk.cut(everything, Write("a", 0, 2 * SECTOR), some(str(seed)))["a"] for seed in range(50)
    }
    assert found == {b"", SECTOR, bytes(SECTOR_BYTES) + SECTOR, 2 * SECTOR}


def test_what_a_failed_sync_has_lost_no_later_one_brings_back() -> None:
    disk = Disk({"a": b""})
    for op in (Write("a", 0, b"1"), Lose("a"), Sync("a")):
        disk.do(op)
    assert disk.cut(everything) == {"a": b""}
