"""Make the mutants of a file: by the operators of mutmut, and by some that this house needs more.

mutmut itself mutates the bodies of functions that have no decorator. Here much of the truth stands
elsewhere: statements of SQL, status tables, limits, the members of records, properties. So its
operators are used on whole files, and scripts/mutate.py runs what comes of it.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import libcst as cst
from libcst import matchers as m
from libcst import metadata as meta
from mutation_sql import is_sql, sql_mutants
from mutmut.mutation.mutators import mutation_operators, operator_string

# What these do is told to the type checker, or to nobody.
NOT_CALLED = {"isinstance", "cast", "TypeVar", "NewType"}
# So many characters on each side say where a change is.
AROUND = 30
NOT_ASSIGNED = {"__slots__", "__all__"}


class Mutant(NamedTuple):
    """Be one change of a file: what stands where becomes what."""

    path: str
    # The function or method that it is in, or nothing: then it is seen at import.
    function: str
    kind: str
    start: int
    end: int
    text: str
    line: int
    # The lines of the statement that it is in, or of its head.
    lines: tuple[int, int]
    # What a statement at the top of the file gives a name to.
    names: tuple[str, ...]

    def source(self, original: str) -> str:
        """Make the text of the mutated file."""
        return original[: self.start] + self.text + original[self.end :]

    def named(self, original: str) -> str:
        """Name the mutant by its statement, so that a change elsewhere makes no other of it."""
        first, last = self.lines
        statement = "".join(original.splitlines(keepends=True)[first - 1 : last])
        at = self.start - original.find(statement)
        where = self.function or "/".join(self.names)
        return f"{self.path} {where}\n{self.kind}\n{statement}\n{at}\n{self.text}"

    def shown(self, original: str) -> str:
        """Show in a line what was changed into what, with a little around it."""
        old, new = original[self.start : self.end], self.text
        same = _same(old, new)
        rest = _same(old[same:][::-1], new[same:][::-1])
        first = max(0, old.rfind(" ", 0, max(0, same - AROUND)) + 1)
        last = min(rest, AROUND)
        cut = [_line(each[first : len(each) - rest + last]) for each in (old, new)]
        return f"{cut[0]} -> {cut[1] or 'nothing'}"


def mutants_of(root: Path, path: str) -> list[Mutant]:
    """List the mutants of a file, each another text, in the order of the file."""
    original = (root / path).read_text()
    wrapper = meta.MetadataWrapper(cst.parse_module(original))
    maker = _Maker(path, original)
    wrapper.visit(maker)
    texts = {original}
    made = []
    for mutant in sorted(maker.made, key=lambda each: (each.start, each.end)):
        text = mutant.source(original)
        if text not in texts:
            texts.add(text)
            made.append(mutant)
    return made


class _Maker(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (
        meta.PositionProvider,
        meta.WhitespaceInclusivePositionProvider,
        meta.ParentNodeProvider,
    )

    def __init__(self, path: str, original: str) -> None:
        super().__init__()
        self.path = path
        self.original = original
        self.made: list[Mutant] = []
        self._starts = [0]
        for line in original.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        # What is around the node: classes and functions, and whether it is in a body that runs.
        self._around: list[tuple[str, bool]] = []
        self._names: tuple[str, ...] = ()
        self._lines = (1, 1)

    # -- what is passed on the way ---------------------------------------------------------------

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._is_left_out(node):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._around.append((node.name.value, isinstance(node, cst.FunctionDef)))
        if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            self._lines = self._head(node)
            self._names = self._named(node) or self._names
        for kind, text in self._changes(node):
            self._add(node, kind, text)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        super().on_leave(original_node)
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef) and not self._is_left_out(
            original_node
        ):
            self._around.pop()

    def _is_left_out(self, node: cst.CSTNode) -> bool:
        parent = self.get_metadata(meta.ParentNodeProvider, node, None)
        if isinstance(node, cst.Annotation | cst.Import | cst.ImportFrom | cst.Decorator):
            return True
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
            return node.func.value in NOT_CALLED
        if isinstance(node, cst.Assign) and m.matches(node.targets[0].target, m.Name()):
            return cst.ensure_type(node.targets[0].target, cst.Name).value in NOT_ASSIGNED
        if isinstance(node, cst.Assert):
            # What holds by the types is said to the type checker.
            return "isinstance(" in self._text(node)
        if isinstance(parent, cst.Assert):
            return node is parent.msg
        if isinstance(node, cst.Arg) and isinstance(parent, cst.ClassDef):
            # Who changes a record or names no member is told by the type checker.
            return node.keyword is not None and node.keyword.value in ("frozen", "kw_only")
        # A docstring.
        return isinstance(node, cst.Expr) and isinstance(node.value, cst.BaseString)

    def _function(self) -> str:
        """Name the outermost function around, with the classes around that."""
        for depth, (_, is_function) in enumerate(self._around):
            if is_function:
                return ".".join(name for name, _ in self._around[: depth + 1])
        return ""

    # -- what becomes of a node ------------------------------------------------------------------

    def _changes(self, node: cst.CSTNode) -> Iterator[tuple[str, str]]:
        if isinstance(node, cst.SimpleString | cst.FormattedString):
            yield from self._of_text(node)
            return
        if isinstance(node, cst.If | cst.IfExp) or (
            isinstance(node, cst.CompIf | cst.While) and not m.matches(node.test, m.Name("True"))
        ):
            self._force(node.test, is_loop=isinstance(node, cst.While))
        if isinstance(node, cst.Expr) and isinstance(node.value, cst.Call | cst.Await):
            yield "call dropped", "pass"
        for kind, operator in mutation_operators:
            if isinstance(node, kind) and not isinstance(node, cst.IfExp):
                name = operator.__name__.removeprefix("operator_").replace("_", " ")
                for mutated in operator(node):
                    if not isinstance(node, cst.Call) or self._is_worth_it(node, mutated):
                        yield name, self._code(mutated)

    def _of_text(self, node: cst.SimpleString | cst.FormattedString) -> Iterator[tuple[str, str]]:
        if is_sql(self._text(node)):
            yield from sql_mutants(self._text(node))
        elif isinstance(node, cst.SimpleString) and " " not in node.value:
            # The first: the others are the same word in capitals.
            for mutated in list(operator_string(node))[:1]:
                yield "string", self._code(mutated)

    @staticmethod
    def _is_worth_it(node: cst.Call, mutated: cst.Call) -> bool:
        """Leave out calls without an argument, which mostly fail anyhow, and prose made None."""
        return len(mutated.args) == len(node.args) and not any(
            isinstance(old.value, cst.SimpleString | cst.FormattedString | cst.ConcatenatedString)
            and old.value is not new.value
            and " " in cst.Module([]).code_for_node(old.value)
            for old, new in zip(node.args, mutated.args, strict=True)
        )

    def _force(self, test: cst.BaseExpression, *, is_loop: bool) -> None:
        """Make of a condition one that always holds, and one that never does."""
        for forced in ("True", "False"):
            # A loop without an end is found by its time alone.
            if forced == "False" or not is_loop:
                self._add(test, f"condition {forced}", self._edges(test, forced))

    def _named(self, node: cst.CSTNode) -> tuple[str, ...]:
        """Name what a statement at the top of the file makes."""
        if self._around:
            return (self._around[0][0],)
        if isinstance(node, cst.Assign):
            return tuple(t.target.value for t in node.targets if isinstance(t.target, cst.Name))
        if isinstance(node, cst.AnnAssign) and isinstance(node.target, cst.Name):
            return (node.target.value,)
        return ()

    # -- texts and places ------------------------------------------------------------------------

    def _add(self, node: cst.CSTNode, kind: str, text: str) -> None:
        span = self.get_metadata(meta.WhitespaceInclusivePositionProvider, node, None)
        place = self.get_metadata(meta.PositionProvider, node, None)
        if span is None or place is None:
            return
        start, end = self._offset(span.start), self._offset(span.end)
        function = self._function()
        if function and self._is_default(node):
            function = ""
        self.made.append(
            Mutant(
                self.path,
                function,
                kind,
                start,
                end,
                text,
                place.start.line,
                self._lines,
                () if function else self._names,
            )
        )

    def _is_default(self, node: cst.CSTNode) -> bool:
        at: cst.CSTNode | None = node
        while at is not None and not isinstance(at, cst.FunctionDef):
            if isinstance(at, cst.Parameters):
                return True
            if isinstance(at, cst.Lambda):
                return False
            at = self.get_metadata(meta.ParentNodeProvider, at, None)
        return False

    def _head(self, node: cst.CSTNode) -> tuple[int, int]:
        place = self.get_metadata(meta.PositionProvider, node)
        last = place.end.line
        if isinstance(node, cst.Match):
            return place.start.line, place.start.line
        if isinstance(node, cst.BaseCompoundStatement):
            body = self.get_metadata(meta.PositionProvider, node.body, None)
            if body is not None:
                last = max(place.start.line, body.start.line - 1)
        return place.start.line, last

    def _offset(self, position: meta.CodePosition) -> int:
        return self._starts[position.line - 1] + position.column

    def _text(self, node: cst.CSTNode) -> str:
        span = self.get_metadata(meta.WhitespaceInclusivePositionProvider, node)
        return self.original[self._offset(span.start) : self._offset(span.end)]

    def _edges(self, node: cst.CSTNode, text: str) -> str:
        """Keep the spaces around what a text comes in the place of."""
        whole = self._text(node)
        before = whole[: len(whole) - len(whole.lstrip())]
        return before + text + whole[len(whole.rstrip()) :]

    @staticmethod
    def _code(node: cst.CSTNode) -> str:
        return cst.Module([]).code_for_node(node)


def _same(one: str, other: str) -> int:
    """Count the characters at the beginning that two texts share."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _line(text: str) -> str:
    return " ".join(text.split())
