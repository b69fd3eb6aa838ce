"""Requests that wait: parked until their topic may have something, run again in their order.

A waiter is looked at when a write has woken its topic, within that write's own transaction, or
when the moment has come that its last look named; never on a beat. The longest waiting is run
first; while looks succeed the next one follows, and a topic whose look was in vain is left
until it is woken again. So an idle waiter costs its place in a table; one that waits for a moment
looks at the clock now and then.
"""

import asyncio
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from sidecar.daemon.dispatch import Pending, Request, render_error
from sidecar.model.errors import ProtocolError, RequestCancelled
from sidecar.model.json_value import Json, is_equal

if TYPE_CHECKING:
    from sidecar.daemon.peer import PeerConnection, Work

# The loop's timers count the time that the machine was awake, and know of no clock that is set:
# whoever waits for a moment is looked after no later than this after it.
LONGEST_ALARM_S = 1.0
# None stands for those who take anything.
Topic = str | None


class Waiter:
    """Be one request that waits, and the answer it gets when its time is over."""

    __slots__ = ("answer", "number", "request", "timer", "topic", "work")

    def __init__(self, work: "Work", request: Request, pending: Pending, number: int) -> None:
        """Stand in line behind all with a smaller number."""
        self.work = work
        self.request = request
        self.topic = pending.wait.topic
        self.answer = pending.answer
        self.number = number
        self.timer: asyncio.TimerHandle | None = None

    @property
    def peer(self) -> "PeerConnection":
        """Tell whose request it is."""
        return self.work.peer

    def settle(self, answer: bytes) -> None:
        """Answer it for good."""
        self.work.settle(self.request, answer, None)


class WaitingRoom:
    """Hold all who wait, by topic and by peer, each in the order of arrival."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        now_ms: Callable[[], int],
        on_ready: Callable[[], None],
    ) -> None:
        """Begin empty; `on_ready` is called when a moment has come that somebody waits for."""
        self._loop = loop
        self._now_ms = now_ms
        self._on_ready = on_ready
        self._numbers = count()
        self._of_topic: dict[Topic, dict[int, Waiter]] = {}
        self._of_peer: dict[PeerConnection, dict[int, Waiter]] = {}
        self._ready: set[Topic] = set()
        self._due_ms: dict[Topic, int] = {}
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_s = 0.0

    def __len__(self) -> int:
        return sum(len(each) for each in self._of_topic.values())

    @property
    def is_ready(self) -> bool:
        """Tell whether somebody should be looked at."""
        return bool(self._ready)

    def park(self, work: "Work", request: Request, pending: Pending) -> None:
        """Let a request wait that has just looked in vain."""
        waiter = Waiter(work, request, pending, next(self._numbers))
        waiter.timer = self._loop.call_later(pending.wait.wait_ms / 1000, self._give_up, waiter)
        self._of_topic.setdefault(waiter.topic, {})[waiter.number] = waiter
        self._of_peer.setdefault(waiter.peer, {})[waiter.number] = waiter
        self._note(waiter.topic, pending.wait.due_at_ms)

    def wake(self, topic: str, at_ms: int) -> None:
        """Be told that a topic may have something, now or from a moment on."""
        for each in (topic, None):
            if each not in self._of_topic:
                continue
            if at_ms <= self._now_ms():
                self._ready.add(each)
            else:
                self._note(each, at_ms)

    def next(self) -> Waiter | None:
        """Choose the longest waiting of those who should be looked at, and are still there."""
        while True:
            found = [
                next(iter(self._of_topic[topic].values()))
                for topic in self._ready
                if topic in self._of_topic
            ]
            if not found:
                self._ready.clear()
                return None
            waiter = min(found, key=lambda waiter: waiter.number)
            if not waiter.peer.is_gone:
                return waiter
            self.forget(waiter.peer)

    def keep(self, waiter: Waiter, due_at_ms: int | None) -> None:
        """Leave one, and all behind it, whose look was in vain."""
        self._ready.discard(waiter.topic)
        self._note(waiter.topic, due_at_ms)

    def leave(self, waiter: Waiter) -> None:
        """Let one go that is to be answered."""
        assert waiter.timer is not None
        waiter.timer.cancel()
        del self._of_topic[waiter.topic][waiter.number]
        if not self._of_topic[waiter.topic]:
            del self._of_topic[waiter.topic]
            self._due_ms.pop(waiter.topic, None)
        del self._of_peer[waiter.peer][waiter.number]
        if not self._of_peer[waiter.peer]:
            del self._of_peer[waiter.peer]

    def cancel(self, peer: "PeerConnection", request_id: Json) -> None:
        """Answer `request_cancelled` to the waiting requests of a peer that have this id."""
        for waiter in list(self._of_peer.get(peer, {}).values()):
            sent = waiter.request.id
            if sent is not None and is_equal(Json(sent), request_id):
                self.refuse(waiter, RequestCancelled())

    def refuse(self, waiter: Waiter, error: ProtocolError) -> None:
        """Let one go with an error."""
        self.leave(waiter)
        waiter.settle(render_error(waiter.request.id, error))

    def forget(self, peer: "PeerConnection") -> None:
        """Let all go whose peer has gone: whatever they might have got stays for others."""
        for waiter in list(self._of_peer.get(peer, {}).values()):
            self._give_up(waiter)

    def close(self) -> None:
        """Answer all at once, as if their time were over: the daemon drains."""
        for waiters in list(self._of_topic.values()):
            for waiter in list(waiters.values()):
                self._give_up(waiter)

    def _give_up(self, waiter: Waiter) -> None:
        self.leave(waiter)
        waiter.settle(waiter.answer)

    def _note(self, topic: Topic, due_at_ms: int | None) -> None:
        """Look at a topic again at a moment; the earliest that is known counts."""
        if due_at_ms is None:
            return
        due_at_ms = min(due_at_ms, self._due_ms.get(topic, due_at_ms))
        self._due_ms[topic] = due_at_ms
        self._set_alarm(due_at_ms)

    def _set_alarm(self, at_ms: int) -> None:
        """Be woken no later than that.

        Compared by the loop's clock: an alarm from before a jump of the other one is not where
        its moment was.
        """
        delay_s = min(max(0, at_ms - self._now_ms()) / 1000, LONGEST_ALARM_S)
        alarm_s = self._loop.time() + delay_s
        if self._alarm is not None:
            if self._alarm_s <= alarm_s:
                return
            self._alarm.cancel()
        self._alarm_s = alarm_s
        self._alarm = self._loop.call_later(delay_s, self.look)

    def look(self) -> None:
        """See whose moment has come."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        now_ms = self._now_ms()
        come = {topic for topic, due in self._due_ms.items() if due <= now_ms}
        for topic in come:
            del self._due_ms[topic]
        if self._due_ms:
            self._set_alarm(min(self._due_ms.values()))
        if come:
            self._ready |= come
            self._on_ready()
