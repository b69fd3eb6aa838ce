"""Apply patches to states, as the tests of them do."""

import json
from typing import Any

import msgspec
import pytest

from sidecar.model import patch
from sidecar.model.errors import PatchFailed

OPS = msgspec.json.Decoder(list[patch.AnyOp])


def raw(text: str) -> msgspec.Raw:
    return msgspec.Raw(text.encode())


def applied(state: str, *ops: str) -> str:
    """Apply operations to a state; all of them are texts, since digits count."""
    patches = [patch.Patch(OPS.decode(f"[{','.join(ops)}]"))]
    return bytes(patch.patched(raw(state), patches)).decode()


def apply(state: Any, *ops: dict[str, Any]) -> Any:
    return json.loads(applied(json.dumps(state), *(json.dumps(op) for op in ops)))


def failed(state: Any, *ops: dict[str, Any]) -> tuple[Any, ...]:
    with pytest.raises(PatchFailed) as caught:
        apply(state, *ops)
    details = caught.value.details
    return details["index"], details["path"], details["reason"]
