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
        self._may_deliver = False  # the world's leave was for the moment at which the turn began
        held = loop.holds.count()  # before looking, as in FreeRunning
        events = loop.poll(0)
        kind = REST
        while not events:
            if (held <= 0 or self._may_deliver) and loop.jobs.deliver():
                break
            timer = loop.next_timer()
            if timer is not None and timer <= loop.time():
                break
            self._say(link, kind, held)
            kind = STILL
            held, events = self._rest(link, held)
        return events

    def _rest(self, link: socket.socket, told: int) -> tuple[int, Events]:
        """Until the next turn: the holds and what is readable at its beginning."""
        loop = self._loop
        while True:
            held = loop.holds.count()
            if held != told:
                self._say(link, HOLDS, held)
                told = held
            events = loop.poll(None)
            if self in loop.marks:
                self._take_turn(link)
                return held, events
            if events:
                self._say(link, WAKE, held)
                self._take_turn(link)
                return loop.holds.count(), loop.poll(0)

    def _say(self, link: socket.socket, kind: int, held: int) -> None:
        loop = self._loop
        timer = loop.next_timer()
        status = STATUS.pack(self._number, NEVER if timer is None else timer, held, loop.jobs.done(), kind)
        try:
            link.sendall(status)
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
