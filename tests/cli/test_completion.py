"""Completion: by the real shells, with the real key."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import sidecar
from tests.e2e.editors import on_path
from tests.support.peer import HANG_S

SHELLS = ("bash", "zsh", "fish")
PROMPT = "ready> "
# What a person's own file would have.
STARTUPS = {
    "bash": """PS1='ready> '\neval "$(sidecar completion bash)"\n""",
    "zsh": "PS1='ready> '\nautoload -Uz compinit && compinit -u -D\n"
    'eval "$(sidecar completion zsh)"\n',
}
COMMANDS = {"bash": ["--rcfile", "{folder}/.zshrc", "-i"], "zsh": ["-i"]}


def needs(shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"NOT TESTED: {shell} is missing; see scripts/setup-editors")


class Terminal:
    """Be a person at a shell."""

    def __init__(self, shell: str, folder: Path) -> None:
        (folder / ".zshrc").write_text(STARTUPS[shell])
        arguments = [part.format(folder=folder) for part in COMMANDS[shell]]
        names = on_path(ZDOTDIR=str(folder), HOME=str(folder), TERM="dumb", COLUMNS="200")
        self._fd, theirs = pty.openpty()
        self._seen = ""
        self.process = subprocess.Popen(
            [shell, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=names,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def wait_for(self, pattern: str) -> None:
        while not re.search(pattern, self._seen):
            assert select.select([self._fd], [], [], HANG_S)[0], self._seen
            self._seen += os.read(self._fd, 65536).decode(errors="replace")

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(HANG_S)
        os.close(self._fd)


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_key_completes_the_name_of_a_method(shell: str, folder: Path) -> None:
    needs(shell)
    terminal = Terminal(shell, folder)
    try:
        terminal.wait_for(PROMPT)
        terminal.type("sidecar call turn/comp\t--help\r")
        terminal.wait_for(r"Usage: sidecar call turn/complete \[OPTIONS\]")
    finally:
        terminal.close()


def test_fish_completes_commands_methods_and_flags() -> None:
    needs("fish")
    script = "sidecar completion fish | source; for line in $argv; complete -C $line; end"
    lines = ["sidecar op", "sidecar call turn/comp", "sidecar call turn/complete --st"]
    said = subprocess.run(
        ["fish", "--no-config", "-c", script, *lines], capture_output=True, text=True,
        check=True, timeout=HANG_S, env=on_path(),
    )  # fmt: skip
    found = [line.split("\t")[0] for line in said.stdout.splitlines()]
    assert found == ["openrpc", "turn/complete", "--status"], said


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("sidecar com", ["completion"]),
        ("sidecar completion ", ["bash", "fish", "zsh"]),
        ("sidecar call thread/com", ["thread/commit", "thread/commits"]),
        ("sidecar call turn/complete --turn", ["--turn-id"]),
        ("sidecar call turn/complete --status f", ["failed"]),
        ("sidecar serve --durability ", ["full", "normal"]),
        ("sidecar mailbox dead sh", ["show"]),
    ],
)
def test_bash_is_told_what_may_follow(line: str, found: list[str]) -> None:
    script = (
        'eval "$(sidecar completion bash)"\n'
        "complete -p sidecar | grep -q _sidecar_completion || exit 9\n"
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sidecar_completion sidecar\n'
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    said = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", *line.split(" ")], capture_output=True,
        text=True, check=True, timeout=HANG_S, env=on_path(),
    )  # fmt: skip
    assert sorted(said.stdout.split()) == found, said


def test_commands_are_completed_without_importing_them() -> None:
    program = (
        "import sys\n"
        "import sidecar.cli\n"
        "try: sidecar.cli.main(prog_name='sidecar')\n"
        "finally: print([n for n in sys.modules if n.startswith('sidecar.cli.')], file=sys.stderr)"
    )
    names = {"COMP_WORDS": "sidecar ", "COMP_CWORD": "1", "_SIDECAR_COMPLETE": "bash_complete"}
    said = subprocess.run(
        [sys.executable, "-c", program], env=on_path(**names), capture_output=True, text=True,
        check=False, timeout=HANG_S,
    )  # fmt: skip
    assert "plain,serve" in said.stdout and said.stderr == "[]\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_goes_to_stdout_and_needs_no_daemon(shell: str, folder: Path) -> None:
    ended = sidecar("completion", shell, SIDECAR_SOCKET=str(folder / "none"))
    assert ended.returncode == 0 and ended.stderr == "" and "_SIDECAR_COMPLETE" in ended.stdout


def test_another_shell_is_a_usage_error() -> None:
    assert sidecar("completion", "tcsh").returncode == 2
