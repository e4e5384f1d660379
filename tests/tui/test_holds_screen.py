from __future__ import annotations

import cv2
import numpy as np
import pytest

from station import words as language
from station.domain.enrollment import HoldReason
from station.wire import AttestScan, EvidenceView, FailUnit, ReleaseHold, RetryUnit, Role, SetAside, SkipUnit, UnitView, UserCounts
from tests.tui.desk_answers import story
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SIZES, SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, HELD, NOW, snapshot, status, unit
from tui.holdwords import ASKED, question
from tui.screens.holds import HoldsScreen
from tui.storywords import clock
from tui.text import HOLDS
from tui.widgets.picture import Picture
from tui.widgets.unitlist import UnitList


def png(colour: tuple[int, int, int]) -> bytes:
    return bytes(cv2.imencode(".png", np.full((90, 160, 3), colour, np.uint8))[1])


def first_colour(picture: Picture) -> str | None:
    style = picture._rows[0]._segments[0].style
    return style.color.name if style and style.color else None


def test_says_why_each_unit_is_held_and_what_to_look_at() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.on(HoldsScreen)
        for words in ("3 held", "HELD: overdue", "31 min", "HELD: mismatch", "ordered fully managed", "HELD: not witnessed"):
            assert words in terminal.text
        assert HOLDS["overdue"][1][:25] in terminal.text
        await terminal.press("down", "down")
        await terminal.shows(HOLDS["unwitnessed"][1][:25])

    watch(RecordedFeed([snapshot()]), look, size=SMALL)


def test_an_operator_s_keys_do_what_an_operator_may() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.on(HoldsScreen)
        await terminal.press("f1")
        await terminal.sent(ReleaseHold(enrollment="e7"))
        await terminal.tap("#do-retry")
        await terminal.sent(RetryUnit(enrollment="e7"))
        await terminal.press("f2", "f5", "f6")
        await terminal.drawn()
        assert terminal.feed.sent == []
        await terminal.press("down", "down", "f2")
        await terminal.sent(AttestScan(enrollment="e5"))

    watch(RecordedFeed([snapshot()]), look)


def test_setting_aside_asks_why() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5", "f4")
        await terminal.shows("Why is this phone set aside?")
        await terminal.press("f6")
        await terminal.sent(SetAside(enrollment="e7", reason="broken"))
        await terminal.on(HoldsScreen)

    watch(RecordedFeed([snapshot()]), look)


def test_a_lead_s_way_out_for_good_is_asked_twice() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5", "down", "f5")
        await terminal.shows("Leave this user out?")
        await terminal.press("f1")
        await terminal.on(HoldsScreen)
        assert terminal.feed.sent == []
        await terminal.press("f5")
        await terminal.shows("Leave this user out?")
        await terminal.press("f2")
        await terminal.sent(SkipUnit(enrollment="e3"))
        await terminal.on(HoldsScreen)
        await terminal.tap("#do-fail")
        await terminal.shows("Give this unit up?")
        await terminal.tap("#choice-2")
        await terminal.sent(FailUnit(enrollment="e3"))

    watch(RecordedFeed([snapshot(role="lead")]), look)


def test_the_chosen_unit_stays_chosen_when_the_list_changes() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5", "down")
        await terminal.on(HoldsScreen)
        terminal.feed.play(status(seq=101, held=HELD[1:]))
        await terminal.until(lambda: "Grzegorz" not in terminal.text)
        await terminal.press("f1")
        await terminal.sent(ReleaseHold(enrollment="e3"))

    watch(RecordedFeed([snapshot(role="lead")]), look)


def test_a_release_is_never_meant_for_a_unit_that_took_the_chosen_one_s_place() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.on(HoldsScreen)
        terminal.feed.play(status(seq=101, held=HELD[2:]))
        await terminal.until(lambda: "Mara" not in terminal.text)
        assert terminal.button("do-retry").disabled
        await terminal.press("f3")
        await terminal.drawn()
        assert terminal.feed.sent == []
        await terminal.press("down", "f3")
        await terminal.sent(RetryUnit(enrollment="e5"))

    watch(RecordedFeed([snapshot()]), look)


def test_says_that_nothing_is_held() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.shows("Nothing is held.")
        assert terminal.button("do-release").disabled

    watch(RecordedFeed([snapshot(status(held=(), batch=BATCH.model_copy(update={"users": UserCounts()})))]), look)


def test_says_how_many_are_not_listed() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.shows("63 held, the first 3 of them here")

    watch(RecordedFeed([snapshot(status(batch=BATCH.model_copy(update={"users": UserCounts(received=63, held=63)})))]), look)


# --- the question, what is known, the picture -----------------------------------------------------------------------------------


def known(ident: str, user: str, *, label: str | None = "R58N1", after: bool = True) -> UnitView:
    """A held unit's story: scanned, filmed, with a device."""
    facts = {"picture_before": "ab"} | ({"picture_after": "cd"} if after else {})
    return UnitView(
        unit=unit(7, user, "held").model_copy(update={"enrollment": ident}),
        attempts=(
            story().attempts[0].model_copy(update={"scanned": NOW - 240, "number": 2}),
            story().attempts[0],
        ),
        evidence=(EvidenceView(kind="witness", at=NOW, actor="camera", attempt="a1", facts=facts),),
        events=(),
        device={"model": "Pixel 8a", "serial": "[b]S1[/b]\x1b[2J"},
        label=label,
    )


def closer(role: Role = "lead") -> RecordedFeed:
    feed = RecordedFeed([snapshot(role=role)])
    feed.stories = {"e7": known("e7", "Grzegorz"), "e3": known("e3", "Mara", label=None, after=False)}
    feed.pictures = {"before": png((0, 0, 255)), "after": png((0, 255, 0))}
    return feed


def pictures(terminal: Terminal) -> list[object]:
    return [one[1:] for one in terminal.feed.asked if one[0] == "picture"]


@pytest.mark.parametrize("size", SIZES)
def test_asks_one_question_about_the_chosen_unit_and_says_what_is_known_of_it(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.on(HoldsScreen)
        await terminal.shows("Brzęczyszczykiewicz: Is this phone still setting itself up?")
        await terminal.shows(f"scanned {clock(NOW - 240)} · device Pixel 8a [b]S1[/b]␛[2J · label R58N1")
        await terminal.shows(HOLDS["overdue"][1])
        await terminal.press("down")
        await terminal.shows("Mara Lindt: Is this the phone that was ordered for this user?")
        await terminal.shows("no label")
        await terminal.press("down")
        await terminal.shows("Piet de Vries: Did this phone read the code?")
        await terminal.shows("no scan · no device yet · no label")

    watch(closer("operator"), look, size=size)


@pytest.mark.parametrize("size", SIZES)
def test_a_lead_sees_the_last_picture_beside_the_list_and_no_other_unit_s(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.on(HoldsScreen)
        picture = terminal.app.screen.query_one(Picture)
        await terminal.until(lambda: picture._rows)
        assert first_colour(picture) == "#00ff00"
        assert picture.region.width > 20
        assert picture.region.height > 5
        assert terminal.app.screen.query_one(UnitList).region.width > 40
        await terminal.press("down")
        await terminal.until(lambda: picture._rows and first_colour(picture) == "#ff0000")
        await terminal.press("down")
        await terminal.until(lambda: not picture._rows)
        await terminal.drawn()
        assert not picture.region.width
        assert pictures(terminal) == [("e7", "after"), ("e3", "before")]

    watch(closer(), look, size=size)


def test_an_answer_that_comes_late_is_not_shown_beside_another_unit() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.feed.hold()
        await terminal.press("f5")
        await terminal.on(HoldsScreen)
        await terminal.press("down", "down")
        terminal.feed.let_go()
        await terminal.shows("no scan · no device yet · no label")
        await terminal.drawn()
        assert pictures(terminal) == []
        assert "Pixel" not in terminal.text

    watch(closer(), look)


@pytest.mark.parametrize(("role", "size"), [("operator", LARGE), ("lead", (61, 49))])
def test_no_picture_is_asked_for_by_an_operator_or_where_there_is_no_room(role: Role, size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.shows("device Pixel 8a")
        await terminal.drawn()
        assert pictures(terminal) == []
        assert not terminal.app.screen.query_one(Picture).region.width

    watch(closer(role), look, size=size)


def test_what_is_known_is_asked_for_again_when_the_service_comes_back() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f5")
        await terminal.shows("label R58N1")
        terminal.feed.hang_up()
        await terminal.until(lambda: terminal.button("do-release").disabled)
        terminal.feed.stories["e7"] = known("e7", "Grzegorz", label="NEW-LABEL")
        terminal.feed.come_back(snapshot())
        await terminal.shows("label NEW-LABEL")

    watch(closer("operator"), look)


def test_every_reason_of_a_hold_has_its_question() -> None:
    assert set(ASKED) == set(HOLDS) == {reason.value for reason in HoldReason}
    t = language.words("en")
    assert question(t, "brand-new") == question(t, None) == "What shall be done with it?"
