# Made by `scripts/generate` from protocol/openrpc.json; do not edit.
"""Hold every record of the contract; what a newer daemon adds to one is ignored."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

# Any JSON value, as plain Python: None, bool, int, float, str, list or dict.
Json = object
EventSource = Literal[
    "client",
    "daemon",
]
InitializedDurability = Literal[
    "full",
    "normal",
]
ItemKind = Literal[
    "agent_message",
    "command_execution",
    "context_compaction",
    "error",
    "file_change",
    "reasoning",
    "status",
    "tool_call",
    "user_message",
]
ItemStatus = Literal[
    "cancelled",
    "completed",
    "failed",
    "in_progress",
    "interrupted",
    "queued",
]
LogLevelSetLevel = Literal[
    "debug",
    "error",
    "info",
    "warning",
]
LogLevelSetPrevious = Literal[
    "debug",
    "error",
    "info",
    "warning",
]
MailboxEntryOrigin = Literal[
    "external",
    "internal",
]
MailboxEntryStatus = Literal[
    "accepted",
    "cancelled",
    "claimed",
    "dead_letter",
    "queued",
    "superseded",
]
MessageListOrder = Literal[
    "asc",
    "desc",
]
MessageRole = Literal[
    "assistant",
    "system",
    "tool",
    "user",
]
MessageVisibility = Literal[
    "all",
    "internal",
]
NewMessageRole = Literal[
    "assistant",
    "system",
    "tool",
    "user",
]
NewMessageVisibility = Literal[
    "all",
    "internal",
]
RunChangeStatus = Literal[
    "cancelled",
    "cancelling",
    "completed",
    "expired",
    "failed",
    "in_progress",
    "queued",
    "requires_action",
]
RunCreateStatus = Literal[
    "in_progress",
    "queued",
    "requires_action",
]
RunStatus = Literal[
    "cancelled",
    "cancelling",
    "completed",
    "expired",
    "failed",
    "in_progress",
    "queued",
    "requires_action",
]
SessionInputAdmitIfBusy = Literal[
    "queue",
    "reject",
]
SessionInputDelivery = Literal[
    "queue",
    "steer",
]
SessionInputPromoteScope = Literal[
    "input",
    "steer",
]
SessionInputStatus = Literal[
    "cancelled",
    "pending",
    "promoted",
]
StatusDurability = Literal[
    "full",
    "normal",
]
StepStatus = Literal[
    "cancelled",
    "completed",
    "expired",
    "failed",
    "in_progress",
]
StepType = Literal[
    "message_creation",
    "tool_calls",
]
ThreadDeleteChildren = Literal[
    "cascade",
    "detach",
    "reject",
]
TranscriptMessageRole = Literal[
    "assistant",
    "user",
]
TurnCompleteStatus = Literal[
    "cancelled",
    "completed",
    "failed",
    "interrupted",
]
TurnInterruptPending = Literal[
    "cancel",
    "hold",
    "keep",
]
TurnStartStatus = Literal[
    "in_progress",
    "queued",
]
TurnStatus = Literal[
    "cancelled",
    "completed",
    "failed",
    "in_progress",
    "interrupted",
    "queued",
]
UsageAggregateGroupBy = Literal[
    "day",
    "model",
    "provider",
    "thread",
]


class Call(Struct, frozen=True, kw_only=True, rename="camel"):
    """Be one request of several."""

    method: str
    params: Json | UnsetType = UNSET


class Append(Struct, frozen=True, kw_only=True, rename="camel"):
    """Be one event to append, as the params of `event/append`."""

    thread_id: str
    turn_id: str | None = None
    item_id: str | None = None
    event: str
    payload: Json | UnsetType = UNSET
    event_key: str | None = None


class ClientInfo(Struct, frozen=True, kw_only=True, rename="camel"):
    """Name a client."""

    name: str
    version: str


class NewMessage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Be a message to append; with an id it is appended once, however often it is sent."""

    id: str | None = None
    role: NewMessageRole
    content: Json | UnsetType = UNSET
    tool_calls: Json | UnsetType = UNSET
    tool_call_id: str | None = None
    visibility: NewMessageVisibility | None = None
    run_id: str | None = None
    metadata: Json | UnsetType = UNSET


class RunError(Struct, frozen=True, kw_only=True, rename="camel"):
    """Say why a run or a step of it did not complete."""

    code: str
    message: str


class RunChange(Struct, frozen=True, kw_only=True, rename="camel"):
    """Be what somebody wants a run to become: what is absent stays, null clears.

    A status, an origin and a count cannot be cleared: to them null is absent.
    """

    status: RunChangeStatus | None = None
    turn_id: str | None | UnsetType = UNSET
    agent_id: str | None | UnsetType = UNSET
    origin: str | None = None
    parent_run_id: str | None | UnsetType = UNSET
    parent_thread_id: str | None | UnsetType = UNSET
    source_mailbox_entry_id: str | None | UnsetType = UNSET
    model: str | None | UnsetType = UNSET
    termination_code: str | None | UnsetType = UNSET
    termination_detail: str | None | UnsetType = UNSET
    error: RunError | None | UnsetType = UNSET
    input_tokens: int | None = None
    output_tokens: int | None = None
    metadata: Json | UnsetType = UNSET


class AddOp(
    Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    tag_field="op",
    tag="add",
):
    """Set a member, or insert into a list: before an index, or at the end (`-`)."""

    path: str
    value: Json


class RemoveOp(
    Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    tag_field="op",
    tag="remove",
):
    """Take away what is there."""

    path: str


class ReplaceOp(
    Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    tag_field="op",
    tag="replace",
):
    """Put a value in the place of what is there."""

    path: str
    value: Json


class MoveOp(
    Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    tag_field="op",
    tag="move",
):
    """Take a value from one place and add it at another."""

    path: str
    from_: str


class CopyOp(
    Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    tag_field="op",
    tag="copy",
):
    """Add a copy of a value at another place."""

    path: str
    from_: str


class TestOp(
    Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    tag_field="op",
    tag="test",
):
    """Hold that a value is there: numbers count by what they are, members have no order."""

    path: str
    value: Json


class IncrementOp(
    Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    tag_field="op",
    tag="increment",
):
    """Add a number to the number that is there, exactly."""

    path: str
    value: Json


class MergeOp(
    Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    tag_field="op",
    tag="merge",
):
    """Merge a value into what is there (RFC 7396), making the objects on the way to it."""

    path: str
    value: Json


class Patch(Struct, frozen=True, kw_only=True, rename="camel"):
    """Be operations that belong together, with where they come from."""

    ops: list[AddOp | RemoveOp | ReplaceOp | MoveOp | CopyOp | TestOp | IncrementOp | MergeOp]
    source: str | None = None
    description: str | None = None


class Usage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Count what a turn has used."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    miss_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None


class TurnError(Struct, frozen=True, kw_only=True, rename="camel"):
    """Say why a turn did not complete."""

    kind: str
    message: str


class Done(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer that it is done: an empty object."""


class AtomicAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer what each call would have answered, in their order."""

    results: list[Json]


class BackupDone(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer `daemon/backup`."""

    path: str
    bytes: int
    last_seq: int
    took_ms: int


class Checked(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer `daemon/check`: a sentence for each finding."""

    ok: bool
    findings: list[str]


class ProcessMetrics(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell what the process uses."""

    pid: int
    cpu_ms: int
    resident_bytes: int


class Outcome(Struct, frozen=True, kw_only=True, rename="camel"):
    """Count the requests of a method that ended so: `ok`, or the kind of an error."""

    outcome: str
    count: int


class Durations(Struct, frozen=True, kw_only=True, rename="camel"):
    """Count by how long it took: `counts[i]` up to `boundsMs[i]`, the last one beyond them all."""

    bounds_ms: list[float]
    counts: list[int]
    sum_ms: float


class MethodMetrics(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell how a method is used; `unknown` stands for what is no method."""

    method: str
    outcomes: list[Outcome]
    durations: Durations


class Sizes(Struct, frozen=True, kw_only=True, rename="camel"):
    """Count by how many: `counts[i]` up to `bounds[i]`, the last one beyond them all."""

    bounds: list[int]
    counts: list[int]
    sum: int


class CommitMetrics(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell of the groups that were committed, and of those that were lost and run again."""

    requests: Sizes
    durations: Durations
    reruns: int


class SubscriberMetrics(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell how many events a subscription is behind, and whether its peer reads."""

    subscription_id: str
    lag_events: int
    stalled: bool


class WalMetrics(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell of the write-ahead log; `heldUp` counts the checkpoints that a reader kept short."""

    bytes: int
    checkpoints: int
    held_up: int


class StatusCounts(Struct, frozen=True, kw_only=True, rename="camel"):
    """Count what waits and what works."""

    threads: int
    turns_in_progress: int
    turns_queued: int
    inputs_pending: int
    mailbox_queued: int
    mailbox_claimed: int


class RecoveredCounts(Struct, frozen=True, kw_only=True, rename="camel"):
    """Count what the start of this epoch found."""

    turns: int
    runs: int
    requeued_inputs: int
    quarantined: int


class Metrics(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer `daemon/metrics`."""

    at_ms: int
    started_at_ms: int
    version: str
    epoch: int
    last_seq: int
    process: ProcessMetrics
    methods: list[MethodMetrics]
    commits: CommitMetrics
    queue_depth: int
    waiting_requests: int
    connections: int
    connections_opened: int
    subscribers: list[SubscriberMetrics]
    database_bytes: int
    wal: WalMetrics
    counts: StatusCounts
    recovered: RecoveredCounts


class Pong(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer `daemon/ping`."""

    at_ms: int


class RecoveredTurn(Struct, frozen=True, kw_only=True, rename="camel"):
    """Report one turn: what it was, the items that were closed, the inputs it had consumed."""

    turn_id: str
    thread_id: str
    from_: str
    item_ids: list[str]
    input_ids: list[str]


class Quarantined(Struct, frozen=True, kw_only=True, rename="camel"):
    """Report one record that could not be read, and what was done about it."""

    table: str
    key: str
    reason: str


class RecoveryReport(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell everything that was found unfinished at the start of an epoch."""

    epoch: int
    clean_shutdown: bool
    took_ms: int
    turns: list[RecoveredTurn]
    run_ids: list[str]
    requeued_input_ids: list[str]
    pending_input_count: int
    quarantined: list[Quarantined]


class LogLevelSet(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer `daemon/setLogLevel`."""

    level: LogLevelSetLevel
    previous: LogLevelSetPrevious


class WriterStatus(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell how the writer does: groups committed, requests in them, requests that wait."""

    commits: int
    requests: int
    requests_per_commit: float
    queue_depth: int


class BackupRunning(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell how far a copy is that is being made."""

    path: str
    copied_bytes: int
    total_bytes: int


class BackupsStatus(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell of copies since the start; `lastError` is null again after one that went well."""

    running: list[BackupRunning]
    last_path: str | None
    last_at_ms: int | None
    last_error: str | None


class Status(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer `daemon/status`."""

    pid: int
    version: str
    epoch: int
    started_at_ms: int
    uptime_ms: int
    database_path: str
    database_bytes: int
    wal_bytes: int
    last_seq: int
    durability: StatusDurability
    connections: int
    subscriptions: int
    counts: StatusCounts
    writer: WriterStatus
    backups: BackupsStatus


class Event(Struct, frozen=True, kw_only=True, rename="camel"):
    """Show an event; `seq` counts from 1 over the whole database, without gaps."""

    seq: int
    thread_id: str | None
    turn_id: str | None
    item_id: str | None
    event: str
    payload: Json
    source: EventSource
    at_ms: int


class EventAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer one event."""

    event: Event


class EventsAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer the events of one append, in the order in which they were given."""

    events: list[Event]


class EventPage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a page of events; `nextSinceSeq` says from where to go on, null at the end."""

    data: list[Event]
    last_seq: int
    min_seq: int
    next_since_seq: int | None


class Pruned(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer `event/prune`: how many events went, their payloads' bytes, and what is first now."""

    events: int
    bytes: int
    min_seq: int


class Subscribed(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a subscription, and where its history ends."""

    subscription_id: str
    watermark_seq: int


class ServerInfo(Struct, frozen=True, kw_only=True, rename="camel"):
    """Name the program."""

    name: str
    version: str


class Limits(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell a client the limits that it can meet, as `initialize` reports them."""

    max_message_bytes: int = 16777216
    max_batch: int = 1000
    max_prompt_chars: int = 1048576
    max_pending_inputs: int = 1000
    max_connections: int = 256
    max_in_flight: int = 1024


class Capabilities(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell what this daemon can do beyond answering requests."""

    framings: list[str]


class Initialized(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer `initialize`."""

    protocol_version: int
    server_info: ServerInfo
    epoch: int
    database_id: str
    last_seq: int
    durability: InitializedDurability
    limits: Limits
    capabilities: Capabilities


class Item(Struct, frozen=True, kw_only=True, rename="camel"):
    """Show an item as it is on the wire; `position` counts from 1 within its turn."""

    id: str
    turn_id: str
    thread_id: str
    position: int
    kind: ItemKind
    status: ItemStatus
    summary: str | None
    detail: str | None
    metadata: Json
    artifact_refs: Json
    started_at_ms: int | None
    ended_at_ms: int | None


class ItemAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer one item."""

    item: Item


class ItemPage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a page of items."""

    data: list[Item]
    next_cursor: str | None


class MailboxEntry(Struct, frozen=True, kw_only=True, rename="camel"):
    """Show an entry; its token only in the answer of the claim that made it."""

    id: str
    mailbox_id: str
    payload: Json
    origin: MailboxEntryOrigin
    sender_id: str | None
    priority: int
    dedupe_key: str | None
    generation: int
    status: MailboxEntryStatus
    available_at_ms: int
    attempt_count: int
    max_attempts: int | None
    last_error: str | None
    claim_token: str | None
    claimed_by: str | None
    lease_until_ms: int | None
    created_at_ms: int
    updated_at_ms: int


class EntryAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer one mailbox entry."""

    entry: MailboxEntry


class EntryIfAny(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer one mailbox entry, or null where there is none to answer."""

    entry: MailboxEntry | None


class Entries(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer mailbox entries in claim order."""

    entries: list[MailboxEntry]


class LeaseExtended(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer whether a lease was extended, and until when."""

    extended: bool
    lease_until_ms: int | None


class Mailbox(Struct, frozen=True, kw_only=True, rename="camel"):
    """Show a mailbox: `updatedAtMs` moves with all the others; null if it was never used."""

    id: str
    generation: int
    queued_count: int
    claimed_entry_id: str | None
    updated_at_ms: int | None


class MailboxInterrupted(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer the mailbox at its new generation, and what was superseded."""

    mailbox: Mailbox
    superseded: list[MailboxEntry]


class EntryPage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a page of mailbox entries."""

    data: list[MailboxEntry]
    next_cursor: str | None


class Purged(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer how many entries were purged."""

    purged: int


class MailboxAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer one mailbox."""

    mailbox: Mailbox


class Message(Struct, frozen=True, kw_only=True, rename="camel"):
    """Show a message; `seq` counts from 1 within the thread, without gaps."""

    id: str
    thread_id: str
    seq: int
    role: MessageRole
    content: Json
    tool_calls: Json
    tool_call_id: str | None
    visibility: MessageVisibility
    run_id: str | None
    metadata: Json
    created_at_ms: int


class MessagesAppended(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer the record of every message that was given, and where the thread stands."""

    messages: list[Message]
    message_count: int
    version: int


class LogAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer where a thread stands after its messages were replaced."""

    message_count: int
    version: int


class MessageAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer one message."""

    message: Message


class MessagePage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a page of messages; `messageCount` is the whole thread's."""

    data: list[Message]
    next_cursor: str | None
    message_count: int


class OpenRpc(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer the OpenRPC document of this daemon."""

    openrpc: str
    info: Json
    methods: Json
    components: Json


class Run(Struct, frozen=True, kw_only=True, rename="camel"):
    """Show a run as it is on the wire; its references may outlive what they name."""

    id: str
    thread_id: str
    turn_id: str | None
    agent_id: str | None
    origin: str
    parent_run_id: str | None
    parent_thread_id: str | None
    source_mailbox_entry_id: str | None
    model: str | None
    status: RunStatus
    termination_code: str | None
    termination_detail: str | None
    error: RunError | None
    input_tokens: int
    output_tokens: int
    metadata: Json
    created_at_ms: int
    started_at_ms: int | None
    ended_at_ms: int | None
    updated_at_ms: int


class MaybeRun(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer one run, or null when there is none."""

    run: Run | None


class RunAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer one run."""

    run: Run


class Deleted(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer whether there was something to delete."""

    deleted: bool


class RunPage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a page of runs."""

    data: list[Run]
    next_cursor: str | None


class SessionInput(Struct, frozen=True, kw_only=True, rename="camel"):
    """Show a session input; the seqs are those of the events that report it."""

    id: str
    thread_id: str
    prompt: str
    delivery: SessionInputDelivery
    request: Json
    status: SessionInputStatus
    held: bool
    admitted_seq: int
    promoted_seq: int | None
    turn_id: str | None
    item_id: str | None
    requeued_from_input_id: str | None
    created_at_ms: int


class Turn(Struct, frozen=True, kw_only=True, rename="camel"):
    """Show a turn as it is on the wire; times are Unix milliseconds.

    `durationMs` is null until the turn has ended, and when it never started.
    """

    id: str
    thread_id: str
    status: TurnStatus
    input_summary: str | None
    metadata: Json
    usage: Usage | None
    error: TurnError | None
    steer_count: int
    item_count: int
    interrupt_requested_at_ms: int | None
    recovered: bool
    created_at_ms: int
    started_at_ms: int | None
    ended_at_ms: int | None
    duration_ms: int | None


class Promotion(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell what was promoted: the inputs, their new items, and the turn that has them."""

    inputs: list[SessionInput]
    items: list[Item]
    turn: Turn | None


class Admitted(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer an admission: the input as it is now, and what was promoted with it."""

    input: SessionInput
    deduplicated: bool
    active_turn_id: str | None
    promotion: Promotion


class InputAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer one session input."""

    input: SessionInput


class InputPage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a page of session inputs."""

    data: list[SessionInput]
    next_cursor: str | None


class Step(Struct, frozen=True, kw_only=True, rename="camel"):
    """Show a step as it is on the wire; two of its ends stamp their time."""

    id: str
    run_id: str
    thread_id: str
    type: StepType
    status: StepStatus
    details: Json
    error: RunError | None
    created_at_ms: int
    completed_at_ms: int | None
    failed_at_ms: int | None


class StepAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer one step."""

    step: Step


class StepPage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a page of steps."""

    data: list[Step]
    next_cursor: str | None


class Checkpoint(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer all that a thread is at one moment, internal messages too."""

    messages: list[Message]
    message_count: int
    version: int
    latest_run: Run | None
    state: Json


class Committed(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a change set: where the thread stands, and the record of every message given."""

    version: int
    message_count: int
    messages: list[Message]
    run: Run | None


class Commit(Struct, frozen=True, kw_only=True, rename="camel"):
    """Show a change set: what made the thread's version what it is.

    Replayed in order: `messages` are appended, or are the whole log anew when `replaced`;
    `snapshot` is the state anew, and `patches` are applied after it.
    """

    version: int
    commit_id: str | None
    reason: str
    run_id: str | None
    messages: list[Message]
    replaced: bool
    patches: list[Patch]
    actions: Json
    snapshot: Json
    at_ms: int


class CommitPage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer change sets in order; `nextAfterVersion` says where to go on, null at the end."""

    data: list[Commit]
    next_after_version: int | None


class Thread(Struct, frozen=True, kw_only=True, rename="camel"):
    """Show a thread as it is on the wire; times are Unix milliseconds."""

    id: str
    title: str | None
    model: str | None
    provider: str | None
    workspace: str | None
    mode: str | None
    resource_id: str | None
    parent_thread_id: str | None
    forked_from_thread_id: str | None
    metadata: Json
    archived: bool
    version: int
    message_count: int
    active_turn_id: str | None
    latest_turn_id: str | None
    pending_input_count: int
    created_at_ms: int
    updated_at_ms: int


class ThreadCreated(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a creation; `created` is false for a retry."""

    thread: Thread
    created: bool


class ThreadsDeleted(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer which threads went, and which children lost their parent."""

    deleted_thread_ids: list[str]
    detached_thread_ids: list[str]


class ThreadAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer one thread."""

    thread: Thread


class StateAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer the state of a thread and the version at which it is this."""

    state: Json
    version: int


class ThreadPage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a page of threads."""

    data: list[Thread]
    next_cursor: str | None


class VersionAnswer(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer the version of a thread."""

    version: int


class TranscriptText(
    Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    tag_field="type",
    tag="text",
):
    """Be one block of text in a transcript's message."""

    text: str


class TranscriptMessage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Be one message as a model would read it."""

    role: TranscriptMessageRole
    content: list[TranscriptText]


class Transcript(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer the conversation as a model would read it."""

    messages: list[TranscriptMessage]
    total_tokens: int


class TurnCompleted(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer the ended turn, and what was promoted after it."""

    turn: Turn
    promotion: Promotion


class TurnAndItems(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a turn and its items, in order."""

    turn: Turn
    items: list[Item]


class TurnPage(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a page of turns."""

    data: list[Turn]
    next_cursor: str | None


class InterruptRequested(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer whether there was a turn to interrupt, and which."""

    requested: bool
    turn: Turn | None


class TurnAndItem(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer a turn and its new item."""

    turn: Turn
    item: Item


class UsageSum(Struct, frozen=True, kw_only=True, rename="camel"):
    """Sum up the turns that said what they used; tokens are counts, costs US dollars.

    `key` is the day (UTC), the model, the provider or the thread's id; null for turns without
    one, and for the totals. `cacheHitRate` is null where nothing could be cached.
    """

    key: str | None
    turns: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    miss_tokens: int
    reasoning_tokens: int
    cost_usd: float
    cost_usd_without_cache: float
    cache_savings_usd: float
    cache_hit_rate: float | None


class UsageAggregate(Struct, frozen=True, kw_only=True, rename="camel"):
    """Answer the sums of a span of time; both ends belong to it, null is open.

    `cacheTelemetryIncomplete` says that some turn did not tell its cached tokens.
    """

    group_by: UsageAggregateGroupBy
    since_ms: int | None
    until_ms: int | None
    totals: UsageSum
    buckets: list[UsageSum]
    cache_telemetry_incomplete: bool


class EventAppended(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell of events, in order: first the history that was asked for, then live."""

    subscription_id: str
    events: list[Event]


class EventSynced(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell that the history has been told, up to `seq`; what follows is live."""

    subscription_id: str
    seq: int


class EventReset(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell that of the events before `minSeq` some have been pruned that were not told yet.

    What is left of them, and all from there on, follows.
    """

    subscription_id: str
    min_seq: int


class ItemDelta(Struct, frozen=True, kw_only=True, rename="camel"):
    """Tell a piece of an open item; never stored, and it may be lost to a slow peer.

    `offset` counts the item's characters before this piece, so that a loss shows.
    """

    subscription_id: str
    thread_id: str
    turn_id: str
    item_id: str
    text: str
    offset: int
