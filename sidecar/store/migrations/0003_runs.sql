-- Runs and their steps. What a run refers to is kept as the id that was said: a reference may
-- outlive what it names.

CREATE TABLE runs (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    thread_key INTEGER NOT NULL REFERENCES threads (key) ON DELETE CASCADE,
    turn_id TEXT,
    agent_id TEXT,
    origin TEXT NOT NULL,
    parent_run_id TEXT CHECK (parent_run_id <> id),
    parent_thread_id TEXT,
    source_mailbox_entry_id TEXT,
    model TEXT,
    status TEXT NOT NULL CHECK (
        status IN (
            'queued', 'in_progress', 'requires_action', 'cancelling', 'completed', 'failed',
            'cancelled', 'expired'
        )
    ),
    termination_code TEXT,
    termination_detail TEXT,
    error_code TEXT,
    error_message TEXT,
    input_tokens INTEGER NOT NULL CHECK (input_tokens >= 0),
    output_tokens INTEGER NOT NULL CHECK (output_tokens >= 0),
    metadata TEXT CHECK (json_valid(metadata)),
    created_at_ms INTEGER NOT NULL,
    started_at_ms INTEGER,
    ended_at_ms INTEGER,
    updated_at_ms INTEGER NOT NULL,
    fingerprint BLOB,
    CHECK (
        (status IN ('queued', 'in_progress', 'requires_action', 'cancelling'))
        = (ended_at_ms IS NULL)
    ),
    CHECK (status <> 'in_progress' OR started_at_ms IS NOT NULL),
    CHECK ((error_code IS NULL) = (error_message IS NULL))
) STRICT;
-- run/list, all of them
CREATE INDEX runs_created ON runs (created_at_ms DESC, id);
-- run/list of a thread; thread/delete finds its runs
CREATE INDEX runs_thread ON runs (thread_key, created_at_ms DESC, id);
-- run/latest and thread/checkpoint
CREATE INDEX runs_latest ON runs (thread_key, updated_at_ms DESC, created_at_ms DESC, id DESC);
-- run/list of those that are open; recovery
CREATE INDEX runs_open ON runs (created_at_ms DESC, id)
WHERE status IN ('queued', 'in_progress', 'requires_action', 'cancelling');
-- run/active, and run/list of those that are open in a thread
CREATE INDEX runs_thread_open ON runs (thread_key, created_at_ms DESC, id)
WHERE status IN ('queued', 'in_progress', 'requires_action', 'cancelling');
-- run/list by parent
CREATE INDEX runs_parent ON runs (parent_run_id, created_at_ms DESC, id)
WHERE parent_run_id IS NOT NULL;

CREATE TABLE steps (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
    type TEXT NOT NULL CHECK (type IN ('message_creation', 'tool_calls')),
    status TEXT NOT NULL CHECK (
        status IN ('in_progress', 'completed', 'failed', 'cancelled', 'expired')
    ),
    details TEXT CHECK (json_valid(details)),
    error_code TEXT,
    error_message TEXT,
    created_at_ms INTEGER NOT NULL,
    completed_at_ms INTEGER,
    failed_at_ms INTEGER,
    updated_at_ms INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    CHECK ((status = 'completed') = (completed_at_ms IS NOT NULL)),
    CHECK ((status = 'failed') = (failed_at_ms IS NOT NULL)),
    CHECK ((error_code IS NULL) = (error_message IS NULL))
) STRICT;
-- step/list in creation order; run/delete and recovery find a run's steps
CREATE INDEX steps_run ON steps (run_key, key);
