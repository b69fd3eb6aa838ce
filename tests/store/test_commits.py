"""What the house says of messages, change sets and state; and what a replay costs."""

from pathlib import Path

import apsw
import pytest

from sidecar.model import limits
from sidecar.model.errors import CorruptRecord
from sidecar.model.json_value import Json
from sidecar.model.patch import AddOp, Patch
from sidecar.store import commits, states, upkeep
from sidecar.store.commits import Change
from sidecar.store.migrate import migrate, migrations
from sidecar.store.transaction import Snapshot, Tx
from tests.store.crashes import before_the_crash
from tests.store.support import make_thread, number, opened, spoil, write
from tests.support import Peer
from tests.support.source import START_MS


def furnish(peer: Peer) -> None:
    """Make a thread of five versions: two logs, one patch, one snapshot."""
    peer.call("thread/create", threadId="t")
    peer.call("message/append", threadId="t", messages=[{"role": "user"}] * 3)
    peer.call("message/replace", threadId="t", messages=[{"role": "user"}] * 2)
    peer.call("thread/setState", threadId="t", state={"a": 1})
    patch = {"ops": [{"op": "add", "path": "/b", "value": 2}]}
    peer.call("thread/commit", threadId="t", patches=[patch])
    peer.call("thread/update", threadId="t", title="x")


BROKEN = [
    ("UPDATE threads SET version = 6", "a thread's version is not that of its last commit"),
    ("DELETE FROM commits WHERE version = 5", "a thread's version is not that of its last commit"),
    ("DELETE FROM commits WHERE version = 2", "a thread's commits have a gap"),
    ("UPDATE thread_heads SET log = 0", "a thread's log is not that of its last commit"),
    ("UPDATE threads SET message_count = 3", "a thread's log is not that of its last commit"),
    ("DELETE FROM messages WHERE log = 2 AND seq = 2", "a thread's messages are not counted"),
    ("DELETE FROM messages WHERE log = 0 AND seq = 2", "a log of messages has a gap"),
    ("UPDATE thread_heads SET state = '{}'", "a thread's state is not what its commits make"),
    ("UPDATE thread_heads SET state = '{'", "a thread's state is not what its commits make"),
    ("UPDATE commits SET patches = '[' WHERE version = 4", "a thread's state is not what its"),
    (
        """UPDATE commits SET patches = '[{"ops":[{"op":"remove","path":"/z"}]}]'
        WHERE version = 4""",
        "a thread's state is not what its commits make",
    ),
    ("UPDATE commits SET snapshot = '{}' WHERE version = 3", "a thread's state is not what its"),
]


@pytest.mark.parametrize(("change", "sentence"), BROKEN)
def test_a_broken_law_is_found(folder: Path, change: str, sentence: str) -> None:
    path = folder / "sidecar.db"
    with before_the_crash(folder) as peer:
        furnish(peer)
    assert upkeep.check(path, full=True) == []
    spoil(path, change)
    findings = upkeep.check(path, full=True)
    assert any(finding.startswith(sentence) for finding in findings), findings


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("messages", "content = '{'"),
        ("messages", "role = 'bot'"),
        ("commits", "actions = '['"),
        ("threads", "metadata = '{'"),
    ],
)
def test_a_value_that_no_column_may_have_is_found(
    folder: Path, table: str, change: str, *, full: bool
) -> None:
    path = folder / "sidecar.db"
    with before_the_crash(folder) as peer:
        furnish(peer)
    spoil(path, f"UPDATE {table} SET {change}")
    assert upkeep.check(path, full=full) == [f"integrity: CHECK constraint failed in {table}"]


@pytest.mark.parametrize(
    ("change", "table", "key"),
    [
        ("UPDATE thread_heads SET state = '{'", "thread_heads", "1"),
        ("UPDATE commits SET patches = '[' WHERE version = 4", "commits", "4"),
        ("UPDATE commits SET snapshot = '[1]' WHERE version = 3", "commits", "up to 4"),
    ],
)
def test_a_broken_record_is_told_and_not_passed_over(
    folder: Path, change: str, table: str, key: str
) -> None:
    path = folder / "sidecar.db"
    with before_the_crash(folder) as peer:
        furnish(peer)
    spoil(path, change)
    with opened(path) as database, pytest.raises(CorruptRecord) as caught:
        read_both(database.snapshot())
    assert caught.value.details == {"table": table, "key": key}


def read_both(db: Snapshot) -> None:
    states.current(db, 1)
    states.at_version(db, 1, 4)


def added(name: str, value: str) -> Change:
    return Change(reason="test", patches=[Patch([AddOp(f"/{name}", Json(value.encode()))])])


def test_what_a_replay_reads_is_bounded(folder: Path) -> None:
    every = limits.STATE_EVERY_COMMITS
    with opened(folder / "sidecar.db") as database:
        write(database, make_thread("t"))

        def run(tx: Tx) -> None:
            for count in range(2 * every + 10):
                commits.make(tx, 1, added("k", str(count)))

        write(database, run)
        db = database.snapshot()
        for version in (1, every - 1, every, every + 1, 2 * every, 2 * every + 10):
            assert states.at_version(db, 1, version) == Json(b'{"k":%d}' % (version - 1))
            base = db.row(states.BASE, thread_key=1, version=version)
            assert version - (int(str(base[0])) if base else 0) < every


def test_what_a_replay_reads_is_no_more_than_twice_the_state(folder: Path) -> None:
    path = folder / "sidecar.db"
    large = f'"{"x" * limits.STATE_EVERY_BYTES}"'
    with opened(path) as database:
        write(database, make_thread("t"))

        def run(tx: Tx) -> None:
            for _ in range(20):
                commits.make(tx, 1, added("k", large))

        write(database, run)
    kept = "SELECT count(*) FROM commits WHERE state IS NOT NULL"
    assert 10 <= number(path, kept) <= 20


def test_versions_from_before_commits_were_kept_are_change_sets_too(folder: Path) -> None:
    path = folder / "sidecar.db"
    db = apsw.Connection(str(path))
    before = [each for each in migrations() if each.number < 4]
    migrate(db, START_MS, before)
    db.execute(
        """INSERT INTO thread_names VALUES (1, 'a'), (2, 'b');
        INSERT INTO threads (key, id, title_words, archived, version, message_count,
            created_at_ms, updated_at_ms, fingerprint)
        VALUES (1, 'a', '', 0, 3, 0, 1, 7, x''), (2, 'b', '', 0, 0, 0, 1, 1, x'')"""
    )
    db.close()
    with opened(path) as database:
        page, more = commits.list_page(database.snapshot(), 1, 0, 50)
        assert [(each.version, each.reason, each.at_ms) for each in page] == [
            (version, "thread/update", 7) for version in (1, 2, 3)
        ]
        assert more is None and commits.list_page(database.snapshot(), 2, 0, 50) == ([], None)
        write(database, lambda tx: commits.make(tx, 1, added("k", "1")))
    assert upkeep.check(path, full=True) == []
