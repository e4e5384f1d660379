"""A user's code at any time, given out by an admin at a desk; and phones that come back."""

from __future__ import annotations

from dataclasses import replace

from station.bench.issuing import Drawn, Issuing
from station.bench.minting import MintAhead
from station.bench.ordering import reorder
from station.bench.people import find_user
from station.bench.record import Record
from station.domain.enrollment import Attempt, State
from station.domain.errors import NotFound, WrongUse
from station.domain.identity import read_label
from station.domain.policy import Mode
from station.ports import Actor, Change, Fact, Minting


class GivingOut:
    """Each method is one act of one actor."""

    def __init__(self, record: Record, issuing: Issuing, minting: MintAhead, service: Minting) -> None:
        self._record = record
        self._issuing = issuing
        self._minting = minting
        self._service = service

    async def show_code(self, actor: Actor, user: str, mode: Mode | None = None) -> Attempt:
        """A code for this user (by id, e-mail or name), outside of the bench's turn: it takes the place of the one before, which is
        revoked. Refused while the user's code is on the screen or the phone in the rack. The act is in the record before anybody sees
        the code."""
        person = await find_user(self._record.ledger, user)
        enrollment = await self._issuing.place(actor, person, mode=mode)
        if mode is not None and mode is not enrollment.mode:
            if enrollment.state is not State.QUEUED:
                raise WrongUse(f"This user's code is out, for the mode {enrollment.mode}.", "Bring the unit back to the queue first.")
            await reorder(self._record, self._minting, self._service, actor, enrollment.id, mode, enrollment.policy)
        return await self._issuing.give_out(actor, enrollment.id)

    async def symbol(self, ident: str) -> tuple[Attempt, Drawn]:
        """The code of an attempt that was given out and is still good. Raises NotFound, TokenGone."""
        attempt = await self._record.ledger.attempt(ident)
        if attempt is None or attempt.channel != "desk" or attempt.shown is None:
            raise NotFound("No code was given out under this id.", "Ask for one: sixtap qr USER")
        return attempt, await self._issuing.drawn(attempt)

    async def take_back(self, actor: Actor, text: str) -> str:
        """The phone with this serial number or IMEI came back from its user: it is free for another. The unit that it was."""
        record, label = self._record, read_label(text)
        async with record.turn:
            phones = [one for one in await record.ledger.phones() if one.label == label.value]
            for device in await record.ledger.devices_with_serial(label.value):
                attempt = await record.ledger.attempt_by_device(device.name)
                phone = await record.phone_of(attempt) if attempt else None
                phones += [phone] if phone is not None else []
            out = [one for one in phones if one.place == "verified" and one.returned is None]
            if not out:
                raise NotFound(f"No phone {label.value} is with a user.", "Scan the number on its box, or look it up in the record.")
            back = tuple({one.id: replace(one, returned=record.clock.now()) for one in out}.values())
            facts = tuple(Fact("DeviceReturned", {"phone": one.id, "label": label.value}, one.batch, one.enrollment) for one in back)
            await record.commit(Change(actor, phones=back, facts=facts))
        return back[-1].enrollment
