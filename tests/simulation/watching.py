"""Between a desk and its dispatcher: what was asked, what was answered, what was written."""

from collections.abc import Callable
from typing import Any

import msgspec

from sidecar.daemon.context import RequestContext
from sidecar.daemon.dispatch import Answer, Request
from sidecar.store import events
from sidecar.store.transaction import Snapshot
from tests.simulation.facts import UNDONE, Record


class Watched:
    """Pass requests on, and tell of each."""

    def __init__(
        self,
        answer: Callable[[Request, RequestContext], Answer],
        warn: Callable[[Request, RequestContext], None],
        tell: Callable[[Request, RequestContext, Answer], None],
    ) -> None:
        self._answer = answer
        self._warn = warn
        self._tell = tell

    def answer(self, request: Request, context: RequestContext) -> Answer:
        self._warn(request, context)
        answer = self._answer(request, context)
        self._tell(request, context, answer)
        return answer


def events_of(db: Snapshot, since: int, until: int) -> list[Record]:
    """Read what was written between two seqs, as it goes out."""
    found: list[Record] = []
    while since < until:
        page, next_since = events.list_page(db, "all", 0, since, 1000, None)
        found += [msgspec.json.decode(msgspec.json.encode(each)) for each in page]
        if next_since is None:
            return found
        since = next_since
    return found


def differs(expected: Any, actual: Any, path: str = "") -> str | None:
    """Tell where an answer is not what was expected; what is not expected may be anything."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            if name not in actual:
                return f"{path}.{name} is missing"
            # What would be legal has no order.
            came = sorted(actual[name]) if name == "legal" else actual[name]
            found = differs(value, came, f"{path}.{name}")
            if found:
                return found
        return None
    if isinstance(expected, list | tuple) and isinstance(actual, list):
        if len(expected) != len(actual):
            return f"{path}: {len(expected)} expected, {len(actual)} came"
        for number, value in enumerate(expected):
            found = differs(value, actual[number], f"{path}[{number}]")
            if found:
                return found
        return None
    if str(expected).startswith(UNDONE):
        # An id that was minted and is gone: nobody can foresee it.
        return None
    return None if expected == actual else f"{path}: {expected!r} expected, {actual!r} came"
