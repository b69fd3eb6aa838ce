"""What a source is read as: stories of requests, each record with the place that it came from.

A story is a thread with all that hangs on it, or a mailbox. A unit of it is made whole or not at
all; its first call is what the others of it need.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

End = Literal["accepted", "dead_letter"]
# How the counts are called, by the method that makes one of them.
NOUNS = {
    "thread/create": "threads",
    "turn/start": "turns",
    "item/create": "items",
    "turn/steer": "items",
    "sessionInput/admit": "inputs",
    "message/append": "messages",
    "message/replace": "messages",
    "thread/commit": "commits",
    "thread/setState": "states",
    "run/create": "runs",
    "step/create": "steps",
    "event/append": "events",
    "mailbox/enqueue": "entries",
}
COUNTED = tuple(dict.fromkeys(NOUNS.values()))


class Skipped(NamedTuple):
    """Say what is not imported: `path:line`, and why."""

    where: str
    reason: str

    def __str__(self) -> str:
        # One line, whatever stands in the source: it may be a terminal's.
        told = f"{self.where}: {self.reason}"
        return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in told)


class Call(NamedTuple):
    """Be one request, and the place of the record that it keeps."""

    where: str
    method: str
    params: msgspec.Raw


class Unit(msgspec.Struct, frozen=True):
    """Be calls that belong together; `version` is the thread's after a change set."""

    calls: list[Call]
    # The rest of its story needs it.
    is_root: bool = False
    version: int | None = None
    # How an entry of a mailbox has ended, which takes a claim.
    end: End | None = None
    error: str = ""
    # The importer's own, which says that its story is whole.
    is_mark: bool = False


class Story(msgspec.Struct, frozen=True):
    """Be one thread or one mailbox, with its units in order."""

    format: str
    where: str
    thread_id: str | None
    units: list[Unit]


class Found(msgspec.Struct, frozen=True):
    """Be what is found in a source: what can be imported, what not, and what changes on the way."""

    stories: list[Story] = msgspec.field(default_factory=list)
    skipped: list[Skipped] = msgspec.field(default_factory=list)
    notes: list[Skipped] = msgspec.field(default_factory=list)

    def skip(self, where: str, reason: str) -> None:
        """Note what cannot be imported."""
        self.skipped.append(Skipped(where, reason))

    def note(self, where: str, reason: str) -> None:
        """Note what is imported as something else than it was."""
        self.notes.append(Skipped(where, reason))

    def add(self, story: Story) -> None:
        """Take a story."""
        self.stories.append(story)


def call(where: str, method: str, **params: object) -> Call:
    """Make a request; what is None is not sent."""
    given = {name: value for name, value in params.items() if not is_nothing(value)}
    text = msgspec.json.encode(given)
    if b"\n" in text or b"\r" in text:
        # What was taken out of a file as it stands there; a message is one line.
        text = msgspec.json.format(text, indent=-1)
    return Call(where, method, msgspec.Raw(text))


def is_nothing(value: object) -> bool:
    """Tell whether a member is as good as absent."""
    return value is None or (isinstance(value, msgspec.Raw) and bytes(value) in (b"", b"null"))


def calls_of(stories: Iterable[Story]) -> Iterator[Call]:
    """Walk through all requests of some stories."""
    for story in stories:
        for unit in story.units:
            yield from unit.calls


def counts(stories: Iterable[Story]) -> Counter[str]:
    """Count what would be made, by its noun."""
    counted: Counter[str] = Counter()
    for each in calls_of(stories):
        noun = NOUNS.get(each.method)
        if each.method == "sessionInput/promote" and _opens_a_turn(each.params):
            noun = "turns"
        if noun is None:
            continue
        messages = _messages(each.params)
        if noun == "messages":
            counted[noun] += messages
        else:
            counted[noun] += 1
            counted["messages"] += messages
    return counted


class _WithMessages(msgspec.Struct):
    messages: list[msgspec.Raw] = msgspec.field(default_factory=list)


class _Scoped(msgspec.Struct):
    scope: str = "input"


def _opens_a_turn(params: msgspec.Raw) -> bool:
    return msgspec.json.decode(params, type=_Scoped).scope == "input"


def _messages(params: msgspec.Raw) -> int:
    return len(msgspec.json.decode(params, type=_WithMessages).messages)


def ordered_by_parent(found: Found, parents: Mapping[str, str]) -> None:
    """Put every thread after its parent; of threads with one id the first is kept."""
    by_id: dict[str, Story] = {}
    rest: list[Story] = []
    for story in found.stories:
        if story.thread_id is None:
            rest.append(story)
        elif (first := by_id.setdefault(story.thread_id, story)) is not story:
            found.skip(story.where, f"thread {story.thread_id} stands in {first.where} already")
    found.stories[:] = [by_id[each] for each in parents_first(by_id, parents)] + rest


def parents_first(ids: Iterable[str], parents: Mapping[str, str]) -> list[str]:
    """Order ids so that each comes after its parent, as far as there is no circle of them."""
    known = dict.fromkeys(ids)
    done: dict[str, None] = {}
    for each in known:
        line: dict[str, None] = {}
        at: str | None = each
        while at is not None and at in known and at not in done and at not in line:
            line[at] = None
            at = parents.get(at)
        for one in reversed(line):
            done.setdefault(one)
    return list(done)
