"""What a jump of the wall clock must not do to those who wait."""

from types import SimpleNamespace
from typing import Any

import msgspec

from sidecar.daemon.dispatch import Pending, Request
from sidecar.daemon.waiting import WaitingRoom
from sidecar.rpc.wait import Wait
from tests.simulation.loop import make_loop
from tests.simulation.timeline import SECOND_US, SimulatedSource, Timeline

HOUR_MS = 3_600_000


class Nothing(msgspec.Struct):
    """Be the answer of a wait in vain."""


def test_who_comes_after_a_jump_is_not_held_up_by_an_alarm_from_before_it() -> None:
    timeline = Timeline(1)
    source = SimulatedSource(timeline)
    looks: list[int] = []
    loop = make_loop(timeline, lambda _: None, lambda: None)
    room = WaitingRoom(loop, source.now_ms, lambda: looks.append(source.now_ms()))

    def park(topic: str, due_at_ms: int) -> None:
        work: Any = SimpleNamespace(peer=object())
        room.park(work, Request(b"1"), Pending(Wait(Nothing(), 60_000, topic, due_at_ms), b""))

    park("a", source.now_ms() + HOUR_MS)
    source.jump_ms(2 * HOUR_MS)
    due_at_ms = source.now_ms() + 5_000
    park("b", due_at_ms)
    while timeline.now_us < 10 * SECOND_US:
        timeline.step()
    assert room.is_ready
    assert any(due_at_ms <= at_ms < due_at_ms + 1_000 for at_ms in looks)
