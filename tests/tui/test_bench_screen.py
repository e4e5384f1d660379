from __future__ import annotations

from typing import get_args

import pytest
from textual.widgets import Input

from station.wire import (
    DeclareStandEmpty,
    EnterLabel,
    HoldUnit,
    PartState,
    PauseBatch,
    SetAside,
    SetAsideReason,
    StartBatch,
    Status,
    StepId,
    UserCounts,
)
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, PANEL, SIZES, SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, NOW, PARTS, idle, snapshot, status, unit
from tui.screens.batches import BatchesScreen
from tui.screens.holds import HoldsScreen
from tui.screens.queue import QueueScreen
from tui.stepwords import STEPS
from tui.widgets.bigbutton import BigButton
from tui.widgets.bigwords import BigWords
from tui.widgets.rack import Rack, Tray


def feed_of(now: Status) -> RecordedFeed:
    return RecordedFeed([snapshot(now)], batches=[BATCH])


@pytest.mark.parametrize("size", SIZES)
def test_says_what_to_do_for_whom_and_what_the_bench_sees(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        for words in (
            "DO THIS",
            "Put a new phone on the stand.",
            "Anna Schmidt",
            "user 12 of 40",
            "CODE IS UP",
            "STAND IS EMPTY",
            "Depot North, October",
            "maria (operator)",
            "40 = 6 verified + 3 held + 1 failed + 0 skipped + 30 open",
            "13 = 6 verified + 5 in rack + 1 set aside + 1 failed",
            "last: Karim Haddad verified",
        ):
            assert words in terminal.text, words

    watch(feed_of(status()), look, size=size)


@pytest.mark.parametrize(("size", "rows"), [(SMALL, 3), (PANEL, 3), (LARGE, 6)])
def test_step_and_name_are_in_letters_as_large_as_fit(size: tuple[int, int], rows: int) -> None:
    async def look(terminal: Terminal) -> None:
        for letters in terminal.app.screen.query(BigWords):
            drawn = [line for line in str(letters.render()).splitlines() if line.strip()]
            assert rows - 1 <= len(drawn) <= rows
            assert set("".join(drawn)) <= set(" ▀▄█")

    watch(feed_of(status()), look, size=size)


@pytest.mark.parametrize("size", SIZES)
def test_every_step_can_be_read_and_suggests_at_most_one_button(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        for step in get_args(StepId):
            terminal.feed.play(status(step, {"trays": 4, "tray": 4, "reason": "why"}, view="absent"))
            await terminal.shows(STEPS[step].say.format(trays=4, tray=4))
            assert len(terminal.app.screen.query("BigButton.-suggested")) <= 1

    watch(feed_of(status()), look, size=size)


@pytest.mark.parametrize("size", SIZES)
def test_buttons_are_at_least_five_rows_high_and_show_their_keys(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        buttons = list(terminal.app.screen.query(BigButton))
        assert len(buttons) == 7
        for number, button in enumerate(buttons, start=1):
            assert button.region.height >= 5
            assert button.region.bottom <= size[1]
            assert f"F{number}" in str(button.render())

    watch(feed_of(idle()), look, size=size)


def test_every_button_s_key_is_bound_with_a_tooltip() -> None:
    async def look(terminal: Terminal) -> None:
        bound = {key: active.binding for key, active in terminal.app.screen.active_bindings.items()}
        for key in ("f1", "f2", "f3", "f4", "f5", "f6", "f7"):
            assert bound[key].tooltip
            assert bound[key].description

    watch(feed_of(status()), look)


def test_pauses_a_running_batch_by_key_and_by_tap() -> None:
    async def look(terminal: Terminal) -> None:
        assert terminal.button("primary").label == "Pause"
        await terminal.press("f1")
        await terminal.sent(PauseBatch(batch="b1"))
        await terminal.drawn()
        await terminal.tap("#primary")
        await terminal.sent(PauseBatch(batch="b1"))

    watch(feed_of(status()), look)


def test_continues_a_paused_batch() -> None:
    async def look(terminal: Terminal) -> None:
        assert terminal.button("primary").label == "Continue"
        await terminal.tap("#primary")
        await terminal.sent(StartBatch(batch="b1"))

    watch(feed_of(status("paused")), look)


def test_start_opens_the_batches() -> None:
    async def look(terminal: Terminal) -> None:
        assert terminal.button("primary").has_class("-suggested")
        await terminal.tap("#primary")
        await terminal.on(BatchesScreen)

    watch(feed_of(idle()), look)


def test_sets_a_phone_aside_with_each_reason() -> None:
    reasons: tuple[SetAsideReason, ...] = ("flat", "updating", "sim", "locked", "wrong_model", "broken", "other")
    assert set(reasons) == set(get_args(SetAsideReason))

    async def look(terminal: Terminal) -> None:
        for number, reason in enumerate(reasons, start=1):
            await terminal.press("f2")
            await terminal.shows("Why is this phone set aside?")
            await terminal.press(f"f{number}")
            await terminal.sent(SetAside(enrollment="e12", reason=reason))

    watch(feed_of(status()), look)


def test_setting_aside_can_be_left_without_doing_anything() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#set-aside")
        await terminal.shows("Why is this phone set aside?")
        await terminal.tap("#back")
        await terminal.shows("Put a new phone on the stand.")
        assert terminal.feed.sent == []

    watch(feed_of(status()), look)


def test_nothing_can_be_set_aside_while_no_phone_is_at_hand() -> None:
    async def look(terminal: Terminal) -> None:
        assert terminal.button("set-aside").disabled
        await terminal.press("f2")
        assert "Why is this phone" not in terminal.text

    watch(feed_of(idle()), look)


def test_declares_the_stand_empty_only_while_the_bench_waits_for_it() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f3")
        assert terminal.feed.sent == []
        terminal.feed.play(status("clear_stand", view="absent"))
        await terminal.shows("Take the phone off the stand.")
        await terminal.shows("Then press Stand is empty")
        assert terminal.button("stand-empty").has_class("-suggested")
        await terminal.tap("#stand-empty")
        await terminal.sent(DeclareStandEmpty())

    watch(feed_of(status("place_phone")), look)


def test_goes_to_the_lists_and_back_by_key_and_by_tap() -> None:
    async def look(terminal: Terminal) -> None:
        for way, screen in (("f4", QueueScreen), ("f5", HoldsScreen), ("#open-queue", QueueScreen), ("#open-holds", HoldsScreen)):
            await (terminal.tap(way) if way.startswith("#") else terminal.press(way))
            await terminal.on(screen)
            await terminal.shows("PLACE PHONE: Put a new phone on the stand.")
            await (terminal.tap("#back") if way.startswith("#") else terminal.press("escape"))
            await terminal.shows("CODE IS UP")

    watch(feed_of(status()), look)


def test_a_second_tap_of_the_same_finger_is_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bounce on Continue would otherwise pause the batch again as soon as the button means Pause."""

    async def look(terminal: Terminal) -> None:
        monkeypatch.setattr(BigButton, "SETTLE", 60.0)
        await terminal.tap("#primary")
        terminal.feed.play(status("place_phone", seq=101))
        await terminal.until(lambda: terminal.button("primary").label == "Pause")
        await terminal.tap("#primary")
        await terminal.press("f1")
        assert terminal.feed.sent == [StartBatch(batch="b1")]

    watch(feed_of(status("paused")), look)


def test_enter_presses_nothing_since_scanners_send_it() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#primary")
        await terminal.until(lambda: terminal.feed.sent)
        await terminal.press("enter", "space", "enter")
        assert len(terminal.feed.sent) == 1

    watch(feed_of(status()), look)


@pytest.mark.parametrize("size", SIZES)
def test_takes_a_typed_label_without_a_touch(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("no keyboard needed")
        await terminal.press(*"R58N12", "enter")
        await terminal.sent(EnterLabel(text="R58N12"))
        await terminal.press("enter")
        await terminal.drawn()
        assert terminal.feed.sent == []
        assert terminal.app.screen.query_one("#label", Input).value == ""

    watch(feed_of(status("scan_label")), look, size=size)


def test_the_label_s_field_goes_when_no_label_is_wanted() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press(*"R58")
        terminal.feed.play(status("place_phone", seq=101))
        await terminal.until(lambda: not terminal.app.screen.query_one("#label", Input).display)
        terminal.feed.play(status("scan_label", seq=102))
        await terminal.shows("no keyboard needed")
        await terminal.press(*"X1", "enter")
        await terminal.sent(EnterLabel(text="X1"))

    watch(feed_of(status("scan_label")), look)


def test_says_why_the_scanned_label_was_refused() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("'12' is no IMEI.")

    watch(feed_of(status("scan_label", {"problem": "'12' is no IMEI."})), look, size=SMALL)


def test_shows_every_tray_with_its_user_state_and_waiting_time() -> None:
    async def look(terminal: Terminal) -> None:
        trays = [str(tray.render()).split() for tray in terminal.app.screen.query(Tray)]
        assert [tray[0] for tray in trays] == ["1", "2", "3", "4", "5", "6", "7", "8"]
        assert trays[0] == ["1", "Jonas", "Weber", "◑", "7", "min", "enrolled"]
        assert trays[2] == ["3", "free"]
        assert trays[3][-4:] == ["▲", "31", "min", "HELD"]

    watch(feed_of(status()), look, size=PANEL)


def test_a_unit_in_the_rack_without_a_tray_is_not_lost_from_sight() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("Stray One")
        await terminal.shows("Stray Two")

    strays = (unit(1, "Stray One", "scanned"), unit(2, "Stray Two", "scanned", tray=2), unit(3, "Third", "scanned", tray=2))
    watch(feed_of(status(rack=strays, trays=2)), look)


def test_the_rack_shrinks_and_grows_with_the_service_s_word() -> None:
    async def look(terminal: Terminal) -> None:
        for trays in (8, 2, 12, 0):
            terminal.feed.play(status(trays=trays, rack=()))
            await terminal.drawn()
            assert len([tray for tray in terminal.app.screen.query(Tray) if tray.display]) == trays

    watch(feed_of(status()), look)


def test_a_rack_of_forty_trays_scrolls_and_leaves_the_buttons_where_they_are() -> None:
    async def look(terminal: Terminal) -> None:
        rack = terminal.app.screen.query_one(Rack)
        await terminal.until(lambda: rack.max_scroll_y > 0)
        assert not terminal.app.screen.max_scroll_y
        assert terminal.button("primary").region.bottom <= SMALL[1]

    watch(feed_of(status(trays=40)), look, size=SMALL)


def test_a_tap_on_a_tray_offers_what_can_be_done_with_its_unit() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.until(lambda: len(terminal.app.screen.query(Tray)) == 8)
        await terminal.tap(list(terminal.app.screen.query(Tray))[1])
        await terminal.shows("waiting, tray 2")
        assert [button.label for button in terminal.choices()] == ["Retry", "Set aside", "Hold", "Story"]
        await terminal.press("f3")
        await terminal.sent(HoldUnit(enrollment="e10"))

    watch(feed_of(status()), look)


def test_waiting_times_go_on_between_two_statuses() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("<1 min")
        terminal.app._came -= 300
        terminal.app._changed.set()
        await terminal.until(lambda: "<1 min" not in terminal.text)
        await terminal.shows("12 min")

    watch(feed_of(status()), look)


def test_says_when_the_camera_is_not_as_it_was_calibrated() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("camera not as calibrated")

    watch(feed_of(status(parts=PARTS | {"camera": PartState(state="ok", detail="it sees worse")})), look)


def test_says_when_a_code_is_too_small_on_the_attached_screen() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("code too small on the attached screen: 3 px, 0.61 mm a module")

    watch(feed_of(status(parts=PARTS | {"display": PartState(state="ok", detail="3 px, 0.61 mm")})), look, size=LARGE)


def test_says_which_part_is_lost_and_what_changes_for_the_operator() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("label scanner lost: type the label instead")
        await terminal.shows("attached screen lost: no code can be shown")

    parts = PARTS | {"scanner": PartState(state="lost"), "display": PartState(state="lost")}
    watch(feed_of(status(parts=parts)), look, size=LARGE)


def test_stamps_what_is_simulated() -> None:
    async def look(terminal: Terminal) -> None:
        assert "SIMULATED" not in terminal.text
        terminal.feed.play(status(simulated=True))
        await terminal.shows("◆ SIMULATED ◆")

    watch(feed_of(status()), look, size=SMALL)


def test_says_so_when_a_count_does_not_close() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("DOES NOT ADD UP")

    wrong = BATCH.model_copy(update={"users": UserCounts(received=40, verified=6)})
    watch(feed_of(status(batch=wrong)), look, size=SMALL)


def test_counts_how_often_the_stand_was_declared_empty() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("declared empty 3x")

    watch(feed_of(status(overrides=3)), look, size=LARGE)


def test_says_that_a_user_s_name_was_erased() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("(name erased)")

    watch(feed_of(status(unit=unit(12, "", "showing", since=NOW))), look)


@pytest.mark.parametrize("size", SIZES)
def test_says_which_tray_may_want_a_tap_once_its_phone_takes_longer_than_usual(size: tuple[int, int]) -> None:
    slow, quick = (unit(n, f"User {n}", "scanned", tray=n, since=NOW - 400, usual=usual) for n, usual in ((1, 200.0), (2, 390.0)))

    async def look(terminal: Terminal) -> None:
        await terminal.shows("☝ tray 1: see whether it asks for a tap")
        first, second = list(terminal.app.screen.query(Tray))[:2]
        assert "☝" in str(first.render())
        assert first.has_class("act")
        assert "☝" not in str(second.render())
        terminal.app._came -= 300
        terminal.app._changed.set()
        await terminal.shows("☝ trays 1, 2: see whether they ask for a tap")

    watch(feed_of(status(rack=(slow, quick))), look, size=size)
