"""`sidecar completion SHELL`: what a shell needs to complete commands, methods and flags."""

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from sidecar.cli import main

SHELLS: dict[str, type[ShellComplete]] = {
    "bash": BashComplete,
    "zsh": ZshComplete,
    "fish": FishComplete,
}
# How a shell asks the program what may follow: click looks for it by this name.
ASKED_BY = "_SIDECAR_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(list(SHELLS)))
def completion_command(shell: str) -> None:
    """Print what completes commands, methods and flags in a shell.

    For bash: eval "$(sidecar completion bash)" in ~/.bashrc. For zsh: the same with zsh, after
    compinit, in ~/.zshrc. For fish: sidecar completion fish >
    ~/.config/fish/completions/sidecar.fish. No daemon is needed, neither now nor when completing.
    """
    click.echo(SHELLS[shell](main, {}, "sidecar", ASKED_BY).source(), nl=False)
