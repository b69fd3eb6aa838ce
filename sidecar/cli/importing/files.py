"""Read files of JSON and of lines of JSON, and say of each that cannot be read where it breaks."""

import codecs
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from sidecar.cli.importing.story import Found
from sidecar.model.json_value import is_too_deep

LINE_END = b"\n"
# Half of a character: the other half is missing before or behind it.
_HALF = re.compile(
    rb"(?<!\\)(?:\\\\)*(?:\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]..)"
)
_AT_BYTE = re.compile(r"\(byte (\d+)\)")


class Text(NamedTuple):
    """Be one text of JSON and the place where it begins."""

    where: str
    text: bytes


def folder(
    path: Path, found: Found, suffix: str = ".json", besides: Collection[str] = ()
) -> list[Path]:
    """List the files of a folder by name; none if it is not there.

    What is no such is reported, except what is known to stand `besides`.
    """
    return [
        Path(entry.path)
        for entry in entries(path, found)
        if entry.name not in besides
        and _is_expected(entry, found, entry.name.endswith(suffix) and is_file(entry))
    ]


def folders(path: Path, found: Found) -> list[Path]:
    """List the folders of a folder by name; what is none is reported."""
    return [
        Path(entry.path)
        for entry in entries(path, found)
        if _is_expected(entry, found, is_folder(entry))
    ]


def is_file(path: Path | os.DirEntry[str]) -> bool:
    """Tell whether it is a file, or a link to one; what may not be looked at is none."""
    # The methods of both raise where a link leads into a circle, or behind what may not be seen.
    return os.path.isfile(path)  # noqa: PTH113


def is_there(path: Path) -> bool:
    """Tell whether a name is there, if only as a link to nowhere."""
    return os.path.lexists(path)


def is_folder(path: Path | os.DirEntry[str]) -> bool:
    """Tell whether it is a folder, or a link to one; what may not be looked at is none."""
    return os.path.isdir(path)  # noqa: PTH112


def report_strays(path: Path, found: Found, known: Collection[str]) -> None:
    """Report what stands in a folder and is not known by its name."""
    for entry in entries(path, found):
        _is_expected(entry, found, entry.name in known)


def tree(path: Path, found: Found, above: Collection[str] = ()) -> Iterator[Path]:
    """List the files below a folder, behind links too; one that leads back to itself is told."""
    real = os.path.realpath(path)
    if real in above:
        found.note(str(path), "leads back to a folder above it")
        return
    for entry in entries(path, found):
        if is_folder(entry):
            yield from tree(Path(entry.path), found, {*above, real})
        else:
            yield Path(entry.path)


def entries(path: Path, found: Found) -> list[os.DirEntry[str]]:
    """List a folder by name; none if it is not there. That it cannot be listed is reported."""
    try:
        with os.scandir(path) as listed:
            return sorted(listed, key=lambda entry: entry.name)
    except OSError as error:
        if is_there(path):
            found.skip(str(path), error.strerror or str(error))
        return []


def _is_expected(entry: os.DirEntry[str], found: Found, expected: bool) -> bool:  # noqa: FBT001
    if expected and not entry.name.startswith("."):
        return True
    if entry.name.startswith("."):
        found.note(entry.path, "hidden, or the rest of a write that was cut off; it is not read")
    else:
        found.skip(entry.path, "not what this format has here; it is not read")
    return False


def whole(path: Path, found: Found) -> Text | None:
    """Read a file that is one value; what cannot be read is reported."""
    text = contents(path, found)
    if text is None or not _is_sound(text, str(path), 1, found):
        return None
    return Text(f"{path}:1", text)


def lines(path: Path, found: Found) -> Iterator[Text]:
    """Read a file of one value per line; lines that cannot be read are reported."""
    text = contents(path, found)
    for number, line in enumerate((text or b"").split(LINE_END), start=1):
        if line.strip() and _is_sound(line, str(path), number, found):
            yield Text(f"{path}:{number}", line)


def contents(path: Path, found: Found) -> bytes | None:
    """Read a file, without the mark that some editors begin it with; a failure is reported."""
    try:
        return path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        found.skip(f"{path}", error.strerror or str(error))
        return None


class Flaw(NamedTuple):
    """Say why a text is not JSON as the wire takes it, and what is sound of it."""

    reason: str
    upto: bytes


def flaw(text: bytes) -> Flaw | None:
    """Find what the wire would not take; None if it would take all."""
    if is_too_deep(text):
        return Flaw("nested too deep", b"")
    try:
        text.decode()
        # Whole, since a raw value is only looked at where its strings are.
        msgspec.json.decode(text)
    except UnicodeDecodeError as error:
        return Flaw("not UTF-8", text[: error.start])
    except msgspec.MsgspecError as error:
        half = _HALF.search(text)
        if half is not None:
            # The decoder calls it truncated, or names another place.
            return Flaw("not JSON: half of a surrogate pair", text[: half.start()])
        at = _AT_BYTE.search(str(error))
        return Flaw(f"not JSON: {error}", (text[: int(at[1])] if at else text).rstrip())
    return None


def _is_sound(text: bytes, path: str, first: int, found: Found) -> bool:
    broken = flaw(text)
    if broken is not None:
        found.skip(f"{path}:{first + broken.upto.count(LINE_END)}", broken.reason)
    return broken is None


def reason(error: msgspec.MsgspecError) -> str:
    """Say what is wrong with a record."""
    return f"not as expected: {error}"
