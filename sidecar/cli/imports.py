"""`sidecar import FORMAT FILE…`: play recorded sessions into a running daemon."""

import sys
from pathlib import Path

import click
import msgspec

from sidecar import cli
from sidecar.cli import swe_agent
from sidecar.cli.connect import connected, socket_option
from sidecar.client import SidecarError


@click.group("import")
def import_command() -> None:
    """Play recorded sessions into the daemon, as their runner would have.

    Ids are made from the content: played twice, nothing changes.
    """


@import_command.command("swe-agent")
@socket_option
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def swe_agent_command(socket: str | None, files: tuple[Path, ...]) -> None:
    """Play SWE-agent trajectories: a thread each, with its turns, items and usage."""
    failed = False
    for file in files:
        try:
            steps = swe_agent.play(file.read_bytes())
        except msgspec.MsgspecError as error:
            click.echo(f"{file}: not a trajectory: {error}", err=True)
            failed = True
            continue
        with (
            connected(socket) as client,
            click.progressbar(steps, label=file.name, file=sys.stderr) as shown,
        ):
            for step in shown:
                try:
                    client.call(step.method, step.params)
                except SidecarError as error:
                    error.add_note(f"{file}: stopped at {step.method}; what came before is kept")
                    raise
        thread_id = steps[0].params["threadId"]
        click.echo(f"{file}: {thread_id}, {len(steps)} requests", err=True)
    if failed:
        sys.exit(cli.EXIT_FAILED)
