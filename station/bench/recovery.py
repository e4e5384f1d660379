"""After a crash: every unsettled effect is found again, what cannot be known asks one question, the rest goes on."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from station.bench.desk import WAITING
from station.bench.posting import Outbox
from station.bench.record import Record, set_by
from station.bench.revoking import carry_out
from station.domain.enrollment import Held, HoldReason, State
from station.domain.errors import AskOperator, RefuseUnit, ServiceRefused, TryAgain
from station.ports import BENCH, Change, Effect, Minting


class Recovery:
    """Run once at start, before anything is shown."""

    def __init__(self, record: Record, service: Minting, outbox: Outbox) -> None:
        self._record = record
        self._service = service
        self._outbox = outbox
        self._revokes: list[Effect] = []

    async def settle(self) -> None:
        """Bring ledger and desk to a state that is true again. Calls no one outside."""
        for effect in await self._record.ledger.open_effects():
            match effect.kind:
                case "mint":
                    await self._lost_mint(effect)
                case "revoke":
                    self._revokes.append(effect)
                case "mail":
                    await self._outbox.broken_off(effect)
                case _:
                    await self._record.settle(effect, "unknown")
        await self._interrupted()
        await self._labelled_only()
        await self._reload()

    async def _lost_mint(self, effect: Effect) -> None:
        attempt = await self._record.ledger.attempt(effect.attempt)
        ended = () if attempt is None else (replace(attempt, ended=attempt.ended or "uncertain"),)
        await self._record.settle(effect, "unknown", change=Change(BENCH, attempts=ended))

    async def _interrupted(self) -> None:
        ledger = self._record.ledger
        for enrollment in await ledger.enrollments(states=(State.SHOWING,)):
            async with self._record.turn:
                held = Held(HoldReason.INTERRUPTED, "the bench stopped while this code was up")
                await self._record.move(enrollment, held, change=Change(BENCH))

    async def _labelled_only(self) -> None:
        """A phone whose label was scanned and whose code was never ordered stands there for nobody."""
        ledger = self._record.ledger
        for phone in await ledger.phones(places=("stand",)):
            async with self._record.turn:
                if (await ledger.enrollment(phone.enrollment)).attempt != phone.attempt:
                    await set_by(self._record, phone)

    async def _reload(self) -> None:
        desk, ledger = self._record.desk, self._record.ledger
        after = 0
        while page := await ledger.enrollments(states=tuple(WAITING), after=after):
            desk.keep(page, ())
            after = page[-1].position
        desk.keep((), await ledger.phones(places=("stand", "tray")))
        running = [batch for batch in await ledger.batches() if batch.state == "running"]
        desk.batch = running[0] if running else None

    async def finish_revokes(self) -> None:
        """Do again what may not have been done, for as long as it takes."""
        while self._revokes:
            try:
                await carry_out(self._record, self._service, self._revokes[0])
            except (TryAgain, ServiceRefused):
                await asyncio.sleep(self._record.desk.timing.retry)
                continue
            except (AskOperator, RefuseUnit):  # this token is none of the service's
                await self._record.settle(self._revokes[0], "refused")
            del self._revokes[0]
