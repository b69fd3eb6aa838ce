"""Keep the supervisor told: ready, how it goes, alive, reading again, stopping (sd_notify(3)).

The loop and the writer are fed for together. A beat comes from the loop, so that a loop that is
stuck sends none; and it tells of life only if the writer has moved: a commit that is still under
way at the next beat has proved nothing. No clock is needed for that, the supervisor has one.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from sidecar.daemon.notify import is_supervised, notify, watchdog_us
from sidecar.model.errors import Outage
from sidecar.source import monotonic_us
from sidecar.store import upkeep

if TYPE_CHECKING:
    from sidecar.daemon.desk import Desk

# Beats within a watchdog's period: one may be late and one be withheld before it is over.
BEATS = 3
# The status is for a person who looks: more often than this would only be work.
STATUS_S = 10.0

log = structlog.get_logger()


class Supervision:
    """Beat for a desk from its readiness to its end; without a supervisor nothing is done."""

    def __init__(self) -> None:
        self._desk: Desk | None = None
        self._timer: asyncio.TimerHandle | None = None
        period_us = watchdog_us()
        self._is_watched = period_us is not None
        beat_s = STATUS_S if period_us is None else period_us / 1_000_000 / BEATS
        self._beat_s = min(STATUS_S, beat_s)
        self._commit_seen: object | None = None
        self._counted: tuple[int, int] | None = None
        self._status = ""

    def ready(self, desk: "Desk") -> None:
        """Tell that it serves, and beat from now on."""
        if not is_supervised():
            return
        self._desk = desk
        notify("READY=1", *self._news(desk))
        self._wind(desk)

    def reload(self, read_again: Callable[[], None]) -> None:
        """Read again what can be, and tell when that begins and ends."""
        if self._desk is None:
            # Nobody is told, or nobody yet: what is not ready cannot be ready again.
            read_again()
            return
        notify("RELOADING=1", f"MONOTONIC_USEC={monotonic_us()}")
        try:
            read_again()
        finally:
            notify("READY=1")

    def stop(self, connections: int) -> None:
        """Tell that it drains; beats go on, a drain can be stuck too."""
        notify("STOPPING=1", f"STATUS=draining {_some(connections, 'connection')}")
        self._counted = None

    def close(self) -> None:
        """Beat no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._desk = None

    def beat(self) -> None:
        """Tell what is new, and of life if there was any."""
        desk = self._desk
        if desk is None:
            return
        states = [] if desk.is_draining else self._news(desk)
        commit = desk.commit_under_way
        if self._is_watched and (commit is None or commit is not self._commit_seen):
            states.append("WATCHDOG=1")
        self._commit_seen = commit
        if states and not notify(*states, patience_s=0.0):
            # It has not been told what is new.
            self._counted = None
            self._status = ""
        self._wind(desk)

    def _wind(self, desk: "Desk") -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = desk.loop.call_later(self._beat_s, self.beat)

    def _news(self, desk: "Desk") -> list[str]:
        """Say how it goes, if that is not what was said last; counted only after a change."""
        database = desk.database
        seen = (len(desk.peers), database.last_seq)
        if seen == self._counted:
            return []
        try:
            turns, inputs = database.read(database.snapshot(), upkeep.work)
        except Outage as outage:
            log.warning("the supervisor is not told how it goes", reason=str(outage))
            return []
        self._counted = seen
        status = ", ".join(
            (
                _some(len(desk.peers), "connection"),
                f"{_some(turns, 'turn')} in progress",
                _some(inputs, "pending input"),
            )
        )
        if status == self._status:
            return []
        self._status = status
        return [f"STATUS={status}"]


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
