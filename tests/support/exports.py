"""What is equal of two exports of one thread, one of them made again by `sidecar import jsonl`.

Everything is, but for what only the daemon can say:
- every time (`…AtMs`, `durationMs`, `atMs`), and the seqs of events (`seq`, `admittedSeq`, …);
- the ids of items that a promotion or a prompt of `turn/steer` without an id has made: of those
  of a promotion the new daemon mints its own, so they are called after their input;
- `recovered`, `held`, `requeuedFromInputId`, `forkedFromThreadId`: said by what is not made again;
- the order of runs and steps that were made in one moment.
"""

import json
from typing import Any

STAMPED = {
    "seq", "admittedSeq", "promotedSeq", "durationMs", "atMs", "recovered", "held",
    "requeuedFromInputId", "forkedFromThreadId",
}  # fmt: skip
# Where JSON of anybody begins, whose members only look the same.
FOREIGN = {"metadata", "payload", "request", "content", "details", "actions", "snapshot"}


def comparable(lines: list[str]) -> list[Any]:
    records = [json.loads(line) for line in lines]
    named = {
        each["input"]["itemId"]: f"item of {each['input']['id']}"
        for each in records
        if each["type"] == "input" and each["input"]["itemId"]
    }
    made = [_without(each, named) for each in records]
    unordered = [each for each in made if each["type"] in ("run", "step")]
    rest = [each for each in made if each["type"] not in ("run", "step")]
    return [*rest, *sorted(unordered, key=json.dumps)]


def _without(value: Any, named: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_without(each, named) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: each if name in FOREIGN else _name(name, each, named)
        for name, each in value.items()
        if name in FOREIGN or not (name in STAMPED or name.endswith("AtMs"))
    }


def _name(name: str, value: Any, named: dict[str, str]) -> Any:
    if name in ("id", "itemId"):
        return named.get(value, value)
    return _without(value, named)
