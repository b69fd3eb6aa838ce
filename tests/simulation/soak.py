"""Live as many simulated hours as are wanted; `scripts/soak` is how a person asks for it."""

import argparse
import sys
import time
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from tests.simulation.world import Report, World

# Of one life: long enough for nights and many crashes, short enough to be seen again quickly.
HOURS = 20.0
# Memory, where there is such a place: the disk is simulated, and what lies beneath need not be one.
SHARED_MEMORY = Path("/dev/shm")
CRITICAL = 50
TELL_EVERY = 20


def replay(seed: int, hours: float) -> list[str]:
    """Tell the command that lives one life again."""
    live = ["--hours", str(hours), "--seed", str(seed)]
    return [sys.executable, "-m", "tests.simulation.soak", *live]


def live(seed: int, hours: float, folder: Path) -> Report:
    """Live one life; whatever goes wrong carries the way to see it again."""
    try:
        with TemporaryDirectory(dir=folder) as own:
            return World(seed, hours, Path(own)).run()
    except BaseException as error:
        again = f"scripts/soak --hours {hours} --seed {seed}"
        error.add_note(f"seed {seed}; see it again: {again}")
        raise


def lives(seeds: Iterable[int], hours: float, folder: Path) -> Report:
    """Live some lives and add them up."""
    total: Report | None = None
    if SHARED_MEMORY.is_dir():
        folder = SHARED_MEMORY
    before = structlog.get_config()
    # What daemons say of their crashes is many lines, and not what is looked for.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(CRITICAL))
    try:
        for seed in seeds:
            report = live(seed, hours, folder)
            total = report if total is None else total.plus(report)
    finally:
        structlog.configure(**before)
    assert total is not None, "there is a seed"
    return total


def main() -> None:
    """Live one life with `--seed`, else new ones until the hours are over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1_000.0, help="simulated hours in all")
    parser.add_argument("--seed", type=int, help="one life of so many hours, by its seed")
    parser.add_argument("--from-seed", type=int, default=1_000, help="where new lives begin")
    asked = parser.parse_args()
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if asked.seed is not None:
            print(lives([asked.seed], asked.hours, folder))  # noqa: T201
            return
        started, total = time.process_time(), None
        for seed in count(asked.from_seed):
            report = lives([seed], HOURS, folder)
            total = report if total is None else total.plus(report)
            is_over = total.hours >= asked.hours
            if is_over or (seed - asked.from_seed) % TELL_EVERY == TELL_EVERY - 1:
                took_s = time.process_time() - started
                print(f"until seed {seed}, {took_s:.0f} s of CPU: {total}", flush=True)  # noqa: T201
            if is_over:
                return


if __name__ == "__main__":
    main()
