"""Start the real daemon on a file, ask it everything, and judge what it says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sidecar.daemon.lifecycle import Daemon
from sidecar.model.errors import Outage
from sidecar.store.migrate import WrongDatabase
from sidecar.store.opening import CannotOpen
from tests.support import DaemonThread, FakeSource
from tests.support.invariants import break_in
from tests.support.specimen import questions, writes

# What a daemon may end with at the start, and by which number `sidecar serve` tells it.
REFUSALS: dict[type[Exception], int] = {CannotOpen: 74, Outage: 74, WrongDatabase: 78}
NAMED = ("corrupt_record", "storage_unavailable")


class Trial(NamedTuple):
    """Be what came of a start: why it was refused, or the answers to all that was asked."""

    refused: str | None
    code: int
    answers: list[Any]
    has_quarantined: bool = False

    def wrong(self, right: "Trial") -> list[str]:
        """Name the questions whose answers are neither the right one nor a named error."""
        return [
            f"{method} {params}: {json.dumps(answer)[:200]}"
            for (method, params), answer, expected in self._beside(right)
            if answer != expected and _kind(answer) not in NAMED
        ]

    def dropped(self, right: "Trial") -> list[str]:
        """Name the questions that are answered with fewer records, or none, as if that were all."""
        return [
            f"{method} {params}: {json.dumps(answer)[:200]}"
            for (method, params), answer, expected in self._beside(right)
            if _kind(answer) not in NAMED
            and _shape(answer) != _shape(expected)
            # What is chosen by a text is another choice when that text is another.
            and not params.keys() & {"events", "query"}
            # A broken record is closed without an event, and the report of the start names it.
            and not (self.has_quarantined and method == "event/list")
        ]

    def _beside(self, right: "Trial") -> Iterator[tuple[tuple[str, Any], Any, Any]]:
        """Put answers beside the right ones; writes behind one that failed have no right one."""
        asked = [*questions(), *writes()]
        for number, pair in enumerate(zip(asked, self.answers, right.answers, strict=False)):
            yield pair
            if number >= len(questions()) and _kind(pair[1]) is not None:
                return

    def first(self, kind: str) -> int:
        """Tell which answer is the first of a kind of error."""
        return [_kind(answer) for answer in self.answers].index(kind)


class Specimen(NamedTuple):
    """Be a database that is whole: as one file; as it began, with all that came in its log."""

    content: bytes
    begun: bytes
    log: bytes
    right: Trial
    right_of_log: Trial


def _kind(answer: Any) -> str | None:
    kind: str | None = answer["error"]["data"]["kind"] if "error" in answer else None
    return kind


def _shape(answer: Any) -> Any:
    """Tell which records are in an answer, whatever they say."""
    match answer:
        case {"error": {"data": {"kind": str(kind)}}}:
            return kind
        case {"result": {"data": list(records)}}:
            return len(records)
        case {"result": dict(result)}:
            return sorted(result)
    return None


class StillSource(FakeSource):
    """Let no time pass, so that an answer does not depend on how requests were grouped."""

    def now_ms(self) -> int:
        return self.at_ms


def place(folder: Path, content: bytes, log: bytes = b"") -> Path:
    """Put a file where a daemon will find it, with the note of the one before."""
    break_in(folder)
    path = folder / "sidecar.db"
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(content)
    path.chmod(0o600)
    if log:
        path.with_name(path.name + "-wal").write_bytes(log)
    return path


def run(folder: Path) -> Trial:
    """Start, ask everything, write a little, end."""
    try:
        probe = Daemon(folder / "sidecar.db", None, source=StillSource())
        probe.database.abandon()
    except (CannotOpen, Outage, WrongDatabase) as error:
        code = next(number for kind, number in REFUSALS.items() if isinstance(error, kind))
        return Trial(str(error) or "nameless", code, [])
    daemon = DaemonThread(folder)
    daemon.source = StillSource()
    daemon.is_broken = True
    with daemon, daemon.peer() as peer:
        requests = [peer.request(*asked) for asked in [*questions(), *writes()]]
        answers = peer.pipeline(requests)
    has_quarantined = bool(probe.recovery.quarantined)
    return Trial(None, 0, [answers[each["id"]] for each in requests], has_quarantined)
