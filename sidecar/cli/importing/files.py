"""Read files of JSON and of lines of JSON, and say of each that cannot be read where it breaks."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from sidecar.cli.importing.story import Found
from sidecar.model.json_value import is_too_deep

_AT_BYTE = re.compile(r"\(byte (\d+)\)")


class Text(NamedTuple):
    """Be one text of JSON and the place where it begins."""

    where: str
    text: bytes


def folder(path: Path, suffix: str = ".json") -> list[Path]:
    """List the files of a folder by name; none if it is not there."""
    if not path.is_dir():
        return []
    # What begins with a dot is the rest of a write that was cut off.
    return sorted(
        each
        for each in path.iterdir()
        if each.name.endswith(suffix) and not each.name.startswith(".") and each.is_file()
    )


def whole(path: Path, found: Found) -> Text | None:
    """Read a file that is one value; what cannot be read is reported."""
    text = contents(path, found)
    if text is None or not _is_sound(text, str(path), 1, found):
        return None
    return Text(f"{path}:1", text)


def lines(path: Path, found: Found) -> Iterator[Text]:
    """Read a file of one value per line; lines that cannot be read are reported."""
    text = contents(path, found)
    for number, line in enumerate((text or b"").split(b"\n"), start=1):
        if line.strip() and _is_sound(line, str(path), number, found):
            yield Text(f"{path}:{number}", line)


def contents(path: Path, found: Found) -> bytes | None:
    """Read a file; that it cannot be read is reported."""
    try:
        return path.read_bytes()
    except OSError as error:
        found.skip(f"{path}", error.strerror or str(error))
        return None


def _is_sound(text: bytes, path: str, line: int, found: Found) -> bool:
    """Tell whether it is JSON as the wire takes it; where it breaks is reported."""
    if is_too_deep(text):
        found.skip(f"{path}:{line}", "nested too deep")
        return False
    try:
        text.decode()
        # Whole, since a raw value is only looked at where its strings are.
        msgspec.json.decode(text)
    except UnicodeDecodeError as error:
        found.skip(f"{path}:{_line(line, text[: error.start])}", "not UTF-8")
        return False
    except msgspec.MsgspecError as error:
        at = _AT_BYTE.search(str(error))
        upto = text[: int(at[1])] if at else text
        found.skip(f"{path}:{_line(line, upto.rstrip())}", f"not JSON: {error}")
        return False
    return True


def _line(first: int, upto: bytes) -> int:
    return first + upto.count(b"\n")


def reason(error: msgspec.MsgspecError) -> str:
    """Say what is wrong with a record."""
    return f"not as expected: {error}"
