"""A real store to fuzz on: filled once, and after every input as it was before."""

import asyncio
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, cast

import msgspec

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.daemon.context import RequestContext
from sidecar.daemon.copies import Copies
from sidecar.daemon.desk import Desk
from sidecar.daemon.dispatch import Answer, Dispatcher, Pending, parse
from sidecar.daemon.group import Group
from sidecar.daemon.lifecycle import Daemon
from sidecar.daemon.peer import PeerConnection
from sidecar.logs import LogLevel
from sidecar.model.errors import ProtocolError
from sidecar.rpc.peer import BackupDone, Checked, Pruned
from sidecar.rpc.registry import REGISTRY, Method
from sidecar.store import events, pruning, states
from sidecar.store.pruning import Wanted
from sidecar.store.transaction import Scan, Snapshot
from sidecar.store.upkeep import FOREIGN_KEY_CHECK, INVARIANTS
from tests.support import FakeSource

TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
_DISPATCHER = Dispatcher(REGISTRY)


class Context(RequestContext):
    """Run a request in a group that is never committed; what leaves the database only pretends."""

    def run(self, method: Method, params: msgspec.Struct) -> Answer:
        if method.mode == "scan":
            connection = self._desk.database.writer
            return msgspec.json.encode(method.invoke(Scan(connection), params))
        return super().run(method, params)

    def lose(self, error: Exception) -> ProtocolError | None:
        raise AssertionError(f"a bug, or a lost group: {error!r}") from error

    @property
    def snapshot(self) -> Snapshot:
        return self._desk.database.own_snapshot()

    async def backup(self, path: Path, *, overwrite: bool) -> BackupDone:
        assert not overwrite or path
        return BackupDone(str(path), 0, 0, 0)

    async def check(self, *, full: bool) -> Checked:
        return Checked(ok=True, findings=["full"] if full else [])

    async def prune(self, wanted: Wanted, *, dry_run: bool) -> Pruned:
        database = self._desk.database
        if dry_run:
            gone = pruning.measure(Scan(database.writer), wanted)
        else:
            found = database.attempt(lambda tx: pruning.prune(tx, wanted), self._group.now_ms)
            gone = found or pruning.Stretch(0, 0, 0)
        return Pruned(gone.events, gone.size, events.min_seq(self.snapshot))

    def set_log_level(self, level: LogLevel) -> LogLevel:
        return level

    def shut_down(self) -> None:
        return


class Store:
    """Be a database with a few records of every kind."""

    def __init__(self, seed: list[tuple[str, dict[str, Any]]]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sc"))
        self._loop = asyncio.new_event_loop()
        self._daemon = Daemon(self._folder / "db", None, source=FakeSource())
        self._daemon.desk = Desk(self._daemon.database, self._loop, self._daemon.meter)
        self._daemon.copies = Copies(self._daemon.desk, self._daemon.lock_paths)
        self.database = self._daemon.database
        self.tables = [str(name) for (name,) in self.database.writer.execute(TABLES)]
        self.answers: list[Any] = []
        self.begin()
        for method, params in seed:
            self.answers.append(json.loads(self.ask(method, json.dumps(params).encode())))
        self.database.commit()
        self._seeded_ms = cast("FakeSource", self.database.source).at_ms

    def close(self) -> None:
        self.database.abandon()
        self._loop.close()
        shutil.rmtree(self._folder)

    def begin(self) -> None:
        """Begin a group, of a new peer."""
        self.database.begin()
        self.peer = PeerConnection(self._daemon.desk, os.getuid())
        self.group = Group()
        self.group.is_open = True
        self.group.now_ms = self.database.source.now_ms()
        self._context = Context(self._daemon, self._daemon.desk, self.peer, self.group)

    def undo(self) -> None:
        """Be as after the seed."""
        self.database.rollback()
        self._daemon.desk.hub.forget(self.peer)
        source = FakeSource()
        source.at_ms = self._seeded_ms
        self.database.source = source

    def ask(self, method: str, params: bytes) -> bytes:
        """Ask as over the wire, and give the answer."""
        text = b'{"jsonrpc":"2.0","id":1,"method":%b,"params":%b}' % (
            json.dumps(method).encode(),
            params,
        )
        (request,) = parse(text, REGISTRY).requests
        answer = _DISPATCHER.answer(request, self._context)
        self.peer.has_spoken = True
        if isinstance(answer, Pending):
            return answer.answer
        if isinstance(answer, bytes):
            return answer
        return self._loop.run_until_complete(_whole(answer))

    def everything(self) -> list[object]:
        """Read every row, and the last seq."""
        db = self.database.writer
        rows: list[object] = [
            db.execute(f"SELECT * FROM {name}").fetchall() for name in self.tables
        ]
        return [self.database.last_seq, *rows]

    def findings(self) -> list[str]:
        """Hold the house's invariants against what the open group has made."""
        db = self.database.writer
        db.execute("SAVEPOINT look")
        try:
            # What COMMIT writes last.
            db.execute("UPDATE daemon SET last_seq = :seq", {"seq": self.database.last_seq})
            found = [f"foreign key: {row}" for row in db.execute(FOREIGN_KEY_CHECK)]
            for sentence, statement in INVARIANTS.items():
                found += [f"{sentence}: {row}" for row in db.execute(statement, {"most": 3})]
            return found + list(states.broken(Snapshot(db)))
        finally:
            db.execute("ROLLBACK TO look")
            db.execute("RELEASE look")


async def _whole(answer: Any) -> bytes:
    text: bytes = await answer
    return text
