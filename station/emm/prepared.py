"""Codes that were exported from a console, as a management service: nothing is minted here, a user's code is handed out.

Whatever console it is, it is not asked anything. A user's token is called `prepared/<the user's id>`, and so is the token of the
devices that people bring: rows of the console's device list, or a device that somebody vouches for. The codes are permanent as far as
anybody knows: one is handed out only while no device is listed for its user.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from station.domain.errors import PartLost, RefuseUnit, TokenGone, WrongUse
from station.domain.evidence import ATTESTED, LISTED, Device
from station.domain.prepared import TOKENS, check_fit, token_of
from station.ports import Capabilities, Clock, Code, CodeVault, Condition, DeviceShelf, PolicyVersion, Token, TokenOrder

IMPORT = "Export it from the console and import it: sixtap codes import FILE"
NO_POLICIES = "Policies are the console's own here: this bench hands out codes that were exported from it."


class PreparedService:
    """See station.ports.ManagementService and DeviceBook. `takes_word`: a device that a person vouches for counts."""

    def __init__(self, vault: CodeVault, shelf: DeviceShelf, clock: Clock, *, takes_word: bool, simulated: bool) -> None:
        self._vault = vault
        self._shelf = shelf
        self._clock = clock
        self._simulated = simulated
        self.takes_word = takes_word
        self.calls: Counter[str] = Counter()

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mints=True, single_use=False, reports_token=True, reports_serial=False, simulated=self._simulated, permanent=True
        )

    async def condition(self, users: Sequence[str]) -> Condition:
        """Who of them has no code."""
        kept = frozenset(await self._vault.users())
        return Condition(codeless=tuple(user for user in users if user not in kept))

    async def close(self) -> None:
        """Nothing is open."""

    # --- codes --------------------------------------------------------------------------------------------------------------

    async def mint(self, order: TokenOrder) -> Token:
        """The name of the user's code. RefuseUnit: there is none, it is for another mode or too old, or a device is listed for the
        user."""
        if order.uses != 1:
            raise RefuseUnit("A prepared code is one user's; it cannot serve many phones.", "Make a batch of users.")
        code = await self._vault.get(order.user)
        if code is None:
            raise RefuseUnit("No code was imported for this user.", IMPORT)
        if code.mode not in {None, order.mode}:
            raise RefuseUnit(f"The imported code is for the mode {code.mode}; {order.mode} was ordered.", IMPORT)
        check_fit(code.kind, order.mode)
        if code.expires is not None and code.expires <= self._clock.now():
            raise RefuseUnit("The imported code is not valid any more.", IMPORT)
        name = token_of(order.user)
        listed = [device.name for device in await self._shelf.read() if device.token == name]
        if listed:
            raise RefuseUnit(
                f"A device is listed for this user already ({listed[0]}), and the user's code is permanent.",
                "Remove that device in the console, import its device list again, then release the unit.",
            )
        return Token(name, code.expires)

    async def code(self, token: str) -> Code:
        """The content of a user's code. TokenGone when it was purged."""
        user = token.removeprefix(TOKENS)
        if user == token:
            raise WrongUse(f"{token[:80]!r} is no prepared code's name.", "")
        code = await self._vault.get(user)
        if code is None:
            raise TokenGone("The prepared code is not kept any more.", IMPORT)
        if code.kind == "link":
            return Code("", code.expires, link=code.content)
        return Code(code.content, code.expires, varying=code.varying)

    async def tokens(self) -> AsyncIterator[Sequence[Token]]:
        """One page: everybody who has a code. When each expires is not looked up."""
        yield [Token(token_of(user), None) for user in await self._vault.users()]

    async def revoke(self, token: str) -> None:
        """Nobody but the console can; the code is purged when its unit is settled."""

    # --- devices ------------------------------------------------------------------------------------------------------------

    async def devices(self) -> AsyncIterator[Sequence[Device]]:
        """What people brought, on one page."""
        yield await self._shelf.read()

    async def device(self, name: str) -> Device | None:
        return next((device for device in await self._shelf.read() if device.name == name), None)

    async def take_list(self, devices: Sequence[Device]) -> tuple[Device, ...]:
        """The console's whole list in place of the one before. A device keeps its name and, where the list tells no time, the time
        when it was listed first. What somebody vouched for stays until the list has a device of that user."""
        before = list(await self._on_the_shelf())
        listed = tuple([self._known_again(device, before) for device in devices])
        users = {device.token for device in listed}
        kept = tuple(device for device in before if device.state == ATTESTED and device.token not in users)
        await self._shelf.write((*listed, *kept))
        return listed

    async def take_word(self, device: Device) -> None:
        before = await self._on_the_shelf()
        await self._shelf.write((*(one for one in before if one.name != device.name), device))

    async def _on_the_shelf(self) -> Sequence[Device]:
        """What can be read of it: a damaged file is written anew."""
        try:
            return await self._shelf.read()
        except PartLost:
            return ()

    def _known_again(self, device: Device, left: list[Device]) -> Device:
        """The device under the name that it had; it is taken out of `left`, for no two are the same."""
        theirs = [one for one in left if one.token == device.token]
        same = next((one for one in theirs if _same(one, device)), None)
        if same is None:  # the list bears out what was vouched for, unless a serial number says otherwise
            vouched = (one for one in theirs if one.state == ATTESTED)
            same = next((one for one in vouched if not (one.serial and device.serial) or one.serial == device.serial), None)
        if same is not None:
            left.remove(same)
        name = same.name if same else device.name
        enrolled = device.enrolled or (same.enrolled if same else None) or self._clock.now()
        return replace(device, name=name, state=LISTED, enrolled=enrolled, simulated=self._simulated)

    # --- policies -----------------------------------------------------------------------------------------------------------

    async def put_policy(self, policy: str, document: dict[str, object]) -> PolicyVersion:
        """WrongUse: they are the console's."""
        raise WrongUse(NO_POLICIES, f"Change {policy} in the console.")

    async def policy(self, policy: str) -> dict[str, object]:
        """WrongUse: they are the console's."""
        raise WrongUse(NO_POLICIES, f"Look at {policy} in the console.")

    async def policies(self) -> AsyncIterator[Sequence[PolicyVersion]]:
        """WrongUse: they are the console's."""
        raise WrongUse(NO_POLICIES, "Look at them in the console.")
        yield ()  # an iterator, as the port has it


def _same(one: Device, other: Device) -> bool:
    """The same phone in two lists: by anything that both tell."""
    told = ((one.serial, other.serial), (one.imei, other.imei), (one.enrolled, other.enrolled))
    return one.name == other.name or any(mine and mine == theirs for mine, theirs in told)
