"""The manual page is one that its readers' programs take, and says what `--help` says."""

import shutil
import subprocess

import pytest

from scripts.generate import MANUAL
from sidecar import cli
from sidecar.cli import COMMANDS
from sidecar.config import SETTINGS

# A page made from the commands has no day of its own.
UNDATED = 'WARNING: missing date, using "": TH'


def needs(program: str) -> None:
    if not shutil.which(program):
        pytest.skip(f"NOT TESTED: {program} is missing; see scripts/setup-editors")


def test_mandoc_finds_nothing_wrong() -> None:
    needs("mandoc")
    said = subprocess.run(
        ["mandoc", "-T", "lint", MANUAL], capture_output=True, text=True, check=False, timeout=30
    )
    assert [line for line in said.stdout.splitlines() if UNDATED not in line] == []


def test_groff_finds_nothing_wrong() -> None:
    needs("groff")
    said = subprocess.run(
        ["groff", "-man", "-ww", "-z", "-T", "utf8", MANUAL], capture_output=True, check=True,
        timeout=30,
    )  # fmt: skip
    assert (said.stdout, said.stderr) == (b"", b"")


def test_it_names_every_command_and_every_variable() -> None:
    text = MANUAL.read_text()
    for command in COMMANDS:
        assert f".SS sidecar {command} " in text
    for setting in SETTINGS.values():
        assert f"\\fB{setting.environment_name}\\fR" in text


def test_it_tells_every_number_that_a_command_ends_with() -> None:
    told = MANUAL.read_text().partition(".SH EXIT STATUS")[2]
    numbers = {number for name, number in vars(cli).items() if name.startswith("EXIT_")}
    assert len(numbers) == 6
    for number in {0, 2, 70, *numbers}:
        assert f"\n\\fB{number}\\fR\n" in told


def test_nothing_of_the_text_is_a_command() -> None:
    known = (".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I", '.\\"')
    lines = [line for line in MANUAL.read_text().splitlines() if line.startswith((".", "'"))]
    assert [line for line in lines if not line.startswith(known)] == []
