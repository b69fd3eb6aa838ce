"""What no method can bring about: entries left behind by a generation, heads that are wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sidecar.model.mailbox import MailboxEntry
from sidecar.store import mailbox_claims, mailbox_list, mailboxes, upkeep
from sidecar.store.database import Database
from sidecar.store.transaction import Tx
from tests.store.support import make_entry, opened, spoil, write


def left_behind(database: Database) -> None:
    """Raise the generation of a mailbox as no method would: its entries stay what they are."""
    for name in ("one", "two"):
        write(database, make_entry(name))
    key = mailboxes.find_mailbox(database.snapshot(), "m")
    assert key is not None
    write(database, lambda tx: mailboxes.raise_generation(tx, key))


def claim(tx: Tx) -> list[MailboxEntry]:
    return mailbox_claims.claim(tx, None, "w", 1000, 9)


def claim_by_name(tx: Tx) -> list[MailboxEntry]:
    for name in ("one", "two"):
        assert mailbox_claims.claim_entry(tx, name, "w", 1000) is None
    return []


@pytest.mark.parametrize("take", [claim, claim_by_name])
def test_an_entry_of_an_old_generation_is_superseded_on_the_way(
    folder: Path, take: Callable[[Tx], list[MailboxEntry]]
) -> None:
    path = folder / "sidecar.db"
    with opened(path) as database:
        left_behind(database)
        assert len(upkeep.check(path, full=False)) == 2
        assert write(database, take) == []
        page, _ = mailbox_list.list_page(database.snapshot(), "m", None, None, None, 9)
        assert [(e.status, e.last_error) for e in page] == [
            ("superseded", "superseded by interrupt")
        ] * 2
        assert upkeep.check(path, full=False) == []


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("DELETE FROM mailbox_heads", "a mailbox entry has no head before it: one"),
        (
            "UPDATE mailbox_heads SET rank = 7",
            "a head of a mailbox is not what can be claimed next: one",
        ),
        ("UPDATE mailboxes SET queued_count = 5", "a mailbox's queued entries are not counted: m"),
    ],
)
def test_the_check_finds_what_cannot_be(folder: Path, statement: str, finding: str) -> None:
    path = folder / "sidecar.db"
    with opened(path) as database:
        write(database, make_entry("one"))
    spoil(path, statement)
    assert finding in upkeep.check(path, full=False)
