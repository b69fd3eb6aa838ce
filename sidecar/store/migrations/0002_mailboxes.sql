-- Mailboxes, their entries, and what of them can be claimed next; a count of the groups.

-- Tells after a COMMIT that failed whether it happened: mailboxes leave last_seq alone.
ALTER TABLE daemon ADD COLUMN group_count INTEGER NOT NULL DEFAULT 0 CHECK (group_count >= 0);

-- Outlives its entries, so that a generation never goes back.
CREATE TABLE mailboxes (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    generation INTEGER NOT NULL CHECK (generation >= 0),
    queued_count INTEGER NOT NULL CHECK (queued_count >= 0),
    updated_at_ms INTEGER NOT NULL
) STRICT;

-- rank is 255 - priority: the claim order (rank, available_at_ms, created_at_ms, id) ascends in
-- all its parts, and a page goes on from a row value. lease_ended says that a claim has met the
-- end of this one's lease: its mailbox is free, its owner may still end it. ended_token and ended_by
-- are the last claim that its owner ended, ended_before those before it: ["verb token", …].
CREATE TABLE mailbox_entries (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    mailbox_key INTEGER NOT NULL REFERENCES mailboxes (key),
    payload TEXT CHECK (json_valid(payload)),
    origin TEXT NOT NULL CHECK (origin IN ('external', 'internal')),
    sender_id TEXT,
    rank INTEGER NOT NULL CHECK (rank BETWEEN 0 AND 255),
    dedupe_key TEXT,
    generation INTEGER NOT NULL CHECK (generation >= 0),
    status TEXT NOT NULL CHECK (
        status IN ('queued', 'claimed', 'accepted', 'dead_letter', 'cancelled', 'superseded')
    ),
    available_at_ms INTEGER NOT NULL CHECK (available_at_ms >= 0),
    attempt_count INTEGER NOT NULL CHECK (attempt_count >= 0),
    max_attempts INTEGER CHECK (max_attempts >= 1),
    last_error TEXT,
    claim_token TEXT,
    claimed_by TEXT,
    lease_until_ms INTEGER,
    lease_ended INTEGER NOT NULL CHECK (lease_ended IN (0, 1)),
    ended_token TEXT,
    ended_by TEXT CHECK (ended_by IN ('ack', 'nack', 'dead_letter')),
    ended_before TEXT CHECK (json_valid(ended_before)),
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    CHECK ((status = 'claimed') = (claim_token IS NOT NULL)),
    CHECK ((status = 'claimed') = (claimed_by IS NOT NULL)),
    CHECK ((status = 'claimed') = (lease_until_ms IS NOT NULL)),
    CHECK (lease_ended = 0 OR status = 'claimed'),
    CHECK ((ended_token IS NULL) = (ended_by IS NULL)),
    CHECK (ended_before IS NULL OR ended_token IS NOT NULL),
    CHECK (max_attempts IS NULL OR attempt_count <= max_attempts),
    CHECK (status <> 'queued' OR max_attempts IS NULL OR attempt_count < max_attempts)
) STRICT;
-- the law: at most one claim per mailbox; also finds it
CREATE UNIQUE INDEX mailbox_entries_claimed ON mailbox_entries (mailbox_key)
WHERE status = 'claimed';
-- the law: a dedupe key is used once in a mailbox, until its entry is purged
CREATE UNIQUE INDEX mailbox_entries_dedupe ON mailbox_entries (mailbox_key, dedupe_key)
WHERE dedupe_key IS NOT NULL;
-- mailbox/claim: leases that have ended since the claim before, and the next that will
CREATE INDEX mailbox_entries_lease ON mailbox_entries (lease_until_ms)
WHERE status = 'claimed' AND lease_ended = 0;
-- Without a status an index is written once, when an entry is queued, and not again by its claim
-- and its end: the time of a commit is that of the pages that it changes.
-- mailbox/list over all mailboxes
CREATE INDEX mailbox_entries_order ON mailbox_entries (rank, available_at_ms, created_at_ms, id);
-- mailbox/list of a mailbox
CREATE INDEX mailbox_entries_mailbox ON mailbox_entries (
    mailbox_key, rank, available_at_ms, created_at_ms, id
);
-- mailbox/list of what waits, among all that is kept
CREATE INDEX mailbox_entries_queued ON mailbox_entries (rank, available_at_ms, created_at_ms, id)
WHERE status = 'queued';
-- mailbox/list of what was given up, likewise
CREATE INDEX mailbox_entries_dead ON mailbox_entries (rank, available_at_ms, created_at_ms, id)
WHERE status = 'dead_letter';
-- mailbox/list of what waits in a mailbox; finds its heads
CREATE INDEX mailbox_entries_next ON mailbox_entries (
    mailbox_key, rank, available_at_ms, created_at_ms, id
) WHERE status = 'queued';
-- mailbox/purge
CREATE INDEX mailbox_entries_ended ON mailbox_entries (updated_at_ms)
WHERE status IN ('accepted', 'dead_letter', 'cancelled', 'superseded');

-- What can be claimed next. A lane is a mailbox's entries of one rank; its head is the
-- first of those that are queued: no other can be claimed before it, at any time. Kept only while
-- the mailbox has no live claim; a claim whose lease has ended is a head too (lapsed). Apart from
-- the entries, since their rows hold payloads and would be written again with every change.
-- entry_key is no foreign key: it would need an index, and the house checks it.
CREATE TABLE mailbox_heads (
    rank INTEGER NOT NULL,
    available_at_ms INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    id TEXT NOT NULL,
    mailbox_key INTEGER NOT NULL REFERENCES mailboxes (key),
    lapsed INTEGER NOT NULL CHECK (lapsed IN (0, 1)),
    entry_key INTEGER NOT NULL,
    PRIMARY KEY (rank, available_at_ms, created_at_ms, id)
) STRICT, WITHOUT ROWID;
-- mailbox/claim of one mailbox; keeps one head in each lane
CREATE UNIQUE INDEX mailbox_heads_lane ON mailbox_heads (mailbox_key, lapsed, rank);
-- mailbox/claim: a lapsed claim can be claimed again even before its availableAtMs
CREATE INDEX mailbox_heads_lapsed ON mailbox_heads (rank, available_at_ms, created_at_ms, id)
WHERE lapsed = 1;
