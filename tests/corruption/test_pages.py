"""Page by page in turn: a damaged database is served right, or refused by name; never by halves.

What this cannot hold without checksums is counted in tests/RELIABILITY.md.
"""

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from sidecar.store import soundness
from tests.cli.program import sidecar
from tests.corruption.damages import CELLS, WAYS, Damage, cut_off, each_page, stride
from tests.corruption.trial import Specimen, place, run
from tests.support import DaemonThread, Refused

# Another seed, another noise and other bits.
SEED = int(os.environ.get("SIDECAR_TEST_SEED", "1"))
# What is damaged is no tree but a text, or other text is in its place: without a checksum nobody
# can tell, and with one not when a whole page, with its checksum, stands at another place.
OF_TEXT = {CELLS, "a bit of a header", "half of another page", "swapped with another"}
MISPLACED = {"half of another page", "swapped with another"}
# Of the ways that take time, since the daemon serves what is left, so many pages are skipped.
STRIDE = stride(2)


def try_all(folder: Path, specimen: Specimen, damages: Iterable[Damage]) -> Counter[str]:
    """Try each; tell in how many cases of a kind a text was other than it had been."""
    other: Counter[str] = Counter()
    for damage in damages:
        if damage.content == specimen.content:
            continue
        path = place(folder, damage.content)
        trial = run(folder)
        if trial.refused is not None:
            assert (trial.code, trial.refused) != (0, ""), damage[:2]
            assert path.read_bytes() == damage.content, f"changed: {damage[:2]}"
            assert not path.with_name("sidecar.db-wal").exists()
            continue
        assert trial.dropped(specimen.right) == [], damage[:2]
        other[damage.kind] += bool(trial.wrong(specimen.right))
    return +other


def test_every_damage_is_refused_or_harmless_with_checksums(folder: Path, summed: Specimen) -> None:
    random = Random(SEED)
    damages = [*each_page(summed.content, random), *cut_off(summed.content)]
    assert set(try_all(folder, summed, damages)) <= MISPLACED


def test_every_damage_of_structure_is_refused_without_them_too(
    folder: Path, specimen: Specimen
) -> None:
    damages = [
        damage
        for damage in [*each_page(specimen.content, Random(SEED)), *cut_off(specimen.content)]
        if damage.kind not in OF_TEXT or damage.page % STRIDE == SEED % STRIDE
    ]
    assert {*WAYS, "cut off"} == {damage.kind for damage in damages}
    assert set(try_all(folder, specimen, damages)) <= OF_TEXT


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the database were too large to be looked through before the start."""
    monkeypatch.setattr(soundness, "CHECKED_PAGES", 0)


@pytest.mark.usefixtures("large")
def test_what_is_met_while_serving_is_named_and_ends_the_service(
    folder: Path, specimen: Specimen
) -> None:
    noisy = [each for each in each_page(specimen.content, Random(SEED)) if each.kind == "noise"]
    kinds: Counter[str | None] = Counter()
    for damage in noisy[SEED % 8 :: 8]:
        place(folder, damage.content)
        trial = run(folder)
        met = [answer["error"]["data"]["kind"] for answer in trial.answers if "error" in answer]
        assert set(met) <= {"corrupt_record", "storage_unavailable"}, damage[:2]
        if "storage_unavailable" in met:
            behind = met[met.index("storage_unavailable") :]
            assert len(behind) == len(trial.answers) - trial.first("storage_unavailable")
        kinds.update(met)
    assert kinds["storage_unavailable"]


@pytest.mark.usefixtures("large")
def test_a_large_one_is_looked_through_beside_its_service(
    folder: Path, specimen: Specimen, capsys: pytest.CaptureFixture[str]
) -> None:
    noisy = (each for each in each_page(specimen.content, Random(SEED)) if each.kind == "noise")
    # Far behind what a start reads.
    damage = next(each for each in noisy if each.page == len(specimen.content) // 4096 - 10)
    place(folder, damage.content)
    daemon = DaemonThread(folder)
    daemon.is_broken = True
    with daemon, daemon.peer() as peer:
        daemon.wait_for(daemon.daemon.keeper.look_through)
        with pytest.raises(Refused) as refused:
            peer.call("thread/list")
        assert refused.value.data["reason"] == "corrupt"
        with pytest.raises(Refused):
            peer.call("thread/create")
        assert peer.call("daemon/ping")
        assert peer.call("daemon/check")["ok"] is False
    assert "the database is damaged" in capsys.readouterr().out


@pytest.mark.usefixtures("large")
def test_an_end_waits_for_who_looks_through_it_and_leaves_no_log(folder: Path) -> None:
    with DaemonThread(folder) as daemon, daemon.peer() as peer:
        peer.call("thread/create")
    assert not (folder / "sidecar.db-wal").exists()


def test_the_program_ends_with_74_and_the_file_stays_however_often(
    folder: Path, specimen: Specimen
) -> None:
    damage = next(each_page(specimen.content[4096 * 8 :], Random(SEED))).content
    content = specimen.content[: 4096 * 8] + damage
    path = place(folder, content)
    socket = folder / "rpc.sock"
    for _ in range(3):
        ended = sidecar("serve", "--database", str(path), "--socket", str(socket))
        assert ended.returncode == 74
        assert "damaged: index threads_updated: Tree 9 page 9" in ended.stderr
        assert path.read_bytes() == content
        names = {each.name for each in folder.iterdir()}
        assert names == {"sidecar.db", "sidecar.db.lock", "rpc.sock.lock"}
