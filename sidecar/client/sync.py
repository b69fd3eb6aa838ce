"""Speak to a daemon, one request after the other."""

import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar
from weakref import WeakSet

from msgspec import Raw

from sidecar.client import where
from sidecar.client.errors import AnswerLost, Closed, NoDaemon, SidecarError
from sidecar.client.following import Following, Told, everything, only_events
from sidecar.client.methods import CONNECTION_BOUND, METHODS, Methods
from sidecar.client.records import Event, Initialized
from sidecar.client.request import Attempts, Method, Options, Params, Request, Result, prepare
from sidecar.client.wire import (
    CHUNK_BYTES,
    Answer,
    Lines,
    encode,
    greeted,
    greeting,
    unknown_method,
)

Done = TypeVar("Done")
Chosen = TypeVar("Chosen")
DEFAULT = Options()


class Link:
    """Be one connection, greeted; it is clean while no answer is owed on it."""

    def __init__(self, opened: socket.socket) -> None:
        self.is_clean = True
        self._server: Initialized | None = None
        self._socket = opened
        self._lines = Lines()
        self._last_id = 0
        self._answers: deque[Answer] = deque()
        # What came before an answer that was waited for.
        self._told: deque[Answer] = deque()

    @property
    def server(self) -> Initialized:
        """Tell what the daemon said of itself."""
        assert self._server is not None, "a link is greeted before it is used"
        return self._server

    def greet(self, options: Options) -> None:
        """Send the first request."""
        self._server = greeted(self.ask(greeting(options)))

    def ask(self, request: Request) -> Raw:
        """Ask and wait; raises NoDaemon if nothing was sent, AnswerLost if something was."""
        self._last_id += 1
        message = encode(self._last_id, request, self._server)
        self.is_clean = False
        self._send(message)
        while not (answer := self._read()).is_for(self._last_id):
            if answer.method is not None:
                self._told.append(answer)
        self.is_clean = answer.id is not None
        return answer.value()

    def receive(self) -> Answer:
        """Wait for what the daemon tells unasked."""
        if self._told:
            return self._told.popleft()
        self.is_clean = False
        answer = self._read()
        if answer.method is None:
            # An error under no id: what was followed has ended.
            answer.value()
        self.is_clean = True
        return answer

    def _send(self, message: bytes) -> None:
        rest = memoryview(message)
        try:
            rest = rest[self._socket.send(rest) :]
        except OSError as error:
            raise NoDaemon(f"the daemon went away: {error.strerror}") from error
        try:
            # Not even nothing once all is sent: the daemon may have answered and gone since.
            if rest:
                self._socket.sendall(rest)
        except OSError as error:
            raise AnswerLost(f"the daemon went away: {error.strerror}") from error

    def _read(self) -> Answer:
        while not self._answers:
            try:
                data = self._socket.recv(CHUNK_BYTES)
            except OSError as error:
                raise AnswerLost(f"the daemon went away: {error.strerror}") from error
            if not data:
                raise AnswerLost("the daemon went away")
            self._answers.extend(self._lines.feed(data))
        return self._answers.popleft()

    def shut(self) -> None:
        """End it under whoever waits on it."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            # The daemon was faster, or it is closed already.
            return

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class Line:
    """Be a link that is made again when it is lost; threads take turns on it."""

    def __init__(self, opener: where.Opener, options: Options) -> None:
        self._options = options
        self._opener = opener
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._link: Link | None = None
        self._server: Initialized | None = None

    @property
    def server(self) -> Initialized:
        """Tell what the daemon last said of itself."""
        assert self._server is not None, "whoever has a line has used it"
        return self._server

    def begin(self) -> None:
        """Connect for the first time; that nobody answers is told at once."""
        self._do(lambda _: None, Attempts(self._options, is_repeatable=True, is_first=True))

    def do(self, action: Callable[[Link], Done], *, is_repeatable: bool) -> Done:
        """Do it on the link, and again on another one as long as `Attempts` says."""
        return self._do(action, Attempts(self._options, is_repeatable=is_repeatable))

    def _do(self, action: Callable[[Link], Done], attempts: Attempts) -> Done:
        while True:
            try:
                with self._lock:
                    try:
                        return action(self._linked())
                    finally:
                        self._drop_unless_clean()
            except (SidecarError, NoDaemon, AnswerLost) as failure:
                self._check()
                pause_s = attempts.after(failure)
            self._closed.wait(pause_s)

    def _linked(self) -> Link:
        self._check()
        if self._link is None:
            link = self._link = Link(self._opener())
            try:
                # Perhaps closed while it was opened: `close` has not seen it then.
                self._check()
                link.greet(self._options)
            except BaseException:
                link.is_clean = False
                raise
            self._server = link.server
        return self._link

    def _check(self) -> None:
        if self._closed.is_set():
            raise Closed("the client is closed")

    def _drop_unless_clean(self) -> None:
        if self._link is not None and (self._closed.is_set() or not self._link.is_clean):
            self._link.close()
            self._link = None

    def close(self) -> None:
        """Hang up, and end what waits; whoever is at work on it closes it behind himself."""
        self._closed.set()
        link = self._link
        if link is not None:
            link.shut()
        if self._lock.acquire(blocking=False):
            try:
                self._drop_unless_clean()
            finally:
                self._lock.release()


class Followed(Iterator[Chosen], Generic[Chosen]):
    """Iterate over what the daemon tells, through restarts; on a connection of its own.

    It ends when it or its client is closed. `seq` is the place in the log up to which all has
    been told, `text` the last event as it came.
    """

    def __init__(
        self, line: Line, following: Following, choose: Callable[[Told], Chosen | None]
    ) -> None:
        self._line = line
        self._following = following
        self._choose = choose
        self._subscribed: Link | None = None
        self._told: Iterator[Told] = iter(())
        try:
            line.do(self._subscribe, is_repeatable=True)
        except BaseException:
            line.close()
            raise

    @property
    def seq(self) -> int:
        """Tell the place in the log up to which all has been told."""
        return self._following.seq or 0

    @property
    def text(self) -> Raw:
        """Give the last event as it came, with every digit that it was sent with."""
        return self._following.text

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Chosen:
        while True:
            for told in self._told:
                chosen = self._choose(told)
                if chosen is not None:
                    return chosen
            try:
                answer = self._line.do(self._receive, is_repeatable=True)
            except Closed:
                raise StopIteration from None
            self._told = self._following.take(answer)

    def _subscribe(self, link: Link) -> None:
        if link is not self._subscribed:
            self._following.begin(link.ask(self._following.request(link.server)))
            self._subscribed = link

    def _receive(self, link: Link) -> Answer:
        self._subscribe(link)
        return link.receive()

    def close(self) -> None:
        """End it."""
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        # Nobody iterates any more: its connection goes with it.
        if hasattr(self, "_line"):
            self._line.close()


class Client(Methods):
    """Be a client of a daemon; close it, or use it in a `with`.

    Threads may share it: they take turns, so that one which waits long for its answer is better
    off with a client of its own. When the daemon restarts, the next call connects again.
    """

    def __init__(
        self, path: Path | str | where.Opener | None = None, options: Options = DEFAULT
    ) -> None:
        """Connect, or raise NoDaemon."""
        self._opener = path if callable(path) else where.at(path)
        self._options = options
        self._line = Line(self._opener, options)
        self._line.begin()
        # Those of the iterators that are still in use.
        self._lines: WeakSet[Line] = WeakSet()
        self._lines_lock = threading.Lock()

    @classmethod
    def connect(cls, path: Path | str | None = None, options: Options = DEFAULT) -> Self:
        """Connect to the daemon on a socket, by default the one that `sidecar serve` makes."""
        return cls(where.at(path), options)

    @classmethod
    def connect_or_spawn(
        cls,
        path: Path | str | None = None,
        database: Path | str | None = None,
        options: Options = DEFAULT,
    ) -> Self:
        """Connect, and start a daemon where there is none, now and whenever it has gone."""
        return cls(where.spawning(path, database), options)

    @property
    def server(self) -> Initialized:
        """Tell what the daemon last said of itself, its limits and its epoch."""
        return self._line.server

    def _call(self, method: Method[Result], params: Params) -> Result:
        return method.decode(self._ask(prepare(method, params, self._options.source)))

    def _ask(self, request: Request) -> Raw:
        return self._line.do(lambda link: link.ask(request), is_repeatable=request.is_repeatable)

    def call(self, method: str, params: Params | None = None) -> Raw:
        """Ask by the names of the wire, and get the result as it came; also for new methods."""
        known = METHODS.get(method) or unknown_method(method)
        request = prepare(known, params or {}, self._options.source)
        if method not in CONNECTION_BOUND:
            return self._ask(request)
        # It gets a connection of its own, on which it is the first request.
        link = Link(self._opener())
        try:
            return link.ask(request)
        finally:
            link.close()

    def events(
        self,
        thread_id: str | None = None,
        since_seq: int | None = None,
        events: Sequence[str] | None = None,
    ) -> Followed[Event]:
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
    ) -> Followed[Told]:
        """Follow events with all that is told besides: `EventSynced`, and `ItemDelta` if wanted.

        `EventSynced` comes when history has been told, after a reconnect once more.
        """
        return self._follow(Following(thread_id, since_seq, events, deltas=deltas), everything)

    def _follow(
        self, following: Following, choose: Callable[[Told], Chosen | None]
    ) -> Followed[Chosen]:
        line = Line(self._opener, self._options)
        with self._lines_lock:
            self._lines.add(line)
        return Followed(line, following, choose)

    def close(self) -> None:
        """Hang up; what iterates over events ends."""
        self._line.close()
        with self._lines_lock:
            lines = list(self._lines)
        for line in lines:
            line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()
