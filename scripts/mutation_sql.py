"""Make the mutants of a statement: a condition that always holds, an order the other way round.

Only what SQLite takes: scripts/mutate.py leaves out what it does not prepare.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

SQL = re.compile(
    r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|WHERE|FROM|ORDER BY|JOIN|RETURNING|LIMIT"
    r"|IS NULL|IS NOT NULL|NOT IN|EXISTS|AND|OR|coalesce\()"
)
TOKEN = re.compile(
    r"(?P<space>\s+|--[^\n]*)|(?P<text>'(?:[^']|'')*')|(?P<hole>\{[^{}]*\})"
    r"|(?P<number>\b\d+\b)|(?P<word>[:@]?\w+(?:\.\w+)?)|(?P<sign><=|>=|<>|!=|\|\||==|->>|->|.)",
    re.DOTALL,
)
SIGNS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "<>": "=", "+": "-", "-": "+"}
FUNCTIONS = {"min": "max", "max": "min"}
# What a condition comes after, and what ends it, at its own depth.
BEFORE = {"WHERE", "AND", "OR", "ON", "WHEN", "HAVING"}
AFTER = {
    *("WHERE", "AND", "OR", "ORDER", "GROUP", "LIMIT", "RETURNING", "UNION", "THEN", "WINDOW"),
    *("JOIN", "LEFT", "CROSS", "INNER", "SET", "DO", "ELSE", "END", "HAVING", "EXCEPT"),
}


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int
    depth: int


def is_sql(literal: str) -> bool:
    """Tell whether a literal of the source is a statement or a part of one."""
    return SQL.search(literal) is not None


def sql_mutants(literal: str) -> Iterator[tuple[str, str]]:
    """Make the mutated literals, each with the kind of its change."""
    tokens = _tokens(literal)
    for at, token in enumerate(tokens):
        for kind, start, end, text in _changes(literal, tokens, at, token):
            yield f"SQL {kind}", literal[:start] + text + literal[end:]


def _tokens(literal: str) -> list[Token]:
    quote = re.search(r"\"\"\"|'''|\"|'", literal)
    assert quote is not None
    tokens: list[Token] = []
    depth = 0
    for found in TOKEN.finditer(literal, quote.end(), literal.rindex(quote[0])):
        kind, text = str(found.lastgroup), found[0]
        if kind == "space":
            continue
        depth -= text == ")"
        tokens.append(Token(kind, text, found.start(), found.end(), depth))
        depth += text == "("
    return tokens


Change = tuple[str, int, int, str]


def _changes(literal: str, tokens: list[Token], at: int, token: Token) -> Iterator[Change]:
    if token.kind == "sign" and token.text in SIGNS:
        yield "sign", token.start, token.end, SIGNS[token.text]
    elif token.kind == "number":
        yield "number", token.start, token.end, str(int(token.text) + 1)
    elif token.kind == "text" and "$" not in token.text and len(token.text) > 2:
        yield "text", token.start, token.end, f"'XX{token.text[1:]}"
    elif token.kind == "word":
        before = tokens[at - 1].text if at else ""
        after = tokens[at + 1] if at + 1 < len(tokens) else token
        yield from _clauses(literal, tokens, at, before)
        yield from _words(token, before, after)


def _clauses(literal: str, tokens: list[Token], at: int, before: str) -> Iterator[Change]:
    text = tokens[at].text
    if text in BEFORE:
        yield from _condition(literal, tokens, at)
    elif text == "BY" and before == "ORDER":
        yield from _order(tokens, at)
    elif text == "SET":
        yield from _assignments(tokens, at)
    elif at + 1 < len(tokens) and tokens[at + 1].text == "(":
        yield from _call(tokens, at)


def _words(token: Token, before: str, after: Token) -> Iterator[Change]:
    if token.text == "IS" and after.text == "NOT":
        yield "IS", token.start, after.end, "IS"
    elif token.text == "IS":
        yield "IS", token.start, token.end, "IS NOT"
    elif token.text == "NOT" and after.text in ("IN", "EXISTS"):
        yield "NOT", token.start, token.end, ""
    elif token.text == "EXISTS" and before != "NOT":
        yield "NOT", token.start, token.start, "NOT "
    elif token.text == "DISTINCT" or (token.text == "LEFT" and after.text == "JOIN"):
        yield token.text, token.start, token.end, ""


def _stretch(tokens: list[Token], at: int, ends: set[str]) -> tuple[int, int]:
    """Find what comes after a token up to an end at its depth: the first and after the last."""
    depth = tokens[at].depth
    is_between = False
    to = at + 1
    while to < len(tokens):
        token = tokens[to]
        if token.depth < depth or (token.depth == depth and token.text == ")"):
            break
        if token.depth == depth and token.text in ends and not (is_between and token.text == "AND"):
            break
        if token.depth == depth and token.text == "AND":
            is_between = False
        is_between = is_between or (token.depth == depth and token.text == "BETWEEN")
        to += 1
    return at + 1, to


def _condition(literal: str, tokens: list[Token], at: int) -> Iterator[Change]:
    if tokens[at].text == "AND" and _is_of_between(tokens, at):
        return
    first, last = _stretch(tokens, at, AFTER)
    if last == first or tokens[first].text in ("CONFLICT", "UPDATE"):
        return
    start, end = tokens[first].start, tokens[last - 1].end
    inside = literal[start:end]
    is_or = tokens[at].text == "OR" or (last < len(tokens) and tokens[last].text == "OR")
    if is_or:
        yield "condition never", start, end, f"(0 AND ({inside}))"
    else:
        yield "condition always", start, end, f"(1 OR ({inside}))"


def _is_of_between(tokens: list[Token], at: int) -> bool:
    for token in reversed(tokens[:at]):
        if token.depth == tokens[at].depth:
            if token.text == "BETWEEN":
                return True
            if token.text in BEFORE:
                return False
    return False


def _order(tokens: list[Token], at: int) -> Iterator[Change]:
    first, last = _stretch(tokens, at, AFTER)
    commas = [
        to
        for to in range(first, last)
        if tokens[to].text == "," and tokens[to].depth == tokens[at].depth
    ]
    for end in [*commas, last]:
        term = tokens[end - 1]
        if term.text == "DESC":
            yield "order", term.start, term.end, ""
        else:
            yield "order", term.end, term.end, " DESC"
    if commas:
        yield "order's last", tokens[commas[-1]].start, tokens[last - 1].end, ""


def _assignments(tokens: list[Token], at: int) -> Iterator[Change]:
    first, last = _stretch(tokens, at, AFTER - {"AND", "OR", "ELSE", "END", "THEN", "SET"})
    commas = [
        to
        for to in range(first, last)
        if tokens[to].text == "," and tokens[to].depth == tokens[at].depth
    ]
    starts = [first, *(comma + 1 for comma in commas)]
    for start, end in zip(starts, [*commas, last], strict=True):
        name = tokens[start]
        if end > start + 2 and tokens[start + 1].text == "=":
            yield "assignment lost", tokens[start + 2].start, tokens[end - 1].end, name.text


def _call(tokens: list[Token], at: int) -> Iterator[Change]:
    token = tokens[at]
    if token.text in FUNCTIONS:
        yield "function", token.start, token.end, FUNCTIONS[token.text]
    if token.text not in ("coalesce", "iif"):
        return
    depth = token.depth + 1
    end = next(
        to
        for to in range(at + 2, len(tokens))
        if tokens[to].text == ")" and tokens[to].depth == token.depth
    )
    commas = [
        to for to in range(at + 2, end) if tokens[to].text == "," and tokens[to].depth == depth
    ]
    if not commas:
        return
    start, comma = tokens[at + 2].start, tokens[commas[0]]
    if token.text == "coalesce":
        yield "coalesce", comma.end, tokens[end].start, " NULL"
        yield "coalesce", start, comma.start, "NULL"
    else:
        yield "iif", start, comma.start, "1"
        yield "iif", start, comma.start, "0"
