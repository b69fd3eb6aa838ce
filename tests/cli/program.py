"""Run the program as a person or a script would."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.daemons import environment

Ended = subprocess.CompletedProcess[str]


# As root everything is allowed; without these it is not.
NOT_MIGHTY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


def sidecar(*arguments: str, text: str = "", cwd: Path | None = None, **names: str) -> Ended:
    """Run one command to its end; no answer may have the inside of the process in it."""
    return _run((), arguments, text, cwd, names)


def sidecar_of_anybody(*arguments: str) -> Ended:
    """Run one as somebody for whom the modes of files hold."""
    return _run(() if os.geteuid() else NOT_MIGHTY, arguments, "", None, {})


def _run(
    prefix: tuple[str, ...], arguments: tuple[str, ...], text: str, cwd: Path | None,
    names: dict[str, str],
) -> Ended:  # fmt: skip
    ended = subprocess.run(
        [*prefix, sys.executable, "-m", "sidecar", *arguments],
        input=text, capture_output=True, text=True, timeout=30, check=False, cwd=cwd,
        env=environment(**names),
    )  # fmt: skip
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended
