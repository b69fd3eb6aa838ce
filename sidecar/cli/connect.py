"""What every client command does: connect, ask, and end with the right exit code."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
import msgspec

from sidecar import __version__, cli, config
from sidecar.client import AnswerLost, Client, Error, NoDaemon, Options, SidecarError
from sidecar.client.request import PATIENCE_S

Params = dict[str, object]
socket_option = config.option("socket")


def tell(trouble: Error) -> None:
    """Say on stderr that something is tried again."""
    click.echo(f"sidecar: {trouble}; trying again", err=True)


@contextmanager
def connected(
    socket: str | None,
    *,
    patience_s: float = PATIENCE_S,
    on_trouble: Callable[[Error], None] = tell,
) -> Iterator[Client]:
    """Connect; an error goes to stderr with its kind, and ends with 1, or 69 without a daemon."""
    options = Options(
        name="sidecar", version=__version__, patience_s=patience_s, on_trouble=on_trouble
    )
    try:
        with Client(config.socket_path(socket), options) as client:
            yield client
    except (NoDaemon, AnswerLost) as error:
        click.echo(f"sidecar: {error}", err=True)
        sys.exit(cli.EXIT_NO_DAEMON)
    except Error as error:
        lines = [f"sidecar: {error}", *_whole(error), *getattr(error, "__notes__", [])]
        click.echo("\n".join(lines), err=True)
        sys.exit(cli.EXIT_FAILED)


def _whole(error: Error) -> list[str]:
    """Show a daemon's error with all its details."""
    if not isinstance(error, SidecarError):
        return []
    code, message, data = error.args
    return [msgspec.json.encode({"code": code, "message": message, "data": data}).decode()]


def ask(socket: str | None, method: str, params: Params) -> msgspec.Raw:
    """Call one method on a connection of its own."""
    with connected(socket) as client:
        return client.call(method, params)


def show(result: msgspec.Raw) -> None:
    """Print a result: indented on a terminal, one line elsewhere."""
    text = bytes(result)
    if sys.stdout.isatty():
        text = msgspec.json.format(text, indent=2)
    click.echo(text.decode())


def utf8(found: str | bytes) -> str:
    """Refuse what JSON cannot hold: other encodings, in arguments too, and lone surrogates."""
    try:
        text = found if isinstance(found, str) else found.decode()
        text.encode()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise click.UsageError(f"the params are not UTF-8: {error.reason}") from error
    return text


class Utf8(click.types.StringParamType):
    """Take text that can be sent."""

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Refuse an argument in another encoding."""
        return utf8(super().convert(value, param, ctx))


UTF8 = Utf8()
json_option: Callable[[Callable[..., None]], Callable[..., None]] = click.option(
    "--json", "as_json", is_flag=True, help="Print the bare result as JSON."
)
