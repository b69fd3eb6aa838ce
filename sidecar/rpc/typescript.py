"""Write the contract for TypeScript from the OpenRPC document.

Pure: the same document gives the same text, so that a test can tell when it has drifted.
"""

import json
import re
import textwrap

from sidecar.model.event import DAEMON_EVENTS
from sidecar.rpc.openrpc import JsonObject, JsonTree
from sidecar.rpc.tree import as_object, as_objects, referred

# Where prettier breaks a line.
WIDTH = 80
NOTHING = "Record<string, never>"
HEAD = """// Made by `scripts/generate` from the declarations of the methods; do not edit.
// What holds for all of them is in README.md, the same for people in
// reference.md.

/** Any JSON value; what was stored comes back equal. */
export type Json =
  null | boolean | number | string | Json[] | { [member: string]: Json };
"""
RETRY_HEAD = """// Made by `scripts/generate` from the declarations of the methods; do not edit.

import type { Methods } from "../../sidecar.js";

/**
 * Whether a request whose answer was lost may be sent again: `always`, `never`,
 * or the path of the id by which the daemon knows it again.
 */
export const RETRY: Readonly<Record<keyof Methods, string>> = {
"""
# Nouns in payloads of events whose record has another name.
RECORDS = {"input": "SessionInput", "the report itself": "RecoveryReport"}
# What payloads hold that are no one record, by the names of their members.
MEMBERS = {"messages": "Message[]", "messageCount": "number", "version": "number"}
QUOTED = re.compile(r"`(\w+)`")
IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def typescript(document: JsonObject) -> str:
    """Render every record, method, notification and error as declarations."""
    methods = as_objects(document["methods"])
    components = as_object(document["components"])
    schemas = as_object(components["schemas"])
    given = _given(methods, schemas)
    parts = [
        HEAD,
        *(_record(name, as_object(schema), given) for name, schema in schemas.items()),
        *(_params(method) for method in methods),
        _methods(methods),
        _notifications(as_object(components["x-notifications"])),
        _events(),
        _errors(methods, as_object(components["errors"])),
    ]
    return "\n".join(parts)


def retries(document: JsonObject) -> str:
    """Render by which id each request is known again, as a constant for the client."""
    rows = [
        f"  {_key(str(method['name']))}: {_text(method['x-retry'])},\n"
        for method in as_objects(document["methods"])
    ]
    return f"{RETRY_HEAD}{''.join(rows)}}};\n"


def params_name(method: str) -> str:
    """Name the type of a method's params: `turn/start` takes `TurnStartParams`."""
    parts = re.split(r"[/.]", method)
    return "".join(part[:1].upper() + part[1:] for part in parts) + "Params"


def _given(methods: list[JsonObject], schemas: JsonObject) -> set[str]:
    """Name the records that clients send, at whatever depth: members of theirs may be absent."""
    found: set[str] = set()
    waiting = [ref for method in methods for ref in _references(method["params"])]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(schemas[name])
    return found


def _references(tree: JsonTree) -> list[str]:
    if isinstance(tree, list):
        return [name for part in tree for name in _references(part)]
    if not isinstance(tree, dict):
        return []
    if "$ref" in tree:
        return [referred(tree)]
    return [name for part in tree.values() for name in _references(part)]


def _record(name: str, schema: JsonObject, given: set[str]) -> str:
    required = schema.get("required", [])
    assert isinstance(required, list)
    # What is answered has every member; what is sent may leave some out.
    is_given = name in given
    whole = set() if is_given else given
    members = [
        _member(key, as_object(part), whole, optional=is_given and key not in required)
        for key, part in as_object(schema["properties"]).items()
    ]
    return _interface(name, str(schema.get("description", "")), members)


def _params(method: JsonObject) -> str:
    name = str(method["name"])
    members = [
        _member(
            str(param["name"]), as_object(param["schema"]), set(), optional=not param["required"]
        )
        for param in as_objects(method["params"])
    ]
    return _interface(params_name(name), f"The params of `{name}`.", members)


def _methods(methods: list[JsonObject]) -> str:
    members = [
        _comment(str(method["description"]), "  ") + _method_member(method) for method in methods
    ]
    return _interface("Methods", "Every method: what it takes and what it answers.", members)


def _method_member(method: JsonObject) -> str:
    name = str(method["name"])
    result = _type(as_object(as_object(method["result"])["schema"]), set())
    key, params = _key(name), params_name(name)
    line = f"  {key}: {{ params: {params}; result: {result} }};\n"
    if len(line) <= WIDTH + 1:
        return line
    return f"  {key}: {{\n    params: {params};\n    result: {result};\n  }};\n"


def _notifications(notifications: JsonObject) -> str:
    members = [
        f"  {_key(name)}: {referred(as_object(schema))};\n"
        for name, schema in notifications.items()
    ]
    return _interface("Notifications", "What the daemon tells unasked.", members)


def _events() -> str:
    members = [_payload(name, noun) for name, noun in DAEMON_EVENTS.items()]
    about = "The daemon's own events by name, each with its payload."
    return _interface("DaemonEvents", about, members)


def _payload(name: str, noun: str) -> str:
    if members := QUOTED.findall(noun):
        return _inline(_key(name), [f"{each}: {MEMBERS[each]}" for each in members])
    record = RECORDS.get(noun, noun.capitalize())
    return f"  {_key(name)}: {record if ' ' in noun else f'{{ {noun}: {record} }}'};\n"


def _errors(methods: list[JsonObject], errors: JsonObject) -> str:
    about = "Every kind of error, which is what a client switches on."
    kinds = f"{_comment(about)}export type ErrorKind ={_union([_text(k) for k in errors])};\n"
    codes, details = [], []
    for kind, error in errors.items():
        data = as_object(as_object(error)["data"])
        codes.append(f"  {kind}: {as_object(error)['code']};\n")
        comment = _comment(f"{as_object(error)['message']}.", "  ")
        details.append(comment + _details(kind, as_object(data["details"])))
    index = ""
    if any(method["name"] == "atomic" for method in methods):
        index = "    /** Which of the calls of `atomic` was refused. */\n    index?: number;\n"
    data_type = (
        _comment("The `data` of an error, told apart by its `kind`.")
        + "export type ErrorData<K extends ErrorKind = ErrorKind> = {\n"
        + "  [Kind in K]: {\n    kind: Kind;\n"
        + "    /** Whether the same request may succeed later as it is. */\n"
        + f"    retryable: boolean;\n{index}  }} & ErrorDetails[Kind];\n}}[K];\n"
    )
    return "\n".join(
        (
            kinds,
            _interface("ErrorCodes", "The code of every kind.", codes),
            _interface("ErrorDetails", "What each kind of error tells besides.", details),
            data_type,
        )
    )


def _details(kind: str, fields: JsonObject) -> str:
    if not fields:
        # Not `Record<string, never>`: it is met with the members that all errors have.
        return f"  {kind}: object;\n"
    members = [f"{field}: {_type(as_object(schema), set())}" for field, schema in fields.items()]
    return _inline(kind, members)


def _inline(name: str, members: list[str]) -> str:
    """Say a member that is an object: on a line, or on several where one is too short."""
    line = f"  {name}: {{ {'; '.join(members)} }};\n"
    if len(line) <= WIDTH + 1:
        return line
    rows = "".join(f"    {member};\n" for member in members)
    return f"  {name}: {{\n{rows}  }};\n"


def _interface(name: str, about: str, members: list[str]) -> str:
    if not members:
        return f"{_comment(about)}export type {name} = {NOTHING};\n"
    return f"{_comment(about)}export interface {name} {{\n{''.join(members)}}}\n"


def _member(name: str, schema: JsonObject, whole: set[str], *, optional: bool) -> str:
    described = [schema, *as_objects(schema.get("anyOf", []))]
    about = str(next((each["description"] for each in described if "description" in each), ""))
    # What is answered is never left out, so that a default would say nothing.
    if optional and schema.get("default") is not None:
        about = f"{about} Default: `{_text(schema['default'])}`.".strip()
    head = f"  {name}{'?' if optional else ''}:"
    parts = _alternatives(schema, whole)
    line = f"{head} {' | '.join(parts)};\n"
    if len(line) > WIDTH + 1:
        line = f"{head}{_union(parts, '    ')};\n"
    return _comment(about, "  ") + line


def _alternatives(schema: JsonObject, whole: set[str]) -> list[str]:
    """Say a schema as the members of a union; records in `whole` have all their members."""
    if "$ref" in schema:
        name = referred(schema)
        return [f"Required<{name}>" if name in whole else name]
    if "anyOf" in schema:
        return [each for part in as_objects(schema["anyOf"]) for each in _alternatives(part, whole)]
    if "enum" in schema:
        values = schema["enum"]
        assert isinstance(values, list)
        return [_text(value) for value in values]
    match schema.get("type"):
        case "array":
            item = _type(as_object(schema["items"]), whole)
            return [f"({item})[]" if " | " in item else f"{item}[]"]
        case "integer":
            return ["number"]
        case "object":
            return ["{ [member: string]: Json }"]
        case None:
            return ["Json"]
        case kind:
            return [str(kind)]


def _type(schema: JsonObject, whole: set[str]) -> str:
    return " | ".join(_alternatives(schema, whole))


def _union(parts: list[str], indent: str = "  ") -> str:
    return "".join(f"\n{indent}| {_broken(part, indent + '  ')}" for part in parts)


def _broken(part: str, indent: str) -> str:
    """Break a list of a union where a line is too short for it."""
    if len(indent) + len(part) < WIDTH or not part.startswith("("):
        return part
    inner = part.removeprefix("(").removesuffix(")[]").split(" | ")
    return f"({_union(inner, indent + '  ')}\n{indent})[]"


def _comment(about: str, indent: str = "") -> str:
    if not about:
        return ""
    if "\n" not in about and len(indent) + len(about) + len("/**  */") <= WIDTH:
        return f"{indent}/** {about} */\n"
    room = WIDTH - len(indent) - len(" * ")
    lines: list[str] = []
    for paragraph in about.split("\n\n"):
        lines += ["", *textwrap.wrap(paragraph, room, break_on_hyphens=False)]
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines[1:])
    return f"{indent}/**\n{body}{indent} */\n"


def _key(name: str) -> str:
    return name if IDENTIFIER.fullmatch(name) else f'"{name}"'


def _text(value: JsonTree) -> str:
    return json.dumps(value, ensure_ascii=False)
