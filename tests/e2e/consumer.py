"""Be one consumer in a process of its own: claim, acknowledge, print each id that is done.

Usage: python -m tests.e2e.consumer SOCKET LEASE_MS
"""

import os
import sys
from pathlib import Path

from sidecar.client import AnswerLost, Client
from sidecar.client.refusals import ClaimLost

BATCH = 10
WAIT_MS = 60_000


def main(path: str, lease_ms: int) -> None:
    with Client(Path(path)) as client:
        while True:
            try:
                entries = client.mailbox_claim(
                    consumer_id=str(os.getpid()), lease_ms=lease_ms, limit=BATCH, wait_ms=WAIT_MS
                ).entries
            except AnswerLost:
                continue
            for entry in entries:
                assert entry.claim_token is not None
                try:
                    client.mailbox_ack(entry_id=entry.id, claim_token=entry.claim_token)
                except ClaimLost:
                    continue
                os.write(1, entry.id.encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
