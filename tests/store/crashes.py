"""A daemon that ends in the middle of things, and the one that comes after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sidecar.model.recovery import RecoverMode
from tests.store.support import number, spoil
from tests.support import DaemonThread, Peer

DOWN_MS = 3_600_000


@contextmanager
def before_the_crash(folder: Path) -> Iterator[Peer]:
    """Serve, then end without having noted it."""
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        yield peer
    spoil(folder / "sidecar.db", "UPDATE daemon SET clean_shutdown = 0")


@contextmanager
def after_the_crash(folder: Path, mode: RecoverMode = "interrupt") -> Iterator[Peer]:
    """Serve again after an hour."""
    daemon = DaemonThread(folder, mode)
    daemon.source.advance_ms(DOWN_MS)
    with daemon, daemon.peer() as peer:
        yield peer


def start_turn(peer: Peer, thread: str, turn: str, status: str = "in_progress") -> None:
    peer.call("thread/create", threadId=thread)
    peer.call("turn/start", threadId=thread, turnId=turn, status=status, prompt="go")


def promote(peer: Peer, *prompts: str) -> None:
    """Admit inputs on one thread, each under its prompt as its id, and promote the oldest."""
    peer.call("thread/create", threadId="thr")
    for prompt in prompts:
        peer.call("sessionInput/admit", threadId="thr", inputId=prompt, prompt=prompt)
    peer.call("sessionInput/promote", threadId="thr", turnId="turn")


def turn_of(peer: Peer, turn: str) -> dict[str, Any]:
    record: dict[str, Any] = peer.call("turn/get", turnId=turn)["turn"]
    return record


def all_events(peer: Peer) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = peer.call("event/list", limit=5000)["data"]
    return events


def pending(peer: Peer) -> list[dict[str, Any]]:
    inputs: list[dict[str, Any]] = peer.call("sessionInput/list", threadId="thr")["data"]
    return inputs


def open_records(path: Path) -> int:
    """Count the turns and items that have not ended."""
    statement = "SELECT count(*) FROM {} WHERE status IN ('queued', 'in_progress')"
    return sum(number(path, statement.format(table)) for table in ("turns", "items"))
