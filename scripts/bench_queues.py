"""One consumer's work with each SQLite queue, in a process of its own; bench.py starts eight.

Usage: bench_queues.py KIND PATH COUNT. It prints `ready`, waits for a line, puts, takes and
acknowledges COUNT entries one after the other, and prints `done`. Every queue syncs each commit.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

PAYLOAD = '{"kind": "job", "text": "a few words of what is to be done", "n": 12345}'
# persist-queue keeps its cursor in memory: its consumers are threads of one process.
THREADS = 8
LEASE_MS = 60_000

Job = Callable[[], None]


def sidecar_job(path: str) -> Job:
    import os

    from sidecar.client import Client

    client = Client.connect(Path(path))
    mailbox_id, consumer_id = f"box-{os.getpid()}", f"consumer-{os.getpid()}"

    def job() -> None:
        client.mailbox_enqueue(mailbox_id=mailbox_id, payload=PAYLOAD)
        while not (
            claimed := client.mailbox_claim(
                consumer_id=consumer_id, lease_ms=LEASE_MS, wait_ms=1_000
            ).entries
        ):
            pass
        token = claimed[0].claim_token
        assert token is not None
        client.mailbox_ack(entry_id=claimed[0].id, claim_token=token)

    return job


def huey_job(path: str) -> Job:
    from huey.storage import SqliteStorage

    storage = SqliteStorage("bench", path, fsync=True, timeout=60)

    def job() -> None:
        storage.enqueue(PAYLOAD.encode())
        # It forgets a task when it hands it out: there is nothing to acknowledge.
        while storage.dequeue() is None:
            pass

    return job


def litequeue_job(path: str) -> Job:
    from litequeue import LiteQueue

    queue = LiteQueue(path, timeout=60)
    queue.conn.execute("PRAGMA synchronous = FULL")

    def job() -> None:
        queue.put(PAYLOAD)
        while (message := queue.pop()) is None:
            pass
        queue.done(message.message_id)

    return job


def persist_queue_job(path: str) -> Job:
    from persistqueue import SQLiteAckQueue

    queue = SQLiteAckQueue(path, multithreading=True, timeout=60)

    def job() -> None:
        queue.put(PAYLOAD)
        queue.ack(queue.get())

    return job


JOBS: dict[str, Callable[[str], Job]] = {
    "sidecar": sidecar_job,
    "huey": huey_job,
    "litequeue": litequeue_job,
    "persist-queue": persist_queue_job,
}


def repeat(job: Job, count: int) -> None:
    for _ in range(count):
        job()


def main(kind: str, path: str, count: int) -> None:
    job = JOBS[kind](path)
    job()
    print("ready", flush=True)
    sys.stdin.readline()
    if kind == "persist-queue":
        threads = [threading.Thread(target=repeat, args=(job, count)) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    else:
        repeat(job, count)
    print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
