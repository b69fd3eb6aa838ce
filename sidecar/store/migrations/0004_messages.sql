-- Messages, change sets and state. Whatever raises a thread's version is a commit and is kept, so
-- that a thread can be followed and read as it was.

-- A log of messages begins with the thread (0) or with the commit that replaced the one before,
-- whose version is its number. Earlier logs stay for those who replay: to replace costs what is
-- new, not what was there.
CREATE TABLE messages (
    key INTEGER PRIMARY KEY,
    thread_key INTEGER NOT NULL REFERENCES threads (key) ON DELETE CASCADE,
    log INTEGER NOT NULL CHECK (log >= 0),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'tool')),
    visibility TEXT NOT NULL CHECK (visibility IN ('all', 'internal')),
    tool_call_id TEXT,
    run_id TEXT,
    created_at_ms INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    tool_calls TEXT CHECK (json_valid(tool_calls)),
    metadata TEXT CHECK (json_valid(metadata)),
    content TEXT CHECK (json_valid(content))
) STRICT;
-- message/list, thread/checkpoint, the messages of a commit; the law: a place is taken once
CREATE UNIQUE INDEX messages_place ON messages (thread_key, log, seq);
-- message/get and every append; the law: an id is used once in a log
CREATE UNIQUE INDEX messages_id ON messages (thread_key, log, id);
-- message/list of a run
CREATE INDEX messages_run ON messages (thread_key, log, run_id, seq) WHERE run_id IS NOT NULL;

-- The messages of a commit are those of `log` from first_seq to last_seq. `state` is the state
-- after it, where it is stored; answer_seqs and answer_run are what a retry is answered with
-- beyond that, answer_seqs only where the answer was not just the new messages.
CREATE TABLE commits (
    thread_key INTEGER NOT NULL REFERENCES threads (key) ON DELETE CASCADE,
    version INTEGER NOT NULL CHECK (version >= 1),
    commit_id TEXT,
    reason TEXT NOT NULL,
    run_id TEXT,
    log INTEGER NOT NULL CHECK (log BETWEEN 0 AND version),
    first_seq INTEGER NOT NULL CHECK (first_seq >= 1),
    last_seq INTEGER NOT NULL CHECK (last_seq >= first_seq - 1),
    at_ms INTEGER NOT NULL,
    fingerprint BLOB,
    answer_seqs TEXT CHECK (json_valid(answer_seqs)),
    answer_run TEXT CHECK (json_valid(answer_run)),
    actions TEXT CHECK (json_valid(actions)),
    patches TEXT CHECK (json_valid(patches)),
    snapshot TEXT CHECK (json_valid(snapshot)),
    state TEXT CHECK (json_valid(state)),
    PRIMARY KEY (thread_key, version),
    CHECK (log < version OR first_seq = 1),
    CHECK ((commit_id IS NULL) = (fingerprint IS NULL)),
    CHECK (state IS NULL OR patches IS NOT NULL)
) STRICT;
-- the law: a commit id is used once in a thread; finds what a retry asks for
CREATE UNIQUE INDEX commits_id ON commits (thread_key, commit_id) WHERE commit_id IS NOT NULL;
-- thread/getState of an earlier version: back to where the state is stored
CREATE INDEX commits_state ON commits (thread_key, version)
WHERE patches IS NOT NULL OR snapshot IS NOT NULL;

-- What the commits have come to; none is there as long as it would say log 0 and state {}. The
-- two counters measure the patches since the state was last stored with a commit.
CREATE TABLE thread_heads (
    thread_key INTEGER PRIMARY KEY REFERENCES threads (key) ON DELETE CASCADE,
    log INTEGER NOT NULL CHECK (log >= 0),
    unsaved_commits INTEGER NOT NULL CHECK (unsaved_commits >= 0),
    unsaved_bytes INTEGER NOT NULL CHECK (unsaved_bytes >= 0),
    state TEXT NOT NULL CHECK (json_valid(state))
) STRICT;

-- Versions from before commits were kept: only thread/update has made them, or the detaching
-- of a child, and the thread knows no more than when the last of them was.
INSERT INTO commits (thread_key, version, reason, log, first_seq, last_seq, at_ms)
WITH RECURSIVE made (thread_key, version, at_ms) AS (
    SELECT key, version, updated_at_ms FROM threads WHERE version > 0
    UNION ALL
    SELECT thread_key, version - 1, at_ms FROM made WHERE version > 1
)
SELECT thread_key, version, 'thread/update', 0, 1, 0, at_ms FROM made;
