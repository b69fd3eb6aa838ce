"""What signals ask of a daemon, from the moment at which it begins to start."""

import asyncio
import os
import signal
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sidecar.daemon.lifecycle import Daemon

# A second signal: whatever is left is for the next start to recover.
EXIT_AT_ONCE = 1
ENDS = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """End by SIGTERM and SIGINT, read again by SIGHUP; recovery may take its time before that."""

    def __init__(self) -> None:
        """Take them before there is a daemon: nobody has been answered, so that nothing drains."""
        self._is_hung_up = False
        self._is_ending = False
        signal.signal(signal.SIGHUP, self._remember)
        for number in ENDS:
            signal.signal(number, _leave)

    def _remember(self, _number: int, _frame: FrameType | None) -> None:
        self._is_hung_up = True

    def give_to(self, daemon: "Daemon", loop: asyncio.AbstractEventLoop) -> None:
        """Let a daemon have them from now on, and what it has missed."""
        loop.add_signal_handler(signal.SIGHUP, daemon.hang_up)
        for number in ENDS:
            loop.add_signal_handler(number, self._end, daemon)
        if self._is_hung_up:
            daemon.hang_up()

    def _end(self, daemon: "Daemon") -> None:
        """Drain at the first, end at the second; one during a drain by request is the first."""
        if self._is_ending:
            os._exit(EXIT_AT_ONCE)
        self._is_ending = True
        daemon.stop()


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End where it is, as a crash would, which recovery is made for; but it was asked for."""
    os._exit(os.EX_OK)
