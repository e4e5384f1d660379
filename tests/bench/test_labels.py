from __future__ import annotations

import asyncio

import pytest

from station.domain.enrollment import HoldReason, State
from station.domain.errors import BadLabel, WrongUse
from tests.bench.rig import LEAD, OPERATOR, Rig
from tests.bench.scenes import bench, clear, events, phones, place, read, set_up, unit
from tests.bench.stand_ins import Handset


def labelled(rig: Rig, text: str | None = None) -> Handset:
    """A new phone on the stand whose label is entered; it has its viewfinder open."""
    phone = place(rig, "other")
    rig.act(rig.bench.decisions.label(OPERATOR, text or phone.serial))
    phone.showing = "viewfinder"
    rig.frames(4)
    return phone


def scanned(rig: Rig, text: str | None = None) -> Handset:
    """Such a phone has read its code and is in its tray."""
    phone = labelled(rig, text)
    read(rig, phone)
    clear(rig)
    return phone


def test_no_code_is_shown_before_the_label_is_known() -> None:
    with bench(label=True) as rig:
        place(rig)
        rig.wait(3600.0)
        assert (rig.step.id, rig.screen.symbol, phones(rig)) == ("scan_label", None, ())


@pytest.mark.parametrize("kind", ["serial", "imei"])
def test_a_label_that_is_the_reported_one_lets_the_unit_be_verified(kind: str) -> None:
    with bench(label=True, users=1) as rig:
        text = getattr(Handset("SN000001", "350000000000014"), kind)
        phone = scanned(rig, text)
        assert getattr(phone, kind) == text
        set_up(rig, phone)
        assert unit(rig).state is State.VERIFIED
        assert [(one.label_kind, one.label, one.place) for one in phones(rig)] == [(kind, text, "verified")]


def test_a_label_that_is_not_the_reported_one_holds_the_unit() -> None:
    with bench(label=True, users=1) as rig:
        set_up(rig, scanned(rig, "SNSWAPPED"))
        assert (unit(rig).reason, "SNSWAPPED" in unit(rig).detail) == (HoldReason.MISMATCH, True)


@pytest.mark.parametrize("text", ["4006381333931", "350000000000015", "ab", "SN 1", "3500000000000141"])
def test_what_is_no_serial_and_no_imei_is_refused_and_the_bench_goes_on_asking(text: str) -> None:
    with bench(label=True) as rig:
        with pytest.raises(BadLabel):
            rig.act(rig.bench.decisions.label(OPERATOR, text))
        assert (rig.step.id, phones(rig)) == ("scan_label", ())


def test_a_label_that_nobody_asked_for_is_refused() -> None:
    with bench() as rig, pytest.raises(WrongUse, match="No label is asked for"):
        rig.act(rig.bench.decisions.label(OPERATOR, "SN000001"))


def test_a_label_is_of_one_phone_as_long_as_that_phone_is_with_the_bench() -> None:
    with bench(label=True, users=3) as rig:
        first = scanned(rig)
        place(rig)
        with pytest.raises(WrongUse, match="with this bench already"):
            rig.act(rig.bench.decisions.label(OPERATOR, first.serial))
        set_up(rig, first)
        with pytest.raises(WrongUse, match="verified"):
            rig.act(rig.bench.decisions.label(OPERATOR, first.serial))


def test_a_phone_that_was_set_aside_and_comes_back_is_counted_once() -> None:
    with bench(label=True, users=1) as rig:
        phone = labelled(rig)
        rig.act(rig.bench.decisions.set_aside(OPERATOR, unit(rig).id, "flat"))
        clear(rig)
        rig.camera.stand.append(phone)
        rig.act(rig.bench.decisions.label(OPERATOR, phone.serial))
        phone.showing = "viewfinder"
        rig.frames(4)
        read(rig, phone)
        assert [(one.place, one.label) for one in phones(rig)] == [("tray", phone.serial)]


def test_two_barcodes_of_one_box_in_quick_succession_are_one_phone() -> None:
    with bench(label=True) as rig:
        phone = place(rig)
        rig.scanner.scan(phone.serial)
        rig.scanner.scan(phone.imei)
        rig.wait(1.0)
        assert [one.label for one in phones(rig)] == [phone.serial]
        assert "known already" in rig.bench.label_problem or "No label is asked for" in rig.bench.label_problem
        assert rig.screen.symbol is not None


def test_a_scanned_label_that_is_wrong_is_said_and_a_good_one_clears_that() -> None:
    with bench(label=True) as rig:
        rig.scanner.scan("4006381333931")
        rig.wait(0.5)
        assert "article number" in rig.bench.label_problem
        rig.scanner.scan(place(rig).serial)
        rig.wait(0.5)
        assert (rig.bench.label_problem, rig.screen.symbol is not None) == ("", True)


def test_a_pause_while_a_label_is_asked_for_gives_the_user_back() -> None:
    with bench(label=True) as rig:
        rig.act(rig.bench.intake.pause(OPERATOR, rig.batches[0]))
        assert (rig.step.id, rig.desk.unit, unit(rig).state) == ("paused", None, State.QUEUED)
        rig.act(rig.bench.intake.start(OPERATOR, rig.batches[0]))
        rig.frames(4)
        assert rig.step.id == "scan_label"
        assert unit(rig).id in rig.bench.minting.leases


def test_a_user_who_is_skipped_while_a_label_is_asked_for_makes_room_for_the_next() -> None:
    with bench(label=True) as rig:
        rig.act(rig.bench.decisions.skip(OPERATOR, unit(rig).id, "left"))
        rig.wait(1.0)
        clear(rig)
        assert rig.step.id == "scan_label"
        assert rig.desk.unit is not None
        assert rig.desk.unit.id == unit(rig, 1).id


def test_a_phone_whose_user_is_skipped_at_the_moment_of_its_label_is_put_by() -> None:
    with bench(label=True) as rig:
        phone, decisions, ident = place(rig, "other"), rig.bench.decisions, unit(rig).id

        async def at_once() -> None:
            await asyncio.gather(decisions.label(OPERATOR, phone.serial), decisions.skip(OPERATOR, ident, "left"))

        rig.act(at_once())
        assert (unit(rig).state, [(one.place, one.reason) for one in phones(rig)]) == (State.SKIPPED, [("set_aside", "again")])
        clear(rig)
        assert rig.step.id == "scan_label"


def test_a_token_that_runs_out_while_the_bench_waits_for_a_label_is_not_shown() -> None:
    with bench(label=True, users=1) as rig:
        rig.wait(7170.0)
        labelled(rig)
        assert (rig.screen.symbol, unit(rig).reason) == (None, HoldReason.EXPIRED)


def test_a_badge_is_told_to_the_terminals_and_never_kept_as_a_label() -> None:
    with bench(label=True) as rig:
        heard: list[str] = []
        rig.bench.badge_heard = heard.append
        rig.act(rig.bench.staff.put(LEAD, "", "Lea", "operator", badge="BADGE-77-Xq"))
        place(rig, "other")
        rig.scanner.scan(" BADGE-77-Xq")
        rig.wait(1.0)
        assert ([text.strip() for text in heard], rig.step.id, rig.bench.label_problem) == (["BADGE-77-Xq"], "scan_label", "")
        assert "BADGE" not in " ".join(str(event.body) for event in events(rig))
