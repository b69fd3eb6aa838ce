"""A commit is one change set of a thread: whatever raises its version, kept to be replayed."""

import msgspec

from sidecar.model.json_value import Json
from sidecar.model.message import Message
from sidecar.model.patch import Patch

# The state of a new thread.
EMPTY_STATE = "{}"


class Commit(msgspec.Struct, frozen=True, rename="camel"):
    """Show a change set: what made the thread's version what it is.

    Replayed in order: `messages` are appended, or are the whole log anew when `replaced`;
    `snapshot` is the state anew, and `patches` are applied after it.
    """

    version: int
    commit_id: str | None
    reason: str
    run_id: str | None
    messages: list[Message]
    replaced: bool
    patches: list[Patch]
    actions: Json
    snapshot: Json
    at_ms: int
