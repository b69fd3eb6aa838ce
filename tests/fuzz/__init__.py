"""Targets of fuzzing, one a module: `fuzz(data)` raises where the product breaks a promise.

`scripts/fuzz` feeds them with what atheris finds; `test_corpus.py` with what is kept of it.
"""
