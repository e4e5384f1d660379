"""The clock of a process that lives in a simulated world. The protocol and its argument are in `link.py`."""

from __future__ import annotations

import json
import socket
from datetime import datetime
from pathlib import Path

from hardware.errors import DeviceLost
from hardware.simulated.link import HOLDS, NEVER, REST, STATUS, STILL, TURN, WAKE, clock_path, connect
from hardware.simulated.loop import Events, FreeRunning, VirtualLoop


class Follower(FreeRunning):
    """The governor of a service in the world at `folder`: its time is the world's, and it runs when it has the turn.

    DeviceNotOpened where no world is. When the world goes away the loop ends with DeviceLost; what cleans up after that
    runs on a clock of its own.
    """

    def __init__(self, folder: str | Path) -> None:
        super().__init__()
        self._path = clock_path(folder)
        self._link: socket.socket | None = None
        self._number = 0
        self._may_deliver = False

    def bind(self, loop: VirtualLoop) -> None:
        """Waits until the world gives the first turn."""
        super().bind(loop)
        link = self._link = connect(self._path)
        loop.watch(link, self)
        with link.makefile("rb", buffering=0) as lines:
            welcome = lines.readline()
        if not welcome:
            raise self._lost()
        self.epoch = datetime.fromisoformat(json.loads(welcome)["epoch"])
        self._take_turn(link)

    def wait(self) -> Events:
        """Ends the turn when nothing is left to do in it; returns in the next turn that has something to do."""
        loop, link = self._loop, self._link
        if link is None:
            return super().wait()
        holding = self._holding()
        events = loop.poll(0)
        kind = REST
        while not events:
            self._say(link, kind, holding)
            kind = STILL
            holding, events = self._rest(link, holding)
            if not events:
                timer = loop.next_timer()
                if (self._may_deliver and loop.jobs.deliver()) or (timer is not None and timer <= loop.time()):
                    break
        return events

    def _holding(self) -> tuple[int, int]:
        """To be asked before looking what came, as in FreeRunning."""
        return self._loop.holds.count(), self._loop.jobs.busy()

    def _rest(self, link: socket.socket, told: tuple[int, int]) -> tuple[tuple[int, int], Events]:
        """Until the next turn: what this process holds, and what is readable, at its beginning."""
        loop = self._loop
        while True:
            holding = self._holding()
            if holding != told:
                self._say(link, HOLDS, holding)
                told = holding
            events = loop.poll(None)
            if self in loop.marks:
                self._take_turn(link)
                return holding, events
            if events:
                self._say(link, WAKE, holding)
                self._take_turn(link)
                return self._holding(), loop.poll(0)

    def _say(self, link: socket.socket, kind: int, holding: tuple[int, int]) -> None:
        loop = self._loop
        timer = loop.next_timer()
        try:
            link.sendall(STATUS.pack(self._number, NEVER if timer is None else timer, *holding, loop.jobs.done(), kind))
        except OSError as error:
            raise self._lost() from error

    def _take_turn(self, link: socket.socket) -> None:
        try:
            turn = link.recv(TURN.size, socket.MSG_WAITALL)
        except OSError as error:
            raise self._lost() from error
        if len(turn) != TURN.size:
            raise self._lost()
        now, self._number, self._may_deliver = TURN.unpack(turn)
        self._loop.set_time(now)

    def _lost(self) -> DeviceLost:
        self.close()
        return DeviceLost(f"the simulated world at {self._path.parent} has ended; start it again, then this service")

    def close(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            self._loop.unwatch(link)
            link.close()
