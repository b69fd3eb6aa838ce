"""Put a mutant into the running program, in a process that ends after it.

In a function, its code is changed where it is; in a statement of SQL, the text wherever it went.
What is seen at import (tables, limits, records) needs the whole program imported anew.
"""

import gc
import importlib.util
import sys
import types
from collections.abc import Mapping
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path

import apsw
import msgspec
from mutants import Mutant

ROOT = Path(__file__).resolve().parent.parent
OURS = ("sidecar", "tests", "scripts")
# A text that is shorter may stand in another by chance.
SHORTEST_PART = 12
PLAIN = (str, int, float, bytes, tuple, frozenset, type(None))

Functions = dict[tuple[str, str], list[types.FunctionType]]


class NotInPlace(Exception):
    """Say that the program must be imported anew."""


class Invalid(Exception):
    """Say that no test is needed: Python or SQLite does not take it."""


def module_name(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def live_functions() -> Functions:
    """Find every function there is, by its file and its name."""
    found: Functions = {}
    for each in gc.get_objects():
        if isinstance(each, types.FunctionType):
            code = each.__code__
            found.setdefault((code.co_filename, code.co_qualname), []).append(each)
    return found


def compiled(mutant: Mutant, original: str) -> types.CodeType:
    try:
        return compile(mutant.source(original), str(ROOT / mutant.path), "exec")
    except SyntaxError as error:
        raise Invalid from error


def change_function(mutant: Mutant, original: str, functions: Functions) -> None:
    """Give a function the mutant's code, and those that it has made at import already."""
    filename = str(ROOT / mutant.path)
    code = compiled(mutant, original)
    within = f"{mutant.function}.<locals>."
    names = [name for path, name in functions if path == filename]
    if mutant.function not in names:
        raise NotInPlace
    for name in names:
        if name == mutant.function or name.startswith(within):
            _change(functions[filename, name], _codes(code, name))


def _change(live: list[types.FunctionType], codes: list[types.CodeType]) -> None:
    olds = sorted({each.__code__.co_firstlineno for each in live})
    if len(codes) != len(olds):
        raise NotInPlace
    by_line = dict(zip(olds, sorted(codes, key=lambda code: code.co_firstlineno), strict=True))
    for each in live:
        new = by_line[each.__code__.co_firstlineno]
        if new.co_freevars != each.__code__.co_freevars:
            raise NotInPlace
        each.__code__ = new


def _codes(code: types.CodeType, name: str) -> list[types.CodeType]:
    found = [code] if code.co_qualname == name else []
    for each in code.co_consts:
        if isinstance(each, types.CodeType) and name.startswith(each.co_qualname):
            found += _codes(each, name)
    return found


# -- statements ------------------------------------------------------------------------------------


def _executed(mutant: Mutant, original: str) -> tuple[types.ModuleType, types.ModuleType]:
    """Execute the mutated file beside its module; answer the module, and what came of it."""
    real = sys.modules[module_name(mutant.path)]
    scratch = types.ModuleType(real.__name__)
    scratch.__file__ = real.__file__
    code = compiled(mutant, original)
    try:
        exec(code, vars(scratch))
    except Exception as error:
        raise Invalid from error
    return real, scratch


def change_statement(mutant: Mutant, original: str) -> None:
    """Change a statement, and what was made of it, in all modules that hold it."""
    real, scratch = _executed(mutant, original)
    changed: dict[str, str] = {}
    for name, old in vars(real).items():
        if not name.startswith("__") and name in vars(scratch):
            _differences(old, vars(scratch)[name], changed)
    if not changed:
        raise NotInPlace
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in OURS:
            for key, value in list(vars(module).items()):
                if not key.startswith("__"):
                    new = _replaced(value, changed)
                    if new is not value:
                        setattr(module, key, new)
    _prepare_all()


def _differences(old: object, new: object, into: dict[str, str]) -> None:
    if isinstance(old, str) and isinstance(new, str):
        if old != new:
            into[old] = new
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in old.keys() & new.keys():
            _differences(old[key], new[key], into)
    elif isinstance(old, tuple | list) and isinstance(new, tuple | list):
        for each, other in zip(old, new, strict=False):
            _differences(each, other, into)


def _replaced(value: object, changed: dict[str, str]) -> object:
    if isinstance(value, str):
        if value in changed:
            return changed[value]
        for old, new in changed.items():
            if len(old) >= SHORTEST_PART and old in value and value not in changed.values():
                return value.replace(old, new)
        return value
    if type(value) is dict:
        made = {key: _replaced(each, changed) for key, each in value.items()}
        return made if any(made[key] is not value[key] for key in value) else value
    if type(value) in (tuple, list):
        parts = [_replaced(each, changed) for each in value]  # type: ignore[attr-defined]
        same = all(a is b for a, b in zip(parts, value, strict=True))  # type: ignore[call-overload]
        return value if same else type(value)(parts)  # type: ignore[call-arg]
    return value


def _prepare_all() -> None:
    """Let SQLite read each statement that is another now."""
    from tests.store import test_statements as statements

    db = apsw.Connection("")
    statements.migrate(db, 0, statements.migrations())
    for name, sql in {**statements.constants(), **statements.composed()}.items():
        if statements.STATEMENTS.get(name) != sql:
            try:
                db.execute(f"EXPLAIN {sql}", statements.defaultdict(lambda: None))
            except apsw.SQLError as error:
                raise Invalid from error


# -- values ----------------------------------------------------------------------------------------


def change_values(mutant: Mutant, original: str) -> None:
    """Change constants, tables and the members of classes wherever they are known by name.

    What was made of them at import elsewhere stays: who survives this is imported anew.
    """
    real, scratch = _executed(mutant, original)
    changed = {
        name: (old, vars(scratch)[name])
        for name, old in vars(real).items()
        if name in vars(scratch)
        and not name.startswith("__")
        and (name in mutant.names or isinstance(old, PLAIN))
        and not (isinstance(old, PLAIN) and old == vars(scratch)[name])
    }
    found = False
    for name, (old, new) in changed.items():
        if isinstance(old, type) and isinstance(new, type):
            if issubclass(old, msgspec.Struct):
                raise NotInPlace
            for key, value in vars(new).items():
                if (
                    isinstance(value, PLAIN)
                    and not key.startswith("__")
                    and value != vars(old).get(key)
                ):
                    setattr(old, key, value)
                    found = True
        else:
            for other, module in list(sys.modules.items()):
                if other.partition(".")[0] in OURS and vars(module).get(name) is old:
                    setattr(module, name, new)
                    found = True
    if not found:
        raise NotInPlace


# -- imported anew ---------------------------------------------------------------------------------


class _Finder(MetaPathFinder):
    """Find the mutant in the place of its module."""

    def __init__(self, mutant: Mutant, code: types.CodeType) -> None:
        self.name = module_name(mutant.path)
        self.path = str(ROOT / mutant.path)
        self.code = code

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        del path, target
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(
            fullname, self.path, loader=_Loader(fullname, self.path, self.code)
        )


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, code: types.CodeType) -> None:
        super().__init__(name, path)
        self.code = code

    def get_code(self, fullname: str) -> types.CodeType:
        del fullname
        return self.code


def import_anew(mutant: Mutant, original: str) -> None:
    """Forget the program, and import it with the mutant."""
    code = compiled(mutant, original)
    for name in list(sys.modules):
        if name.partition(".")[0] in OURS:
            del sys.modules[name]
    sys.meta_path.insert(0, _Finder(mutant, code))
    try:
        importlib.import_module("sidecar.daemon.lifecycle")
        importlib.import_module(module_name(mutant.path))
    except Exception as error:
        raise Invalid from error
