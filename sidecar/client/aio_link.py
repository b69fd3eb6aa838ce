"""One connection of an asyncio client."""

import asyncio
import socket
from collections import deque
from contextlib import suppress

from msgspec import Raw

from sidecar.client.errors import AnswerLost, NoDaemon
from sidecar.client.records import Initialized
from sidecar.client.request import Options, Request
from sidecar.client.where import Opener
from sidecar.client.wire import CHUNK_BYTES, Answer, Lines, encode, encode_cancel, greeted, greeting


class Link:
    """Be one connection; whoever asks on it alone may `ask`, others `send` and `read`."""

    def __init__(self, opened: socket.socket) -> None:
        self._server: Initialized | None = None
        self._socket = opened
        self._lines = Lines()
        self._last_id = 0
        self._answers: deque[Answer] = deque()
        self._told: deque[Answer] = deque()
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def begin(self) -> None:
        """Hand the socket to the loop."""
        self._reader, self._writer = await asyncio.open_unix_connection(
            sock=self._socket, limit=CHUNK_BYTES
        )

    @property
    def server(self) -> Initialized:
        """Tell what the daemon said of itself."""
        assert self._server is not None, "a link is greeted before it is used"
        return self._server

    async def greet(self, options: Options) -> None:
        """Send the first request."""
        self._server = greeted(await self.ask(greeting(options)))

    async def ask(self, request: Request) -> Raw:
        """Ask and wait; for one at a time."""
        request_id = self.send(request)
        await self.flush()
        while not (answer := await self.read()).is_for(request_id):
            if answer.method is not None:
                self._told.append(answer)
        return answer.value()

    def send(self, request: Request) -> int:
        """Put a request on its way; raises NoDaemon if it is certain that nothing was sent."""
        message = encode(self._last_id + 1, request, self._server)
        try:
            # Sends nothing, and fails if the daemon has gone, whatever it left unread.
            self._socket.send(b"")
        except OSError as error:
            raise NoDaemon(f"the daemon went away: {error.strerror}") from error
        self._last_id += 1
        self._writer.write(message)
        return self._last_id

    def cancel(self, request_id: int) -> None:
        """Tell the daemon that nobody waits for a request any more."""
        if not self._writer.is_closing():
            self._writer.write(encode_cancel(request_id))

    async def flush(self) -> None:
        """Wait until the socket takes more; that it is lost is told by whoever reads."""
        with suppress(OSError):
            await self._writer.drain()

    async def receive(self) -> Answer:
        """Wait for what the daemon tells unasked."""
        if self._told:
            return self._told.popleft()
        answer = await self.read()
        if answer.method is None:
            # An error under no id: what was followed has ended.
            answer.value()
        return answer

    async def read(self) -> Answer:
        """Wait for one message; raises AnswerLost at the end."""
        while not self._answers:
            try:
                data = await self._reader.read(CHUNK_BYTES)
            except OSError as error:
                raise AnswerLost(f"the daemon went away: {error.strerror}") from error
            if not data:
                raise AnswerLost("the daemon went away")
            self._answers.extend(self._lines.feed(data))
        return self._answers.popleft()

    def close(self) -> None:
        """Hang up; whoever reads is told."""
        self._writer.close()

    async def closed(self) -> None:
        """Wait until the socket is given back."""
        with suppress(OSError):
            await self._writer.wait_closed()


async def opened_link(opener: Opener) -> Link:
    """Open a socket on a thread, since connecting or starting a daemon may take a while."""
    opening = asyncio.get_running_loop().run_in_executor(None, opener)
    try:
        link = Link(await asyncio.shield(opening))
    except asyncio.CancelledError:
        opening.add_done_callback(_throw_away)
        raise
    await link.begin()
    return link


def _throw_away(opening: asyncio.Future[socket.socket]) -> None:
    if opening.exception() is None:
        opening.result().close()
