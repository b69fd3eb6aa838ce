"""Tell systemd how the daemon does: one datagram, no library (sd_notify(3))."""

import os
import socket

import structlog

log = structlog.get_logger()


def notify(state: str) -> None:
    """Send a state such as `READY=1`; nothing happens when nobody supervises us."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    # "@" stands for the zero byte of an abstract name.
    name = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        try:
            sock.sendto(state.encode(), name)
        except OSError as error:
            # A name left over in the environment, or a supervisor that ended first.
            log.warning("the supervisor is not told", state=state, reason=error.strerror)
