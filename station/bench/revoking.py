"""Codes become void: their tokens are deleted at the management service, by intent."""

from __future__ import annotations

from dataclasses import replace

from station.bench.record import Record
from station.domain.enrollment import Attempt, Held, HoldReason, State
from station.domain.errors import SixtapError
from station.ports import BENCH, SERVICE, Change, Effect, Minting


async def revoke(record: Record, service: Minting, attempt: Attempt) -> None:
    """Delete the attempt's token at the service: intent first, then the call. Not called in turn. Raises what the service raises.

    A code that is permanent, or that other phones of a generic batch use too, stays: it is only not shown again for this attempt.
    """
    if attempt.token is None:
        return
    if service.capabilities.permanent or await _is_shared(record, attempt):
        async with record.turn:
            fresh = await record.ledger.attempt(attempt.id) or attempt
            await record.commit(Change(BENCH, attempts=(replace(fresh, ended=fresh.ended or "withdrawn"),)))
    else:
        await revoke_token(record, service, attempt)


async def _is_shared(record: Record, attempt: Attempt) -> bool:
    enrollment = await record.ledger.enrollment(attempt.enrollment)
    return (await record.ledger.batch(enrollment.batch)).generic > 0


async def revoke_token(record: Record, service: Minting, attempt: Attempt) -> None:
    """The same, whoever else uses this token."""
    effect = await record.intend("revoke", attempt.id, token=attempt.token)
    try:
        await carry_out(record, service, effect)
    except SixtapError:
        await record.settle(effect, "unknown", actor=SERVICE)  # whoever wanted it hears of it, and may ask again
        raise


async def carry_out(record: Record, service: Minting, effect: Effect) -> None:
    """Delete the token that a revoke is about; no code of its attempt is shown again, and nobody waits for it to be used. Deleting
    twice does no harm."""
    if effect.token is not None:
        await service.revoke(effect.token)
    async with record.turn:
        change = Change(SERVICE, effects=(replace(effect, outcome="done"),))
        attempt = await record.ledger.attempt(effect.attempt)
        if attempt is None:
            await record.commit(change)
            return
        change = replace(change, attempts=(replace(attempt, ended=attempt.ended or "revoked"),))
        enrollment = await record.ledger.enrollment(attempt.enrollment)
        if enrollment.state is State.INVITED and enrollment.attempt == attempt.id:  # what comes next may fail, or never be done
            await record.move(enrollment, Held(HoldReason.EXPIRED, "the code that was sent or given out is revoked"), change=change)
        else:
            await record.commit(change)
