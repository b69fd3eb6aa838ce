"""Copy bytes between a socket and a file descriptor, whatever the descriptor is.

A copy blocks, and so has a thread of its own: an event loop's pipes abort on files and on
/dev/null, and a descriptor that is made non-blocking is so for everybody who shares it. Each
way holds one chunk: who does not read stops who writes.
"""

import os
import select
import socket

# What a pipe holds (pipe(7)); more would not come in one piece.
CHUNK_BYTES = 64 * 1024


class NobodyReads(Exception):
    """Say that what is copied cannot be written any more, and why."""


def copy_in(fd: int, sock: socket.socket) -> bool:
    """Copy a descriptor to a socket and pass its end on; False if the socket ended first."""
    try:
        while chunk := _read(fd):
            sock.sendall(chunk)
        sock.shutdown(socket.SHUT_WR)
    except OSError:
        # A socket whose other side has gone; what came back over it tells why.
        return False
    return True


def copy_out(sock: socket.socket, fd: int) -> None:
    """Copy a socket to a descriptor until the socket's end.

    Raises NobodyReads when the descriptor takes no more, OSError when the socket breaks.
    """
    while chunk := sock.recv(CHUNK_BYTES):
        _write(fd, chunk)


def _read(fd: int) -> bytes:
    while True:
        try:
            return os.read(fd, CHUNK_BYTES)
        except BlockingIOError:
            _wait(fd, select.POLLIN)
        except OSError:
            # A reset or a terminal that was hung up says the same as an end.
            return b""


def _write(fd: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        try:
            rest = rest[os.write(fd, rest) :]
        except BlockingIOError:
            _wait(fd, select.POLLOUT)
        except OSError as error:
            raise NobodyReads(error.strerror) from error


def _wait(fd: int, event: int) -> None:
    """Wait for a descriptor that somebody who shares it has made non-blocking."""
    poll = select.poll()
    poll.register(fd, event)
    poll.poll()
