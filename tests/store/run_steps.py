"""Steps to any state of a run or of a step of it."""

from typing import Any, NamedTuple

from sidecar.model.run import RUN
from tests.store.steps import THREAD
from tests.support import Peer

RUN_ID, STEP_ID = "run", "step"
RUN_ENDS = tuple(status for status in RUN.statuses if status in RUN.terminal)


class RunState(NamedTuple):
    """Be a state of a run: its status, and whether it has ever been in progress."""

    status: str
    has_started: bool

    @property
    def is_open(self) -> bool:
        return self.status in RUN.open

    def __str__(self) -> str:
        return self.status if self.has_started else f"{self.status}, never started"


RUN_STATES = [
    RunState("queued", has_started=False),
    RunState("in_progress", has_started=True),
    *(
        RunState(status, has_started)
        for status in ("requires_action", "cancelling", *RUN_ENDS)
        for has_started in (True, False)
    ),
]


def make_run(peer: Peer, state: RunState) -> None:
    """Bring a run into a state, by lawful ways only."""
    peer.call("thread/create", threadId=THREAD)
    if not state.has_started and state.status in ("queued", "requires_action"):
        peer.call("run/create", threadId=THREAD, runId=RUN_ID, status=state.status)
        return
    born = "in_progress" if state.has_started else "queued"
    peer.call("run/create", threadId=THREAD, runId=RUN_ID, status=born)
    if state.status != born:
        peer.call("run/update", runId=RUN_ID, status=state.status)


def run_of(peer: Peer, run_id: str = RUN_ID) -> dict[str, Any]:
    run: dict[str, Any] = peer.call("run/get", runId=run_id)["run"]
    return run


def make_step(peer: Peer, status: str) -> None:
    """Bring a step of a run in progress into a status."""
    make_run(peer, RunState("in_progress", has_started=True))
    peer.call("step/create", runId=RUN_ID, stepId=STEP_ID, type="tool_calls")
    if status != "in_progress":
        peer.call("step/update", stepId=STEP_ID, status=status)


def step_of(peer: Peer, step_id: str = STEP_ID) -> dict[str, Any]:
    step: dict[str, Any] = peer.call("step/get", stepId=step_id)["step"]
    return step
