"""What must hold of a bench after every step, looked up in its ledger and on its screen, not in its own words."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field

from sqlalchemy import Connection, select

from station.bench.desk import WAITING
from station.domain.audit import Chain
from station.domain.enrollment import OPEN, REASSIGNED, STILL_EXPECTED, Attempt, Enrollment, Phone, PhoneCount, State, UserCount
from station.domain.evidence import Evidence
from station.domain.policy import ALLOW_PERSONAL_USAGE, EXPECTED_RECORD, MINIMUM_ANDROID, Mode
from station.emm.emulator.tokens import EnrollmentToken
from station.ports import Effect, Recorded, Symbol
from station.store import reading, schema
from station.store.rows import effect as effect_of
from tests.bench.rig import Rig
from tests.bench.stand_ins import Seen, read_symbol, token_value

SETTLED_WITHIN = 60.0  # seconds: by then the effect of anything but a code that waits for its screen is known
EMPTY_FRAMES = 3


@dataclass(slots=True)
class Rows:
    """The ledger's content at one moment."""

    enrollments: dict[str, Enrollment] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    phones: tuple[Phone, ...] = ()
    effects: tuple[Effect, ...] = ()
    evidence: dict[str, tuple[Evidence, ...]] = field(default_factory=dict)
    counts: list[tuple[UserCount, PhoneCount]] = field(default_factory=list)
    events: tuple[Recorded, ...] = ()
    users: dict[str, tuple[str, ...]] = field(default_factory=dict)  # by id: name and address
    generic: dict[str, int] = field(default_factory=dict)  # by batch: phones of its code
    labelled: dict[str, bool] = field(default_factory=dict)  # by batch: whether each phone's box is scanned
    revokes: tuple[Effect, ...] = ()
    text: str = ""  # of all tables but the roster


class Watch:
    """Looks on. `check` raises AssertionError naming what does not hold."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._chain = Chain()
        self._states: dict[str, str] = {}
        self._scanned: set[str] = set()
        self._void: set[str] = set()  # codes of whoever had a place before
        self._wrong: list[str] = []
        self._empty = 0
        self._unwell = 0.0  # when the service was last seen not to answer
        self._clear = False
        self._unit: str | None = None
        self._people: dict[str, tuple[str, ...]] = {}  # by id: name and address of everybody who ever was in the roster
        self._removed: set[str] = set()
        rig.on_recorded, rig.on_life = self._recorded, self._begun
        rig.screen.on_show = self._shown
        rig.camera.on_frame = self._filmed
        self._begun()

    # --- as it happens --------------------------------------------------------------------------------------------------------

    def _begun(self) -> None:
        self._clear, self._unit, self._empty = False, None, 0
        self._rig.desk.listeners.append(self._rang)

    def _filmed(self, seen: Seen) -> None:
        if seen.stand == "phone":
            self._clear, self._empty = False, 0
        else:
            self._empty += 1
            self._clear = self._clear or (self._empty >= EMPTY_FRAMES and self._rig.screen.symbol is None)

    def _recorded(self, recorded: tuple[Recorded, ...]) -> None:
        for event in recorded:
            if event.kind == "StandDeclaredEmpty":
                self._clear = True
            if event.kind in {"ScanWitnessed", "ScanAttested"}:
                self._scanned.add(str(event.body["attempt"]))
            if event.body.get("from") == "showing" and event.body["to"] not in {"showing", "queued"}:
                self._clear, self._empty = False, 0

    def _rang(self) -> None:
        """A unit comes before the camera: the stand was seen or declared empty, no phone is booked on it, a tray is free."""
        desk = self._rig.desk
        unit = desk.unit.id if desk.unit else None
        if unit is not None and unit != self._unit:
            trays = sum(phone.place == "tray" for phone in desk.phones.values())
            self._unless(self._clear, "the next unit came although the stand was not seen empty")
            self._unless(all(phone.place != "stand" for phone in desk.phones.values()), "the next unit came with a phone on the stand")
            self._unless(desk.timing.trays == 0 or trays < desk.timing.trays, "the next unit came with no tray free")
        self._unit = unit

    def _shown(self, symbol: Symbol) -> None:
        minted, unit = self._token(symbol), self._rig.desk.unit
        if unit is not None:
            ordered = (unit.policy, ALLOW_PERSONAL_USAGE[unit.mode], unit.mode is Mode.WORK_PROFILE)
            link = read_symbol(symbol).startswith("https:")
            shows = (minted.policy_name.rsplit("/", 1)[-1], minted.personal_usage, link)
            self._unless(shows == ordered, f"a code came up that was made for {shows}, not {ordered}")
        self._unless(self._attempt_of(symbol) not in self._void, "a code came up that was made for who had the place before")
        self._unless(self._attempt_of(symbol) not in self._scanned, "a code that was recorded as scanned came up again")

    def _attempt_of(self, symbol: Symbol) -> str:
        unit = self._rig.desk.unit
        if self._rig.setup.generic and unit is not None and self._rig.desk.attempt is not None:
            return self._rig.desk.attempt.id  # its token says nothing of whose turn it is
        return str(self._token(symbol).settings["additionalData"])

    def _token(self, symbol: Symbol) -> EnrollmentToken:
        cloud = self._rig.cloud
        return cloud.emulator.tokens._by_name[cloud.secrets[token_value(symbol)]]

    def _unless(self, holds: bool, what: str) -> None:
        if not holds:
            self._wrong.append(what)

    # --- after a step ---------------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Everything."""
        rows = self._rows()
        assert not self._wrong, self._wrong
        self._events(rows)
        _counts(rows)
        _places(rows, self._rig.setup.trays)
        _attached(rows, shared=self._rig.setup.generic > 0)
        for enrollment in rows.enrollments.values():
            assert (enrollment.reason is not None) == (enrollment.state is State.HELD), f"{enrollment} has the wrong reason"
            if enrollment.state is State.VERIFIED:
                self._verified(rows, enrollment)
        self._desk(rows)
        self._effects(rows)
        self._tokens(rows)
        self._shared(rows)
        self._erased(rows)
        self._given(rows)
        self._screen(rows)
        posts = self._rig.cloud.posts
        assert not posts or max(posts.values()) == 1, f"a token was asked for twice under one reference: {posts}"
        assert self._rig.desk.stopped is None, f"the bench stopped: {self._rig.desk.stopped}"

    def _rows(self) -> Rows:
        """All in one transaction: the bench goes on working meanwhile."""
        return self._rig.loop.run_until_complete(self._rig.ledger._database.run(self._read))

    def _read(self, connection: Connection) -> Rows:
        rows = Rows(effects=reading.open_effects(connection))
        rows.phones = reading.phones(connection, batch=None, enrollment=None, places=())
        found = reading.enrollments(connection, batch=None, states=(), after=0, limit=500)
        rows.enrollments = {one.id: one for one in found}
        for ident in rows.enrollments:
            rows.attempts |= {attempt.id: attempt for attempt in reading.attempts(connection, ident)}
            rows.evidence[ident] = reading.evidence(connection, ident)
        batches = reading.batches(connection)
        rows.counts = [reading.counts(connection, batch.id) for batch in batches]
        rows.labelled = {batch.id: batch.identity == "label" for batch in batches}
        rows.generic = {batch.id: batch.generic for batch in batches}
        rows.users = {
            one.id: (one.name, one.email) for one in reading.users(connection, after="", limit=500, free=False, group="", search="")
        }
        revokes = select(schema.effects).where(schema.effects.c.kind == "revoke")
        rows.revokes = tuple(effect_of(one) for one in connection.execute(revokes).mappings())
        if self._removed:
            others = [table for table in schema.metadata.sorted_tables if table is not schema.users]
            rows.text = str([tuple(one) for table in others for one in connection.execute(select(table))])
        while page := reading.events(
            connection, bench="bench-1", after=self._chain.length + len(rows.events), limit=500, enrollment=None, batch=None
        ):
            rows.events += page
        return rows

    def _events(self, rows: Rows) -> None:
        """The chain holds, each move begins where the one before ended, and no event holds a token's value."""
        for event in rows.events:
            text = json.dumps(event.body)
            assert not any(value in text for value in self._rig.cloud.secrets), f"{event.kind} holds a token's value"
            if "to" in event.body and event.enrollment is not None:
                before = self._states.get(event.enrollment, "queued")
                assert event.body["from"] == before, f"{event.kind} moves {event.body['from']}, but it was {before}"
                self._states[event.enrollment] = str(event.body["to"])
            if event.kind == "UserRemoved":
                self._removed.add(str(event.body["user"]))
            if event.kind in {"ScanWitnessed", "ScanAttested"}:
                self._scanned.add(str(event.body["attempt"]))
        self._chain.feed([asdict(event) for event in rows.events])
        assert self._chain.finish() is None, self._chain.finish()
        for ident, enrollment in rows.enrollments.items():
            assert self._states.get(ident, "queued") == enrollment.state, f"the events do not tell how {enrollment} came about"

    def _verified(self, rows: Rows, enrollment: Enrollment) -> None:
        """A scan that was proven, a device record that agrees, a phone that is counted."""
        attempt = rows.attempts[str(enrollment.attempt)]
        kinds = {one.kind for one in rows.evidence[enrollment.id] if one.attempt == attempt.id}
        proven = kinds & {"witness", "attestation"} or attempt.channel != "bench" or enrollment.mode is Mode.WORK_PROFILE
        assert proven, f"{enrollment} is verified without a proven scan"
        assert "device_record" in kinds, f"{enrollment} is verified without a device record"
        device = self._rig.loop.run_until_complete(self._rig.ledger.device(str(attempt.device)))
        assert device is not None
        assert (device.management_mode, device.ownership) == EXPECTED_RECORD[enrollment.mode], f"{enrollment}: {device}"
        assert (device.applied_state, device.applied_policy) == ("ACTIVE", enrollment.policy), f"{enrollment}: {device}"
        assert int(device.android) >= MINIMUM_ANDROID[enrollment.mode], f"{enrollment}: {device}"
        phone = next((phone for phone in rows.phones if phone.id == attempt.phone), None)
        assert phone is not None, f"{enrollment} is verified without a phone that is counted: {attempt}"
        assert (phone.place, phone.enrollment, phone.attempt) == ("verified", enrollment.id, attempt.id), f"{enrollment}: {phone}"
        if rows.labelled[enrollment.batch] and attempt.channel == "bench" and enrollment.mode is not Mode.WORK_PROFILE:
            assert phone.label == (device.serial if phone.label_kind == "serial" else device.imei), f"{enrollment}: {phone}"

    def _desk(self, rows: Rows) -> None:
        """What the bench shows of itself is what the ledger says."""
        for _ in range(3):
            if self._agrees(rows):
                break
            self._rig.wait(0.3)  # it may be about to hear of a write
            rows = self._rows()
        else:
            raise AssertionError("the desk is not what the ledger says")
        desk = self._rig.desk
        if desk.question is not None:
            state = rows.enrollments[desk.question.enrollment].state
            assert state in {State.SHOWING, State.HELD}, f"{desk.question} is asked about a unit that is {state}"

    def _agrees(self, rows: Rows) -> bool:
        waiting = {ident: one for ident, one in rows.enrollments.items() if one.state in WAITING}
        placed = {one.id: one for one in rows.phones if one.place in {"stand", "tray"}}
        return self._rig.desk.units == waiting and self._rig.desk.phones == placed

    def _effects(self, rows: Rows) -> None:
        now = self._rig.clock.now()
        if self._rig.cloud.mood != "well":
            self._unwell = now
        waiting = {one.attempt for one in rows.enrollments.values() if one.state is State.SHOWING}
        for effect in rows.effects:
            due = effect.kind == "mail" or (effect.kind == "show" and effect.attempt in waiting)  # a mail may be tried for days
            # a revoke that a crash left open is done again until the service answers
            due = due or (effect.kind == "revoke" and now - self._unwell < SETTLED_WITHIN)
            if not due and now - effect.created > SETTLED_WITHIN:
                self._rig.wait(2.0)  # its unit may just have left the screen
                assert effect not in self._rows().effects, f"nobody settles {effect}"

    def _tokens(self, rows: Rows) -> None:
        """Of the codes that somebody saw, a phone could use one of each unit at most, and none of one that was given up."""
        rig, now = self._rig, self._rig.clock.moment()
        alive = {one.name for one in rig.cloud.emulator.tokens.active(now)}
        doubtful = {effect.attempt for effect in rows.revokes if effect.outcome != "done"}
        usable: dict[str, list[Attempt]] = {}
        for attempt in rows.attempts.values():
            own = rows.generic[rows.enrollments[attempt.enrollment].batch] == 0
            if own and attempt.token in alive and attempt.shown is not None and attempt.id not in doubtful:
                usable.setdefault(attempt.enrollment, []).append(attempt)
        for ident, attempts in usable.items():
            unit = rows.enrollments[ident]
            assert len(attempts) == 1, f"{unit} has several codes that a phone could use: {attempts}"
            assert unit.state not in {State.SKIPPED, State.FAILED}, (
                f"{unit} is given up, and has a code that a phone could use: {attempts}"
            )
        for unit in rows.enrollments.values():
            if unit.state is State.INVITED:
                attempt = rows.attempts[str(unit.attempt)]
                assert attempt.channel != "bench", f"{unit} is invited by a code of the bench: {attempt}"
                assert attempt.ended is None, f"{unit} waits with a code that is void: {attempt}"

    def _shared(self, rows: Rows) -> None:
        """A generic code is of no use to anybody when the last of its phones is through."""
        if self._rig.clock.now() - self._unwell < SETTLED_WITHIN or not self._left_over(rows):
            return
        self._rig.wait(2 * self._rig.desk.timing.retry)  # the last of them may just have come through
        left = self._left_over(self._rows())
        assert not left, f"a generic code that nobody needs can still be used: {left}"

    def _left_over(self, rows: Rows) -> list[str]:
        used, over = set(), set()
        alive = {one.name for one in self._rig.cloud.emulator.tokens.active(self._rig.clock.moment())}
        for unit in rows.enrollments.values():
            attempt = rows.attempts.get(str(unit.attempt))
            expected = unit.state in {State.SHOWING, State.SCANNED} or (unit.state is State.HELD and unit.reason in STILL_EXPECTED)
            if unit.state is State.QUEUED or (expected and attempt is not None and attempt.device is None):
                used.add(unit.batch)
        for attempt in rows.attempts.values():
            batch = rows.enrollments[attempt.enrollment].batch
            if rows.generic[batch] and batch not in used and attempt.token in alive:
                over.add(str(attempt.token))
        return sorted(over)

    def _erased(self, rows: Rows) -> None:
        """Who was removed is named nowhere, and waits nowhere."""
        for ident in self._removed:
            assert ident not in rows.users, f"the removed user {ident} is in the roster"
            for name in filter(None, self._people.get(ident, ())):
                assert name not in rows.text, f"the removed user's {name!r} is in the ledger"
            for unit in rows.enrollments.values():
                waits = unit.user == ident and unit.state in {State.QUEUED, State.SHOWING, State.INVITED}
                assert not waits, f"{unit} waits for a user who was removed"
        self._people |= rows.users

    def _given(self, rows: Rows) -> None:
        """What was made for who had a place before is void for good, and no phone that read it goes to another user."""
        void = {one.id for one in rows.attempts.values() if one.ended == REASSIGNED}
        assert self._void <= void, f"a void code is of use again: {self._void - void}"
        self._void |= void
        for unit in rows.enrollments.values():
            assert unit.attempt not in void, f"{unit} goes on with a code of who had the place before"
        for attempt in (rows.attempts[ident] for ident in void):
            assert attempt.scanned is None, f"a place was given away whose code a phone had read: {attempt}"

    def _screen(self, rows: Rows) -> None:
        """One code at most, of the one unit that is showing, while it may be used."""
        if self._rig.screen.symbol is None or self._fits(rows):
            return
        self._rig.wait(1.0)  # it may be on its way down
        rows = self._rows()
        assert self._rig.screen.symbol is None or self._fits(rows), "a code is up that must not be"

    def _fits(self, rows: Rows) -> bool:
        symbol, desk = self._rig.screen.symbol, self._rig.desk
        assert symbol is not None
        attempt = rows.attempts[self._attempt_of(symbol)]
        showing = [one for one in rows.enrollments.values() if one.state is State.SHOWING]
        fresh = attempt.expires is not None and attempt.expires > self._rig.clock.now() and not self._token(symbol).revoked
        running = desk.batch is not None and desk.batch.state == "running" and desk.stopped is None
        here = attempt.channel == "bench"
        return here and [one.attempt for one in showing] == [attempt.id] and attempt.ended is None and fresh and running


def _counts(rows: Rows) -> None:
    states = Counter(one.state for one in rows.enrollments.values())
    places = Counter(phone.place for phone in rows.phones)
    users, phones = [one for one, _ in rows.counts], [one for _, one in rows.counts]
    assert all(one.closes for one in users), f"the counts of users do not close: {rows.counts}"
    assert all(one.closes for one in phones), f"the counts of phones do not close: {rows.counts}"
    assert sum(one.received for one in users) == len(rows.enrollments)
    assert sum(one.open for one in users) == sum(states[state] for state in OPEN)
    for state, counted in (("verified", "verified"), ("held", "held"), ("failed", "failed"), ("skipped", "skipped")):
        assert sum(getattr(one, counted) for one in users) == states[State(state)], f"{state}: {rows.counts}"
    assert sum(one.received for one in phones) == len(rows.phones)
    assert sum(one.in_rack for one in phones) == places["stand"] + places["tray"]
    for place in ("verified", "set_aside", "failed"):
        assert sum(getattr(one, place) for one in phones) == places[place], f"{place}: {rows.counts}"


def _places(rows: Rows, trays: int) -> None:
    """Each phone stands somewhere, no two at one place, and both sides of a booking agree."""
    taken = [phone.tray for phone in rows.phones if phone.place == "tray"]
    assert len(set(taken)) == len(taken) <= trays, f"two phones share a tray, or there are more than trays: {taken}"
    assert all(tray is not None and 1 <= tray <= trays for tray in taken), taken
    assert sum(phone.place == "stand" for phone in rows.phones) <= 1, "two phones are booked on the stand"
    for phone in rows.phones:
        enrollment = rows.enrollments[phone.enrollment]
        if phone.place == "tray":
            assert rows.attempts[phone.attempt].phone == phone.id, f"{phone} belongs to no attempt"
            assert enrollment.state in WAITING, f"{phone} waits in the rack, but its user is {enrollment.state}"
            assert enrollment.state is not State.SCANNED or enrollment.tray == phone.tray, f"{enrollment} is not where {phone} is"


def _attached(rows: Rows, *, shared: bool) -> None:
    devices = Counter(attempt.device for attempt in rows.attempts.values() if attempt.device is not None)
    assert not devices or max(devices.values()) == 1, f"a device is attached to two attempts: {devices}"
    tokens = Counter(attempt.token for attempt in rows.attempts.values() if attempt.token is not None)
    assert shared or not tokens or max(tokens.values()) == 1, f"two attempts carry one token: {tokens}"
    for attempt in rows.attempts.values():
        assert attempt.enrollment in rows.enrollments
