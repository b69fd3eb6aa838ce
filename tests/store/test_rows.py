"""Rows become records exactly, or are corrupt and say which they are."""

import errno
from typing import ClassVar

import apsw
import msgspec
import pytest

from sidecar.model.errors import CorruptRecord
from sidecar.model.json_value import NULL, Json
from sidecar.store.outages import FULL, outage_of, outages, reason_of
from sidecar.store.rows import Value, named, reader


class Part(msgspec.Struct, frozen=True, rename="camel"):
    """Be what a store file makes of several columns."""

    first_name: str


class Shown(msgspec.Struct, frozen=True, rename="camel"):
    """Be a record with all that a record may have."""

    kind: ClassVar[str] = "shown"
    id: str
    is_held: bool
    count: int | None
    metadata: Json
    part: Part | None


read = reader(Shown, "shown")
PLAIN: tuple[Value, ...] = ("a", 1, 5, '{"x":1}', {"firstName": "f"})


def test_a_row_is_read_in_the_order_of_the_fields() -> None:
    assert read(PLAIN) == Shown("a", True, 5, msgspec.Raw(b'{"x":1}'), Part("f"))


def test_what_is_null_is_absent() -> None:
    assert read(("a", 0, None, None, None)) == Shown("a", False, None, NULL, None)


@pytest.mark.parametrize(
    ("index", "value"),
    [
        (1, 2),
        (1, None),
        (1, "1"),
        (2, "5"),
        (2, 5.5),
        (3, "{"),
        (3, 7),
        (3, b"{}"),
        (4, {"firstName": 1}),
        (4, {}),
    ],
)
def test_what_is_not_what_its_type_says_is_corrupt(index: int, value: Value) -> None:
    row = [*PLAIN[:index], value, *PLAIN[index + 1 :]]
    with pytest.raises(CorruptRecord) as caught:
        read(row)
    assert caught.value.details == {"table": "shown", "key": "a"}


@pytest.mark.parametrize("row", [PLAIN[:-1], (*PLAIN, 1)])
def test_a_row_of_another_length_is_corrupt(row: tuple[Value, ...]) -> None:
    with pytest.raises(CorruptRecord):
        read(row)


def test_an_id_that_is_no_text_can_be_named() -> None:
    assert (named(b"a"), named(b"r\xff")) == ("a", "r\\xff")


# -- what the disk cannot do now -------------------------------------------------------------------

WORDS = [
    (apsw.FullError(), "disk_full"),
    (apsw.BusyError(), "busy"),
    (apsw.LockedError(), "busy"),
    (apsw.ReadOnlyError(), "read_only"),
    (apsw.IOError(), "io_error"),
    (apsw.CantOpenError(), "io_error"),
    (apsw.CorruptError(), "corrupt"),
    (apsw.NotADBError(), "corrupt"),
]


@pytest.mark.parametrize(("error", "reason"), WORDS, ids=lambda each: type(each).__name__)
def test_an_error_of_sqlite_is_an_outage_in_the_words_of_the_contract(
    error: apsw.Error, reason: str
) -> None:
    with pytest.raises(Exception) as caught, outages():  # noqa: PT011  # which, is asked next
        raise error
    told = outage_of(error)
    assert told is not None and told.details == {"reason": reason}
    assert type(caught.value) is type(told) and caught.value.__cause__ is error


def test_an_error_that_is_a_bug_of_ours_stays_itself() -> None:
    with pytest.raises(apsw.SQLError), outages():
        raise apsw.SQLError
    assert outage_of(apsw.ConstraintError()) is None


class OfSystem:
    """Be a connection, as far as it tells the last error of the system."""

    def __init__(self, system_errno: int) -> None:
        self.system_errno = system_errno


@pytest.mark.parametrize("number", [*FULL, errno.EIO, 0])
def test_whether_the_disk_is_full_is_what_the_system_said(number: int) -> None:
    for error, reason in WORDS:
        told = outage_of(error, OfSystem(number))  # type: ignore[arg-type]
        is_full = reason == "io_error" and number in FULL
        assert told is not None
        assert told.details["reason"] == ("disk_full" if is_full else reason)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EFBIG, "disk_full"),
        (errno.EROFS, "read_only"),
        (errno.EACCES, "read_only"),
        (errno.EPERM, "read_only"),
        (errno.EIO, "io_error"),
    ],
)
def test_an_error_of_the_system_has_the_same_words(number: int, reason: str) -> None:
    assert reason_of(OSError(number, "")) == reason
