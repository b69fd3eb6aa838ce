"""`sidecar call`: params as JSON, from a file, from stdin or as options; a result or a code."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import Ended, sidecar
from tests.support import DaemonThread, Peer
from tests.support.daemons import environment

Call = Callable[..., Ended]


@pytest.fixture
def call(daemon: DaemonThread) -> Call:
    def run(*arguments: str, text: str = "") -> Ended:
        return sidecar("call", *arguments, text=text, SIDECAR_SOCKET=str(daemon.socket_path))

    return run


def result(ended: Ended) -> Any:
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return json.loads(ended.stdout)


def test_params_are_json(call: Call) -> None:
    answer = result(call("thread/create", '{"threadId": "t", "title": "é", "metadata": [1.50]}'))
    assert answer["created"] and answer["thread"]["title"] == "é"


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (["-"], b'{"threadId": "\xff"}'), (["-"], b"\xff"), ([b"\xff"], b""), ([b"@\xff"], b""),
        (["--thread-id", b"\xff"], b""),
    ],
)  # fmt: skip
def test_text_that_is_not_utf_8_is_refused_and_no_traceback(
    daemon: DaemonThread, arguments: list[str | bytes], sent: bytes
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "sidecar", "call", "thread/get", *arguments],
        input=sent, capture_output=True, timeout=30, check=False,
        env=environment(SIDECAR_SOCKET=str(daemon.socket_path)),
    )  # fmt: skip
    assert ended.returncode == 2 and ended.stdout == b""
    assert ended.stderr.startswith(b"Usage: ") and b"Traceback" not in ended.stderr


def test_the_bare_result_is_one_line_where_there_is_no_terminal(call: Call) -> None:
    ended = call("daemon/ping")
    assert ended.stdout.count("\n") == 1 and set(result(ended)) == {"atMs"}


def test_params_come_from_a_file_or_from_stdin(call: Call, folder: Path) -> None:
    (folder / "params.json").write_text('{"threadId": "a", "title": "ü"}')
    assert result(call("thread/create", f"@{folder / 'params.json'}"))["thread"]["title"] == "ü"
    assert result(call("thread/create", "-", text='{"threadId": "b"}'))["thread"]["id"] == "b"


def test_params_are_options_made_from_the_methods_own(call: Call, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    peer.call("turn/start", threadId="t", turnId="u")
    answer = result(
        call(
            "turn/complete", "--turn-id", "u", "--status", "failed", "--promote-next",
            "--error", '{"kind": "k", "message": "m"}', "--usage", '{"inputTokens": 3}',
        )
    )  # fmt: skip
    assert answer["turn"]["status"] == "failed" and answer["turn"]["error"]["kind"] == "k"
    assert answer["turn"]["usage"]["inputTokens"] == 3


def test_an_option_of_text_is_text_whatever_it_looks_like(call: Call) -> None:
    answer = result(call("thread/create", "--thread-id", "5", "--title", "null", "--mode", "{}"))
    thread = answer["thread"]
    assert (thread["id"], thread["title"], thread["mode"]) == ("5", "null", "{}")


def test_options_come_over_json(call: Call) -> None:
    answer = result(call("thread/create", '{"title": "a", "mode": "m"}', "--title", "b"))
    assert (answer["thread"]["title"], answer["thread"]["mode"]) == ("b", "m")


def test_a_number_and_a_list_are_json_options(call: Call, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    answer = result(call("event/list", "--since-seq", "0", "--events", '["thread.*"]'))
    assert len(answer["data"]) == 1


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["nope/nope"], "method_not_found"),
        (["nope/nope", "{}"], "method_not_found"),
        (["thread/get", '{"threadId": "x"}'], "thread_not_found"),
        (["thread/get", "--thread-id", "x"], "thread_not_found"),
        (["thread/get", '{"zip": 1}'], "invalid_params"),
        (["thread/get"], "invalid_params"),
    ],
)
def test_an_error_goes_to_stderr_with_its_kind_and_exit_1(
    call: Call, arguments: list[str], kind: str
) -> None:
    ended = call(*arguments)
    assert ended.returncode == 1 and ended.stdout == "" and kind in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["thread/get", "{"],
        ["thread/get", "[]"],
        ["thread/get", "5"],
        ["thread/get", ""],
        ["thread/get", "--nope", "x"],
        ["thread/get", "@/no/such/file"],
        ["event/list", "--since-seq", "x"],
        ["thread/get", "{}", "{}"],
        [],
    ],
)
def test_params_that_cannot_be_read_are_a_usage_error(call: Call, arguments: list[str]) -> None:
    ended = call(*arguments)
    assert ended.returncode == 2 and ended.stdout == "" and ended.stderr


def test_a_params_file_that_is_not_utf_8_is_a_usage_error(call: Call, folder: Path) -> None:
    (folder / "params.json").write_bytes(b'{"threadId": "\xff"}')
    assert call("thread/get", f"@{folder / 'params.json'}").returncode == 2


def test_no_daemon_is_exit_69(folder: Path) -> None:
    nobody = str(folder / "none.sock")
    for command in (["call", "daemon/ping"], ["status"], ["check"], ["backup", "x"]):
        ended = sidecar(*command, "--socket", nobody)
        assert ended.returncode == 69 and ended.stdout == "" and nobody in ended.stderr


def test_a_socket_path_that_is_too_long_is_told_without_a_traceback(folder: Path) -> None:
    ended = sidecar("status", "--socket", str(folder / ("x" * 200)))
    assert ended.returncode in (2, 69, 78) and ended.stderr


def test_the_socket_option_comes_over_the_environment(daemon: DaemonThread, folder: Path) -> None:
    ended = sidecar(
        "call", "daemon/ping", "--socket", str(daemon.socket_path),
        SIDECAR_SOCKET=str(folder / "none"),
    )  # fmt: skip
    assert ended.returncode == 0


def test_help_of_a_method_is_its_own(call: Call) -> None:
    ended = call("sessionInput/admit", "--help")
    assert ended.returncode == 0
    for option in ("--thread-id", "--prompt", "--if-busy", "--promote"):
        assert option in ended.stdout


def test_help_of_call_lists_every_method(call: Call) -> None:
    text = call("--help").stdout
    for method in ("thread/create", "sessionInput/promote", "event/appendMany", "rpc.discover"):
        assert method in text


def test_large_params_and_results_pass(call: Call) -> None:
    params = json.dumps({"threadId": "t", "metadata": ["é" * 1000] * 500})
    assert result(call("thread/create", "-", text=params))["created"]
    assert len(result(call("thread/get", "--thread-id", "t"))["thread"]["metadata"]) == 500


def test_data_that_has_no_room_is_told(daemon: DaemonThread) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "sidecar", "call", "daemon/ping"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False,
            env=environment(SIDECAR_SOCKET=str(daemon.socket_path)),
        )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (1, "sidecar: stdout: No space left on device\n")
