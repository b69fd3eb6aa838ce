"""A span for each request by OpenTelemetry, where it is installed and its environment asks.

All is set by the usual names: OTEL_TRACES_EXPORTER says whether and how, and without it nothing
of it is imported; endpoint, headers, sampling, resource are read by OpenTelemetry itself.
"""

import os
import threading
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import structlog

from sidecar import __version__

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

log = structlog.get_logger()
NANOSECONDS = 1_000_000_000
# The usual name means the usual protocol, over HTTP.
EXPORTERS = {"otlp": "otlp_proto_http"}
# A collector at hand takes what is left in milliseconds; of one that is dead or far, a drain has no
# more than this to lose.
FLUSH_S = 1.0


class Spans:
    """Make a span of each request when it has ended, with the time that it took."""

    def __init__(
        self, tracer: "Tracer", own: "TracerProvider | None", now_ms: Callable[[], int]
    ) -> None:
        """Give them to a tracer; `own` is what has to be ended with us."""
        from opentelemetry.trace import SpanKind, StatusCode

        self._tracer = tracer
        self._own = own
        self._now_ms = now_ms
        self._kind = SpanKind.SERVER
        self._error = StatusCode.ERROR

    def trace(self, method: str, outcome: str, took_s: float, group_size: int) -> None:
        """Be told of a request that has just ended."""
        end_ns = self._now_ms() * 1_000_000
        span = self._tracer.start_span(
            method,
            kind=self._kind,
            start_time=end_ns - round(took_s * NANOSECONDS),
            attributes={
                "rpc.system": "jsonrpc",
                "rpc.method": method,
                "sidecar.outcome": outcome,
                "sidecar.group_size": group_size,
            },
        )
        if outcome != "ok":
            span.set_status(self._error, outcome)
        span.end(end_ns)

    def close(self) -> None:
        """Send what is left, if it is taken soon: who serves no more must not be there for long."""
        if self._own is None:
            return
        # The exporter goes on trying for as long as it is let, and nothing takes that back.
        ending = threading.Thread(target=self._own.shutdown, daemon=True)
        ending.start()
        ending.join(FLUSH_S)
        if ending.is_alive():
            log.warning("the last spans are lost", reason=f"not taken within {FLUSH_S:g} s")


def spans(now_ms: Callable[[], int]) -> Spans | None:
    """Begin to trace if that is asked for; None if not, or if it cannot be."""
    wanted = os.environ.get("OTEL_TRACES_EXPORTER", "none") or "none"
    if wanted == "none" or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    try:
        from opentelemetry import trace
        from opentelemetry.sdk.trace import TracerProvider
    except ImportError:
        log.warning("tracing is asked for and not installed", extra="sidecar[otel]")
        return None
    own = None
    # Perhaps somebody has set it up already, as `opentelemetry-instrument` does.
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        try:
            own = _provider(wanted.split(","))
        except ValueError as error:
            log.warning("tracing is asked for and cannot be set up", reason=str(error))
            return None
        trace.set_tracer_provider(own)
    return Spans(trace.get_tracer("sidecar", __version__), own, now_ms)


def _provider(names: list[str]) -> "TracerProvider":
    """Send to the exporters of these names; whatever else there is to set, they read themselves."""
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create()
    if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):
        resource = resource.merge(Resource({SERVICE_NAME: "sidecar"}))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    for name in map(str.strip, names):
        found = entry_points(group="opentelemetry_traces_exporter", name=EXPORTERS.get(name, name))
        if not found:
            log.warning("an exporter of traces is not installed", exporter=name)
        for exporter in found:
            provider.add_span_processor(BatchSpanProcessor(exporter.load()()))
    return provider
