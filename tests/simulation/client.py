"""A careless client: pipelines, dawdles, hangs up at any byte, and asks again what it lost."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from tests.simulation.facts import Record
from tests.simulation.network import Link
from tests.simulation.timeline import HOUR_US, SECOND_US, Timeline
from tests.simulation.wishes import Wish, Wishes

_ENCODER = msgspec.json.Encoder()
# How long until it does something again, and how likely that is: a burst, a pause, a night.
PAUSES_US = (
    (0.59, 1_000, 50_000),
    (0.25, 100_000, 5 * SECOND_US),
    (0.12, 5 * SECOND_US, 120 * SECOND_US),
    (0.04, 300 * SECOND_US, 30 * HOUR_US),
)
# Longer than any request waits: whoever hears nothing for so long takes the line for dead.
PATIENCE_US = 90 * SECOND_US
# Once for each connection.
ONCE = ("event/subscribe", "initialize")
# The most that is asked for without waiting for an answer, so that the kernel can hold it.
MAX_OUTSTANDING = 24


def unframe(data: bytes) -> tuple[list[bytes], bytes]:
    """Cut what came into messages; tell what is left."""
    messages = []
    while data:
        if data[:1] == b"C":
            head, found, rest = data.partition(b"\r\n\r\n")
            size = int(head.split(b":")[1]) if found else 0
            if not found or len(rest) < size:
                break
            messages.append(rest[:size])
            data = rest[size:]
        else:
            line, found, rest = data.partition(b"\n")
            if not found:
                break
            messages.append(line)
            data = rest
    return messages, data


class Asked(NamedTuple):
    """Be a request on its way: since when, and with which others it is answered."""

    wish: Wish
    at_us: int
    mates: range


class Farewell:
    """Read what is still answered to a client that has closed its own side."""

    def __init__(self, link: Link, left: Callable[[Link], None]) -> None:
        self._link = link
        self._left = left

    def heard(self, data: bytes) -> None:
        """Let it go by; the referee has seen it."""

    def hung_up(self) -> None:
        self._link.leave()
        self._left(self._link)


class Client:
    """Be one program beside the daemon, which outlives it and all its connections."""

    def __init__(
        self,
        name: str,
        timeline: Timeline,
        connect: Callable[[], Link | None],
        wishes: Wishes,
        sent: Callable[[Link, Iterable[int]], None],
        left: Callable[[Link], None],
    ) -> None:
        self._name = name
        self._timeline = timeline
        self._connect = connect
        self._wishes = wishes
        self._sent = sent
        self._left = left
        self._chance = timeline.chance(name)
        self._last_id = 0
        self._link: Link | None = None
        self._heard = b""
        self._uses_headers = self._chance.random() < 0.3
        self._follows = self._chance.random() < 0.7
        self._filter: Record = {}
        if self._chance.random() < 0.4:
            self._filter["events"] = [self._chance.choice(("turn.*", "item.*", "session_input.*"))]
        # The last event that it has seen; where it goes on after a break.
        self._seen = 0
        self.events = 0
        self._subscription: str | None = None
        self.outstanding: dict[int, Asked] = {}
        # Asked for, and nobody knows whether it was done.
        self.lost: list[Wish] = []
        timeline.after(self._chance.randrange(SECOND_US), self._act)

    # -- acting ------------------------------------------------------------------------------------

    def _act(self) -> None:
        chance = self._chance.random()
        if self._link is None:
            self._come()
        elif self._is_out_of_patience() or chance < 0.03:
            self._leave()
        elif chance < 0.05:
            self._break_off()
        elif chance < 0.07:
            # Half of the line: what was sent is still answered, then the daemon hangs up.
            self._link.shut_down()
            self._link.ear = Farewell(self._link, self._left)
            self._link.listen(reads=True)
            self._link = None
            self._lose_all()
        elif chance < 0.12:
            self._dawdle(self._link)
        elif len(self.outstanding) < MAX_OUTSTANDING:
            self._send([self._wish() for _ in range(self._chance.choice((1, 1, 2, 5)))])
        self._timeline.after(self._pause_us(), self._act)

    def _pause_us(self) -> int:
        weights = [weight for weight, _, _ in PAUSES_US]
        _, least, most = self._chance.choices(PAUSES_US, weights)[0]
        return self._chance.randrange(least, most)

    def _is_out_of_patience(self) -> bool:
        oldest = min((asked.at_us for asked in self.outstanding.values()), default=None)
        return oldest is not None and oldest < self._timeline.now_us - PATIENCE_US

    def _come(self) -> None:
        self._link = self._connect()
        if self._link is None:
            return
        self._link.ear = self
        self._heard, self._subscription = b"", None
        if self._chance.random() < 0.3:
            info = {"name": self._name, "version": "1"}
            self._send([Wish("initialize", {"clientInfo": info, "protocolVersion": 1})])
        if self._follows:
            self._send([Wish("event/subscribe", {"sinceSeq": self._seen, **self._filter})])
        if self.lost:
            # At once or with what comes next: both are asked again in the order of the first time.
            self._send([self.lost.pop(0) for _ in range(min(3, len(self.lost)))])

    def _wish(self) -> Wish:
        if self.lost and self._chance.random() < 0.5:
            return self.lost.pop(self._chance.randrange(len(self.lost)))
        again = [asked.wish for asked in self.outstanding.values() if asked.wish.method not in ONCE]
        if again and self._chance.random() < 0.03:
            # A second time, while the first is still on its way.
            return self._chance.choice(again)
        return self._wishes.draw()

    def _frame(self, body: bytes) -> bytes:
        if self._uses_headers:
            return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        return body + b"\n"

    def _requests(self, wishes: list[Wish], *, is_batch: bool = False) -> list[Record]:
        requests = []
        first = self._last_id + 1
        for number, wish in enumerate(wishes, first):
            mates = range(first, first + len(wishes)) if is_batch else range(number, number + 1)
            self.outstanding[number] = Asked(wish, self._timeline.now_us, mates)
            requests.append({"jsonrpc": "2.0", "id": number, **wish._asdict()})
        self._last_id += len(wishes)
        return requests

    def _send(self, wishes: list[Wish]) -> None:
        assert self._link is not None
        is_batch = len(wishes) > 1 and self._chance.random() < 0.2
        requests = self._requests(wishes, is_batch=is_batch)
        if is_batch:
            data = self._frame(_ENCODER.encode(requests))
        else:
            data = b"".join(self._frame(_ENCODER.encode(each)) for each in requests)
        waiting = [n for n, asked in self.outstanding.items() if asked.wish.params.get("waitMs")]
        if waiting and self._chance.random() < 0.1:
            params = {"id": self._chance.choice(waiting)}
            note = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": params}
            data += self._frame(_ENCODER.encode(note))
        self._link.send(data)
        self._sent(self._link, [each["id"] for each in requests])

    def _break_off(self) -> None:
        """Hang up in the middle of a message: what comes before it counts."""
        assert self._link is not None
        requests = self._requests([self._wish() for _ in range(2)])
        data = b"".join(self._frame(_ENCODER.encode(each)) for each in requests)
        whole = len(self._frame(_ENCODER.encode(requests[0])))
        cut = self._chance.randrange(1, len(data))
        self._link.send(data[:cut])
        self._sent(self._link, [requests[0]["id"]] if cut >= whole else [])
        self._leave()

    def _leave(self) -> None:
        assert self._link is not None
        self._link.leave()
        self._left(self._link)
        self._link = None
        self._lose_all()

    def _lose_all(self) -> None:
        for wish, _, _ in self.outstanding.values():
            # Whether to be told of events is decided anew with each connection.
            if wish.method not in ONCE:
                self.lost.append(wish)
        self.outstanding.clear()
        del self.lost[:-MAX_OUTSTANDING]

    def _dawdle(self, link: Link) -> None:
        """Let lie what comes for a while."""
        link.listen(reads=False)
        self._timeline.after(self._pause_us() // 4, lambda: link.listen(reads=True))

    # -- hearing -----------------------------------------------------------------------------------

    def heard(self, data: bytes) -> None:
        messages, self._heard = unframe(self._heard + data)
        for text in messages:
            message = msgspec.json.decode(text)
            for each in message if isinstance(message, list) else [message]:
                self._take(each)

    def _take(self, message: Record) -> None:
        if "method" in message:
            if message["method"] == "event/appended":
                for event in message["params"]["events"]:
                    assert event["seq"] > self._seen, "an event is told a second time"
                    self._seen = event["seq"]
                    self.events += 1
            return
        if message["id"] is None:
            return
        wish = self.outstanding.pop(message["id"]).wish
        result = message.get("result")
        if result is None:
            return
        if wish.method in ("mailbox/claim", "mailbox/claimEntry"):
            taken = result["entries"] if "entries" in result else [result["entry"]]
            self._wishes.claims += [(e["id"], e["claimToken"]) for e in taken if e]

    def hung_up(self) -> None:
        if self._link is not None:
            self._link.leave()
            self._left(self._link)
            self._link = None
            self._lose_all()

    @property
    def link(self) -> Link | None:
        return self._link
