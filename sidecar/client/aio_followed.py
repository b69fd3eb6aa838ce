"""Follow what a daemon tells from asyncio, on a connection of its own, through restarts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Generic, Self, TypeVar

from msgspec import Raw

from sidecar.client.aio_link import Link, opened_link
from sidecar.client.errors import AnswerLost, Closed, NoDaemon, SidecarError
from sidecar.client.following import Following, Told
from sidecar.client.request import Attempts, Options
from sidecar.client.where import Opener
from sidecar.client.wire import Answer

Chosen = TypeVar("Chosen")


class Patience:
    """Try again as `Attempts` says, and wait no longer than until the client is closed."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._closed = asyncio.Event()

    def check(self) -> None:
        """Raise Closed once the client is closed."""
        if self._closed.is_set():
            raise Closed("the client is closed")

    def end(self) -> None:
        """Close: nothing is tried any more."""
        self._closed.set()

    async def after(
        self, attempts: Attempts, failure: SidecarError | NoDaemon | AnswerLost
    ) -> None:
        """Wait until it is time to try again, or raise what the caller has to know."""
        self.check()
        pause_s = attempts.after(failure)
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._closed.wait()


class Subscription:
    """Be a link on which one has subscribed, made again when it is lost."""

    def __init__(self, opener: Opener, options: Options, following: Following) -> None:
        self.following = following
        self._opener = opener
        self._patience = Patience(options)
        self._link: Link | None = None

    async def begin(self) -> None:
        """Subscribe, unless it is done."""
        await self._do(receive=False)

    async def receive(self) -> Answer:
        """Wait for what is told next; raises Closed at the end."""
        answer = await self._do(receive=True)
        assert answer is not None, "it was asked for"
        return answer

    async def _do(self, *, receive: bool) -> Answer | None:
        attempts = Attempts(self._patience.options, is_repeatable=True)
        while True:
            try:
                link = await self._subscribed()
                return await link.receive() if receive else None
            except (SidecarError, NoDaemon, AnswerLost) as failure:
                self.hang_up()
                await self._patience.after(attempts, failure)

    async def _subscribed(self) -> Link:
        self._patience.check()
        if self._link is None:
            link = self._link = await opened_link(self._opener)
            try:
                self._patience.check()
                await link.greet(self._patience.options)
                self.following.begin(await link.ask(self.following.request(link.server)))
            except BaseException:
                self.hang_up()
                raise
        return self._link

    def hang_up(self) -> Link | None:
        """Close the link, if there is one."""
        link, self._link = self._link, None
        if link is not None:
            link.close()
        return link

    async def aclose(self) -> None:
        """End it; whoever waits is told."""
        self._patience.end()
        link = self.hang_up()
        if link is not None:
            await link.closed()


class AsyncFollowed(AsyncIterator[Chosen], Generic[Chosen]):
    """Iterate over what the daemon tells, through restarts; on a connection of its own.

    It begins with the first step, or as one enters it with `async with`, and ends when it or
    its client is closed. `seq` is the place in the log up to which all has been told, `text`
    the last event as it came.
    """

    def __init__(self, subscription: Subscription, choose: Callable[[Told], Chosen | None]) -> None:
        self._subscription = subscription
        self._choose = choose
        self._told: Iterator[Told] = iter(())

    @property
    def seq(self) -> int:
        """Tell the place in the log up to which all has been told."""
        return self._subscription.following.seq or 0

    @property
    def text(self) -> Raw:
        """Give the last event as it came, with every digit that it was sent with."""
        return self._subscription.following.text

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Chosen:
        while True:
            for told in self._told:
                chosen = self._choose(told)
                if chosen is not None:
                    return chosen
            try:
                answer = await self._subscription.receive()
            except Closed:
                raise StopAsyncIteration from None
            self._told = self._subscription.following.take(answer)

    async def aclose(self) -> None:
        """End it."""
        await self._subscription.aclose()

    async def __aenter__(self) -> Self:
        """Begin now, so that nothing is missed from here on."""
        await self._subscription.begin()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        # Nobody iterates any more: its connection goes with it, if its loop is still there.
        with suppress(RuntimeError):
            self._subscription.hang_up()
