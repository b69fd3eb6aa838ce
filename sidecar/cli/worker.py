"""Do the work of a mailbox with a command: claim, run, renew the lease, end the claim.

An entry is handled at least once: whoever dies in the middle leaves it to the end of its lease.
"""

import math
import os
import signal
import socket as sockets
import subprocess
import sys
import tempfile
from contextlib import suppress
from types import FrameType

import click
import msgspec

from sidecar import cli
from sidecar.cli.connect import Params, connected, tell
from sidecar.client import AnswerLost, Client, Error
from sidecar.client.refusals import ClaimLost, MailboxEntryNotFound
from sidecar.model.mailbox import MailboxEntry
from sidecar.source import SystemSource
from sidecar.spawn import environment

# A stop is heeded between two claims, so that what comes in the middle of one is not left.
WAIT_MS = 1_000
# A renewal may fail twice, a restart of the daemon in it, before the lease ends.
RENEWALS_PER_LEASE = 3
# An entry that fails comes again after this, twice as much each time, up to the second.
BACK_OFF_MS = 1_000
MAX_BACK_OFF_MS = 300_000
# How long a command may take to end once it was asked to.
GRACE_S = 10.0


class Claimed(msgspec.Struct, frozen=True):
    """Read the answer of a claim."""

    entries: list[MailboxEntry]


class Extended(msgspec.Struct, frozen=True):
    """Read whether a lease was extended."""

    extended: bool


class Worker:
    """Be one consumer."""

    def __init__(
        self,
        socket: str | None,
        mailbox_id: str | None,
        consumer_id: str | None,
        lease_ms: int,
        command: tuple[str, ...],
    ) -> None:
        """Work for as long as `run` does."""
        self._socket = socket
        self._command = command
        self._lease_ms = lease_ms
        self._claim: Params = {
            "mailboxId": mailbox_id,
            "consumerId": consumer_id or f"{sockets.gethostname()}-{os.getpid()}",
            "leaseMs": lease_ms,
        }
        self._source = SystemSource()
        self._process: subprocess.Popen[bytes] | None = None
        self._stops = 0
        self._was_asked = False
        # Whether an entry is in hand; whether a request is being tried again.
        self._is_busy = False
        self._is_in_trouble = False

    def run(self, *, until_empty: bool) -> int:
        """Handle entries until told to stop; tell the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        with connected(self._socket, patience_s=math.inf, on_trouble=self._on_trouble) as client:
            while not self._stops:
                entries = self._take(client, 0 if until_empty else WAIT_MS)
                for entry in entries or ():
                    self._is_busy = True
                    self._handle(client, entry)
                    self._is_busy = False
                if until_empty and entries == []:
                    break
        return 0

    def _take(self, client: Client, wait_ms: int) -> list[MailboxEntry] | None:
        """Claim; None if nobody knows what was claimed."""
        try:
            answer = self._ask(client, "mailbox/claim", {**self._claim, "waitMs": wait_ms})
        except AnswerLost as error:
            # Whatever was claimed comes back when its lease ends.
            click.echo(f"sidecar: {error}; claiming again", err=True)
            return None
        return msgspec.json.decode(answer, type=Claimed).entries

    def _handle(self, client: Client, entry: MailboxEntry) -> None:
        """Run the command for one entry and end the claim as the command ended."""
        owned: Params = {"entryId": entry.id, "claimToken": entry.claim_token}
        try:
            why = self._run(client, entry, owned)
            if why is None:
                self._ask(client, "mailbox/ack", owned)
                return
            back_off_ms = min(BACK_OFF_MS << min(entry.attempt_count - 1, 20), MAX_BACK_OFF_MS)
            retry_at_ms = self._source.now_ms() + back_off_ms
            self._ask(client, "mailbox/nack", {**owned, "error": why, "retryAtMs": retry_at_ms})
            click.echo(f"sidecar: {entry.id}: {why}", err=True)
        except (ClaimLost, MailboxEntryNotFound):
            # Not found: what was cancelled in the middle may be purged by the end.
            click.echo(f"sidecar: {entry.id}: the claim is somebody else's by now", err=True)

    def _run(self, client: Client, entry: MailboxEntry, owned: Params) -> str | None:
        """Run the command to its end, renewing the lease; tell why it failed; raises ClaimLost."""
        names = {
            "SIDECAR_ENTRY_ID": entry.id,
            "SIDECAR_MAILBOX_ID": entry.mailbox_id,
            "SIDECAR_ATTEMPT": str(entry.attempt_count),
        }
        # A file rather than a pipe: a command that does not read its stdin holds nobody up.
        try:
            with tempfile.TemporaryFile() as payload:
                payload.write(bytes(entry.payload))
                payload.seek(0)
                # A session of its own, so that Ctrl-C is for us to pass on.
                self._process = subprocess.Popen(  # noqa: S603  # what the user asked to be run
                    self._command,
                    stdin=payload, env={**environment(), **names}, start_new_session=True,
                )  # fmt: skip
        except OSError as error:
            return f"{error.filename or self._command[0]}: {error.strerror}"
        try:
            if self._stops > 1 and not self._was_asked:
                # We were told while the command was being started.
                self._ask_to_end()
            while (code := self._wait()) is None:
                self._renew(client, entry.id, owned)
        finally:
            self._end_command()
        if code == 0:
            return None
        return f"exit status {code}" if code > 0 else f"signal {-code}"

    def _wait(self) -> int | None:
        """Wait for the command to end; None when it is time to renew the lease."""
        assert self._process is not None
        try:
            return self._process.wait(self._lease_ms / 1000 / RENEWALS_PER_LEASE)
        except subprocess.TimeoutExpired:
            return None

    def _renew(self, client: Client, entry_id: str, owned: Params) -> None:
        answer = self._ask(client, "mailbox/extendLease", {**owned, "leaseMs": self._lease_ms})
        if not msgspec.json.decode(answer, type=Extended).extended:
            raise ClaimLost(3001, "", {"entryId": entry_id})

    def _end_command(self) -> None:
        """Leave no command running for an entry that is not ours."""
        process, self._process = self._process, None
        assert process is not None
        if process.poll() is None:
            _signal(process, signal.SIGTERM)
            try:
                process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()

    def _ask(self, client: Client, method: str, params: Params) -> msgspec.Raw:
        try:
            return client.call(method, params)
        finally:
            self._is_in_trouble = False

    def _on_trouble(self, trouble: Error) -> None:
        self._is_in_trouble = True
        tell(trouble)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stops += 1
        if self._is_in_trouble and (self._stops > 1 or not self._is_busy):
            # The daemon may never come back; what is in hand comes back when its lease ends.
            sys.exit(cli.EXIT_NO_DAEMON if self._is_busy else 0)
        if self._stops > 1 and self._process is not None:
            self._ask_to_end()

    def _ask_to_end(self) -> None:
        """Ask the command to end, and make it the next time."""
        assert self._process is not None
        _signal(self._process, signal.SIGKILL if self._was_asked else signal.SIGTERM)
        self._was_asked = True


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    """Signal a command with all that it has started: a shell dies and leaves its pipeline."""
    # In the middle of a wait it may be gone already.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
