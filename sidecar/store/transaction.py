"""What a handler is given: a Snapshot to read from, or a Tx to write in.

Time, ids and seqs come from here and from nowhere else, so that a transaction is a function
of what it was given.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import apsw
import msgspec

from sidecar.model import ids, limits
from sidecar.model.errors import CorruptRecord
from sidecar.model.price import Prices
from sidecar.store.rows import Row, SqlValue


class Source(Protocol):
    """Be where time and randomness come from."""

    def now_ms(self) -> int:
        """Tell the Unix time in milliseconds."""

    def elapsed_s(self) -> float:
        """Tell the seconds since some moment, whatever becomes of the time."""

    def random_bits(self, count: int) -> int:
        """Draw an unsigned integer of so many random bits."""


# As much as a random UUID has, and none of it a time.
TOKEN_BITS = 128
INSERT_EVENT = """
INSERT INTO events (
    seq, thread_key, turn_key, item_key, event, payload, source, at_ms, event_key, fingerprint
) VALUES (
    :seq, :thread_key, :turn_key, :item_key, :event, :payload, :source, :at_ms, :event_key,
    :fingerprint
)
"""

_ENCODER = msgspec.json.Encoder()


class Snapshot:
    """Read the database as it is at one moment."""

    __slots__ = ("connection",)

    def __init__(self, connection: apsw.Connection) -> None:
        """Read through a connection; whoever made the snapshot keeps it consistent."""
        self.connection = connection

    def rows(self, sql: str, **bindings: SqlValue) -> list[Row]:
        """Run a statement and take all its rows, so that no cursor stays open."""
        try:
            return self.connection.execute(sql, bindings).fetchall()
        except UnicodeDecodeError as error:
            raise _unreadable(sql, bindings) from error

    def row(self, sql: str, **bindings: SqlValue) -> Row | None:
        """Run a statement that has one row at the most."""
        rows = self.rows(sql, **bindings)
        assert len(rows) <= 1, "the statement has more than one row"
        return rows[0] if rows else None

    def number(self, sql: str, **bindings: SqlValue) -> int:
        """Run a statement whose answer is one integer."""
        row = self.row(sql, **bindings)
        assert row is not None and isinstance(row[0], int), "the statement has no number"
        return row[0]

    def page(self, sql: str, limit: int, **bindings: SqlValue) -> tuple[list[Row], bool]:
        """Take up to `limit` rows and tell whether more remain.

        The statement binds `:limit`. A page ends early when it grows past MAX_PAGE_BYTES.
        """
        taken: list[Row] = []
        size = 0
        try:
            cursor = self.connection.execute(sql, {**bindings, "limit": limit + 1})
            for row in _bounded(cursor, limit + 1):
                if len(taken) == limit or size > limits.MAX_PAGE_BYTES:
                    cursor.close()
                    return taken, True
                taken.append(row)
                size += sum(len(value) for value in row if isinstance(value, str))
        except UnicodeDecodeError as error:
            raise _unreadable(sql, bindings) from error
        return taken, False


def _unreadable(sql: str, bindings: Mapping[str, SqlValue]) -> CorruptRecord:
    """Name the record whose text is not UTF-8 as well as its statement can."""
    outermost, count = sql, 1
    while count:
        outermost, count = re.subn(r"\([^()]*\)", "", outermost)
    table = re.search(r"\bFROM (\w+)", outermost)
    named = ", ".join(f"{name} {value!r}" for name, value in bindings.items())
    return CorruptRecord(table=table[1] if table else "", key=named)


def _bounded(cursor: apsw.Cursor, most: int) -> Iterator[Row]:
    for number, row in enumerate(cursor):
        assert number < most, "the statement does not bind its limit"
        yield row


class Scan(Snapshot):
    """Read much at once, as one step, on the thread that is there for it."""


class Tx(Snapshot):
    """Write in the open transaction of the group; undone alone if its request is refused."""

    __slots__ = ("_source", "last_seq", "now_ms", "prices", "woken")

    def __init__(
        self,
        connection: apsw.Connection,
        source: Source,
        now_ms: int,
        last_seq: int,
        prices: Prices,
    ) -> None:
        """Write through the writer's connection; `last_seq` is the last number given out."""
        super().__init__(connection)
        self.prices = prices
        self._source = source
        self.now_ms = now_ms
        self.last_seq = last_seq
        self.woken: list[tuple[str, int]] = []

    def wake(self, topic: str, at_ms: int) -> None:
        """Say that those who wait for a topic may find something, at once or from then on.

        It takes effect with the commit. To wake too often costs a look; too seldom, a hang.
        """
        self.woken.append((topic, at_ms))

    def mint(self, prefix: ids.Prefix) -> str:
        """Make a new id of a kind."""
        return ids.mint(prefix, self.now_ms, self._source.random_bits(ids.RANDOM_BITS))

    def mint_token(self) -> str:
        """Make a secret that nobody can guess, nor know from another."""
        return f"{self._source.random_bits(TOKEN_BITS):032x}"

    def insert(self, sql: str, **bindings: SqlValue) -> int:
        """Insert one row and tell its key."""
        self.connection.execute(sql, bindings)
        return self.connection.last_insert_rowid()

    def change(self, sql: str, **bindings: SqlValue) -> None:
        """Run a guarded statement that must change exactly one row.

        The handler has checked what the guard repeats; a miss is a bug, not an answer.
        """
        self.connection.execute(sql, bindings)
        assert self.connection.changes() == 1, "the guard of a statement did not hold"

    def change_all(self, sql: str, **bindings: SqlValue) -> int:
        """Run a statement that changes any number of rows and tell how many."""
        self.connection.execute(sql, bindings)
        return self.connection.changes()

    def nested(self, run: Callable[[], None]) -> None:
        """Run a part that is undone alone, its seqs too, if it raises."""
        seq = self.last_seq
        self.connection.execute("SAVEPOINT part")
        try:
            run()
        except BaseException:
            self.connection.execute("ROLLBACK TO part")
            self.last_seq = seq
            raise
        finally:
            self.connection.execute("RELEASE part")

    def append_event(
        self,
        event: str,
        payload: str | None,
        *,
        thread_key: int | None = None,
        turn_key: int | None = None,
        item_key: int | None = None,
        source: str = "daemon",
        event_key: str | None = None,
        fingerprint: bytes | None = None,
    ) -> int:
        """Append one event under the next seq and tell the seq.

        Seqs are counted in memory: cheaper than asking the table, and a refused request gives
        its numbers back.
        """
        self.last_seq += 1
        self.connection.execute(
            INSERT_EVENT,
            {
                "seq": self.last_seq,
                "thread_key": thread_key,
                "turn_key": turn_key,
                "item_key": item_key,
                "event": event,
                "payload": payload,
                "source": source,
                "at_ms": self.now_ms,
                "event_key": event_key,
                "fingerprint": fingerprint,
            },
        )
        return self.last_seq

    def emit(
        self,
        event: str,
        record: msgspec.Struct,
        *,
        noun: str | None,
        thread_key: int | None,
        turn_key: int | None = None,
        item_key: int | None = None,
        forced: bool = False,
    ) -> int:
        """Append the daemon's event for a change: the record under its noun.

        `forced` marks a change that went around its status table; without a noun the record
        is the whole payload.
        """
        text = _ENCODER.encode(record).decode()
        if noun is not None:
            mark = ',"forced":true' if forced else ""
            text = f'{{"{noun}":{text}{mark}}}'
        return self.append_event(
            event, text, thread_key=thread_key, turn_key=turn_key, item_key=item_key
        )
