"""Compare with stores that people use, side by side in one run, with eight workers at once.

Queues are compared on this machine's disk, and as on a disk whose sync takes longer: what sync
costs decides who is ahead.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import Served, make_folder, medians, show
from bench_workers import TEN

WORKERS = 8
# Each; enough that what a process does only once, and first, is not what is measured.
JOBS = 300
# A slow sync hides what is done first.
JOBS_ON_A_SLOW_DISK = 60
PROGRAM = Path(__file__).with_name("bench_workers.py")
SLOW_SYNC = Path(__file__).with_name("slow_sync.c")
# A solid-state disk without a capacitor takes 0.5 to 5 ms for a sync.
SYNC_DELAYS_US = (500, 2_000)
QUEUES = ("huey", "litequeue", "persist-queue")
THREADS = ("openai-agents", "langgraph")


def start(kind: str, path: Path, rounds: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), kind, str(path), str(rounds)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def await_ready(worker: "subprocess.Popen[str]", kind: str) -> None:
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n", f"{kind} did not start"


def jobs_per_s(kind: str, path: Path, workers: int, jobs: int) -> float:
    """Start workers, let them go at once, and tell how many jobs they did a second."""
    processes = 1 if kind == "persist-queue" else workers
    rounds = jobs // TEN if kind.endswith("-in-tens") else jobs
    # The first makes the file; not every store can be made by several at once.
    started = [start(kind, path, rounds)]
    await_ready(started[0], kind)
    started += [start(kind, path, rounds) for _ in range(processes - 1)]
    for each in started[1:]:
        await_ready(each, kind)
    began = time.perf_counter()
    for each in started:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in started:
        assert each.stdout is not None
        assert each.stdout.readline() == "done\n", f"{kind} did not end"
    took = time.perf_counter() - began
    for each in started:
        each.communicate()
    return workers * jobs / took


def compare(what: str, own: str, others: tuple[str, ...], workers: int, jobs: int = JOBS) -> None:
    """Measure our own against the others, each on a fresh file in every round."""
    with make_folder() as folder:
        served = Served(folder)

        def of(kind: str) -> float:
            with tempfile.TemporaryDirectory() as fresh:
                path = served.socket_path if kind == own else Path(fresh) / "store.db"
                return jobs_per_s(kind, path, workers, jobs)

        rate = medians({kind: lambda kind=kind: of(kind) for kind in (own, *others)})
        served.close()
    for other in others:
        detail = f"{rate[own]:,.0f}/s, {other} {rate[other]:,.0f}/s"
        show(f"{what}, of {other}", rate[own] / rate[other], "> 1", detail)


def slow_down_syncs(folder: Path) -> bool:
    """Make the syncs of what is started from now on last longer; False without a C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return False
    library = folder / "slow_sync.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, SLOW_SYNC, "-ldl"], check=True)
    os.environ["LD_PRELOAD"] = str(library)
    return True


def compare_on_slower_disks() -> None:
    with make_folder() as folder:
        if not slow_down_syncs(folder):
            print("queues on slower disks: left out, there is no C compiler (cc)", flush=True)
            return
        for delay_us in SYNC_DELAYS_US:
            os.environ["SYNC_DELAY_US"] = str(delay_us)
            what = f"queue, sync + {delay_us / 1000} ms"
            compare(what, "sidecar-queue", QUEUES, WORKERS, JOBS_ON_A_SLOW_DISK)


def main() -> None:
    compare(f"queue (enqueue, claim, ack), {WORKERS} workers", "sidecar-queue", QUEUES, WORKERS)
    # A consumer of ours may take several at once and speak without waiting; the others have no way.
    compare("the same, taken in tens", "sidecar-queue-in-tens", QUEUES, WORKERS)
    compare(f"append to a thread, {WORKERS} writers", "sidecar-thread", THREADS, WORKERS)
    compare("append to a thread, alone", "sidecar-thread", THREADS, 1)
    compare_on_slower_disks()


if __name__ == "__main__":
    main()
