"""What is generated is what would be generated now."""

import json
import subprocess

from scripts.generate import ROOT, drifted, examples
from sidecar.rpc.registry import REGISTRY


def test_nothing_has_drifted() -> None:
    assert drifted() == [], "run scripts/generate"


def test_the_script_says_so_too() -> None:
    script = ROOT / "scripts" / "generate"
    told = subprocess.run([script, "--check"], capture_output=True, check=False)
    assert (told.returncode, told.stderr) == (0, b"")


def test_every_method_has_an_example_without_wildcards() -> None:
    text = examples().decode()
    assert set(json.loads(text)) == set(REGISTRY)
    assert "<any>" not in text and "<folder>" not in text and "$repeat" not in text
