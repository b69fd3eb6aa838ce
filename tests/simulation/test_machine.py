"""One careless caller with few ids, who says them again with other content: hypothesis shrinks."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.daemon.recovery import recover
from sidecar.model.errors import Refusal
from sidecar.model.recovery import RecoverMode
from sidecar.rpc.registry import REGISTRY
from sidecar.store import upkeep
from sidecar.store.database import Database
from tests.simulation.facts import ENDED, RUN_ENDS
from tests.simulation.referee import Ran, Referee
from tests.simulation.soak import SHARED_MEMORY
from tests.simulation.watching import events_of
from tests.support import FakeSource

MACHINES, STEPS = 25, 40

THREAD = st.sampled_from(["t1", "t2"])
TURN = st.sampled_from(["u1", "u2", "u3"])
ITEM = st.sampled_from(["m1", "m2", "m3"])
INPUT = st.sampled_from(["i1", "i2", "i3", "i4"])
RUN = st.sampled_from(["r1", "r2"])
PROMPT = st.sampled_from(["do", "do more"])
YES = st.booleans()


class Caller(RuleBasedStateMachine):
    """Ask the methods and the model the same, one request after the other."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory(dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None)
        self._path = Path(self._folder.name) / "sidecar.db"
        self._source = FakeSource()
        self._referee = Referee()
        self._database = Database(self._path, self._source, "normal")

    def ask(self, name: str, **params: Any) -> None:
        method, database = REGISTRY[name], self._database
        given = {key: value for key, value in params.items() if value is not None}
        checked = method.decode(msgspec.Raw(msgspec.json.encode(given)))
        before, now_ms = database.last_seq, self._source.now_ms()
        database.begin()
        try:
            result = database.attempt(lambda tx: method.invoke(tx, checked), now_ms)
            answer = {"result": msgspec.json.decode(msgspec.json.encode(result))}
        except Refusal as refusal:
            answer = {"error": {"data": refusal.data()}}
        finally:
            database.commit()
        fresh = events_of(database.snapshot(), before, database.last_seq)
        self._referee.judge(Ran(name, given, now_ms, answer, fresh, None), "write")

    @rule(threadId=THREAD, title=PROMPT)
    def create(self, **params: Any) -> None:
        self.ask("thread/create", **params)

    @rule(threadId=THREAD, archived=YES)
    def archive(self, **params: Any) -> None:
        self.ask("thread/update", **params)

    @rule(threadId=THREAD, force=YES)
    def delete(self, **params: Any) -> None:
        self.ask("thread/delete", **params)

    @rule(threadId=THREAD, turnId=TURN, prompt=st.none() | PROMPT, is_queued=YES)
    def start(self, *, is_queued: bool, **params: Any) -> None:
        self.ask("turn/start", status="queued" if is_queued else None, **params)

    @rule(turnId=TURN, status=st.sampled_from(ENDED), promoteNext=YES)
    def complete(self, **params: Any) -> None:
        self.ask("turn/complete", **params)

    @rule(threadId=THREAD, prompt=PROMPT, itemId=ITEM)
    def steer(self, **params: Any) -> None:
        self.ask("turn/steer", **params)

    @rule(threadId=THREAD, pending=st.sampled_from(["hold", "keep", "cancel"]))
    def interrupt(self, **params: Any) -> None:
        self.ask("turn/interrupt", **params)

    @rule(turnId=TURN, itemId=ITEM, status=st.sampled_from(["queued", "in_progress", "completed"]))
    def item(self, **params: Any) -> None:
        self.ask("item/create", kind="tool_call", **params)

    @rule(itemId=ITEM, status=st.sampled_from(["in_progress", *ENDED]))
    def update(self, **params: Any) -> None:
        self.ask("item/update", **params)

    @rule(
        threadId=THREAD,
        inputId=INPUT,
        prompt=PROMPT,
        delivery=st.sampled_from(["queue", "steer"]),
        promote=YES,
    )
    def admit(self, **params: Any) -> None:
        self.ask("sessionInput/admit", **params)

    @rule(threadId=THREAD, turnId=st.none() | TURN, wake=YES)
    def promote(self, **params: Any) -> None:
        self.ask("sessionInput/promote", **params)

    @rule(threadId=THREAD, wake=YES)
    def promote_steers(self, **params: Any) -> None:
        self.ask("sessionInput/promote", scope="steer", **params)

    @rule(inputId=INPUT)
    def cancel(self, **params: Any) -> None:
        self.ask("sessionInput/cancel", **params)

    @rule(threadId=THREAD, runId=RUN, status=st.sampled_from(["queued", "in_progress"]))
    def run(self, **params: Any) -> None:
        self.ask("run/create", **params)

    @rule(runId=RUN, status=st.sampled_from(["in_progress", "cancelling", *RUN_ENDS]))
    def update_run(self, **params: Any) -> None:
        self.ask("run/update", **params)

    @rule(mode=st.sampled_from(["interrupt", "requeue"]))
    def restart(self, mode: RecoverMode) -> None:
        """End as a kill would, and begin again, which mends what was left open."""
        self._database.abandon()
        self._database = Database(self._path, self._source, "normal")
        recover(self._database, mode)
        self._referee.judge_recovery(self._database, mode)

    def teardown(self) -> None:
        self._referee.compare(self._database)
        self._database.close()
        assert upkeep.check(self._path, full=True) == []
        self._folder.cleanup()


# The same machines with every run: what is new is for the simulation, which has seeds.
SOBER = settings(
    max_examples=MACHINES,
    stateful_step_count=STEPS,
    derandomize=True,
    database=None,
    deadline=None,
)


def test_few_ids_said_again_and_again_get_the_models_answers() -> None:
    run_state_machine_as_test(Caller, settings=SOBER)
