"""`sidecar tail` follows events through a restart."""

import json
import signal
import subprocess
import sys

from tests.support import DaemonProcess
from tests.support.daemons import environment


def test_tail_goes_on_where_it_was_when_the_daemon_restarts(process: DaemonProcess) -> None:
    with process.peer() as peer:
        peer.call("thread/create", threadId="t")
    tail = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "sidecar",
            "tail",
            "--since",
            "0",
            "--event",
            "x",
            "--event",
            "thread.*",
        ],
        env=environment(SIDECAR_SOCKET=str(process.socket_path), PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert tail.stdout is not None and tail.stderr is not None
    try:
        assert json.loads(tail.stdout.readline())["event"] == "thread.created"
        process.kill()
        assert b"waiting for it after event 1" in tail.stderr.readline()
        process.start()
        with process.peer() as peer:
            for number in (1, 2):
                peer.call("event/append", threadId="t", event="x", payload=number)
            peer.call("event/append", threadId="t", event="y")
        told = [json.loads(tail.stdout.readline()) for _ in range(2)]
        assert [(event["seq"], event["payload"]) for event in told] == [(2, 1), (3, 2)]
    finally:
        tail.kill()
        tail.wait()
        tail.stdout.close()
        tail.stderr.close()


def test_tail_without_a_daemon_ends_with_69(folder: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sidecar", "tail", "--socket", f"{folder}/none.sock"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 69


def test_tail_ends_with_0_on_an_interrupt(process: DaemonProcess) -> None:
    with process.peer() as peer:
        peer.call("thread/create", threadId="t")
    command = [sys.executable, "-m", "sidecar", "tail", "--since", "0"]
    with subprocess.Popen(
        command, env=environment(SIDECAR_SOCKET=str(process.socket_path)),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as tail:  # fmt: skip
        assert tail.stdout is not None
        assert json.loads(tail.stdout.readline())["event"] == "thread.created"
        tail.send_signal(signal.SIGINT)
        assert tail.communicate(timeout=30) == (b"", b"") and tail.returncode == 0
