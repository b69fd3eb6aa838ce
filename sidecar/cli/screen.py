"""Own a terminal for a while: one picture at a time, and as it was before at the end."""

import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Self
from unicodedata import combining, east_asian_width

# The alternate screen, so that what stood there comes back; and no cursor (xterm's ctlseqs).
ENTER = b"\x1b[?1049h\x1b[?25l"
LEAVE = b"\x1b[?25h\x1b[?1049l"
# Between these two a terminal shows nothing of what comes (DEC private mode 2026); one that does
# not know the mode leaves it out.
BEGIN, END = b"\x1b[?2026h", b"\x1b[?2026l"
HOME, REST_OF_LINE, REST_OF_SCREEN = "\x1b[H", "\x1b[K", "\x1b[J"
END_KEYS = b"qQ"
Handler = Callable[[int, FrameType | None], object] | int | signal.Handlers | None


def is_there() -> bool:
    """Tell whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def fit(text: str, columns: int) -> str:
    """Cut a text to so many columns; what is no character of a line cannot move the cursor."""
    shown, used = [], 0
    for character in text:
        width = 0 if combining(character) else 1 + (east_asian_width(character) in "WF")
        if used + width > columns:
            break
        used += width
        shown.append(character if character.isprintable() else "?")
    return "".join(shown)


class Screen:
    """Show pictures until `q`, and tell when it is time for another one."""

    def __init__(self, every_s: float) -> None:
        """Give the time between two pictures."""
        self._every_s = every_s
        self._in, self._out = sys.stdin.fileno(), sys.stdout.fileno()
        self._handlers: dict[int, Handler] = {}

    def __enter__(self) -> Self:
        self._told, self._tell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._wakeup = signal.set_wakeup_fd(self._tell, warn_on_full_buffer=False)
        self._mode = termios.tcgetattr(self._in)
        for number in (signal.SIGALRM, signal.SIGWINCH):
            # Only to interrupt the wait: the number comes through the pipe.
            self._handle(number, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGHUP):
            self._handle(number, _end)
        self._handle(signal.SIGTSTP, self._suspend)
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        self._give_back()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._told)
        os.close(self._tell)

    def _handle(self, number: int, handler: Handler) -> None:
        self._handlers[number] = signal.signal(number, handler)

    def _take(self) -> None:
        tty.setcbreak(self._in)
        self._write(ENTER)
        signal.setitimer(signal.ITIMER_REAL, self._every_s, self._every_s)

    def _give_back(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        # A terminal that has hung up needs nothing back.
        with suppress(OSError, termios.error):
            self._write(LEAVE)
            termios.tcsetattr(self._in, termios.TCSADRAIN, self._mode)

    def _suspend(self, _number: int, _frame: FrameType | None) -> None:
        self._give_back()
        os.kill(os.getpid(), signal.SIGSTOP)
        self._take()

    def _write(self, picture: bytes) -> None:
        while picture:
            picture = picture[os.write(self._out, picture) :]

    def size(self) -> tuple[int, int]:
        """Tell the columns and the lines that there are now."""
        columns, lines = os.get_terminal_size(self._out)
        # What has no size, as a serial line, has that of a terminal of old.
        return columns or 80, lines or 24

    def show(self, lines: list[str]) -> None:
        """Put a picture in the place of the last one, at once, so that nothing flickers."""
        text = f"{REST_OF_LINE}\r\n".join(lines) + REST_OF_LINE + REST_OF_SCREEN
        self._write(BEGIN + (HOME + text).encode(errors="replace") + END)

    def wait(self) -> set[int]:
        """Wait for signals: SIGALRM when it is time, SIGWINCH for another size; empty at the end.

        The end is `q`, or that of the keyboard's stream.
        """
        while True:
            ready, _, _ = select.select([self._in, self._told], [], [])
            if self._in in ready:
                keys = os.read(self._in, select.PIPE_BUF)
                if not keys or any(key in END_KEYS for key in keys):
                    return set()
            if self._told in ready:
                return set(os.read(self._told, select.PIPE_BUF))


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
