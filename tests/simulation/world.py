"""One simulated life of a daemon and its clients, all of it decided by a seed."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import msgspec

import sidecar.methods  # noqa: F401  # fills the registry
from sidecar.model.recovery import RecoverMode
from sidecar.store import upkeep
from tests.simulation.client import Client, unframe
from tests.simulation.host import Host, narrow
from tests.simulation.network import Link
from tests.simulation.referee import Referee, Wrong
from tests.simulation.timeline import HOUR_US, SECOND_US, Timeline
from tests.simulation.wishes import Wishes

CLIENTS = 6
# Things that happen between two disasters: most of them while much is under way.
CALM = (100, 2_500)
# How long a process stays down.
DOWN_US = (2_000, 300 * SECOND_US)
MOOD_US = 1_200 * SECOND_US
# A jump of the wall clock, of NTP's kind or of a person's.
JUMPS_MS = (50, 2_000, 60_000, 7_200_000)
# A pause that nothing fills for so long: the daemon has done all that it has to do.
QUIET_US = SECOND_US


class Report(NamedTuple):
    """Tell what a life was."""

    seed: int
    hours: float
    trace: str
    requests: int
    refusals: int
    answers: int
    events: int
    told: int
    connections: int
    kills: int
    power_cuts: int
    dooms: int
    stops: int
    jumps: int
    syncs: int

    def plus(self, other: "Report") -> "Report":
        """Add two lives up; of the first remain the seed and the trace."""
        return Report(self.seed, self.hours + other.hours, self.trace,
                      *(a + b for a, b in zip(self[3:], other[3:], strict=True)))  # fmt: skip


class World:
    """Hold the machine, its clients and the referee, and let things happen."""

    def __init__(self, seed: int, hours: float, folder: Path) -> None:
        self.timeline = Timeline(seed)
        self.referee = Referee()
        self._hours = hours
        self._chance = self.timeline.chance("fate")
        self._trace = hashlib.blake2b(digest_size=16)
        self.host = self.referee.host = Host(self.timeline, folder, self._on_write)
        self._modes: list[RecoverMode] = ["interrupt", "requeue"]
        self._clients = [self._client(f"c{number}") for number in range(CLIENTS)]
        self._kills = self._power_cuts = self._dooms = self._stops = 0
        self._is_inspected = False
        # Set by a doom in the midst of what the process does.
        self._is_over = False

    def _client(self, name: str) -> Client:
        referee = self.referee
        chance = self.timeline.chance(f"{name} wishes")
        wishes = Wishes(
            name, chance, referee.model, referee.mailboxes, referee.log, self.host.source
        )

        def left(link: Link) -> None:
            referee.forget_link(link.number)

        return Client(name, self.timeline, self.host.connect, wishes, referee.sent, left)

    def _on_write(self, link: Link, data: bytes) -> None:
        if not self.host.is_alive:
            return
        self._note(b"%d %d " % (self.timeline.now_us, link.number) + data)
        messages, rest = unframe(data)
        assert not rest, "a write ends within a message"
        for text in messages:
            message = msgspec.json.decode(text)
            for each in message if isinstance(message, list) else [message]:
                self.referee.wrote(link, each)

    def _note(self, what: bytes) -> None:
        self._trace.update(what)

    # -- time --------------------------------------------------------------------------------------

    def run(self) -> Report:
        """Live for so many hours, then end in peace and look at what is left."""
        with narrow(self.timeline):
            try:
                self._start()
                self.timeline.after(MOOD_US, self._change_mood)
                self._live(int(self._hours * HOUR_US))
                self._end()
            finally:
                self.host.close()
        return self._report()

    def _live(self, until_us: int) -> None:
        timeline, calm = self.timeline, self._chance.randrange(*CALM)
        while timeline.now_us < until_us:
            if timeline.next_us - timeline.now_us > QUIET_US and not self._is_inspected:
                self._inspect()
            else:
                timeline.step()
                self._is_inspected = False
            if self._is_over:
                self._is_over = False
                self._bury()
            calm -= 1
            if calm <= 0 and self.host.is_alive:
                calm = self._chance.randrange(*CALM)
                self._strike()

    def _change_mood(self) -> None:
        self.host.disk.change_mood()
        self.timeline.after(self._chance.randrange(MOOD_US), self._change_mood)

    # -- disasters ---------------------------------------------------------------------------------

    def _strike(self) -> None:
        chance = self._chance.random()
        if chance < 0.35:
            self._kill(is_power_cut=self._chance.random() < 0.4)
            self._bury()
        elif chance < 0.6:
            is_power_cut = self._chance.random() < 0.5
            self.host.disk.doom(self._chance.randrange(1, 40), lambda: self._doom(is_power_cut))
        elif chance < 0.75:
            self._note(b"stop")
            self.host.daemon.stop()
        else:
            sign = self._chance.choice((-1, 1))
            self.host.source.jump_ms(sign * self._chance.randrange(self._chance.choice(JUMPS_MS)))

    def _kill(self, *, is_power_cut: bool) -> None:
        self._note(b"kill %d" % is_power_cut)
        self._kills += not is_power_cut
        self._power_cuts += is_power_cut
        self.host.kill(is_power_cut=is_power_cut)

    def _doom(self, is_power_cut: bool) -> None:  # noqa: FBT001
        if self.host.is_alive:
            self._dooms += 1
            self._kill(is_power_cut=is_power_cut)
            self._is_over = True

    def _stopped(self) -> None:
        self._stops += 1
        self._bury()

    def _bury(self) -> None:
        self.host.bury()
        # Short, mostly.
        down_us = self._chance.randrange(*DOWN_US) // self._chance.choice((1, 100, 10_000))
        self.timeline.after(down_us, self._start)

    def _start(self) -> None:
        mode = self._chance.choice(self._modes)
        daemon = self.host.start(mode)
        self._note(b"start %d" % daemon.database.epoch)
        self.referee.recovered(daemon, mode)
        self.host.serve(self._stopped, lambda: self.referee.watch_desk(daemon))

    # -- rest --------------------------------------------------------------------------------------

    def _inspect(self) -> None:
        self._is_inspected = True
        if not self.host.is_resting:
            return
        self.referee.inspect()
        for client in self._clients:
            link = client.link
            if link is None or not link.is_reading() or link.is_stalled or not link.is_settled:
                continue
            for asked in client.outstanding.values():
                keys = [(link.number, b"%d" % number) for number in asked.mates]
                if link.is_heard and all(self.referee.owes(key) for key in keys):
                    raise Wrong(f"{asked} has no answer")

    def _end(self) -> None:
        """Start once more, if need be, and hold everything against the model."""
        while not self.host.is_resting:
            self.timeline.step()
            if self._is_over:
                self._is_over = False
                self._bury()
        database = self.host.daemon.database
        self.referee.compare(database)
        findings = upkeep.check(self.host.database_path, full=True)
        if findings:
            raise Wrong(f"the file is not as it must be: {findings}")
        self.host.kill(is_power_cut=False)
        self.host.bury()

    def _report(self) -> Report:
        return Report(
            seed=self.timeline.seed,
            hours=self._hours,
            trace=self._trace.hexdigest(),
            requests=self.referee.requests,
            refusals=self.referee.refusals,
            answers=self.referee.delivered,
            events=len(self.referee.log),
            told=sum(client.events for client in self._clients),
            connections=self.host.connections,
            kills=self._kills,
            power_cuts=self._power_cuts,
            dooms=self._dooms,
            stops=self._stops,
            jumps=self.host.source.jumps,
            syncs=self.host.disk.syncs,
        )
