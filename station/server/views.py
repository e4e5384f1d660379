"""From the bench's values to the wire's messages."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict

from station import wire
from station.bench.bench import Bench
from station.bench.steps import next_step
from station.domain.enrollment import Enrollment, State
from station.domain.identity import row_name
from station.domain.setuptimes import SetupTime, usual
from station.ports import Batch, Recorded

RACK = frozenset({State.SCANNED, State.ENROLLED})


class Views:
    """Builds what clients see. Names are looked up once and kept in memory only."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._names: dict[str, str] = {}
        self._times: tuple[SetupTime, ...] | None = None

    def forget_times(self) -> None:
        """A phone got its device."""
        self._times = None

    async def _usual(self, unit: Enrollment) -> float | None:
        if unit.state is not State.SCANNED:
            return None
        if self._times is None:
            self._times = await self._bench.record.ledger.setup_times()
        return usual(self._times)

    def forget_names(self) -> None:
        """Users were changed."""
        self._names.clear()

    async def name(self, user: str) -> str:
        """A user's name; empty when it was erased."""
        if user not in self._names:
            found = await self._bench.record.ledger.user(user)
            self._names[user] = found.name if found else ""
        return self._names[user]

    async def called(self, unit: Enrollment) -> str:
        """The user's name; of a row of a generic batch what it is called itself."""
        if unit.user:
            return await self.name(unit.user)
        ledger = self._bench.record.ledger
        batch = await ledger.batch(unit.batch)
        attempt = await ledger.attempt(unit.attempt) if unit.attempt else None
        device = await ledger.device(attempt.device) if attempt and attempt.device else None
        day = time.strftime("%Y-%m-%d", time.localtime(device.enrolled)) if device and device.enrolled is not None else ""
        return row_name(batch.prefix, batch.naming, unit.position, serial=device.serial if device else "", day=day)

    async def brief(self, unit: Enrollment) -> wire.UnitBrief:
        # an invitation's due time is its code's end, and says nothing of its beginning
        due = None if unit.state is State.INVITED else unit.due
        since = due - self._bench.desk.timing.overdue if due is not None else None
        return wire.UnitBrief(
            enrollment=unit.id,
            position=unit.position,
            user=await self.called(unit),
            state=unit.state,
            reason=unit.reason,
            detail=unit.detail,
            tray=unit.tray,
            attempts=unit.attempts,
            since=since,
            usual=await self._usual(unit),
        )

    async def briefs(self, units: Sequence[Enrollment]) -> tuple[wire.UnitBrief, ...]:
        """A page of them; names that are not known yet are asked for in one go."""
        unknown = [unit.user for unit in units if unit.user and unit.user not in self._names]
        if unknown:
            found = {user.id: user.name for user in await self._bench.record.ledger.users_with(unknown)}
            self._names.update((ident, found.get(ident, "")) for ident in unknown)
        return tuple([await self.brief(unit) for unit in units])

    async def batch(self, batch: Batch) -> wire.BatchView:
        users, phones = await self._bench.record.ledger.counts(batch.id)
        return wire.BatchView(
            id=batch.id,
            name=batch.name,
            mode=batch.mode,
            policy=batch.policy,
            state=batch.state,
            identity=batch.identity,
            attestation=batch.attestation,
            minimum_android=batch.minimum_android,
            simulated=batch.simulated,
            generic=batch.generic,
            names=batch.names,
            users=wire.UserCounts(**asdict(users)),
            phones=wire.PhoneCounts(**asdict(phones)),
        )

    async def status(self) -> wire.Status:
        """The bench at this moment."""
        bench, desk = self._bench, self._bench.desk
        step = next_step(desk)
        ledger = bench.record.ledger
        in_trays = {phone.enrollment for phone in desk.phones.values() if phone.place == "tray"}
        units = sorted(desk.units.values(), key=lambda unit: (unit.tray or 0, unit.position))
        seq, _ = await ledger.head()
        batch = await self.batch(desk.batch) if desk.batch else None
        last = await ledger.enrollment(desk.last.id) if desk.last else None
        args = dict(step.args)
        if desk.wants_label and bench.label_problem:
            args["problem"] = bench.label_problem
        return wire.Status(
            bench=desk.name,
            simulated=desk.simulated,
            seq=seq,
            batch=batch,
            step=wire.Step.model_validate({"id": step.id, "args": args}),
            unit=await self.brief(desk.unit) if desk.unit else None,
            next_user=await self._next(),
            question=await self._question(),
            view=desk.view,
            shows=desk.shows,
            followed=desk.followed,
            code_up=desk.code_up,
            trays=desk.timing.trays,
            rack=tuple([await self.brief(unit) for unit in units if unit.id in in_trays or unit.state in RACK]),
            held=tuple([await self.brief(unit) for unit in units if unit.state is State.HELD][:50]),
            last=await self.brief(last) if last else None,
            overrides=desk.overrides,
            parts={name: wire.PartState(state=part.state, detail=part.detail) for name, part in desk.parts.items()},
            at=bench.record.clock.now(),
        )

    async def _next(self) -> str | None:
        """Whose code is ready. Asked of the ledger: the place may be another user's since the code was made."""
        ready = self._bench.minting.ready
        return await self.called(await self._bench.record.ledger.enrollment(ready[0].enrollment.id)) if ready else None

    async def _question(self) -> wire.Question | None:
        asked = self._bench.desk.question
        if asked is None:
            return None
        unit = await self._bench.record.ledger.enrollment(asked.enrollment)
        user = await self.called(unit)
        document = {"id": asked.id, "kind": asked.kind, "enrollment": asked.enrollment, "user": user, "answers": asked.answers}
        return wire.Question.model_validate(document)


def recorded(event: Recorded) -> wire.Recorded:
    """An event as the wire carries it."""
    return wire.Recorded.model_validate(event, from_attributes=True)
