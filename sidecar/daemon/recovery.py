"""Mend what the last process left unfinished, in one transaction, before anybody can connect."""

from sidecar.model.recovery import (
    Quarantined,
    RecoveredTurn,
    RecoverMode,
    RecoveryReport,
    plan,
    plan_runs,
)
from sidecar.store import recovery
from sidecar.store.database import Database
from sidecar.store.transaction import Tx


def recover(database: Database, mode: RecoverMode) -> RecoveryReport:
    """Find, plan, apply and report; running it twice changes nothing.

    Raises an Outage if the database cannot be written.
    """
    started_ms = database.source.now_ms()
    database.begin()
    try:
        report = database.attempt(lambda tx: _mend(tx, database, mode, started_ms), started_ms)
    except BaseException:
        database.rollback()
        raise
    database.commit()
    return report


def _mend(tx: Tx, database: Database, mode: RecoverMode, started_ms: int) -> RecoveryReport:
    turns: list[RecoveredTurn] = []
    requeued: list[str] = []
    quarantined: list[Quarantined] = []
    for step in plan(recovery.find(tx), mode):
        input_ids, broken = recovery.apply(tx, step)
        requeued += input_ids
        quarantined += broken
        turns.append(
            RecoveredTurn(
                turn_id=step.turn.turn_id,
                thread_id=step.turn.thread_id,
                from_=step.turn.status,
                item_ids=list(step.turn.item_ids),
                input_ids=list(step.turn.input_ids),
            )
        )
    run_ids: list[str] = []
    for end in plan_runs(recovery.find_runs(tx)):
        quarantined += recovery.end_run(tx, end)
        run_ids.append(end.run.run_id)
    report = RecoveryReport(
        epoch=database.epoch,
        clean_shutdown=database.clean_shutdown,
        took_ms=max(0, database.source.now_ms() - started_ms),
        turns=turns,
        run_ids=run_ids,
        requeued_input_ids=requeued,
        pending_input_count=recovery.pending_count(tx),
        quarantined=quarantined,
    )
    if report.found_anything():
        tx.emit("recovery.completed", report, noun=None, thread_key=None)
    return report
