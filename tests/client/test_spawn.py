"""A client that starts its daemon where there is none, and again when it has gone."""

import asyncio
import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sidecar import client
from sidecar.client import AsyncClient, Client, Options
from tests.support.peer import HANG_S


@pytest.fixture
def place(folder: Path) -> Iterator[tuple[Path, Path]]:
    """A socket and a database; whoever serves them at the end is told to end."""
    path, database = folder / "rpc.sock", folder / "sidecar.db"
    yield path, database
    try:
        with Client(path) as own:
            pid = own.daemon_status().pid
            own.daemon_shutdown()
    except client.NoDaemon:
        return
    gone(pid)


def gone(pid: int) -> None:
    """Wait until a process has ended, whoever is its parent."""
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([fd], [], [], HANG_S)[0], "the daemon did not end"
    finally:
        os.close(fd)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    gone(pid)


def test_a_daemon_is_started_where_there_is_none(place: tuple[Path, Path]) -> None:
    path, database = place
    with Client.connect_or_spawn(path, database) as own:
        assert own.thread_create(thread_id="t").created
        assert own.daemon_status().database_path == str(database)
        with Client.connect_or_spawn(path, database) as other:
            assert other.daemon_status().pid == own.daemon_status().pid


def test_it_is_started_again_when_it_has_gone(place: tuple[Path, Path]) -> None:
    options = Options(on_trouble=lambda _: None)
    with Client.connect_or_spawn(*place, options) as own:
        own.thread_create(thread_id="t")
        with own.events(since_seq=0) as events:
            assert next(events).seq == 1
            kill(own.daemon_status().pid)
            own.thread_update(thread_id="t", title="new")
            assert next(events).seq == 2 and own.server.epoch == 2


def test_it_does_so_in_asyncio_too(place: tuple[Path, Path]) -> None:
    async def main() -> None:
        options = Options(on_trouble=lambda _: None)
        own = await AsyncClient.connect_or_spawn(*place, options)
        async with own:
            await own.thread_create(thread_id="t")
            kill((await own.daemon_status()).pid)
            assert (await own.thread_update(thread_id="t", title="new")).thread.version == 1
            assert own.server.epoch == 2

    asyncio.run(main())


def test_that_none_can_be_started_is_told(folder: Path) -> None:
    with pytest.raises(client.NoDaemon):
        Client.connect_or_spawn(folder / ("x" * 200), folder / "sidecar.db")
