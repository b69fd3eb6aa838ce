"""From a message to its requests, and from a request to its answer; jsonrpcserver lives here.

jsonrpcserver finds and calls the method; its own decoder, schema and error texts stay out,
since they would be slow and would let internal text out. No exception leaves `answer`.
"""

import inspect
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

import msgspec
import structlog
from jsonrpcserver.dispatcher import dispatch_request
from jsonrpcserver.request import Request as RpcRequest
from jsonrpcserver.result import Error, Success
from msgspec import Raw
from oslash.either import Left

from sidecar.model import limits
from sidecar.model.errors import (
    Internal,
    InvalidParams,
    InvalidRequest,
    LimitExceeded,
    MethodNotFound,
    Outage,
    ParseError,
    ProtocolError,
)
from sidecar.model.json_value import is_too_deep
from sidecar.rpc.registry import Method
from sidecar.rpc.wait import Wait

ABSENT = Raw(b"")
NO_PARAMS = Raw(b"{}")
# Enough to tell an id from others.
TOLD_ID_BYTES = 128

log = structlog.get_logger()


class Envelope(msgspec.Struct, frozen=True):
    """Be the members of a request that count; others are ignored."""

    jsonrpc: Raw = ABSENT
    id: Raw = ABSENT
    method: Raw = ABSENT
    params: Raw = ABSENT
    result: Raw = ABSENT
    error: Raw = ABSENT


class Request(msgspec.Struct, frozen=True):
    """Be one member of a message: a call, or the fault that it is answered with.

    `id` is the text of the id as it was sent; None for a notification.
    """

    id: bytes | None
    name: str = ""
    method: Method | None = None
    params: Raw = NO_PARAMS
    fault: ProtocolError | None = None

    @property
    def told_id(self) -> str | None:
        """Tell the id as the log has it: the client chose it, and how long it is."""
        return None if self.id is None else self.id[:TOLD_ID_BYTES].decode(errors="replace")


class Message(msgspec.Struct, frozen=True):
    """Be what one line or body holds: one request, or a batch of them."""

    requests: list[Request]
    is_batch: bool


class Pending(NamedTuple):
    """Be a request that may wait: what for, and its answer if it may not or in vain."""

    wait: Wait
    answer: bytes


Answer = bytes | Pending | Awaitable[bytes]


class Refused(bytes):
    """Be the answer that is an error, which can tell its kind."""

    kind: str


class Context(Protocol):
    """Run one method in the way of its mode, and encode its result."""

    def run(self, method: Method, params: msgspec.Struct) -> Answer:
        """Answer the encoded result, a promise of it, or what it waits for."""

    def lose(self, error: Exception) -> ProtocolError | None:
        """Be told of an error that took the whole group with it; None if this one did not."""

    def new_incident(self) -> str:
        """Make the id under which a bug is logged."""

    @property
    def peer_number(self) -> int:
        """Tell whose request it is, as the log names it."""


_ENVELOPE = msgspec.json.Decoder(Envelope)
_BATCH = msgspec.json.Decoder(list[Raw])
_VALUE = msgspec.json.Decoder(Raw)
_ENCODER = msgspec.json.Encoder()


def parse(text: bytes, registry: dict[str, Method]) -> Message:
    """Read a message; whatever is wrong with it becomes a request with a fault."""
    try:
        text.decode()
        if is_too_deep(text):
            return _faulty(ParseError())
        if text.lstrip()[:1] != b"[":
            request = _request(Raw(text), registry)
            return Message([request] if request else [], is_batch=False)
        members = _BATCH.decode(text)
    except (UnicodeDecodeError, msgspec.DecodeError):
        return _faulty(ParseError())
    if not members:
        return _faulty(InvalidRequest())
    if len(members) > limits.MAX_BATCH:
        return _faulty(LimitExceeded(limit="maxBatch", max=limits.MAX_BATCH, actual=len(members)))
    requests = [_request(member, registry) for member in members]
    return Message([request for request in requests if request], is_batch=True)


def _faulty(error: ProtocolError) -> Message:
    return Message([Request(b"null", fault=error)], is_batch=False)


def _request(text: Raw, registry: dict[str, Method]) -> Request | None:
    """Read one member; None for a response, which is ignored."""
    try:
        sent = _ENVELOPE.decode(text)
    except msgspec.ValidationError:
        # It is refused at its first byte: what comes after may not be JSON.
        _VALUE.decode(text)
        return Request(b"null", fault=InvalidRequest())
    is_response = bytes(sent.result) or bytes(sent.error)
    if is_response and not bytes(sent.method):
        return None
    request_id: bytes | None = bytes(sent.id) or None
    if request_id is not None and request_id[:1] not in b'"-0123456789' and request_id != b"null":
        return Request(b"null", fault=InvalidRequest())
    name = _string(sent.method)
    params = bytes(sent.params)
    if _string(sent.jsonrpc) != "2.0" or name is None or (params and params[:1] not in b"{[n"):
        return Request(request_id or b"null", fault=InvalidRequest())
    if params[:1] == b"[":
        fault = InvalidParams(path="", reason="params are by name")
        return Request(request_id, name, fault=fault)
    is_given = params not in (b"", b"null")
    return Request(request_id, name, registry.get(name), sent.params if is_given else NO_PARAMS)


def _string(value: Raw) -> str | None:
    text = bytes(value)
    return msgspec.json.decode(text, type=str) if text[:1] == b'"' else None


class Dispatcher:
    """Call methods through jsonrpcserver, each behind a wall that no exception passes."""

    def __init__(self, registry: dict[str, Method]) -> None:
        """Serve the methods of a registry."""
        self._table = {name: _behind_wall(method) for name, method in registry.items()}

    def answer(self, request: Request, context: Context) -> Answer:
        """Run a request and render its answer under its own id; never raises."""
        if request.fault is not None:
            return render_error(request.id, request.fault)
        call = RpcRequest(request.name, [request.params], request.id)
        outcome = dispatch_request(self._table, context, call)[1]
        if isinstance(outcome, Left):
            error = outcome._error.data  # noqa: SLF001  # the library has no public name for it
            # The library's own errors have no exception with them.
            is_ours = isinstance(error, Exception)
            public = _public(error, context, request) if is_ours else MethodNotFound()
            return render_error(request.id, public)
        result = outcome._value.result  # noqa: SLF001  # as above
        if isinstance(result, bytes):
            return render(request.id, result)
        if isinstance(result, Pending):
            return result._replace(answer=render(request.id, result.answer))
        return _later(request, context, result)


def _behind_wall(method: Method) -> Callable[..., object]:
    def call(context: Context, params: Raw, /) -> object:
        try:
            return Success(context.run(method, method.decode(params)))
        except Exception as error:  # noqa: BLE001  # the wall: nothing foreign reaches a client
            return Error(0, "", error)

    call.__signature__ = Checked()  # type: ignore[attr-defined]
    return call


class Checked(inspect.Signature):
    """Be the signature of a function whose params are checked already.

    jsonrpcserver asks for it and binds to it at every call: most of its cost, for nothing.
    """

    def bind(self, *_args: object, **_kwargs: object) -> inspect.BoundArguments:
        """Bind anything: the decoder has checked it."""
        return _NOTHING_BOUND


_NOTHING_BOUND = inspect.BoundArguments(inspect.Signature(), OrderedDict())


def _public(error: Exception, context: Context, request: Request) -> ProtocolError:
    if isinstance(error, Outage):
        log.error("request failed", kind=error.kind, **_about(request, context, error))
    if isinstance(error, ProtocolError):
        return error
    lost = context.lose(error)
    if lost is not None:
        return lost
    incident = context.new_incident()
    log.error("incident", incident=incident, **_about(request, context, error))
    return Internal(incident=incident)


def _about(request: Request, context: Context, error: Exception) -> dict[str, object]:
    return {
        "method": request.name,
        "request_id": request.told_id,
        "peer": context.peer_number,
        "exc_info": error,
    }


async def _later(request: Request, context: Context, result: Awaitable[bytes]) -> bytes:
    try:
        return render(request.id, await result)
    except Exception as error:  # noqa: BLE001  # the same wall, for methods that take their time
        return render_error(request.id, _public(error, context, request))


def render(request_id: bytes | None, result: bytes) -> bytes:
    """Render a success; the id goes back as it was sent."""
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (request_id or b"null", result)


def render_error(request_id: bytes | None, error: ProtocolError) -> Refused:
    """Render an error; only its code, its docstring and its details leave the process."""
    body = {"code": error.code, "message": error.message(), "data": error.data()}
    answer = Refused(
        b'{"jsonrpc":"2.0","id":%b,"error":%b}' % (request_id or b"null", _ENCODER.encode(body))
    )
    answer.kind = error.kind
    return answer
