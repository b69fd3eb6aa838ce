"""Log one line per fact: to stderr, or to a file; stdout belongs to the protocol and to data."""

import contextlib
import logging
import os
import select
from pathlib import Path
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["json", "console"]
STDERR = 2
# What journald takes off the front of a line (sd-daemon(3)).
PRIORITIES = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}


class Output:
    """Write lines to one place for as long as somebody takes them.

    A terminal is hung up, the reader of a pipe dies or does not read, a disk is full: there is
    nobody to be told, and who works on must neither fail by it nor wait for it.
    """

    def __init__(self) -> None:
        self.level: LogLevel = "info"
        self._path: Path | None = None
        self._fd = STDERR
        self._poll = select.poll()
        self._poll.register(STDERR, select.POLLOUT)

    def use(self, path: Path) -> None:
        """Append to a file from now on; raises OSError, and goes on where it was."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        # A pipe that nobody reads is told, not waited for.
        fd = os.open(path, flags | os.O_NONBLOCK, 0o600)
        before, self._fd, self._path = self._fd, fd, path
        self._poll = select.poll()
        self._poll.register(fd, select.POLLOUT)
        if before != STDERR:
            os.close(before)

    def is_at(self, path: Path) -> bool:
        """Tell whether this is the file to which lines go."""
        return self._path is not None and path.exists() and path.samefile(self._path)

    def reopen(self) -> None:
        """Open the file anew, whose name may mean another one by now; raises OSError."""
        if self._path is not None:
            self.use(self._path)

    def msg(self, line: str) -> None:
        """Write one line, or as much of it as is taken at once."""
        rest = f"{line}\n".encode(errors="backslashreplace")
        with contextlib.suppress(OSError):
            while rest and self._poll.poll(0):
                rest = rest[os.write(self._fd, rest[: select.PIPE_BUF]) :]

    debug = info = warning = error = critical = msg


OUTPUT = Output()


def is_on_terminal() -> bool:
    """Tell whether a person reads the log; a stderr that is closed has no reader."""
    return os.isatty(STDERR)


def is_on_journal() -> bool:
    """Tell whether stderr is the stream that JOURNAL_STREAM names (systemd.exec(5))."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        found = os.fstat(STDERR)
    except OSError:
        return False
    return (device, inode) == (str(found.st_dev), str(found.st_ino))


def configure(level: LogLevel, log_format: LogFormat | None, path: Path | None = None) -> None:
    """Set up structlog; local variables stay out of tracebacks, they may hold secrets.

    Without a format it is console on a terminal, else json. Raises OSError if the file at `path`
    cannot be opened.
    """
    if path is not None:
        OUTPUT.use(path)
    if log_format is None:
        log_format = "console" if path is None and is_on_terminal() else "json"
    rendering: list[Processor]
    if log_format == "json":
        tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        rendering = [
            structlog.processors.ExceptionRenderer(tracebacks),
            structlog.processors.JSONRenderer(),
        ]
    else:
        plain = structlog.dev.plain_traceback
        rendering = [structlog.dev.ConsoleRenderer(exception_formatter=plain)]
    if path is None and is_on_journal():
        rendering = [_Prioritized(rendering)]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *rendering,
        ],
        logger_factory=lambda: OUTPUT,
        # A logger that is kept would keep its level: to make one costs 2 µs of a line's 15.
        cache_logger_on_first_use=False,
    )
    # In the place of the one before, not beside it.
    logging.basicConfig(level=logging.WARNING, handlers=[_Forwarded()], force=True)
    set_level(level)


def set_level(level: LogLevel) -> LogLevel:
    """Log from a level on; tell from which one it was."""
    before, OUTPUT.level = OUTPUT.level, level
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(number))
    return before


class _Forwarded(logging.Handler):
    """Log as ours what libraries log by Python's own means, which would be bare text on stderr."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record, without the locals of its traceback as well."""
        structlog.get_logger().log(
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
        )


class _Prioritized:
    """Put the priority before each line of what is rendered, as journald reads it."""

    def __init__(self, rendering: list[Processor]) -> None:
        self._rendering = rendering

    def __call__(self, logger: WrappedLogger, name: str, event: EventDict) -> str:
        prefix = f"<{PRIORITIES[event['level']]}>"
        rendered: object = event
        for processor in self._rendering:
            rendered = processor(logger, name, rendered)  # type: ignore[arg-type]  # the last one's is text
        return "\n".join(prefix + line for line in str(rendered).splitlines())
