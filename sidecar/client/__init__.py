"""Speak to a daemon from Python, typed: `Client`, and `AsyncClient` for asyncio.

What is generated comes from the contract: a method for each of its methods, a record for each
of its records, an exception for each kind of error.
"""

from typing import TYPE_CHECKING

from msgspec import UNSET

from sidecar.client import records, refusals
from sidecar.client.errors import (
    AnswerLost,
    Closed,
    Error,
    HistoryLost,
    NoDaemon,
    SidecarError,
    Unreadable,
    WrongProtocol,
)
from sidecar.client.refusals import *  # noqa: F403  # a class for each kind, named in its own list
from sidecar.client.request import Options, Params
from sidecar.client.sync import Client, Followed

if TYPE_CHECKING:
    from sidecar.client.aio import AsyncClient
    from sidecar.client.aio_followed import AsyncFollowed

__all__ = [
    "UNSET",
    "AnswerLost",
    "AsyncClient",
    "AsyncFollowed",
    "Client",
    "Closed",
    "Error",
    "Followed",
    "HistoryLost",
    "NoDaemon",
    "Options",
    "Params",
    "SidecarError",
    "Unreadable",
    "WrongProtocol",
    "records",
]
__all__ += refusals.__all__


def __getattr__(name: str) -> object:
    """Import what needs asyncio only for those who use it."""
    if name in ("AsyncClient", "AsyncFollowed"):
        from sidecar.client import aio, aio_followed

        return aio.AsyncClient if name == "AsyncClient" else aio_followed.AsyncFollowed
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
