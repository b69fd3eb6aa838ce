"""The OpenRPC document is one, it is whole, and it is the same wherever it is asked for."""

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships none

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar import __version__
from sidecar.model.errors import every_error
from sidecar.rpc.openrpc import document
from sidecar.rpc.registry import REGISTRY
from tests.contract.replay import VECTORS
from tests.support import DaemonThread, Peer


@cache
def contract() -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(document())
    return decoded


@pytest.fixture(params=sorted(REGISTRY))
def method(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: list[dict[str, Any]] = [
        each for each in contract()["methods"] if each["name"] == request.param
    ]
    assert len(found) == 1
    return found[0]


def valid(value: Any, schema: dict[str, Any]) -> bool:
    checked = Draft202012Validator({**schema, "components": contract()["components"]})
    return bool(checked.is_valid(value))


def test_it_says_what_it_is() -> None:
    assert list(contract()) == ["openrpc", "info", "methods", "components"]
    assert contract()["openrpc"] == "1.3.2"
    assert contract()["info"]["title"] == "sidecar"
    assert contract()["info"]["version"] == __version__


def test_it_has_every_method_once() -> None:
    assert [each["name"] for each in contract()["methods"]] == sorted(REGISTRY)


def test_params_are_by_name_and_the_required_ones_come_first(method: dict[str, Any]) -> None:
    assert method["paramStructure"] == "by-name"
    names = [param["name"] for param in method["params"]]
    assert len(names) == len(set(names))
    required = [param["required"] for param in method["params"]]
    assert required == sorted(required, reverse=True)
    assert all(isinstance(param["schema"], dict) for param in method["params"])


def test_a_method_says_what_it_does_in_a_sentence(method: dict[str, Any]) -> None:
    assert method["summary"].endswith(".") and "\n" not in method["summary"]
    assert method["description"].startswith(method["summary"][:20])


def test_schemas_are_schemas(method: dict[str, Any]) -> None:
    for schema in [method["result"]["schema"], *(each["schema"] for each in method["params"])]:
        Draft202012Validator.check_schema(schema)


def test_a_default_is_of_its_type(method: dict[str, Any]) -> None:
    for param in method["params"]:
        if "default" in param["schema"]:
            assert not param["required"]
            assert valid(param["schema"]["default"], param["schema"]), param["name"]


def test_an_example_is_what_the_method_takes_and_gives(method: dict[str, Any]) -> None:
    schemas = {param["name"]: param["schema"] for param in method["params"]}
    for example in method["examples"]:
        given = {param["name"]: param["value"] for param in example["params"]}
        assert {param["name"] for param in method["params"] if param["required"]} <= set(given)
        assert all(valid(value, schemas[name]) for name, value in given.items())
        assert valid(example["result"]["value"], method["result"]["schema"])


def test_every_reference_leads_somewhere() -> None:
    def refs(tree: Any) -> Iterator[str]:
        if isinstance(tree, dict):
            if isinstance(tree.get("$ref"), str):
                yield tree["$ref"]
            tree = list(tree.values())
        if isinstance(tree, list):
            for part in tree:
                yield from refs(part)

    found = set(refs(contract()))
    assert found
    for ref in found:
        place: Any = contract()
        for step in ref.removeprefix("#/").split("/"):
            place = place[step]


def test_every_error_is_there_and_codes_do_not_repeat() -> None:
    errors = contract()["components"]["errors"]
    assert list(errors) == [error.kind for error in every_error()]
    assert len({error["code"] for error in errors.values()}) == len(errors)


def test_the_daemon_answers_the_document(peer: Peer) -> None:
    assert peer.call("rpc.discover") == contract()


def test_the_command_prints_the_document() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "sidecar", "openrpc"], capture_output=True, check=True
    )
    assert printed.stdout == document()


def test_the_published_file_is_the_document() -> None:
    assert (VECTORS.parent / "openrpc.json").read_bytes() == document()


def test_what_makes_a_retry_known_is_an_optional_param_or_a_word(method: dict[str, Any]) -> None:
    retry = method["x-retry"]
    if retry in ("always", "never"):
        assert retry == "always" or method["x-mode"] != "read"
        return
    outer, _, inner = retry.partition("[].")
    param = next(each for each in method["params"] if each["name"] == outer)
    if inner:
        name = param["schema"]["items"]["$ref"].rsplit("/", 1)[1]
        schema = contract()["components"]["schemas"][name]
        assert inner in schema["properties"] and inner not in schema["required"]
    else:
        assert not param["required"]


def test_what_is_told_unasked_is_published_too(daemon: DaemonThread) -> None:
    with daemon.peer() as writer, daemon.peer() as listener:
        listener.call("event/subscribe", sinceSeq=0, deltas=True)
        writer.call("thread/create", threadId="t")
        writer.call("turn/start", threadId="t", turnId="u")
        writer.call("item/create", turnId="u", itemId="i", kind="reasoning")
        writer.call("item/delta", itemId="i", text="word", offset=0)
        writer.call("event/prune", beforeSeq=3)
        listener.call("event/subscribe", sinceSeq=1)
        told: dict[str, Any] = {}
        published = contract()["components"]["x-notifications"]
        while set(told) != set(published):
            notification = listener.receive()
            told[notification["method"]] = notification["params"]
    for name, params in told.items():
        assert valid(params, published[name])
        schema = contract()["components"]["schemas"][published[name]["$ref"].rsplit("/", 1)[1]]
        assert set(params) == set(schema["properties"])
