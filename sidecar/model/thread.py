"""A thread is an agent conversation."""

from typing import Literal

import msgspec

from sidecar.model.json_value import Json


class Thread(msgspec.Struct, frozen=True, rename="camel"):
    """Show a thread as it is on the wire; times are Unix milliseconds."""

    id: str
    title: str | None
    model: str | None
    provider: str | None
    workspace: str | None
    mode: str | None
    resource_id: str | None
    parent_thread_id: str | None
    forked_from_thread_id: str | None
    metadata: Json
    archived: bool
    version: int
    message_count: int
    active_turn_id: str | None
    latest_turn_id: str | None
    pending_input_count: int
    created_at_ms: int
    updated_at_ms: int


Children = Literal["reject", "detach", "cascade"]


class TranscriptText(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="text"):
    """Be one block of text in a transcript's message."""

    text: str


class TranscriptMessage(msgspec.Struct, frozen=True, rename="camel"):
    """Be one message as a model would read it."""

    role: Literal["user", "assistant"]
    content: list[TranscriptText]
