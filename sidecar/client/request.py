"""A request: what is asked, by what it is known again, and how long it is tried.

Pure: what is sent and awaited, and on what, is the business of the two clients.
"""

from collections.abc import Callable, Mapping
from typing import Generic, NamedTuple, Protocol, TypeVar

import msgspec
from msgspec import UNSET, Raw

from sidecar.client.errors import AnswerLost, Error, NoDaemon, SidecarError, Unreadable
from sidecar.model.ids import RANDOM_BITS, Prefix, mint
from sidecar.source import SystemSource

Params = Mapping[str, object]
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)

ALWAYS = "always"
NEVER = "never"
# A restart of the daemon takes less than a second; ten are for a slow disk or a long recovery.
PATIENCE_S = 10.0
# Between two tries: at first shorter than a restart, then rarely enough to cost nothing.
FIRST_PAUSE_S = 0.01
LONGEST_PAUSE_S = 0.5


class Source(Protocol):
    """Give time and randomness, for the ids that are minted here."""

    def now_ms(self) -> int:
        """Tell the Unix time in milliseconds."""

    def random_bits(self, count: int) -> int:
        """Draw an unsigned integer of so many random bits."""


def log_trouble(error: Error) -> None:
    """Log that something is tried again: nothing is, in silence."""
    import logging

    logging.getLogger("sidecar.client").warning("%s; trying again", error)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Set how a client calls itself, how long it tries, and whom it tells of trouble.

    `on_trouble` is told once for each call or iterator that has to try again, before it does.
    """

    name: str = "sidecar.client"
    version: str = ""
    patience_s: float = PATIENCE_S
    on_trouble: Callable[[Error], object] = log_trouble
    source: Source = msgspec.field(default_factory=SystemSource)


class Method(Generic[Result_co]):
    """Be one method as the contract declares it.

    `retry` is `always`, `never`, or the path of the param by which the daemon knows a repeated
    request; `prefix` begins the ids that are minted for it.
    """

    def __init__(self, name: str, retry: str, prefix: Prefix, result: type[Result_co]) -> None:
        self.name = name
        self.retry = retry
        self.prefix = prefix
        self.result = result

    def decode(self, result: Raw) -> Result_co:
        """Read an answer; raises Unreadable if it is not what the contract says."""
        try:
            return msgspec.json.decode(result, type=self.result)
        except msgspec.MsgspecError as error:
            raise Unreadable(f"the answer to {self.name}: {error}") from error


class Request(NamedTuple):
    """Be what is sent, as often as it takes."""

    method: str
    params: Raw
    is_repeatable: bool


def prepare(method: Method[Result], params: Params, source: Source) -> Request:
    """Make a request: leave out what is UNSET, and mint the id by which it is known again.

    Whoever gives None for that id wants none: the request is then not repeatable.
    """
    given = {name: value for name, value in params.items() if value is not UNSET}
    is_repeatable = method.retry == ALWAYS
    if method.retry not in (ALWAYS, NEVER):
        given, is_repeatable = _identified(
            given,
            method.retry,
            lambda: mint(method.prefix, source.now_ms(), source.random_bits(RANDOM_BITS)),
        )
    # A message is one line; in JSON a line ends between tokens only, where a space does as well.
    text = msgspec.json.encode(given).replace(b"\n", b" ")
    return Request(method.name, Raw(text), is_repeatable)


def _identified(
    params: dict[str, object], path: str, new_id: Callable[[], str]
) -> tuple[dict[str, object], bool]:
    """Give an id to whoever has none, in the params or in each part of a list among them."""
    name, is_list, inner = path.partition("[].")
    if not is_list:
        if name in params:
            return params, not _is_null(params[name])
        return {**params, name: new_id()}, True
    parts = params.get(name)
    if isinstance(parts, Raw):
        try:
            parts = msgspec.json.decode(parts, type=list[dict[str, Raw]])
        except msgspec.MsgspecError:
            # Not a list of objects: the daemon will say so.
            return params, False
    if not isinstance(parts, list | tuple):
        return params, False
    made = [_identified_part(part, inner, new_id) for part in parts]
    return {**params, name: [part for part, _ in made]}, all(known for _, known in made)


def _identified_part(part: object, name: str, new_id: Callable[[], str]) -> tuple[object, bool]:
    if isinstance(part, msgspec.Struct):
        field = next(f.name for f in msgspec.structs.fields(part) if f.encode_name == name)
        if getattr(part, field) in (None, UNSET):
            part = msgspec.structs.replace(part, **{field: new_id()})
        return part, True
    # What is no object is left to the daemon, which will say so.
    return _identified(dict(part), name, new_id) if isinstance(part, Mapping) else (part, False)


def _is_null(value: object) -> bool:
    return value is None or (isinstance(value, Raw) and bytes(value) == b"null")


class Attempts:
    """Decide after each failure whether to try again, and after which pause."""

    def __init__(self, options: Options, *, is_repeatable: bool, is_first: bool = False) -> None:
        self._options = options
        # Where nobody has ever answered, nobody is waited for.
        self._is_first = is_first
        self._is_repeatable = is_repeatable
        self._pause_s = 0.0
        self._left_s = options.patience_s
        # It may have happened, whatever came after.
        self._lost: AnswerLost | None = None

    def after(self, failure: SidecarError | NoDaemon | AnswerLost) -> float:
        """Answer the seconds to wait, or raise what the caller has to know."""
        if isinstance(failure, AnswerLost):
            self._lost = failure
            if not self._is_repeatable:
                raise failure
        elif self._is_first if isinstance(failure, NoDaemon) else not failure.retryable:
            raise failure
        if self._left_s <= 0:
            raise self._lost if self._lost is not None else failure
        if self._pause_s == 0:
            self._options.on_trouble(failure)
        doubled = max(FIRST_PAUSE_S, min(2 * self._pause_s, LONGEST_PAUSE_S))
        self._pause_s = min(doubled, self._left_s)
        self._left_s -= self._pause_s
        return self._pause_s
