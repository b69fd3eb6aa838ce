"""The bytes of a connection: requests made, answers cut from the stream and read."""

import msgspec
from msgspec import Raw

from sidecar.client.errors import AnswerLost, NoDaemon, SidecarError, Unreadable, WrongProtocol
from sidecar.client.methods import INITIALIZE
from sidecar.client.records import Initialized
from sidecar.client.refusals import KINDS, MessageTooLarge
from sidecar.client.request import NEVER, Method, Options, Request

PROTOCOL_VERSION = 1
CHUNK_BYTES = 256 * 1024
# What may be tried again; whether it is, `Attempts` decides.
Failure = SidecarError | NoDaemon | AnswerLost


class WireError(msgspec.Struct, frozen=True):
    """Read an error."""

    code: int
    message: str
    data: dict[str, object] = {}


class Answer(msgspec.Struct, frozen=True):
    """Read an answer, or a notification, which has a method and no id."""

    id: int | None = None
    method: str | None = None
    params: Raw = Raw(b"")
    result: Raw = Raw(b"")
    error: Raw = Raw(b"")

    def is_for(self, request_id: int) -> bool:
        """Tell whether it answers a request, or the connection as a whole with an error."""
        return self.id == request_id or (self.id is None and self.method is None)

    def value(self) -> Raw:
        """Take the result, or raise the error."""
        if not bytes(self.error):
            return self.result
        try:
            error = msgspec.json.decode(self.error, type=WireError)
        except msgspec.MsgspecError as unreadable:
            raise Unreadable(f"an error: {unreadable}") from unreadable
        kind = KINDS.get(str(error.data.get("kind")), SidecarError)
        raise kind(error.code, error.message, error.data)


_ANSWER = msgspec.json.Decoder(Answer)


class Lines:
    """Cut a stream into answers, however its bytes arrive."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def feed(self, data: bytes) -> list[Answer]:
        """Take some bytes and give the answers that they complete."""
        *whole, rest = data.split(b"\n")
        answers = []
        for line in whole:
            self._parts.append(line)
            text = b"".join(self._parts)
            self._parts.clear()
            try:
                answers.append(_ANSWER.decode(text))
            except msgspec.MsgspecError as error:
                raise Unreadable(f"a message: {error}") from error
        if rest:
            self._parts.append(rest)
        return answers


def encode(request_id: int, request: Request, server: Initialized | None) -> bytes:
    """Render a request; one that the daemon would hang up on never leaves."""
    method = msgspec.json.encode(request.method)
    body = b'{"jsonrpc":"2.0","id":%d,"method":%b,"params":%b}' % (
        request_id,
        method,
        bytes(request.params),
    )
    if server is not None and len(body) > (limit := server.limits.max_message_bytes):
        details = {"limit": "maxMessageBytes", "max": limit, "actual": len(body)}
        data = {"kind": "message_too_large", "retryable": False, **details}
        raise MessageTooLarge(4002, "The message is larger than the daemon takes", data)
    return body + b"\n"


def encode_cancel(request_id: int) -> bytes:
    """Render the notification that a request is not waited for any more."""
    return b'{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":%d}}\n' % request_id


def greeting(options: Options) -> Request:
    """Make the first request of every connection."""
    info = {"name": options.name, "version": options.version}
    params = {"clientInfo": info, "protocolVersion": PROTOCOL_VERSION}
    return Request(INITIALIZE.name, Raw(msgspec.json.encode(params)), is_repeatable=True)


def greeted(result: Raw) -> Initialized:
    """Read the answer to the greeting, or raise WrongProtocol."""
    server = INITIALIZE.decode(result)
    if server.protocol_version != PROTOCOL_VERSION:
        raise WrongProtocol(
            f"the daemon speaks version {server.protocol_version} of the protocol, "
            f"this client {PROTOCOL_VERSION}"
        )
    return server


def unknown_method(name: str) -> Method[Raw]:
    """Describe a method that only a newer daemon has: nothing is known, so nothing repeated."""
    return Method(name, NEVER, "req", Raw)
