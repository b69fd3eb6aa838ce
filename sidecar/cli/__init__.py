"""The command line: one program for the daemon and for those who live with it.

Commands are imported when they are used, so that `--help` answers at once.
"""

import errno
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

import click

from sidecar import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Command, its module here, and its line in the help.
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("serve", "Run the daemon."),
    "stdio": ("stdio", "Bridge stdin and stdout to the daemon, for editors."),
    "call": ("call", "Call a method and print its result."),
    "mailbox": ("mailbox", "Put work into mailboxes, do it, look at it."),
    "status": ("operate", "Tell how the daemon does."),
    "metrics": ("metrics", "Tell what was asked, and how long it took."),
    "top": ("top", "Watch the daemon at work."),
    "tail": ("tail", "Follow events as they happen."),
    "usage": ("usage", "Sum up what turns have used and cost."),
    "service": ("service", "Let systemd keep the daemon."),
    "check": ("operate", "Check the database and the house's invariants."),
    "backup": ("operate", "Copy the database while the daemon writes."),
    "restore": ("restore", "Put a backup in the place of the database."),
    "doctor": ("doctor", "Look for what is wrong, and say what to do."),
    "sql": ("sql", "Look into the database with SQL, read-only."),
    "import": ("imports", "Bring conversations into the daemon."),
    "export": ("export", "Write a whole thread, for programs or people."),
    "openrpc": ("operate", "Print the contract as an OpenRPC document."),
    "completion": ("completion", "Print what completes `sidecar` in bash, zsh or fish."),
}
EXIT_FAILED = 1
EXIT_FOUND = 3
EXIT_NO_DAEMON = 69
EXIT_STORAGE_BROKEN = 74
EXIT_ALREADY_RUNNING = 75
EXIT_BAD_CONFIGURATION = 78


def end(code: int, message: str) -> NoReturn:
    """Say on stderr why it ends so."""
    click.echo(f"sidecar: {message}", err=True)
    sys.exit(code)


def fill_closed() -> None:
    """Put /dev/null where stdin, stdout or stderr is closed.

    The next file that is opened would take its place, and be read or written for it.
    """
    for fd in range(3):
        try:
            os.fstat(fd)
        except OSError:
            # The lowest number that is free, which is this one.
            os.open(os.devnull, os.O_RDWR)


class Commands(click.Group):
    """Find commands in their modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's
        """Name all commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of one command."""
        if name not in COMMANDS:
            return None
        module = import_module(f"sidecar.cli.{COMMANDS[name][0]}")
        command: click.Command = getattr(module, f"{name}_command")
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; data that has no room where stdout goes ends it, told."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
                raise
            # What is left of it cannot be written at the end either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            end(EXIT_FAILED, f"stdout: {error.strerror}")

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Complete names of commands from the table, without importing anything."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=line)
            for name, (_, line) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the help from the table, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="sidecar")
def main() -> None:
    """Keep an agent's conversations: answered means durable, and never half."""
