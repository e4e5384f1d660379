"""What is ordered for a user changes before any code came up: the enrollment follows, and what was minted before is void."""

from __future__ import annotations

from dataclasses import replace

from station.bench.minting import MintAhead
from station.bench.record import Record
from station.bench.revoking import revoke
from station.domain.enrollment import Reordered, State
from station.domain.policy import Mode
from station.ports import Actor, Change, Minting


async def reorder(record: Record, minting: MintAhead, service: Minting, actor: Actor, ident: str, mode: Mode, policy: str) -> bool:
    """Let a queued enrollment have another mode or policy; False where nothing changes, or its code is out already.

    Tokens that were minted for the old order are revoked. Raises what the service raises then; the order itself stands.
    """
    async with record.turn:
        enrollment = await record.ledger.enrollment(ident)
        if enrollment.state is not State.QUEUED or (enrollment.mode, enrollment.policy) == (mode, policy):
            return False
        minted = [one for one in await record.ledger.attempts(ident) if one.ended is None]
        ended = tuple(replace(one, ended="superseded") for one in minted)
        await record.move(enrollment, Reordered(mode, policy), change=Change(actor, attempts=ended))
    minting.queue_changed()
    for attempt in minted:
        await revoke(record, service, attempt)
    return True
