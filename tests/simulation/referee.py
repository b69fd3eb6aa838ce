"""Watch a daemon from inside and hold all that it does against the model.

The model is asked in the order in which the daemon has run the requests, at the moment at which
a group is durable. So every answer has one right form, an answer that leaves before its commit
is found out, and after a crash it is known to the request what must have remained.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import msgspec

from sidecar.daemon.context import RequestContext
from sidecar.daemon.dispatch import Answer, Pending, Request
from sidecar.daemon.lifecycle import Daemon
from sidecar.daemon.peer import PeerConnection
from sidecar.model import limits
from sidecar.rpc.registry import REGISTRY, Method, Outcome
from sidecar.store import upkeep
from sidecar.store.database import Database
from sidecar.store.transaction import Snapshot, Tx
from tests.methods.mailbox_model import Model as Mailboxes
from tests.methods.mailbox_model import No
from tests.simulation.facts import Record
from tests.simulation.follower import Follower, Log
from tests.simulation.host import Host
from tests.simulation.model import Model
from tests.simulation.network import Link
from tests.simulation.rules import Rules
from tests.simulation.watching import Watched, differs, events_of

Key = tuple[int, bytes]


class Wrong(BaseException):
    """Say what the daemon did that the contract does not allow; no wall of it is to catch that."""


class Ran(NamedTuple):
    """Be one request that was run: when, what it answered and which events it wrote."""

    name: str
    params: Record
    now_ms: int
    answer: Record | None
    fresh: list[Record]
    key: Key | None


class Waiting(NamedTuple):
    """Be one request that waits."""

    peer: PeerConnection
    mailbox: str | None
    since_us: int
    wait_ms: int
    jumps: int


def _invoke(method: Method, params: msgspec.Struct, db: Snapshot) -> Outcome:
    return method.invoke(db, params)


class Referee:
    """Hold the model, what the log must hold, and who has a right to which answer."""

    def __init__(self) -> None:
        self.host: Host
        self.model = Model(self._tape)
        self.mailboxes = Mailboxes()
        self.rules = Rules(self.model, self.mailboxes)
        self.log = Log()
        self.followers: dict[tuple[int, str], Follower] = {}
        self.waiting: dict[Key, Waiting] = {}
        self.requests = self.refusals = self.delivered = 0
        self._group: list[Ran] = []
        self._groups = 0
        self._fresh: list[Record] = []
        self._running: list[Record] = []
        self._answers: dict[Key, Record] = {}
        # Answered in their own time, by methods that no model knows.
        self._errands: set[Key] = set()
        # Sent by a peer in whole, and not run yet.
        self._sent: set[Key] = set()
        self._cancelled: set[Key] = set()
        # Peers that were turned away: nothing of them is read.
        self._turned: set[int] = set()

    # -- watching ----------------------------------------------------------------------------------

    def watch(self, daemon: Daemon) -> None:
        """Stand between the desk and its dispatcher, and beside the database."""
        database = daemon.database
        begin, commit, rollback = database.begin, database.commit, database.rollback
        attempt = database.attempt

        def watched_begin() -> None:
            begin()
            self._group = []

        def watched_attempt(run: Callable[[Tx], object], now_ms: int) -> object:
            before = database.last_seq
            answer = attempt(run, now_ms)
            self._running = events_of(database.own_snapshot(), before, database.last_seq)
            return answer

        def watched_commit() -> None:
            commit()
            if self.host.is_alive:
                self._settle(database)

        def watched_rollback() -> None:
            rollback()
            self._group = []

        for method in (watched_begin, watched_attempt, watched_commit, watched_rollback):
            setattr(database, method.__name__.removeprefix("watched_"), method)

    def watch_desk(self, daemon: Daemon) -> None:
        watched = Watched(daemon.desk._dispatcher.answer, self.will_run, self.ran)
        daemon.desk._dispatcher = watched  # type: ignore[assignment]  # all that a desk asks of it

    def will_run(self, request: Request, context: RequestContext) -> None:
        """Be told before: what is cancelled may be answered at once."""
        if request.name == "$/cancelRequest" and self.host.is_alive:
            number = self.host.numbers[context._peer]
            self._cancelled.add((number, b"%d" % _params(request)["id"]))

    def ran(self, request: Request, context: RequestContext, answer: Answer) -> None:
        """Be told of a request that was run, before anybody else is."""
        if not self.host.is_alive:
            return
        peer, group = context._peer, context._group
        key = None
        if request.id is not None:
            # Also of a peer that has gone, which has no transport any more.
            key = (self.host.numbers[peer], request.id)
            self._sent.discard(key)
        if not isinstance(answer, bytes | Pending):
            self._run_errand(key)
            return
        told = None if isinstance(answer, Pending) else msgspec.json.decode(answer)
        if told and "error" in told and told["error"]["data"]["kind"] == "internal":
            raise Wrong(f"{request.name} is a bug: {told}")
        params = _params(request)
        fresh, self._running = self._running, []
        ran = Ran(request.name, params, group.now_ms, told, fresh, key)
        mode = request.method.mode if request.method is not None else "none"
        if key in self.waiting and told and told["result"]["entries"] and peer.is_gone:
            raise Wrong(f"{told} is taken for nobody")
        if isinstance(answer, Pending) and key is not None:
            self._wait(key, ran, peer)
        if request.fault is None and (mode == "write" or (group.is_open and peer.held)):
            self._group.append(ran)
        else:
            self.judge(ran, mode)

    def _run_errand(self, key: Key | None) -> None:
        if key is not None:
            self._errands.add(key)

    def _wait(self, key: Key, ran: Ran, peer: PeerConnection) -> None:
        if key not in self.waiting:
            params, now_us = ran.params, self.host.timeline.now_us
            wait_ms = params["waitMs"]
            jumps = self.host.source.jumps
            self.waiting[key] = Waiting(peer, params.get("mailboxId"), now_us, wait_ms, jumps)

    # -- judging -----------------------------------------------------------------------------------

    def _settle(self, database: Database) -> None:
        """Hold a group that is durable now against the model, request by request."""
        group, self._group = self._group, []
        self._groups = database._groups
        for ran in group:
            self.judge(ran, "write")
        if len(self.log) != database.last_seq:
            raise Wrong(f"the last seq is {database.last_seq}, the log has {len(self.log)}")

    def judge(self, ran: Ran, mode: str) -> None:
        """Hold one request that was run, and what it wrote, against the model."""
        self.requests += 1
        self._fresh = list(ran.fresh)
        self.log.append(ran.fresh)
        if ran.name == "event/subscribe" and ran.answer and "result" in ran.answer and ran.key:
            follower = Follower(self.log, ran.params, ran.answer["result"])
            self.followers[(ran.key[0], follower.id)] = follower
        self._hold(ran, mode)
        if self._fresh:
            raise Wrong(f"{ran.name} {ran.params} wrote {self._fresh[0]}, which nothing asks for")
        if ran.key is not None and ran.answer is not None:
            self._answers[ran.key] = ran.answer

    def _hold(self, ran: Ran, mode: str) -> None:
        """Ask the model the same, and compare."""
        rule = self.rules.of(ran.name)
        error = ran.answer.get("error") if ran.answer is not None else None
        if rule is None or (error and error["data"]["kind"] in ("draining", "limit_exceeded")):
            return
        self.model.now = self.mailboxes.now = ran.now_ms
        answer = {} if ran.answer is None else ran.answer
        try:
            expected = {"result": rule(ran.params, answer.get("result"))}
        except No as no:
            self.refusals += 1
            expected = {"error": {"data": no.data}}
        if ran.answer is None:
            # It waits, so there was nothing for it.
            answer = {"result": {"entries": []}}
        found = differs(expected, answer)
        if found:
            raise Wrong(f"{ran.name} {ran.params} ({mode}) answers {answer}: {found}")
        if ran.name == "thread/delete" and "result" in answer:
            self.log.remove_thread(ran.params["threadId"])
        if ran.name == "event/list" and "result" in answer:
            self.log.check_page(ran.params, answer["result"])

    def _tape(self, event: str, thread_id: str | None, noun: str, record: Record) -> Record:
        """Take the next event that was written; the model says what it must be."""
        if not self._fresh:
            raise Wrong(f"{event} is missing, of {record}")
        actual = self._fresh.pop(0)
        payload = actual["payload"]
        held: Record = payload.get(noun, payload)
        found = differs({"event": event, "threadId": thread_id}, actual) or differs(record, held)
        if found:
            raise Wrong(f"{event} of {record} must come, {actual} came: {found}")
        for name, of in (("admittedSeq", "admitted"), ("promotedSeq", "promoted")):
            if event == f"session_input.{of}" and payload["input"][name] != actual["seq"]:
                raise Wrong(f"{name} is not that of {actual}")
        return held

    # -- what comes and what leaves ----------------------------------------------------------------

    def sent(self, link: Link, request_ids: Iterable[int]) -> None:
        """Be told what a client has handed to the kernel in whole."""
        if not link.is_closing():
            self._sent |= {(link.number, b"%d" % number) for number in request_ids}

    def wrote(self, link: Link, message: Record) -> None:
        """Be told of one message that leaves for a peer: it must be one that may."""
        if link.client_has_left:
            if "method" not in message and message["id"] is None:
                self._turned_away(link, message)
            return
        if "method" in message:
            self._notified(link.number, message["method"], message["params"])
            return
        if message["id"] is None:
            if message["error"]["data"]["kind"] not in ("parse_error", "limit_exceeded"):
                raise Wrong(f"nobody asked for {message}")
            self._turned_away(link, message)
            return
        key = (link.number, msgspec.json.encode(message["id"]))
        waited = self.waiting.pop(key, None)
        self.delivered += 1
        if key in self._errands:
            self._errands.discard(key)
            return
        expected = self._answers.pop(key, None)
        if expected is None and waited is not None:
            expected = self._given_up(key, waited, message)
        if expected is None or (expected != message and differs(expected, message)):
            raise Wrong(f"{message} leaves, but {expected} is what was committed")

    def _turned_away(self, link: Link, message: Record) -> None:
        """Expect nothing of what was sent to a daemon that has too many connections."""
        if message["error"]["data"]["kind"] == "limit_exceeded":
            self._turned.add(link.number)

    def _given_up(self, key: Key, waited: Waiting, message: Record) -> Record:
        """Tell the answer of a request that has waited in vain, if it may give up."""
        took_us = self.host.timeline.now_us - waited.since_us
        kind = message.get("error", {}).get("data", {}).get("kind")
        if kind == "request_cancelled" and key in self._cancelled:
            return message
        may_be_short = self.host.daemon.desk.is_draining
        if took_us < waited.wait_ms * 1000 and not may_be_short:
            raise Wrong(f"{message} after {took_us} us of {waited.wait_ms} ms")
        return {"result": {"entries": []}}

    def _notified(self, number: int, method: str, params: Record) -> None:
        follower = self.followers.get((number, params["subscriptionId"]))
        if follower is None:
            raise Wrong(f"{method} for nobody: {params}")
        wrong = follower.told(method, params)
        if wrong:
            raise Wrong(f"{method} for {follower}: {wrong}")

    # -- at rest -----------------------------------------------------------------------------------

    def inspect(self) -> None:
        """Hold that a daemon which has nothing to do owes nobody anything."""
        self.mailboxes.now = self.host.source.now_ms()
        for key, waiting in list(self.waiting.items()):
            if waiting.peer.is_gone:
                del self.waiting[key]
            elif self._waits(key) and waiting.jumps == self.host.source.jumps:
                found = self.rules.claimable(waiting.mailbox)
                if found is not None:
                    raise Wrong(f"{key} waits for {waiting.mailbox}, and {found} is there")
        links = {link.number: link for link in self.host.links}
        for number, request_id in self._sent:
            link = links.get(number)
            is_owed = link is None or link.is_lost or (link.is_settled and not link.may_rest)
            if is_owed and number not in self._turned:
                raise Wrong(f"{request_id!r} of {number} has arrived, and is not run")
        for link in self.host.links:
            if link.is_open and link.is_settled and not link.is_stalled:
                self._inspect_link(link)

    def _inspect_link(self, link: Link) -> None:
        waiting = sum(key[0] == link.number for key in self.waiting)
        if not link.is_reading() and waiting < limits.MAX_IN_FLIGHT:
            raise Wrong(f"{link.number} is not read, and has {waiting} in flight")
        for (number, name), follower in self.followers.items():
            if number == link.number and not follower.is_at_end:
                raise Wrong(f"{name} is not told all that has happened: {follower}")

    def owes(self, key: Key) -> bool:
        """Tell whether a request that the daemon has read should have been answered by now."""
        return not self._waits(key) and key not in self._errands

    def _waits(self, key: Key) -> bool:
        """Tell whether a request may still wait; when it is over, its batch may yet wait."""
        waiting = self.waiting.get(key)
        if waiting is None or key in self._answers or key in self._cancelled:
            return False
        return self.host.timeline.now_us < waiting.since_us + waiting.wait_ms * 1000

    def forget_link(self, number: int) -> None:
        """Let go of what was between a daemon and a peer that has left."""
        self.followers = {key: each for key, each in self.followers.items() if key[0] != number}
        self._answers = {key: each for key, each in self._answers.items() if key[0] != number}
        self._errands = {key for key in self._errands if key[0] != number}

    # -- crashes -----------------------------------------------------------------------------------

    def recovered(self, daemon: Daemon, mode: str) -> None:
        """Hold what a start has found and done against what must be there."""
        database = daemon.database
        report = daemon.recovery
        stored = database._groups - report.found_anything()
        group, self._group = self._group, []
        if stored == self._groups + 1:
            # The commit that the crash has met was durable already.
            for ran in group:
                self.judge(ran, "write")
        elif stored != self._groups:
            raise Wrong(f"{self._groups} groups were committed, {stored} are there")
        self._groups = database._groups
        self._answers.clear()
        self.waiting.clear()
        self.followers.clear()
        self._errands.clear()
        self._sent.clear()
        self.judge_recovery(database, mode)
        self.compare(database, most=30)
        self.watch(daemon)

    def judge_recovery(self, database: Database, mode: str) -> None:
        """Hold the events of a recovery against what the model had left open."""
        self._fresh = events_of(database.snapshot(), len(self.log), database.last_seq)
        self.log.append(self._fresh[:])
        self.model.now = self._fresh[0]["atMs"] if self._fresh else 0
        self.model.recover(mode)
        if self._fresh:
            raise Wrong(f"recovery wrote {self._fresh[0]}, which nothing asks for")

    def compare(self, database: Database, most: int | None = None) -> None:
        """Hold what is stored against the model, the newest records alone or all of them."""
        for name, params, expected in self.rules.records(most):
            method = REGISTRY[name]
            checked = method.decode(msgspec.Raw(msgspec.json.encode(params)))
            read = partial(_invoke, method, checked)
            answer = database.read(database.snapshot(), read)
            found = differs(expected, msgspec.json.decode(msgspec.json.encode(answer)))
            if found:
                raise Wrong(f"{name} {params} of what is stored: {found}")
        counts = upkeep.counts(database.snapshot())
        if counts != self.rules.counts():
            raise Wrong(f"{counts} are stored, {self.rules.counts()} expected")


def _params(request: Request) -> Record:
    try:
        params: Record = msgspec.json.decode(request.params) or {}
    except msgspec.DecodeError:
        return {}
    return params
