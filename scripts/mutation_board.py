"""Keep what became of every mutant, in this run and in earlier ones, and count it."""

import collections
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from mutants import Mutant, mutants_of

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".mutation"
KILLED, SURVIVED, INVALID, SLOW, UNREACHED = "killed", "survived", "invalid", "hangs", "unreached"
BROKEN, TYPES = "broken", "no types"


class Outcome(NamedTuple):
    mutant: Mutant
    key: str
    shown: str
    status: str
    by: str
    seconds: float


class Board:
    """Hold the mutants and what became of them, in this run and in earlier ones."""

    def __init__(self, paths: list[str]) -> None:
        self.log = KEPT / "outcomes.jsonl"
        self.originals = {path: (ROOT / path).read_text() for path in paths}
        self.mutants: dict[str, Mutant] = {}
        for path, original in self.originals.items():
            again: collections.Counter[str] = collections.Counter()
            for mutant in mutants_of(ROOT, path):
                text = mutant.named(original)
                again[text] += 1
                key = hashlib.sha1(f"{text}\n{again[text]}".encode()).hexdigest()
                self.mutants[key] = mutant
        self.known: dict[str, dict[str, str]] = {}
        if self.log.exists():
            for line in self.log.read_text().splitlines():
                record = json.loads(line)
                self.known[record["key"]] = record

    def waiting(self) -> list[tuple[str, Mutant]]:
        """List what no test has noticed yet: what is new first, what must be imported anew last.

        Within these by the hash, which is no order at all: a run that is cut off has tried a
        random sample, and the same one again.
        """
        done = (KILLED, INVALID, SLOW, TYPES)
        waiting = [
            (key, mutant) for key, mutant in self.mutants.items() if self.status(key) not in done
        ]

        def rank(each: tuple[str, Mutant]) -> tuple[bool, bool, str]:
            key, mutant = each
            is_quick = bool(mutant.function) or is_statement(mutant)
            return key in self.known, not is_quick, key

        return sorted(waiting, key=rank)

    def survivors(self) -> list[tuple[str, Mutant]]:
        """List what all tests that were tried have passed."""
        known = (SURVIVED, UNREACHED, BROKEN)
        return [each for each in self.waiting() if self.status(each[0]) in known]

    def status(self, key: str) -> str:
        """Tell what is known of a mutant, if anything is."""
        return self.known.get(key, {}).get("status", "")

    def keep(self, outcome: Outcome) -> None:
        mutant = outcome.mutant
        record = {
            "key": outcome.key,
            "place": f"{mutant.path}:{mutant.line}",
            "function": mutant.function or "/".join(mutant.names),
            "kind": mutant.kind,
            "shown": outcome.shown,
            "status": outcome.status,
            "by": outcome.by,
            "seconds": f"{outcome.seconds:.2f}",
        }
        self.known[outcome.key] = record
        with self.log.open("a") as file:
            file.write(json.dumps(record) + "\n")

    def tell(self) -> None:
        """List the survivors, then count by file."""
        counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
        for key, mutant in self.mutants.items():
            record = self.known.get(key)
            status = record["status"] if record else "not tried"
            counts[mutant.path][status] += 1
            if record and status in (SURVIVED, UNREACHED):
                shown = mutant.shown(self.originals[mutant.path])
                print(f"{record['place']} {record['function']}: {mutant.kind}: {shown}")
        print()
        everything: collections.Counter[str] = collections.Counter()
        for path, counter in counts.items():
            everything += counter
            print(f"{path}: {summary(counter)}")
        print(f"all: {summary(everything)}", flush=True)


def show_types(board: Board) -> None:
    """Let the type checker look at what survived and is seen at import: `scripts/test` runs it."""
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(ROOT / "sidecar", Path(scratch) / "sidecar", symlinks=True)
        shutil.copy(ROOT / "pyproject.toml", scratch)
        command = [sys.executable, "-m", "mypy", "--no-error-summary", "--package", "sidecar"]
        for key, mutant in board.survivors():
            if mutant.function or is_statement(mutant):
                continue
            path, original = Path(scratch) / mutant.path, board.originals[mutant.path]
            started = time.monotonic()
            path.write_text(mutant.source(original))
            found = subprocess.run(command, cwd=scratch, capture_output=True, check=False)
            path.write_text(original)
            if found.returncode:
                shown, took = mutant.shown(original), time.monotonic() - started
                board.keep(Outcome(mutant, key, shown, TYPES, "mypy", took))


def is_statement(mutant: Mutant) -> bool:
    return mutant.kind.startswith("SQL")


def summary(counter: collections.Counter[str]) -> str:
    valid = sum(counter.values()) - counter[INVALID] - counter["not tried"]
    killed = counter[KILLED] + counter[SLOW] + counter[TYPES]
    share = f"{killed / valid:.1%} of {valid}" if valid else "none"
    return f"{share} killed; " + ", ".join(f"{n} {status}" for status, n in counter.most_common())
