"""The whole daemon in the test's own thread: its real core, without a socket between."""

import asyncio
import json
import math
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Self
from unittest import mock

from sidecar.daemon import desk, gathering, lifecycle
from sidecar.daemon.lifecycle import Daemon
from sidecar.daemon.peer import PeerConnection
from sidecar.model.recovery import RecoverMode, RecoveryReport
from sidecar.store.database import Database, Durability
from tests.support import FakeSource
from tests.support.peer import HANG_S
from tests.support.source import START_MS

# From one moment to the next the clock moves, and chance begins anew.
MOMENT_MS = 1_000
MOMENT_DRAWS = 1_000


class Moments(FakeSource):
    """Stand at a moment: whatever is done at it, also again, finds the same time and chance.

    Each transaction begins with a look at the clock, and with it chance begins anew.
    """

    def at(self, moment: int) -> Self:
        self.at_ms = START_MS + moment * MOMENT_MS
        self._first_draw = moment * MOMENT_DRAWS + 1
        return self

    def now_ms(self) -> int:
        self._drawn = count(self._first_draw)
        return self.at_ms


class Wire(asyncio.Transport):
    """Be the way to a peer that always listens; what is written to it has left the daemon."""

    def __init__(self, on_write: Callable[[bytes], None]) -> None:
        super().__init__()
        self._on_write = on_write
        # The daemon asks the kernel who is at the other end, and whether anybody still is.
        self._own, self._other = socket.socketpair()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._own if name == "socket" else default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def write(self, data: Any) -> None:
        self._on_write(bytes(data))

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        self._own.close()
        self._other.close()


class Core:
    """Serve one peer, request by request, until nothing more happens."""

    def __init__(
        self,
        path: Path,
        source: FakeSource,
        durability: Durability = "full",
        recover_mode: RecoverMode = "interrupt",
    ) -> None:
        # Called when an answer has left the daemon.
        self.on_answer: Callable[[], None] = lambda: None
        self.loop = asyncio.new_event_loop()
        try:
            self.daemon = Daemon(
                path, None, source=source, durability=durability, recover_mode=recover_mode
            )
        except BaseException:
            self.loop.close()
            raise
        ready = self.loop.create_future()
        self._serving = self.loop.create_task(self.daemon.serve(lambda: ready.set_result(None)))
        self._until(ready)
        self._peer = PeerConnection(self.daemon.desk, 0)
        self._wire = Wire(self._hear)
        self._peer.connection_made(self._wire)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._peer.connection_lost(None)
        self._wire.close()
        self.daemon.stop()
        try:
            self._until(self._serving)
        finally:
            self.loop.close()

    def _until(self, done: "asyncio.Future[Any]") -> None:
        self.loop.run_until_complete(asyncio.wait_for(done, HANG_S))

    def _hear(self, data: bytes) -> None:
        self._answers += [json.loads(line) for line in data.splitlines()]
        self.on_answer()
        if len(self._answers) == self._asked:
            self._answered.set_result(None)

    def send(self, requests: list[dict[str, Any]]) -> list[Any]:
        """Send requests at once; take their answers when all have left the daemon."""
        self._asked = len(requests)
        self._answers: list[Any] = []
        self._answered = self.loop.create_future()
        lines = [
            json.dumps({"jsonrpc": "2.0", "id": number, **request}).encode() + b"\n"
            for number, request in enumerate(requests)
        ]
        self._peer.data_received(b"".join(lines))
        self._until(self._answered)
        return sorted(self._answers, key=lambda answer: int(answer["id"]))

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask for one thing that must succeed."""
        (answer,) = self.send([{"method": method, "params": params}])
        result: dict[str, Any] = answer["result"]
        return result

    def settle(self) -> None:
        """Let the daemon come to rest after its answers."""
        self._until(self.loop.create_task(self.daemon.desk.between_groups()))

    def run(self, piece: Callable[[], None]) -> None:
        """Do one of the daemon's own chores where it does them."""
        self._until(self.loop.create_task(self.daemon.desk.asides.run(piece)))
        self.settle()


@contextmanager
def without_haste() -> Iterator[None]:
    """Let no stopwatch decide what shares a commit, nor where it is made."""
    with (
        mock.patch.object(desk, "GROUP_MS", math.inf),
        mock.patch.object(gathering, "SLOW_COMMIT_MS", math.inf),
    ):
        yield


@contextmanager
def without_recovery() -> Iterator[None]:
    """Let a daemon find things as they are."""

    def report(database: Database, _mode: RecoverMode) -> RecoveryReport:
        return RecoveryReport(
            epoch=database.epoch, clean_shutdown=False, took_ms=0, turns=[], run_ids=[],
            requeued_input_ids=[], pending_input_count=0, quarantined=[],
        )  # fmt: skip

    with mock.patch.object(lifecycle, "recover", report):
        yield
