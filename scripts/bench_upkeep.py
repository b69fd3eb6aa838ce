"""Measure what the daemon's own work costs its peers: a backup, and a prune, of a large database.

Run by scripts/bench; the last column is what is measured against.
"""

import json
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench import (
    EVENTS,
    FEW,
    MANY,
    ROUNDS,
    Served,
    append_request,
    make_database,
    pipelined,
    show,
)

from sidecar.source import SystemSource
from sidecar.store.database import Database

LARGE_BYTES = 1 << 30
PAYLOAD_BYTES = 64_000
CLIENTS, DEPTH = 8, 16


def make_large(path: Path) -> None:
    """Make a database of a gigabyte."""
    make_database(path, FEW)
    database = Database(path, SystemSource())
    payload = json.dumps("x" * PAYLOAD_BYTES)
    for _ in range(LARGE_BYTES // PAYLOAD_BYTES // 256):
        database.begin()
        database.attempt(
            lambda tx: [tx.append_event("large", payload, thread_key=1) for _ in range(256)], 0
        )
        database.commit()
        database.checkpoint_if_due()
    database.close()


class Asked:
    """Ask for something that takes its time, and tell how long it took."""

    def __init__(self, path: Path, method: str, params: dict[str, object]) -> None:
        self.peer = socket.socket(socket.AF_UNIX)
        self.peer.connect(str(path))
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        self.started = time.perf_counter()
        self.peer.sendall(json.dumps(request).encode() + b"\n")
        self.took_s = 0.0
        self.answer = b""
        self.thread = threading.Thread(target=self._wait)
        self.thread.start()

    def _wait(self) -> None:
        self.answer = self.peer.recv(1 << 16)
        self.took_s = time.perf_counter() - self.started
        self.peer.close()
        assert b'"result"' in self.answer, self.answer

    @property
    def is_done(self) -> bool:
        return not self.thread.is_alive()


def bench_backup(folder: Path) -> None:
    make_large(folder / "a.db")
    served = Served(folder)
    alone, beside, took = [], [], []
    for _ in range(max(1, ROUNDS // 2)):
        alone.append(pipelined(served.socket_path, 4 * EVENTS, CLIENTS, DEPTH))
        params = {"path": str(folder / "copy.db"), "overwrite": True}
        backup = Asked(served.socket_path, "daemon/backup", params)
        while not backup.is_done:
            rate = pipelined(served.socket_path, EVENTS, CLIENTS, DEPTH)
            if not backup.is_done:
                beside.append(rate)
        took.append(backup.took_s)
    served.close()
    fast, slow = statistics.median(alone), 1 / statistics.mean(1 / each for each in beside)
    detail = (
        f"{slow:,.0f}/s, alone {fast:,.0f}/s, slowest {EVENTS:,} {min(beside):,.0f}/s; "
        f"{statistics.median(took):.1f} s"
    )
    show("8 x 16 writers beside a backup of 1 GB", fast / slow, "<= 1.50", detail)


def longest_ms(path: Path, until: Asked, request: bytes) -> list[float]:
    """Ask one after the other until something else is done; tell how long each took."""
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(str(path))
    took = []
    with peer:
        while not until.is_done:
            started = time.perf_counter()
            peer.sendall(request)
            peer.recv(1 << 16)
            took.append((time.perf_counter() - started) * 1000)
            time.sleep(0.001)
    return took


def bench_prune(folder: Path) -> None:
    make_database(folder / "a.db", MANY)
    served = Served(folder)
    ping = b'{"jsonrpc":"2.0","id":1,"method":"daemon/ping"}\n'
    append = append_request()
    writes: list[float] = []
    prune = Asked(served.socket_path, "event/prune", {"beforeSeq": MANY})
    writer = threading.Thread(
        target=lambda: writes.extend(longest_ms(served.socket_path, prune, append))
    )
    writer.start()
    pings = longest_ms(served.socket_path, prune, ping)
    writer.join()
    served.close()
    detail = f"{prune.took_s:.1f} s; p99 {statistics.quantiles(pings, n=100)[98]:.1f} ms"
    show(f"a ping beside a prune of {MANY:,}, longest, ms", max(pings), "<= 30", detail)
    detail = f"p99 {statistics.quantiles(writes, n=100)[98]:.1f} ms"
    show("a write beside it, longest, ms", max(writes), "<= 60", detail)


def main() -> None:
    for bench in (bench_backup, bench_prune):
        folder = Path(tempfile.mkdtemp(prefix="bench"))
        try:
            bench(folder)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
