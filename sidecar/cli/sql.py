"""`sidecar sql`: look into the database with the SQLite that it was written with."""

import io

import apsw
import apsw.shell
import click

from sidecar import config

# What would hold the log up, or make another file (VACUUM INTO attaches one).
DENIED = (apsw.SQLITE_TRANSACTION, apsw.SQLITE_SAVEPOINT, apsw.SQLITE_ATTACH)


@click.command("sql")
@config.option("database")
@click.argument("query", required=False)
def sql_command(database: str | None, query: str | None) -> None:
    """Open a read-only shell on the database, or run QUERY and print its rows.

    The daemon may be running. A transaction cannot be left open: it would keep the daemon's
    log from being used again.
    """
    path = config.database_path(database)
    try:
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    except apsw.CantOpenError as error:
        raise click.ClickException(f"{path} cannot be opened") from error
    db.authorizer = _allow
    shell = apsw.shell.Shell(db=db)
    if query is None:
        shell.cmdloop(f"{path}, read-only. Enter .help for commands.")  # type: ignore[no-untyped-call]
        return
    # Of some errors the shell itself tells, with the place, and raises them all the same.
    shell.stderr = told = io.StringIO()
    try:
        shell.process_complete_line(query)  # type: ignore[no-untyped-call]
    except (apsw.Error, shell.Error, OSError) as error:
        raise click.ClickException(told.getvalue().rstrip() or str(error)) from error
    click.echo(told.getvalue(), nl=False, err=True)


def _allow(
    action: int, _one: str | None, _two: str | None, _three: str | None, _four: str | None
) -> int:
    return apsw.SQLITE_DENY if action in DENIED else apsw.SQLITE_OK
