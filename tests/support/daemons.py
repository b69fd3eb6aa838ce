"""Daemons for tests: in a thread with a fake source, or the real program in a real process."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self

import uvloop

from sidecar.daemon.keeper import Habits
from sidecar.daemon.lifecycle import NO_HABITS, Daemon
from sidecar.daemon.listener import Listener
from sidecar.daemon.meter import DEFAULT_SIGHT, Sight
from sidecar.model.price import NO_PRICES, Prices
from sidecar.model.recovery import RecoverMode
from sidecar.store import upkeep
from tests.support.peer import HANG_S, Peer
from tests.support.source import FakeSource


class DaemonThread:
    """Run the real daemon on a loop of its own, with a source that the test holds."""

    def __init__(
        self,
        folder: Path,
        recover_mode: RecoverMode = "interrupt",
        prices: Prices = NO_PRICES,
        sight: Sight = DEFAULT_SIGHT,
        habits: Habits = NO_HABITS,
    ) -> None:
        self.database_path = folder / "sidecar.db"
        self.socket_path = folder / "rpc.sock"
        self.source = FakeSource()
        # Set by a test that has spoiled the file on purpose.
        self.is_broken = False
        self._recover_mode = recover_mode
        self._prices = prices
        self._sight = sight
        self._habits = habits
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(HANG_S), "the daemon did not start"
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        # Every database that a test has used must hold the house's invariants.
        if not self.is_broken:
            assert upkeep.check(self.database_path, full=True) == []

    def stop(self) -> None:
        """Drain and end; again is nothing."""
        if not self._thread.is_alive():
            return
        self.loop.call_soon_threadsafe(self.daemon.stop)
        self._thread.join(HANG_S)
        assert not self._thread.is_alive(), "the daemon did not end"

    def peer(self) -> Peer:
        return Peer(self.socket_path)

    def wait_for(self, make: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run something on the daemon's loop and wait for its end."""
        asyncio.run_coroutine_threadsafe(make(), self.loop).result(HANG_S)

    def _run(self) -> None:
        try:
            uvloop.run(self._main())
        except BaseException as error:  # noqa: BLE001  # told to the test's own thread
            self._failure = error
            self._ready.set()

    async def _main(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.daemon = Daemon(
            self.database_path,
            Listener(self.socket_path),
            source=self.source,
            recover_mode=self._recover_mode,
            prices=self._prices,
            sight=self._sight,
            habits=self._habits,
        )
        await self.daemon.serve(self._ready.set)


class DaemonProcess:
    """Run `python -m sidecar serve` as its own process."""

    def __init__(self, folder: Path, *flags: str) -> None:
        self.database_path = folder / "sidecar.db"
        self.socket_path = folder / "rpc.sock"
        self._flags = flags
        self.launcher = [sys.executable, "-m", "sidecar"]
        self.process: subprocess.Popen[bytes]

    def start(self) -> dict[str, Any]:
        """Start and wait for the ready line."""
        self.process = subprocess.Popen(
            [
                *self.launcher, "serve", "--database", str(self.database_path),
                "--socket", str(self.socket_path), "--log-level", "error", *self._flags,
            ],
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the daemon ended with {self.process.wait(HANG_S)} before it was ready"
        ready: dict[str, Any] = json.loads(line)
        return ready

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()
        if self.process.stdout is not None:
            self.process.stdout.close()
        assert upkeep.check(self.database_path, full=True) == []

    def peer(self) -> Peer:
        return Peer(self.socket_path)

    def kill(self) -> None:
        """End it as a power cut of the process would."""
        self.process.send_signal(signal.SIGKILL)
        self._reap()

    def terminate(self) -> int:
        """Ask it to drain; tell its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def _reap(self) -> int:
        code = self.process.wait(HANG_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    @property
    def resident_kib(self) -> int:
        return self._memory_kib("VmRSS")

    @property
    def peak_kib(self) -> int:
        """The most that was resident at any moment."""
        return self._memory_kib("VmHWM")

    def _memory_kib(self, name: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith(name))
        return int(line.split()[1])


def environment(**names: str) -> dict[str, str]:
    """Make an environment in which no variable of the tester's own steers the program."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIDECAR_")}
    return {**kept, **names}
