"""Measure the daemon against what it is made of, side by side in one run.

Every pair is measured in turns, round by round, so that a noisy machine disturbs both alike;
what is printed is the ratio of the medians.
"""

import json
import os
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from sidecar.model.json_value import NULL
from sidecar.source import SystemSource
from sidecar.store import threads
from sidecar.store.database import CHECKPOINT_PAGES, Database
from sidecar.store.rows import SqlValue
from sidecar.store.transaction import INSERT_EVENT, Tx

ROUNDS = 7
EVENTS = 4_000
PAYLOAD = {"kind": "token", "text": "a few words of what an agent says", "n": 12345}
THREAD_ID = "bench"
FEW, MANY = 1_000, 1_000_000


@contextmanager
def make_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="bench"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def event_row(seq: int) -> dict[str, SqlValue]:
    return {
        "seq": seq,
        "thread_key": 1,
        "turn_key": None,
        "item_key": None,
        "event": "bench.event",
        "payload": json.dumps(PAYLOAD, separators=(",", ":")),
        "source": "client",
        "at_ms": 1_700_000_000_000,
        "event_key": None,
        "fingerprint": None,
    }


def make_database(path: Path, events: int) -> None:
    """Make a database of one thread with so many events."""
    database = Database(path, SystemSource())
    columns = threads.Columns(None, None, None, None, None, None, None, NULL, archived=False)
    database.begin()
    database.attempt(lambda tx: threads.create(tx, THREAD_ID, columns, b""), 1_700_000_000_000)
    database.commit()
    for first in range(database.last_seq + 1, events, 10_000):
        database.begin()
        database.attempt(lambda tx, first=first: fill(tx, first, events), 1_700_000_000_000)
        database.commit()
        database.checkpoint_if_due()
    database.close()


def fill(tx: Tx, first: int, events: int) -> None:
    for seq in range(first, min(first + 10_000, events + 1)):
        tx.connection.execute(INSERT_EVENT, event_row(seq))
        tx.last_seq = seq


class RawWriter:
    """Insert with apsw alone: the same schema, the same pragmas, nothing around it."""

    def __init__(self, path: Path) -> None:
        make_database(path, FEW)
        self.db = apsw.Connection(str(path))
        self.db.pragma("synchronous", "FULL")
        self.db.pragma("foreign_keys", True)
        self.db.pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        self.seq = self.db.execute("SELECT max(seq) FROM events").get

    def insert(self, count: int, batch: int) -> float:
        """Insert so many rows in batches; tell rows a second."""
        started = time.perf_counter()
        for _ in range(0, count, batch):
            self.db.execute("BEGIN IMMEDIATE")
            for _ in range(batch):
                self.seq += 1
                self.db.execute(INSERT_EVENT, event_row(self.seq))
            self.db.execute("COMMIT")
        return count / (time.perf_counter() - started)


class Served:
    """Be a daemon in its own process."""

    def __init__(self, folder: Path) -> None:
        self.socket_path = folder / "rpc.sock"
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "sidecar", "serve", "--database", str(folder / "a.db"),
                "--socket", str(self.socket_path), "--log-level", "error",
                "--parent-fd", "0",
            ],
            # It ends with us, however we end.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.process.stdout.readline()
        self.ready_ms = (time.perf_counter() - started) * 1000

    def resident_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


def append_request() -> bytes:
    params = {"threadId": THREAD_ID, "event": "bench.event", "payload": PAYLOAD}
    request = {"jsonrpc": "2.0", "id": 1, "method": "event/append", "params": params}
    return json.dumps(request, separators=(",", ":")).encode() + b"\n"


def pipelined(path: Path, count: int, clients: int, depth: int) -> float:
    """Keep `depth` requests in flight on each of `clients` connections; tell answers a second."""
    request = append_request()
    selector = selectors.DefaultSelector()
    for _ in range(clients):
        peer = socket.socket(socket.AF_UNIX)
        peer.connect(str(path))
        selector.register(peer, selectors.EVENT_READ, [count // clients, 0])
    started = time.perf_counter()
    for key in list(selector.get_map().values()):
        key.fileobj.sendall(request * depth)  # type: ignore[union-attr]
        key.data[1] = depth
    while selector.get_map():
        for key, _ in selector.select():
            state = key.data
            heard = key.fileobj.recv(1 << 18)  # type: ignore[union-attr]
            assert b'"error"' not in heard, heard
            answers = heard.count(b"\n")
            state[0] -= answers
            more = min(answers, max(0, state[0] - state[1] + answers))
            state[1] += more - answers
            if more:
                key.fileobj.sendall(request * more)  # type: ignore[union-attr]
            if state[0] <= 0:
                selector.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]
    return count / (time.perf_counter() - started)


def serve_echo(path: str, database: str) -> None:
    """Echo each line after one raw commit: what one durable answer must cost."""
    raw = RawWriter(Path(database))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(1)
    print("ready", flush=True)
    while True:
        peer, _ = listener.accept()
        with peer, peer.makefile("rb") as lines:
            for line in lines:
                raw.insert(1, 1)
                peer.sendall(line)


@contextmanager
def echo(folder: Path) -> Iterator[Path]:
    path = folder / "echo.sock"
    process = subprocess.Popen(
        [sys.executable, __file__, "--echo", str(path), str(folder / "echo.db")],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield path
    finally:
        process.kill()
        process.wait()


def medians(measures: dict[str, Callable[[], float]]) -> dict[str, float]:
    """Run all measures in turns and take the median of each."""
    seen: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(ROUNDS):
        for name, measure in measures.items():
            seen[name].append(measure())
    return {name: statistics.median(values) for name, values in seen.items()}


def show(name: str, ratio: float, aim: str, detail: str) -> None:
    print(f"{name:44} {ratio:8.2f}   aim {aim:10} {detail}", flush=True)


def bench_append(folder: Path) -> None:
    make_database(folder / "a.db", FEW)
    served, raw = Served(folder), RawWriter(folder / "raw.db")
    with echo(folder) as echo_path:
        rate = medians(
            {
                "raw": lambda: raw.insert(EVENTS, 64),
                "1 x 64": lambda: pipelined(served.socket_path, EVENTS, 1, 64),
                "8 x 16": lambda: pipelined(served.socket_path, EVENTS, 8, 16),
                "echo": lambda: pipelined(echo_path, EVENTS // 8, 1, 1),
                "1 x 1": lambda: pipelined(served.socket_path, EVENTS // 8, 1, 1),
            }
        )
    for shape, aim in (("1 x 64", ">= 0.30"), ("8 x 16", ">= 0.20")):
        detail = f"{rate[shape]:,.0f}/s of raw {rate['raw']:,.0f}/s"
        show(f"append, clients x depth {shape}, of raw", rate[shape] / rate["raw"], aim, detail)
    detail = f"{1e6 / rate['1 x 1']:,.0f} us to {1e6 / rate['echo']:,.0f} us"
    show("append, depth 1, to echo + commit", rate["echo"] / rate["1 x 1"], "<= 1.70", detail)
    served.close()


def subscribed(path: Path, *, size: int | None = None) -> socket.socket:
    """Connect and follow all events from now on."""
    peer = socket.socket(socket.AF_UNIX)
    if size is not None:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    peer.connect(str(path))
    peer.sendall(b'{"jsonrpc":"2.0","id":1,"method":"event/subscribe"}\n')
    seen = b""
    while b"event/synced" not in seen:
        seen += peer.recv(1 << 16)
    return peer


def bench_subscribers(folder: Path) -> None:
    make_database(folder / "a.db", FEW)
    served = Served(folder)

    def beside_a_sleeper() -> float:
        with subscribed(served.socket_path, size=4096):
            return pipelined(served.socket_path, 5 * EVENTS, 4, 16)

    rate = medians(
        {
            "alone": lambda: pipelined(served.socket_path, 5 * EVENTS, 4, 16),
            "beside": beside_a_sleeper,
        }
    )
    detail = f"{rate['beside']:,.0f}/s, alone {rate['alone']:,.0f}/s"
    show(
        "4 writers beside a subscriber that sleeps",
        rate["alone"] / rate["beside"],
        "<= 1.30",
        detail,
    )

    peers = [subscribed(served.socket_path) for _ in range(100)]

    def fan_out() -> float:
        writer = socket.socket(socket.AF_UNIX)
        writer.connect(str(served.socket_path))
        with writer:
            started = time.perf_counter()
            writer.sendall(append_request())
            for peer in peers:
                assert peer.recv(1 << 16).endswith(b"\n")
            return (time.perf_counter() - started) * 1000

    took_ms = medians({"fan out": fan_out})["fan out"]
    show("one event to 100 subscribers, ms", took_ms, "<= 3", "with the append itself")
    for peer in peers:
        peer.close()
    served.close()


def bench_growth(folder: Path) -> None:
    small, large = folder / "few", folder / "many"
    for path, events in ((small, FEW), (large, MANY)):
        path.mkdir()
        make_database(path / "a.db", events)
    few, many = Served(small), Served(large)
    rate = medians(
        {
            "few": lambda: pipelined(few.socket_path, EVENTS, 1, 64),
            "many": lambda: pipelined(many.socket_path, EVENTS, 1, 64),
        }
    )
    detail = f"{rate['few']:,.0f}/s and {rate['many']:,.0f}/s"
    show(f"append at {FEW:,} to {MANY:,} events", rate["few"] / rate["many"], "<= 1.30", detail)
    few.close()
    many.close()


def bench_start(folder: Path) -> None:
    ready, resident = [], []
    for number in range(ROUNDS):
        own = folder / f"start{number}"
        own.mkdir()
        served = Served(own)
        ready.append(served.ready_ms)
        resident.append(served.resident_mib())
        served.close()
    show("start to ready, ms", statistics.median(ready), "<= 250", "")
    show("idle, MiB resident", statistics.median(resident), "<= 45", "")


def main() -> None:
    print(f"SQLite {apsw.sqlite_lib_version()}, Python {sys.version.split()[0]}, "
          f"{os.cpu_count()} cores, {ROUNDS} rounds, medians")  # fmt: skip
    for bench in (bench_append, bench_subscribers, bench_growth, bench_start):
        with make_folder() as folder:
            bench(folder)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--echo"]:
        serve_echo(sys.argv[2], sys.argv[3])
    else:
        main()
