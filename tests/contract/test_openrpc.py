"""The document is one by the schema that OpenRPC publishes of itself."""

import json
import subprocess
from typing import Any

from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # ships none

from sidecar.rpc.openrpc import document
from tests.support.node import CLIENT, needs_node
from tests.support.peer import HANG_S

DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def published() -> dict[str, Any]:
    program = 'console.log(JSON.stringify(require("@open-rpc/meta-schema").openrpcDocument))'
    told = subprocess.run(
        ["node", "--eval", program],
        cwd=CLIENT,
        capture_output=True,
        text=True,
        timeout=HANG_S,
        check=True,
    )
    text = told.stdout
    # It leans on a copy of draft 7 elsewhere; the validator has one.
    for there, here in (("/#/definitions/JSONSchemaObject", DRAFT_7), ('"', f'{DRAFT_7}"')):
        text = text.replace(f"https://meta.json-schema.tools{there}", here)
    schema: dict[str, Any] = json.loads(text)
    return schema


@needs_node
def test_it_is_an_openrpc_document_by_the_published_schema() -> None:
    validator = Draft7Validator(published())
    assert [error.message for error in validator.iter_errors(json.loads(document()))] == []
    # It is not one that lets everything pass.
    assert not validator.is_valid({**json.loads(document()), "methods": [{"name": 1}]})
