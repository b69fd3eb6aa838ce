"""`sidecar doctor --salvage DEST`: what can be read of a damaged database, in a new one."""

import sys
from pathlib import Path

import click
import msgspec

from sidecar import cli
from sidecar.cli.connect import show
from sidecar.source import SystemSource
from sidecar.store import salvage
from sidecar.store.lock import LockedByOther

# Lines of a list that is for a person; --json has them all.
TOLD = 20


def run(database: Path, target: Path, *, as_json: bool) -> None:
    """Salvage, tell what became of what, and end by it."""
    try:
        done = salvage.salvage(database, target.absolute(), SystemSource())
    except LockedByOther as error:
        cli.end(cli.EXIT_ALREADY_RUNNING, f"end the daemon first, or `sidecar backup`: {error}")
    except salvage.CannotSalvage as error:
        cli.end(cli.EXIT_FAILED, str(error))
    except OSError as error:
        cli.end(cli.EXIT_STORAGE_BROKEN, f"{error.filename}: {error.strerror}")
    is_whole = not (done.lost or done.doubtful or done.stand_ins or done.findings)
    if as_json:
        show(msgspec.Raw(msgspec.json.encode({"ok": is_whole, **msgspec.to_builtins(done)})))
    else:
        _tell(done)
    if not is_whole:
        sys.exit(cli.EXIT_FOUND)


def _tell(done: salvage.Salvaged) -> None:
    for table, count in done.copied.items():
        click.echo(f"{table}: {count} copied")
    for title, losses in (
        ("not copied", done.lost),
        ("copied, and perhaps not what it was", done.doubtful),
        ("made in the place of what is lost", done.stand_ins),
    ):
        for each in losses[:TOLD]:
            click.echo(f"{each.table} {each.key}: {title}\n    {each.reason}")
        if len(losses) > TOLD:
            click.echo(f"{len(losses) - TOLD} more {title}; --json has all")
    for finding in done.findings:
        click.echo(f"the new one is not as it should be: {finding}")
    click.echo(f"{done.target}: up to event {done.last_seq}, as {done.database_id}")
