"""The machine that the daemon runs on: it starts it, stops it, kills it, and cuts its power."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import rmtree
from unittest.mock import patch

from sidecar.daemon import keeper, lifecycle
from sidecar.daemon.entrance import MakePeer
from sidecar.daemon.lifecycle import Daemon
from sidecar.daemon.listener import Inherited
from sidecar.model import limits
from sidecar.model.recovery import RecoverMode
from sidecar.store import database
from tests.simulation.disk import Disk, put_back
from tests.simulation.loop import SimulatedLoop, make_loop
from tests.simulation.network import Link
from tests.simulation.timeline import SimulatedSource, Timeline

# A day of nothing would be 8,640 looks at nothing.
LOOK_S = 600.0
# Small, so that little is enough to meet them; the last is the house's own.
LIMITS: dict[str, tuple[int, ...]] = {
    "MAX_UNSENT_BYTES": (2_000, 20_000, limits.MAX_UNSENT_BYTES),
    "MAX_IN_FLIGHT": (2, 8, limits.MAX_IN_FLIGHT),
    "SUBSCRIPTION_PAGE": (2, 7, limits.SUBSCRIPTION_PAGE),
    "SUBSCRIPTION_PAGE_BYTES": (300, 3_000, limits.SUBSCRIPTION_PAGE_BYTES),
    "MAX_EVENT_PAGE": (3, 50, limits.MAX_EVENT_PAGE),
    "MAX_EVENT_SCAN": (5, 100, limits.MAX_EVENT_SCAN),
    "MAX_CONNECTIONS": (4, limits.MAX_CONNECTIONS),
}
# Pages in the log before it is copied: it is often copied, and seldom large.
CHECKPOINT_PAGES = (20, 200)


@contextmanager
def narrow(timeline: Timeline) -> Iterator[None]:
    """Draw limits from their reach, as a house with other numbers would have them."""
    chance = timeline.chance("limits")
    drawn = {name: chance.choice(reach) for name, reach in LIMITS.items()}
    pages = chance.choice(CHECKPOINT_PAGES)
    with (
        patch.object(keeper, "LOOK_S", LOOK_S),
        patch.object(lifecycle, "Entrance", SimulatedEntrance),
        ExitStack() as narrowed,
        patch.object(database, "CHECKPOINT_PAGES", pages),
    ):
        for name, value in drawn.items():
            narrowed.enter_context(patch.object(limits, name, value))
        yield


class SimulatedListener(Inherited):
    """Be a socket that the simulated loop listens on, without the kernel."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "rpc.sock"
        self.lock_path = folder / "rpc.sock.lock"

    def listen(self) -> None:  # type: ignore[override]
        """Hand nothing over: the loop takes whatever it is given."""


class SimulatedEntrance:
    """Let callers in at the simulated loop; what the kernel's queue does is `tests/e2e`'s."""

    def __init__(self, loop: SimulatedLoop, _: None, make_peer: MakePeer) -> None:
        self._loop = loop
        loop.listen(lambda: make_peer(None))

    async def close(self) -> None:
        self._loop.hang_up()


class Host:
    """Hold the disk, which stays, and the process, which comes and goes."""

    def __init__(
        self, timeline: Timeline, folder: Path, on_write: Callable[[Link, bytes], None]
    ) -> None:
        self.timeline = timeline
        self.source = SimulatedSource(timeline)
        self.disk = Disk(timeline)
        self.links: list[Link] = []
        self.numbers: dict[asyncio.Protocol, int] = {}
        self.connections = 0
        self.starts = 0
        self.loop: SimulatedLoop | None = None
        self.daemon: Daemon
        self._folder = folder
        self._on_write = on_write
        self._accept: Callable[[], asyncio.Protocol] | None = None
        self._images: dict[str, bytes] = {}
        self._serving: asyncio.Task[None]

    @property
    def database_path(self) -> Path:
        return self._folder / str(self.starts) / "sidecar.db"

    @property
    def is_alive(self) -> bool:
        return self.loop is not None and not self.loop.is_dead

    def start(self, mode: RecoverMode) -> Daemon:
        """Start a process on what is left of the last one; it recovers here and now."""
        self.starts += 1
        folder = self.database_path.parent
        folder.mkdir()
        put_back(self._images, self.database_path)
        self.loop = make_loop(self.timeline, self._listen, self._hang_up)
        self.daemon = Daemon(
            self.database_path, SimulatedListener(folder), source=self.source, recover_mode=mode
        )
        return self.daemon

    @property
    def is_resting(self) -> bool:
        """Tell whether the process has nothing to do until something happens."""
        if not self.is_alive or self._accept is None:
            return False
        assert self.loop is not None
        desk = self.daemon.desk
        is_busy = desk.commit_under_way or len(desk._errands)
        return self.loop.is_idle and not is_busy

    def serve(self, on_end: Callable[[], None], on_ready: Callable[[], None]) -> None:
        """Let the process that was started serve."""
        assert self.loop is not None
        self._serving = self.loop.create_task(self.daemon.serve(on_ready))
        self._serving.add_done_callback(lambda _: self._ended(on_end))

    def _listen(self, accept: Callable[[], asyncio.Protocol]) -> None:
        self._accept = accept

    def _hang_up(self) -> None:
        self._accept = None

    def connect(self) -> Link | None:
        """Connect a client; None while nobody listens."""
        if self._accept is None or not self.is_alive:
            return None
        assert self.loop is not None
        self.connections += 1
        protocol = self._accept()
        link = Link(self.timeline, self.connections, self.loop, protocol, self._on_write)
        self.numbers[protocol] = link.number
        self.links = [*(each for each in self.links if not each.is_over), link]
        self.loop.perform(protocol.connection_made, link)
        return link

    # -- ends --------------------------------------------------------------------------------------

    def _ended(self, on_end: Callable[[], None]) -> None:
        """Be told that the process has ended by itself, in peace."""
        if self.loop is None or self.loop.is_dead:
            return
        self._serving.result()
        self.loop.kill()
        self._images = self.disk.left(self.database_path, is_power_cut=False)
        # Outside of the callback of the process's own loop.
        self.timeline.after(1, on_end)

    def kill(self, *, is_power_cut: bool) -> None:
        """End the process here and now; on the disk is what it has come to."""
        assert self.loop is not None and not self.loop.is_dead
        self.loop.kill()
        self._images = self.disk.left(self.database_path, is_power_cut=is_power_cut)

    def bury(self) -> None:
        """Take a process that has ended out of memory; nobody hears of it any more."""
        assert self.loop is not None and self.loop.is_dead
        if not self._serving.done():
            self.daemon.database.abandon()
        self.loop.bury()
        self._accept = None
        for link in self.links:
            link.lose_daemon()
        self.links.clear()
        self.numbers.clear()
        self.disk.forget(self.database_path.parent)
        rmtree(self.database_path.parent)
        self.loop = None

    def close(self) -> None:
        self.disk.close()


assert os.environ.get("NOTIFY_SOCKET") is None, "nobody supervises a simulation"
