"""The units as they ship: systemd understands every line, and finds them hard to break out of."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.daemons import environment

UNITS = Path(__file__).parents[2] / "systemd"
ANALYZE = shutil.which("systemd-analyze")
# 0.2 and 6.0 by systemd 252, and a little: later ones rate more options.
EXPOSURES = {"system": 0.5, "user": 6.1}

pytestmark = pytest.mark.skipif(ANALYZE is None, reason="NOT TRIED: systemd-analyze is missing")
both = pytest.mark.parametrize("whose", ["system", "user"])


def analyze(whose: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Analyze a unit beside its socket, with a program that is there."""
    program = folder / "sidecar"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in (UNITS / whose).iterdir():
        text = unit.read_text()
        for path in ("/usr/local/bin/sidecar", "%h/.local/bin/sidecar"):
            text = text.replace(path, str(program))
        (folder / unit.name).write_text(text)
    return subprocess.run(
        [str(ANALYZE), f"--{whose}", *arguments, str(folder / "sidecar.service")],
        env=environment(XDG_RUNTIME_DIR=str(folder)),
        capture_output=True,
        text=True,
        check=False,
    )


@both
def test_they_verify(whose: str, folder: Path) -> None:
    done = analyze(whose, folder, "--man=no", "verify")
    told = [line for line in done.stderr.splitlines() if "sidecar" in line]
    assert (done.returncode, told) == (0, [])


@both
def test_they_leave_little_to_break_out_with(whose: str, folder: Path) -> None:
    # The threshold counts in tenths.
    most = round(EXPOSURES[whose] * 10)
    done = analyze(whose, folder, "--no-pager", "--offline=true", f"--threshold={most}", "security")
    assert done.returncode == 0, done.stdout + done.stderr


@both
def test_what_nobody_can_mend_by_a_restart_is_not_started_again(whose: str) -> None:
    lines = (UNITS / whose / "sidecar.service").read_text().splitlines()
    assert "RestartPreventExitStatus=74 75 78" in lines
    assert "Restart=on-failure" in lines


def test_the_system_and_a_user_are_supervised_alike() -> None:
    """What is not about isolation, users or folders is the same in both."""
    names = (
        "Type", "NotifyAccess", "TimeoutStartSec", "WatchdogSec", "KillMode", "TimeoutStopSec",
        "ExecReload", "Restart", "RestartSec", "RestartPreventExitStatus", "StartLimitIntervalSec",
        "StartLimitBurst", "UMask", "LimitCORE",
    )  # fmt: skip
    system, user = (
        [
            line
            for line in (UNITS / whose / "sidecar.service").read_text().splitlines()
            if line.partition("=")[0] in names
        ]
        for whose in ("system", "user")
    )
    assert system == user
    assert len(system) == len(names)
