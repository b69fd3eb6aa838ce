"""A daemon or a bridge that a test speaks to over its stdin and stdout."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.support.daemons import environment
from tests.support.peer import HANG_S

Program = subprocess.Popen[bytes]


@contextmanager
def program(
    *arguments: str, launcher: Sequence[str] = ("-m", "sidecar"), **options: Any
) -> Iterator[Program]:
    """Start the program, with pipes unless `options` say otherwise; the test outlives it."""
    names = options.pop("names", {})
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    running = subprocess.Popen(
        [sys.executable, *launcher, *arguments], env=environment(**names), **{**pipes, **options}
    )
    with running:
        try:
            yield running
        finally:
            if running.poll() is None:
                running.kill()


def request(number: int, method: str, **params: Any) -> bytes:
    value = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    return json.dumps(value).encode() + b"\n"


def say(running: Program, *messages: bytes) -> None:
    assert running.stdin is not None
    running.stdin.write(b"".join(messages))
    running.stdin.flush()


def hear(running: Program) -> Any:
    """Take one line; EOFError at the end."""
    assert running.stdout is not None
    line = running.stdout.readline()
    if not line:
        raise EOFError
    return json.loads(line)


def finish(running: Program, *messages: bytes) -> tuple[int, list[Any], str]:
    """Send the rest and the end; tell the exit code, the answers and what went to stderr."""
    out, err = running.communicate(b"".join(messages), timeout=HANG_S)
    return running.returncode, [json.loads(line) for line in out.splitlines()], err.decode()
