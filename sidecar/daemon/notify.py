"""Tell systemd how the daemon does: one datagram, no library (sd_notify(3))."""

import os
import socket

import structlog

# systemd's queue has room for hundreds; one that is full for so long is read by nobody.
PATIENCE_S = 1.0

log = structlog.get_logger()


def is_supervised() -> bool:
    """Tell whether somebody wants to know how we do."""
    return bool(os.environ.get("NOTIFY_SOCKET"))


def watchdog_us() -> int | None:
    """Tell how often systemd wants a sign of life from this very process, in microseconds."""
    given = os.environ.get("WATCHDOG_USEC", "")
    if not given or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    if not given.isdecimal() or int(given) == 0:
        log.warning("WATCHDOG_USEC is no time: nothing is fed", given=given)
        return None
    return int(given)


def notify(*states: str, patience_s: float = PATIENCE_S) -> bool:
    """Send states such as `READY=1`, as one; nothing happens when nobody supervises us.

    Tells whether they have left. Without patience, one that is not taken at once is not sent:
    the loop waits for nobody.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    # "@" stands for the zero byte of an abstract name.
    name = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.settimeout(patience_s)
        try:
            sock.sendto("\n".join(states).encode(), name)
        except OSError as error:
            # A name left over in the environment, or a supervisor that ended first.
            log.warning("the supervisor is not told", states=states, reason=str(error))
            return False
    return True
