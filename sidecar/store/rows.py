"""Turn rows into records, exactly: a row that is not what its type says is corrupt.

A statement selects columns in the order of the record's fields; nothing is coerced but the
two things SQLite has no type for, booleans and JSON.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, get_type_hints

import msgspec

from sidecar.model import json_value
from sidecar.model.errors import CorruptRecord

SqlValue = str | int | float | bytes | None
Row = tuple[SqlValue, ...]
Record = TypeVar("Record", bound=msgspec.Struct)


# A column as it comes, or the members of a nested record that a store file made of several.
Value = SqlValue | Mapping[str, SqlValue]


def reader(record: type[Record], table: str) -> Callable[[Sequence[Value]], Record]:
    """Make the function that reads one kind of row.

    It raises CorruptRecord with the table and the row's key, which is its first column.
    """
    names = [field.encode_name for field in msgspec.structs.fields(record)]
    hints = get_type_hints(record)
    bools: list[int] = []
    jsons: list[int] = []
    for index, field in enumerate(msgspec.structs.fields(record)):
        hint = hints[field.name]
        if hint is bool:
            bools.append(index)
        elif hint is msgspec.Raw:
            jsons.append(index)

    def read(row: Sequence[Value]) -> Record:
        values: list[object] = list(row)
        try:
            for index in bools:
                values[index] = {0: False, 1: True}[values[index]]  # type: ignore[index]
            for index in jsons:
                values[index] = json_value.stored(_text(row[index]))
            return msgspec.convert(dict(zip(names, values, strict=True)), record)
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptRecord(table=table, key=str(row[0])) from error

    return read


def named(value: SqlValue) -> str:
    """Read an id selected as a blob: one that is no text can still be named."""
    assert isinstance(value, bytes), "the id is selected as a blob"
    return value.decode("utf-8", "backslashreplace")


def _text(value: Value) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise TypeError("not text")
