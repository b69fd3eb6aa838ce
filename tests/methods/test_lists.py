"""Lists: filters, clamped limits, opaque cursors, pages that are stable under writes."""

import base64
from typing import Any

import pytest

from sidecar.model import limits
from tests.methods.steps import (
    admit,
    archive,
    ids_of,
    kind_of,
    make_item,
    make_thread,
    pages,
    refused,
    start,
)
from tests.support import DaemonThread, Peer

LISTS = [
    "thread/list", "turn/list", "turn/incomplete", "item/list", "sessionInput/list", "run/list",
    "step/list", "mailbox/list",
]  # fmt: skip
OF_NO_THREAD = ("thread/list", "turn/incomplete", "mailbox/list")


def listed(peer: Peer, **params: Any) -> list[str]:
    return ids_of(peer.call("thread/list", **params)["data"])


def test_threads_are_listed_newest_change_first(peer: Peer) -> None:
    for thread_id in ("a", "b", "c"):
        make_thread(peer, threadId=thread_id)
    peer.call("thread/update", threadId="a", title="x")
    assert listed(peer) == ["a", "c", "b"]
    assert [ids_of(page) for page in pages(peer, "thread/list", 2)] == [["a", "c"], ["b"]]


def test_ties_are_ordered_by_id_ascending_over_pages(peer: Peer, daemon: DaemonThread) -> None:
    frozen = daemon.source.at_ms
    daemon.source.now_ms = lambda: frozen  # type: ignore[method-assign]  # time stands still
    for thread_id in ("d", "B", "a", "c", "e"):
        make_thread(peer, threadId=thread_id)
    found = pages(peer, "thread/list", 2)
    assert [ids_of(page) for page in found] == [["B", "a"], ["c", "d"], ["e"]]


def test_archived_threads_are_listed_only_when_asked_for(peer: Peer) -> None:
    for thread_id in ("a", "b"):
        make_thread(peer, threadId=thread_id)
    archive(peer, "a")
    assert listed(peer) == listed(peer, archived=False) == ["b"]
    assert listed(peer, archived=True) == ["a"]
    assert sorted(listed(peer, archived=None)) == ["a", "b"]


def test_threads_are_filtered_by_resource_parent_root_and_prefix(peer: Peer) -> None:
    make_thread(peer, threadId="p:1", resourceId="r 1")
    make_thread(peer, threadId="p:2", resourceId="r 1", parentThreadId="p:1")
    make_thread(peer, threadId="P:3", parentThreadId="p:1")
    assert listed(peer, resourceId="r 1") == ["p:2", "p:1"]
    assert listed(peer, parentThreadId="p:1") == ["P:3", "p:2"]
    assert listed(peer, rootsOnly=True) == ["p:1"]
    assert listed(peer, idPrefix="p:") == ["p:2", "p:1"]
    assert listed(peer, idPrefix="p:", resourceId="r 1", rootsOnly=True) == ["p:1"]
    assert listed(peer, idPrefix="p_") == listed(peer, idPrefix="%") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("fix", True),
        ("FIX", True),
        ("par fix", True),
        ("parser fix the", True),
        ("ser", False),
        ("fix lexer", False),
        ("ünï", True),
        ("  fix   ", True),
        ("%", True),
        ("fi_", False),
        ("'\"", True),
        ("", True),
    ],
)
def test_all_words_of_a_query_begin_a_word_of_the_title_whatever_the_case(
    peer: Peer, query: str, *, found: bool
) -> None:
    make_thread(peer, threadId="t", title="Fix the PARSER: Ünïcode")
    make_thread(peer, threadId="untitled")
    assert ("t" in listed(peer, query=query)) is found


def test_a_query_is_of_a_length_that_somebody_types(peer: Peer) -> None:
    """Each of its words is looked for in the whole of each title."""
    make_thread(peer, threadId="t", title="a b")
    assert listed(peer, query="a " * (limits.MAX_QUERY_CHARS // 2)) == ["t"]
    data = refused(peer, "thread/list", query="a" * (limits.MAX_QUERY_CHARS + 1))
    assert (data["kind"], data["limit"]) == ("limit_exceeded", "maxQueryChars")
    assert (data["max"], data["actual"]) == (limits.MAX_QUERY_CHARS, limits.MAX_QUERY_CHARS + 1)


def test_a_query_follows_the_title(peer: Peer) -> None:
    make_thread(peer, threadId="t", title="old")
    peer.call("thread/update", threadId="t", title="new")
    assert listed(peer, query="old") == [] and listed(peer, query="new") == ["t"]
    peer.call("thread/update", threadId="t", title=None)
    assert listed(peer, query="new") == []


@pytest.mark.parametrize(
    ("limit", "length"),
    [(0, 1), (-5, 1), (1, 1), (200, 200), (201, 200), (10**15, 200), (None, 50)],
)
def test_a_limit_is_clamped(peer: Peer, limit: int | None, length: int) -> None:
    peer.exchange([peer.request("thread/create", {}) for _ in range(205)])
    page = peer.call("thread/list", limit=limit)
    assert len(page["data"]) == length and page["nextCursor"] is not None


@pytest.mark.parametrize("limit", ["5", 1.5, True, []])
def test_a_limit_of_another_type_is_invalid(peer: Peer, limit: object) -> None:
    data = refused(peer, "thread/list", limit=limit)
    assert (data["kind"], data["path"]) == ("invalid_params", "limit")


def test_a_page_that_ends_exactly_has_no_next_cursor(peer: Peer) -> None:
    for _ in range(4):
        make_thread(peer)
    assert [len(page) for page in pages(peer, "thread/list", 2)] == [2, 2]
    assert peer.call("thread/list", limit=4)["nextCursor"] is None


def cursors() -> list[str]:
    plain = [b"", b"[]", b"[1]", b'["a"]', b"[1,2]", b"[1,2,3]", b'[1,"a","b"]', b'[1,2,3,"a"]',
             b"{}", b"null", b"[null]", b"[1.5]", b"[-1e400]", b"[" * 3000, b"\xff\xfe",
             b"[99999999999999999999]", b'["a",99999999999999999999]']  # fmt: skip
    encoded = [base64.urlsafe_b64encode(text).decode() for text in plain]
    return ["", "x", "é", "\0", "a" * 5000, "!!!!", "0", "null", *encoded[1:]]


@pytest.mark.parametrize("method", LISTS)
def test_a_cursor_that_cannot_be_read_is_invalid(peer: Peer, method: str) -> None:
    make_thread(peer, threadId="t")
    peer.call("run/create", threadId="t", runId="r")
    of_all = {} if method in OF_NO_THREAD else {"threadId": "t"}
    params = {"runId": "r"} if method == "step/list" else of_all
    mine = {
        "turn/list": b"[1]", "turn/incomplete": b"[1]", "thread/list": b'[1,"a"]',
        "run/list": b'[1,"a"]', "step/list": b"[1]", "mailbox/list": b'[1,2,3,"a"]',
    }  # fmt: skip
    readable = base64.urlsafe_b64encode(mine.get(method, b"[1,2]")).decode()
    for cursor in cursors():
        answer = peer.exchange(peer.request(method, {**params, "cursor": cursor}))
        if cursor == readable:
            assert answer["result"]["data"] == []
            continue
        data = answer["error"]["data"]
        assert (data["kind"], data["path"]) == ("invalid_params", "cursor"), cursor


def test_a_cursor_that_is_no_string_is_invalid(peer: Peer) -> None:
    wrong: list[Any] = [1, [], {}, False]
    for cursor in wrong:
        assert refused(peer, "thread/list", cursor=cursor)["path"] == "cursor"


def test_a_thread_that_does_not_move_is_on_exactly_one_page(peer: Peer) -> None:
    for number in range(6):
        make_thread(peer, threadId=f"t{number}")
    first = peer.call("thread/list", limit=2)
    peer.call("thread/update", threadId="t0", title="moved up")
    peer.call("thread/delete", threadId="t4")
    make_thread(peer, threadId="new")
    rest = peer.call("thread/list", limit=50, cursor=first["nextCursor"])
    assert ids_of(first["data"]) == ["t5", "t4"]
    assert ids_of(rest["data"]) == ["t3", "t2", "t1"]


@pytest.mark.parametrize("method", ["turn/list", "item/list", "sessionInput/list", "run/list"])
def test_the_list_of_an_unknown_thread_is_thread_not_found(peer: Peer, method: str) -> None:
    assert kind_of(peer, method, threadId="nope") == "thread_not_found"


def test_lists_of_one_thread_hold_nothing_of_another(peer: Peer) -> None:
    mine, other = make_thread(peer), make_thread(peer)
    for thread_id in (mine, other):
        make_item(peer, start(peer, thread_id))
        admit(peer, thread_id)
    for method in ("turn/list", "item/list", "sessionInput/list"):
        (record,) = peer.call(method, threadId=mine)["data"]
        assert record["threadId"] == mine


def test_a_page_ends_early_once_it_has_much_text(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn_id = start(peer, make_thread(peer, threadId="t"))
    made = [make_item(peer, turn_id, detail="x" * 1_000) for _ in range(7)]
    monkeypatch.setattr(limits, "MAX_PAGE_BYTES", 2_500)
    found = [ids_of(page) for page in pages(peer, "item/list", 200, turnId=turn_id)]
    assert found == [made[:3], made[3:6], made[6:]]
