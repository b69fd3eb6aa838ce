"""Try out a `sidecar` that is to be shipped, in an environment that helps it with nothing.

Usage: try_out.py PROGRAM. It is run as its users would: served, spoken to over pipes, spawned,
called, followed, and left behind by a parent that dies. Tells how long a start takes.
"""

import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HANG_S = 30.0
STARTS = 5
# What a bundle takes from the machine: the C library, and what its loader unpacks with.
SYSTEM = re.compile(r"(ld-linux[-\w]*|ld|libc|libm|libdl|libpthread|librt|libutil|libz)\.so[.\d]*")
# Starts a daemon on its own pipes, tells its pid, and waits to be killed.
PARENT = """
import subprocess, sys
pipe = subprocess.PIPE
child = subprocess.Popen(sys.argv[1:], stdin=pipe, stdout=pipe, env={})
child.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"daemon/ping"}\\n')
child.stdin.flush()
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""


class Program:
    """Be the program, on files of its own."""

    def __init__(self, path: str, folder: Path) -> None:
        self.path = str(Path(path).absolute())
        self.database, self.socket = folder / "sidecar.db", folder / "rpc.sock"
        self.names = {
            "SIDECAR_DATABASE": str(self.database),
            "SIDECAR_SOCKET": str(self.socket),
            "SIDECAR_LOG_LEVEL": "error",
        }

    @contextmanager
    def start(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start a command; it does not outlive the check."""
        pipe = subprocess.PIPE
        with subprocess.Popen(
            [self.path, *arguments], stdin=pipe, stdout=pipe, text=True, env=self.names, cwd="/"
        ) as running:
            try:
                yield running
            finally:
                running.kill()

    def run(self, *arguments: str, text: str = "") -> str:
        """Run a command to its end, which must be a good one."""
        return subprocess.run(
            [self.path, *arguments], input=text, stdout=subprocess.PIPE, text=True, check=True,
            timeout=HANG_S, env=self.names, cwd="/",
        ).stdout  # fmt: skip


def request(number: int, method: str, **params: object) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n"


CONVERSATION = (
    request(1, "initialize", protocolVersion=1, clientInfo={"name": "try_out", "version": "1"})
    + request(2, "thread/create", threadId="t")
    + request(3, "thread/list")
)


def holds_conversation(program: Program, *arguments: str) -> None:
    said = program.run(*arguments, text=CONVERSATION)
    answers = {answer["id"]: answer for answer in map(json.loads, said.splitlines())}
    assert answers[1]["result"]["serverInfo"]["name"] == "sidecar", said
    assert [thread["id"] for thread in answers[3]["result"]["data"]] == ["t"], said


def ended(pid_fd: int) -> bool:
    return bool(select.select([pid_fd], [], [], HANG_S)[0])


def every_command_is_there(program: Program) -> None:
    commands = program.run("--help").partition("Commands:\n")[2].splitlines()
    for command in commands:
        # A line that goes on with the one before is indented further.
        if not command.startswith("   "):
            assert program.run(command.split()[0], "--help").startswith("Usage: "), command
    assert json.loads(program.run("openrpc"))["methods"]
    assert "complete" in program.run("completion", "zsh")


def has_all_with_it(program: Program, pid: int) -> None:
    """A bundle runs on code of its own: no Python, and no library, is found outside of it."""
    folder = Path(program.path).resolve().parent
    if not (folder / "_internal").is_dir():
        return
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    code = {Path(path) for line in lines if re.search(r"\.so\b|python", path := line[73:])}
    foreign = [path for path in code if not path.is_relative_to(folder)]
    assert len(foreign) < len(code), lines
    assert [path for path in foreign if not SYSTEM.fullmatch(path.name)] == []


def it_serves(program: Program) -> None:
    with program.start("serve") as daemon:
        assert daemon.stdout is not None
        ready = json.loads(daemon.stdout.readline())
        # One process: who kills it has killed it.
        assert ready["pid"] == daemon.pid, ready
        has_all_with_it(program, daemon.pid)
        assert json.loads(program.run("call", "thread/create", "--thread-id", "t"))["created"]
        with program.start("tail", "--since", "0") as tail:
            assert tail.stdout is not None
            assert json.loads(tail.stdout.readline())["event"] == "thread.created"
            tail.send_signal(signal.SIGINT)
            assert tail.wait(HANG_S) == 0
        assert program.run("check", "--full") == "ok\n"
        assert "42" in program.run("sql", "SELECT 6 * 7")
        program.run("mailbox", "enqueue", "jobs", "null")
        names = program.run("mailbox", "work", "--until-empty", "--", "/usr/bin/env")
        # Commands that it starts must not load its libraries for their own.
        assert "SIDECAR_ENTRY_ID=" in names and "LD_" not in names and "_PYI" not in names, names
        daemon.terminate()
        assert daemon.wait(HANG_S) == 0


def it_is_spawned(program: Program) -> None:
    holds_conversation(program, "stdio", "--spawn")
    holds_conversation(program, "stdio")
    pid_fd = os.pidfd_open(json.loads(program.run("status", "--json"))["pid"])
    program.run("call", "daemon/shutdown")
    assert ended(pid_fd), "the daemon that was spawned does not end"


def it_ends_with_its_parent(program: Program) -> None:
    command = [program.path, "serve", "--stdio", "--log-level", "error"]
    command += ["--database", str(program.database)]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        pid_fd = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        assert ended(pid_fd), "the daemon outlives its parent"


def start_ms(program: Program) -> float:
    before = time.perf_counter()
    with program.start("serve") as daemon:
        assert daemon.stdout is not None
        assert daemon.stdout.readline()
        took = time.perf_counter() - before
        daemon.terminate()
        daemon.wait(HANG_S)
    return took * 1000


def main(path: str) -> None:
    checks = (every_command_is_there, it_serves, it_is_spawned, it_ends_with_its_parent)
    for check in checks:
        with tempfile.TemporaryDirectory(prefix="sc") as folder:
            check(Program(path, Path(folder)))
    with tempfile.TemporaryDirectory(prefix="sc") as folder:
        program = Program(path, Path(folder))
        holds_conversation(program, "serve", "--stdio")
        fastest = min(start_ms(program) for _ in range(STARTS))
    print(f"{Path(path).name}: tried out; ready {fastest:.0f} ms after its start")


if __name__ == "__main__":
    main(*sys.argv[1:])
