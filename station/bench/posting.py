"""The outbox: invitations on their way, each sent by intent, again only if it surely was not sent, and never silently lost.

An effect `mail` is committed with the invitation and stays open until it is known what became of it. `Attempt.shown` is committed
when the mail server has taken the recipient and the content is about to be handed over: an open effect without it was surely not
sent, one with it may have been.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Literal

from station.bench.issuing import Issuing
from station.bench.record import Record
from station.domain.enrollment import Attempt, Enrollment, Held, HoldReason, State
from station.domain.errors import (
    AskOperator,
    MailServerRefused,
    MailUncertain,
    PartLost,
    RefuseUnit,
    ServiceRefused,
    SixtapError,
    TryAgain,
)
from station.domain.policy import lowest_android
from station.ports import BENCH, Change, Effect, EffectOutcome, Fact, Letter, Mailer

Outcome = Literal["sent", "waiting", "refused", "unknown", "withdrawn"]

FIRST_PAUSE, LONGEST_PAUSE = 60.0, 3600.0  # seconds before a mail is tried again; each time twice as long
SERVER_PAUSE, LONGEST_SERVER_PAUSE = 15.0, 600.0  # seconds before a server is tried again that does not serve us at all
BROKEN_OFF = "The bench stopped while the mail was handed over: whether it goes out cannot be known."
ASK = "Ask the user, or send a fresh code: sixtap invite USER --resend"


class _Withdrawn(Exception):
    """The invitation is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try to send one mail; `why` says more unless it was sent."""

    outcome: Outcome
    why: str = ""


@dataclass(slots=True)
class _Waiting:
    effect: Effect
    next: float = 0.0  # not before this time
    pause: float = FIRST_PAUSE
    tried: asyncio.Future[Tried] | None = field(default=None)


class Outbox:
    """Sends what is waiting, one mail after the other. Without a mailer everything stays where it is."""

    def __init__(self, record: Record, issuing: Issuing, mailer: Mailer | None) -> None:
        self._record = record
        self._issuing = issuing
        self.mailer = mailer
        self._waiting: dict[str, _Waiting] = {}
        self._server_pause = SERVER_PAUSE
        self._not_before = 0.0

    def add(self, effect: Effect) -> asyncio.Future[Tried]:
        """A mail that was just committed; what came of the first try is in the future."""
        tried: asyncio.Future[Tried] = asyncio.get_running_loop().create_future()
        self._waiting[effect.id] = _Waiting(effect, tried=tried)
        self._record.desk.ring()
        return tried

    async def run(self) -> None:
        """Send for as long as the service runs, beginning with what an earlier run left."""
        self._record.desk.part("mail", "absent" if self.mailer is None else "ok")
        if self.mailer is None:
            return
        for effect in await self._record.ledger.open_effects():
            if effect.kind == "mail":
                self._waiting.setdefault(effect.id, _Waiting(effect))
        desk = self._record.desk
        while True:
            await desk.until(lambda: bool(self._waiting) and desk.stopped is None)
            one = min(self._waiting.values(), key=lambda waiting: waiting.next)
            wait = max(one.next, self._not_before) - self._record.clock.now()
            if wait > 0:
                await desk.ring_within(wait)
                continue
            await self._try(one, self.mailer)

    # --- one try ----------------------------------------------------------------------------------------------------------------

    async def _try(self, one: _Waiting, mailer: Mailer) -> None:
        try:
            tried = await self._post(one.effect, mailer)
        except (MailServerRefused, PartLost, ServiceRefused) as why:
            tried = self._server_failed(why)
        except TryAgain as why:
            one.next = self._record.clock.now() + one.pause
            one.pause = min(2 * one.pause, LONGEST_PAUSE)
            tried = Tried("waiting", str(why))
        else:
            self._waiting.pop(one.effect.id, None)
        if one.tried is not None and not one.tried.done():
            one.tried.set_result(tried)

    def _server_failed(self, why: SixtapError) -> Tried:
        part: Literal["service", "mail"] = "service" if isinstance(why, ServiceRefused) else "mail"
        self._record.desk.part(part, "lost", str(why))
        self._not_before = self._record.clock.now() + self._server_pause
        self._server_pause = min(2 * self._server_pause, LONGEST_SERVER_PAUSE)
        return Tried("waiting", str(why))

    async def _post(self, effect: Effect, mailer: Mailer) -> Tried:
        """Send it, and settle the effect. Raises what says that it was not sent, and may be later."""
        try:
            letter = await self._letter(effect)
            await mailer.send(letter, lambda: self._handing_over(effect))
        except _Withdrawn:
            await self._record.settle(effect, "refused")
            return Tried("withdrawn", "The unit went on without it.")
        except MailUncertain as why:
            await self._stuck(effect, "unknown", str(why))
            return Tried("unknown", str(why))
        except MailServerRefused:
            raise
        except (RefuseUnit, AskOperator) as why:
            await self._stuck(effect, "refused", str(why))
            return Tried("refused", str(why))
        except TryAgain:
            await self._not_handed_over(effect)
            raise
        fact = Fact("InvitationMailed", {"attempt": effect.attempt}, None, (await self._attempt(effect)).enrollment)
        await self._record.settle(effect, "done", change=Change(BENCH, facts=(fact,)))
        self._record.desk.part("mail", "ok")
        self._server_pause = SERVER_PAUSE
        return Tried("sent")

    async def _letter(self, effect: Effect) -> Letter:
        attempt, enrollment = await self._wanted(effect)
        user = await self._record.ledger.user(enrollment.user)
        if user is None or not user.email:
            raise RefuseUnit("The user has no e-mail address any more.", "Add one: sixtap users edit USER --email ADDRESS")
        batch = await self._record.ledger.batch(enrollment.batch)
        code = await self._issuing.drawn(attempt)
        return Letter(
            id=effect.id,
            to=user.email,
            name=user.name,
            language=user.language or self._record.desk.language,
            mode=enrollment.mode,
            minimum_android=lowest_android(enrollment.mode, batch.mode, batch.minimum_android),
            symbol=code.symbol,
            link=code.link,
            expires=code.expires,
            at=self._record.clock.now(),
        )

    async def _handing_over(self, effect: Effect) -> None:
        async with self._record.turn:
            attempt, _ = await self._wanted(effect)
            await self._record.commit(Change(BENCH, attempts=(replace(attempt, shown=self._record.clock.now()),)))

    async def _wanted(self, effect: Effect) -> tuple[Attempt, Enrollment]:
        attempt = await self._attempt(effect)
        enrollment = await self._record.ledger.enrollment(attempt.enrollment)
        if enrollment.attempt != attempt.id or enrollment.state is not State.INVITED or attempt.ended is not None:
            raise _Withdrawn
        return attempt, enrollment

    async def _attempt(self, effect: Effect) -> Attempt:
        attempt = await self._record.ledger.attempt(effect.attempt)
        if attempt is None:
            raise _Withdrawn
        return attempt

    # --- what was not sent, or may not have been ----------------------------------------------------------------------------------

    async def _not_handed_over(self, effect: Effect) -> None:
        async with self._record.turn:
            unshown = self._unshown(await self._attempt(effect))
            if unshown:
                await self._record.commit(Change(BENCH, attempts=unshown))

    def _unshown(self, attempt: Attempt) -> tuple[Attempt, ...]:
        return () if attempt.shown is None else (replace(attempt, shown=None),)

    async def _stuck(self, effect: Effect, outcome: EffectOutcome, why: str) -> None:
        """A person must look at this unit. A device that turns up all the same moves it on."""
        record = self._record
        async with record.turn:
            attempt = await self._attempt(effect)
            enrollment = await record.ledger.enrollment(attempt.enrollment)
            attempts = () if outcome == "unknown" else self._unshown(attempt)
            change = Change(BENCH, attempts=attempts, effects=(replace(effect, outcome=outcome),))
            if enrollment.state is State.INVITED and enrollment.attempt == attempt.id:
                await record.move(enrollment, Held(HoldReason.FAULT, why), change=change)
            else:
                await record.commit(change)

    async def broken_off(self, effect: Effect) -> None:
        """After a crash: an open mail was surely not sent, and is sent now; or it may have been, and a person must look."""
        attempt = await self._record.ledger.attempt(effect.attempt)
        if attempt is None:
            await self._record.settle(effect, "refused")
        elif attempt.shown is not None:
            await self._stuck(effect, "unknown", f"{BROKEN_OFF} {ASK}")
