"""A daemon in a process of its own whose clock the test sets, also while it runs."""

import sys
from pathlib import Path

from tests.support.daemons import DaemonProcess

# The product's one source of time, moved by what a file says: read with every look at the clock.
LAUNCHER = """
import os, sys
from sidecar import source
from sidecar.cli import main

told = os.open(sys.argv.pop(1), os.O_RDONLY | os.O_CLOEXEC)
now_ms = source.SystemSource.now_ms
source.SystemSource.now_ms = lambda self: now_ms(self) + int(os.pread(told, 32, 0))
main()
"""


class Clock:
    """Be what a file says, in milliseconds from the time that it is."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "clock"
        self._offset_ms = 0
        self.advance_ms(0)

    def advance_ms(self, duration_ms: int) -> None:
        """Set it, by less than nothing too."""
        self._offset_ms += duration_ms
        # In one write of one size: whoever reads sees the one or the other.
        with self.path.open("r+b" if self.path.exists() else "wb", buffering=0) as file:
            file.write(b"%31d\n" % self._offset_ms)


class ClockedProcess(DaemonProcess):
    """Run the real program by a clock of ours."""

    def __init__(self, folder: Path, clock: Clock, *flags: str) -> None:
        super().__init__(folder, *flags)
        self.launcher = [sys.executable, "-c", LAUNCHER, str(clock.path)]
