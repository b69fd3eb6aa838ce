"""The TypeScript client: what it may be asked is typed, and it lives through what may happen."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import DaemonProcess
from tests.support.daemons import environment
from tests.support.node import CLIENT, NODE_PACKAGES, PROTOCOL, needs_node
from tests.support.peer import HANG_S

TSC = NODE_PACKAGES / "typescript" / "bin" / "tsc"

pytestmark = needs_node


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile client, types and scenarios, strictly, into a folder laid out as `protocol`."""
    protocol = tmp_path_factory.mktemp("protocol")
    shutil.copytree(PROTOCOL / "examples" / "node", protocol / "examples" / "node")
    client = protocol / "typescript"
    client.mkdir()
    shutil.copy(CLIENT / "package.json", client)
    (client / "node_modules").symlink_to(NODE_PACKAGES)
    for project, out in ((CLIENT, "dist"), (CLIENT / "test", "out")):
        compiled = subprocess.run(
            ["node", TSC, "--project", project, "--outDir", client / out],
            capture_output=True,
            text=True,
            timeout=HANG_S * 2,
            check=False,
        )
        assert compiled.returncode == 0, compiled.stdout
    return protocol


def live_through(
    built: Path, name: str, socket_path: Path, *bridge: str, **names: str
) -> Iterator[str]:
    """Run a scenario; yield what it asks for, and tell it afterwards that this was done."""
    script = built / "typescript" / "out" / "test" / "scenarios.js"
    with subprocess.Popen(
        # It is read without a bound, so its own life has one.
        ["timeout", str(HANG_S * 2), "node", script, name, socket_path, *bridge],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(**names),
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        for line in process.stdout:
            yield line.rstrip()
            process.stdin.write("done\n")
            process.stdin.flush()
        assert process.wait(HANG_S) == 0


@pytest.mark.parametrize(
    "name", ["calls", "live", "slowReader", "lostAnswers", "pruned", "closing"]
)
def test_it_speaks_with_a_daemon(process: DaemonProcess, built: Path, name: str) -> None:
    assert list(live_through(built, name, process.socket_path)) == []


@pytest.mark.parametrize("name", ["broken", "cancel", "hangUp", "ids"])
def test_it_keeps_to_the_contract_by_itself(folder: Path, built: Path, name: str) -> None:
    assert list(live_through(built, name, folder / "rpc.sock")) == []


def test_events_come_once_and_in_order_through_kills(process: DaemonProcess, built: Path) -> None:
    asked = []
    for line in live_through(built, "events", process.socket_path):
        asked.append(line)
        process.kill()
        process.start()
    assert asked == ["kill and start"] * 2


def test_what_was_answered_right_before_the_end_is_heard(
    process: DaemonProcess, built: Path
) -> None:
    assert list(live_through(built, "shutdown", process.socket_path)) == []
    assert process._reap() == 0


def test_it_starts_a_daemon_where_none_runs(folder: Path, built: Path) -> None:
    names = {
        "SIDECAR_SOCKET": str(folder / "rpc.sock"),
        "SIDECAR_DATABASE": str(folder / "sidecar.db"),
    }
    bridge = (sys.executable, "-m", "sidecar", "stdio", "--spawn")
    asked = list(live_through(built, "spawned", folder / "rpc.sock", *bridge, **names))
    assert asked == []


def test_the_example_shows_a_turn(process: DaemonProcess, built: Path) -> None:
    done = subprocess.run(
        ["node", built / "examples" / "node" / "runner.mjs", "Why is the sea salt?"],
        env=environment(SIDECAR_SOCKET=str(process.socket_path)),
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert lines[0] == "1 thread.created"
    assert "  … You asked: Why is the sea salt? " in lines
    assert lines[-1].startswith("the turn is completed after ")


@pytest.mark.parametrize(
    ("names", "path"),
    [
        ({"SIDECAR_SOCKET": "/a/b.sock", "RUNTIME_DIRECTORY": "/r"}, "/a/b.sock"),
        ({"RUNTIME_DIRECTORY": "/r:/s", "XDG_RUNTIME_DIR": "/x"}, "/r/rpc.sock"),
        ({"XDG_RUNTIME_DIR": "/x", "STATE_DIRECTORY": "/s"}, "/x/sidecar/rpc.sock"),
        ({"STATE_DIRECTORY": "/s:/t", "XDG_STATE_HOME": "/h"}, "/s/rpc.sock"),
        ({"XDG_STATE_HOME": "/h"}, "/h/sidecar/rpc.sock"),
        ({"HOME": "/home/me"}, "/home/me/.local/state/sidecar/rpc.sock"),
    ],
)
def test_it_looks_for_the_socket_where_the_daemon_does(
    built: Path, names: dict[str, str], path: str
) -> None:
    module = (built / "typescript" / "dist" / "index.js").as_uri()
    # Both are asked in a process of their own, whose environment has nothing else.
    asked = f"import {{ defaultSocketPath }} from '{module}'; console.log(defaultSocketPath())"
    own = "from sidecar.config import socket_path; print(socket_path(None))"
    programs = (
        ("node", "--input-type=module", "--eval", asked),
        (sys.executable, "-c", own),
    )
    told = [
        subprocess.run(
            program,
            env={"PATH": os.environ["PATH"], **names},
            capture_output=True,
            text=True,
            timeout=HANG_S,
            check=True,
        ).stdout.strip()
        for program in programs
    ]
    assert told[0] == path
    if "SIDECAR_SOCKET" not in names:
        # That one is read by the command line.
        assert told[1] == path
