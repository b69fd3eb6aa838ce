"""A status machine is a table: what a record may become from each of its statuses."""

from collections.abc import Mapping

import msgspec

from sidecar.model.errors import IllegalTransition, JsonDetail


class Machine(msgspec.Struct, frozen=True):
    """Hold the lawful transitions of one noun; a status without any is terminal.

    The same table serves the handlers' checks, the guard of the UPDATE, the parity with the
    SQL CHECK, the tests of every pair and the diagram in the reference.
    """

    noun: str
    transitions: Mapping[str, tuple[str, ...]]

    @property
    def statuses(self) -> tuple[str, ...]:
        """List all statuses in the order in which a life passes them."""
        return tuple(self.transitions)

    @property
    def terminal(self) -> frozenset[str]:
        """Name the statuses that nothing leaves."""
        return frozenset(status for status, onward in self.transitions.items() if not onward)

    @property
    def open(self) -> tuple[str, ...]:
        """Name the statuses that something may still leave."""
        return tuple(status for status, onward in self.transitions.items() if onward)

    def check(self, current: str, wanted: str) -> None:
        """Refuse a transition that the table does not have with `illegal_transition`."""
        if wanted not in self.transitions[current]:
            raise self.refusal(current, wanted)

    def refusal(self, current: str, wanted: str) -> IllegalTransition:
        """Make the error for a transition, with what would have been legal."""
        details: dict[str, JsonDetail] = {
            "machine": self.noun,
            "from": current,
            "to": wanted,
            "legal": list(self.transitions[current]),
        }
        return IllegalTransition(**details)
