-- Threads, turns, items, session inputs and events; what the daemon knows of itself.
-- Times are Unix milliseconds. Keys are integers inside the database only; ids are what clients
-- see. Each index names the query that needs it, since every write pays for it.

CREATE TABLE daemon (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    database_id TEXT NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    last_seq INTEGER NOT NULL CHECK (last_seq >= 0),
    clean_shutdown INTEGER NOT NULL CHECK (clean_shutdown IN (0, 1))
) STRICT;

-- Outlives its thread, so that the event of a deletion still names it.
CREATE TABLE thread_names (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE threads (
    key INTEGER PRIMARY KEY REFERENCES thread_names (key),
    id TEXT NOT NULL UNIQUE,
    title TEXT,
    title_words TEXT NOT NULL,
    model TEXT,
    provider TEXT,
    workspace TEXT,
    mode TEXT,
    resource_id TEXT,
    parent_key INTEGER REFERENCES threads (key) CHECK (parent_key <> key),
    forked_from_thread_id TEXT,
    metadata TEXT CHECK (json_valid(metadata)),
    archived INTEGER NOT NULL CHECK (archived IN (0, 1)),
    version INTEGER NOT NULL CHECK (version >= 0),
    message_count INTEGER NOT NULL CHECK (message_count >= 0),
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    fingerprint BLOB NOT NULL
) STRICT;
-- thread/list, all of them
CREATE INDEX threads_updated ON threads (updated_at_ms DESC, id);
-- thread/list, archived or not
CREATE INDEX threads_archived ON threads (archived, updated_at_ms DESC, id);
-- thread/list by resource
CREATE INDEX threads_resource ON threads (resource_id, updated_at_ms DESC, id)
WHERE resource_id IS NOT NULL;
-- thread/list by parent and of roots; thread/delete finds children
CREATE INDEX threads_parent ON threads (parent_key, updated_at_ms DESC, id);

CREATE TABLE turns (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    thread_key INTEGER NOT NULL REFERENCES threads (key) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (
        status IN ('queued', 'in_progress', 'completed', 'failed', 'interrupted', 'cancelled')
    ),
    origin TEXT NOT NULL CHECK (origin IN ('started', 'queued', 'promoted')),
    input_summary TEXT,
    metadata TEXT CHECK (json_valid(metadata)),
    has_usage INTEGER NOT NULL CHECK (has_usage IN (0, 1)),
    input_tokens INTEGER CHECK (input_tokens >= 0),
    output_tokens INTEGER CHECK (output_tokens >= 0),
    cached_tokens INTEGER CHECK (cached_tokens >= 0),
    miss_tokens INTEGER CHECK (miss_tokens >= 0),
    reasoning_tokens INTEGER CHECK (reasoning_tokens >= 0),
    cost_usd REAL CHECK (cost_usd >= 0),
    error_kind TEXT,
    error_message TEXT,
    steer_count INTEGER NOT NULL CHECK (steer_count >= 0),
    item_count INTEGER NOT NULL CHECK (item_count >= 0),
    interrupt_requested_at_ms INTEGER,
    recovered INTEGER NOT NULL CHECK (recovered IN (0, 1)),
    created_at_ms INTEGER NOT NULL,
    started_at_ms INTEGER,
    ended_at_ms INTEGER,
    fingerprint BLOB,
    CHECK ((status IN ('queued', 'in_progress')) = (ended_at_ms IS NULL)),
    CHECK (status <> 'in_progress' OR started_at_ms IS NOT NULL),
    CHECK (status <> 'queued' OR started_at_ms IS NULL),
    CHECK ((error_kind IS NULL) = (error_message IS NULL))
) STRICT;
-- the law: one turn in progress per thread; also finds it
CREATE UNIQUE INDEX turns_active ON turns (thread_key) WHERE status = 'in_progress';
-- turn/incomplete and recovery
CREATE INDEX turns_incomplete ON turns (key) WHERE status IN ('queued', 'in_progress');
-- turn/list and a thread's latest turn
CREATE INDEX turns_thread ON turns (thread_key, key);

CREATE TABLE items (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    turn_key INTEGER NOT NULL REFERENCES turns (key) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 1),
    kind TEXT NOT NULL CHECK (
        kind IN (
            'user_message', 'agent_message', 'reasoning', 'tool_call', 'file_change',
            'command_execution', 'context_compaction', 'status', 'error'
        )
    ),
    status TEXT NOT NULL CHECK (
        status IN ('queued', 'in_progress', 'completed', 'failed', 'interrupted', 'cancelled')
    ),
    summary TEXT,
    detail TEXT,
    metadata TEXT CHECK (json_valid(metadata)),
    artifact_refs TEXT CHECK (json_valid(artifact_refs)),
    started_at_ms INTEGER,
    ended_at_ms INTEGER,
    fingerprint BLOB,
    CHECK ((status IN ('queued', 'in_progress')) = (ended_at_ms IS NULL)),
    CHECK (status <> 'in_progress' OR started_at_ms IS NOT NULL)
) STRICT;
-- item/list, in order
CREATE UNIQUE INDEX items_place ON items (turn_key, position);
-- closing a turn, and recovery
CREATE INDEX items_open ON items (turn_key, position) WHERE status IN ('queued', 'in_progress');

CREATE TABLE session_inputs (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    thread_key INTEGER NOT NULL REFERENCES threads (key) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    prompt TEXT NOT NULL,
    delivery TEXT NOT NULL CHECK (delivery IN ('queue', 'steer')),
    request TEXT CHECK (json_valid(request)),
    status TEXT NOT NULL CHECK (status IN ('pending', 'promoted', 'cancelled')),
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    admitted_seq INTEGER NOT NULL,
    promoted_seq INTEGER,
    turn_key INTEGER REFERENCES turns (key) ON DELETE CASCADE,
    item_key INTEGER UNIQUE REFERENCES items (key) ON DELETE CASCADE,
    opened_turn INTEGER NOT NULL CHECK (opened_turn IN (0, 1)),
    requeued_from_key INTEGER REFERENCES session_inputs (key) ON DELETE CASCADE,
    created_at_ms INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    CHECK ((status = 'promoted') = (promoted_seq IS NOT NULL)),
    CHECK ((status = 'promoted') = (turn_key IS NOT NULL)),
    CHECK ((status = 'promoted') = (item_key IS NOT NULL)),
    CHECK (held = 0 OR status = 'pending'),
    CHECK (opened_turn = 0 OR status = 'promoted')
) STRICT;
-- sessionInput/list, in admission order
CREATE INDEX session_inputs_place ON session_inputs (thread_key, place, key);
-- promotion and the count of what is pending
CREATE INDEX session_inputs_pending ON session_inputs (thread_key, place, key)
WHERE status = 'pending';
-- the promotion that made a turn; recovery names the inputs of a turn
CREATE INDEX session_inputs_turn ON session_inputs (turn_key, place, key)
WHERE turn_key IS NOT NULL;
-- the law: an input is requeued once
CREATE UNIQUE INDEX session_inputs_requeued ON session_inputs (requeued_from_key)
WHERE requeued_from_key IS NOT NULL;

-- item_key is no foreign key: it would need an index, and items go only with their thread, whose
-- events go first.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    thread_key INTEGER REFERENCES thread_names (key),
    turn_key INTEGER REFERENCES turns (key),
    item_key INTEGER,
    event TEXT NOT NULL,
    payload TEXT CHECK (json_valid(payload)),
    source TEXT NOT NULL CHECK (source IN ('daemon', 'client')),
    at_ms INTEGER NOT NULL,
    event_key TEXT,
    fingerprint BLOB
) STRICT;
-- event/list of a thread
CREATE INDEX events_thread ON events (thread_key, seq);
-- event/list of a turn, and the time of its last event for recovery
CREATE INDEX events_turn ON events (turn_key, seq) WHERE turn_key IS NOT NULL;
-- the law: an event key is used once in a thread
CREATE UNIQUE INDEX events_key ON events (thread_key, event_key) WHERE event_key IS NOT NULL;
