"""What systemd sees: ready when it is ready, stopping when it stops, alive after a hang-up."""

import signal
from pathlib import Path

import pytest

from tests.support import DaemonProcess
from tests.support.supervisor import Supervisor


def test_systemd_is_told_of_ready_and_stopping(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Supervisor(folder) as supervisor:
        monkeypatch.setenv("NOTIFY_SOCKET", str(supervisor.path))
        with DaemonProcess(folder) as process:
            assert supervisor.hear() == ["STATUS=recovering"]
            assert supervisor.hear()[0] == "READY=1"
            process.process.send_signal(signal.SIGHUP)
            assert supervisor.hear()[0] == "RELOADING=1"
            assert supervisor.hear() == ["READY=1"]
            assert process.terminate() == 0
        assert supervisor.hear()[0] == "STOPPING=1"


def test_a_hang_up_ends_nothing(process: DaemonProcess) -> None:
    process.process.send_signal(signal.SIGHUP)
    with process.peer() as peer:
        assert peer.call("daemon/ping")
    assert process.terminate() == 0


def test_an_interrupt_from_the_keyboard_ends_with_0(process: DaemonProcess) -> None:
    process.process.send_signal(signal.SIGINT)
    assert process.process.wait(30) == 0
