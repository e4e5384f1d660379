"""The cycle at the stand: wait until the next code may be shown, let one unit have its time, wait until the stand is empty."""

from __future__ import annotations

import asyncio

from station.bench.desk import Desk, Question, Shows, View
from station.bench.minting import MintAhead, Prepared
from station.bench.record import Record, new_id, set_by
from station.bench.revoking import revoke
from station.bench.showing import Showing
from station.domain.enrollment import Attempt, HoldReason, State
from station.domain.errors import AskOperator, ServiceRefused, TryAgain
from station.ports import Display, Minting, Pictures, Sighting, Witness

HELD_QUESTIONS: dict[HoldReason, tuple[str, tuple[str, ...]]] = {
    HoldReason.INTERRUPTED: ("interrupted", ("scanned", "show_again", "set_aside", "fail")),
    HoldReason.UNWITNESSED: ("not_scanned", ("scanned", "show_again", "set_aside", "fail")),
    HoldReason.EXPIRED: ("expired", ("show_again", "set_aside", "fail")),
}
NOT_REVOKED = (TryAgain, ServiceRefused, AskOperator)  # a token that nobody uses ends by its lifetime too


class Cycle:
    """Owns the stand and the attached screen; at most one unit is before the camera."""

    def __init__(
        self,
        record: Record,
        minting: MintAhead,
        service: Minting,
        display: Display,
        witness: Witness | None,
        pictures: Pictures | None,
    ) -> None:
        self._record = record
        self._minting = minting
        self._service = service
        self._display = display
        self._witness = witness
        self._pictures = pictures
        self._empty_run = 0
        self._last_screen: Shows = "none"
        self.showing: Showing | None = None
        record.desk.listeners += [self._heed_stop, self._say_step]

    @property
    def _desk(self) -> Desk:
        return self._record.desk

    # --- what comes in ---------------------------------------------------------------------------------------------------

    def hear(self, sighting: Sighting) -> None:
        """One sighting of the camera, in order."""
        desk = self._desk
        self._empty_run = self._empty_run + 1 if sighting.stand == "empty" else 0
        view, before = _view(sighting), (desk.view, desk.stand_clear, desk.shows, desk.followed)
        desk.view = view
        if sighting.screen == self._last_screen:  # twice alike: a doubtful frame alone is not told
            desk.shows = sighting.screen
        self._last_screen = sighting.screen
        if self._empty_run >= desk.timing.settle and not desk.code_up:
            desk.stand_clear, desk.leaving = True, None
        elif view in {"phone", "code", "two_phones"}:
            desk.stand_clear = False
        if self.showing:
            self.showing.hear(sighting)
        desk.followed = view == "code" and self.showing is not None and self.showing.followed
        if (desk.view, desk.stand_clear, desk.shows, desk.followed) != before:
            desk.ring()

    def camera_lost(self, why: str) -> None:
        """The camera stopped answering: the bench goes on by attestation until it is back."""
        self._desk.view, self._desk.shows, self._desk.followed = "absent", "none", False
        self._desk.part("camera", "lost", why)
        if self.showing:
            self.showing.tell("changed")
        self._desk.ring()

    def camera_back(self) -> None:
        self._desk.part("camera", "ok")

    def display_changed(self) -> None:
        """The attached screen's window came or went."""
        self._desk.part(
            "display", "ok" if self._display.attached else "lost", "" if self._display.attached else "no window is attached"
        )
        if self.showing and self._desk.code_up:
            self.showing.tell("recheck")

    def paused(self) -> None:
        """The batch was paused: nothing may stay up."""
        if self.showing and self._desk.code_up:
            self.showing.tell("recheck")

    def _heed_stop(self) -> None:
        if self._desk.stopped is not None and self.showing:
            self.showing.tell("changed")

    def _say_step(self) -> None:
        if self.showing and self._desk.code_up:
            self.showing.say_step()

    def moved(self, enrollment: str) -> None:
        """Somebody else moved this enrollment."""
        if self.showing and self.showing.enrollment == enrollment:
            self.showing.tell("changed")

    def show_again(self) -> bool:
        """Show the unit's code once more; False when none is before the camera."""
        if self.showing is None:
            return False
        self.showing.tell("again")
        return True

    async def withdraw(self, enrollment: str) -> None:
        """Take this enrollment's code down, if it is up."""
        if self.showing and self.showing.enrollment == enrollment:
            self.showing.withdrawn = True
            await self.showing.take_down()

    def resume(self, enrollment: str) -> None:
        """What its code was withdrawn for did not come about."""
        if self.showing and self.showing.enrollment == enrollment:
            self.showing.withdrawn = False
            self.showing.tell("recheck")
            self._desk.ring()

    def declare_empty(self) -> None:
        """An operator says that the stand is empty."""
        desk = self._desk
        desk.stand_clear, desk.leaving = True, None
        desk.overrides += 1
        desk.ring()

    async def ask_about_held(self) -> None:
        """A held unit whose phone is on the stand, or that was up when the bench stopped, is asked about: one question at a time."""
        desk = self._desk
        while True:
            if desk.question is None and self.showing is None:
                desk.question = held_question(desk)
                if desk.question is not None:
                    desk.ring()
            await desk.next_ring()

    # --- the cycle ---------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Unit after unit, for as long as the service runs."""
        while True:
            await self._desk.until(self._may_show)
            prepared = self._minting.take()
            if self._desk.batch is None or prepared.enrollment.batch != self._desk.batch.id:
                await self._minting.drop(prepared.lease)  # another batch runs by now; the token stays usable for its own
            elif self._minting.fresh(prepared):
                await self._unit(prepared)
            else:
                await self._discard(prepared, "expired")

    def _may_show(self) -> bool:
        desk = self._desk
        if desk.stopped or desk.question or desk.testing or not desk.stand_clear or desk.on_stand() or not self._display.attached:
            return False
        if desk.batch is None or desk.batch.state != "running" or not self._minting.ready:
            return False
        return desk.timing.trays == 0 or desk.free_tray() is not None

    async def _discard(self, prepared: Prepared, why: str) -> None:
        try:
            await self._minting.discard(prepared, why)
        except NOT_REVOKED as error:
            self._desk.part("service", "lost", str(error))

    async def _revoke(self, attempt: Attempt) -> None:
        try:
            await revoke(self._record, self._service, attempt)
        except NOT_REVOKED as error:
            self._desk.part("service", "lost", str(error))

    async def _unit(self, prepared: Prepared) -> None:
        desk, record = self._desk, self._record
        fresh = await record.ledger.enrollment(prepared.enrollment.id)
        if fresh.state is not State.QUEUED or fresh.revision != prepared.enrollment.revision:
            await self._discard(prepared, "superseded")
            return
        desk.unit, desk.attempt = fresh, prepared.attempt
        desk.ring()
        try:
            if await self._labelled(prepared.enrollment.revision):
                self.showing = Showing(record, self._display, self._witness, prepared, self._pictures)
                await self.showing.run()
                if self.showing.expired_unseen:
                    await self._revoke(prepared.attempt)
        finally:
            self.showing = None
            await asyncio.shield(self._leave(prepared))

    async def _labelled(self, revision: int) -> bool:
        """Whether this unit's label is known, where the batch demands one. False when the unit left the queue meanwhile, or is another
        by now than that which its code was made for."""
        desk = self._desk
        if desk.batch is None or desk.batch.identity != "label":
            return True
        desk.wants_label = True
        desk.ring()
        try:
            await desk.until(lambda: self._has_label() or not self._still_queued(revision))
        finally:
            desk.wants_label = False
        return self._still_queued(revision)

    def _has_label(self) -> bool:
        unit = self._desk.unit
        return unit is not None and self._desk.on_stand(unit.id) is not None

    def _still_queued(self, revision: int) -> bool:
        unit, batch = self._desk.unit, self._desk.batch
        return (
            unit is not None
            and unit.state is State.QUEUED
            and unit.revision == revision
            and batch is not None
            and batch.state == "running"
        )

    async def _leave(self, prepared: Prepared) -> None:
        """The unit is no longer before the camera: its phone goes to the rack, or stays where a question found it."""
        desk = self._desk
        await self._minting.drop(prepared.lease)
        async with self._record.turn:
            left = await self._record.ledger.enrollment(prepared.enrollment.id)
            phone = desk.on_stand(left.id)
            if phone is not None and phone.attempt != left.attempt:
                await set_by(self._record, phone)
        if left.state is not State.QUEUED or desk.view != "empty":  # a stand that no camera sees counts as taken
            desk.stand_clear = False
            self._empty_run = 0
        booked = (phone.tray for phone in desk.phones.values() if phone.enrollment == left.id and phone.place == "tray")
        desk.leaving = next(booked, None)
        desk.last = left
        desk.unit = desk.attempt = None
        desk.ring()


def _view(sighting: Sighting) -> View:
    if sighting.phones > 1:
        return "two_phones"
    if sighting.screen == "code":
        return "code"
    return sighting.stand


def held_question(desk: Desk) -> Question | None:
    """What to ask about the unit that keeps the stand from its next user, if one does."""
    stand = desk.on_stand()
    for unit in desk.units.values():
        here = stand is not None and stand.enrollment == unit.id
        if unit.state is not State.HELD or not (here or unit.reason is HoldReason.INTERRUPTED):
            continue
        kind, answers = HELD_QUESTIONS.get(unit.reason or HoldReason.FAULT, ("held", ("set_aside", "fail")))
        return Question(new_id("q"), kind, unit.id, answers)
    return None
