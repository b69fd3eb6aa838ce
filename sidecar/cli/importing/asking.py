"""Ask the daemon what an import needs to know, and as often as it takes."""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Raw

from sidecar.cli.connect import Params
from sidecar.cli.importing.story import Call, End
from sidecar.client import AnswerLost, Client, SidecarError
from sidecar.client.refusals import (
    InputNotPending,
    InvalidParams,
    NoActiveTurn,
    RunNotFound,
    SessionInputNotFound,
    ThreadNotFound,
    TurnMismatch,
    TurnNotFound,
)
from sidecar.model.json_value import NULL, is_too_deep
from sidecar.model.limits import MAX_ATOMIC_CALLS, MAX_DEPTH, MAX_INTEGER

# Written for every thread that has come over whole; not exported.
MARK = "import.completed"
# A daemon that dies may still take a connection or two.
MAX_LOSSES = 5
# Around the params of one call.
ENVELOPE_BYTES = 1024
# The message, its params, their calls and one of them.
ENVELOPE_DEPTH = 4
# Records in one answer: as many as the daemon gives.
PAGE = 200
# The shortest claim: nobody else gets what has ended elsewhere, nor waits for it.
LEASE_MS = 1
CONSUMER = "sidecar-import"


class Thread(msgspec.Struct, rename="camel"):
    """Be what is asked of a thread."""

    version: int
    parent_thread_id: str | None = None
    metadata: Raw = NULL


class _ThreadAnswer(msgspec.Struct):
    thread: Thread


class _Run(msgspec.Struct, rename="camel"):
    parent_run_id: str | None = None


class _RunAnswer(msgspec.Struct):
    run: _Run


class _Turn(msgspec.Struct):
    recovered: bool


class _TurnAnswer(msgspec.Struct):
    turn: _Turn


class _Input(msgspec.Struct, rename="camel"):
    turn_id: str | None = None


class _InputAnswer(msgspec.Struct):
    input: _Input


class _Marked(msgspec.Struct):
    digest: str | None = None


class _Mark(msgspec.Struct):
    payload: _Marked


class _Marks(msgspec.Struct):
    data: list[_Mark]


class _Identified(msgspec.Struct):
    id: str


class _Page(msgspec.Struct, rename="camel"):
    data: list[_Identified]
    next_cursor: str | None = None


class _Entry(msgspec.Struct, rename="camel"):
    status: str
    claim_token: str | None = None


class _EntryAnswer(msgspec.Struct):
    entry: _Entry | None


class _Promotion(msgspec.Struct, rename="camel"):
    input_id: str | None = None
    turn_id: str | None = None


class _Create(msgspec.Struct, rename="camel"):
    thread_id: str
    metadata: Raw = NULL


class _Imported(msgspec.Struct):
    format: str
    created_at: Raw = NULL


class _Origin(msgspec.Struct):
    imported: _Imported
    created_at: Raw = NULL


def _origin(metadata: Raw) -> tuple[str, bytes, bytes] | None:
    """Tell what a thread was imported from; None if nothing says so any more."""
    try:
        origin = msgspec.json.decode(metadata, type=_Origin)
    except msgspec.ValidationError:
        return None
    imported = origin.imported
    return imported.format, bytes(imported.created_at), bytes(origin.created_at)


class BusyError(Exception):
    """Say that somebody is at work on the mailbox of an entry."""


class Asking:
    """Ask through one client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fits(self, calls: list[Call]) -> bool:
        """Tell whether calls are one message."""
        most = self._client.server.limits.max_message_bytes - ENVELOPE_BYTES
        texts = [bytes(each.params) for each in calls]
        is_small = sum(len(text) + ENVELOPE_BYTES for text in texts) <= most
        is_flat = not any(is_too_deep(text, MAX_DEPTH - ENVELOPE_DEPTH) for text in texts)
        return len(calls) <= MAX_ATOMIC_CALLS and is_small and is_flat

    def make(self, calls: list[Call]) -> None:
        """Make calls all at once; each of them may be made again, so all may."""
        params: Params = {
            "calls": [{"method": each.method, "params": each.params} for each in calls]
        }
        self._repeatedly("atomic", params)

    def thread(self, thread_id: str) -> Thread | None:
        """Find a thread."""
        try:
            found = self._client.call("thread/get", {"threadId": thread_id})
        except (ThreadNotFound, InvalidParams):
            # What no id can be names nothing; who makes it is told so.
            return None
        return msgspec.json.decode(found, type=_ThreadAnswer).thread

    def parent(self, method: str, own_id: str) -> tuple[bool, str | None]:
        """Tell whether the record that a create makes is there, and its parent."""
        if method == "thread/create":
            thread = self.thread(own_id)
            return thread is not None, thread.parent_thread_id if thread else None
        try:
            found = self._client.call("run/get", {"runId": own_id})
        except (RunNotFound, InvalidParams):
            return False, None
        return True, msgspec.json.decode(found, type=_RunAnswer).run.parent_run_id

    def has_grown(self, create: Call) -> bool:
        """Tell whether a thread came over before, from where its create comes from, too."""
        asked = msgspec.json.decode(create.params, type=_Create)
        thread = self.thread(asked.thread_id)
        if thread is None or not self.marks(asked.thread_id):
            return False
        was = _origin(thread.metadata)
        return was is None or was == _origin(asked.metadata)

    def marks(self, thread_id: str) -> list[str | None]:
        """List the digests of what came over whole."""
        params = {"threadId": thread_id, "events": [MARK]}
        marks = msgspec.json.decode(self._client.call("event/list", params), type=_Marks)
        return [each.payload.digest for each in marks.data]

    def is_recovered(self, turn_id: str) -> bool:
        """Tell whether the daemon's recovery has closed a turn; one not made yet it has not."""
        try:
            found = self._client.call("turn/get", {"turnId": turn_id})
        except TurnNotFound:
            return False
        return msgspec.json.decode(found, type=_TurnAnswer).turn.recovered

    def was_promoted(self, made: Call, error: SidecarError) -> bool:
        """Tell whether a promotion is refused because it was made before."""
        asked = msgspec.json.decode(made.params, type=_Promotion)
        if made.method != "sessionInput/promote" or asked.input_id is None:
            return False
        if not isinstance(error, NoActiveTurn | TurnMismatch | InputNotPending):
            return False
        try:
            found = self._client.call("sessionInput/get", {"inputId": asked.input_id})
        except SessionInputNotFound:
            return False
        return msgspec.json.decode(found, type=_InputAnswer).input.turn_id == asked.turn_id

    def work(self, thread_id: str) -> Iterator[str]:
        """List the ids of a thread's turns and inputs."""
        own: Params = {"threadId": thread_id, "limit": PAGE}
        for method, params in (("turn/list", own), ("sessionInput/list", {**own, "status": None})):
            cursor: str | None = None
            while True:
                found = self._client.call(method, {**params, "cursor": cursor})
                page = msgspec.json.decode(found, type=_Page)
                yield from (each.id for each in page.data)
                cursor = page.next_cursor
                if cursor is None:
                    break

    def delete(self, thread_id: str) -> None:
        """Take a thread away, with whatever is open in it."""
        self._client.call("thread/delete", {"threadId": thread_id, "force": True})

    def end(self, enqueue: Call, end: End, error: str) -> None:
        """Enqueue an entry out of everybody's reach, claim it and end it as it has ended."""
        params = msgspec.json.decode(enqueue.params, type=dict[str, Raw])
        params["availableAtMs"] = Raw(str(MAX_INTEGER).encode())
        wanted = {"entryId": params["entryId"]}
        if self._entry("mailbox/enqueue", params).status in (end, "cancelled", "superseded"):
            return
        claim = {**wanted, "consumerId": CONSUMER, "leaseMs": LEASE_MS}
        claimed = self._maybe("mailbox/claimEntry", claim)
        if claimed is None:
            raise BusyError
        own: Params = {**wanted, "claimToken": claimed.claim_token}
        if end == "accepted":
            self._entry("mailbox/ack", own)
        else:
            self._entry("mailbox/deadLetter", {**own, "error": error})

    def _entry(self, method: str, params: Mapping[str, object]) -> _Entry:
        answer = self._maybe(method, params)
        assert answer is not None, "an entry that is there is answered"
        return answer

    def _maybe(self, method: str, params: Mapping[str, object]) -> _Entry | None:
        answer = self._repeatedly(method, params)
        return msgspec.json.decode(answer, type=_EntryAnswer).entry

    def _repeatedly(self, method: str, params: Mapping[str, object]) -> Raw:
        """Ask what may be asked again, though the client cannot know that it may."""
        for _ in range(MAX_LOSSES):
            try:
                return self._client.call(method, dict(params))
            except AnswerLost:
                # It waits for a daemon as long as its patience lasts.
                self._client.call("daemon/ping")
        return self._client.call(method, dict(params))
