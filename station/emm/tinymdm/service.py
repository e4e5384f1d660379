"""TinyMDM behind the station's port: exported codes, devices, users.

A phone's record names its user and no token. So the token of user X is called `users/<X's id at TinyMDM>`, and the record of X's
phone bears the same text. TinyMDM's codes are permanent: a user's code is handed out only while TinyMDM lists no device for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from random import Random
from typing import Protocol

from station.domain.errors import ConfigurationError, NotFound, RefuseUnit, TokenGone, WrongUse
from station.domain.evidence import Device
from station.domain.policy import Mode
from station.domain.prepared import PreparedCode, check_fit
from station.emm.amapi.credentials import checked_endpoint
from station.emm.tinymdm.calling import Caller
from station.emm.tinymdm.groups import Decode, GroupCodes
from station.emm.tinymdm.keys import Keys
from station.emm.tinymdm.people import People
from station.emm.tinymdm.records import Reader, ident, number, results
from station.ports import Capabilities, Code, CodeVault, Condition, Person, PolicyVersion, Put, Token, TokenOrder

TINYMDM = "https://www.tinymdm.net/api/v1"
USERS, GROUPS, WPCO = "users/", "groups/", "/wpco"
IMPORT = "Export it from the TinyMDM console and import it: sixtap codes import FILE"


class Book(Protocol):
    """What the station has written down about the tokens that were handed out here."""

    async def knows(self, token: str) -> bool:
        """Whether a token of this name was ever minted."""
        ...

    async def user_of(self, token: str) -> str | None:
        """Whose it was, by our user's opaque id."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What is a matter of the account, or not publicly known.

    per_second: calls in all. zone: of dates without one. policies: our name -> TinyMDM's id. enrollment_types: TinyMDM's word -> mode.
    group_codes: make a group for each user without an exported code. code_query: parameters of every group's code; wpco_query: those
    that make it a WPCO code.
    """

    per_second: float = 5.0
    timeout: float = 30.0
    zone: tzinfo = UTC
    policies: Mapping[str, str] = field(default_factory=dict)
    enrollment_types: Mapping[str, Mode] = field(default_factory=dict)
    group_codes: bool = False
    code_query: Mapping[str, str] = field(default_factory=lambda: {"prefix_type": "SERIAL_NUMBER"})
    wpco_query: Mapping[str, str] = field(default_factory=dict)


class TinyMdm:
    """One TinyMDM account; see station.ports.ManagementService for what each call promises.

    `endpoint`: None for TinyMDM, else a URL. `decode` reads the one QR code of a picture. `during` is entered while an answer is
    waited for. `minting` False: no code is handed out here. Raises ConfigurationError.
    """

    def __init__(
        self,
        keys: Keys,
        settings: Settings,
        *,
        endpoint: str | None,
        vault: CodeVault,
        book: Book,
        decode: Decode,
        random: Random,
        simulated: bool,
        minting: bool = True,
        during: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        if settings.per_second <= 0 or settings.timeout <= 0:
            raise ConfigurationError("requests_per_second and timeout_seconds must be more than 0.")
        url = checked_endpoint(endpoint) if endpoint else TINYMDM
        self._caller = Caller(url, keys, per_second=settings.per_second, timeout=settings.timeout, random=random, during=during)
        self._reader = Reader(settings.policies, settings.enrollment_types, settings.zone, simulated)
        self._groups = GroupCodes(self._caller, self._reader, settings.code_query, settings.wpco_query, decode)
        self._people = People(self._caller)
        self._vault = vault
        self._book = book
        self._group_codes = settings.group_codes
        self._minting = minting
        self._simulated = simulated

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mints=self._minting,
            single_use=False,
            reports_token=True,
            reports_serial=False,
            simulated=self._simulated,
            permanent=True,
            generic=self._group_codes,
        )

    @property
    def calls(self) -> Counter[str]:
        """How many calls were sent so far, by method, such as `devices.list`."""
        return self._caller.calls

    async def check(self) -> None:
        """One cheap call: it returns when keys, account and the way to TinyMDM are in order, else it raises what is not."""
        await self._caller.call("enterprise.info")

    async def condition(self, users: Sequence[str]) -> Condition:
        """How many licences are left, and who has no code that could be handed out."""
        paid, there = await self.licences()
        kept = set(users if self._group_codes else await self._vault.users())
        codeless = tuple(user for user in users if user not in kept)
        return Condition(left=None if paid is None else max(0, paid - there), codeless=codeless)

    async def licences(self) -> tuple[int | None, int]:
        """How many devices are paid for (None where TinyMDM does not say), and how many there are."""
        paid = number((await self._caller.call("enterprise.info")).get("paid_licence"))
        listed = await self._caller.call("devices.list", query={"per_page": "1"})
        count = number(listed.get("count"))
        return paid, count if count is not None else len(results(listed))

    async def close(self) -> None:
        """No call comes after this."""
        await self._caller.close()

    # --- people -------------------------------------------------------------------------------------------------------------

    async def put_users(self, people: Sequence[Person]) -> tuple[Put, ...]:
        """Make TinyMDM know these persons; see People.put."""
        return await self._people.put(people)

    # --- codes --------------------------------------------------------------------------------------------------------------

    async def mint(self, order: TokenOrder) -> Token:
        """The name of the user's exported code; without one, and where that is switched on, of a new group's code.

        Raises RefuseUnit when there is neither, and while TinyMDM lists a device for the user; MintUncertain when the answer to
        making the group was lost.
        """
        self._must_mint()
        code = await self._vault.get(order.user) if order.user and order.uses == 1 else None
        if code is not None:
            return await self._exported(order, code)
        if self._group_codes:
            group = await self._groups.make(order)
            return Token(f"{GROUPS}{group}{WPCO if order.mode is Mode.WPCO else ''}", None)
        if order.uses != 1:
            raise RefuseUnit("A code for many phones needs a group of TinyMDM's.", "Set group_codes = true in the configuration.")
        raise RefuseUnit("No code was imported for this user.", IMPORT)

    async def _exported(self, order: TokenOrder, code: PreparedCode) -> Token:
        account = ident(order.account)
        if not account:
            raise RefuseUnit("It is not known who this user is at TinyMDM.", "Import the user again while TinyMDM can be reached.")
        if code.mode not in {None, order.mode}:
            raise RefuseUnit(
                f"The imported code is for the mode {code.mode}; {order.mode} was ordered.",
                "Export the code again, with the console's WPCO box as the mode needs it.",
            )
        check_fit(code.kind, order.mode)
        async for page in self._caller.pages("devices.list"):
            for record in results(page):
                if ident(record.get("user_id")) == account:
                    name = ident(record.get("id")) or "without an id"
                    raise RefuseUnit(
                        f"TinyMDM lists a device for this user already ({name}), and the user's code is permanent.",
                        "Remove that device or give it to another user in the TinyMDM console, then release the unit.",
                    )
        return Token(f"{USERS}{account}", code.expires)

    async def code(self, token: str) -> Code:
        """The QR content of a token. Raises TokenGone when the exported code is not kept any more, or the group is gone."""
        self._must_mint()
        account, group, wpco = _parts(token)
        if group:
            try:
                return Code(await self._groups.content(group, wpco=wpco), None)
            except NotFound:
                raise TokenGone("The code's picture is gone.", "Requeue the user for a fresh code.") from None
        user = await self._book.user_of(f"{USERS}{account}")
        code = await self._vault.get(user) if user else None
        if code is None:
            raise TokenGone("The user's imported code is not kept any more.", IMPORT)
        if code.kind == "link":
            return Code("", code.expires, link=code.content)
        return Code(code.content, code.expires, varying=code.varying)

    async def tokens(self) -> AsyncIterator[Sequence[Token]]:
        """None: TinyMDM does not list its codes."""
        self._must_mint()
        nothing: tuple[Sequence[Token], ...] = ()
        for page in nothing:
            yield page

    async def revoke(self, token: str) -> None:
        """A user's code is permanent and stays as it is. A group that no device came into is removed, and its code with it."""
        self._must_mint()
        _, group, _ = _parts(token)
        if group:
            await self._groups.remove(group)

    def _must_mint(self) -> None:
        if not self._minting:
            raise WrongUse(
                "This part of the bench may watch devices, but not hand out codes.", "Use the part that is configured for it."
            )

    # --- confirming ---------------------------------------------------------------------------------------------------------

    async def devices(self) -> AsyncIterator[Sequence[Device]]:
        """All devices, a page of up to 1000 at a time, each page within the rate."""
        async for page in self._caller.pages("devices.list"):
            found = [self._reader.device(record) for record in results(page)]
            yield [await self._named(*one) for one in found if one is not None]

    async def device(self, name: str) -> Device | None:
        """One device as it is now; None when TinyMDM has none of that name (any more)."""
        start, _, own = name.partition("/")
        if start != "devices" or not ident(own):
            raise WrongUse(f"{name!r} is not of the form devices/ID.", "Check that the bench is configured for the right service.")
        record = await self._caller.find("devices.get", own)
        found = self._reader.device(record) if record is not None else None
        return await self._named(*found) if found is not None else None

    async def _named(self, device: Device, user: str, group: str) -> Device:
        """With the name of the token that it used: its group's where the group was made for one enrollment, else its user's."""
        if self._group_codes and group:
            for token in (f"{GROUPS}{group}", f"{GROUPS}{group}{WPCO}"):
                if await self._book.knows(token):
                    return replace(device, token=token)
        return replace(device, token=f"{USERS}{user}" if user else "")

    # --- policies -----------------------------------------------------------------------------------------------------------

    async def put_policy(self, policy: str, document: dict[str, object]) -> PolicyVersion:
        """TinyMDM's policies are made in its console. Raises WrongUse."""
        raise _no_policies()

    async def policy(self, policy: str) -> dict[str, object]:
        """Raises WrongUse."""
        raise _no_policies()

    async def policies(self) -> AsyncIterator[Sequence[PolicyVersion]]:
        """Raises WrongUse."""
        nothing: tuple[Sequence[PolicyVersion], ...] = ()
        for page in nothing:
            yield page
        raise _no_policies()


def _parts(token: str) -> tuple[str, str, bool]:
    """The account or the group that a token names, and whether it was ordered as WPCO. Raises WrongUse."""
    account = ident(token.removeprefix(USERS)) if token.startswith(USERS) else ""
    group = ident(token.removeprefix(GROUPS).removesuffix(WPCO)) if token.startswith(GROUPS) else ""
    if not account and not group:
        raise WrongUse(f"{token!r} is no token of TinyMDM's.", "Check that the bench is configured for the service that made it.")
    return account, group, token.endswith(WPCO)


def _no_policies() -> WrongUse:
    return WrongUse(
        "TinyMDM's policies are made and changed in its console.", "Name their ids in the configuration: [emm.policies] NAME = ID"
    )
