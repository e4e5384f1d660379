"""One unit before the camera: its code goes up, the phone is watched, the code is taken down. Ends when the unit leaves SHOWING."""

from __future__ import annotations

import asyncio
import contextlib
import math
from dataclasses import dataclass
from typing import Literal

from station.bench.attempt import LEAST_LEFT, Facts, OpenAttempt
from station.bench.desk import Desk, Question
from station.bench.minting import Prepared
from station.bench.onscreen import Beside, beside, code_step, too_small
from station.bench.record import Record, new_id
from station.domain.enrollment import HoldReason, State
from station.domain.errors import PartLost
from station.domain.scanwatch import Outcome, Rules, Watch, form_up, see
from station.ports import BENCH, Change, Display, Effect, Fact, Pictures, Sighting, Witness

ANSWERS_SHOWING = ("scanned", "show_again", "set_aside")
ASKED: tuple[Outcome, ...] = ("went_back", "pulled_away", "two_phones", "not_live", "error_shown", "lost_sight")
Down = Literal["screen_gone", "paused"]
"""Why a code came down that a phone may have read."""
REFUSED_PAUSE = 1.0  # seconds until a window that is there, but cannot show the code, is asked again


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that the unit on the stand must react to. `again`: show it once more. `recheck`: paused, or the screen went."""

    kind: Literal["outcome", "changed", "again", "recheck"]
    outcome: Outcome | None = None
    sighting: Sighting | None = None


class Showing:
    """The time of one prepared unit on the attached screen."""

    def __init__(
        self, record: Record, display: Display, witness: Witness | None, prepared: Prepared, pictures: Pictures | None = None
    ) -> None:
        self._record = record
        self._display = display
        self._witness = witness
        self._prepared = prepared
        self._attempt = OpenAttempt(record, prepared, pictures)
        self._signals: asyncio.Queue[Signal] = asyncio.Queue()
        self._watch = Watch()
        self._rules = Rules()
        self._deadline = 0.0
        self._beside = Beside()
        self.withdrawn = False  # somebody is about to give this code up
        self._blind = False  # for a time no camera watched the code
        self.expired_unseen = False  # it ran out and no phone ever came: nothing of it is in doubt

    @property
    def _desk(self) -> Desk:
        return self._record.desk

    @property
    def enrollment(self) -> str:
        return self._prepared.enrollment.id

    @property
    def followed(self) -> bool:
        """Whether the viewfinder was seen to follow the attached screen's turns."""
        return self._watch.live is True

    # --- what comes in ---------------------------------------------------------------------------------------------------

    def hear(self, sighting: Sighting) -> None:
        """One sighting while this unit is before the camera."""
        if not self._desk.code_up:
            return
        self._watch, news = see(self._watch, sighting, self._rules)
        if "code_seen" in news and self._asked() == "no_camera":  # it is back, and sees for itself
            self._desk.question = None
        for outcome in news:
            self._signals.put_nowait(Signal("outcome", outcome, sighting))

    def see_form(self, at: float, form: int) -> None:
        """The attached screen shows this form now."""
        if self._desk.code_up:
            self._watch = form_up(self._watch, at, form, self._rules)

    def tell(self, kind: Literal["changed", "again", "recheck"]) -> None:
        """Something happened to this unit outside of the camera's view."""
        self._signals.put_nowait(Signal(kind))

    def say_step(self) -> None:
        """Beside the code stands what is to be done now, where that may stand there."""
        language = self._beside.language
        self._display.say(code_step(self._desk) if language is not None else None, language or "")

    # --- its course --------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Order, show, watch. The code is down when this returns or is cancelled."""
        attempt = self._attempt.now
        effect = Effect(new_id("f"), "show", attempt.id, self._record.clock.now(), attempt.token)
        if not await self._attempt.order(effect):
            return
        try:
            await self._put_up(effect)
            while not self._left():
                await self._react()
        finally:
            if self._asked():
                self._desk.question = None
            await asyncio.shield(self.take_down())

    async def _put_up(self, effect: Effect) -> None:
        """The picture goes up; without a screen, or while the batch is paused, as soon as it may."""
        desk, old = self._desk, False
        while not self._left():
            await desk.until(lambda: self._may_go_up() or self._left())
            old, self._beside = await self._attempt.too_old(), await beside(self._record, self._prepared.enrollment)
            if old or self._left():
                break
            if not self._may_go_up():
                continue
            self._watch, self._signals = Watch(), asyncio.Queue()
            self._deadline = self._record.clock.now() + desk.timing.idle
            if self._witness:
                self._witness.expect(self._prepared.forms)
            desk.code_up = True  # frames count from here on: a phone that is aimed already reads within a frame or two
            try:
                self._display.on_form = self.see_form
                self.say_step()
                await self._display.show(self._prepared.forms, self._beside.name)
            except PartLost as why:
                desk.code_up = False
                desk.part("display", "lost", str(why))
                await asyncio.sleep(REFUSED_PAUSE)
                continue
            desk.part("display", "ok", too_small(self._display))
            if self._asked():  # what was asked while it was down: from here on it is again as it was before
                self._question("no_camera", ANSWERS_SHOWING)
            await self._attempt.shown(effect)
            return
        await self._record.settle(effect, "refused")
        if old:
            await self._ran_out()

    def _left(self) -> bool:
        unit, stopped = self._desk.unit, self._desk.stopped is not None
        return stopped or unit is None or unit.id != self.enrollment or unit.state is not State.SHOWING

    def _may_go_up(self) -> bool:
        batch = self._desk.batch
        free = not (self.withdrawn or self._desk.testing)
        return self._display.attached and batch is not None and batch.state == "running" and free

    def _asked(self) -> str | None:
        """The kind of the question that is open about this unit."""
        question = self._desk.question
        return question.kind if question is not None and question.enrollment == self.enrollment else None

    async def take_down(self) -> None:
        """The code leaves the screen, the camera expects nothing more."""
        desk = self._desk
        if self._witness:
            self._witness.expect(())
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
                await self._attempt.phone_came(sighting)
            case Signal("outcome", "scanned", sighting):
                await self._scanned(sighting)
            case Signal("outcome", outcome) if outcome in ASKED:
                await self._ask(outcome)
            case Signal("again"):
                await self._again()
            case Signal("recheck"):
                await self._recheck()

    def _patience(self) -> float | None:
        """How long until the code must come down: a person may take their time, a token does not."""
        left = math.inf if self._asked() else self._deadline - self._record.clock.now()
        if self._desk.code_up or not self._asked():
            left = min(left, self._attempt.usable_for())
        return None if left == math.inf else max(0.0, left)

    async def _scanned(self, sighting: Sighting | None) -> None:
        await self._attempt.phone_came(sighting)
        before, after = await self._witness.pictures() if self._witness else (None, None)
        pictures = await self._attempt.kept(before, after)
        live = self._turns() if self._watch.live else None
        await self._attempt.scanned({**self._witnessed(sighting), **pictures}, live)
        await self.take_down()

    def _witnessed(self, sighting: Sighting | None) -> Facts:
        facts: Facts = {
            "frames": self._watch.code_frames,
            "best_score": round(self._watch.best, 3),
            "best_z": round(self._watch.best_z, 1),
            "live": self._watch.live,
            "simulated": bool(self._witness and self._witness.simulated),
        }
        facts |= {"taught": self._watch.taught} if self._watch.taught is not None else {}
        if sighting is not None and self._watch.code_at is not None:
            facts["seconds_code_to_setup"] = round(sighting.at - self._watch.code_at, 3)
        return facts

    def _turns(self) -> Facts:
        """How the viewfinder followed the screen's turns."""
        return {"followed": self._watch.turns.followed, "contradicted": self._watch.turns.contradicted}

    # --- when only a person knows ----------------------------------------------------------------------------------------------

    def _question(self, kind: str, answers: tuple[str, ...]) -> None:
        self._desk.question = Question(new_id("q"), kind, self.enrollment, answers)
        self._desk.ring()

    async def _ask(self, kind: Outcome | Down) -> None:
        """Take the code down and ask."""
        await self.take_down()
        if self._left():
            return
        self._question(kind, ANSWERS_SHOWING)
        unit = self._prepared.enrollment
        body: dict[str, object] = {"question": kind}
        if kind == "not_live":
            body |= self._turns()
        if kind == "error_shown":
            body["taught"] = self._watch.taught
        await self._record.commit(Change(BENCH, facts=(Fact("OperatorNeeded", body, unit.batch, unit.id),)))

    async def _again(self, meanwhile: Down | None = None) -> None:
        """The same code again: it was not read, so this is still the one showing of this attempt. `meanwhile` is asked until then."""
        if meanwhile:
            self._question(meanwhile, ANSWERS_SHOWING)
        elif self._asked():
            self._desk.question = None
        if await self._attempt.too_old():
            await self._ran_out()
            return
        effect = await self._record.intend("show", self._attempt.now.id, token=self._attempt.now.token)
        await self._put_up(effect)

    async def _recheck(self) -> None:
        """Paused, or the screen went away: a code that no phone has seen may come up again; else a person is asked.

        Where no camera watched it, as much is known as while it was up: it comes up again, unless somebody says that it was read.
        """
        await self.take_down()
        asked, batch = self._asked(), self._desk.batch
        if self._left() or asked not in (None, "no_camera"):
            return
        why: Down = "paused" if batch is not None and batch.state == "paused" else "screen_gone"
        await (self._ask(why) if self._watch.code else self._again(why if asked else None))

    async def _time_is_up(self) -> None:
        """Nothing came of it. With a phone there a person must look; without one the code stays down until one comes."""
        desk = self._desk
        await self.take_down()
        if self._attempt.usable_for() <= 0:
            await self._ran_out()
        elif self._watch.phone:
            await self._attempt.hold(HoldReason.UNWITNESSED, "no scan was seen in time")
        else:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self._attempt.usable_for() - LEAST_LEFT)):
                    # without a camera nobody would see one come
                    await desk.until(lambda: desk.view in {"phone", "code", "two_phones", "absent"} or self._left())
            if not self._left():
                await self._again()

    async def _ran_out(self) -> None:
        await self.take_down()
        if self._watch.phone or self._attempt.now.phone is not None:
            await self._attempt.hold(HoldReason.EXPIRED, "the token ran out")
        elif self._blind:
            await self._attempt.hold(HoldReason.UNWITNESSED, "the token ran out, and no camera watched")
        else:
            self.expired_unseen = await self._attempt.ran_out()
