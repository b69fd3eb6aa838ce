"""The same from asyncio: many requests at once, cancelled ones taken back, restarts survived."""

import asyncio
import gc
import json
import socket
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sidecar import client
from sidecar.client import AsyncClient, Options, records
from tests.client.middle import Middle, Once, lose_answer, refuse
from tests.support import DaemonProcess, DaemonThread, Peer
from tests.support.peer import HANG_S


def run(path: Path, scene: Callable[[AsyncClient], Awaitable[None]], **options: Any) -> None:
    async def main() -> None:
        async with AsyncClient(path, Options(**options)) as own:
            await scene(own)

    asyncio.run(main())


def test_calls_are_typed(daemon: DaemonThread) -> None:
    async def scene(own: AsyncClient) -> None:
        assert own.server.epoch == 1
        created = await own.thread_create(thread_id="t", title=None, metadata={"a": 2**100})
        assert isinstance(created.thread, records.Thread)
        assert created.thread.metadata == {"a": 2**100}
        with pytest.raises(client.ThreadNotFound) as missing:
            await own.thread_get(thread_id="none")
        assert missing.value.id == "none"
        assert json.loads(bytes(await own.call("thread/get", {"threadId": "t"})))["thread"]
        params = {"clientInfo": {"name": "x", "version": "1"}, "protocolVersion": 1}
        assert await own.call("initialize", params)

    run(daemon.socket_path, scene)


def test_many_requests_are_under_way_at_once(daemon: DaemonThread) -> None:
    async def scene(own: AsyncClient) -> None:
        await own.thread_create(thread_id="t")
        asked = [own.event_append(thread_id="t", event="x", payload=n) for n in range(3000)]
        answers = await asyncio.gather(*asked)
        assert [each.event.payload for each in answers] == list(range(3000))
        # In the order in which they were asked, and in far fewer commits.
        assert [each.event.seq for each in answers] == list(range(2, 3002))
        status = await own.daemon_status()
        assert status.connections == 1 and status.writer.commits < 1500

    run(daemon.socket_path, scene)


def test_answers_are_matched_by_id(daemon: DaemonThread, folder: Path) -> None:
    held: list[Any] = []

    def rule(request: Any, forward: Any) -> Any:
        # The first answer is kept back, and comes after the second.
        if request["method"] == "daemon/ping" and not held:
            held.append(forward())
            return None
        if request["method"] == "thread/list":
            return forward()
        return held[0] if held else forward()

    async def scene(own: AsyncClient) -> None:
        ping = asyncio.create_task(own.daemon_ping())
        await asyncio.to_thread(middle.arrived, "daemon/ping")
        assert (await own.thread_list()).data == []
        assert not ping.done()
        status = asyncio.create_task(own.daemon_status())
        assert (await ping).at_ms
        status.cancel()

    with Middle(folder, daemon.socket_path, rule) as middle:
        run(middle.path, scene)


def test_a_cancelled_task_takes_its_request_back(daemon: DaemonThread, folder: Path) -> None:
    async def scene(own: AsyncClient) -> None:
        asked = asyncio.create_task(own.daemon_ping())
        sent = await asyncio.to_thread(middle.arrived, "daemon/ping")
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        taken_back = await asyncio.to_thread(middle.arrived, "$/cancelRequest")
        assert taken_back["params"] == {"id": sent["id"]} and "id" not in taken_back
        # A late answer to it is nobody's.
        assert (await own.thread_list()).data == []
        assert own._shared is not None and own._shared._pending == {}

    late: list[Any] = []

    def rule(request: Any, forward: Any) -> Any:
        if request["method"] == "$/cancelRequest":
            return late.pop()
        if request["method"] == "daemon/ping":
            late.append(forward())
            return None
        return forward()

    with Middle(folder, daemon.socket_path, rule) as middle:
        run(middle.path, scene)


def test_lost_answers_are_asked_for_again(daemon: DaemonThread, folder: Path, peer: Peer) -> None:
    trouble: list[client.Error] = []

    async def scene(own: AsyncClient) -> None:
        assert not (await own.thread_create(thread_id="t")).created

    rule = Once("thread/create", lose_answer)
    with Middle(folder, daemon.socket_path, rule) as middle:
        run(middle.path, scene, on_trouble=trouble.append)
    assert len(peer.call("thread/list")["data"]) == 1
    assert [type(each) for each in trouble] == [client.AnswerLost]


def test_a_lost_write_that_cannot_be_known_again_is_told(
    daemon: DaemonThread, folder: Path, peer: Peer
) -> None:
    peer.call("thread/create", threadId="t")

    async def scene(own: AsyncClient) -> None:
        with pytest.raises(client.AnswerLost):
            await own.thread_update(thread_id="t", title="new")
        assert (await own.thread_get(thread_id="t")).thread.title == "new"

    with Middle(folder, daemon.socket_path, Once("thread/update", lose_answer)) as middle:
        run(middle.path, scene)


def test_a_retryable_refusal_is_asked_again(daemon: DaemonThread, folder: Path) -> None:
    async def scene(own: AsyncClient) -> None:
        assert (await own.daemon_ping()).at_ms

    rule = Once("daemon/ping", refuse("draining", retryable=True))
    with Middle(folder, daemon.socket_path, rule) as middle:
        run(middle.path, scene, on_trouble=lambda _: None)
        assert middle.methods() == ["daemon/ping"] * 2


def test_after_a_restart_all_that_is_asked_connects_again_once(process: DaemonProcess) -> None:
    async def scene(own: AsyncClient) -> None:
        await own.thread_create(thread_id="t")
        process.kill()
        process.start()
        # The loop has not seen it yet: nothing of these was sent on the dead connection.
        asked = [own.thread_update(thread_id="t", title=str(n)) for n in range(5)]
        versions = [each.thread.version for each in await asyncio.gather(*asked)]
        assert sorted(versions) == [1, 2, 3, 4, 5]
        assert own.server.epoch == 2
        assert (await own.daemon_status()).connections == 1

    run(process.socket_path, scene, on_trouble=lambda _: None)


def test_nobody_there_is_told_at_once(folder: Path) -> None:
    async def main() -> None:
        with pytest.raises(client.NoDaemon):
            await AsyncClient.connect(folder / "none.sock")
        with pytest.raises(client.NoDaemon):
            await AsyncClient(folder / "none.sock").daemon_ping()

    asyncio.run(main())


def test_whoever_is_cancelled_while_connecting_does_not_end_it_for_others(
    daemon: DaemonThread, folder: Path
) -> None:
    greeted = threading.Event()

    def rule(request: Any, forward: Any) -> Any:
        if request["method"] == "initialize":
            assert greeted.wait(30)
        return forward()

    async def main() -> None:
        own = AsyncClient(middle.path)
        first, second = (asyncio.create_task(own.daemon_ping()) for _ in range(2))
        await asyncio.to_thread(middle.arrived, "initialize")
        first.cancel()
        greeted.set()
        assert (await second).at_ms
        with pytest.raises(asyncio.CancelledError):
            await first
        await own.close()

    with Middle(folder, daemon.socket_path, rule) as middle:
        asyncio.run(main())


def test_closing_ends_calls_that_wait(daemon: DaemonThread, folder: Path) -> None:
    async def main() -> None:
        own = await AsyncClient.connect(middle.path)
        asked = asyncio.create_task(own.daemon_ping())
        await asyncio.to_thread(middle.arrived, "daemon/ping")
        await own.close()
        with pytest.raises(client.Closed):
            await asked
        with pytest.raises(client.Closed):
            await own.daemon_ping()

    with Middle(folder, daemon.socket_path, Once("daemon/ping", lambda *_: None)) as middle:
        asyncio.run(main())


def test_closing_ends_those_who_wait_for_a_connection(daemon: DaemonThread, folder: Path) -> None:
    def never(request: Any, _forward: Any) -> None:
        assert request["method"] == "initialize"

    async def main() -> None:
        own = AsyncClient(middle.path)
        asked = asyncio.create_task(own.daemon_ping())
        await asyncio.to_thread(middle.arrived, "initialize")
        await own.close()
        with pytest.raises(client.Closed):
            await asked

    with Middle(folder, daemon.socket_path, never) as middle:
        asyncio.run(main())


def test_an_error_about_the_connection_is_told_to_all(daemon: DaemonThread, folder: Path) -> None:
    def rule(request: Any, _forward: Any) -> Any:
        return {**refuse("parse_error", retryable=False)(request, _forward), "id": None}

    async def scene(own: AsyncClient) -> None:
        with pytest.raises(client.ParseError):
            await own.daemon_ping()
        assert (await own.daemon_ping()).at_ms

    with Middle(folder, daemon.socket_path, Once("daemon/ping", rule)) as middle:
        run(middle.path, scene)


async def append(own: AsyncClient, count: int) -> None:
    for first in range(0, count, 1000):
        given = [
            records.Append(thread_id="t", event="x", payload=number)
            for number in range(first, min(first + 1000, count))
        ]
        await own.event_append_many(events=given)


def test_events_are_followed(daemon: DaemonThread) -> None:
    async def scene(own: AsyncClient) -> None:
        await own.thread_create(thread_id="t")
        async with own.events() as live, own.follow("t", since_seq=0, deltas=True) as told:
            await own.turn_start(thread_id="t", turn_id="u")
            await own.item_create(turn_id="u", item_id="i", kind="reasoning")
            await own.item_delta(item_id="i", text="hm", offset=0)
            assert [(await anext(live)).event for _ in range(2)] == ["turn.started", "item.started"]
            assert live.seq == 3 and b'"seq":3' in bytes(live.text)
            kinds = set()
            for _ in range(5):
                kinds.add(type(await anext(told)))
            assert kinds == {records.Event, records.EventSynced, records.ItemDelta}
            assert told.seq == 3
        with pytest.raises(client.ThreadNotFound):
            await anext(own.events("none"))

    run(daemon.socket_path, scene)


def test_a_step_that_is_cancelled_loses_no_event(daemon: DaemonThread) -> None:
    async def scene(own: AsyncClient) -> None:
        await own.thread_create(thread_id="t")
        async with own.events() as events:
            step = asyncio.ensure_future(anext(events))
            await own.daemon_ping()
            step.cancel()
            with pytest.raises(asyncio.CancelledError):
                await step
            await append(own, 2)
            assert [(await anext(events)).seq for _ in range(2)] == [2, 3]

    run(daemon.socket_path, scene)


def test_a_killed_daemon_costs_no_event_and_doubles_none(process: DaemonProcess) -> None:
    trouble: list[client.Error] = []

    async def scene(own: AsyncClient) -> None:
        await own.thread_create(thread_id="t")
        await append(own, 3000)
        told: list[int] = []
        async for event in own.events("t", 1):
            told.append(event.seq)
            if len(told) == 10:
                process.kill()
                process.start()
            if event.seq == 3001:
                await append(own, 5)
            if event.seq == 3006:
                break
        assert told == list(range(2, 3007))

    run(process.socket_path, scene, on_trouble=trouble.append)
    assert trouble


def test_closing_ends_an_iterator_that_waits(daemon: DaemonThread) -> None:
    async def main() -> None:
        own = await AsyncClient.connect(daemon.socket_path)
        await own.thread_create(thread_id="t")
        seen: list[int] = []
        begun = asyncio.Event()

        async def follow() -> None:
            async for event in own.events(since_seq=0):
                seen.append(event.seq)
                begun.set()

        following = asyncio.create_task(follow())
        await begun.wait()
        await own.close()
        await following
        assert seen == [1]

    asyncio.run(main())


def test_an_iterator_that_nobody_holds_hangs_up(daemon: DaemonThread) -> None:
    async def scene(own: AsyncClient) -> None:
        await own.thread_create(thread_id="t")
        async for _ in own.events(since_seq=0):
            break
        gc.collect()
        async with own.events():
            assert (await own.daemon_status()).subscriptions == 1

    run(daemon.socket_path, scene)


def test_a_connection_that_nobody_waits_for_any_more_is_hung_up() -> None:
    theirs, ours = socket.socketpair()
    asked, may_open = threading.Event(), threading.Event()

    def opener() -> socket.socket:
        asked.set()
        assert may_open.wait(HANG_S)
        return ours

    async def scene() -> None:
        connecting = asyncio.create_task(AsyncClient(opener).__aenter__())
        await asyncio.to_thread(asked.wait)
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        may_open.set()
        # Not even greeted: whoever was cancelled has no client that could be closed.
        assert await asyncio.to_thread(theirs.recv, 1) == b""

    with theirs:
        theirs.settimeout(HANG_S)
        asyncio.run(scene())
