"""`sidecar service`: put systemd's units in place, tell how they are, take them away again."""

import hashlib
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Literal

import click
import msgspec

import sidecar
from sidecar import cli

Whose = Literal["system", "user"]
State = Literal["missing", "ours", "changed", "foreign"]

# Where each of the system's files belongs, by the folder that it ships in.
SYSTEM_FOLDERS = {
    "system": Path("/etc/systemd/system"),
    "sysusers.d": Path("/etc/sysusers.d"),
    "tmpfiles.d": Path("/etc/tmpfiles.d"),
}
UNITS = ("sidecar.socket", "sidecar.service")
# What stands in the shipped units for the program that installs them.
PROGRAMS = {"system": "/usr/local/bin/sidecar", "user": "%h/.local/bin/sidecar"}
# What ProtectHome= hides from the system's daemon, and what is gone after a boot.
HIDDEN = tuple(map(Path, ("/home", "/root", "/run/user", "/tmp", "/var/tmp")))  # noqa: S108  # not used
MARK = "# Written by `sidecar service install`; what a person changes stays. sha256:"
SYSTEMCTL_S = 10.0

user_option = click.option("--user", is_flag=True, help="For this user, not for the system.")
force_option = click.option("--force", is_flag=True, help="Also files that a person has changed.")


class UnitFile(msgspec.Struct, frozen=True):
    """Be one file that belongs to an installation."""

    path: Path
    text: str

    @property
    def state(self) -> State:
        """Tell whether it is there, and whether it is as it was written."""
        try:
            stored = self.path.read_text()
        except (FileNotFoundError, NotADirectoryError):
            return "missing"
        except (OSError, UnicodeDecodeError):
            return "foreign"
        last = stored.rstrip("\n").rpartition("\n")[2]
        if not last.startswith(MARK):
            return "foreign"
        return "ours" if stored == _marked(stored[: stored.rindex(last)]) else "changed"

    @property
    def is_current(self) -> bool:
        """Tell whether writing it again would change nothing."""
        return self.state == "ours" and self.path.read_text() == self.text


class UnitStatus(msgspec.Struct, frozen=True):
    """Tell how one unit is: its file, and what systemd makes of it."""

    unit: str
    path: str
    file: State
    enabled: str
    active: str


class ServiceStatus(msgspec.Struct, frozen=True):
    """Tell how an installation is."""

    whose: Whose
    socket: str
    units: list[UnitStatus]


@click.group("service")
def service_command() -> None:
    """Let systemd keep the daemon."""


@service_command.command("install")
@user_option
@force_option
def install_command(*, user: bool, force: bool) -> None:
    """Write the units with the path of this very program, and tell what to run next.

    A file that a person has changed, or that is not ours, is left alone, and so are then all.
    """
    whose = _whose(user=user)
    wanted = _files(whose, _program(whose))
    theirs = [each for each in wanted if each.state in ("changed", "foreign")]
    if theirs and not force:
        named = ", ".join(f"{each.path} is {_told(each.state)}" for each in theirs)
        cli.end(cli.EXIT_FAILED, f"{named}: nothing is written; see --force")
    for each in wanted:
        if each.is_current:
            click.echo(f"{each.path} is there already")
            continue
        try:
            _write(each)
        except OSError as error:
            cli.end(cli.EXIT_FAILED, f"{each.path}: {error.strerror}")
        click.echo(f"{each.path} written")
    click.echo("now run:")
    if not user:
        click.echo("  systemd-sysusers sidecar.conf && systemd-tmpfiles --create sidecar.conf")
    click.echo(f"  {_systemctl(user=user)} daemon-reload")
    click.echo(f"  {_systemctl(user=user)} enable --now sidecar.socket")


@service_command.command("uninstall")
@user_option
@force_option
def uninstall_command(*, user: bool, force: bool) -> None:
    """Remove the files that `install` wrote; the database stays.

    Units that are enabled or running are left, and so is what a person has changed.
    """
    whose = _whose(user=user)
    busy = [unit for unit in UNITS if _is_busy(whose, unit)]
    if busy:
        first = f"{_systemctl(user=user)} disable --now {' '.join(UNITS)}"
        cli.end(cli.EXIT_FAILED, f"{' and '.join(busy)}: enabled or running; first run\n  {first}")
    left = 0
    for each in _files(whose, PROGRAMS[whose]):
        state = each.state
        if state == "missing":
            continue
        if state == "ours" or (state == "changed" and force):
            try:
                each.path.unlink()
            except OSError as error:
                cli.end(cli.EXIT_FAILED, f"{each.path}: {error.strerror}")
            click.echo(f"{each.path} removed")
        else:
            left += 1
            click.echo(f"sidecar: {each.path} is {_told(state)}: left", err=True)
    click.echo(f"now run:\n  {_systemctl(user=user)} daemon-reload")
    if left:
        sys.exit(cli.EXIT_FAILED)


@service_command.command("status")
@user_option
@click.option("--json", "as_json", is_flag=True, help="Print the bare result as JSON.")
def status_command(*, user: bool, as_json: bool) -> None:
    """Tell what is installed, enabled and active, and on which socket."""
    whose = _whose(user=user)
    status = ServiceStatus(
        whose,
        str(_socket(whose)),
        [
            UnitStatus(
                each.path.name,
                str(each.path),
                each.state,
                _ask(whose, "is-enabled", each.path.name),
                _ask(whose, "is-active", each.path.name),
            )
            for each in _files(whose, PROGRAMS[whose])
            if each.path.name in UNITS
        ],
    )
    if as_json:
        click.echo(msgspec.json.encode(status).decode())
        return
    for unit in status.units:
        told = f"{_told(unit.file)}, {unit.enabled}, {unit.active}"
        click.echo(f"{unit.unit:16} {told:32} {unit.path}")
    click.echo(f"{'socket':16} {status.socket}")


def _whose(*, user: bool) -> Whose:
    return "user" if user else "system"


def _systemctl(*, user: bool) -> str:
    return "systemctl --user" if user else "systemctl"


def _told(state: State) -> str:
    return {
        "missing": "not installed",
        "ours": "installed",
        "changed": "changed by a person",
        "foreign": "not ours",
    }[state]


def _files(whose: Whose, program: str) -> list[UnitFile]:
    """Make the files of an installation from those that ship, for a program."""
    folders = SYSTEM_FOLDERS if whose == "system" else {"user": _user_folder()}
    shipped = files("sidecar.cli") / "units"
    return [
        UnitFile(
            target / source.name, _marked(source.read_text().replace(PROGRAMS[whose], program))
        )
        for folder, target in folders.items()
        for source in sorted((shipped / folder).iterdir(), key=lambda each: each.name)
    ]


def _marked(text: str) -> str:
    """Sign a text, so that a later change shows."""
    return f"{text}{MARK}{hashlib.sha256(text.encode()).hexdigest()}\n"


def _user_folder() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "systemd" / "user"


def _program(whose: Whose) -> str:
    """Name this very program as a unit does: its script, or the interpreter and the module."""
    python = Path(sys.executable)
    if whose == "system":
        # An environment elsewhere may be made of links to there, or of a checkout.
        for path in (python, python.resolve(), Path(sidecar.__file__)):
            if any(path.is_relative_to(folder) for folder in HIDDEN):
                cli.end(
                    cli.EXIT_FAILED,
                    f"{path}: the system's daemon sees nothing there; install sidecar for all, as "
                    "under /opt with the system's Python, and run that one, or take --user",
                )
    script = python.with_name("sidecar")
    if os.access(script, os.X_OK):
        return _quoted(script)
    return f"{_quoted(python)} -m sidecar"


def _quoted(path: Path) -> str:
    """Write a path so that systemd reads it as it is (systemd.service(5), systemd.unit(5))."""
    text = str(path)
    if not text.isprintable() or "$" in text:
        cli.end(cli.EXIT_FAILED, f"{text!r}: a unit cannot name such a path")
    text = text.replace("%", "%%")
    if any(mark in text for mark in " \"'\\;"):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return text


def _write(file: UnitFile) -> None:
    """Put a file in its place, whole or not at all."""
    file.path.parent.mkdir(parents=True, exist_ok=True)
    part = file.path.with_name(f".{file.path.name}.{os.getpid()}.part")
    try:
        part.write_text(file.text)
        part.chmod(0o644)
        part.replace(file.path)
    finally:
        part.unlink(missing_ok=True)


def _socket(whose: Whose) -> Path:
    """Tell where the units listen: %t, and what follows it in them."""
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}"
    return Path("/run" if whose == "system" else runtime) / "sidecar" / "rpc.sock"


def _is_busy(whose: Whose, unit: str) -> bool:
    return _ask(whose, "is-enabled", unit) == "enabled" or _ask(whose, "is-active", unit) in (
        "active", "activating", "reloading", "deactivating"
    )  # fmt: skip


def _ask(whose: Whose, question: str, unit: str) -> str:
    """Ask systemd for one word; a reason in brackets where it does not answer."""
    scope = ["--user"] if whose == "user" else []
    try:
        done = subprocess.run(  # noqa: S603  # no word of it is a stranger's
            ["systemctl", *scope, question, unit],  # noqa: S607  # wherever the system has it
            capture_output=True, text=True, timeout=SYSTEMCTL_S, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        return "unknown (there is no systemctl)"
    except subprocess.TimeoutExpired:
        return f"unknown (systemctl is silent for {SYSTEMCTL_S:.0f} s)"
    if answer := done.stdout.strip():
        return answer
    reason = done.stderr.strip().partition("\n")[0]
    return "not-found" if "No such file" in reason and unit in reason else f"unknown ({reason})"
