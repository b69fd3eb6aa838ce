"""Be one mutant: a fork of the program that has collected the tests, until one of them fails."""

import itertools
import os
import resource
import signal
import struct
import tempfile
from collections.abc import Callable, Iterable
from typing import NoReturn

import mutation_apply as put
import pytest
from mutants import Mutant
from mutation_board import BROKEN, INVALID, KILLED, SURVIVED, is_statement
from mutation_reach import Reach

FLAGS = ["-q", "-p", "no:xdist", "-o", "timeout=0", "--no-header", "--tb=no"]
# A test that takes so many times its time, and so many seconds more, of the processor, hangs; or
# so many times that by the clock, since a busy machine is no mutant.
HANG_TIMES, HANG_S, WAIT_TIMES = 10, 3, 6
# To import everything anew takes a second or two.
START_S = 30
MEMORY_BYTES = 4 << 30
ENDS = {0: SURVIVED, 1: KILLED, 2: INVALID, 3: BROKEN}
# Above it a fork looks like the likeliest first, so that few files of tests are imported anew.
FIRST_TESTS = 25

Tell = Callable[[int], object]


class Life:
    """Hold what every mutant is born with."""

    def __init__(
        self,
        items: list[pytest.Item],
        reach: Reach,
        originals: dict[str, str],
        drift: list[int],
        *,
        thorough: bool,
    ) -> None:
        self.items = items
        self.reach = reach
        self.originals = originals
        self.drift = drift
        self.thorough = thorough
        self.functions = put.live_functions()

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

    def met(self, mutant: Mutant, order: list[int], tell: Tell) -> int:
        original = self.originals[mutant.path]
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

    def anew(self, mutant: Mutant, original: str, order: list[int], tell: Tell) -> int:
        put.import_anew(mutant, original)
        first = [*self.drift, *order[:FIRST_TESTS]]
        for part in (first, order[FIRST_TESTS:] if self.thorough else []):
            loop = Loop(self, part, tell)
            paths = dict.fromkeys(self.items[at].nodeid.partition("::")[0] for at in part)
            if part and (pytest.main([*paths, *FLAGS], plugins=[loop]) != 0 or loop.failed):
                return 1
        return 0

    def fails(self, order: Iterable[int], items: list[pytest.Item], tell: Tell) -> bool:
        """Run tests until one fails."""
        session = items[0].session
        order = list(order)
        for at, after in itertools.zip_longest(order, order[1:]):
            tell(at)
            limit = HANG_S + HANG_TIMES * self.reach.took[at]
            signal.setitimer(signal.ITIMER_PROF, limit)
            signal.setitimer(signal.ITIMER_REAL, WAIT_TIMES * limit)
            if run_one(items[at], None if after is None else items[after]):
                return True
            if session.shouldfail or session.shouldstop:
                return True
        signal.setitimer(signal.ITIMER_PROF, START_S)
        signal.setitimer(signal.ITIMER_REAL, WAIT_TIMES * START_S)
        return False


class Loop:
    """Be the session of a program that was imported anew."""

    def __init__(self, life: Life, order: list[int], tell: Tell) -> None:
        self.life = life
        self.order = order
        self.tell = tell
        self.failed = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        found = {item.nodeid: item for item in session.items}
        items = [found.get(item.nodeid, item) for item in self.life.items]
        order = [at for at in self.order if self.life.items[at].nodeid in found]
        if session.testsfailed or len(order) < len(self.order):
            # What is not collected any more has noticed.
            self.failed = True
        elif order:
            by_place = {at: items[at] for at in order}
            self.failed = self.life.fails(order, _Sparse(by_place), self.tell)
        return True


class _Sparse(list[pytest.Item]):
    """Be the tests by their places among all."""

    def __init__(self, by_place: dict[int, pytest.Item]) -> None:
        super().__init__(by_place.values())
        self.by_place = by_place

    def __getitem__(self, at: int) -> pytest.Item:  # type: ignore[override]
        return self.by_place.get(at) or next(iter(self.by_place.values()))


def run_one(item: pytest.Item, after: pytest.Item | None) -> bool:
    """Run one test; tell whether it failed."""
    before = item.session.testsfailed
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
    return item.session.testsfailed > before
