"""The types for TypeScript say what the document says."""

import json
from typing import Any

import pytest

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.model.errors import every_error
from sidecar.model.event import DAEMON_EVENTS
from sidecar.rpc.openrpc import document
from sidecar.rpc.registry import REGISTRY
from sidecar.rpc.typescript import WIDTH, params_name, retries, typescript

TREE: Any = json.loads(document())
TYPES = typescript(TREE)


def declared(name: str) -> str:
    """Cut one declaration out of all."""
    start = TYPES.index(f"export interface {name} {{")
    return TYPES[start : TYPES.index("\n}\n", start)]


def test_it_is_the_same_whenever_it_is_made() -> None:
    assert typescript(json.loads(document())) == TYPES


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_method_has_params_and_a_result(name: str) -> None:
    assert f" {params_name(name)} " in TYPES
    assert params_name(name) in declared("Methods")
    assert f'"{name}": "' in retries(TREE) or f'{name}: "' in retries(TREE)


def test_everything_else_in_the_document_is_declared() -> None:
    for name in TREE["components"]["schemas"]:
        assert f"export interface {name} {{" in TYPES or f"export type {name} = " in TYPES
    for name in TREE["components"]["x-notifications"]:
        assert f'"{name}": ' in declared("Notifications")
    for name in DAEMON_EVENTS:
        assert f'"{name}": ' in declared("DaemonEvents")
    for error in every_error():
        assert f'  | "{error.kind}"' in TYPES
        assert f"  {error.kind}: {error.code};" in declared("ErrorCodes")
        assert f"  {error.kind}: " in declared("ErrorDetails")


def test_the_payload_of_every_event_of_the_daemon_is_known() -> None:
    assert ": Json" not in declared("DaemonEvents")


def test_what_may_be_left_out_may_be_null() -> None:
    params = declared("TurnStartParams")
    assert "\n  threadId: string;" in params
    assert "\n  turnId?: string | null;" in params
    assert '/** Default: `"in_progress"`. */\n  status?: "in_progress" | "queued" | null;' in params
    assert "\n  metadata?: Json;" in params


def test_a_record_that_is_answered_has_all_its_members() -> None:
    assert "inputTokens?: number | null;" in declared("Usage")
    assert "usage?: Usage | null;" in declared("TurnCompleteParams")
    assert "usage: Required<Usage> | null;" in declared("Turn")
    assert "maxBatch: number;" in declared("Limits")


def test_lines_are_no_longer_than_prettier_would_leave_them() -> None:
    assert [line for line in TYPES.splitlines() if len(line) > WIDTH] == []
