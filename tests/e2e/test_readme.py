"""The README's tour does what it says, pasted as it stands."""

import re
import subprocess
from pathlib import Path

from tests.support.daemons import environment

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()


def blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_the_tour_ends_with_a_recovered_turn_and_a_waiting_prompt(folder: Path) -> None:
    _commands, *tour = blocks()
    script = "".join([*tour, "sidecar call daemon/shutdown\nwait\n"])
    script = script.replace("/tmp/tour", str(folder / "tour"))
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answers = done.stdout.splitlines()
    recovery = next(line for line in answers if line.startswith('{"epoch":2'))
    assert '"from":"in_progress"' in recovery and '"inputIds":["i1"]' in recovery
    assert any('"prompt":"Then write a test"' in line for line in answers[-3:])
    assert '"deduplicated":true' in answers[-2]


def test_the_two_commands_are_scripts_that_exist() -> None:
    commands = [line.split()[0] for line in blocks()[0].splitlines()]
    assert commands == ["scripts/run", "scripts/test"]
    assert all((ROOT / command).stat().st_mode & 0o111 for command in commands)
