"""Every method that writes, under kill -9: what is there is what was answered, and one order's."""

import random
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.rpc.registry import REGISTRY
from tests.support import DaemonProcess, DaemonThread, Peer
from tests.support.exports import STAMPED
from tests.support.peer import HANG_S

Call = tuple[str, dict[str, Any]]
ROUNDS = 5
MINTED = re.compile(r"\b(thr|turn|item|inp|msg|run|step|mbe)_[0-9a-f]{32}\b")
ENDED_BY_RECOVERY = {
    "item.completed", "turn.completed", "step.updated", "run.updated", "recovery.completed",
}  # fmt: skip
ENTRIES = ("accepted", "nacked", "dead", "cancelled", "superseded", "interrupted", "pending")


def script(prefix: str, tokens: dict[str, str]) -> Iterator[list[Call]]:
    """List every write in one order, in bursts: what a burst needs was answered before it."""
    a, b, box = f"{prefix}a", f"{prefix}b", f"{prefix}m"
    t = {"threadId": a}
    yield [
        ("thread/create", {**t, "title": "one", "metadata": {"x": 1}}),
        ("thread/create", {"threadId": b, "parentThreadId": a}),
        ("thread/update", {**t, "title": "two"}),
        ("turn/start", {**t, "turnId": f"{a}1", "prompt": "go"}),
        ("turn/steer", {**t, "prompt": "left", "itemId": f"{a}i0"}),
        ("item/create", {"turnId": f"{a}1", "itemId": f"{a}i1", "kind": "tool_call"}),
        ("item/update", {"itemId": f"{a}i1", "appendDetail": "more"}),
        ("item/update", {"itemId": f"{a}i1", "status": "completed"}),
        ("sessionInput/admit", {**t, "inputId": f"{a}p1", "prompt": "a", "request": {"n": 1}}),
        ("sessionInput/admit", {**t, "inputId": f"{a}p2", "prompt": "b", "delivery": "steer"}),
        ("sessionInput/admit", {**t, "inputId": f"{a}p3", "prompt": "c"}),
        ("sessionInput/update", {"inputId": f"{a}p1", "prompt": "changed"}),
        ("sessionInput/promote", {**t, "scope": "steer"}),
        ("sessionInput/cancel", {"inputId": f"{a}p3"}),
        ("turn/interrupt", {**t, "pending": "keep"}),
        ("turn/complete", {"turnId": f"{a}1", "usage": {"inputTokens": 5}, "promoteNext": True}),
        ("event/append", {**t, "event": "x", "payload": {"n": 1}, "eventKey": "k"}),
        ("event/appendMany", {"events": [{**t, "event": "y"}, {"threadId": b, "event": "z"}]}),
        ("message/append", {**t, "messages": [{"id": f"{a}m1", "role": "user", "content": 1}]}),
        ("thread/commit", {**t, "commitId": "c1", "runId": f"{a}r1", "run": {"inputTokens": 3},
                           "patches": [{"ops": [{"op": "add", "path": "/x", "value": 1}]}]}),
        ("thread/setState", {**t, "state": {"y": [1, 2]}}),
        ("message/replace", {**t, "messages": [{"role": "user", "content": 2}]}),
        ("message/clear", t),
        ("run/create", {**t, "runId": f"{a}r2", "status": "in_progress"}),
        ("run/update", {"runId": f"{a}r2", "outputTokens": 7}),
        ("step/create", {"runId": f"{a}r2", "stepId": f"{a}s1", "type": "tool_calls"}),
        ("step/update", {"stepId": f"{a}s1", "status": "completed"}),
        ("run/update", {"runId": f"{a}r2", "status": "completed"}),
        ("run/delete", {"runId": f"{a}r2"}),
        ("atomic", {"calls": [
            {"method": "event/append", "params": {**t, "event": "both"}},
            {"method": "thread/update", "params": {"threadId": b, "title": "both"}},
        ]}),
        ("thread/delete", {"threadId": b}),
        *(("mailbox/enqueue", {"mailboxId": f"{box}.{name}", "entryId": f"{box}{name}"})
          for name in ENTRIES),
        ("mailbox/purge", {"olderThanAtMs": 0}),
    ]  # fmt: skip
    claim = {"consumerId": "c", "leaseMs": 86_400_000}
    yield [
        ("mailbox/claim", {**claim, "mailboxId": f"{box}.accepted"}),
        *(("mailbox/claimEntry", {**claim, "entryId": f"{box}{name}"}) for name in ENTRIES[1:3]),
    ]
    yield [
        (
            "mailbox/extendLease",
            {"entryId": f"{box}nacked", "leaseMs": 9, **token(tokens, "nacked")},
        ),
        ("mailbox/ack", {"entryId": f"{box}accepted", **token(tokens, "accepted")}),
        ("mailbox/nack", {"entryId": f"{box}nacked", "error": "e", **token(tokens, "nacked")}),
        ("mailbox/deadLetter", {"entryId": f"{box}dead", "error": "e", **token(tokens, "dead")}),
        ("mailbox/cancel", {"entryId": f"{box}cancelled"}),
        ("mailbox/supersede", {"entryId": f"{box}superseded", "reason": "r"}),
        ("mailbox/interrupt", {"mailboxId": f"{box}.interrupted"}),
        ("mailbox/cancelPending", {"mailboxId": f"{box}.pending"}),
        ("event/append", {**t, "event": "end"}),
    ]


def token(tokens: dict[str, str], name: str) -> dict[str, str]:
    return {"claimToken": tokens.get(name, "")}


def note_tokens(tokens: dict[str, str], answer: dict[str, Any], box: str) -> None:
    for entry in answer.get("entries", [answer.get("entry")]):
        if entry and entry.get("claimToken"):
            tokens[entry["id"].removeprefix(box)] = entry["claimToken"]


def run(peer: Peer, prefix: str, on_answer: Callable[[], None], at_once: int = 100) -> None:
    """Send burst after burst; call back for each answer, of which none may be an error."""
    tokens: dict[str, str] = {}
    for burst in script(prefix, tokens):
        for first in range(0, len(burst), at_once):
            calls = burst[first : first + at_once]
            peer.send(*(peer.request(method, params) for method, params in calls))
            for method, _ in calls:
                answer = peer.receive()
                assert "result" in answer, (method, answer)
                note_tokens(tokens, answer["result"], f"{prefix}m")
                on_answer()


def without_stamps(value: Any) -> Any:
    if isinstance(value, list):
        return [without_stamps(each) for each in value]
    if isinstance(value, dict):
        return {
            name: without_stamps(each)
            for name, each in value.items()
            if name not in STAMPED and not name.endswith("AtMs")
        }
    return MINTED.sub("minted", value) if isinstance(value, str) else value


def events(peer: Peer, since: int, prefix: str) -> list[tuple[str, str]]:
    """Read what has happened since, the same for every prefix: each event's name and the whole."""
    page = peer.call("event/list", sinceSeq=since, limit=5000)
    return [
        (event["event"], re.sub(rf"\b{prefix}(?=[abm])", "", repr(without_stamps(event))))
        for event in page["data"]
    ]


def statuses(peer: Peer, prefix: str) -> tuple[Any, ...]:
    """Tell how it is with what writes no events."""
    page = peer.call("mailbox/list", limit=200)["data"]
    found = {entry["id"]: (entry["status"], entry["attemptCount"]) for entry in page}
    generation = peer.call("mailbox/state", mailboxId=f"{prefix}m.interrupted")["mailbox"]
    return (*(found.get(f"{prefix}m{name}") for name in ENTRIES), generation["generation"])


class Course:
    """Be what is there after each answer when nobody is killed."""

    def __init__(self, folder: Path) -> None:
        self.after: list[tuple[list[tuple[str, str]], tuple[Any, ...]]] = []
        with DaemonThread(folder) as daemon, daemon.peer() as peer, daemon.peer() as other:

            def look() -> None:
                self.after.append((events(other, 0, "k"), statuses(other, "k")))

            look()
            run(peer, "k", look, at_once=1)

    def hold(self, found: list[tuple[str, str]], entries: tuple[Any, ...], answered: int) -> None:
        """See that all that was answered is there, and of what was sent behind it only wholes."""
        there = [
            number
            for number, (known, known_entries) in enumerate(self.after)
            if entries == known_entries
            and found[: len(known)] == known
            and is_recovery(found[len(known) :])
        ]
        assert there, f"half of something: {found[-5:]} {entries}"
        assert there[-1] >= answered, f"{answered} were answered, and {there[-1]} are there"


def is_recovery(tail: list[tuple[str, str]]) -> bool:
    """Tell whether these are what a start has ended, or nothing."""
    names = [name for name, _ in tail]
    return not names or (names[-1] == "recovery.completed" and set(names) <= ENDED_BY_RECOVERY)


def run_until_killed(process: DaemonProcess, prefix: str, count: int) -> int:
    """Kill the daemon when so many answers have come; tell how many came in all."""
    reached = threading.Event()
    answered: list[int] = []

    def on_answer() -> None:
        answered.append(1)
        if len(answered) >= count:
            reached.set()

    def work() -> None:
        try:
            run(peer, prefix, on_answer)
        except (OSError, EOFError):
            return

    with process.peer() as peer:
        client = threading.Thread(target=work)
        client.start()
        assert reached.wait(HANG_S)
        process.kill()
        client.join(HANG_S)
    return len(answered)


def test_the_script_asks_for_every_method_that_writes() -> None:
    asked = {method for burst in script("k", {}) for method, _ in burst}
    assert asked == {method.name for method in REGISTRY.values() if method.mode == "write"}


def test_no_kill_loses_an_answer_or_leaves_half_of_any_write(folder: Path) -> None:
    (folder / "course").mkdir()
    course = Course(folder / "course")
    most = len(course.after) - 1
    chance = random.Random(20261121)
    with DaemonProcess(folder) as process:
        for number in range(ROUNDS):
            prefix = f"k{number}"
            with process.peer() as peer:
                since = peer.call("daemon/status")["lastSeq"]
            answered = run_until_killed(process, prefix, chance.randrange(1, most))
            process.start()
            with process.peer() as peer:
                found = events(peer, since, prefix)
                course.hold(found, statuses(peer, prefix), answered)
                assert peer.call("turn/incomplete")["data"] == []
                assert peer.call("daemon/check", full=True) == {"ok": True, "findings": []}
        assert process.terminate() == 0
