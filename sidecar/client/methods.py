# Made by `scripts/generate` from protocol/openrpc.json; do not edit.
"""Ask by keyword for every method: what is UNSET is not sent, None is null."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from sidecar.client import records
from sidecar.client.request import Method, Params, Result

CANCEL_REQUEST = Method(
    "$/cancelRequest",
    "always",
    "key",
    records.Done,
)
ATOMIC = Method(
    "atomic",
    "never",
    "key",
    records.AtomicAnswer,
)
DAEMON_BACKUP = Method(
    "daemon/backup",
    "never",
    "key",
    records.BackupDone,
)
DAEMON_CHECK = Method(
    "daemon/check",
    "always",
    "key",
    records.Checked,
)
DAEMON_METRICS = Method(
    "daemon/metrics",
    "always",
    "key",
    records.Metrics,
)
DAEMON_PING = Method(
    "daemon/ping",
    "always",
    "key",
    records.Pong,
)
DAEMON_RECOVERY = Method(
    "daemon/recovery",
    "always",
    "key",
    records.RecoveryReport,
)
DAEMON_SET_LOG_LEVEL = Method(
    "daemon/setLogLevel",
    "always",
    "key",
    records.LogLevelSet,
)
DAEMON_SHUTDOWN = Method(
    "daemon/shutdown",
    "never",
    "key",
    records.Done,
)
DAEMON_STATUS = Method(
    "daemon/status",
    "always",
    "key",
    records.Status,
)
EVENT_APPEND = Method(
    "event/append",
    "eventKey",
    "key",
    records.EventAnswer,
)
EVENT_APPEND_MANY = Method(
    "event/appendMany",
    "events[].eventKey",
    "key",
    records.EventsAnswer,
)
EVENT_LIST = Method(
    "event/list",
    "always",
    "key",
    records.EventPage,
)
EVENT_PRUNE = Method(
    "event/prune",
    "always",
    "key",
    records.Pruned,
)
EVENT_SUBSCRIBE = Method(
    "event/subscribe",
    "never",
    "key",
    records.Subscribed,
)
EVENT_UNSUBSCRIBE = Method(
    "event/unsubscribe",
    "never",
    "key",
    records.Done,
)
INITIALIZE = Method(
    "initialize",
    "never",
    "key",
    records.Initialized,
)
ITEM_CREATE = Method(
    "item/create",
    "itemId",
    "item",
    records.ItemAnswer,
)
ITEM_DELTA = Method(
    "item/delta",
    "never",
    "key",
    records.Done,
)
ITEM_GET = Method(
    "item/get",
    "always",
    "key",
    records.ItemAnswer,
)
ITEM_LIST = Method(
    "item/list",
    "always",
    "key",
    records.ItemPage,
)
ITEM_UPDATE = Method(
    "item/update",
    "never",
    "key",
    records.ItemAnswer,
)
MAILBOX_ACK = Method(
    "mailbox/ack",
    "always",
    "key",
    records.EntryAnswer,
)
MAILBOX_CANCEL = Method(
    "mailbox/cancel",
    "always",
    "key",
    records.EntryIfAny,
)
MAILBOX_CANCEL_PENDING = Method(
    "mailbox/cancelPending",
    "always",
    "key",
    records.Entries,
)
MAILBOX_CLAIM = Method(
    "mailbox/claim",
    "never",
    "key",
    records.Entries,
)
MAILBOX_CLAIM_ENTRY = Method(
    "mailbox/claimEntry",
    "never",
    "key",
    records.EntryIfAny,
)
MAILBOX_DEAD_LETTER = Method(
    "mailbox/deadLetter",
    "always",
    "key",
    records.EntryAnswer,
)
MAILBOX_ENQUEUE = Method(
    "mailbox/enqueue",
    "entryId",
    "mbe",
    records.EntryAnswer,
)
MAILBOX_EXTEND_LEASE = Method(
    "mailbox/extendLease",
    "always",
    "key",
    records.LeaseExtended,
)
MAILBOX_GET = Method(
    "mailbox/get",
    "always",
    "key",
    records.EntryAnswer,
)
MAILBOX_INTERRUPT = Method(
    "mailbox/interrupt",
    "never",
    "key",
    records.MailboxInterrupted,
)
MAILBOX_LIST = Method(
    "mailbox/list",
    "always",
    "key",
    records.EntryPage,
)
MAILBOX_NACK = Method(
    "mailbox/nack",
    "always",
    "key",
    records.EntryAnswer,
)
MAILBOX_PURGE = Method(
    "mailbox/purge",
    "always",
    "key",
    records.Purged,
)
MAILBOX_STATE = Method(
    "mailbox/state",
    "always",
    "key",
    records.MailboxAnswer,
)
MAILBOX_SUPERSEDE = Method(
    "mailbox/supersede",
    "always",
    "key",
    records.EntryIfAny,
)
MESSAGE_APPEND = Method(
    "message/append",
    "messages[].id",
    "msg",
    records.MessagesAppended,
)
MESSAGE_CLEAR = Method(
    "message/clear",
    "never",
    "key",
    records.LogAnswer,
)
MESSAGE_GET = Method(
    "message/get",
    "always",
    "key",
    records.MessageAnswer,
)
MESSAGE_LIST = Method(
    "message/list",
    "always",
    "key",
    records.MessagePage,
)
MESSAGE_REPLACE = Method(
    "message/replace",
    "never",
    "key",
    records.LogAnswer,
)
RPC_DISCOVER = Method(
    "rpc.discover",
    "always",
    "key",
    records.OpenRpc,
)
RUN_ACTIVE = Method(
    "run/active",
    "always",
    "key",
    records.MaybeRun,
)
RUN_CREATE = Method(
    "run/create",
    "runId",
    "run",
    records.RunAnswer,
)
RUN_DELETE = Method(
    "run/delete",
    "always",
    "key",
    records.Deleted,
)
RUN_GET = Method(
    "run/get",
    "always",
    "key",
    records.RunAnswer,
)
RUN_LATEST = Method(
    "run/latest",
    "always",
    "key",
    records.MaybeRun,
)
RUN_LIST = Method(
    "run/list",
    "always",
    "key",
    records.RunPage,
)
RUN_UPDATE = Method(
    "run/update",
    "never",
    "key",
    records.RunAnswer,
)
SESSION_INPUT_ADMIT = Method(
    "sessionInput/admit",
    "inputId",
    "inp",
    records.Admitted,
)
SESSION_INPUT_CANCEL = Method(
    "sessionInput/cancel",
    "always",
    "key",
    records.InputAnswer,
)
SESSION_INPUT_GET = Method(
    "sessionInput/get",
    "always",
    "key",
    records.InputAnswer,
)
SESSION_INPUT_LIST = Method(
    "sessionInput/list",
    "always",
    "key",
    records.InputPage,
)
SESSION_INPUT_PROMOTE = Method(
    "sessionInput/promote",
    "never",
    "key",
    records.Promotion,
)
SESSION_INPUT_UPDATE = Method(
    "sessionInput/update",
    "never",
    "key",
    records.InputAnswer,
)
STEP_CREATE = Method(
    "step/create",
    "stepId",
    "step",
    records.StepAnswer,
)
STEP_GET = Method(
    "step/get",
    "always",
    "key",
    records.StepAnswer,
)
STEP_LIST = Method(
    "step/list",
    "always",
    "key",
    records.StepPage,
)
STEP_UPDATE = Method(
    "step/update",
    "never",
    "key",
    records.StepAnswer,
)
THREAD_CHECKPOINT = Method(
    "thread/checkpoint",
    "always",
    "key",
    records.Checkpoint,
)
THREAD_COMMIT = Method(
    "thread/commit",
    "commitId",
    "key",
    records.Committed,
)
THREAD_COMMITS = Method(
    "thread/commits",
    "always",
    "key",
    records.CommitPage,
)
THREAD_CREATE = Method(
    "thread/create",
    "threadId",
    "thr",
    records.ThreadCreated,
)
THREAD_DELETE = Method(
    "thread/delete",
    "never",
    "key",
    records.ThreadsDeleted,
)
THREAD_GET = Method(
    "thread/get",
    "always",
    "key",
    records.ThreadAnswer,
)
THREAD_GET_STATE = Method(
    "thread/getState",
    "always",
    "key",
    records.StateAnswer,
)
THREAD_LIST = Method(
    "thread/list",
    "always",
    "key",
    records.ThreadPage,
)
THREAD_SET_STATE = Method(
    "thread/setState",
    "never",
    "key",
    records.VersionAnswer,
)
THREAD_TRANSCRIPT = Method(
    "thread/transcript",
    "always",
    "key",
    records.Transcript,
)
THREAD_UPDATE = Method(
    "thread/update",
    "never",
    "key",
    records.ThreadAnswer,
)
TURN_COMPLETE = Method(
    "turn/complete",
    "always",
    "key",
    records.TurnCompleted,
)
TURN_GET = Method(
    "turn/get",
    "always",
    "key",
    records.TurnAndItems,
)
TURN_INCOMPLETE = Method(
    "turn/incomplete",
    "always",
    "key",
    records.TurnPage,
)
TURN_INTERRUPT = Method(
    "turn/interrupt",
    "always",
    "key",
    records.InterruptRequested,
)
TURN_LIST = Method(
    "turn/list",
    "always",
    "key",
    records.TurnPage,
)
TURN_START = Method(
    "turn/start",
    "turnId",
    "turn",
    records.TurnAndItems,
)
TURN_STEER = Method(
    "turn/steer",
    "itemId",
    "item",
    records.TurnAndItem,
)
USAGE_AGGREGATE = Method(
    "usage/aggregate",
    "always",
    "key",
    records.UsageAggregate,
)
# Their effect ends with the connection, which a client makes anew without a word.
CONNECTION_BOUND = frozenset(
    {
        "$/cancelRequest",
        "event/subscribe",
        "event/unsubscribe",
        "initialize",
    }
)
METHODS: dict[str, Method[object]] = {
    method.name: method
    for method in (
        CANCEL_REQUEST,
        ATOMIC,
        DAEMON_BACKUP,
        DAEMON_CHECK,
        DAEMON_METRICS,
        DAEMON_PING,
        DAEMON_RECOVERY,
        DAEMON_SET_LOG_LEVEL,
        DAEMON_SHUTDOWN,
        DAEMON_STATUS,
        EVENT_APPEND,
        EVENT_APPEND_MANY,
        EVENT_LIST,
        EVENT_PRUNE,
        EVENT_SUBSCRIBE,
        EVENT_UNSUBSCRIBE,
        INITIALIZE,
        ITEM_CREATE,
        ITEM_DELTA,
        ITEM_GET,
        ITEM_LIST,
        ITEM_UPDATE,
        MAILBOX_ACK,
        MAILBOX_CANCEL,
        MAILBOX_CANCEL_PENDING,
        MAILBOX_CLAIM,
        MAILBOX_CLAIM_ENTRY,
        MAILBOX_DEAD_LETTER,
        MAILBOX_ENQUEUE,
        MAILBOX_EXTEND_LEASE,
        MAILBOX_GET,
        MAILBOX_INTERRUPT,
        MAILBOX_LIST,
        MAILBOX_NACK,
        MAILBOX_PURGE,
        MAILBOX_STATE,
        MAILBOX_SUPERSEDE,
        MESSAGE_APPEND,
        MESSAGE_CLEAR,
        MESSAGE_GET,
        MESSAGE_LIST,
        MESSAGE_REPLACE,
        RPC_DISCOVER,
        RUN_ACTIVE,
        RUN_CREATE,
        RUN_DELETE,
        RUN_GET,
        RUN_LATEST,
        RUN_LIST,
        RUN_UPDATE,
        SESSION_INPUT_ADMIT,
        SESSION_INPUT_CANCEL,
        SESSION_INPUT_GET,
        SESSION_INPUT_LIST,
        SESSION_INPUT_PROMOTE,
        SESSION_INPUT_UPDATE,
        STEP_CREATE,
        STEP_GET,
        STEP_LIST,
        STEP_UPDATE,
        THREAD_CHECKPOINT,
        THREAD_COMMIT,
        THREAD_COMMITS,
        THREAD_CREATE,
        THREAD_DELETE,
        THREAD_GET,
        THREAD_GET_STATE,
        THREAD_LIST,
        THREAD_SET_STATE,
        THREAD_TRANSCRIPT,
        THREAD_UPDATE,
        TURN_COMPLETE,
        TURN_GET,
        TURN_INCOMPLETE,
        TURN_INTERRUPT,
        TURN_LIST,
        TURN_START,
        TURN_STEER,
        USAGE_AGGREGATE,
    )
}


class Methods(ABC):
    """Have a typed method for each of the contract's."""

    @abstractmethod
    def _call(self, method: Method[Result], params: Params) -> Result: ...

    def atomic(
        self,
        *,
        calls: Sequence[records.Call],
    ) -> records.AtomicAnswer:
        """Run up to 100 calls that read or write the database in order, all in one transaction."""
        return self._call(
            ATOMIC,
            {
                "calls": calls,
            },
        )

    def daemon_backup(
        self,
        *,
        path: str,
        overwrite: bool | None | UnsetType = UNSET,
    ) -> records.BackupDone:
        """Copy the database while writes go on; the copy appears when it is whole and synced."""
        return self._call(
            DAEMON_BACKUP,
            {
                "path": path,
                "overwrite": overwrite,
            },
        )

    def daemon_check(
        self,
        *,
        full: bool | None | UnsetType = UNSET,
    ) -> records.Checked:
        """Check the file and the house's own invariants; a sentence for each finding."""
        return self._call(
            DAEMON_CHECK,
            {
                "full": full,
            },
        )

    def daemon_metrics(self) -> records.Metrics:
        """Tell what was asked since the start and how long it took, and how things are now."""
        return self._call(DAEMON_METRICS, {})

    def daemon_ping(self) -> records.Pong:
        """Tell that the daemon is there, and its time."""
        return self._call(DAEMON_PING, {})

    def daemon_recovery(self) -> records.RecoveryReport:
        """Tell what the last process had left unfinished, and what became of it."""
        return self._call(DAEMON_RECOVERY, {})

    def daemon_set_log_level(
        self,
        *,
        level: records.LogLevelSetLevel,
    ) -> records.LogLevelSet:
        """Log from this level on, until SIGHUP or a restart returns to the configured one."""
        return self._call(
            DAEMON_SET_LOG_LEVEL,
            {
                "level": level,
            },
        )

    def daemon_shutdown(self) -> records.Done:
        """Drain and end the daemon, once what has arrived is answered."""
        return self._call(DAEMON_SHUTDOWN, {})

    def daemon_status(self) -> records.Status:
        """Tell how the daemon does."""
        return self._call(DAEMON_STATUS, {})

    def event_append(
        self,
        *,
        thread_id: str,
        event: str,
        turn_id: str | None | UnsetType = UNSET,
        item_id: str | None | UnsetType = UNSET,
        payload: records.Json | UnsetType = UNSET,
        event_key: str | None | UnsetType = UNSET,
    ) -> records.EventAnswer:
        """Append a client's event; with an `eventKey` a retry answers the stored one."""
        return self._call(
            EVENT_APPEND,
            {
                "threadId": thread_id,
                "event": event,
                "turnId": turn_id,
                "itemId": item_id,
                "payload": payload,
                "eventKey": event_key,
            },
        )

    def event_append_many(
        self,
        *,
        events: Sequence[records.Append],
    ) -> records.EventsAnswer:
        """Append up to 1,000 events, all or nothing."""
        return self._call(
            EVENT_APPEND_MANY,
            {
                "events": events,
            },
        )

    def event_list(
        self,
        *,
        thread_id: str | None | UnsetType = UNSET,
        turn_id: str | None | UnsetType = UNSET,
        since_seq: int | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
        events: Sequence[str] | None | UnsetType = UNSET,
    ) -> records.EventPage:
        """Read events after `sinceSeq` in order, of all, of a thread or of a turn."""
        return self._call(
            EVENT_LIST,
            {
                "threadId": thread_id,
                "turnId": turn_id,
                "sinceSeq": since_seq,
                "limit": limit,
                "events": events,
            },
        )

    def event_prune(
        self,
        *,
        before_seq: int | None | UnsetType = UNSET,
        older_than_at_ms: int | None | UnsetType = UNSET,
        thread_id: str | None | UnsetType = UNSET,
        dry_run: bool | None | UnsetType = UNSET,
    ) -> records.Pruned:
        """Forget the events before `beforeSeq`, or older than a moment, of all or of one thread."""
        return self._call(
            EVENT_PRUNE,
            {
                "beforeSeq": before_seq,
                "olderThanAtMs": older_than_at_ms,
                "threadId": thread_id,
                "dryRun": dry_run,
            },
        )

    def item_create(
        self,
        *,
        turn_id: str,
        kind: records.ItemKind,
        item_id: str | None | UnsetType = UNSET,
        status: records.ItemStatus | None | UnsetType = UNSET,
        summary: str | None | UnsetType = UNSET,
        detail: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
        artifact_refs: records.Json | UnsetType = UNSET,
    ) -> records.ItemAnswer:
        """Add a piece to a turn that has not ended, at its end."""
        return self._call(
            ITEM_CREATE,
            {
                "turnId": turn_id,
                "kind": kind,
                "itemId": item_id,
                "status": status,
                "summary": summary,
                "detail": detail,
                "metadata": metadata,
                "artifactRefs": artifact_refs,
            },
        )

    def item_delta(
        self,
        *,
        item_id: str,
        text: str,
        offset: int,
    ) -> records.Done:
        """Fan a piece of an open item out to subscribers with `deltas`; it is never stored."""
        return self._call(
            ITEM_DELTA,
            {
                "itemId": item_id,
                "text": text,
                "offset": offset,
            },
        )

    def item_get(
        self,
        *,
        item_id: str,
    ) -> records.ItemAnswer:
        """Read one item."""
        return self._call(
            ITEM_GET,
            {
                "itemId": item_id,
            },
        )

    def item_list(
        self,
        *,
        turn_id: str | None | UnsetType = UNSET,
        thread_id: str | None | UnsetType = UNSET,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.ItemPage:
        """Read a page of the items of a turn, or of a thread in turn, then position order."""
        return self._call(
            ITEM_LIST,
            {
                "turnId": turn_id,
                "threadId": thread_id,
                "cursor": cursor,
                "limit": limit,
            },
        )

    def item_update(
        self,
        *,
        item_id: str,
        status: records.ItemStatus | None | UnsetType = UNSET,
        summary: str | None | UnsetType = UNSET,
        detail: str | None | UnsetType = UNSET,
        append_detail: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
        artifact_refs: records.Json | UnsetType = UNSET,
    ) -> records.ItemAnswer:
        """Change what is given; an ended item only takes the same again."""
        return self._call(
            ITEM_UPDATE,
            {
                "itemId": item_id,
                "status": status,
                "summary": summary,
                "detail": detail,
                "appendDetail": append_detail,
                "metadata": metadata,
                "artifactRefs": artifact_refs,
            },
        )

    def mailbox_ack(
        self,
        *,
        entry_id: str,
        claim_token: str,
    ) -> records.EntryAnswer:
        """Accept an entry: its work is done. The same again answers the entry as it is by now."""
        return self._call(
            MAILBOX_ACK,
            {
                "entryId": entry_id,
                "claimToken": claim_token,
            },
        )

    def mailbox_cancel(
        self,
        *,
        entry_id: str,
    ) -> records.EntryIfAny:
        """Cancel an entry, also a claimed one; null if unknown, unchanged if terminal."""
        return self._call(
            MAILBOX_CANCEL,
            {
                "entryId": entry_id,
            },
        )

    def mailbox_cancel_pending(
        self,
        *,
        mailbox_id: str,
        exclude_entry_id: str | None | UnsetType = UNSET,
    ) -> records.Entries:
        """Cancel every open entry of a mailbox, claimed ones too, but for one; tell which."""
        return self._call(
            MAILBOX_CANCEL_PENDING,
            {
                "mailboxId": mailbox_id,
                "excludeEntryId": exclude_entry_id,
            },
        )

    def mailbox_claim(
        self,
        *,
        consumer_id: str,
        lease_ms: int,
        mailbox_id: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
        wait_ms: int | None | UnsetType = UNSET,
    ) -> records.Entries:
        """Take what comes first, at most one entry of a mailbox and none of one under a live
        claim.
        """
        return self._call(
            MAILBOX_CLAIM,
            {
                "consumerId": consumer_id,
                "leaseMs": lease_ms,
                "mailboxId": mailbox_id,
                "limit": limit,
                "waitMs": wait_ms,
            },
        )

    def mailbox_claim_entry(
        self,
        *,
        entry_id: str,
        consumer_id: str,
        lease_ms: int,
    ) -> records.EntryIfAny:
        """Take one entry, whatever its `availableAtMs`."""
        return self._call(
            MAILBOX_CLAIM_ENTRY,
            {
                "entryId": entry_id,
                "consumerId": consumer_id,
                "leaseMs": lease_ms,
            },
        )

    def mailbox_dead_letter(
        self,
        *,
        entry_id: str,
        claim_token: str,
        error: str,
    ) -> records.EntryAnswer:
        """Give an entry up, for good. The same again answers the entry as it is by now."""
        return self._call(
            MAILBOX_DEAD_LETTER,
            {
                "entryId": entry_id,
                "claimToken": claim_token,
                "error": error,
            },
        )

    def mailbox_enqueue(
        self,
        *,
        mailbox_id: str,
        entry_id: str | None | UnsetType = UNSET,
        payload: records.Json | UnsetType = UNSET,
        origin: records.MailboxEntryOrigin | None | UnsetType = UNSET,
        sender_id: str | None | UnsetType = UNSET,
        priority: int | None | UnsetType = UNSET,
        dedupe_key: str | None | UnsetType = UNSET,
        generation: int | None | UnsetType = UNSET,
        available_at_ms: int | None | UnsetType = UNSET,
        max_attempts: int | None | UnsetType = UNSET,
    ) -> records.EntryAnswer:
        """Queue an entry, or answer the one that the same request made."""
        return self._call(
            MAILBOX_ENQUEUE,
            {
                "mailboxId": mailbox_id,
                "entryId": entry_id,
                "payload": payload,
                "origin": origin,
                "senderId": sender_id,
                "priority": priority,
                "dedupeKey": dedupe_key,
                "generation": generation,
                "availableAtMs": available_at_ms,
                "maxAttempts": max_attempts,
            },
        )

    def mailbox_extend_lease(
        self,
        *,
        entry_id: str,
        claim_token: str,
        lease_ms: int,
    ) -> records.LeaseExtended:
        """Hold a claim for longer, from now on, even past its end if nobody has taken over."""
        return self._call(
            MAILBOX_EXTEND_LEASE,
            {
                "entryId": entry_id,
                "claimToken": claim_token,
                "leaseMs": lease_ms,
            },
        )

    def mailbox_get(
        self,
        *,
        entry_id: str,
    ) -> records.EntryAnswer:
        """Read one entry."""
        return self._call(
            MAILBOX_GET,
            {
                "entryId": entry_id,
            },
        )

    def mailbox_interrupt(
        self,
        *,
        mailbox_id: str,
    ) -> records.MailboxInterrupted:
        """Begin a new generation: every open entry is superseded, claimed ones too."""
        return self._call(
            MAILBOX_INTERRUPT,
            {
                "mailboxId": mailbox_id,
            },
        )

    def mailbox_list(
        self,
        *,
        mailbox_id: str | None | UnsetType = UNSET,
        status: records.MailboxEntryStatus | None | UnsetType = UNSET,
        origin: records.MailboxEntryOrigin | None | UnsetType = UNSET,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.EntryPage:
        """Read a page of entries in claim order."""
        return self._call(
            MAILBOX_LIST,
            {
                "mailboxId": mailbox_id,
                "status": status,
                "origin": origin,
                "cursor": cursor,
                "limit": limit,
            },
        )

    def mailbox_nack(
        self,
        *,
        entry_id: str,
        claim_token: str,
        error: str,
        retry_at_ms: int | None | UnsetType = UNSET,
    ) -> records.EntryAnswer:
        """Queue an entry again, from `retryAtMs` or at once; a dead letter without attempts
        left.
        """
        return self._call(
            MAILBOX_NACK,
            {
                "entryId": entry_id,
                "claimToken": claim_token,
                "error": error,
                "retryAtMs": retry_at_ms,
            },
        )

    def mailbox_purge(
        self,
        *,
        older_than_at_ms: int,
    ) -> records.Purged:
        """Forget terminal entries last changed before a moment; their ids and keys are free
        again.
        """
        return self._call(
            MAILBOX_PURGE,
            {
                "olderThanAtMs": older_than_at_ms,
            },
        )

    def mailbox_state(
        self,
        *,
        mailbox_id: str,
    ) -> records.MailboxAnswer:
        """Read a mailbox; one that was never used is at generation 0, its `updatedAtMs` null."""
        return self._call(
            MAILBOX_STATE,
            {
                "mailboxId": mailbox_id,
            },
        )

    def mailbox_supersede(
        self,
        *,
        entry_id: str,
        reason: str,
    ) -> records.EntryIfAny:
        """Supersede an entry, also a claimed one; null if unknown, unchanged if terminal."""
        return self._call(
            MAILBOX_SUPERSEDE,
            {
                "entryId": entry_id,
                "reason": reason,
            },
        )

    def message_append(
        self,
        *,
        thread_id: str,
        messages: Sequence[records.NewMessage],
        expected_message_count: int | None | UnsetType = UNSET,
        expected_version: int | None | UnsetType = UNSET,
    ) -> records.MessagesAppended:
        """Append up to 1,000 messages; one whose id is there already with this content is kept."""
        return self._call(
            MESSAGE_APPEND,
            {
                "threadId": thread_id,
                "messages": messages,
                "expectedMessageCount": expected_message_count,
                "expectedVersion": expected_version,
            },
        )

    def message_clear(
        self,
        *,
        thread_id: str,
        expected_version: int | None | UnsetType = UNSET,
    ) -> records.LogAnswer:
        """Begin an empty log; what was there stays readable in `thread/commits`."""
        return self._call(
            MESSAGE_CLEAR,
            {
                "threadId": thread_id,
                "expectedVersion": expected_version,
            },
        )

    def message_get(
        self,
        *,
        thread_id: str,
        message_id: str,
    ) -> records.MessageAnswer:
        """Read one message, internal ones too."""
        return self._call(
            MESSAGE_GET,
            {
                "threadId": thread_id,
                "messageId": message_id,
            },
        )

    def message_list(
        self,
        *,
        thread_id: str,
        after_seq: int | None | UnsetType = UNSET,
        before_seq: int | None | UnsetType = UNSET,
        order: records.MessageListOrder | None | UnsetType = UNSET,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
        role: records.MessageRole | None | UnsetType = UNSET,
        run_id: str | None | UnsetType = UNSET,
        include_internal: bool | None | UnsetType = UNSET,
    ) -> records.MessagePage:
        """Read a page of a thread's messages between two seqs, both exclusive."""
        return self._call(
            MESSAGE_LIST,
            {
                "threadId": thread_id,
                "afterSeq": after_seq,
                "beforeSeq": before_seq,
                "order": order,
                "cursor": cursor,
                "limit": limit,
                "role": role,
                "runId": run_id,
                "includeInternal": include_internal,
            },
        )

    def message_replace(
        self,
        *,
        thread_id: str,
        messages: Sequence[records.NewMessage],
        expected_version: int | None | UnsetType = UNSET,
    ) -> records.LogAnswer:
        """Make the whole log anew, with seqs from 1; it may be empty."""
        return self._call(
            MESSAGE_REPLACE,
            {
                "threadId": thread_id,
                "messages": messages,
                "expectedVersion": expected_version,
            },
        )

    def rpc_discover(self) -> records.OpenRpc:
        """Answer the OpenRPC document: every method, typed, with its errors and an example."""
        return self._call(RPC_DISCOVER, {})

    def run_active(
        self,
        *,
        thread_id: str,
    ) -> records.MaybeRun:
        """Read the newest run of a thread that has not ended, or null."""
        return self._call(
            RUN_ACTIVE,
            {
                "threadId": thread_id,
            },
        )

    def run_create(
        self,
        *,
        thread_id: str,
        run_id: str | None | UnsetType = UNSET,
        status: records.RunCreateStatus | None | UnsetType = UNSET,
        turn_id: str | None | UnsetType = UNSET,
        agent_id: str | None | UnsetType = UNSET,
        origin: str | None | UnsetType = UNSET,
        parent_run_id: str | None | UnsetType = UNSET,
        parent_thread_id: str | None | UnsetType = UNSET,
        source_mailbox_entry_id: str | None | UnsetType = UNSET,
        model: str | None | UnsetType = UNSET,
        termination_code: str | None | UnsetType = UNSET,
        termination_detail: str | None | UnsetType = UNSET,
        error: records.RunError | None | UnsetType = UNSET,
        input_tokens: int | None | UnsetType = UNSET,
        output_tokens: int | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
    ) -> records.RunAnswer:
        """Record a run of an agent in a thread."""
        return self._call(
            RUN_CREATE,
            {
                "threadId": thread_id,
                "runId": run_id,
                "status": status,
                "turnId": turn_id,
                "agentId": agent_id,
                "origin": origin,
                "parentRunId": parent_run_id,
                "parentThreadId": parent_thread_id,
                "sourceMailboxEntryId": source_mailbox_entry_id,
                "model": model,
                "terminationCode": termination_code,
                "terminationDetail": termination_detail,
                "error": error,
                "inputTokens": input_tokens,
                "outputTokens": output_tokens,
                "metadata": metadata,
            },
        )

    def run_delete(
        self,
        *,
        run_id: str,
    ) -> records.Deleted:
        """Delete a run, whatever its status, and its steps; of an unknown one say false."""
        return self._call(
            RUN_DELETE,
            {
                "runId": run_id,
            },
        )

    def run_get(
        self,
        *,
        run_id: str,
    ) -> records.RunAnswer:
        """Read one run."""
        return self._call(
            RUN_GET,
            {
                "runId": run_id,
            },
        )

    def run_latest(
        self,
        *,
        thread_id: str,
    ) -> records.MaybeRun:
        """Read the run of a thread that was changed last, or null."""
        return self._call(
            RUN_LATEST,
            {
                "threadId": thread_id,
            },
        )

    def run_list(
        self,
        *,
        thread_id: str | None | UnsetType = UNSET,
        status: records.RunStatus | None | UnsetType = UNSET,
        terminal: bool | None | UnsetType = UNSET,
        agent_id: str | None | UnsetType = UNSET,
        origin: str | None | UnsetType = UNSET,
        parent_run_id: str | None | UnsetType = UNSET,
        termination_code: str | None | UnsetType = UNSET,
        created_from_ms: int | None | UnsetType = UNSET,
        created_to_ms: int | None | UnsetType = UNSET,
        updated_from_ms: int | None | UnsetType = UNSET,
        updated_to_ms: int | None | UnsetType = UNSET,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.RunPage:
        """Read a page of runs, newest first; all filters must fit, bounds are inclusive."""
        return self._call(
            RUN_LIST,
            {
                "threadId": thread_id,
                "status": status,
                "terminal": terminal,
                "agentId": agent_id,
                "origin": origin,
                "parentRunId": parent_run_id,
                "terminationCode": termination_code,
                "createdFromMs": created_from_ms,
                "createdToMs": created_to_ms,
                "updatedFromMs": updated_from_ms,
                "updatedToMs": updated_to_ms,
                "cursor": cursor,
                "limit": limit,
            },
        )

    def run_update(
        self,
        *,
        run_id: str,
        status: records.RunStatus | None | UnsetType = UNSET,
        turn_id: str | None | UnsetType = UNSET,
        agent_id: str | None | UnsetType = UNSET,
        origin: str | None | UnsetType = UNSET,
        parent_run_id: str | None | UnsetType = UNSET,
        parent_thread_id: str | None | UnsetType = UNSET,
        source_mailbox_entry_id: str | None | UnsetType = UNSET,
        model: str | None | UnsetType = UNSET,
        termination_code: str | None | UnsetType = UNSET,
        termination_detail: str | None | UnsetType = UNSET,
        error: records.RunError | None | UnsetType = UNSET,
        input_tokens: int | None | UnsetType = UNSET,
        output_tokens: int | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
        force: bool | None | UnsetType = UNSET,
    ) -> records.RunAnswer:
        """Change what is given: null clears, absent keeps; the same again is no event."""
        return self._call(
            RUN_UPDATE,
            {
                "runId": run_id,
                "status": status,
                "turnId": turn_id,
                "agentId": agent_id,
                "origin": origin,
                "parentRunId": parent_run_id,
                "parentThreadId": parent_thread_id,
                "sourceMailboxEntryId": source_mailbox_entry_id,
                "model": model,
                "terminationCode": termination_code,
                "terminationDetail": termination_detail,
                "error": error,
                "inputTokens": input_tokens,
                "outputTokens": output_tokens,
                "metadata": metadata,
                "force": force,
            },
        )

    def session_input_admit(
        self,
        *,
        thread_id: str,
        prompt: str,
        input_id: str | None | UnsetType = UNSET,
        delivery: records.SessionInputDelivery | None | UnsetType = UNSET,
        request: records.Json | UnsetType = UNSET,
        promote: bool | None | UnsetType = UNSET,
        if_busy: records.SessionInputAdmitIfBusy | None | UnsetType = UNSET,
        expected_turn_id: str | None | UnsetType = UNSET,
    ) -> records.Admitted:
        """Make an input durable, and with `promote` start on what waits."""
        return self._call(
            SESSION_INPUT_ADMIT,
            {
                "threadId": thread_id,
                "prompt": prompt,
                "inputId": input_id,
                "delivery": delivery,
                "request": request,
                "promote": promote,
                "ifBusy": if_busy,
                "expectedTurnId": expected_turn_id,
            },
        )

    def session_input_cancel(
        self,
        *,
        input_id: str,
    ) -> records.InputAnswer:
        """Cancel a pending input for good; cancelled again is a success."""
        return self._call(
            SESSION_INPUT_CANCEL,
            {
                "inputId": input_id,
            },
        )

    def session_input_get(
        self,
        *,
        input_id: str,
    ) -> records.InputAnswer:
        """Read one session input."""
        return self._call(
            SESSION_INPUT_GET,
            {
                "inputId": input_id,
            },
        )

    def session_input_list(
        self,
        *,
        thread_id: str,
        status: records.SessionInputStatus | None | UnsetType = UNSET,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.InputPage:
        """Read a page of a thread's inputs in admission order: the pending ones, null means all."""
        return self._call(
            SESSION_INPUT_LIST,
            {
                "threadId": thread_id,
                "status": status,
                "cursor": cursor,
                "limit": limit,
            },
        )

    def session_input_promote(
        self,
        *,
        thread_id: str,
        scope: records.SessionInputPromoteScope | None | UnsetType = UNSET,
        input_id: str | None | UnsetType = UNSET,
        turn_id: str | None | UnsetType = UNSET,
        input_summary: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
        wake: bool | None | UnsetType = UNSET,
    ) -> records.Promotion:
        """Bind pending inputs to the turn that consumes them."""
        return self._call(
            SESSION_INPUT_PROMOTE,
            {
                "threadId": thread_id,
                "scope": scope,
                "inputId": input_id,
                "turnId": turn_id,
                "inputSummary": input_summary,
                "metadata": metadata,
                "wake": wake,
            },
        )

    def session_input_update(
        self,
        *,
        input_id: str,
        prompt: str | None | UnsetType = UNSET,
        delivery: records.SessionInputDelivery | None | UnsetType = UNSET,
        request: records.Json | UnsetType = UNSET,
    ) -> records.InputAnswer:
        """Change what a pending input says; it keeps its place. The same again is no event."""
        return self._call(
            SESSION_INPUT_UPDATE,
            {
                "inputId": input_id,
                "prompt": prompt,
                "delivery": delivery,
                "request": request,
            },
        )

    def step_create(
        self,
        *,
        run_id: str,
        type: records.StepType,
        step_id: str | None | UnsetType = UNSET,
        status: records.StepStatus | None | UnsetType = UNSET,
        details: records.Json | UnsetType = UNSET,
    ) -> records.StepAnswer:
        """Add a step to a run, to one that has ended too."""
        return self._call(
            STEP_CREATE,
            {
                "runId": run_id,
                "type": type,
                "stepId": step_id,
                "status": status,
                "details": details,
            },
        )

    def step_get(
        self,
        *,
        step_id: str,
    ) -> records.StepAnswer:
        """Read one step."""
        return self._call(
            STEP_GET,
            {
                "stepId": step_id,
            },
        )

    def step_list(
        self,
        *,
        run_id: str,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.StepPage:
        """Read a page of a run's steps in the order in which they were made."""
        return self._call(
            STEP_LIST,
            {
                "runId": run_id,
                "cursor": cursor,
                "limit": limit,
            },
        )

    def step_update(
        self,
        *,
        step_id: str,
        status: records.StepStatus | None | UnsetType = UNSET,
        details: records.Json | UnsetType = UNSET,
        error: records.RunError | None | UnsetType = UNSET,
    ) -> records.StepAnswer:
        """Change what is given: null clears, absent keeps; the same again is no event."""
        return self._call(
            STEP_UPDATE,
            {
                "stepId": step_id,
                "status": status,
                "details": details,
                "error": error,
            },
        )

    def thread_checkpoint(
        self,
        *,
        thread_id: str,
    ) -> records.Checkpoint:
        """Read all that a thread is at one moment: every message, its latest run, its state."""
        return self._call(
            THREAD_CHECKPOINT,
            {
                "threadId": thread_id,
            },
        )

    def thread_commit(
        self,
        *,
        thread_id: str,
        commit_id: str | None | UnsetType = UNSET,
        expected_version: int | None | UnsetType = UNSET,
        expected_message_count: int | None | UnsetType = UNSET,
        reason: str | None | UnsetType = UNSET,
        run_id: str | None | UnsetType = UNSET,
        run: records.RunChange | None | UnsetType = UNSET,
        messages: Sequence[records.NewMessage] | None | UnsetType = UNSET,
        patches: Sequence[records.Patch] | None | UnsetType = UNSET,
        actions: records.Json | UnsetType = UNSET,
        snapshot: records.Json | UnsetType = UNSET,
    ) -> records.Committed:
        """Make one change set in one transaction; the version rises by one even when it is
        empty.
        """
        return self._call(
            THREAD_COMMIT,
            {
                "threadId": thread_id,
                "commitId": commit_id,
                "expectedVersion": expected_version,
                "expectedMessageCount": expected_message_count,
                "reason": reason,
                "runId": run_id,
                "run": run,
                "messages": messages,
                "patches": patches,
                "actions": actions,
                "snapshot": snapshot,
            },
        )

    def thread_commits(
        self,
        *,
        thread_id: str,
        after_version: int | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.CommitPage:
        """Read the change sets after a version in order: to follow a thread, or to replay it."""
        return self._call(
            THREAD_COMMITS,
            {
                "threadId": thread_id,
                "afterVersion": after_version,
                "limit": limit,
            },
        )

    def thread_create(
        self,
        *,
        thread_id: str | None | UnsetType = UNSET,
        title: str | None | UnsetType = UNSET,
        model: str | None | UnsetType = UNSET,
        provider: str | None | UnsetType = UNSET,
        workspace: str | None | UnsetType = UNSET,
        mode: str | None | UnsetType = UNSET,
        resource_id: str | None | UnsetType = UNSET,
        parent_thread_id: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
    ) -> records.ThreadCreated:
        """Create a thread, or answer the one that the same request made."""
        return self._call(
            THREAD_CREATE,
            {
                "threadId": thread_id,
                "title": title,
                "model": model,
                "provider": provider,
                "workspace": workspace,
                "mode": mode,
                "resourceId": resource_id,
                "parentThreadId": parent_thread_id,
                "metadata": metadata,
            },
        )

    def thread_delete(
        self,
        *,
        thread_id: str,
        children: records.ThreadDeleteChildren | None | UnsetType = UNSET,
        force: bool | None | UnsetType = UNSET,
    ) -> records.ThreadsDeleted:
        """Delete a thread and everything that hangs on it."""
        return self._call(
            THREAD_DELETE,
            {
                "threadId": thread_id,
                "children": children,
                "force": force,
            },
        )

    def thread_get(
        self,
        *,
        thread_id: str,
    ) -> records.ThreadAnswer:
        """Read one thread."""
        return self._call(
            THREAD_GET,
            {
                "threadId": thread_id,
            },
        )

    def thread_get_state(
        self,
        *,
        thread_id: str,
        at_version: int | None | UnsetType = UNSET,
    ) -> records.StateAnswer:
        """Read the state of a thread as it is, or as it was at a version."""
        return self._call(
            THREAD_GET_STATE,
            {
                "threadId": thread_id,
                "atVersion": at_version,
            },
        )

    def thread_list(
        self,
        *,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
        archived: bool | None | UnsetType = UNSET,
        resource_id: str | None | UnsetType = UNSET,
        parent_thread_id: str | None | UnsetType = UNSET,
        roots_only: bool | None | UnsetType = UNSET,
        id_prefix: str | None | UnsetType = UNSET,
        query: str | None | UnsetType = UNSET,
    ) -> records.ThreadPage:
        """Read a page of threads, newest change first."""
        return self._call(
            THREAD_LIST,
            {
                "cursor": cursor,
                "limit": limit,
                "archived": archived,
                "resourceId": resource_id,
                "parentThreadId": parent_thread_id,
                "rootsOnly": roots_only,
                "idPrefix": id_prefix,
                "query": query,
            },
        )

    def thread_set_state(
        self,
        *,
        thread_id: str,
        state: records.Json,
        expected_version: int | None | UnsetType = UNSET,
    ) -> records.VersionAnswer:
        """Replace the state of a thread, whatever it was."""
        return self._call(
            THREAD_SET_STATE,
            {
                "threadId": thread_id,
                "state": state,
                "expectedVersion": expected_version,
            },
        )

    def thread_transcript(
        self,
        *,
        thread_id: str,
    ) -> records.Transcript:
        """Rebuild the conversation from completed messages, in turn and item order."""
        return self._call(
            THREAD_TRANSCRIPT,
            {
                "threadId": thread_id,
            },
        )

    def thread_update(
        self,
        *,
        thread_id: str,
        expected_version: int | None | UnsetType = UNSET,
        title: str | None | UnsetType = UNSET,
        model: str | None | UnsetType = UNSET,
        provider: str | None | UnsetType = UNSET,
        workspace: str | None | UnsetType = UNSET,
        mode: str | None | UnsetType = UNSET,
        resource_id: str | None | UnsetType = UNSET,
        parent_thread_id: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
        archived: bool | None | UnsetType = UNSET,
    ) -> records.ThreadAnswer:
        """Change what is given: null clears, absent keeps."""
        return self._call(
            THREAD_UPDATE,
            {
                "threadId": thread_id,
                "expectedVersion": expected_version,
                "title": title,
                "model": model,
                "provider": provider,
                "workspace": workspace,
                "mode": mode,
                "resourceId": resource_id,
                "parentThreadId": parent_thread_id,
                "metadata": metadata,
                "archived": archived,
            },
        )

    def turn_complete(
        self,
        *,
        turn_id: str,
        status: records.TurnCompleteStatus | None | UnsetType = UNSET,
        usage: records.Usage | None | UnsetType = UNSET,
        error: records.TurnError | None | UnsetType = UNSET,
        force: bool | None | UnsetType = UNSET,
        promote_next: bool | None | UnsetType = UNSET,
    ) -> records.TurnCompleted:
        """End a turn and, before its event, every open item of it."""
        return self._call(
            TURN_COMPLETE,
            {
                "turnId": turn_id,
                "status": status,
                "usage": usage,
                "error": error,
                "force": force,
                "promoteNext": promote_next,
            },
        )

    def turn_get(
        self,
        *,
        turn_id: str,
    ) -> records.TurnAndItems:
        """Read one turn and its items."""
        return self._call(
            TURN_GET,
            {
                "turnId": turn_id,
            },
        )

    def turn_incomplete(
        self,
        *,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.TurnPage:
        """Read a page of all turns that are queued or in progress, oldest first."""
        return self._call(
            TURN_INCOMPLETE,
            {
                "cursor": cursor,
                "limit": limit,
            },
        )

    def turn_interrupt(
        self,
        *,
        thread_id: str,
        turn_id: str | None | UnsetType = UNSET,
        pending: records.TurnInterruptPending | None | UnsetType = UNSET,
    ) -> records.InterruptRequested:
        """Ask the runner to stop the turn in progress; it stays so until the runner ends it."""
        return self._call(
            TURN_INTERRUPT,
            {
                "threadId": thread_id,
                "turnId": turn_id,
                "pending": pending,
            },
        )

    def turn_list(
        self,
        *,
        thread_id: str,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
        order: records.MessageListOrder | None | UnsetType = UNSET,
        status: records.TurnStatus | None | UnsetType = UNSET,
    ) -> records.TurnPage:
        """Read a page of a thread's turns in the order they were made, or the other way."""
        return self._call(
            TURN_LIST,
            {
                "threadId": thread_id,
                "cursor": cursor,
                "limit": limit,
                "order": order,
                "status": status,
            },
        )

    def turn_start(
        self,
        *,
        thread_id: str,
        turn_id: str | None | UnsetType = UNSET,
        prompt: str | None | UnsetType = UNSET,
        status: records.TurnStartStatus | None | UnsetType = UNSET,
        input_summary: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
    ) -> records.TurnAndItems:
        """Start a turn, or queue one, or start a queued one."""
        return self._call(
            TURN_START,
            {
                "threadId": thread_id,
                "turnId": turn_id,
                "prompt": prompt,
                "status": status,
                "inputSummary": input_summary,
                "metadata": metadata,
            },
        )

    def turn_steer(
        self,
        *,
        thread_id: str,
        prompt: str,
        expected_turn_id: str | None | UnsetType = UNSET,
        item_id: str | None | UnsetType = UNSET,
    ) -> records.TurnAndItem:
        """Say something to the turn in progress, as a completed user message."""
        return self._call(
            TURN_STEER,
            {
                "threadId": thread_id,
                "prompt": prompt,
                "expectedTurnId": expected_turn_id,
                "itemId": item_id,
            },
        )

    def usage_aggregate(
        self,
        *,
        group_by: records.UsageAggregateGroupBy | None | UnsetType = UNSET,
        since_ms: int | None | UnsetType = UNSET,
        until_ms: int | None | UnsetType = UNSET,
    ) -> records.UsageAggregate:
        """Sum up what turns have used, by day (UTC), model, provider or thread."""
        return self._call(
            USAGE_AGGREGATE,
            {
                "groupBy": group_by,
                "sinceMs": since_ms,
                "untilMs": until_ms,
            },
        )


class AsyncMethods(ABC):
    """Have a typed method for each of the contract's."""

    @abstractmethod
    async def _call(self, method: Method[Result], params: Params) -> Result: ...

    async def atomic(
        self,
        *,
        calls: Sequence[records.Call],
    ) -> records.AtomicAnswer:
        """Run up to 100 calls that read or write the database in order, all in one transaction."""
        return await self._call(
            ATOMIC,
            {
                "calls": calls,
            },
        )

    async def daemon_backup(
        self,
        *,
        path: str,
        overwrite: bool | None | UnsetType = UNSET,
    ) -> records.BackupDone:
        """Copy the database while writes go on; the copy appears when it is whole and synced."""
        return await self._call(
            DAEMON_BACKUP,
            {
                "path": path,
                "overwrite": overwrite,
            },
        )

    async def daemon_check(
        self,
        *,
        full: bool | None | UnsetType = UNSET,
    ) -> records.Checked:
        """Check the file and the house's own invariants; a sentence for each finding."""
        return await self._call(
            DAEMON_CHECK,
            {
                "full": full,
            },
        )

    async def daemon_metrics(self) -> records.Metrics:
        """Tell what was asked since the start and how long it took, and how things are now."""
        return await self._call(DAEMON_METRICS, {})

    async def daemon_ping(self) -> records.Pong:
        """Tell that the daemon is there, and its time."""
        return await self._call(DAEMON_PING, {})

    async def daemon_recovery(self) -> records.RecoveryReport:
        """Tell what the last process had left unfinished, and what became of it."""
        return await self._call(DAEMON_RECOVERY, {})

    async def daemon_set_log_level(
        self,
        *,
        level: records.LogLevelSetLevel,
    ) -> records.LogLevelSet:
        """Log from this level on, until SIGHUP or a restart returns to the configured one."""
        return await self._call(
            DAEMON_SET_LOG_LEVEL,
            {
                "level": level,
            },
        )

    async def daemon_shutdown(self) -> records.Done:
        """Drain and end the daemon, once what has arrived is answered."""
        return await self._call(DAEMON_SHUTDOWN, {})

    async def daemon_status(self) -> records.Status:
        """Tell how the daemon does."""
        return await self._call(DAEMON_STATUS, {})

    async def event_append(
        self,
        *,
        thread_id: str,
        event: str,
        turn_id: str | None | UnsetType = UNSET,
        item_id: str | None | UnsetType = UNSET,
        payload: records.Json | UnsetType = UNSET,
        event_key: str | None | UnsetType = UNSET,
    ) -> records.EventAnswer:
        """Append a client's event; with an `eventKey` a retry answers the stored one."""
        return await self._call(
            EVENT_APPEND,
            {
                "threadId": thread_id,
                "event": event,
                "turnId": turn_id,
                "itemId": item_id,
                "payload": payload,
                "eventKey": event_key,
            },
        )

    async def event_append_many(
        self,
        *,
        events: Sequence[records.Append],
    ) -> records.EventsAnswer:
        """Append up to 1,000 events, all or nothing."""
        return await self._call(
            EVENT_APPEND_MANY,
            {
                "events": events,
            },
        )

    async def event_list(
        self,
        *,
        thread_id: str | None | UnsetType = UNSET,
        turn_id: str | None | UnsetType = UNSET,
        since_seq: int | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
        events: Sequence[str] | None | UnsetType = UNSET,
    ) -> records.EventPage:
        """Read events after `sinceSeq` in order, of all, of a thread or of a turn."""
        return await self._call(
            EVENT_LIST,
            {
                "threadId": thread_id,
                "turnId": turn_id,
                "sinceSeq": since_seq,
                "limit": limit,
                "events": events,
            },
        )

    async def event_prune(
        self,
        *,
        before_seq: int | None | UnsetType = UNSET,
        older_than_at_ms: int | None | UnsetType = UNSET,
        thread_id: str | None | UnsetType = UNSET,
        dry_run: bool | None | UnsetType = UNSET,
    ) -> records.Pruned:
        """Forget the events before `beforeSeq`, or older than a moment, of all or of one thread."""
        return await self._call(
            EVENT_PRUNE,
            {
                "beforeSeq": before_seq,
                "olderThanAtMs": older_than_at_ms,
                "threadId": thread_id,
                "dryRun": dry_run,
            },
        )

    async def item_create(
        self,
        *,
        turn_id: str,
        kind: records.ItemKind,
        item_id: str | None | UnsetType = UNSET,
        status: records.ItemStatus | None | UnsetType = UNSET,
        summary: str | None | UnsetType = UNSET,
        detail: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
        artifact_refs: records.Json | UnsetType = UNSET,
    ) -> records.ItemAnswer:
        """Add a piece to a turn that has not ended, at its end."""
        return await self._call(
            ITEM_CREATE,
            {
                "turnId": turn_id,
                "kind": kind,
                "itemId": item_id,
                "status": status,
                "summary": summary,
                "detail": detail,
                "metadata": metadata,
                "artifactRefs": artifact_refs,
            },
        )

    async def item_delta(
        self,
        *,
        item_id: str,
        text: str,
        offset: int,
    ) -> records.Done:
        """Fan a piece of an open item out to subscribers with `deltas`; it is never stored."""
        return await self._call(
            ITEM_DELTA,
            {
                "itemId": item_id,
                "text": text,
                "offset": offset,
            },
        )

    async def item_get(
        self,
        *,
        item_id: str,
    ) -> records.ItemAnswer:
        """Read one item."""
        return await self._call(
            ITEM_GET,
            {
                "itemId": item_id,
            },
        )

    async def item_list(
        self,
        *,
        turn_id: str | None | UnsetType = UNSET,
        thread_id: str | None | UnsetType = UNSET,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.ItemPage:
        """Read a page of the items of a turn, or of a thread in turn, then position order."""
        return await self._call(
            ITEM_LIST,
            {
                "turnId": turn_id,
                "threadId": thread_id,
                "cursor": cursor,
                "limit": limit,
            },
        )

    async def item_update(
        self,
        *,
        item_id: str,
        status: records.ItemStatus | None | UnsetType = UNSET,
        summary: str | None | UnsetType = UNSET,
        detail: str | None | UnsetType = UNSET,
        append_detail: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
        artifact_refs: records.Json | UnsetType = UNSET,
    ) -> records.ItemAnswer:
        """Change what is given; an ended item only takes the same again."""
        return await self._call(
            ITEM_UPDATE,
            {
                "itemId": item_id,
                "status": status,
                "summary": summary,
                "detail": detail,
                "appendDetail": append_detail,
                "metadata": metadata,
                "artifactRefs": artifact_refs,
            },
        )

    async def mailbox_ack(
        self,
        *,
        entry_id: str,
        claim_token: str,
    ) -> records.EntryAnswer:
        """Accept an entry: its work is done. The same again answers the entry as it is by now."""
        return await self._call(
            MAILBOX_ACK,
            {
                "entryId": entry_id,
                "claimToken": claim_token,
            },
        )

    async def mailbox_cancel(
        self,
        *,
        entry_id: str,
    ) -> records.EntryIfAny:
        """Cancel an entry, also a claimed one; null if unknown, unchanged if terminal."""
        return await self._call(
            MAILBOX_CANCEL,
            {
                "entryId": entry_id,
            },
        )

    async def mailbox_cancel_pending(
        self,
        *,
        mailbox_id: str,
        exclude_entry_id: str | None | UnsetType = UNSET,
    ) -> records.Entries:
        """Cancel every open entry of a mailbox, claimed ones too, but for one; tell which."""
        return await self._call(
            MAILBOX_CANCEL_PENDING,
            {
                "mailboxId": mailbox_id,
                "excludeEntryId": exclude_entry_id,
            },
        )

    async def mailbox_claim(
        self,
        *,
        consumer_id: str,
        lease_ms: int,
        mailbox_id: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
        wait_ms: int | None | UnsetType = UNSET,
    ) -> records.Entries:
        """Take what comes first, at most one entry of a mailbox and none of one under a live
        claim.
        """
        return await self._call(
            MAILBOX_CLAIM,
            {
                "consumerId": consumer_id,
                "leaseMs": lease_ms,
                "mailboxId": mailbox_id,
                "limit": limit,
                "waitMs": wait_ms,
            },
        )

    async def mailbox_claim_entry(
        self,
        *,
        entry_id: str,
        consumer_id: str,
        lease_ms: int,
    ) -> records.EntryIfAny:
        """Take one entry, whatever its `availableAtMs`."""
        return await self._call(
            MAILBOX_CLAIM_ENTRY,
            {
                "entryId": entry_id,
                "consumerId": consumer_id,
                "leaseMs": lease_ms,
            },
        )

    async def mailbox_dead_letter(
        self,
        *,
        entry_id: str,
        claim_token: str,
        error: str,
    ) -> records.EntryAnswer:
        """Give an entry up, for good. The same again answers the entry as it is by now."""
        return await self._call(
            MAILBOX_DEAD_LETTER,
            {
                "entryId": entry_id,
                "claimToken": claim_token,
                "error": error,
            },
        )

    async def mailbox_enqueue(
        self,
        *,
        mailbox_id: str,
        entry_id: str | None | UnsetType = UNSET,
        payload: records.Json | UnsetType = UNSET,
        origin: records.MailboxEntryOrigin | None | UnsetType = UNSET,
        sender_id: str | None | UnsetType = UNSET,
        priority: int | None | UnsetType = UNSET,
        dedupe_key: str | None | UnsetType = UNSET,
        generation: int | None | UnsetType = UNSET,
        available_at_ms: int | None | UnsetType = UNSET,
        max_attempts: int | None | UnsetType = UNSET,
    ) -> records.EntryAnswer:
        """Queue an entry, or answer the one that the same request made."""
        return await self._call(
            MAILBOX_ENQUEUE,
            {
                "mailboxId": mailbox_id,
                "entryId": entry_id,
                "payload": payload,
                "origin": origin,
                "senderId": sender_id,
                "priority": priority,
                "dedupeKey": dedupe_key,
                "generation": generation,
                "availableAtMs": available_at_ms,
                "maxAttempts": max_attempts,
            },
        )

    async def mailbox_extend_lease(
        self,
        *,
        entry_id: str,
        claim_token: str,
        lease_ms: int,
    ) -> records.LeaseExtended:
        """Hold a claim for longer, from now on, even past its end if nobody has taken over."""
        return await self._call(
            MAILBOX_EXTEND_LEASE,
            {
                "entryId": entry_id,
                "claimToken": claim_token,
                "leaseMs": lease_ms,
            },
        )

    async def mailbox_get(
        self,
        *,
        entry_id: str,
    ) -> records.EntryAnswer:
        """Read one entry."""
        return await self._call(
            MAILBOX_GET,
            {
                "entryId": entry_id,
            },
        )

    async def mailbox_interrupt(
        self,
        *,
        mailbox_id: str,
    ) -> records.MailboxInterrupted:
        """Begin a new generation: every open entry is superseded, claimed ones too."""
        return await self._call(
            MAILBOX_INTERRUPT,
            {
                "mailboxId": mailbox_id,
            },
        )

    async def mailbox_list(
        self,
        *,
        mailbox_id: str | None | UnsetType = UNSET,
        status: records.MailboxEntryStatus | None | UnsetType = UNSET,
        origin: records.MailboxEntryOrigin | None | UnsetType = UNSET,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.EntryPage:
        """Read a page of entries in claim order."""
        return await self._call(
            MAILBOX_LIST,
            {
                "mailboxId": mailbox_id,
                "status": status,
                "origin": origin,
                "cursor": cursor,
                "limit": limit,
            },
        )

    async def mailbox_nack(
        self,
        *,
        entry_id: str,
        claim_token: str,
        error: str,
        retry_at_ms: int | None | UnsetType = UNSET,
    ) -> records.EntryAnswer:
        """Queue an entry again, from `retryAtMs` or at once; a dead letter without attempts
        left.
        """
        return await self._call(
            MAILBOX_NACK,
            {
                "entryId": entry_id,
                "claimToken": claim_token,
                "error": error,
                "retryAtMs": retry_at_ms,
            },
        )

    async def mailbox_purge(
        self,
        *,
        older_than_at_ms: int,
    ) -> records.Purged:
        """Forget terminal entries last changed before a moment; their ids and keys are free
        again.
        """
        return await self._call(
            MAILBOX_PURGE,
            {
                "olderThanAtMs": older_than_at_ms,
            },
        )

    async def mailbox_state(
        self,
        *,
        mailbox_id: str,
    ) -> records.MailboxAnswer:
        """Read a mailbox; one that was never used is at generation 0, its `updatedAtMs` null."""
        return await self._call(
            MAILBOX_STATE,
            {
                "mailboxId": mailbox_id,
            },
        )

    async def mailbox_supersede(
        self,
        *,
        entry_id: str,
        reason: str,
    ) -> records.EntryIfAny:
        """Supersede an entry, also a claimed one; null if unknown, unchanged if terminal."""
        return await self._call(
            MAILBOX_SUPERSEDE,
            {
                "entryId": entry_id,
                "reason": reason,
            },
        )

    async def message_append(
        self,
        *,
        thread_id: str,
        messages: Sequence[records.NewMessage],
        expected_message_count: int | None | UnsetType = UNSET,
        expected_version: int | None | UnsetType = UNSET,
    ) -> records.MessagesAppended:
        """Append up to 1,000 messages; one whose id is there already with this content is kept."""
        return await self._call(
            MESSAGE_APPEND,
            {
                "threadId": thread_id,
                "messages": messages,
                "expectedMessageCount": expected_message_count,
                "expectedVersion": expected_version,
            },
        )

    async def message_clear(
        self,
        *,
        thread_id: str,
        expected_version: int | None | UnsetType = UNSET,
    ) -> records.LogAnswer:
        """Begin an empty log; what was there stays readable in `thread/commits`."""
        return await self._call(
            MESSAGE_CLEAR,
            {
                "threadId": thread_id,
                "expectedVersion": expected_version,
            },
        )

    async def message_get(
        self,
        *,
        thread_id: str,
        message_id: str,
    ) -> records.MessageAnswer:
        """Read one message, internal ones too."""
        return await self._call(
            MESSAGE_GET,
            {
                "threadId": thread_id,
                "messageId": message_id,
            },
        )

    async def message_list(
        self,
        *,
        thread_id: str,
        after_seq: int | None | UnsetType = UNSET,
        before_seq: int | None | UnsetType = UNSET,
        order: records.MessageListOrder | None | UnsetType = UNSET,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
        role: records.MessageRole | None | UnsetType = UNSET,
        run_id: str | None | UnsetType = UNSET,
        include_internal: bool | None | UnsetType = UNSET,
    ) -> records.MessagePage:
        """Read a page of a thread's messages between two seqs, both exclusive."""
        return await self._call(
            MESSAGE_LIST,
            {
                "threadId": thread_id,
                "afterSeq": after_seq,
                "beforeSeq": before_seq,
                "order": order,
                "cursor": cursor,
                "limit": limit,
                "role": role,
                "runId": run_id,
                "includeInternal": include_internal,
            },
        )

    async def message_replace(
        self,
        *,
        thread_id: str,
        messages: Sequence[records.NewMessage],
        expected_version: int | None | UnsetType = UNSET,
    ) -> records.LogAnswer:
        """Make the whole log anew, with seqs from 1; it may be empty."""
        return await self._call(
            MESSAGE_REPLACE,
            {
                "threadId": thread_id,
                "messages": messages,
                "expectedVersion": expected_version,
            },
        )

    async def rpc_discover(self) -> records.OpenRpc:
        """Answer the OpenRPC document: every method, typed, with its errors and an example."""
        return await self._call(RPC_DISCOVER, {})

    async def run_active(
        self,
        *,
        thread_id: str,
    ) -> records.MaybeRun:
        """Read the newest run of a thread that has not ended, or null."""
        return await self._call(
            RUN_ACTIVE,
            {
                "threadId": thread_id,
            },
        )

    async def run_create(
        self,
        *,
        thread_id: str,
        run_id: str | None | UnsetType = UNSET,
        status: records.RunCreateStatus | None | UnsetType = UNSET,
        turn_id: str | None | UnsetType = UNSET,
        agent_id: str | None | UnsetType = UNSET,
        origin: str | None | UnsetType = UNSET,
        parent_run_id: str | None | UnsetType = UNSET,
        parent_thread_id: str | None | UnsetType = UNSET,
        source_mailbox_entry_id: str | None | UnsetType = UNSET,
        model: str | None | UnsetType = UNSET,
        termination_code: str | None | UnsetType = UNSET,
        termination_detail: str | None | UnsetType = UNSET,
        error: records.RunError | None | UnsetType = UNSET,
        input_tokens: int | None | UnsetType = UNSET,
        output_tokens: int | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
    ) -> records.RunAnswer:
        """Record a run of an agent in a thread."""
        return await self._call(
            RUN_CREATE,
            {
                "threadId": thread_id,
                "runId": run_id,
                "status": status,
                "turnId": turn_id,
                "agentId": agent_id,
                "origin": origin,
                "parentRunId": parent_run_id,
                "parentThreadId": parent_thread_id,
                "sourceMailboxEntryId": source_mailbox_entry_id,
                "model": model,
                "terminationCode": termination_code,
                "terminationDetail": termination_detail,
                "error": error,
                "inputTokens": input_tokens,
                "outputTokens": output_tokens,
                "metadata": metadata,
            },
        )

    async def run_delete(
        self,
        *,
        run_id: str,
    ) -> records.Deleted:
        """Delete a run, whatever its status, and its steps; of an unknown one say false."""
        return await self._call(
            RUN_DELETE,
            {
                "runId": run_id,
            },
        )

    async def run_get(
        self,
        *,
        run_id: str,
    ) -> records.RunAnswer:
        """Read one run."""
        return await self._call(
            RUN_GET,
            {
                "runId": run_id,
            },
        )

    async def run_latest(
        self,
        *,
        thread_id: str,
    ) -> records.MaybeRun:
        """Read the run of a thread that was changed last, or null."""
        return await self._call(
            RUN_LATEST,
            {
                "threadId": thread_id,
            },
        )

    async def run_list(
        self,
        *,
        thread_id: str | None | UnsetType = UNSET,
        status: records.RunStatus | None | UnsetType = UNSET,
        terminal: bool | None | UnsetType = UNSET,
        agent_id: str | None | UnsetType = UNSET,
        origin: str | None | UnsetType = UNSET,
        parent_run_id: str | None | UnsetType = UNSET,
        termination_code: str | None | UnsetType = UNSET,
        created_from_ms: int | None | UnsetType = UNSET,
        created_to_ms: int | None | UnsetType = UNSET,
        updated_from_ms: int | None | UnsetType = UNSET,
        updated_to_ms: int | None | UnsetType = UNSET,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.RunPage:
        """Read a page of runs, newest first; all filters must fit, bounds are inclusive."""
        return await self._call(
            RUN_LIST,
            {
                "threadId": thread_id,
                "status": status,
                "terminal": terminal,
                "agentId": agent_id,
                "origin": origin,
                "parentRunId": parent_run_id,
                "terminationCode": termination_code,
                "createdFromMs": created_from_ms,
                "createdToMs": created_to_ms,
                "updatedFromMs": updated_from_ms,
                "updatedToMs": updated_to_ms,
                "cursor": cursor,
                "limit": limit,
            },
        )

    async def run_update(
        self,
        *,
        run_id: str,
        status: records.RunStatus | None | UnsetType = UNSET,
        turn_id: str | None | UnsetType = UNSET,
        agent_id: str | None | UnsetType = UNSET,
        origin: str | None | UnsetType = UNSET,
        parent_run_id: str | None | UnsetType = UNSET,
        parent_thread_id: str | None | UnsetType = UNSET,
        source_mailbox_entry_id: str | None | UnsetType = UNSET,
        model: str | None | UnsetType = UNSET,
        termination_code: str | None | UnsetType = UNSET,
        termination_detail: str | None | UnsetType = UNSET,
        error: records.RunError | None | UnsetType = UNSET,
        input_tokens: int | None | UnsetType = UNSET,
        output_tokens: int | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
        force: bool | None | UnsetType = UNSET,
    ) -> records.RunAnswer:
        """Change what is given: null clears, absent keeps; the same again is no event."""
        return await self._call(
            RUN_UPDATE,
            {
                "runId": run_id,
                "status": status,
                "turnId": turn_id,
                "agentId": agent_id,
                "origin": origin,
                "parentRunId": parent_run_id,
                "parentThreadId": parent_thread_id,
                "sourceMailboxEntryId": source_mailbox_entry_id,
                "model": model,
                "terminationCode": termination_code,
                "terminationDetail": termination_detail,
                "error": error,
                "inputTokens": input_tokens,
                "outputTokens": output_tokens,
                "metadata": metadata,
                "force": force,
            },
        )

    async def session_input_admit(
        self,
        *,
        thread_id: str,
        prompt: str,
        input_id: str | None | UnsetType = UNSET,
        delivery: records.SessionInputDelivery | None | UnsetType = UNSET,
        request: records.Json | UnsetType = UNSET,
        promote: bool | None | UnsetType = UNSET,
        if_busy: records.SessionInputAdmitIfBusy | None | UnsetType = UNSET,
        expected_turn_id: str | None | UnsetType = UNSET,
    ) -> records.Admitted:
        """Make an input durable, and with `promote` start on what waits."""
        return await self._call(
            SESSION_INPUT_ADMIT,
            {
                "threadId": thread_id,
                "prompt": prompt,
                "inputId": input_id,
                "delivery": delivery,
                "request": request,
                "promote": promote,
                "ifBusy": if_busy,
                "expectedTurnId": expected_turn_id,
            },
        )

    async def session_input_cancel(
        self,
        *,
        input_id: str,
    ) -> records.InputAnswer:
        """Cancel a pending input for good; cancelled again is a success."""
        return await self._call(
            SESSION_INPUT_CANCEL,
            {
                "inputId": input_id,
            },
        )

    async def session_input_get(
        self,
        *,
        input_id: str,
    ) -> records.InputAnswer:
        """Read one session input."""
        return await self._call(
            SESSION_INPUT_GET,
            {
                "inputId": input_id,
            },
        )

    async def session_input_list(
        self,
        *,
        thread_id: str,
        status: records.SessionInputStatus | None | UnsetType = UNSET,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.InputPage:
        """Read a page of a thread's inputs in admission order: the pending ones, null means all."""
        return await self._call(
            SESSION_INPUT_LIST,
            {
                "threadId": thread_id,
                "status": status,
                "cursor": cursor,
                "limit": limit,
            },
        )

    async def session_input_promote(
        self,
        *,
        thread_id: str,
        scope: records.SessionInputPromoteScope | None | UnsetType = UNSET,
        input_id: str | None | UnsetType = UNSET,
        turn_id: str | None | UnsetType = UNSET,
        input_summary: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
        wake: bool | None | UnsetType = UNSET,
    ) -> records.Promotion:
        """Bind pending inputs to the turn that consumes them."""
        return await self._call(
            SESSION_INPUT_PROMOTE,
            {
                "threadId": thread_id,
                "scope": scope,
                "inputId": input_id,
                "turnId": turn_id,
                "inputSummary": input_summary,
                "metadata": metadata,
                "wake": wake,
            },
        )

    async def session_input_update(
        self,
        *,
        input_id: str,
        prompt: str | None | UnsetType = UNSET,
        delivery: records.SessionInputDelivery | None | UnsetType = UNSET,
        request: records.Json | UnsetType = UNSET,
    ) -> records.InputAnswer:
        """Change what a pending input says; it keeps its place. The same again is no event."""
        return await self._call(
            SESSION_INPUT_UPDATE,
            {
                "inputId": input_id,
                "prompt": prompt,
                "delivery": delivery,
                "request": request,
            },
        )

    async def step_create(
        self,
        *,
        run_id: str,
        type: records.StepType,
        step_id: str | None | UnsetType = UNSET,
        status: records.StepStatus | None | UnsetType = UNSET,
        details: records.Json | UnsetType = UNSET,
    ) -> records.StepAnswer:
        """Add a step to a run, to one that has ended too."""
        return await self._call(
            STEP_CREATE,
            {
                "runId": run_id,
                "type": type,
                "stepId": step_id,
                "status": status,
                "details": details,
            },
        )

    async def step_get(
        self,
        *,
        step_id: str,
    ) -> records.StepAnswer:
        """Read one step."""
        return await self._call(
            STEP_GET,
            {
                "stepId": step_id,
            },
        )

    async def step_list(
        self,
        *,
        run_id: str,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.StepPage:
        """Read a page of a run's steps in the order in which they were made."""
        return await self._call(
            STEP_LIST,
            {
                "runId": run_id,
                "cursor": cursor,
                "limit": limit,
            },
        )

    async def step_update(
        self,
        *,
        step_id: str,
        status: records.StepStatus | None | UnsetType = UNSET,
        details: records.Json | UnsetType = UNSET,
        error: records.RunError | None | UnsetType = UNSET,
    ) -> records.StepAnswer:
        """Change what is given: null clears, absent keeps; the same again is no event."""
        return await self._call(
            STEP_UPDATE,
            {
                "stepId": step_id,
                "status": status,
                "details": details,
                "error": error,
            },
        )

    async def thread_checkpoint(
        self,
        *,
        thread_id: str,
    ) -> records.Checkpoint:
        """Read all that a thread is at one moment: every message, its latest run, its state."""
        return await self._call(
            THREAD_CHECKPOINT,
            {
                "threadId": thread_id,
            },
        )

    async def thread_commit(
        self,
        *,
        thread_id: str,
        commit_id: str | None | UnsetType = UNSET,
        expected_version: int | None | UnsetType = UNSET,
        expected_message_count: int | None | UnsetType = UNSET,
        reason: str | None | UnsetType = UNSET,
        run_id: str | None | UnsetType = UNSET,
        run: records.RunChange | None | UnsetType = UNSET,
        messages: Sequence[records.NewMessage] | None | UnsetType = UNSET,
        patches: Sequence[records.Patch] | None | UnsetType = UNSET,
        actions: records.Json | UnsetType = UNSET,
        snapshot: records.Json | UnsetType = UNSET,
    ) -> records.Committed:
        """Make one change set in one transaction; the version rises by one even when it is
        empty.
        """
        return await self._call(
            THREAD_COMMIT,
            {
                "threadId": thread_id,
                "commitId": commit_id,
                "expectedVersion": expected_version,
                "expectedMessageCount": expected_message_count,
                "reason": reason,
                "runId": run_id,
                "run": run,
                "messages": messages,
                "patches": patches,
                "actions": actions,
                "snapshot": snapshot,
            },
        )

    async def thread_commits(
        self,
        *,
        thread_id: str,
        after_version: int | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.CommitPage:
        """Read the change sets after a version in order: to follow a thread, or to replay it."""
        return await self._call(
            THREAD_COMMITS,
            {
                "threadId": thread_id,
                "afterVersion": after_version,
                "limit": limit,
            },
        )

    async def thread_create(
        self,
        *,
        thread_id: str | None | UnsetType = UNSET,
        title: str | None | UnsetType = UNSET,
        model: str | None | UnsetType = UNSET,
        provider: str | None | UnsetType = UNSET,
        workspace: str | None | UnsetType = UNSET,
        mode: str | None | UnsetType = UNSET,
        resource_id: str | None | UnsetType = UNSET,
        parent_thread_id: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
    ) -> records.ThreadCreated:
        """Create a thread, or answer the one that the same request made."""
        return await self._call(
            THREAD_CREATE,
            {
                "threadId": thread_id,
                "title": title,
                "model": model,
                "provider": provider,
                "workspace": workspace,
                "mode": mode,
                "resourceId": resource_id,
                "parentThreadId": parent_thread_id,
                "metadata": metadata,
            },
        )

    async def thread_delete(
        self,
        *,
        thread_id: str,
        children: records.ThreadDeleteChildren | None | UnsetType = UNSET,
        force: bool | None | UnsetType = UNSET,
    ) -> records.ThreadsDeleted:
        """Delete a thread and everything that hangs on it."""
        return await self._call(
            THREAD_DELETE,
            {
                "threadId": thread_id,
                "children": children,
                "force": force,
            },
        )

    async def thread_get(
        self,
        *,
        thread_id: str,
    ) -> records.ThreadAnswer:
        """Read one thread."""
        return await self._call(
            THREAD_GET,
            {
                "threadId": thread_id,
            },
        )

    async def thread_get_state(
        self,
        *,
        thread_id: str,
        at_version: int | None | UnsetType = UNSET,
    ) -> records.StateAnswer:
        """Read the state of a thread as it is, or as it was at a version."""
        return await self._call(
            THREAD_GET_STATE,
            {
                "threadId": thread_id,
                "atVersion": at_version,
            },
        )

    async def thread_list(
        self,
        *,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
        archived: bool | None | UnsetType = UNSET,
        resource_id: str | None | UnsetType = UNSET,
        parent_thread_id: str | None | UnsetType = UNSET,
        roots_only: bool | None | UnsetType = UNSET,
        id_prefix: str | None | UnsetType = UNSET,
        query: str | None | UnsetType = UNSET,
    ) -> records.ThreadPage:
        """Read a page of threads, newest change first."""
        return await self._call(
            THREAD_LIST,
            {
                "cursor": cursor,
                "limit": limit,
                "archived": archived,
                "resourceId": resource_id,
                "parentThreadId": parent_thread_id,
                "rootsOnly": roots_only,
                "idPrefix": id_prefix,
                "query": query,
            },
        )

    async def thread_set_state(
        self,
        *,
        thread_id: str,
        state: records.Json,
        expected_version: int | None | UnsetType = UNSET,
    ) -> records.VersionAnswer:
        """Replace the state of a thread, whatever it was."""
        return await self._call(
            THREAD_SET_STATE,
            {
                "threadId": thread_id,
                "state": state,
                "expectedVersion": expected_version,
            },
        )

    async def thread_transcript(
        self,
        *,
        thread_id: str,
    ) -> records.Transcript:
        """Rebuild the conversation from completed messages, in turn and item order."""
        return await self._call(
            THREAD_TRANSCRIPT,
            {
                "threadId": thread_id,
            },
        )

    async def thread_update(
        self,
        *,
        thread_id: str,
        expected_version: int | None | UnsetType = UNSET,
        title: str | None | UnsetType = UNSET,
        model: str | None | UnsetType = UNSET,
        provider: str | None | UnsetType = UNSET,
        workspace: str | None | UnsetType = UNSET,
        mode: str | None | UnsetType = UNSET,
        resource_id: str | None | UnsetType = UNSET,
        parent_thread_id: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
        archived: bool | None | UnsetType = UNSET,
    ) -> records.ThreadAnswer:
        """Change what is given: null clears, absent keeps."""
        return await self._call(
            THREAD_UPDATE,
            {
                "threadId": thread_id,
                "expectedVersion": expected_version,
                "title": title,
                "model": model,
                "provider": provider,
                "workspace": workspace,
                "mode": mode,
                "resourceId": resource_id,
                "parentThreadId": parent_thread_id,
                "metadata": metadata,
                "archived": archived,
            },
        )

    async def turn_complete(
        self,
        *,
        turn_id: str,
        status: records.TurnCompleteStatus | None | UnsetType = UNSET,
        usage: records.Usage | None | UnsetType = UNSET,
        error: records.TurnError | None | UnsetType = UNSET,
        force: bool | None | UnsetType = UNSET,
        promote_next: bool | None | UnsetType = UNSET,
    ) -> records.TurnCompleted:
        """End a turn and, before its event, every open item of it."""
        return await self._call(
            TURN_COMPLETE,
            {
                "turnId": turn_id,
                "status": status,
                "usage": usage,
                "error": error,
                "force": force,
                "promoteNext": promote_next,
            },
        )

    async def turn_get(
        self,
        *,
        turn_id: str,
    ) -> records.TurnAndItems:
        """Read one turn and its items."""
        return await self._call(
            TURN_GET,
            {
                "turnId": turn_id,
            },
        )

    async def turn_incomplete(
        self,
        *,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
    ) -> records.TurnPage:
        """Read a page of all turns that are queued or in progress, oldest first."""
        return await self._call(
            TURN_INCOMPLETE,
            {
                "cursor": cursor,
                "limit": limit,
            },
        )

    async def turn_interrupt(
        self,
        *,
        thread_id: str,
        turn_id: str | None | UnsetType = UNSET,
        pending: records.TurnInterruptPending | None | UnsetType = UNSET,
    ) -> records.InterruptRequested:
        """Ask the runner to stop the turn in progress; it stays so until the runner ends it."""
        return await self._call(
            TURN_INTERRUPT,
            {
                "threadId": thread_id,
                "turnId": turn_id,
                "pending": pending,
            },
        )

    async def turn_list(
        self,
        *,
        thread_id: str,
        cursor: str | None | UnsetType = UNSET,
        limit: int | None | UnsetType = UNSET,
        order: records.MessageListOrder | None | UnsetType = UNSET,
        status: records.TurnStatus | None | UnsetType = UNSET,
    ) -> records.TurnPage:
        """Read a page of a thread's turns in the order they were made, or the other way."""
        return await self._call(
            TURN_LIST,
            {
                "threadId": thread_id,
                "cursor": cursor,
                "limit": limit,
                "order": order,
                "status": status,
            },
        )

    async def turn_start(
        self,
        *,
        thread_id: str,
        turn_id: str | None | UnsetType = UNSET,
        prompt: str | None | UnsetType = UNSET,
        status: records.TurnStartStatus | None | UnsetType = UNSET,
        input_summary: str | None | UnsetType = UNSET,
        metadata: records.Json | UnsetType = UNSET,
    ) -> records.TurnAndItems:
        """Start a turn, or queue one, or start a queued one."""
        return await self._call(
            TURN_START,
            {
                "threadId": thread_id,
                "turnId": turn_id,
                "prompt": prompt,
                "status": status,
                "inputSummary": input_summary,
                "metadata": metadata,
            },
        )

    async def turn_steer(
        self,
        *,
        thread_id: str,
        prompt: str,
        expected_turn_id: str | None | UnsetType = UNSET,
        item_id: str | None | UnsetType = UNSET,
    ) -> records.TurnAndItem:
        """Say something to the turn in progress, as a completed user message."""
        return await self._call(
            TURN_STEER,
            {
                "threadId": thread_id,
                "prompt": prompt,
                "expectedTurnId": expected_turn_id,
                "itemId": item_id,
            },
        )

    async def usage_aggregate(
        self,
        *,
        group_by: records.UsageAggregateGroupBy | None | UnsetType = UNSET,
        since_ms: int | None | UnsetType = UNSET,
        until_ms: int | None | UnsetType = UNSET,
    ) -> records.UsageAggregate:
        """Sum up what turns have used, by day (UTC), model, provider or thread."""
        return await self._call(
            USAGE_AGGREGATE,
            {
                "groupBy": group_by,
                "sinceMs": since_ms,
                "untilMs": until_ms,
            },
        )
