# Made by `scripts/generate` from protocol/openrpc.json; do not edit.
"""Raise each kind of error as a class of its own, with its details as attributes."""

from sidecar.client.errors import SidecarError


class InvalidRequest(SidecarError):
    """The message is not a JSON-RPC 2.0 request."""


class MethodNotFound(SidecarError):
    """There is no such method."""


class InvalidParams(SidecarError):
    """A parameter is wrong."""

    names = {
        "path": "path",
        "reason": "reason",
    }
    path: str
    reason: str


class Internal(SidecarError):
    """The daemon failed; the incident is in its log."""

    names = {
        "incident": "incident",
    }
    incident: str


class ParseError(SidecarError):
    """The message is not JSON."""


class RequestCancelled(SidecarError):
    """The request was cancelled."""


class ThreadNotFound(SidecarError):
    """There is no such thread."""

    names = {
        "id": "id",
    }
    id: str


class TurnNotFound(SidecarError):
    """There is no such turn."""

    names = {
        "id": "id",
    }
    id: str


class ItemNotFound(SidecarError):
    """There is no such item."""

    names = {
        "id": "id",
    }
    id: str


class SessionInputNotFound(SidecarError):
    """There is no such session input."""

    names = {
        "id": "id",
    }
    id: str


class MessageNotFound(SidecarError):
    """There is no such message in this thread."""

    names = {
        "id": "id",
    }
    id: str


class RunNotFound(SidecarError):
    """There is no such run."""

    names = {
        "id": "id",
    }
    id: str


class StepNotFound(SidecarError):
    """There is no such step."""

    names = {
        "id": "id",
    }
    id: str


class MailboxEntryNotFound(SidecarError):
    """There is no such mailbox entry."""

    names = {
        "id": "id",
    }
    id: str


class SubscriptionNotFound(SidecarError):
    """There is no such subscription of this peer."""

    names = {
        "id": "id",
    }
    id: str


class AlreadyExists(SidecarError):
    """Something with this id exists already."""

    names = {
        "id": "id",
    }
    id: str


class IdempotencyMismatch(SidecarError):
    """The id is taken by a request with other content."""

    names = {
        "id": "id",
    }
    id: str


class VersionMismatch(SidecarError):
    """The record is at another version than expected."""

    names = {
        "expected": "expected",
        "actual": "actual",
    }
    expected: int
    actual: int


class IllegalTransition(SidecarError):
    """The status cannot change in this way."""

    names = {
        "machine": "machine",
        "from": "from_",
        "to": "to",
        "legal": "legal",
    }
    machine: str
    from_: str
    to: str
    legal: list[str]


class TurnActive(SidecarError):
    """A turn is in progress on this thread."""

    names = {
        "activeTurnId": "active_turn_id",
    }
    active_turn_id: str | None


class NoActiveTurn(SidecarError):
    """No turn is in progress on this thread."""

    names = {
        "activeTurnId": "active_turn_id",
    }
    active_turn_id: str | None


class TurnMismatch(SidecarError):
    """Another turn is in progress than the one named."""

    names = {
        "activeTurnId": "active_turn_id",
    }
    active_turn_id: str | None


class ThreadArchived(SidecarError):
    """The thread is archived."""


class InvalidHierarchy(SidecarError):
    """The threads cannot be related in this way."""

    names = {
        "reason": "reason",
    }
    reason: str


class GenerationMismatch(SidecarError):
    """The mailbox is at another generation."""

    names = {
        "expected": "expected",
        "actual": "actual",
    }
    expected: int
    actual: int


class InputNotPending(SidecarError):
    """The session input is not pending any more."""

    names = {
        "status": "status",
        "turnId": "turn_id",
    }
    status: str
    turn_id: str | None


class NotAppendOnly(SidecarError):
    """The thread has a message of this id with other content."""

    names = {
        "messageId": "message_id",
    }
    message_id: str


class PatchFailed(SidecarError):
    """An operation of a patch cannot be applied."""

    names = {
        "index": "index",
        "path": "path",
        "reason": "reason",
    }
    index: int
    path: str
    reason: str


class ClaimLost(SidecarError):
    """The claim has ended or is another's."""

    names = {
        "entryId": "entry_id",
    }
    entry_id: str


class LimitExceeded(SidecarError):
    """A limit was exceeded."""

    names = {
        "limit": "limit",
        "max": "max",
        "actual": "actual",
    }
    limit: str
    max: int
    actual: int


class MessageTooLarge(SidecarError):
    """The message is larger than the daemon takes."""

    names = {
        "limit": "limit",
        "max": "max",
        "actual": "actual",
    }
    limit: str
    max: int
    actual: int


class Overloaded(SidecarError):
    """The daemon has too much to do; try again later."""


class Forbidden(SidecarError):
    """The daemon serves its owner only."""


class CorruptRecord(SidecarError):
    """A stored record cannot be read."""

    names = {
        "table": "table",
        "key": "key",
    }
    table: str
    key: str


class StorageUnavailable(SidecarError):
    """The database cannot be used now."""

    names = {
        "reason": "reason",
    }
    reason: str


class Draining(SidecarError):
    """The daemon is shutting down; try again when it is back."""


KINDS: dict[str, type[SidecarError]] = {
    "invalid_request": InvalidRequest,
    "method_not_found": MethodNotFound,
    "invalid_params": InvalidParams,
    "internal": Internal,
    "parse_error": ParseError,
    "request_cancelled": RequestCancelled,
    "thread_not_found": ThreadNotFound,
    "turn_not_found": TurnNotFound,
    "item_not_found": ItemNotFound,
    "session_input_not_found": SessionInputNotFound,
    "message_not_found": MessageNotFound,
    "run_not_found": RunNotFound,
    "step_not_found": StepNotFound,
    "mailbox_entry_not_found": MailboxEntryNotFound,
    "subscription_not_found": SubscriptionNotFound,
    "already_exists": AlreadyExists,
    "idempotency_mismatch": IdempotencyMismatch,
    "version_mismatch": VersionMismatch,
    "illegal_transition": IllegalTransition,
    "turn_active": TurnActive,
    "no_active_turn": NoActiveTurn,
    "turn_mismatch": TurnMismatch,
    "thread_archived": ThreadArchived,
    "invalid_hierarchy": InvalidHierarchy,
    "generation_mismatch": GenerationMismatch,
    "input_not_pending": InputNotPending,
    "not_append_only": NotAppendOnly,
    "patch_failed": PatchFailed,
    "claim_lost": ClaimLost,
    "limit_exceeded": LimitExceeded,
    "message_too_large": MessageTooLarge,
    "overloaded": Overloaded,
    "forbidden": Forbidden,
    "corrupt_record": CorruptRecord,
    "storage_unavailable": StorageUnavailable,
    "draining": Draining,
}

__all__ = [
    "AlreadyExists",
    "ClaimLost",
    "CorruptRecord",
    "Draining",
    "Forbidden",
    "GenerationMismatch",
    "IdempotencyMismatch",
    "IllegalTransition",
    "InputNotPending",
    "Internal",
    "InvalidHierarchy",
    "InvalidParams",
    "InvalidRequest",
    "ItemNotFound",
    "LimitExceeded",
    "MailboxEntryNotFound",
    "MessageNotFound",
    "MessageTooLarge",
    "MethodNotFound",
    "NoActiveTurn",
    "NotAppendOnly",
    "Overloaded",
    "ParseError",
    "PatchFailed",
    "RequestCancelled",
    "RunNotFound",
    "SessionInputNotFound",
    "StepNotFound",
    "StorageUnavailable",
    "SubscriptionNotFound",
    "ThreadArchived",
    "ThreadNotFound",
    "TurnActive",
    "TurnMismatch",
    "TurnNotFound",
    "VersionMismatch",
]
