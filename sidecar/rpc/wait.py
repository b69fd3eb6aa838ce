"""How a request waits: it answers what to look out for, and is run again when that may be there."""

import msgspec


class Wait(msgspec.Struct, frozen=True):
    """Be returned by a handler of a request with `waitMs` that has nothing to answer yet.

    The handler is run again when `topic` is woken (`Tx.wake`; None: any topic) or `due_at_ms`
    comes, the longest waiting first. When `wait_ms` is over, `answer` is what leaves.
    """

    answer: msgspec.Struct
    wait_ms: int
    topic: str | None
    due_at_ms: int | None
