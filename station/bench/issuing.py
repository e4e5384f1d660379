"""Codes that leave the bench: mailed to a user, or given out at a desk. Each is an attempt of its own, in place of the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from station.bench.minting import content_of, mint_token, new_attempt
from station.bench.rack import Rack
from station.bench.record import Record, new_id
from station.bench.revoking import revoke
from station.domain.enrollment import (
    CLOSED,
    Attempt,
    Enrollment,
    HoldReason,
    InvitationSent,
    JourneyEvent,
    Requeued,
    State,
)
from station.domain.errors import MintUncertain, NotFound, RefuseUnit, TokenGone, WrongUse
from station.domain.payload import PREFIX, Link
from station.domain.policy import Mode
from station.domain.symbol import KnownSymbol, draw
from station.ports import Actor, Batch, Change, Effect, Fact, Minting, User

AWAY = Literal["mail", "desk"]
DESK = "desk"  # the batch of users who are in no other
RELEASED_BY_A_NEW_CODE = frozenset({HoldReason.EXPIRED, HoldReason.FAULT})


@dataclass(frozen=True, slots=True)
class Drawn:
    """An attempt's code, in memory only. `link`: what opens the same enrollment on a phone in use (work profiles), else empty."""

    symbol: KnownSymbol = field(repr=False)
    link: str = field(repr=False)
    expires: float | None


class Issuing:
    """Makes attempts for channels other than the bench's own screen; one at a time."""

    def __init__(self, record: Record, service: Minting, rack: Rack, extras: Mapping[str, object]) -> None:
        self._record = record
        self._service = service
        self._rack = rack
        self._extras = extras
        self._one_at_a_time = asyncio.Lock()

    # --- whose code -------------------------------------------------------------------------------------------------------------

    async def place(self, actor: Actor, user: User, batch: str | None = None, mode: Mode | None = None) -> Enrollment:
        """A user's place: in the batch named, else the open one, else a new one in the batch "desk", which is made when needed.

        `mode` is that of a new place; the user's own, or the batch's, if none is given.
        """
        async with self._one_at_a_time:
            places = await self._record.ledger.enrollments_of(user.id)
            if batch is not None:
                named = await self._record.ledger.batch(batch)
                inside = [one for one in places if one.batch == named.id]
                if not inside:
                    raise NotFound(f"The user {user.id} is not in batch {named.name}.", "Leave the batch out, or name another.")
                return inside[-1]
            current = [one for one in places if one.state not in CLOSED]
            return current[-1] if current else await self._new_place(actor, user, mode)

    async def _new_place(self, actor: Actor, user: User, mode: Mode | None) -> Enrollment:
        async with self._record.roster:
            known = await self._record.ledger.user(user.id)
            if known is None:
                raise NotFound(f"The user {user.id} was removed.", "List the users with: sixtap users list")
            return await self._placed(actor, known, mode)

    async def _placed(self, actor: Actor, user: User, mode: Mode | None) -> Enrollment:
        if not user.policy:
            raise WrongUse(f"The user {user.id} has no policy.", f"Assign one first: sixtap users assign --policy NAME {user.id}")
        ledger, now = self._record.ledger, self._record.clock.now()
        desk = next((one for one in await ledger.batches() if one.name == DESK), None)
        simulated = self._record.desk.simulated
        batch = desk or Batch(new_id("b"), DESK, Mode.WPCO, "", minimum_android=11, simulated=simulated, created=now)
        users, _ = await ledger.counts(batch.id)
        chosen = mode or user.mode or batch.mode
        enrollment = Enrollment(new_id("e"), batch.id, users.received + 1, user.id, chosen, user.policy)
        made = () if desk else (Fact("BatchCreated", {"users": 0, "mode": batch.mode, "policy": ""}, batch.id),)
        joined = Fact("UserQueued", {"user": user.id, "mode": chosen, "policy": user.policy}, batch.id, enrollment.id)
        batches = () if desk else (batch,)
        await self._record.commit(Change(actor, batches=batches, enrollments=(enrollment,), facts=(*made, joined)))
        return enrollment

    # --- a new code -------------------------------------------------------------------------------------------------------------

    async def mail(self, actor: Actor, ident: str, lifetime: int, *, again: bool) -> Effect:
        """A code that lives so many seconds, to be mailed by the effect that is returned; it was committed with the invitation.

        The enrollment is INVITED by it, and every code before it is revoked. Refused while its code is up or its phone is in the
        rack, when a device used the code before, and unless `again` when it was invited already. Raises what the service raises;
        then the user has the code that they had.
        """
        async with self._one_at_a_time:
            state = (await self._record.ledger.enrollment(ident)).state
            if state in {State.INVITED, State.HELD} and not again:
                raise WrongUse(f"The unit is {state} already.", "Send a fresh code, which makes the old one void: --resend")
            attempt = await self._ready(ident, "mail", lifetime)
            effect = Effect(new_id("f"), "mail", attempt.id, self._record.clock.now())
            await self._sent(attempt, Change(actor, effects=(effect,)))
            return effect

    async def give_out(self, actor: Actor, ident: str, lifetime: int | None = None) -> Attempt:
        """The same for a desk: it is out when this returns. `lifetime`: the batch's own if none is given."""
        async with self._one_at_a_time:
            attempt = replace(await self._ready(ident, "desk", lifetime), shown=self._record.clock.now())
            fact = Fact("CodeGivenOut", {"attempt": attempt.id, "expires": attempt.expires}, None, ident)
            await self._sent(attempt, Change(actor, facts=(fact,)))
            return attempt

    async def _ready(self, ident: str, channel: AWAY, lifetime: int | None) -> Attempt:
        enrollment = await self._record.ledger.enrollment(ident)
        batch = await self._record.ledger.batch(enrollment.batch)
        await self._must_be_free(enrollment, batch)
        attempt = await self._minted(replace(batch, token_lifetime=lifetime or batch.token_lifetime), enrollment, channel)
        await self._supersede(enrollment, attempt)
        return attempt

    async def _must_be_free(self, enrollment: Enrollment, batch: Batch) -> None:
        if batch.simulated != self._record.desk.simulated:
            raise WrongUse(f"Batch {batch.name} belongs to {'the twin' if batch.simulated else 'real hardware'}.", "Make a new batch.")
        if enrollment.state in {State.QUEUED, State.INVITED}:
            return
        if enrollment.state is State.HELD and enrollment.reason in RELEASED_BY_A_NEW_CODE:
            attempt = await self._record.ledger.attempt(enrollment.attempt) if enrollment.attempt else None
            if attempt is None or await self._record.phone_of(attempt) is None:
                return
        held = f" ({enrollment.reason})" if enrollment.reason else ""
        raise WrongUse(
            f"The unit {enrollment.id} is {enrollment.state}{held}: it gets no other code now.",
            "Wait until it is done, or bring it back to the queue: sixtap unit retry",
        )

    async def _minted(self, batch: Batch, enrollment: Enrollment, channel: AWAY) -> Attempt:
        """A token for it: one that was minted when an earlier try was broken off, else a new one."""
        attempts = await self._record.ledger.attempts(enrollment.id)
        for one in attempts:
            unused = one.channel == channel and one.token is not None and one.shown is None and one.ended is None
            if unused and one.id != enrollment.attempt and self._lives_for(one, batch.token_lifetime / 2):
                return one
        attempt = new_attempt(enrollment, len(attempts) + 1, channel)
        minted = await mint_token(self._record, self._service, batch, enrollment, attempt)
        if minted is None:
            raise MintUncertain("The management service lost its answer for this user's token.", "Check the network and try again.")
        return minted

    def _lives_for(self, attempt: Attempt, seconds: float) -> bool:
        return attempt.expires is not None and attempt.expires - self._record.clock.now() >= seconds

    async def _supersede(self, enrollment: Enrollment, attempt: Attempt) -> None:
        """No other code of this user can be used from here on, and none was."""
        if self._service.capabilities.permanent:
            return  # it is the same code, and whoever mints it looked for a device
        others = [one for one in await self._record.ledger.attempts(enrollment.id) if one.id != attempt.id]
        for one in others:
            if one.ended is None:
                await revoke(self._record, self._service, one)
        current = next((one for one in others if one.id == enrollment.attempt), None)
        if current is None:
            return
        if current.expires is None or current.expires > self._rack.walked:
            await self._rack.walk()
        before = await self._record.ledger.attempt(current.id)
        if before is not None and before.device is not None:
            raise RefuseUnit("The management service has a device for this user's code already.", "Let it go on.")

    async def _sent(self, attempt: Attempt, change: Change) -> None:
        """The unit is INVITED by this attempt; if it went on meanwhile, the code is void."""
        try:
            await self._invited(attempt, change)
        except WrongUse:
            await revoke(self._record, self._service, attempt)
            raise

    async def _invited(self, attempt: Attempt, change: Change) -> None:
        record = self._record
        async with record.turn:
            enrollment = await record.ledger.enrollment(attempt.enrollment)
            await self._must_be_free(enrollment, await record.ledger.batch(enrollment.batch))
            stored = await record.ledger.attempt(attempt.id)
            if stored is None or stored.ended is not None:  # another user has the place now, or another order was made
                raise WrongUse("The unit was changed while its code was made.", "Ask for the code once more.")
            events: list[JourneyEvent] = [Requeued("a new code")] if enrollment.state is State.HELD else []
            events.append(InvitationSent(attempt.id, attempt.expires))
            attempts = await record.ledger.attempts(enrollment.id)
            ended = tuple(replace(one, ended="superseded") for one in attempts if one.id != attempt.id and one.ended is None)
            await record.move(enrollment, *events, change=replace(change, attempts=(*ended, attempt)))

    # --- the code itself --------------------------------------------------------------------------------------------------------

    async def drawn(self, attempt: Attempt) -> Drawn:
        """The attempt's code, asked of the service anew. Raises TokenGone, BadPayload and what else the service raises."""
        if attempt.token is None or attempt.ended is not None:
            raise TokenGone("This attempt's code is void.", "Ask for a new one.")
        enrollment = await self._record.ledger.enrollment(attempt.enrollment)
        content = content_of(await self._service.code(attempt.token), enrollment.mode, self._extras_for(attempt))
        symbol = await asyncio.to_thread(draw, content, order=attempt.key_order, mask=attempt.mask, level=attempt.level)
        return Drawn(symbol, content.text if isinstance(content, Link) else "", attempt.expires)

    def _extras_for(self, attempt: Attempt) -> Mapping[str, object]:
        """The bench's network is not where a mail is read, and its password stays in the house."""
        if attempt.channel != "mail":
            return self._extras
        return {name: value for name, value in self._extras.items() if not name.removeprefix(PREFIX).startswith("WIFI_")}
