"""What fuzzing has found stays found: every kept input is run again, without the fuzzer."""

import importlib

import pytest

from tests.fuzz import corpus


@pytest.mark.parametrize("name", corpus.names())
def test_what_is_kept_breaks_no_promise(name: str) -> None:
    target = importlib.import_module(f"tests.fuzz.{name}")
    try:
        for each in corpus.kept(name):
            target.fuzz(each.data)
    finally:
        # Those that hold a store or a folder.
        getattr(target, "close", int)()


def test_the_corpus_is_small_and_says_what_it_is_for() -> None:
    for name in corpus.names():
        kept = corpus.kept(name)
        assert kept and all(each.why for each in kept), name
        assert sum(len(each.data) for each in kept) <= corpus.MAX_BYTES, name
