"""What every format needs: ids that fit the wire, moments, and what has no place of its own."""

import hashlib
import re
from calendar import timegm
from collections.abc import Collection, Mapping
from math import isfinite
from typing import Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Raw

from sidecar.model.ids import ID_PATTERN, NAME_PATTERN
from sidecar.model.json_value import NULL
from sidecar.model.limits import SUMMARY_CHARS

Kept = TypeVar("Kept", bound=msgspec.Struct)
Kept_co = TypeVar("Kept_co", bound=msgspec.Struct, covariant=True)
_ID = re.compile(ID_PATTERN)
_NAME = re.compile(NAME_PATTERN)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?\Z", re.IGNORECASE
)
MONTHS = 12
# Seconds stay below it until the year 5138, milliseconds are above it since 1973.
SECONDS_BELOW = 100_000_000_000


class Record(NamedTuple, Generic[Kept_co]):
    """Be one record: where it stands, what is understood of it, and all that has no place here."""

    where: str
    value: Kept_co
    rest: dict[str, Raw]


def null() -> Raw:
    """Stand for a member that is absent."""
    return NULL


def record(where: str, text: bytes, kind: type[Kept], placed: Collection[str]) -> Record[Kept]:
    """Read a record; what is not `placed` is kept as it is. Raises MsgspecError."""
    value = msgspec.json.decode(text, type=kind)
    fields = msgspec.json.decode(text, type=dict[str, Raw])
    # What is absent by another word needs no keeping.
    rest = {
        name: field
        for name, field in fields.items()
        if name not in placed and bytes(field) not in (b"null", b"[]", b"{}")
    }
    return Record(where, value, rest)


def own_id(name: str, source_id: str) -> str:
    """Keep the id of a source where it fits the wire, else make one of it."""
    if _ID.match(source_id):
        return source_id
    return f"{name}:{digest(source_id)}"


def a_name(text: str | None) -> str | None:
    """Take a name that was given elsewhere; None if it cannot be one."""
    return text if text and _NAME.match(text) else None


def digest(*parts: str | bytes) -> str:
    """Make a short name of content: the same for the same."""
    made = hashlib.blake2b(digest_size=12)
    for part in parts:
        text = part.encode() if isinstance(part, str) else part
        made.update(len(text).to_bytes(8, "big") + text)
    return made.hexdigest()


def metadata(name: str, rest: Mapping[str, object], own: Raw = NULL) -> dict[str, object]:
    """Keep under `imported` what has no place of its own, beside the source's own metadata."""
    imported: dict[str, object] = {"format": name, **rest}
    if bytes(own) in (b"null", b"{}"):
        return {"imported": imported}
    try:
        members: dict[str, object] = dict(msgspec.json.decode(own, type=dict[str, Raw]))
    except msgspec.ValidationError:
        members = {"imported": None}
    if "imported" in members:
        return {"imported": {**imported, "metadata": own}}
    return {**members, "imported": imported}


def moment_ms(value: str | float | None) -> int | None:
    """Read a moment, in RFC 3339 or in Unix seconds or milliseconds; None if it is none."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        if not isfinite(value):
            return None
        return int(value * 1000) if abs(value) < SECONDS_BELOW else int(value)
    found = _MOMENT.match(value)
    if found is None:
        return None
    *parts, fraction, zone = found.groups()
    year, month, day, hour, minute, second = map(int, parts)
    if year == 0 or not 1 <= month <= MONTHS:
        return None
    seconds = timegm((year, month, day, hour, minute, second))
    if zone and zone.upper() != "Z":
        sign = -1 if zone[0] == "-" else 1
        seconds -= sign * (int(zone[1:3]) * 3600 + int(zone[-2:]) * 60)
    return seconds * 1000 + (int(float(fraction) * 1000) if fraction else 0)


def summary(text: str | None) -> str | None:
    """Cut a text to what a list shows of it."""
    return text[:SUMMARY_CHARS] if text else None
