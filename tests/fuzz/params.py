"""Params of every method on a real store: an answer as published, or a no without a trace."""

import json
from functools import cache
from typing import Any
from zlib import crc32

import msgspec
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships none

from sidecar.model.errors import every_error
from sidecar.rpc.openrpc import document
from sidecar.rpc.registry import REGISTRY
from sidecar.store.paging import encode_cursor
from tests.fuzz.bits import Bits
from tests.fuzz.store import Store
from tests.support.source import START_MS

CONTRACT: dict[str, Any] = json.loads(document())
METHODS: dict[str, dict[str, Any]] = {each["name"]: each for each in CONTRACT["methods"]}
NAMES = sorted(METHODS)
MAX_CALLS = 6
# Inputs after which the invariants are looked at, one in so many: it costs as much as ten calls.
LOOK_EVERY = 8
# Those of the seed, and one of each that is not there.
IDS: dict[str, tuple[str, ...]] = {
    "thread": ("t1", "t2", "t3", "t9"), "turn": ("u1", "u2", "u3", "u9"),
    "item": ("i1", "i2", "i3", "i9"), "input": ("n1", "n2", "n3", "n9"),
    "message": ("m1", "m2", "m9"), "commit": ("c1", "c9"), "run": ("r1", "r2", "r9"),
    "step": ("s1", "s9"), "entry": ("e1", "e2", "e3", "e9"), "mailbox": ("b1", "b2", "b9"),
    "key": ("k1", "k9"), "agent": ("a1", "a9"), "subscription": ("sub_1",),
}  # fmt: skip
# What a name ends with, in lower case, and the ids it takes.
ENDINGS = {
    "threadid": "thread", "turnid": "turn", "itemid": "item", "inputid": "input",
    "messageid": "message", "commitid": "commit", "parentrunid": "run", "runid": "run",
    "stepid": "step", "entryid": "entry", "mailboxid": "mailbox", "key": "key",
    "agentid": "agent", "subscriptionid": "subscription", "resourceid": "key",
}  # fmt: skip
EVENTS = ("turn.started", "turn.*", "*", "note", "thread.created")
GIVEN_ERRORS = {error.kind: error for error in every_error()}
SEED: list[tuple[str, dict[str, Any]]] = [
    ("thread/create", {"threadId": "t1", "title": "one word", "resourceId": "k1"}),
    ("thread/create", {"threadId": "t2", "parentThreadId": "t1", "metadata": {"a": 1}}),
    ("thread/create", {"threadId": "t3"}),
    ("turn/start", {"threadId": "t1", "turnId": "u1", "prompt": "go"}),
    ("item/create", {"turnId": "u1", "itemId": "i1", "kind": "tool_call"}),
    ("item/create", {"turnId": "u1", "itemId": "i2", "kind": "agent_message", "detail": "x",
        "status": "completed"}),
    ("turn/start", {"threadId": "t2", "turnId": "u2", "status": "queued"}),
    ("turn/start", {"threadId": "t3", "turnId": "u3", "prompt": "done"}),
    ("item/create", {"turnId": "u3", "itemId": "i3", "kind": "reasoning"}),
    ("turn/complete", {"turnId": "u3", "usage": {"inputTokens": 3, "costUsd": 0.5}}),
    ("sessionInput/admit", {"threadId": "t1", "inputId": "n1", "prompt": "p", "delivery": "steer"}),
    ("sessionInput/admit", {"threadId": "t1", "inputId": "n2", "prompt": "q"}),
    ("sessionInput/admit", {"threadId": "t3", "inputId": "n3", "prompt": "r"}),
    ("message/append", {"threadId": "t1", "messages": [{"id": "m1", "role": "user", "content": 1},
        {"id": "m2", "role": "assistant", "content": {"a": []}, "visibility": "internal"}]}),
    ("run/create", {"threadId": "t1", "runId": "r1", "turnId": "u1", "agentId": "a1"}),
    ("run/create", {"threadId": "t1", "runId": "r2", "status": "in_progress", "parentRunId": "r1"}),
    ("step/create", {"runId": "r2", "stepId": "s1", "type": "tool_calls"}),
    ("thread/commit", {"threadId": "t1", "commitId": "c1", "snapshot": {"a": 1, "b": [1, {}]},
        "patches": [{"ops": [{"op": "increment", "path": "/a", "value": 2}]}], "runId": "r2"}),
    ("event/append", {"threadId": "t1", "event": "note", "payload": [1], "eventKey": "k1"}),
    ("mailbox/enqueue", {"mailboxId": "b1", "entryId": "e1", "dedupeKey": "k1"}),
    ("mailbox/enqueue", {"mailboxId": "b1", "entryId": "e2", "priority": 9}),
    ("mailbox/enqueue", {"mailboxId": "b2", "entryId": "e3", "maxAttempts": 1}),
    ("mailbox/claimEntry", {"entryId": "e3", "consumerId": "c", "leaseMs": 1_000}),
]  # fmt: skip


class Answer(msgspec.Struct):
    """Be an answer, its result as it was sent."""

    result: msgspec.Raw = msgspec.Raw(b"")
    error: dict[str, Any] | None = None


@cache
def store() -> Store:
    """Make it once: a process has one."""
    made = Store(SEED)
    assert all("result" in answer for answer in made.answers), made.answers
    return made


def close() -> None:
    """Let go of the store, if there is one."""
    if store.cache_info().currsize:
        store().close()
        store.cache_clear()


@cache
def token() -> str:
    claimed: str = store().answers[-1]["result"]["entry"]["claimToken"]
    return claimed


def fuzz(data: bytes) -> None:
    bits = Bits(data)
    used = store()
    used.begin()
    try:
        for _ in range(MAX_CALLS):
            if not bits.is_left:
                break
            ask(used, bits.pick(NAMES), bits)
        if crc32(data) % LOOK_EVERY == 0:
            assert used.findings() == []
    finally:
        used.undo()


def ask(used: Store, name: str, bits: Bits) -> None:
    """Ask one method, and look at what comes of it."""
    params = {
        each["name"]: value(bits, each["name"], each["schema"])
        for each in METHODS[name]["params"]
        if bits.rarely(64) != (each["required"] or bits.rarely(3))
    }
    if bits.rarely(64):
        params[bits.text()] = bits.value(2)
    text = json.dumps(params).encode()
    db = used.database.writer
    changes, seq = db.total_changes(), used.database.last_seq
    db.execute("SAVEPOINT before")
    answer = msgspec.json.decode(used.ask(name, text), type=Answer)
    if answer.error is not None:
        _check_refusal(name, answer.error)
        assert used.database.last_seq == seq, "a refused request has used a seq"
        if db.total_changes() != changes:
            # It wrote before it was refused: all of it must be as it was.
            now = used.everything()
            db.execute("ROLLBACK TO before")
            assert used.everything() == now, "a refused request left a trace"
    else:
        _check_result(name, answer.result)
    db.execute("RELEASE before")


def _check_refusal(name: str, error: dict[str, Any]) -> None:
    kind = error["data"]["kind"]
    assert kind != "internal" and error["code"] == GIVEN_ERRORS[kind].code
    assert {"$ref": f"#/components/errors/{kind}"} in METHODS[name]["errors"], f"{name}: {kind}"
    details = set(GIVEN_ERRORS[kind].fields)
    beyond = {"index", "opIndex"} if name == "atomic" else set()
    assert error["data"].keys() - {"kind", "retryable"} - beyond == details - beyond, error


_SHAPES: set[tuple[str, str]] = set()


def _check_result(name: str, text: msgspec.Raw) -> None:
    msgspec.json.decode(text, type=REGISTRY[name].result)
    result = json.loads(bytes(text))
    shape = (name, _shape(result))
    if shape not in _SHAPES:
        _SHAPES.add(shape)
        faults = [fault.message for fault in _validator(name).iter_errors(result)]
        assert faults == [], f"{name}: {faults}"


@cache
def _validator(name: str) -> Draft202012Validator:
    schema = METHODS[name]["result"]["schema"]
    return Draft202012Validator({**schema, "components": CONTRACT["components"]})


def _shape(tree: Any, depth: int = 4) -> str:
    if isinstance(tree, dict) and depth:
        return "{" + ",".join(f"{key}:{_shape(tree[key], depth - 1)}" for key in sorted(tree)) + "}"
    if isinstance(tree, list) and depth:
        return "[" + "|".join(sorted({_shape(part, depth - 1) for part in tree})) + "]"
    return type(tree).__name__


def value(bits: Bits, name: str, schema: dict[str, Any], depth: int = 5) -> Any:
    """Make what a schema asks for, and now and then something else."""
    if bits.rarely(48):
        return bits.value(2)
    while "$ref" in schema:
        schema = CONTRACT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return value(bits, name, bits.pick(schema["anyOf"]), depth)
    if "enum" in schema or schema.get("type") == "null":
        return bits.pick(schema.get("enum", (None,)))
    if schema.get("type") in ("object", "array") and depth:
        return _tree(bits, name, schema, depth)
    match schema.get("type"):
        case "integer" | "number":
            return _number(bits, name)
        case "boolean":
            return bits.rarely(2)
        case "string":
            return _string(bits, name)
    return bits.value(3)


def _tree(bits: Bits, name: str, schema: dict[str, Any], depth: int) -> Any:
    if schema["type"] == "array":
        parts = range(bits.number(4))
        return [value(bits, name, schema.get("items", {}), depth - 1) for _ in parts]
    required = schema.get("required", [])
    made = {
        member: value(bits, member, part, depth - 1)
        for member, part in schema.get("properties", {}).items()
        if bits.rarely(64) != (member in required or bits.rarely(3))
    }
    if {"method", "params"} <= schema.get("properties", {}).keys():
        called = bits.pick(NAMES)
        made["method"] = called
        made["params"] = {
            each["name"]: value(bits, each["name"], each["schema"], 2)
            for each in METHODS[called]["params"]
            if each["required"] or bits.rarely(3)
        }
    return made


def _number(bits: Bits, name: str) -> Any:
    if bits.rarely(24):
        return bits.pick((-1, 2**53 - 1, 2**53, 0.5, 2**63, 10**30))
    if name.endswith("Ms") and bits.rarely(2):
        return START_MS + bits.number(4_096) - 2_048
    return bits.number(8)


def _string(bits: Bits, name: str) -> Any:
    lowered = name.lower()
    if bits.rarely(24):
        return bits.text()
    if lowered == "claimtoken":
        return token()
    if lowered == "cursor":
        return _cursor(bits)
    if lowered in ("event", "events"):
        return bits.pick(EVENTS)
    if lowered in ("path", "from"):
        return "".join(f"/{bits.pick(('a', 'b', '0', '-', 'x'))}" for _ in range(bits.number(3)))
    for ending, kind in ENDINGS.items():
        if lowered.endswith(ending):
            return bits.pick(IDS[kind])
    return bits.text() or "x"


def _cursor(bits: Bits) -> str:
    kinds = [bits.rarely(2) for _ in range(1 + bits.number(4))]
    ids = tuple(each for group in IDS.values() for each in group)
    parts = [bits.pick(ids) if is_text else _number(bits, "atMs") for is_text in kinds]
    if all(isinstance(part, int | str) for part in parts):
        return encode_cursor(*parts)
    return bits.text()
