"""Messages: appended once, in order; listed by place, role and run; replaced as a whole."""

from typing import Any

import pytest

from sidecar.model import limits
from tests.methods.steps import (
    Record,
    events_after,
    flat,
    get_thread,
    ids_of,
    kind_of,
    last_seq,
    make_thread,
    names_after,
    pages,
    refused,
    without_trace,
)
from tests.support import Peer


@pytest.fixture
def thread(peer: Peer) -> str:
    return make_thread(peer, threadId="t")


def message(message_id: str | None = None, **fields: Any) -> Record:
    return {"id": message_id, "role": "user", "content": "hi", **fields}


def append(peer: Peer, *messages: Record, **params: Any) -> Record:
    return peer.call("message/append", threadId="t", messages=list(messages), **params)


def append_many(peer: Peer, count: int, **fields: Any) -> list[str]:
    ids = [f"m{number}" for number in range(1, count + 1)]
    append(peer, *(message(each, **fields) for each in ids))
    return ids


def log(peer: Peer) -> list[Record]:
    messages: list[Record] = peer.call("thread/checkpoint", threadId="t")["messages"]
    return messages


def test_every_field_of_a_message_is_present_and_absent_is_null(peer: Peer, thread: str) -> None:
    answer = append(peer, {"role": "assistant"})
    (shown,) = answer["messages"]
    assert shown.pop("id").startswith("msg_") and shown.pop("createdAtMs") > 0
    assert shown == {
        "threadId": thread, "seq": 1, "role": "assistant", "content": None, "toolCalls": None,
        "toolCallId": None, "visibility": "all", "runId": None, "metadata": None,
    }  # fmt: skip
    assert (answer["messageCount"], answer["version"]) == (1, 1)


def test_a_message_comes_back_as_it_was_sent(peer: Peer, thread: str) -> None:
    sent = {
        "id": "m", "role": "tool", "content": [{"type": "text", "text": "é"}],
        "toolCallId": "call 1",
        "toolCalls": [{"id": "c", "name": "f", "arguments": {"x": 1.5}}], "visibility": "internal",
        "runId": "r", "metadata": {"a": [None]},
    }  # fmt: skip
    (shown,) = append(peer, sent)["messages"]
    assert sent.items() <= shown.items()
    assert peer.call("message/get", threadId=thread, messageId="m") == {"message": shown}


def test_seqs_count_from_1_without_gaps(peer: Peer, thread: str) -> None:
    assert [each["seq"] for each in append(peer, *[message()] * 3)["messages"]] == [1, 2, 3]
    assert [each["seq"] for each in append(peer, *[message()] * 2)["messages"]] == [4, 5]
    assert get_thread(peer, thread)["messageCount"] == 5
    assert len({each["id"] for each in log(peer)}) == 5


def test_an_append_tells_what_is_new_and_raises_the_version_by_one(peer: Peer, thread: str) -> None:
    append(peer, message("a"))
    seq, before = last_seq(peer), get_thread(peer, thread)
    answer = append(peer, message("a"), message("b"), message("c"), message("b"))
    (event,) = events_after(peer, seq)
    assert event["event"] == "message.appended" and event["threadId"] == thread
    assert ids_of(event["payload"].pop("messages")) == ["b", "c"]
    assert event["payload"] == {"messageCount": 3, "version": 2}
    assert ids_of(answer["messages"]) == ["a", "b", "c", "b"]
    after = get_thread(peer, thread)
    assert (after["version"], after["messageCount"]) == (2, 3)
    assert after["updatedAtMs"] > before["updatedAtMs"]


@pytest.mark.usefixtures("thread")
def test_a_retry_is_answered_from_the_record_whatever_it_expects(peer: Peer) -> None:
    first = append(peer, message("a"), message("b"), expectedVersion=0, expectedMessageCount=0)
    append(peer, message("c"))
    with without_trace(peer):
        again = append(peer, message("b"), message("a"), expectedVersion=0, expectedMessageCount=9)
    assert again["messages"] == first["messages"][::-1]
    assert (again["messageCount"], again["version"]) == (3, 2)


@pytest.mark.usefixtures("thread")
def test_a_retry_may_send_members_in_another_order(peer: Peer) -> None:
    append(peer, message("a", content={"x": 1, "y": 2.0}))
    with without_trace(peer):
        append(peer, message("a", content={"y": 2, "x": 1}, visibility="all", metadata=None))


@pytest.mark.parametrize(
    "other",
    [
        {"content": "other"},
        {"role": "system"},
        {"visibility": "internal"},
        {"runId": "r"},
        {"toolCallId": "c"},
        {"toolCalls": []},
        {"metadata": {}},
    ],
)
def test_other_content_under_an_id_is_refused(peer: Peer, thread: str, other: Record) -> None:
    append(peer, message("a"))
    changed = message("a", **other)
    expected = {"kind": "not_append_only", "retryable": False, "messageId": "a"}
    params: Record = {"threadId": thread, "messages": [message("b"), changed]}
    assert refused(peer, "message/append", **params) == expected
    assert refused(peer, "thread/commit", **params) == expected
    twice = {"threadId": thread, "messages": [message("n"), {**changed, "id": "n"}]}
    for method in ("message/append", "thread/commit", "message/replace"):
        assert refused(peer, method, **twice) == {**expected, "messageId": "n"}


def test_an_id_is_of_its_thread(peer: Peer, thread: str) -> None:
    append(peer, message("a"))
    make_thread(peer, threadId="u")
    peer.call("message/append", threadId="u", messages=[message("a", content="other")])
    assert peer.call("message/get", threadId=thread, messageId="a")["message"]["content"] == "hi"


@pytest.mark.parametrize("method", ["message/append", "thread/commit"])
@pytest.mark.parametrize("guard", ["expectedVersion", "expectedMessageCount"])
def test_a_guard_that_fails_says_both_numbers(
    peer: Peer, thread: str, method: str, guard: str
) -> None:
    append(peer, message(), message())
    peer.call("thread/update", threadId=thread, title="x")
    actual = 2
    params = {"threadId": thread, "messages": [message("new")], guard: 7}
    data = refused(peer, method, **params)
    assert data == {
        "kind": "version_mismatch", "retryable": False, "expected": 7, "actual": actual,
    }  # fmt: skip
    assert peer.call(method, **{**params, guard: actual})["version"] == 3


def test_messages_past_the_limit_are_refused(peer: Peer, thread: str) -> None:
    most = limits.MAX_APPEND_MESSAGES
    data = refused(peer, "message/append", threadId=thread, messages=[message()] * (most + 1))
    assert (data["kind"], data["max"], data["actual"]) == ("limit_exceeded", most, most + 1)
    assert append(peer, *[message()] * most)["messageCount"] == most
    assert kind_of(peer, "message/append", threadId=thread, messages=[]) == "invalid_params"


def test_a_wrong_message_is_refused_with_its_path(peer: Peer, thread: str) -> None:
    for wrong, path in (
        ({"role": "robot"}, "messages[1].role"),
        ({"zip": 1}, "messages[1].zip"),
        ({"id": "-"}, "messages[1].id"),
        ({"toolCallId": ""}, "messages[1].toolCallId"),
        ({"visibility": "none"}, "messages[1].visibility"),
    ):
        messages = [message(), message(**wrong)] if "id" not in wrong else [message(), message("-")]
        data = refused(peer, "message/append", threadId=thread, messages=messages)
        assert (data["kind"], data["path"]) == ("invalid_params", path)


def test_an_archived_thread_still_takes_messages(peer: Peer, thread: str) -> None:
    peer.call("thread/update", threadId=thread, archived=True)
    assert append(peer, message())["messageCount"] == 1


# -- lists -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 3, 7, 200])
def test_a_log_is_read_in_pages_both_ways(peer: Peer, thread: str, order: str, limit: int) -> None:
    ids = append_many(peer, 7)
    found = pages(peer, "message/list", limit, threadId=thread, order=order)
    assert ids_of(flat(found)) == (ids if order == "asc" else ids[::-1])
    assert all(len(page) <= limit for page in found)


def test_both_bounds_are_exclusive(peer: Peer, thread: str) -> None:
    append_many(peer, 9)

    def seqs(**params: Any) -> list[int]:
        found = flat(pages(peer, "message/list", 2, threadId=thread, **params))
        return [each["seq"] for each in found]

    assert seqs(afterSeq=7) == [8, 9]
    assert seqs(beforeSeq=3) == [1, 2]
    assert seqs(afterSeq=3, beforeSeq=6) == [4, 5]
    assert seqs(afterSeq=3, beforeSeq=6, order="desc") == [5, 4]
    assert seqs(afterSeq=3, beforeSeq=4) == seqs(afterSeq=9) == seqs(beforeSeq=1) == []
    assert seqs(afterSeq=5, beforeSeq=2) == seqs(afterSeq=100) == []
    assert seqs(beforeSeq=100) == list(range(1, 10))


def furnish(peer: Peer) -> None:
    for number in range(30):
        append(
            peer,
            message(
                f"m{number}",
                role=("system", "user", "assistant", "tool")[number % 4],
                visibility="internal" if number % 3 == 0 else "all",
                runId=f"r{number % 2}" if number % 5 else None,
            ),
        )


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("scan", [limits.MAX_MESSAGE_SCAN, 1, 4])
def test_filters_find_what_fits_however_little_one_page_looks_at(
    peer: Peer, thread: str, order: str, scan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(peer)
    monkeypatch.setattr(limits, "MAX_MESSAGE_SCAN", scan)
    everything = log(peer)
    for role in (None, "tool"):
        for run_id in (None, "r1", "nope"):
            for internal in (False, True):
                expected = [
                    each["id"]
                    for each in everything
                    if role in (None, each["role"])
                    and run_id in (None, each["runId"])
                    and (internal or each["visibility"] == "all")
                    and 2 < each["seq"] < 29
                ]
                found = pages(
                    peer, "message/list", 4, threadId=thread, order=order, role=role,
                    runId=run_id, includeInternal=internal, afterSeq=2, beforeSeq=29,
                )  # fmt: skip
                got = ids_of(flat(found))
                assert got == (expected if order == "asc" else expected[::-1])


def test_a_list_tells_the_count_of_the_whole_thread(peer: Peer, thread: str) -> None:
    append_many(peer, 3, visibility="internal")
    answer = peer.call("message/list", threadId=thread)
    assert answer == {"data": [], "nextCursor": None, "messageCount": 3}
    assert len(peer.call("message/list", threadId=thread, includeInternal=True)["data"]) == 3


def test_pages_stay_stable_while_others_append(peer: Peer, thread: str) -> None:
    append_many(peer, 4)
    page = peer.call("message/list", threadId=thread, limit=2, order="desc")
    append(peer, message("later"))
    rest = peer.call(
        "message/list", threadId=thread, limit=9, order="desc", cursor=page["nextCursor"]
    )
    assert ids_of([*page["data"], *rest["data"]]) == ["m4", "m3", "m2", "m1"]
    assert rest["nextCursor"] is None and rest["messageCount"] == 5


def test_pages_stay_stable_while_the_log_is_replaced(peer: Peer, thread: str) -> None:
    append_many(peer, 4)
    page = peer.call("message/list", threadId=thread, limit=2)
    peer.call("message/replace", threadId=thread, messages=[message("x")] * 1)
    rest = peer.call("message/list", threadId=thread, cursor=page["nextCursor"])
    assert ids_of([*page["data"], *rest["data"]]) == ["m1", "m2", "m3", "m4"]
    assert ids_of(peer.call("message/list", threadId=thread)["data"]) == ["x"]


@pytest.mark.parametrize("cursor", ["", "zip", "WzFd", "W10", "WyJhIiwiYiJd"])
def test_an_unreadable_cursor_is_refused(peer: Peer, thread: str, cursor: str) -> None:
    data = refused(peer, "message/list", threadId=thread, cursor=cursor)
    assert (data["kind"], data["path"]) == ("invalid_params", "cursor")


def test_an_unknown_message_is_named_in_the_refusal(peer: Peer, thread: str) -> None:
    data = refused(peer, "message/get", threadId=thread, messageId="nope")
    assert data == {"kind": "message_not_found", "retryable": False, "id": "nope"}


@pytest.mark.parametrize("method", ["append", "list", "get", "replace", "clear"])
def test_an_unknown_thread_is_refused(peer: Peer, method: str) -> None:
    needed: dict[str, Record] = {
        "append": {"messages": [message()]},
        "get": {"messageId": "m"},
        "replace": {"messages": []},
    }
    assert (
        kind_of(peer, f"message/{method}", threadId="no", **needed.get(method, {}))
        == "thread_not_found"
    )


# -- replacing -------------------------------------------------------------------------------------


def test_a_log_is_replaced_as_a_whole_with_seqs_from_1(peer: Peer, thread: str) -> None:
    append_many(peer, 5)
    seq = last_seq(peer)
    new = [message("m5", content="other"), message("n"), message()]
    answer = peer.call("message/replace", threadId=thread, messages=new, expectedVersion=1)
    assert answer == {"messageCount": 3, "version": 2}
    assert [each["seq"] for each in log(peer)] == [1, 2, 3]
    assert log(peer)[0]["content"] == "other"
    (event,) = events_after(peer, seq)
    assert (event["event"], event["payload"]) == ("message.replaced", answer)
    assert kind_of(peer, "message/get", threadId=thread, messageId="m1") == "message_not_found"
    assert append(peer, message("m1"))["messages"][0]["seq"] == 4


@pytest.mark.parametrize(
    ("method", "params"), [("message/clear", {}), ("message/replace", {"messages": []})]
)
def test_a_log_may_become_empty(peer: Peer, thread: str, method: str, params: Record) -> None:
    append_many(peer, 2)
    seq = last_seq(peer)
    assert peer.call(method, threadId=thread, **params) == {"messageCount": 0, "version": 2}
    assert log(peer) == [] and names_after(peer, seq) == ["message.replaced"]
    assert peer.call(method, threadId=thread, **params)["version"] == 3
    assert append(peer, message("m1"))["messages"][0]["seq"] == 1


@pytest.mark.parametrize(
    ("method", "params"), [("message/clear", {}), ("message/replace", {"messages": [message()]})]
)
def test_a_log_is_replaced_at_the_version_that_is_expected(
    peer: Peer, thread: str, method: str, params: Record
) -> None:
    append_many(peer, 2)
    data = refused(peer, method, threadId=thread, expectedVersion=0, **params)
    assert (data["kind"], data["expected"], data["actual"]) == ("version_mismatch", 0, 1)


def test_a_large_log_goes_with_its_thread(peer: Peer, thread: str) -> None:
    for number in range(5):
        append(peer, *[message()] * 1000)
        if number == 2:
            peer.call("message/clear", threadId=thread)
    peer.call("thread/delete", threadId=thread)
    make_thread(peer, threadId=thread)
    assert log(peer) == [] and peer.call("thread/commits", threadId=thread)["data"] == []
    assert append(peer, message("m"))["version"] == 1
