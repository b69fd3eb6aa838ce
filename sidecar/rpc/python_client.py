"""Write the typed part of the Python client from the OpenRPC document: records, errors, methods.

Pure: the same document gives the same text, so that a test can tell when it has drifted. What
is written is as the formatter would write it: all that could be too long stands one to a line.
"""

import keyword
import re
import textwrap
from collections.abc import Iterator
from itertools import chain

from sidecar.model.ids import Prefix
from sidecar.rpc.openrpc import JsonObject, JsonTree
from sidecar.rpc.registry import ALWAYS, NEVER
from sidecar.rpc.tree import as_object, as_objects

HEAD = "# Made by `scripts/generate` from protocol/openrpc.json; do not edit.\n"
LINE_CHARS = 100
SCALARS = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None",
}  # fmt: skip
# A member of such a name would hide the type from the members after it.
TYPE_NAMES = {*SCALARS.values(), "list", "dict", "object"}
# No methods of the classes: a client greets by itself, follows events with an iterator, and
# cancels what is cancelled.
CONNECTION_BOUND = {"initialize", "event/subscribe", "event/unsubscribe", "$/cancelRequest"}
# How minted ids begin, by the last part of the path of the param that holds them.
PREFIXES: dict[str, Prefix] = {
    "threadId": "thr", "newThreadId": "thr", "turnId": "turn", "itemId": "item",
    "inputId": "inp", "messageId": "msg", "messages[].id": "msg", "runId": "run",
    "stepId": "step", "entryId": "mbe", "requestId": "req",
}  # fmt: skip
OTHER_PREFIX: Prefix = "key"


def snake(name: str) -> str:
    """Bring a name of the wire into Python's writing: `sessionInput/admit`, `rpc.discover`."""
    plain = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name)
    return re.sub(r"\W+", "_", plain).strip("_").lower()


def upper_camel(name: str) -> str:
    """Make a class's name: `turn_active` and `session/input` alike."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]", name))


class Enums:
    """Name the sets of words that a member may hold: by its record, or else by its method."""

    def __init__(self, document: JsonObject) -> None:
        self.named: dict[str, tuple[str, ...]] = {}
        for record, schema in _schemas(document).items():
            for member, part in as_object(schema.get("properties", {})).items():
                self._add(record + upper_camel(member), part)
        for method in as_objects(document["methods"]):
            for param in as_objects(method["params"]):
                owner = str(method["name"])
                words = _words(param["schema"])
                if len(words) > 1 and self.find(owner, str(param["name"]), words) is None:
                    self._add(upper_camel(owner) + upper_camel(str(param["name"])), param["schema"])

    def _add(self, name: str, schema: JsonTree) -> None:
        words = _words(schema)
        if len(words) > 1:
            self.named[name] = words

    def find(self, owner: str, member: str, words: tuple[str, ...]) -> str | None:
        """Find the name of a set: its owner's own, or that of a member of the same name."""
        ending = upper_camel(member)
        wanted = [upper_camel(owner) + ending, upper_camel(owner.partition("/")[0]) + ending]
        same = [name for name, its in self.named.items() if its == words and name.endswith(ending)]
        return next((name for name in [*wanted, *same] if name in same), None)


class Types:
    """Say a schema as a Python type."""

    def __init__(self, enums: Enums, module: str, sequence: str) -> None:
        self._enums = enums
        self._module = module
        self._sequence = sequence

    def of(self, schema: JsonTree, owner: str, member: str) -> str:
        """Render a type; `owner` and `member` are where it stands."""
        schema = as_object(schema)
        if "$ref" in schema:
            return self._module + str(schema["$ref"]).rsplit("/", 1)[1]
        if "anyOf" in schema:
            parts = [self.of(part, owner, member) for part in as_objects(schema["anyOf"])]
            return " | ".join(sorted(dict.fromkeys(parts), key=lambda part: part == "None"))
        if "enum" in schema:
            words = _words(schema)
            name = self._enums.find(owner, member, words)
            return self._module + name if name else f"Literal[{', '.join(map(_text, words))}]"
        match schema.get("type"):
            case "array":
                return f"{self._sequence}[{self.of(schema.get('items', {}), owner, member)}]"
            case "object":
                values = schema.get("additionalProperties")
                inner = values if isinstance(values, dict) else {}
                return f"dict[str, {self.of(inner, owner, member)}]"
            case str(kind):
                return SCALARS[kind]
            case _:
                return f"{self._module}Json"


def records(document: JsonObject) -> str:
    """Render `records.py`: every record of the contract, frozen, in Python's own names."""
    enums = Enums(document)
    types = Types(enums, "", "list")
    schemas = _schemas(document)
    body = [
        "# Any JSON value, as plain Python: None, bool, int, float, str, list or dict.",
        "Json = object",
    ]
    for name, words in sorted(enums.named.items()):
        body += [f"{name} = Literal[", *(f"    {_text(word)}," for word in words), "]"]
    for name in _in_order(schemas):
        body += ["", "", *_record(name, schemas[name], types)]
    text = "\n".join(body)
    used = [
        name
        for name in ("UNSET", "Struct", "UnsetType", "field")
        if re.search(rf"\b{name}\b", text)
    ]
    head = [
        HEAD
        + '"""Hold every record of the contract; what a newer daemon adds to one is ignored."""',
        "",
        "from typing import Literal",
        "",
        f"from msgspec import {', '.join(used)}",
        "",
    ]
    return _whole([*head, *body])


def _record(name: str, schema: JsonObject, types: Types) -> Iterator[str]:
    members = as_object(schema.get("properties", {}))
    tags = [(member, _words(part)[0]) for member, part in members.items() if _is_tag(part)]
    if tags:
        ((tag_field, tag),) = tags
        config = ["frozen=True", "kw_only=True", 'rename="camel"']
        config += [f"tag_field={_text(tag_field)}", f"tag={_text(tag)}"]
        yield from (f"class {name}(", "    Struct,", *(f"    {each}," for each in config), "):")
    else:
        yield f'class {name}(Struct, frozen=True, kw_only=True, rename="camel"):'
    yield from _docstring(str(schema.get("description", name)), 4)
    required = schema.get("required", [])
    assert isinstance(required, list)
    fields = [(member, part) for member, part in members.items() if not _is_tag(part)]
    if fields:
        yield ""
    for member, part in fields:
        kind = types.of(part, name, member)
        attribute = _attribute(member)
        given = {}
        if _camel(attribute) != member:
            given["name"] = _text(member)
        if member not in required:
            default = _default(as_object(part))
            kind += " | UnsetType" if default == "UNSET" else ""
            given["default"] = default
        yield f"    {attribute}: {kind}{_field(given)}"


def _is_tag(schema: JsonTree) -> bool:
    """Tell whether a member has one lawful word: by it a record is told from others."""
    return "enum" in as_object(schema) and len(_words(schema)) == 1


def _field(given: dict[str, str]) -> str:
    if not given:
        return ""
    if set(given) == {"default"}:
        return f" = {given['default']}"
    return f" = field({', '.join(f'{name}={value}' for name, value in given.items())})"


def _default(schema: JsonObject) -> str:
    value = schema.get("default", ...)
    if value is None or isinstance(value, bool | int | float):
        return str(value)
    return _text(value) if isinstance(value, str) else "UNSET"


def refusals(document: JsonObject) -> str:
    """Render `refusals.py`: a class for each kind of error, its details as attributes."""
    errors = as_object(as_object(document["components"])["errors"])
    types = Types(Enums(document), "", "list")
    lines = [
        HEAD
        + '"""Raise each kind of error as a class of its own, with its details as attributes."""',
        "",
        "from sidecar.client.errors import SidecarError",
    ]
    for kind, error in errors.items():
        lines += ["", "", f"class {upper_camel(kind)}(SidecarError):"]
        lines += _docstring(str(as_object(error)["message"]) + ".", 4)
        details = as_object(as_object(as_object(error)["data"])["details"])
        if details:
            names = [(name, _attribute(name)) for name in details]
            lines += ["", "    names = {"]
            lines += [f"        {_text(name)}: {_text(own)}," for name, own in names]
            lines += ["    }"]
            lines += [f"    {own}: {types.of(details[name], kind, name)}" for name, own in names]
    lines += ["", "", "KINDS: dict[str, type[SidecarError]] = {"]
    lines += [f"    {_text(kind)}: {upper_camel(kind)}," for kind in errors]
    lines += ["}", "", "__all__ = ["]
    lines += [f"    {_text(name)}," for name in sorted(map(upper_camel, errors))]
    return _whole([*lines, "]"])


def methods(document: JsonObject) -> str:
    """Render `methods.py`: the table of the methods, and both classes that ask them."""
    described = as_objects(document["methods"])
    types = Types(Enums(document), "records.", "Sequence")
    lines = [
        HEAD + '"""Ask by keyword for every method: what is UNSET is not sent, None is null."""',
        "",
        "from abc import ABC, abstractmethod",
        "from collections.abc import Sequence",
        "",
        "from msgspec import UNSET, UnsetType",
        "",
        "from sidecar.client import records",
        "from sidecar.client.request import Method, Params, Result",
        "",
    ]
    lines += list(chain.from_iterable(_constant(method, types) for method in described))
    lines += [
        "# Their effect ends with the connection, which a client makes anew without a word.",
        "CONNECTION_BOUND = frozenset(",
        "    {",
        *(f"        {_text(name)}," for name in sorted(CONNECTION_BOUND)),
        "    }",
        ")",
    ]
    lines += [
        "METHODS: dict[str, Method[object]] = {",
        "    method.name: method",
        "    for method in (",
    ]
    lines += [f"        {snake(str(method['name'])).upper()}," for method in described]
    lines += ["    )", "}"]
    for name, word, wait in (("Methods", "", ""), ("AsyncMethods", "async ", "await ")):
        lines += [
            "",
            "",
            f"class {name}(ABC):",
            '    """Have a typed method for each of the contract\'s."""',
            "",
            "    @abstractmethod",
            f"    {word}def _call(self, method: Method[Result], params: Params) -> Result: ...",
        ]
        for method in described:
            if method["name"] not in CONNECTION_BOUND:
                lines += ["", *_method(method, types, word, wait)]
    return _whole(lines)


def _constant(method: JsonObject, types: Types) -> Iterator[str]:
    name, retry = str(method["name"]), str(method["x-retry"])
    yield f"{snake(name).upper()} = Method("
    yield f"    {_text(name)},"
    yield f"    {_text(retry)},"
    yield f"    {_text(_prefix(retry))},"
    yield f"    {types.of(as_object(method['result'])['schema'], '', '')},"
    yield ")"


def _prefix(retry: str) -> Prefix:
    if retry in (ALWAYS, NEVER):
        return OTHER_PREFIX
    return PREFIXES.get(retry, PREFIXES.get(retry.rsplit(".", 1)[-1], OTHER_PREFIX))


def _method(method: JsonObject, types: Types, word: str, wait: str) -> Iterator[str]:
    name, params = str(method["name"]), as_objects(method["params"])
    result = types.of(as_object(method["result"])["schema"], "", "")
    if params:
        yield f"    {word}def {snake(name)}("
        yield from ("        self,", "        *,")
        for param in params:
            kind = types.of(param["schema"], name, str(param["name"]))
            rest = "" if param["required"] else " | UnsetType = UNSET"
            yield f"        {_attribute(str(param['name']))}: {kind}{rest},"
        yield f"    ) -> {result}:"
    else:
        yield f"    {word}def {snake(name)}(self) -> {result}:"
    yield from _docstring(str(method["summary"]), 8)
    constant = snake(name).upper()
    if not params:
        yield f"        return {wait}self._call({constant}, {{}})"
        return
    yield f"        return {wait}self._call("
    yield from (f"            {constant},", "            {")
    for param in params:
        yield f"                {_text(str(param['name']))}: {_attribute(str(param['name']))},"
    yield from ("            },", "        )")


def _in_order(schemas: dict[str, JsonObject]) -> list[str]:
    """Put every record after those that it is made of."""
    ordered: dict[str, None] = {}

    def add(name: str) -> None:
        if name not in ordered:
            for inner in _refs(schemas[name]):
                add(inner)
            ordered[name] = None

    for name in schemas:
        add(name)
    return list(ordered)


def _refs(tree: JsonTree) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == "$ref":
                yield str(value).rsplit("/", 1)[1]
            else:
                yield from _refs(value)
    elif isinstance(tree, list):
        yield from chain.from_iterable(map(_refs, tree))


def _words(schema: JsonTree) -> tuple[str, ...]:
    """Take the words of an enum, wherever in the schema of a member it is."""
    described = as_object(schema)
    if "enum" in described:
        enum = described["enum"]
        assert isinstance(enum, list)
        return tuple(str(word) for word in enum)
    inner = [*as_objects(described.get("anyOf", [])), described.get("items")]
    return next((words for part in inner if part and (words := _words(part))), ())


def _docstring(text: str, indent: int) -> list[str]:
    margin = " " * indent
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    paragraphs = [textwrap.wrap(part, LINE_CHARS - indent - 6) for part in text.split("\n\n")]
    lines = [line for index, part in enumerate(paragraphs) for line in ([""] * bool(index) + part)]
    if len(lines) == 1:
        return [f'{margin}"""{lines[0]}"""']
    first, *rest = lines
    return [
        f'{margin}"""{first}',
        *(margin + line if line else "" for line in rest),
        f'{margin}"""',
    ]


def _attribute(name: str) -> str:
    own = snake(name)
    return f"{own}_" if keyword.iskeyword(own) or own in TYPE_NAMES else own


def _camel(name: str) -> str:
    """Rename as msgspec does, to tell when it would not give the wire's name back."""
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _whole(lines: list[str]) -> str:
    text = "\n".join(lines) + "\n"
    long = [line for line in text.splitlines() if len(line) > LINE_CHARS]
    assert not long, f"the formatter would break {long}"
    return text


def _text(word: str) -> str:
    assert word.isprintable() and not {'"', "\\"} & set(word), "words need no escapes"
    return f'"{word}"'


def _schemas(document: JsonObject) -> dict[str, JsonObject]:
    schemas = as_object(as_object(document["components"])["schemas"])
    return {name: as_object(schema) for name, schema in schemas.items()}
