"""Params: by name, typed, null is absent; refused with the path of the offender, no trace."""

from typing import Any

import pytest

from tests.methods.steps import (
    admit,
    kind_of,
    last_seq,
    make_item,
    make_thread,
    refused,
    start,
    without_trace,
)
from tests.support import Peer

BAD_IDS = ["", "-a", ".a", "a b", "a/b", "é", "a\n", "a" * 129, "a\0"]
GOOD_IDS = ["a", "0", "A-z_0.9:@x", "a" * 128]
NEEDED: dict[str, dict[str, Any]] = {
    "thread/get": {"threadId": "t"},
    "thread/update": {"threadId": "t"},
    "thread/delete": {"threadId": "t"},
    "thread/transcript": {"threadId": "t"},
    "turn/start": {"threadId": "t"},
    "turn/get": {"turnId": "u"},
    "turn/list": {"threadId": "t"},
    "turn/complete": {"turnId": "u"},
    "turn/steer": {"threadId": "t", "prompt": "x"},
    "turn/interrupt": {"threadId": "t"},
    "item/create": {"turnId": "u", "kind": "status"},
    "item/update": {"itemId": "i"},
    "item/get": {"itemId": "i"},
    "sessionInput/admit": {"threadId": "t", "prompt": "x"},
    "sessionInput/promote": {"threadId": "t"},
    "sessionInput/get": {"inputId": "n"},
    "sessionInput/list": {"threadId": "t"},
    "sessionInput/update": {"inputId": "n"},
    "sessionInput/cancel": {"inputId": "n"},
    "run/create": {"threadId": "t"},
    "run/get": {"runId": "r"},
    "run/update": {"runId": "r"},
    "run/latest": {"threadId": "t"},
    "run/active": {"threadId": "t"},
    "run/delete": {"runId": "nothing"},
    "step/create": {"runId": "r", "type": "tool_calls"},
    "step/get": {"stepId": "s"},
    "step/list": {"runId": "r"},
    "step/update": {"stepId": "s"},
    "message/append": {"threadId": "t", "messages": [{"role": "user"}]},
    "message/list": {"threadId": "t"},
    "message/get": {"threadId": "t", "messageId": "m"},
    "message/replace": {"threadId": "t", "messages": [{"role": "user"}]},
    "message/clear": {"threadId": "t"},
    "thread/commit": {"threadId": "t"},
    "thread/commits": {"threadId": "t"},
    "thread/getState": {"threadId": "t"},
    "thread/checkpoint": {"threadId": "t"},
    "atomic": {"calls": [{"method": "thread/list"}]},
    "event/append": {"threadId": "t", "event": "x"},
    "event/appendMany": {"events": [{"threadId": "t", "event": "x"}]},
}
OPTIONAL = {
    "thread/create": ["threadId", "title", "model", "provider", "workspace", "mode", "resourceId",
                      "parentThreadId", "metadata"],
    "thread/list": ["cursor", "limit", "resourceId", "parentThreadId", "rootsOnly", "idPrefix",
                    "query"],
    "thread/delete": ["children", "force"],
    "turn/start": ["turnId", "prompt", "status", "inputSummary", "metadata"],
    "turn/list": ["cursor", "limit", "order", "status"],
    "turn/complete": ["status", "usage", "error", "force", "promoteNext"],
    "turn/steer": ["expectedTurnId", "itemId"],
    "turn/interrupt": ["turnId", "pending"],
    "turn/incomplete": ["cursor", "limit"],
    "item/create": ["itemId", "status", "summary", "detail", "metadata", "artifactRefs"],
    "sessionInput/admit": ["inputId", "delivery", "request", "promote", "ifBusy",
                           "expectedTurnId"],
    "sessionInput/list": ["cursor", "limit"],
    "run/create": ["runId", "status", "turnId", "agentId", "origin", "parentRunId",
                   "parentThreadId", "sourceMailboxEntryId", "model", "terminationCode",
                   "terminationDetail", "error", "inputTokens", "outputTokens", "metadata"],
    "run/list": ["threadId", "status", "terminal", "agentId", "origin", "parentRunId",
                 "terminationCode", "createdFromMs", "createdToMs", "updatedFromMs",
                 "updatedToMs", "cursor", "limit"],
    "step/create": ["stepId", "status", "details"],
    "step/list": ["cursor", "limit"],
    "message/append": ["expectedMessageCount", "expectedVersion"],
    "message/list": ["afterSeq", "beforeSeq", "order", "cursor", "limit", "role", "runId",
                     "includeInternal"],
    "message/replace": ["expectedVersion"],
    "thread/commit": ["commitId", "expectedVersion", "expectedMessageCount", "reason", "runId",
                      "run", "messages", "patches", "actions", "snapshot"],
    "thread/commits": ["afterVersion", "limit"],
    "thread/getState": ["atVersion"],
    "event/append": ["turnId", "itemId", "payload", "eventKey"],
    "event/list": ["threadId", "turnId", "sinceSeq", "limit", "events"],
    "daemon/check": ["full"],
}  # fmt: skip


@pytest.fixture
def furnished(peer: Peer) -> Peer:
    make_thread(peer, threadId="t")
    start(peer, "t", turnId="u")
    make_item(peer, "u", itemId="i")
    admit(peer, "t", inputId="n")
    peer.call("message/append", threadId="t", messages=[{"id": "m", "role": "user"}])
    peer.call("run/create", threadId="t", runId="r")
    peer.call("step/create", runId="r", stepId="s", type="tool_calls")
    return peer


@pytest.mark.parametrize("method", NEEDED)
def test_a_missing_param_is_refused_by_its_path(furnished: Peer, method: str) -> None:
    for name in NEEDED[method]:
        rest = {key: value for key, value in NEEDED[method].items() if key != name}
        for given in (rest, {**rest, name: None}):
            data = refused(furnished, method, **given)
            assert (data["kind"], data["path"]) == ("invalid_params", name)
            assert data["reason"]


@pytest.mark.parametrize("method", [*NEEDED, "thread/create", "thread/list", "daemon/ping"])
def test_an_unknown_param_is_refused_by_its_path(furnished: Peer, method: str) -> None:
    for name in ("zip", "thread_id", "self", "tx", "peer", "db", "context"):
        data = refused(furnished, method, **NEEDED.get(method, {}), **{name + "_": 1})
        assert (data["kind"], data["path"]) == ("invalid_params", name)


@pytest.mark.parametrize("method", NEEDED)
def test_a_param_of_another_type_is_refused_by_its_path(furnished: Peer, method: str) -> None:
    for name in NEEDED[method]:
        values: tuple[Any, ...] = (1, True, {}, 1.5)
        for value in values:
            data = refused(furnished, method, **{**NEEDED[method], name: value})
            assert (data["kind"], data["path"]) == ("invalid_params", name)


@pytest.mark.parametrize("method", OPTIONAL)
def test_null_for_an_optional_param_is_absent(furnished: Peer, method: str) -> None:
    if method in ("turn/start", "thread/delete"):
        furnished.call("turn/complete", turnId="u")
    given = NEEDED.get(method, {})
    answer = furnished.call(method, **given, **dict.fromkeys(OPTIONAL[method]))
    assert answer


@pytest.mark.parametrize("params", [None, {}])
def test_null_params_are_absent_params(peer: Peer, params: Any) -> None:
    assert peer.ask("thread/list", params) == {"data": [], "nextCursor": None}


@pytest.mark.parametrize("params", [[], ["t"], [{"threadId": "t"}]])
def test_positional_params_are_invalid_params(peer: Peer, params: Any) -> None:
    answer = peer.exchange(peer.request("thread/get", params))
    assert answer["error"]["data"]["kind"] == "invalid_params"


@pytest.mark.parametrize("bad", BAD_IDS)
def test_every_id_is_held_to_its_pattern_in_reads_as_well(furnished: Peer, bad: str) -> None:
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("thread/create", "threadId", {}),
        ("thread/create", "parentThreadId", {}),
        ("thread/get", "threadId", {}),
        ("thread/list", "parentThreadId", {}),
        ("turn/get", "turnId", {}),
        ("turn/start", "turnId", {"threadId": "t"}),
        ("item/get", "itemId", {}),
        ("item/list", "turnId", {}),
        ("sessionInput/get", "inputId", {}),
        ("sessionInput/admit", "inputId", {"threadId": "t", "prompt": "x"}),
        ("run/create", "runId", {"threadId": "t"}),
        ("run/create", "sourceMailboxEntryId", {"threadId": "t"}),
        ("run/list", "parentRunId", {}),
        ("run/delete", "runId", {}),
        ("step/get", "stepId", {}),
        ("message/get", "messageId", {"threadId": "t"}),
        ("message/list", "runId", {"threadId": "t"}),
        ("thread/commit", "commitId", {"threadId": "t"}),
        ("thread/commit", "runId", {"threadId": "t"}),
        ("event/append", "eventKey", {"threadId": "t", "event": "x"}),
        ("event/list", "threadId", {}),
    ]
    for method, name, rest in asked:
        data = refused(furnished, method, **rest, **{name: bad})
        assert (data["kind"], data["path"]) == ("invalid_params", name)


@pytest.mark.parametrize("good", GOOD_IDS)
def test_a_client_may_mint_any_id_of_the_pattern(peer: Peer, good: str) -> None:
    assert make_thread(peer, threadId=good) == good
    assert start(peer, good, turnId=good) == good
    assert make_item(peer, good, itemId=good) == good
    assert admit(peer, good, inputId=good) == good
    peer.call("event/append", threadId=good, event="x", eventKey=good)


@pytest.mark.parametrize("name", ["", "a\nb", "\0", "\x85", "x" * 257])
def test_a_name_of_other_people_has_1_to_256_characters_and_no_controls(
    peer: Peer, name: str
) -> None:
    for method in ("thread/create", "thread/list"):
        data = refused(peer, method, resourceId=name)
        assert (data["kind"], data["path"]) == ("invalid_params", "resourceId")


@pytest.mark.parametrize("name", ["a b/c é 😀", "x" * 256, "-"])
def test_a_name_of_other_people_may_be_anything_else(peer: Peer, name: str) -> None:
    thread_id = make_thread(peer, resourceId=name)
    assert peer.call("thread/list", resourceId=name)["data"][0]["id"] == thread_id


@pytest.mark.parametrize("seq", [-1, 2**53, 10**30, 0.5, "1", True])
def test_a_since_seq_that_is_no_seq_is_invalid(peer: Peer, seq: object) -> None:
    data = refused(peer, "event/list", sinceSeq=seq)
    assert (data["kind"], data["path"]) == ("invalid_params", "sinceSeq")


def test_a_refusal_uses_no_seq(furnished: Peer) -> None:
    seq = last_seq(furnished)
    with without_trace(furnished):
        kind_of(furnished, "turn/start", threadId="t", prompt="x")
        kind_of(furnished, "turn/steer", threadId="t", prompt="x", expectedTurnId="v")
        kind_of(furnished, "item/create", turnId="nope", kind="status")
    furnished.call("event/append", threadId="t", event="x")
    assert last_seq(furnished) == seq + 1


def test_answers_are_objects_with_camel_case_names(furnished: Peer) -> None:
    answers = [
        furnished.call(method, **params)
        for method, params in NEEDED.items()
        if method.endswith(("/get", "/list", "/transcript"))
    ]

    def names(value: Any) -> list[str]:
        if isinstance(value, list):
            return [name for part in value for name in names(part)]
        if isinstance(value, dict):
            return [*value, *names(list(value.values()))]
        return []

    assert all(name.isalnum() and name[0].islower() for name in names(answers))
