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
RPC_DISCOVER = Method(
    "rpc.discover",
    "always",
    "key",
    records.OpenRpc,
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
THREAD_LIST = Method(
    "thread/list",
    "always",
    "key",
    records.ThreadPage,
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
        DAEMON_BACKUP,
        DAEMON_CHECK,
        DAEMON_PING,
        DAEMON_RECOVERY,
        DAEMON_SHUTDOWN,
        DAEMON_STATUS,
        EVENT_APPEND,
        EVENT_APPEND_MANY,
        EVENT_LIST,
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
        RPC_DISCOVER,
        SESSION_INPUT_ADMIT,
        SESSION_INPUT_CANCEL,
        SESSION_INPUT_GET,
        SESSION_INPUT_LIST,
        SESSION_INPUT_PROMOTE,
        SESSION_INPUT_UPDATE,
        THREAD_CREATE,
        THREAD_DELETE,
        THREAD_GET,
        THREAD_LIST,
        THREAD_TRANSCRIPT,
        THREAD_UPDATE,
        TURN_COMPLETE,
        TURN_GET,
        TURN_INCOMPLETE,
        TURN_INTERRUPT,
        TURN_LIST,
        TURN_START,
        TURN_STEER,
    )
}


class Methods(ABC):
    """Have a typed method for each of the contract's."""

    @abstractmethod
    def _call(self, method: Method[Result], params: Params) -> Result: ...

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

    def daemon_ping(self) -> records.Pong:
        """Tell that the daemon is there, and its time."""
        return self._call(DAEMON_PING, {})

    def daemon_recovery(self) -> records.RecoveryReport:
        """Tell what the last process had left unfinished, and what became of it."""
        return self._call(DAEMON_RECOVERY, {})

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

    def rpc_discover(self) -> records.OpenRpc:
        """Answer the OpenRPC document: every method, typed, with its errors and an example."""
        return self._call(RPC_DISCOVER, {})

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
        order: records.TurnListOrder | None | UnsetType = UNSET,
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


class AsyncMethods(ABC):
    """Have a typed method for each of the contract's."""

    @abstractmethod
    async def _call(self, method: Method[Result], params: Params) -> Result: ...

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

    async def daemon_ping(self) -> records.Pong:
        """Tell that the daemon is there, and its time."""
        return await self._call(DAEMON_PING, {})

    async def daemon_recovery(self) -> records.RecoveryReport:
        """Tell what the last process had left unfinished, and what became of it."""
        return await self._call(DAEMON_RECOVERY, {})

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

    async def rpc_discover(self) -> records.OpenRpc:
        """Answer the OpenRPC document: every method, typed, with its errors and an example."""
        return await self._call(RPC_DISCOVER, {})

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
        order: records.TurnListOrder | None | UnsetType = UNSET,
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
