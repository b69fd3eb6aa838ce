"""Choices made by bytes: the fuzzer changes the bytes, and with them what is chosen."""

from collections.abc import Sequence
from typing import Any, TypeVar

from tests.support.garbage import STRANGE

Chosen = TypeVar("Chosen")
# What is worth meeting again in one value: keys of each other, signs of pointers, edges.
WORDS = ("", "a", "b", "~", "/", "-", "0", "1", "00", "é", "\U0001f600", "a b", "null")
NUMBERS: tuple[Any, ...] = (
    0, 1, -1, 2, 0.5, -0.0, 1e308, 1e-320, 2**53 - 1, 2**53, -(2**63), 2**64, 10**30, 0.1,
)  # fmt: skip
MAX_PARTS = 3


class Bits:
    """Be read from the front; past the end everything is 0, so that all trees end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_left(self) -> bool:
        return self._at < len(self._data)

    def byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def number(self, below: int) -> int:
        assert below > 0, "there is nothing to choose from"
        value = self.byte() if below <= 256 else self.byte() << 8 | self.byte()
        return value % below

    def rarely(self, one_in: int = 16) -> bool:
        """Say yes to one byte in so many; never past the end."""
        return self.byte() % one_in == one_in - 1

    def pick(self, among: Sequence[Chosen]) -> Chosen:
        return among[self.number(len(among))]

    def take(self, most: int) -> bytes:
        taken = self._data[self._at : self._at + self.number(most + 1)]
        self._at += len(taken)
        return taken

    def rest(self) -> bytes:
        rest, self._at = self._data[self._at :], len(self._data)
        return rest

    def text(self) -> str:
        """Make a text, of a few words or as it stands in the bytes."""
        if self.rarely(4):
            return self.take(24).decode(errors="replace")
        return self.pick(WORDS)

    def value(self, depth: int = 4) -> Any:
        """Make a JSON value, perhaps one that JSON cannot hold."""
        match self.number(8):
            case 0:
                return None
            case 1:
                return self.pick(NUMBERS)
            case 2:
                return self.pick((True, False))
            case 3 if depth:
                return [self.value(depth - 1) for _ in range(self.number(MAX_PARTS + 1))]
            case 4 | 5 if depth:
                count = self.number(MAX_PARTS + 1)
                return {self.text(): self.value(depth - 1) for _ in range(count)}
            case 6 if self.rarely(4):
                return self.pick(STRANGE)
            case _:
                return self.text()
