"""One declaration per method: a typed function, and everything else follows from it.

The signature gives validation (with the path of the bad field) and the documents; the type
of its first parameter is its mode: `Tx` writes, `Snapshot` reads, `Scan` reads much, on a thread
of its own, `Peer` lives on the loop.
"""

import inspect
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Literal, TypeVar, get_type_hints

import msgspec

from sidecar.model.errors import InvalidParams, ProtocolError
from sidecar.model.json_value import is_in_range
from sidecar.rpc.peer import Peer
from sidecar.rpc.wait import Wait
from sidecar.store.transaction import Scan, Snapshot, Tx

Mode = Literal["write", "read", "scan", "peer"]
# Whether a request whose answer was lost may be sent again: or by which param the daemon knows
# it again (`turnId`, `events[].eventKey`), so that a client that mints it may always repeat it.
ALWAYS = "always"
NEVER = "never"
Outcome = msgspec.Struct | Wait | Awaitable[msgspec.Struct]
Handler = TypeVar("Handler", bound=Callable[..., Outcome])
MODES: dict[object, Mode] = {Tx: "write", Snapshot: "read", Scan: "scan", Peer: "peer"}

_AT = re.compile(r"^(?P<reason>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
# Without a long exponent or very many digits every number fits into a double, and a decimal:
# with an exponent of two digits it takes more than 200 of them to be too large.
# From its first digit on, since text has fewer of them than of the letter e.
_MAY_OVERFLOW = re.compile(
    rb"[0-9](?:(?<=[eE].)[0-9]{2}|(?<=[eE]\+.)[0-9]{2}|(?<=[eE]-.)[0-9]{17}|[0-9]{199})"
)
_MEMBER = re.compile(r"^Object (?P<what>missing required|contains unknown) field `(?P<name>.*)`$")


class Method(msgspec.Struct, frozen=True):
    """Be one method: how it is called, what it takes and gives, what it may refuse with."""

    name: str
    handler: Callable[..., Outcome]
    mode: Mode
    since: str
    errors: tuple[type[ProtocolError], ...]
    retry: str
    params: type[msgspec.Struct]
    result: type[msgspec.Struct]
    doc: str
    decoder: msgspec.json.Decoder[msgspec.Struct]
    # Params whose null means the function's own default, and is not passed on.
    defaulted: frozenset[str]
    defaults: dict[str, str | int | bool]
    has_values: bool

    @property
    def summary(self) -> str:
        """Take the first sentence of the docstring."""
        return self.doc.split("\n\n")[0].replace("\n", " ")

    def decode(self, params: msgspec.Raw) -> msgspec.Struct:
        """Check the params of a request, or refuse them with the path of the offender."""
        try:
            decoded = self.decoder.decode(params)
        except msgspec.ValidationError as error:
            raise _refusal(str(error)) from error
        if self.has_values and _MAY_OVERFLOW.search(params):
            _check_values(decoded, "")
        return decoded

    def invoke(self, context: Tx | Snapshot | Peer, params: msgspec.Struct) -> Outcome:
        """Call the handler with checked params."""
        arguments = {
            name: value
            for name in params.__struct_fields__
            if (value := getattr(params, name)) is not None or name not in self.defaulted
        }
        return self.handler(context, **arguments)


REGISTRY: dict[str, Method] = {}


def method(
    name: str,
    *,
    since: str,
    errors: tuple[type[ProtocolError], ...] = (),
    retry: str | None = None,
) -> Callable[[Handler], Handler]:
    """Declare a typed function to be a method of the protocol.

    A read may always be asked again, a write never unless `retry` says how it is known again.
    """

    def declare(handler: Handler) -> Handler:
        assert name not in REGISTRY, f"{name} is declared twice"
        assert handler.__doc__, f"{name} needs a docstring"
        REGISTRY[name] = _method(name, handler, since, errors, retry)
        return handler

    return declare


def _method(
    name: str,
    handler: Callable[..., Outcome],
    since: str,
    errors: tuple[type[ProtocolError], ...],
    retry: str | None,
) -> Method:
    hints = get_type_hints(handler, include_extras=True)
    context, *parameters = inspect.signature(handler).parameters.values()
    members: list[tuple[str, object] | tuple[str, object, object]] = []
    defaults: dict[str, str | int | bool] = {}
    for parameter in parameters:
        assert parameter.kind is parameter.KEYWORD_ONLY, f"{name}: params are by name"
        hint, default = hints[parameter.name], parameter.default
        if default is parameter.empty:
            members.append((parameter.name, hint))
        elif isinstance(default, msgspec.Raw):
            # A factory, since the schema of a plain default would need it rendered.
            factory = msgspec.field(default_factory=partial(msgspec.Raw, bytes(default)))
            members.append((parameter.name, hint, factory))
        elif default is None or isinstance(default, msgspec.UnsetType):
            members.append((parameter.name, hint, default))
        else:
            defaults[parameter.name] = default
            members.append((parameter.name, hint | None, None))
    params = msgspec.defstruct(
        _camel(re.sub(r"\W", "_", name).strip("_"), upper=True) + "Params",
        members,
        rename="camel",
        forbid_unknown_fields=True,
        kw_only=True,
        frozen=True,
    )
    mode = MODES[hints[context.name]]
    return Method(
        name=name,
        handler=handler,
        mode=mode,
        since=since,
        errors=errors,
        retry=retry or (ALWAYS if mode in ("read", "scan") else NEVER),
        params=params,
        result=_result(hints["return"]),
        doc=inspect.getdoc(handler) or "",
        decoder=msgspec.json.Decoder(params),
        defaulted=frozenset(defaults),
        defaults={_camel(key): value for key, value in defaults.items()},
        has_values=any(_holds_values(hints[p.name]) for p in parameters),
    )


def _result(hint: object) -> type[msgspec.Struct]:
    """Take the record that is answered, at once, later, or after a wait."""
    result = getattr(hint, "__args__", (hint,))[0]
    assert isinstance(result, type) and issubclass(result, msgspec.Struct)
    return result


def _holds_values(hint: object) -> bool:
    if hint is msgspec.Raw:
        return True
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return any(_holds_values(part) for part in get_type_hints(hint).values())
    return any(_holds_values(part) for part in getattr(hint, "__args__", ()))


def _camel(name: str, *, upper: bool = False) -> str:
    first, *rest = name.split("_")
    return (first[:1].upper() + first[1:] if upper else first) + "".join(
        part[:1].upper() + part[1:] for part in rest
    )


def _refusal(text: str) -> InvalidParams:
    found = _AT.match(text)
    assert found is not None
    path, reason = found["path"] or "", found["reason"]
    member = _MEMBER.match(reason)
    if member is not None:
        path = f"{path}.{member['name']}" if path else member["name"]
        reason = "missing" if member["what"].startswith("missing") else "unknown"
    return InvalidParams(path=path, reason=reason)


def _check_values(value: object, path: str) -> None:
    if isinstance(value, msgspec.Raw):
        if value and not is_in_range(value):
            raise InvalidParams(path=path, reason="number out of range")
    elif isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            member = f"{path}.{field.encode_name}" if path else field.encode_name
            _check_values(getattr(value, field.name), member)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            _check_values(part, f"{path}[{index}]")
