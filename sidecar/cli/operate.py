"""`sidecar status`, `check`, `backup`, `openrpc`: for those who keep the daemon running."""

import sys
from pathlib import Path

import click
import msgspec

from sidecar import cli
from sidecar.cli.connect import ask, json_option, show, socket_option


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
    result = ask(socket, "daemon/backup", params)
    if as_json:
        show(result)
        return
    done = msgspec.json.decode(result, type=dict[str, int | str])
    click.echo(f"{done['path']}: {done['bytes']} bytes up to event {done['lastSeq']}")


@click.command("openrpc")
def openrpc_command() -> None:
    """Print the contract as an OpenRPC document; no daemon is needed."""
    import sidecar.methods  # noqa: F401  # fills the registry
    from sidecar.rpc.openrpc import document

    click.echo(document().decode(), nl=False)
