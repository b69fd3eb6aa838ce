"""Node, and the packages that the TypeScript client is checked with."""

import shutil
from pathlib import Path

import pytest

PROTOCOL = Path(__file__).parents[2] / "protocol"
CLIENT = PROTOCOL / "typescript"
NODE_PACKAGES = CLIENT / "node_modules"

needs_node = pytest.mark.skipif(
    not shutil.which("node") or not (NODE_PACKAGES / "made-of").exists(),
    reason="NOT TESTED: node or the client's packages are missing; see scripts/setup-node",
)
