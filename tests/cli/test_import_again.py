"""Imports that stop anywhere, and answers that are lost: run again, nothing is twice or missing."""

import json
from pathlib import Path

import msgspec
import pytest

from sidecar.cli.importing import exported
from sidecar.cli.importing import zagens as reader
from sidecar.cli.importing.player import Outcome, Player
from sidecar.cli.importing.story import Found, Story
from sidecar.client import Client, Options
from tests.cli.test_export import Life, export
from tests.client.middle import Forward, HangUp, Message, Middle
from tests.support import DaemonThread, zagens
from tests.support.exports import comparable

SEEDS = range(4)
WRONG = "invalid_params: path "


def lived(folder: Path, seed: int) -> tuple[list[str], Found]:
    with DaemonThread(folder) as first, first.peer() as peer:
        Life(peer, seed).live()
        lines = export(first, "t")
    path = folder / "thread.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    return lines, exported.read(path)


def play(path: Path, stories: list[Story]) -> Outcome:
    quiet = Options(on_trouble=lambda _: None)
    with Client(path, quiet) as client:
        return Player(client, int).play(stories)


def upto(story: Story, units: int) -> Story:
    """Be what an importer has made that was killed after so many units: it left no mark."""
    return msgspec.structs.replace(story, thread_id=None, units=story.units[:units])


@pytest.mark.parametrize("seed", SEEDS)
def test_an_import_goes_on_wherever_it_has_stopped(folder: Path, seed: int) -> None:
    lines, found = lived(folder, seed)
    (story,) = found.stories
    for units in range(1 + seed, len(story.units), len(SEEDS) * 4):
        other = folder / str(units)
        other.mkdir()
        with DaemonThread(other) as second:
            begun = play(second.socket_path, [upto(story, units)])
            done = play(second.socket_path, [story])
            assert (units, begun.skipped, done.skipped) == (units, [], [])
            assert comparable(export(second, "t")) == comparable(lines)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_made_before_its_answer_was_lost_is_not_made_twice(
    folder: Path, seed: int
) -> None:
    lines, found = lived(folder, seed)
    seen = set()

    def lose_first(message: Message, forward: Forward) -> Message:
        answer = forward()
        text = str(message["params"])
        if message["method"] == "atomic" and text not in seen:
            seen.add(text)
            raise HangUp
        return answer

    other = folder / "other"
    other.mkdir()
    with DaemonThread(other) as second:
        with Middle(other, second.socket_path, lose_first) as middle:
            assert play(middle.path, found.stories).skipped == []
        assert comparable(export(second, "t")) == comparable(lines)
    assert seen


def test_what_is_wrong_with_the_end_of_a_turn_does_not_keep_it_open(folder: Path) -> None:
    root = folder / "z"
    zagens.make(root, 6)

    def edit(name: str, **changes: object) -> None:
        path = root / f"{name}.json"
        zagens.write(path, {**json.loads(path.read_text()), **changes})

    deep: object = None
    for _ in range(507):
        deep = [deep]
    edit("turns/turn_000001", usage={"input_tokens": -1, "output_tokens": 3})
    edit("turns/turn_000002", usage={"input_tokens": 2**60, "output_tokens": 3})
    edit("items/turn_000003_1", metadata={"deep": deep})
    edit("items/turn_000004_1", detail="x" * (17 * 1024 * 1024))
    edit("items/turn_000004_2", kind="dance")
    found = reader.read(root)
    with DaemonThread(folder) as daemon:
        for _ in range(2):
            skipped = play(daemon.socket_path, found.stories).skipped
            told = [(Path(e.where).name, e.reason.split(", reason")[0]) for e in skipped]
            too_much = "item/create: larger or deeper than a message may be"
            assert told == [
                ("turn_000001.json:1", f"turn/complete: {WRONG}calls[4].params.usage.inputTokens"),
                ("turn_000002.json:1", f"turn/complete: {WRONG}calls[4].params.usage.inputTokens"),
                ("turn_000003_1.json:1", too_much),
                ("turn_000004_1.json:1", too_much),
                ("turn_000004_2.json:1", f"item/create: {WRONG}calls[0].params.kind"),
            ]
        with daemon.peer() as peer:
            turns = peer.call("turn/list", threadId="thr_0000")["data"]
    assert [turn["status"] for turn in turns] == ["completed"] * 6
    assert [turn["itemCount"] for turn in turns] == [3, 3, 3, 2, 1, 3]
