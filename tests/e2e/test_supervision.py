"""What systemd sees: ready when it is ready, stopping when it stops, alive after a hang-up."""

import signal
import socket
from pathlib import Path

import pytest

from tests.support import DaemonProcess


def test_systemd_is_told_of_ready_and_stopping(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.settimeout(30)
        supervisor.bind(str(folder / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(folder / "notify"))
        with DaemonProcess(folder) as process:
            assert supervisor.recv(100) == b"READY=1"
            assert process.terminate() == 0
        assert supervisor.recv(100) == b"STOPPING=1"


def test_a_hang_up_ends_nothing(process: DaemonProcess) -> None:
    process.process.send_signal(signal.SIGHUP)
    with process.peer() as peer:
        assert peer.call("daemon/ping")
    assert process.terminate() == 0


def test_an_interrupt_from_the_keyboard_ends_with_0(process: DaemonProcess) -> None:
    process.process.send_signal(signal.SIGINT)
    assert process.process.wait(30) == 0
