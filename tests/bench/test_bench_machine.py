"""The real bench under everything that may happen to it, in any order; after every step what must hold is looked up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Coroutine
from pprint import pformat
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from station.bench.decisions import Decisions
from station.domain.enrollment import Enrollment
from station.domain.errors import LeaseLost, LedgerFailed, SixtapError
from station.emm.emulator import Rule
from station.ports import Actor
from tests.bench.hands import finish, one_step, way
from tests.bench.invariants import Watch
from tests.bench.office import POLICIES, Office
from tests.bench.rig import LEAD, OPERATOR, Crashed, Rig, Setup
from tests.bench.stand_ins import Handset, token_value

PEOPLE = st.sampled_from([OPERATOR, LEAD])
WHICH = st.integers(0, 9)
WHY: dict[str, tuple[str, ...]] = {"attest": (), "retry": (), "release": ()}
WHY |= dict.fromkeys(("set_aside", "hold", "skip", "fail"), ("other",))
DECISIONS = st.sampled_from(sorted(WHY))
TIMES = st.sampled_from([0.2, 1.0, 5.0, 40.0, 120.0, 700.0, 2400.0, 10800.0])

SETUPS = st.builds(
    Setup,
    users=st.integers(2, 4),
    more_users=st.sampled_from([0, 0, 1]),
    trays=st.sampled_from([0, 1, 2, 3]),
    camera=st.sampled_from([True, True, True, False]),
    label=st.booleans(),
    attestation=st.sampled_from(["never", "lead", "operator"]),
    lifetime=st.sampled_from([3600, 7200]),
    hearing=st.booleans(),
    generic=st.sampled_from([0, 0, 0, 2, 3]),
)


class BenchMachine(Office, RuleBasedStateMachine):
    """A bench, the people at it, its phones, and all that can go wrong around it."""

    rig: Rig
    watch: Watch

    @initialize(setup=SETUPS)
    def begin(self, setup: Setup) -> None:
        self.rig = Rig(setup)
        self.watch = Watch(self.rig)
        self.codes = []
        for policy in POLICIES:
            self.rig.cloud.has_policy(policy)
        self.rig.act(self.rig.bench.intake.start(LEAD, self.rig.batches[0]))
        self.rig.frames(4)

    def teardown(self) -> None:
        if not hasattr(self, "rig"):
            return
        try:
            if sys.exc_info()[0] is None:
                self.everybody_finishes()
        finally:
            self.rig.close()

    def everybody_finishes(self) -> None:
        """From wherever the bench is now, people who do what it says come to an end."""
        try:
            finish(self.rig)
            self.watch.check()
            assert not self.rig.loop.run_until_complete(self.rig.ledger.open_effects())
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.dump()}") from error

    @invariant()
    def all_holds(self) -> None:
        if hasattr(self, "rig"):
            try:
                self.watch.check()
            except AssertionError as error:
                raise AssertionError(f"{error}\n{self.dump()}") from error

    def dump(self) -> str:
        """The desk and the ledger, for a failure."""
        rig = self.rig
        units = [unit for batch in range(len(rig.batches)) for unit in rig.queue(batch)]
        attempts = [one for unit in units for one in rig.loop.run_until_complete(rig.ledger.attempts(unit.id))]
        phones = rig.loop.run_until_complete(rig.ledger.phones())
        effects = rig.loop.run_until_complete(rig.ledger.open_effects())
        return pformat([rig.step, rig.desk, units, attempts, phones, effects, rig.camera.stand], width=160)

    # --- people ---------------------------------------------------------------------------------------------------------------

    def person(self, doing: Coroutine[Any, Any, object]) -> None:
        """Somebody does something: it is done, or the bench says why not, in words that hold no secret."""
        try:
            self.rig.act(doing)
        except SixtapError as error:
            assert not isinstance(error, LeaseLost | LedgerFailed), error
            assert error.message.strip()
            assert not any(value in str(error) for value in self.rig.cloud.secrets)
        except Crashed:
            pass

    def unit(self, which: int) -> Enrollment:
        units = self.rig.queue()
        waiting = [one for one in units if one.state not in {"queued", "verified"}] if which % 3 else []
        chosen = waiting or units
        return chosen[which % len(chosen)]

    @property
    def decisions(self) -> Decisions:
        return self.rig.bench.decisions

    @precondition(lambda self: self.rig.desk.question is not None)
    @rule(who=PEOPLE, which=WHICH)
    def answer(self, who: Actor, which: int) -> None:
        question = self.rig.desk.question
        assert question is not None
        self.person(self.decisions.answer(who, question.id, question.answers[which % len(question.answers)]))

    @rule(who=PEOPLE, which=WHICH, act=DECISIONS)
    def decide(self, who: Actor, which: int, act: str) -> None:
        self.person(getattr(self.decisions, act)(who, self.unit(which).id, *WHY[act]))

    @precondition(lambda self: not self.rig.desk.stand_clear)
    @rule(who=PEOPLE)
    def declare_empty(self, who: Actor) -> None:
        self.person(self.decisions.declare_empty(who))

    @precondition(lambda self: self.rig.setup.label)
    @rule(who=PEOPLE, which=WHICH, imei=st.booleans())
    def enter_label(self, who: Actor, which: int, imei: bool) -> None:
        phones = self.rig.phones if which < 2 and self.rig.phones else self.rig.camera.stand[:1] or [self.rig.unbox()]
        phone = phones[which % len(phones)]
        self.person(self.decisions.label(who, phone.imei if imei else phone.serial))

    @precondition(lambda self: self.rig.desk.wants_label)
    @rule(twice=st.booleans())
    def scan_box(self, twice: bool) -> None:
        phone = (self.rig.camera.stand[:1] or [self.rig.unbox()])[0]
        self.rig.scanner.scan(phone.serial)
        if twice:
            self.rig.scanner.scan(phone.imei)
        self.rig.wait(0.5)

    @rule(which=WHICH, one=DECISIONS, other=DECISIONS, delay=st.sampled_from([0.0, 0.05, 0.15]))
    def two_at_once(self, which: int, one: str, other: str, delay: float) -> None:
        unit = self.unit(which).id

        async def both() -> None:
            first = asyncio.ensure_future(getattr(self.decisions, one)(LEAD, unit, *WHY[one]))
            await asyncio.sleep(delay)
            second = asyncio.ensure_future(getattr(self.decisions, other)(OPERATOR, unit, *WHY[other]))
            for result in await asyncio.gather(first, second, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, SixtapError):
                    raise result

        self.person(both())

    @rule(which=WHICH, starting=st.booleans())
    def start_or_pause(self, which: int, starting: bool) -> None:
        batch = self.rig.batches[which % len(self.rig.batches)]
        self.person((self.rig.bench.intake.start if starting else self.rig.bench.intake.pause)(OPERATOR, batch))

    # --- phones ---------------------------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.rig.camera.stand) < 2)
    @rule(old=st.booleans(), which=WHICH)
    def place(self, old: bool, which: int) -> None:
        away = [phone for phone in self.rig.phones if phone not in self.rig.camera.stand and phone.device is None]
        self.rig.camera.stand.append(away[which % len(away)] if old and away else self.rig.unbox())
        self.rig.frames(3)

    @precondition(lambda self: self.rig.camera.stand)
    @rule(frames=st.integers(1, 4))
    def aim(self, frames: int) -> None:
        self.rig.camera.stand[0].showing = "viewfinder"
        self.rig.frames(frames)

    @precondition(lambda self: self.rig.screen.symbol is not None and self.rig.camera.stand)
    @rule()
    def read(self) -> None:
        phone, symbol = self.rig.camera.stand[0], self.rig.screen.symbol
        assert symbol is not None
        if phone.token is None:
            phone.token = token_value(symbol)
            phone.showing = "other"
        self.rig.frames(4)

    @rule(steps=st.integers(1, 3))
    def do_as_told(self, steps: int) -> None:
        for _ in range(steps):
            with contextlib.suppress(Crashed, SixtapError):
                one_step(self.rig)

    @precondition(lambda self: self.rig.step.id == "place_phone")
    @rule(how=st.sampled_from(["reads", "goes back", "goes dark", "is pulled away", "never reads", "two at once", "reads unseen"]))
    def a_phone_comes(self, how: str) -> None:
        """It stands there with its viewfinder open, and then this."""
        stand = self.rig.camera.stand
        stand[:] = stand[:1] if stand and stand[0].token is None else [self.rig.unbox()]
        if how == "reads unseen" and self.rig.screen.symbol is not None:
            return self.read()
        self.aim(frames=4)
        match how:
            case "reads" if self.rig.screen.symbol is not None:
                self.read()
            case "goes back" | "goes dark" if stand:
                self.give_up(showing="before" if how == "goes back" else "dark")
            case "is pulled away":
                self.take_off()
            case "two at once":
                stand.append(self.rig.unbox())
                self.rig.frames(4)
            case _:
                self.rig.wait(130.0)
        return None

    @precondition(lambda self: self.rig.camera.stand)
    @rule(showing=st.sampled_from(["before", "dark", "other"]))
    def give_up(self, showing: Any) -> None:
        self.rig.camera.stand[0].showing = showing
        self.rig.frames(42 if showing == "dark" else 12)

    @precondition(lambda self: self.rig.camera.stand)
    @rule()
    def take_off(self) -> None:
        self.rig.camera.stand.clear()
        self.rig.frames(4)

    def phone_that(self, which: int, fits: Callable[[Handset], bool]) -> Handset | None:
        fitting = [phone for phone in self.rig.phones if fits(phone)]
        return fitting[which % len(fitting)] if fitting else None

    @rule(which=WHICH, how=st.sampled_from(["good", "good", "good", "wrong mode", "low android"]), applies=st.booleans())
    def set_up(self, which: int, how: str, applies: bool) -> None:
        phone = self.phone_that(which, lambda one: one.token is not None and one.device is None)
        if phone is not None:
            right = way(self.rig, phone)
            wrong = "setup_wizard" if right == "settings" else "settings"
            path = wrong if how == "wrong mode" else right
            if self.rig.cloud.enroll(phone, path=path, android=10 if how == "low android" else 14) and applies:
                self.rig.cloud.apply(phone)
            self.rig.wait(40.0)

    @rule(which=WHICH)
    def apply(self, which: int) -> None:
        phone = self.phone_that(which, lambda one: one.device is not None and not one.applied)
        if phone is not None:
            self.rig.cloud.apply(phone)
            self.rig.wait(10.0)

    @precondition(lambda self: self.rig.cloud.secrets)
    @rule(which=WHICH)
    def turn_up(self, which: int) -> None:
        names = sorted(self.rig.cloud.secrets.values())
        self.rig.cloud.appear(self.rig.unbox(), names[which % len(names)])
        self.rig.wait(70.0)

    # --- what goes wrong ---

    @precondition(lambda self: self.rig.setup.camera)
    @rule()
    def camera_lost_or_back(self) -> None:
        if self.rig.camera.lost:
            self.rig.camera.come_back()
        else:
            self.rig.camera.lose()
        self.rig.wait(0.3)
        self.rig.frames(2)

    @rule()
    def window_gone_or_attached(self) -> None:
        if self.rig.screen.attached:
            self.rig.screen.detach()
        else:
            self.rig.screen.attach()
        self.rig.wait(0.3)

    @rule(refusing=st.booleans())
    def window_refuses(self, refusing: bool) -> None:
        self.rig.screen.refusing = refusing
        self.rig.wait(0.3)

    @rule(mood=st.sampled_from(["well", "well", "down", "refusing"]))
    def service_is(self, mood: Any) -> None:
        self.rig.cloud.mood = mood
        self.rig.wait(0.3)

    @precondition(lambda self: self.rig.voice is not None)
    @rule(kind=st.sampled_from(["duplicate", "garbage", "drop_before", "latency"]), mood=st.sampled_from(["well", "well", "down"]))
    def service_is_heard(self, kind: Any, mood: Any) -> None:
        if self.rig.voice is not None:
            self.rig.voice.mood = mood
        kinds = ("ENROLLMENT", "STATUS_REPORT")
        self.rig.cloud.emulator.faults.replace([Rule(f"notifications.{one}", kind, seconds=300.0, times=2) for one in kinds])

    @rule(lost=st.lists(st.sampled_from(["before", "after"]), min_size=1, max_size=4))
    def service_loses_answers(self, lost: list[Any]) -> None:
        self.rig.cloud.losing[:] = lost

    @rule(seconds=TIMES)
    def time_passes(self, seconds: float) -> None:
        self.rig.wait(seconds)
        self.rig.frames(1)

    @rule()
    def crash(self) -> None:
        self.rig.crash()

    @rule(acts=st.integers(1, 6), moment=st.sampled_from(["before", "after"]))
    def crash_soon(self, acts: int, moment: Any) -> None:
        self.rig.life.end_at(acts, moment)


EXAMPLES = int(os.environ.get("SIXTAP_MACHINE_EXAMPLES", "0"))
STEADY = settings(max_examples=36, stateful_step_count=30, deadline=None, derandomize=True, database=None)
LONG = settings(
    max_examples=EXAMPLES or 1,
    stateful_step_count=50,
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
TestBenchMachine = BenchMachine.TestCase
TestBenchMachine.settings = LONG if EXAMPLES else STEADY
