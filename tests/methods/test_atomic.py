"""Several requests as one: each sees those before it, and the first refusal undoes all."""

from typing import Any

import pytest

from sidecar.model import limits
from tests.methods.steps import Record, kind_of, last_seq, make_thread, names_after, refused
from tests.support import Peer, Refused


def call(method: str, **params: Any) -> Record:
    return {"method": method, "params": params}


def atomic(peer: Peer, *calls: Record) -> list[Record]:
    results: list[Record] = peer.call("atomic", calls=list(calls))["results"]
    return results


SAID = {"id": "m", "role": "user", "content": "hi"}


def test_each_call_sees_what_those_before_it_have_written(peer: Peer) -> None:
    made, appended, read, listed = atomic(
        peer,
        call("thread/create", threadId="t", title="x"),
        call("message/append", threadId="t", messages=[SAID]),
        call("thread/get", threadId="t"),
        {"method": "thread/list"},
    )
    assert made["created"] and appended["messageCount"] == 1
    assert read["thread"]["version"] == 1
    assert listed == {"data": [read["thread"]], "nextCursor": None}
    assert peer.call("thread/get", threadId="t") == read


def test_the_first_refusal_undoes_all_and_says_which_call_it_was(peer: Peer) -> None:
    thread_id = make_thread(peer, threadId="t")
    data = refused(
        peer,
        "atomic",
        calls=[
            call("thread/update", threadId=thread_id, title="x"),
            call("event/append", threadId=thread_id, event="x"),
            call("thread/get", threadId="nope"),
            call("thread/get", threadId="never reached"),
        ],
    )
    assert data == {"kind": "thread_not_found", "retryable": False, "id": "nope", "index": 2}
    seq = last_seq(peer)
    peer.call("event/append", threadId=thread_id, event="y")
    assert names_after(peer, seq) == ["y"] and last_seq(peer) == seq + 1


def test_answers_that_fill_the_memory_undo_all(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    make_thread(peer, threadId="t", title="x" * 1000)
    read = call("thread/get", threadId="t")
    monkeypatch.setattr(limits, "MAX_ATOMIC_ANSWER_BYTES", 4000)
    assert len(atomic(peer, *[read] * 2)) == 2
    data = refused(peer, "atomic", calls=[call("thread/create", threadId="u"), *[read] * 9])
    assert data["limit"] == "maxAtomicAnswerBytes" and data["max"] == 4000
    assert data["actual"] > 4000 and data["index"] < 9
    assert kind_of(peer, "thread/get", threadId="u") == "thread_not_found"


def test_wrong_params_are_refused_with_the_path_from_the_outside(peer: Peer) -> None:
    fine = call("thread/list")
    for wrong, path in (
        (call("thread/get", threadId=1), "calls[1].params.threadId"),
        (call("thread/get"), "calls[1].params.threadId"),
        (call("thread/get", threadId="t", zip=1), "calls[1].params.zip"),
        ({"method": "thread/get", "params": []}, "calls[1].params"),
        ({"method": "thread/get", "params": "x"}, "calls[1].params"),
        (call("thread/list", cursor="zip"), "calls[1].params.cursor"),
        (call("message/clear", threadId="t", expectedVersion=-1),
         "calls[1].params.expectedVersion"),
        (call("message/append", threadId="t", messages=[{}]), "calls[1].params.messages[0].role"),
    ):  # fmt: skip
        data = refused(peer, "atomic", calls=[fine, wrong])
        assert (data["kind"], data["path"], data["index"]) == ("invalid_params", path, 1)


def test_what_is_no_call_is_refused_before_any_is_run(peer: Peer) -> None:
    for wrong, path in (
        ({}, "calls[0].method"),
        ({"method": 1}, "calls[0].method"),
        ({"method": "thread/list", "zip": 1}, "calls[0].zip"),
    ):
        data = refused(peer, "atomic", calls=[wrong])
        assert (data["kind"], data["path"]) == ("invalid_params", path)


def test_a_number_that_cannot_be_kept_is_refused(peer: Peer) -> None:
    text = (
        b'{"jsonrpc":"2.0","id":1,"method":"atomic","params":{"calls":'
        b'[{"method":"thread/create","params":{"metadata":1e400}}]}}\n'
    )
    peer.send(text)
    data = peer.receive()["error"]["data"]
    assert (data["kind"], data["path"]) == ("invalid_params", "calls[0].params.metadata")
    assert data["index"] == 0


def test_an_unknown_method_is_told_with_its_index(peer: Peer) -> None:
    with pytest.raises(Refused) as caught:
        atomic(peer, call("thread/list"), call("zip"))
    assert caught.value.kind == "method_not_found" and caught.value.data["index"] == 1


@pytest.mark.parametrize(
    "method", ["daemon/ping", "daemon/shutdown", "initialize", "event/subscribe", "atomic"]
)
def test_only_what_reads_or_writes_the_database_can_be_part(peer: Peer, method: str) -> None:
    data = refused(peer, "atomic", calls=[call(method)])
    assert (data["kind"], data["path"]) == ("invalid_params", "calls[0].method")
    assert data["index"] == 0


def test_a_failed_patch_keeps_the_index_of_its_operation(peer: Peer) -> None:
    make_thread(peer, threadId="t")
    ops = [{"op": "add", "path": "/a", "value": 1}, {"op": "remove", "path": "/b"}]
    patched = call("thread/commit", threadId="t", patches=[{"ops": ops}])
    data = refused(peer, "atomic", calls=[call("thread/list"), call("thread/list"), patched])
    assert (data["kind"], data["index"], data["opIndex"]) == ("patch_failed", 2, 1)


def test_one_to_a_hundred_calls(peer: Peer) -> None:
    most = limits.MAX_ATOMIC_CALLS
    assert len(atomic(peer, *[call("thread/list")] * most)) == most
    data = refused(peer, "atomic", calls=[call("thread/list")] * (most + 1))
    assert (data["kind"], data["max"], data["actual"]) == ("limit_exceeded", most, most + 1)
    assert kind_of(peer, "atomic", calls=[]) == "invalid_params"


def test_what_is_known_again_by_its_ids_may_be_sent_again(peer: Peer) -> None:
    calls = [
        call("thread/create", threadId="t"),
        call("message/append", threadId="t", messages=[SAID], expectedVersion=0),
        call("thread/commit", threadId="t", commitId="c", expectedVersion=1),
        call("turn/start", threadId="t", turnId="u", prompt="go"),
        call("event/append", threadId="t", event="x", eventKey="k"),
    ]
    first = atomic(peer, *calls)
    seq = last_seq(peer)
    again = atomic(peer, *calls)
    assert again[1]["messages"] == first[1]["messages"] and again[2:] == first[2:]
    assert not again[0]["created"] and last_seq(peer) == seq


def test_values_come_back_equal_through_it(peer: Peer) -> None:
    value = {"n": 9007199254740993, "f": 1.5, "t": "é\0", "l": [None, True]}
    (made,) = atomic(peer, call("thread/create", metadata=value))
    assert made["thread"]["metadata"] == value
