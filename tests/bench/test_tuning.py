"""Settings that are changed while the bench runs."""

from __future__ import annotations

import pytest

from station.bench.tuning import LIVE
from station.domain.errors import NotFound, WrongUse
from station.ports import Actor, Change, KeptSetting
from tests.bench.rig import Rig
from tests.bench.scenes import bench, clear, place, scan

ADMIN = Actor("ada", "admin")


def told(rig: Rig) -> list[dict[str, object]]:
    events = rig.loop.run_until_complete(rig.ledger.events(limit=1000))
    assert all(event.actor == "ada" for event in events if event.kind == "SettingChanged")
    return [event.body for event in events if event.kind == "SettingChanged"]


def test_a_shorter_time_to_scan_holds_for_the_next_phone_and_is_recorded() -> None:
    with bench() as rig:
        rig.act(rig.bench.tuning.change(ADMIN, "times.scan", "20"))
        place(rig)
        rig.wait(15.0)
        assert rig.desk.question is None
        rig.wait(10.0)
        assert rig.desk.question is not None
        assert told(rig) == [{"key": "times.scan", "before": 120.0, "after": 20.0, "configured": False}]


def test_what_was_changed_is_taken_up_after_a_crash_and_can_be_taken_back() -> None:
    with bench() as rig:
        for key, text in (("times.idle", "900"), ("language", "fr"), ("roles.lock_after", "60"), ("rack.trays", "7")):
            rig.act(rig.bench.tuning.change(ADMIN, key, text))
        rig.crash()
        assert (rig.desk.timing.idle, rig.desk.language, rig.desk.lock_after, rig.desk.timing.trays) == (900.0, "fr", 60.0, 7)
        assert rig.bench.tuning.changed == {"times.idle", "language", "roles.lock_after", "rack.trays"}
        assert rig.act(rig.bench.notebook.language("olga")) == "fr"
        for key in sorted(rig.bench.tuning.changed):
            rig.act(rig.bench.tuning.change(ADMIN, key, None))
        assert rig.loop.run_until_complete(rig.ledger.kept_settings()) == ()
        assert (rig.desk.timing.idle, rig.desk.language, rig.desk.lock_after, rig.desk.timing.trays) == (600.0, "en", 300.0, 2)


def test_the_configuration_s_own_value_is_no_change() -> None:
    with bench() as rig:
        rig.act(rig.bench.tuning.change(ADMIN, "times.scan", "90"))
        rig.act(rig.bench.tuning.change(ADMIN, "times.scan", "120,0"))
        assert rig.bench.tuning.changed == set()
        assert rig.loop.run_until_complete(rig.ledger.kept_settings()) == ()


WRONG: tuple[tuple[str, str], ...] = (
    ("times.scan", "4"),
    ("times.scan", "3601"),
    ("times.scan", "nan"),
    ("times.scan", "soon"),
    ("times.scan", ""),
)
WRONG += (("times.ahead", "2.5"), ("rack.trays", "0"), ("language", "Klingon"), ("language", "../fr"), ("rack.trays", "inf"))


@pytest.mark.parametrize(("key", "text"), WRONG)
def test_a_value_that_cannot_be_is_refused_and_leaves_no_trace(key: str, text: str) -> None:
    with bench(started=False) as rig:
        before = rig.desk.timing
        with pytest.raises(WrongUse):
            rig.act(rig.bench.tuning.change(ADMIN, key, text))
        assert (rig.desk.timing, told(rig)) == (before, [])


@pytest.mark.parametrize("key", ["bench", "times.renew_below", "emm.key", "times.lease", ""])
def test_what_is_the_file_s_alone_is_refused(key: str) -> None:
    with bench(started=False) as rig, pytest.raises(NotFound):
        rig.act(rig.bench.tuning.change(ADMIN, key, "5"))


def test_a_tray_with_a_phone_in_it_is_not_taken_away_and_waiting_times_stay_true() -> None:
    with bench(trays=3) as rig:
        scan(rig)
        scan(rig)
        clear(rig)
        for key, text in (("rack.trays", "1"), ("times.overdue", "60")):
            with pytest.raises(WrongUse):
                rig.act(rig.bench.tuning.change(ADMIN, key, text))
        rig.act(rig.bench.tuning.change(ADMIN, "rack.trays", "2"))
        assert rig.desk.free_tray() is None


def test_a_bench_without_a_rack_gets_none_while_it_runs() -> None:
    with bench(trays=0) as rig, pytest.raises(WrongUse):
        rig.act(rig.bench.tuning.change(ADMIN, "rack.trays", "4"))


def test_kept_values_of_no_use_are_passed_over() -> None:
    with bench(started=False) as rig:
        kept = (KeptSetting("times.scan", "-1"), KeptSetting("times.gone", "7"), KeptSetting("times.idle", "700"))
        rig.loop.run_until_complete(rig.ledger.commit(Change(ADMIN, settings=kept)))
        rig.crash()
        assert (rig.desk.timing.scan, rig.desk.timing.idle, rig.bench.tuning.changed) == (120.0, 700.0, {"times.idle"})


def test_every_live_setting_can_be_read_off_the_desk() -> None:
    with bench(started=False) as rig:
        assert all(rig.bench.tuning.now(key) is not None for key in LIVE)
