"""What the bench makes of what its camera sees while a code is up: questions, evidence, pictures."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from station.domain.enrollment import HoldReason, State
from station.domain.evidence import Evidence
from tests.bench.rig import Rig
from tests.bench.scenes import answer, asked, attempts, bench, clear, events, phones, place, read, scan, set_up, unit
from tests.bench.stand_ins import Handset

BEFORE, AFTER = b"\x89PNG before", b"\x89PNG after"


def evidence(rig: Rig, kind: str) -> list[Evidence]:
    filed = rig.loop.run_until_complete(rig.ledger.evidence(unit(rig).id))
    return [one for one in filed if one.kind == kind]


def needed(rig: Rig) -> dict[str, Any]:
    return [event.body for event in events(rig) if event.kind == "OperatorNeeded"][-1]


def hold_up(rig: Rig, form: int, frames: int = 40) -> Handset:
    """A phone with a photograph of one form of the code where its viewfinder should be."""
    phone = rig.unbox()
    phone.showing, phone.photo = "viewfinder", form
    rig.camera.stand.append(phone)
    rig.frames(frames)
    return phone


# --- questions ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [0, 1])
def test_a_photograph_of_the_code_is_asked_about_and_its_user_gets_another_phone(form: int) -> None:
    with bench() as rig:
        hold_up(rig, form)
        assert (asked(rig), rig.screen.symbol, rig.step.id) == ("not_live", None, "answer")
        assert needed(rig)["contradicted"] >= 3
        assert needed(rig)["followed"] == 0
        answer(rig, "set_aside")
        assert (unit(rig).state, [one.place for one in phones(rig)]) == (State.QUEUED, ["set_aside"])


def test_a_viewfinder_that_becomes_a_photograph_is_one() -> None:
    with bench() as rig:
        phone = place(rig)
        rig.frames(20)
        phone.photo = 1
        rig.frames(40)
        assert (asked(rig), unit(rig).state) == ("not_live", State.SHOWING)
        assert needed(rig)["followed"] >= 3


def test_a_photograph_that_gives_way_to_another_screen_is_no_scan() -> None:
    with bench() as rig:
        phone = hold_up(rig, 0, frames=22)
        phone.showing = "other"
        rig.frames(4)
        assert (asked(rig), unit(rig).state) == ("not_live", State.SHOWING)


def test_a_taught_error_in_the_place_of_the_code_is_asked_about_by_its_name() -> None:
    with bench() as rig:
        phone = place(rig)
        phone.showing, phone.taught = "other", "error:no-network"
        rig.frames(3)
        assert (asked(rig), rig.screen.symbol, unit(rig).state) == ("error_shown", None, State.SHOWING)
        assert needed(rig) == {"question": "error_shown", "taught": "error:no-network"}


def test_another_screen_of_which_nobody_saw_how_it_came_is_asked_about() -> None:
    with bench() as rig:
        phone = place(rig)
        phone.showing = "dark"
        rig.frames(36)
        phone.showing = "other"
        rig.frames(4)
        assert (asked(rig), rig.screen.symbol, unit(rig).state) == ("lost_sight", None, State.SHOWING)
        answer(rig, "scanned")
        assert (unit(rig).state, unit(rig).tray) == (State.SCANNED, 1)


@pytest.mark.parametrize("kind", ["not_live", "error_shown", "lost_sight"])
def test_the_code_may_be_shown_again_while_the_phone_stays_on_the_stand(kind: str) -> None:
    with bench() as rig:
        phone = hold_up(rig, 0) if kind == "not_live" else place(rig)
        if kind == "error_shown":
            phone.showing, phone.taught = "other", "error:e"
            rig.frames(3)
        if kind == "lost_sight":
            rig.camera.stand.clear()
            rig.frames(2)
            rig.camera.stand.append(phone)
            phone.showing = "other"
            rig.frames(4)
        assert asked(rig) == kind
        phone.photo, phone.taught, phone.showing = None, None, "viewfinder"
        answer(rig, "show_again")
        rig.frames(4)
        read(rig, phone)
        assert (unit(rig).state, len(attempts(rig)), len(phones(rig))) == (State.SCANNED, 1, 1)


def test_an_error_on_a_phone_that_sets_itself_up_on_the_stand_calls_a_person_and_a_phone_that_recovers_goes_on() -> None:
    with bench(trays=0) as rig:
        phone = place(rig)
        read(rig, phone)
        phone.taught = "error:no-network"
        rig.frames(4)
        assert (unit(rig).state, asked(rig)) == (State.SCANNED, None)
        rig.frames(4)
        assert (unit(rig).state, unit(rig).reason, asked(rig)) == (State.HELD, HoldReason.FAULT, "held")
        assert "no-network" in unit(rig).detail
        phone.taught = None
        set_up(rig, phone)
        assert (unit(rig).state, asked(rig)) == (State.VERIFIED, None)


def test_an_error_on_a_phone_whose_unit_is_in_the_rack_or_on_no_unit_holds_nothing() -> None:
    with bench() as rig:
        phone = place(rig)
        read(rig, phone)
        phone.taught = "error:no-network"
        rig.frames(10)
        assert unit(rig).state is State.SCANNED


# --- evidence -----------------------------------------------------------------------------------------------------------------


def test_a_viewfinder_that_follows_the_screens_turns_is_evidence_of_its_own() -> None:
    with bench() as rig:
        phone = place(rig)
        rig.frames(20)
        phone.taught = "setup:work"
        read(rig, phone)
        (witness,), (live,) = evidence(rig, "witness"), evidence(rig, "live")
        assert witness.facts["live"] is True
        assert witness.facts["best_z"] == 17.0
        assert witness.facts["taught"] == "setup:work"
        assert int(live.facts["followed"] or 0) >= 3
        assert live.facts["contradicted"] == 0
        assert evidence(rig, "phone_seen")[0].facts == {"score": 0.95, "z": 17.0}


def test_a_phone_that_reads_at_once_is_scanned_as_soon_as_without_the_turns() -> None:
    with bench() as rig:
        phone = rig.unbox()
        phone.showing = "viewfinder"
        rig.camera.stand.append(phone)
        rig.frames(2)
        read(rig, phone)
        (witness,) = evidence(rig, "witness")
        assert (unit(rig).state, witness.facts["live"]) == (State.SCANNED, None)
        assert witness.facts["seconds_code_to_setup"] == pytest.approx(0.3, abs=0.11)
        assert evidence(rig, "live") == []


# --- pictures -----------------------------------------------------------------------------------------------------------------


def test_pictures_of_a_scan_are_kept_and_the_record_knows_their_digest(tmp_path: Path) -> None:
    with bench(pictures=tmp_path / "evidence") as rig:
        rig.camera.taken = (BEFORE, AFTER)
        scan(rig)
        attempt = attempts(rig)[0].id
        for which, content in (("before", BEFORE), ("after", AFTER)):
            assert (tmp_path / "evidence" / f"{attempt}-{which}.png").read_bytes() == content
            assert evidence(rig, "witness")[0].facts[f"picture_{which}"] == hashlib.sha256(content).hexdigest()
        filed = [event.body for event in events(rig) if event.kind == "EvidenceFiled" and event.body["kind"] == "witness"]
        assert filed[0]["facts"]["picture_before"] == hashlib.sha256(BEFORE).hexdigest()  # type: ignore[index]  # as written above


def test_a_scan_counts_without_pictures_and_with_one_of_them(tmp_path: Path) -> None:
    with bench(users=2, pictures=tmp_path / "evidence") as rig:
        rig.camera.taken = (None, AFTER)
        scan(rig)
        assert [path.name for path in (tmp_path / "evidence").iterdir()] == [f"{attempts(rig)[0].id}-after.png"]
        assert "picture_before" not in evidence(rig, "witness")[0].facts
        rig.camera.taken = (None, None)
        scan(rig)
        assert unit(rig, 1).state is State.SCANNED


def test_a_scan_counts_where_its_pictures_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("in the way")
    with bench(pictures=tmp_path / "evidence") as rig:
        rig.camera.taken = (BEFORE, AFTER)
        scan(rig)
        (witness,) = evidence(rig, "witness")
        assert unit(rig).state is State.SCANNED
        assert "cannot be kept" in str(witness.facts["pictures"])
        assert "picture_before" not in witness.facts


def test_without_a_place_for_them_no_pictures_are_kept() -> None:
    with bench() as rig:
        rig.camera.taken = (BEFORE, AFTER)
        read(rig, place(rig))
        clear(rig)
        assert "picture_before" not in evidence(rig, "witness")[0].facts


# --- what the display shows ---------------------------------------------------------------------------------------------------


def test_what_the_display_shows_is_told_once_two_frames_agree() -> None:
    with bench() as rig:
        phone = place(rig, "other")
        assert (rig.desk.view, rig.desk.shows) == ("phone", "other")
        phone.showing = "dark"
        rig.frames(1)
        assert rig.desk.shows == "other"
        phone.showing = "other"
        rig.frames(1)
        assert rig.desk.shows == "other"
        phone.showing = "dark"
        rig.frames(2)
        assert rig.desk.shows == "dark"  # type: ignore[comparison-overlap]  # it changed meanwhile
        clear(rig)
        assert (rig.desk.view, rig.desk.shows) == ("empty", "none")


def test_nothing_is_told_of_a_display_without_a_camera() -> None:
    with bench() as rig:
        place(rig, "other")
        rig.camera.lose()
        rig.frames(1)
        assert (rig.desk.view, rig.desk.shows) == ("absent", "none")


def test_a_viewfinder_that_follows_the_screen_s_turns_is_said_to_be_live() -> None:
    with bench() as rig:
        phone = rig.unbox()
        phone.showing = "viewfinder"
        rig.camera.stand.append(phone)
        rig.frames(1)
        assert (rig.desk.view, rig.desk.followed) == ("code", False)
        rig.frames(40)
        assert (rig.desk.view, rig.desk.followed) == ("code", True)
        clear(rig)
        assert not rig.desk.followed
