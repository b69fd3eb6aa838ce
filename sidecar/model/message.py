"""A message is one entry of a thread's log, as a model reads it; it is never changed."""

from typing import Literal

import msgspec

from sidecar.model.fields import Id, Name
from sidecar.model.json_value import NULL, Json, fingerprint

Role = Literal["system", "user", "assistant", "tool"]
Visibility = Literal["all", "internal"]


class Message(msgspec.Struct, frozen=True, rename="camel"):
    """Show a message; `seq` counts from 1 within the thread, without gaps."""

    id: str
    thread_id: str
    seq: int
    role: Role
    content: Json
    tool_calls: Json
    tool_call_id: str | None
    visibility: Visibility
    run_id: str | None
    metadata: Json
    created_at_ms: int


class NewMessage(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True
):
    """Be a message to append; with an id it is appended once, however often it is sent."""

    id: Id | None = None
    role: Role
    content: Json = msgspec.field(default_factory=lambda: NULL)
    tool_calls: Json = msgspec.field(default_factory=lambda: NULL)
    tool_call_id: Name | None = None
    visibility: Visibility | None = None
    run_id: Id | None = None
    metadata: Json = msgspec.field(default_factory=lambda: NULL)

    @property
    def fingerprint(self) -> bytes:
        """Digest the content, so that the same message can be told from another of its id."""
        return fingerprint(
            "message",
            role=self.role,
            content=self.content,
            tool_calls=self.tool_calls,
            tool_call_id=self.tool_call_id,
            visibility=self.visibility or "all",
            run_id=self.run_id,
            metadata=self.metadata,
        )
