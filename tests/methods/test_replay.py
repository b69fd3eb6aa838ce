"""Commits at random against a plain model: every version can be read as it was."""

import copy
import random
from typing import Any

import pytest

from sidecar.model import limits
from tests.methods.steps import Record, make_thread
from tests.support import Peer, Refused

NAMES = ("a", "b", "c/d", "e~f", "")


class Impossible(Exception):
    """The model cannot do this."""


class Model:
    """Be a thread as a plain program would keep it."""

    def __init__(self) -> None:
        self.states: list[Any] = [{}]
        self.logs: list[list[tuple[str, Any]]] = [[]]

    def step(self, state: Any, log: list[tuple[str, Any]]) -> None:
        self.states.append(state)
        self.logs.append(log)


def escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def a_value(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(7 if depth < 3 else 5)
    if kind == 5:
        return [a_value(chance, depth + 1) for _ in range(chance.randrange(3))]
    if kind == 6:
        return {chance.choice(NAMES): a_value(chance, depth + 1) for _ in range(2)}
    return [None, True, 2**60 + chance.randrange(9), f"é{chance.randrange(9)}", 0][kind]


def a_path(chance: random.Random, value: Any) -> list[Any]:
    """Walk somewhere that is there, or just beside it."""
    path: list[Any] = []
    while isinstance(value, dict | list) and chance.random() < 0.8:
        if isinstance(value, dict):
            step: Any = chance.choice([*value, *NAMES])
        else:
            step = chance.randrange(len(value) + 2)
        path.append(step)
        try:
            value = value[step]
        except (KeyError, IndexError):
            break
    return path


def child(parent: Any, step: Any) -> Any:
    if isinstance(parent, dict) and str(step) in parent:
        return parent[str(step)]
    if isinstance(parent, list) and isinstance(step, int) and step < len(parent):
        return parent[step]
    raise Impossible


def find(state: Any, path: list[Any]) -> Any:
    for step in path:
        state = child(state, step)
    return state


def add(state: Any, path: list[Any], value: Any) -> Any:
    if not path:
        return value
    parent, step = find(state, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[str(step)] = value
    elif isinstance(parent, list) and isinstance(step, int) and step <= len(parent):
        parent.insert(step, value)
    else:
        raise Impossible
    return state


def remove(state: Any, path: list[Any]) -> None:
    find(state, path)
    if not path:
        raise Impossible
    parent = find(state, path[:-1])
    del parent[str(path[-1]) if isinstance(parent, dict) else path[-1]]


def merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    merged = target if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def replace(state: Any, path: list[Any], value: Any) -> Any:
    if not path:
        return value
    find(state, path)
    parent = find(state, path[:-1])
    parent[str(path[-1]) if isinstance(parent, dict) else path[-1]] = value
    return state


def move(state: Any, source: list[Any], path: list[Any]) -> Any:
    if path == source:
        find(state, source)
        return state
    if path[: len(source)] == source:
        raise Impossible
    value = find(state, source)
    remove(state, source)
    return add(state, path, value)


def duplicate(state: Any, source: list[Any], path: list[Any]) -> Any:
    return add(state, path, copy.deepcopy(find(state, source)))


def a_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Impossible
    return value


def an_op(chance: random.Random, state: Any) -> tuple[Record, Any]:
    """Make an operation and do it to a copy of the state in the plainest way."""
    state = copy.deepcopy(state)
    path, source = a_path(chance, state), a_path(chance, state)
    value = a_value(chance)
    name = chance.choice(["add", "remove", "replace", "move", "copy", "test", "increment", "merge"])
    op: Record = {"op": name, "path": "".join(f"/{escape(str(step))}" for step in path)}
    match name:
        case "add":
            state = add(state, path, copy.deepcopy(value))
        case "remove":
            remove(state, path)
        case "replace":
            state = replace(state, path, copy.deepcopy(value))
        case "move" | "copy":
            state = move(state, source, path) if name == "move" else duplicate(state, source, path)
            op["from"] = "".join(f"/{escape(str(step))}" for step in source)
        case "test":
            value = find(state, path)
        case "increment":
            value = chance.randrange(-5, 5)
            state = replace(state, path, a_number(find(state, path)) + value)
        case "merge":
            state = replace(state, path, merge(find(state, path), copy.deepcopy(value)))
    if name not in ("remove", "move", "copy"):
        op["value"] = value
    return op, state


def patches(chance: random.Random, state: Any) -> tuple[list[Record], Any]:
    """Make up to three patches that can be applied; many ideas cannot."""
    made: list[Record] = []
    for _ in range(chance.randrange(4)):
        ops = []
        for _ in range(chance.randrange(5)):
            try:
                op, state = an_op(chance, state)
            except Impossible:
                continue
            ops.append(op)
        made.append({"ops": ops})
    return made, state


def said(chance: random.Random) -> list[Record]:
    return [{"role": "user", "content": a_value(chance)} for _ in range(chance.randrange(4))]


def act(peer: Peer, chance: random.Random, model: Model) -> None:
    """Do one thing to the thread and to the model."""
    state = copy.deepcopy(model.states[-1])
    match chance.choice(["commit"] * 6 + ["append", "replace", "clear", "set", "update", "fail"]):
        case "commit":
            params: Record = {"messages": said(chance), "expectedVersion": len(model.states) - 1}
            if chance.random() < 0.1:
                params["snapshot"] = state = {"new": chance.randrange(9)}
                state = copy.deepcopy(state)
            params["patches"], state = patches(chance, state)
            answer = peer.call("thread/commit", threadId="t", **params)
            model.step(state, model.logs[-1] + log_of(answer["messages"]))
        case "append":
            messages = [*said(chance), {"role": "tool"}]
            answer = peer.call("message/append", threadId="t", messages=messages)
            model.step(state, model.logs[-1] + log_of(answer["messages"]))
        case "replace":
            peer.call("message/replace", threadId="t", messages=said(chance))
            model.step(state, log_of(peer.call("thread/checkpoint", threadId="t")["messages"]))
        case "clear":
            peer.call("message/clear", threadId="t")
            model.step(state, [])
        case "set":
            value = {"set": a_value(chance)}
            peer.call("thread/setState", threadId="t", state=value)
            model.step(value, model.logs[-1])
        case "update":
            peer.call("thread/update", threadId="t", title=f"{len(model.states)}")
            model.step(state, model.logs[-1])
        case "fail":
            made, _ = patches(chance, state)
            made.append({"ops": [{"op": "remove", "path": "/not/there"}]})
            with pytest.raises(Refused, match="patch_failed"):
                peer.call("thread/commit", threadId="t", patches=made)


def log_of(messages: list[Record]) -> list[tuple[str, Any]]:
    return [(message["id"], message["content"]) for message in messages]


@pytest.mark.parametrize("seed", range(6))
def test_every_version_can_be_read_as_it_was(
    peer: Peer, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(limits, "STATE_EVERY_COMMITS", chance.choice([1, 3, 1000]))
    monkeypatch.setattr(limits, "STATE_EVERY_BYTES", chance.choice([1, 500, 100_000]))
    make_thread(peer, threadId="t")
    model = Model()
    for _ in range(150):
        act(peer, chance, model)
    for version, state in enumerate(model.states):
        answer = peer.call("thread/getState", threadId="t", atVersion=version)
        assert answer == {"state": state, "version": version}
    checkpoint = peer.call("thread/checkpoint", threadId="t")
    assert checkpoint["state"] == model.states[-1]
    assert checkpoint["version"] == len(model.states) - 1
    assert log_of(checkpoint["messages"]) == model.logs[-1]
    follow(peer, model)


def follow(peer: Peer, model: Model) -> None:
    """Replay the logs as a client would that knows nothing but the change sets."""
    log: list[tuple[str, Any]] = []
    after: int | None = 0
    while after is not None:
        page = peer.call("thread/commits", threadId="t", afterVersion=after, limit=20)
        for made in page["data"]:
            log = log_of(made["messages"]) if made["replaced"] else log + log_of(made["messages"])
            assert log == model.logs[made["version"]]
        after = page["nextAfterVersion"]
