"""Make what follows from the declarations: the examples, the OpenRPC document, the reference, the
types for TypeScript, the client for Python, the manual page.

Usage: scripts/generate [--check]. With --check nothing is written, and a file that is not what
would be made is named; the exit code is then 1.
"""

import json
import sys
from pathlib import Path

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar import __version__
from sidecar.cli.manual import manual
from sidecar.rpc import python_client
from sidecar.rpc.openrpc import JsonTree, document
from sidecar.rpc.reference import reference
from sidecar.rpc.registry import REGISTRY
from sidecar.rpc.typescript import retries, typescript

ROOT = Path(__file__).parents[1]
VECTORS = ROOT / "protocol" / "vectors"
EXAMPLES = ROOT / "sidecar" / "rpc" / "examples.json"
CLIENT = ROOT / "sidecar" / "client"
MANUAL = ROOT / "sidecar" / "cli" / "sidecar.1"
ANY = "<any>"
# What an example shows where a vector has a wildcard, by the member's name.
PLAUSIBLE: dict[str, JsonTree] = {
    "version": __version__,
    "databaseId": "db_018bcfe5680170008000000000000001",
    "capabilities": {"framings": ["lines", "headers"]},
    "info": {"title": "sidecar", "version": __version__},
    "methods": [],
    "components": {},
    "pid": 4711,
    "startedAtMs": 1700000000004,
    "uptimeMs": 6002,
    "databaseBytes": 102400,
    "walBytes": 37112,
    "writer": {"commits": 2, "requests": 1, "requestsPerCommit": 0.5, "queueDepth": 0},
    "tookMs": 3,
    "bytes": 102400,
    "cpuMs": 160,
    "residentBytes": 41943040,
    "counts": [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    "sumMs": 0.702,
}
FOLDER = "/var/lib/sidecar"


def examples() -> bytes:
    """Take the first success of each method from the vectors."""
    found: dict[str, JsonTree] = {}
    for path in sorted(VECTORS.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            vector = json.loads(line)
            sent, answer = vector.get("send"), vector.get("expect")
            if isinstance(sent, dict) and isinstance(answer, dict) and "result" in answer:
                example = {"params": sent.get("params", {}), "result": answer["result"]}
                found.setdefault(sent["method"], concrete(example))
    ordered = {name: found[name] for name in sorted(REGISTRY) if name in found}
    return json.dumps(ordered, indent=1, ensure_ascii=False).encode() + b"\n"


def concrete(value: JsonTree, name: str = "") -> JsonTree:
    """Put something plausible where a vector leaves the value open."""
    match value:
        case dict():
            return {key: concrete(member, key) for key, member in value.items()}
        case list():
            return [concrete(part, name) for part in value]
        case "<any>":
            return PLAUSIBLE[name]
        case str():
            return value.replace("<folder>", FOLDER)
        case _:
            return value


def made() -> dict[Path, bytes]:
    """Make every generated file; the document shows the examples that are stored."""
    text = document()
    tree = json.loads(text)
    protocol = ROOT / "protocol"
    return {
        EXAMPLES: examples(),
        protocol / "openrpc.json": text,
        protocol / "reference.md": reference(tree).encode(),
        protocol / "sidecar.d.ts": typescript(tree).encode(),
        protocol / "typescript" / "src" / "retry.ts": retries(tree).encode(),
        CLIENT / "records.py": python_client.records(tree).encode(),
        CLIENT / "refusals.py": python_client.refusals(tree).encode(),
        CLIENT / "methods.py": python_client.methods(tree).encode(),
        MANUAL: manual().encode(),
    }


def drifted() -> list[str]:
    """Name the files that are not what would be made."""
    return [
        str(path.relative_to(ROOT))
        for path, content in made().items()
        if not path.exists() or path.read_bytes() != content
    ]


def write() -> None:
    """Write every generated file, the examples first: the document is made with them."""
    EXAMPLES.write_bytes(examples())
    document.cache_clear()
    for path, content in made().items():
        path.write_bytes(content)


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            write()
            return 0
        case ["--check"]:
            names = drifted()
            for name in names:
                print(f"{name} has drifted: run scripts/generate", file=sys.stderr)
            return 1 if names else 0
        case _:
            print("usage: scripts/generate [--check]", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
