"""A database with every noun in every state, made once for those that damage it."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.corruption.trial import StillSource
from tests.support import DaemonThread
from tests.support.specimen import Answer, fill


@pytest.fixture(scope="session")
def content() -> Iterator[bytes]:
    folder = Path(tempfile.mkdtemp(prefix="sc"))
    daemon = DaemonThread(folder)
    daemon.source = source = StillSource()
    with daemon, daemon.peer() as peer:

        def ask(method: str, params: Answer) -> Answer:
            # Every request at a time of its own, however they are grouped.
            source.advance_ms(10)
            return peer.ask(method, params)

        fill(ask)
    yield (folder / "sidecar.db").read_bytes()
    shutil.rmtree(folder)
