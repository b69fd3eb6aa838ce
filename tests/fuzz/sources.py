"""What is to be imported, spoilt: a sample of each format in a folder, and edits of its files."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from tests.fuzz.bits import Bits
from tests.support import zagens
from tests.support.garbage import TOKENS

DATA = Path(__file__).parent.parent / "data"
# Format, the module that reads it, and its sample.
FORMATS = {
    "jsonl": ("importing.exported", "exported.jsonl"),
    "swe-agent": ("swe_agent", "session.traj"),
    "codex": ("importing.codex", "codex"),
    "openai-agents": ("importing.openai_agents", "openai-agents.db"),
    "langgraph": ("importing.langgraph", "langgraph.db"),
    "zagens": ("importing.zagens", "zagens"),
    "oxillama": ("importing.oxillama", "oxillama"),
    "tirea": ("importing.tirea", "tirea"),
    "awaken": ("importing.awaken", "awaken"),
}
# Texts that formats read as something: a moment, a status, an id.
WORDS = (
    "2026-13-01T00:00:00Z", "0000-00-00T00:00:00Z", "2026-03-01T10:00:00+99:99", "completed",
    "in_progress", "queued", "cancelled", "a-child", "parent", "run-1", "m1", "t-1", "x" * 200, "",
    "2026-02-31T25:61:61.5Z", "1e999", "/etc/passwd", "..", "user", "tool", "claimed",
)  # fmt: skip


class Edit(NamedTuple):
    """Be what was changed: a file, and the words that were taken out or may be elsewhere now."""

    file: str
    gone: str


class Sample:
    """Be a folder with a sample, that is as it was before every input."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        root = path if path.is_dir() else path.parent
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        self._files = {each: each.read_bytes() for each in files if each.is_file()}
        self._names = sorted(self._files)
        self._root = root

    @property
    def records(self) -> Iterator[tuple[str, str]]:
        """Name the records of JSON with their texts; a database's are its own business."""
        for path, data in self._files.items():
            if _is_database(data):
                continue
            parts = data.split(b"\n") if path.suffix == ".jsonl" else [data]
            for number, part in enumerate(parts, 1):
                if part.strip():
                    yield f"{path}:{number}", part.decode()

    def spoil(self, bits: Bits) -> list[str]:
        """Change a file or three; give the texts of what was changed, which need not come over."""
        changed = []
        for _ in range(1 + bits.number(3)):
            path = bits.pick(self._names)
            data = path.read_bytes() if path.exists() else b""
            if bits.rarely(64):
                path.unlink(missing_ok=True)
                changed.append(data.decode(errors="replace"))
            elif _is_database(data):
                changed.append(_spoil_database(path, data, bits))
            else:
                lost, made = _spoil_text(data, bits, is_lines=path.suffix == ".jsonl")
                path.write_bytes(made)
                changed.append(lost.decode(errors="replace"))
        return changed

    def restore(self) -> None:
        for path, data in self._files.items():
            if not path.exists() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


class Samples:
    """Be one sample of every format."""

    def __init__(self, exported: bytes) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sc"))
        shutil.copytree(DATA / "import", self._folder / "s")
        root = self._folder / "s"
        shutil.copyfile(DATA / "missing-colon.traj", root / "session.traj")
        (root / "exported.jsonl").write_bytes(exported)
        zagens.make(root / "zagens", 3)
        self.all = [Sample(name, root / path) for name, (_, path) in FORMATS.items()]

    def close(self) -> None:
        shutil.rmtree(self._folder)


def _is_database(data: bytes) -> bool:
    return data.startswith(b"SQLite format 3")


def _spoil_text(data: bytes, bits: Bits, *, is_lines: bool) -> tuple[bytes, bytes]:
    """Change one record, in its tree or in its text; give the old one and the file."""
    parts = data.rstrip(b"\n").split(b"\n") if is_lines else [data]
    number = bits.number(len(parts))
    old = parts[number]
    match bits.number(8):
        case 0:
            at = bits.number(len(old) + 1)
            parts[number] = old[:at] + bits.pick(TOKENS) + old[at + bits.number(8) :]
        case 1:
            parts[number] = old[: bits.number(len(old) + 1)]
        case 2 if is_lines:
            parts.insert(bits.number(len(parts)), old)
        case 3 if is_lines:
            parts[number] = parts[other := bits.number(len(parts))]
            parts[other] = old
        case _:
            parts[number] = _spoil_tree(old, bits)
    return old, b"\n".join(parts) + b"\n"


def _spoil_tree(text: bytes, bits: Bits) -> bytes:
    try:
        tree = json.loads(text)
    except ValueError:
        return text
    spots = list(_spots(tree))
    if not spots:
        return text
    node, name = spots[bits.number(len(spots))]
    if isinstance(node, dict) and bits.rarely(4):
        del node[name]
    else:
        node[name] = bits.pick(WORDS) if bits.rarely(2) else bits.value(3)
    return json.dumps(tree).encode()


def _spots(tree: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(tree, dict | list):
        for name, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield tree, name
            yield from _spots(value)


def _spoil_database(path: Path, data: bytes, bits: Bits) -> str:
    """Change bytes of the file, or one value of a row as a program would."""
    if bits.rarely(2):
        at = bits.number(len(data))
        path.write_bytes(data[:at] + bits.take(16) + data[at:][16:])
        return data.decode("latin-1")
    db = apsw.Connection(str(path))
    try:
        db.pragma("synchronous", "OFF")
        tables = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        if not tables:
            return data.decode("latin-1")
        (table,) = bits.pick(sorted(tables))
        columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
        column = bits.pick(columns)
        (count,) = db.execute(f'SELECT count(*) FROM "{table}"').fetchall()[0]
        assert isinstance(count, int)
        offset = bits.number(max(1, count))
        spot = f'FROM "{table}" ORDER BY 1, 2 LIMIT 1 OFFSET {offset}'
        found = db.execute(f'SELECT "{column}" {spot}').fetchall()
        if not found:
            return ""
        old = found[0][0]
        db.execute(
            f'UPDATE "{table}" SET "{column}" = ? WHERE rowid IN (SELECT rowid {spot})',
            (_cell(old, bits),),
        )
    except apsw.Error:
        # It is broken already, or the value breaks a key.
        return data.decode("latin-1")
    finally:
        db.close()
    return old.decode("latin-1") if isinstance(old, bytes) else str(old)


def _cell(old: object, bits: Bits) -> str | bytes | int | float | None:
    text = old.encode() if isinstance(old, str) else old
    match bits.number(6):
        case 0:
            return None
        case 1:
            return bits.pick((0, -1, 2**62, 1e300, 0.5))
        case 2:
            return bits.rest()
        case 3 if isinstance(text, bytes) and text[:1] in (b"{", b"["):
            made = _spoil_tree(text, bits)
            return made.decode() if isinstance(old, str) else made
        case 4 if isinstance(text, bytes):
            at = bits.number(len(text) + 1)
            made = text[:at] + bits.take(8) + text[at + bits.number(8) :]
            return made.decode(errors="replace") if isinstance(old, str) else made
        case _:
            return bits.pick(WORDS)
