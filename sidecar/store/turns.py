"""Keep turns: start, queue, steer, interrupt, close; at most one in progress per thread."""

from typing import Literal, NamedTuple

from sidecar.model.errors import TurnActive, TurnNotFound
from sidecar.model.fields import Order
from sidecar.model.json_value import NULL, Json, compact
from sidecar.model.turn import TURN, OpenStatus, Turn, TurnError, TurnStatus, Usage
from sidecar.store import items, threads
from sidecar.store.paging import after, encode_cursor
from sidecar.store.rows import Row, Value, reader
from sidecar.store.transaction import Snapshot, Tx

Origin = Literal["started", "queued", "promoted"]

COLUMNS = """
    u.id, (SELECT t.id FROM threads t WHERE t.key = u.thread_key), u.status, u.input_summary,
    u.metadata, u.steer_count, u.item_count, u.interrupt_requested_at_ms, u.recovered,
    u.created_at_ms, u.started_at_ms, u.ended_at_ms, u.error_kind, u.error_message, u.has_usage,
    u.input_tokens, u.output_tokens, u.cached_tokens, u.miss_tokens, u.reasoning_tokens,
    u.cost_usd, u.key
"""
FIND = (
    "SELECT key, thread_key, status, origin, started_at_ms, fingerprint FROM turns WHERE id = :id"
)
FIND_KEY = (
    "SELECT key, thread_key, status, origin, started_at_ms, fingerprint FROM turns WHERE key = :key"
)
ACTIVE = "SELECT key, id FROM turns WHERE thread_key = :thread_key AND status = 'in_progress'"
GET = f"SELECT {COLUMNS} FROM turns u WHERE u.key = :key"
INSERT = """
INSERT INTO turns (
    id, thread_key, status, origin, input_summary, metadata, has_usage, steer_count, item_count,
    recovered, created_at_ms, started_at_ms, fingerprint
) VALUES (
    :id, :thread_key, :status, :origin, :input_summary, :metadata, 0, 0, 0, 0, :now_ms,
    :started_at_ms, :fingerprint
)
"""
START = """
UPDATE turns SET status = 'in_progress', started_at_ms = :now_ms
WHERE key = :key AND status = 'queued'
"""
STEER = "UPDATE turns SET steer_count = steer_count + 1 WHERE key = :key AND status = 'in_progress'"
REQUEST_INTERRUPT = """
UPDATE turns SET interrupt_requested_at_ms = :now_ms
WHERE key = :key AND status = 'in_progress' AND interrupt_requested_at_ms IS NULL
"""
CLOSE = """
UPDATE turns SET status = :status, ended_at_ms = coalesce(ended_at_ms, :ended_at_ms),
    recovered = max(recovered, :recovered), error_kind = :error_kind,
    error_message = :error_message
WHERE key = :key AND status IN (SELECT value FROM json_each(:sources))
"""
COUNT_USAGE = """
UPDATE turns SET has_usage = 1, input_tokens = :input_tokens, output_tokens = :output_tokens,
    cached_tokens = :cached_tokens, miss_tokens = :miss_tokens,
    reasoning_tokens = :reasoning_tokens, model = :model, provider = :provider,
    cost_usd = :cost_usd, cost_without_cache_usd = :cost_without_cache_usd
WHERE key = :key
"""
LIST_ASC = f"""
SELECT {COLUMNS} FROM turns u
WHERE u.thread_key = :thread_key AND u.key > :after AND (:status IS NULL OR u.status = :status)
ORDER BY u.key LIMIT :limit
"""
LIST_DESC = f"""
SELECT {COLUMNS} FROM turns u
WHERE u.thread_key = :thread_key AND u.key < :after AND (:status IS NULL OR u.status = :status)
ORDER BY u.key DESC LIMIT :limit
"""
INCOMPLETE = f"""
SELECT {COLUMNS} FROM turns u INDEXED BY turns_incomplete
WHERE u.status IN ('queued', 'in_progress') AND u.key > :after
ORDER BY u.key LIMIT :limit
"""
LAST_KEY = 2**62

_read = reader(Turn, "turns")


def read(row: Row) -> Turn:
    """Read a row of COLUMNS."""
    (
        id_, thread_id, status, input_summary, metadata, steer_count, item_count,
        interrupt_requested_at_ms, recovered, created, started, ended, error_kind,
        error_message, has_usage, *usage, _key,
    ) = row  # fmt: skip
    duration: Value = None
    if isinstance(started, int) and isinstance(ended, int):
        duration = max(0, ended - started)
    error: Value = None
    if error_kind is not None:
        error = {"kind": error_kind, "message": error_message}
    return _read(
        (
            id_, thread_id, status, input_summary, metadata,
            dict(zip(USAGE_NAMES, usage, strict=True)) if has_usage else None, error,
            steer_count, item_count, interrupt_requested_at_ms, recovered, created, started,
            ended, duration,
        )
    )  # fmt: skip


USAGE_NAMES = (
    "inputTokens",
    "outputTokens",
    "cachedTokens",
    "missTokens",
    "reasoningTokens",
    "costUsd",
)


class TurnKey(NamedTuple):
    """Be what a verb needs of a turn."""

    key: int
    thread_key: int
    status: str
    origin: str
    started_at_ms: int | None
    fingerprint: bytes | None


class ActiveTurn(NamedTuple):
    """Be the turn in progress of a thread."""

    key: int
    id: str


def find(db: Snapshot, turn_id: str) -> TurnKey | None:
    """Look a turn up by its id."""
    row = db.row(FIND, id=turn_id)
    return None if row is None else _turn_key(row)


def at(db: Snapshot, key: int) -> TurnKey:
    """Look a turn up by its key."""
    row = db.row(FIND_KEY, key=key)
    assert row is not None, "the turn is there"
    return _turn_key(row)


def _turn_key(row: Row) -> TurnKey:
    key, thread_key, status, origin, started_at_ms, fingerprint = row
    assert isinstance(key, int) and isinstance(thread_key, int)
    assert isinstance(status, str) and isinstance(origin, str)
    assert started_at_ms is None or isinstance(started_at_ms, int)
    assert fingerprint is None or isinstance(fingerprint, bytes)
    return TurnKey(key, thread_key, status, origin, started_at_ms, fingerprint)


def require(db: Snapshot, turn_id: str) -> TurnKey:
    """Look a turn up or refuse with `turn_not_found`."""
    found = find(db, turn_id)
    if found is None:
        raise TurnNotFound(id=turn_id)
    return found


def active(db: Snapshot, thread_key: int) -> ActiveTurn | None:
    """Find the turn in progress of a thread."""
    row = db.row(ACTIVE, thread_key=thread_key)
    if row is None:
        return None
    assert isinstance(row[0], int) and isinstance(row[1], str)
    return ActiveTurn(row[0], row[1])


def require_idle(db: Snapshot, thread_key: int) -> None:
    """Refuse with `turn_active` while a turn is in progress."""
    busy = active(db, thread_key)
    if busy is not None:
        raise TurnActive(activeTurnId=busy.id)


def get(db: Snapshot, key: int) -> Turn:
    """Read one turn by its key."""
    row = db.row(GET, key=key)
    assert row is not None, "the turn is there"
    return read(row)


def emit(tx: Tx, event: str, key: int, thread_key: int, *, forced: bool = False) -> Turn:
    """Append an event that holds the turn as it is now, and answer the turn."""
    turn = get(tx, key)
    tx.emit(event, turn, noun="turn", thread_key=thread_key, turn_key=key, forced=forced)
    return turn


def create(
    tx: Tx,
    thread_key: int,
    turn_id: str | None,
    status: OpenStatus,
    *,
    origin: Origin,
    input_summary: str | None = None,
    metadata: Json = NULL,
    fingerprint: bytes | None = None,
) -> int:
    """Create a turn, queued or in progress, with its event, and tell its key.

    Refuses a second turn in progress with `turn_active`; the index holds the same law.
    """
    if status == "in_progress":
        require_idle(tx, thread_key)
    key = tx.insert(
        INSERT,
        id=turn_id or tx.mint("turn"),
        thread_key=thread_key,
        status=status,
        origin=origin,
        input_summary=input_summary,
        metadata=compact(metadata),
        now_ms=tx.now_ms,
        started_at_ms=tx.now_ms if status == "in_progress" else None,
        fingerprint=fingerprint,
    )
    emit(tx, "turn.started" if status == "in_progress" else "turn.queued", key, thread_key)
    if status == "in_progress":
        threads.touch(tx, thread_key)
    return key


def start_queued(tx: Tx, turn: TurnKey) -> None:
    """Start a queued turn; refuses as its table and the thread's idleness say."""
    TURN.check(turn.status, "in_progress")
    require_idle(tx, turn.thread_key)
    tx.change(START, key=turn.key, now_ms=tx.now_ms)
    emit(tx, "turn.started", turn.key, turn.thread_key)
    threads.touch(tx, turn.thread_key)


def count_steer(tx: Tx, key: int, thread_key: int) -> Turn:
    """Count that the turn in progress was steered."""
    tx.change(STEER, key=key)
    return emit(tx, "turn.steered", key, thread_key)


def request_interrupt(tx: Tx, key: int, thread_key: int) -> Turn:
    """Record that somebody wants the turn to stop; again it is no event."""
    if tx.change_all(REQUEST_INTERRUPT, key=key, now_ms=tx.now_ms) == 0:
        return get(tx, key)
    return emit(tx, "turn.interrupt_requested", key, thread_key)


def close(
    tx: Tx,
    turn: TurnKey,
    status: TurnStatus,
    *,
    usage: Usage | None,
    error: TurnError | None,
    ended_at_ms: int,
    forced: bool = False,
    recovered: bool = False,
) -> Turn:
    """End a turn: its open items first, then its row, then its event.

    A forced close goes around the table and keeps the time of the first end. Without a usage
    the one that was given before stays.
    """
    items.close_open(tx, turn.key, turn.thread_key, status, ended_at_ms=ended_at_ms)
    tx.change(
        CLOSE,
        key=turn.key,
        status=status,
        sources=_sources(status, forced=forced),
        ended_at_ms=ended_at_ms,
        recovered=recovered,
        error_kind=error.kind if error else None,
        error_message=error.message if error else None,
    )
    if usage is not None:
        _count_usage(tx, turn, usage)
    return emit(tx, "turn.completed", turn.key, turn.thread_key, forced=forced)


def _count_usage(tx: Tx, turn: TurnKey, usage: Usage) -> None:
    """Fix what the turn used and what that costs, by the prices of this moment."""
    model, provider = threads.model_of(tx, turn.thread_key)
    cost = tx.prices.cost(usage, model, provider)
    tx.change(
        COUNT_USAGE,
        key=turn.key,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_tokens=usage.cached_tokens,
        miss_tokens=usage.miss_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        model=model,
        provider=provider,
        cost_usd=cost.usd if cost else None,
        cost_without_cache_usd=cost.without_cache_usd if cost else None,
    )


def _sources(status: str, *, forced: bool) -> str:
    names = TURN.statuses if forced else [s for s in TURN.statuses if status in TURN.transitions[s]]
    return "[" + ",".join(f'"{name}"' for name in names) + "]"


def list_page(
    db: Snapshot,
    thread_key: int,
    cursor: str | None,
    limit: int,
    order: Order,
    status: str | None,
) -> tuple[list[Turn], str | None]:
    """Read a page of a thread's turns in the order they were made, or the other way."""
    statement, start = (LIST_ASC, 0) if order == "asc" else (LIST_DESC, LAST_KEY)
    rows, has_more = db.page(
        statement, limit, thread_key=thread_key, after=after(cursor, start), status=status
    )
    return _page(rows, has_more=has_more)


def incomplete_page(db: Snapshot, cursor: str | None, limit: int) -> tuple[list[Turn], str | None]:
    """Read a page of all turns that are queued or in progress, oldest first."""
    rows, has_more = db.page(INCOMPLETE, limit, after=after(cursor))
    return _page(rows, has_more=has_more)


def _page(rows: list[Row], *, has_more: bool) -> tuple[list[Turn], str | None]:
    next_cursor = None
    if has_more:
        last_key = rows[-1][-1]
        assert isinstance(last_key, int)
        next_cursor = encode_cursor(last_key)
    return [read(row) for row in rows], next_cursor
