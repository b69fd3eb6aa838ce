"""run/list: every filter with every other, over pages, however few runs a page looks at."""

from itertools import chain, combinations, product
from typing import Any

import pytest

from sidecar.model.run import RUN
from sidecar.store import runs
from tests.methods.steps import Record, flat, ids_of, kind_of, make_thread, pages, refused
from tests.support import DaemonThread, Peer

ENDED = "completed"
# Runs are made three at a time in one moment, so that places are told apart by their ids too.
AT_ONCE = 3


@pytest.fixture
def made(peer: Peer, daemon: DaemonThread) -> list[Record]:
    """Make runs of every kind; answer them newest first, ties by id."""
    now = daemon.source.at_ms
    daemon.source.now_ms = lambda: now  # type: ignore[method-assign]  # moved by hand
    for thread in ("t1", "t2"):
        make_thread(peer, threadId=thread)
    peer.call("run/create", threadId="t1", runId="parent")
    kinds = product(("t1", "t2"), ("a1", "a2"), ("user", "subagent"), ("queued", ENDED), (1, 2))
    for number, (thread, agent, origin, status, _) in enumerate(kinds):
        now += number % AT_ONCE == 0
        # Ids do not follow the order of creation.
        run_id = f"{'zbYmAc'[number % 6]}{number}"
        peer.call(
            "run/create",
            threadId=thread,
            runId=run_id,
            agentId=agent,
            origin=origin,
            parentRunId="parent" if number % 4 == 0 else None,
            terminationCode="natural" if number % 5 == 0 else None,
        )
        if status == ENDED:
            now += 1
            peer.call("run/update", runId=run_id, status=ENDED)
    records: list[Record] = peer.call("run/list", limit=200)["data"]
    assert len(records) == 33
    return sorted(records, key=lambda run: (-run["createdAtMs"], run["id"]))


def filters_of(made: list[Record]) -> dict[str, Any]:
    times = sorted({run["createdAtMs"] for run in made})
    changes = sorted({run["updatedAtMs"] for run in made})
    return {
        "threadId": "t2",
        "status": ENDED,
        "terminal": False,
        "agentId": "a1",
        "origin": "subagent",
        "parentRunId": "parent",
        "terminationCode": "natural",
        "createdFromMs": times[2],
        "createdToMs": times[-3],
        "updatedFromMs": changes[3],
        "updatedToMs": changes[-4],
    }


def fits(run: Record, filters: dict[str, Any]) -> bool:
    """Be the contract's sentence, written again."""
    tests = {
        "terminal": lambda value: (run["status"] in RUN.terminal) == value,
        "createdFromMs": lambda value: run["createdAtMs"] >= value,
        "createdToMs": lambda value: run["createdAtMs"] <= value,
        "updatedFromMs": lambda value: run["updatedAtMs"] >= value,
        "updatedToMs": lambda value: run["updatedAtMs"] <= value,
    }
    return all(
        tests[name](value) if name in tests else run[name] == value
        for name, value in filters.items()
    )


@pytest.mark.parametrize("scan", [1, 4, 20_000])
def test_every_filter_with_every_other_over_pages(
    peer: Peer, made: list[Record], scan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MAX_RUN_SCAN", scan)
    wanted = filters_of(made)
    some = chain.from_iterable(combinations(wanted, size) for size in range(4))
    for names in some:
        filters = {name: wanted[name] for name in names}
        expected = [run for run in made if fits(run, filters)]
        assert flat(pages(peer, "run/list", 5, **filters)) == expected, filters


@pytest.mark.parametrize("status", RUN.statuses)
@pytest.mark.parametrize("terminal", [True, False, None])
def test_a_status_and_whether_it_is_terminal(
    peer: Peer, made: list[Record], status: str, *, terminal: bool | None
) -> None:
    filters = {"status": status, **({} if terminal is None else {"terminal": terminal})}
    expected = [run for run in made if fits(run, filters)]
    assert peer.call("run/list", status=status, terminal=terminal)["data"] == expected
    of_thread = peer.call("run/list", status=status, terminal=terminal, threadId="t1")["data"]
    assert of_thread == [run for run in expected if run["threadId"] == "t1"]


def test_bounds_are_inclusive_and_a_span_that_is_none_is_empty(
    peer: Peer, made: list[Record]
) -> None:
    at_ms = made[5]["createdAtMs"]
    same = [run for run in made if run["createdAtMs"] == at_ms]
    assert peer.call("run/list", createdFromMs=at_ms, createdToMs=at_ms)["data"] == same
    page = peer.call("run/list", createdFromMs=at_ms, createdToMs=at_ms - 1)
    assert page == {"data": [], "nextCursor": None}


def test_pages_are_stable_while_runs_come_and_go(peer: Peer, made: list[Record]) -> None:
    first = peer.call("run/list", limit=3)
    peer.call("run/create", threadId="t1", runId="new")
    peer.call("run/delete", runId=first["data"][-1]["id"])
    rest = peer.call("run/list", limit=200, cursor=first["nextCursor"])
    assert first["data"] + rest["data"] == made and rest["nextCursor"] is None


def test_a_cursor_of_a_later_span_begins_at_the_span(peer: Peer, made: list[Record]) -> None:
    cursor = peer.call("run/list", limit=1)["nextCursor"]
    oldest = made[-1]["createdAtMs"]
    page = peer.call("run/list", createdToMs=oldest, cursor=cursor)
    assert page["data"] == [run for run in made if run["createdAtMs"] == oldest]


def test_a_page_that_looked_at_enough_says_where_to_go_on(
    peer: Peer, made: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MAX_RUN_SCAN", 10)
    found = pages(peer, "run/list", 50, origin="nobody")
    assert [len(page) for page in found] == [0, 0, 0, 0]
    assert len(pages(peer, "run/list", 50)) == 1
    assert ids_of(flat(pages(peer, "run/list", 50, terminationCode="natural"))) == [
        run["id"] for run in made if run["terminationCode"] == "natural"
    ]


def test_a_list_of_an_unknown_thread_is_refused_and_of_an_unknown_parent_empty(
    peer: Peer, made: list[Record]
) -> None:
    assert made
    assert kind_of(peer, "run/list", threadId="nope") == "thread_not_found"
    assert peer.call("run/list", parentRunId="nope") == {"data": [], "nextCursor": None}


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("parentRunId", {"parentRunId": "no id"}),
        ("status", {"status": "done"}),
        ("terminal", {"terminal": "no"}),
        ("createdFromMs", {"createdFromMs": -1}),
        ("updatedToMs", {"updatedToMs": 1.5}),
    ],
)
def test_a_filter_that_cannot_be_is_invalid(peer: Peer, path: str, params: Record) -> None:
    data = refused(peer, "run/list", **params)
    assert (data["kind"], data["path"]) == ("invalid_params", path)
