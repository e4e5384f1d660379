"""Minting ahead: the next one or two users are claimed, their tokens made and their symbols drawn before they are needed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from station.bench.desk import Desk
from station.bench.record import Record, new_id
from station.bench.revoking import revoke
from station.domain.dealing import Form, deal, other_form
from station.domain.enrollment import Attempt, Channel, Enrollment, Held, HoldReason, State
from station.domain.errors import (
    AskOperator,
    BadPayload,
    MintUncertain,
    RefuseUnit,
    ServiceRefused,
    SixtapError,
    StopBench,
    TokenGone,
    TryAgain,
)
from station.domain.payload import Link, Payload, parse, with_extras
from station.domain.policy import Mode
from station.domain.symbol import KnownSymbol, draw
from station.ports import BENCH, SERVICE, Batch, Change, Code, Effect, Fact, Lease, Minting, TokenOrder

MOST_UNCERTAIN = 3  # lost answers in a row before a person must look at the unit


@dataclass(frozen=True, slots=True)
class Prepared:
    """A user whose code can be shown at once. `forms` take turns on the screen; they are held in memory only."""

    enrollment: Enrollment
    lease: Lease
    attempt: Attempt
    forms: tuple[KnownSymbol, ...] = field(repr=False)


class MintAhead:
    """Claims, mints, draws, and keeps what is ready in a short line. One mint at a time, each sent once."""

    def __init__(self, record: Record, service: Minting, extras: Mapping[str, object]) -> None:
        self._record = record
        self._service = service
        self._extras = extras
        self.ready: deque[Prepared] = deque()
        self.leases: dict[str, Lease] = {}
        self._exhausted = False  # nobody is left in the queue, as far as is known

    @property
    def _desk(self) -> Desk:
        return self._record.desk

    async def run(self) -> None:
        """Keep the line full while the batch runs."""
        desk = self._desk
        while True:
            await desk.until(self._wanted)
            batch = desk.batch
            if batch is None:
                continue
            try:
                await self._prepare(batch)
            except TryAgain as why:
                await self._wait_for_service(str(why))
            except ServiceRefused as why:
                await self._wait_for_service(str(why))

    def _wanted(self) -> bool:
        desk = self._desk
        running = desk.batch is not None and desk.batch.state == "running" and desk.stopped is None
        return running and len(self.ready) < desk.timing.ahead and not self._exhausted

    async def _wait_for_service(self, why: str) -> None:
        self._desk.part("service", "lost", why)
        self._state("down")
        await asyncio.sleep(self._desk.timing.retry)

    def _state(self, mint: str) -> None:
        ready = "ready" if self.ready else mint
        if self._desk.mint != ready:
            self._desk.mint = ready  # type: ignore[assignment]  # the callers pass members of its Literal
            self._desk.ring()

    def queue_changed(self) -> None:
        """Users came into the queue: look again."""
        self._exhausted = False
        self._desk.ring()

    def take(self) -> Prepared:
        """The next prepared user."""
        prepared = self.ready.popleft()
        self._state("empty" if self._exhausted else "idle")
        return prepared

    async def _prepare(self, batch: Batch) -> None:
        claimed = await self._record.ledger.claim(batch.id, self._desk.timing.lease)
        if claimed is None:
            self._exhausted = True
            self._state("empty")
            return
        self._state("busy")
        enrollment, lease = claimed
        self.leases[enrollment.id] = lease
        try:
            prepared = await self._mint_and_draw(batch, enrollment, lease)
        except (RefuseUnit, AskOperator) as why:
            await self._hold(enrollment, why)
            await self.drop(lease)
            return
        except BaseException:
            await self.drop(lease)
            raise
        self._desk.part("service", "ok")
        self._line_up(prepared)
        self._state("ready")

    def _line_up(self, prepared: Prepared) -> None:
        """In the queue's order: a place whose code had to be made once more keeps its turn."""
        place = (prepared.enrollment.position, prepared.enrollment.id)
        behind = (at for at, one in enumerate(self.ready) if (one.enrollment.position, one.enrollment.id) > place)
        self.ready.insert(next(behind, len(self.ready)), prepared)

    async def withdraw(self, enrollment: str) -> None:
        """What was made ahead for this enrollment is void: it is claimed and made anew."""
        for prepared in [one for one in self.ready if one.enrollment.id == enrollment]:
            self.ready = deque(one for one in self.ready if one is not prepared)
            await self.drop(prepared.lease)

    async def drop(self, lease: Lease) -> None:
        """Give a claim back."""
        self.leases.pop(lease.enrollment, None)
        if self._desk.stopped is None:
            await self._record.ledger.release(lease)
            self.queue_changed()

    async def _hold(self, enrollment: Enrollment, why: SixtapError) -> None:
        held = Held(HoldReason.FAULT, str(why))
        async with self._record.turn:
            fresh = await self._record.ledger.enrollment(enrollment.id)
            if fresh.state is State.QUEUED:
                await self._record.move(fresh, held, change=Change(BENCH))

    async def _mint_and_draw(self, batch: Batch, enrollment: Enrollment, lease: Lease) -> Prepared:
        attempts = await self._record.ledger.attempts(enrollment.id)
        attempt = next((one for one in attempts if self._usable(one)), None)
        for _ in range(MOST_UNCERTAIN):
            if attempt is None:
                attempt = new_attempt(enrollment, len(attempts) + 1)
                attempts = (*attempts, attempt)
                attempt = await self._mint(batch, enrollment, attempt, lease)
            if attempt is not None and attempt.token is not None:
                try:
                    return Prepared(enrollment, lease, attempt, await self._forms(enrollment, attempt))
                except TokenGone:
                    await self._ended(attempt, "expired")
                    attempt = None
        raise MintUncertain(
            f"The management service lost {MOST_UNCERTAIN} answers in a row for this user's token.",
            "Check the network, then release the unit.",
        )

    def _usable(self, attempt: Attempt) -> bool:
        """Minted before a restart, never shown, and alive long enough."""
        if attempt.channel != "bench" or attempt.token is None or attempt.shown is not None or attempt.ended is not None:
            return False
        return self._lasts(attempt)

    def _lasts(self, attempt: Attempt) -> bool:
        return attempt.expires is None or attempt.expires - self._record.clock.now() >= self._desk.timing.renew_below

    async def _mint(self, batch: Batch, enrollment: Enrollment, attempt: Attempt, lease: Lease) -> Attempt | None:
        """A token for the attempt: in a generic batch the one that all share, as long as it lasts."""
        if batch.generic:
            shared = reversed(await self._record.ledger.shared_attempts(batch.id))
            lasting = next((one for one in shared if self._lasts(one)), None)
            if lasting is not None:
                joined = replace(attempt, token=lasting.token, expires=lasting.expires)
                await self._record.commit(Change(BENCH, attempts=(joined,), lease=lease))
                return joined
        return await mint_token(self._record, self._service, batch, enrollment, attempt, lease)

    async def _forms(self, enrollment: Enrollment, attempt: Attempt) -> tuple[KnownSymbol, ...]:
        if attempt.token is None:
            raise TokenGone("The attempt has no token.", "Retry the unit.")
        content = content_of(await self._service.code(attempt.token), enrollment.mode, self._extras)
        first = Form(attempt.key_order, attempt.mask)
        return await asyncio.to_thread(both_forms, content, first, attempt.level)

    async def _ended(self, attempt: Attempt, why: str) -> None:
        fact = Fact("AttemptEnded", {"attempt": attempt.id, "why": why}, None, attempt.enrollment)
        await self._record.commit(Change(BENCH, attempts=(await _with_end(self._record, attempt, why),), facts=(fact,)))

    async def keep_leases(self) -> None:
        """Renew what is held, well before it runs out. A lost lease stops the bench."""
        while True:
            await asyncio.sleep(self._desk.timing.lease / 3)
            for ident, lease in list(self.leases.items()):
                if self.leases.get(ident) is not lease:  # given back while others were renewed
                    continue
                try:
                    renewed = await self._record.ledger.renew(lease, self._desk.timing.lease)
                except StopBench as why:
                    self._desk.stop(why)
                    return
                if self.leases.get(ident) is lease:
                    self.leases[ident] = renewed

    def fresh(self, prepared: Prepared) -> bool:
        """Whether its token lives long enough to be shown."""
        return self._lasts(prepared.attempt)

    async def discard(self, prepared: Prepared, why: str) -> None:
        """A prepared user whose token grew old or who left the queue: end the attempt, give the claim back, revoke."""
        await self._ended(prepared.attempt, why)
        await self.drop(prepared.lease)
        await revoke(self._record, self._service, prepared.attempt)


def new_attempt(enrollment: Enrollment, number: int, channel: Channel = "bench") -> Attempt:
    """The enrollment's next attempt, before it has a token. `number` counts from 1."""
    # neighbours in the queue get other masks and key orders, so that their codes differ in most modules
    form, _ = deal(enrollment.position, number)
    return Attempt(new_id("a"), enrollment.id, number, channel, key_order=form.key_order, mask=form.mask)


async def mint_token(
    record: Record, service: Minting, batch: Batch, enrollment: Enrollment, attempt: Attempt, lease: Lease | None = None
) -> Attempt | None:
    """A token for the attempt: intent first, then the call, once. None when its answer was lost. Raises what the service raises when
    surely nothing was made."""
    user = await record.ledger.user(enrollment.user)
    effect = Effect(new_id("f"), "mint", attempt.id, record.clock.now())
    await record.commit(Change(BENCH, attempts=(attempt,), effects=(effect,), lease=lease))
    account = user.account if user else ""
    uses, lifetime = batch.generic or 1, batch.token_lifetime
    order = TokenOrder(attempt.id, enrollment.mode, enrollment.policy, lifetime, enrollment.user, account, uses)
    try:
        token = await service.mint(order)
    except MintUncertain as why:
        lost = await _with_end(record, attempt, "uncertain")
        fact = Fact("MintUncertain", {"attempt": attempt.id, "why": str(why)}, enrollment.batch, enrollment.id)
        await record.settle(effect, "unknown", change=Change(SERVICE, attempts=(lost,), facts=(fact,)))
        return None
    except SixtapError:
        await record.settle(effect, "refused", change=Change(SERVICE, attempts=(await _with_end(record, attempt, "refused"),)))
        raise
    body: dict[str, object] = {"attempt": attempt.id, "token": token.name, "expires": token.expires}
    facts = [Fact("TokenMinted", body, enrollment.batch, enrollment.id)]
    if any(one.token == token.name and one.shown is not None for one in await record.ledger.attempts(enrollment.id)):
        facts.append(Fact("CodeReused", {"attempt": attempt.id, "token": token.name}, enrollment.batch, enrollment.id))
    async with record.turn:  # meanwhile it may have been superseded, and must stay so
        fresh = await record.ledger.attempt(attempt.id) or attempt
        minted = replace(fresh, token=token.name, expires=token.expires)
        await record.settle(effect, "done", change=Change(SERVICE, attempts=(minted,), facts=tuple(facts)))
    return minted


async def _with_end(record: Record, attempt: Attempt, why: str) -> Attempt:
    """The attempt as it is stored, ended: for this reason, unless it had ended before."""
    stored = await record.ledger.attempt(attempt.id) or attempt
    return replace(stored, ended=stored.ended or why)


def content_of(code: Code, mode: Mode, extras: Mapping[str, object]) -> Payload | Link:
    """What the mode's code says: the provisioning bundle with the bench's extras, or the link that adds a work profile to a phone in
    use. Raises BadPayload."""
    if mode is not Mode.WORK_PROFILE:
        return with_extras(parse(code.content, code.varying), extras, mode)
    if not code.link:
        raise BadPayload("The management service gives no enrollment link for a work profile.", "Order another mode for this user.")
    return Link(code.link)


def both_forms(content: Payload | Link, first: Form, level: str) -> tuple[KnownSymbol, ...]:
    """The symbols that take turns. Raises BadPayload when the content fits no symbol."""
    return tuple(draw(content, order=form.key_order, mask=form.mask, level=level) for form in (first, other_form(first)))
