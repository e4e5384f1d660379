"""Who is there: people that sign in at a terminal whose account many use, by a PIN or by a badge.

A PIN is kept as its Argon2id hash (RFC 9106). A badge must be found without knowing whose it is: it is kept as an HMAC-SHA256 under
a key that is not in the ledger. Neither text is ever recorded, and the record knows people by their ids alone.
"""

from __future__ import annotations

import asyncio
import hmac
import math
import re
from dataclasses import dataclass, replace
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from station.bench.record import Record, new_id
from station.domain.enrollment import State
from station.domain.errors import NotFound, SignInRefused, WrongUse
from station.ports import Actor, Change, Fact, Role, StaffMember

FREE_TRIES = 5  # wrong PINs before the first pause
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 900.0  # seconds; each further wrong PIN doubles it
LONGEST_NAME = 80
PIN = re.compile(r"[0-9]{4,12}")
BADGE = re.compile(r"[!-~][ -~]{2,198}[!-~]")

Proof = Literal["pin", "badge", "badge and pin"]


@dataclass(frozen=True, slots=True)
class Known:
    """Who signed in, as what, and by what."""

    member: StaffMember
    role: Role
    by: Proof

    @property
    def actor(self) -> Actor:
        return Actor(self.member.id, self.role)


class Staff:
    """The list of people, and whether somebody is one of them. `badge_key`: what badges are kept under."""

    def __init__(self, record: Record, badge_key: bytes) -> None:
        self._record = record
        self._key = badge_key
        self._hasher = PasswordHasher()
        self._turn = asyncio.Lock()  # one try at a time: two at once would count as one
        self._unknown = StaffMember("", "", "operator")  # counts tries with badges of nobody

    async def everybody(self) -> tuple[StaffMember, ...]:
        """By name."""
        return await self._record.ledger.staff()

    async def guards(self) -> bool:
        """Whether anybody can sign in: from then on a shared account alone is nobody."""
        return any(one.pin or one.badge for one in await self.everybody())

    async def is_badge(self, text: str) -> bool:
        """Whether a scanned text is somebody's badge, and must not be kept as a label."""
        return bool(BADGE.fullmatch(text.strip())) and await self._holder(text) is not None

    async def put(
        self, actor: Actor, who: str, name: str, role: Role, *, pin: str | None = None, badge: str | None = None
    ) -> StaffMember:
        """Add somebody (`who` empty), or change them. A PIN or badge of None stays as it is, an empty one is taken away."""
        called = " ".join(name.split())
        if not called or len(called) > LONGEST_NAME or not called.isprintable():
            raise WrongUse(f"A name has 1 to {LONGEST_NAME} plain letters.", "Write it as it stands on their desk.")
        if pin and not PIN.fullmatch(pin):
            raise WrongUse("A PIN has 4 to 12 digits.", "Choose another one.")
        if badge and not BADGE.fullmatch(badge.strip()):
            raise WrongUse("A badge has 4 to 200 plain letters or digits.", "Scan it again.")
        async with self._turn:
            everybody = await self.everybody()
            member = await self._member(who) if who else StaffMember(new_id("s"), called, role)
            if any(one.name.casefold() == called.casefold() and one.id != member.id for one in everybody):
                raise WrongUse("Somebody of the staff has this name.", "Choose a name that tells them apart.")
            holder = await self._holder(badge) if badge else None
            if holder is not None and holder.id != member.id:
                raise WrongUse("Somebody else has this badge.", "Take it from them first, or choose another one.")
            changed = replace(member, name=called, role=role)
            if pin is not None:
                hashed = await asyncio.to_thread(self._hasher.hash, pin) if pin else ""
                changed = replace(changed, pin=hashed, failures=0, blocked_until=0.0)
            if badge is not None:
                changed = replace(changed, badge=self._digest(badge) if badge else "")
            body = {"staff": changed.id, "role": role, "pin": bool(changed.pin), "badge": bool(changed.badge), "removed": False}
            await self._record.commit(Change(actor, staff=(changed,), facts=(Fact("StaffChanged", body),)))
            return changed

    async def remove(self, actor: Actor, who: str) -> str:
        """Erase their name and what they sign in with; the id stays, which the record speaks of. Returns it."""
        async with self._turn:
            member = await self._member(who)
            gone = StaffMember(member.id, "", member.role, active=False)
            fact = Fact("StaffChanged", {"staff": gone.id, "role": gone.role, "pin": False, "badge": False, "removed": True})
            await self._record.commit(Change(actor, staff=(gone,), facts=(fact,)))
            return gone.id

    async def identify(self, actor: Actor, who: str, *, pin: str | None = None, badge: str | None = None) -> Known:
        """Who this is. By a badge without its PIN they are an operator, whatever their role: it may have been found.

        actor: the account at which it is tried. Raises SignInRefused, WrongUse without PIN and badge, NotFound.
        """
        if not pin and not badge:
            raise WrongUse("A PIN or a badge is needed.", "Type the PIN, or scan the badge.")
        async with self._turn:
            if badge:
                holder = await self._badge_holder(actor, who, badge)
                if not pin:
                    return Known(holder, "operator", "badge")
                who = holder.id
            member = await self._with_pin(actor, await self._member(who), pin or "")
            return Known(member, member.role, "badge and pin" if badge else "pin")

    async def hand_over(self, leaving: Actor, coming: Known) -> None:
        """Record that a shift ends and the next begins, with the phones that are under way."""
        desk = self._record.desk
        trays = [
            {"tray": unit.tray, "enrollment": unit.id, "state": unit.state.value}
            for unit in sorted(desk.units.values(), key=lambda unit: unit.tray or 0)
            if unit.tray is not None
        ]
        held = sum(unit.state is State.HELD for unit in desk.units.values())
        body: dict[str, object] = {"from": leaving.name, "to": coming.member.id, "by": coming.by, "trays": trays, "held": held}
        await self._record.commit(Change(leaving, facts=(Fact("ShiftHandedOver", body),)))

    async def note(self, actor: Actor, kind: str, **body: object) -> None:
        """Record that somebody came or went."""
        await self._record.commit(Change(actor, facts=(Fact(kind, body),)))

    # --- tries ----------------------------------------------------------------------------------------------------------------

    async def _with_pin(self, actor: Actor, member: StaffMember, pin: str) -> StaffMember:
        self._not_blocked(member)
        if await asyncio.to_thread(self._matches, member.pin, pin):
            if member.failures:
                member = replace(member, failures=0, blocked_until=0.0)
                await self._record.commit(Change(actor, staff=(member,)))
            return member
        failed = self._failed(member)
        await self._refuse(actor, Change(actor, staff=(failed,)), failed, "pin")
        raise self._wrong("The PIN is wrong.", failed)

    async def _badge_holder(self, actor: Actor, who: str, badge: str) -> StaffMember:
        self._not_blocked(self._unknown)
        holder = await self._holder(badge)
        if holder is not None and (not who or who in {holder.id, holder.name}):
            return holder
        self._unknown = self._failed(self._unknown)
        await self._refuse(actor, Change(actor), self._unknown, "badge")
        raise self._wrong("This badge is not known.", self._unknown)

    async def _refuse(self, actor: Actor, change: Change, failed: StaffMember, by: Proof) -> None:
        body: dict[str, object] = {"staff": failed.id or None, "by": by, "failures": failed.failures}
        await self._record.commit(replace(change, facts=(Fact("SignInRefused", body),)))

    def _not_blocked(self, member: StaffMember) -> None:
        wait = self._wait(member)
        if wait:
            raise SignInRefused(f"Too many wrong tries: wait {wait} seconds.", "Or ask an administrator for a new PIN.", wait=wait)

    def _failed(self, member: StaffMember) -> StaffMember:
        failures = member.failures + 1
        over = failures - FREE_TRIES
        pause = min(FIRST_PAUSE * 2.0 ** min(over, 10), LONGEST_PAUSE) if over >= 0 else 0.0
        return replace(member, failures=failures, blocked_until=self._record.clock.now() + pause if pause else 0.0)

    def _wrong(self, what: str, failed: StaffMember) -> SignInRefused:
        wait, left = self._wait(failed), max(0, FREE_TRIES - failed.failures)
        return SignInRefused(what, f"Wait {wait} seconds." if wait else f"Tries left: {left}.", left=left, wait=wait)

    def _wait(self, member: StaffMember) -> int:
        # a clock that was set back must not lock anybody out for longer than the longest pause
        return math.ceil(min(max(0.0, member.blocked_until - self._record.clock.now()), LONGEST_PAUSE))

    def _matches(self, hashed: str, pin: str) -> bool:
        if not hashed:
            return False
        try:
            return self._hasher.verify(hashed, pin)
        except VerifyMismatchError:
            return False

    # --- looking up -----------------------------------------------------------------------------------------------------------

    async def _member(self, who: str) -> StaffMember:
        """By id, or by name."""
        for one in await self.everybody():
            if who == one.id or who.casefold() == one.name.casefold():
                return one
        raise NotFound(f"Nobody of the staff is {who[:LONGEST_NAME]!r}.", "See who is: sixtap staff list")

    async def _holder(self, badge: str) -> StaffMember | None:
        digest = self._digest(badge)
        return next((one for one in await self.everybody() if one.badge and hmac.compare_digest(one.badge, digest)), None)

    def _digest(self, badge: str) -> str:
        return hmac.digest(self._key, badge.strip().encode(), "sha256").hex()
