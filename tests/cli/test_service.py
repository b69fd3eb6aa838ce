"""`sidecar service`: what it writes is its own and the person's, and never mixed up."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sidecar.cli import service
from tests.cli.program import sidecar

FILES = {
    "system/sidecar.service", "system/sidecar.socket", "sysusers.d/sidecar.conf",
    "tmpfiles.d/sidecar.conf",
}  # fmt: skip


@pytest.fixture
def etc(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An /etc of the test's own, and a program that all can see."""
    monkeypatch.setattr(
        service, "SYSTEM_FOLDERS", {name: folder / name for name in service.SYSTEM_FOLDERS}
    )
    monkeypatch.setattr(sys, "executable", "/opt/sidecar/bin/python3")
    monkeypatch.setattr("sidecar.__file__", "/opt/sidecar/lib/sidecar/__init__.py")
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(service.service_command, arguments)


def written(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    }  # fmt: skip


def test_the_system_gets_units_user_and_folder_and_loses_them_again(etc: Path) -> None:
    done = run("install")
    assert done.exit_code == 0
    assert written(etc) == FILES
    unit = (etc / "system" / "sidecar.service").read_text()
    assert "\nExecStart=/opt/sidecar/bin/python3 -m sidecar serve\n" in unit
    assert "systemd-sysusers sidecar.conf" in done.output
    assert done.output.endswith("  systemctl enable --now sidecar.socket\n")
    assert run("install").output.count("is there already") == len(FILES)
    assert run("uninstall").exit_code == 0
    assert written(etc) == set()


def test_an_update_replaces_what_nobody_has_touched(
    etc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("install")
    monkeypatch.setattr(sys, "executable", "/opt/sidecar-2/bin/python3")
    done = run("install")
    assert (done.exit_code, done.output.count("written")) == (0, 1)
    assert "/opt/sidecar-2/" in (etc / "system" / "sidecar.service").read_text()


@pytest.mark.parametrize("what", ["changed", "foreign"])
def test_what_a_person_has_made_of_it_stays_unless_forced(etc: Path, what: str) -> None:
    run("install")
    unit = etc / "system" / "sidecar.socket"
    text = "[Socket]\n" if what == "foreign" else unit.read_text().replace("0600", "0660")
    unit.write_text(text)
    (etc / "tmpfiles.d" / "sidecar.conf").unlink()
    done = run("install")
    assert (done.exit_code, str(unit) in done.output) == (1, True)
    # None is better than half.
    assert unit.read_text() == text
    assert not (etc / "tmpfiles.d" / "sidecar.conf").exists()
    done = run("uninstall")
    assert (done.exit_code, written(etc)) == (1, {"system/sidecar.socket"})
    assert run("install", "--force").exit_code == 0
    assert "SocketMode=0600" in unit.read_text()


def test_a_program_that_the_system_cannot_see_is_refused(
    etc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/home/me/venv/bin/python3")
    done = run("install")
    assert (done.exit_code, written(etc)) == (1, set())
    assert "/home/me/venv/bin/python3" in done.output


@pytest.mark.parametrize("what", ["interpreter", "package"])
def test_a_program_that_only_seems_to_be_where_the_system_sees_it_is_refused(
    etc: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """An environment in /opt may be made of somebody's own Python, or of somebody's checkout."""
    hidden = etc / "hidden"
    monkeypatch.setattr(service, "HIDDEN", (hidden,))
    seen = etc / "opt" / "bin" / "python3"
    seen.parent.mkdir(parents=True)
    if what == "interpreter":
        seen.symlink_to(hidden / "python3.11")
    else:
        monkeypatch.setattr("sidecar.__file__", str(hidden / "sidecar" / "__init__.py"))
    monkeypatch.setattr(sys, "executable", str(seen))
    done = run("install")
    assert (done.exit_code, str(hidden) in done.output) == (1, True)
    assert not (etc / "system").exists()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/opt/a/bin/python3", "/opt/a/bin/python3"),
        ("/opt/my tools/bin/python3", '"/opt/my tools/bin/python3"'),
        ('/opt/"a"\\b/python3', '"/opt/\\"a\\"\\\\b/python3"'),
        ("/opt/100%/python3", "/opt/100%%/python3"),
    ],
)
def test_any_path_is_written_so_that_systemd_reads_it(
    etc: Path, monkeypatch: pytest.MonkeyPatch, path: str, told: str
) -> None:
    monkeypatch.setattr(sys, "executable", path)
    assert run("install").exit_code == 0
    unit = (etc / "system" / "sidecar.service").read_text()
    assert f"\nExecStart={told} -m sidecar serve\n" in unit


@pytest.mark.parametrize("path", ["/opt/a\nb/python3", "/opt/$HOME/python3"])
def test_a_path_that_no_unit_can_name_is_refused(
    etc: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(sys, "executable", path)
    assert run("install").exit_code == 1
    assert written(etc) == set()


def test_a_user_gets_the_script_beside_the_interpreter(folder: Path) -> None:
    done = sidecar("service", "install", "--user", XDG_CONFIG_HOME=str(folder))
    assert done.returncode == 0
    unit = (folder / "systemd" / "user" / "sidecar.service").read_text()
    script = Path(sys.executable).with_name("sidecar")
    assert f"\nExecStart={script} serve\n" in unit


def test_a_folder_that_cannot_be_written_is_told(folder: Path) -> None:
    (folder / "systemd").write_text("in the way")
    done = sidecar("service", "install", "--user", XDG_CONFIG_HOME=str(folder))
    assert (done.returncode, done.stdout) == (1, "")
    assert "systemd/user/sidecar.service: " in done.stderr
