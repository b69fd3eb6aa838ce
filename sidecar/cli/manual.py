"""Make the manual page, sidecar.1, from the commands, the settings and the exit codes.

What `--help` says in pieces stands there as a whole; `scripts/generate` writes it.
"""

import re
import textwrap
from collections.abc import Iterator

import click

from sidecar import __version__, cli
from sidecar.cli.call import call_command
from sidecar.config import SETTINGS

EXITS = {
    0: "Done.",
    cli.EXIT_FAILED: "Failed.",
    2: "Wrong usage.",
    cli.EXIT_FOUND: "The doctor has found something.",
    cli.EXIT_NO_DAEMON: "No daemon there.",
    70: "A bug; start it again.",
    cli.EXIT_STORAGE_BROKEN: "The storage is broken.",
    cli.EXIT_ALREADY_RUNNING: "Another daemon runs, or the socket is somebody's.",
    cli.EXIT_BAD_CONFIGURATION: "The database is newer than the program, or the configuration bad.",
}
# Lines of a page's source, by custom; what is escaped makes them a little longer.
COLUMNS = 72
DESCRIPTION = (
    "A daemon owns one SQLite database with threads, turns, items, messages, state, events and "
    "the prompts that wait, and speaks JSON-RPC 2.0 over a Unix socket. What it has answered is "
    "durable, and never half. The other commands are its clients, or work without it.\n\n"
    "Data is written to stdout, everything else to stderr."
)


def manual() -> str:
    """Render the page, the same to the byte wherever it is made."""
    lines = [
        '.\\" Made by `scripts/generate` from the commands; do not edit.',
        f'.TH SIDECAR 1 "" "sidecar {__version__}" "User Commands"',
        ".SH NAME",
        f"sidecar \\- {_text((cli.main.help or '').rstrip('.'))}",
        ".SH SYNOPSIS",
        ".B sidecar",
        ".I COMMAND",
        "[options] ...",
        ".SH DESCRIPTION",
        *_paragraphs(DESCRIPTION),
        ".SH COMMANDS",
        *_commands(cli.main, click.Context(cli.main, info_name="sidecar")),
        ".SH ENVIRONMENT",
        *_environment(),
        ".SH EXIT STATUS",
        *(line for code, text in EXITS.items() for line in _tagged(f"\\fB{code}\\fR", text)),
        ".SH SEE ALSO",
        "The contract: what",
        ".B sidecar openrpc",
        "prints.",
    ]
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    """Describe what a group has, in its order, and what they have."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        own = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group) and command is not call_command:
            yield from _commands(command, own)
        else:
            yield from _command(command, own)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f".SS {_text(context.command_path)} {_text(pieces)}"
    yield from _paragraphs(command.help or "")
    if command is call_command:
        yield ".PP"
        yield from ("See", ".B sidecar call \\-\\-help", "for the methods, and")
        yield from (".B sidecar call METHOD \\-\\-help", "for the params of one.")
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record is not None and "--help" not in param.opts:
            yield from _tagged(_flags(record[0]), record[1])


def _environment() -> Iterator[str]:
    yield "Each is the default of the flag of its name."
    for setting in SETTINGS.values():
        yield from _tagged(f"\\fB{setting.environment_name}\\fR", setting.help)


def _tagged(tag: str, text: str) -> Iterator[str]:
    yield from (".TP", tag, *_lines(text))


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        yield from _lines(paragraph)


def _lines(text: str) -> Iterator[str]:
    plain = " ".join(text.split())
    for line in textwrap.wrap(plain, COLUMNS, break_long_words=False, break_on_hyphens=False):
        yield _text(line)


def _flags(usage: str) -> str:
    return re.sub(r"(?<![\w|])((?:\\-){1,2}[a-z](?:\w|\\-)*)", r"\\fB\1\\fR", _text(usage))


def _text(plain: str) -> str:
    """Write text so that nothing of it is a command, and a hyphen can be copied."""
    escaped = plain.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
