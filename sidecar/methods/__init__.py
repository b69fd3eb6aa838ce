"""Say what may be asked: one file per resource, handlers of a few lines.

The law of this room: a handler is a plain function of its transaction and its params. It
cannot await, so nothing interleaves in it and no disconnect cuts it in half.
"""

from sidecar.methods import (
    daemon,
    events,
    items,
    session_inputs,
    subscriptions,
    threads,
    turns,
    usage,
)

__all__ = [
    "daemon",
    "events",
    "items",
    "session_inputs",
    "subscriptions",
    "threads",
    "turns",
    "usage",
]
