"""Simulated lives by the seed: 2,000 hours of crashes, and not one wrong word."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.referee import Wrong
from tests.simulation.soak import HOURS, lives, replay
from tests.simulation.world import World

# Together 2,000 hours: in ranges, so that workers share them.
LIVES = 100
RANGE = 10
# A life with all that there is to trace in it, and short.
TRACED_SEED, TRACED_HOURS = 6, 4.0


@pytest.mark.parametrize("first", range(0, LIVES, RANGE))
def test_a_life_is_as_the_contract_says(first: int, folder: Path) -> None:
    report = lives(range(first, first + RANGE), HOURS, folder)
    assert report.hours == RANGE * HOURS
    # A simulation in which nothing happens would find nothing.
    assert min(report.requests, report.answers, report.told) > 1_000
    assert min(report.kills + report.power_cuts, report.stops, report.jumps) > 0


def test_the_same_seed_is_the_same_life(folder: Path) -> None:
    def live(name: str) -> str:
        (folder / name).mkdir()
        return World(TRACED_SEED, TRACED_HOURS, folder / name).run().trace

    trace = live("once")
    assert live("again") == trace
    # In another process too, whose sets have another order.
    asked = subprocess.run(
        replay(TRACED_SEED, TRACED_HOURS),
        capture_output=True,
        check=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},
        cwd=Path(__file__).parents[2],
    )
    assert trace in asked.stdout
    assert World(TRACED_SEED + 1, TRACED_HOURS, folder / "once").run().trace != trace


def test_what_fails_says_how_to_see_it_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sidecar.store.recovery.find", lambda _db: [])
    with pytest.raises(Wrong) as caught:
        lives(range(LIVES), HOURS, folder)
    seed = caught.value.__notes__[0].rsplit(maxsplit=1)[-1]
    told = f"seed {seed}; see it again: scripts/soak --hours {HOURS} --seed {seed}"
    assert caught.value.__notes__ == [told]
    assert replay(int(seed), HOURS)[0] == sys.executable
