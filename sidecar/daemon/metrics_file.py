"""Keep metrics in a file for node_exporter's textfile collector, whole at every moment."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from sidecar.model.errors import Outage
from sidecar.rpc.metrics import Metrics, ProcessMetrics
from sidecar.rpc.openmetrics import render

# As often as Prometheus asks, as it comes.
EVERY_S = 15.0
# Whoever collects them is another user, and they are numbers of ours alone.
MODE = 0o644

log = structlog.get_logger()


class MetricsFile:
    """Write the metrics whenever something has changed, and take them away at the end."""

    def __init__(self, path: Path) -> None:
        """Write beside the path, under a name that is not collected, and put it in its place."""
        self.path = path
        self._part = path.with_name(f".{path.name}.part")
        self._told: Metrics | None = None
        self._is_failing = False

    async def keep(self, measure: Callable[[], Metrics], ends: asyncio.Event) -> None:
        """Look every EVERY_S, until it is over."""
        while not ends.is_set():
            await self.write(measure)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ends.wait(), EVERY_S)
        try:
            # Numbers of a daemon that has ended would look like those of one that idles.
            self.path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("the metrics stay behind", path=str(self.path), reason=str(error))

    async def write(self, measure: Callable[[], Metrics]) -> None:
        """Write if something has changed; that it cannot is logged, once until it can again."""
        try:
            metrics = measure()
            comparable = _without_clocks(metrics)
            if comparable == self._told:
                return
            await asyncio.to_thread(self._replace, render(metrics, "prometheus").encode())
        except (Outage, OSError) as error:
            if not self._is_failing:
                log.warning("the metrics cannot be written", path=str(self.path), reason=str(error))
            self._is_failing = True
            return
        self._told = comparable
        self._is_failing = False

    def _replace(self, text: bytes) -> None:
        # Of a daemon that was killed; or somebody's, who may write here and point it elsewhere.
        self._part.unlink(missing_ok=True)
        fd = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
        with os.fdopen(fd, "wb") as part:
            # Whatever the umask.
            os.fchmod(fd, MODE)
            part.write(text)
            part.flush()
            # A power cut must not leave the name without the text.
            os.fsync(fd)
        self._part.replace(self.path)


def _without_clocks(metrics: Metrics) -> Metrics:
    """Take out what moves by itself."""
    return msgspec.structs.replace(metrics, at_ms=0, process=ProcessMetrics(0, 0, 0))
