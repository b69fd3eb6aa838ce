"""Find what was said in the content of a message, whatever its form."""

import msgspec
from msgspec import Raw

from sidecar.cli.importing.story import is_nothing


class Part(msgspec.Struct):
    """Be a part of a message."""

    type: str | None = None
    text: str | None = None


def words(value: Raw) -> str | None:
    """Find the words in a text, in a list of parts, or in an object with a content."""
    if is_nothing(value):
        return None
    try:
        return msgspec.json.decode(value, type=str)
    except msgspec.ValidationError:
        pass
    try:
        parts = msgspec.json.decode(value, type=list[Part])
    except msgspec.ValidationError:
        return bytes(value).decode()
    return "\n".join(part.text for part in parts if part.text) or None
