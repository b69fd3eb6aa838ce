"""Every error that can leave the process: its code, its kind, its details.

Clients switch on `kind`. A Refusal is a lawful no, an Outage says that the daemon cannot
serve now; anything else is a bug and leaves as Internal with the id of its log line. The
docstring of each is the message that the client reads.
"""

from typing import ClassVar

JsonDetail = str | int | bool | None | list[str]


class ProtocolError(Exception):
    """Be an error with a code and a kind that a client may see."""

    code: ClassVar[int]
    kind: ClassVar[str]
    retryable: ClassVar[bool] = False
    fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **details: JsonDetail) -> None:
        assert set(self.fields) <= set(details), f"{self.kind} needs {self.fields}"
        super().__init__(self.message())
        self.details = details

    @classmethod
    def message(cls) -> str:
        """Read the message from the docstring: one source for code, wire and reference."""
        assert cls.__doc__, "an error's docstring is its message"
        return cls.__doc__.splitlines()[0].rstrip(".")

    def data(self) -> dict[str, JsonDetail]:
        """Make the `data` member of the error object."""
        return {"kind": self.kind, "retryable": self.retryable, **self.details}


class Refusal(ProtocolError):
    """Be a lawful no: the request left no trace."""


class Outage(ProtocolError):
    """Be a no that is not the request's fault: the daemon cannot serve it now."""


class ParseError(Refusal):
    """The message is not JSON."""

    code, kind = -32700, "parse_error"


class InvalidRequest(Refusal):
    """The message is not a JSON-RPC 2.0 request."""

    code, kind = -32600, "invalid_request"


class MethodNotFound(Refusal):
    """There is no such method."""

    code, kind = -32601, "method_not_found"


class InvalidParams(Refusal):
    """A parameter is wrong."""

    code, kind, fields = -32602, "invalid_params", ("path", "reason")


class Internal(ProtocolError):
    """The daemon failed; the incident is in its log."""

    code, kind, fields = -32603, "internal", ("incident",)


class RequestCancelled(Refusal):
    """The request was cancelled."""

    code, kind = -32800, "request_cancelled"


class ThreadNotFound(Refusal):
    """There is no such thread."""

    code, kind, fields = 1001, "thread_not_found", ("id",)


class TurnNotFound(Refusal):
    """There is no such turn."""

    code, kind, fields = 1002, "turn_not_found", ("id",)


class ItemNotFound(Refusal):
    """There is no such item."""

    code, kind, fields = 1003, "item_not_found", ("id",)


class SessionInputNotFound(Refusal):
    """There is no such session input."""

    code, kind, fields = 1004, "session_input_not_found", ("id",)


class MailboxEntryNotFound(Refusal):
    """There is no such mailbox entry."""

    code, kind, fields = 1008, "mailbox_entry_not_found", ("id",)


class MessageNotFound(Refusal):
    """There is no such message in this thread."""

    code, kind, fields = 1005, "message_not_found", ("id",)


class RunNotFound(Refusal):
    """There is no such run."""

    code, kind, fields = 1006, "run_not_found", ("id",)


class StepNotFound(Refusal):
    """There is no such step."""

    code, kind, fields = 1007, "step_not_found", ("id",)


class SubscriptionNotFound(Refusal):
    """There is no such subscription of this peer."""

    code, kind, fields = 1009, "subscription_not_found", ("id",)


class AlreadyExists(Refusal):
    """Something with this id exists already."""

    code, kind, fields = 2001, "already_exists", ("id",)


class IdempotencyMismatch(Refusal):
    """The id is taken by a request with other content."""

    code, kind, fields = 2002, "idempotency_mismatch", ("id",)


class VersionMismatch(Refusal):
    """The record is at another version than expected."""

    code, kind, fields = 2003, "version_mismatch", ("expected", "actual")


class IllegalTransition(Refusal):
    """The status cannot change in this way."""

    code, kind, fields = 2004, "illegal_transition", ("machine", "from", "to", "legal")


class TurnActive(Refusal):
    """A turn is in progress on this thread."""

    code, kind, fields = 2005, "turn_active", ("activeTurnId",)


class NoActiveTurn(Refusal):
    """No turn is in progress on this thread."""

    code, kind, fields = 2006, "no_active_turn", ("activeTurnId",)


class TurnMismatch(Refusal):
    """Another turn is in progress than the one named."""

    code, kind, fields = 2007, "turn_mismatch", ("activeTurnId",)


class ThreadArchived(Refusal):
    """The thread is archived."""

    code, kind = 2008, "thread_archived"


class InvalidHierarchy(Refusal):
    """The threads cannot be related in this way."""

    code, kind, fields = 2009, "invalid_hierarchy", ("reason",)


class GenerationMismatch(Refusal):
    """The mailbox is at another generation."""

    code, kind, fields = 2010, "generation_mismatch", ("expected", "actual")


class InputNotPending(Refusal):
    """The session input is not pending any more."""

    code, kind, fields = 2011, "input_not_pending", ("status", "turnId")


class ClaimLost(Refusal):
    """The claim has ended or is another's."""

    code, kind, fields = 3001, "claim_lost", ("entryId",)


class NotAppendOnly(Refusal):
    """The thread has a message of this id with other content."""

    code, kind, fields = 2012, "not_append_only", ("messageId",)


class PatchFailed(Refusal):
    """An operation of a patch cannot be applied."""

    code, kind, fields = 2013, "patch_failed", ("index", "path", "reason")


class LimitExceeded(Refusal):
    """A limit was exceeded."""

    code, kind, fields = 4001, "limit_exceeded", ("limit", "max", "actual")


class MessageTooLarge(Refusal):
    """The message is larger than the daemon takes."""

    code, kind, fields = 4002, "message_too_large", ("limit", "max", "actual")


class Overloaded(Outage):
    """The daemon has too much to do; try again later."""

    code, kind, retryable = 4003, "overloaded", True


class Forbidden(Refusal):
    """The daemon serves its owner only."""

    code, kind = 4004, "forbidden"


class CorruptRecord(Outage):
    """A stored record cannot be read."""

    code, kind, fields = 5001, "corrupt_record", ("table", "key")


class StorageUnavailable(Outage):
    """The database cannot be used now."""

    code, kind, fields = 5002, "storage_unavailable", ("reason",)


class Draining(Outage):
    """The daemon is shutting down; try again when it is back."""

    code, kind, retryable = 5003, "draining", True


# Errors that any request may meet, whatever its method.
UNIVERSAL: tuple[type[ProtocolError], ...] = (
    ParseError,
    InvalidRequest,
    MethodNotFound,
    InvalidParams,
    Internal,
    LimitExceeded,
    MessageTooLarge,
    Overloaded,
    Forbidden,
    CorruptRecord,
    StorageUnavailable,
    Draining,
)


def every_error() -> list[type[ProtocolError]]:
    """List all errors in the order of the contract's table."""
    kinds: list[type[ProtocolError]] = [
        *Refusal.__subclasses__(),
        *Outage.__subclasses__(),
        Internal,
    ]
    negative = sorted((kind for kind in kinds if kind.code < 0), key=lambda kind: -kind.code)
    return negative + sorted((kind for kind in kinds if kind.code > 0), key=lambda kind: kind.code)
