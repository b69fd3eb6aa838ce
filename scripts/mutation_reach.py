"""Learn which tests reach which lines of the product, and how long each takes, once."""

import ast
import collections
import hashlib
import os
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import coverage
import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("model", "store", "rpc", "methods", "daemon")
SPAWNS = {"subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec", "os.system"}

RunOne = Callable[[pytest.Item, pytest.Item | None], bool]
Place = tuple[str, int]


class Seen(NamedTuple):
    """Be what one test has reached, as it was when it did."""

    of: bytes
    took: float
    left_out: str
    places: list[Place]


class Reach(NamedTuple):
    """Hold what reaches what."""

    by_line: dict[Place, set[int]]
    took: dict[int, float]
    # The lines of every function by what it mentions, and what the statements at import mention.
    mentions: dict[str, list[tuple[str, int, int]]]
    makes: dict[str, set[str]]

    def lines(self, path: str, first: int, last: int) -> set[int]:
        found: set[int] = set()
        for line in range(first, last + 1):
            found |= self.by_line.get((path, line), set())
        return found

    def names(self, names: tuple[str, ...]) -> set[int]:
        """List what reaches a function that mentions a name, or what is made of it."""
        seen: set[str] = set()
        left = list(names)
        found: set[int] = set()
        while left:
            name = left.pop()
            if name not in seen:
                seen.add(name)
                left += self.makes.get(name, ())
                for place in self.mentions.get(name, ()):
                    found |= self.lines(*place)
        return found


def mapped(folder: Path, items: list[pytest.Item], jobs: int, run_one: RunOne) -> Reach:
    """Run every test once and see what it reaches, or remember it where nothing has changed."""
    product = _digest(*sorted(ROOT.glob("sidecar/**/*.py")))
    kept = folder / "reach"
    seen: dict[str, Seen] = {}
    if kept.exists():
        of, remembered = pickle.loads(kept.read_bytes())
        if of == product:
            seen = remembered
    files = {item.path: _digest(item.path) for item in items}
    new = [
        at
        for at, item in enumerate(items)
        if item.nodeid not in seen or seen[item.nodeid].of != files[item.path]
    ]
    if new:
        print(f"seeing what {len(new)} tests reach", flush=True)
        seen |= _traced(folder, items, new, jobs, run_one, files)
        written = kept.with_suffix(".new")
        written.write_bytes(pickle.dumps((product, seen)))
        # Whole or not at all: a run is stopped at any moment.
        written.replace(kept)
    by_line: dict[Place, set[int]] = collections.defaultdict(set)
    took = {}
    for at, item in enumerate(items):
        found = seen[item.nodeid]
        if found.left_out:
            print(f"left out, since it {found.left_out}: {item.nodeid}", flush=True)
            continue
        took[at] = found.took
        for place in found.places:
            by_line[place].add(at)
    return Reach(dict(by_line), took, *_names())


def _digest(*paths: Path) -> bytes:
    return hashlib.sha1(b"".join(path.read_bytes() for path in paths)).digest()


def _traced(
    folder: Path,
    items: list[pytest.Item],
    new: list[int],
    jobs: int,
    run_one: RunOne,
    files: dict[Path, bytes],
) -> dict[str, Seen]:
    """Run tests in so many processes, so that none of them meets what another has left."""
    children = []
    for number in range(jobs):
        out = folder / f"reach.{number}"
        out.unlink(missing_ok=True)
        pid = os.fork()
        if pid == 0:
            try:
                _trace(items, new[number::jobs], run_one, out)
            except BaseException as error:  # noqa: BLE001  # told by the missing file
                print(repr(error), file=sys.stderr, flush=True)
            os._exit(0)
        children.append((pid, out))
    seen = {}
    for pid, out in children:
        os.waitpid(pid, 0)
        lines, times, left_out = pickle.loads(out.read_bytes())
        out.unlink()
        places: dict[int, list[Place]] = collections.defaultdict(list)
        for place, tests in lines.items():
            for at in tests:
                places[at].append(place)
        for at in times | left_out:
            item = items[at]
            seen[item.nodeid] = Seen(
                files[item.path], times.get(at, 0), left_out.get(at, ""), places[at]
            )
    return seen


def _trace(items: list[pytest.Item], order: list[int], run_one: RunOne, out: Path) -> None:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    spawned: list[str] = []
    sys.addaudithook(lambda event, _: spawned.append(event) if event in SPAWNS else None)
    traced = coverage.Coverage(
        data_file=None, config_file=False, include=[f"{ROOT}/sidecar/{room}/*" for room in ROOMS]
    )
    traced.start()
    took: dict[int, float] = {}
    left_out: dict[int, str] = {}
    for place, at in enumerate(order):
        after = order[place + 1] if place + 1 < len(order) else None
        traced.switch_context(str(at))
        spawned.clear()
        started = time.process_time()
        if run_one(items[at], None if after is None else items[after]):
            left_out[at] = "fails"
        elif spawned:
            left_out[at] = "starts a process"
        else:
            took[at] = time.process_time() - started
    traced.stop()
    data = traced.get_data()
    lines: dict[Place, set[int]] = {}
    for path in data.measured_files():
        name = str(Path(path).relative_to(ROOT))
        for line, contexts in data.contexts_by_lineno(path).items():
            lines[name, line] = {int(each) for each in contexts if each}
    out.write_bytes(pickle.dumps((lines, took, left_out)))


def _names() -> tuple[dict[str, list[tuple[str, int, int]]], dict[str, set[str]]]:
    mentions: dict[str, list[tuple[str, int, int]]] = collections.defaultdict(list)
    makes: dict[str, set[str]] = collections.defaultdict(set)
    for room in ROOMS:
        for path in sorted((ROOT / "sidecar" / room).rglob("*.py")):
            for node in ast.parse(path.read_text()).body:
                _see(str(path.relative_to(ROOT)), node, mentions, makes)
    return dict(mentions), dict(makes)


def _see(
    path: str,
    node: ast.stmt,
    mentions: dict[str, list[tuple[str, int, int]]],
    makes: dict[str, set[str]],
) -> None:
    functions = [
        each for each in ast.walk(node) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for function in functions:
        for statement in function.body:
            for each in ast.walk(statement):
                if isinstance(each, ast.Name | ast.Attribute):
                    name = each.id if isinstance(each, ast.Name) else each.attr
                    mentions[name].append((path, each.lineno, each.end_lineno or each.lineno))
            if isinstance(node, ast.ClassDef):
                end = statement.end_lineno or statement.lineno
                mentions[node.name].append((path, statement.lineno, end))
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.ClassDef):
        made = (
            [node.name]
            if isinstance(node, ast.ClassDef)
            else [
                each.id
                for each in ast.walk(node)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            ]
        )
        for name in _mentioned(node):
            makes[name] |= set(made)


def _mentioned(node: ast.AST) -> set[str]:
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
