"""Vectors are only ever added to: what a version has promised stands, and is replayed, for ever."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.contract.replay import VECTORS

# The lines that each file had in a version, and their digest. A version that is released never
# changes here; `python -m tests.contract.test_history` writes down that of `CURRENT`, which is not.
PROMISED = Path(__file__).with_name("promised.json")
CURRENT = "0.1.0"

Promise = dict[str, tuple[int, str]]


def promises() -> dict[str, Promise]:
    found: dict[str, Promise] = json.loads(PROMISED.read_text())
    return found


def digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def lines_of(name: str) -> list[str]:
    return (VECTORS / name).read_text().splitlines()


@pytest.mark.parametrize("version", promises())
def test_every_line_of_a_version_is_still_there_and_the_same(version: str) -> None:
    for name, (count, told) in promises()[version].items():
        begin = lines_of(name)[:count]
        assert len(begin) == count, f"{name} has lost lines that {version} had"
        assert digest(begin) == told, f"{name} is not what it was in {version}: add at its end"


def test_every_file_is_promised() -> None:
    assert {*promises()[CURRENT]} <= {path.name for path in VECTORS.glob("*.jsonl")}
    assert promises()[CURRENT]


def promise() -> None:
    """Write down what the vectors are now."""
    now = {
        path.name: (len(lines_of(path.name)), digest(lines_of(path.name)))
        for path in sorted(VECTORS.glob("*.jsonl"))
    }
    known = promises() if PROMISED.exists() else {}
    PROMISED.write_text(json.dumps({**known, CURRENT: now}, indent=1) + "\n")


if __name__ == "__main__":
    promise()
