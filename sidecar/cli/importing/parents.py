"""Parents of threads and runs: one that is nowhere is left out, and is no loss of its children."""

from collections.abc import Iterator

import msgspec
from msgspec import Raw

from sidecar.cli.importing.asking import Asking
from sidecar.cli.importing.story import Call, Skipped, Story, call

# By the create that names a parent: its own id's name, the parent's, and what they are.
CREATES = {
    "thread/create": ("threadId", "parentThreadId", "thread"),
    "run/create": ("runId", "parentRunId", "run"),
}


class Parents:
    """Know which threads and runs are there, or will be before what names them."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._known: set[str] = set()
        self.notes: list[Skipped] = []

    def know(self, story: Story) -> None:
        """Be told that a story is there."""
        for unit in story.units:
            for each in unit.calls:
                if each.method in CREATES:
                    noun, own, _ = _lineage(each)
                    self._known.add(f"{noun} {own}")

    def without_lost(self, story: Story) -> Story:
        """Leave out the parents that are nowhere, and note it."""
        units = []
        for unit in story.units:
            calls = [self._orphan(each) for each in unit.calls]
            is_same = all(one is other for one, other in zip(calls, unit.calls, strict=True))
            units.append(unit if is_same else msgspec.structs.replace(unit, calls=calls))
        return msgspec.structs.replace(story, units=units)

    def _orphan(self, made: Call) -> Call:
        if made.method not in CREATES:
            return made
        noun, own, parent = _lineage(made)
        self._known.add(f"{noun} {own}")
        if parent is None or not self._is_lost(made.method, noun, own, parent):
            return made
        reason = f"its parent {noun} {parent} is not there; it is imported without it"
        self.notes.append(Skipped(made.where, reason))
        params = msgspec.json.decode(made.params, type=dict[str, Raw])
        return call(made.where, made.method, **{**params, CREATES[made.method][1]: None})

    def _is_lost(self, method: str, noun: str, own: str, parent: str) -> bool:
        """Tell whether a parent is nowhere, or was when its child was made."""
        if f"{noun} {parent}" in self._known:
            return False
        is_there, has = self._asking.parent(method, own)
        return has is None if is_there else not self._asking.parent(method, parent)[0]


def _lineage(made: Call) -> tuple[str, str, str | None]:
    own_name, parent_name, noun = CREATES[made.method]
    params = msgspec.json.decode(made.params, type=dict[str, Raw])
    own = msgspec.json.decode(params[own_name], type=str)
    parent = params.get(parent_name)
    return noun, own, None if parent is None else msgspec.json.decode(parent, type=str)


def work(story: Story) -> Iterator[str]:
    """Name the turns and inputs of a story."""
    for unit in story.units:
        for each in unit.calls:
            named = msgspec.json.decode(each.params, type=_Named)
            yield from filter(None, (named.turn_id, named.input_id))


class _Named(msgspec.Struct, rename="camel"):
    turn_id: str | None = None
    input_id: str | None = None
