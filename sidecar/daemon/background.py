"""The daemon's own work beside its peers': in pieces, with more time for others than for it."""

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import structlog

from sidecar.model.errors import Outage
from sidecar.store import pruning
from sidecar.store.database import Database
from sidecar.store.pruning import Stretch, Wanted

if TYPE_CHECKING:
    from sidecar.daemon.desk import Desk

log = structlog.get_logger()
Made = TypeVar("Made")
# Time that is left to others after each piece, in times of the piece: it costs them a third at
# worst.
OTHERS_SHARE = 2
# The least of it; the loop's clock is no finer.
LEAST_PAUSE_S = 0.001


def checkpoint(database: Database) -> None:
    """Keep the log short; nobody else can tell an operator why it grows."""
    try:
        held_up = database.checkpoint_if_due()
    except Outage as outage:
        log.warning("the log cannot be copied into the database", **outage.details)
        return
    if held_up:
        log.warning("a reader elsewhere holds up the write-ahead log", pages=held_up)


async def gently(desk: "Desk", piece: Callable[[], Made]) -> Made:
    """Do a piece with the writer's connection, then leave that to the others for a while."""
    started = desk.loop.time()
    made = await desk.asides.run(piece)
    took_s = desk.loop.time() - started
    await asyncio.sleep(max(LEAST_PAUSE_S, OTHERS_SHARE * took_s))
    return made


async def on_thread(run: Callable[[Callable[[], bool]], Made]) -> Made:
    """Run what takes its time; when the daemon cannot wait any longer, it is told so.

    Then too it is begun, and waited for: what it would leave behind it takes away itself.
    """
    cut_off = threading.Event()
    made = asyncio.ensure_future(asyncio.to_thread(run, cut_off.is_set))
    try:
        return await asyncio.shield(made)
    except asyncio.CancelledError:
        cut_off.set()
        await asyncio.wait([made])
        raise


async def prune(desk: "Desk", wanted: Wanted) -> Stretch:
    """Prune events piece by piece; tell what went.

    When it is cut off in between, what has gone has gone; it may be asked for again.
    """
    database = desk.database
    whole = Stretch(0, 0, 0)
    while True:
        piece = await gently(desk, lambda: database.transact(lambda tx: pruning.prune(tx, wanted)))
        if piece is None:
            return whole
        whole = Stretch(whole.events + piece.events, whole.size + piece.size, piece.until)


async def purge(desk: "Desk", older_than_at_ms: int) -> int:
    """Forget old mailbox entries piece by piece; tell how many."""
    database = desk.database
    purged = 0
    while True:
        piece = await gently(
            desk, lambda: database.transact(lambda tx: pruning.purge(tx, older_than_at_ms))
        )
        if not piece:
            return purged
        purged += piece


async def give_back(desk: "Desk") -> None:
    """Give free pages back to the system piece by piece."""
    while await gently(desk, lambda: pruning.give_back(desk.database.writer)):
        pass
