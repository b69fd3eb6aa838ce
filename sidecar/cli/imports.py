"""`sidecar import FORMAT PATH…`: bring conversations into a running daemon."""

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

import click

from sidecar import cli
from sidecar.cli.connect import connected, socket_option
from sidecar.cli.importing.story import COUNTED, Found, Skipped, counts

# Format, the module that reads it, and its line in the help.
FORMATS: dict[str, tuple[str, str]] = {
    "jsonl": ("importing.exported", "What `sidecar export` has written."),
    "swe-agent": ("swe_agent", "SWE-agent trajectories: a thread each, with usage."),
    "codex": ("importing.codex", "Codex rollouts, or the folder of its sessions."),
    "openai-agents": ("importing.openai_agents", "SQLite sessions of the OpenAI Agents SDK."),
    "langgraph": ("importing.langgraph", "SQLite checkpoints of LangGraph."),
    "zagens": ("importing.zagens", "A runtime directory of zagens, in files or runtime.db."),
    "oxillama": ("importing.oxillama", "A thread directory of oxillama."),
    "tirea": ("importing.tirea", "A file store of tirea, with its mailboxes."),
    "awaken": ("importing.awaken", "A file store of awaken, or the SQLite file of its mailbox."),
}
HELP = """{line}

Every PATH is read whole before anything of it is made, and never written. Ids are kept where
they fit, so that what is there already is not made again: an import that was stopped goes on
when it is run again. What has no place of its own, the source's times too, stands in `metadata`
under `imported`: the daemon's times are those of the import. Entries of mailboxes have no metadata:
of them only what an entry has a place for comes over.

What cannot be imported is told on stderr as `path:line: reason`, and ends with 1.
"""


class Formats(click.Group):
    """Make a command of every format; a reader is imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's
        """Name all formats."""
        return list(FORMATS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """Make the command of one format."""
        if name not in FORMATS:
            return None
        module, line = FORMATS[name]
        return socket_option(
            click.Command(
                name,
                params=[
                    click.Argument(
                        ["paths"],
                        nargs=-1,
                        required=True,
                        type=click.Path(exists=True, path_type=Path),
                    ),
                    click.Option(
                        ["--dry-run"], is_flag=True, help="Only count what would be imported."
                    ),
                    click.Option(
                        ["--allow-skipped"],
                        is_flag=True,
                        help="End with 0 though something is left out.",
                    ),
                ],
                callback=lambda **given: _import(module, **given),
                help=HELP.format(line=line),
                short_help=line,
            )
        )


def _import(
    module: str, socket: str | None, paths: tuple[Path, ...], *, dry_run: bool, allow_skipped: bool
) -> None:
    read: Callable[[Path], Found] = import_module(f"sidecar.cli.{module}").read
    skipped = 0
    for path in paths:
        found = read(path)
        for note in found.notes:
            click.echo(str(Skipped(note.where, f"note: {note.reason}")), err=True)
        for each in found.skipped:
            click.echo(str(each), err=True)
        skipped += len(found.skipped)
        if dry_run:
            click.echo(_counted(path, counts(found.stories), len(found.skipped)))
        elif found.stories:
            skipped += _play(socket, path, found)
    if skipped and not allow_skipped:
        sys.exit(cli.EXIT_FAILED)


def _counted(path: Path, counted: Counter[str], skipped: int) -> str:
    told = [f"{counted[noun]} {noun}" for noun in COUNTED if counted[noun]]
    return f"{path}: {', '.join([*told, f'{skipped} skipped'])}"


def _play(socket: str | None, path: Path, found: Found) -> int:
    """Make what was found; answer how much of it could not be made."""
    from sidecar.cli.importing.player import Player

    requests = sum(len(unit.calls) for story in found.stories for unit in story.units)
    with connected(socket) as client, ExitStack() as shown:
        update: Callable[[int], object] = int
        if sys.stderr.isatty():
            bar = click.progressbar(length=requests, label=path.name, file=sys.stderr)
            update = shown.enter_context(bar).update
        outcome = Player(client, update).play(found.stories)
    for note in outcome.notes:
        click.echo(f"{note.where}: note: {note.reason}", err=True)
    for each in outcome.skipped:
        click.echo(str(each), err=True)
    counted = _counted(path, counts(found.stories), len(found.skipped) + len(outcome.skipped))
    there = f"; {outcome.there} of {len(found.stories)} were there already" if outcome.there else ""
    click.echo(f"{counted}{there}", err=True)
    return len(outcome.skipped)


import_command = Formats("import", help="Bring conversations into the daemon.")
