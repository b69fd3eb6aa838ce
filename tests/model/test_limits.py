"""The limits that the contract names are the numbers it names."""

import pytest

from sidecar.model import limits

KIB, MIB = 1_024, 1_048_576
CONTRACT = {
    "MAX_MESSAGE_BYTES": 16 * MIB,
    "MAX_BATCH": 1_000,
    "MAX_PROMPT_CHARS": 1_048_576,
    "MAX_PENDING_INPUTS": 1_000,
    "MAX_CONNECTIONS": 256,
    "MAX_IN_FLIGHT": 1_024,
    "MAX_HEADER_BYTES": 4 * KIB,
    "MAX_APPEND_EVENTS": 1_000,
    "MAX_APPEND_MESSAGES": 1_000,
    "MAX_ATOMIC_CALLS": 100,
    "MAX_PAGE": 200,
    "DEFAULT_PAGE": 50,
    "MAX_EVENT_PAGE": 5_000,
    "DEFAULT_EVENT_PAGE": 500,
    "MAX_CLAIM": 100,
    "MAX_ENDED_CLAIMS": 100,
    "MAX_WAIT_MS": 60_000,
    "MAX_INTEGER": 9_007_199_254_740_991,
}


@pytest.mark.parametrize("name", CONTRACT)
def test_a_limit_is_the_contracts(name: str) -> None:
    assert getattr(limits, name) == CONTRACT[name]


def test_what_arrives_fits_what_may_arrive() -> None:
    assert limits.MAX_MESSAGE_BYTES * 2 == limits.MAX_IN_FLIGHT_BYTES
    # A state stands in the params of a request, which is two levels.
    assert limits.MAX_STATE_DEPTH + 2 == limits.MAX_DEPTH
    assert limits.MAX_STATE_BYTES == limits.MAX_MESSAGE_BYTES
    assert limits.MAX_ATOMIC_ANSWER_BYTES == limits.MAX_BATCH_ANSWER_BYTES


def test_an_answer_is_bounded_far_below_the_memory_of_a_small_machine() -> None:
    pages = (limits.MAX_PAGE_BYTES, limits.SUBSCRIPTION_PAGE_BYTES, limits.MAX_UNSENT_BYTES)
    assert all(KIB < size <= limits.MAX_MESSAGE_BYTES for size in pages)
    assert limits.MAX_BATCH_ANSWER_BYTES <= 64 * MIB
