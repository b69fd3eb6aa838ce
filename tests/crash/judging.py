"""Hold what a power cut has left against all that had been told before it.

What SQLite makes of the remains (its log replayed, a journal rolled back) decides all that
follows. So remains of which it makes the same, byte for byte, are looked at once; that they are
not taken for damaged, which the bytes of the files decide, is asked of all.
"""

from bisect import bisect_right
from pathlib import Path
from typing import Any, NamedTuple

from sidecar.store import upkeep
from tests.crash import workload
from tests.crash.core import Core, Moments, without_recovery
from tests.crash.cuts import Examined, Remains, content, examine, hold, on_disk
from tests.crash.recording import Recording, Told, may_repeat, rows_of

# What recovery changes of a record, and what follows from it.
RECOVERED = {
    "status", "error", "recovered", "endedAtMs", "durationMs", "activeTurnId", "updatedAtMs",
    "requested",
}  # fmt: skip
# What only a broken daemon says to a lawful request.
BROKEN_KINDS = {"internal", "storage_unavailable", "corrupt_record"}


class Standing(NamedTuple):
    """Where a cut has fallen, and which steps left a database with the same in it."""

    answered: int
    asked: int
    found: frozenset[int]
    epoch: int

    @property
    def is_lawful(self) -> bool:
        """Tell whether all that was answered is there, and what is in flight is not half."""
        # It had started once, unless it was still at it.
        was_started = self.epoch == 2 or (self.epoch == 1 and self.answered < 0)
        return was_started and any(
            max(0, self.answered) <= step <= self.asked for step in self.found
        )

    @property
    def in_flight(self) -> int | None:
        return self.asked if self.asked > self.answered else None


class Judge:
    """Look at remains of one recording."""

    def __init__(self, recording: Recording) -> None:
        self._told = recording.told
        self._asked_at = [told.asked_at for told in recording.told]
        self._answered_at = [told.answered_at for told in recording.told]
        self._last: Remains | None = None
        self._content: bytes | None = None
        self._examined: dict[bytes | None, tuple[Examined, frozenset[int]]] = {}
        self._repeated: set[tuple[bytes | None, int]] = set()

    def stand(self, remains: Remains) -> Standing:
        """Start on what is left, and find when the database was so."""
        self._look(remains)
        examined, found = self._examined[self._content]
        answered = bisect_right(self._answered_at, remains.at) - 1
        asked = bisect_right(self._asked_at, remains.at) - 1
        return Standing(answered, asked, found, examined.epoch)

    def _look(self, remains: Remains) -> None:
        if self._last is not None and self._last.image == remains.image:
            return
        self._last = remains
        with on_disk(remains.image) as path:
            self._content = content(path)
            if self._content in self._examined:
                hold(path)
                return
            examined = examine(path)
        same = {step for step, told in enumerate(self._told) if told.rows == examined.rows}
        self._examined[self._content] = examined, frozenset(same)

    def repeat(self, remains: Remains, standing: Standing) -> None:
        """Send what was in flight again, as a client does that has not heard the answer."""
        step = standing.in_flight
        if step is None or (self._content, step) in self._repeated:
            return
        told = self._told[step]
        names = {request["method"] for request in told.step.requests}
        if not names or not names <= workload.writes():
            return
        self._repeated.add((self._content, step))
        is_done = step in standing.found
        expected = self._expected(step, is_done=is_done)
        with on_disk(remains.image) as path:
            repeat_at_once(path, told, expected)
        with on_disk(remains.image) as path:
            repeat_after_recovery(path, told, expected if is_done else None)

    def _expected(self, step: int, *, is_done: bool) -> list[Any] | None:
        """Tell what the answers must be; None: whatever a sound daemon may say."""
        told = self._told[step]
        # Undone, or refused either way.
        if not is_done or told.rows == self._told[step - 1].rows:
            return told.answers
        if not may_repeat(told.step):
            return None
        return told.answers if told.is_again else self._told[step + 1].answers


def repeat_at_once(path: Path, told: Told, expected: list[Any] | None) -> None:
    """Ask a daemon that finds everything as it was: its answers are the recorded ones."""
    source = Moments().at(told.moment)
    with workload.small(), without_recovery(), Core(path, source) as core:
        source.at(told.moment)
        answers = core.send(told.step.requests)
    if expected is None:
        hold_sound(answers)
    else:
        assert answers == expected
    assert upkeep.check(path, full=True) == []


def repeat_after_recovery(path: Path, told: Told, expected: list[Any] | None) -> None:
    """Ask a daemon that has mended what was under way; to mend it twice changes nothing."""
    source = Moments().at(told.moment)
    with workload.small():
        with Core(path, source) as core:
            assert core.call("turn/incomplete")["data"] == []
        mended = rows_of(path)
        with Core(path, source) as core:
            assert core.call("daemon/recovery")["turns"] == []
            assert rows_of(path) == mended
            source.at(told.moment)
            answers = core.send(told.step.requests)
    hold_sound(answers)
    if expected is not None:
        assert unmended(answers) == unmended(expected)
    assert upkeep.check(path, full=True) == []


def hold_sound(answers: list[Any]) -> None:
    """Hold that nothing was answered that only a broken daemon says."""
    kinds = {answer["error"]["data"]["kind"] for answer in answers if "error" in answer}
    assert not kinds & BROKEN_KINDS, answers


def unmended(value: Any) -> Any:
    """Leave out what recovery may have changed."""
    match value:
        case dict():
            kept = (each for each in value.items() if each[0] not in RECOVERED)
            return {name: unmended(part) for name, part in kept}
        case list():
            return [unmended(part) for part in value]
        case _:
            return value
