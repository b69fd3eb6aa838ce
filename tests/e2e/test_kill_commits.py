"""A change set is there as a whole or not at all, whenever its daemon is killed."""

import threading
from pathlib import Path
from typing import Any

from tests.support import DaemonProcess, Peer

THREAD = "t"
# Answers that are waited for before each kill.
KILLS = (1, 7, 40, 90)


def params(number: int) -> dict[str, Any]:
    """Make change set number n: it says n three times, in a message, in the state, in a run."""
    return {
        "threadId": THREAD,
        "commitId": f"c{number}",
        "expectedVersion": number,
        "messages": [{"role": "user", "content": number}],
        "patches": [{"ops": [{"op": "merge", "path": "/last", "value": number}]}],
        "runId": f"r{number}",
        "run": {"inputTokens": number},
    }


def commit_until_killed(peer: Peer, first: int, count: int, reached: threading.Event) -> int:
    """Commit one after the other; tell how many answers came."""
    number = first
    try:
        while True:
            answer = peer.call("thread/commit", **params(number))
            assert answer["version"] == number + 1
            number += 1
            if number - first >= count:
                reached.set()
    except (OSError, EOFError):
        return number


def hold_that_it_is_whole(peer: Peer, answered: int) -> int:
    """What was answered is there, and one more at the most; tell how many there are."""
    found = peer.call("thread/checkpoint", threadId=THREAD)
    version: int = found["version"]
    assert version in (answered, answered + 1)
    assert [message["content"] for message in found["messages"]] == list(range(version))
    assert found["state"] == ({"last": version - 1} if version else {})
    assert found["latestRun"]["inputTokens"] == version - 1
    assert peer.call("daemon/check", full=True) == {"ok": True, "findings": []}
    return version


def test_no_kill_leaves_half_a_change_set(folder: Path) -> None:
    with DaemonProcess(folder) as process:
        with process.peer() as peer:
            peer.call("thread/create", threadId=THREAD)
        number = 0
        for count in KILLS:
            number = kill_and_look(process, number, count)
        assert process.terminate() == 0


def kill_and_look(process: DaemonProcess, number: int, count: int) -> int:
    reached = threading.Event()
    told: list[int] = []
    with process.peer() as peer:
        writer = threading.Thread(
            target=lambda: told.append(commit_until_killed(peer, number, count, reached))
        )
        writer.start()
        assert reached.wait(30)
        process.kill()
        writer.join(30)
    process.start()
    with process.peer() as peer:
        version = hold_that_it_is_whole(peer, told[0])
        # Whoever got no answer asks again, and it is done once.
        again = peer.call("thread/commit", **params(told[0]))
        assert again["version"] == told[0] + 1
        assert hold_that_it_is_whole(peer, told[0]) == max(version, told[0] + 1)
    return told[0] + 1
