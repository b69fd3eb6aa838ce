"""A small database with every noun in every state, and every question that can be asked of it."""

from collections.abc import Callable
from typing import Any

Answer = dict[str, Any]
Ask = Callable[[str, Answer], Answer]

LONG = "All that is said of it is true, or it is not said. " * 120
THREADS = ("empty", "talk", "log", "busy", "child")
TURNS = ("done", "open", "waiting", "failed")
RUNS = ("run-a", "run-b")
MAILBOXES = ("work", "mail")
# Answers of these tell of this start, not of what is stored.
OF_THIS_START = ("daemon/status", "daemon/metrics", "daemon/recovery")


def fill(ask: Ask) -> None:
    """Make it, by the verbs of normal life; `ask` may skip what its daemon does not know."""
    for number, thread in enumerate(THREADS):
        parent = {"parentThreadId": "talk"} if thread == "child" else {}
        ask("thread/create", {"threadId": thread, "title": f"The {thread} thread", **parent})
        ask("thread/update", {"threadId": thread, "model": "m-1", "metadata": {"n": number}})
    ask("thread/update", {"threadId": "empty", "archived": True})
    _turns(ask)
    _inputs(ask)
    for number in range(12):
        event = {"event": "note", "payload": {"n": number, "text": LONG[: 150 * number]}}
        ask("event/append", {"threadId": "log", "eventKey": f"k{number}", **event})
    ask("event/appendMany", {"events": [{"threadId": "log", "event": "a.b"}] * 3})
    _runs(ask)
    _messages(ask)
    _mailboxes(ask)
    # Its pages are free from then on.
    ask("thread/create", {"threadId": "gone", "metadata": {"text": LONG * 3}})
    ask("thread/delete", {"threadId": "gone"})


def _turns(ask: Ask) -> None:
    usage = {"inputTokens": 100, "outputTokens": 20, "cachedTokens": 60}
    for turn, thread in zip(TURNS, ("talk", "busy", "busy", "log"), strict=True):
        status = {"status": "queued"} if turn == "waiting" else {}
        begun = {"threadId": thread, "turnId": turn, "prompt": f"Do it: {turn}"}
        ask("turn/start", {**begun, **status})
        for number in range(4):
            made = {"itemId": f"{turn}-{number}", "detail": LONG * (number % 3)}
            ask("item/create", {"turnId": turn, "kind": "tool_call", **made})
        ask("item/update", {"itemId": f"{turn}-0", "status": "completed", "summary": "did it"})
    ask("turn/complete", {"turnId": "done", "usage": usage})
    error = {"kind": "model", "message": "gone away"}
    ask("turn/complete", {"turnId": "failed", "status": "failed", "error": error})
    ask("turn/steer", {"threadId": "busy", "itemId": "steered", "prompt": "not so fast"})


def _inputs(ask: Ask) -> None:
    for number in range(6):
        said = {"inputId": f"in-{number}", "prompt": f"Prompt {number}. {LONG[: 200 * number]}"}
        ask("sessionInput/admit", {"threadId": "busy", **said})
    ask("sessionInput/cancel", {"inputId": "in-0"})
    ask("sessionInput/admit", {"threadId": "talk", "inputId": "in-a", "prompt": "Begin"})
    ask("sessionInput/promote", {"threadId": "talk", "turnId": "promoted"})
    ask("turn/complete", {"turnId": "promoted"})


def _runs(ask: Ask) -> None:
    for run, thread in zip(RUNS, ("talk", "busy"), strict=True):
        ask("run/create", {"threadId": thread, "runId": run, "status": "in_progress"})
        for number in range(3):
            step = {"runId": run, "stepId": f"{run}-{number}", "type": "tool_calls"}
            ask("step/create", {**step, "details": {"text": LONG[: 400 * number]}})
        ask("step/update", {"stepId": f"{run}-0", "status": "completed"})
    ask("run/update", {"runId": "run-a", "status": "completed", "outputTokens": 7})


def _messages(ask: Ask) -> None:
    for number in range(12):
        content = {"text": LONG[: 300 * number], "n": number}
        message = {"id": f"m{number}", "role": "user", "content": content}
        ask("message/append", {"threadId": "talk", "messages": [message]})
    for number in range(6):
        commit = {"threadId": "log", "commitId": f"c{number}", "reason": "why"}
        ops = [{"op": "add", "path": f"/k{number}", "value": LONG[: 100 * number]}]
        message = {"id": f"l{number}", "role": "assistant", "content": f"said {number}"}
        ask("thread/commit", {**commit, "patches": [{"ops": ops}], "messages": [message]})
    ask("message/replace", {"threadId": "busy", "messages": [{"role": "tool", "content": [1]}]})
    ask("thread/setState", {"threadId": "child", "state": {"whole": LONG}})


def _mailboxes(ask: Ask) -> None:
    for mailbox in MAILBOXES:
        for number in range(6):
            payload = {"n": number, "text": LONG[: 300 * number]}
            entry = {"mailboxId": mailbox, "entryId": f"{mailbox}-{number}", "payload": payload}
            ask("mailbox/enqueue", {**entry, "priority": number, "dedupeKey": f"d{number}"})
    for mailbox in MAILBOXES:
        claim = {"consumerId": "c", "leaseMs": 86_400_000, "mailboxId": mailbox}
        for entry in ask("mailbox/claim", claim).get("entries", []):
            held = {"entryId": entry["id"], "claimToken": entry["claimToken"]}
            if mailbox == "mail":
                ask("mailbox/ack", held)
    ask("mailbox/cancel", {"entryId": "mail-0"})


def questions() -> list[tuple[str, Answer]]:
    """List what can be asked: every method that reads, of every record that there is."""
    asked: list[tuple[str, Answer]] = [
        ("thread/list", {"archived": None}), ("thread/list", {"rootsOnly": True}),
        ("thread/list", {"parentThreadId": "talk"}), ("thread/list", {"query": "thread"}),
        ("turn/incomplete", {}), ("run/list", {}), ("run/list", {"terminal": False}),
        ("mailbox/list", {}), ("event/list", {"limit": 5000}),
        ("event/list", {"limit": 5000, "events": ["note", "turn.*"]}),
        *(("usage/aggregate", {"groupBy": by}) for by in ("day", "model", "provider", "thread")),
    ]  # fmt: skip
    for thread in THREADS:
        own = {"threadId": thread}
        methods = (
            "thread/get", "thread/transcript", "thread/commits", "thread/getState",
            "thread/checkpoint", "turn/list", "item/list", "message/list", "run/list",
            "run/latest", "run/active", "event/list",
        )  # fmt: skip
        asked += [(method, own) for method in methods]
        asked.append(("sessionInput/list", {**own, "status": None}))
    for turn in (*TURNS, "promoted"):
        asked += [("turn/get", {"turnId": turn}), ("item/list", {"turnId": turn})]
        asked.append(("event/list", {"turnId": turn}))
    asked += [("item/get", {"itemId": f"{turn}-{n}"}) for turn in TURNS for n in range(4)]
    asked += [("sessionInput/get", {"inputId": f"in-{n}"}) for n in (*range(6), "a")]
    asked += [("message/get", {"threadId": "talk", "messageId": f"m{n}"}) for n in range(12)]
    asked += [("thread/getState", {"threadId": "log", "atVersion": n}) for n in range(7)]
    for run in RUNS:
        asked += [("run/get", {"runId": run}), ("step/list", {"runId": run})]
        asked += [("step/get", {"stepId": f"{run}-{n}"}) for n in range(3)]
    for mailbox in MAILBOXES:
        own = {"mailboxId": mailbox}
        asked += [("mailbox/state", own), ("mailbox/list", own)]
        asked += [("mailbox/get", {"entryId": f"{mailbox}-{n}"}) for n in range(6)]
    return asked


def writes() -> list[tuple[str, Answer]]:
    """List writes that touch every kind of record, each with an id of its own."""
    return [
        ("thread/create", {"threadId": "new", "title": "New"}),
        ("turn/start", {"threadId": "talk", "turnId": "new-turn", "prompt": "Now"}),
        ("item/create", {"turnId": "new-turn", "itemId": "new-item", "kind": "reasoning"}),
        ("sessionInput/admit", {"threadId": "talk", "inputId": "new-input", "prompt": "Then"}),
        ("event/append", {"threadId": "log", "event": "new", "eventKey": "new-key"}),
        ("message/append", {"threadId": "log", "messages": [{"id": "new-m", "role": "user"}]}),
        ("run/create", {"threadId": "log", "runId": "new-run"}),
        ("step/create", {"runId": "new-run", "stepId": "new-step", "type": "tool_calls"}),
        ("mailbox/enqueue", {"mailboxId": "work", "entryId": "new-entry"}),
        ("turn/complete", {"turnId": "new-turn"}),
    ]
