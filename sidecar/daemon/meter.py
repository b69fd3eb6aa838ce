"""Count what is asked and how long it takes; tell of requests that somebody wants to hear of.

All on the loop, so nothing is locked. A request costs two looks at the clock, one search among
a dozen bounds and three additions: less than a microsecond of its twenty.
"""

from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import structlog

from sidecar import logs
from sidecar.daemon.dispatch import Refused, Request
from sidecar.rpc.metrics import CommitMetrics, Durations, MethodMetrics, Outcome, Sizes

if TYPE_CHECKING:
    from sidecar.daemon.peer import PeerConnection

# From what a read costs to what a person gives up on.
BOUNDS_S = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 10.0)
# A group has about 128 requests at the most.
BOUNDS_REQUESTS = (1, 2, 4, 8, 16, 32, 64, 128)
# A person notices a second; nothing here should take a tenth of it.
SLOW_REQUEST_MS = 1_000

log = structlog.get_logger()


class Sight(NamedTuple):
    """Be what an operator wants to see of a daemon."""

    slow_request_ms: int = SLOW_REQUEST_MS
    metrics_path: Path | None = None


DEFAULT_SIGHT = Sight()


class Tally:
    """Count the requests of one method."""

    __slots__ = ("counts", "name", "ok", "refused", "sum_s")

    def __init__(self, name: str) -> None:
        """Begin at nothing."""
        self.name = name
        self.ok = 0
        self.refused: dict[str, int] = {}
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.sum_s = 0.0

    def told(self) -> MethodMetrics:
        """Tell the counts."""
        outcomes = [Outcome("ok", self.ok)] if self.ok else []
        outcomes += [Outcome(kind, count) for kind, count in sorted(self.refused.items())]
        return MethodMetrics(self.name, outcomes, _durations(self.counts, self.sum_s))


class Tracer(Protocol):
    """Hear of every request."""

    def trace(self, method: str, outcome: str, took_s: float, group_size: int) -> None:
        """Be told of a request that has just ended."""

    def close(self) -> None:
        """Be told that there are no more."""


class Meter:
    """Count for one daemon."""

    def __init__(
        self, slow_request_ms: int, tracer: Tracer | None, elapsed_s: Callable[[], float]
    ) -> None:
        """Tell of requests that take so long or longer, by a stopwatch."""
        self._elapsed_s = elapsed_s
        self.reruns = 0
        self.connections = 0
        # How many requests the group has that is being answered.
        self.group_size = 0
        self._slow_s = slow_request_ms / 1000
        self._tracer = tracer
        self._tallies: dict[str, Tally] = {}
        self._unknown = Tally("unknown")
        self._commit_sizes = [0] * (len(BOUNDS_REQUESTS) + 1)
        self._committed_requests = 0
        self._commit_counts = [0] * (len(BOUNDS_S) + 1)
        self._commit_sum_s = 0.0
        self.retune()

    def retune(self) -> None:
        """Be told that the level of the log may be another one."""
        is_heard = logs.OUTPUT.level == "debug" or self._tracer is not None
        # One comparison for each request, whatever is wanted.
        self._tell_from_s = 0.0 if is_heard else self._slow_s

    def count(
        self, peer: "PeerConnection", request: Request, answer: bytes, started_s: float | None
    ) -> None:
        """Count a request that is answered now, its commit included.

        None for one that has waited in vain, as it wanted: a wait is no work.
        """
        took_s = 0.0 if started_s is None else self._elapsed_s() - started_s
        method = request.method
        if method is None:
            tally = self._unknown
        else:
            # By the registry's own text, which is its own key.
            tally = self._tallies.get(method.name) or self._begin(method.name)
        if type(answer) is bytes:
            tally.ok += 1
        else:
            kind = _outcome(answer)
            tally.refused[kind] = tally.refused.get(kind, 0) + 1
        tally.counts[bisect_left(BOUNDS_S, took_s)] += 1
        tally.sum_s += took_s
        if took_s >= self._tell_from_s:
            self._tell(peer, request, tally.name, _outcome(answer), took_s)

    def _begin(self, name: str) -> Tally:
        tally = self._tallies[name] = Tally(name)
        return tally

    def count_commit(self, requests: int, took_s: float) -> None:
        """Count a group whose commit has ended."""
        self._commit_sizes[bisect_left(BOUNDS_REQUESTS, requests)] += 1
        self._committed_requests += requests
        self._commit_counts[bisect_left(BOUNDS_S, took_s)] += 1
        self._commit_sum_s += took_s

    def _tell(
        self, peer: "PeerConnection", request: Request, method: str, outcome: str, took_s: float
    ) -> None:
        if self._tracer is not None:
            self._tracer.trace(method, outcome, took_s, self.group_size)
        # Never its params: they are what people say.
        about = {
            "method": method,
            "outcome": outcome,
            "took_ms": round(took_s * 1000, 3),
            "request_id": request.told_id,
            "peer": peer.number,
            "peer_pid": peer.pid,
        }
        if took_s >= self._slow_s:
            log.warning("slow request", **about)
        else:
            log.debug("request", **about)

    def close(self) -> None:
        """Count no more, and let whoever hears of requests end."""
        if self._tracer is not None:
            self._tracer.close()

    def told(self) -> list[MethodMetrics]:
        """Tell of every method that was asked, by name."""
        tallies = [self._tallies[name] for name in sorted(self._tallies)]
        if any(self._unknown.counts):
            tallies.append(self._unknown)
        return [tally.told() for tally in tallies]

    def told_commits(self) -> CommitMetrics:
        """Tell of the commits."""
        return CommitMetrics(
            requests=Sizes(
                list(BOUNDS_REQUESTS), list(self._commit_sizes), self._committed_requests
            ),
            durations=_durations(self._commit_counts, self._commit_sum_s),
            reruns=self.reruns,
        )


def _outcome(answer: bytes) -> str:
    return answer.kind if isinstance(answer, Refused) else "ok"


def _durations(counts: list[int], sum_s: float) -> Durations:
    bounds_ms = [round(bound * 1000, 3) for bound in BOUNDS_S]
    return Durations(bounds_ms, list(counts), round(sum_s * 1000, 3))
