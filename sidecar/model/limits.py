"""Every limit that a client can meet: a name, a number and a reason."""

import msgspec

# One message must fit in memory several times over while it is decoded and stored.
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
# A batch is held in memory until its last member has answered.
MAX_BATCH = 1_000
# About a thousand pages of text: more is a file, and belongs beside the conversation.
MAX_PROMPT_CHARS = 1_048_576
# As much as one message could set: each piece that is appended is told with the whole detail before
# it, in an event of its own. What is longer is an artifact.
MAX_DETAIL_CHARS = MAX_MESSAGE_BYTES
# A queue that nobody promotes must not grow without an end.
MAX_PENDING_INPUTS = 1_000
# Far below the usual 1,024 file descriptors of a process.
MAX_CONNECTIONS = 256
# Enough to hide the latency of any pipeline; beyond it reading pauses.
MAX_IN_FLIGHT = 1_024
# Arrived and not yet executed bytes of one peer; at least one message always fits.
MAX_IN_FLIGHT_BYTES = 2 * MAX_MESSAGE_BYTES
# Unsent answers of one peer; beyond it the peer's requests wait until it reads.
MAX_UNSENT_BYTES = 1024 * 1024
# Answers of one batch, which leave together; members beyond it are told `overloaded`.
MAX_BATCH_ANSWER_BYTES = 64 * 1024 * 1024
# Deeper nesting exhausts the stack of common decoders.
MAX_DEPTH = 512
# A state could be sent as it is, in the params of `thread/setState`: two levels around it.
MAX_STATE_DEPTH = MAX_DEPTH - 2
# As much as one message could set; patches must not let it grow past what can be set again.
MAX_STATE_BYTES = MAX_MESSAGE_BYTES
# Elements that the operations of one change set may push aside in lists, each counted again by
# each operation: a fifth of a second, about as long as the largest state takes to be rewritten.
MAX_PATCH_SHIFTS = 2**30
# A state is stored with a commit when it is this many patched commits after the last stored one:
# to replay them takes milliseconds.
STATE_EVERY_COMMITS = 256
# Or when the patches since then have so many bytes, and as many as the state itself: a state is
# then read by reading twice its size at the most, and stored in no more than its patches' room.
STATE_EVERY_BYTES = 64 * 1024
# Messages of one append, as many as events of one appendMany.
MAX_APPEND_MESSAGES = 1_000
# Messages looked at for one filtered page; it then ends early and says where to go on.
MAX_MESSAGE_SCAN = 20_000
# Calls of one `atomic`: its transaction keeps all other writers waiting.
MAX_ATOMIC_CALLS = 100
# Answers of one `atomic`, as of a batch: they are held until the last call has answered.
MAX_ATOMIC_ANSWER_BYTES = MAX_BATCH_ANSWER_BYTES
# Header lines of one LSP-framed message.
MAX_HEADER_BYTES = 4 * 1024
# Members of one appendMany: as many as a batch may have.
MAX_APPEND_EVENTS = 1_000
# A page of records; its size in bytes is bounded by MAX_PAGE_BYTES as well.
MAX_PAGE = 200
DEFAULT_PAGE = 50
MAX_EVENT_PAGE = 5_000
DEFAULT_EVENT_PAGE = 500
# A page ends early once it has this much text, so that an answer fits in memory.
MAX_PAGE_BYTES = 4 * 1024 * 1024
# What a record takes beside the values that a client gave, roughly.
RECORD_BYTES = 200
# Rows looked at for one page of filtered events; the page then ends early and says where to go on.
MAX_EVENT_SCAN = 20_000
# Rows looked at for one page of filtered runs, as for events: a few milliseconds.
MAX_RUN_SCAN = 20_000
# Rows looked at for one page of filtered mailbox entries, likewise.
MAX_ENTRY_SCAN = 20_000
# The largest integer that a JavaScript client reads back equal.
MAX_INTEGER = 2**53 - 1
# A day: whoever works longer on one entry extends the lease and so shows to be alive.
MAX_LEASE_MS = 86_400_000
# A minute: shorter than the patience of what stands between a client and its user.
MAX_WAIT_MS = 60_000
# Ended claims of an entry whose owners may ask again: far more than can have lost an answer lately.
MAX_ENDED_CLAIMS = 100
# Entries of one claim: what one consumer can have in hand.
MAX_CLAIM = 100
# Longer than what anybody searches for; each of its words is looked for in the whole of each title.
MAX_QUERY_CHARS = 1_024
# Names in one filter of events, each held against each event: several times as many as the daemon
# has itself; whoever wants more wants them all.
MAX_EVENT_NAMES = 100
# Subscriptions of one peer: one for each of many threads, and an end to it.
MAX_SUBSCRIPTIONS = 1_024
# Events in one notification, and the bytes after which one ends early: small enough that a
# peer which stops reading leaves little behind.
SUBSCRIPTION_PAGE = 500
SUBSCRIPTION_PAGE_BYTES = 512 * 1024
# A user message's summary: what a list shows of a prompt.
SUMMARY_CHARS = 200


class Limits(msgspec.Struct, frozen=True, rename="camel"):
    """Tell a client the limits that it can meet, as `initialize` reports them."""

    max_message_bytes: int = MAX_MESSAGE_BYTES
    max_batch: int = MAX_BATCH
    max_prompt_chars: int = MAX_PROMPT_CHARS
    max_pending_inputs: int = MAX_PENDING_INPUTS
    max_connections: int = MAX_CONNECTIONS
    max_in_flight: int = MAX_IN_FLIGHT
