"""What every client command does: connect, ask, and end with the right exit code."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
import msgspec

from sidecar import cli, config
from sidecar.client import Answered, Client, NoDaemon, Params

socket_option = config.option("socket")


@contextmanager
def connected(socket: str | None) -> Iterator[Client]:
    """Connect; an error goes to stderr with its kind, and ends with 1, or 69 without a daemon."""
    try:
        with Client(config.socket_path(socket)) as client:
            yield client
    except NoDaemon as error:
        click.echo(f"sidecar: {error}", err=True)
        sys.exit(cli.EXIT_NO_DAEMON)
    except Answered as error:
        click.echo("\n".join([f"sidecar: {error}", *error.__notes__]), err=True)
        sys.exit(cli.EXIT_FAILED)


def ask(socket: str | None, method: str, params: Params | msgspec.Raw) -> msgspec.Raw:
    """Call one method on a connection of its own."""
    with connected(socket) as client:
        return client.call(method, params)


def show(result: msgspec.Raw) -> None:
    """Print a result: indented on a terminal, one line elsewhere."""
    text = bytes(result)
    if sys.stdout.isatty():
        text = msgspec.json.format(text, indent=2)
    click.echo(text.decode())


json_option: Callable[[Callable[..., None]], Callable[..., None]] = click.option(
    "--json", "as_json", is_flag=True, help="Print the bare result as JSON."
)
