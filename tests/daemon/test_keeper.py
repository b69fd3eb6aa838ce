"""Keeping house: when it is due, beside the peers' work, and never the end of the daemon."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from sidecar.daemon.keeper import RETAIN_EVERY_MS, RETRY_MS, Habits
from sidecar.store import pruning, upkeep
from tests.store.support import number
from tests.support import DaemonThread, Peer
from tests.support.peer import HANG_S

HOUR_MS = 3_600_000
HABITS = Habits(
    backup_every_ms=HOUR_MS, backup_keep=2, retain_events_ms=24 * HOUR_MS,
    retain_mailbox_ms=HOUR_MS,
)  # fmt: skip


@pytest.fixture
def daemon(folder: Path) -> Iterator[DaemonThread]:
    with DaemonThread(folder, habits=HABITS) as running:
        yield running


def wait_for(daemon: DaemonThread, run: Callable[[], Awaitable[None]]) -> None:
    async def done() -> None:
        await run()

    asyncio.run_coroutine_threadsafe(done(), daemon.loop).result(HANG_S)


def look(daemon: DaemonThread) -> None:
    wait_for(daemon, daemon.daemon.keeper.look)


def copies(daemon: DaemonThread) -> list[Path]:
    folder = daemon.database_path.with_name("backups")
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_backup_is_made_when_it_is_due_and_the_newest_are_kept(
    daemon: DaemonThread, peer: Peer
) -> None:
    peer.call("thread/create")
    made = []
    for _ in range(3):
        look(daemon)
        look(daemon)
        made += [each for each in copies(daemon) if each not in made]
        daemon.source.advance_ms(HOUR_MS)
    assert len(made) == 3 and copies(daemon) == made[1:]
    assert all(upkeep.check(each, full=True) == [] for each in copies(daemon))
    assert made[0].parent.stat().st_mode & 0o777 == 0o700
    told = peer.call("daemon/status")["backups"]
    assert told["lastPath"] == str(made[2]) and told["lastError"] is None


def test_a_restart_does_not_make_one_too_many(daemon: DaemonThread) -> None:
    look(daemon)
    daemon.stop()
    with DaemonThread(daemon.database_path.parent, habits=HABITS) as again:
        again.source.at_ms = daemon.source.at_ms
        look(again)
        assert len(copies(again)) == 1
        again.source.advance_ms(HOUR_MS)
        look(again)
        assert len(copies(again)) == 2


def test_a_backup_that_fails_is_told_and_tried_again(daemon: DaemonThread, peer: Peer) -> None:
    folder = daemon.database_path.with_name("backups")
    folder.write_text("in the way")
    look(daemon)
    assert "backups" in peer.call("daemon/status")["backups"]["lastError"]
    folder.unlink()
    look(daemon)
    assert copies(daemon) == []
    daemon.source.advance_ms(HOUR_MS)
    look(daemon)
    assert len(copies(daemon)) == 1
    assert peer.call("daemon/status")["backups"]["lastError"] is None


def test_a_clock_that_is_set_back_does_not_end_the_backups(daemon: DaemonThread) -> None:
    daemon.source.advance_ms(1_000 * HOUR_MS)
    look(daemon)
    daemon.source.advance_ms(-1_000 * HOUR_MS)
    made = []
    for _ in range(3):
        look(daemon)
        # The newest that is made is never one too many.
        made.append(copies(daemon)[0])
        daemon.source.advance_ms(HOUR_MS)
    assert len(set(made)) == 2 and copies(daemon)[0] == made[-1]


def test_a_disk_that_was_away_does_not_cost_a_day(folder: Path) -> None:
    habits = Habits(backup_every_ms=24 * HOUR_MS)
    with DaemonThread(folder, habits=habits) as daemon:
        place = daemon.database_path.with_name("backups")
        place.write_text("in the way")
        look(daemon)
        place.unlink()
        daemon.source.advance_ms(RETRY_MS)
        look(daemon)
        assert len(copies(daemon)) == 1
        daemon.source.advance_ms(RETRY_MS)
        look(daemon)
        assert len(copies(daemon)) == 1


def test_what_a_kill_has_left_is_cleared_away_and_nothing_else(daemon: DaemonThread) -> None:
    look(daemon)
    made = copies(daemon)[0]
    (made.parent / f".{made.name}.abcd_123.part").write_text("half")
    foreign = made.parent / ".sidecar-20231114T221320Z-1-ffffffff.db.abcd_123.part"
    foreign.write_text("another's")
    daemon.source.advance_ms(HOUR_MS)
    look(daemon)
    assert copies(daemon) == [foreign, made, copies(daemon)[2]]


def test_a_database_that_was_deleted_is_kept_open_and_can_be_saved(
    daemon: DaemonThread, peer: Peer, capfd: pytest.CaptureFixture[str]
) -> None:
    peer.call("thread/create", threadId="t")
    assert peer.call("daemon/status")["databaseBytes"] > 0
    daemon.is_broken = True
    daemon.database_path.unlink()
    look(daemon)
    look(daemon)
    assert "taken away" in "".join(capfd.readouterr())
    assert peer.call("daemon/status")["databaseBytes"] == 0
    target = daemon.database_path.with_name("saved.db")
    peer.call("daemon/backup", path=str(target))
    assert number(target, "SELECT count(*) FROM threads") == 1


def test_what_is_too_old_is_forgotten(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    for number_ in range(3):
        peer.call("mailbox/enqueue", mailboxId="m", entryId=f"e{number_}")
    peer.call("mailbox/cancel", entryId="e0")
    look(daemon)
    assert peer.call("event/list")["minSeq"] == 1
    daemon.source.advance_ms(25 * HOUR_MS)
    peer.call("thread/update", threadId="t", title="new")
    peer.call("mailbox/cancel", entryId="e1")
    look(daemon)
    assert peer.call("event/list")["minSeq"] == 2
    left = [entry["id"] for entry in peer.call("mailbox/list", mailboxId="m")["data"]]
    assert sorted(left) == ["e1", "e2"]


def test_what_is_too_old_is_looked_for_now_and_then(daemon: DaemonThread, peer: Peer) -> None:
    look(daemon)
    peer.call("thread/create")
    daemon.daemon.keeper._retained_at_ms = daemon.source.at_ms + 25 * HOUR_MS
    daemon.source.advance_ms(25 * HOUR_MS)
    look(daemon)
    assert peer.call("event/list")["minSeq"] == 1
    daemon.source.advance_ms(RETAIN_EVERY_MS)
    look(daemon)
    assert peer.call("event/list")["minSeq"] == 2


def test_free_pages_go_back_to_the_system(
    daemon: DaemonThread, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "SPARE_PAGES", 10)
    peer.call("thread/create", threadId="t")
    for _ in range(5):
        peer.call("event/append", threadId="t", event="big", payload="x" * 1_000_000)
    before = number(daemon.database_path, "PRAGMA page_count")
    peer.call("event/prune", beforeSeq=7)
    look(daemon)
    assert number(daemon.database_path, "PRAGMA page_count") < before / 5
    assert number(daemon.database_path, "PRAGMA freelist_count") == 10


def test_a_long_log_is_cut_once_nobody_writes(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    look(daemon)
    peer.call("event/append", threadId="t", event="big", payload="x" * 3_000_000)
    look(daemon)
    assert peer.call("daemon/status")["walBytes"] > 3_000_000
    look(daemon)
    assert peer.call("daemon/status")["walBytes"] == 0
    assert peer.call("event/append", threadId="t", event="x")["event"]["seq"] == 3


def test_a_reader_elsewhere_is_not_waited_for(daemon: DaemonThread, peer: Peer) -> None:
    import apsw

    peer.call("thread/create", threadId="t")
    peer.call("event/append", threadId="t", event="big", payload="x" * 3_000_000)
    reader = apsw.Connection(str(daemon.database_path), flags=apsw.SQLITE_OPEN_READONLY)
    reader.execute("BEGIN").execute("SELECT count(*) FROM events").fetchall()
    peer.call("event/append", threadId="t", event="x")
    look(daemon)
    look(daemon)
    assert peer.call("daemon/status")["walBytes"] > 3_000_000
    reader.close()
    look(daemon)
    assert peer.call("daemon/status")["walBytes"] == 0


def test_a_file_that_was_taken_away_is_told_and_still_copied(
    daemon: DaemonThread, peer: Peer, capsys: pytest.CaptureFixture[str]
) -> None:
    peer.call("thread/create", threadId="t")
    aside = daemon.database_path.with_name("aside.db")
    daemon.database_path.rename(aside)
    look(daemon)
    assert "taken away" in "".join(capsys.readouterr())
    assert len(copies(daemon)) == 1
    aside.rename(daemon.database_path)
    look(daemon)
    assert "taken away" not in "".join(capsys.readouterr())
    assert peer.call("thread/get", threadId="t")["thread"]["version"] == 0
