"""What a line looks like, whatever is in it."""

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from sidecar import logs


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Log elsewhere for once, and then as before."""
    before = structlog.get_config()
    monkeypatch.setattr(logs, "OUTPUT", logs.Output())
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    yield
    structlog.configure(**before)


def fail() -> None:
    secret = "a token"  # noqa: F841  # what a traceback must not show
    raise ValueError("first\nsecond")


@pytest.mark.usefixtures("output")
@pytest.mark.parametrize("level", ["info", "warning", "error", "critical"])
def test_a_traceback_is_one_line_of_json_without_the_locals(folder: Path, level: str) -> None:
    path = folder / "a.log"
    logs.configure("info", None, path)
    log = structlog.get_logger()
    try:
        fail()
    except ValueError as error:
        getattr(log, level)("it failed", exc_info=error)
    (line,) = path.read_text().splitlines()
    told: dict[str, Any] = json.loads(line)
    assert told["level"] == level and told["exception"][0]["exc_value"] == "first\nsecond"
    assert "a token" not in line


@pytest.mark.usefixtures("output")
def test_every_line_of_a_traceback_for_people_has_its_priority(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "stderr").open("wb") as file:
        monkeypatch.setattr(logs, "STDERR", file.fileno())
        monkeypatch.setattr(logs, "OUTPUT", logs.Output())
        monkeypatch.setattr(logging.getLogger(), "handlers", [])
        found = os.fstat(file.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino}")
        logs.configure("debug", "console")
        try:
            fail()
        except ValueError as error:
            structlog.get_logger().error("it failed", exc_info=error)
        structlog.get_logger().critical("over")
        structlog.get_logger().debug("it")
        structlog.get_logger().warning("goes on")
    lines = (folder / "stderr").read_text().splitlines()
    assert len(lines) > 5 and {line[:3] for line in lines[:-3]} == {"<3>"}
    assert [line[:3] for line in lines[-3:]] == ["<2>", "<7>", "<4>"]


@pytest.mark.usefixtures("output")
def test_what_is_below_the_level_is_not_written(folder: Path) -> None:
    path = folder / "a.log"
    log = structlog.get_logger()
    logs.configure("warning", "json", path)
    log.info("no")
    assert logs.set_level("debug") == "warning"
    log.debug("yes")
    assert logs.set_level("error") == "debug"
    log.warning("no more")
    assert [json.loads(line)["event"] for line in path.read_text().splitlines()] == ["yes"]


def test_nobody_is_on_a_journal_by_a_variable_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in ("", "1:2", "nonsense", ":"):
        monkeypatch.setenv("JOURNAL_STREAM", stream)
        assert not logs.is_on_journal()
