"""Make what was salvaged a database that keeps the house's law, and tell every step of it.

A row that others hang on and that is lost gets a stand-in, so that they can stay; what hangs on
nothing is told and left out. Nothing that was read is changed, but what counts others.
"""

import apsw

from sidecar.model.errors import CorruptRecord
from sidecar.store import mailbox_heads, states
from sidecar.store.rows import SqlValue
from sidecar.store.transaction import Snapshot

Names = dict[tuple[str, int], str]
# A gap that is longer is none: the number that says so is broken.
MAX_GAP = 10_000
LOST = "This could not be read."
NO_FINGERPRINT = bytes(16)

NAME_THREADS = """
INSERT INTO thread_names (key, id) SELECT key, id FROM threads WHERE true ON CONFLICT DO NOTHING
"""
# Whoever names a thread: those above the line have gone with it if it was deleted.
OF_THREAD = """
SELECT thread_key FROM turns UNION SELECT thread_key FROM session_inputs
UNION SELECT thread_key FROM runs UNION SELECT thread_key FROM messages
UNION SELECT thread_key FROM commits UNION SELECT thread_key FROM thread_heads
UNION SELECT parent_key FROM threads WHERE parent_key IS NOT NULL
"""
LOST_NAMES = f"""
SELECT thread_key FROM (
    {OF_THREAD} UNION SELECT thread_key FROM events WHERE thread_key IS NOT NULL)
WHERE thread_key NOT IN (SELECT key FROM thread_names)
"""
LOST_THREADS = f"""
SELECT n.key, n.id, coalesce((SELECT min(at_ms) FROM events WHERE thread_key = n.key), 0)
FROM thread_names n
WHERE n.key IN ({OF_THREAD}) AND n.key NOT IN (SELECT key FROM threads)
"""
ADD_NAME = "INSERT INTO thread_names (key, id) VALUES (:key, :id)"
ADD_THREAD = """
INSERT INTO threads (
    key, id, title_words, archived, version, message_count, created_at_ms, updated_at_ms,
    fingerprint
) VALUES (:key, :id, '', 0, 0, 0, :at_ms, :at_ms, :fingerprint)
"""
LOST_TURNS = """
SELECT turn_key, min(thread_key), min(at_ms) FROM (
    SELECT turn_key, thread_key, at_ms FROM events WHERE turn_key IS NOT NULL
    UNION ALL
    SELECT turn_key, thread_key, created_at_ms FROM session_inputs WHERE turn_key IS NOT NULL)
WHERE turn_key NOT IN (SELECT key FROM turns) AND thread_key IN (SELECT key FROM threads)
GROUP BY turn_key
"""
ADD_TURN = """
INSERT INTO turns (
    key, id, thread_key, status, origin, has_usage, error_kind, error_message, steer_count,
    item_count, recovered, created_at_ms, ended_at_ms
) VALUES (
    :key, :id, :thread_key, 'interrupted', 'started', 0, 'salvaged', :lost, 0, 0, 1, :at_ms, :at_ms
)
"""
LOST_ITEMS = """
SELECT s.item_key, min(s.turn_key) FROM session_inputs s
WHERE s.item_key NOT IN (SELECT key FROM items) AND s.turn_key IN (SELECT key FROM turns)
GROUP BY s.item_key
"""
TURNS = """
SELECT u.key, u.item_count, coalesce((SELECT max(position) FROM items WHERE turn_key = u.key), 0),
    u.created_at_ms
FROM turns u
"""
POSITIONS = "SELECT position FROM items WHERE turn_key = :key"
ADD_ITEM = """
INSERT INTO items (key, id, turn_key, position, kind, status, summary, ended_at_ms)
VALUES (:key, :id, :turn_key, :position, 'error', 'interrupted', :lost, :at_ms)
"""
COUNT_ITEMS = """
UPDATE turns SET item_count = (SELECT count(*) FROM items WHERE turn_key = turns.key)
"""
CLOSE_ITEMS = """
UPDATE items SET status = 'interrupted',
    ended_at_ms = (SELECT coalesce(ended_at_ms, created_at_ms) FROM turns WHERE key = turn_key)
WHERE status IN ('queued', 'in_progress') AND turn_key IN (
    SELECT key FROM turns WHERE status NOT IN ('queued', 'in_progress'))
RETURNING id
"""
FORGET_REQUEUED = """
UPDATE session_inputs SET requeued_from_key = NULL
WHERE requeued_from_key NOT IN (SELECT key FROM session_inputs) RETURNING id
"""
# An event that tells of an input, at the number that the input has, by another name.
NAME_EVENTS = """
UPDATE events SET event = iif(seq = s.admitted_seq, 'session_input.admitted',
    'session_input.promoted')
FROM session_inputs s
WHERE events.seq IN (s.admitted_seq, s.promoted_seq) AND events.thread_key = s.thread_key
    AND events.payload ->> '$.input.id' = s.id
    AND event <> iif(seq = s.admitted_seq, 'session_input.admitted', 'session_input.promoted')
RETURNING seq
"""
# No index has these numbers; the events that told of an input have them too.
SET_ADMITTED = """
UPDATE session_inputs SET admitted_seq = e.seq FROM events e
WHERE e.event = 'session_input.admitted' AND e.thread_key = session_inputs.thread_key
    AND e.payload ->> '$.input.id' = session_inputs.id AND e.seq <> admitted_seq RETURNING id
"""
SET_PROMOTED = """
UPDATE session_inputs SET promoted_seq = e.seq FROM events e
WHERE e.event = 'session_input.promoted' AND e.thread_key = session_inputs.thread_key
    AND e.payload ->> '$.input.id' = session_inputs.id AND e.seq <> promoted_seq RETURNING id
"""
LOST_MAILBOXES = """
SELECT mailbox_key, max(generation), max(updated_at_ms) FROM mailbox_entries
WHERE mailbox_key NOT IN (SELECT key FROM mailboxes) GROUP BY mailbox_key
"""
ADD_MAILBOX = """
INSERT INTO mailboxes (key, id, generation, queued_count, updated_at_ms)
VALUES (:key, :id, :generation, 0, :at_ms)
"""
COUNT_QUEUED = """
UPDATE mailboxes SET queued_count = (
    SELECT count(*) FROM mailbox_entries e
    WHERE e.mailbox_key = mailboxes.key AND e.status = 'queued')
"""
# As mailbox_heads says: the first of each lane, and lapsed claims, where no claim is alive.
MAKE_HEADS = f"""
{mailbox_heads.COPY} FROM mailbox_entries e
WHERE NOT EXISTS (SELECT 1 FROM mailbox_entries c WHERE c.mailbox_key = e.mailbox_key
        AND c.status = 'claimed' AND c.lease_ended = 0)
    AND (e.lease_ended = 1 OR e.status = 'queued' AND NOT EXISTS (
        SELECT 1 FROM mailbox_entries o
        WHERE o.mailbox_key = e.mailbox_key AND o.status = 'queued' AND o.rank = e.rank
            AND (o.available_at_ms, o.created_at_ms, o.id)
                < (e.available_at_ms, e.created_at_ms, e.id)))
"""
LOGS = """
SELECT log, max(last_seq) FROM (
    SELECT log, 0 AS last_seq FROM messages WHERE thread_key = :key
    UNION ALL SELECT log, last_seq FROM commits WHERE thread_key = :key)
GROUP BY log
"""
SEQS = "SELECT seq FROM messages WHERE thread_key = :thread_key AND log = :log"
ADD_MESSAGE = """
INSERT INTO messages (
    thread_key, log, seq, id, role, visibility, created_at_ms, fingerprint, content
) VALUES (:thread_key, :log, :seq, :id, 'system', 'internal', 0, :fingerprint, json_quote(:lost))
"""
THREADS = """
SELECT t.key, t.id, t.version, t.created_at_ms, coalesce(max(c.version), 0) FROM threads t
LEFT JOIN commits c ON c.thread_key = t.key GROUP BY t.key
"""
COMMITS = """
SELECT version, log, first_seq, last_seq, at_ms FROM commits WHERE thread_key = :key
"""
ADD_COMMIT = """
INSERT INTO commits (
    thread_key, version, reason, log, first_seq, last_seq, at_ms, snapshot
) VALUES (:key, :version, 'salvage', :log, :first, :last, :at_ms, :snapshot)
"""
HEAD_LOG = "SELECT log FROM thread_heads WHERE thread_key = :key"
# Of a head that is lost the messages still tell.
LAST_LOG = """
SELECT max(log) FROM (
    SELECT log FROM thread_heads WHERE thread_key = :key
    UNION ALL SELECT log FROM messages WHERE thread_key = :key)
"""
LAST_OF_LOG = """
SELECT coalesce(max(seq), 0) FROM messages WHERE thread_key = :key AND log = :log
"""
SET_HEAD = """
INSERT INTO thread_heads (thread_key, log, unsaved_commits, unsaved_bytes, state)
VALUES (:key, :log, 0, 0, '{}') ON CONFLICT (thread_key) DO UPDATE SET log = excluded.log
"""
SET_THREAD = "UPDATE threads SET version = :version, message_count = :count WHERE key = :key"
# A head that is there has its state; one that was made for its log alone has none yet.
LOST_STATES = """
SELECT t.key, t.id, t.version FROM threads t LEFT JOIN thread_heads h ON h.thread_key = t.key
WHERE (h.state IS NULL OR h.state = '{}') AND EXISTS (
    SELECT 1 FROM commits c WHERE c.thread_key = t.key
        AND (c.patches IS NOT NULL OR c.snapshot IS NOT NULL))
"""
SET_STATE = """
INSERT INTO thread_heads (thread_key, log, unsaved_commits, unsaved_bytes, state)
SELECT :key, c.log, 0, 0, :state FROM commits c WHERE c.thread_key = :key
ORDER BY c.version DESC LIMIT 1
ON CONFLICT (thread_key) DO UPDATE SET state = excluded.state
"""
# Where a commit goes that sets the state as it is; a thread may have lost all others.
NEXT_COMMIT = """
SELECT t.key, t.version + 1, h.log, t.message_count,
    coalesce((SELECT max(at_ms) FROM commits WHERE thread_key = t.key), t.created_at_ms), h.state
FROM threads t JOIN thread_heads h ON h.thread_key = t.key WHERE t.id = :id
"""
ORPHANS = 'SELECT "table", rowid, parent FROM pragma_foreign_key_check'
LAST_SEQ = """
SELECT max(coalesce((SELECT max(last_seq) FROM daemon), 0),
    coalesce((SELECT max(seq) FROM events), 0),
    coalesce((SELECT max(coalesce(promoted_seq, admitted_seq)) FROM session_inputs), 0))
"""
SET_DAEMON = """
INSERT INTO daemon (only, database_id, epoch, last_seq, clean_shutdown)
VALUES (1, :database_id, 0, :last_seq, 0)
ON CONFLICT (only) DO UPDATE SET database_id = excluded.database_id, last_seq = excluded.last_seq,
    clean_shutdown = 0
"""


class Mending:
    """Go through the nouns, those that others hang on first."""

    def __init__(self, db: apsw.Connection, names: Names) -> None:
        """Mend a database; `names` are ids of rows that indexes still know."""
        self._db = db
        self._names = names
        self.stand_ins: list[tuple[str, str, str]] = []
        self.orphans: list[tuple[str, int, str]] = []
        self.last_seq = 0

    def run(self, database_id: str) -> None:
        """Mend everything."""
        self._threads()
        self._turns()
        self._items()
        self._mailboxes()
        self._leave_out_orphans()
        for key, thread_id, version, at_ms, last in self._rows(THREADS):
            end = _end(_int(last), _int(version))
            self._thread(_int(key), str(thread_id), end, _int(at_ms))
        self._states()
        self.last_seq = _int(self._db.execute(LAST_SEQ).get)
        self._db.execute(SET_DAEMON, {"database_id": database_id, "last_seq": self.last_seq})

    def _rows(self, sql: str, **bindings: SqlValue) -> list[tuple[SqlValue, ...]]:
        return self._db.execute(sql, bindings).fetchall()

    def _name(self, key: int, *tables: str) -> str:
        known = (self._names.get((table, key)) for table in tables)
        return next((name for name in known if name), f"salvaged-{tables[0]}-{key}")

    def _add(self, sql: str, table: str, name: str, **told: SqlValue) -> None:
        """Make a stand-in; where its name is another's by now it gets one of its own."""
        try:
            self._db.execute(sql, {**told, "id": name})
        except apsw.ConstraintError:
            name = f"salvaged-{table}-{told['key']!s}"
            self._db.execute(sql, {**told, "id": name})
        self._stand_in(table, name)

    def _stand_in(self, table: str, name: str, reason: str = "its row is lost") -> None:
        self.stand_ins.append((table, name, reason))

    def _threads(self) -> None:
        self._db.execute(NAME_THREADS)
        for (key,) in self._rows(LOST_NAMES):
            name = self._name(_int(key), "thread_names", "threads")
            self._add(ADD_NAME, "thread_names", name, key=key)
        for key, thread_id, at_ms in self._rows(LOST_THREADS):
            told = {"at_ms": at_ms, "fingerprint": NO_FINGERPRINT}
            self._add(ADD_THREAD, "threads", str(thread_id), key=key, **told)

    def _turns(self) -> None:
        for key, thread_key, at_ms in self._rows(LOST_TURNS):
            name = self._name(_int(key), "turns")
            told = {"thread_key": thread_key, "at_ms": at_ms, "lost": LOST}
            self._add(ADD_TURN, "turns", name, key=key, **told)

    def _items(self) -> None:
        """Fill every turn's gaps: first with those that an input names, then with others."""
        named: dict[int, list[int]] = {}
        lost: list[tuple[int | None, int, int, SqlValue]] = []
        for key, turn_key in self._rows(LOST_ITEMS):
            named.setdefault(_int(turn_key), []).append(_int(key))
        for key, count, last, at_ms in self._rows(TURNS):
            turn_key, wanted = _int(key), named.get(_int(key), [])
            end = _end(_int(last), _int(count))
            there = {_int(row[0]) for row in self._rows(POSITIONS, key=turn_key)}
            gaps = [position for position in range(1, end + 1) if position not in there]
            gaps += range(end + 1, end + 1 + len(wanted) - len(gaps))
            for place, position in enumerate(gaps):
                item_key = wanted[place] if place < len(wanted) else None
                lost.append((item_key, turn_key, position, at_ms))
        # The keys that are asked for first: those that SQLite gives may be the same.
        for item_key, turn_key, position, at_ms in sorted(lost, key=lambda each: each[0] is None):
            name = f"salvaged-item-{turn_key}-{position}"
            name = name if item_key is None else self._name(item_key, "items")
            told = {"turn_key": turn_key, "position": position, "at_ms": at_ms, "lost": LOST}
            self._add(ADD_ITEM, "items", name, key=item_key, **told)
        self._db.execute(COUNT_ITEMS)
        for (item_id,) in self._rows(CLOSE_ITEMS):
            self._stand_in("items", str(item_id), "it is closed, as its turn is")
        for (input_id,) in self._rows(FORGET_REQUEUED):
            self._stand_in("session_inputs", str(input_id), "what it was requeued from is lost")
        for (seq,) in self._rows(NAME_EVENTS):
            self._stand_in("events", f"row {seq!s}", "its name is that of what it tells")
        for sql in (SET_ADMITTED, SET_PROMOTED):
            for (input_id,) in self._rows(sql):
                self._stand_in("session_inputs", str(input_id), "its seq is that of its event")

    def _mailboxes(self) -> None:
        for key, generation, at_ms in self._rows(LOST_MAILBOXES):
            name = self._name(_int(key), "mailboxes")
            told = {"generation": generation, "at_ms": at_ms}
            self._add(ADD_MAILBOX, "mailboxes", name, key=key, **told)
        self._db.execute(COUNT_QUEUED)
        self._db.execute(MAKE_HEADS)

    # -- threads, their messages and commits -----------------------------------------------------

    def _thread(self, key: int, thread_id: str, version: int, at_ms: int) -> None:
        """Fill the gaps of a thread's commits and logs, and count them."""
        log = self._commits(key, thread_id, version, at_ms)
        for of, last in self._rows(LOGS, key=key):
            self._messages(key, thread_id, _int(of), _int(last))
        if log or self._db.execute(HEAD_LOG, {"key": key}).get is not None:
            self._db.execute(SET_HEAD, {"key": key, "log": log})
        count = _int(self._db.execute(LAST_OF_LOG, {"key": key, "log": log}).get)
        self._db.execute(SET_THREAD, {"key": key, "version": version, "count": count})

    def _commits(self, key: int, thread_id: str, version: int, at_ms: int) -> int:
        """Fill the gaps between a thread's commits; tell which log is the last."""
        there = {_int(row[0]): [_int(each) for each in row[1:]]
                 for row in self._rows(COMMITS, key=key)}  # fmt: skip
        log, last = 0, 0
        for number in range(1, version + 1):
            if number in there:
                log, _, last, at_ms = there[number]
                continue
            following = there.get(number + 1)
            first, end = last + 1, last
            if following is not None and following[0] == log:
                end = max(last, following[1] - 1)
            elif following is None and number == version:
                newest = self._db.execute(LAST_LOG, {"key": key}).get
                if isinstance(newest, int) and log != newest <= number:
                    log, first = newest, 1 if newest == number else last + 1
                end = _int(self._db.execute(LAST_OF_LOG, {"key": key, "log": log}).get)
            told = {"key": key, "version": number, "log": log, "first": first, "at_ms": at_ms}
            self._db.execute(ADD_COMMIT, {**told, "last": max(end, first - 1), "snapshot": None})
            last = max(end, first - 1)
            self._stand_in("commits", f"{thread_id} version {number}")
        return log

    def _messages(self, key: int, thread_id: str, log: int, end: int) -> None:
        there = {_int(row[0]) for row in self._rows(SEQS, thread_key=key, log=log)}
        for seq in range(1, _end(max(there, default=0), end) + 1):
            if seq not in there:
                name = f"salvaged-{log}-{seq}"
                told = {"thread_key": key, "log": log, "seq": seq, "id": name, "lost": LOST}
                self._db.execute(ADD_MESSAGE, {**told, "fingerprint": NO_FINGERPRINT})
                self._stand_in("messages", f"{thread_id} {name}")

    def _states(self) -> None:
        """Make the states that are lost, and set those anew that the commits do not make."""
        db = Snapshot(self._db)
        for key, thread_id, version in self._rows(LOST_STATES):
            try:
                state = states.text_of(states.at_version(db, _int(key), _int(version)))
                reason = "its state is made of its commits"
            except CorruptRecord:
                state, reason = "{}", "its state is lost"
            self._db.execute(SET_STATE, {"key": key, "state": state})
            self._stand_in("thread_heads", str(thread_id), reason)
        for thread_id in list(states.broken(db)):
            key, version, log, last, at_ms, whole = self._rows(NEXT_COMMIT, id=thread_id)[0]
            told = {"key": key, "version": version, "log": log, "first": _int(last) + 1}
            self._db.execute(ADD_COMMIT, {**told, "last": last, "at_ms": at_ms, "snapshot": whole})
            self._db.execute(SET_THREAD, {"key": key, "version": version, "count": last})
            self._stand_in("commits", f"{thread_id} version {version!s}", "the state as it is")

    def _leave_out_orphans(self) -> None:
        """Take out what hangs on something that is lost, and what hangs on that."""
        while found := self._rows(ORPHANS):
            for table, key, parent in found:
                self._db.execute(f"DELETE FROM {table!s} WHERE rowid = ?", (key,))
                self.orphans.append((str(table), _int(key), f"what it has in {parent!s} is lost"))


def _int(value: SqlValue) -> int:
    assert isinstance(value, int)
    return value


def _end(found: int, told: int) -> int:
    """Tell where a row of numbers ends, by what is there and by what is said."""
    return told if found < told <= found + MAX_GAP else found
