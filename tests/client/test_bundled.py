"""What is started by a program that has no interpreter, since it was bundled."""

import subprocess
import sys
from pathlib import Path

import pytest

from sidecar import spawn
from sidecar.spawn import CannotSpawn


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    return monkeypatch


def test_an_interpreter_runs_the_module() -> None:
    said = subprocess.run([*spawn.program(), "--version"], capture_output=True, check=True)
    assert said.stdout.startswith(b"sidecar, version ")


def test_the_bundle_is_the_program(bundled: pytest.MonkeyPatch) -> None:
    # Its presence is what tells that the command line is loaded.
    bundled.setitem(sys.modules, "sidecar.cli", sys)
    assert spawn.program() == [sys.executable]


def test_another_program_s_bundle_starts_the_one_on_its_path_and_never_itself(
    bundled: pytest.MonkeyPatch, folder: Path
) -> None:
    bundled.delitem(sys.modules, "sidecar.cli", raising=False)
    bundled.setenv("PATH", str(folder))
    with pytest.raises(CannotSpawn, match="not on its PATH"):
        spawn.program()
    (folder / "sidecar").touch(0o700)
    assert spawn.program() == [str(folder / "sidecar")]


def test_what_the_loader_has_set_is_not_passed_on(bundled: pytest.MonkeyPatch) -> None:
    bundled.setenv("LD_LIBRARY_PATH", "/bundle")
    bundled.setenv("_PYI_ARCHIVE_FILE", "/bundle/sidecar")
    bundled.setenv("KEPT", "1")
    names = spawn.environment()
    assert names["KEPT"] == "1"
    assert not [name for name in names if name.startswith(("LD_LIBRARY_PATH", "_PYI"))]
    bundled.setenv("LD_LIBRARY_PATH_ORIG", "/own")
    names = spawn.environment()
    assert names["LD_LIBRARY_PATH"] == "/own" and "LD_LIBRARY_PATH_ORIG" not in names


def test_without_a_loader_nothing_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/own")
    assert spawn.environment()["LD_LIBRARY_PATH"] == "/own"
