"""Change the product in thousands of ways, one at a time, and see which no test notices.

Each mutant lives in a fork of a process that has collected the tests already, and meets those that
reach its lines, the likeliest to notice first, until one fails. Tests that start processes are left
out, since those would run the product as it is.

What was found stays in .mutation/, by the text of the mutated statement: what a test has noticed is
not tried again, what survived is.
"""

import argparse
import collections
import gc
import os
import select
import shutil
import signal
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]
os.chdir(ROOT)

import pytest  # noqa: E402  # from the checkout
from mutants import Mutant  # noqa: E402
from mutation_board import KEPT, KILLED, SLOW, UNREACHED, Board, Outcome, show_types  # noqa: E402
from mutation_life import ENDS, FLAGS, Life, run_one  # noqa: E402
from mutation_reach import Reach, mapped  # noqa: E402

ROOMS = ("sidecar/model", "sidecar/store", "sidecar/daemon/recovery.py")
TESTS = ("model", "store", "methods", "daemon", "contract", "rpc", "fuzz", "corruption")
DRIFT = "tests/contract/test_generated.py::test_nothing_has_drifted"
# With less for a mutant it is a first look, which imports little anew.
THOROUGH_S = 5


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/mutate")
    parser.add_argument("files", nargs="*", metavar="FILE", help="of the product; all by default")
    parser.add_argument("--jobs", type=int, default=4, help="how many at a time")
    parser.add_argument("--seconds", type=float, default=600, help="of tests for one mutant")
    parser.add_argument("--tests", nargs="*", default=[], help="these alone, as pytest takes them")
    parser.add_argument("--again", action="store_true", help="only what has survived before")
    parser.add_argument("--types", action="store_true", help="show the type checker what survived")
    parser.add_argument("--survivors", action="store_true", help="list what survived, run nothing")
    given = parser.parse_args()
    paths = [path for each in given.files or ROOMS for path in files(each)]
    KEPT.mkdir(exist_ok=True)
    board = Board(paths)
    if given.types:
        show_types(board)
    if given.survivors or given.types:
        board.tell()
        return 0
    tests = given.tests or [f"tests/{name}" for name in TESTS]
    waiting = board.survivors() if given.again else board.waiting()
    run = Run(board, waiting, given.jobs, given.seconds)
    return int(pytest.main([*tests, *FLAGS], plugins=[run]))


def files(name: str) -> list[str]:
    path = ROOT / name
    found = sorted(path.glob("*.py")) if path.is_dir() else [path]
    return [str(each.relative_to(ROOT)) for each in found]


class Child(NamedTuple):
    key: str
    mutant: Mutant
    pipe: int
    order: list[int]
    started: float
    scratch: str


class Run:
    """Be a session of pytest that runs its tests for one mutant after the other."""

    def __init__(
        self, board: Board, waiting: list[tuple[str, Mutant]], jobs: int, seconds: float
    ) -> None:
        self.board = board
        self.waiting = waiting
        self.jobs = jobs
        self.seconds = seconds
        self.thorough = seconds >= THOROUGH_S
        self.kills: dict[str, collections.Counter[int]] = collections.defaultdict(
            collections.Counter
        )

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = session.items
        # Thousands of sessions of tests have nothing to say.
        plugins = session.config.pluginmanager
        plugins.unregister(plugins.get_plugin("terminalreporter"))
        self.reach: Reach = mapped(KEPT, self.items, self.jobs, run_one)
        by_name = {item.nodeid: at for at, item in enumerate(self.items)}
        # It sees the schemas and limits that only an import makes.
        self.drift = [by_name[DRIFT]] if DRIFT in by_name else []
        for record in self.board.known.values():
            if record["by"] in by_name:
                for place in (record["place"].split(":")[0], record["function"]):
                    self.kills[place][by_name[record["by"]]] += 1
        print(f"{len(self.items)} tests, {len(self.waiting)} mutants to try", flush=True)
        self.life = Life(
            self.items, self.reach, self.board.originals, self.drift, thorough=self.thorough
        )
        gc.collect()
        gc.freeze()
        self.schedule(self.waiting)
        self.board.tell()
        return True

    def schedule(self, waiting: list[tuple[str, Mutant]]) -> None:
        """Keep so many children busy."""
        running: dict[int, Child] = {}
        left = collections.deque(waiting)
        started, done = time.monotonic(), 0
        while left or running:
            while left and len(running) < self.jobs:
                key, mutant = left.popleft()
                child = self.start(key, mutant)
                if child is not None:
                    running[child[0]] = child[1]
            if not running:
                continue
            pid, status = os.waitpid(-1, 0)
            if pid in running:
                self.end(running.pop(pid), status)
                done += 1
                if done % 100 == 0:
                    took = time.monotonic() - started
                    print(f"{done} of {len(waiting)} in {took:.0f} s", flush=True)

    def start(self, key: str, mutant: Mutant) -> tuple[int, Child] | None:
        order = self.order(mutant)
        if not order and (mutant.function or not self.drift):
            self.keep(key, mutant, UNREACHED, "", 0)
            return None
        scratch = tempfile.mkdtemp(prefix="mu", dir=memory())
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            self.life.live(mutant, order, writing, scratch)
        os.close(writing)
        return pid, Child(key, mutant, reading, order, time.monotonic(), scratch)

    def end(self, child: Child, status: int) -> None:
        told = b""
        while select.select([child.pipe], [], [], 0)[0] and (read := os.read(child.pipe, 65536)):
            told += read
        os.close(child.pipe)
        shutil.rmtree(child.scratch, ignore_errors=True)
        last = struct.unpack("=i", told[-4:])[0] if told else None
        ended = SLOW if os.WIFSIGNALED(status) else ENDS.get(os.WEXITSTATUS(status), KILLED)
        if ended == SLOW and os.WTERMSIG(status) not in (signal.SIGALRM, signal.SIGPROF):
            ended = KILLED
        by = ""
        if ended in (KILLED, SLOW):
            by = "import" if last is None else self.items[last].nodeid
            if last is not None:
                mutant = child.mutant
                for place in (mutant.path, mutant.function or "/".join(mutant.names)):
                    self.kills[place][last] += 1
        self.keep(child.key, child.mutant, ended, by, time.monotonic() - child.started)

    def keep(self, key: str, mutant: Mutant, status: str, by: str, seconds: float) -> None:
        shown = mutant.shown(self.board.originals[mutant.path])
        self.board.keep(Outcome(mutant, key, shown, status, by, seconds))

    def order(self, mutant: Mutant) -> list[int]:
        """List the tests that reach a mutant, the likeliest to notice first."""
        reaching: set[int] = set()
        if mutant.function:
            reaching = self.reach.lines(mutant.path, *mutant.lines)
        if not reaching:
            # It is seen at import: as a value, or as what a function makes then.
            names = mutant.names or (mutant.function.rpartition(".")[2],)
            own = f"/test_{Path(mutant.path).stem}.py"
            reaching = {at for at, item in enumerate(self.items) if own in item.nodeid}
            reaching = reaching & self.reach.took.keys() | self.reach.names(names)
        here = self.kills[mutant.function or "/".join(mutant.names)]
        file = self.kills[mutant.path]
        words = set(Path(mutant.path).stem.rstrip("s").split("_"))
        took = self.reach.took
        # One that takes all the time alone is for who has more of it.
        reaching = {at for at in reaching if took[at] < self.seconds} or reaching

        def rank(at: int) -> tuple[float, int, float]:
            near = sum(word in self.items[at].nodeid for word in words)
            return -here[at] - file[at] / 100, -near, took[at]

        chosen, total = [], 0.0
        for at in sorted(reaching, key=rank):
            total += took[at]
            if total > self.seconds and chosen:
                break
            chosen.append(at)
        return chosen


def memory() -> str | None:
    """Name a folder in memory, where a sync costs nothing, if there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


if __name__ == "__main__":
    sys.exit(main())
