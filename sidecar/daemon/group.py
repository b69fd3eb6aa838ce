"""One transaction's worth of requests: their answers are held until it is committed."""

from typing import NamedTuple

from sidecar.daemon.dispatch import Request
from sidecar.daemon.peer import Work
from sidecar.model import limits
from sidecar.model.errors import Outage
from sidecar.store.outages import GroupLost


class Held(NamedTuple):
    """Be an answer that waits for the commit of its group."""

    work: Work
    request: Request
    answer: bytes
    started_s: float


class Group:
    """Hold one transaction's worth of answers."""

    def __init__(self) -> None:
        """Begin without a transaction: a group of reads needs none."""
        self.is_open = False
        self.now_ms = 0
        self.held: list[Held] = []
        self.held_bytes = 0
        self.outage: Outage | None = None
        self.lost: GroupLost | None = None

    def hold(self, held: Held) -> None:
        """Keep an answer until the commit."""
        self.held.append(held)
        self.held_bytes += len(held.answer)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more may run in it: it is lost, or has as much to say as may be."""
        return self.lost is not None or self.held_bytes > limits.MAX_UNSENT_BYTES
