"""What people do away from the stand while the bench works: the rules of the bench's machine about users, codes that leave the house,
and phones that come back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from station.bench.issuing import DESK
from station.domain.errors import NotFound, SixtapError
from station.domain.policy import Mode
from station.domain.roster import Row
from station.ports import Actor, Symbol
from tests.bench.rig import LEAD, OPERATOR, Rig
from tests.bench.stand_ins import token_value

ADMIN = Actor("ada", "admin")
POLICIES = ("default", "kiosk")  # that the management service has
WHICH = st.integers(0, 9)
MODES = st.sampled_from([None, None, Mode.WPCO, Mode.WORK_PROFILE])
ANSWERS = st.lists(st.sampled_from(["gone", "nobody", "later", "spam", "full", "lost", "delivered and lost"]), max_size=2)
DELAYS = st.sampled_from([0.0, 0.05, 0.15, 0.25, 0.35])
ACTS = st.sampled_from(["code", "invite", "assign", "work profile", "remove", "edit", "import", "retry", "skip", "hold", "reassign"])


class Office:
    """Rules only; the machine has the rest."""

    rig: Rig
    codes: list[Symbol]  # that were given out at a desk

    def person(self, doing: Coroutine[Any, Any, object]) -> None:
        raise NotImplementedError

    @property
    def users(self) -> list[str]:
        """Everybody who ever was in a batch of users, by id."""
        return sorted({unit.user for batch in range(len(self.rig.batches)) for unit in self.rig.queue(batch) if unit.user})

    def user(self, which: int) -> str:
        return self.users[which % len(self.users)]

    @property
    def codes_out(self) -> list[Symbol]:
        """What people have who are elsewhere, in the order in which they got it, desk first."""
        return [*self.codes, *(letter.symbol for letter in self.rig.post.delivered)]

    async def know_desk(self) -> None:
        """The batch of users who are in no other may just have been made."""
        made = [batch.id for batch in await self.rig.ledger.batches() if batch.name == DESK]
        self.rig.batches += [one for one in made if one not in self.rig.batches]

    # --- codes that leave the house -------------------------------------------------------------------------------------------

    @precondition(lambda self: self.users)
    @rule(which=WHICH, mode=MODES)
    def give_code(self, which: int, mode: Mode | None) -> None:
        self.person(self.code(self.user(which), mode))

    async def code(self, user: str, mode: Mode | None = None) -> None:
        """An admin asks for a code, and somebody takes it away."""
        given = await self.rig.bench.giving_out.show_code(ADMIN, user, mode)
        await self.know_desk()
        _, drawn = await self.rig.bench.giving_out.symbol(given.id)
        self.codes.append(drawn.symbol)

    @precondition(lambda self: self.users)
    @rule(which=WHICH, resend=st.booleans(), answers=ANSWERS)
    def invite(self, which: int, resend: bool, answers: list[Any]) -> None:
        self.rig.post.answers[:] = answers
        self.person(self.invitation(self.user(which), resend))

    async def invitation(self, user: str, resend: bool) -> None:
        await self.rig.bench.invitations.invite(ADMIN, [user], resend=resend)
        await self.know_desk()

    @precondition(lambda self: self.codes_out)
    @rule(which=WHICH, applies=st.booleans(), settings=st.booleans())
    def redeem_elsewhere(self, which: int, applies: bool, settings: bool) -> None:
        """A phone somewhere reads a code that was given out or mailed, be it the newest or an old one."""
        codes, phone = self.codes_out, self.rig.unbox()
        phone.token = token_value(codes[-1 - which % len(codes)])
        if self.rig.cloud.enroll(phone, path="settings" if settings else "setup_wizard") and applies:
            self.rig.cloud.apply(phone)
        self.rig.wait(70.0)

    @precondition(lambda self: self.rig.screen.symbol is not None)
    @rule()
    def photograph(self) -> None:
        """A phone that nobody sees reads what is on the screen."""
        assert self.rig.screen.symbol is not None
        self.rig.unbox().token = token_value(self.rig.screen.symbol)

    # --- users ------------------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.users)
    @rule(which=WHICH, policy=st.sampled_from(POLICIES), mode=MODES)
    def assign(self, which: int, policy: str, mode: Mode | None) -> None:
        whom = self.users if which == 9 else [self.user(which)]
        self.person(self.rig.bench.people.assign(ADMIN, whom, group=None, policy=policy, mode=mode))

    async def newcomer(self) -> str:
        """Somebody new in the roster, in no queue."""
        number = len(await self.rig.ledger.users())
        row = Row(1, f"Newcomer {number}", f"newcomer{number}@{self.rig.clock.now()}.example", "default")
        return (await self.rig.bench.people.import_users(ADMIN, [row])).users[0]

    @precondition(lambda self: self.users)
    @rule(which=WHICH, whom=st.sampled_from(["new", "new", "back", "other"]), first=st.booleans())
    def reassign(self, which: int, whom: str, first: bool) -> None:
        """A lead gives a place to somebody new, back to who had it, or to somebody who may be in a queue themselves."""
        units = [unit for unit in self.rig.queue() if not first or unit.state in {"queued", "held"}] or list(self.rig.queue())

        other = self.user(which + 1)

        async def given() -> None:
            who = await self.newcomer() if whom == "new" else other if whom == "other" else None
            await self.rig.bench.reassigning.reassign(LEAD, units[which % len(units)].id, who, "absent")

        self.person(given())

    @precondition(lambda self: self.users)
    @rule(which=WHICH)
    def remove(self, which: int) -> None:
        self.person(self.rig.bench.leaving.remove(ADMIN, self.user(which)))

    @precondition(lambda self: self.users)
    @rule(which=WHICH, one=ACTS, other=ACTS, delay=DELAYS)
    def two_in_the_office(self, which: int, one: str, other: str, delay: float) -> None:
        """Two people act on one user at the same time."""
        user = self.user(which)

        async def both() -> None:
            first = asyncio.ensure_future(self.act_on(user, one))
            await asyncio.sleep(delay)
            second = asyncio.ensure_future(self.act_on(user, other))
            for result in await asyncio.gather(first, second, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, SixtapError):
                    raise result

        self.person(both())

    async def act_on(self, user: str, act: str) -> None:
        bench = self.rig.bench
        places = await self.rig.ledger.enrollments_of(user)
        if not places:  # the only place was given to another user meanwhile
            return
        unit = places[-1].id
        match act:
            case "code":
                await self.code(user)
            case "invite":
                await self.invitation(user, True)
            case "assign" | "work profile":
                mode = Mode.WPCO if act == "assign" else Mode.WORK_PROFILE
                await bench.people.assign(ADMIN, [user], group=None, policy="kiosk", mode=mode)
            case "remove":
                await bench.leaving.remove(ADMIN, user)
            case "edit":
                await bench.people.edit(ADMIN, user, {"group": f"G{self.rig.clock.now()}"})
            case "import":
                known = await self.rig.ledger.user(user)
                if known is not None:
                    await bench.people.import_users(ADMIN, [Row(1, known.name, known.email, group=f"H{self.rig.clock.now()}")])
            case "retry":
                await bench.decisions.retry(LEAD, unit)
            case "reassign":
                await bench.reassigning.reassign(LEAD, unit, await self.newcomer(), "absent")
            case _:
                await getattr(bench.decisions, act)(LEAD, unit, "other")

    # --- phones -----------------------------------------------------------------------------------------------------------------

    @rule(which=WHICH)
    def phone_comes_back(self, which: int) -> None:
        """A user's phone is returned, and goes to whoever is next."""
        with_users = [phone for phone in self.rig.phones if phone.applied]
        if not with_users:
            return
        phone = with_users[which % len(with_users)]
        try:
            self.rig.act(self.rig.bench.giving_out.take_back(OPERATOR, phone.serial))
        except NotFound:
            return
        fresh = self.rig.unbox()
        fresh.serial, fresh.imei = phone.serial, phone.imei
        self.rig.camera.stand[:] = [fresh]
        self.rig.frames(3)
