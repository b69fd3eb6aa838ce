"""Speak to a daemon from asyncio: many requests at a time over one connection."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from weakref import WeakSet

from msgspec import Raw

from sidecar.client import where
from sidecar.client.aio_followed import AsyncFollowed, Patience, Subscription
from sidecar.client.aio_link import Link, opened_link
from sidecar.client.errors import AnswerLost, Closed, Error, NoDaemon, SidecarError
from sidecar.client.following import Following, Told, everything, only_events
from sidecar.client.methods import CONNECTION_BOUND, METHODS, AsyncMethods
from sidecar.client.records import Event, Initialized
from sidecar.client.request import Attempts, Method, Options, Params, Request, Result, prepare
from sidecar.client.wire import Answer, unknown_method

Done = TypeVar("Done")
Chosen = TypeVar("Chosen")
DEFAULT = Options()


class Shared:
    """Be a greeted link that many ask at once: answers are matched by id."""

    def __init__(self, link: Link) -> None:
        self.is_lost = False
        self._link = link
        self._pending: dict[int, asyncio.Future[Raw]] = {}
        # Further requests wait here, not in the daemon's socket.
        self._slots = asyncio.Semaphore(link.server.limits.max_in_flight)
        self._pump = asyncio.create_task(self._read())

    async def ask(self, request: Request) -> Raw:
        """Ask and wait; a task that is cancelled takes its request back."""
        async with self._slots:
            if self.is_lost:
                raise NoDaemon("the daemon went away")
            request_id = self._link.send(request)
            waiting: asyncio.Future[Raw] = asyncio.get_running_loop().create_future()
            self._pending[request_id] = waiting
            try:
                await self._link.flush()
                return await waiting
            except asyncio.CancelledError:
                self._link.cancel(request_id)
                raise
            finally:
                del self._pending[request_id]
                if waiting.done() and not waiting.cancelled():
                    # Looked at, in case that the task was cancelled in the same moment.
                    waiting.exception()

    async def _read(self) -> None:
        """Hand out answers until the connection ends, and then its end."""
        try:
            while True:
                answer = await self._link.read()
                if answer.method is not None:
                    continue
                if answer.id is None:
                    # It speaks of the whole connection, and of none of the requests.
                    answer.value()
                elif (waiting := self._pending.get(answer.id)) and not waiting.done():
                    _settle(waiting, answer)
        except Error as failure:
            self._end(failure)

    def _end(self, failure: Error) -> None:
        self.is_lost = True
        for waiting in self._pending.values():
            if not waiting.done():
                waiting.set_exception(failure)
        self._link.close()

    async def close(self) -> None:
        """Hang up; whoever waits is told."""
        self._pump.cancel()
        with suppress(asyncio.CancelledError):
            await self._pump
        self._end(Closed("the client is closed"))
        await self._link.closed()


def _settle(waiting: asyncio.Future[Raw], answer: Answer) -> None:
    try:
        waiting.set_result(answer.value())
    except Error as refusal:
        waiting.set_exception(refusal)


class AsyncClient(AsyncMethods):
    """Be a client of a daemon in asyncio: `async with AsyncClient(path) as client`.

    Tasks may share it: their requests go out at once, in order, and a task that is cancelled
    takes its own back. When the daemon restarts, the next call connects again.
    """

    def __init__(
        self, path: Path | str | where.Opener | None = None, options: Options = DEFAULT
    ) -> None:
        self._opener = path if callable(path) else where.at(path)
        self._options = options
        self._patience = Patience(options)
        self._server: Initialized | None = None
        self._shared: Shared | None = None
        self._opening: asyncio.Task[Shared] | None = None
        self._subscriptions: WeakSet[Subscription] = WeakSet()

    @classmethod
    async def connect(cls, path: Path | str | None = None, options: Options = DEFAULT) -> Self:
        """Connect to the daemon on a socket, by default the one that `sidecar serve` makes."""
        return await cls(path, options).__aenter__()

    @classmethod
    async def connect_or_spawn(
        cls,
        path: Path | str | None = None,
        database: Path | str | None = None,
        options: Options = DEFAULT,
    ) -> Self:
        """Connect, and start a daemon where there is none, now and whenever it has gone."""
        return await cls(where.spawning(path, database), options).__aenter__()

    @property
    def server(self) -> Initialized:
        """Tell what the daemon last said of itself, its limits and its epoch."""
        if self._server is None:
            raise NoDaemon("nothing has been asked yet")
        return self._server

    async def _call(self, method: Method[Result], params: Params) -> Result:
        return method.decode(await self._ask(prepare(method, params, self._options.source)))

    async def _ask(self, request: Request) -> Raw:
        return await self._do(
            lambda shared: shared.ask(request), is_repeatable=request.is_repeatable
        )

    async def _do(
        self, action: Callable[[Shared], Awaitable[Done]], *, is_repeatable: bool
    ) -> Done:
        attempts = Attempts(
            self._options, is_repeatable=is_repeatable, is_first=self._server is None
        )
        while True:
            try:
                return await action(await self._connected())
            except (SidecarError, NoDaemon, AnswerLost) as failure:
                await self._patience.after(attempts, failure)

    async def _connected(self) -> Shared:
        self._patience.check()
        if self._shared is not None and not self._shared.is_lost:
            return self._shared
        if self._opening is None:
            # A task of its own: whoever is cancelled does not end it for the others.
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(self._opened)
        opening = self._opening
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            if opening.cancelled():
                raise Closed("the client is closed") from None
            raise

    async def _open(self) -> Shared:
        link = await opened_link(self._opener)
        try:
            await link.greet(self._options)
        except BaseException:
            link.close()
            raise
        self._server = link.server
        self._shared = Shared(link)
        return self._shared

    def _opened(self, opening: asyncio.Task[Shared]) -> None:
        self._opening = None
        if not opening.cancelled():
            # Told to whoever waits; that nobody does any more is no fault.
            opening.exception()

    async def call(self, method: str, params: Params | None = None) -> Raw:
        """Ask by the names of the wire, and get the result as it came; also for new methods."""
        known = METHODS.get(method) or unknown_method(method)
        request = prepare(known, params or {}, self._options.source)
        if method not in CONNECTION_BOUND:
            return await self._ask(request)
        # It gets a connection of its own, on which it is the first request.
        link = await opened_link(self._opener)
        try:
            return await link.ask(request)
        finally:
            link.close()

    def events(
        self,
        thread_id: str | None = None,
        since_seq: int | None = None,
        events: Sequence[str] | None = None,
    ) -> AsyncFollowed[Event]:
        """Follow events, each once and in order: after `since_seq`, or from now on."""
        following = Following(thread_id, since_seq, events, deltas=False)
        return self._follow(following, only_events)

    def follow(
        self,
        thread_id: str | None = None,
        since_seq: int | None = None,
        events: Sequence[str] | None = None,
        *,
        deltas: bool = False,
    ) -> AsyncFollowed[Told]:
        """Follow events with all that is told besides: `EventSynced`, and `ItemDelta` if wanted.

        `EventSynced` comes when history has been told, after a reconnect once more.
        """
        return self._follow(Following(thread_id, since_seq, events, deltas=deltas), everything)

    def _follow(
        self, following: Following, choose: Callable[[Told], Chosen | None]
    ) -> AsyncFollowed[Chosen]:
        subscription = Subscription(self._opener, self._options, following)
        self._subscriptions.add(subscription)
        return AsyncFollowed(subscription, choose)

    async def close(self) -> None:
        """Hang up; what waits and what iterates over events ends."""
        self._patience.end()
        if self._opening is not None:
            self._opening.cancel()
        if self._shared is not None:
            await self._shared.close()
        for subscription in list(self._subscriptions):
            await subscription.aclose()

    async def __aenter__(self) -> Self:
        """Connect, or raise NoDaemon; who is cancelled has nothing to close."""
        try:
            await self._do(_connected_already, is_repeatable=True)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.close()


async def _connected_already(_shared: Shared) -> None:
    pass
