"""The vectors are true: what they say is what the real daemon does over a real socket."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships none

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.model.errors import UNIVERSAL
from sidecar.rpc.openrpc import document
from sidecar.rpc.registry import REGISTRY
from tests.contract.replay import VECTORS, Ending, Stage, Vector, load, load_all, text_of

FILES = sorted(path.stem for path in VECTORS.glob("*.jsonl"))


class Replayed(NamedTuple):
    """Be one line, what came, and what should have come."""

    vector: Vector
    came: list[Any]
    expected: list[Any]


@pytest.fixture(scope="module", params=FILES)
def replayed(request: pytest.FixtureRequest) -> Iterator[list[Replayed]]:
    folder = Path(tempfile.mkdtemp(prefix="sc"))
    with Ending(folder) as daemon:
        stage = Stage(daemon, folder)
        lines = load(VECTORS / f"{request.param}.jsonl")
        transcript = [Replayed(vector, *stage.exchange(vector)) for vector in lines]
        assert stage.leave() == {}, "somebody was told more than the transcript says"
    yield transcript
    shutil.rmtree(folder)


def answered(replayed: list[Replayed]) -> list[tuple[str, str, dict[str, Any]]]:
    """List the name, the method and the answer of every line that calls a method."""
    return [
        (vector.name, method, came[0])
        for vector, came, _ in replayed
        if (method := method_of(vector)) in REGISTRY and vector.expect is not None
    ]


def method_of(vector: Vector) -> str | None:
    return vector.send.get("method") if isinstance(vector.send, dict) else None


def test_a_transcript_is_what_happens(replayed: list[Replayed]) -> None:
    for vector, came, expected in replayed:
        assert text_of(came) == text_of(expected), f"{vector.number}: {vector.name}"


def test_every_result_is_what_the_contract_says(replayed: list[Replayed]) -> None:
    for name, method, answer in answered(replayed):
        if "result" in answer:
            schema = described(method)["result"]["schema"]
            checked = Draft202012Validator({**schema, "components": contract()["components"]})
            assert [fault.message for fault in checked.iter_errors(answer["result"])] == [], name


def test_every_error_is_one_that_the_contract_names(replayed: list[Replayed]) -> None:
    errors = contract()["components"]["errors"]
    for name, method, answer in answered(replayed):
        if "error" in answer:
            kind = answer["error"]["data"]["kind"]
            assert {"$ref": f"#/components/errors/{kind}"} in described(method)["errors"], name
            assert answer["error"]["code"] == errors[kind]["code"], name
            given = answer["error"]["data"].keys() - {"kind", "retryable"}
            details = set(errors[kind]["data"]["details"])
            assert given - beyond(method) == details - beyond(method), name


def test_every_method_has_a_success() -> None:
    shown = {method_of(vector) for vector in load_all() if "result" in (vector.expect or {})}
    assert set(REGISTRY) - shown == set()


def test_every_error_that_a_method_declares_has_a_vector() -> None:
    declared = {
        (name, error.kind)
        for name, each in REGISTRY.items()
        for error in each.errors
        # Its errors are those of what it calls, and shown there.
        if name != "atomic"
    }
    assert declared - refused() == set()


def test_every_method_refuses_wrong_params() -> None:
    assert {(name, "invalid_params") for name in REGISTRY} - refused() == set()


def test_a_method_refuses_with_nothing_undeclared() -> None:
    universal = {error.kind for error in UNIVERSAL}
    declared = {(name, error.kind) for name, each in REGISTRY.items() for error in each.errors}
    of_methods = {(name, kind) for name, kind in refused() if name in REGISTRY}
    assert {pair for pair in of_methods - declared if pair[1] not in universal} == set()


def test_every_line_has_a_name_of_its_own() -> None:
    for file in FILES:
        names = [vector.name for vector in load(VECTORS / f"{file}.jsonl")]
        assert len(names) == len(set(names)), file


def beyond(method: str) -> set[str]:
    """Name the details that a method adds to any error: which of its calls it was."""
    return {"index", "opIndex"} if method == "atomic" else set()


def refused() -> set[tuple[str, str]]:
    """Name the method and the kind of every refusal in the vectors."""
    return {
        (method, vector.expect["error"]["data"]["kind"])
        for vector in load_all()
        if (method := method_of(vector)) and "error" in (vector.expect or {})
    }


@cache
def contract() -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(document())
    return decoded


def described(name: str) -> dict[str, Any]:
    method: dict[str, Any] = next(each for each in contract()["methods"] if each["name"] == name)
    return method
