"""More who come than there are places or descriptors: each is told, and served when it may be."""

import errno
import resource
import selectors
import signal
import socket
from collections import Counter, deque
from contextlib import ExitStack, suppress
from pathlib import Path

from tests.support import DaemonProcess, Peer
from tests.support.peer import HANG_S
from tests.support.pipes import hear, program

CROWD = 1_000
PLACES = 256
APPEND = (
    b'{"jsonrpc":"2.0","id":1,"method":"event/append",'
    b'"params":{"threadId":"t","event":"of.%d","eventKey":"k%d"}}\n'
)


class Guest:
    """Be one of the crowd: it comes, asks, and comes again until it is served."""

    def __init__(self, number: int, path: Path) -> None:
        self.number = number
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.setblocking(False)
        self.heard = b""
        try:
            self.socket.connect(str(path))
        except BlockingIOError:
            self.socket.close()
            raise

    def ask(self) -> None:
        try:
            self.socket.send(APPEND % (self.number, self.number))
        except OSError as error:
            # Turned away already; why can still be read.
            if error.errno not in (errno.EPIPE, errno.ECONNRESET):
                raise

    def listen(self) -> bytes | None:
        """Tell the line that it was told, once it is whole."""
        try:
            heard = self.socket.recv(4096)
        except BlockingIOError:
            return None
        self.heard += heard
        assert heard, f"hung up on without a word after {self.heard!r}"
        return self.heard if self.heard.endswith(b"\n") else None


def serve_all(path: Path) -> Counter[str]:
    """Let all come at once, and again whoever was turned away; tell what they were told."""
    told: Counter[str] = Counter()
    outside = deque(range(CROWD))
    with selectors.DefaultSelector() as selector:
        while outside or selector.get_map():
            while outside:
                try:
                    guest = Guest(outside[0], path)
                except BlockingIOError:
                    # The kernel's own queue is full: who is in it comes first.
                    break
                outside.popleft()
                guest.ask()
                selector.register(guest.socket, selectors.EVENT_READ, guest)
            ready = selector.select(HANG_S)
            assert ready, f"nobody was told anything any more; till then {told}"
            for key, _ in ready:
                line = key.data.listen()
                if line is None:
                    continue
                selector.unregister(key.fileobj)
                key.data.socket.close()
                if b'"result"' in line:
                    told["served"] += 1
                else:
                    assert b'"limit_exceeded"' in line and b'"maxConnections"' in line, line
                    told["turned away"] += 1
                    outside.append(key.data.number)
    return told


def test_a_thousand_at_once_are_all_served_in_the_end(process: DaemonProcess) -> None:
    with process.peer() as peer:
        peer.call("thread/create", threadId="t")
        told = serve_all(process.socket_path)
        assert told["served"] == CROWD
        page = peer.call("event/list", sinceSeq=1, limit=5000)["data"]
        assert {each["event"] for each in page} == {f"of.{number}" for number in range(CROWD)}
        assert len(page) == CROWD
        assert peer.call("daemon/status")["connections"] == 1


def descriptors(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def test_without_descriptors_who_comes_is_told_and_who_is_there_is_served(folder: Path) -> None:
    files = ["--database", str(folder / "sidecar.db"), "--socket", str(folder / "rpc.sock")]
    with program("serve", "--log-level", "warning", *files) as daemon:
        assert hear(daemon)["ready"]
        with Peer(folder / "rpc.sock") as peer:
            peer.call("thread/create", threadId="t")
            most = descriptors(daemon.pid) + 30
            _, hard = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
            resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (most, hard))
            inside: list[Peer] = []
            told: list[bytes] = []
            for _ in range(60):
                late = Peer(folder / "rpc.sock")
                # Turned away already; why can still be read.
                with suppress(BrokenPipeError):
                    late.send(late.request("daemon/ping"))
                line = late.stream.readline()
                if b'"result"' in line:
                    inside.append(late)
                else:
                    told.append(line)
                    late.close()
            assert 5 < len(inside) < 30 and len(inside) + len(told) == 60
            assert all(b'"overloaded"' in each for each in told)
            # Whoever is there is served, also with what needs files of its own.
            assert peer.call("event/append", threadId="t", event="x")
            assert peer.call("daemon/backup", path=str(folder / "copy.db"))["lastSeq"] == 2
            assert peer.call("daemon/check", full=True)["ok"]
            for each in inside:
                assert each.call("daemon/ping")
                each.close()
            while peer.call("daemon/status")["connections"] > 1:
                pass
            with Peer(folder / "rpc.sock") as late:
                assert late.call("daemon/ping")
        daemon.send_signal(signal.SIGTERM)
        _, said = daemon.communicate(timeout=HANG_S)
    assert daemon.returncode == 0
    assert said.count(b"hardly any file descriptors are left") == 1


def test_when_nobody_can_be_taken_in_callers_wait_and_are_served(process: DaemonProcess) -> None:
    pid = process.process.pid
    with ExitStack() as stack:
        peer = stack.enter_context(process.peer())
        peer.call("thread/create", threadId="t")
        soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (descriptors(pid) - 1, hard))
        outside = [stack.enter_context(process.peer()) for _ in range(20)]
        for late in outside:
            late.send(late.request("event/append", {"threadId": "t", "event": "x"}))
        for _ in range(20):
            peer.call("event/append", threadId="t", event="x")
        assert peer.call("daemon/status")["connections"] == 1
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))
        seqs = [late.receive()["result"]["event"]["seq"] for late in outside]
        assert sorted(seqs) == list(range(22, 42))
        assert process.terminate() == 0
