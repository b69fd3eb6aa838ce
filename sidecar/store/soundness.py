"""Tell damage before it is served or written over, and name what is damaged.

SQLite looks at what it reads and never at what ought to be there: a lost page of an index answers
"not found", a broken log is taken for a shorter one. So a file is looked through before it is used.
"""

import re
import struct
from itertools import pairwise, takewhile
from pathlib import Path

import apsw

from sidecar.store import checksums
from sidecar.store.checksums import sum_of
from sidecar.store.migrate import is_empty

# Looked through before every start, in 20 ms at the most; a larger one beside its service.
CHECKED_PAGES = 4_000
# Sentences of one check: one is told, the others may be of single records.
STRUCTURE_CHECK = "PRAGMA integrity_check(20)"
# Of one record, which says so when it is read, and keeps nobody from the others.
OF_ONE_RECORD = re.compile(r"(\S+ value in|CHECK constraint failed in) ")
HEADING = "*** in database main ***"
TREE = re.compile(r"Tree (\d+) ")
ROOT = "SELECT type || ' ' || name FROM sqlite_schema WHERE rootpage = :root"

# https://sqlite.org/fileformat.html, 4.1 and 4.2
WAL_HEADER = struct.Struct(">8I")
FRAME_HEADER = struct.Struct(">6I")
NUMBER = struct.Struct(">I")
# Where the header of the file has the first page of the list of free ones (1.3, 1.5).
FREELIST_AT = 32
WAL_MAGIC = (0x377F0682, 0x377F0683)


def damage_of(db: apsw.Connection) -> str | None:
    """Look through a database and name the first thing that is damaged.

    The connection must be one that cannot write: to it a broken CHECK is none, since that is a
    broken record and no damage.
    """
    try:
        pages = db.pragma("page_count")
        # A crash may leave one page before the schema is there, never more.
        if isinstance(pages, int) and pages > 1 and is_empty(db):
            return f"no schema in {pages} pages"
        for (sentence,) in db.execute(STRUCTURE_CHECK):
            if sentence != "ok" and not OF_ONE_RECORD.match(str(sentence)):
                return _named(db, str(sentence))
    except (apsw.CorruptError, apsw.NotADBError, apsw.SQLError, UnicodeDecodeError) as error:
        return str(error)
    except apsw.IOError as error:
        if not checksums.is_fault(error):
            raise
        return "the checksum of a page is wrong"
    return None


def is_small(db: apsw.Connection) -> bool:
    """Tell whether a database can be looked through while somebody waits for it."""
    try:
        pages = db.pragma("page_count")
    except (apsw.CorruptError, apsw.NotADBError):
        return True
    return isinstance(pages, int) and pages <= CHECKED_PAGES


def _named(db: apsw.Connection, sentence: str) -> str:
    """Say whose tree it is: a number of a page tells nobody anything."""
    sentence = " ".join(sentence.removeprefix(HEADING).split())
    tree = TREE.search(sentence)
    owner = db.execute(ROOT, {"root": int(tree[1])}).get if tree else None
    return f"{owner}: {sentence}" if owner else sentence


class Files:
    """Be a database file and its log as they lie on the disk, for what SQLite does not look at."""

    def __init__(self, path: Path, db: apsw.Connection) -> None:
        """Look at a file through what has read it and may write it; nobody does meanwhile."""
        page = db.pragma("page_size")
        assert isinstance(page, int)
        self._path = path
        self._page = page
        self._head = b""
        self._readable: list[_Frame] = []
        self._unreadable: list[_Frame] = []
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size > WAL_HEADER.size:
            # How far SQLite itself reads.
            end = max(0, db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_NOOP)[0])
            text = log.read_bytes()
            self._head = text[: WAL_HEADER.size]
            frames = _frames(text[WAL_HEADER.size :], page)
            self._readable, self._unreadable = frames[:end], frames[end:]

    def log_damage(self) -> str | None:
        """Tell whether commits stand in the log behind a place that SQLite cannot read on from.

        It takes that place for the end, as it is after a power cut. But where each commit waits for
        the disk, nothing is written behind one that is not there whole: a frame that goes on from
        the end of a commit says that it was. What does not go on from it may be of earlier
        writes that failed.
        """
        if not self._unreadable:
            return None
        if not self._readable and not _is_header(self._head):
            return self._headless()
        salts, order = self._head[16:24], _order(self._head)
        for commit, following in pairwise(self._unreadable):
            if (
                commit.is_commit
                and commit.salts == following.salts == salts
                and following.goes_on_from(commit, order)
            ):
                place = len(self._readable) + 1
                return f"the log: it is broken at frame {place} or soon after, before commits"
        return None

    def _headless(self) -> str | None:
        """Tell whether a log without a header has what the database lacks.

        A power cut can take the header only while it is written anew, when all is copied already.
        """
        newest: dict[int, bytes] = {}
        pending: dict[int, bytes] = {}
        pages = 0
        first = self._unreadable[0].salts
        for frame in takewhile(lambda frame: frame.salts == first, self._unreadable):
            pending[frame.page] = frame.content
            if frame.is_commit:
                newest.update(pending)
                pending.clear()
                pages = frame.pages_after
        with self._path.open("rb") as file:
            for number, content in newest.items():
                file.seek((number - 1) * self._page)
                if number <= pages and file.read(self._page) != content:
                    return "the log: its header is broken, and it has what the database lacks"
        return None

    def lost_page(self) -> str | None:
        """Name a page that is used and has nothing in it, as where a disk has lost what it had.

        A text goes over pages that are no trees: SQLite reads zeroes there as it reads letters.
        """
        text = self._path.read_bytes()
        page = self._page
        newest = {frame.page: frame.content for frame in self._readable}

        def get(number: int) -> bytes:
            return newest.get(number) or text[(number - 1) * page : number * page]

        unused: set[int] = set()
        trunk = int.from_bytes(get(1)[FREELIST_AT : FREELIST_AT + 4], "big")
        while trunk and trunk not in unused:
            unused.add(trunk)
            following, count, *leaves = (number for (number,) in NUMBER.iter_unpack(get(trunk)))
            unused.update(leaves[:count])
            trunk = following
        nothing = bytes(page)
        for number in range(1, len(text) // page + 1):
            if number not in unused and get(number) == nothing:
                return f"page {number}: it is used, and nothing is in it"
        return None


class _Frame:
    """Be one page in the log, as it was written by some commit."""

    __slots__ = ("_summed", "content", "is_commit", "page", "pages_after", "salts", "sum")

    def __init__(self, text: bytes) -> None:
        self.page, self.pages_after = struct.unpack(">2I", text[:8])
        self.is_commit = self.pages_after > 0
        self.salts = text[8:16]
        self.content = text[FRAME_HEADER.size :]
        self._summed = text[:8] + self.content
        self.sum = text[16:24]

    def goes_on_from(self, before: "_Frame", order: str) -> bool:
        """Tell whether it was written behind that one, by their checksums."""
        return sum_of(self._summed, before.sum, order) == self.sum


def _frames(text: bytes, page: int) -> list[_Frame]:
    step = FRAME_HEADER.size + page
    return [_Frame(text[at : at + step]) for at in range(0, len(text) - step + 1, step)]


def _order(head: bytes) -> str:
    """Tell in which order of bytes the log is summed up."""
    return ">" if head[3] & 1 else "<"


def _is_header(head: bytes) -> bool:
    """Tell whether the log's header is one: its last two numbers are a checksum of the others."""
    if WAL_HEADER.unpack(head)[0] not in WAL_MAGIC:
        return False
    return sum_of(head[:24], bytes(8), _order(head)) == head[24:]
