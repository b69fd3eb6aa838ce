"""A clock that is set, both ways, also while the daemon is down: order, ids and laws stay."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import Peer, Refused
from tests.support.clocks import Clock, ClockedProcess

HOUR_MS = 3_600_000
YEAR_MS = 365 * 24 * HOUR_MS
# To and fro, over more than any lease, retention or down time; never to before 1970.
JUMPS = (-HOUR_MS, +HOUR_MS, -10 * YEAR_MS, +30 * YEAR_MS, -20 * YEAR_MS, -1, +1)


def work(peer: Peer, number: int, clock: Clock, jump_ms: int) -> None:
    """Live through a turn, a run, a claim and a change set while the clock is set."""
    thread = {"threadId": f"t{number}"}
    peer.call("thread/create", **thread)
    peer.call("turn/start", **thread, turnId=f"u{number}", prompt="x")
    peer.call("item/create", turnId=f"u{number}", itemId=f"i{number}", kind="tool_call")
    peer.call("run/create", **thread, runId=f"r{number}", status="in_progress")
    peer.call("step/create", runId=f"r{number}", stepId=f"s{number}", type="tool_calls")
    peer.call("mailbox/enqueue", mailboxId=f"m{number}", entryId=f"e{number}")
    claim = peer.call("mailbox/claimEntry", entryId=f"e{number}", consumerId="c", leaseMs=1000)
    clock.advance_ms(jump_ms)
    peer.call("item/update", itemId=f"i{number}", status="completed")
    peer.call("step/update", stepId=f"s{number}", status="completed")
    peer.call("run/update", runId=f"r{number}", status="completed")
    peer.call("thread/commit", **thread, commitId="c", messages=[{"role": "user", "content": 1}])
    turn = peer.call("turn/complete", turnId=f"u{number}")["turn"]
    assert turn["durationMs"] >= max(0, jump_ms)
    # Nobody else has it, so whatever the clock says of its lease it is still its owner's.
    token = claim["entry"]["claimToken"]
    assert peer.call("mailbox/ack", entryId=f"e{number}", claimToken=token)["entry"]


def test_a_clock_that_is_set_breaks_no_order_and_no_law(folder: Path) -> None:
    clock = Clock(folder)
    clock.advance_ms(0)
    with ClockedProcess(folder, clock) as process:
        for number, jump_ms in enumerate(JUMPS):
            with process.peer() as peer:
                work(peer, number, clock, jump_ms)
                peer.call("turn/start", threadId=f"t{number}", turnId=f"open{number}")
            if number % 3 == 0:
                process.kill()
                clock.advance_ms(-jump_ms // 2)
                process.start()
        with process.peer() as peer:
            page = peer.call("event/list", limit=5000)
            assert [each["seq"] for each in page["data"]] == list(range(1, page["lastSeq"] + 1))
            listed = peer.call("thread/list", limit=200)["data"]
            assert sorted(each["id"] for each in listed) == [f"t{n}" for n in range(len(JUMPS))]
            assert peer.call("daemon/check", full=True)["ok"]
            assert peer.call("daemon/status")["uptimeMs"] >= 0
        process.kill()
        process.start()
        with process.peer() as peer:
            assert peer.call("turn/incomplete")["data"] == []
        assert process.terminate() == 0


def test_leases_and_appointments_are_kept_by_the_clock_as_it_is(folder: Path) -> None:
    clock = Clock(folder)
    claim = {"consumerId": "c", "leaseMs": 60_000}
    with ExitStack() as stack:
        process = stack.enter_context(ClockedProcess(folder, clock))
        peer = stack.enter_context(process.peer())
        at_ms = peer.call("daemon/ping")["atMs"]
        for name, available_at_ms in (("now", at_ms), ("soon", at_ms + HOUR_MS)):
            peer.call("mailbox/enqueue", mailboxId=name, entryId=name,
                      availableAtMs=available_at_ms)  # fmt: skip
        first = peer.call("mailbox/claim", **claim)["entries"]
        assert [each["id"] for each in first] == ["now"]
        # Back: nothing comes sooner, and a lease that is extended counts from the new time.
        clock.advance_ms(-HOUR_MS)
        assert peer.call("mailbox/claim", **claim, limit=9)["entries"] == []
        token = first[0]["claimToken"]
        extended = peer.call("mailbox/extendLease", entryId="now", claimToken=token, leaseMs=60_000)
        assert extended["leaseUntilMs"] < first[0]["leaseUntilMs"]
        # A kill in between changes nothing of it.
        process.kill()
        process.start()
        peer = stack.enter_context(process.peer())
        waiting = stack.enter_context(process.peer())
        assert peer.call("mailbox/claim", **claim, limit=9)["entries"] == []
        waiting.send(waiting.request("mailbox/claim", {**claim, "limit": 9, "waitMs": 60_000}))
        # Forward: both are due, and who has waited for them is told without being woken.
        clock.advance_ms(3 * HOUR_MS)
        due = waiting.receive()["result"]["entries"]
        assert sorted((each["id"], each["attemptCount"]) for each in due) == [
            ("now", 2),
            ("soon", 1),
        ]
        with pytest.raises(Refused) as refused:
            peer.call("mailbox/ack", entryId="now", claimToken=token)
        assert refused.value.kind == "claim_lost"
