"""`sidecar call METHOD`: every method is a command, its params are options."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import click
import msgspec

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.cli.connect import Params, ask, show, socket_option, utf8
from sidecar.rpc.registry import REGISTRY, Method


class Part(msgspec.Struct, frozen=True):
    """Read what of a param's schema its option needs."""

    type: str = ""
    enum: tuple[str | int, ...] = ()


class Methods(click.Group):
    """Make a command of every method in the registry."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's
        """Name all methods."""
        return sorted(REGISTRY)

    def get_command(self, ctx: click.Context, name: str) -> click.Command:  # noqa: ARG002
        """Make the command of one method; an unknown one takes JSON and is asked for."""
        method = REGISTRY.get(name)
        options: list[click.Parameter] = [
            click.Argument(["json_params"], metavar="[JSON | @FILE | -]", required=False)
        ]
        if method is not None:
            options += _options(method)
        command = click.Command(
            name,
            params=options,
            callback=lambda json_params, **given: _call(name, json_params, given),
            help=method.doc if method else None,
            short_help=method.summary if method else None,
        )
        return socket_option(command)


def _options(method: Method) -> list[click.Parameter]:
    made: list[click.Parameter] = []
    for field in msgspec.structs.fields(method.params):
        flag = "--" + field.name.replace("_", "-")
        kinds = {field.type, *get_args(field.type)}
        if bool in kinds:
            made.append(click.Option([f"{flag}/--no-{flag[2:]}", field.name], default=None))
        else:
            metavar = "TEXT" if _is_text(field.type) else "JSON"
            choices = _choices(field.type)
            made.append(click.Option([flag, field.name], metavar=metavar, shell_complete=choices))
    return made


def _choices(kind: object) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Complete the values of a param that may have only some; the daemon refuses others."""

    def complete(_context: click.Context, _option: click.Parameter, begun: str) -> list[str]:
        values = [str(value) for part in _parts(kind) for value in part.enum]
        return [value for value in values if value.startswith(begun)]

    return complete


def _is_text(kind: object) -> bool:
    return any(part.type == "string" or part.enum for part in _parts(kind))


def _parts(kind: object) -> list[Part]:
    schema = msgspec.json.schema(kind)
    return msgspec.convert(schema.get("anyOf", [schema]), list[Part])


def _call(name: str, json_params: str | None, given: dict[str, str | bool | None]) -> None:
    socket = given.pop("socket")
    assert socket is None or isinstance(socket, str)
    params: Params = {}
    if json_params is not None:
        params = _read(json_params)
    method = REGISTRY.get(name)
    for field in msgspec.structs.fields(method.params) if method else ():
        value = given[field.name]
        if value is None:
            continue
        if isinstance(value, str):
            is_text = _is_text(field.type)
            text = utf8(value)
            params[field.encode_name] = text if is_text else _json(text, field.name)
        else:
            params[field.encode_name] = value
    show(ask(socket, name, params))


def _read(text: str) -> Params:
    found: str | bytes = text
    if text == "-":
        found = sys.stdin.buffer.read()
    elif text.startswith("@"):
        try:
            found = Path(text[1:]).read_bytes()
        except OSError as error:
            raise click.UsageError(f"{text[1:]} cannot be read: {error}") from error
    try:
        return dict(msgspec.json.decode(utf8(found), type=dict[str, msgspec.Raw]))
    except msgspec.MsgspecError as error:
        raise click.UsageError(f"the params are not a JSON object: {error}") from error


def _json(text: str, name: str) -> msgspec.Raw:
    try:
        return msgspec.json.decode(text, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        flag = "--" + name.replace("_", "-")
        raise click.UsageError(f"{flag} is not JSON: {error}") from error


call_command = Methods("call", help="Call a method and print its result.")
