"""Spans leave by the real exporter, over HTTP; a receiver that is dead or stuck costs nobody."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.support import Peer
from tests.support.daemons import environment
from tests.support.peer import HANG_S

# More than the exporter's queue holds (OTEL_BSP_MAX_QUEUE_SIZE is 2048).
MANY = 3_000


@pytest.fixture(autouse=True)
def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tester goes to the network by is not the way to here."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


class Receiver(ThreadingHTTPServer):
    """Be a collector of traces, or one that takes them and never answers."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *, is_stuck: bool) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: SimpleQueue[tuple[str, ExportTraceServiceRequest]] = SimpleQueue()
        self.may_answer = threading.Event()
        if not is_stuck:
            self.may_answer.set()

    def hear(self, most: int) -> list[Span]:
        """Wait for so many spans."""
        spans: list[Span] = []
        while len(spans) < most:
            path, request = self.received.get(timeout=HANG_S)
            assert path == "/v1/traces"
            (resource,) = request.resource_spans
            names = {each.key: each.value.string_value for each in resource.resource.attributes}
            assert names["service.name"] == "sidecar"
            spans += [span for scope in resource.scope_spans for span in scope.spans]
        return spans


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:  # http.server's name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.put((self.path, ExportTraceServiceRequest.FromString(body)))
        self.server.may_answer.wait()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def receiving(*, is_stuck: bool = False) -> Iterator[Receiver]:
    with Receiver(is_stuck=is_stuck) as receiver:
        serving = threading.Thread(target=receiver.serve_forever)
        serving.start()
        yield receiver
        receiver.may_answer.set()
        receiver.shutdown()
        serving.join(HANG_S)


class Traced:
    """Be a daemon that sends its spans to a port."""

    def __init__(self, folder: Path, port: int, **names: str) -> None:
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "sidecar", "serve", "--database", str(folder / "a.db"),
                    "--socket", str(folder / "s"),
                ],
                stdout=subprocess.PIPE, stderr=log,
                env=environment(
                    OTEL_TRACES_EXPORTER="otlp",
                    OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{port}",
                    # Sent when there is a batch of them, or at the end.
                    OTEL_BSP_SCHEDULE_DELAY="3600000",
                    **names,
                ),
            )  # fmt: skip
        assert self.process.stdout is not None and self.process.stdout.readline()
        self.peer = Peer(folder / "s")

    def end(self) -> list[dict[str, Any]]:
        """End it as an operator would, and read its log, of which each line is one of ours."""
        self.peer.close()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(HANG_S) == 0
        assert self.process.stdout is not None
        self.process.stdout.close()
        return [json.loads(line) for line in self.log.read_text().splitlines()]


def lost(log: list[dict[str, Any]]) -> list[str]:
    return [line["reason"] for line in log if line["event"] == "the last spans are lost"]


def test_every_span_arrives_the_last_ones_at_the_end(folder: Path) -> None:
    with receiving() as receiver:
        daemon = Traced(folder, receiver.server_port)
        daemon.peer.call("thread/create", threadId="t", title="a secret")
        daemon.peer.exchange(daemon.peer.request("thread/get", {"threadId": "none"}))
        log = daemon.end()
        created, refused = receiver.hear(2)
    assert lost(log) == [] and [line["event"] for line in log][-1] == "ended"
    assert (created.name, created.kind) == ("thread/create", Span.SPAN_KIND_SERVER)
    assert 0 < created.start_time_unix_nano < created.end_time_unix_nano
    assert b"secret" not in created.SerializeToString()
    told = {each.key: each.value for each in refused.attributes}
    assert told["sidecar.outcome"].string_value == "thread_not_found"
    assert refused.status.message == "thread_not_found"


def test_a_receiver_that_never_answers_holds_up_neither_requests_nor_the_end(folder: Path) -> None:
    with receiving(is_stuck=True) as receiver:
        daemon = Traced(folder, receiver.server_port, OTEL_EXPORTER_OTLP_TIMEOUT="3600")
        ping = {"jsonrpc": "2.0", "method": "daemon/ping"}
        for first in range(0, MANY, 500):
            daemon.peer.exchange([{**ping, "id": first + number} for number in range(500)])
        assert receiver.hear(1)
        log = daemon.end()
        assert not receiver.may_answer.is_set()
    assert len(lost(log)) == 1 and log[-1]["event"] == "ended"
    # What was thrown away is told, by the library's own words.
    assert "Queue full, dropping Span." in [line["event"] for line in log]


def test_a_receiver_that_is_gone_is_told_in_the_log_and_nothing_else(folder: Path) -> None:
    with receiving() as receiver:
        port = receiver.server_port
    daemon = Traced(folder, port)
    assert daemon.peer.call("daemon/ping")
    log = daemon.end()
    told = [line for line in log if "logger" in line]
    assert told and all(line["level"] in ("warning", "error") for line in told)
    assert all(line["logger"].startswith("opentelemetry.") for line in told)
    assert len(lost(log)) == 1


def test_what_opentelemetry_does_not_take_is_told_and_traces_nothing(folder: Path) -> None:
    daemon = Traced(folder, 9, OTEL_BSP_MAX_QUEUE_SIZE="-1")
    assert daemon.peer.call("daemon/ping")
    (told,) = (line for line in daemon.end() if "tracing" in line["event"])
    assert "max_queue_size" in told["reason"]
