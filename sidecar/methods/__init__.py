"""Say what may be asked: one file per resource, handlers of a few lines.

The law of this room: a handler is a plain function of its transaction and its params. It
cannot await, so nothing interleaves in it and no disconnect cuts it in half.
"""

from sidecar.methods import (
    atomic,
    commits,
    daemon,
    events,
    items,
    mailboxes,
    messages,
    runs,
    session_inputs,
    steps,
    subscriptions,
    threads,
    turns,
    usage,
)

__all__ = [
    "atomic",
    "commits",
    "daemon",
    "events",
    "items",
    "mailboxes",
    "messages",
    "runs",
    "session_inputs",
    "steps",
    "subscriptions",
    "threads",
    "turns",
    "usage",
]
