"""What is asked of a thread or a mailbox is answered and done as if there were no others.

A daemon is asked for everything twice: once among neighbours in every status, and once alone.
"""

from pathlib import Path
from typing import Any

import pytest

from sidecar.model.mailbox import MAILBOX_ENTRY
from sidecar.model.run import RUN
from tests.crash import workload
from tests.crash.core import Core, Moments, without_haste
from tests.crash.recording import Told, put_tokens, rows_of
from tests.crash.workload import Step, ask

THREADS = ("t1", "t2", "t3")
# Where the neighbours move in: before all else, and when everything is under way.
MOVES_IN = [0, len(workload.CONVERSATION) - 6, len(workload.BUSY), len(workload.BUSY) + 11]
STEPS = [*workload.BUSY, *workload.MAILBOXES, *workload.TOGETHER]
# When nobody needs them any more.
ENDS = [
    ask("run/delete", runId="r2"),
    ask("mailbox/purge", olderThanAtMs=workload.LATER_MS),
    ask("thread/delete", threadId="t1", children="detach", force=True),
]
# A moment that all before it has passed.
LATER = 1_000
TERMINAL = [status for status in RUN.statuses if status in RUN.terminal]


def neighbours() -> list[Step]:
    """Make a thread for each status of a turn, with all that a thread may have, and mailboxes."""
    made: list[Step] = []
    for number, status in enumerate(("in_progress", "queued", "completed", "failed")):
        thread, turn = f"n{number}", f"nu{number}"
        parent = {"parentThreadId": "n0"} if number else {}
        made += [
            ask("thread/create", threadId=thread, title="Near", metadata={"n": 1}, **parent),
            ask("turn/start", threadId=thread, turnId=turn, prompt="go",
                status="queued" if status == "queued" else "in_progress"),
            *(ask("item/create", turnId=turn, kind="agent_message", detail="said", status=each)
              for each in ("queued", "in_progress", "completed", "failed")),
            *(ask("sessionInput/admit", threadId=thread, prompt="n", delivery=delivery)
              for delivery in ("queue", "steer", "steer")),
            ask("message/append", threadId=thread, messages=[
                {"id": f"m{each}", "role": "user", "content": "near"} for each in range(1, 9)
            ]),
            ask("thread/commit", threadId=thread, commitId="c1",
                patches=[{"ops": [{"op": "add", "path": "/near", "value": 1}]}]),
            *(ask("run/create", threadId=thread, runId=f"{thread}{each}", status=each)
              for each in ("queued", "in_progress", "requires_action")),
            *(ask("run/create", threadId=thread, runId=f"{thread}{each}", status="in_progress")
              for each in ("cancelling", *TERMINAL)),
            *(ask("run/update", runId=f"{thread}{each}", status=each, inputTokens=5)
              for each in ("cancelling", *TERMINAL)),
            *(ask("step/create", runId=f"{thread}in_progress", type="tool_calls", status=each)
              for each in ("in_progress", "completed")),
        ]  # fmt: skip
        if status in ("completed", "failed"):
            made.append(ask("turn/complete", turnId=turn, status=status, usage={"inputTokens": 99}))
    for number, _ in enumerate(MAILBOX_ENTRY.open):
        box = f"nb{number}"
        made += [
            ask("mailbox/enqueue", mailboxId=box, entryId=f"{box}{each}", priority=each % 2)
            for each in range(4)
        ]
        if number:
            made.append(ask("mailbox/claim", mailboxId=box, consumerId="w", leaseMs=9_000_000))
    return made


def reads() -> list[Step]:
    """Ask for all that belongs to the threads and mailboxes that are worked on."""
    asked = [
        ask(method, threadId=thread)
        for thread in THREADS
        for method in (
            "thread/get",
            "turn/list",
            "item/list",
            "sessionInput/list",
            "event/list",
            "message/list",
            "run/list",
            "run/active",
            "run/latest",
            "thread/getState",
            "thread/commits",
            "thread/transcript",
        )
    ]
    asked += [ask("turn/get", turnId=turn) for turn in ("u1", "u2")]
    asked += [ask("item/list", turnId="u1"), ask("step/list", runId="r2")]
    asked += [
        ask(method, mailboxId=box)
        for box in ("b0", "b1", "b2")
        for method in ("mailbox/list", "mailbox/state")
    ]
    return asked


class Life:
    """Ask a daemon step by step, each at a moment of its own."""

    def __init__(self, core: Core, source: Moments) -> None:
        self.core = core
        self.source = source
        self.told: list[Told] = []

    def do(self, steps: list[Step], first: int) -> list[Any]:
        """Do steps from a moment on; tell what was answered."""
        for moment, step in enumerate(steps, first):
            self.source.at(moment)
            if step.requests:
                answers = self.core.send(put_tokens(step.requests, self.told))
                self.told.append(Told(moment, step, answers, 0, 0, [], is_again=False))
        return [told.answers for told in self.told if told.moment >= first]


def lived(folder: Path, moves_in: int, near: list[Step]) -> list[Any]:
    """Live the steps, with neighbours or without; tell what was answered to the steps alone."""
    folder.mkdir()
    path, source = folder / "sidecar.db", Moments().at(0)
    with without_haste(), Core(path, source) as core:
        life = Life(core, source)
        told = life.do(STEPS[:moves_in], 1)
        without = set(rows_of(path))
        for answers in life.do(near, LATER):
            assert all("result" in answer for answer in answers), answers
        theirs = set(rows_of(path)) - without
        told += life.do([*STEPS[moves_in:], *reads(), *ENDS], 2 * LATER)
        lost = theirs - set(rows_of(path))
        assert {row for row in lost if row[0] != "daemon"} == set()
    return told


@pytest.mark.parametrize("moves_in", MOVES_IN)
def test_who_has_neighbours_is_answered_as_who_has_none(folder: Path, moves_in: int) -> None:
    with_them = lived(folder / "with", moves_in, neighbours())
    without = lived(folder / "without", moves_in, [])
    assert without_seqs(with_them) == without_seqs(without)


def without_seqs(value: Any) -> Any:
    """Leave out how many events the others have."""
    if isinstance(value, dict):
        return {
            name: without_seqs(each)
            for name, each in value.items()
            if not name.lower().endswith("seq")
        }
    return [without_seqs(each) for each in value] if isinstance(value, list) else value
