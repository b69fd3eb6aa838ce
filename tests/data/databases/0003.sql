PRAGMA application_id = 1935892850;
CREATE TABLE migrations (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    applied_at_ms INTEGER NOT NULL
) STRICT
;
CREATE TABLE daemon (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    database_id TEXT NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    last_seq INTEGER NOT NULL CHECK (last_seq >= 0),
    clean_shutdown INTEGER NOT NULL CHECK (clean_shutdown IN (0, 1))
, group_count INTEGER NOT NULL DEFAULT 0 CHECK (group_count >= 0)) STRICT;
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
CREATE TABLE mailboxes (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    generation INTEGER NOT NULL CHECK (generation >= 0),
    queued_count INTEGER NOT NULL CHECK (queued_count >= 0),
    updated_at_ms INTEGER NOT NULL
) STRICT;
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
CREATE INDEX threads_updated ON threads (updated_at_ms DESC, id);
CREATE INDEX threads_archived ON threads (archived, updated_at_ms DESC, id);
CREATE INDEX threads_resource ON threads (resource_id, updated_at_ms DESC, id)
WHERE resource_id IS NOT NULL;
CREATE INDEX threads_parent ON threads (parent_key, updated_at_ms DESC, id);
CREATE UNIQUE INDEX turns_active ON turns (thread_key) WHERE status = 'in_progress';
CREATE INDEX turns_incomplete ON turns (key) WHERE status IN ('queued', 'in_progress');
CREATE INDEX turns_thread ON turns (thread_key, key);
CREATE UNIQUE INDEX items_place ON items (turn_key, position);
CREATE INDEX items_open ON items (turn_key, position) WHERE status IN ('queued', 'in_progress');
CREATE INDEX session_inputs_place ON session_inputs (thread_key, place, key);
CREATE INDEX session_inputs_pending ON session_inputs (thread_key, place, key)
WHERE status = 'pending';
CREATE INDEX session_inputs_turn ON session_inputs (turn_key, place, key)
WHERE turn_key IS NOT NULL;
CREATE UNIQUE INDEX session_inputs_requeued ON session_inputs (requeued_from_key)
WHERE requeued_from_key IS NOT NULL;
CREATE INDEX events_thread ON events (thread_key, seq);
CREATE INDEX events_turn ON events (turn_key, seq) WHERE turn_key IS NOT NULL;
CREATE UNIQUE INDEX events_key ON events (thread_key, event_key) WHERE event_key IS NOT NULL;
CREATE UNIQUE INDEX mailbox_entries_claimed ON mailbox_entries (mailbox_key)
WHERE status = 'claimed';
CREATE UNIQUE INDEX mailbox_entries_dedupe ON mailbox_entries (mailbox_key, dedupe_key)
WHERE dedupe_key IS NOT NULL;
CREATE INDEX mailbox_entries_lease ON mailbox_entries (lease_until_ms)
WHERE status = 'claimed' AND lease_ended = 0;
CREATE INDEX mailbox_entries_order ON mailbox_entries (rank, available_at_ms, created_at_ms, id);
CREATE INDEX mailbox_entries_mailbox ON mailbox_entries (
    mailbox_key, rank, available_at_ms, created_at_ms, id
);
CREATE INDEX mailbox_entries_queued ON mailbox_entries (rank, available_at_ms, created_at_ms, id)
WHERE status = 'queued';
CREATE INDEX mailbox_entries_dead ON mailbox_entries (rank, available_at_ms, created_at_ms, id)
WHERE status = 'dead_letter';
CREATE INDEX mailbox_entries_next ON mailbox_entries (
    mailbox_key, rank, available_at_ms, created_at_ms, id
) WHERE status = 'queued';
CREATE INDEX mailbox_entries_ended ON mailbox_entries (updated_at_ms)
WHERE status IN ('accepted', 'dead_letter', 'cancelled', 'superseded');
CREATE UNIQUE INDEX mailbox_heads_lane ON mailbox_heads (mailbox_key, lapsed, rank);
CREATE INDEX mailbox_heads_lapsed ON mailbox_heads (rank, available_at_ms, created_at_ms, id)
WHERE lapsed = 1;
CREATE INDEX runs_created ON runs (created_at_ms DESC, id);
CREATE INDEX runs_thread ON runs (thread_key, created_at_ms DESC, id);
CREATE INDEX runs_latest ON runs (thread_key, updated_at_ms DESC, created_at_ms DESC, id DESC);
CREATE INDEX runs_open ON runs (created_at_ms DESC, id)
WHERE status IN ('queued', 'in_progress', 'requires_action', 'cancelling');
CREATE INDEX runs_thread_open ON runs (thread_key, created_at_ms DESC, id)
WHERE status IN ('queued', 'in_progress', 'requires_action', 'cancelling');
CREATE INDEX runs_parent ON runs (parent_run_id, created_at_ms DESC, id)
WHERE parent_run_id IS NOT NULL;
CREATE INDEX steps_run ON steps (run_key, key);
INSERT INTO migrations VALUES (1, '0001_conversations', '0c1a05f5f7f0d89b4025131a2fb8f0f90621b02ae69e23fb8cbf1b5595f66b72', 1795261984616);
INSERT INTO migrations VALUES (2, '0002_mailboxes', 'fc500b9b117f9c80f448371ba2dff2d99f94222a916235520d0e9e24160c8014', 1795261984616);
INSERT INTO migrations VALUES (3, '0003_runs', '829d099bf6cb1fbefbd7fc469853967781eab4ad44d6ec9e01089bc9c90ccd4f', 1795261984616);
INSERT INTO daemon VALUES (1, 'db_01a1fdf3ef8a74a09f00e8aa20510fd9', 1, 89, 1, 0);
INSERT INTO thread_names VALUES (1, 'empty');
INSERT INTO thread_names VALUES (2, 'talk');
INSERT INTO thread_names VALUES (3, 'log');
INSERT INTO thread_names VALUES (4, 'busy');
INSERT INTO thread_names VALUES (5, 'child');
INSERT INTO thread_names VALUES (6, 'gone');
INSERT INTO threads VALUES (1, 'empty', 'The empty thread', ' the empty thread', 'm-1', NULL, NULL, NULL, NULL, NULL, NULL, '{"n":0}', 1, 2, 0, 1795261984655, 1795261984735, X'856F3E825F63841677210F2CB2DB1001');
INSERT INTO threads VALUES (2, 'talk', 'The talk thread', ' the talk thread', 'm-1', NULL, NULL, NULL, NULL, NULL, NULL, '{"n":1}', 0, 1, 0, 1795261984673, 1795261985169, X'138FC9243E9AAEA58D0FE61BBF6A6291');
INSERT INTO threads VALUES (3, 'log', 'The log thread', ' the log thread', 'm-1', NULL, NULL, NULL, NULL, NULL, NULL, '{"n":2}', 0, 1, 0, 1795261984698, 1795261984909, X'14D068BB1C8975A548812E20010EEC86');
INSERT INTO threads VALUES (4, 'busy', 'The busy thread', ' the busy thread', 'm-1', NULL, NULL, NULL, NULL, NULL, NULL, '{"n":3}', 0, 1, 0, 1795261984710, 1795261985139, X'8680501E6017A4B06D6EE4F46E4288AD');
INSERT INTO threads VALUES (5, 'child', 'The child thread', ' the child thread', 'm-1', NULL, NULL, NULL, NULL, 2, NULL, '{"n":4}', 0, 1, 0, 1795261984726, 1795261984733, X'6DFDBC968EE03E7A0ED45418DCD97AF7');
INSERT INTO turns VALUES (1, 'done', 2, 'completed', 'started', NULL, NULL, 1, 100, 20, 60, NULL, NULL, NULL, NULL, NULL, 0, 5, NULL, 0, 1795261984745, 1795261984745, 1795261984901, X'7723FE38784C5111E7D6E26F5B0E266A');
INSERT INTO turns VALUES (2, 'open', 4, 'in_progress', 'started', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 6, NULL, 0, 1795261984769, 1795261984769, NULL, X'16EAC82C4A51125ED17A34B4C5823C3C');
INSERT INTO turns VALUES (3, 'waiting', 4, 'queued', 'queued', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 5, NULL, 0, 1795261984822, NULL, NULL, X'F7AC084EFC87B33472A5FC8F53937220');
INSERT INTO turns VALUES (4, 'failed', 3, 'failed', 'started', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 'model', 'gone away', 0, 5, NULL, 0, 1795261984854, 1795261984854, 1795261984909, X'A911C4D5440791B398117D5094715409');
INSERT INTO turns VALUES (5, 'promoted', 2, 'completed', 'promoted', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, NULL, 0, 1795261985009, 1795261985009, 1795261985021, X'A1E8454AACE3FE62A01C8F4752087619');
INSERT INTO items VALUES (1, 'item_01a1fdf3efe971e9857dbd36bc5a1c0e', 1, 1, 'user_message', 'completed', 'Do it: done', 'Do it: done', NULL, NULL, 1795261984745, 1795261984745, NULL);
INSERT INTO items VALUES (2, 'done-0', 1, 2, 'tool_call', 'completed', 'did it', '', NULL, NULL, 1795261984751, 1795261984765, X'131E8286A97A9C33118E3617BBFD9EED');
INSERT INTO items VALUES (3, 'done-1', 1, 3, 'tool_call', 'interrupted', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261984757, 1795261984901, X'841035BD59B2376691FCB76AD0020BE5');
INSERT INTO items VALUES (4, 'done-2', 1, 4, 'tool_call', 'interrupted', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261984758, 1795261984901, X'2CE2C4627F7F98AE432E48D4111DDDF0');
INSERT INTO items VALUES (5, 'done-3', 1, 5, 'tool_call', 'interrupted', NULL, '', NULL, NULL, 1795261984761, 1795261984901, X'131E8286A97A9C33118E3617BBFD9EED');
INSERT INTO items VALUES (6, 'item_01a1fdf3f0017277acc0ed341de90bca', 2, 1, 'user_message', 'completed', 'Do it: open', 'Do it: open', NULL, NULL, 1795261984769, 1795261984769, NULL);
INSERT INTO items VALUES (7, 'open-0', 2, 2, 'tool_call', 'completed', 'did it', '', NULL, NULL, 1795261984775, 1795261984808, X'4D61DA1ECFC106228431A480549B5CB1');
INSERT INTO items VALUES (8, 'open-1', 2, 3, 'tool_call', 'in_progress', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261984787, NULL, X'57742719DFF5C95060A1CD1223C85842');
INSERT INTO items VALUES (9, 'open-2', 2, 4, 'tool_call', 'in_progress', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261984795, NULL, X'3F93C35709BB2D711CB18D27F7CA300A');
INSERT INTO items VALUES (10, 'open-3', 2, 5, 'tool_call', 'in_progress', NULL, '', NULL, NULL, 1795261984800, NULL, X'4D61DA1ECFC106228431A480549B5CB1');
INSERT INTO items VALUES (11, 'item_01a1fdf3f0367b0abc13eaf9cac6a174', 3, 1, 'user_message', 'completed', 'Do it: waiting', 'Do it: waiting', NULL, NULL, 1795261984822, 1795261984822, NULL);
INSERT INTO items VALUES (12, 'waiting-0', 3, 2, 'tool_call', 'completed', 'did it', '', NULL, NULL, 1795261984833, 1795261984852, X'BD33DE43B83E106E770984CC05F7F69E');
INSERT INTO items VALUES (13, 'waiting-1', 3, 3, 'tool_call', 'in_progress', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261984840, NULL, X'7C679461F644B91CEE5200E70C261FD3');
INSERT INTO items VALUES (14, 'waiting-2', 3, 4, 'tool_call', 'in_progress', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261984845, NULL, X'DC21D2734BADD4C8E23FDD45CC9DAC2A');
INSERT INTO items VALUES (15, 'waiting-3', 3, 5, 'tool_call', 'in_progress', NULL, '', NULL, NULL, 1795261984849, NULL, X'BD33DE43B83E106E770984CC05F7F69E');
INSERT INTO items VALUES (16, 'item_01a1fdf3f05676a9a1433267137e1335', 4, 1, 'user_message', 'completed', 'Do it: failed', 'Do it: failed', NULL, NULL, 1795261984854, 1795261984854, NULL);
INSERT INTO items VALUES (17, 'failed-0', 4, 2, 'tool_call', 'completed', 'did it', '', NULL, NULL, 1795261984862, 1795261984895, X'7E54174E52CD4E3C5BF5639CA0B9BE43');
INSERT INTO items VALUES (18, 'failed-1', 4, 3, 'tool_call', 'failed', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261984876, 1795261984909, X'26F022C5F9D00E566719172A0E389C88');
INSERT INTO items VALUES (19, 'failed-2', 4, 4, 'tool_call', 'failed', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261984883, 1795261984909, X'E519A96E4B564F5FFBFD6825FC26C22E');
INSERT INTO items VALUES (20, 'failed-3', 4, 5, 'tool_call', 'failed', NULL, '', NULL, NULL, 1795261984893, 1795261984909, X'7E54174E52CD4E3C5BF5639CA0B9BE43');
INSERT INTO items VALUES (21, 'steered', 2, 6, 'user_message', 'completed', 'not so fast', 'not so fast', NULL, NULL, 1795261984919, 1795261984919, X'8BDFEA7A4D1B56F06E19333D8E0F7CFE');
INSERT INTO items VALUES (22, 'item_01a1fdf3f0f1786196fb07f98d7de525', 5, 1, 'user_message', 'completed', 'Begin', 'Begin', NULL, NULL, 1795261985009, 1795261985009, NULL);
INSERT INTO session_inputs VALUES (1, 'in-0', 4, 1, 'Prompt 0.', 'queue', NULL, 'cancelled', 0, 50, NULL, NULL, NULL, 0, NULL, 1795261984931, X'0022D798DB618BF3FACAF35B78472F3B');
INSERT INTO session_inputs VALUES (2, 'in-1', 4, 2, 'Prompt 1. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not sa', 'queue', NULL, 'pending', 0, 51, NULL, NULL, NULL, 0, NULL, 1795261984936, X'32C3798F2700619786B30C323814756E');
INSERT INTO session_inputs VALUES (3, 'in-2', 4, 3, 'Prompt 2. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not', 'queue', NULL, 'pending', 0, 52, NULL, NULL, NULL, 0, NULL, 1795261984937, X'2B60390BE0384459CFE10844E334CEDB');
INSERT INTO session_inputs VALUES (4, 'in-3', 4, 4, 'Prompt 3. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not', 'queue', NULL, 'pending', 0, 53, NULL, NULL, NULL, 0, NULL, 1795261984948, X'DB8EDE5C10643332C57C79456E2BEA09');
INSERT INTO session_inputs VALUES (5, 'in-4', 4, 5, 'Prompt 4. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not', 'queue', NULL, 'pending', 0, 54, NULL, NULL, NULL, 0, NULL, 1795261984957, X'9DE967FE012A26161BB9D6DBD33925CC');
INSERT INTO session_inputs VALUES (6, 'in-5', 4, 6, 'Prompt 5. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not', 'queue', NULL, 'pending', 0, 55, NULL, NULL, NULL, 0, NULL, 1795261984980, X'7CB594E2036AB4A4199A2BD7A8FC50F7');
INSERT INTO session_inputs VALUES (7, 'in-a', 2, 7, 'Begin', 'queue', NULL, 'promoted', 0, 57, 60, 5, 22, 1, NULL, 1795261984999, X'4E95600EAEFE76968D14F5E1B4EF2587');
INSERT INTO events VALUES (1, 1, NULL, NULL, 'thread.created', '{"thread":{"id":"empty","title":"The empty thread","model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":null,"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261984655,"updatedAtMs":1795261984655}}', 'daemon', 1795261984655, NULL, NULL);
INSERT INTO events VALUES (2, 1, NULL, NULL, 'thread.updated', '{"thread":{"id":"empty","title":"The empty thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"n":0},"archived":false,"version":1,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261984655,"updatedAtMs":1795261984665}}', 'daemon', 1795261984665, NULL, NULL);
INSERT INTO events VALUES (3, 2, NULL, NULL, 'thread.created', '{"thread":{"id":"talk","title":"The talk thread","model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":null,"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261984673,"updatedAtMs":1795261984673}}', 'daemon', 1795261984673, NULL, NULL);
INSERT INTO events VALUES (4, 2, NULL, NULL, 'thread.updated', '{"thread":{"id":"talk","title":"The talk thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"n":1},"archived":false,"version":1,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261984673,"updatedAtMs":1795261984690}}', 'daemon', 1795261984690, NULL, NULL);
INSERT INTO events VALUES (5, 3, NULL, NULL, 'thread.created', '{"thread":{"id":"log","title":"The log thread","model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":null,"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261984698,"updatedAtMs":1795261984698}}', 'daemon', 1795261984698, NULL, NULL);
INSERT INTO events VALUES (6, 3, NULL, NULL, 'thread.updated', '{"thread":{"id":"log","title":"The log thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"n":2},"archived":false,"version":1,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261984698,"updatedAtMs":1795261984705}}', 'daemon', 1795261984705, NULL, NULL);
INSERT INTO events VALUES (7, 4, NULL, NULL, 'thread.created', '{"thread":{"id":"busy","title":"The busy thread","model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":null,"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261984710,"updatedAtMs":1795261984710}}', 'daemon', 1795261984710, NULL, NULL);
INSERT INTO events VALUES (8, 4, NULL, NULL, 'thread.updated', '{"thread":{"id":"busy","title":"The busy thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"n":3},"archived":false,"version":1,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261984710,"updatedAtMs":1795261984717}}', 'daemon', 1795261984717, NULL, NULL);
INSERT INTO events VALUES (9, 5, NULL, NULL, 'thread.created', '{"thread":{"id":"child","title":"The child thread","model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":"talk","forkedFromThreadId":null,"metadata":null,"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261984726,"updatedAtMs":1795261984726}}', 'daemon', 1795261984726, NULL, NULL);
INSERT INTO events VALUES (10, 5, NULL, NULL, 'thread.updated', '{"thread":{"id":"child","title":"The child thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":"talk","forkedFromThreadId":null,"metadata":{"n":4},"archived":false,"version":1,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261984726,"updatedAtMs":1795261984733}}', 'daemon', 1795261984733, NULL, NULL);
INSERT INTO events VALUES (11, 1, NULL, NULL, 'thread.updated', '{"thread":{"id":"empty","title":"The empty thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"n":0},"archived":true,"version":2,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261984655,"updatedAtMs":1795261984735}}', 'daemon', 1795261984735, NULL, NULL);
INSERT INTO events VALUES (12, 2, 1, NULL, 'turn.started', '{"turn":{"id":"done","threadId":"talk","status":"in_progress","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":0,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261984745,"startedAtMs":1795261984745,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261984745, NULL, NULL);
INSERT INTO events VALUES (13, 2, 1, 1, 'item.completed', '{"item":{"id":"item_01a1fdf3efe971e9857dbd36bc5a1c0e","turnId":"done","threadId":"talk","position":1,"kind":"user_message","status":"completed","summary":"Do it: done","detail":"Do it: done","metadata":null,"artifactRefs":null,"startedAtMs":1795261984745,"endedAtMs":1795261984745}}', 'daemon', 1795261984745, NULL, NULL);
INSERT INTO events VALUES (14, 2, 1, 2, 'item.started', '{"item":{"id":"done-0","turnId":"done","threadId":"talk","position":2,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984751,"endedAtMs":null}}', 'daemon', 1795261984751, NULL, NULL);
INSERT INTO events VALUES (15, 2, 1, 3, 'item.started', '{"item":{"id":"done-1","turnId":"done","threadId":"talk","position":3,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984757,"endedAtMs":null}}', 'daemon', 1795261984757, NULL, NULL);
INSERT INTO events VALUES (16, 2, 1, 4, 'item.started', '{"item":{"id":"done-2","turnId":"done","threadId":"talk","position":4,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984758,"endedAtMs":null}}', 'daemon', 1795261984758, NULL, NULL);
INSERT INTO events VALUES (17, 2, 1, 5, 'item.started', '{"item":{"id":"done-3","turnId":"done","threadId":"talk","position":5,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984761,"endedAtMs":null}}', 'daemon', 1795261984761, NULL, NULL);
INSERT INTO events VALUES (18, 2, 1, 2, 'item.completed', '{"item":{"id":"done-0","turnId":"done","threadId":"talk","position":2,"kind":"tool_call","status":"completed","summary":"did it","detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984751,"endedAtMs":1795261984765}}', 'daemon', 1795261984765, NULL, NULL);
INSERT INTO events VALUES (19, 4, 2, NULL, 'turn.started', '{"turn":{"id":"open","threadId":"busy","status":"in_progress","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":0,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261984769,"startedAtMs":1795261984769,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261984769, NULL, NULL);
INSERT INTO events VALUES (20, 4, 2, 6, 'item.completed', '{"item":{"id":"item_01a1fdf3f0017277acc0ed341de90bca","turnId":"open","threadId":"busy","position":1,"kind":"user_message","status":"completed","summary":"Do it: open","detail":"Do it: open","metadata":null,"artifactRefs":null,"startedAtMs":1795261984769,"endedAtMs":1795261984769}}', 'daemon', 1795261984769, NULL, NULL);
INSERT INTO events VALUES (21, 4, 2, 7, 'item.started', '{"item":{"id":"open-0","turnId":"open","threadId":"busy","position":2,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984775,"endedAtMs":null}}', 'daemon', 1795261984775, NULL, NULL);
INSERT INTO events VALUES (22, 4, 2, 8, 'item.started', '{"item":{"id":"open-1","turnId":"open","threadId":"busy","position":3,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984787,"endedAtMs":null}}', 'daemon', 1795261984787, NULL, NULL);
INSERT INTO events VALUES (23, 4, 2, 9, 'item.started', '{"item":{"id":"open-2","turnId":"open","threadId":"busy","position":4,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984795,"endedAtMs":null}}', 'daemon', 1795261984795, NULL, NULL);
INSERT INTO events VALUES (24, 4, 2, 10, 'item.started', '{"item":{"id":"open-3","turnId":"open","threadId":"busy","position":5,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984800,"endedAtMs":null}}', 'daemon', 1795261984800, NULL, NULL);
INSERT INTO events VALUES (25, 4, 2, 7, 'item.completed', '{"item":{"id":"open-0","turnId":"open","threadId":"busy","position":2,"kind":"tool_call","status":"completed","summary":"did it","detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984775,"endedAtMs":1795261984808}}', 'daemon', 1795261984808, NULL, NULL);
INSERT INTO events VALUES (26, 4, 3, NULL, 'turn.queued', '{"turn":{"id":"waiting","threadId":"busy","status":"queued","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":0,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261984822,"startedAtMs":null,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261984822, NULL, NULL);
INSERT INTO events VALUES (27, 4, 3, 11, 'item.completed', '{"item":{"id":"item_01a1fdf3f0367b0abc13eaf9cac6a174","turnId":"waiting","threadId":"busy","position":1,"kind":"user_message","status":"completed","summary":"Do it: waiting","detail":"Do it: waiting","metadata":null,"artifactRefs":null,"startedAtMs":1795261984822,"endedAtMs":1795261984822}}', 'daemon', 1795261984822, NULL, NULL);
INSERT INTO events VALUES (28, 4, 3, 12, 'item.started', '{"item":{"id":"waiting-0","turnId":"waiting","threadId":"busy","position":2,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984833,"endedAtMs":null}}', 'daemon', 1795261984833, NULL, NULL);
INSERT INTO events VALUES (29, 4, 3, 13, 'item.started', '{"item":{"id":"waiting-1","turnId":"waiting","threadId":"busy","position":3,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984840,"endedAtMs":null}}', 'daemon', 1795261984840, NULL, NULL);
INSERT INTO events VALUES (30, 4, 3, 14, 'item.started', '{"item":{"id":"waiting-2","turnId":"waiting","threadId":"busy","position":4,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984845,"endedAtMs":null}}', 'daemon', 1795261984845, NULL, NULL);
INSERT INTO events VALUES (31, 4, 3, 15, 'item.started', '{"item":{"id":"waiting-3","turnId":"waiting","threadId":"busy","position":5,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984849,"endedAtMs":null}}', 'daemon', 1795261984849, NULL, NULL);
INSERT INTO events VALUES (32, 4, 3, 12, 'item.completed', '{"item":{"id":"waiting-0","turnId":"waiting","threadId":"busy","position":2,"kind":"tool_call","status":"completed","summary":"did it","detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984833,"endedAtMs":1795261984852}}', 'daemon', 1795261984852, NULL, NULL);
INSERT INTO events VALUES (33, 3, 4, NULL, 'turn.started', '{"turn":{"id":"failed","threadId":"log","status":"in_progress","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":0,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261984854,"startedAtMs":1795261984854,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261984854, NULL, NULL);
INSERT INTO events VALUES (34, 3, 4, 16, 'item.completed', '{"item":{"id":"item_01a1fdf3f05676a9a1433267137e1335","turnId":"failed","threadId":"log","position":1,"kind":"user_message","status":"completed","summary":"Do it: failed","detail":"Do it: failed","metadata":null,"artifactRefs":null,"startedAtMs":1795261984854,"endedAtMs":1795261984854}}', 'daemon', 1795261984854, NULL, NULL);
INSERT INTO events VALUES (35, 3, 4, 17, 'item.started', '{"item":{"id":"failed-0","turnId":"failed","threadId":"log","position":2,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984862,"endedAtMs":null}}', 'daemon', 1795261984862, NULL, NULL);
INSERT INTO events VALUES (36, 3, 4, 18, 'item.started', '{"item":{"id":"failed-1","turnId":"failed","threadId":"log","position":3,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984876,"endedAtMs":null}}', 'daemon', 1795261984876, NULL, NULL);
INSERT INTO events VALUES (37, 3, 4, 19, 'item.started', '{"item":{"id":"failed-2","turnId":"failed","threadId":"log","position":4,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984883,"endedAtMs":null}}', 'daemon', 1795261984883, NULL, NULL);
INSERT INTO events VALUES (38, 3, 4, 20, 'item.started', '{"item":{"id":"failed-3","turnId":"failed","threadId":"log","position":5,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984893,"endedAtMs":null}}', 'daemon', 1795261984893, NULL, NULL);
INSERT INTO events VALUES (39, 3, 4, 17, 'item.completed', '{"item":{"id":"failed-0","turnId":"failed","threadId":"log","position":2,"kind":"tool_call","status":"completed","summary":"did it","detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984862,"endedAtMs":1795261984895}}', 'daemon', 1795261984895, NULL, NULL);
INSERT INTO events VALUES (40, 2, 1, 3, 'item.completed', '{"item":{"id":"done-1","turnId":"done","threadId":"talk","position":3,"kind":"tool_call","status":"interrupted","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984757,"endedAtMs":1795261984901}}', 'daemon', 1795261984901, NULL, NULL);
INSERT INTO events VALUES (41, 2, 1, 4, 'item.completed', '{"item":{"id":"done-2","turnId":"done","threadId":"talk","position":4,"kind":"tool_call","status":"interrupted","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984758,"endedAtMs":1795261984901}}', 'daemon', 1795261984901, NULL, NULL);
INSERT INTO events VALUES (42, 2, 1, 5, 'item.completed', '{"item":{"id":"done-3","turnId":"done","threadId":"talk","position":5,"kind":"tool_call","status":"interrupted","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984761,"endedAtMs":1795261984901}}', 'daemon', 1795261984901, NULL, NULL);
INSERT INTO events VALUES (43, 2, 1, NULL, 'turn.completed', '{"turn":{"id":"done","threadId":"talk","status":"completed","inputSummary":null,"metadata":null,"usage":{"inputTokens":100,"outputTokens":20,"cachedTokens":60,"missTokens":null,"reasoningTokens":null,"costUsd":null},"error":null,"steerCount":0,"itemCount":5,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261984745,"startedAtMs":1795261984745,"endedAtMs":1795261984901,"durationMs":156}}', 'daemon', 1795261984901, NULL, NULL);
INSERT INTO events VALUES (44, 3, 4, 18, 'item.completed', '{"item":{"id":"failed-1","turnId":"failed","threadId":"log","position":3,"kind":"tool_call","status":"failed","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984876,"endedAtMs":1795261984909}}', 'daemon', 1795261984909, NULL, NULL);
INSERT INTO events VALUES (45, 3, 4, 19, 'item.completed', '{"item":{"id":"failed-2","turnId":"failed","threadId":"log","position":4,"kind":"tool_call","status":"failed","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261984883,"endedAtMs":1795261984909}}', 'daemon', 1795261984909, NULL, NULL);
INSERT INTO events VALUES (46, 3, 4, 20, 'item.completed', '{"item":{"id":"failed-3","turnId":"failed","threadId":"log","position":5,"kind":"tool_call","status":"failed","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261984893,"endedAtMs":1795261984909}}', 'daemon', 1795261984909, NULL, NULL);
INSERT INTO events VALUES (47, 3, 4, NULL, 'turn.completed', '{"turn":{"id":"failed","threadId":"log","status":"failed","inputSummary":null,"metadata":null,"usage":null,"error":{"kind":"model","message":"gone away"},"steerCount":0,"itemCount":5,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261984854,"startedAtMs":1795261984854,"endedAtMs":1795261984909,"durationMs":55}}', 'daemon', 1795261984909, NULL, NULL);
INSERT INTO events VALUES (48, 4, 2, 21, 'item.completed', '{"item":{"id":"steered","turnId":"open","threadId":"busy","position":6,"kind":"user_message","status":"completed","summary":"not so fast","detail":"not so fast","metadata":null,"artifactRefs":null,"startedAtMs":1795261984919,"endedAtMs":1795261984919}}', 'daemon', 1795261984919, NULL, NULL);
INSERT INTO events VALUES (49, 4, 2, NULL, 'turn.steered', '{"turn":{"id":"open","threadId":"busy","status":"in_progress","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":1,"itemCount":6,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261984769,"startedAtMs":1795261984769,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261984919, NULL, NULL);
INSERT INTO events VALUES (50, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-0","threadId":"busy","prompt":"Prompt 0.","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":50,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261984931}}', 'daemon', 1795261984931, NULL, NULL);
INSERT INTO events VALUES (51, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-1","threadId":"busy","prompt":"Prompt 1. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not sa","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":51,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261984936}}', 'daemon', 1795261984936, NULL, NULL);
INSERT INTO events VALUES (52, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-2","threadId":"busy","prompt":"Prompt 2. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":52,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261984937}}', 'daemon', 1795261984937, NULL, NULL);
INSERT INTO events VALUES (53, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-3","threadId":"busy","prompt":"Prompt 3. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":53,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261984948}}', 'daemon', 1795261984948, NULL, NULL);
INSERT INTO events VALUES (54, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-4","threadId":"busy","prompt":"Prompt 4. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":54,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261984957}}', 'daemon', 1795261984957, NULL, NULL);
INSERT INTO events VALUES (55, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-5","threadId":"busy","prompt":"Prompt 5. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":55,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261984980}}', 'daemon', 1795261984980, NULL, NULL);
INSERT INTO events VALUES (56, 4, NULL, NULL, 'session_input.cancelled', '{"input":{"id":"in-0","threadId":"busy","prompt":"Prompt 0.","delivery":"queue","request":null,"status":"cancelled","held":false,"admittedSeq":50,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261984931}}', 'daemon', 1795261984991, NULL, NULL);
INSERT INTO events VALUES (57, 2, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-a","threadId":"talk","prompt":"Begin","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":57,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261984999}}', 'daemon', 1795261984999, NULL, NULL);
INSERT INTO events VALUES (58, 2, 5, NULL, 'turn.started', '{"turn":{"id":"promoted","threadId":"talk","status":"in_progress","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":0,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261985009,"startedAtMs":1795261985009,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261985009, NULL, NULL);
INSERT INTO events VALUES (59, 2, 5, 22, 'item.completed', '{"item":{"id":"item_01a1fdf3f0f1786196fb07f98d7de525","turnId":"promoted","threadId":"talk","position":1,"kind":"user_message","status":"completed","summary":"Begin","detail":"Begin","metadata":null,"artifactRefs":null,"startedAtMs":1795261985009,"endedAtMs":1795261985009}}', 'daemon', 1795261985009, NULL, NULL);
INSERT INTO events VALUES (60, 2, 5, 22, 'session_input.promoted', '{"input":{"id":"in-a","threadId":"talk","prompt":"Begin","delivery":"queue","request":null,"status":"promoted","held":false,"admittedSeq":57,"promotedSeq":60,"turnId":"promoted","itemId":"item_01a1fdf3f0f1786196fb07f98d7de525","requeuedFromInputId":null,"createdAtMs":1795261984999}}', 'daemon', 1795261985009, NULL, NULL);
INSERT INTO events VALUES (61, 2, 5, NULL, 'turn.completed', '{"turn":{"id":"promoted","threadId":"talk","status":"completed","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":1,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261985009,"startedAtMs":1795261985009,"endedAtMs":1795261985021,"durationMs":12}}', 'daemon', 1795261985021, NULL, NULL);
INSERT INTO events VALUES (62, 3, NULL, NULL, 'note', '{"n":0,"text":""}', 'client', 1795261985029, 'k0', X'0C0F73FE5303BFB3090EBAD6FF91D0B8');
INSERT INTO events VALUES (63, 3, NULL, NULL, 'note', '{"n":1,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not sai"}', 'client', 1795261985033, 'k1', X'40AE4FA761A7F6DB33A14B0F2B79514E');
INSERT INTO events VALUES (64, 3, NULL, NULL, 'note', '{"n":2,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261985035, 'k2', X'DD5E2F92215E078D3D9C50B2281F86FD');
INSERT INTO events VALUES (65, 3, NULL, NULL, 'note', '{"n":3,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261985036, 'k3', X'10CF0478942FC891D6F51911037D3954');
INSERT INTO events VALUES (66, 3, NULL, NULL, 'note', '{"n":4,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261985037, 'k4', X'2CFA40B7CAE7C1DF9F633E697B902E79');
INSERT INTO events VALUES (67, 3, NULL, NULL, 'note', '{"n":5,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261985038, 'k5', X'6FEFA6867E536C4E626648380F3CF074');
INSERT INTO events VALUES (68, 3, NULL, NULL, 'note', '{"n":6,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261985039, 'k6', X'9E4E85691B549828BD127248B6872E97');
INSERT INTO events VALUES (69, 3, NULL, NULL, 'note', '{"n":7,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261985046, 'k7', X'EE1366AE708AEB119AB77B7740820411');
INSERT INTO events VALUES (70, 3, NULL, NULL, 'note', '{"n":8,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261985053, 'k8', X'5F0DCB4C9380EE1965D21DD795C44878');
INSERT INTO events VALUES (71, 3, NULL, NULL, 'note', '{"n":9,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261985057, 'k9', X'64C4DA2F9E8F545BD824BC982F76EAE0');
INSERT INTO events VALUES (72, 3, NULL, NULL, 'note', '{"n":10,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261985063, 'k10', X'41437619728725F1FC3A67225A0784E4');
INSERT INTO events VALUES (73, 3, NULL, NULL, 'note', '{"n":11,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261985077, 'k11', X'F0D9BACBF77A91307E06F486ED7BBFB1');
INSERT INTO events VALUES (74, 3, NULL, NULL, 'a.b', NULL, 'client', 1795261985079, NULL, NULL);
INSERT INTO events VALUES (75, 3, NULL, NULL, 'a.b', NULL, 'client', 1795261985079, NULL, NULL);
INSERT INTO events VALUES (76, 3, NULL, NULL, 'a.b', NULL, 'client', 1795261985079, NULL, NULL);
INSERT INTO events VALUES (77, 2, NULL, NULL, 'run.created', '{"run":{"id":"run-a","threadId":"talk","turnId":null,"agentId":null,"origin":"user","parentRunId":null,"parentThreadId":null,"sourceMailboxEntryId":null,"model":null,"status":"in_progress","terminationCode":null,"terminationDetail":null,"error":null,"inputTokens":0,"outputTokens":0,"metadata":null,"createdAtMs":1795261985092,"startedAtMs":1795261985092,"endedAtMs":null,"updatedAtMs":1795261985092}}', 'daemon', 1795261985092, NULL, NULL);
INSERT INTO events VALUES (78, 2, NULL, NULL, 'step.created', '{"step":{"id":"run-a-0","runId":"run-a","threadId":"talk","type":"tool_calls","status":"in_progress","details":{"text":""},"error":null,"createdAtMs":1795261985106,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261985106, NULL, NULL);
INSERT INTO events VALUES (79, 2, NULL, NULL, 'step.created', '{"step":{"id":"run-a-1","runId":"run-a","threadId":"talk","type":"tool_calls","status":"in_progress","details":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "},"error":null,"createdAtMs":1795261985111,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261985111, NULL, NULL);
INSERT INTO events VALUES (80, 2, NULL, NULL, 'step.created', '{"step":{"id":"run-a-2","runId":"run-a","threadId":"talk","type":"tool_calls","status":"in_progress","details":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "},"error":null,"createdAtMs":1795261985119,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261985119, NULL, NULL);
INSERT INTO events VALUES (81, 2, NULL, NULL, 'step.updated', '{"step":{"id":"run-a-0","runId":"run-a","threadId":"talk","type":"tool_calls","status":"completed","details":{"text":""},"error":null,"createdAtMs":1795261985106,"completedAtMs":1795261985135,"failedAtMs":null}}', 'daemon', 1795261985135, NULL, NULL);
INSERT INTO events VALUES (82, 4, NULL, NULL, 'run.created', '{"run":{"id":"run-b","threadId":"busy","turnId":null,"agentId":null,"origin":"user","parentRunId":null,"parentThreadId":null,"sourceMailboxEntryId":null,"model":null,"status":"in_progress","terminationCode":null,"terminationDetail":null,"error":null,"inputTokens":0,"outputTokens":0,"metadata":null,"createdAtMs":1795261985139,"startedAtMs":1795261985139,"endedAtMs":null,"updatedAtMs":1795261985139}}', 'daemon', 1795261985139, NULL, NULL);
INSERT INTO events VALUES (83, 4, NULL, NULL, 'step.created', '{"step":{"id":"run-b-0","runId":"run-b","threadId":"busy","type":"tool_calls","status":"in_progress","details":{"text":""},"error":null,"createdAtMs":1795261985145,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261985145, NULL, NULL);
INSERT INTO events VALUES (84, 4, NULL, NULL, 'step.created', '{"step":{"id":"run-b-1","runId":"run-b","threadId":"busy","type":"tool_calls","status":"in_progress","details":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "},"error":null,"createdAtMs":1795261985146,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261985146, NULL, NULL);
INSERT INTO events VALUES (85, 4, NULL, NULL, 'step.created', '{"step":{"id":"run-b-2","runId":"run-b","threadId":"busy","type":"tool_calls","status":"in_progress","details":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "},"error":null,"createdAtMs":1795261985153,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261985153, NULL, NULL);
INSERT INTO events VALUES (86, 4, NULL, NULL, 'step.updated', '{"step":{"id":"run-b-0","runId":"run-b","threadId":"busy","type":"tool_calls","status":"completed","details":{"text":""},"error":null,"createdAtMs":1795261985145,"completedAtMs":1795261985161,"failedAtMs":null}}', 'daemon', 1795261985161, NULL, NULL);
INSERT INTO events VALUES (87, 2, NULL, NULL, 'run.updated', '{"run":{"id":"run-a","threadId":"talk","turnId":null,"agentId":null,"origin":"user","parentRunId":null,"parentThreadId":null,"sourceMailboxEntryId":null,"model":null,"status":"completed","terminationCode":null,"terminationDetail":null,"error":null,"inputTokens":0,"outputTokens":7,"metadata":null,"createdAtMs":1795261985092,"startedAtMs":1795261985092,"endedAtMs":1795261985169,"updatedAtMs":1795261985169}}', 'daemon', 1795261985169, NULL, NULL);
INSERT INTO events VALUES (89, 6, NULL, NULL, 'thread.deleted', '{"thread":{"id":"gone","title":null,"model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "},"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261985257,"updatedAtMs":1795261985257}}', 'daemon', 1795261985263, NULL, NULL);
INSERT INTO runs VALUES (1, 'run-a', 2, NULL, NULL, 'user', NULL, NULL, NULL, NULL, 'completed', NULL, NULL, NULL, NULL, 0, 7, NULL, 1795261985092, 1795261985092, 1795261985169, 1795261985169, X'CB62B5FEDE0E500CEA7567214681325C');
INSERT INTO runs VALUES (2, 'run-b', 4, NULL, NULL, 'user', NULL, NULL, NULL, NULL, 'in_progress', NULL, NULL, NULL, NULL, 0, 0, NULL, 1795261985139, 1795261985139, NULL, 1795261985139, X'50C555BBDF7DE7FB12E5C5FB4CF91FEB');
INSERT INTO steps VALUES (1, 'run-a-0', 1, 'tool_calls', 'completed', '{"text":""}', NULL, NULL, 1795261985106, 1795261985135, NULL, 1795261985135, X'99CBE5BA704CD3CFE643C3850D5603E2');
INSERT INTO steps VALUES (2, 'run-a-1', 1, 'tool_calls', 'in_progress', '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', NULL, NULL, 1795261985111, NULL, NULL, 1795261985111, X'9A57A8857B6395FCBF764128FAC71284');
INSERT INTO steps VALUES (3, 'run-a-2', 1, 'tool_calls', 'in_progress', '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', NULL, NULL, 1795261985119, NULL, NULL, 1795261985119, X'9A57A8857B6395FCBF764128FAC71284');
INSERT INTO steps VALUES (4, 'run-b-0', 2, 'tool_calls', 'completed', '{"text":""}', NULL, NULL, 1795261985145, 1795261985161, NULL, 1795261985161, X'FDC9EACB3BD4FE74217299E742879054');
INSERT INTO steps VALUES (5, 'run-b-1', 2, 'tool_calls', 'in_progress', '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', NULL, NULL, 1795261985146, NULL, NULL, 1795261985146, X'63029231A0E547F968FD5B367434FDAF');
INSERT INTO steps VALUES (6, 'run-b-2', 2, 'tool_calls', 'in_progress', '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', NULL, NULL, 1795261985153, NULL, NULL, 1795261985153, X'63029231A0E547F968FD5B367434FDAF');
