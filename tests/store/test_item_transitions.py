"""Every status of an item under every update, through the real database."""

import pytest

from sidecar.model.item import ITEM
from tests.store.steps import ENDS, ITEM_ID, TURN_ID, item_of, make_item, trigger
from tests.support import Peer

each_status = pytest.mark.parametrize("status", ITEM.statuses)


@each_status
@pytest.mark.parametrize("wanted", ITEM.statuses)
def test_an_item_changes_its_status(peer: Peer, status: str, wanted: str) -> None:
    make_item(peer, status)
    before = item_of(peer)
    outcome = trigger(peer, "item/update", itemId=ITEM_ID, status=wanted)
    after = item_of(peer)
    if wanted == status:
        outcome.assert_no_effect()
        assert after == before
    elif wanted in ITEM.transitions[status]:
        event = "item.started" if wanted == "in_progress" else "item.completed"
        assert outcome.event_names == [event]
        assert outcome.events[0]["payload"] == {"item": after}
        assert after["status"] == wanted
        assert (after["endedAtMs"] is not None) == (wanted in ITEM.terminal)
        assert (after["startedAtMs"] is not None) == (
            status == "in_progress" or wanted == "in_progress"
        )
    else:
        outcome.assert_refused(
            "illegal_transition",
            machine="item",
            from_=status,
            to=wanted,
            legal=list(ITEM.transitions[status]),
        )
        assert after == before


@each_status
@pytest.mark.parametrize(
    "change",
    [
        {"summary": "s"},
        {"detail": "d"},
        {"appendDetail": "d"},
        {"metadata": {"a": 1}},
        {"artifactRefs": ["a"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_item_changes_its_content_while_it_is_open(
    peer: Peer, status: str, change: dict[str, object]
) -> None:
    make_item(peer, status)
    before = item_of(peer)
    outcome = trigger(peer, "item/update", itemId=ITEM_ID, **change)
    if status in ITEM.open:
        assert outcome.event_names == ["item.updated"]
        assert item_of(peer) != before
    else:
        outcome.assert_refused(
            "illegal_transition", machine="item", from_=status, to=status, legal=[]
        )
        assert item_of(peer) == before


@each_status
def test_an_item_takes_the_same_again(peer: Peer, status: str) -> None:
    make_item(peer, "in_progress")
    whole = {"status": status, "summary": "s", "detail": "d", "metadata": {"b": 1, "a": 2}}
    if status == "queued":
        outcome = trigger(peer, "item/update", itemId=ITEM_ID, **whole)
        outcome.assert_refused(
            "illegal_transition",
            machine="item",
            from_="in_progress",
            to="queued",
            legal=list(ITEM.transitions["in_progress"]),
        )
        return
    peer.call("item/update", itemId=ITEM_ID, **whole)
    before = item_of(peer)
    trigger(peer, "item/update", itemId=ITEM_ID, **whole).assert_no_effect()
    assert item_of(peer) == before


@each_status
@pytest.mark.parametrize("end", ENDS)
def test_an_open_item_ends_with_its_turn_and_an_ended_one_stays(
    peer: Peer, status: str, end: str
) -> None:
    make_item(peer, status)
    before = item_of(peer)
    outcome = trigger(peer, "turn/complete", turnId=TURN_ID, status=end)
    after = item_of(peer)
    if status in ITEM.terminal:
        assert outcome.event_names == ["turn.completed"]
        assert after == before
    else:
        assert outcome.event_names == ["item.completed", "turn.completed"]
        follows = end if end in ("failed", "cancelled") else "interrupted"
        assert after == {
            **before,
            "status": follows,
            "endedAtMs": outcome.result["turn"]["endedAtMs"],
        }
