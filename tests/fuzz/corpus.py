"""What is kept of fuzzing: an input a line in base64, and after it what it shows."""

from base64 import b64decode, b64encode
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).parent / "corpus"
# A target's share of what the fuzzer starts from and every test run repeats.
MAX_BYTES = 4 * 1024


class Kept(NamedTuple):
    """Be one input, and why it is kept."""

    data: bytes
    why: str


def names() -> list[str]:
    """Name the targets: those that have a corpus."""
    return sorted(path.stem for path in CORPUS.glob("*.txt"))


def kept(name: str) -> list[Kept]:
    """Read what is kept for a target."""
    lines = (CORPUS / f"{name}.txt").read_text().splitlines()
    parts = [line.partition("#") for line in lines]
    return [Kept(b64decode(text.strip()), why.strip()) for text, _, why in parts]


def line(data: bytes, why: str) -> str:
    """Write what `kept` reads."""
    return f"{b64encode(data).decode()}  # {why}\n"
