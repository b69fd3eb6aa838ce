"""JSON values come back equal, and text comes back as it was sent."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.methods.steps import (
    admit,
    end,
    get_input,
    get_item,
    get_thread,
    get_turn,
    kind_of,
    make_item,
    make_thread,
    start,
    without_trace,
)
from tests.support import Peer

# As text, since what a decoder makes of it is part of the question.
VALUES = [
    "0",
    "-0",
    "-0.0",
    "true",
    "false",
    '""',
    "[]",
    "{}",
    "[null]",
    '{"a":null}',
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "0.1234567890123456789012345678901234567890",
    "1.0",
    "1e300",
    "5e-324",
    "1E+2",
    '"\\u0000"',
    '"\\ud83d\\ude00"',
    '"\U0001f600\u2028\u2029\\u007f\u0085"',
    '"\\/\\"\\\\\\b\\f\\n\\r\\t"',
    '{"":{"":[]}}',
    '{"b":1,"a":2}',
    '{"é\\u0000":"\\u001f"}',
    '{"constructor":1,"__proto__":{"x":1}}',
    '{"$ref":"#/x","type":"t"}',
    "[" * 400 + "]" * 400,
    '{"a":' * 400 + "1" + "}" * 400,
    '{ "white" : [ 1 ,\t2 ] }',
    '{"a":1,"a":2}',
    json.dumps({str(number): number for number in range(1000)}),
    json.dumps("x" * 100_000),
]


def exact(text: str | bytes) -> Any:
    """Decode so that no digit is lost: numbers stay text, the type of one too."""
    return json.loads(text, parse_float=lambda digits: ("float", digits))


def ask(peer: Peer, method: str, params: str) -> Any:
    """Ask with params that are text, and take the answer as exact as it came."""
    request = f'{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}\n'
    peer.send(request.encode())
    return exact(peer.stream.readline())


def in_thread(peer: Peer, value: str) -> Any:
    ask(peer, "thread/create", f'{{"threadId":"t","metadata":{value}}}')
    return ask(peer, "thread/get", '{"threadId":"t"}')["result"]["thread"]["metadata"]


def in_turn(peer: Peer, value: str) -> Any:
    make_thread(peer, threadId="t")
    ask(peer, "turn/start", f'{{"threadId":"t","turnId":"u","metadata":{value}}}')
    return ask(peer, "turn/get", '{"turnId":"u"}')["result"]["turn"]["metadata"]


def in_item(peer: Peer, value: str) -> Any:
    start(peer, make_thread(peer), turnId="u")
    params = f'{{"turnId":"u","itemId":"i","kind":"status","artifactRefs":{value}}}'
    ask(peer, "item/create", params)
    return ask(peer, "item/get", '{"itemId":"i"}')["result"]["item"]["artifactRefs"]


def in_input(peer: Peer, value: str) -> Any:
    make_thread(peer, threadId="t")
    params = f'{{"threadId":"t","inputId":"i","prompt":"x","request":{value}}}'
    ask(peer, "sessionInput/admit", params)
    return ask(peer, "sessionInput/get", '{"inputId":"i"}')["result"]["input"]["request"]


def in_event(peer: Peer, value: str) -> Any:
    make_thread(peer, threadId="t")
    ask(peer, "event/append", f'{{"threadId":"t","event":"x","payload":{value}}}')
    return ask(peer, "event/list", '{"threadId":"t"}')["result"]["data"][-1]["payload"]


def in_daemons_event(peer: Peer, value: str) -> Any:
    ask(peer, "thread/create", f'{{"threadId":"t","metadata":{value}}}')
    events = ask(peer, "event/list", '{"events":["thread.created"]}')["result"]["data"]
    return events[-1]["payload"]["thread"]["metadata"]


def in_message(peer: Peer, value: str) -> Any:
    make_thread(peer, threadId="t")
    message = f'{{"id":"m","role":"user","toolCalls":{value}}}'
    ask(peer, "message/append", f'{{"threadId":"t","messages":[{message}]}}')
    answer = ask(peer, "message/get", '{"threadId":"t","messageId":"m"}')
    return answer["result"]["message"]["toolCalls"]


def in_state(peer: Peer, value: str) -> Any:
    make_thread(peer, threadId="t")
    ask(peer, "thread/setState", f'{{"threadId":"t","state":{value}}}')
    return ask(peer, "thread/getState", '{"threadId":"t"}')["result"]["state"]


def in_actions(peer: Peer, value: str) -> Any:
    make_thread(peer, threadId="t")
    ask(peer, "thread/commit", f'{{"threadId":"t","actions":{value}}}')
    return ask(peer, "thread/commits", '{"threadId":"t"}')["result"]["data"][0]["actions"]


@pytest.mark.parametrize(
    "where",
    [
        in_thread, in_turn, in_item, in_input, in_event, in_daemons_event, in_message, in_state,
        in_actions,
    ],
)  # fmt: skip
def test_a_json_value_comes_back_equal(peer: Peer, where: Callable[[Peer, str], Any]) -> None:
    for number, value in enumerate(VALUES):
        if number:
            peer.call("thread/delete", threadId=current(peer), force=True)
        assert where(peer, value) == exact(value), value[:80]


def current(peer: Peer) -> str:
    thread_id: str = peer.call("thread/list", limit=1)["data"][0]["id"]
    return thread_id


@pytest.mark.parametrize(
    "value",
    [
        "1e400",
        "-1e400",
        "[1e999]",
        '{"a":[{"b":1e309}]}',
        "1e-20000000000000000000",
        "0E+9999999999999999999",
        "9" * 250 + "e99",
    ],
)
def test_a_number_that_cannot_be_kept_equal_is_refused_with_its_path(
    peer: Peer, value: str
) -> None:
    with without_trace(peer):
        answer = ask(peer, "thread/create", f'{{"metadata":{value}}}')
    data = answer["error"]["data"]
    assert data["kind"] == "invalid_params" and data["path"].startswith("metadata")


@pytest.mark.parametrize("text", ["a\0b", "\u2028", "😀" * 50, "\x7f", "é\u0301", "<>&'\""])
def test_text_comes_back_as_it_was_sent(peer: Peer, text: str) -> None:
    thread_id = make_thread(peer, title=text, workspace=text)
    thread = get_thread(peer, thread_id)
    assert thread["title"] == thread["workspace"] == text
    turn_id = start(peer, thread_id, prompt=f"[{text}]", inputSummary=text)
    assert get_turn(peer, turn_id)["inputSummary"] == text
    item_id = make_item(peer, turn_id, detail=text, summary=text)
    item = get_item(peer, item_id)
    assert item["detail"] == item["summary"] == text
    assert get_input(peer, admit(peer, thread_id, f"[{text}]"))["prompt"] == f"[{text}]"


def test_an_error_of_a_turn_keeps_its_text(peer: Peer) -> None:
    error = {"kind": "ü\0", "message": "\n😀"}
    turn_id = start(peer, make_thread(peer))
    end(peer, turn_id, status="failed", error=error)
    assert get_turn(peer, turn_id)["error"] == error


def test_a_large_value_comes_back_equal(peer: Peer) -> None:
    value = [{"n": number, "text": "é" * 50} for number in range(40_000)]
    thread_id = make_thread(peer, metadata=value)
    assert get_thread(peer, thread_id)["metadata"] == value


def test_a_cost_keeps_its_digits(peer: Peer) -> None:
    for cost in (0.1, 1 / 3, 1e-9, 123456789.12345679, 0):
        turn_id = start(peer, make_thread(peer))
        end(peer, turn_id, usage={"costUsd": cost})
        assert get_turn(peer, turn_id)["usage"]["costUsd"] == cost


def test_a_cost_that_no_double_holds_is_refused(peer: Peer) -> None:
    turn_id = start(peer, make_thread(peer))
    with without_trace(peer):
        answer = ask(peer, "turn/complete", f'{{"turnId":"{turn_id}","usage":{{"costUsd":1e400}}}}')
    assert answer["error"]["data"]["kind"] in ("invalid_params", "parse_error")


def test_a_token_count_past_what_a_client_reads_equal_is_refused(peer: Peer) -> None:
    turn_id = start(peer, make_thread(peer))
    for count in (2**53, 2**63, 2**64, 10**30):
        params = {"turnId": turn_id, "usage": {"inputTokens": count}}
        assert kind_of(peer, "turn/complete", **params) == "invalid_params"
