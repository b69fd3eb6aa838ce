"""Write the reference for people from the OpenRPC document and the tables beside it.

Pure: the same document gives the same text, so that a test can tell when it has drifted.
"""

from collections.abc import Sequence

from sidecar.model.errors import UNIVERSAL, every_error
from sidecar.model.event import DAEMON_EVENTS
from sidecar.model.item import ITEM
from sidecar.model.machine import Machine
from sidecar.model.mailbox import MAILBOX_ENTRY
from sidecar.model.run import RUN
from sidecar.model.session_input import SESSION_INPUT
from sidecar.model.step import STEP
from sidecar.model.turn import TURN
from sidecar.rpc.openrpc import JsonObject, JsonTree
from sidecar.rpc.tree import as_object, as_objects, referred

MACHINES: tuple[Machine, ...] = (TURN, ITEM, SESSION_INPUT, RUN, STEP, MAILBOX_ENTRY)
UNIVERSAL_KINDS = {error.kind for error in UNIVERSAL}
HEAD = """# Reference

Made by `scripts/generate` from the declarations of the methods; do not edit. What holds for
all of them is in [README.md](README.md), the same for machines in [openrpc.json](openrpc.json).
A type with a name is a record, listed under [Records](#records); `?` marks what may be left out.
"""


def reference(document: JsonObject) -> str:
    """Render the whole reference as Markdown."""
    methods = as_objects(document["methods"])
    components = as_object(document["components"])
    parts = [
        HEAD,
        "## Methods\n",
        *(_method(method) for method in methods),
        "## Records\n",
        *(_record(name, schema) for name, schema in as_object(components["schemas"]).items()),
        _errors(),
        _events(),
        "## Statuses\n",
        *(_diagram(machine) for machine in MACHINES),
    ]
    return "\n".join(parts)


def _method(method: JsonObject) -> str:
    lines = [f"### `{method['name']}`\n", f"{method['description']}\n"]
    params = as_objects(method["params"])
    if params:
        rows = [_param(param) for param in params]
        lines.append(_table(("param", "type", "default", "meaning"), rows))
    result = as_object(method["result"])
    lines.append(f"Result: {_code(_type(as_object(result['schema'])))}\n")
    refs = [referred(ref) for ref in as_objects(method["errors"])]
    own = [f"`{kind}`" for kind in refs if kind not in UNIVERSAL_KINDS]
    if own:
        lines.append(f"Errors: {', '.join(own)}\n")
    return "\n".join(lines)


def _param(param: JsonObject) -> tuple[str, ...]:
    schema = as_object(param["schema"])
    mark = "" if param["required"] else "?"
    default = _code(_literal(schema["default"])) if "default" in schema else ""
    # Whoever gives nothing gets the default, so null says no more than that.
    kind = _type(schema) if param["required"] else _type(schema).removesuffix(" or null")
    return f"`{param['name']}`{mark}", _code(kind), default, _meaning(schema)


def _record(name: str, value: JsonTree) -> str:
    schema = as_object(value)
    lines = [f"### {name}\n", f"{schema.get('description', '')}\n"]
    rows = [
        (f"`{member}`", _code(_type(as_object(part))), _meaning(as_object(part)))
        for member, part in as_object(schema["properties"]).items()
    ]
    if rows:
        lines.append(_table(("member", "type", "meaning"), rows))
    return "\n".join(lines)


def _errors() -> str:
    rows = [
        (
            str(error.code),
            f"`{error.kind}`",
            error.message(),
            ", ".join(f"`{field}`" for field in error.fields),
            "yes" if error.retryable else "",
        )
        for error in every_error()
    ]
    table = _table(("code", "kind", "message", "details", "retryable"), rows)
    any_method = ", ".join(f"`{error.kind}`" for error in every_error() if error in UNIVERSAL)
    return f"## Errors\n\n{table}\nAny request may meet {any_method}.\n"


def _events() -> str:
    rows = [
        (f"`{name}`", noun if " " in noun else f"`{noun}`") for name, noun in DAEMON_EVENTS.items()
    ]
    return f"## Events of the daemon\n\n{_table(('event', 'payload holds'), rows)}"


def _diagram(machine: Machine) -> str:
    lines = [f"### {machine.noun}\n", "```mermaid", "stateDiagram-v2"]
    for status, onward in machine.transitions.items():
        lines += [f"    {status} --> {each}" for each in onward]
        if not onward:
            lines.append(f"    {status} --> [*]")
    return "\n".join([*lines, "```", ""])


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in c)} |\n" for c in lines)


def _type(schema: JsonObject) -> str:
    """Say a schema in a few words."""
    if "$ref" in schema:
        return referred(schema)
    if "anyOf" in schema:
        return " or ".join(_type(part) for part in as_objects(schema["anyOf"]))
    if "enum" in schema:
        values = schema["enum"]
        assert isinstance(values, list)
        return " or ".join(_literal(value) for value in values)
    if schema.get("type") == "array":
        return f"list of {_type(as_object(schema['items']))}"
    return str(schema.get("type", "any JSON")) + _range(schema)


def _range(schema: JsonObject) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None or (isinstance(low, int) and low < 0):
        return ""
    return f" from {low}" + (f" to {high}" if high is not None else "")


def _meaning(schema: JsonObject) -> str:
    described = [schema, *as_objects(schema.get("anyOf", []))]
    return str(next((each["description"] for each in described if "description" in each), ""))


def _literal(value: JsonTree) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return f'"{value}"' if isinstance(value, str) else str(value)


def _code(text: str) -> str:
    return f"`{text}`"
