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
CREATE TABLE thread_heads (
    thread_key INTEGER PRIMARY KEY REFERENCES threads (key) ON DELETE CASCADE,
    log INTEGER NOT NULL CHECK (log >= 0),
    unsaved_commits INTEGER NOT NULL CHECK (unsaved_commits >= 0),
    unsaved_bytes INTEGER NOT NULL CHECK (unsaved_bytes >= 0),
    state TEXT NOT NULL CHECK (json_valid(state))
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
CREATE UNIQUE INDEX messages_place ON messages (thread_key, log, seq);
CREATE UNIQUE INDEX messages_id ON messages (thread_key, log, id);
CREATE INDEX messages_run ON messages (thread_key, log, run_id, seq) WHERE run_id IS NOT NULL;
CREATE UNIQUE INDEX commits_id ON commits (thread_key, commit_id) WHERE commit_id IS NOT NULL;
CREATE INDEX commits_state ON commits (thread_key, version)
WHERE patches IS NOT NULL OR snapshot IS NOT NULL;
INSERT INTO migrations VALUES (1, '0001_conversations', '0c1a05f5f7f0d89b4025131a2fb8f0f90621b02ae69e23fb8cbf1b5595f66b72', 1795261988789);
INSERT INTO migrations VALUES (2, '0002_mailboxes', 'fc500b9b117f9c80f448371ba2dff2d99f94222a916235520d0e9e24160c8014', 1795261988789);
INSERT INTO migrations VALUES (3, '0003_runs', '829d099bf6cb1fbefbd7fc469853967781eab4ad44d6ec9e01089bc9c90ccd4f', 1795261988789);
INSERT INTO migrations VALUES (4, '0004_messages', '1c6b5ea5920cbd28343de06bea285129d1aab131dea1e8db56aff56a17d7d03b', 1795261988789);
INSERT INTO daemon VALUES (1, 'db_01a1fdf3ffce7228af8da61f0e33c8d3', 1, 115, 1, 110);
INSERT INTO thread_names VALUES (1, 'empty');
INSERT INTO thread_names VALUES (2, 'talk');
INSERT INTO thread_names VALUES (3, 'log');
INSERT INTO thread_names VALUES (4, 'busy');
INSERT INTO thread_names VALUES (5, 'child');
INSERT INTO thread_names VALUES (6, 'gone');
INSERT INTO threads VALUES (1, 'empty', 'The empty thread', ' the empty thread', 'm-1', NULL, NULL, NULL, NULL, NULL, NULL, '{"n":0}', 1, 2, 0, 1795261988833, 1795261989044, X'856F3E825F63841677210F2CB2DB1001');
INSERT INTO threads VALUES (2, 'talk', 'The talk thread', ' the talk thread', 'm-1', NULL, NULL, NULL, NULL, NULL, NULL, '{"n":1}', 0, 13, 12, 1795261988853, 1795261989337, X'138FC9243E9AAEA58D0FE61BBF6A6291');
INSERT INTO threads VALUES (3, 'log', 'The log thread', ' the log thread', 'm-1', NULL, NULL, NULL, NULL, NULL, NULL, '{"n":2}', 0, 7, 6, 1795261988901, 1795261989365, X'14D068BB1C8975A548812E20010EEC86');
INSERT INTO threads VALUES (4, 'busy', 'The busy thread', ' the busy thread', 'm-1', NULL, NULL, NULL, NULL, NULL, NULL, '{"n":3}', 0, 2, 1, 1795261988949, 1795261989368, X'8680501E6017A4B06D6EE4F46E4288AD');
INSERT INTO threads VALUES (5, 'child', 'The child thread', ' the child thread', 'm-1', NULL, NULL, NULL, NULL, 2, NULL, '{"n":4}', 0, 2, 0, 1795261989009, 1795261989371, X'6DFDBC968EE03E7A0ED45418DCD97AF7');
INSERT INTO turns VALUES (1, 'done', 2, 'completed', 'started', NULL, NULL, 1, 100, 20, 60, NULL, NULL, NULL, NULL, NULL, 0, 5, NULL, 0, 1795261989057, 1795261989057, 1795261989235, X'7723FE38784C5111E7D6E26F5B0E266A');
INSERT INTO turns VALUES (2, 'open', 4, 'in_progress', 'started', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 6, NULL, 0, 1795261989137, 1795261989137, NULL, X'16EAC82C4A51125ED17A34B4C5823C3C');
INSERT INTO turns VALUES (3, 'waiting', 4, 'queued', 'queued', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 5, NULL, 0, 1795261989163, NULL, NULL, X'F7AC084EFC87B33472A5FC8F53937220');
INSERT INTO turns VALUES (4, 'failed', 3, 'failed', 'started', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, 'model', 'gone away', 0, 5, NULL, 0, 1795261989219, 1795261989219, 1795261989238, X'A911C4D5440791B398117D5094715409');
INSERT INTO turns VALUES (5, 'promoted', 2, 'completed', 'promoted', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, NULL, 0, 1795261989261, 1795261989261, 1795261989263, X'A1E8454AACE3FE62A01C8F4752087619');
INSERT INTO items VALUES (1, 'item_01a1fdf400c1763a8974432620fabf3c', 1, 1, 'user_message', 'completed', 'Do it: done', 'Do it: done', NULL, NULL, 1795261989057, 1795261989057, NULL);
INSERT INTO items VALUES (2, 'done-0', 1, 2, 'tool_call', 'completed', 'did it', '', NULL, NULL, 1795261989075, 1795261989124, X'131E8286A97A9C33118E3617BBFD9EED');
INSERT INTO items VALUES (3, 'done-1', 1, 3, 'tool_call', 'interrupted', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261989097, 1795261989235, X'841035BD59B2376691FCB76AD0020BE5');
INSERT INTO items VALUES (4, 'done-2', 1, 4, 'tool_call', 'interrupted', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261989106, 1795261989235, X'2CE2C4627F7F98AE432E48D4111DDDF0');
INSERT INTO items VALUES (5, 'done-3', 1, 5, 'tool_call', 'interrupted', NULL, '', NULL, NULL, 1795261989118, 1795261989235, X'131E8286A97A9C33118E3617BBFD9EED');
INSERT INTO items VALUES (6, 'item_01a1fdf4011177cdb6c1861d37cbcba2', 2, 1, 'user_message', 'completed', 'Do it: open', 'Do it: open', NULL, NULL, 1795261989137, 1795261989137, NULL);
INSERT INTO items VALUES (7, 'open-0', 2, 2, 'tool_call', 'completed', 'did it', '', NULL, NULL, 1795261989143, 1795261989160, X'4D61DA1ECFC106228431A480549B5CB1');
INSERT INTO items VALUES (8, 'open-1', 2, 3, 'tool_call', 'in_progress', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261989147, NULL, X'57742719DFF5C95060A1CD1223C85842');
INSERT INTO items VALUES (9, 'open-2', 2, 4, 'tool_call', 'in_progress', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261989150, NULL, X'3F93C35709BB2D711CB18D27F7CA300A');
INSERT INTO items VALUES (10, 'open-3', 2, 5, 'tool_call', 'in_progress', NULL, '', NULL, NULL, 1795261989153, NULL, X'4D61DA1ECFC106228431A480549B5CB1');
INSERT INTO items VALUES (11, 'item_01a1fdf4012b7b91832d6968a3e54a72', 3, 1, 'user_message', 'completed', 'Do it: waiting', 'Do it: waiting', NULL, NULL, 1795261989163, 1795261989163, NULL);
INSERT INTO items VALUES (12, 'waiting-0', 3, 2, 'tool_call', 'completed', 'did it', '', NULL, NULL, 1795261989169, 1795261989213, X'BD33DE43B83E106E770984CC05F7F69E');
INSERT INTO items VALUES (13, 'waiting-1', 3, 3, 'tool_call', 'in_progress', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261989182, NULL, X'7C679461F644B91CEE5200E70C261FD3');
INSERT INTO items VALUES (14, 'waiting-2', 3, 4, 'tool_call', 'in_progress', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261989189, NULL, X'DC21D2734BADD4C8E23FDD45CC9DAC2A');
INSERT INTO items VALUES (15, 'waiting-3', 3, 5, 'tool_call', 'in_progress', NULL, '', NULL, NULL, 1795261989194, NULL, X'BD33DE43B83E106E770984CC05F7F69E');
INSERT INTO items VALUES (16, 'item_01a1fdf40163722d928fadcf6332c772', 4, 1, 'user_message', 'completed', 'Do it: failed', 'Do it: failed', NULL, NULL, 1795261989219, 1795261989219, NULL);
INSERT INTO items VALUES (17, 'failed-0', 4, 2, 'tool_call', 'completed', 'did it', '', NULL, NULL, 1795261989221, 1795261989231, X'7E54174E52CD4E3C5BF5639CA0B9BE43');
INSERT INTO items VALUES (18, 'failed-1', 4, 3, 'tool_call', 'failed', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261989225, 1795261989238, X'26F022C5F9D00E566719172A0E389C88');
INSERT INTO items VALUES (19, 'failed-2', 4, 4, 'tool_call', 'failed', NULL, 'All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ', NULL, NULL, 1795261989226, 1795261989238, X'E519A96E4B564F5FFBFD6825FC26C22E');
INSERT INTO items VALUES (20, 'failed-3', 4, 5, 'tool_call', 'failed', NULL, '', NULL, NULL, 1795261989229, 1795261989238, X'7E54174E52CD4E3C5BF5639CA0B9BE43');
INSERT INTO items VALUES (21, 'steered', 2, 6, 'user_message', 'completed', 'not so fast', 'not so fast', NULL, NULL, 1795261989239, 1795261989239, X'8BDFEA7A4D1B56F06E19333D8E0F7CFE');
INSERT INTO items VALUES (22, 'item_01a1fdf4018d71cab1b70fcdb8c9f52e', 5, 1, 'user_message', 'completed', 'Begin', 'Begin', NULL, NULL, 1795261989261, 1795261989261, NULL);
INSERT INTO session_inputs VALUES (1, 'in-0', 4, 1, 'Prompt 0.', 'queue', NULL, 'cancelled', 0, 50, NULL, NULL, NULL, 0, NULL, 1795261989245, X'0022D798DB618BF3FACAF35B78472F3B');
INSERT INTO session_inputs VALUES (2, 'in-1', 4, 2, 'Prompt 1. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not sa', 'queue', NULL, 'pending', 0, 51, NULL, NULL, NULL, 0, NULL, 1795261989246, X'32C3798F2700619786B30C323814756E');
INSERT INTO session_inputs VALUES (3, 'in-2', 4, 3, 'Prompt 2. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not', 'queue', NULL, 'pending', 0, 52, NULL, NULL, NULL, 0, NULL, 1795261989249, X'2B60390BE0384459CFE10844E334CEDB');
INSERT INTO session_inputs VALUES (4, 'in-3', 4, 4, 'Prompt 3. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not', 'queue', NULL, 'pending', 0, 53, NULL, NULL, NULL, 0, NULL, 1795261989251, X'DB8EDE5C10643332C57C79456E2BEA09');
INSERT INTO session_inputs VALUES (5, 'in-4', 4, 5, 'Prompt 4. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not', 'queue', NULL, 'pending', 0, 54, NULL, NULL, NULL, 0, NULL, 1795261989253, X'9DE967FE012A26161BB9D6DBD33925CC');
INSERT INTO session_inputs VALUES (6, 'in-5', 4, 6, 'Prompt 5. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not', 'queue', NULL, 'pending', 0, 55, NULL, NULL, NULL, 0, NULL, 1795261989256, X'7CB594E2036AB4A4199A2BD7A8FC50F7');
INSERT INTO session_inputs VALUES (7, 'in-a', 2, 7, 'Begin', 'queue', NULL, 'promoted', 0, 57, 60, 5, 22, 1, NULL, 1795261989259, X'4E95600EAEFE76968D14F5E1B4EF2587');
INSERT INTO events VALUES (1, 1, NULL, NULL, 'thread.created', '{"thread":{"id":"empty","title":"The empty thread","model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":null,"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261988833,"updatedAtMs":1795261988833}}', 'daemon', 1795261988833, NULL, NULL);
INSERT INTO events VALUES (2, 1, NULL, NULL, 'thread.updated', '{"thread":{"id":"empty","title":"The empty thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"n":0},"archived":false,"version":1,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261988833,"updatedAtMs":1795261988845}}', 'daemon', 1795261988845, NULL, NULL);
INSERT INTO events VALUES (3, 2, NULL, NULL, 'thread.created', '{"thread":{"id":"talk","title":"The talk thread","model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":null,"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261988853,"updatedAtMs":1795261988853}}', 'daemon', 1795261988853, NULL, NULL);
INSERT INTO events VALUES (4, 2, NULL, NULL, 'thread.updated', '{"thread":{"id":"talk","title":"The talk thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"n":1},"archived":false,"version":1,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261988853,"updatedAtMs":1795261988861}}', 'daemon', 1795261988861, NULL, NULL);
INSERT INTO events VALUES (5, 3, NULL, NULL, 'thread.created', '{"thread":{"id":"log","title":"The log thread","model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":null,"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261988901,"updatedAtMs":1795261988901}}', 'daemon', 1795261988901, NULL, NULL);
INSERT INTO events VALUES (6, 3, NULL, NULL, 'thread.updated', '{"thread":{"id":"log","title":"The log thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"n":2},"archived":false,"version":1,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261988901,"updatedAtMs":1795261988923}}', 'daemon', 1795261988923, NULL, NULL);
INSERT INTO events VALUES (7, 4, NULL, NULL, 'thread.created', '{"thread":{"id":"busy","title":"The busy thread","model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":null,"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261988949,"updatedAtMs":1795261988949}}', 'daemon', 1795261988949, NULL, NULL);
INSERT INTO events VALUES (8, 4, NULL, NULL, 'thread.updated', '{"thread":{"id":"busy","title":"The busy thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"n":3},"archived":false,"version":1,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261988949,"updatedAtMs":1795261988969}}', 'daemon', 1795261988969, NULL, NULL);
INSERT INTO events VALUES (9, 5, NULL, NULL, 'thread.created', '{"thread":{"id":"child","title":"The child thread","model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":"talk","forkedFromThreadId":null,"metadata":null,"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261989009,"updatedAtMs":1795261989009}}', 'daemon', 1795261989009, NULL, NULL);
INSERT INTO events VALUES (10, 5, NULL, NULL, 'thread.updated', '{"thread":{"id":"child","title":"The child thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":"talk","forkedFromThreadId":null,"metadata":{"n":4},"archived":false,"version":1,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261989009,"updatedAtMs":1795261989025}}', 'daemon', 1795261989025, NULL, NULL);
INSERT INTO events VALUES (11, 1, NULL, NULL, 'thread.updated', '{"thread":{"id":"empty","title":"The empty thread","model":"m-1","provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"n":0},"archived":true,"version":2,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261988833,"updatedAtMs":1795261989044}}', 'daemon', 1795261989044, NULL, NULL);
INSERT INTO events VALUES (12, 2, 1, NULL, 'turn.started', '{"turn":{"id":"done","threadId":"talk","status":"in_progress","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":0,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261989057,"startedAtMs":1795261989057,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261989057, NULL, NULL);
INSERT INTO events VALUES (13, 2, 1, 1, 'item.completed', '{"item":{"id":"item_01a1fdf400c1763a8974432620fabf3c","turnId":"done","threadId":"talk","position":1,"kind":"user_message","status":"completed","summary":"Do it: done","detail":"Do it: done","metadata":null,"artifactRefs":null,"startedAtMs":1795261989057,"endedAtMs":1795261989057}}', 'daemon', 1795261989057, NULL, NULL);
INSERT INTO events VALUES (14, 2, 1, 2, 'item.started', '{"item":{"id":"done-0","turnId":"done","threadId":"talk","position":2,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989075,"endedAtMs":null}}', 'daemon', 1795261989075, NULL, NULL);
INSERT INTO events VALUES (15, 2, 1, 3, 'item.started', '{"item":{"id":"done-1","turnId":"done","threadId":"talk","position":3,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989097,"endedAtMs":null}}', 'daemon', 1795261989097, NULL, NULL);
INSERT INTO events VALUES (16, 2, 1, 4, 'item.started', '{"item":{"id":"done-2","turnId":"done","threadId":"talk","position":4,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989106,"endedAtMs":null}}', 'daemon', 1795261989106, NULL, NULL);
INSERT INTO events VALUES (17, 2, 1, 5, 'item.started', '{"item":{"id":"done-3","turnId":"done","threadId":"talk","position":5,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989118,"endedAtMs":null}}', 'daemon', 1795261989118, NULL, NULL);
INSERT INTO events VALUES (18, 2, 1, 2, 'item.completed', '{"item":{"id":"done-0","turnId":"done","threadId":"talk","position":2,"kind":"tool_call","status":"completed","summary":"did it","detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989075,"endedAtMs":1795261989124}}', 'daemon', 1795261989124, NULL, NULL);
INSERT INTO events VALUES (19, 4, 2, NULL, 'turn.started', '{"turn":{"id":"open","threadId":"busy","status":"in_progress","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":0,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261989137,"startedAtMs":1795261989137,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261989137, NULL, NULL);
INSERT INTO events VALUES (20, 4, 2, 6, 'item.completed', '{"item":{"id":"item_01a1fdf4011177cdb6c1861d37cbcba2","turnId":"open","threadId":"busy","position":1,"kind":"user_message","status":"completed","summary":"Do it: open","detail":"Do it: open","metadata":null,"artifactRefs":null,"startedAtMs":1795261989137,"endedAtMs":1795261989137}}', 'daemon', 1795261989137, NULL, NULL);
INSERT INTO events VALUES (21, 4, 2, 7, 'item.started', '{"item":{"id":"open-0","turnId":"open","threadId":"busy","position":2,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989143,"endedAtMs":null}}', 'daemon', 1795261989143, NULL, NULL);
INSERT INTO events VALUES (22, 4, 2, 8, 'item.started', '{"item":{"id":"open-1","turnId":"open","threadId":"busy","position":3,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989147,"endedAtMs":null}}', 'daemon', 1795261989147, NULL, NULL);
INSERT INTO events VALUES (23, 4, 2, 9, 'item.started', '{"item":{"id":"open-2","turnId":"open","threadId":"busy","position":4,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989150,"endedAtMs":null}}', 'daemon', 1795261989150, NULL, NULL);
INSERT INTO events VALUES (24, 4, 2, 10, 'item.started', '{"item":{"id":"open-3","turnId":"open","threadId":"busy","position":5,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989153,"endedAtMs":null}}', 'daemon', 1795261989153, NULL, NULL);
INSERT INTO events VALUES (25, 4, 2, 7, 'item.completed', '{"item":{"id":"open-0","turnId":"open","threadId":"busy","position":2,"kind":"tool_call","status":"completed","summary":"did it","detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989143,"endedAtMs":1795261989160}}', 'daemon', 1795261989160, NULL, NULL);
INSERT INTO events VALUES (26, 4, 3, NULL, 'turn.queued', '{"turn":{"id":"waiting","threadId":"busy","status":"queued","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":0,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261989163,"startedAtMs":null,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261989163, NULL, NULL);
INSERT INTO events VALUES (27, 4, 3, 11, 'item.completed', '{"item":{"id":"item_01a1fdf4012b7b91832d6968a3e54a72","turnId":"waiting","threadId":"busy","position":1,"kind":"user_message","status":"completed","summary":"Do it: waiting","detail":"Do it: waiting","metadata":null,"artifactRefs":null,"startedAtMs":1795261989163,"endedAtMs":1795261989163}}', 'daemon', 1795261989163, NULL, NULL);
INSERT INTO events VALUES (28, 4, 3, 12, 'item.started', '{"item":{"id":"waiting-0","turnId":"waiting","threadId":"busy","position":2,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989169,"endedAtMs":null}}', 'daemon', 1795261989169, NULL, NULL);
INSERT INTO events VALUES (29, 4, 3, 13, 'item.started', '{"item":{"id":"waiting-1","turnId":"waiting","threadId":"busy","position":3,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989182,"endedAtMs":null}}', 'daemon', 1795261989182, NULL, NULL);
INSERT INTO events VALUES (30, 4, 3, 14, 'item.started', '{"item":{"id":"waiting-2","turnId":"waiting","threadId":"busy","position":4,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989189,"endedAtMs":null}}', 'daemon', 1795261989189, NULL, NULL);
INSERT INTO events VALUES (31, 4, 3, 15, 'item.started', '{"item":{"id":"waiting-3","turnId":"waiting","threadId":"busy","position":5,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989194,"endedAtMs":null}}', 'daemon', 1795261989194, NULL, NULL);
INSERT INTO events VALUES (32, 4, 3, 12, 'item.completed', '{"item":{"id":"waiting-0","turnId":"waiting","threadId":"busy","position":2,"kind":"tool_call","status":"completed","summary":"did it","detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989169,"endedAtMs":1795261989213}}', 'daemon', 1795261989213, NULL, NULL);
INSERT INTO events VALUES (33, 3, 4, NULL, 'turn.started', '{"turn":{"id":"failed","threadId":"log","status":"in_progress","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":0,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261989219,"startedAtMs":1795261989219,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261989219, NULL, NULL);
INSERT INTO events VALUES (34, 3, 4, 16, 'item.completed', '{"item":{"id":"item_01a1fdf40163722d928fadcf6332c772","turnId":"failed","threadId":"log","position":1,"kind":"user_message","status":"completed","summary":"Do it: failed","detail":"Do it: failed","metadata":null,"artifactRefs":null,"startedAtMs":1795261989219,"endedAtMs":1795261989219}}', 'daemon', 1795261989219, NULL, NULL);
INSERT INTO events VALUES (35, 3, 4, 17, 'item.started', '{"item":{"id":"failed-0","turnId":"failed","threadId":"log","position":2,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989221,"endedAtMs":null}}', 'daemon', 1795261989221, NULL, NULL);
INSERT INTO events VALUES (36, 3, 4, 18, 'item.started', '{"item":{"id":"failed-1","turnId":"failed","threadId":"log","position":3,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989225,"endedAtMs":null}}', 'daemon', 1795261989225, NULL, NULL);
INSERT INTO events VALUES (37, 3, 4, 19, 'item.started', '{"item":{"id":"failed-2","turnId":"failed","threadId":"log","position":4,"kind":"tool_call","status":"in_progress","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989226,"endedAtMs":null}}', 'daemon', 1795261989226, NULL, NULL);
INSERT INTO events VALUES (38, 3, 4, 20, 'item.started', '{"item":{"id":"failed-3","turnId":"failed","threadId":"log","position":5,"kind":"tool_call","status":"in_progress","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989229,"endedAtMs":null}}', 'daemon', 1795261989229, NULL, NULL);
INSERT INTO events VALUES (39, 3, 4, 17, 'item.completed', '{"item":{"id":"failed-0","turnId":"failed","threadId":"log","position":2,"kind":"tool_call","status":"completed","summary":"did it","detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989221,"endedAtMs":1795261989231}}', 'daemon', 1795261989231, NULL, NULL);
INSERT INTO events VALUES (40, 2, 1, 3, 'item.completed', '{"item":{"id":"done-1","turnId":"done","threadId":"talk","position":3,"kind":"tool_call","status":"interrupted","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989097,"endedAtMs":1795261989235}}', 'daemon', 1795261989235, NULL, NULL);
INSERT INTO events VALUES (41, 2, 1, 4, 'item.completed', '{"item":{"id":"done-2","turnId":"done","threadId":"talk","position":4,"kind":"tool_call","status":"interrupted","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989106,"endedAtMs":1795261989235}}', 'daemon', 1795261989235, NULL, NULL);
INSERT INTO events VALUES (42, 2, 1, 5, 'item.completed', '{"item":{"id":"done-3","turnId":"done","threadId":"talk","position":5,"kind":"tool_call","status":"interrupted","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989118,"endedAtMs":1795261989235}}', 'daemon', 1795261989235, NULL, NULL);
INSERT INTO events VALUES (43, 2, 1, NULL, 'turn.completed', '{"turn":{"id":"done","threadId":"talk","status":"completed","inputSummary":null,"metadata":null,"usage":{"inputTokens":100,"outputTokens":20,"cachedTokens":60,"missTokens":null,"reasoningTokens":null,"costUsd":null},"error":null,"steerCount":0,"itemCount":5,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261989057,"startedAtMs":1795261989057,"endedAtMs":1795261989235,"durationMs":178}}', 'daemon', 1795261989235, NULL, NULL);
INSERT INTO events VALUES (44, 3, 4, 18, 'item.completed', '{"item":{"id":"failed-1","turnId":"failed","threadId":"log","position":3,"kind":"tool_call","status":"failed","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989225,"endedAtMs":1795261989238}}', 'daemon', 1795261989238, NULL, NULL);
INSERT INTO events VALUES (45, 3, 4, 19, 'item.completed', '{"item":{"id":"failed-2","turnId":"failed","threadId":"log","position":4,"kind":"tool_call","status":"failed","summary":null,"detail":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","metadata":null,"artifactRefs":null,"startedAtMs":1795261989226,"endedAtMs":1795261989238}}', 'daemon', 1795261989238, NULL, NULL);
INSERT INTO events VALUES (46, 3, 4, 20, 'item.completed', '{"item":{"id":"failed-3","turnId":"failed","threadId":"log","position":5,"kind":"tool_call","status":"failed","summary":null,"detail":"","metadata":null,"artifactRefs":null,"startedAtMs":1795261989229,"endedAtMs":1795261989238}}', 'daemon', 1795261989238, NULL, NULL);
INSERT INTO events VALUES (47, 3, 4, NULL, 'turn.completed', '{"turn":{"id":"failed","threadId":"log","status":"failed","inputSummary":null,"metadata":null,"usage":null,"error":{"kind":"model","message":"gone away"},"steerCount":0,"itemCount":5,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261989219,"startedAtMs":1795261989219,"endedAtMs":1795261989238,"durationMs":19}}', 'daemon', 1795261989238, NULL, NULL);
INSERT INTO events VALUES (48, 4, 2, 21, 'item.completed', '{"item":{"id":"steered","turnId":"open","threadId":"busy","position":6,"kind":"user_message","status":"completed","summary":"not so fast","detail":"not so fast","metadata":null,"artifactRefs":null,"startedAtMs":1795261989239,"endedAtMs":1795261989239}}', 'daemon', 1795261989239, NULL, NULL);
INSERT INTO events VALUES (49, 4, 2, NULL, 'turn.steered', '{"turn":{"id":"open","threadId":"busy","status":"in_progress","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":1,"itemCount":6,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261989137,"startedAtMs":1795261989137,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261989239, NULL, NULL);
INSERT INTO events VALUES (50, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-0","threadId":"busy","prompt":"Prompt 0.","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":50,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261989245}}', 'daemon', 1795261989245, NULL, NULL);
INSERT INTO events VALUES (51, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-1","threadId":"busy","prompt":"Prompt 1. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not sa","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":51,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261989246}}', 'daemon', 1795261989246, NULL, NULL);
INSERT INTO events VALUES (52, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-2","threadId":"busy","prompt":"Prompt 2. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":52,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261989249}}', 'daemon', 1795261989249, NULL, NULL);
INSERT INTO events VALUES (53, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-3","threadId":"busy","prompt":"Prompt 3. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":53,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261989251}}', 'daemon', 1795261989251, NULL, NULL);
INSERT INTO events VALUES (54, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-4","threadId":"busy","prompt":"Prompt 4. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":54,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261989253}}', 'daemon', 1795261989253, NULL, NULL);
INSERT INTO events VALUES (55, 4, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-5","threadId":"busy","prompt":"Prompt 5. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":55,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261989256}}', 'daemon', 1795261989256, NULL, NULL);
INSERT INTO events VALUES (56, 4, NULL, NULL, 'session_input.cancelled', '{"input":{"id":"in-0","threadId":"busy","prompt":"Prompt 0.","delivery":"queue","request":null,"status":"cancelled","held":false,"admittedSeq":50,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261989245}}', 'daemon', 1795261989258, NULL, NULL);
INSERT INTO events VALUES (57, 2, NULL, NULL, 'session_input.admitted', '{"input":{"id":"in-a","threadId":"talk","prompt":"Begin","delivery":"queue","request":null,"status":"pending","held":false,"admittedSeq":57,"promotedSeq":null,"turnId":null,"itemId":null,"requeuedFromInputId":null,"createdAtMs":1795261989259}}', 'daemon', 1795261989259, NULL, NULL);
INSERT INTO events VALUES (58, 2, 5, NULL, 'turn.started', '{"turn":{"id":"promoted","threadId":"talk","status":"in_progress","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":0,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261989261,"startedAtMs":1795261989261,"endedAtMs":null,"durationMs":null}}', 'daemon', 1795261989261, NULL, NULL);
INSERT INTO events VALUES (59, 2, 5, 22, 'item.completed', '{"item":{"id":"item_01a1fdf4018d71cab1b70fcdb8c9f52e","turnId":"promoted","threadId":"talk","position":1,"kind":"user_message","status":"completed","summary":"Begin","detail":"Begin","metadata":null,"artifactRefs":null,"startedAtMs":1795261989261,"endedAtMs":1795261989261}}', 'daemon', 1795261989261, NULL, NULL);
INSERT INTO events VALUES (60, 2, 5, 22, 'session_input.promoted', '{"input":{"id":"in-a","threadId":"talk","prompt":"Begin","delivery":"queue","request":null,"status":"promoted","held":false,"admittedSeq":57,"promotedSeq":60,"turnId":"promoted","itemId":"item_01a1fdf4018d71cab1b70fcdb8c9f52e","requeuedFromInputId":null,"createdAtMs":1795261989259}}', 'daemon', 1795261989261, NULL, NULL);
INSERT INTO events VALUES (61, 2, 5, NULL, 'turn.completed', '{"turn":{"id":"promoted","threadId":"talk","status":"completed","inputSummary":null,"metadata":null,"usage":null,"error":null,"steerCount":0,"itemCount":1,"interruptRequestedAtMs":null,"recovered":false,"createdAtMs":1795261989261,"startedAtMs":1795261989261,"endedAtMs":1795261989263,"durationMs":2}}', 'daemon', 1795261989263, NULL, NULL);
INSERT INTO events VALUES (62, 3, NULL, NULL, 'note', '{"n":0,"text":""}', 'client', 1795261989264, 'k0', X'0C0F73FE5303BFB3090EBAD6FF91D0B8');
INSERT INTO events VALUES (63, 3, NULL, NULL, 'note', '{"n":1,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not sai"}', 'client', 1795261989265, 'k1', X'40AE4FA761A7F6DB33A14B0F2B79514E');
INSERT INTO events VALUES (64, 3, NULL, NULL, 'note', '{"n":2,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261989266, 'k2', X'DD5E2F92215E078D3D9C50B2281F86FD');
INSERT INTO events VALUES (65, 3, NULL, NULL, 'note', '{"n":3,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261989274, 'k3', X'10CF0478942FC891D6F51911037D3954');
INSERT INTO events VALUES (66, 3, NULL, NULL, 'note', '{"n":4,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261989277, 'k4', X'2CFA40B7CAE7C1DF9F633E697B902E79');
INSERT INTO events VALUES (67, 3, NULL, NULL, 'note', '{"n":5,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261989281, 'k5', X'6FEFA6867E536C4E626648380F3CF074');
INSERT INTO events VALUES (68, 3, NULL, NULL, 'note', '{"n":6,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261989282, 'k6', X'9E4E85691B549828BD127248B6872E97');
INSERT INTO events VALUES (69, 3, NULL, NULL, 'note', '{"n":7,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261989283, 'k7', X'EE1366AE708AEB119AB77B7740820411');
INSERT INTO events VALUES (70, 3, NULL, NULL, 'note', '{"n":8,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261989284, 'k8', X'5F0DCB4C9380EE1965D21DD795C44878');
INSERT INTO events VALUES (71, 3, NULL, NULL, 'note', '{"n":9,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261989285, 'k9', X'64C4DA2F9E8F545BD824BC982F76EAE0');
INSERT INTO events VALUES (72, 3, NULL, NULL, 'note', '{"n":10,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261989289, 'k10', X'41437619728725F1FC3A67225A0784E4');
INSERT INTO events VALUES (73, 3, NULL, NULL, 'note', '{"n":11,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'client', 1795261989290, 'k11', X'F0D9BACBF77A91307E06F486ED7BBFB1');
INSERT INTO events VALUES (74, 3, NULL, NULL, 'a.b', NULL, 'client', 1795261989290, NULL, NULL);
INSERT INTO events VALUES (75, 3, NULL, NULL, 'a.b', NULL, 'client', 1795261989290, NULL, NULL);
INSERT INTO events VALUES (76, 3, NULL, NULL, 'a.b', NULL, 'client', 1795261989290, NULL, NULL);
INSERT INTO events VALUES (77, 2, NULL, NULL, 'run.created', '{"run":{"id":"run-a","threadId":"talk","turnId":null,"agentId":null,"origin":"user","parentRunId":null,"parentThreadId":null,"sourceMailboxEntryId":null,"model":null,"status":"in_progress","terminationCode":null,"terminationDetail":null,"error":null,"inputTokens":0,"outputTokens":0,"metadata":null,"createdAtMs":1795261989291,"startedAtMs":1795261989291,"endedAtMs":null,"updatedAtMs":1795261989291}}', 'daemon', 1795261989291, NULL, NULL);
INSERT INTO events VALUES (78, 2, NULL, NULL, 'step.created', '{"step":{"id":"run-a-0","runId":"run-a","threadId":"talk","type":"tool_calls","status":"in_progress","details":{"text":""},"error":null,"createdAtMs":1795261989293,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261989293, NULL, NULL);
INSERT INTO events VALUES (79, 2, NULL, NULL, 'step.created', '{"step":{"id":"run-a-1","runId":"run-a","threadId":"talk","type":"tool_calls","status":"in_progress","details":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "},"error":null,"createdAtMs":1795261989295,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261989295, NULL, NULL);
INSERT INTO events VALUES (80, 2, NULL, NULL, 'step.created', '{"step":{"id":"run-a-2","runId":"run-a","threadId":"talk","type":"tool_calls","status":"in_progress","details":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "},"error":null,"createdAtMs":1795261989295,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261989295, NULL, NULL);
INSERT INTO events VALUES (81, 2, NULL, NULL, 'step.updated', '{"step":{"id":"run-a-0","runId":"run-a","threadId":"talk","type":"tool_calls","status":"completed","details":{"text":""},"error":null,"createdAtMs":1795261989293,"completedAtMs":1795261989296,"failedAtMs":null}}', 'daemon', 1795261989296, NULL, NULL);
INSERT INTO events VALUES (82, 4, NULL, NULL, 'run.created', '{"run":{"id":"run-b","threadId":"busy","turnId":null,"agentId":null,"origin":"user","parentRunId":null,"parentThreadId":null,"sourceMailboxEntryId":null,"model":null,"status":"in_progress","terminationCode":null,"terminationDetail":null,"error":null,"inputTokens":0,"outputTokens":0,"metadata":null,"createdAtMs":1795261989299,"startedAtMs":1795261989299,"endedAtMs":null,"updatedAtMs":1795261989299}}', 'daemon', 1795261989299, NULL, NULL);
INSERT INTO events VALUES (83, 4, NULL, NULL, 'step.created', '{"step":{"id":"run-b-0","runId":"run-b","threadId":"busy","type":"tool_calls","status":"in_progress","details":{"text":""},"error":null,"createdAtMs":1795261989301,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261989301, NULL, NULL);
INSERT INTO events VALUES (84, 4, NULL, NULL, 'step.created', '{"step":{"id":"run-b-1","runId":"run-b","threadId":"busy","type":"tool_calls","status":"in_progress","details":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "},"error":null,"createdAtMs":1795261989304,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261989304, NULL, NULL);
INSERT INTO events VALUES (85, 4, NULL, NULL, 'step.created', '{"step":{"id":"run-b-2","runId":"run-b","threadId":"busy","type":"tool_calls","status":"in_progress","details":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "},"error":null,"createdAtMs":1795261989305,"completedAtMs":null,"failedAtMs":null}}', 'daemon', 1795261989305, NULL, NULL);
INSERT INTO events VALUES (86, 4, NULL, NULL, 'step.updated', '{"step":{"id":"run-b-0","runId":"run-b","threadId":"busy","type":"tool_calls","status":"completed","details":{"text":""},"error":null,"createdAtMs":1795261989301,"completedAtMs":1795261989306,"failedAtMs":null}}', 'daemon', 1795261989306, NULL, NULL);
INSERT INTO events VALUES (87, 2, NULL, NULL, 'run.updated', '{"run":{"id":"run-a","threadId":"talk","turnId":null,"agentId":null,"origin":"user","parentRunId":null,"parentThreadId":null,"sourceMailboxEntryId":null,"model":null,"status":"completed","terminationCode":null,"terminationDetail":null,"error":null,"inputTokens":0,"outputTokens":7,"metadata":null,"createdAtMs":1795261989291,"startedAtMs":1795261989291,"endedAtMs":1795261989307,"updatedAtMs":1795261989307}}', 'daemon', 1795261989307, NULL, NULL);
INSERT INTO events VALUES (88, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m0","threadId":"talk","seq":1,"role":"user","content":{"text":"","n":0},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989308}],"messageCount":1,"version":2}', 'daemon', 1795261989308, NULL, NULL);
INSERT INTO events VALUES (89, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m1","threadId":"talk","seq":2,"role":"user","content":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":1},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989310}],"messageCount":2,"version":3}', 'daemon', 1795261989310, NULL, NULL);
INSERT INTO events VALUES (90, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m2","threadId":"talk","seq":3,"role":"user","content":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":2},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989311}],"messageCount":3,"version":4}', 'daemon', 1795261989311, NULL, NULL);
INSERT INTO events VALUES (91, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m3","threadId":"talk","seq":4,"role":"user","content":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":3},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989312}],"messageCount":4,"version":5}', 'daemon', 1795261989312, NULL, NULL);
INSERT INTO events VALUES (92, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m4","threadId":"talk","seq":5,"role":"user","content":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":4},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989313}],"messageCount":5,"version":6}', 'daemon', 1795261989313, NULL, NULL);
INSERT INTO events VALUES (93, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m5","threadId":"talk","seq":6,"role":"user","content":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":5},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989314}],"messageCount":6,"version":7}', 'daemon', 1795261989314, NULL, NULL);
INSERT INTO events VALUES (94, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m6","threadId":"talk","seq":7,"role":"user","content":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":6},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989315}],"messageCount":7,"version":8}', 'daemon', 1795261989315, NULL, NULL);
INSERT INTO events VALUES (95, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m7","threadId":"talk","seq":8,"role":"user","content":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":7},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989316}],"messageCount":8,"version":9}', 'daemon', 1795261989316, NULL, NULL);
INSERT INTO events VALUES (96, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m8","threadId":"talk","seq":9,"role":"user","content":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":8},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989322}],"messageCount":9,"version":10}', 'daemon', 1795261989322, NULL, NULL);
INSERT INTO events VALUES (97, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m9","threadId":"talk","seq":10,"role":"user","content":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":9},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989329}],"messageCount":10,"version":11}', 'daemon', 1795261989329, NULL, NULL);
INSERT INTO events VALUES (98, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m10","threadId":"talk","seq":11,"role":"user","content":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":10},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989333}],"messageCount":11,"version":12}', 'daemon', 1795261989333, NULL, NULL);
INSERT INTO events VALUES (99, 2, NULL, NULL, 'message.appended', '{"messages":[{"id":"m11","threadId":"talk","seq":12,"role":"user","content":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":11},"toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989337}],"messageCount":12,"version":13}', 'daemon', 1795261989337, NULL, NULL);
INSERT INTO events VALUES (100, 3, NULL, NULL, 'message.appended', '{"messages":[{"id":"l0","threadId":"log","seq":1,"role":"assistant","content":"said 0","toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989338}],"messageCount":1,"version":2}', 'daemon', 1795261989338, NULL, NULL);
INSERT INTO events VALUES (101, 3, NULL, NULL, 'state.changed', '{"messageCount":1,"version":2}', 'daemon', 1795261989338, NULL, NULL);
INSERT INTO events VALUES (102, 3, NULL, NULL, 'message.appended', '{"messages":[{"id":"l1","threadId":"log","seq":2,"role":"assistant","content":"said 1","toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989342}],"messageCount":2,"version":3}', 'daemon', 1795261989342, NULL, NULL);
INSERT INTO events VALUES (103, 3, NULL, NULL, 'state.changed', '{"messageCount":2,"version":3}', 'daemon', 1795261989342, NULL, NULL);
INSERT INTO events VALUES (104, 3, NULL, NULL, 'message.appended', '{"messages":[{"id":"l2","threadId":"log","seq":3,"role":"assistant","content":"said 2","toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989347}],"messageCount":3,"version":4}', 'daemon', 1795261989347, NULL, NULL);
INSERT INTO events VALUES (105, 3, NULL, NULL, 'state.changed', '{"messageCount":3,"version":4}', 'daemon', 1795261989347, NULL, NULL);
INSERT INTO events VALUES (106, 3, NULL, NULL, 'message.appended', '{"messages":[{"id":"l3","threadId":"log","seq":4,"role":"assistant","content":"said 3","toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989350}],"messageCount":4,"version":5}', 'daemon', 1795261989350, NULL, NULL);
INSERT INTO events VALUES (107, 3, NULL, NULL, 'state.changed', '{"messageCount":4,"version":5}', 'daemon', 1795261989350, NULL, NULL);
INSERT INTO events VALUES (108, 3, NULL, NULL, 'message.appended', '{"messages":[{"id":"l4","threadId":"log","seq":5,"role":"assistant","content":"said 4","toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989355}],"messageCount":5,"version":6}', 'daemon', 1795261989355, NULL, NULL);
INSERT INTO events VALUES (109, 3, NULL, NULL, 'state.changed', '{"messageCount":5,"version":6}', 'daemon', 1795261989355, NULL, NULL);
INSERT INTO events VALUES (110, 3, NULL, NULL, 'message.appended', '{"messages":[{"id":"l5","threadId":"log","seq":6,"role":"assistant","content":"said 5","toolCalls":null,"toolCallId":null,"visibility":"all","runId":null,"metadata":null,"createdAtMs":1795261989365}],"messageCount":6,"version":7}', 'daemon', 1795261989365, NULL, NULL);
INSERT INTO events VALUES (111, 3, NULL, NULL, 'state.changed', '{"messageCount":6,"version":7}', 'daemon', 1795261989365, NULL, NULL);
INSERT INTO events VALUES (112, 4, NULL, NULL, 'message.replaced', '{"messageCount":1,"version":2}', 'daemon', 1795261989368, NULL, NULL);
INSERT INTO events VALUES (113, 5, NULL, NULL, 'state.changed', '{"messageCount":0,"version":2}', 'daemon', 1795261989371, NULL, NULL);
INSERT INTO events VALUES (115, 6, NULL, NULL, 'thread.deleted', '{"thread":{"id":"gone","title":null,"model":null,"provider":null,"workspace":null,"mode":null,"resourceId":null,"parentThreadId":null,"forkedFromThreadId":null,"metadata":{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "},"archived":false,"version":0,"messageCount":0,"activeTurnId":null,"latestTurnId":null,"pendingInputCount":0,"createdAtMs":1795261989469,"updatedAtMs":1795261989469}}', 'daemon', 1795261989472, NULL, NULL);
INSERT INTO mailboxes VALUES (1, 'work', 0, 5, 1795261989448);
INSERT INTO mailboxes VALUES (2, 'mail', 0, 4, 1795261989466);
INSERT INTO mailbox_entries VALUES (1, 'work-0', 1, '{"n":0,"text":""}', 'external', NULL, 255, 'd0', 0, 'queued', 1795261989372, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795261989372, 1795261989372, X'96CB029E03F78EA4C5ECCAD51268016A');
INSERT INTO mailbox_entries VALUES (2, 'work-1', 1, '{"n":1,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'external', NULL, 254, 'd1', 0, 'queued', 1795261989382, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795261989382, 1795261989382, X'9012C2EB0F3C66E75B1BDA2677029F2A');
INSERT INTO mailbox_entries VALUES (3, 'work-2', 1, '{"n":2,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'external', NULL, 253, 'd2', 0, 'queued', 1795261989391, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795261989391, 1795261989391, X'5B28BAF2F3B36BE93CFEDDE41CBBA584');
INSERT INTO mailbox_entries VALUES (4, 'work-3', 1, '{"n":3,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'external', NULL, 252, 'd3', 0, 'queued', 1795261989397, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795261989397, 1795261989397, X'F4D26628A1694BA59EE9BA84196E1927');
INSERT INTO mailbox_entries VALUES (5, 'work-4', 1, '{"n":4,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'external', NULL, 251, 'd4', 0, 'queued', 1795261989402, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795261989402, 1795261989402, X'30ED34F00CAFC3CFC8D0DD774D74BF0A');
INSERT INTO mailbox_entries VALUES (6, 'work-5', 1, '{"n":5,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'external', NULL, 250, 'd5', 0, 'claimed', 1795261989408, 1, NULL, NULL, 'c73d0020c045e7bbd6f7ccc8f22abd93', 'c', 1795348389448, 0, NULL, NULL, NULL, 1795261989408, 1795261989448, X'B9057A4C3EAC2CD2B0CC95453F414D22');
INSERT INTO mailbox_entries VALUES (7, 'mail-0', 2, '{"n":0,"text":""}', 'external', NULL, 255, 'd0', 0, 'cancelled', 1795261989413, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795261989413, 1795261989466, X'2C82029EAD4683AB236597F1EB34AA05');
INSERT INTO mailbox_entries VALUES (8, 'mail-1', 2, '{"n":1,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'external', NULL, 254, 'd1', 0, 'queued', 1795261989421, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795261989421, 1795261989421, X'85927939CF16B7147236CD3B5FE11E0E');
INSERT INTO mailbox_entries VALUES (9, 'mail-2', 2, '{"n":2,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'external', NULL, 253, 'd2', 0, 'queued', 1795261989427, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795261989427, 1795261989427, X'15DA1E082731730FCC8BEED206F08D9C');
INSERT INTO mailbox_entries VALUES (10, 'mail-3', 2, '{"n":3,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'external', NULL, 252, 'd3', 0, 'queued', 1795261989430, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795261989430, 1795261989430, X'9686E7D3F9300CDD56F852B1D78DF8A2');
INSERT INTO mailbox_entries VALUES (11, 'mail-4', 2, '{"n":4,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'external', NULL, 251, 'd4', 0, 'queued', 1795261989437, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, 1795261989437, 1795261989437, X'F741A58D85274123AEBA1D2EE8750C9B');
INSERT INTO mailbox_entries VALUES (12, 'mail-5', 2, '{"n":5,"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', 'external', NULL, 250, 'd5', 0, 'accepted', 1795261989445, 1, NULL, NULL, NULL, NULL, NULL, 0, 'd1619d59c72378f3b5ea7d731a4d60ec', 'ack', NULL, 1795261989445, 1795261989455, X'92BA50B2FC46B3B91BB89DBBEF9E4ED0');
INSERT INTO mailbox_heads VALUES (251, 1795261989437, 1795261989437, 'mail-4', 2, 0, 11);
INSERT INTO mailbox_heads VALUES (252, 1795261989430, 1795261989430, 'mail-3', 2, 0, 10);
INSERT INTO mailbox_heads VALUES (253, 1795261989427, 1795261989427, 'mail-2', 2, 0, 9);
INSERT INTO mailbox_heads VALUES (254, 1795261989421, 1795261989421, 'mail-1', 2, 0, 8);
INSERT INTO runs VALUES (1, 'run-a', 2, NULL, NULL, 'user', NULL, NULL, NULL, NULL, 'completed', NULL, NULL, NULL, NULL, 0, 7, NULL, 1795261989291, 1795261989291, 1795261989307, 1795261989307, X'CB62B5FEDE0E500CEA7567214681325C');
INSERT INTO runs VALUES (2, 'run-b', 4, NULL, NULL, 'user', NULL, NULL, NULL, NULL, 'in_progress', NULL, NULL, NULL, NULL, 0, 0, NULL, 1795261989299, 1795261989299, NULL, 1795261989299, X'50C555BBDF7DE7FB12E5C5FB4CF91FEB');
INSERT INTO steps VALUES (1, 'run-a-0', 1, 'tool_calls', 'completed', '{"text":""}', NULL, NULL, 1795261989293, 1795261989296, NULL, 1795261989296, X'99CBE5BA704CD3CFE643C3850D5603E2');
INSERT INTO steps VALUES (2, 'run-a-1', 1, 'tool_calls', 'in_progress', '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', NULL, NULL, 1795261989295, NULL, NULL, 1795261989295, X'9A57A8857B6395FCBF764128FAC71284');
INSERT INTO steps VALUES (3, 'run-a-2', 1, 'tool_calls', 'in_progress', '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', NULL, NULL, 1795261989295, NULL, NULL, 1795261989295, X'9A57A8857B6395FCBF764128FAC71284');
INSERT INTO steps VALUES (4, 'run-b-0', 2, 'tool_calls', 'completed', '{"text":""}', NULL, NULL, 1795261989301, 1795261989306, NULL, 1795261989306, X'FDC9EACB3BD4FE74217299E742879054');
INSERT INTO steps VALUES (5, 'run-b-1', 2, 'tool_calls', 'in_progress', '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', NULL, NULL, 1795261989304, NULL, NULL, 1795261989304, X'63029231A0E547F968FD5B367434FDAF');
INSERT INTO steps VALUES (6, 'run-b-2', 2, 'tool_calls', 'in_progress', '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', NULL, NULL, 1795261989305, NULL, NULL, 1795261989305, X'63029231A0E547F968FD5B367434FDAF');
INSERT INTO messages VALUES (1, 2, 0, 1, 'm0', 'user', 'all', NULL, NULL, 1795261989308, X'BC6B14D6930FCAB6BB81AF6A1A086233', NULL, NULL, '{"text":"","n":0}');
INSERT INTO messages VALUES (2, 2, 0, 2, 'm1', 'user', 'all', NULL, NULL, 1795261989310, X'1E3681C556A3ED459B2BFCEA443EFF83', NULL, NULL, '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":1}');
INSERT INTO messages VALUES (3, 2, 0, 3, 'm2', 'user', 'all', NULL, NULL, 1795261989311, X'2B7C154658EF8BFFC47C0C6267AC8682', NULL, NULL, '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":2}');
INSERT INTO messages VALUES (4, 2, 0, 4, 'm3', 'user', 'all', NULL, NULL, 1795261989312, X'606542B3F62F7D70D81FFBB58DB05E81', NULL, NULL, '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":3}');
INSERT INTO messages VALUES (5, 2, 0, 5, 'm4', 'user', 'all', NULL, NULL, 1795261989313, X'776CAB4A7C81CDE2857CA4B8C60D62CF', NULL, NULL, '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":4}');
INSERT INTO messages VALUES (6, 2, 0, 6, 'm5', 'user', 'all', NULL, NULL, 1795261989314, X'4C1696E784B9D44A81A7A3C0FF328CF0', NULL, NULL, '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":5}');
INSERT INTO messages VALUES (7, 2, 0, 7, 'm6', 'user', 'all', NULL, NULL, 1795261989315, X'EC2A9E8C7C39441DA107A151EFF8B427', NULL, NULL, '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":6}');
INSERT INTO messages VALUES (8, 2, 0, 8, 'm7', 'user', 'all', NULL, NULL, 1795261989316, X'F1FC0C5C02D6F579270F1DAFFC06BA2B', NULL, NULL, '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":7}');
INSERT INTO messages VALUES (9, 2, 0, 9, 'm8', 'user', 'all', NULL, NULL, 1795261989322, X'AC91E2B3B6AA76BE948A89C64EA0AC56', NULL, NULL, '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":8}');
INSERT INTO messages VALUES (10, 2, 0, 10, 'm9', 'user', 'all', NULL, NULL, 1795261989329, X'B27DFFDFD181B7DE40E1315420BA2186', NULL, NULL, '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":9}');
INSERT INTO messages VALUES (11, 2, 0, 11, 'm10', 'user', 'all', NULL, NULL, 1795261989333, X'9DFDAC47CEDC021566EF4DE11BD0905B', NULL, NULL, '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":10}');
INSERT INTO messages VALUES (12, 2, 0, 12, 'm11', 'user', 'all', NULL, NULL, 1795261989337, X'0D1DE35240EE7EAD7B105F1007872CF6', NULL, NULL, '{"text":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","n":11}');
INSERT INTO messages VALUES (13, 3, 0, 1, 'l0', 'assistant', 'all', NULL, NULL, 1795261989338, X'B552A96426F557BB750E8B1CC21EE16F', NULL, NULL, '"said 0"');
INSERT INTO messages VALUES (14, 3, 0, 2, 'l1', 'assistant', 'all', NULL, NULL, 1795261989342, X'AEBD3092FACC09AD421C55079CC1E784', NULL, NULL, '"said 1"');
INSERT INTO messages VALUES (15, 3, 0, 3, 'l2', 'assistant', 'all', NULL, NULL, 1795261989347, X'7B15B2E3176EE7D10535A998E41EF3EF', NULL, NULL, '"said 2"');
INSERT INTO messages VALUES (16, 3, 0, 4, 'l3', 'assistant', 'all', NULL, NULL, 1795261989350, X'01747BE744790AC3B55ED4E5D41249A2', NULL, NULL, '"said 3"');
INSERT INTO messages VALUES (17, 3, 0, 5, 'l4', 'assistant', 'all', NULL, NULL, 1795261989355, X'01AEBF9CEC6B5F13FB1344B6EEA76590', NULL, NULL, '"said 4"');
INSERT INTO messages VALUES (18, 3, 0, 6, 'l5', 'assistant', 'all', NULL, NULL, 1795261989365, X'5FE990152857C25179B3D5013DF8ED9E', NULL, NULL, '"said 5"');
INSERT INTO messages VALUES (19, 4, 2, 1, 'msg_01a1fdf401f87eba8654f76f205f299c', 'tool', 'all', NULL, NULL, 1795261989368, X'B1975120FCABACB31B265FE876683564', NULL, NULL, '[1]');
INSERT INTO commits VALUES (1, 1, NULL, 'thread/update', NULL, 0, 1, 0, 1795261988845, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 1, NULL, 'thread/update', NULL, 0, 1, 0, 1795261988861, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (3, 1, NULL, 'thread/update', NULL, 0, 1, 0, 1795261988923, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (4, 1, NULL, 'thread/update', NULL, 0, 1, 0, 1795261988969, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (5, 1, NULL, 'thread/update', NULL, 0, 1, 0, 1795261989025, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (1, 2, NULL, 'thread/update', NULL, 0, 1, 0, 1795261989044, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 2, NULL, 'message/append', NULL, 0, 1, 1, 1795261989308, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 3, NULL, 'message/append', NULL, 0, 2, 2, 1795261989310, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 4, NULL, 'message/append', NULL, 0, 3, 3, 1795261989311, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 5, NULL, 'message/append', NULL, 0, 4, 4, 1795261989312, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 6, NULL, 'message/append', NULL, 0, 5, 5, 1795261989313, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 7, NULL, 'message/append', NULL, 0, 6, 6, 1795261989314, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 8, NULL, 'message/append', NULL, 0, 7, 7, 1795261989315, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 9, NULL, 'message/append', NULL, 0, 8, 8, 1795261989316, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 10, NULL, 'message/append', NULL, 0, 9, 9, 1795261989322, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 11, NULL, 'message/append', NULL, 0, 10, 10, 1795261989329, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 12, NULL, 'message/append', NULL, 0, 11, 11, 1795261989333, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (2, 13, NULL, 'message/append', NULL, 0, 12, 12, 1795261989337, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (3, 2, 'c0', 'why', NULL, 0, 1, 1, 1795261989338, X'294DBA117361B3EEACBB94795A67007C', NULL, NULL, NULL, '[{"ops":[{"op":"add","path":"/k0","value":""}],"source":null,"description":null}]', NULL, NULL);
INSERT INTO commits VALUES (3, 3, 'c1', 'why', NULL, 0, 2, 2, 1795261989342, X'250450DE4B96A24C6B4EF7A0B4CA73E2', NULL, NULL, NULL, '[{"ops":[{"op":"add","path":"/k1","value":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said"}],"source":null,"description":null}]', NULL, NULL);
INSERT INTO commits VALUES (3, 4, 'c2', 'why', NULL, 0, 3, 3, 1795261989347, X'3FB71B3B1A840916F67B6EAEC3CB7CA9', NULL, NULL, NULL, '[{"ops":[{"op":"add","path":"/k2","value":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not sa"}],"source":null,"description":null}]', NULL, NULL);
INSERT INTO commits VALUES (3, 5, 'c3', 'why', NULL, 0, 4, 4, 1795261989350, X'A9CBCCA8DB261C4E90C0EC759C0FE5FD', NULL, NULL, NULL, '[{"ops":[{"op":"add","path":"/k3","value":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}],"source":null,"description":null}]', NULL, NULL);
INSERT INTO commits VALUES (3, 6, 'c4', 'why', NULL, 0, 5, 5, 1795261989355, X'CB44EF88F16830B73901472F5FA0A5CC', NULL, NULL, NULL, '[{"ops":[{"op":"add","path":"/k4","value":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}],"source":null,"description":null}]', NULL, NULL);
INSERT INTO commits VALUES (3, 7, 'c5', 'why', NULL, 0, 6, 6, 1795261989365, X'A166566602DF9E23B905651012CD78C6', NULL, NULL, NULL, '[{"ops":[{"op":"add","path":"/k5","value":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}],"source":null,"description":null}]', NULL, NULL);
INSERT INTO commits VALUES (4, 2, NULL, 'message/replace', NULL, 2, 1, 1, 1795261989368, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO commits VALUES (5, 2, NULL, 'thread/setState', NULL, 0, 1, 0, 1795261989371, NULL, NULL, NULL, NULL, NULL, '{"whole":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}', NULL);
INSERT INTO thread_heads VALUES (3, 0, 6, 1686, '{"k0":"","k1":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said","k2":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not sa","k3":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","k4":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not ","k5":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}');
INSERT INTO thread_heads VALUES (4, 2, 0, 0, '{}');
INSERT INTO thread_heads VALUES (5, 0, 0, 0, '{"whole":"All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not said. All that is said of it is true, or it is not "}');
