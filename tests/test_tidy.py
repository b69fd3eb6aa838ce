"""The house law, read off the text of the product: who may know what, and how it is written."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import sidecar

ROOT = Path(sidecar.__file__).parent
ROOMS = ("model", "store", "rpc", "methods", "daemon", "cli")
# Beside the rooms; only what lives at the end of the line may import them.
OUTSIDE = ("config", "logs", "source", "pump", "spawn", "client")
MAX_FILE_LINES = 400
# What is generated is read in its source, the contract.
GENERATED = "# Made by `scripts/generate`"
MAX_FUNCTION_LINES = 50
CHANCE = {"random", "secrets", "uuid"}
SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+RECURSIVE\s"
    r"|CREATE\s+(TABLE|INDEX|UNIQUE)|DROP\s+TABLE|PRAGMA\s|BEGIN\s+IMMEDIATE|SAVEPOINT\s|ROLLBACK\b"
    r"|COMMIT\b)"
)
# The one wall that nothing foreign passes, for methods that answer at once and for the others.
BROAD_EXCEPTS = {("daemon/dispatch.py", "_behind_wall"), ("daemon/dispatch.py", "_later")}

# Beside the store: the shell for people, and the reader of other programs' files.
OTHER_SQL = ("cli/sql.py", "cli/importing/sqlite.py")

# What does not tell the time: whoever waits for a daemon.
NO_CLOCK = {"spawn.py": "time.sleep", "cli": "time.sleep"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source(NamedTuple):
    """Be one file of the product."""

    name: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.name.split("/")[0].removesuffix(".py")


@cache
def sources() -> list[Source]:
    return [
        Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text))
        for path in sorted(ROOT.rglob("*.py"))
        for text in [path.read_text()]
    ]


def offenders(find: Callable[[Source], Iterator[str]]) -> list[str]:
    return [f"{source.name}: {found}" for source in sources() for found in find(source)]


def imported(source: Source) -> Iterator[str]:
    """Name every module that a file imports, at whatever depth."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.name} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(source: Source) -> Iterator[Function]:
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            yield node


def test_there_is_something_to_read() -> None:
    assert {source.room for source in sources()} >= {*ROOMS, *OUTSIDE}


def may_import(room: str, other: str) -> bool:
    if other not in ROOMS + OUTSIDE:
        # The package itself, for its version.
        return True
    if room in OUTSIDE:
        # The client is a program's own hands: it needs the words, a clock and where things are.
        return other == "model" or (room == "client" and other in OUTSIDE)
    if room not in ROOMS:
        return other == "cli"
    if other in OUTSIDE:
        return room in ("daemon", "cli")
    return ROOMS.index(other) <= ROOMS.index(room)


def test_a_room_imports_only_rooms_to_its_left() -> None:
    def find(source: Source) -> Iterator[str]:
        for name in imported(source):
            package, _, rest = name.partition(".")
            if package == "sidecar" and not may_import(source.room, rest.split(".")[0]):
                yield name

    assert offenders(find) == []


def test_only_the_store_and_who_looks_into_files_know_apsw() -> None:
    def find(source: Source) -> Iterator[str]:
        if source.room != "store" and source.name not in OTHER_SQL:
            yield from (name for name in imported(source) if re.match(r"(apsw|sqlite3)\b", name))

    assert offenders(find) == []


def test_only_the_store_speaks_sql() -> None:
    def find(source: Source) -> Iterator[str]:
        if source.room == "store" or source.name in OTHER_SQL:
            return
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant) and SQL.match(str(node.value)):
                yield f"line {node.lineno}"

    assert offenders(find) == []


def test_jsonrpcserver_lives_in_dispatch_and_nowhere_else() -> None:
    def find(source: Source) -> Iterator[str]:
        if source.name != "daemon/dispatch.py":
            yield from (name for name in imported(source) if re.match(r"(jsonrpc|oslash)", name))

    assert offenders(find) == []


def test_a_file_can_be_read_in_one_sitting() -> None:
    def find(source: Source) -> Iterator[str]:
        lines = len(source.text.splitlines())
        if lines > MAX_FILE_LINES and not source.text.startswith(GENERATED):
            yield f"{lines} lines"

    assert offenders(find) == []


def test_a_function_fits_on_a_screen() -> None:
    def find(source: Source) -> Iterator[str]:
        for function in functions(source):
            assert function.end_lineno is not None
            lines = function.end_lineno - function.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield f"{function.name} has {lines} lines"

    assert offenders(find) == []


def test_nothing_prints() -> None:
    def find(source: Source) -> Iterator[str]:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Name) and node.id == "print":
                yield f"line {node.lineno}"

    assert offenders(find) == []


def test_the_time_comes_from_one_source() -> None:
    def find(source: Source) -> Iterator[str]:
        if source.name == "source.py":
            return
        yield from (name for name in imported(source) if re.match(r"time\.|datetime", name))
        allowed = NO_CLOCK.get(source.name, NO_CLOCK.get(source.room))
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute):
                called = ast.unparse(node)
                if called.startswith("time.") and called != allowed:
                    yield called

    assert offenders(find) == []


def test_chance_comes_from_one_source() -> None:
    def find(source: Source) -> Iterator[str]:
        if source.name == "source.py":
            return
        yield from (name for name in imported(source) if name.split(".")[0] in CHANCE)
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr in ("urandom", "getrandom"):
                yield f"line {node.lineno}"

    assert offenders(find) == []


def is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    return bool(names & {"Exception", "BaseException"})


def raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def broad_excepts(source: Source) -> Iterator[str]:
    """Name the function around each `except` that swallows everything."""
    owners: dict[ast.ExceptHandler, str] = {}
    for function in functions(source):
        for node in ast.walk(function):
            if isinstance(node, ast.ExceptHandler):
                # Walked from the outside in: the outermost is the first to say.
                owners.setdefault(node, function.name)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and is_broad(node) and not raises_again(node):
            yield owners.get(node, "the module")


def test_only_the_wall_catches_everything() -> None:
    found = {(source.name, name) for source in sources() for name in broad_excepts(source)}
    assert found == BROAD_EXCEPTS


def test_nothing_is_of_any_type() -> None:
    def find(source: Source) -> Iterator[str]:
        yield from (name for name in imported(source) if name == "typing.Any")
        for node in ast.walk(source.tree):
            if (isinstance(node, ast.Name) and node.id == "Any") or (
                isinstance(node, ast.Attribute) and node.attr == "Any"
            ):
                yield f"line {node.lineno}"

    assert offenders(find) == []


def public_parts(body: list[ast.stmt], above: str = "") -> Iterator[tuple[str, str | None]]:
    """Name the classes, functions and methods that others see, each with its docstring."""
    for node in body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield above + node.name, ast.get_docstring(node)
            if isinstance(node, ast.ClassDef):
                yield from public_parts(node.body, f"{above}{node.name}.")


def test_what_is_public_says_what_it_does() -> None:
    def find(source: Source) -> Iterator[str]:
        if source.text and not ast.get_docstring(source.tree):
            yield "the module"
        yield from (name for name, said in public_parts(source.tree.body) if not said)

    assert offenders(find) == []


def test_every_index_names_the_query_that_needs_it() -> None:
    found = []
    for path in sorted((ROOT / "store" / "migrations").glob("*.sql")):
        lines = path.read_text().splitlines()
        found += [
            f"{path.name}: {line}"
            for above, line in pairwise(lines)
            if re.match(r"\s*CREATE\s+(UNIQUE\s+)?INDEX", line) and not re.match(r"-- \w", above)
        ]
    assert found == []


def test_nothing_is_left_for_later() -> None:
    def find(source: Source) -> Iterator[str]:
        yield from re.findall(r"\b(?:TODO|FIXME|XXX)\b", source.text)

    assert offenders(find) == []
