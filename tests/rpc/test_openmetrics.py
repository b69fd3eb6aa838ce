"""What Prometheus reads, its own parsers read: with its types, its units, and its sums."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open
from prometheus_client.parser import text_string_to_metric_families as read_older

from sidecar.rpc.metrics import Metrics
from sidecar.rpc.openmetrics import Dialect, render
from tests.support import DaemonThread

READ: dict[Dialect, Callable[[str], Iterable[Metric]]] = {
    "openmetrics": read_open,
    "prometheus": read_older,
}


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    folder: Path = tmp_path_factory.mktemp("m")
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        peer.call("thread/create", threadId="t")
        for name in ("t", "none"):
            peer.exchange(peer.request("thread/get", {"threadId": name}))
        peer.call("event/subscribe")
        peer.call("daemon/ping")
        return daemon.daemon.measure()


@pytest.fixture(params=["openmetrics", "prometheus"])
def families(request: pytest.FixtureRequest, metrics: Metrics) -> dict[str, Metric]:
    text = render(metrics, request.param)
    return {family.name: family for family in READ[request.param](text)}


def value(families: dict[str, Metric], family: str, name: str, **labels: str) -> float:
    (found,) = (
        sample.value
        for sample in families[family].samples
        if sample.name == name and sample.labels == labels
    )
    return float(found)


def test_every_family_has_a_type_a_meaning_and_its_own_samples(families: dict[str, Metric]) -> None:
    for name, family in families.items():
        assert name.startswith("sidecar_")
        assert family.type in ("counter", "gauge", "histogram"), name
        assert family.documentation.endswith("."), name
        assert family.samples, name


def test_requests_are_counted_by_method_and_outcome(families: dict[str, Metric]) -> None:
    name = "sidecar_requests_total"
    assert families["sidecar_requests"].type == "counter"
    assert value(families, "sidecar_requests", name, method="thread/get", outcome="ok") == 1
    assert (
        value(families, "sidecar_requests", name, method="thread/get", outcome="thread_not_found")
        == 1
    )


def test_a_histogram_grows_to_its_count(families: dict[str, Metric], metrics: Metrics) -> None:
    name = "sidecar_request_duration_seconds"
    buckets = [
        sample.value
        for sample in families[name].samples
        if sample.name == f"{name}_bucket" and sample.labels["method"] == "thread/get"
    ]
    assert buckets == sorted(buckets) and buckets[-1] == 2
    assert value(families, name, f"{name}_count", method="thread/get") == 2
    told = next(each for each in metrics.methods if each.method == "thread/get")
    found = value(families, name, f"{name}_sum", method="thread/get")
    assert found == pytest.approx(told.durations.sum_ms / 1000)
    assert families[name].type == "histogram"


def test_sizes_are_bytes_and_times_are_seconds(
    families: dict[str, Metric], metrics: Metrics
) -> None:
    started = value(families, "sidecar_start_time_seconds", "sidecar_start_time_seconds")
    assert started * 1000 == metrics.started_at_ms
    name = "sidecar_database_bytes"
    assert value(families, name, name) == metrics.database_bytes
    assert value(families, "sidecar_open_turns", "sidecar_open_turns", status="queued") == 0


def test_units_are_said_where_they_can_be(metrics: Metrics) -> None:
    families = {each.name: each for each in READ["openmetrics"](render(metrics, "openmetrics"))}
    for name, family in families.items():
        unit = name.rsplit("_", 1)[1]
        assert family.unit == (unit if unit in ("seconds", "bytes", "events") else "")


def test_all_is_said_in_both(metrics: Metrics) -> None:
    older, newer = (
        {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in read(render(metrics, dialect))
            for sample in family.samples
        }
        for dialect, read in READ.items()
    )
    assert older == newer
