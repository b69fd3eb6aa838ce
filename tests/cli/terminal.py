"""A real terminal for a program: a pty, and an emulator of what its user sees."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from types import TracebackType
from typing import Self

import pyte

from sidecar.cli.screen import BEGIN, END
from tests.support.daemons import environment
from tests.support.peer import HANG_S


class Terminal:
    """Run a command of the program on a terminal of its own."""

    def __init__(self, *arguments: str, columns: int = 100, lines: int = 30, **names: str) -> None:
        self.emulated = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.emulated)
        self.written = b""
        self._ours, self._theirs = pty.openpty()
        self._set_size(columns, lines)
        self.mode = termios.tcgetattr(self._theirs)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sidecar", *arguments],
            stdin=self._theirs, stdout=self._theirs, stderr=self._theirs,
            start_new_session=True, env=environment(**names),
            # A terminal is what its session has as its own: Ctrl-C reaches it only then.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)
        os.close(self._theirs)

    def _set_size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("4H", lines, columns, 0, 0))

    @property
    def shown(self) -> list[str]:
        return [line.rstrip() for line in self.emulated.display]

    def until(self, is_so: Callable[[list[str]], bool]) -> list[str]:
        """Read what the program draws until a whole picture is so."""
        # A picture may come in pieces, and half of one beside half of the last is none.
        while self.written.count(BEGIN) != self.written.count(END) or not is_so(self.shown):
            ready, _, _ = select.select([self._ours], [], [], HANG_S)
            assert ready, "\n".join(self.shown)
            self._feed(os.read(self._ours, 1 << 16))
        return self.shown

    def _feed(self, data: bytes) -> None:
        self.written += data
        # The emulator has no alternate screen: enough that it is left for what was before.
        self._stream.feed(data)

    def says(self, text: str) -> list[str]:
        return self.until(lambda shown: any(text in line for line in shown))

    def resize(self, columns: int, lines: int) -> None:
        self.emulated.resize(lines, columns)
        self._set_size(columns, lines)

    def press(self, keys: bytes) -> None:
        os.write(self._ours, keys)

    def end(self) -> int:
        """Wait for the program's end, reading on; tell its exit code."""
        while self.process.poll() is None:
            if select.select([self._ours], [], [], 0.05)[0]:
                self._feed(os.read(self._ours, 1 << 16))
        while select.select([self._ours], [], [], 0)[0]:
            self._feed(os.read(self._ours, 1 << 16))
        return self.process.returncode

    def is_as_before(self) -> bool:
        """Tell whether the terminal is as the program found it."""
        entered, left = self.written.count(b"\x1b[?1049h"), self.written.count(b"\x1b[?1049l")
        shows_cursor = self.written.rfind(b"\x1b[?25h") > self.written.rfind(b"\x1b[?25l")
        is_mode = termios.tcgetattr(self._theirs) == self.mode
        return entered == left >= 1 and shows_cursor and is_mode

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
