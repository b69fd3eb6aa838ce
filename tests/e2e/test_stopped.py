"""A daemon that is stopped for a while, as by a debugger or a machine that sleeps, and goes on."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.daemon.wire import until
from tests.support import DaemonProcess, Refused
from tests.support.clocks import Clock, ClockedProcess

HOUR_MS = 3_600_000
CLIENTS = 30


@contextmanager
def stopped(process: DaemonProcess) -> Iterator[None]:
    """Stop it, and wait until it stands still."""
    pid = process.process.pid
    process.process.send_signal(signal.SIGSTOP)
    _, status = os.waitpid(pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    try:
        yield
    finally:
        process.process.send_signal(signal.SIGCONT)


def test_who_asks_a_stopped_daemon_waits_and_is_answered(process: DaemonProcess) -> None:
    with ExitStack() as stack:
        known = stack.enter_context(process.peer())
        known.call("thread/create", threadId="t")
        heard = stack.enter_context(process.peer())
        heard.call("event/subscribe", sinceSeq=1)
        assert heard.receive()["method"] == "event/synced"
        with stopped(process):
            peers = [known, *(stack.enter_context(process.peer()) for _ in range(CLIENTS - 1))]
            for number, peer in enumerate(peers):
                wanted = {"threadId": "t", "event": f"of.{number}"}
                peer.send(*(peer.request("event/append", wanted) for _ in range(10)))
        seqs = [peer.receive()["result"]["event"]["seq"] for peer in peers for _ in range(10)]
        assert sorted(seqs) == list(range(2, 10 * CLIENTS + 2))
        told: list[int] = []
        while len(told) < len(seqs):
            told += [event["seq"] for event in heard.receive()["params"]["events"]]
        assert told == sorted(seqs)


def test_who_goes_while_it_is_stopped_is_executed_and_forgotten(process: DaemonProcess) -> None:
    with process.peer() as peer:
        peer.call("thread/create", threadId="t")
        with stopped(process), process.peer() as gone:
            gone.send(gone.request("event/append", {"threadId": "t", "event": "x"}))
        peer.call("event/append", threadId="t", event="y")
        with process.peer() as late:
            until(late, lambda: len(late.call("event/list")["data"]) == 3)
            until(late, lambda: late.call("daemon/status")["connections"] == 2)


def test_what_ran_out_meanwhile_has_run_out_at_once(folder: Path) -> None:
    clock = Clock(folder)
    with ExitStack() as stack:
        process = stack.enter_context(ClockedProcess(folder, clock))
        peer, waiting, timed = (stack.enter_context(process.peer()) for _ in range(3))
        for number in range(2):
            peer.call("mailbox/enqueue", mailboxId=f"m{number}", entryId=f"e{number}")
        held = peer.call("mailbox/claim", consumerId="late", leaseMs=60_000, mailboxId="m0")
        kept = peer.call("mailbox/claim", consumerId="x", leaseMs=3 * HOUR_MS, mailboxId="m1")
        claim = {"consumerId": "next", "leaseMs": 60_000}
        waiting.send(waiting.request("mailbox/claim", {**claim, "waitMs": 60_000}))
        timed.send(timed.request("mailbox/claim", {**claim, "mailboxId": "none", "waitMs": 50}))
        # All of them have been read.
        peer.call("daemon/ping")
        with stopped(process):
            clock.advance_ms(HOUR_MS)
        assert timed.receive()["result"]["entries"] == []
        (taken,) = waiting.receive()["result"]["entries"]
        assert taken["id"] == "e0" and taken["attemptCount"] == 2
        with pytest.raises(Refused) as refused:
            peer.call("mailbox/ack", entryId="e0", claimToken=held["entries"][0]["claimToken"])
        assert refused.value.kind == "claim_lost"
        token = kept["entries"][0]["claimToken"]
        assert peer.call("mailbox/ack", entryId="e1", claimToken=token)["entry"]
