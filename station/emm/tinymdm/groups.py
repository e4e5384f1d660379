"""One group for each enrollment: where no code was exported, a group's own code enrolls a phone with a user made on the spot.

The order of calls (group, policy, code) and the one query parameter that is known are those of programs which do this for fully
managed phones; see docs/tinymdm.md for what is guessed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from station.domain.errors import MintUncertain, RefuseUnit, SixtapError, TokenGone
from station.domain.policy import Mode
from station.emm.amapi.faults import Fault
from station.emm.tinymdm.calling import Caller
from station.emm.tinymdm.records import Reader, ident, results
from station.ports import TokenOrder

PREFIX = "sixtap "  # of the groups' names, so that a person in the console sees whose they are

Decode = Callable[[bytes], str]


class GroupCodes:
    """Makes groups and reads their codes. `decode` reads the one QR code of a picture and raises RefuseUnit where it cannot."""

    def __init__(self, caller: Caller, reader: Reader, query: Mapping[str, str], wpco: Mapping[str, str], decode: Decode) -> None:
        self._caller = caller
        self._reader = reader
        self._query = query
        self._wpco = wpco
        self._decode = decode

    def refuse_unfit(self, mode: Mode) -> None:
        """Raise RefuseUnit for a mode whose code no group gives."""
        if mode is Mode.WPCO and not self._wpco:
            raise RefuseUnit(
                "How to ask TinyMDM for a group's WPCO code is not publicly known, and the configuration does not say it.",
                "Export this user's own WPCO code from the console, or set wpco_query to the parameters that TinyMDM's support names.",
            )
        if mode is Mode.WORK_PROFILE:
            raise RefuseUnit("A group's code sets up company-owned phones only.", "Export this user's own code from the console.")

    async def make(self, order: TokenOrder) -> str:
        """A new group in the order's policy; its id. One POST, sent once: MintUncertain when its answer was lost."""
        self.refuse_unfit(order.mode)
        try:
            made = await self._caller.attempt("groups.create", body={"name": f"{PREFIX}{order.reference}"})
        except Fault as fault:
            error = _uncertain() if fault.maybe_done else self._caller.readable(fault, "groups.create")
        else:
            group = ident(made.get("id"))
            if group:
                await self._into_policy(group, order)
                return group
            error = _uncertain()
        raise error

    async def _into_policy(self, group: str, order: TokenOrder) -> None:
        try:
            await self._caller.call("policies.assign", self._reader.policy_id(order.policy), group)
        except SixtapError:
            await self._caller.find("groups.delete", group)
            raise

    async def content(self, group: str, *, wpco: bool) -> str:
        """What the group's code holds. Raises TokenGone."""
        query = {**self._query, **(self._wpco if wpco else {})}
        answer = await self._caller.call("groups.code", group, query=query)
        url = answer.get("enrollment_qr_code_url")
        if not isinstance(url, str) or not url:
            raise TokenGone("TinyMDM gives no code for the group.", "Requeue the user for a fresh code.")
        picture = await self._caller.picture(url)
        return await asyncio.to_thread(self._decode, picture)

    async def remove(self, group: str) -> bool:
        """Remove a group that no device came into; False where one did. One that is gone already is no error."""
        listed = await self._caller.find("groups.devices", group)
        if listed is None:
            return True
        if results(listed):
            return False
        await self._caller.find("groups.delete", group)
        return True


def _uncertain() -> MintUncertain:
    return MintUncertain(
        "Making the group: the call was sent, and its answer was lost; a group may exist that nobody uses.",
        f"Requeue the user. Groups named {PREFIX}... without devices can be removed in the console.",
    )
