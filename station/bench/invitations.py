"""Invitations: a user's code is mailed to them, and they enroll alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from station.bench.issuing import Issuing
from station.bench.people import find_user
from station.bench.posting import Outbox, Tried
from station.bench.record import Record
from station.domain.enrollment import Enrollment
from station.domain.errors import AskOperator, RefuseUnit, WrongUse
from station.domain.policy import MINIMUM_ANDROID, Mode
from station.domain.symbol import known
from station.ports import Actor, Letter, Mailer, User

WEEK = 7 * 86400
PATIENCE = 30.0  # seconds in which a first try is waited for; the mail stays in the outbox after that
SAMPLE = "This is a sample. It sets up no phone."
SAMPLE_LINK = "https://example.com/this-is-a-sample"


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of one invitation. `asked`: the user or unit as it was named; `enrollment` is empty when there is none."""

    asked: str
    enrollment: str
    tried: Tried


class Invitations:
    """`lifetime`: seconds that a mailed code lives, unless its batch orders more."""

    def __init__(self, record: Record, issuing: Issuing, outbox: Outbox, lifetime: int) -> None:
        self._record = record
        self._issuing = issuing
        self._outbox = outbox
        self.lifetime = lifetime

    async def invite(
        self, actor: Actor, users: Sequence[str], units: Sequence[str] = (), *, batch: str | None = None, resend: bool = False
    ) -> list[Invited]:
        """Mail codes to these users (by id, e-mail or name) and units, and wait a while for the first try. `batch`: only places in it
        count. `resend`: also for those who have a code; it becomes void.

        Who cannot be invited is told of in the result. Raises what the management service raises when it serves nobody.
        """
        self._mailer()
        begun = [await self._begin(actor, user, self._of_user(actor, user, batch), resend) for user in users]
        begun += [await self._begin(actor, unit, self._of_unit(unit), resend) for unit in units]
        tries = [one.tried for one in begun if isinstance(one, _OnItsWay)]
        if tries:
            await asyncio.wait(tries, timeout=PATIENCE)
        return [one.result() if isinstance(one, _OnItsWay) else one for one in begun]

    async def _of_user(self, actor: Actor, name: str, batch: str | None) -> tuple[User, Enrollment | None]:
        user = await find_user(self._record.ledger, name)
        return user, await self._issuing.place(actor, user, batch) if user.email else None

    async def _of_unit(self, ident: str) -> tuple[User, Enrollment | None]:
        unit = await self._record.ledger.enrollment(ident)
        return await find_user(self._record.ledger, unit.user), unit

    async def _begin(
        self, actor: Actor, asked: str, finding: Awaitable[tuple[User, Enrollment | None]], resend: bool
    ) -> Invited | _OnItsWay:
        unit: Enrollment | None = None
        try:
            user, unit = await finding
            if unit is None or not user.email:
                raise WrongUse(
                    "The user has no e-mail address.", "Add one (sixtap users edit USER --email ADDRESS), or show the code here."
                )
            lifetime = max(self.lifetime, (await self._record.ledger.batch(unit.batch)).token_lifetime)
            effect = await self._issuing.mail(actor, unit.id, lifetime, again=resend)
        except (AskOperator, RefuseUnit) as why:
            return Invited(asked, unit.id if unit else "", Tried("refused", str(why)))
        return _OnItsWay(asked, unit.id, self._outbox.add(effect))

    async def preview(self, name: str) -> bytes:
        """The mail that this user would get, with a sample in the place of the code. Mints nothing, sends nothing."""
        mailer, user, now = self._mailer(), await find_user(self._record.ledger, name), self._record.clock.now()
        places: tuple[Enrollment, ...] = await self._record.ledger.enrollments_of(user.id)
        mode = user.mode or (places[-1].mode if places else Mode.WPCO)
        profile = mode is Mode.WORK_PROFILE
        symbol = await asyncio.to_thread(known, (SAMPLE_LINK if profile else SAMPLE).encode())
        letter = Letter(
            id="sample",
            to=user.email or "user@example.com",
            name=user.name,
            language=user.language or self._record.desk.language,
            mode=mode,
            minimum_android=MINIMUM_ANDROID[mode],
            symbol=symbol,
            link=SAMPLE_LINK if profile else "",
            expires=now + self.lifetime,
            at=now,
            sample=True,
        )
        return mailer.written(letter)

    def _mailer(self) -> Mailer:
        if self._outbox.mailer is None:
            raise WrongUse(
                "This bench has no mail server.", "Name one in the section [mail] of its configuration, and start it again."
            )
        return self._outbox.mailer


@dataclass(frozen=True, slots=True)
class _OnItsWay:
    asked: str
    enrollment: str
    tried: asyncio.Future[Tried]

    def result(self) -> Invited:
        tried = self.tried.result() if self.tried.done() else Tried("waiting", "The mail server takes its time.")
        return Invited(self.asked, self.enrollment, tried)
