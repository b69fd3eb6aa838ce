"""`sidecar status`, `check`, `backup`, `openrpc`: for those who keep the daemon running."""

import sys
from pathlib import Path
from threading import Event, Thread

import click
import msgspec

from sidecar import cli
from sidecar.cli.connect import ask, connected, json_option, show, socket_option

# Between two looks at how far a backup is.
LOOK_S = 0.2
# Percent at which all is copied; to verify and to sync it takes its time too.
COPIED = 100


@click.command("status")
@socket_option
@json_option
def status_command(socket: str | None, *, as_json: bool) -> None:
    """Tell how the daemon does."""
    result = ask(socket, "daemon/status", {})
    if as_json:
        show(result)
        return
    for name, value in _flat(msgspec.json.decode(result, type=dict[str, object])):
        click.echo(f"{name:28} {value}")


def _flat(tree: dict[str, object], above: str = "") -> list[tuple[str, object]]:
    lines: list[tuple[str, object]] = []
    for name, value in tree.items():
        if isinstance(value, dict):
            lines += _flat(value, f"{above}{name}.")
        else:
            lines.append((above + name, value))
    return lines


@click.command("check")
@socket_option
@json_option
@click.option("--full", is_flag=True, help="Compare every index with its table too.")
def check_command(socket: str | None, *, as_json: bool, full: bool) -> None:
    """Check the database and the house's invariants; 1 if something was found."""
    result = ask(socket, "daemon/check", {"full": full})
    findings = msgspec.json.decode(result, type=dict[str, list[str] | bool])["findings"]
    assert isinstance(findings, list)
    if as_json:
        show(result)
    else:
        click.echo("\n".join(findings) or "ok")
    if findings:
        sys.exit(cli.EXIT_FAILED)


@click.command("backup")
@socket_option
@json_option
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
def backup_command(socket: str | None, dest: Path, *, as_json: bool, overwrite: bool) -> None:
    """Copy the database to DEST while the daemon writes."""
    params: dict[str, object] = {"path": str(dest.absolute()), "overwrite": overwrite}
    if sys.stderr.isatty():
        result = _watched(socket, params)
    else:
        result = ask(socket, "daemon/backup", params)
    if as_json:
        show(result)
        return
    done = msgspec.json.decode(result, type=dict[str, int | str])
    click.echo(f"{done['path']}: {done['bytes']} bytes up to event {done['lastSeq']}")


def _watched(socket: str | None, params: dict[str, object]) -> msgspec.Raw:
    """Ask for a backup, and tell a person how far it is; the daemon's status knows.

    Who watches is nobody that an end, or Ctrl-C, would wait for.
    """
    is_over = Event()
    watcher = Thread(target=_watch, args=(socket, params["path"], is_over), daemon=True)
    watcher.start()
    try:
        return ask(socket, "daemon/backup", params)
    finally:
        is_over.set()
        # It may be in the middle of a look, and would write over what comes.
        watcher.join(LOOK_S)
        click.echo("\r\033[K", err=True, nl=False)


def _watch(socket: str | None, path: object, is_over: Event) -> None:
    with connected(socket, on_trouble=lambda _: None) as client:
        while not is_over.wait(LOOK_S):
            running = client.daemon_status().backups.running
            for each in running if not is_over.is_set() else ():
                if each.path == path:
                    percent = 100 * each.copied_bytes // max(1, each.total_bytes)
                    what = f"{percent:3} %" if percent < COPIED else "checking"
                    click.echo(f"\r{each.path}: {what:10}", err=True, nl=False)


@click.command("openrpc")
def openrpc_command() -> None:
    """Print the contract as an OpenRPC document; no daemon is needed."""
    import sidecar.methods  # noqa: F401  # fills the registry
    from sidecar.rpc.openrpc import document

    click.echo(document().decode(), nl=False)
