"""The clock of the world, which moves time for itself and for all who follow. The protocol and its argument are in `link.py`."""

from __future__ import annotations

import asyncio
import json
import os
import select
import socket
import struct
from datetime import datetime
from pathlib import Path
from typing import Final

from hardware.simulated.link import NEVER, PATIENCE, REST, STATUS, STILL, TURN, WAKE, clock_path, listen
from hardware.simulated.loop import EPOCH, Events, FreeRunning, VirtualLoop

DYING: Final = 2.0  # real seconds that a follower that left is given to end, so that its other sockets are closed too


class Conductor(FreeRunning):
    """The governor of the world. Listens in `folder` from its construction on; DeviceNotOpened where it cannot.

    expected: followers without which time stands still. downtime: seconds that pass once when a follower goes away and
    fewer than expected are left; only then is the next one let in. Both may be changed at any time. changed: set whenever
    a follower comes or goes.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        expected: int = 1,
        downtime: float = 0.0,
        pace: float | None = None,
        epoch: datetime = EPOCH,
    ) -> None:
        super().__init__(pace=pace, epoch=epoch)
        self.expected = expected
        self.downtime = downtime
        self.changed = asyncio.Event()
        self._path = clock_path(folder)
        self._listener = listen(self._path)
        self._callers: list[socket.socket] = []
        self._followers: list[_Followed] = []
        self._standstill = 0.0  # how far time may go while followers are missing
        self._news = False

    @property
    def attached(self) -> int:
        """How many followers there are."""
        return len(self._followers)

    async def wait_for(self, attached: int) -> None:
        """Returns when there are as many followers."""
        while self.attached != attached:
            self.changed.clear()
            await self.changed.wait()

    def bind(self, loop: VirtualLoop) -> None:
        super().bind(loop)
        loop.watch(self._listener, self._listener)

    def wait(self) -> Events:
        """The world is quiet: gives everybody a turn, and when nothing is left to do moves time."""
        loop = self._loop
        self._make_due(self._followers)
        stuck = False  # nothing can happen before something real does
        patient = True
        while True:
            alone = patient and loop.holds.alone()
            late = not alone and self._give_turns()
            held, busy = loop.holds.count(), loop.jobs.busy()  # before looking, as in FreeRunning
            events = loop.poll(PATIENCE if alone else None if stuck or late else 0)
            self._heed(loop.marks)
            if events or self._news:
                self._news = False
                return events
            stuck = False
            if alone:
                patient = bool(loop.marks)
                continue
            if loop.marks or late:
                continue
            busy += sum(follower.busy for follower in self._followers)
            held += sum(follower.held for follower in self._followers)
            moved = self._deliver() if busy <= 0 else None
            if moved is None and held <= 0 and not self._anybody_due():
                moved = self._go_on()
            if moved is not None:
                return moved
            stuck = not self._anybody_due()

    def _deliver(self) -> Events | None:
        """Answers of executors: the world's, or else everybody's in a turn of their own. None when the world itself has none."""
        if self._loop.jobs.deliver():
            return []
        self._make_due([follower for follower in self._followers if follower.undelivered], deliver=True)
        return None

    def _go_on(self) -> Events | None:
        """Nobody has anything to do: newcomers, then time. None when the world itself still has nothing to do."""
        loop = self._loop
        if self._welcome():
            return []
        own = loop.next_timer()
        target = min([NEVER if own is None else own, *(follower.next for follower in self._followers)])
        if self.attached < self.expected:
            target = min(target, self._standstill)
        if not loop.time() < target < NEVER:
            return None
        events = self.move(target)
        if loop.time() < target or own == target:
            return events
        self._make_due(self._followers)
        return None

    def _anybody_due(self) -> bool:
        return any(follower.due for follower in self._followers)

    def _make_due(self, followers: list[_Followed], *, deliver: bool = False) -> None:
        for follower in followers:
            follower.due = True
            follower.deliver = deliver

    def _give_turns(self) -> bool:
        """One after the other has its turn, until nobody is due. True when one takes so long that the world goes on meanwhile."""
        while due := [follower for follower in self._followers if follower.due or follower.running]:
            for follower in due:
                self._give_turn(follower)
                if follower.late:
                    return True
                if follower.ran and self.attached > 1:  # it may have sent something to another
                    self._make_due([other for other in self._followers if other is not follower])
        return False

    def _give_turn(self, follower: _Followed) -> None:
        try:
            if follower.due and not follower.running:
                follower.give(self._loop.time())
            while follower.running and not follower.late:
                follower.hear()
        except BlockingIOError:
            follower.late = True
        except ConnectionError:
            self._leave(follower)

    def _heed(self, marks: list[object]) -> None:
        """Takes what came over the links: newcomers, what followers said without having the turn, their end."""
        for mark in marks:
            if mark is self._listener:
                self._callers.append(self._listener.accept()[0])
            elif isinstance(mark, _Followed) and mark in self._followers:
                try:
                    mark.hear()
                except ConnectionError:
                    self._leave(mark)

    def _welcome(self) -> bool:
        """Lets one caller in, when its time has come; True when there is a new follower."""
        missing = self.attached < self.expected
        while self._callers and (not missing or self._loop.time() >= self._standstill):
            follower = _Followed(self._callers.pop(0))
            try:
                follower.welcome(self.epoch)
            except ConnectionError:
                follower.close()
                continue
            self._followers.append(follower)
            self._loop.watch(follower.link, follower)
            self.changed.set()
            return True
        return False

    def _leave(self, follower: _Followed) -> None:
        self._followers.remove(follower)
        self._loop.unwatch(follower.link)
        follower.late = False
        follower.await_end()
        follower.close()
        if self.attached < self.expected:
            self._standstill = self._loop.time() + self.downtime
        self._news = True
        self.changed.set()

    def close(self) -> None:
        for follower in self._followers:
            follower.close()
        for caller in self._callers:
            caller.close()
        self._listener.close()
        self._path.unlink(missing_ok=True)


class _Followed:
    """One follower as the world knows it, from what it last said."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.next = NEVER
        self.held = 0
        self.busy = 0
        self.undelivered = 0
        self.due = True  # is to have a turn
        self.deliver = False  # and may deliver answers in it
        self.running = False  # has the turn
        self.late = False  # has had it for so long that the world waits for it beside other things
        self.ran = False  # did something in its last turn
        self._number = 0
        seconds, fraction = divmod(PATIENCE, 1)
        link.setblocking(True)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", int(seconds), int(fraction * 1e6)))
        self._process = _process_of(link)

    def welcome(self, epoch: datetime) -> None:
        """Tells what virtual time 0 is. ConnectionError when it has gone away."""
        self.link.sendall(json.dumps({"epoch": epoch.isoformat()}).encode() + b"\n")

    def give(self, now: float) -> None:
        """Gives it the turn. ConnectionError when it has gone away."""
        self._number += 1
        self.link.sendall(TURN.pack(now, self._number, self.deliver))
        self.due, self.running, self.ran = False, True, False

    def hear(self) -> None:
        """Takes one word from it. BlockingIOError when none comes for PATIENCE; ConnectionError when it has gone away."""
        said = self.link.recv(STATUS.size)
        if len(said) != STATUS.size:
            raise ConnectionResetError
        number, upcoming, held, busy, undelivered, kind = STATUS.unpack(said)
        if number != self._number:
            return  # said before it had the turn that it has now
        self.next, self.held, self.busy, self.undelivered = upcoming, held, busy, undelivered
        if kind == WAKE:
            self.due = True
        elif kind in (REST, STILL):
            self.running = self.late = False
            self.ran = kind == REST

    def await_end(self) -> None:
        """Waits up to DYING for its process to end: until then the world could meet its open sockets at any moment."""
        if self._process is not None:
            ending = select.poll()
            ending.register(self._process, select.POLLIN)
            ending.poll(DYING * 1000)

    def close(self) -> None:
        self.link.close()
        if self._process is not None:
            os.close(self._process)
            self._process = None


def _process_of(link: socket.socket) -> int | None:
    """A descriptor that becomes readable when the peer's process has ended; None when it is this one, or gone."""
    pid, _, _ = struct.unpack("3i", link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if pid == os.getpid():
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None
