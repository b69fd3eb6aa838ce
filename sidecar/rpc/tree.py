"""Take a JSON document apart, where its shape is known."""

from sidecar.rpc.openrpc import JsonObject, JsonTree


def as_object(value: JsonTree) -> JsonObject:
    """Take what is an object."""
    assert isinstance(value, dict)
    return value


def as_objects(value: JsonTree) -> list[JsonObject]:
    """Take what is a list of objects."""
    assert isinstance(value, list)
    return [as_object(part) for part in value]


def referred(schema: JsonObject) -> str:
    """Name what a `$ref` refers to."""
    return str(schema["$ref"]).rsplit("/", 1)[1]
