"""Make the requests of what was read: many at once, each as often as it takes, none twice.

Whatever a story needs is one `atomic`, packed with others; a pack that is refused is made unit by
unit, so that one bad record costs itself alone and is told with its place. A story that is whole
leaves a mark, an event of its own: it is not made again, whatever has become of it since.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec
from msgspec import Raw

from sidecar.cli.connect import Params
from sidecar.cli.importing.story import Call, Skipped, Story, Unit, call
from sidecar.cli.importing.values import digest
from sidecar.client import AnswerLost, Client, SidecarError
from sidecar.client.refusals import (
    IdempotencyMismatch,
    IllegalTransition,
    MailboxEntryNotFound,
    ThreadNotFound,
    TurnNotFound,
    VersionMismatch,
)
from sidecar.model.limits import MAX_ATOMIC_CALLS, MAX_INTEGER

# Written for every thread that has come over whole; not exported.
MARK = "import.completed"
# Requests of about so many bytes go together: enough to be fast, little enough for others to
# write between two of them.
PACK_BYTES = 512 * 1024
# Around the params of one call.
ENVELOPE_BYTES = 1024
# A restart in the middle of a long turn begins its thread anew; more often it is no accident.
MAX_BEGINNINGS = 3
# A daemon that dies may still take a connection or two.
MAX_LOSSES = 5
# The shortest claim: nobody else gets what has ended elsewhere, nor waits for it.
LEASE_MS = 1
CONSUMER = "sidecar-import"
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


class _Part(NamedTuple):
    story: Story
    unit: Unit


class _Answer(msgspec.Struct, rename="camel"):
    status: str
    claim_token: str | None = None


class _Entry(msgspec.Struct):
    entry: _Answer | None


class _Results(msgspec.Struct):
    results: list[Raw]


class _Marked(msgspec.Struct):
    digest: str | None = None


class _Mark(msgspec.Struct):
    payload: _Marked


class _Marks(msgspec.Struct):
    data: list[_Mark]


class _Head(msgspec.Struct):
    version: int


class _Thread(msgspec.Struct):
    thread: _Head


class _Turn(msgspec.Struct):
    recovered: bool


class _TurnAnswer(msgspec.Struct):
    turn: _Turn


class _CutError(Exception):
    """Say that the daemon was started again in the middle of a turn, which is closed now."""


class Player:
    """Make stories through one client."""

    def __init__(self, client: Client, shown: Shown) -> None:
        self._client = client
        self._shown = shown
        self._skipped: list[Skipped] = []
        self._pack: list[_Part] = []
        self._pack_bytes = 0
        # Those of which something could not be made, by what they are.
        self._incomplete: set[int] = set()
        self._dropped: set[int] = set()
        self._made = self._there = 0

    def play(self, stories: list[Story]) -> Outcome:
        """Make all of them."""
        for story in stories:
            self._tell(story)
        self._flush()
        return Outcome(self._made, self._there, self._skipped)

    def _tell(self, story: Story) -> None:
        mark = _mark(story)
        version = -1
        if story.thread_id is not None:
            version = self._version(story.thread_id)
            if version >= 0 and self._is_marked(story.thread_id, mark):
                self._there += 1
                self._shown(sum(len(unit.calls) for unit in story.units))
                return
        self._made += 1
        for unit in story.units:
            if unit.version is not None and unit.version <= version:
                self._shown(len(unit.calls))
            else:
                self._take(_Part(story, unit))
        if story.thread_id is not None:
            self._take(_Part(story, Unit([_mark_call(story, mark)], is_mark=True)))

    def _version(self, thread_id: str) -> int:
        try:
            found = self._client.call("thread/get", {"threadId": thread_id})
        except ThreadNotFound:
            return -1
        return msgspec.json.decode(found, type=_Thread).thread.version

    def _is_marked(self, thread_id: str, mark: str) -> bool:
        params = {"threadId": thread_id, "events": [MARK]}
        marks = msgspec.json.decode(self._client.call("event/list", params), type=_Marks)
        return any(each.payload.digest == mark for each in marks.data)

    def _has_grown(self, part: _Part) -> bool:
        """Tell whether a thread came over before, and its source has gone on since."""
        if not part.unit.is_root or part.story.thread_id is None:
            return False
        params = {"threadId": part.story.thread_id, "events": [MARK], "limit": 1}
        marks = msgspec.json.decode(self._client.call("event/list", params), type=_Marks)
        return bool(marks.data)

    def _take(self, part: _Part) -> None:
        """Put a unit into the pack, which goes when it is full."""
        size = sum(len(bytes(each.params)) for each in part.unit.calls)
        calls = sum(len(each.unit.calls) for each in self._pack)
        is_full = len(part.unit.calls) + calls > MAX_ATOMIC_CALLS
        if is_full or part.unit.end is not None or self._pack_bytes + size > PACK_BYTES:
            self._flush()
        self._pack.append(part)
        self._pack_bytes += size
        if part.unit.end is not None or len(part.unit.calls) > MAX_ATOMIC_CALLS:
            self._flush()

    def _flush(self) -> None:
        pack, self._pack, self._pack_bytes = self._pack, [], 0
        calls = [each for part in pack if self._is_wanted(part) for each in part.unit.calls]
        if not calls:
            return
        if self._fits(calls) and all(part.unit.end is None for part in pack):
            try:
                self._atomic(calls)
            except SidecarError as error:
                _unless_the_records(error)
            else:
                self._shown(len(calls))
                return
        for part in pack:
            self._make(part)

    def _is_wanted(self, part: _Part) -> bool:
        """Tell whether to make it; what was refused must be told again by the next run."""
        if part.unit.is_mark and id(part.story) in self._incomplete:
            return False
        return id(part.story) not in self._dropped

    def _fits(self, calls: list[Call]) -> bool:
        most = self._client.server.limits.max_message_bytes - ENVELOPE_BYTES
        size = sum(len(bytes(each.params)) + ENVELOPE_BYTES for each in calls)
        return len(calls) <= MAX_ATOMIC_CALLS and size <= most

    def _make(self, part: _Part) -> None:
        """Make one unit; once more from the story's beginning if a restart has cut it."""
        for _ in range(MAX_BEGINNINGS):
            try:
                self._make_once(part)
            except _CutError:
                self._begin_again(part)
            else:
                break
        else:
            self._skip(part, part.unit.calls[0], "the daemon was restarted again and again")
        self._shown(len(part.unit.calls))

    def _make_once(self, part: _Part) -> None:
        if not self._is_wanted(part):
            return
        if part.unit.end is not None:
            self._end(part)
            return
        left = list(part.unit.calls)
        while left:
            chunk = self._chunk(left)
            if not chunk:
                self._skip(part, left.pop(0), "larger than a message may be")
                continue
            try:
                self._atomic(chunk)
                del left[: len(chunk)]
            except SidecarError as error:
                _unless_the_records(error)
                index = error.details.get("index", 0)
                assert isinstance(index, int), "an index is a number"
                culprit = chunk[index]
                self._check_cut(part.unit, error)
                if isinstance(error, VersionMismatch) and part.unit.version is not None:
                    return
                if isinstance(error, IdempotencyMismatch) and self._has_grown(part):
                    left.remove(culprit)
                    continue
                self._skip(part, culprit, _reason(error))
                if culprit is part.unit.calls[0]:
                    return
                left.remove(culprit)

    def _chunk(self, calls: list[Call]) -> list[Call]:
        """Take as many as fit into one message."""
        chunk: list[Call] = []
        for each in calls:
            if not self._fits([*chunk, each]):
                break
            chunk.append(each)
        return chunk

    def _skip(self, part: _Part, culprit: Call, reason: str) -> None:
        story, unit = part
        rest = ""
        if culprit is unit.calls[0] and len(unit.calls) > 1:
            rest = f", with {len(unit.calls) - 1} more requests of it"
        if unit.is_root:
            self._dropped.add(id(story))
            others = sum(len(each.calls) for each in story.units) - 1
            rest = f", with {others} more requests of it" if others else ""
        self._incomplete.add(id(story))
        self._skipped.append(Skipped(culprit.where, f"{culprit.method}: {reason}{rest}"))

    def _check_cut(self, unit: Unit, error: SidecarError) -> None:
        """Find out whether the daemon's recovery has closed what is being made."""
        if not isinstance(error, IllegalTransition):
            return
        for turn_id in dict.fromkeys(_turns(unit)):
            try:
                found = self._client.call("turn/get", {"turnId": turn_id})
            except TurnNotFound:
                # Not made yet.
                continue
            if msgspec.json.decode(found, type=_TurnAnswer).turn.recovered:
                raise _CutError

    def _begin_again(self, part: _Part) -> None:
        """Take away a thread that a restart has cut, and make it up to this unit.

        It has no mark, so nothing of it was ever told to be there.
        """
        story = part.story
        self._client.call("thread/delete", {"threadId": story.thread_id, "force": True})
        for unit in story.units:
            if unit is part.unit:
                return
            self._make_once(_Part(story, unit))

    def _atomic(self, calls: list[Call]) -> list[Raw]:
        """Make calls all at once; each of them may be made again, so all may."""
        params: Params = {
            "calls": [{"method": each.method, "params": each.params} for each in calls]
        }
        answer = self._repeatedly("atomic", params)
        return msgspec.json.decode(answer, type=_Results).results

    def _end(self, part: _Part) -> None:
        """Enqueue an entry out of everybody's reach, claim it and end it as it has ended."""
        enqueue = part.unit.calls[0]
        params = msgspec.json.decode(enqueue.params, type=dict[str, Raw])
        params["availableAtMs"] = Raw(str(MAX_INTEGER).encode())
        wanted = {"entryId": params["entryId"]}
        try:
            status = self._ask("mailbox/enqueue", params).status
            if status in (part.unit.end, "cancelled", "superseded"):
                return
            claim = {**wanted, "consumerId": CONSUMER, "leaseMs": LEASE_MS}
            claimed = self._maybe("mailbox/claimEntry", claim)
            if claimed is None:
                self._skip(part, enqueue, "its mailbox is busy; run it again later")
                return
            own: Params = {**wanted, "claimToken": claimed.claim_token}
            if part.unit.end == "accepted":
                self._ask("mailbox/ack", own)
            else:
                self._ask("mailbox/deadLetter", {**own, "error": part.unit.error})
        except SidecarError as error:
            _unless_the_records(error)
            self._skip(part, enqueue, _reason(error))

    def _ask(self, method: str, params: Params | dict[str, Raw]) -> _Answer:
        answer = self._maybe(method, params)
        assert answer is not None, "an entry that is there is answered"
        return answer

    def _maybe(self, method: str, params: Params | dict[str, Raw]) -> _Answer | None:
        return msgspec.json.decode(self._repeatedly(method, params), type=_Entry).entry

    def _repeatedly(self, method: str, params: Params | dict[str, Raw]) -> Raw:
        """Ask what may be asked again, though the client cannot know that it may."""
        for _ in range(MAX_LOSSES):
            try:
                return self._client.call(method, params)
            except AnswerLost:
                # It waits for a daemon as long as its patience lasts.
                self._client.call("daemon/ping")
        return self._client.call(method, params)


def _reason(error: SidecarError) -> str:
    if isinstance(error, IdempotencyMismatch | MailboxEntryNotFound):
        return f"{error.kind}: the daemon has another of its id"
    told = ", ".join(f"{name} {value}" for name, value in error.details.items() if name != "index")
    return f"{error.kind}: {told or error.message}"


def _unless_the_records(error: SidecarError) -> None:
    if error.retryable or error.kind in NOT_THE_RECORDS:
        raise error


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
