"""Errors: the contract's table, written again by hand."""

import re

import pytest

from sidecar.model.errors import (
    UNIVERSAL,
    IllegalTransition,
    InvalidParams,
    ProtocolError,
    every_error,
)

# Code, kind and details, as the contract's section on errors has them; those of resources that
# are not served yet stand below.
CONTRACT: list[tuple[int, str, tuple[str, ...]]] = [
    (-32600, "invalid_request", ()),
    (-32601, "method_not_found", ()),
    (-32602, "invalid_params", ("path", "reason")),
    (-32603, "internal", ("incident",)),
    (-32700, "parse_error", ()),
    (-32800, "request_cancelled", ()),
    (1001, "thread_not_found", ("id",)),
    (1002, "turn_not_found", ("id",)),
    (1003, "item_not_found", ("id",)),
    (1004, "session_input_not_found", ("id",)),
    (1005, "message_not_found", ("id",)),
    (1006, "run_not_found", ("id",)),
    (1007, "step_not_found", ("id",)),
    (1008, "mailbox_entry_not_found", ("id",)),
    (1009, "subscription_not_found", ("id",)),
    (1010, "request_not_found", ("id",)),
    (2001, "already_exists", ("id",)),
    (2002, "idempotency_mismatch", ("id",)),
    (2003, "version_mismatch", ("expected", "actual")),
    (2004, "illegal_transition", ("machine", "from", "to", "legal")),
    (2005, "turn_active", ("activeTurnId",)),
    (2006, "no_active_turn", ("activeTurnId",)),
    (2007, "turn_mismatch", ("activeTurnId",)),
    (2008, "thread_archived", ()),
    (2009, "invalid_hierarchy", ("reason",)),
    (2010, "generation_mismatch", ("expected", "actual")),
    (2011, "input_not_pending", ("status", "turnId")),
    (2012, "not_append_only", ("messageId",)),
    (2013, "patch_failed", ("index", "path", "reason")),
    (3001, "claim_lost", ("entryId",)),
    (4001, "limit_exceeded", ("limit", "max", "actual")),
    (4002, "message_too_large", ("limit", "max", "actual")),
    (4003, "overloaded", ()),
    (4004, "forbidden", ()),
    (5001, "corrupt_record", ("table", "key")),
    (5002, "storage_unavailable", ("reason",)),
    (5003, "draining", ()),
]
RETRYABLE = {"overloaded", "draining"}
NOT_SERVED_YET = {
    "request_not_found",
}


def test_the_errors_are_the_contracts() -> None:
    served = [(error.code, error.kind, error.fields) for error in every_error()]
    expected = [row for row in CONTRACT if row[1] not in NOT_SERVED_YET]
    assert sorted(served) == sorted(expected)


def test_a_code_and_a_kind_are_used_once() -> None:
    errors = every_error()
    assert len({error.code for error in errors}) == len(errors)
    assert len({error.kind for error in errors}) == len(errors)


def test_only_what_passes_by_itself_may_be_tried_again() -> None:
    assert {error.kind for error in every_error() if error.retryable} == RETRYABLE


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.kind)
def test_a_message_is_one_plain_sentence(error: type[ProtocolError]) -> None:
    assert re.fullmatch(r"[A-Z][^\n]*[^.]", error.message())


def test_the_data_has_the_kind_and_the_details() -> None:
    error = InvalidParams(path="usage.tokens", reason="unknown")
    assert error.data() == {
        "kind": "invalid_params",
        "retryable": False,
        "path": "usage.tokens",
        "reason": "unknown",
    }


def test_an_error_reads_as_its_message() -> None:
    assert str(InvalidParams(path="a", reason="b")) == InvalidParams.message()


def test_an_error_without_its_details_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        IllegalTransition(machine="turn")


def test_what_any_request_may_meet_is_known() -> None:
    assert set(UNIVERSAL) <= set(every_error())
