"""Typed calls, one after the other, through a real daemon."""

import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sidecar import client
from sidecar.client import UNSET, Client, Options, records
from tests.client.middle import Middle, Once, refuse
from tests.support import DaemonThread, FakeSource, Peer


@pytest.fixture
def own(daemon: DaemonThread) -> Iterator[Client]:
    with Client(daemon.socket_path) as connected:
        yield connected


def test_a_conversation_is_typed_from_end_to_end(own: Client) -> None:
    created = own.thread_create(thread_id="t", title="Tea", metadata={"a": [1, 2.5, None, "é"]})
    assert isinstance(created.thread, records.Thread) and created.created
    assert created.thread.metadata == {"a": [1, 2.5, None, "é"]}
    admitted = own.session_input_admit(thread_id="t", prompt=" Fix it ", promote=True)
    assert admitted.promotion.turn is not None and admitted.input.prompt == "Fix it"
    turn_id = admitted.promotion.turn.id
    item = own.item_create(turn_id=turn_id, kind="tool_call", summary="pytest").item
    assert (item.position, item.status) == (2, "in_progress")
    done = own.turn_complete(turn_id=turn_id, usage=records.Usage(input_tokens=3, cost_usd=0.5))
    assert done.turn.usage == records.Usage(input_tokens=3, cost_usd=0.5)
    page = own.item_list(thread_id="t")
    assert [each.status for each in page.data] == ["completed", "interrupted"]
    assert own.thread_transcript(thread_id="t").messages[0].content[0].text == "Fix it"


def test_many_events_are_given_as_records(own: Client) -> None:
    own.thread_create(thread_id="t")
    given = [records.Append(thread_id="t", event=f"x.{n}", payload={"n": n}) for n in range(3)]
    appended = own.event_append_many(events=given).events
    assert [(each.event, each.payload) for each in appended] == [
        ("x.0", {"n": 0}), ("x.1", {"n": 1}), ("x.2", {"n": 2}),
    ]  # fmt: skip
    assert own.event_list(thread_id="t", events=["x.*"], limit=2).next_since_seq == 3


def test_what_is_unset_is_not_sent_and_none_is_null(own: Client) -> None:
    own.thread_create(thread_id="t", title="Tea", mode="m")
    assert own.thread_update(thread_id="t", title=None, mode=UNSET).thread.title is None
    assert own.thread_get(thread_id="t").thread.mode == "m"
    with pytest.raises(client.InvalidParams):
        own.thread_update(thread_id="t", title=UNSET)


def test_numbers_of_any_length_come_back_equal(own: Client) -> None:
    value = {"large": 2**200, "small": -(2**70), "fraction": 0.1}
    assert own.thread_create(thread_id="t", metadata=value).thread.metadata == value


def test_each_kind_of_error_is_a_class_with_its_details(own: Client) -> None:
    own.thread_create(thread_id="t")
    turn = own.turn_start(thread_id="t", turn_id="u").turn
    with pytest.raises(client.TurnActive) as active:
        own.turn_start(thread_id="t")
    assert active.value.active_turn_id == turn.id and active.value.code == 2005
    with pytest.raises(client.InvalidParams) as invalid:
        own.turn_complete(turn_id="u", usage=records.Usage(input_tokens=-1))
    assert invalid.value.path == "usage.inputTokens" and invalid.value.reason
    own.turn_complete(turn_id="u")
    with pytest.raises(client.IllegalTransition) as illegal:
        own.turn_complete(turn_id="u", status="failed")
    assert (illegal.value.from_, illegal.value.to, illegal.value.legal) == (
        "completed", "failed", [],
    )  # fmt: skip
    with pytest.raises(client.SidecarError) as missing:
        own.thread_get(thread_id="none")
    assert isinstance(missing.value, client.ThreadNotFound) and missing.value.id == "none"
    assert missing.value.details == {"id": "none"} and not missing.value.retryable
    assert str(missing.value).startswith("thread_not_found: ")


def test_an_error_can_be_sent_to_another_process(own: Client) -> None:
    with pytest.raises(client.ThreadNotFound) as missing:
        own.thread_get(thread_id="none")
    again = pickle.loads(pickle.dumps(missing.value))
    assert type(again) is client.ThreadNotFound and again.id == "none"


def test_an_error_of_a_kind_that_is_not_known_yet_is_told_whole(
    daemon: DaemonThread, folder: Path
) -> None:
    rule = Once("daemon/ping", refuse("brand_new", retryable=False))
    with Middle(folder, daemon.socket_path, rule) as middle, Client(middle.path) as own:
        with pytest.raises(client.SidecarError) as new:
            own.daemon_ping()
        assert type(new.value) is client.SidecarError and new.value.kind == "brand_new"


def test_members_that_a_newer_daemon_adds_are_ignored(daemon: DaemonThread, folder: Path) -> None:
    def rule(_request: Any, forward: Any) -> Any:
        answer = forward()
        return {**answer, "zip": 1, "result": {**answer["result"], "zap": [1]}}

    with Middle(folder, daemon.socket_path, rule) as middle, Client(middle.path) as own:
        assert own.thread_create(thread_id="t").thread.id == "t"


def test_an_answer_that_is_not_what_the_contract_says_is_told(
    daemon: DaemonThread, folder: Path
) -> None:
    def rule(_request: Any, forward: Any) -> Any:
        return {**forward(), "result": {}}

    with (
        Middle(folder, daemon.socket_path, Once("daemon/ping", rule)) as middle,
        Client(middle.path) as own,
        pytest.raises(client.Unreadable, match="daemon/ping"),
    ):
        own.daemon_ping()


def test_it_greets_and_keeps_the_answer(daemon: DaemonThread, folder: Path) -> None:
    options = Options(name="runner", version="7")
    with (
        Middle(folder, daemon.socket_path, lambda _, forward: forward()) as middle,
        Client(middle.path, options) as own,
    ):
        assert own.server.protocol_version == 1 and own.server.epoch == 1
        assert own.server.limits.max_batch == 1000
        assert middle.requests[0]["params"] == {
            "clientInfo": {"name": "runner", "version": "7"}, "protocolVersion": 1,
        }  # fmt: skip


def test_another_version_of_the_protocol_is_an_error(daemon: DaemonThread, folder: Path) -> None:
    def rule(_request: Any, forward: Any) -> Any:
        answer = forward()
        return {**answer, "result": {**answer["result"], "protocolVersion": 2}}

    with Middle(folder, daemon.socket_path, rule) as middle, pytest.raises(client.WrongProtocol):
        Client(middle.path)


def test_nobody_there_is_told_at_once(folder: Path) -> None:
    with pytest.raises(client.NoDaemon, match=r"none\.sock"):
        Client(folder / "none.sock")
    with pytest.raises(client.NoDaemon):
        Client.connect(folder / ("x" * 200))


def test_the_default_socket_is_the_programs(
    daemon: DaemonThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(daemon.socket_path.parent))
    with Client.connect() as own:
        assert own.daemon_ping().at_ms


def test_a_message_that_is_too_large_never_leaves(own: Client) -> None:
    with pytest.raises(client.MessageTooLarge) as large:
        own.thread_create(metadata="x" * own.server.limits.max_message_bytes)
    assert large.value.max == own.server.limits.max_message_bytes < large.value.actual
    assert own.daemon_status().connections == 1


def test_threads_share_a_client(own: Client) -> None:
    own.thread_create(thread_id="t")
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for each in range(20):
                event = own.event_append(thread_id="t", event="x", payload=[number, each]).event
                assert event.payload == [number, each]
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(own.event_list(events=["x"], limit=1000).data) == 160


def test_a_closed_client_says_so(own: Client) -> None:
    own.close()
    own.close()
    with pytest.raises(client.Closed):
        own.daemon_ping()


def test_closing_ends_a_call_that_waits(daemon: DaemonThread, folder: Path) -> None:
    def rule(_request: Any, _forward: Any) -> None:
        return None

    ended: list[BaseException] = []
    with Middle(folder, daemon.socket_path, Once("daemon/ping", rule)) as middle:
        own = Client(middle.path)

        def ask() -> None:
            try:
                own.daemon_ping()
            except client.Error as error:
                ended.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        middle.arrived("daemon/ping")
        own.close()
        thread.join()
    assert [type(error) for error in ended] == [client.Closed]


def test_a_raw_call_gives_the_result_as_it_came(own: Client, peer: Peer) -> None:
    peer.call("thread/create", threadId="t", metadata=msgspec.json.decode(b"1.50"))
    raw = own.call("thread/create", {"threadId": "u", "metadata": msgspec.Raw(b'{"b":1.50}')})
    assert b'"metadata":{"b":1.50}' in bytes(raw)
    with pytest.raises(client.MethodNotFound):
        own.call("nope/nope", {"a": 1})


def test_a_raw_call_of_what_lives_on_one_connection_gets_its_own(own: Client) -> None:
    params = {"clientInfo": {"name": "x", "version": "1"}, "protocolVersion": 1}
    assert json.loads(bytes(own.call("initialize", params)))["protocolVersion"] == 1
    assert json.loads(bytes(own.call("event/subscribe")))["subscriptionId"]
    own.daemon_ping()


def test_minted_ids_come_from_the_source(daemon: DaemonThread) -> None:
    with Client(daemon.socket_path, Options(source=FakeSource())) as own:
        created = own.thread_create().thread
    assert created.id == "thr_018bcfe5680170008000000000000001"


def test_it_brings_nothing_that_takes_its_time() -> None:
    heavy = ["apsw", "asyncio", "click", "jsonrpcserver", "structlog", "uvloop", "logging"]
    rooms = ["store", "rpc", "methods", "daemon", "cli"]
    program = (
        "import sys, sidecar.client\n"
        f"print(sorted(set({heavy}) & set(sys.modules)))\n"
        f"print([name for name in {rooms} if f'sidecar.{{name}}' in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "[]\n[]\n"


def test_a_raw_value_of_several_lines_is_one_message(own: Client) -> None:
    pretty = msgspec.Raw(b'{\n  "a": [1.50,\n    2],\r\n  "b": "\\n"\n}\n')
    own.call("mailbox/enqueue", {"mailboxId": "m", "entryId": "e", "payload": pretty})
    assert own.mailbox_get(entry_id="e").entry.payload == {"a": [1.5, 2], "b": "\n"}
