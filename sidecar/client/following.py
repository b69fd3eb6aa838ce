"""Follow events across connections: where one is, what to ask, what came. Pure, no sockets."""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Raw

from sidecar.client.errors import HistoryLost, Unreadable
from sidecar.client.methods import EVENT_SUBSCRIBE
from sidecar.client.records import Event, EventSynced, Initialized, ItemDelta
from sidecar.client.request import Request
from sidecar.client.wire import Answer

Told = Event | EventSynced | ItemDelta


class Events(msgspec.Struct, frozen=True):
    """Read the params of `event/appended`, each event still as it was sent."""

    events: list[Raw]


class Reset(msgspec.Struct, frozen=True, rename="camel"):
    """Read the params of `event/reset`: the log has been pruned beyond where one is."""

    min_seq: int


class Following:
    """Be one who follows; `seq` is the place in the log up to which all has been told."""

    def __init__(
        self,
        thread_id: str | None,
        since_seq: int | None,
        events: Sequence[str] | None,
        *,
        deltas: bool,
    ) -> None:
        self.seq = since_seq
        # The event that was told last, as it came.
        self.text = Raw(b"")
        self._params = {"threadId": thread_id, "events": events, "deltas": deltas}
        self._database_id: str | None = None

    def request(self, server: Initialized) -> Request:
        """Make the request that goes on from here, if this daemon has what came before."""
        if self._database_id not in (None, server.database_id):
            raise HistoryLost("the daemon has another database than before")
        self._database_id = server.database_id
        if self.seq is not None and self.seq > server.last_seq:
            raise HistoryLost(f"the log ends at {server.last_seq}, before event {self.seq}")
        params = {**self._params, "sinceSeq": self.seq}
        return Request(EVENT_SUBSCRIBE.name, Raw(msgspec.json.encode(params)), is_repeatable=True)

    def begin(self, result: Raw) -> None:
        """Take the answer: without a place to begin at, one begins where the log ends now."""
        if self.seq is None:
            self.seq = EVENT_SUBSCRIBE.decode(result).watermark_seq

    def take(self, answer: Answer) -> Iterator[Told]:
        """Read what came, in order; where one is moves with each event that is taken."""
        try:
            match answer.method:
                case "event/appended":
                    for text in msgspec.json.decode(answer.params, type=Events).events:
                        event = msgspec.json.decode(text, type=Event)
                        self.seq, self.text = event.seq, text
                        yield event
                case "event/synced":
                    synced = msgspec.json.decode(answer.params, type=EventSynced)
                    # What was told is all there is up to there, whatever one asked for.
                    self.seq = max(self.seq or 0, synced.seq)
                    yield synced
                case "item/delta":
                    yield msgspec.json.decode(answer.params, type=ItemDelta)
                case "event/reset":
                    min_seq = msgspec.json.decode(answer.params, type=Reset).min_seq
                    raise HistoryLost(f"events before {min_seq} are gone, seen up to {self.seq}")
                case _:
                    # What only a newer daemon tells.
                    return
        except msgspec.MsgspecError as error:
            raise Unreadable(f"{answer.method}: {error}") from error


def only_events(told: Told) -> Event | None:
    """Choose the events."""
    return told if isinstance(told, Event) else None


def everything(told: Told) -> Told:
    """Choose all that is told."""
    return told
