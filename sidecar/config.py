"""One table of settings feeds the flags, the names in the environment and the documents."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, TypeVar

import click
import msgspec
from click.core import ParameterSource

Command = TypeVar("Command", bound=Callable[..., None])
# What a C int holds, as a descriptor is one; of milliseconds it is 24 days.
MAX_NUMBER = 2**31 - 1


class Setting(msgspec.Struct, frozen=True):
    """Be one thing that an operator can set."""

    name: str
    help: str
    choices: tuple[str, ...] = ()
    default: str | None = None
    default_is: str = ""
    is_number: bool = False
    least: int = 0
    is_duration: bool = False
    is_flag: bool = False
    is_path: bool = False

    @property
    def environment_name(self) -> str:
        """Name the variable that sets it as well."""
        return f"SIDECAR_{self.name.upper().replace('-', '_')}"


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "database",
            "The database file.",
            default_is="$STATE_DIRECTORY or $XDG_STATE_HOME/sidecar, sidecar.db in it",
            is_path=True,
        ),
        Setting(
            "socket",
            "The Unix socket.",
            default_is="$RUNTIME_DIRECTORY or $XDG_RUNTIME_DIR/sidecar, rpc.sock in it; "
            "without either, beside the database",
            is_path=True,
        ),
        Setting(
            "stdio",
            "Speak the protocol on stdin and stdout, and listen only on a socket that is named; "
            "drain and end with stdin.",
            is_flag=True,
        ),
        Setting(
            "durability",
            "When an answer leaves: synced to the disk, or only written.",
            choices=("full", "normal"),
            default="full",
        ),
        Setting(
            "checksums",
            "Make a new database with a checksum on each page; not for one that other programs "
            "write to, as Litestream does.",
            is_flag=True,
        ),
        Setting(
            "recover",
            "What becomes of the inputs of turns that a restart interrupted.",
            choices=("interrupt", "requeue"),
            default="interrupt",
        ),
        Setting(
            "prices",
            "A TOML table of what tokens cost; see protocol/examples/prices.toml.",
            default_is="none",
            is_path=True,
        ),
        Setting(
            "backup-every",
            "Copy the database so often into the folder of backups, as 1h.",
            default_is="never",
            is_duration=True,
        ),
        Setting(
            "backup-keep",
            "How many of its copies are kept there, the newest.",
            default="24",
            is_number=True,
            # The newest is never one too many.
            least=1,
        ),
        Setting(
            "backup-dir",
            "The folder of backups.",
            default_is="backups, beside the database",
        ),
        Setting(
            "retain-events",
            "Forget events that are older than this, as 90d.",
            default_is="never",
            is_duration=True,
        ),
        Setting(
            "retain-mailbox",
            "Forget mailbox entries that ended longer ago than this, as 30d.",
            default_is="never",
            is_duration=True,
        ),
        Setting(
            "ready-fd",
            "The open file descriptor that gets the ready line.",
            default_is="stdout; with --stdio none",
            is_number=True,
        ),
        Setting(
            "parent-fd",
            "An inherited pipe or socket of the parent: when it closes, drain and end.",
            default_is="none",
            is_number=True,
        ),
        Setting(
            "log-level",
            "The least that is logged.",
            choices=("debug", "info", "warning", "error"),
            default="info",
        ),
        Setting(
            "log-format",
            "How it is logged.",
            choices=("json", "console"),
            default_is="console on a terminal, else json",
        ),
        Setting(
            "log-file",
            "The file to append the log to; SIGHUP opens it anew, for logrotate.",
            default_is="stderr",
        ),
        Setting(
            "slow-request-ms",
            "From how many milliseconds on a request is logged as slow.",
            default="1000",
            is_number=True,
        ),
        Setting(
            "metrics-file",
            "A file to keep metrics in, for node_exporter's textfile collector (*.prom).",
            default_is="none",
        ),
    )
}


class BadPlace(click.ClickException):
    """Say that nothing tells where the files are, or that no file can be there."""

    exit_code = os.EX_CONFIG


class BadSetting(click.UsageError):
    """Say what is wrong in the environment: no wrong usage, which another start would not mend."""

    exit_code = os.EX_CONFIG


class Option(click.Option):
    """Be the flag of a setting, and tell by the number where a wrong value came from."""

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, object], args: list[str]
    ) -> tuple[object, list[str]]:
        """Read a value, or fail."""
        try:
            return super().handle_parse_result(ctx, opts, args)
        except click.UsageError as error:
            assert self.name is not None
            if ctx.get_parameter_source(self.name) is ParameterSource.ENVIRONMENT:
                raise BadSetting(error.format_message(), ctx) from error
            raise


def option(name: str) -> Callable[[Command], Command]:
    """Make the flag of a setting, with its environment name and its default told."""
    setting = SETTINGS[name]
    if setting.is_flag:
        return click.option(
            f"--{name}",
            cls=Option,
            is_flag=True,
            envvar=setting.environment_name,
            show_envvar=True,
            help=setting.help,
        )
    return click.option(
        f"--{name}",
        cls=Option,
        envvar=setting.environment_name,
        show_envvar=True,
        type=_type_of(setting),
        default=setting.default,
        show_default=setting.default_is or setting.default is not None,
        help=setting.help,
    )


class Duration(click.ParamType[int]):
    """Read a duration as people write it, 30s 10m 1h or 90d, into milliseconds."""

    name = "duration"
    unit_ms: ClassVar = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read it, or fail with a usage error."""
        if isinstance(value, int):
            return value
        text = str(value)
        if not re.fullmatch(r"[1-9][0-9]{0,8}[smhd]", text):
            self.fail(f"{text!r} is not a duration such as 30s, 10m, 1h or 90d", param, ctx)
        return int(text[:-1]) * self.unit_ms[text[-1]]


def _type_of(setting: Setting) -> click.IntRange | click.Path | click.Choice[str] | Duration | None:
    if setting.is_duration:
        return Duration()
    if setting.is_number:
        return click.IntRange(setting.least, MAX_NUMBER)
    if setting.is_path:
        # What cannot be read is told by who reads it, each with its own exit code.
        return click.Path(readable=False)
    return click.Choice(setting.choices) if setting.choices else None


def _state_folder() -> Path:
    if given := os.environ.get("STATE_DIRECTORY"):
        return Path(given.split(":")[0])
    if home := os.environ.get("XDG_STATE_HOME"):
        return Path(home) / "sidecar"
    try:
        return Path.home() / ".local" / "state" / "sidecar"
    except RuntimeError as error:
        raise BadPlace(
            "no folder to be in: set HOME, SIDECAR_DATABASE and SIDECAR_SOCKET"
        ) from error


def _file(given: str) -> Path:
    path = Path(given).absolute()
    if not path.name:
        raise BadPlace(f"{path}: a folder, where a file should be")
    return path


def database_path(given: str | None) -> Path:
    """Tell where the database is, whatever links lead there: its locks lie beside the file."""
    return Path(os.path.realpath(_file(given) if given else _state_folder() / "sidecar.db"))


def socket_path(given: str | None) -> Path:
    """Tell where the socket is; never in a folder that others can write."""
    if given:
        return _file(given)
    if runtime := os.environ.get("RUNTIME_DIRECTORY"):
        return Path(runtime.split(":")[0]) / "rpc.sock"
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(runtime) / "sidecar" / "rpc.sock"
    return _state_folder() / "rpc.sock"
