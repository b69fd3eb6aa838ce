"""Measure that a request costs what it asks for, not what is stored."""

import json
import socket
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from bench import Served, make_folder, medians, show

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.rpc.registry import REGISTRY
from sidecar.source import SystemSource
from sidecar.store.database import Database
from sidecar.store.transaction import Tx

REQUESTS = 200
FILL = 1_000
MESSAGE = {"role": "user", "content": "a few words of what somebody says to an agent, and more"}
# A year of turns: one a minute, about.
TURNS, TURN_MS = 500_000, 63_000
MAKE_TURNS = """
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
INSERT INTO turns (
    id, thread_key, status, origin, has_usage, input_tokens, output_tokens, cached_tokens,
    reasoning_tokens, cost_usd, cost_without_cache_usd, model, provider, steer_count, item_count,
    recovered, created_at_ms, started_at_ms, ended_at_ms, fingerprint
)
SELECT 'turn-' || n, 1 + n % 100, 'completed', 'started', 1, n % 100000, n % 5000, n % 50000, 0,
    0.01, 0.02, 'model-' || n % 7, 'here', 0, 0, 0, 1700000000000 + n * :step_ms,
    1700000000000 + n * :step_ms, 1700000000000 + n * :step_ms + 1000, x'00'
FROM numbers
"""


class Filler:
    """Fill a database before it is served, through the methods themselves."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, SystemSource())

    def call(self, method: str, calls: list[dict[str, Any]]) -> None:
        """Make requests, so many in a group."""
        for first in range(0, len(calls), FILL):
            self._database.begin()
            for params in calls[first : first + FILL]:
                self.run(lambda tx, params=params: invoke(tx, method, params))
            self._database.commit()
            self._database.checkpoint_if_due()

    def statement(self, sql: str, **bindings: int) -> None:
        self._database.begin()
        self.run(lambda tx: tx.change_all(sql, **bindings))
        self._database.commit()

    def run(self, run: Callable[[Tx], object]) -> None:
        self._database.attempt(run, SystemSource().now_ms())

    def close(self) -> None:
        self._database.close()


def invoke(tx: Tx, method: str, params: dict[str, Any]) -> None:
    called = REGISTRY[method]
    called.invoke(tx, called.decode(msgspec.Raw(msgspec.json.encode(params))))


class Caller:
    """Ask one thing after the other over a socket, and time the answer alone."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")

    def call(self, method: str, **params: Any) -> tuple[dict[str, Any], float]:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        text = json.dumps(request).encode() + b"\n"
        began = time.perf_counter()
        self._socket.sendall(text)
        line = self._lines.readline()
        took_us = (time.perf_counter() - began) * 1e6
        return json.loads(line)["result"], took_us

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


def compare(name: str, aim: str, few: Callable[[], float], many: Callable[[], float]) -> None:
    """Show what the same costs where little and where much is stored."""
    took = medians({"few": few, "many": many})
    show(name, took["many"] / took["few"], aim, f"{took['few']:,.0f} us and {took['many']:,.0f} us")


def median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(REQUESTS))


def bench_claims(folder: Path) -> None:
    callers = []
    for count in (100, 1_000_000):
        own = folder / str(count)
        own.mkdir()
        filler = Filler(own / "a.db")
        filler.call(
            "mailbox/enqueue",
            [{"mailboxId": f"m{n % min(count, 1000)}", "payload": n} for n in range(count)],
        )
        filler.close()
        served = Served(own)
        callers.append((served, Caller(served.socket_path)))

    def claim(caller: Caller) -> float:
        answer, took_us = caller.call("mailbox/claim", consumerId="c", leaseMs=60_000)
        entry = answer["entries"][0]
        caller.call("mailbox/ack", entryId=entry["id"], claimToken=entry["claimToken"])
        caller.call("mailbox/enqueue", mailboxId=entry["mailboxId"], payload=1)
        return took_us

    few, many = (lambda caller=caller: median(lambda: claim(caller)) for _, caller in callers)
    compare("claim at 100 to 1,000,000 queued", "<= 1.50", few, many)
    for served, caller in callers:
        caller.close()
        served.close()


def bench_messages(folder: Path) -> None:
    filler = Filler(folder / "a.db")
    for count in (100, 100_000):
        thread_id = f"t{count}"
        filler.call("thread/create", [{"threadId": thread_id}])
        batch = min(count, 1_000)
        appended = {"threadId": thread_id, "messages": [MESSAGE] * batch}
        filler.call("message/append", [appended] * (count // batch))
    filler.close()
    served = Served(folder)
    caller = Caller(served.socket_path)

    def timed(method: str, **params: Any) -> Callable[[], float]:
        return lambda: median(lambda: caller.call(method, **params)[1])

    appends = [
        timed("message/append", threadId=name, messages=[MESSAGE]) for name in ("t100", "t100000")
    ]
    compare("append at 100 to 100,000 messages", "<= 1.30", *appends)
    pages = [
        timed("message/list", threadId=name, order="desc", limit=50) for name in ("t100", "t100000")
    ]
    compare("last page at 100 to 100,000 messages", "<= 1.30", *pages)
    caller.close()
    served.close()


def bench_usage(folder: Path) -> None:
    filler = Filler(folder / "a.db")
    filler.call("thread/create", [{"threadId": f"t{n}"} for n in range(100)])
    filler.statement(MAKE_TURNS, count=TURNS, step_ms=TURN_MS)
    filler.close()
    served = Served(folder)
    caller = Caller(served.socket_path)
    took = medians({"day": lambda: caller.call("usage/aggregate", groupBy="day")[1] / 1000})
    show(f"usage of {TURNS:,} turns by day, ms", took["day"], "<= 300", "")
    caller.close()
    served.close()


def main() -> None:
    for bench in (bench_claims, bench_messages, bench_usage):
        with make_folder() as folder:
            bench(folder)


if __name__ == "__main__":
    main()
