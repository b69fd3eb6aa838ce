"""The example in the README runs as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support import DaemonThread

README = Path(__file__).parents[2] / "README.md"


def test_the_example_runs(daemon: DaemonThread) -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example],
        env={**os.environ, "RUNTIME_DIRECTORY": str(daemon.socket_path.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "the agent may start",
        "busy with turn u1",
        "thread.created", "session_input.admitted", "turn.started", "item.completed",
        "session_input.promoted", "turn.completed",
    ]  # fmt: skip
