"""Make the OpenRPC document from the registry: what `rpc.discover` answers.

https://spec.open-rpc.org, version 1.3.2. Schemas come from the same types that validate.
"""

import inspect
import json
from functools import cache
from importlib.resources import files

import msgspec

from sidecar import __version__
from sidecar.model.errors import UNIVERSAL, ProtocolError, every_error
from sidecar.rpc.notifications import NOTIFICATIONS
from sidecar.rpc.registry import REGISTRY, Method

JsonObject = dict[str, "JsonTree"]
JsonTree = str | int | float | bool | None | list["JsonTree"] | JsonObject

TEXT: JsonObject = {"type": "string"}
WHOLE: JsonObject = {"type": "integer"}
TEXT_OR_NULL: JsonObject = {"anyOf": [TEXT, {"type": "null"}]}
# The details of errors that are not text, by their names.
DETAILS: dict[str, JsonObject] = {
    "activeTurnId": TEXT_OR_NULL,
    "actual": WHOLE,
    "expected": WHOLE,
    "index": WHOLE,
    "legal": {"type": "array", "items": TEXT},
    "max": WHOLE,
    "turnId": TEXT_OR_NULL,
}
REF = "#/components/schemas/{name}"


class Example(msgspec.Struct, frozen=True):
    """Be one request and its result, taken from the vectors."""

    params: dict[str, msgspec.Raw]
    result: msgspec.Raw


@cache
def document() -> bytes:
    """Render the document, the same to the byte wherever it is asked for."""
    return json.dumps(_document(), indent=2, ensure_ascii=False).encode() + b"\n"


def _document() -> JsonObject:
    methods = [REGISTRY[name] for name in sorted(REGISTRY)]
    types = [*(m.params for m in methods), *(m.result for m in methods), *NOTIFICATIONS.values()]
    raw_schemas, raw_components = msgspec.json.schema_components(types, ref_template=REF)
    schemas = _plain(list(raw_schemas))
    components = _plain(raw_components)
    assert isinstance(schemas, list) and isinstance(components, dict)
    examples = _examples()
    described: list[JsonTree] = []
    results = schemas[len(methods) : 2 * len(methods)]
    for method, result in zip(methods, results, strict=True):
        params = components.pop(method.params.__name__)
        assert isinstance(params, dict)
        described.append(_method(method, params, result, examples.get(method.name)))
    return {
        "openrpc": "1.3.2",
        "info": {
            "title": "sidecar",
            "version": __version__,
            "description": "Threads, turns, items, session inputs and events: answered means "
            "durable, and never half.",
            "license": {"name": "MIT"},
        },
        "methods": described,
        "components": {
            "schemas": components,
            "errors": {error.kind: _error(error) for error in every_error()},
            "x-notifications": _notifications(),
        },
    }


def _method(
    method: Method, params: JsonObject, result: JsonTree, example: Example | None
) -> JsonObject:
    required = params.get("required", [])
    properties = params.get("properties", {})
    assert isinstance(required, list) and isinstance(properties, dict)
    described: list[JsonTree] = []
    for name in sorted(properties, key=lambda name: name not in required):
        schema = properties[name]
        assert isinstance(schema, dict)
        plain = {key: value for key, value in schema.items() if key != "default"}
        if name in method.defaults:
            plain["default"] = method.defaults[name]
        described.append({"name": name, "required": name in required, "schema": plain})
    answer: JsonObject = {
        "name": method.name,
        "summary": method.summary,
        "description": method.doc,
        "paramStructure": "by-name",
        "params": described,
        "result": {"name": "result", "schema": result},
        "errors": [
            {"$ref": f"#/components/errors/{error.kind}"}
            for error in sorted({*method.errors, *UNIVERSAL}, key=lambda error: error.kind)
        ],
        "x-mode": method.mode,
        "x-retry": method.retry,
        "x-since": method.since,
    }
    if example is not None:
        answer["examples"] = [_example(method.name, example)]
    return answer


def _notifications() -> JsonObject:
    return {
        name: {"$ref": REF.format(name=params.__name__)} for name, params in NOTIFICATIONS.items()
    }


def _example(name: str, example: Example) -> JsonObject:
    return {
        "name": name,
        "params": [
            {"name": key, "value": json.loads(bytes(value))}
            for key, value in example.params.items()
        ],
        "result": {"name": "result", "value": json.loads(bytes(example.result))},
    }


def _error(error: type[ProtocolError]) -> JsonObject:
    details: JsonObject = {name: DETAILS.get(name, TEXT) for name in error.fields}
    return {
        "code": error.code,
        "message": error.message(),
        "data": {"kind": error.kind, "retryable": error.retryable, "details": details},
    }


def _examples() -> dict[str, Example]:
    text = files("sidecar.rpc").joinpath("examples.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, Example])


def _member(key: object, value: object) -> JsonTree:
    if key == "pattern" and isinstance(value, str):
        return value.replace(r"\Z", "$")
    if key == "description" and isinstance(value, str):
        return inspect.cleandoc(value)
    return _plain(value)


def _plain(tree: object) -> JsonTree:
    """Bring what msgspec made into the dialect of JSON Schema: its patterns are ECMA's.

    Docstrings lose their indentation, which Python keeps or not by its version.
    """
    if isinstance(tree, dict):
        return {str(key): _member(key, value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_plain(part) for part in tree]
    assert tree is None or isinstance(tree, str | int | float | bool)
    return tree
