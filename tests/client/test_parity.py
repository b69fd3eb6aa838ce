"""What is generated has all of the registry: methods, params, records, errors."""

import inspect
import json
from types import UnionType
from typing import Any, get_args

import msgspec
import pytest

from sidecar import client
from sidecar.client import methods, records, refusals
from sidecar.model.errors import every_error
from sidecar.model.event import DAEMON_EVENTS
from sidecar.rpc.openrpc import document
from sidecar.rpc.python_client import snake
from sidecar.rpc.registry import REGISTRY
from tests.contract.replay import VECTORS

ASKED = sorted(set(REGISTRY) - methods.CONNECTION_BOUND)
BOTH = [client.Client, client.AsyncClient]


def test_both_clients_have_every_method_and_no_other() -> None:
    bound = {"initialize", "event/subscribe", "event/unsubscribe", "$/cancelRequest"}
    assert bound == methods.CONNECTION_BOUND
    for generated in (methods.Methods, methods.AsyncMethods):
        own = {name for name in vars(generated) if not name.startswith("_")}
        assert own == {snake(name) for name in ASKED}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("kind", BOTH)
def test_params_are_those_of_the_registry(kind: type, name: str) -> None:
    given = inspect.signature(getattr(kind, snake(name))).parameters
    params = [each for each in given.values() if each.name != "self"]
    declared = {field.name: field for field in msgspec.structs.fields(REGISTRY[name].params)}
    assert {each.name for each in params} == set(declared)
    optional = [not declared[each.name].required for each in params]
    assert optional == sorted(optional), "required ones come first"
    for each, is_optional in zip(params, optional, strict=True):
        assert each.kind is each.KEYWORD_ONLY
        assert each.default is (client.UNSET if is_optional else each.empty)


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_the_table_has_what_the_registry_declares(name: str) -> None:
    method, declared = methods.METHODS[name], REGISTRY[name]
    assert (method.name, method.retry) == (name, declared.retry)
    assert method.result.__name__ == declared.result.__name__


def shape(kind: type[msgspec.Struct]) -> dict[str, bool]:
    return {field.encode_name: field.required for field in msgspec.structs.fields(kind)}


@pytest.mark.parametrize("name", json.loads(document())["components"]["schemas"])
def test_every_record_has_the_members_of_its_schema(name: str) -> None:
    schema = json.loads(document())["components"]["schemas"][name]
    made = getattr(records, name)
    members = {
        member: member in schema["required"]
        for member, part in schema["properties"].items()
        if len(part.get("enum", [])) != 1
    }
    assert shape(made) == members
    tag = made.__struct_config__.tag_field
    assert ([] if tag is None else [tag]) == [*schema["properties"].keys() - members.keys()]
    assert made.__struct_config__.frozen
    # What it is made of can be resolved, and decoded by msgspec.
    msgspec.json.Decoder(made)


def test_every_error_is_a_class_with_its_details() -> None:
    assert set(refusals.KINDS) == {error.kind for error in every_error()}
    for error in every_error():
        made = refusals.KINDS[error.kind]
        assert made.__name__ == error.__name__ and issubclass(made, client.SidecarError)
        assert tuple(made.names) == error.fields
        assert getattr(client, made.__name__) is made


def told_errors() -> list[dict[str, Any]]:
    lines = [
        json.loads(line)
        for path in VECTORS.glob("*.jsonl")
        for line in path.read_text().splitlines()
    ]
    answers = [line["expect"] for line in lines if isinstance(line.get("expect"), dict)]
    return [answer["error"] for answer in answers if "error" in answer]


def test_the_details_have_the_types_that_are_told() -> None:
    assert told_errors()
    for error in told_errors():
        kind = refusals.KINDS[error["data"]["kind"]]
        raised = kind(error["code"], error["message"], error["data"])
        for attribute, hint in inspect.get_annotations(kind).items():
            parts = get_args(hint) if isinstance(hint, UnionType) else (hint,)
            plain = tuple(getattr(part, "__origin__", part) for part in parts)
            value = getattr(raised, attribute)
            assert isinstance(value, plain) or value == "<any>", (kind, attribute, value)


def test_an_events_payload_has_a_record_to_be_read_with() -> None:
    nouns = {"thread": "Thread", "turn": "Turn", "item": "Item", "input": "SessionInput"}
    for noun in set(DAEMON_EVENTS.values()) & set(nouns):
        assert hasattr(records, nouns[noun])
