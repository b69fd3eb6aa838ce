"""What a daemon is asked for: every method that writes, what is refused, and its own chores.

Small in bytes, so that there are few operations; complete in methods, which a test holds. Each
record has an id of its own, so that whatever may be repeated can be.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest import mock

from sidecar.rpc.registry import REGISTRY
from sidecar.store import database, pruning
from tests.crash.core import Core, without_haste
from tests.support.source import START_MS

# Methods of the loop that write for all that, on the helper thread, between groups: in pieces, and
# what is done by then is done, even if the end of it cannot be told.
IN_PIECES = {"event/prune"}
# Small versions of the product's own numbers: every chore has something to do, in several pieces.
CHECKPOINT_PAGES = 90
PIECE_PAGES = 2
# More than a page, so that it overflows.
LONG = "long " * 1_200
# Stands for the scratch folder.
HERE = "<here>"
BACKUP = "copy.db"
LATER_MS = START_MS + 3_600_000


class TokenOf(NamedTuple):
    """Stand for the token under which an entry was claimed last."""

    entry_id: str


class Step(NamedTuple):
    """What is sent at once, or what the daemon does for itself."""

    requests: list[dict[str, Any]]
    chore: Callable[[Core], None] | None = None


def call(method: str, **params: Any) -> dict[str, Any]:
    return {"method": method, "params": params}


def ask(method: str, **params: Any) -> Step:
    return Step([call(method, **params)])


def truncate_log(core: Core) -> None:
    core.run(core.daemon.database.truncate_log)


def vacuum(core: Core) -> None:
    def give_back() -> None:
        while pruning.give_back(core.daemon.database.writer):
            pass

    core.run(give_back)


@contextmanager
def small() -> Iterator[None]:
    """Let a daemon do its chores often, and nothing by the clock."""
    with (
        mock.patch.multiple(database, CHECKPOINT_PAGES=CHECKPOINT_PAGES, CHECKPOINT_RETRY_PAGES=1),
        mock.patch.multiple(pruning, SPARE_PAGES=0, PIECE_PAGES=PIECE_PAGES),
        without_haste(),
    ):
        yield


def writes() -> set[str]:
    """Name every method that writes."""
    return {name for name, method in REGISTRY.items() if method.mode == "write"} | IN_PIECES


CONVERSATION = [
    ask("thread/create", threadId="t1", title="One", metadata={"a": 1}),
    ask("thread/create", threadId="t1", title="Another"),
    ask("thread/create", threadId="t2", parentThreadId="t1"),
    ask("thread/update", threadId="t1", title="First", expectedVersion=0),
    ask("thread/update", threadId="t1", title="Late", expectedVersion=0),
    ask("turn/start", threadId="t1", turnId="u1", prompt="go"),
    ask("turn/start", threadId="t1", turnId="u9"),
    ask("item/create", turnId="u1", itemId="i1", kind="tool_call", detail=LONG),
    ask("item/update", itemId="i1", appendDetail=" and more", status="completed"),
    ask("item/create", turnId="u1", itemId="i2", kind="reasoning"),
    ask("event/append", threadId="t1", turnId="u1", event="note", payload=[1], eventKey="k1"),
    ask("event/append", threadId="t1", turnId="u1", event="note", payload=[2], eventKey="k1"),
    ask("event/appendMany", events=[
        {"threadId": "t1", "event": "note", "eventKey": key, "payload": LONG} for key in "ab"
    ]),
    ask("sessionInput/admit", threadId="t1", inputId="n1", prompt="next"),
    ask("sessionInput/admit", threadId="t1", inputId="n2", prompt="now", delivery="steer"),
    ask("sessionInput/admit", threadId="t1", inputId="n3", prompt="never"),
    ask("sessionInput/update", inputId="n1", prompt="next, please"),
    ask("sessionInput/cancel", inputId="n3"),
    ask("sessionInput/promote", threadId="t1", scope="steer", turnId="u1"),
    ask("sessionInput/cancel", inputId="n2"),
    ask("turn/steer", threadId="t1", prompt="left", itemId="i3"),
    ask("turn/interrupt", threadId="t1", turnId="u1", pending="keep"),
    ask("turn/complete", turnId="u1", status="failed", promoteNext=True,
        usage={"inputTokens": 10, "outputTokens": 2}, error={"kind": "k", "message": "m"}),
    ask("turn/complete", turnId="u1"),
    ask("turn/start", threadId="t2", turnId="u2", prompt="wait", status="queued"),
    ask("turn/start", threadId="t2", turnId="u2", prompt="wait"),
]  # fmt: skip
LOGS = [
    ask("message/append", threadId="t1", messages=[
        {"id": "m1", "role": "user", "content": "hello"}, {"id": "m2", "role": "assistant"},
    ]),
    ask("message/append", threadId="t1", messages=[{"id": "m1", "role": "tool"}]),
    ask("message/replace", threadId="t1", messages=[
        {"id": "m3", "role": "system", "content": LONG},
    ]),
    ask("thread/commit", threadId="t1", commitId="c1", runId="r1", run={"status": "in_progress"},
        messages=[{"id": "m4", "role": "user", "content": "more"}],
        patches=[{"ops": [{"op": "add", "path": "/a", "value": 1}]}]),
    ask("thread/commit", threadId="t1", commitId="c2", messages=[{"id": "m5", "role": "user"}],
        patches=[{"ops": [{"op": "remove", "path": "/none"}]}]),
    ask("thread/setState", threadId="t1", state={"b": 2}),
    ask("message/clear", threadId="t1"),
    ask("run/create", threadId="t1", runId="r2", status="in_progress", turnId="u1"),
    ask("run/update", runId="r2", inputTokens=7, status="requires_action"),
    ask("step/create", runId="r2", stepId="s1", type="tool_calls", details={"x": 1}),
    ask("step/update", stepId="s1", status="completed"),
    ask("run/create", threadId="t1", runId="r3"),
    ask("run/delete", runId="r3"),
]  # fmt: skip
MAILBOXES = [
    Step([
        call("mailbox/enqueue", mailboxId=f"b{number % 2}", entryId=f"e{number}", payload=number)
        for number in range(6)
    ]),
    ask("mailbox/enqueue", mailboxId="b2", entryId="e6", dedupeKey="d"),
    ask("mailbox/enqueue", mailboxId="b2", entryId="e7", dedupeKey="d"),
    ask("mailbox/claim", consumerId="w", leaseMs=60_000, mailboxId="b0"),
    ask("mailbox/extendLease", entryId="e0", claimToken=TokenOf("e0"), leaseMs=90_000),
    ask("mailbox/ack", entryId="e0", claimToken=TokenOf("e0")),
    ask("mailbox/ack", entryId="e0", claimToken="0" * 32),
    ask("mailbox/claimEntry", entryId="e1", consumerId="w", leaseMs=60_000),
    ask("mailbox/nack", entryId="e1", claimToken=TokenOf("e1"), error="again"),
    ask("mailbox/claimEntry", entryId="e3", consumerId="w", leaseMs=60_000),
    ask("mailbox/deadLetter", entryId="e3", claimToken=TokenOf("e3"), error="never"),
    Step([], truncate_log),
    ask("mailbox/cancel", entryId="e2"),
    ask("mailbox/supersede", entryId="e4", reason="old"),
    ask("mailbox/enqueue", mailboxId="b2", entryId="e8"),
    ask("mailbox/cancelPending", mailboxId="b2", excludeEntryId="e6"),
    ask("mailbox/interrupt", mailboxId="b1"),
    ask("mailbox/purge", olderThanAtMs=LATER_MS),
    ask("mailbox/claimEntry", entryId="e6", consumerId="w", leaseMs=60_000),
]  # fmt: skip
TOGETHER = [
    Step([
        call("event/append", threadId="t1", event="one"),
        call("thread/update", threadId="t1", title="x", expectedVersion=99),
        call("thread/create", threadId="t3"),
        call("event/append", threadId="t3", event="two", payload=LONG),
    ]),
    ask("atomic", calls=[
        call("turn/start", threadId="t3", turnId="u3", prompt="both"),
        call("message/append", threadId="t3", messages=[{"id": "m1", "role": "user"}]),
    ]),
    ask("atomic", calls=[
        call("turn/complete", turnId="u3"),
        call("thread/setState", threadId="t3", state={"half": True}),
        call("turn/complete", turnId="u3", status="failed"),
    ]),
]  # fmt: skip
UPKEEP = [
    ask("daemon/backup", path=f"{HERE}/{BACKUP}"),
    ask("thread/delete", threadId="t1", children="detach", force=True),
    ask("event/prune", beforeSeq=48),
    Step([], vacuum),
    ask("daemon/backup", path=f"{HERE}/{BACKUP}", overwrite=True),
    ask("thread/create", threadId="t4"),
    ask("sessionInput/admit", threadId="t4", inputId="n4", prompt="last", promote=True),
]
# Turns, runs and inputs are open when it ends, and others have ended.
BUSY = [*CONVERSATION, *LOGS]
WORKLOAD = [*BUSY, *MAILBOXES, *TOGETHER, *UPKEEP]
