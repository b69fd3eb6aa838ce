"""The flags of `sidecar serve` by which the daemon keeps house."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path

from sidecar import config
from sidecar.daemon.keeper import Habits


def habits_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these flags; it gets them all as `habits`."""

    @wraps(command)
    def run(
        *,
        backup_every: int | None,
        backup_keep: int,
        backup_dir: str | None,
        retain_events: int | None,
        retain_mailbox: int | None,
        **others: object,
    ) -> None:
        habits = Habits(
            backup_every_ms=backup_every,
            backup_keep=backup_keep,
            backup_folder=Path(backup_dir).absolute() if backup_dir else None,
            retain_events_ms=retain_events,
            retain_mailbox_ms=retain_mailbox,
        )
        command(habits=habits, **others)

    wrapped: Callable[..., None] = run
    for name in ("retain-mailbox", "retain-events", "backup-dir", "backup-keep", "backup-every"):
        wrapped = config.option(name)(wrapped)
    return wrapped
