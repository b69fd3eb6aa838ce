"""Run the program as a person or a script would."""

import subprocess
import sys
from pathlib import Path

from tests.support.daemons import environment

Ended = subprocess.CompletedProcess[str]


def sidecar(*arguments: str, text: str = "", cwd: Path | None = None, **names: str) -> Ended:
    """Run one command to its end; no answer may have the inside of the process in it."""
    ended = subprocess.run(
        [sys.executable, "-m", "sidecar", *arguments],
        input=text, capture_output=True, text=True, timeout=30, check=False, cwd=cwd,
        env=environment(**names),
    )  # fmt: skip
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended
