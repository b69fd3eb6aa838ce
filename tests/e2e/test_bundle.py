"""What is shipped is whole, is nothing else, and works by itself: scripts/bundle tries it out."""

import re
import shutil
import subprocess
import sysconfig
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import sidecar
from tests.support.daemons import environment

ROOT = Path(__file__).parent.parent.parent
# What is read as a resource, or by other programs.
DATA = {".sql", ".json", ".typed"}
# On a machine that does nothing else it takes half a minute.
HANG_S = 540
# What PyInstaller puts into a bundle, and looks into it with.
PYTHON = Path(sysconfig.get_config_var("LIBDIR")) / sysconfig.get_config_var("INSTSONAME")


@pytest.mark.skipif(
    ".so" not in PYTHON.name or not PYTHON.exists() or shutil.which("objdump") is None,
    reason="NOT TESTED: no bundle without Python's shared library and binutils",
)
def test_what_is_shipped_is_whole_and_has_been_tried_out(folder: Path) -> None:
    made = subprocess.run(
        [ROOT / "scripts" / "bundle", folder], env=environment(), capture_output=True, text=True,
        timeout=HANG_S, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert made.stderr.count("sidecar: tried out; ready ") == 2, made.stderr
    name = f"sidecar-{sidecar.__version__}"
    wheel_is_the_package(folder / f"{name}-py3-none-any.whl")
    source_is_the_checkout(folder / f"{name}.tar.gz", name)
    [archive] = folder.glob(f"{name}-linux-*.tar.gz")
    archive_is_the_folder(archive, folder / "sidecar")


def wheel_is_the_package(path: Path) -> None:
    package = ROOT / "sidecar"
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        dist_info = f"sidecar-{sidecar.__version__}.dist-info"
        facts = Parser().parsestr(wheel.read(f"{dist_info}/METADATA").decode())
        manual = wheel.read(f"sidecar-{sidecar.__version__}.data/data/share/man/man1/sidecar.1")
    expected = {
        file.relative_to(ROOT).as_posix()
        for file in package.rglob("*")
        if file.suffix == ".py" or file.suffix in DATA
    }
    # A link to where they stand.
    units = ROOT / "systemd"
    expected |= {
        f"sidecar/cli/units/{file.relative_to(units).as_posix()}" for file in units.glob("*/*")
    }
    assert {name for name in names if name.startswith("sidecar/")} == expected
    assert {name.split("/")[0] for name in names} == {
        "sidecar", dist_info, dist_info.replace(".dist-info", ".data"),
    }  # fmt: skip
    assert f"{dist_info}/licenses/LICENSE" in names
    assert manual == (package / "cli" / "sidecar.1").read_bytes()
    assert facts["License-Expression"] == "MIT" and facts["Requires-Python"] == ">=3.11"
    assert facts["Summary"] and facts.get_all("Classifier") and "# sidecar" in facts.get_payload()


def source_is_the_checkout(path: Path, name: str) -> None:
    tracked = []
    # An unpacked source distribution has nothing to be held against but itself.
    if (ROOT / ".git").exists():
        tracked = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout.splitlines()  # fmt: skip
    with tarfile.open(path) as source:
        files = {file.name.removeprefix(f"{name}/") for file in source if file.isfile()}
    assert {file for file in tracked if (ROOT / file).is_file()} - files <= {".gitignore"}
    assert not [file for file in files if re.search(r"node_modules|__pycache__|\.venv", file)]


def archive_is_the_folder(path: Path, unpacked: Path) -> None:
    with tarfile.open(path) as archive:
        packed = {file.name for file in archive if not file.isdir()}
    there = {f"sidecar/{file.relative_to(unpacked)}" for file in unpacked.rglob("*")}
    assert {name for name in there if not (unpacked.parent / name).is_dir()} <= packed
    assert packed >= {"sidecar/sidecar", "sidecar/LICENSE", "sidecar/share/man/man1/sidecar.1"}
    # Where it was made is nobody's business.
    here = str(ROOT).encode()
    assert [
        file for file in unpacked.rglob("*") if file.is_file() and here in file.read_bytes()
    ] == []
