"""One worker of a comparison, in a process of its own; bench_peers.py starts several at once.

Usage: bench_workers.py KIND PATH COUNT. It makes itself ready, prints `ready`, waits for a line,
does its job COUNT times one after the other, and prints `done`. Every store syncs each commit.
"""

import asyncio
import atexit
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path

PAYLOAD = '{"kind": "job", "text": "a few words of what is to be done", "n": 12345}'
MESSAGE = {"role": "user", "content": "a few words of what somebody says to an agent, and more"}
# What a conversation holds before it is measured.
HISTORY = 1_000
# persist-queue keeps its cursor in memory: its consumers are threads of one process.
THREADS = 8
LEASE_MS = 60_000
BUSY_S = 60
# Entries that a consumer may take at once.
TEN = 10

Job = Callable[[], object]


def sidecar_queue(path: str) -> Job:
    from sidecar.client import Client

    client = Client.connect(Path(path))
    name = f"worker-{os.getpid()}"

    def job() -> None:
        client.mailbox_enqueue(mailbox_id=name, payload=PAYLOAD)
        claimed = []
        while not claimed:
            answer = client.mailbox_claim(consumer_id=name, lease_ms=LEASE_MS, wait_ms=1_000)
            claimed = list(answer.entries)
        token = claimed[0].claim_token
        assert token is not None
        client.mailbox_ack(entry_id=claimed[0].id, claim_token=token)

    return job


def sidecar_queue_in_tens(path: str) -> Job:
    from sidecar.client import AsyncClient

    loop = asyncio.new_event_loop()
    client = loop.run_until_complete(AsyncClient.connect(Path(path)))
    atexit.register(lambda: loop.run_until_complete(client.close()))
    name = f"worker-{os.getpid()}"

    async def ten() -> None:
        boxes = [f"{name}-{number}" for number in range(TEN)]
        await asyncio.gather(
            *(client.mailbox_enqueue(mailbox_id=box, payload=PAYLOAD) for box in boxes)
        )
        done = 0
        while done < TEN:
            answer = await client.mailbox_claim(
                consumer_id=name, lease_ms=LEASE_MS, limit=TEN - done, wait_ms=1_000
            )
            await asyncio.gather(
                *(
                    client.mailbox_ack(entry_id=entry.id, claim_token=str(entry.claim_token))
                    for entry in answer.entries
                )
            )
            done += len(answer.entries)

    return lambda: loop.run_until_complete(ten())


def huey_queue(path: str) -> Job:
    from huey.storage import SqliteStorage

    storage = SqliteStorage("bench", path, fsync=True, timeout=BUSY_S)

    def job() -> None:
        storage.enqueue(PAYLOAD.encode())
        # It forgets a task when it hands it out: there is nothing to acknowledge.
        while storage.dequeue() is None:
            pass

    return job


def litequeue_queue(path: str) -> Job:
    from litequeue import LiteQueue

    queue = LiteQueue(path, timeout=BUSY_S)
    queue.conn.execute("PRAGMA synchronous = FULL")

    def job() -> None:
        queue.put(PAYLOAD)
        while (message := queue.pop()) is None:
            pass
        queue.done(message.message_id)

    return job


def persist_queue(path: str) -> Job:
    from persistqueue import SQLiteAckQueue

    queue = SQLiteAckQueue(path, multithreading=True, timeout=BUSY_S)

    def job() -> None:
        queue.put(PAYLOAD)
        queue.ack(queue.get())

    return job


def sidecar_thread(path: str) -> Job:
    from sidecar.client import Client

    client = Client.connect(Path(path))
    thread_id = f"thread-{os.getpid()}"
    client.thread_create(thread_id=thread_id)
    client.message_append(thread_id=thread_id, messages=[MESSAGE] * HISTORY)
    return lambda: client.message_append(thread_id=thread_id, messages=[MESSAGE])


def openai_session(path: str) -> Job:
    from agents import SQLiteSession

    session = SQLiteSession(f"thread-{os.getpid()}", path)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(session.add_items([MESSAGE] * HISTORY))
    return lambda: loop.run_until_complete(session.add_items([MESSAGE]))


def langgraph_checkpoint(path: str) -> Job:
    from langgraph.checkpoint.base import empty_checkpoint
    from langgraph.checkpoint.sqlite import SqliteSaver

    saver = SqliteSaver(sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False))
    configured = {"configurable": {"thread_id": f"thread-{os.getpid()}", "checkpoint_ns": ""}}
    messages = [MESSAGE] * HISTORY

    def job() -> None:
        messages.append(MESSAGE)
        checkpoint = empty_checkpoint()
        checkpoint["channel_values"] = {"messages": messages}
        saver.put(configured, checkpoint, {"source": "loop", "step": len(messages)}, {})

    job()
    return job


WORKERS: dict[str, Callable[[str], Job]] = {
    "sidecar-queue": sidecar_queue,
    "sidecar-queue-in-tens": sidecar_queue_in_tens,
    "huey": huey_queue,
    "litequeue": litequeue_queue,
    "persist-queue": persist_queue,
    "sidecar-thread": sidecar_thread,
    "openai-agents": openai_session,
    "langgraph": langgraph_checkpoint,
}


def repeat(job: Job, count: int) -> None:
    for _ in range(count):
        job()


def main(kind: str, path: str, count: int) -> None:
    job = WORKERS[kind](path)
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
