"""Log to stderr, one line per fact; stdout belongs to the protocol and to data."""

import contextlib
import logging
import os
import select
from typing import Literal

import structlog
from structlog.typing import Processor

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["json", "console"]
STDERR = 2


class StderrLogger:
    """Write lines to stderr for as long as somebody takes them.

    A terminal is hung up, the reader of a pipe dies or does not read, a disk is full: there is
    nobody to be told, and who works on must neither fail by it nor wait for it.
    """

    def __init__(self) -> None:
        self._poll = select.poll()
        self._poll.register(STDERR, select.POLLOUT)

    def msg(self, line: str) -> None:
        """Write one line, or as much of it as is taken at once."""
        rest = f"{line}\n".encode(errors="backslashreplace")
        with contextlib.suppress(OSError):
            while rest and self._poll.poll(0):
                rest = rest[os.write(STDERR, rest[: select.PIPE_BUF]) :]

    debug = info = warning = error = critical = msg


def is_on_terminal() -> bool:
    """Tell whether a person reads the log; a stderr that is closed has no reader."""
    return os.isatty(STDERR)


def configure(level: LogLevel, log_format: LogFormat) -> None:
    """Set up structlog; local variables stay out of tracebacks, they may hold secrets."""
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
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *rendering,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=StderrLogger,
        cache_logger_on_first_use=True,
    )
