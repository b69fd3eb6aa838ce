"""Importing what is spoilt: never a traceback, and nothing is lost without a word."""

import json
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast
from zlib import crc32

import msgspec

from sidecar.cli.exporting import records
from sidecar.cli.importing.player import Player
from sidecar.cli.importing.story import Found, calls_of, counts
from sidecar.client import Client, SidecarError
from sidecar.client.refusals import KINDS
from sidecar.model.limits import Limits
from tests.fuzz.bits import Bits
from tests.fuzz.params import SEED
from tests.fuzz.sources import FORMATS, Sample, Samples
from tests.fuzz.store import Store

# Inputs that are made in a store too, one in so many: it costs as much as ten readings.
PLAY_EVERY = 4
# Imported with this file, so that the fuzzer sees where they go.
READERS: dict[str, Callable[[Path], Found]] = {
    name: import_module(f"sidecar.cli.{module}").read for name, (module, _) in FORMATS.items()
}
# Shorter ones are words of a format, or stand elsewhere by chance.
CANARY_CHARS = 5


class Hands:
    """Be a client without a wire, which counts what was made."""

    class Server:
        limits = Limits()

    server = Server()

    def __init__(self, store: Store) -> None:
        self._store = store
        self.made = 0

    def call(self, method: str, params: Any = None) -> msgspec.Raw:
        text = self._store.ask(method, msgspec.json.encode(params or {}))
        answer = msgspec.json.decode(text, type=Told)
        if answer.error is not None:
            data = answer.error["data"]
            assert data["kind"] not in ("internal", "parse_error", "method_not_found"), data
            kind = KINDS.get(data["kind"], SidecarError)
            raise kind(answer.error["code"], answer.error["message"], data)
        if method == "atomic":
            self.made += len(params["calls"])
        return answer.result


class Told(msgspec.Struct):
    """Be an answer, its result as it was sent."""

    result: msgspec.Raw = msgspec.Raw(b"")
    error: dict[str, Any] | None = None


@cache
def store() -> Store:
    return Store(SEED)


@cache
def samples() -> Samples:
    """Make a sample of each format; that of our own export from the store."""
    hands = cast("Client", Hands(store()))
    store().begin()
    lines = [
        json.dumps({"type": noun, noun: json.loads(bytes(record))})
        for thread_id in ("t1", "t2", "t3")
        for noun, record in records(hands, thread_id)
    ]
    store().undo()
    return Samples("\n".join(lines).encode())


def close() -> None:
    """Let go of the store and of the folder."""
    if samples.cache_info().currsize:
        samples().close()
        store().close()
    for each in (samples, store, _canaries, _told):
        each.cache_clear()


def fuzz(data: bytes) -> None:
    bits = Bits(data)
    sample = bits.pick(samples().all)
    known, told = _canaries(sample), _told(sample)
    try:
        changed = sample.spoil(bits)
        found = read(sample)
        _check_calls(found)
        _check_losses(found, known, changed, told)
        if crc32(data) % PLAY_EVERY == 0:
            _play(found)
    finally:
        sample.restore()


def read(sample: Sample) -> Found:
    return READERS[sample.name](sample.path)


def _check_calls(found: Found) -> None:
    """Hold that every call is one line of JSON with its place, and that all can be counted."""
    counts(found.stories)
    for each in calls_of(found.stories):
        params = bytes(each.params)
        assert b"\n" not in params and isinstance(json.loads(params), dict)
        assert re.search(r":\d+(:|$)", each.where), each.where
    for told in (*found.skipped, *found.notes):
        assert told.reason and "\n" not in str(told), "a loss is one line"
    assert found.stories or found.skipped, "nothing is found, and nobody is told"


@cache
def _canaries(sample: Sample) -> dict[str, frozenset[str]]:
    """Find the words of each record that come over when nothing is spoilt, and are its own."""
    text = _text(read(sample))
    owners: dict[str, list[str]] = {}
    for where, record in sample.records:
        try:
            leaves = set(_leaves(json.loads(record)))
        except ValueError:
            continue
        for leaf in leaves:
            owners.setdefault(leaf, []).append(where)
    kept: dict[str, set[str]] = {}
    for leaf, wheres in owners.items():
        if len(wheres) == 1 and leaf in text:
            kept.setdefault(wheres[0], set()).add(leaf)
    return {where: frozenset(leaves) for where, leaves in kept.items()}


@cache
def _told(sample: Sample) -> frozenset[str]:
    """Take what is told of the sample as it is."""
    found = read(sample)
    return frozenset(map(str, (*found.skipped, *found.notes)))


def _check_losses(
    found: Found, known: dict[str, frozenset[str]], changed: list[str], told: frozenset[str]
) -> None:
    """Hold that what stood in an untouched record came over, unless something is told."""
    if not told.issuperset(map(str, (*found.skipped, *found.notes))):
        return
    text, before = _text(found), "\n".join(changed)
    for where, canaries in known.items():
        for canary in canaries:
            is_touched = canary in before or json.dumps(canary)[1:-1] in before
            assert is_touched or canary in text, f"{canary!r} of {where} is lost without a word"


def _text(found: Found) -> str:
    """Join all that would be asked, as it is read, not as it is escaped."""
    parts = []
    for each in calls_of(found.stories):
        parts += list(_leaves(json.loads(bytes(each.params))))
    return "\n".join(parts)


def _leaves(tree: Any) -> Any:
    if isinstance(tree, str):
        if len(tree) >= CANARY_CHARS:
            yield tree
    elif isinstance(tree, dict | list):
        for part in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(part)


def _play(found: Found) -> None:
    """Make what was found: all of it, or what is not made is told."""
    store().begin()
    try:
        hands = Hands(store())
        outcome = Player(cast("Client", hands), int).play(found.stories)
        assert outcome.made + outcome.there == len(found.stories)
        wanted = sum(1 for each in calls_of(found.stories))
        if not outcome.skipped and not outcome.there:
            assert hands.made >= wanted - _ended(found), "something was not made, and not told"
        assert all(each.reason for each in outcome.skipped)
    finally:
        store().undo()


def _ended(found: Found) -> int:
    """Count the entries that are ended one by one, and change sets, which may be there."""
    units = [unit for story in found.stories for unit in story.units]
    return sum(len(unit.calls) for unit in units if unit.end is not None or unit.version)
