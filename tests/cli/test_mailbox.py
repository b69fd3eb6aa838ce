"""sidecar mailbox: put work in, do it with any command, look at it, raise the dead."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Ended, sidecar
from tests.client.middle import Forward, HangUp, Message, Middle
from tests.support import DaemonProcess, DaemonThread, Peer
from tests.support.daemons import environment
from tests.support.peer import HANG_S

# A program that says that it has begun, and ends as it is told.
HELD = "import sys; open(sys.argv[1], 'w').write('begun'); sys.exit(int(open(sys.argv[2]).read()))"


def run(socket: Path, *arguments: str, text: str = "") -> Ended:
    return sidecar("mailbox", *arguments, text=text, SIDECAR_SOCKET=str(socket))


@contextmanager
def working(process: DaemonProcess, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a worker in the background, in an environment of its own."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "sidecar", "mailbox", "work", *arguments],
        stderr=subprocess.PIPE, text=True,
        env=environment(SIDECAR_SOCKET=str(process.socket_path)),
    )  # fmt: skip
    try:
        yield worker
    finally:
        if worker.poll() is None:
            worker.kill()
        worker.communicate()


class Held:
    """Be a command that waits in the middle until the test lets it end."""

    def __init__(self, folder: Path) -> None:
        self._begun, self._go = folder / "begun", folder / "go"
        os.mkfifo(self._begun)
        os.mkfifo(self._go)
        self.command = [sys.executable, "-c", HELD, str(self._begun), str(self._go)]

    def wait(self) -> None:
        assert self._begun.read_text() == "begun"

    def end(self, code: int) -> None:
        self._go.write_text(str(code))


def entry_of(peer: Peer, entry_id: str = "e") -> dict[str, Any]:
    found: dict[str, Any] = peer.call("mailbox/get", entryId=entry_id)["entry"]
    return found


def test_what_is_put_in_can_be_listed_in_claim_order(daemon: DaemonThread, peer: Peer) -> None:
    path = daemon.socket_path
    first = run(path, "enqueue", "m", '{"n": 1}', "--id", "one")
    assert (first.stdout, first.stderr, first.returncode) == ("one\n", "", 0)
    urgent = run(path, "enqueue", "m", "-", "--priority", "9", "--max-attempts", "2", text="[2]")
    lines = run(path, "list", "m", "--json").stdout.splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["id"] for entry in entries] == [urgent.stdout.strip(), "one"]
    assert [entry["payload"] for entry in entries] == [[2], {"n": 1}]
    assert entries[0] == entry_of(peer, entries[0]["id"])
    table = run(path, "list").stdout.splitlines()
    assert table[0].split()[:3] == ["entry", "mailbox", "status"] and len(table) == 3
    assert table[1].split()[1:5] == ["m", "queued", "9", "0/2"]
    assert run(path, "list", "--status", "claimed", "--json").stdout == ""


def test_the_same_id_again_is_one_entry_and_a_held_key_is_told(daemon: DaemonThread) -> None:
    path = daemon.socket_path
    for _ in range(2):
        assert run(path, "enqueue", "m", "1", "--id", "e", "--dedupe-key", "k").returncode == 0
    held = run(path, "enqueue", "m", "1", "--dedupe-key", "k")
    assert held.returncode == 1 and "already_exists" in held.stderr
    assert len(run(path, "list", "--json").stdout.splitlines()) == 1


@pytest.mark.parametrize("payload", ["{", "@/nowhere", "nan"])
def test_a_payload_that_is_no_json_is_a_mistake_of_use(daemon: DaemonThread, payload: str) -> None:
    assert run(daemon.socket_path, "enqueue", "m", payload).returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["enqueue", "m", b'"\xff"'], ["enqueue", "m", "-"], ["enqueue", b"\xff"],
        ["enqueue", "m", "--id", b"\xff"], ["enqueue", "m", "--dedupe-key", b"\xff"],
        ["work", "--mailbox", b"\xff", "--", "true"],
        ["work", "--consumer", b"\xff", "--", "true"],
        ["list", b"\xff"], ["dead", "show", b"\xff"], ["dead", "requeue", b"\xff"],
        ["enqueue", "m", "--delay", "nan"], ["enqueue", "m", "--delay", "inf"],
        ["work", "--lease", "nan", "--", "true"],
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_a_mistake_of_use(
    daemon: DaemonThread, arguments: list[str | bytes]
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "sidecar", "mailbox", *arguments],
        input=b'"\xff"', capture_output=True, timeout=HANG_S, check=False,
        env=environment(SIDECAR_SOCKET=str(daemon.socket_path)),
    )  # fmt: skip
    assert ended.returncode == 2 and ended.stdout == b""
    assert ended.stderr.startswith(b"Usage: ") and b"Traceback" not in ended.stderr


def test_a_payload_may_be_laid_out_over_lines(daemon: DaemonThread, folder: Path) -> None:
    (folder / "payload").write_text('{\n  "a": [\n    1\n  ]\n}\n')
    ended = run(daemon.socket_path, "enqueue", "m", f"@{folder / 'payload'}", "--json")
    assert json.loads(ended.stdout)["entry"]["payload"] == {"a": [1]}


def test_a_command_does_the_work(process: DaemonProcess, folder: Path) -> None:
    done = folder / "done"
    payload = {"text": 'a "b" é', "number": 12345678901234567890}
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e", payload=payload)
        peer.call("mailbox/enqueue", mailboxId="n", entryId="f", payload=None)
        script = f'echo "$SIDECAR_ENTRY_ID $SIDECAR_MAILBOX_ID $SIDECAR_ATTEMPT $(cat)" >> {done}'
        ended = run(process.socket_path, "work", "--until-empty", "--", "sh", "-c", script)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
        names, text = done.read_text().splitlines()[0].split(" ", 3)[:3], done.read_text()
        assert names == ["e", "m", "1"] and "f n 1 null\n" in text
        assert json.loads(text.splitlines()[0].split(" ", 3)[3]) == payload
        assert entry_of(peer)["status"] == entry_of(peer, "f")["status"] == "accepted"


def test_what_fails_comes_again_later_until_it_is_dead(process: DaemonProcess) -> None:
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e", maxAttempts=2)
        peer.call("mailbox/enqueue", mailboxId="n", entryId="f", maxAttempts=1)
        command = ["work", "--until-empty", "--", "sh", "-c", "exit 3"]
        ended = run(process.socket_path, *command)
        assert ended.returncode == 0 and "e: exit status 3" in ended.stderr
        again = entry_of(peer)
        assert (again["status"], again["lastError"]) == ("queued", "exit status 3")
        assert again["availableAtMs"] - again["updatedAtMs"] > 900
        assert entry_of(peer, "f")["status"] == "dead_letter"
    dead = run(process.socket_path, "dead", "show")
    assert dead.stdout.splitlines()[1].split()[0] == "f" and "exit status 3" in dead.stdout


def test_the_dead_are_queued_again_once(daemon: DaemonThread, peer: Peer) -> None:
    peer.call(
        "mailbox/enqueue", mailboxId="m", entryId="e", payload={"a": 1.10}, priority=3,
        senderId="who", maxAttempts=1, origin="internal",
    )  # fmt: skip
    claimed = peer.call("mailbox/claim", consumerId="c", leaseMs=1000)["entries"][0]
    alive = run(daemon.socket_path, "dead", "requeue", "e")
    assert alive.returncode == 1 and "e is claimed" in alive.stderr
    token = claimed["claimToken"]
    peer.call("mailbox/nack", entryId="e", claimToken=token, error="no")
    for _ in range(2):
        ended = run(daemon.socket_path, "dead", "requeue", "e")
        assert (ended.returncode, ended.stdout) == (0, "e:again\n")
    again = entry_of(peer, "e:again")
    same = ("mailboxId", "payload", "priority", "senderId", "maxAttempts", "origin")
    assert {name: again[name] for name in same} == {name: claimed[name] for name in same}
    assert (again["status"], entry_of(peer)["status"]) == ("queued", "dead_letter")


def test_an_id_without_room_for_more_is_queued_again_too(daemon: DaemonThread, peer: Peer) -> None:
    old = "x" * 128
    peer.call("mailbox/enqueue", mailboxId="m", entryId=old, maxAttempts=1)
    token = peer.call("mailbox/claim", consumerId="c", leaseMs=1)["entries"][0]["claimToken"]
    peer.call("mailbox/nack", entryId=old, claimToken=token, error="no")
    first, second = (run(daemon.socket_path, "dead", "requeue", old) for _ in range(2))
    assert first.returncode == 0 and first.stdout == second.stdout
    assert entry_of(peer, first.stdout.strip())["status"] == "queued"


def test_a_lease_is_renewed_while_the_command_runs(process: DaemonProcess, folder: Path) -> None:
    held = Held(folder)
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        with working(process, "--lease", "1", "--until-empty", "--", *held.command) as worker:
            held.wait()
            first = entry_of(peer)["leaseUntilMs"]
            while entry_of(peer)["leaseUntilMs"] < first + 1_000:
                assert worker.poll() is None
            held.end(0)
            assert worker.wait(HANG_S) == 0
        entry = entry_of(peer)
        assert (entry["status"], entry["attemptCount"]) == ("accepted", 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_lets_the_command_end_first(
    process: DaemonProcess, folder: Path, number: signal.Signals
) -> None:
    held = Held(folder)
    with process.peer() as peer:
        for name in ("e", "f"):
            peer.call("mailbox/enqueue", mailboxId=name, entryId=name)
        with working(process, "--", *held.command) as worker:
            held.wait()
            worker.send_signal(number)
            held.end(0)
            assert worker.wait(HANG_S) == 0
        assert (entry_of(peer)["status"], entry_of(peer, "f")["status"]) == ("accepted", "queued")


def test_told_twice_it_ends_the_command_and_gives_the_entry_back(
    process: DaemonProcess, folder: Path
) -> None:
    held = Held(folder)
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        with working(process, "--", *held.command) as worker:
            held.wait()
            # Not twice the same: two that wait at once would be one.
            worker.send_signal(signal.SIGTERM)
            worker.send_signal(signal.SIGINT)
            assert worker.wait(HANG_S) == 0
        entry = entry_of(peer)
        assert (entry["status"], entry["lastError"]) == ("queued", "signal 15")


def test_a_command_that_will_not_end_is_killed_with_the_third(
    process: DaemonProcess, folder: Path
) -> None:
    told = folder / "told"
    os.mkfifo(told)
    # A shell heeds a trap at once only while it waits for what runs in the background.
    waiting = "while :; do sleep 1000 & wait; done"
    script = f"trap 'echo asked > {told}' TERM; echo begun > {told}; {waiting}"
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        with working(process, "--", "sh", "-c", script) as worker:
            assert told.read_text() == "begun\n"
            worker.send_signal(signal.SIGTERM)
            worker.send_signal(signal.SIGINT)
            assert told.read_text() == "asked\n"
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(HANG_S) == 0
        assert entry_of(peer)["lastError"] == "signal 9"


def test_what_a_command_has_started_ends_with_it(process: DaemonProcess, folder: Path) -> None:
    alive = folder / "alive"
    os.mkfifo(alive)
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        script = f"(echo begun; exec sleep 1000) > {alive}; echo never"
        with working(process, "--lease", "1", "--until-empty", "--", "sh", "-c", script) as worker:
            with alive.open() as held_open:
                assert held_open.readline() == "begun\n"
                peer.call("mailbox/interrupt", mailboxId="m")
                # The end of the pipe: nobody is left who could write to it.
                assert held_open.read() == ""
            assert worker.wait(HANG_S) == 0


def test_it_stops_while_it_waits_for_work(process: DaemonProcess) -> None:
    with process.peer() as peer, working(process, "--", "true") as worker:
        while peer.call("daemon/status")["connections"] < 2:
            assert worker.poll() is None
        worker.terminate()
        assert worker.wait(HANG_S) == 0


def test_a_command_whose_entry_is_taken_away_is_ended(process: DaemonProcess, folder: Path) -> None:
    held = Held(folder)
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        with working(process, "--lease", "1", "--until-empty", "--", *held.command) as worker:
            held.wait()
            peer.call("mailbox/interrupt", mailboxId="m")
            assert worker.wait(HANG_S) == 0
            assert worker.stderr is not None and "somebody else's" in worker.stderr.read()
        assert entry_of(peer)["status"] == "superseded"


def test_an_entry_that_is_purged_in_the_middle_ends_no_worker(
    process: DaemonProcess, folder: Path
) -> None:
    held = Held(folder)
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        with working(process, "--until-empty", "--", *held.command) as worker:
            held.wait()
            peer.call("mailbox/cancel", entryId="e")
            later_ms = peer.call("daemon/ping")["atMs"] + 1_000
            assert peer.call("mailbox/purge", olderThanAtMs=later_ms) == {"purged": 1}
            held.end(0)
            assert worker.wait(HANG_S) == 0
            assert worker.stderr is not None and "somebody else's" in worker.stderr.read()


def test_a_daemon_that_is_killed_and_comes_back_is_worked_for_on(
    process: DaemonProcess, folder: Path
) -> None:
    held = Held(folder)
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
    with working(process, "--until-empty", "--", *held.command) as worker:
        held.wait()
        process.kill()
        held.end(0)
        process.start()
        assert worker.wait(HANG_S) == 0
    with process.peer() as peer:
        entry = entry_of(peer)
        assert (entry["status"], entry["attemptCount"]) == ("accepted", 1)


def test_without_a_daemon_it_ends_with_69(folder: Path) -> None:
    for command in (["work", "--", "true"], ["list"], ["enqueue", "m"], ["dead", "show"]):
        assert run(folder / "none.sock", *command).returncode == 69


def test_it_stops_while_it_waits_for_the_daemon(process: DaemonProcess) -> None:
    with process.peer() as peer, working(process, "--", "true") as worker:
        while peer.call("daemon/status")["connections"] < 2:
            assert worker.poll() is None
        process.kill()
        assert worker.stderr is not None
        while not (line := worker.stderr.readline()).endswith("; trying again\n"):
            assert line, "the worker ended by itself"
        worker.terminate()
        assert worker.wait(HANG_S) == 0


def test_told_twice_while_the_daemon_is_away_it_ends_with_69(
    process: DaemonProcess, folder: Path
) -> None:
    held = Held(folder)
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
    with working(process, "--lease", "1", "--", *held.command) as worker:
        held.wait()
        process.kill()
        assert worker.stderr is not None
        assert worker.stderr.readline().endswith("; trying again\n")
        worker.send_signal(signal.SIGTERM)
        worker.send_signal(signal.SIGINT)
        assert worker.wait(HANG_S) == 69


def test_a_lost_claim_is_no_empty_mailbox(process: DaemonProcess, folder: Path) -> None:
    lost: list[Message] = []

    def lose_the_first_claim(request: Message, forward: Forward) -> Message:
        if request["method"] == "mailbox/claim" and not lost:
            lost.append(request)
            raise HangUp
        return forward()

    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        with Middle(folder, process.socket_path, lose_the_first_claim) as middle:
            ended = run(middle.path, "work", "--until-empty", "--", "true")
        assert ended.returncode == 0 and "claiming again" in ended.stderr and lost
        assert entry_of(peer)["status"] == "accepted"


def test_a_command_that_is_not_there_claims_nothing(process: DaemonProcess, folder: Path) -> None:
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e", maxAttempts=1)
        for command in (folder / "nowhere", folder):
            ended = run(process.socket_path, "work", "--until-empty", "--", str(command))
            assert ended.returncode == 2 and str(command) in ended.stderr
        assert entry_of(peer)["attemptCount"] == 0


def test_a_command_that_cannot_be_run_gives_the_entry_back(
    process: DaemonProcess, folder: Path
) -> None:
    broken = folder / "broken"
    broken.write_text("#!/nowhere/at/all\n")
    broken.chmod(0o700)
    with process.peer() as peer:
        peer.call("mailbox/enqueue", mailboxId="m", entryId="e")
        ended = run(process.socket_path, "work", "--until-empty", "--", str(broken))
        assert ended.returncode == 0 and f"e: {broken}: No such file" in ended.stderr
        entry = entry_of(peer)
        assert (entry["status"], entry["attemptCount"]) == ("queued", 1)
        assert entry["lastError"] == f"{broken}: No such file or directory"
