"""What the house says of runs and steps is found where somebody has broken it."""

from pathlib import Path

import pytest

from sidecar.store import upkeep
from tests.store.crashes import before_the_crash
from tests.store.run_steps import make_step
from tests.store.support import spoil

SPOILT = [
    ("runs", "ended_at_ms = 1", "a run has ended and has no end, or has one and is open"),
    ("runs", "status = 'failed'", "a run has ended and has no end, or has one and is open"),
    ("runs", "started_at_ms = NULL", "a run is in progress and never started"),
    ("runs", "parent_run_id = id", "a run is its own parent"),
    ("steps", "status = 'completed'", "a step's stamps are not those of its status"),
    ("steps", "failed_at_ms = 1", "a step's stamps are not those of its status"),
    ("steps", "failed_at_ms = 1, status = 'completed'", "a step's stamps are not those"),
]


@pytest.mark.parametrize(("table", "change", "sentence"), SPOILT)
def test_a_broken_law_is_found(folder: Path, table: str, change: str, sentence: str) -> None:
    path = folder / "sidecar.db"
    with before_the_crash(folder) as peer:
        make_step(peer, "in_progress")
    assert upkeep.check(path, full=True) == []
    spoil(path, f"UPDATE {table} SET {change}")
    findings = upkeep.check(path, full=True)
    assert any(finding.startswith(sentence) for finding in findings), findings
