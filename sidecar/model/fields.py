"""The types of fields on the wire: patterns, ranges and enums, each with its meaning."""

from typing import Annotated, Literal

from msgspec import Meta

from sidecar.model import ids, limits

Id = Annotated[
    str,
    Meta(pattern=ids.ID_PATTERN, description="An id, minted by a client or by the daemon."),
]
Name = Annotated[
    str,
    Meta(
        pattern=ids.NAME_PATTERN,
        description="A name given elsewhere: 1 to 256 characters, none of them a control.",
    ),
]
EventName = Annotated[str, Meta(pattern=ids.EVENT_PATTERN, description="The name of an event.")]
EventGlob = Annotated[
    str,
    Meta(
        pattern=ids.EVENT_GLOB_PATTERN,
        description="The name of an event, a prefix of names (`turn.*`), or `*`.",
    ),
]
Count = Annotated[int, Meta(ge=0, le=limits.MAX_INTEGER)]
Seq = Annotated[int, Meta(ge=0, le=limits.MAX_INTEGER, description="A place in the log of events.")]
Moment = Annotated[int, Meta(ge=0, le=limits.MAX_INTEGER, description="Unix milliseconds.")]
# Any integer: a page's limit is clamped, not refused.
PageLimit = Annotated[int, Meta(description="Records in one page, clamped to the lawful range.")]
Time = Annotated[int, Meta(ge=0, le=limits.MAX_INTEGER, description="Unix milliseconds.")]
LeaseMs = Annotated[
    int, Meta(ge=1, le=limits.MAX_LEASE_MS, description="How long a lease holds from now on.")
]
WaitMs = Annotated[int, Meta(description="How long to wait, clamped to the lawful range.")]
Cursor = Annotated[str, Meta(description="The `nextCursor` of the page before, unchanged.")]
# Past counting, as for tokens: sums of it stay numbers.
Cost = Annotated[float, Meta(ge=0, le=limits.MAX_INTEGER, description="US dollars.")]
Order = Literal["asc", "desc"]
