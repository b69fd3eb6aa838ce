"""A span for each request where OpenTelemetry is asked for; nothing at all where it is not."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sidecar.daemon.spans import spans
from tests.support import DaemonThread
from tests.support.daemons import environment
from tests.support.source import START_MS


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Trace into memory, by a provider that is there before the daemon, as under its own tools."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "memory")
    yield exporter
    provider.shutdown()


def named(exporter: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in exporter.get_finished_spans() if span.name == name]


def test_each_request_is_a_span_with_its_method_outcome_and_group(
    folder: Path, exporter: InMemorySpanExporter
) -> None:
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        peer.call("thread/create", threadId="t", title="a secret")
        peer.exchange(peer.request("thread/get", {"threadId": "none"}))
        append = peer.request("event/append", {"threadId": "t", "event": "x"})
        peer.exchange([append, append, append])
    (created,) = named(exporter, "thread/create")
    assert created.kind is trace.SpanKind.SERVER and created.status.is_ok
    assert dict(created.attributes or {}) == {
        "rpc.system": "jsonrpc",
        "rpc.method": "thread/create",
        "sidecar.outcome": "ok",
        "sidecar.group_size": 1,
    }
    assert created.start_time is not None and created.end_time is not None
    assert START_MS * 1_000_000 - 10**9 < created.start_time < created.end_time
    (refused,) = named(exporter, "thread/get")
    assert not refused.status.is_ok and refused.status.description == "thread_not_found"
    assert (refused.attributes or {})["sidecar.group_size"] == 0
    appended = named(exporter, "event/append")
    assert [(span.attributes or {})["sidecar.group_size"] for span in appended] == [3, 3, 3]
    assert "secret" not in "".join(span.to_json() for span in exporter.get_finished_spans())


@pytest.mark.parametrize(
    "names",
    [
        {},
        {"OTEL_TRACES_EXPORTER": ""},
        {"OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
    ],
)
def test_without_being_asked_for_nothing_is_traced(
    names: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OTEL_TRACES_EXPORTER", "OTEL_SDK_DISABLED"):
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    assert spans(lambda: 0) is None


def test_without_being_asked_for_nothing_of_it_is_imported() -> None:
    program = (
        "import sys, sidecar.daemon.lifecycle\n"
        "from sidecar.daemon.spans import spans\n"
        "spans(lambda: 0)\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30, env=environment())


def test_asked_for_and_not_installed_is_told_and_traces_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    assert spans(lambda: 0) is None
    assert "sidecar[otel]" in capsys.readouterr().out


def serve(folder: Path, exporter: str) -> tuple[list[str], list[str]]:
    """Trace a whole life of a daemon; tell what it wrote."""
    ended = subprocess.run(
        [sys.executable, "-m", "sidecar", "serve", "--stdio", "--database", str(folder / "a.db")],
        input='{"jsonrpc":"2.0","id":1,"method":"daemon/ping"}\n',
        capture_output=True, text=True, timeout=30, check=True,
        env=environment(OTEL_TRACES_EXPORTER=exporter),
    )  # fmt: skip
    return ended.stdout.splitlines(), ended.stderr.splitlines()


def test_the_usual_names_choose_the_exporter_and_the_protocol_stays_clean(folder: Path) -> None:
    out, err = serve(folder, "console")
    assert [json.loads(line)["id"] for line in out] == [1]
    told = "".join(line for line in err if not line.startswith('{"'))
    span = json.loads(told)
    assert (
        span["name"] == "daemon/ping"
        and span["resource"]["attributes"]["service.name"] == "sidecar"
    )


def test_an_exporter_that_is_not_installed_is_told(folder: Path) -> None:
    out, err = serve(folder, "nowhere")
    assert len(out) == 1
    told = [json.loads(line) for line in err]
    assert ("an exporter of traces is not installed", "nowhere") in [
        (line["event"], line.get("exporter")) for line in told
    ]
