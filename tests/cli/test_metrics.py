"""`sidecar metrics`: for people, for programs, for Prometheus."""

import json

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.cli.program import Ended, sidecar
from tests.support import DaemonThread, Peer


def metrics(daemon: DaemonThread, *flags: str) -> Ended:
    ended = sidecar("metrics", *flags, SIDECAR_SOCKET=str(daemon.socket_path))
    assert ended.returncode == 0 and ended.stderr == ""
    return ended


def test_people_get_a_table(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("thread/create", threadId="t")
    peer.exchange(peer.request("thread/get", {"threadId": "none"}))
    lines = metrics(daemon).stdout.splitlines()
    assert lines[0].split() == [
        "method",
        "requests",
        "refused",
        "mean",
        "ms",
        "p50",
        "ms",
        "p99",
        "ms",
    ]
    rows = {line.split()[0]: line.split() for line in lines[1:] if line}
    assert rows["thread/create"][1:3] == ["1", "0"]
    assert rows["thread/get"][1:3] == ["1", "1"]
    assert rows["commits"][1:5] == ["1,", "of", "1.00", "requests,"]
    assert len({len(line) for line in lines[: lines.index("")]}) == 1


def test_a_daemon_that_was_asked_nothing_has_a_table_too(daemon: DaemonThread) -> None:
    assert "connections" in metrics(daemon).stdout


def test_programs_get_the_record(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("daemon/ping")
    told = json.loads(metrics(daemon, "--json").stdout)
    assert "daemon/ping" in {each["method"] for each in told["methods"]}


def test_prometheus_gets_openmetrics(daemon: DaemonThread, peer: Peer) -> None:
    peer.call("daemon/ping")
    text = metrics(daemon, "--openmetrics").stdout
    assert text.endswith("# EOF\n")
    samples = [
        (sample.labels["method"], sample.value)
        for family in text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.name == "sidecar_requests_total"
    ]
    assert ("daemon/ping", 1) in samples


def test_without_a_daemon_it_ends_with_69(folder: object) -> None:
    assert sidecar("metrics", SIDECAR_SOCKET=f"{folder}/none").returncode == 69
