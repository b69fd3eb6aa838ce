"""The wire as a hostile or careless client meets it: one readable error, and nothing else."""

import json
from contextlib import suppress
from typing import Any

import pytest

from sidecar.model.limits import MAX_MESSAGE_BYTES
from tests.daemon.wire import kind, lines, only, ping, raw, until_closed
from tests.support import DaemonThread, Peer


def request(**members: Any) -> bytes:
    whole = {"jsonrpc": "2.0", "id": 7, "method": "daemon/ping", **members}
    return json.dumps({name: value for name, value in whole.items() if value != "absent"}).encode()


@pytest.mark.parametrize(
    "stream",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
        b"\x00",
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b"quit\n",
        b'"x"\n',
        b"POST / HTTP/1.1\r\n\r\n",
        b"Connection: x\r\n\r\n",
    ],
)
def test_what_is_no_framing_of_ours_gets_one_readable_error_and_is_closed(
    daemon: DaemonThread, stream: bytes
) -> None:
    with daemon.peer() as peer:
        peer.send(stream)
        whole = peer.stream.read()
    answer = json.loads(whole[whole.index(b"{") :])
    assert kind(answer) == "parse_error" and answer["id"] is None
    assert answer["error"]["code"] == -32700


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"{}}",
        b'{"jsonrpc":"2.0","id":1,"method":"daemon/ping"',
        b'{"jsonrpc":"2.0","id":1,"method":"daemon/ping"} {}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"metadata":NaN}}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"metadata":-Infinity}}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"title":"\\ud800"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"metadata":"\\udc00x"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"metadata":{"\\ud800":1}}}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"title":"\xff"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"title":"\xed\xa0\x80"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"title":"a\x00b"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"title":"a\tb"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"metadata":01}}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"metadata":[1,]}}',
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"metadata":\'a\'}}',
        b'{"jsonrpc":"2.0","id":"\\ud800","method":"daemon/ping"}',
        b'{"jsonrpc":"2.0","id":1,"method":"daemon/ping","x":"\\ud800"}',
        b'{"jsonrpc":"2.0","id":1,"method":"daemon/ping","x":NaN}',
        b"[" * 100_000,
        b"[" * 513 + b"]" * 513,
        b'{"a":' * 100_000,
        b"[{]",
    ],
)
def test_a_broken_line_is_a_parse_error_under_null_and_the_next_one_is_answered(
    daemon: DaemonThread, line: bytes
) -> None:
    broken, good = lines(daemon, line + b"\n" + ping("9"))
    assert kind(broken) == "parse_error" and broken["id"] is None
    assert good["id"] == 9 and good["result"]["atMs"] > 0


def nested(levels: int) -> bytes:
    """Nest a whole message so many levels deep: two of them are the request and its params."""
    inner = levels - 2
    metadata = b"[" * inner + b"]" * inner
    return (
        b'{"jsonrpc":"2.0","id":1,"method":"thread/create","params":{"metadata":%b}}\n' % metadata
    )


def test_512_levels_of_nesting_are_kept_and_513_are_a_parse_error(daemon: DaemonThread) -> None:
    assert "result" in only(daemon, nested(512))
    assert kind(only(daemon, nested(513))) == "parse_error"


def test_brackets_in_text_are_no_levels(daemon: DaemonThread) -> None:
    text = '[{"' * 5000
    answer = only(daemon, request(method="thread/create", params={"title": text}) + b"\n")
    assert answer["result"]["thread"]["title"] == text


@pytest.mark.parametrize("request_id", [True, False, {}, {"a": 1}, [], [1]])
def test_an_id_that_is_no_id_is_an_invalid_request(daemon: DaemonThread, request_id: Any) -> None:
    answer = only(daemon, request(id=request_id) + b"\n")
    assert kind(answer) == "invalid_request" and answer["id"] is None


@pytest.mark.parametrize(
    "members",
    [
        {"jsonrpc": "1.0"},
        {"jsonrpc": 2.0},
        {"jsonrpc": 2},
        {"jsonrpc": None},
        {"jsonrpc": "absent"},
        {"method": "absent"},
        {"method": None},
        {"method": 1},
        {"method": ["daemon/ping"]},
        {"params": 1},
        {"params": "x"},
        {"params": True},
        {"params": False},
        {"params": 0},
    ],
)
def test_a_broken_envelope_is_an_invalid_request_under_its_own_id(
    daemon: DaemonThread, members: dict[str, Any]
) -> None:
    answer = only(daemon, request(**members) + b"\n")
    assert kind(answer) == "invalid_request" and answer["id"] == 7
    assert answer["error"]["code"] == -32600


@pytest.mark.parametrize("text", [b"[1]", b"[null]", b'["x"]', b"[[]]", b"[{}]"])
def test_a_bad_member_of_a_batch_is_an_invalid_request(daemon: DaemonThread, text: bytes) -> None:
    (answer,) = only(daemon, text + b"\n")
    assert kind(answer) == "invalid_request" and answer["id"] is None


@pytest.mark.parametrize(
    "request_id", ["null", "0", "-1", "1.5", "1e3", '""', '"é"', '"\\u0000"', "9" * 40, '"7"']
)
def test_an_id_comes_back_as_it_was_sent(daemon: DaemonThread, request_id: str) -> None:
    answer = raw(daemon, ping(request_id))
    assert json.loads(answer)["id"] == json.loads(request_id)
    assert "result" in json.loads(answer)


@pytest.mark.parametrize("name", ["nope", "", "__init__", "thread/Create", "\0", "x" * 100_000])
def test_an_unknown_method_is_method_not_found(daemon: DaemonThread, name: str) -> None:
    answer = only(daemon, request(method=name) + b"\n")
    assert kind(answer) == "method_not_found" and answer["id"] == 7


def test_extra_members_of_an_envelope_are_ignored(daemon: DaemonThread) -> None:
    assert "result" in only(daemon, request(meta={"x": 1}, trace="abc", result_=1) + b"\n")


def test_of_duplicate_keys_the_last_wins(daemon: DaemonThread) -> None:
    line = (
        b'{"jsonrpc":"1.0","jsonrpc":"2.0","id":1,"id":2,"method":"x","method":"thread/create",'
        b'"params":[],"params":{"title":"a","title":"b","metadata":{"k":1,"k":2}}}\n'
    )
    answer = only(daemon, line)
    assert answer["id"] == 2
    assert answer["result"]["thread"]["title"] == "b"
    assert answer["result"]["thread"]["metadata"] == {"k": 2}


def test_responses_that_arrive_are_ignored(daemon: DaemonThread) -> None:
    stream = (
        b'{"jsonrpc":"2.0","id":1,"result":{}}\n{"jsonrpc":"2.0","id":null,"error":{"code":1}}\n'
        b'[{"jsonrpc":"2.0","id":1,"result":null}]\n' + ping("2")
    )
    assert [answer["id"] for answer in lines(daemon, stream)] == [2]


def test_an_empty_batch_is_one_invalid_request(daemon: DaemonThread) -> None:
    answer = only(daemon, b"[]\n")
    assert kind(answer) == "invalid_request" and answer["id"] is None


def test_a_batch_answers_each_member_for_itself_in_order(daemon: DaemonThread) -> None:
    create = {"jsonrpc": "2.0", "method": "thread/create"}
    batch: list[Any] = [
        {**create, "id": 1, "params": {"threadId": "a"}},
        {**create, "params": {"threadId": "b"}},
        {**create, "id": 2, "params": {"threadId": "a", "title": "other"}},
        5,
        [{**create, "id": 9}],
        {"jsonrpc": "2.0", "id": 8, "result": {}},
        {**create, "id": 3, "params": {"zip": 1}},
        {"jsonrpc": "2.0", "id": 4, "method": "thread/get", "params": {"threadId": "b"}},
    ]
    answers = only(daemon, json.dumps(batch).encode() + b"\n")
    assert [answer["id"] for answer in answers] == [1, 2, None, None, 3, 4]
    assert kind(answers[1]) == "idempotency_mismatch"
    assert [kind(answer) for answer in answers[2:4]] == ["invalid_request"] * 2
    assert answers[5]["result"]["thread"]["id"] == "b"


def test_a_batch_of_notifications_is_not_answered(daemon: DaemonThread) -> None:
    note = b'{"jsonrpc":"2.0","method":"thread/create"}'
    assert lines(daemon, b"[%b,%b]\n%b\n" % (note, note, note)) == []
    status = only(daemon, request(method="daemon/status") + b"\n")
    assert status["result"]["counts"]["threads"] == 3


def test_a_refused_or_unknown_notification_is_not_answered(daemon: DaemonThread) -> None:
    stream = b'{"jsonrpc":"2.0","method":"nope"}\n{"jsonrpc":"2.0","method":"thread/get"}\n'
    assert [answer["id"] for answer in lines(daemon, stream + ping("5"))] == [5]


def test_a_batch_of_1000_is_answered_and_of_1001_is_one_error(daemon: DaemonThread) -> None:
    create = b'{"jsonrpc":"2.0","id":1,"method":"thread/create"}'
    answer = only(daemon, b"[" + b",".join([create] * 1001) + b"]\n")
    assert kind(answer) == "limit_exceeded" and answer["id"] is None
    data = answer["error"]["data"]
    assert (data["limit"], data["max"], data["actual"]) == ("maxBatch", 1000, 1001)
    status = only(daemon, request(method="daemon/status") + b"\n")
    assert status["result"]["counts"]["threads"] == 0
    assert len(only(daemon, b"[" + b",".join([create] * 1000) + b"]\n")) == 1000


@pytest.mark.parametrize("is_ended", [True, False])
def test_a_line_that_is_too_long_is_told_so_and_closed(
    daemon: DaemonThread, *, is_ended: bool
) -> None:
    line = request(method="thread/create", params={"title": "x" * MAX_MESSAGE_BYTES})
    with daemon.peer() as peer:
        peer.send(ping("1"))
        assert peer.receive()["id"] == 1
        with suppress(OSError):
            peer.send(line + (b"\n" if is_ended else b""))
        (answer,) = until_closed(peer)
    assert kind(answer) == "message_too_large" and answer["id"] is None
    assert answer["error"]["data"]["max"] == MAX_MESSAGE_BYTES
    with daemon.peer() as peer:
        assert peer.call("daemon/status")["counts"]["threads"] == 0


def test_requests_before_a_line_that_is_too_long_are_answered(daemon: DaemonThread) -> None:
    stream = request(method="thread/create") + b"\n" + b"[" * (MAX_MESSAGE_BYTES + 1)
    with daemon.peer() as peer:
        peer.send(stream)
        created, broken = until_closed(peer)
    assert created["result"]["created"] and kind(broken) == "message_too_large"


def headers(*bodies: bytes) -> bytes:
    return b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies)


def bodies(stream: bytes) -> list[Any]:
    found = []
    while stream:
        head, _, rest = stream.partition(b"\r\n\r\n")
        size = int(head.removeprefix(b"Content-Length: "))
        found.append(json.loads(rest[:size]))
        stream = rest[size:]
    return found


def test_headers_are_answered_with_headers_and_a_broken_body_leaves_them_open(
    daemon: DaemonThread,
) -> None:
    stream = headers(request(id="é"), b"{", b"", b'{\n\n"x":\r\n1}', request(id=2))
    answers = bodies(raw(daemon, stream))
    assert [answer["id"] for answer in answers] == ["é", None, None, None, 2]
    assert [kind(answer) for answer in answers[1:4]] == [
        "parse_error", "parse_error", "invalid_request",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "head", [b"Content-Length: x", b"Content-Type: y", b"Content-Length", b"C" * 5000]
)
def test_malformed_headers_get_one_parse_error_and_are_closed(
    daemon: DaemonThread, head: bytes
) -> None:
    with daemon.peer() as peer:
        peer.send(headers(request()) + head + b"\r\n\r\n")
        answers = {answer["id"]: answer for answer in bodies(peer.stream.read())}
    assert set(answers) == {7, None} and kind(answers[None]) == "parse_error"


def test_initialize_is_the_first_request_or_none(peer: Peer) -> None:
    params = {"clientInfo": {"name": "n", "version": "1"}, "protocolVersion": 99}
    first = peer.call("initialize", **params)
    assert first["protocolVersion"] == 1 and first["epoch"] == 1 and first["lastSeq"] == 0
    assert set(first) == {
        "protocolVersion", "serverInfo", "epoch", "databaseId", "lastSeq", "durability", "limits",
        "capabilities",
    }  # fmt: skip
    assert first["durability"] == "full"
    assert first["limits"] == {
        "maxMessageBytes": 16777216, "maxBatch": 1000, "maxPromptChars": 1048576,
        "maxPendingInputs": 1000, "maxConnections": 256, "maxInFlight": 1024,
    }  # fmt: skip
    assert kind(peer.exchange(peer.request("initialize", params))) == "invalid_request"


def test_initialize_comes_too_late_after_any_request(daemon: DaemonThread) -> None:
    params = {"clientInfo": {"name": "n", "version": "1"}, "protocolVersion": 1}
    with daemon.peer() as peer:
        peer.call("daemon/ping")
        assert kind(peer.exchange(peer.request("initialize", params))) == "invalid_request"
