"""status, check, backup and sql: data on stdout, everything else on stderr."""

import json
import threading
from pathlib import Path

import pytest

from sidecar.store.backup import Backup
from tests.cli.program import Ended, sidecar
from tests.cli.terminal import Terminal
from tests.support import DaemonThread, Peer
from tests.support.peer import HANG_S


def run(daemon: DaemonThread, *arguments: str) -> Ended:
    return sidecar(
        *arguments,
        SIDECAR_SOCKET=str(daemon.socket_path),
        SIDECAR_DATABASE=str(daemon.database_path),
    )


def test_status_is_a_table_for_people_and_json_for_programs(daemon: DaemonThread) -> None:
    table = run(daemon, "status")
    assert table.returncode == 0 and table.stderr == ""
    assert "counts.threads" in table.stdout and "lastSeq" in table.stdout
    status = json.loads(run(daemon, "status", "--json").stdout)
    assert set(status) == {
        "pid", "version", "epoch", "startedAtMs", "uptimeMs", "databasePath", "databaseBytes",
        "walBytes", "lastSeq", "durability", "connections", "subscriptions", "counts", "writer",
        "backups",
    }  # fmt: skip
    assert status["databasePath"] == str(daemon.database_path)
    assert set(status["counts"]) == {
        "threads", "turnsInProgress", "turnsQueued", "inputsPending", "mailboxQueued",
        "mailboxClaimed",
    }  # fmt: skip


def test_check_says_ok(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create")
    assert run(daemon, "check").stdout == "ok\n"
    assert json.loads(run(daemon, "check", "--full", "--json").stdout) == {
        "ok": True,
        "findings": [],
    }


def break_a_law(path: Path) -> None:
    import apsw  # SQLite as the program has it; the standard library's is older.

    db = apsw.Connection(str(path))
    db.execute("UPDATE turns SET item_count = 7")
    db.close()


def mend_it(path: Path) -> None:
    import apsw

    db = apsw.Connection(str(path))
    db.execute("UPDATE turns SET item_count = 0")
    db.close()


def test_check_tells_what_it_found_and_exits_1(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    peer.call("turn/start", threadId="t", turnId="u")
    break_a_law(daemon.database_path)
    ended = run(daemon, "check")
    mend_it(daemon.database_path)
    assert ended.returncode == 1 and "u" in ended.stdout


def test_backup_copies_and_overwrites_only_when_told(
    daemon: DaemonThread, peer: Peer, folder: Path
) -> None:
    peer.call("thread/create")
    dest = folder / "copy.db"
    assert run(daemon, "backup", str(dest)).returncode == 0
    assert dest.stat().st_mode & 0o777 == 0o600
    before = dest.read_bytes()
    ended = run(daemon, "backup", str(dest))
    assert ended.returncode == 1 and "invalid_params" in ended.stderr
    assert dest.read_bytes() == before
    done = json.loads(run(daemon, "backup", str(dest), "--overwrite", "--json").stdout)
    assert done["path"] == str(dest) and done["lastSeq"] == 1
    assert done["bytes"] == dest.stat().st_size
    assert sorted(path.name for path in folder.glob("*copy*")) == ["copy.db"]


def test_a_relative_dest_is_relative_to_where_the_person_is(
    daemon: DaemonThread, folder: Path
) -> None:
    ended = sidecar("backup", "here.db", cwd=folder, SIDECAR_SOCKET=str(daemon.socket_path))
    assert ended.returncode == 0 and (folder / "here.db").exists()


@pytest.mark.parametrize("dest", ["", "no/such/folder/x.db"])
def test_a_backup_that_cannot_be_made_exits_1(
    daemon: DaemonThread, folder: Path, dest: str
) -> None:
    assert run(daemon, "backup", str(folder / dest)).returncode == 1


def test_a_backup_never_replaces_the_database_itself(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create")
    ended = run(daemon, "backup", str(daemon.database_path), "--overwrite")
    assert ended.returncode == 1
    assert peer.call("daemon/status")["counts"]["threads"] == 1


def test_sql_reads_while_the_daemon_writes(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create", threadId="t", title="hello")
    ended = run(daemon, "sql", "SELECT id, title FROM threads")
    assert ended.returncode == 0 and "t" in ended.stdout and "hello" in ended.stdout
    peer.call("thread/create", threadId="u")
    assert "2" in run(daemon, "sql", "SELECT count(*) FROM threads").stdout


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM threads",
        "UPDATE threads SET title = 'x'",
        "CREATE TABLE x (y)",
        "DROP TABLE events",
        "PRAGMA user_version = 7",
        "VACUUM",
        "BEGIN",
        "BEGIN IMMEDIATE",
        "SAVEPOINT x",
        "SELECT nope FROM threads",
        "not sql",
        "ATTACH '{folder}/made.db' AS a",
        "VACUUM INTO '{folder}/made.db'",
    ],
)
def test_sql_refuses_all_that_writes_or_holds_a_transaction_open(
    daemon: DaemonThread, peer: Peer, folder: Path, statement: str
) -> None:
    peer.call("thread/create", threadId="t", title="hello")
    ended = run(daemon, "sql", statement.format(folder=folder))
    assert ended.returncode == 1 and ended.stderr
    assert peer.call("thread/get", threadId="t")["thread"]["title"] == "hello"
    assert not (folder / "made.db").exists()


@pytest.mark.parametrize("query", ["SELECT nope FROM threads", ".nope", ".read nope.sql"])
def test_sql_tells_an_error_once(daemon: DaemonThread, query: str) -> None:
    ended = run(daemon, "sql", query)
    told = [line for line in ended.stderr.splitlines() if "nope" in line and query not in line]
    assert ended.returncode == 1 and len(told) == 1, ended.stderr


def test_sql_of_no_database_makes_none(folder: Path) -> None:
    ended = sidecar("sql", "SELECT 1", "--database", str(folder / "none.db"))
    assert ended.returncode == 1 and "none.db" in ended.stderr
    assert not (folder / "none.db").exists()


def test_the_socket_is_where_the_environment_says(folder: Path) -> None:
    run_folder = folder / "sidecar"
    run_folder.mkdir()
    with DaemonThread(run_folder):
        for names in (
            {"RUNTIME_DIRECTORY": str(run_folder), "XDG_RUNTIME_DIR": ""},
            {"XDG_RUNTIME_DIR": str(folder), "RUNTIME_DIRECTORY": ""},
        ):
            assert sidecar("status", cwd=run_folder, **names).returncode == 0
        for names in ({"STATE_DIRECTORY": str(run_folder)}, {"XDG_STATE_HOME": str(folder)}):
            given = {"STATE_DIRECTORY": "", **names}
            assert (
                sidecar("sql", "SELECT count(*) FROM threads", cwd=run_folder, **given).returncode
                == 0
            )


def watched(daemon: DaemonThread, target: Path) -> Terminal:
    return Terminal("backup", str(target), "--socket", str(daemon.socket_path))


def test_a_backup_shows_a_person_how_far_it_is(
    daemon: DaemonThread, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, step = threading.Event(), Backup.step
    monkeypatch.setattr(Backup, "step", lambda self: go_on.is_set() and step(self))
    monkeypatch.setattr(Backup, "progress", lambda _self: (42, 100))
    with watched(daemon, folder / "copy.db") as terminal:
        terminal.says("copy.db:  42 %")
        go_on.set()
        terminal.says("bytes up to event")
        assert terminal.process.wait(HANG_S) == 0
        assert not any("42 %" in line for line in terminal.shown)


def test_nothing_keeps_a_person_who_has_enough_of_a_backup(
    daemon: DaemonThread, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(Backup, "step", lambda _self: go_on.wait(HANG_S))
    with watched(daemon, folder / "copy.db") as terminal:
        try:
            terminal.says("copy.db:   0 %")
            terminal.press(b"\x03")
            assert terminal.process.wait(HANG_S) == 1
        finally:
            go_on.set()


def test_the_newest_backup_is_never_one_too_many(folder: Path) -> None:
    database = str(folder / "none.db")
    asked = sidecar("serve", "--database", database, "--backup-keep", "0")
    assert asked.returncode == 2 and "--backup-keep" in asked.stderr
    set_so = sidecar("serve", "--database", database, SIDECAR_BACKUP_KEEP="0")
    assert set_so.returncode == 78 and "--backup-keep" in set_so.stderr
    assert not (folder / "none.db").exists()
