"""A real `systemd --user` of a test's own, in namespaces that end with it.

It has its own mounts, since systemd wants to be the one that booted; its own processes, since
all of them shall die with the test, however that ends; and its own control group, since a manager
moves and kills whatever it finds in the one where it starts.
"""

import os
import shutil
import subprocess
import threading
import tty
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Self

from tests.support.daemons import environment
from tests.support.peer import HANG_S
from tests.support.supervisor import Supervisor

SYSTEMD = Path("/lib/systemd/systemd")
PROGRAMS = ("unshare", "nsenter", "mount", "systemctl")
# The outer shell prepares the control group and takes it away; the inner one is the first process
# of its namespace, which ends with the pipe from the test and takes all others with it.
OUTER = """
set -e
mount -t tmpfs tmpfs /run/systemd
mkdir /run/systemd/system
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount --bind "$CONSOLE" /dev/console
group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/sidecar-test-$$
mkdir "$group"
unshare --pid --fork --mount-proc sh -c "$INNER" "$group" || true
find "$group" -depth -type d -exec rmdir {} +
"""
INNER = """
echo 0 > "$0/cgroup.procs" || exit 1
"$SYSTEMD" --user --log-level=info --log-target=console --log-color=false < /dev/null &
read -r never
"""


class NoManager(Exception):
    """Say why there can be none here."""


class UserManager:
    """Start a manager, ask it by systemctl, and read what it logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.units = folder / "config" / "systemd" / "user"
        self.units.mkdir(parents=True)
        self.runtime = folder / "run"
        self.runtime.mkdir(mode=0o700)
        self.names = environment(
            HOME=str(folder),
            XDG_CONFIG_HOME=str(folder / "config"),
            XDG_RUNTIME_DIR=str(self.runtime),
            XDG_STATE_HOME=str(folder / "state"),
            # Nothing of the machine's own but the targets.
            SYSTEMD_UNIT_PATH=f"{self.units}:/usr/lib/systemd/user:/lib/systemd/user",
        )
        self.names.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self.heard: list[str] = []
        self._process: subprocess.Popen[bytes]
        self._inside: list[str]

    def __enter__(self) -> Self:
        if os.geteuid() != 0:
            raise NoManager("not root")
        missing = [name for name in PROGRAMS if shutil.which(name) is None]
        if missing or not SYSTEMD.exists():
            raise NoManager(f"{', '.join(missing) or SYSTEMD} is missing")
        # Where a manager logs is a terminal, and /dev/console.
        self._console, console = os.openpty()
        tty.setraw(console)
        with Supervisor(self.folder) as supervisor:
            self._process = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", OUTER],
                env={
                    **self.names,
                    "NOTIFY_SOCKET": str(supervisor.path),
                    "CONSOLE": os.ttyname(console),
                    "INNER": INNER,
                    "SYSTEMD": str(SYSTEMD),
                },
                stdin=subprocess.PIPE,
                stdout=console,
                stderr=console,
            )
            os.close(console)
            self._reader = threading.Thread(target=self._read, daemon=True)
            self._reader.start()
            try:
                supervisor.hear_until("READY=1")
                # It hangs up, now and then, on who has no number in its own namespace.
                first = self._child_of(self._child_of(self._process.pid))
            except (OSError, IndexError) as error:
                self.close()
                raise NoManager(f"it does not start: {' | '.join(self._rest()[-5:])}") from error
        self._inside = ["nsenter", "--target", str(first), "--mount", "--pid", "--"]
        return self

    def _child_of(self, pid: int) -> int:
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, and with it every process that it has started."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(HANG_S)
        self._reader.join(HANG_S)
        os.close(self._console)

    def systemctl(self, *arguments: str, code: int | None = 0) -> str:
        """Ask it; returns when the job is done, with what was printed."""
        done = self.run("systemctl", "--user", *arguments)
        assert code is None or done.returncode == code, (done, self.heard)
        return done.stdout

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program as the user would whose manager this is."""
        return subprocess.run(
            [*self._inside, *command],
            env=self.names, capture_output=True, text=True, timeout=HANG_S, check=False,
        )  # fmt: skip

    def show(self, unit: str, name: str) -> str:
        """Tell one property."""
        return self.systemctl("show", unit, f"--property={name}", "--value").strip()

    def hear(self, words: str) -> str:
        """Wait until it logs a line with these words; what comes before counts only once."""
        while True:
            try:
                line = self._lines.get(timeout=HANG_S)
            except Empty:
                line = None
            assert line is not None, (words, self.heard)
            self.heard.append(line)
            if words in line:
                return line

    def _rest(self) -> list[str]:
        rest = []
        while not self._lines.empty():
            if (line := self._lines.get()) is not None:
                rest.append(line)
        return rest

    def _read(self) -> None:
        rest = b""
        while True:
            try:
                piece = os.read(self._console, 4096)
            except OSError:
                # EIO: nobody has the terminal any more.
                break
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                self._lines.put(line.decode(errors="replace").rstrip("\r"))
        self._lines.put(None)
