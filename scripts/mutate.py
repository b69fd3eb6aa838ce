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
import hashlib
import itertools
import json
import os
import resource
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]
os.chdir(ROOT)

import mutation_apply as put  # noqa: E402  # from the checkout
import pytest  # noqa: E402
from mutants import Mutant, mutants_of  # noqa: E402
from mutation_reach import Reach, mapped  # noqa: E402

KEPT = ROOT / ".mutation"
ROOMS = ("sidecar/model", "sidecar/store", "sidecar/daemon/recovery.py")
TESTS = ("model", "store", "methods", "daemon", "contract", "rpc", "fuzz", "corruption")
FLAGS = ["-q", "-p", "no:xdist", "-o", "timeout=0", "--no-header", "--tb=no"]
# A test that takes so many times its time, and so many seconds more, of the processor, hangs; or
# so many times that by the clock, since a busy machine is no mutant.
HANG_TIMES, HANG_S, WAIT_TIMES = 10, 3, 6
# To import everything anew takes a second or two.
START_S = 30
MEMORY_BYTES = 4 << 30
KILLED, SURVIVED, INVALID, SLOW, UNREACHED = "killed", "survived", "invalid", "hangs", "unreached"
BROKEN, TYPES = "broken", "no types"
ENDS = {0: SURVIVED, 1: KILLED, 2: INVALID, 3: BROKEN}
DRIFT = "tests/contract/test_generated.py::test_nothing_has_drifted"
# With less for a mutant it is a first look, which imports little anew.
THOROUGH_S = 5
# Above it a fork looks like the likeliest first, so that few files of tests are imported anew.
FIRST_TESTS = 25


class Outcome(NamedTuple):
    mutant: Mutant
    key: str
    shown: str
    status: str
    by: str
    seconds: float


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


class Board:
    """Hold the mutants and what became of them, in this run and in earlier ones."""

    def __init__(self, paths: list[str]) -> None:
        self.log = KEPT / "outcomes.jsonl"
        self.originals = {path: (ROOT / path).read_text() for path in paths}
        self.mutants: dict[str, Mutant] = {}
        for path, original in self.originals.items():
            again: collections.Counter[str] = collections.Counter()
            for mutant in mutants_of(ROOT, path):
                text = mutant.named(original)
                again[text] += 1
                key = hashlib.sha1(f"{text}\n{again[text]}".encode()).hexdigest()
                self.mutants[key] = mutant
        self.known: dict[str, dict[str, str]] = {}
        if self.log.exists():
            for line in self.log.read_text().splitlines():
                record = json.loads(line)
                self.known[record["key"]] = record

    def waiting(self) -> list[tuple[str, Mutant]]:
        """List what no test has noticed yet: what is new first, what must be imported anew last.

        Within these by the hash, which is no order at all: a run that is cut off has tried a
        random sample, and the same one again.
        """
        done = (KILLED, INVALID, SLOW, TYPES)
        waiting = [
            (key, mutant) for key, mutant in self.mutants.items() if self.status(key) not in done
        ]

        def rank(each: tuple[str, Mutant]) -> tuple[bool, bool, str]:
            key, mutant = each
            is_quick = bool(mutant.function) or is_statement(mutant)
            return key in self.known, not is_quick, key

        return sorted(waiting, key=rank)

    def survivors(self) -> list[tuple[str, Mutant]]:
        """List what all tests that were tried have passed."""
        known = (SURVIVED, UNREACHED, BROKEN)
        return [each for each in self.waiting() if self.status(each[0]) in known]

    def status(self, key: str) -> str:
        """Tell what is known of a mutant, if anything is."""
        return self.known.get(key, {}).get("status", "")

    def keep(self, outcome: Outcome) -> None:
        mutant = outcome.mutant
        record = {
            "key": outcome.key,
            "place": f"{mutant.path}:{mutant.line}",
            "function": mutant.function or "/".join(mutant.names),
            "kind": mutant.kind,
            "shown": outcome.shown,
            "status": outcome.status,
            "by": outcome.by,
            "seconds": f"{outcome.seconds:.2f}",
        }
        self.known[outcome.key] = record
        with self.log.open("a") as file:
            file.write(json.dumps(record) + "\n")

    def tell(self) -> None:
        """List the survivors, then count by file."""
        counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
        for key, mutant in self.mutants.items():
            record = self.known.get(key)
            status = record["status"] if record else "not tried"
            counts[mutant.path][status] += 1
            if record and status in (SURVIVED, UNREACHED):
                shown = mutant.shown(self.originals[mutant.path])
                print(f"{record['place']} {record['function']}: {mutant.kind}: {shown}")
        print()
        everything: collections.Counter[str] = collections.Counter()
        for path, counter in counts.items():
            everything += counter
            print(f"{path}: {summary(counter)}")
        print(f"all: {summary(everything)}", flush=True)


def show_types(board: Board) -> None:
    """Let the type checker look at what survived and is seen at import: `scripts/test` runs it."""
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(ROOT / "sidecar", Path(scratch) / "sidecar", symlinks=True)
        shutil.copy(ROOT / "pyproject.toml", scratch)
        command = [sys.executable, "-m", "mypy", "--no-error-summary", "--package", "sidecar"]
        for key, mutant in board.survivors():
            if mutant.function or is_statement(mutant):
                continue
            path, original = Path(scratch) / mutant.path, board.originals[mutant.path]
            started = time.monotonic()
            path.write_text(mutant.source(original))
            found = subprocess.run(command, cwd=scratch, capture_output=True, check=False)
            path.write_text(original)
            if found.returncode:
                shown, took = mutant.shown(original), time.monotonic() - started
                board.keep(Outcome(mutant, key, shown, TYPES, "mypy", took))


def is_statement(mutant: Mutant) -> bool:
    return mutant.kind.startswith("SQL")


def summary(counter: collections.Counter[str]) -> str:
    valid = sum(counter.values()) - counter[INVALID] - counter["not tried"]
    killed = counter[KILLED] + counter[SLOW] + counter[TYPES]
    share = f"{killed / valid:.1%} of {valid}" if valid else "none"
    return f"{share} killed; " + ", ".join(f"{n} {status}" for status, n in counter.most_common())


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
        self.reach: Reach = mapped(KEPT, self.items, self.jobs, self.run_one)
        by_name = {item.nodeid: at for at, item in enumerate(self.items)}
        # It sees the schemas and limits that only an import makes.
        self.drift = [by_name[DRIFT]] if DRIFT in by_name else []
        for record in self.board.known.values():
            if record["by"] in by_name:
                for place in (record["place"].split(":")[0], record["function"]):
                    self.kills[place][by_name[record["by"]]] += 1
        print(f"{len(self.items)} tests, {len(self.waiting)} mutants to try", flush=True)
        self.functions = put.live_functions()
        gc.collect()
        gc.freeze()
        self.schedule(self.waiting)
        self.board.tell()
        return True

    # -- the parent ------------------------------------------------------------------------------

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
            self.live(mutant, order, writing, scratch)
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

    # -- the child -------------------------------------------------------------------------------

    def live(self, mutant: Mutant, order: list[int], pipe: int, scratch: str) -> NoReturn:
        """Be the mutant until a test fails, in a process of its own."""
        # Whatever fails here before a test does is no fault of the mutant's.
        code = 3
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            tempfile.tempdir = scratch
            os.environ["TMPDIR"] = scratch
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, WAIT_TIMES * START_S)
            code = self.met(mutant, order, lambda at: os.write(pipe, struct.pack("=i", at)))
        finally:
            os._exit(code)

    def met(self, mutant: Mutant, order: list[int], tell: Callable[[int], object]) -> int:
        original = self.board.originals[mutant.path]
        rest = order
        try:
            if self.put(mutant, original):
                if self.fails(order, self.items, tell):
                    return 1
                if mutant.function or is_statement(mutant):
                    return 0
                # What others have made of a value at import is still what it was.
                rest = order if self.thorough else []
            return self.anew(mutant, original, rest, tell)
        except put.Invalid:
            return 2

    def put(self, mutant: Mutant, original: str) -> bool:
        """Put the mutant into what is there; tell whether that can be done."""
        try:
            if is_statement(mutant):
                put.change_statement(mutant, original)
            elif not mutant.function:
                put.change_values(mutant, original)
            elif self.reach.lines(mutant.path, *mutant.lines):
                put.change_function(mutant, original, self.functions)
            else:
                return False
        except put.NotInPlace:
            return False
        return True

    def anew(
        self, mutant: Mutant, original: str, order: list[int], tell: Callable[[int], object]
    ) -> int:
        put.import_anew(mutant, original)
        first = [*self.drift, *order[:FIRST_TESTS]]
        for part in (first, order[FIRST_TESTS:] if self.thorough else []):
            loop = Loop(self, part, tell)
            paths = dict.fromkeys(self.items[at].nodeid.partition("::")[0] for at in part)
            if part and (pytest.main([*paths, *FLAGS], plugins=[loop]) != 0 or loop.failed):
                return 1
        return 0

    def fails(
        self, order: Iterable[int], items: list[pytest.Item], tell: Callable[[int], object]
    ) -> bool:
        """Run tests until one fails."""
        session = items[0].session
        order = list(order)
        for at, after in itertools.zip_longest(order, order[1:]):
            tell(at)
            limit = HANG_S + HANG_TIMES * self.reach.took[at]
            signal.setitimer(signal.ITIMER_PROF, limit)
            signal.setitimer(signal.ITIMER_REAL, WAIT_TIMES * limit)
            if self.run_one(items[at], None if after is None else items[after]):
                return True
            if session.shouldfail or session.shouldstop:
                return True
        signal.setitimer(signal.ITIMER_PROF, START_S)
        signal.setitimer(signal.ITIMER_REAL, WAIT_TIMES * START_S)
        return False

    @staticmethod
    def run_one(item: pytest.Item, after: pytest.Item | None) -> bool:
        """Run one test; tell whether it failed."""
        before = item.session.testsfailed
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        return item.session.testsfailed > before


class Loop:
    """Be the session of a program that was imported anew."""

    def __init__(self, run: Run, order: list[int], tell: Callable[[int], object]) -> None:
        self.run = run
        self.order = order
        self.tell = tell
        self.failed = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        found = {item.nodeid: item for item in session.items}
        items = [found.get(item.nodeid, item) for item in self.run.items]
        order = [at for at in self.order if self.run.items[at].nodeid in found]
        if session.testsfailed or len(order) < len(self.order):
            # What is not collected any more has noticed.
            self.failed = True
        elif order:
            by_place = {at: items[at] for at in order}
            self.failed = self.run.fails(order, _Sparse(by_place), self.tell)
        return True


class _Sparse(list[pytest.Item]):
    """Be the tests by their places among all."""

    def __init__(self, by_place: dict[int, pytest.Item]) -> None:
        super().__init__(by_place.values())
        self.by_place = by_place

    def __getitem__(self, at: int) -> pytest.Item:  # type: ignore[override]
        return self.by_place.get(at) or next(iter(self.by_place.values()))


def memory() -> str | None:
    """Name a folder in memory, where a sync costs nothing, if there is one."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


if __name__ == "__main__":
    sys.exit(main())
