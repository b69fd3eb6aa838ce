// Made by `scripts/generate` from the declarations of the methods; do not edit.
// What holds for all of them is in README.md, the same for people in
// reference.md.

/** Any JSON value; what was stored comes back equal. */
export type Json =
  null | boolean | number | string | Json[] | { [member: string]: Json };

/** Be one request of several. */
export interface Call {
  method: string;
  params?: Json;
}

/** Be one event to append, as the params of `event/append`. */
export interface Append {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** An id, minted by a client or by the daemon. */
  turnId?: string | null;
  /** An id, minted by a client or by the daemon. */
  itemId?: string | null;
  /** The name of an event. */
  event: string;
  payload?: Json;
  /** An id, minted by a client or by the daemon. */
  eventKey?: string | null;
}

/** Name a client. */
export interface ClientInfo {
  name: string;
  version: string;
}

/**
 * Be a message to append; with an id it is appended once, however often it is
 * sent.
 */
export interface NewMessage {
  /** An id, minted by a client or by the daemon. */
  id?: string | null;
  role: "assistant" | "system" | "tool" | "user";
  content?: Json;
  toolCalls?: Json;
  /** A name given elsewhere: 1 to 256 characters, none of them a control. */
  toolCallId?: string | null;
  visibility?: "all" | "internal" | null;
  /** An id, minted by a client or by the daemon. */
  runId?: string | null;
  metadata?: Json;
}

/** Say why a run or a step of it did not complete. */
export interface RunError {
  code: string;
  message: string;
}

/**
 * Be what somebody wants a run to become: what is absent stays, null clears.
 *
 * A status, an origin and a count cannot be cleared: to them null is absent.
 */
export interface RunChange {
  status?:
    | "cancelled"
    | "cancelling"
    | "completed"
    | "expired"
    | "failed"
    | "in_progress"
    | "queued"
    | "requires_action"
    | null;
  /** An id, minted by a client or by the daemon. */
  turnId?: string | null;
  /** An id, minted by a client or by the daemon. */
  agentId?: string | null;
  /** A name given elsewhere: 1 to 256 characters, none of them a control. */
  origin?: string | null;
  /** An id, minted by a client or by the daemon. */
  parentRunId?: string | null;
  /** An id, minted by a client or by the daemon. */
  parentThreadId?: string | null;
  /** An id, minted by a client or by the daemon. */
  sourceMailboxEntryId?: string | null;
  model?: string | null;
  terminationCode?: string | null;
  terminationDetail?: string | null;
  error?: RunError | null;
  inputTokens?: number | null;
  outputTokens?: number | null;
  metadata?: Json;
}

/** Be operations that belong together, with where they come from. */
export interface Patch {
  ops:
    | (
        | AddOp
        | RemoveOp
        | ReplaceOp
        | MoveOp
        | CopyOp
        | TestOp
        | IncrementOp
        | MergeOp
      )[];
  source?: string | null;
  description?: string | null;
}

/**
 * Set a member, or insert into a list: before an index, or at the end (`-`).
 */
export interface AddOp {
  op: "add";
  /** A JSON Pointer (RFC 6901). */
  path: string;
  value: Json;
}

/** Take away what is there. */
export interface RemoveOp {
  op: "remove";
  /** A JSON Pointer (RFC 6901). */
  path: string;
}

/** Put a value in the place of what is there. */
export interface ReplaceOp {
  op: "replace";
  /** A JSON Pointer (RFC 6901). */
  path: string;
  value: Json;
}

/** Take a value from one place and add it at another. */
export interface MoveOp {
  op: "move";
  /** A JSON Pointer (RFC 6901). */
  path: string;
  /** A JSON Pointer (RFC 6901). */
  from: string;
}

/** Add a copy of a value at another place. */
export interface CopyOp {
  op: "copy";
  /** A JSON Pointer (RFC 6901). */
  path: string;
  /** A JSON Pointer (RFC 6901). */
  from: string;
}

/**
 * Hold that a value is there: numbers count by what they are, members have no
 * order.
 */
export interface TestOp {
  op: "test";
  /** A JSON Pointer (RFC 6901). */
  path: string;
  value: Json;
}

/** Add a number to the number that is there, exactly. */
export interface IncrementOp {
  op: "increment";
  /** A JSON Pointer (RFC 6901). */
  path: string;
  value: Json;
}

/**
 * Merge a value into what is there (RFC 7396), making the objects on the way to
 * it.
 */
export interface MergeOp {
  op: "merge";
  /** A JSON Pointer (RFC 6901). */
  path: string;
  value: Json;
}

/** Count what a turn has used. */
export interface Usage {
  inputTokens?: number | null;
  outputTokens?: number | null;
  cachedTokens?: number | null;
  missTokens?: number | null;
  reasoningTokens?: number | null;
  /** US dollars. */
  costUsd?: number | null;
}

/** Say why a turn did not complete. */
export interface TurnError {
  kind: string;
  message: string;
}

/** Answer that it is done: an empty object. */
export type Done = Record<string, never>;

/** Answer what each call would have answered, in their order. */
export interface AtomicAnswer {
  results: Json[];
}

/** Answer `daemon/backup`. */
export interface BackupDone {
  path: string;
  bytes: number;
  lastSeq: number;
  tookMs: number;
}

/** Answer `daemon/check`: a sentence for each finding. */
export interface Checked {
  ok: boolean;
  findings: string[];
}

/** Answer `daemon/metrics`. */
export interface Metrics {
  atMs: number;
  startedAtMs: number;
  version: string;
  epoch: number;
  lastSeq: number;
  process: ProcessMetrics;
  methods: MethodMetrics[];
  commits: CommitMetrics;
  queueDepth: number;
  waitingRequests: number;
  connections: number;
  connectionsOpened: number;
  subscribers: SubscriberMetrics[];
  databaseBytes: number;
  wal: WalMetrics;
  counts: StatusCounts;
  recovered: RecoveredCounts;
}

/** Tell what the process uses. */
export interface ProcessMetrics {
  pid: number;
  cpuMs: number;
  residentBytes: number;
}

/** Tell how a method is used; `unknown` stands for what is no method. */
export interface MethodMetrics {
  method: string;
  outcomes: Outcome[];
  durations: Durations;
}

/**
 * Count the requests of a method that ended so: `ok`, or the kind of an error.
 */
export interface Outcome {
  outcome: string;
  count: number;
}

/**
 * Count by how long it took: `counts[i]` up to `boundsMs[i]`, the last one
 * beyond them all.
 */
export interface Durations {
  boundsMs: number[];
  counts: number[];
  sumMs: number;
}

/**
 * Tell of the groups that were committed, and of those that were lost and run
 * again.
 */
export interface CommitMetrics {
  requests: Sizes;
  durations: Durations;
  reruns: number;
}

/**
 * Count by how many: `counts[i]` up to `bounds[i]`, the last one beyond them
 * all.
 */
export interface Sizes {
  bounds: number[];
  counts: number[];
  sum: number;
}

/**
 * Tell how many events a subscription is behind, and whether its peer reads.
 */
export interface SubscriberMetrics {
  subscriptionId: string;
  lagEvents: number;
  stalled: boolean;
}

/**
 * Tell of the write-ahead log; `heldUp` counts the checkpoints that a reader
 * kept short.
 */
export interface WalMetrics {
  bytes: number;
  checkpoints: number;
  heldUp: number;
}

/** Count what waits and what works. */
export interface StatusCounts {
  threads: number;
  turnsInProgress: number;
  turnsQueued: number;
  inputsPending: number;
  mailboxQueued: number;
  mailboxClaimed: number;
}

/** Count what the start of this epoch found. */
export interface RecoveredCounts {
  turns: number;
  runs: number;
  requeuedInputs: number;
  quarantined: number;
}

/** Answer `daemon/ping`. */
export interface Pong {
  atMs: number;
}

/** Tell everything that was found unfinished at the start of an epoch. */
export interface RecoveryReport {
  epoch: number;
  cleanShutdown: boolean;
  tookMs: number;
  turns: RecoveredTurn[];
  runIds: string[];
  requeuedInputIds: string[];
  pendingInputCount: number;
  quarantined: Quarantined[];
}

/**
 * Report one turn: what it was, the items that were closed, the inputs it had
 * consumed.
 */
export interface RecoveredTurn {
  turnId: string;
  threadId: string;
  from: string;
  itemIds: string[];
  inputIds: string[];
}

/** Report one record that could not be read, and what was done about it. */
export interface Quarantined {
  table: string;
  key: string;
  reason: string;
}

/** Answer `daemon/setLogLevel`. */
export interface LogLevelSet {
  level: "debug" | "error" | "info" | "warning";
  previous: "debug" | "error" | "info" | "warning";
}

/** Answer `daemon/status`. */
export interface Status {
  pid: number;
  version: string;
  epoch: number;
  startedAtMs: number;
  uptimeMs: number;
  databasePath: string;
  databaseBytes: number;
  walBytes: number;
  lastSeq: number;
  durability: "full" | "normal";
  connections: number;
  subscriptions: number;
  counts: StatusCounts;
  writer: WriterStatus;
  backups: BackupsStatus;
}

/**
 * Tell how the writer does: groups committed, requests in them, requests that
 * wait.
 */
export interface WriterStatus {
  commits: number;
  requests: number;
  requestsPerCommit: number;
  queueDepth: number;
}

/**
 * Tell of copies since the start; `lastError` is null again after one that went
 * well.
 */
export interface BackupsStatus {
  running: BackupRunning[];
  lastPath: string | null;
  lastAtMs: number | null;
  lastError: string | null;
}

/** Tell how far a copy is that is being made. */
export interface BackupRunning {
  path: string;
  copiedBytes: number;
  totalBytes: number;
}

/** Answer one event. */
export interface EventAnswer {
  event: Event;
}

/** Show an event; `seq` counts from 1 over the whole database, without gaps. */
export interface Event {
  seq: number;
  threadId: string | null;
  turnId: string | null;
  itemId: string | null;
  event: string;
  payload: Json;
  source: "client" | "daemon";
  atMs: number;
}

/** Answer the events of one append, in the order in which they were given. */
export interface EventsAnswer {
  events: Event[];
}

/**
 * Answer a page of events; `nextSinceSeq` says from where to go on, null at the
 * end.
 */
export interface EventPage {
  data: Event[];
  lastSeq: number;
  minSeq: number;
  nextSinceSeq: number | null;
}

/**
 * Answer `event/prune`: how many events went, their payloads' bytes, and what
 * is first now.
 */
export interface Pruned {
  events: number;
  bytes: number;
  minSeq: number;
}

/** Answer a subscription, and where its history ends. */
export interface Subscribed {
  subscriptionId: string;
  watermarkSeq: number;
}

/** Answer `initialize`. */
export interface Initialized {
  protocolVersion: number;
  serverInfo: ServerInfo;
  epoch: number;
  databaseId: string;
  lastSeq: number;
  durability: "full" | "normal";
  limits: Limits;
  capabilities: Capabilities;
}

/** Name the program. */
export interface ServerInfo {
  name: string;
  version: string;
}

/** Tell a client the limits that it can meet, as `initialize` reports them. */
export interface Limits {
  maxMessageBytes: number;
  maxBatch: number;
  maxPromptChars: number;
  maxPendingInputs: number;
  maxConnections: number;
  maxInFlight: number;
}

/** Tell what this daemon can do beyond answering requests. */
export interface Capabilities {
  framings: string[];
}

/** Answer one item. */
export interface ItemAnswer {
  item: Item;
}

/**
 * Show an item as it is on the wire; `position` counts from 1 within its turn.
 */
export interface Item {
  id: string;
  turnId: string;
  threadId: string;
  position: number;
  kind:
    | "agent_message"
    | "command_execution"
    | "context_compaction"
    | "error"
    | "file_change"
    | "reasoning"
    | "status"
    | "tool_call"
    | "user_message";
  status:
    | "cancelled"
    | "completed"
    | "failed"
    | "in_progress"
    | "interrupted"
    | "queued";
  summary: string | null;
  detail: string | null;
  metadata: Json;
  artifactRefs: Json;
  startedAtMs: number | null;
  endedAtMs: number | null;
}

/** Answer a page of items. */
export interface ItemPage {
  data: Item[];
  nextCursor: string | null;
}

/** Answer one mailbox entry. */
export interface EntryAnswer {
  entry: MailboxEntry;
}

/** Show an entry; its token only in the answer of the claim that made it. */
export interface MailboxEntry {
  id: string;
  mailboxId: string;
  payload: Json;
  origin: "external" | "internal";
  senderId: string | null;
  priority: number;
  dedupeKey: string | null;
  generation: number;
  status:
    | "accepted"
    | "cancelled"
    | "claimed"
    | "dead_letter"
    | "queued"
    | "superseded";
  availableAtMs: number;
  attemptCount: number;
  maxAttempts: number | null;
  lastError: string | null;
  claimToken: string | null;
  claimedBy: string | null;
  leaseUntilMs: number | null;
  createdAtMs: number;
  updatedAtMs: number;
}

/** Answer one mailbox entry, or null where there is none to answer. */
export interface EntryIfAny {
  entry: MailboxEntry | null;
}

/** Answer mailbox entries in claim order. */
export interface Entries {
  entries: MailboxEntry[];
}

/** Answer whether a lease was extended, and until when. */
export interface LeaseExtended {
  extended: boolean;
  leaseUntilMs: number | null;
}

/** Answer the mailbox at its new generation, and what was superseded. */
export interface MailboxInterrupted {
  mailbox: Mailbox;
  superseded: MailboxEntry[];
}

/**
 * Show a mailbox: `updatedAtMs` moves with all the others; null if it was never
 * used.
 */
export interface Mailbox {
  id: string;
  generation: number;
  queuedCount: number;
  claimedEntryId: string | null;
  updatedAtMs: number | null;
}

/** Answer a page of mailbox entries. */
export interface EntryPage {
  data: MailboxEntry[];
  nextCursor: string | null;
}

/** Answer how many entries were purged. */
export interface Purged {
  purged: number;
}

/** Answer one mailbox. */
export interface MailboxAnswer {
  mailbox: Mailbox;
}

/**
 * Answer the record of every message that was given, and where the thread
 * stands.
 */
export interface MessagesAppended {
  messages: Message[];
  messageCount: number;
  version: number;
}

/** Show a message; `seq` counts from 1 within the thread, without gaps. */
export interface Message {
  id: string;
  threadId: string;
  seq: number;
  role: "assistant" | "system" | "tool" | "user";
  content: Json;
  toolCalls: Json;
  toolCallId: string | null;
  visibility: "all" | "internal";
  runId: string | null;
  metadata: Json;
  createdAtMs: number;
}

/** Answer where a thread stands after its messages were replaced. */
export interface LogAnswer {
  messageCount: number;
  version: number;
}

/** Answer one message. */
export interface MessageAnswer {
  message: Message;
}

/** Answer a page of messages; `messageCount` is the whole thread's. */
export interface MessagePage {
  data: Message[];
  nextCursor: string | null;
  messageCount: number;
}

/** Answer the OpenRPC document of this daemon. */
export interface OpenRpc {
  openrpc: string;
  info: Json;
  methods: Json;
  components: Json;
}

/** Answer one run, or null when there is none. */
export interface MaybeRun {
  run: Run | null;
}

/**
 * Show a run as it is on the wire; its references may outlive what they name.
 */
export interface Run {
  id: string;
  threadId: string;
  turnId: string | null;
  agentId: string | null;
  origin: string;
  parentRunId: string | null;
  parentThreadId: string | null;
  sourceMailboxEntryId: string | null;
  model: string | null;
  status:
    | "cancelled"
    | "cancelling"
    | "completed"
    | "expired"
    | "failed"
    | "in_progress"
    | "queued"
    | "requires_action";
  terminationCode: string | null;
  terminationDetail: string | null;
  error: Required<RunError> | null;
  inputTokens: number;
  outputTokens: number;
  metadata: Json;
  createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
  updatedAtMs: number;
}

/** Answer one run. */
export interface RunAnswer {
  run: Run;
}

/** Answer whether there was something to delete. */
export interface Deleted {
  deleted: boolean;
}

/** Answer a page of runs. */
export interface RunPage {
  data: Run[];
  nextCursor: string | null;
}

/**
 * Answer an admission: the input as it is now, and what was promoted with it.
 */
export interface Admitted {
  input: SessionInput;
  deduplicated: boolean;
  activeTurnId: string | null;
  promotion: Promotion;
}

/** Show a session input; the seqs are those of the events that report it. */
export interface SessionInput {
  id: string;
  threadId: string;
  prompt: string;
  delivery: "queue" | "steer";
  request: Json;
  status: "cancelled" | "pending" | "promoted";
  held: boolean;
  admittedSeq: number;
  promotedSeq: number | null;
  turnId: string | null;
  itemId: string | null;
  requeuedFromInputId: string | null;
  createdAtMs: number;
}

/**
 * Tell what was promoted: the inputs, their new items, and the turn that has
 * them.
 */
export interface Promotion {
  inputs: SessionInput[];
  items: Item[];
  turn: Turn | null;
}

/**
 * Show a turn as it is on the wire; times are Unix milliseconds.
 *
 * `durationMs` is null until the turn has ended, and when it never started.
 */
export interface Turn {
  id: string;
  threadId: string;
  status:
    | "cancelled"
    | "completed"
    | "failed"
    | "in_progress"
    | "interrupted"
    | "queued";
  inputSummary: string | null;
  metadata: Json;
  usage: Required<Usage> | null;
  error: Required<TurnError> | null;
  steerCount: number;
  itemCount: number;
  interruptRequestedAtMs: number | null;
  recovered: boolean;
  createdAtMs: number;
  startedAtMs: number | null;
  endedAtMs: number | null;
  durationMs: number | null;
}

/** Answer one session input. */
export interface InputAnswer {
  input: SessionInput;
}

/** Answer a page of session inputs. */
export interface InputPage {
  data: SessionInput[];
  nextCursor: string | null;
}

/** Answer one step. */
export interface StepAnswer {
  step: Step;
}

/** Show a step as it is on the wire; two of its ends stamp their time. */
export interface Step {
  id: string;
  runId: string;
  threadId: string;
  type: "message_creation" | "tool_calls";
  status: "cancelled" | "completed" | "expired" | "failed" | "in_progress";
  details: Json;
  error: Required<RunError> | null;
  createdAtMs: number;
  completedAtMs: number | null;
  failedAtMs: number | null;
}

/** Answer a page of steps. */
export interface StepPage {
  data: Step[];
  nextCursor: string | null;
}

/** Answer all that a thread is at one moment, internal messages too. */
export interface Checkpoint {
  messages: Message[];
  messageCount: number;
  version: number;
  latestRun: Run | null;
  state: Json;
}

/**
 * Answer a change set: where the thread stands, and the record of every message
 * given.
 */
export interface Committed {
  version: number;
  messageCount: number;
  messages: Message[];
  run: Run | null;
}

/**
 * Answer change sets in order; `nextAfterVersion` says where to go on, null at
 * the end.
 */
export interface CommitPage {
  data: Commit[];
  nextAfterVersion: number | null;
}

/**
 * Show a change set: what made the thread's version what it is.
 *
 * Replayed in order: `messages` are appended, or are the whole log anew when
 * `replaced`; `snapshot` is the state anew, and `patches` are applied after it.
 */
export interface Commit {
  version: number;
  commitId: string | null;
  reason: string;
  runId: string | null;
  messages: Message[];
  replaced: boolean;
  patches: Required<Patch>[];
  actions: Json;
  snapshot: Json;
  atMs: number;
}

/** Answer a creation; `created` is false for a retry. */
export interface ThreadCreated {
  thread: Thread;
  created: boolean;
}

/** Show a thread as it is on the wire; times are Unix milliseconds. */
export interface Thread {
  id: string;
  title: string | null;
  model: string | null;
  provider: string | null;
  workspace: string | null;
  mode: string | null;
  resourceId: string | null;
  parentThreadId: string | null;
  forkedFromThreadId: string | null;
  metadata: Json;
  archived: boolean;
  version: number;
  messageCount: number;
  activeTurnId: string | null;
  latestTurnId: string | null;
  pendingInputCount: number;
  createdAtMs: number;
  updatedAtMs: number;
}

/** Answer which threads went, and which children lost their parent. */
export interface ThreadsDeleted {
  deletedThreadIds: string[];
  detachedThreadIds: string[];
}

/** Answer one thread. */
export interface ThreadAnswer {
  thread: Thread;
}

/** Answer the state of a thread and the version at which it is this. */
export interface StateAnswer {
  state: Json;
  version: number;
}

/** Answer a page of threads. */
export interface ThreadPage {
  data: Thread[];
  nextCursor: string | null;
}

/** Answer the version of a thread. */
export interface VersionAnswer {
  version: number;
}

/** Answer the conversation as a model would read it. */
export interface Transcript {
  messages: TranscriptMessage[];
  totalTokens: number;
}

/** Be one message as a model would read it. */
export interface TranscriptMessage {
  role: "assistant" | "user";
  content: TranscriptText[];
}

/** Be one block of text in a transcript's message. */
export interface TranscriptText {
  type: "text";
  text: string;
}

/** Answer the ended turn, and what was promoted after it. */
export interface TurnCompleted {
  turn: Turn;
  promotion: Promotion;
}

/** Answer a turn and its items, in order. */
export interface TurnAndItems {
  turn: Turn;
  items: Item[];
}

/** Answer a page of turns. */
export interface TurnPage {
  data: Turn[];
  nextCursor: string | null;
}

/** Answer whether there was a turn to interrupt, and which. */
export interface InterruptRequested {
  requested: boolean;
  turn: Turn | null;
}

/** Answer a turn and its new item. */
export interface TurnAndItem {
  turn: Turn;
  item: Item;
}

/**
 * Answer the sums of a span of time; both ends belong to it, null is open.
 *
 * `cacheTelemetryIncomplete` says that some turn did not tell its cached
 * tokens.
 */
export interface UsageAggregate {
  groupBy: "day" | "model" | "provider" | "thread";
  sinceMs: number | null;
  untilMs: number | null;
  totals: UsageSum;
  buckets: UsageSum[];
  cacheTelemetryIncomplete: boolean;
}

/**
 * Sum up the turns that said what they used; tokens are counts, costs US
 * dollars.
 *
 * `key` is the day (UTC), the model, the provider or the thread's id; null for
 * turns without one, and for the totals. `cacheHitRate` is null where nothing
 * could be cached.
 */
export interface UsageSum {
  key: string | null;
  turns: number;
  inputTokens: number;
  outputTokens: number;
  cachedTokens: number;
  missTokens: number;
  reasoningTokens: number;
  costUsd: number;
  costUsdWithoutCache: number;
  cacheSavingsUsd: number;
  cacheHitRate: number | null;
}

/**
 * Tell of events, in order: first the history that was asked for, then live.
 */
export interface EventAppended {
  subscriptionId: string;
  events: Event[];
}

/** Tell that the history has been told, up to `seq`; what follows is live. */
export interface EventSynced {
  subscriptionId: string;
  seq: number;
}

/**
 * Tell that of the events before `minSeq` some have been pruned that were not
 * told yet.
 *
 * What is left of them, and all from there on, follows.
 */
export interface EventReset {
  subscriptionId: string;
  minSeq: number;
}

/**
 * Tell a piece of an open item; never stored, and it may be lost to a slow
 * peer.
 *
 * `offset` counts the item's characters before this piece, so that a loss
 * shows.
 */
export interface ItemDelta {
  subscriptionId: string;
  threadId: string;
  turnId: string;
  itemId: string;
  text: string;
  offset: number;
}

/** The params of `$/cancelRequest`. */
export interface $CancelRequestParams {
  id: Json;
}

/** The params of `atomic`. */
export interface AtomicParams {
  calls: Call[];
}

/** The params of `daemon/backup`. */
export interface DaemonBackupParams {
  /** An absolute path of a file. */
  path: string;
  /** Default: `false`. */
  overwrite?: boolean | null;
}

/** The params of `daemon/check`. */
export interface DaemonCheckParams {
  /** Default: `false`. */
  full?: boolean | null;
}

/** The params of `daemon/metrics`. */
export type DaemonMetricsParams = Record<string, never>;

/** The params of `daemon/ping`. */
export type DaemonPingParams = Record<string, never>;

/** The params of `daemon/recovery`. */
export type DaemonRecoveryParams = Record<string, never>;

/** The params of `daemon/setLogLevel`. */
export interface DaemonSetLogLevelParams {
  level: "debug" | "error" | "info" | "warning";
}

/** The params of `daemon/shutdown`. */
export type DaemonShutdownParams = Record<string, never>;

/** The params of `daemon/status`. */
export type DaemonStatusParams = Record<string, never>;

/** The params of `event/append`. */
export interface EventAppendParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** The name of an event. */
  event: string;
  /** An id, minted by a client or by the daemon. */
  turnId?: string | null;
  /** An id, minted by a client or by the daemon. */
  itemId?: string | null;
  payload?: Json;
  /** An id, minted by a client or by the daemon. */
  eventKey?: string | null;
}

/** The params of `event/appendMany`. */
export interface EventAppendManyParams {
  events: Append[];
}

/** The params of `event/list`. */
export interface EventListParams {
  /** An id, minted by a client or by the daemon. */
  threadId?: string | null;
  /** An id, minted by a client or by the daemon. */
  turnId?: string | null;
  /** A place in the log of events. Default: `0`. */
  sinceSeq?: number | null;
  /** Records in one page, clamped to the lawful range. */
  limit?: number | null;
  events?: string[] | null;
}

/** The params of `event/prune`. */
export interface EventPruneParams {
  /** A place in the log of events. */
  beforeSeq?: number | null;
  /** Unix milliseconds. */
  olderThanAtMs?: number | null;
  /** An id, minted by a client or by the daemon. */
  threadId?: string | null;
  /** Default: `false`. */
  dryRun?: boolean | null;
}

/** The params of `event/subscribe`. */
export interface EventSubscribeParams {
  /** An id, minted by a client or by the daemon. */
  threadId?: string | null;
  /** A place in the log of events. */
  sinceSeq?: number | null;
  events?: string[] | null;
  /** Default: `false`. */
  deltas?: boolean | null;
}

/** The params of `event/unsubscribe`. */
export interface EventUnsubscribeParams {
  /** An id, minted by a client or by the daemon. */
  subscriptionId: string;
}

/** The params of `initialize`. */
export interface InitializeParams {
  clientInfo: ClientInfo;
  protocolVersion: number;
}

/** The params of `item/create`. */
export interface ItemCreateParams {
  /** An id, minted by a client or by the daemon. */
  turnId: string;
  kind:
    | "agent_message"
    | "command_execution"
    | "context_compaction"
    | "error"
    | "file_change"
    | "reasoning"
    | "status"
    | "tool_call"
    | "user_message";
  /** An id, minted by a client or by the daemon. */
  itemId?: string | null;
  /** Default: `"in_progress"`. */
  status?:
    | "cancelled"
    | "completed"
    | "failed"
    | "in_progress"
    | "interrupted"
    | "queued"
    | null;
  summary?: string | null;
  detail?: string | null;
  metadata?: Json;
  artifactRefs?: Json;
}

/** The params of `item/delta`. */
export interface ItemDeltaParams {
  /** An id, minted by a client or by the daemon. */
  itemId: string;
  text: string;
  /** Characters before this piece. */
  offset: number;
}

/** The params of `item/get`. */
export interface ItemGetParams {
  /** An id, minted by a client or by the daemon. */
  itemId: string;
}

/** The params of `item/list`. */
export interface ItemListParams {
  /** An id, minted by a client or by the daemon. */
  turnId?: string | null;
  /** An id, minted by a client or by the daemon. */
  threadId?: string | null;
  /** The `nextCursor` of the page before, unchanged. */
  cursor?: string | null;
  /** Records in one page, clamped to the lawful range. */
  limit?: number | null;
}

/** The params of `item/update`. */
export interface ItemUpdateParams {
  /** An id, minted by a client or by the daemon. */
  itemId: string;
  status?:
    | "cancelled"
    | "completed"
    | "failed"
    | "in_progress"
    | "interrupted"
    | "queued"
    | null;
  summary?: string | null;
  detail?: string | null;
  appendDetail?: string | null;
  metadata?: Json;
  artifactRefs?: Json;
}

/** The params of `mailbox/ack`. */
export interface MailboxAckParams {
  /** An id, minted by a client or by the daemon. */
  entryId: string;
  /** The token of a claim, from its answer. */
  claimToken: string;
}

/** The params of `mailbox/cancel`. */
export interface MailboxCancelParams {
  /** An id, minted by a client or by the daemon. */
  entryId: string;
}

/** The params of `mailbox/cancelPending`. */
export interface MailboxCancelPendingParams {
  /** An id, minted by a client or by the daemon. */
  mailboxId: string;
  /** An id, minted by a client or by the daemon. */
  excludeEntryId?: string | null;
}

/** The params of `mailbox/claim`. */
export interface MailboxClaimParams {
  /** A name given elsewhere: 1 to 256 characters, none of them a control. */
  consumerId: string;
  /** How long a lease holds from now on. */
  leaseMs: number;
  /** An id, minted by a client or by the daemon. */
  mailboxId?: string | null;
  /** Records in one page, clamped to the lawful range. Default: `1`. */
  limit?: number | null;
  /** How long to wait, clamped to the lawful range. Default: `0`. */
  waitMs?: number | null;
}

/** The params of `mailbox/claimEntry`. */
export interface MailboxClaimEntryParams {
  /** An id, minted by a client or by the daemon. */
  entryId: string;
  /** A name given elsewhere: 1 to 256 characters, none of them a control. */
  consumerId: string;
  /** How long a lease holds from now on. */
  leaseMs: number;
}

/** The params of `mailbox/deadLetter`. */
export interface MailboxDeadLetterParams {
  /** An id, minted by a client or by the daemon. */
  entryId: string;
  /** The token of a claim, from its answer. */
  claimToken: string;
  error: string;
}

/** The params of `mailbox/enqueue`. */
export interface MailboxEnqueueParams {
  /** An id, minted by a client or by the daemon. */
  mailboxId: string;
  /** An id, minted by a client or by the daemon. */
  entryId?: string | null;
  payload?: Json;
  /** Default: `"external"`. */
  origin?: "external" | "internal" | null;
  /** A name given elsewhere: 1 to 256 characters, none of them a control. */
  senderId?: string | null;
  /** The larger, the earlier. Default: `0`. */
  priority?: number | null;
  /** A name given elsewhere: 1 to 256 characters, none of them a control. */
  dedupeKey?: string | null;
  generation?: number | null;
  /** Unix milliseconds. */
  availableAtMs?: number | null;
  maxAttempts?: number | null;
}

/** The params of `mailbox/extendLease`. */
export interface MailboxExtendLeaseParams {
  /** An id, minted by a client or by the daemon. */
  entryId: string;
  /** The token of a claim, from its answer. */
  claimToken: string;
  /** How long a lease holds from now on. */
  leaseMs: number;
}

/** The params of `mailbox/get`. */
export interface MailboxGetParams {
  /** An id, minted by a client or by the daemon. */
  entryId: string;
}

/** The params of `mailbox/interrupt`. */
export interface MailboxInterruptParams {
  /** An id, minted by a client or by the daemon. */
  mailboxId: string;
}

/** The params of `mailbox/list`. */
export interface MailboxListParams {
  /** An id, minted by a client or by the daemon. */
  mailboxId?: string | null;
  status?:
    | "accepted"
    | "cancelled"
    | "claimed"
    | "dead_letter"
    | "queued"
    | "superseded"
    | null;
  origin?: "external" | "internal" | null;
  /** The `nextCursor` of the page before, unchanged. */
  cursor?: string | null;
  /** Records in one page, clamped to the lawful range. */
  limit?: number | null;
}

/** The params of `mailbox/nack`. */
export interface MailboxNackParams {
  /** An id, minted by a client or by the daemon. */
  entryId: string;
  /** The token of a claim, from its answer. */
  claimToken: string;
  error: string;
  /** Unix milliseconds. */
  retryAtMs?: number | null;
}

/** The params of `mailbox/purge`. */
export interface MailboxPurgeParams {
  /** Unix milliseconds. */
  olderThanAtMs: number;
}

/** The params of `mailbox/state`. */
export interface MailboxStateParams {
  /** An id, minted by a client or by the daemon. */
  mailboxId: string;
}

/** The params of `mailbox/supersede`. */
export interface MailboxSupersedeParams {
  /** An id, minted by a client or by the daemon. */
  entryId: string;
  reason: string;
}

/** The params of `message/append`. */
export interface MessageAppendParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  messages: NewMessage[];
  expectedMessageCount?: number | null;
  expectedVersion?: number | null;
}

/** The params of `message/clear`. */
export interface MessageClearParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  expectedVersion?: number | null;
}

/** The params of `message/get`. */
export interface MessageGetParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** An id, minted by a client or by the daemon. */
  messageId: string;
}

/** The params of `message/list`. */
export interface MessageListParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  afterSeq?: number | null;
  beforeSeq?: number | null;
  /** Default: `"asc"`. */
  order?: "asc" | "desc" | null;
  /** The `nextCursor` of the page before, unchanged. */
  cursor?: string | null;
  /** Records in one page, clamped to the lawful range. */
  limit?: number | null;
  role?: "assistant" | "system" | "tool" | "user" | null;
  /** An id, minted by a client or by the daemon. */
  runId?: string | null;
  /** Default: `false`. */
  includeInternal?: boolean | null;
}

/** The params of `message/replace`. */
export interface MessageReplaceParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  messages: NewMessage[];
  expectedVersion?: number | null;
}

/** The params of `rpc.discover`. */
export type RpcDiscoverParams = Record<string, never>;

/** The params of `run/active`. */
export interface RunActiveParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
}

/** The params of `run/create`. */
export interface RunCreateParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** An id, minted by a client or by the daemon. */
  runId?: string | null;
  /** Default: `"queued"`. */
  status?: "in_progress" | "queued" | "requires_action" | null;
  /** An id, minted by a client or by the daemon. */
  turnId?: string | null;
  /** An id, minted by a client or by the daemon. */
  agentId?: string | null;
  /**
   * A name given elsewhere: 1 to 256 characters, none of them a control.
   * Default: `"user"`.
   */
  origin?: string | null;
  /** An id, minted by a client or by the daemon. */
  parentRunId?: string | null;
  /** An id, minted by a client or by the daemon. */
  parentThreadId?: string | null;
  /** An id, minted by a client or by the daemon. */
  sourceMailboxEntryId?: string | null;
  model?: string | null;
  terminationCode?: string | null;
  terminationDetail?: string | null;
  error?: RunError | null;
  /** Default: `0`. */
  inputTokens?: number | null;
  /** Default: `0`. */
  outputTokens?: number | null;
  metadata?: Json;
}

/** The params of `run/delete`. */
export interface RunDeleteParams {
  /** An id, minted by a client or by the daemon. */
  runId: string;
}

/** The params of `run/get`. */
export interface RunGetParams {
  /** An id, minted by a client or by the daemon. */
  runId: string;
}

/** The params of `run/latest`. */
export interface RunLatestParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
}

/** The params of `run/list`. */
export interface RunListParams {
  /** An id, minted by a client or by the daemon. */
  threadId?: string | null;
  status?:
    | "cancelled"
    | "cancelling"
    | "completed"
    | "expired"
    | "failed"
    | "in_progress"
    | "queued"
    | "requires_action"
    | null;
  terminal?: boolean | null;
  /** An id, minted by a client or by the daemon. */
  agentId?: string | null;
  /** A name given elsewhere: 1 to 256 characters, none of them a control. */
  origin?: string | null;
  /** An id, minted by a client or by the daemon. */
  parentRunId?: string | null;
  terminationCode?: string | null;
  createdFromMs?: number | null;
  createdToMs?: number | null;
  updatedFromMs?: number | null;
  updatedToMs?: number | null;
  /** The `nextCursor` of the page before, unchanged. */
  cursor?: string | null;
  /** Records in one page, clamped to the lawful range. */
  limit?: number | null;
}

/** The params of `run/update`. */
export interface RunUpdateParams {
  /** An id, minted by a client or by the daemon. */
  runId: string;
  status?:
    | "cancelled"
    | "cancelling"
    | "completed"
    | "expired"
    | "failed"
    | "in_progress"
    | "queued"
    | "requires_action"
    | null;
  /** An id, minted by a client or by the daemon. */
  turnId?: string | null;
  /** An id, minted by a client or by the daemon. */
  agentId?: string | null;
  /** A name given elsewhere: 1 to 256 characters, none of them a control. */
  origin?: string | null;
  /** An id, minted by a client or by the daemon. */
  parentRunId?: string | null;
  /** An id, minted by a client or by the daemon. */
  parentThreadId?: string | null;
  /** An id, minted by a client or by the daemon. */
  sourceMailboxEntryId?: string | null;
  model?: string | null;
  terminationCode?: string | null;
  terminationDetail?: string | null;
  error?: RunError | null;
  inputTokens?: number | null;
  outputTokens?: number | null;
  metadata?: Json;
  /** Default: `false`. */
  force?: boolean | null;
}

/** The params of `sessionInput/admit`. */
export interface SessionInputAdmitParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** What the agent is to read; it is trimmed. */
  prompt: string;
  /** An id, minted by a client or by the daemon. */
  inputId?: string | null;
  /** Default: `"queue"`. */
  delivery?: "queue" | "steer" | null;
  request?: Json;
  /** Default: `false`. */
  promote?: boolean | null;
  /** Default: `"queue"`. */
  ifBusy?: "queue" | "reject" | null;
  /** An id, minted by a client or by the daemon. */
  expectedTurnId?: string | null;
}

/** The params of `sessionInput/cancel`. */
export interface SessionInputCancelParams {
  /** An id, minted by a client or by the daemon. */
  inputId: string;
}

/** The params of `sessionInput/get`. */
export interface SessionInputGetParams {
  /** An id, minted by a client or by the daemon. */
  inputId: string;
}

/** The params of `sessionInput/list`. */
export interface SessionInputListParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  status?: "cancelled" | "pending" | "promoted" | null;
  /** The `nextCursor` of the page before, unchanged. */
  cursor?: string | null;
  /** Records in one page, clamped to the lawful range. */
  limit?: number | null;
}

/** The params of `sessionInput/promote`. */
export interface SessionInputPromoteParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** Default: `"input"`. */
  scope?: "input" | "steer" | null;
  /** An id, minted by a client or by the daemon. */
  inputId?: string | null;
  /** An id, minted by a client or by the daemon. */
  turnId?: string | null;
  inputSummary?: string | null;
  metadata?: Json;
  /** Default: `false`. */
  wake?: boolean | null;
}

/** The params of `sessionInput/update`. */
export interface SessionInputUpdateParams {
  /** An id, minted by a client or by the daemon. */
  inputId: string;
  /** What the agent is to read; it is trimmed. */
  prompt?: string | null;
  delivery?: "queue" | "steer" | null;
  request?: Json;
}

/** The params of `step/create`. */
export interface StepCreateParams {
  /** An id, minted by a client or by the daemon. */
  runId: string;
  type: "message_creation" | "tool_calls";
  /** An id, minted by a client or by the daemon. */
  stepId?: string | null;
  /** Default: `"in_progress"`. */
  status?:
    | "cancelled"
    | "completed"
    | "expired"
    | "failed"
    | "in_progress"
    | null;
  details?: Json;
}

/** The params of `step/get`. */
export interface StepGetParams {
  /** An id, minted by a client or by the daemon. */
  stepId: string;
}

/** The params of `step/list`. */
export interface StepListParams {
  /** An id, minted by a client or by the daemon. */
  runId: string;
  /** The `nextCursor` of the page before, unchanged. */
  cursor?: string | null;
  /** Records in one page, clamped to the lawful range. */
  limit?: number | null;
}

/** The params of `step/update`. */
export interface StepUpdateParams {
  /** An id, minted by a client or by the daemon. */
  stepId: string;
  status?:
    | "cancelled"
    | "completed"
    | "expired"
    | "failed"
    | "in_progress"
    | null;
  details?: Json;
  error?: RunError | null;
}

/** The params of `thread/checkpoint`. */
export interface ThreadCheckpointParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
}

/** The params of `thread/commit`. */
export interface ThreadCommitParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** An id, minted by a client or by the daemon. */
  commitId?: string | null;
  expectedVersion?: number | null;
  expectedMessageCount?: number | null;
  /** Default: `"thread/commit"`. */
  reason?: string | null;
  /** An id, minted by a client or by the daemon. */
  runId?: string | null;
  run?: RunChange | null;
  messages?: NewMessage[] | null;
  patches?: Patch[] | null;
  actions?: Json;
  snapshot?: Json;
}

/** The params of `thread/commits`. */
export interface ThreadCommitsParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** Default: `0`. */
  afterVersion?: number | null;
  /** Records in one page, clamped to the lawful range. */
  limit?: number | null;
}

/** The params of `thread/create`. */
export interface ThreadCreateParams {
  /** An id, minted by a client or by the daemon. */
  threadId?: string | null;
  title?: string | null;
  model?: string | null;
  provider?: string | null;
  workspace?: string | null;
  mode?: string | null;
  /** A name given elsewhere: 1 to 256 characters, none of them a control. */
  resourceId?: string | null;
  /** An id, minted by a client or by the daemon. */
  parentThreadId?: string | null;
  metadata?: Json;
}

/** The params of `thread/delete`. */
export interface ThreadDeleteParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** Default: `"reject"`. */
  children?: "cascade" | "detach" | "reject" | null;
  /** Default: `false`. */
  force?: boolean | null;
}

/** The params of `thread/get`. */
export interface ThreadGetParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
}

/** The params of `thread/getState`. */
export interface ThreadGetStateParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  atVersion?: number | null;
}

/** The params of `thread/list`. */
export interface ThreadListParams {
  /** The `nextCursor` of the page before, unchanged. */
  cursor?: string | null;
  /** Records in one page, clamped to the lawful range. */
  limit?: number | null;
  archived?: boolean | null;
  /** A name given elsewhere: 1 to 256 characters, none of them a control. */
  resourceId?: string | null;
  /** An id, minted by a client or by the daemon. */
  parentThreadId?: string | null;
  /** Default: `false`. */
  rootsOnly?: boolean | null;
  idPrefix?: string | null;
  query?: string | null;
}

/** The params of `thread/setState`. */
export interface ThreadSetStateParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  state: Json;
  expectedVersion?: number | null;
}

/** The params of `thread/transcript`. */
export interface ThreadTranscriptParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
}

/** The params of `thread/update`. */
export interface ThreadUpdateParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  expectedVersion?: number | null;
  title?: string | null;
  model?: string | null;
  provider?: string | null;
  workspace?: string | null;
  mode?: string | null;
  /** A name given elsewhere: 1 to 256 characters, none of them a control. */
  resourceId?: string | null;
  /** An id, minted by a client or by the daemon. */
  parentThreadId?: string | null;
  metadata?: Json;
  archived?: boolean | null;
}

/** The params of `turn/complete`. */
export interface TurnCompleteParams {
  /** An id, minted by a client or by the daemon. */
  turnId: string;
  /** Default: `"completed"`. */
  status?: "cancelled" | "completed" | "failed" | "interrupted" | null;
  usage?: Usage | null;
  error?: TurnError | null;
  /** Default: `false`. */
  force?: boolean | null;
  /** Default: `false`. */
  promoteNext?: boolean | null;
}

/** The params of `turn/get`. */
export interface TurnGetParams {
  /** An id, minted by a client or by the daemon. */
  turnId: string;
}

/** The params of `turn/incomplete`. */
export interface TurnIncompleteParams {
  /** The `nextCursor` of the page before, unchanged. */
  cursor?: string | null;
  /** Records in one page, clamped to the lawful range. */
  limit?: number | null;
}

/** The params of `turn/interrupt`. */
export interface TurnInterruptParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** An id, minted by a client or by the daemon. */
  turnId?: string | null;
  /** Default: `"hold"`. */
  pending?: "cancel" | "hold" | "keep" | null;
}

/** The params of `turn/list`. */
export interface TurnListParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** The `nextCursor` of the page before, unchanged. */
  cursor?: string | null;
  /** Records in one page, clamped to the lawful range. */
  limit?: number | null;
  /** Default: `"asc"`. */
  order?: "asc" | "desc" | null;
  status?:
    | "cancelled"
    | "completed"
    | "failed"
    | "in_progress"
    | "interrupted"
    | "queued"
    | null;
}

/** The params of `turn/start`. */
export interface TurnStartParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** An id, minted by a client or by the daemon. */
  turnId?: string | null;
  /** What the agent is to read; it is trimmed. */
  prompt?: string | null;
  /** Default: `"in_progress"`. */
  status?: "in_progress" | "queued" | null;
  inputSummary?: string | null;
  metadata?: Json;
}

/** The params of `turn/steer`. */
export interface TurnSteerParams {
  /** An id, minted by a client or by the daemon. */
  threadId: string;
  /** What the agent is to read; it is trimmed. */
  prompt: string;
  /** An id, minted by a client or by the daemon. */
  expectedTurnId?: string | null;
  /** An id, minted by a client or by the daemon. */
  itemId?: string | null;
}

/** The params of `usage/aggregate`. */
export interface UsageAggregateParams {
  /** Default: `"day"`. */
  groupBy?: "day" | "model" | "provider" | "thread" | null;
  /** Unix milliseconds. */
  sinceMs?: number | null;
  /** Unix milliseconds. */
  untilMs?: number | null;
}

/** Every method: what it takes and what it answers. */
export interface Methods {
  /**
   * End a request of this peer that waits (`waitMs`): it answers
   * `request_cancelled`.
   *
   * A notification as a rule. A request that does not wait, or is not known, is
   * left alone.
   */
  "$/cancelRequest": { params: $CancelRequestParams; result: Done };
  /**
   * Run up to 100 calls that read or write the database in order, all in one
   * transaction.
   *
   * Each sees what those before it have written, and none waits. The first that
   * is refused undoes all, and its error is answered with its `index`; what a
   * failed patch calls `index` is `opIndex` then. Answers of more than 64 MiB
   * are refused as well. It may be sent again when each of its calls may.
   */
  atomic: { params: AtomicParams; result: AtomicAnswer };
  /**
   * Copy the database while writes go on; the copy appears when it is whole and
   * synced.
   */
  "daemon/backup": { params: DaemonBackupParams; result: BackupDone };
  /**
   * Check the file and the house's own invariants; a sentence for each finding.
   */
  "daemon/check": { params: DaemonCheckParams; result: Checked };
  /**
   * Tell what was asked since the start and how long it took, and how things
   * are now.
   *
   * The time of a request ends with the commit that its answer waits for; what
   * it waits for by its own wish (`waitMs`) does not count. Whoever is in no
   * group of writes counts in no commit.
   */
  "daemon/metrics": { params: DaemonMetricsParams; result: Metrics };
  /** Tell that the daemon is there, and its time. */
  "daemon/ping": { params: DaemonPingParams; result: Pong };
  /** Tell what the last process had left unfinished, and what became of it. */
  "daemon/recovery": { params: DaemonRecoveryParams; result: RecoveryReport };
  /**
   * Log from this level on, until SIGHUP or a restart returns to the configured
   * one.
   *
   * With `debug` each request is logged, without its params.
   */
  "daemon/setLogLevel": {
    params: DaemonSetLogLevelParams;
    result: LogLevelSet;
  };
  /** Drain and end the daemon, once what has arrived is answered. */
  "daemon/shutdown": { params: DaemonShutdownParams; result: Done };
  /** Tell how the daemon does. */
  "daemon/status": { params: DaemonStatusParams; result: Status };
  /**
   * Append a client's event; with an `eventKey` a retry answers the stored one.
   */
  "event/append": { params: EventAppendParams; result: EventAnswer };
  /** Append up to 1,000 events, all or nothing. */
  "event/appendMany": { params: EventAppendManyParams; result: EventsAnswer };
  /**
   * Read events after `sinceSeq` in order, of all, of a thread or of a turn.
   *
   * A page may be shorter than its limit and yet not the last: `nextSinceSeq`
   * tells. Pruned events are passed over: where `sinceSeq` + 1 is below
   * `minSeq`, some may be gone.
   */
  "event/list": { params: EventListParams; result: EventPage };
  /**
   * Forget the events before `beforeSeq`, or older than a moment, of all or of
   * one thread.
   *
   * One of the two is given. By time it ends at the first event that is not
   * older. Done piece by piece while others work; a request whose answer was
   * lost may be sent again. An `eventKey` is forgotten with its event. `bytes`
   * are the payloads'; `minSeq` is the database's, afterwards or, with
   * `dryRun`, now.
   */
  "event/prune": { params: EventPruneParams; result: Pruned };
  /**
   * Follow events: first the history after `sinceSeq`, then `event/synced`,
   * then live.
   *
   * Without `sinceSeq` only what comes after `watermarkSeq`. Every event comes
   * once and in order, in notifications `event/appended`, however slow the
   * client reads.
   */
  "event/subscribe": { params: EventSubscribeParams; result: Subscribed };
  /** End a subscription of this peer. */
  "event/unsubscribe": { params: EventUnsubscribeParams; result: Done };
  /**
   * Greet the daemon; optional, and when sent the first request of a peer.
   *
   * Another `protocolVersion` than 1 is answered with ours.
   */
  initialize: { params: InitializeParams; result: Initialized };
  /** Add a piece to a turn that has not ended, at its end. */
  "item/create": { params: ItemCreateParams; result: ItemAnswer };
  /**
   * Fan a piece of an open item out to subscribers with `deltas`; it is never
   * stored.
   */
  "item/delta": { params: ItemDeltaParams; result: Done };
  /** Read one item. */
  "item/get": { params: ItemGetParams; result: ItemAnswer };
  /**
   * Read a page of the items of a turn, or of a thread in turn, then position
   * order.
   *
   * One of `turnId` and `threadId` says which; with both, the turn must be of
   * the thread.
   */
  "item/list": { params: ItemListParams; result: ItemPage };
  /**
   * Change what is given; an ended item only takes the same again.
   *
   * `appendDetail` is added to the detail, also to one that is given with it;
   * past 16 Mi characters it is `limit_exceeded`. Nothing changed is no event.
   */
  "item/update": { params: ItemUpdateParams; result: ItemAnswer };
  /**
   * Accept an entry: its work is done. The same again answers the entry as it
   * is by now.
   */
  "mailbox/ack": { params: MailboxAckParams; result: EntryAnswer };
  /**
   * Cancel an entry, also a claimed one; null if unknown, unchanged if
   * terminal.
   */
  "mailbox/cancel": { params: MailboxCancelParams; result: EntryIfAny };
  /**
   * Cancel every open entry of a mailbox, claimed ones too, but for one; tell
   * which.
   */
  "mailbox/cancelPending": {
    params: MailboxCancelPendingParams;
    result: Entries;
  };
  /**
   * Take what comes first, at most one entry of a mailbox and none of one under
   * a live claim.
   *
   * Larger priority first, then earlier `availableAtMs`, `createdAtMs`, id.
   * Counts the attempt; the answer alone has the tokens. `limit` is clamped to
   * 1..100, `waitMs` to 0..60,000.
   */
  "mailbox/claim": { params: MailboxClaimParams; result: Entries };
  /**
   * Take one entry, whatever its `availableAtMs`.
   *
   * Null if it is unknown, terminal or of an old generation, or its mailbox is
   * under a live claim.
   */
  "mailbox/claimEntry": { params: MailboxClaimEntryParams; result: EntryIfAny };
  /**
   * Give an entry up, for good. The same again answers the entry as it is by
   * now.
   */
  "mailbox/deadLetter": {
    params: MailboxDeadLetterParams;
    result: EntryAnswer;
  };
  /**
   * Queue an entry, or answer the one that the same request made.
   *
   * A mailbox comes into being with its first entry, at generation 0.
   */
  "mailbox/enqueue": { params: MailboxEnqueueParams; result: EntryAnswer };
  /**
   * Hold a claim for longer, from now on, even past its end if nobody has taken
   * over.
   *
   * False for an unknown entry, a wrong token or an entry that is not claimed.
   */
  "mailbox/extendLease": {
    params: MailboxExtendLeaseParams;
    result: LeaseExtended;
  };
  /** Read one entry. */
  "mailbox/get": { params: MailboxGetParams; result: EntryAnswer };
  /**
   * Begin a new generation: every open entry is superseded, claimed ones too.
   */
  "mailbox/interrupt": {
    params: MailboxInterruptParams;
    result: MailboxInterrupted;
  };
  /** Read a page of entries in claim order. */
  "mailbox/list": { params: MailboxListParams; result: EntryPage };
  /**
   * Queue an entry again, from `retryAtMs` or at once; a dead letter without
   * attempts left.
   *
   * The same again answers the entry as it is by now.
   */
  "mailbox/nack": { params: MailboxNackParams; result: EntryAnswer };
  /**
   * Forget terminal entries last changed before a moment; their ids and keys
   * are free again.
   */
  "mailbox/purge": { params: MailboxPurgeParams; result: Purged };
  /**
   * Read a mailbox; one that was never used is at generation 0, its
   * `updatedAtMs` null.
   */
  "mailbox/state": { params: MailboxStateParams; result: MailboxAnswer };
  /**
   * Supersede an entry, also a claimed one; null if unknown, unchanged if
   * terminal.
   */
  "mailbox/supersede": { params: MailboxSupersedeParams; result: EntryIfAny };
  /**
   * Append up to 1,000 messages; one whose id is there already with this
   * content is kept.
   *
   * When all are there it is a retry: answered from the record, whatever it
   * expects.
   */
  "message/append": { params: MessageAppendParams; result: MessagesAppended };
  /** Begin an empty log; what was there stays readable in `thread/commits`. */
  "message/clear": { params: MessageClearParams; result: LogAnswer };
  /** Read one message, internal ones too. */
  "message/get": { params: MessageGetParams; result: MessageAnswer };
  /**
   * Read a page of a thread's messages between two seqs, both exclusive.
   *
   * A page may be shorter than its limit and yet not the last: `nextCursor`
   * tells.
   */
  "message/list": { params: MessageListParams; result: MessagePage };
  /**
   * Make the whole log anew, with seqs from 1; it may be empty.
   *
   * What was there stays readable in `thread/commits`.
   */
  "message/replace": { params: MessageReplaceParams; result: LogAnswer };
  /**
   * Answer the OpenRPC document: every method, typed, with its errors and an
   * example.
   */
  "rpc.discover": { params: RpcDiscoverParams; result: OpenRpc };
  /** Read the newest run of a thread that has not ended, or null. */
  "run/active": { params: RunActiveParams; result: MaybeRun };
  /**
   * Record a run of an agent in a thread.
   *
   * The parent run must exist; all other references are kept as they are said.
   */
  "run/create": { params: RunCreateParams; result: RunAnswer };
  /**
   * Delete a run, whatever its status, and its steps; of an unknown one say
   * false.
   *
   * Messages and runs that refer to it keep its id.
   */
  "run/delete": { params: RunDeleteParams; result: Deleted };
  /** Read one run. */
  "run/get": { params: RunGetParams; result: RunAnswer };
  /** Read the run of a thread that was changed last, or null. */
  "run/latest": { params: RunLatestParams; result: MaybeRun };
  /**
   * Read a page of runs, newest first; all filters must fit, bounds are
   * inclusive.
   *
   * A filtered page may be shorter than its limit, even empty, and yet not the
   * last: `nextCursor` tells.
   */
  "run/list": { params: RunListParams; result: RunPage };
  /**
   * Change what is given: null clears, absent keeps; the same again is no
   * event.
   *
   * The status that it has is no change, so what comes with it is taken from an
   * ended run too. `force` gives a run any status, an ended one too; its event
   * then says `forced`.
   */
  "run/update": { params: RunUpdateParams; result: RunAnswer };
  /**
   * Make an input durable, and with `promote` start on what waits.
   *
   * The same id with the same content answers the input as it is by now, also
   * when it was promoted or cancelled since; a retry that is still pending
   * promotes as the first would.
   */
  "sessionInput/admit": { params: SessionInputAdmitParams; result: Admitted };
  /** Cancel a pending input for good; cancelled again is a success. */
  "sessionInput/cancel": {
    params: SessionInputCancelParams;
    result: InputAnswer;
  };
  /** Read one session input. */
  "sessionInput/get": { params: SessionInputGetParams; result: InputAnswer };
  /**
   * Read a page of a thread's inputs in admission order: the pending ones, null
   * means all.
   */
  "sessionInput/list": { params: SessionInputListParams; result: InputPage };
  /**
   * Bind pending inputs to the turn that consumes them.
   *
   * `steer`: all pending steers into the turn in progress. `input`: on an idle
   * thread, into one new turn, all pending steers, else the oldest queue input.
   * `wake` skips what an interrupt holds back.
   */
  "sessionInput/promote": {
    params: SessionInputPromoteParams;
    result: Promotion;
  };
  /**
   * Change what a pending input says; it keeps its place. The same again is no
   * event.
   */
  "sessionInput/update": {
    params: SessionInputUpdateParams;
    result: InputAnswer;
  };
  /** Add a step to a run, to one that has ended too. */
  "step/create": { params: StepCreateParams; result: StepAnswer };
  /** Read one step. */
  "step/get": { params: StepGetParams; result: StepAnswer };
  /** Read a page of a run's steps in the order in which they were made. */
  "step/list": { params: StepListParams; result: StepPage };
  /**
   * Change what is given: null clears, absent keeps; the same again is no
   * event.
   *
   * An ended step keeps its status; its details and its error may still be
   * said.
   */
  "step/update": { params: StepUpdateParams; result: StepAnswer };
  /**
   * Read all that a thread is at one moment: every message, its latest run, its
   * state.
   */
  "thread/checkpoint": { params: ThreadCheckpointParams; result: Checkpoint };
  /**
   * Make one change set in one transaction; the version rises by one even when
   * it is empty.
   *
   * `snapshot` replaces the state before the patches are applied. The `index`
   * of `patch_failed` counts the operations of all patches from 0. `run`
   * creates or updates `runId`, which must exist without it. Events: of the
   * run, then `message.appended`, then `state.changed`.
   */
  "thread/commit": { params: ThreadCommitParams; result: Committed };
  /**
   * Read the change sets after a version in order: to follow a thread, or to
   * replay it.
   */
  "thread/commits": { params: ThreadCommitsParams; result: CommitPage };
  /**
   * Create a thread, or answer the one that the same request made.
   *
   * A parent must exist.
   */
  "thread/create": { params: ThreadCreateParams; result: ThreadCreated };
  /**
   * Delete a thread and everything that hangs on it.
   *
   * A turn in progress needs `force`; the id is free again, its events' seqs
   * are not.
   */
  "thread/delete": { params: ThreadDeleteParams; result: ThreadsDeleted };
  /** Read one thread. */
  "thread/get": { params: ThreadGetParams; result: ThreadAnswer };
  /** Read the state of a thread as it is, or as it was at a version. */
  "thread/getState": { params: ThreadGetStateParams; result: StateAnswer };
  /**
   * Read a page of threads, newest change first.
   *
   * `archived` is false unless given, null means both; every word of `query`
   * (1,024 characters at the most) must begin a word of the title, whatever the
   * case.
   */
  "thread/list": { params: ThreadListParams; result: ThreadPage };
  /** Replace the state of a thread, whatever it was. */
  "thread/setState": { params: ThreadSetStateParams; result: VersionAnswer };
  /**
   * Rebuild the conversation from completed messages, in turn and item order.
   */
  "thread/transcript": { params: ThreadTranscriptParams; result: Transcript };
  /**
   * Change what is given: null clears, absent keeps.
   *
   * Nothing changed is no event and no new version.
   */
  "thread/update": { params: ThreadUpdateParams; result: ThreadAnswer };
  /**
   * End a turn and, before its event, every open item of it.
   *
   * The same status again is a success without effect and never promotes;
   * another status on an ended turn needs `force`, which its event then says.
   */
  "turn/complete": { params: TurnCompleteParams; result: TurnCompleted };
  /** Read one turn and its items. */
  "turn/get": { params: TurnGetParams; result: TurnAndItems };
  /** Read a page of all turns that are queued or in progress, oldest first. */
  "turn/incomplete": { params: TurnIncompleteParams; result: TurnPage };
  /**
   * Ask the runner to stop the turn in progress; it stays so until the runner
   * ends it.
   *
   * On an idle thread nothing happens. `hold` keeps the inputs admitted up to
   * now from being promoted by a wake, `cancel` cancels them.
   */
  "turn/interrupt": { params: TurnInterruptParams; result: InterruptRequested };
  /**
   * Read a page of a thread's turns in the order they were made, or the other
   * way.
   */
  "turn/list": { params: TurnListParams; result: TurnPage };
  /**
   * Start a turn, or queue one, or start a queued one.
   *
   * A prompt becomes a completed user message. The id of a queued turn of this
   * thread starts that one, with the other params absent or as they were.
   */
  "turn/start": { params: TurnStartParams; result: TurnAndItems };
  /** Say something to the turn in progress, as a completed user message. */
  "turn/steer": { params: TurnSteerParams; result: TurnAndItem };
  /**
   * Sum up what turns have used, by day (UTC), model, provider or thread.
   *
   * By the time a turn was made; both ends of the span belong to it. Misses
   * that were not given are the input that was not cached. A cost was fixed
   * when its turn completed.
   */
  "usage/aggregate": { params: UsageAggregateParams; result: UsageAggregate };
}

/** What the daemon tells unasked. */
export interface Notifications {
  "event/appended": EventAppended;
  "event/synced": EventSynced;
  "event/reset": EventReset;
  "item/delta": ItemDelta;
}

/** The daemon's own events by name, each with its payload. */
export interface DaemonEvents {
  "thread.created": { thread: Thread };
  "thread.updated": { thread: Thread };
  "thread.deleted": { thread: Thread };
  "turn.queued": { turn: Turn };
  "turn.started": { turn: Turn };
  "turn.steered": { turn: Turn };
  "turn.interrupt_requested": { turn: Turn };
  "turn.completed": { turn: Turn };
  "item.queued": { item: Item };
  "item.started": { item: Item };
  "item.updated": { item: Item };
  "item.completed": { item: Item };
  "session_input.admitted": { input: SessionInput };
  "session_input.updated": { input: SessionInput };
  "session_input.cancelled": { input: SessionInput };
  "session_input.promoted": { input: SessionInput };
  "message.appended": {
    messages: Message[];
    messageCount: number;
    version: number;
  };
  "message.replaced": { messageCount: number; version: number };
  "state.changed": { messageCount: number; version: number };
  "run.created": { run: Run };
  "run.updated": { run: Run };
  "step.created": { step: Step };
  "step.updated": { step: Step };
  "recovery.completed": RecoveryReport;
}

/** Every kind of error, which is what a client switches on. */
export type ErrorKind =
  | "invalid_request"
  | "method_not_found"
  | "invalid_params"
  | "internal"
  | "parse_error"
  | "request_cancelled"
  | "thread_not_found"
  | "turn_not_found"
  | "item_not_found"
  | "session_input_not_found"
  | "message_not_found"
  | "run_not_found"
  | "step_not_found"
  | "mailbox_entry_not_found"
  | "subscription_not_found"
  | "already_exists"
  | "idempotency_mismatch"
  | "version_mismatch"
  | "illegal_transition"
  | "turn_active"
  | "no_active_turn"
  | "turn_mismatch"
  | "thread_archived"
  | "invalid_hierarchy"
  | "generation_mismatch"
  | "input_not_pending"
  | "not_append_only"
  | "patch_failed"
  | "claim_lost"
  | "limit_exceeded"
  | "message_too_large"
  | "overloaded"
  | "forbidden"
  | "corrupt_record"
  | "storage_unavailable"
  | "draining";

/** The code of every kind. */
export interface ErrorCodes {
  invalid_request: -32600;
  method_not_found: -32601;
  invalid_params: -32602;
  internal: -32603;
  parse_error: -32700;
  request_cancelled: -32800;
  thread_not_found: 1001;
  turn_not_found: 1002;
  item_not_found: 1003;
  session_input_not_found: 1004;
  message_not_found: 1005;
  run_not_found: 1006;
  step_not_found: 1007;
  mailbox_entry_not_found: 1008;
  subscription_not_found: 1009;
  already_exists: 2001;
  idempotency_mismatch: 2002;
  version_mismatch: 2003;
  illegal_transition: 2004;
  turn_active: 2005;
  no_active_turn: 2006;
  turn_mismatch: 2007;
  thread_archived: 2008;
  invalid_hierarchy: 2009;
  generation_mismatch: 2010;
  input_not_pending: 2011;
  not_append_only: 2012;
  patch_failed: 2013;
  claim_lost: 3001;
  limit_exceeded: 4001;
  message_too_large: 4002;
  overloaded: 4003;
  forbidden: 4004;
  corrupt_record: 5001;
  storage_unavailable: 5002;
  draining: 5003;
}

/** What each kind of error tells besides. */
export interface ErrorDetails {
  /** The message is not a JSON-RPC 2.0 request. */
  invalid_request: object;
  /** There is no such method. */
  method_not_found: object;
  /** A parameter is wrong. */
  invalid_params: { path: string; reason: string };
  /** The daemon failed; the incident is in its log. */
  internal: { incident: string };
  /** The message is not JSON. */
  parse_error: object;
  /** The request was cancelled. */
  request_cancelled: object;
  /** There is no such thread. */
  thread_not_found: { id: string };
  /** There is no such turn. */
  turn_not_found: { id: string };
  /** There is no such item. */
  item_not_found: { id: string };
  /** There is no such session input. */
  session_input_not_found: { id: string };
  /** There is no such message in this thread. */
  message_not_found: { id: string };
  /** There is no such run. */
  run_not_found: { id: string };
  /** There is no such step. */
  step_not_found: { id: string };
  /** There is no such mailbox entry. */
  mailbox_entry_not_found: { id: string };
  /** There is no such subscription of this peer. */
  subscription_not_found: { id: string };
  /** Something with this id exists already. */
  already_exists: { id: string };
  /** The id is taken by a request with other content. */
  idempotency_mismatch: { id: string };
  /** The record is at another version than expected. */
  version_mismatch: { expected: number; actual: number };
  /** The status cannot change in this way. */
  illegal_transition: {
    machine: string;
    from: string;
    to: string;
    legal: string[];
  };
  /** A turn is in progress on this thread. */
  turn_active: { activeTurnId: string | null };
  /** No turn is in progress on this thread. */
  no_active_turn: { activeTurnId: string | null };
  /** Another turn is in progress than the one named. */
  turn_mismatch: { activeTurnId: string | null };
  /** The thread is archived. */
  thread_archived: object;
  /** The threads cannot be related in this way. */
  invalid_hierarchy: { reason: string };
  /** The mailbox is at another generation. */
  generation_mismatch: { expected: number; actual: number };
  /** The session input is not pending any more. */
  input_not_pending: { status: string; turnId: string | null };
  /** The thread has a message of this id with other content. */
  not_append_only: { messageId: string };
  /** An operation of a patch cannot be applied. */
  patch_failed: { index: number; path: string; reason: string };
  /** The claim has ended or is another's. */
  claim_lost: { entryId: string };
  /** A limit was exceeded. */
  limit_exceeded: { limit: string; max: number; actual: number };
  /** The message is larger than the daemon takes. */
  message_too_large: { limit: string; max: number; actual: number };
  /** The daemon has too much to do; try again later. */
  overloaded: object;
  /** The daemon serves its owner only. */
  forbidden: object;
  /** A stored record cannot be read. */
  corrupt_record: { table: string; key: string };
  /** The database cannot be used now. */
  storage_unavailable: { reason: string };
  /** The daemon is shutting down; try again when it is back. */
  draining: object;
}

/** The `data` of an error, told apart by its `kind`. */
export type ErrorData<K extends ErrorKind = ErrorKind> = {
  [Kind in K]: {
    kind: Kind;
    /** Whether the same request may succeed later as it is. */
    retryable: boolean;
    /** Which of the calls of `atomic` was refused. */
    index?: number;
  } & ErrorDetails[Kind];
}[K];
