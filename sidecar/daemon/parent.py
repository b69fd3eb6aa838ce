"""Notice that the parent has gone: its end of a pipe or socket pair closes, however it died."""

import asyncio
import os
import stat
from collections.abc import Callable

CHUNK_BYTES = 4096


class NotAPipe(Exception):
    """Say that a file descriptor cannot tell of anybody's end."""


def require_pipe(fd: int) -> None:
    """Refuse with NotAPipe what has no other end, before anything is opened."""
    try:
        mode = os.fstat(fd).st_mode
    except OSError as error:
        raise NotAPipe(f"--parent-fd {fd}: {error.strerror}") from error
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        raise NotAPipe(f"--parent-fd {fd}: neither a pipe nor a socket")


def watch_parent(fd: int, on_gone: Callable[[], None]) -> None:
    """Call `on_gone` once, at the end of what can be read from a pipe or socket."""
    loop = asyncio.get_running_loop()
    os.set_blocking(fd, False)

    def read() -> None:
        try:
            if os.read(fd, CHUNK_BYTES):
                return
        except BlockingIOError:
            return
        except OSError:
            # A reset says the same as an end.
            pass
        loop.remove_reader(fd)
        on_gone()

    loop.add_reader(fd, read)
