"""Feed the targets of tests/fuzz with what atheris finds, each in a process of its own.

What it has learnt stays in .fuzz/TARGET, and the next run goes on from there.
"""

import argparse
import hashlib
import importlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.fuzz import corpus  # noqa: E402  # from the checkout

LEARNT = ROOT / ".fuzz"
EXECUTIONS = 100_000
# An input of a millisecond that takes so long hangs.
HANG_S = 20
MEMORY_MIB = 2048
LONGEST_BYTES = 512
DONE = re.compile(r"^Done (\d+) runs", re.MULTILINE)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/fuzz")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(corpus.names()))
    parser.add_argument("--executions", type=int, default=EXECUTIONS, help="of each target")
    parser.add_argument("--minimise", action="store_true", help="keep the fewest that show as much")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    unknown = set(given.targets) - set(corpus.names())
    if unknown:
        parser.error(f"no target {', '.join(sorted(unknown))}")
    if given.inside:
        fuzz(given.targets[0], given.executions)
        return 0
    ended = 0
    for name in given.targets or corpus.names():
        ended |= minimise(name) if given.minimise else run(name, given.executions)
    return ended


def folder(name: str) -> Path:
    """Make the folder of what a target has learnt, with what the tree keeps in it."""
    path = LEARNT / name
    path.mkdir(parents=True, exist_ok=True)
    for each in corpus.kept(name):
        (path / hashlib.sha1(each.data).hexdigest()).write_bytes(each.data)
    return path


def run(name: str, executions: int) -> int:
    """Run one target; tell how it ended."""
    found = LEARNT / f"{name}.found"
    found.unlink(missing_ok=True)
    folder(name)
    log = LEARNT / f"{name}.log"
    command = [sys.executable, __file__, name, "--inside", "--executions", str(executions)]
    with log.open("w") as file, scratch() as at:
        environment = {**os.environ, "TMPDIR": at}
        ended = subprocess.run(command, env=environment, stdout=file, stderr=file, check=False)
    text = log.read_text(errors="replace")
    done = DONE.search(text)
    print(f"{name}: {done[1] if done else 'ended before its'} executions", end="")
    if ended.returncode == 0 and done:
        print(", nothing found", flush=True)
        return 0
    print(f", a finding; the log is {log}")
    print(text[-4_000:])
    if found.exists():
        print(f"to keep it: tests/fuzz/corpus/{name}.txt")
        print(corpus.line(found.read_bytes(), "what it shows"), flush=True)
    return 1


def scratch() -> tempfile.TemporaryDirectory[str]:
    """Make a folder in memory, where that can be: the fuzzer ends its process without a word."""
    return tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None)


def minimise(name: str) -> int:
    """Keep the fewest inputs that reach what all have reached."""
    path, fewer = folder(name), LEARNT / f"{name}.fewer"
    fewer.mkdir()
    command = [sys.executable, __file__, name, "--inside"]
    with scratch() as at:
        merge = {"TMPDIR": at, "SIDECAR_FUZZ_MERGE": f"{fewer} {path}"}
        ended = subprocess.run(command, env={**os.environ, **merge}, check=False)
    if ended.returncode == 0:
        for each in path.iterdir():
            each.unlink()
        path.rmdir()
        fewer.rename(path)
    return ended.returncode


def fuzz(name: str, executions: int) -> None:
    """Be the process that is fuzzed; does not return."""
    import atheris

    with atheris.instrument_imports(include=["sidecar"]):
        target = importlib.import_module(f"tests.fuzz.{name}")
    merge = os.environ.get("SIDECAR_FUZZ_MERGE")
    what = ["-merge=1", *merge.split()] if merge else [f"-runs={executions}", str(LEARNT / name)]
    options = {
        "timeout": HANG_S,
        "rss_limit_mb": MEMORY_MIB,
        "max_len": LONGEST_BYTES,
        "exact_artifact_path": LEARNT / f"{name}.found",
        "print_final_stats": 1,
    }
    atheris.Setup(
        [name, *(f"-{key}={value}" for key, value in options.items()), *what], target.fuzz
    )
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
