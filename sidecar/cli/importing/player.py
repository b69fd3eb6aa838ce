"""Make the requests of what was read: many at once, each as often as it takes, none twice.

Whatever a story needs is one `atomic`, packed with others; a pack that is refused is made unit by
unit, so that one bad record costs itself alone and is told with its place. A story that is whole
leaves a mark, an event of its own: it is not made again, whatever has become of it since.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import msgspec

from sidecar.cli.importing.asking import MARK, Asking, BusyError
from sidecar.cli.importing.parents import Parents, work
from sidecar.cli.importing.story import Call, Skipped, Story, Unit, call
from sidecar.cli.importing.values import digest
from sidecar.client import Client, SidecarError
from sidecar.client.refusals import (
    IdempotencyMismatch,
    IllegalTransition,
    MailboxEntryNotFound,
    VersionMismatch,
)
from sidecar.model.limits import MAX_ATOMIC_CALLS

# Requests of about so many bytes go together: enough to be fast, little enough for others to
# write between two of them.
PACK_BYTES = 512 * 1024
# One is being made while the next is put together.
PACKS_UNDER_WAY = 2
# A restart in the middle of a long turn begins its thread anew; more often it is no accident.
MAX_BEGINNINGS = 3
# The daemon's own failures, which no other record would be spared.
NOT_THE_RECORDS = (
    "internal",
    "draining",
    "overloaded",
    "storage_unavailable",
    "corrupt_record",
    "parse_error",
    "invalid_request",
)
Shown = Callable[[int], object]


class Outcome(NamedTuple):
    """Tell how many stories were made now, how many were there, and what was left out."""

    made: int
    there: int
    skipped: list[Skipped]
    notes: list[Skipped]


class _Telling(msgspec.Struct):
    """Be a story that is made, and what has become of it."""

    story: Story
    # Something of it could not be made, or nothing more of it can.
    is_incomplete: bool = False
    is_dropped: bool = False


class _Part(NamedTuple):
    telling: _Telling
    unit: Unit


class _Sent(NamedTuple):
    pack: list[_Part]
    made: Future[bool]


class _CutError(Exception):
    """Say that the daemon was started again in the middle of a turn, which is closed now."""


class Player:
    """Make stories through one client."""

    def __init__(self, client: Client, shown: Shown) -> None:
        self._asking = Asking(client)
        self._parents = Parents(self._asking)
        self._shown = shown
        self._skipped: list[Skipped] = []
        self._pack: list[_Part] = []
        self._pack_calls = self._pack_bytes = 0
        # Packs on their way, the oldest first; behind one that could not be made none is.
        self._under_way: deque[_Sent] = deque()
        self._is_stuck = False
        self._made = self._there = 0

    def play(self, stories: list[Story]) -> Outcome:
        """Make all of them."""
        with ThreadPoolExecutor(1, thread_name_prefix="import") as self._sender:
            for story in stories:
                self._tell(story)
            self._finish()
        return Outcome(self._made, self._there, self._skipped, self._parents.notes)

    def _tell(self, story: Story) -> None:
        mark = _mark(story)
        version = -1
        if story.thread_id is not None:
            thread = self._asking.thread(story.thread_id)
            if thread is not None and mark in self._asking.marks(story.thread_id):
                self._there += 1
                self._parents.know(story)
                self._shown(sum(len(unit.calls) for unit in story.units))
                return
            version = -1 if thread is None else thread.version
        self._made += 1
        telling = _Telling(self._parents.without_lost(story))
        for unit in telling.story.units:
            if unit.version is not None and unit.version <= version:
                self._shown(len(unit.calls))
            else:
                self._take(_Part(telling, unit))
        if story.thread_id is not None:
            self._take(_Part(telling, Unit([_mark_call(story, mark)], is_mark=True)))

    # -- packs ---------------------------------------------------------------------------------

    def _take(self, part: _Part) -> None:
        """Put a unit into the pack, which goes when it is full; one that is none goes alone."""
        count = len(part.unit.calls)
        if part.unit.end is not None or count > MAX_ATOMIC_CALLS:
            self._finish()
            self._make(part)
            return
        size = sum(len(bytes(each.params)) for each in part.unit.calls)
        if self._pack_calls + count > MAX_ATOMIC_CALLS or self._pack_bytes + size > PACK_BYTES:
            self._send()
        self._pack.append(part)
        self._pack_calls += count
        self._pack_bytes += size

    def _send(self) -> None:
        pack, self._pack = self._pack, []
        self._pack_calls = self._pack_bytes = 0
        if pack:
            self._submit(pack)
        while len(self._under_way) >= PACKS_UNDER_WAY:
            self._settle()

    def _submit(self, pack: list[_Part]) -> None:
        wanted = [each for part in pack if _is_wanted(part) for each in part.unit.calls]
        self._under_way.append(_Sent(pack, self._sender.submit(self._is_made, wanted)))

    def _finish(self) -> None:
        """Send what is left, and wait for all that is on its way."""
        self._send()
        while self._under_way:
            self._settle()

    def _is_made(self, calls: list[Call]) -> bool:
        """Make a pack at once, on the sender's thread, unless the one before it was not made."""
        if self._is_stuck:
            return False
        self._is_stuck = True
        if calls:
            if not self._asking.fits(calls):
                return False
            try:
                self._asking.make(calls)
            except SidecarError as error:
                _unless_the_records(error)
                return False
        self._is_stuck = False
        return True

    def _settle(self) -> None:
        """Wait for the oldest pack; one that is refused is made unit by unit, then those behind."""
        sent = self._under_way.popleft()
        if sent.made.result():
            self._show(sent.pack)
            return
        behind = [each.pack for each in self._under_way if not each.made.result()]
        self._under_way.clear()
        self._is_stuck = False
        for part in sent.pack:
            self._make(part)
        for pack in behind:
            self._submit(pack)

    def _show(self, pack: list[_Part]) -> None:
        self._shown(sum(len(part.unit.calls) for part in pack if not part.unit.is_mark))

    # -- units ---------------------------------------------------------------------------------

    def _make(self, part: _Part) -> None:
        """Make one unit; once more from the story's beginning if a restart has cut it."""
        reason = "the daemon was restarted again and again"
        for _ in range(MAX_BEGINNINGS):
            try:
                self._make_once(part)
            except _CutError:
                if self._is_used(part.telling.story):
                    reason = "a restart has cut it, and its thread has been used since"
                    self._skip(part, part.unit.calls[0], reason)
                    break
                self._begin_again(part)
            else:
                break
        else:
            self._skip(part, part.unit.calls[0], reason)
        self._show([part])

    def _make_once(self, part: _Part) -> None:
        if not _is_wanted(part):
            return
        if part.unit.end is not None:
            self._end(part)
            return
        left = list(part.unit.calls)
        while left:
            chunk = self._chunk(left)
            if not chunk:
                self._skip(part, left.pop(0), "larger or deeper than a message may be")
                continue
            try:
                self._asking.make(chunk)
                del left[: len(chunk)]
            except SidecarError as error:
                _unless_the_records(error)
                index = error.details.get("index", 0)
                assert isinstance(index, int), "an index is a number"
                culprit = chunk[index]
                place = left.index(culprit)
                if self._was_made(part, culprit, error):
                    del left[place]
                    continue
                self._skip(part, culprit, _reason(error))
                if culprit is part.unit.calls[0]:
                    return
                left[place : place + 1] = _bare_end(culprit)

    def _was_made(self, part: _Part, culprit: Call, error: SidecarError) -> bool:
        """Tell whether a call is refused because an earlier import, or its lost answer, made it."""
        if isinstance(error, IllegalTransition) and any(
            self._asking.is_recovered(turn_id) for turn_id in dict.fromkeys(_turns(part.unit))
        ):
            raise _CutError
        if isinstance(error, VersionMismatch) and part.unit.version is not None:
            return error.actual >= part.unit.version
        if isinstance(error, IdempotencyMismatch) and part.unit.is_root:
            return culprit.method == "thread/create" and self._asking.has_grown(culprit)
        return self._asking.was_promoted(culprit, error)

    def _chunk(self, calls: list[Call]) -> list[Call]:
        """Take as many as fit into one message."""
        chunk: list[Call] = []
        for each in calls:
            if not self._asking.fits([*chunk, each]):
                break
            chunk.append(each)
        return chunk

    def _skip(self, part: _Part, culprit: Call, reason: str) -> None:
        telling, unit = part
        rest = ""
        if culprit is unit.calls[0] and len(unit.calls) > 1:
            rest = f", with {len(unit.calls) - 1} more requests of it"
        if unit.is_root:
            telling.is_dropped = True
            others = sum(len(each.calls) for each in telling.story.units) - 1
            rest = f", with {others} more requests of it" if others else ""
        telling.is_incomplete = True
        self._skipped.append(Skipped(culprit.where, f"{culprit.method}: {reason}{rest}"))

    def _is_used(self, story: Story) -> bool:
        """Tell whether a thread has turns or inputs that are not its story's."""
        assert story.thread_id is not None, "who has turns has a thread"
        return not set(work(story)).issuperset(self._asking.work(story.thread_id))

    def _begin_again(self, part: _Part) -> None:
        """Take away a thread that a restart has cut, and make it up to this unit.

        It has no mark, so nothing of it was ever told to be there.
        """
        story = part.telling.story
        assert story.thread_id is not None, "who has turns has a thread"
        self._asking.delete(story.thread_id)
        for unit in story.units:
            if unit is part.unit:
                return
            self._make_once(_Part(part.telling, unit))

    def _end(self, part: _Part) -> None:
        enqueue = part.unit.calls[0]
        assert part.unit.end is not None, "who ends has an end"
        try:
            self._asking.end(enqueue, part.unit.end, part.unit.error)
        except BusyError:
            self._skip(part, enqueue, "its mailbox is busy; run it again later")
        except SidecarError as error:
            _unless_the_records(error)
            self._skip(part, enqueue, _reason(error))


def _is_wanted(part: _Part) -> bool:
    """Tell whether to make it; what was refused must be told again by the next run."""
    if part.unit.is_mark and part.telling.is_incomplete:
        return False
    return not part.telling.is_dropped


def _bare_end(refused: Call) -> list[Call]:
    """Make the end of a turn alone: one that stays open would keep all after it out."""
    if refused.method != "turn/complete":
        return []
    end = msgspec.json.decode(refused.params, type=_End)
    bare = call(refused.where, refused.method, turnId=end.turn_id, status=end.status)
    return [] if bytes(bare.params) == bytes(refused.params) else [bare]


def _reason(error: SidecarError) -> str:
    if isinstance(error, IdempotencyMismatch | MailboxEntryNotFound):
        return f"{error.kind}: the daemon has another of its id"
    told = ", ".join(f"{name} {value}" for name, value in error.details.items() if name != "index")
    return f"{error.kind}: {told or error.message}"


def _unless_the_records(error: SidecarError) -> None:
    if error.retryable or error.kind in NOT_THE_RECORDS:
        raise error


class _End(msgspec.Struct, rename="camel"):
    turn_id: str
    status: str


class _OfTurn(msgspec.Struct, rename="camel"):
    turn_id: str | None = None


def _turns(unit: Unit) -> Iterator[str]:
    for each in unit.calls:
        turn_id = msgspec.json.decode(each.params, type=_OfTurn).turn_id
        if turn_id is not None:
            yield turn_id


def _mark(story: Story) -> str:
    return digest(*(text for unit in story.units for text in _texts(unit)))


def _texts(unit: Unit) -> Iterator[str | bytes]:
    for each in unit.calls:
        yield each.method
        yield bytes(each.params)


def _mark_call(story: Story, mark: str) -> Call:
    return call(
        story.where,
        "event/append",
        threadId=story.thread_id,
        event=MARK,
        payload={"format": story.format, "digest": mark},
        eventKey=f"import:{mark}",
    )
