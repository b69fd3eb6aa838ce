"""Fixtures: a scratch folder with a short path, a running daemon, a peer of it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import DaemonProcess, DaemonThread, Peer, invariants


@pytest.fixture
def folder() -> Iterator[Path]:
    """A scratch folder; its path is short, since a socket's path may have 107 bytes."""
    path = Path(tempfile.mkdtemp(prefix="sc"))
    yield path
    try:
        invariants.hold_in(path)
    finally:
        shutil.rmtree(path)


@pytest.fixture
def daemon(folder: Path) -> Iterator[DaemonThread]:
    with DaemonThread(folder) as running:
        yield running


@pytest.fixture
def process(folder: Path) -> Iterator[DaemonProcess]:
    with DaemonProcess(folder) as running:
        yield running


@pytest.fixture
def peer(daemon: DaemonThread) -> Iterator[Peer]:
    with daemon.peer() as connected:
        yield connected
