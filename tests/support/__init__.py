"""What tests share: a fake source, a peer that speaks bytes, daemons of both kinds."""

from tests.support.daemons import DaemonProcess, DaemonThread
from tests.support.peer import Peer, Refused
from tests.support.source import FakeSource

__all__ = ["DaemonProcess", "DaemonThread", "FakeSource", "Peer", "Refused"]
