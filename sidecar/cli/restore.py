"""`sidecar restore`: put a backup in the place of a database that nobody has open."""

from pathlib import Path

import click
import msgspec

from sidecar import cli, config
from sidecar.cli.connect import json_option, show
from sidecar.source import SystemSource
from sidecar.store import backups
from sidecar.store.lock import LockedByOther
from sidecar.store.migrate import WrongDatabase
from sidecar.store.opening import CannotOpen


@click.command("restore")
@config.option("database")
@json_option
@click.argument("backup", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore_command(database: str | None, backup: Path, *, as_json: bool) -> None:
    """Put BACKUP, checked, in the place of the database, and move the old one aside.

    The daemon must have ended; the exit code is 75 if it has not. The restored database gets a
    new databaseId: clients that had seen more of the log than there is now begin anew.
    """
    path = config.database_path(database)
    try:
        done = backups.restore(backup.absolute(), path, SystemSource())
    except LockedByOther as error:
        cli.end(cli.EXIT_ALREADY_RUNNING, f"end the daemon first: {error}")
    except WrongDatabase as error:
        cli.end(cli.EXIT_BAD_CONFIGURATION, str(error))
    except backups.NotABackup as error:
        cli.end(cli.EXIT_FAILED, str(error))
    except CannotOpen as error:
        cli.end(cli.EXIT_STORAGE_BROKEN, f"the storage is broken: {error}")
    if as_json:
        told = {
            "database": str(done.database),
            "lastSeq": done.last_seq,
            "databaseId": done.database_id,
            "aside": None if done.aside is None else str(done.aside),
        }
        show(msgspec.Raw(msgspec.json.encode(told)))
        return
    click.echo(f"{done.database}: restored up to event {done.last_seq}, as {done.database_id}")
    if done.aside is not None:
        click.echo(f"{done.aside}: the database that was there; delete it when it is not needed")
