"""Prepared codes on the bench: shown while no device is listed, confirmed by a list or a word, purged once settled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from station.bench.intake import new_batch
from station.bench.keeping import Keeping
from station.domain.enrollment import HoldReason, State
from station.domain.errors import BadPayload, NotAllowed, NotFound, WrongUse
from station.domain.evidence import ATTESTED, LISTED, Device
from station.domain.payload import ADMIN, BUNDLE, parse
from station.domain.policy import Mode
from station.domain.prepared import PreparedCode, token_of
from station.domain.symbol import draw
from station.emm.prepared import PreparedService
from station.store.shelf import FileShelf
from station.store.vault import open_vault
from tests.bench.rig import LEAD, OPERATOR, Rig, Setup
from tests.bench.scenes import attempts, clear, events, place, unit
from tests.bench.stand_ins import read_symbol


class PreparedRig(Rig):
    """A bench that hands out prepared codes; everybody has one unless `codes` is False."""

    def __init__(self, folder: Path, *, takes_word: bool = False, codes: bool = True, **setup: Any) -> None:
        self.vault = open_vault(folder / "codes", folder / "vault.key", make_key=True)
        self.shelf = FileShelf(folder / "devices.json")
        self._takes_word = takes_word
        super().__init__(Setup(**setup))
        if codes:
            self.act(self.keeping.put(LEAD, {one.user: code(one.user) for one in self.queue()}))

    def service(self) -> PreparedService:
        self.prepared = PreparedService(self.vault, self.shelf, self.clock, takes_word=self._takes_word, simulated=True)
        return self.prepared

    def parts(self) -> dict[str, Any]:
        return {"vault": self.vault, "book": self.prepared}

    @property
    def keeping(self) -> Keeping:
        assert self.bench.keeping is not None
        return self.bench.keeping

    def start(self) -> None:
        self.act(self.bench.intake.start(LEAD, self.batches[0]))
        clear(self)

    def kept(self) -> tuple[str, ...]:
        """Users who have a code."""
        return self.loop.run_until_complete(self.vault.users())

    def list(self, *devices: Device) -> None:
        self.act(self.keeping.take_list(LEAD, devices))

    def device(self, place: int = 0, name: str = "1", **told: Any) -> Device:
        """A row of the console's list about the user at this place."""
        row = Device(f"listed/{name}", token_of(unit(self, place).user), serial=f"S{name}", enrolled=self.clock.now())
        return replace(row, **told)


def code(user: str, **how: Any) -> PreparedCode:
    for_the_agent = {"server": "https://mdm.example/of/all", "who": f"id of {user}"}
    content = json.dumps({ADMIN: "com.example.agent/.Receiver", BUNDLE: for_the_agent})
    return PreparedCode(content, "provisioning", f"{user}.png", **how)


@pytest.fixture
def rig(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[PreparedRig]:
    rig = PreparedRig(tmp_path, **getattr(request, "param", {"users": 2}))
    try:
        rig.start()
        yield rig
    finally:
        rig.close()


def scan(rig: Rig) -> str:
    """A new phone comes, reads the code and is taken off the stand; what it read."""
    phone = place(rig)
    assert rig.screen.symbol is not None
    text = read_symbol(rig.screen.symbol)
    phone.showing = "other"
    rig.frames(4)
    clear(rig)
    return text


def kinds(rig: Rig, place: int = 0) -> list[str]:
    return [event.kind for event in events(rig, place)]


# --- shown and confirmed -----------------------------------------------------------------------------------------------------


def test_a_scanned_code_is_verified_by_the_console_s_list_and_purged(rig: PreparedRig) -> None:
    assert json.loads(scan(rig)) == json.loads(code(unit(rig).user).content)
    assert (unit(rig).state, attempts(rig)[0].expires) == (State.SCANNED, None)
    rig.list(rig.device(management_mode="PROFILE_OWNER", ownership="COMPANY_OWNED", android="14"))
    assert (unit(rig).state, attempts(rig)[0].device) == (State.VERIFIED, "listed/1")
    [proof] = [one for one in rig.loop.run_until_complete(rig.ledger.evidence(unit(rig).id)) if one.kind == "device_record"]
    assert (proof.actor, proof.facts["state"]) == ("lea", LISTED)
    assert rig.kept() == (unit(rig, 1).user,)


def test_the_witness_is_told_where_users_codes_differ(rig: PreparedRig) -> None:
    """Not in the longest text for the agent, which they share."""
    told = rig.act(rig.prepared.code(token_of(unit(rig).user)))
    assert told.varying == (BUNDLE, "who")
    scan(rig)
    first, shown = attempts(rig)[0], rig.screen.shown[0]
    other = draw(parse(code(unit(rig, 1).user).content), order=first.key_order, mask=first.mask)
    differ = [at for at, (one, two) in enumerate(zip(shown.modules, other.modules, strict=True)) if one != two]
    assert differ
    assert all(shown.varies[at] for at in differ)


@pytest.mark.parametrize("rig", [{"users": 1, "codes": False}], indirect=True)
def test_a_user_without_a_code_is_held_until_one_is_imported(rig: PreparedRig) -> None:
    assert (unit(rig).state, unit(rig).reason) == (State.HELD, HoldReason.FAULT)
    assert "No code was imported for this user" in unit(rig).detail
    rig.act(rig.keeping.put(LEAD, {unit(rig).user: code("x")}))
    rig.act(rig.bench.decisions.release(LEAD, unit(rig).id))
    scan(rig)
    assert unit(rig).state is State.SCANNED


def test_a_code_is_shown_again_only_while_no_device_is_listed_and_the_record_says_so(rig: PreparedRig) -> None:
    scan(rig)
    rig.act(rig.bench.decisions.retry(LEAD, unit(rig).id))
    scan(rig)  # the next user's, or this one's again
    scan(rig)
    first, second = attempts(rig)
    assert (first.token, first.shown is not None) == (second.token, second.shown is not None)
    assert kinds(rig).count("CodeReused") == 1
    rig.list(rig.device())
    assert (unit(rig).state, attempts(rig)[1].device, attempts(rig)[0].device) == (State.VERIFIED, "listed/1", None)


@pytest.mark.parametrize("rig", [{"users": 1}], indirect=True)
def test_no_code_is_shown_while_a_device_is_listed_for_its_user(rig: PreparedRig) -> None:
    scan(rig)
    rig.list(rig.device(enrolled=rig.clock.now() - 86_400.0))
    assert (unit(rig).state, attempts(rig)[0].device) == (State.SCANNED, None), "it enrolled before the code was shown"
    rig.act(rig.bench.decisions.retry(LEAD, unit(rig).id))
    assert (unit(rig).state, unit(rig).reason) == (State.HELD, HoldReason.FAULT)
    assert "A device is listed for this user already (listed/1)" in unit(rig).detail


def test_a_second_device_and_one_of_another_mode_are_held(rig: PreparedRig) -> None:
    scan(rig)
    scan(rig)
    rig.list(rig.device(), rig.device(name="2"), rig.device(1, "3", management_mode="DEVICE_OWNER", ownership="COMPANY_OWNED"))
    assert (unit(rig).reason, unit(rig, 1).reason) == (HoldReason.DUPLICATE, HoldReason.MISMATCH)


@pytest.mark.parametrize("again", [{"serial": "S1"}, {"serial": "", "imei": "350000000000006"}])
def test_the_list_may_be_imported_again_with_more_in_it(rig: PreparedRig, again: dict[str, Any]) -> None:
    scan(rig)
    rig.list(rig.device(enrolled=None, imei="350000000000006"))
    assert unit(rig).state is State.VERIFIED
    rig.wait(600.0)
    rig.list(rig.device(name="other", enrolled=None, model="A55", **again))
    assert unit(rig).state is State.VERIFIED
    [device] = rig.act(rig.shelf.read())
    assert (device.name, device.model) == ("listed/1", "A55")
    assert device.enrolled is not None
    assert device.enrolled < rig.clock.now() - 500.0, "when it was listed first"


# --- a person's word ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rig", [{"users": 1, "takes_word": True}], indirect=True)
def test_a_lead_s_word_confirms_a_device_and_the_record_names_the_lead(rig: PreparedRig) -> None:
    with pytest.raises(WrongUse, match="no device is awaited"):
        rig.act(rig.keeping.confirm(LEAD, unit(rig).id, ""))
    scan(rig)
    with pytest.raises(NotAllowed, match="only a lead's word for a device"):
        rig.act(rig.keeping.confirm(OPERATOR, unit(rig).id, ""))
    name = rig.act(rig.keeping.confirm(LEAD, unit(rig).id, "S1"))
    assert (unit(rig).state, attempts(rig)[0].device) == (State.VERIFIED, name)
    evidence = rig.loop.run_until_complete(rig.ledger.evidence(unit(rig).id))
    assert [(one.actor, one.facts["state"]) for one in evidence if one.kind == "device_record"] == [("lea", ATTESTED)]
    assert [event.actor for event in events(rig) if event.kind in {"DeviceAttested", "DeviceEnrolled"}] == ["lea", "lea"]
    rig.list(rig.device(name="9", serial="S1"))
    assert unit(rig).state is State.VERIFIED, "the list bears it out"
    assert [(one.name, one.state) for one in rig.act(rig.shelf.read())] == [(name, LISTED)]


@pytest.mark.parametrize(
    ("rig", "says"),
    [
        ({"users": 1}, "This bench takes nobody's word"),
        ({"users": 1, "takes_word": True, "attestation": "never"}, "nobody's word for"),
    ],
    indirect=["rig"],
)
def test_no_word_counts_where_bench_or_batch_takes_none(rig: PreparedRig, says: str) -> None:
    scan(rig)
    with pytest.raises(NotAllowed, match=says):
        rig.act(rig.keeping.confirm(LEAD, unit(rig).id, ""))
    assert unit(rig).state is State.SCANNED


# --- purged ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["skip", "fail"])
def test_a_code_is_purged_when_its_unit_comes_to_any_end(rig: PreparedRig, end: str) -> None:
    scan(rig)
    rig.act(rig.bench.decisions.hold(LEAD, unit(rig).id, "broken"))
    rig.wait(1.0)
    assert unit(rig).user in rig.kept()
    rig.act(getattr(rig.bench.decisions, end)(LEAD, unit(rig).id, "broken"))
    rig.wait(1.0)
    assert rig.kept() == (unit(rig, 1).user,)


def test_what_a_dead_bench_did_not_purge_is_purged_at_its_next_start(rig: PreparedRig) -> None:
    user = unit(rig).user
    kept = rig.act(rig.vault.get(user))
    assert kept is not None
    scan(rig)
    rig.list(rig.device())
    assert user not in rig.kept()
    rig.act(rig.vault.put(user, kept))  # as if the power had gone before
    rig.crash()
    rig.wait(1.0)
    assert user not in rig.kept()


def test_a_code_stays_while_its_user_waits_in_another_batch(rig: PreparedRig) -> None:
    user = unit(rig, 1).user
    again = new_batch("again", Mode.WPCO, "default", simulated=True)
    rig.act(rig.bench.intake.create_batch(LEAD, again, [user]))
    rig.act(rig.bench.decisions.hold(LEAD, unit(rig, 1).id, "another day"))
    rig.act(rig.bench.decisions.skip(LEAD, unit(rig, 1).id, "another day"))
    rig.wait(1.0)
    assert user in rig.kept()


def test_a_code_that_comes_in_after_the_end_is_kept_for_another_try(rig: PreparedRig) -> None:
    scan(rig)
    rig.act(rig.bench.decisions.fail(LEAD, unit(rig).id, "broken"))
    rig.wait(1.0)
    rig.act(rig.keeping.put(LEAD, {unit(rig).user: code(unit(rig).user)}))
    rig.crash()
    rig.wait(1.0)
    assert unit(rig).user in rig.kept()


def test_of_a_user_who_is_removed_nothing_is_kept(rig: PreparedRig) -> None:
    last, content = unit(rig, 1).user, code(unit(rig, 1).user).content
    rig.act(rig.bench.decisions.hold(LEAD, unit(rig, 1).id, "leaves"))
    rig.act(rig.bench.leaving.remove(LEAD, last))
    rig.wait(1.0)
    assert last not in rig.kept()
    assert rig.act(rig.vault.known_for(content)) is None


# --- what comes in -----------------------------------------------------------------------------------------------------------


def test_all_codes_come_in_or_none(rig: PreparedRig) -> None:
    one, two = unit(rig).user, unit(rig, 1).user
    rig.act(rig.keeping.purge(LEAD, None))
    assert rig.kept() == ()
    link = PreparedCode("https://enterprise.google.com/android/enroll?et=x", "link")
    for codes, error, says in (
        ({one: code("a"), two: code("a")}, WrongUse, f"User 2 of first \\({two}\\) is the code of User 1 of first \\({one}\\)"),
        ({two: code(one)}, WrongUse, f"is the code of User 1 of first \\({one}\\)"),
        ({one: code("a"), "u_nobody": code("b")}, NotFound, "u_nobody"),
        ({one: code("a"), two: replace(link, content="https://example.org")}, BadPayload, "web address only"),
    ):
        with pytest.raises(error, match=says):
            rig.act(rig.keeping.put(LEAD, codes))
        assert rig.kept() == ()
    assert rig.act(rig.keeping.put(LEAD, {one: code(one)}, dry_run=True)) == {one: "new"}
    assert rig.kept() == ()
    assert rig.act(rig.keeping.put(LEAD, {one: code(one)})) == {one: "new"}
    assert rig.act(rig.keeping.put(LEAD, {one: code(one), two: code("c")})) == {one: "same", two: "new"}
    assert rig.act(rig.keeping.put(LEAD, {one: code("d")})) == {one: "replaced"}


def test_no_event_holds_anything_of_a_code(rig: PreparedRig) -> None:
    scan(rig)
    rig.list(rig.device())
    record = rig.loop.run_until_complete(rig.ledger.events(limit=500))
    assert "CodesImported" in {event.kind for event in record}
    for event in record:
        assert "id of" not in json.dumps(event.body)
        assert ".png" not in json.dumps(event.body)
