"""Ids: what a client may mint, and what the daemon mints."""

import re
import uuid

import pytest

from sidecar.model import ids
from tests.support.source import START_MS

ALL_ONES = (1 << ids.RANDOM_BITS) - 1
LAWFUL = ["a", "7", "thr_0", "A.b:c@d-e_f", "x" * 128]
UNLAWFUL = ["", "_a", "-a", ".a", "a b", "a/b", "a\n", "\na", "é", "a\x00", "x" * 129]


@pytest.mark.parametrize("text", LAWFUL)
def test_a_client_may_mint(text: str) -> None:
    assert re.search(ids.ID_PATTERN, text)


@pytest.mark.parametrize("text", UNLAWFUL)
def test_a_client_may_not_mint(text: str) -> None:
    assert not re.search(ids.ID_PATTERN, text)


@pytest.mark.parametrize("text", ["a", " ", "é日本", "a/b c", "x" * 256])
def test_a_name_given_elsewhere_is_taken(text: str) -> None:
    assert re.search(ids.NAME_PATTERN, text)


@pytest.mark.parametrize("text", ["", "a\n", "a\tb", "\x7f", "\x85", "x" * 257])
def test_a_name_with_controls_or_without_end_is_refused(text: str) -> None:
    assert not re.search(ids.NAME_PATTERN, text)


@pytest.mark.parametrize("text", ["turn.started", "a/b:c-d_e", "0", "x" * 128])
def test_an_events_name_is_lower_case(text: str) -> None:
    assert re.search(ids.EVENT_PATTERN, text)


@pytest.mark.parametrize("text", ["", "Turn", "a b", "a\n", "turn.*", "x" * 129])
def test_an_events_name_is_nothing_else(text: str) -> None:
    assert not re.search(ids.EVENT_PATTERN, text)


@pytest.mark.parametrize(
    ("text", "is_lawful"),
    [("*", True), ("turn.*", True), ("turn.started", True), ("a*b", False), ("**", False)],
)
def test_a_glob_is_a_name_or_a_prefix(text: str, *, is_lawful: bool) -> None:
    assert bool(re.search(ids.EVENT_GLOB_PATTERN, text)) == is_lawful


@pytest.mark.parametrize("random_bits", [0, 1, 1 << 62, ALL_ONES])
def test_a_minted_id_is_a_prefix_and_a_uuid_of_version_7(random_bits: int) -> None:
    minted = ids.mint("thr", START_MS, random_bits)
    prefix, _, text = minted.partition("_")
    value = uuid.UUID(hex=text)
    assert prefix == "thr"
    assert re.search(ids.ID_PATTERN, minted)
    assert (value.version, value.variant) == (7, uuid.RFC_4122)
    assert value.int >> 80 == START_MS


def test_no_random_bit_is_lost() -> None:
    drawn = [0, *(1 << bit for bit in range(ids.RANDOM_BITS)), ALL_ONES]
    assert len({ids.mint("turn", START_MS, bits) for bits in drawn}) == len(drawn)


def test_ids_sort_as_they_were_made() -> None:
    made = [ids.mint("item", START_MS + step, ALL_ONES - step) for step in range(300)]
    assert made == sorted(made)


def test_a_moment_beyond_what_an_id_has_room_for_spoils_no_other_bit() -> None:
    far_ms = (1 << 48) + START_MS
    assert ids.mint("thr", far_ms, ALL_ONES) == ids.mint("thr", START_MS, ALL_ONES)
    last_ms = (1 << 48) - 1
    assert int(ids.mint("thr", last_ms, 0).removeprefix("thr_"), 16) >> 80 == last_ms


def test_more_random_bits_than_there_is_room_for_are_a_bug() -> None:
    with pytest.raises(AssertionError):
        ids.mint("thr", START_MS, ALL_ONES + 1)
