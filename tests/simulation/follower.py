"""The log as it must be, and what a subscription must tell of it: all, once, in order."""

from typing import Any

Record = dict[str, Any]


class Log:
    """Be every event that was committed; those of deleted threads are gone, not their seqs."""

    def __init__(self) -> None:
        self._events: list[Record] = []
        self._gone: set[int] = set()

    def __len__(self) -> int:
        return len(self._events)

    def append(self, fresh: list[Record]) -> None:
        for event in fresh:
            assert event["seq"] == len(self._events) + 1, f"a gap before {event}"
            self._events.append(event)

    def remove_thread(self, thread_id: str) -> None:
        """Take away what a deletion takes; what tells of the deletion remains."""
        for event in self._events:
            is_last = event["event"] == "thread.deleted" and event["source"] == "daemon"
            if event["threadId"] == thread_id and not is_last:
                self._gone.add(event["seq"])

    def next_after(self, seq: int, thread_id: str | None, prefix: str) -> Record | None:
        """Find the first event after a seq that a filter wants."""
        for event in self._events[seq:]:
            is_wanted = thread_id in (None, event["threadId"])
            if is_wanted and event["event"].startswith(prefix) and event["seq"] not in self._gone:
                return event
        return None

    def check_page(self, params: Record, page: Record) -> None:
        """Hold a page of `event/list`: a stretch without a hole, and the way on from there."""
        assert page["lastSeq"] == len(self)
        since, thread_id = params.get("sinceSeq", 0), params.get("threadId")
        for event in page["data"]:
            assert event == self.next_after(since, thread_id, ""), f"a hole after {since}"
            since = event["seq"]
        is_end = self.next_after(since, thread_id, "") is None
        assert (page["nextSinceSeq"] is None) == is_end, "the end of a page is not told"


class Follower:
    """Be one subscription, and how far it has been told."""

    def __init__(self, log: Log, params: Record, answer: Record) -> None:
        self._log = log
        self.id: str = answer["subscriptionId"]
        self._thread_id: str | None = params.get("threadId")
        # One name with a star at its end, which stands for any.
        self._prefix = params.get("events", ["*"])[0][:-1]
        self._watermark: int = answer["watermarkSeq"]
        since = params.get("sinceSeq")
        self._at: int = self._watermark if since is None else since
        self._is_synced = False

    def __str__(self) -> str:
        return f"{self.id} of {self._thread_id or 'all'} {self._prefix}* at {self._at}"

    def told(self, method: str, params: Record) -> str | None:
        """Take a notification; tell what is wrong with it."""
        if method == "event/synced":
            left = self._log.next_after(self._at, self._thread_id, self._prefix)
            if self._is_synced or params["seq"] != self._watermark:
                return f"synced at {params['seq']}, where it began at {self._watermark}"
            self._is_synced = True
            is_early = left is not None and left["seq"] <= self._watermark
            return f"synced before {left}" if is_early else None
        if method != "event/appended":
            return "is not one that it asked for"
        for event in params["events"]:
            expected = self._log.next_after(self._at, self._thread_id, self._prefix)
            if event != expected:
                return f"{event} is told, {expected} is next"
            self._at = event["seq"]
            if self._is_synced < (self._at > self._watermark):
                return "what is new is told before the end of the history"
        return None

    @property
    def is_at_end(self) -> bool:
        left = self._log.next_after(self._at, self._thread_id, self._prefix)
        return left is None and self._is_synced
