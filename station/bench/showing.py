"""One unit before the camera: its code goes up, the phone is watched, the code is taken down. Ends when the unit leaves SHOWING."""

from __future__ import annotations

import asyncio
import contextlib
import math
from dataclasses import dataclass, replace
from typing import Literal

from station.bench.desk import Desk, Question
from station.bench.minting import Prepared
from station.bench.record import Record, arrived, leave_stand, new_id, phone_fact
from station.domain.enrollment import (
    Attempt,
    CodeShown,
    Held,
    HoldReason,
    Requeued,
    ScanWitnessed,
    ShowOrdered,
    State,
)
from station.domain.errors import PartLost
from station.domain.evidence import Evidence
from station.domain.scanwatch import Outcome, Rules, Watch, see
from station.ports import BENCH, CAMERA, Change, Display, Effect, Fact, Sighting, Witness

ANSWERS_SHOWING = ("scanned", "show_again", "set_aside")
REFUSED_PAUSE = 1.0  # seconds until a window that is there, but cannot show the code, is asked again
LEAST_LEFT = 60.0  # a code that runs out sooner is not put up: the phone redeems it only after its downloads


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that the unit on the stand must react to. `again`: show it once more. `recheck`: paused, or the screen went."""

    kind: Literal["outcome", "changed", "again", "recheck"]
    outcome: Outcome | None = None
    sighting: Sighting | None = None


class Showing:
    """The time of one prepared unit on the attached screen."""

    def __init__(self, record: Record, display: Display, witness: Witness | None, prepared: Prepared, attempt: Attempt) -> None:
        self._record = record
        self._display = display
        self._witness = witness
        self._prepared = prepared
        self._attempt = attempt
        self._signals: asyncio.Queue[Signal] = asyncio.Queue()
        self._watch = Watch()
        self._rules = Rules()
        self._deadline = 0.0
        self.withdrawn = False  # somebody is about to give this code up
        self._blind = False  # for a time no camera watched the code
        self.expired_unseen = False  # it ran out and no phone ever came: nothing of it is in doubt

    @property
    def _desk(self) -> Desk:
        return self._record.desk

    @property
    def enrollment(self) -> str:
        return self._prepared.enrollment.id

    # --- what comes in ---------------------------------------------------------------------------------------------------

    def hear(self, sighting: Sighting) -> None:
        """One sighting while this unit is before the camera."""
        if not self._desk.code_up:
            return
        if self._asked() == "no_camera":  # it sees again
            self._desk.question = None
            self._deadline = self._record.clock.now() + self._desk.timing.idle
            self.tell("changed")
        self._watch, news = see(self._watch, sighting, self._rules)
        for outcome in news:
            self._signals.put_nowait(Signal("outcome", outcome, sighting))

    def tell(self, kind: Literal["changed", "again", "recheck"]) -> None:
        """Something happened to this unit outside of the camera's view."""
        self._signals.put_nowait(Signal(kind))

    # --- its course --------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Order, show, watch. The code is down when this returns or is cancelled."""
        effect = Effect(new_id("f"), "show", self._attempt.id, self._record.clock.now(), self._attempt.token)
        if not await self._order(effect):
            return
        try:
            await self._put_up(effect)
            while not self._left():
                await self._react()
        finally:
            if self._asked():
                self._desk.question = None
            await asyncio.shield(self.take_down())

    async def _order(self, effect: Effect) -> bool:
        record = self._record
        async with record.turn:
            enrollment = await record.ledger.enrollment(self.enrollment)
            if enrollment.state is not State.QUEUED:
                return False
            phone = self._desk.on_stand(enrollment.id)
            self._attempt = replace(self._attempt, phone=phone.id if phone else None)
            phones = (replace(phone, attempt=self._attempt.id),) if phone else ()
            change = Change(BENCH, attempts=(self._attempt,), phones=phones, effects=(effect,), lease=self._prepared.lease)
            await record.move(enrollment, ShowOrdered(self._attempt.id), change=change)
        return True

    async def _put_up(self, effect: Effect) -> None:
        """The picture goes up; without a screen, or while the batch is paused, as soon as it may."""
        desk, old = self._desk, False
        while not self._left():
            await desk.until(lambda: self._may_go_up() or self._left())
            old = await self._too_old()
            if old or self._left():
                break
            self._watch, self._signals = Watch(), asyncio.Queue()
            self._deadline = self._record.clock.now() + desk.timing.idle
            if self._witness:
                self._witness.expect(self._prepared.symbol)
            desk.code_up = True  # frames count from here on: a phone that is aimed already reads within a frame or two
            try:
                await self._display.show(self._prepared.symbol)
            except PartLost as why:
                desk.code_up = False
                desk.part("display", "lost", str(why))
                await asyncio.sleep(REFUSED_PAUSE)
                continue
            desk.part("display", "ok")
            await self._shown(effect)
            return
        await self._record.settle(effect, "refused")
        if old:
            await self._ran_out()

    async def _too_old(self) -> bool:
        """Whether no phone should begin with this code any more: it runs out, or its token was revoked."""
        attempt = await self._current()
        return attempt.ended is not None or self._usable_for() < LEAST_LEFT

    def _usable_for(self) -> float:
        """Seconds until the token runs out."""
        expires = self._attempt.expires
        return math.inf if expires is None else expires - self._record.clock.now()

    async def _current(self) -> Attempt:
        """The attempt as the record has it: its token may have been revoked meanwhile."""
        return await self._record.ledger.attempt(self._attempt.id) or self._attempt

    async def _shown(self, effect: Effect) -> None:
        record = self._record
        async with record.turn:
            enrollment = await record.ledger.enrollment(self.enrollment)
            done = replace(effect, outcome="done")
            if enrollment.state is not State.SHOWING:
                await record.commit(Change(BENCH, effects=(done,)))
                return
            if self._attempt.shown is None:
                self._attempt = replace(await self._current(), shown=record.clock.now())
                change = Change(BENCH, attempts=(self._attempt,), effects=(done,))
                await record.move(enrollment, CodeShown(self._attempt.id), change=change)
            else:
                fact = Fact("CodeShownAgain", {"attempt": self._attempt.id}, enrollment.batch, enrollment.id)
                await record.commit(Change(BENCH, effects=(done,), facts=(fact,)))

    def _left(self) -> bool:
        unit, stopped = self._desk.unit, self._desk.stopped is not None
        return stopped or unit is None or unit.id != self.enrollment or unit.state is not State.SHOWING

    def _may_go_up(self) -> bool:
        batch = self._desk.batch
        return self._display.attached and batch is not None and batch.state == "running" and not self.withdrawn

    def _asked(self) -> str | None:
        """The kind of the question that is open about this unit."""
        question = self._desk.question
        return question.kind if question is not None and question.enrollment == self.enrollment else None

    async def take_down(self) -> None:
        """The code leaves the screen, the camera expects nothing more."""
        desk = self._desk
        if self._witness:
            self._witness.expect(None)
        if not desk.code_up:
            return
        try:
            await self._display.blank()
        except PartLost as why:
            desk.part("display", "lost", str(why))  # a window that lost the service blanks itself
        desk.code_up = False
        desk.ring()

    # --- while it is up ------------------------------------------------------------------------------------------------------

    async def _react(self) -> None:
        desk = self._desk
        if (self._witness is None or desk.view == "absent") and desk.code_up and not self._asked():
            self._blind = True
            self._question("no_camera", ANSWERS_SHOWING)  # the code stays up: only a person can see the scan
        try:
            async with asyncio.timeout(self._patience()):
                signal = await self._signals.get()
        except TimeoutError:
            await self._time_is_up()
            return
        match signal:
            case Signal("outcome", "phone_seen"):
                self._deadline = self._record.clock.now() + desk.timing.scan
            case Signal("outcome", "code_seen", sighting):
                await self._phone_came(sighting)
            case Signal("outcome", "scanned", sighting):
                await self._scanned(sighting)
            case Signal("outcome", "went_back" | "pulled_away" | "two_phones" as kind):
                await self._ask(kind)
            case Signal("again"):
                await self._again()
            case Signal("recheck"):
                await self._recheck()

    def _patience(self) -> float | None:
        """How long until the code must come down: a person may take their time, a token does not."""
        left = math.inf if self._asked() else self._deadline - self._record.clock.now()
        if self._desk.code_up or not self._asked():
            left = min(left, self._usable_for())
        return None if left == math.inf else max(0.0, left)

    async def _phone_came(self, sighting: Sighting | None) -> None:
        """The phone counts as received from the moment that it saw the code, or was looked for in vain."""
        record = self._record
        async with record.turn:
            enrollment = await record.ledger.enrollment(self.enrollment)
            if self._attempt.phone is not None or enrollment.state is not State.SHOWING:
                return
            phone = await arrived(record, enrollment, self._attempt)
            self._attempt = replace(await self._current(), phone=phone.id)
            evidence: tuple[Evidence, ...] = ()
            if sighting is not None:
                facts: dict[str, str | int | float | bool | None] = {"score": round(sighting.score, 3)}
                evidence = (Evidence("phone_seen", record.clock.now(), CAMERA.name, self._attempt.id, facts),)
            change = Change(CAMERA, attempts=(self._attempt,), phones=(phone,), evidence=evidence, facts=(phone_fact(phone),))
            await record.commit(change)

    async def _scanned(self, sighting: Sighting | None) -> None:
        await self._phone_came(sighting)
        record, desk = self._record, self._desk
        async with record.turn:
            enrollment, phone = await record.ledger.enrollment(self.enrollment), await record.phone_of(self._attempt)
            if enrollment.state is State.SHOWING and phone is not None:
                now = record.clock.now()
                self._attempt = replace(await self._current(), scanned=now, ended="scanned")
                witness = Evidence("witness", now, CAMERA.name, self._attempt.id, self._witnessed(sighting))
                event = ScanWitnessed(self._attempt.id, desk.free_tray(), now + desk.timing.overdue)
                change = Change(CAMERA, attempts=(self._attempt,), evidence=(witness,))
                await leave_stand(record, enrollment, phone, (event,), change)
        await self.take_down()

    def _witnessed(self, sighting: Sighting | None) -> dict[str, str | int | float | bool | None]:
        facts: dict[str, str | int | float | bool | None] = {
            "frames": self._watch.code_frames,
            "best_score": round(self._watch.best, 3),
            "simulated": bool(self._witness and self._witness.simulated),
        }
        if sighting is not None and self._watch.code_at is not None:
            facts["seconds_code_to_setup"] = round(sighting.at - self._watch.code_at, 3)
        return facts

    # --- when only a person knows ----------------------------------------------------------------------------------------------

    def _question(self, kind: str, answers: tuple[str, ...]) -> None:
        self._desk.question = Question(new_id("q"), kind, self.enrollment, answers)
        self._desk.ring()

    async def _ask(self, kind: str) -> None:
        """Take the code down and ask."""
        await self.take_down()
        if self._left():
            return
        self._question(kind, ANSWERS_SHOWING)
        unit = self._prepared.enrollment
        await self._record.commit(Change(BENCH, facts=(Fact("OperatorNeeded", {"question": kind}, unit.batch, unit.id),)))

    async def _again(self) -> None:
        """The same code once more: it was not read, so this is still the one showing of this attempt."""
        self._desk.question = None
        if await self._too_old():
            await self._ran_out()
            return
        effect = await self._record.intend("show", self._attempt.id, token=self._attempt.token)
        await self._put_up(effect)

    async def _recheck(self) -> None:
        """Paused, or the screen went away: a code that no phone has seen may come up again; else a person is asked."""
        await self.take_down()
        if self._left() or self._asked():
            return
        if self._watch.code:
            await self._ask("went_back")
        else:
            await self._again()

    async def _time_is_up(self) -> None:
        """Nothing came of it. With a phone there a person must look; without one the code stays down until one comes."""
        desk = self._desk
        await self.take_down()
        if self._usable_for() <= 0:
            await self._ran_out()
        elif self._watch.phone:
            await self._hold(HoldReason.UNWITNESSED, "no scan was seen in time")
        else:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self._usable_for() - LEAST_LEFT)):
                    # without a camera nobody would see one come
                    await desk.until(lambda: desk.view in {"phone", "code", "two_phones", "absent"} or self._left())
            if not self._left():
                await self._again()

    async def _ran_out(self) -> None:
        await self.take_down()
        if self._watch.phone or self._attempt.phone is not None:
            await self._hold(HoldReason.EXPIRED, "the token ran out")
            return
        if self._blind:
            await self._hold(HoldReason.UNWITNESSED, "the token ran out, and no camera watched")
            return
        record = self._record
        async with record.turn:
            enrollment = await record.ledger.enrollment(self.enrollment)
            if enrollment.state is State.SHOWING:
                current = await self._current()
                self._attempt = replace(current, ended=current.ended or "expired")
                self.expired_unseen = True
                change = Change(BENCH, attempts=(self._attempt,))
                await record.move(enrollment, Requeued("the token ran out"), change=change)

    async def _hold(self, reason: HoldReason, detail: str) -> None:
        await self._phone_came(None)
        record = self._record
        async with record.turn:
            enrollment = await record.ledger.enrollment(self.enrollment)
            if enrollment.state is State.SHOWING:
                await record.move(enrollment, Held(reason, detail), change=Change(BENCH))
