"""Help: at once, complete, and a usage error for what is none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import sidecar

COMMANDS = [
    "serve",
    "stdio",
    "call",
    "status",
    "check",
    "backup",
    "restore",
    "doctor",
    "sql",
    "openrpc",
    "metrics",
    "top",
    "service",
]
# What --help must not wait for.
HEAVY = ["apsw", "uvloop", "jsonrpcserver", "asyncio", "structlog", "jsonschema"]


def test_help_names_every_command() -> None:
    ended = sidecar("--help")
    assert ended.returncode == 0 and ended.stderr == ""
    for command in COMMANDS:
        assert f"\n  {command} " in ended.stdout


def test_help_imports_nothing_that_takes_its_time() -> None:
    program = (
        "import sys; sys.argv = ['sidecar', '--help']\n"
        "import sidecar.cli\n"
        "try: sidecar.cli.main()\n"
        f"finally: print(sorted(set({HEAVY}) & set(sys.modules)), file=sys.stderr)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True
    )
    assert ended.stderr.strip() == "[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    ended = sidecar(command, "--help")
    assert ended.returncode == 0 and ended.stdout.startswith("Usage: ")


def test_help_of_serve_names_the_environment() -> None:
    text = sidecar("serve", "--help").stdout
    for name in ("SIDECAR_DATABASE", "SIDECAR_SOCKET", "SIDECAR_LOG_LEVEL", "SIDECAR_DURABILITY"):
        assert name in text


@pytest.mark.parametrize("arguments", [["nope"], ["--nope"], ["status", "x"], ["backup"]])
def test_what_is_no_command_is_a_usage_error(arguments: list[str]) -> None:
    ended = sidecar(*arguments)
    assert ended.returncode == 2 and ended.stdout == "" and "Usage: " in ended.stderr


def test_the_version_is_told() -> None:
    ended = sidecar("--version")
    assert ended.returncode == 0 and ended.stdout.startswith("sidecar, version ")


def test_the_contract_is_printed_without_a_daemon(folder: Path) -> None:
    ended = sidecar("openrpc", SIDECAR_SOCKET=str(folder / "none"))
    document = json.loads(ended.stdout)
    assert ended.returncode == 0 and document["openrpc"].startswith("1.")
    names = [method["name"] for method in document["methods"]]
    assert "sessionInput/admit" in names and "event/list" in names and len(names) == len(set(names))
