"""Under a real systemd: started by a connection, killed, stuck, restarted, and nothing is lost."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest

from tests.support import DaemonProcess, Peer, Refused
from tests.support.peer import HANG_S
from tests.support.user_manager import NoManager, UserManager

CLIENTS = 50
# What each client gets answered in each life of the daemon, before that life ends.
WRITES = 5
SERVICE = "sidecar.service"
SOCKET = "sidecar.socket"


@cache
def why_not() -> str | None:
    """Try once whether there can be a manager here."""
    with TemporaryDirectory(prefix="sc") as folder:
        try:
            with UserManager(Path(folder)):
                return None
        except NoManager as reason:
            return str(reason)


def sidecar(manager: UserManager, *arguments: str) -> tuple[int, str, str]:
    done = manager.run(sys.executable, "-m", "sidecar", *arguments)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def manager(folder: Path) -> Iterator[UserManager]:
    """A manager with our units, as the program installs them; nothing is started."""
    if reason := why_not():
        pytest.skip(f"NOT TRIED under systemd: {reason}")
    with UserManager(folder) as running:
        code, told, _ = sidecar(running, "service", "install", "--user")
        assert (code, "enable --now sidecar.socket" in told) == (0, True)
        running.systemctl("daemon-reload")
        yield running


def override(manager: UserManager, *lines: str) -> None:
    """Set something else for the service, as an operator would."""
    path = manager.units / f"{SERVICE}.d" / "test.conf"
    path.parent.mkdir()
    path.write_text("\n".join(("[Service]", *lines, "")))
    manager.systemctl("daemon-reload")


def listening(manager: UserManager) -> Path:
    manager.systemctl("enable", "--now", SOCKET)
    return manager.runtime / "sidecar" / "rpc.sock"


def test_the_first_connection_starts_the_daemon_and_only_the_owner_may_connect(
    manager: UserManager,
) -> None:
    path = listening(manager)
    assert manager.show(SERVICE, "ActiveState") == "inactive"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with Peer(path) as peer:
        status = peer.call("daemon/status")
        database = Path(status["databasePath"])
        assert database == manager.folder / "state" / "sidecar" / "sidecar.db"
        assert database.parent.stat().st_mode & 0o777 == 0o700
        # Asked for by a job, so that the word of its readiness has arrived.
        manager.systemctl("start", SERVICE)
        assert manager.show(SERVICE, "StatusText").endswith(" 0 pending inputs")
        assert manager.show(SERVICE, "WatchdogUSec") == "1min"


def test_a_reload_keeps_process_and_connections(manager: UserManager) -> None:
    with Peer(listening(manager)) as peer:
        before = peer.call("daemon/status")["pid"]
        manager.systemctl("reload", SERVICE)
        manager.hear("Reloaded sidecar.service")
        assert peer.call("daemon/status")["pid"] == before
        assert manager.show(SERVICE, "NRestarts") == "0"


class Client(threading.Thread):
    """Write for as long as it may, through every end of the daemon; remember what was answered."""

    def __init__(self, path: Path, number: int, tell: threading.Condition) -> None:
        super().__init__(daemon=True)
        self.path = path
        self.thread_id = f"t{number}"
        self.tell = tell
        self.answered: list[str] = []
        self.resent = 0
        self.refused = 0
        self.failure: BaseException | None = None
        self.may_write = True

    def run(self) -> None:
        try:
            while self.may_write:
                self._connect_and_write()
        except BaseException as error:  # noqa: BLE001  # told to the test's own thread
            self.failure = error
            with self.tell:
                self.tell.notify_all()

    def _connect_and_write(self) -> None:
        try:
            peer = Peer(self.path)
        except (ConnectionRefusedError, FileNotFoundError):
            self.refused += 1
            raise
        with peer:
            try:
                if not self.answered:
                    peer.call("thread/create", threadId=self.thread_id)
                while self.may_write:
                    self._write(peer)
            except (EOFError, ConnectionError):
                self.resent += 1
            except Refused as error:
                if error.kind != "draining":
                    raise
                self.resent += 1

    def _write(self, peer: Peer) -> None:
        key = f"k{len(self.answered)}"
        peer.call("event/append", threadId=self.thread_id, event="x", eventKey=key, payload=key)
        with self.tell:
            self.answered.append(key)
            self.tell.notify_all()


class Crowd(NamedTuple):
    """Be all clients together."""

    clients: list[Client]
    tell: threading.Condition

    def work(self) -> None:
        """Wait until each of them has been answered some more writes."""
        with self.tell:
            goals = {client: len(client.answered) + WRITES for client in self.clients}
            assert self.tell.wait_for(
                lambda: (
                    any(client.failure for client in self.clients)
                    or all(len(client.answered) >= goal for client, goal in goals.items())
                ),
                HANG_S,
            )
        assert [client.failure for client in self.clients if client.failure] == []

    def rest(self) -> None:
        for client in self.clients:
            client.may_write = False
        for client in self.clients:
            client.join(HANG_S)
            assert not client.is_alive()


def stored_keys(peer: Peer, thread_id: str) -> list[Any]:
    page = peer.call("event/list", threadId=thread_id, events=["x"], limit=5000)
    assert page["nextSinceSeq"] is None
    return [event["payload"] for event in page["data"]]


def test_restarts_and_a_kill_under_fifty_clients_lose_no_write_and_refuse_no_connection(
    manager: UserManager, capsys: pytest.CaptureFixture[str]
) -> None:
    path = listening(manager)
    crowd = Crowd([], threading.Condition())
    crowd.clients.extend(Client(path, number, crowd.tell) for number in range(CLIENTS))
    for client in crowd.clients:
        client.start()
    crowd.work()
    for end in ("restart", "kill", "restart"):
        if end == "kill":
            manager.systemctl("kill", "--signal=KILL", SERVICE)
            manager.hear("Scheduled restart job")
        else:
            manager.systemctl("restart", SERVICE)
        crowd.work()
    crowd.rest()
    with Peer(path) as peer:
        assert peer.call("daemon/status")["epoch"] == 4
        for client in crowd.clients:
            stored = stored_keys(peer, client.thread_id)
            assert stored[: len(client.answered)] == client.answered
            # At most the one whose answer it did not wait for.
            assert len(stored) <= len(client.answered) + 1
        assert peer.call("daemon/check", full=True)["findings"] == []
    assert sum(client.refused for client in crowd.clients) == 0
    answered = sum(len(client.answered) for client in crowd.clients)
    resent = sum(client.resent for client in crowd.clients)
    with capsys.disabled():
        if os.environ.get("SIDECAR_TEST_FIGURES"):
            print(f"\n{answered} writes answered, {resent} asked again, 0 refused")  # noqa: T201


def test_a_daemon_that_is_stuck_is_ended_by_the_watchdog_and_started_again(
    manager: UserManager,
) -> None:
    override(manager, "WatchdogSec=1s")
    path = listening(manager)
    with Peer(path) as peer:
        peer.call("thread/create", threadId="t")
        manager.systemctl("kill", "--signal=STOP", SERVICE)
        manager.hear("Watchdog timeout")
        manager.hear("Failed with result 'watchdog'")
    with Peer(path) as peer:
        assert peer.call("thread/get", threadId="t")
        assert peer.call("daemon/status")["epoch"] == 2
        assert manager.show(SERVICE, "NRestarts") == "1"


def fail_to_start(manager: UserManager, code: int) -> None:
    manager.systemctl("start", SERVICE, code=1)
    assert manager.show(SERVICE, "ExecMainStatus") == str(code)
    assert manager.show(SERVICE, "NRestarts") == "0"
    assert manager.show(SERVICE, "ActiveState") == "failed"


def test_a_broken_storage_is_not_started_again(manager: UserManager) -> None:
    database = manager.folder / "state" / "sidecar" / "sidecar.db"
    database.parent.mkdir(parents=True)
    database.write_bytes(b"nothing like a database" * 1_000)
    fail_to_start(manager, 74)


def test_a_second_daemon_is_not_started_again(manager: UserManager) -> None:
    state = manager.folder / "state" / "sidecar"
    state.mkdir(parents=True)
    with DaemonProcess(state):
        fail_to_start(manager, 75)


def test_a_bad_configuration_is_not_started_again(manager: UserManager) -> None:
    override(manager, "Environment=SIDECAR_READY_FD=99")
    fail_to_start(manager, 78)


def test_a_connection_that_waits_for_what_cannot_start_is_let_go_after_five_tries(
    manager: UserManager,
) -> None:
    override(manager, "Environment=SIDECAR_READY_FD=99")
    path = listening(manager)
    with Peer(path) as peer, pytest.raises((EOFError, ConnectionError)):
        peer.receive()
    manager.hear("sidecar.socket: Failed with result 'service-start-limit-hit'")
    assert sum("status=78" in line for line in manager.heard) == 5
    manager.systemctl("reset-failed", SERVICE, SOCKET)


def test_the_program_tells_what_is_enabled_and_active_and_takes_its_units_away_when_they_rest(
    manager: UserManager,
) -> None:
    path = listening(manager)
    code, told, _ = sidecar(manager, "service", "status", "--user", "--json")
    assert code == 0
    assert json.loads(told) == {
        "whose": "user",
        "socket": str(path),
        "units": [
            {"unit": unit, "path": str(manager.units / unit), "file": "ours",
             "enabled": enabled, "active": active}
            for unit, enabled, active in (
                (SERVICE, "disabled", "inactive"), (SOCKET, "enabled", "active")
            )
        ],
    }  # fmt: skip
    code, _, error = sidecar(manager, "service", "uninstall", "--user")
    assert (code, "disable --now" in error, (manager.units / SOCKET).exists()) == (1, True, True)
    manager.systemctl("disable", "--now", SOCKET, SERVICE)
    code, _, _ = sidecar(manager, "service", "uninstall", "--user")
    assert (code, list(manager.units.glob("sidecar.*"))) == (0, [])
