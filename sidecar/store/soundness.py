"""Tell damage before it is served or written over, and name what is damaged.

SQLite looks at what it reads and never at what ought to be there: a lost page of an index answers
"not found", a broken log is taken for a shorter one. So a file is looked through before it is used.
"""

import re
import struct
from pathlib import Path

import apsw

from sidecar.store import checksums
from sidecar.store.bare import bare
from sidecar.store.migrate import is_empty
from sidecar.store.wal import Log

# Looked through before every start, in 20 ms at the most; a larger one beside its service.
CHECKED_PAGES = 4_000
# Sentences of one check: one is told, the others may be of single records.
STRUCTURE_CHECK = "PRAGMA integrity_check(20)"
# Of one record, which says so when it is read, and keeps nobody from the others.
OF_ONE_RECORD = re.compile(r"(\S+ value in|CHECK constraint failed in) ")
HEADING = "*** in database main ***"
TREE = re.compile(r"Tree (\d+) ")
# The one record that can end with a client's text, and thus with a page of nothing but zeroes.
HAS_ZEROES = """
SELECT EXISTS (SELECT 1 FROM turns WHERE instr(concat(model, provider), char(0)) > 0)
"""
ROOT = "SELECT type || ' ' || name FROM sqlite_schema WHERE rootpage = :root"

NUMBER = struct.Struct(">I")
# Where the header of the file has the first page of the list of free ones (1.3, 1.5).
FREELIST_AT = 32


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


def lost_page(path: Path, db: apsw.Connection, log: Log) -> str | None:
    """Name a page that is used and has nothing in it, as where a disk has lost what it had.

    A text goes over pages that are no trees: SQLite reads zeroes there as it reads letters. Where
    the log has made the database shorter, the file still has pages that nobody uses.
    """
    page, count = db.pragma("page_size"), db.pragma("page_count")
    assert isinstance(page, int) and isinstance(count, int)
    with bare(path) as file:
        text = file.read(count * page, 0)
    newest = log.newest()

    def get(number: int) -> bytes:
        return newest.get(number) or text[(number - 1) * page : number * page]

    unused: set[int] = set()
    trunk = int.from_bytes(get(1)[FREELIST_AT : FREELIST_AT + 4], "big")
    while trunk and trunk not in unused:
        unused.add(trunk)
        following, leaf_count, *leaves = (each for (each,) in NUMBER.iter_unpack(get(trunk)))
        unused.update(leaves[:leaf_count])
        trunk = following
    nothing = bytes(page)
    for number in range(1, len(text) // page + 1):
        if number not in unused and get(number) == nothing and not _has_zeroes(db):
            return f"page {number}: it is used, and nothing is in it"
    return None


def _has_zeroes(db: apsw.Connection) -> bool:
    try:
        return bool(db.execute(HAS_ZEROES).get)
    except apsw.SQLError:
        # Of an older schema, whose turns have no such texts.
        return False
