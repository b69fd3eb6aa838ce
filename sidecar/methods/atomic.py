"""Several requests as one: all of them, or none."""

from typing import Annotated, NewType

import msgspec
from msgspec import Raw

from sidecar.model import limits
from sidecar.model.errors import (
    UNIVERSAL,
    InvalidParams,
    LimitExceeded,
    MethodNotFound,
    ProtocolError,
    SubscriptionNotFound,
    every_error,
)
from sidecar.model.json_value import NULL, Json
from sidecar.rpc.registry import REGISTRY, Method, method
from sidecar.rpc.wait import Wait
from sidecar.store.transaction import Tx

# Looked at by the method that takes them, which names the offender by its own path.
Unchecked = NewType("Unchecked", Raw)
NO_PARAMS = Raw(b"{}")
_ENCODER = msgspec.json.Encoder()


class Call(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Be one request of several."""

    method: str
    params: Unchecked = msgspec.field(default_factory=lambda: Unchecked(NULL))


class AtomicAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer what each call would have answered, in their order."""

    results: list[Json]


@method(
    "atomic",
    since="0.1.0",
    # Whatever a call of it may be refused with.
    errors=tuple(
        error
        for error in every_error()
        if error.code > 0 and error not in (*UNIVERSAL, SubscriptionNotFound)
    ),
)
def atomic(tx: Tx, *, calls: Annotated[list[Call], msgspec.Meta(min_length=1)]) -> AtomicAnswer:
    """Run up to 100 calls that read or write the database in order, all in one transaction.

    Each sees what those before it have written, and none waits. The first that is refused
    undoes all, and its error is answered with its `index`; what a failed patch calls `index` is
    `opIndex` then. Answers of more than 64 MiB are refused as well. It may be sent again when
    each of its calls may.
    """
    if len(calls) > limits.MAX_ATOMIC_CALLS:
        raise LimitExceeded(limit="maxAtomicCalls", max=limits.MAX_ATOMIC_CALLS, actual=len(calls))
    room = limits.MAX_ATOMIC_ANSWER_BYTES
    results: list[Json] = []
    for index, call in enumerate(calls):
        results.append(_result(tx, index, call, room))
        room -= len(results[-1])
    return AtomicAnswer(results)


def _result(tx: Tx, index: int, call: Call, room: int) -> Json:
    try:
        result = _ENCODER.encode(_run(tx, index, call))
        if len(result) > room:
            most = limits.MAX_ATOMIC_ANSWER_BYTES
            actual = most - room + len(result)
            raise LimitExceeded(limit="maxAtomicAnswerBytes", max=most, actual=actual)
    except ProtocolError as error:
        if "index" in error.details:
            error.details["opIndex"] = error.details["index"]
        error.details["index"] = index
        raise
    return Raw(result)


def _run(tx: Tx, index: int, call: Call) -> msgspec.Struct:
    called = _called(index, call.method)
    is_given = bytes(call.params) != b"null"
    try:
        params = called.decode(call.params if is_given else NO_PARAMS)
        outcome = called.invoke(tx, params)
    except InvalidParams as error:
        path = error.details["path"]
        raise InvalidParams(
            path=f"calls[{index}].params{f'.{path}' if path else ''}",
            reason=error.details["reason"],
        ) from error
    if isinstance(outcome, Wait):
        return outcome.answer
    assert isinstance(outcome, msgspec.Struct), "what reads or writes answers at once"
    return outcome


def _called(index: int, name: str) -> Method:
    called = REGISTRY.get(name)
    if called is None:
        raise MethodNotFound
    if called.mode == "peer" or called.handler is atomic:
        raise InvalidParams(
            path=f"calls[{index}].method", reason="neither reads nor writes the database"
        )
    return called
