"""One unit's story on the screen."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from station import words as language
from station.wire import AttemptView, EvidenceView, HoldUnit, Recorded, Role, UnitView
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SIZES, SMALL, Terminal, watch
from tests.tui.wire_events import NOW, recorded, snapshot, status, unit
from tui.screens.story import StoryScreen
from tui.storywords import HAPPENED, facts_line, told
from tui.widgets.picture import Picture, drawn
from tui.widgets.rack import Tray


def png(colour: tuple[int, int, int]) -> bytes:
    return bytes(cv2.imencode(".png", np.full((90, 160, 3), colour, np.uint8))[1])


def event(seq: int, kind: str, **body: object) -> Recorded:
    return recorded(seq, kind).model_copy(update={"body": body})


STORY = UnitView(
    unit=unit(10, "Aylin Öztürk", "scanned", tray=2, since=NOW - 240),
    attempts=(
        AttemptView(
            id="a1",
            number=1,
            channel="bench",
            token="enterprises/LC1/enrollmentTokens/abcdefghijklmnop",  # noqa: S106 - a token's name
            expires=NOW,
            shown=NOW - 300,
            scanned=NOW - 240,
            ended="scanned",
            device="enterprises/LC1/devices/0123456789abcdef",
            phone="p1",
        ),
    ),
    evidence=(
        EvidenceView(
            kind="witness",
            at=NOW - 240,
            actor="camera",
            attempt="a1",
            facts={"frames": 14, "best_score": 0.91, "picture_before": "ab"},
        ),
        EvidenceView(kind="attestation", at=NOW - 200, actor="maria", attempt="a1", facts={"role": "lead"}),
        EvidenceView(kind="[red]new[/]", at=NOW - 100, actor="bench", attempt="a1", facts={}),
    ),
    events=(
        event(1, "CodeShown", to="showing"),
        event(2, "Held", to="held", reason="overdue", detail="[bold]{x}\x1b[2J"),
        event(3, "BrandNewKind"),
    ),
    device={"model": "Pixel 8a", "serial": "R58N1", "imei": ""},
    label="R58N1",
)


TOLD = (
    "Aylin Öztürk waiting · tray 2 · 4 min",
    "label R58N1",
    "model Pixel 8a, serial number R58N1",
    "token …efghijklmnop",
    "frames with the code: 14, best match 0.91 (camera)",
    "the scan was attested: as lead (maria)",
)


def feed(role: Role = "lead") -> RecordedFeed:
    made = RecordedFeed([snapshot(status(), role=role)])
    made.story, made.pictures = STORY, {"before": png((0, 0, 255)), "after": png((0, 255, 0))}
    return made


async def open_story(terminal: Terminal) -> None:
    await terminal.until(lambda: len(terminal.app.screen.query(Tray)) == 8)
    await terminal.tap(list(terminal.app.screen.query(Tray))[1])
    await terminal.until(lambda: any(button.label == "Story" for button in terminal.choices()))
    await terminal.tap(next(button for button in terminal.choices() if button.label == "Story"))
    await terminal.on(StoryScreen)
    await terminal.drawn()


@pytest.mark.parametrize("size", SIZES)
def test_tells_device_codes_evidence_and_events(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await open_story(terminal)
        for words in TOLD:
            await terminal.shows(words)
        for _ in range(9):
            await terminal.press("f3")
        await terminal.shows("BrandNewKind")
        assert all(button.region.bottom <= size[1] for button in terminal.app.screen.query("BigButton"))

    watch(feed("operator"), look, size=size)


def test_the_arrows_scroll_by_a_line() -> None:
    async def look(terminal: Terminal) -> None:
        await open_story(terminal)
        story = terminal.app.screen.query_one("#story-told")
        await terminal.until(lambda: story.max_scroll_y > 3)
        await terminal.press("down", "down", "up")
        assert story.scroll_y == 1

    watch(feed("operator"), look, size=SMALL)


def test_evidence_is_told_in_words_and_what_nobody_knows_is_left_out() -> None:
    t = language.words("en")
    label = facts_line(t, {"kind": "imei", "value": "490154203237518"})
    record = facts_line(
        t, {"android": 15, "management_mode": "DEVICE_OWNER", "applied_policy": "enterprises/E/policies/kiosk", "z": 4.0}
    )
    assert label == "IMEI 490154203237518"
    assert record == "Android 15, management mode DEVICE_OWNER, applied policy kiosk"
    assert facts_line(t, {"role": "[b]boss\x1b", "serial": "", "imei": None, "kind": "other", "value": "x"}) == "as [b]boss␛"


def test_text_from_outside_is_never_markup() -> None:
    async def look(terminal: Terminal) -> None:
        await open_story(terminal)
        await terminal.shows("[red]new[/]")
        await terminal.shows("[bold]{x}␛[2J")

    watch(feed("operator"), look, size=LARGE)


def test_a_lead_sees_both_pictures_of_the_scan() -> None:
    async def look(terminal: Terminal) -> None:
        await open_story(terminal)
        await terminal.until(lambda: all(picture._rows for picture in terminal.app.screen.query(Picture)))
        before, after = terminal.app.screen.query(Picture)
        for picture, colour in ((before, "#ff0000"), (after, "#00ff00")):
            assert picture.region.width > 10
            cell = picture._rows[0]._segments[0]
            assert cell.style is not None
            assert cell.style.color is not None
            assert cell.style.color.name == colour

    watch(feed(), look, size=LARGE)


def test_an_operator_is_told_that_pictures_are_for_leads_and_none_is_asked_for() -> None:
    async def look(terminal: Terminal) -> None:
        await open_story(terminal)
        await terminal.shows("Pictures of the scan are for leads.")
        assert not any(asked[0] == "picture" for asked in terminal.feed.asked)

    watch(feed("operator"), look, size=LARGE)


def test_a_story_goes_on_while_it_is_read_and_the_unit_can_be_acted_on() -> None:
    async def look(terminal: Terminal) -> None:
        await open_story(terminal)
        assert terminal.feed.story is not None
        more = (*STORY.events, event(4, "Verified", to="verified"))
        terminal.feed.story = STORY.model_copy(update={"events": more})
        terminal.feed.play(recorded(500))
        for _ in range(5):
            await terminal.press("pagedown")
        await terminal.shows("all evidence agrees: verified")
        await terminal.press("f1")
        await terminal.until(lambda: len(terminal.choices()) == 4)
        await terminal.tap(next(button for button in terminal.choices() if button.label == "Hold"))
        await terminal.sent(HoldUnit(enrollment="e10"))
        await terminal.on(StoryScreen)

    watch(feed("operator"), look)


def test_a_picture_keeps_its_proportions_and_one_that_is_none_is_blank() -> None:
    rows = drawn(png((1, 2, 3)), 40, 40)
    assert (len(rows[0]._segments), len(rows)) == (40, 11)
    assert len(drawn(png((1, 2, 3)), 400, 9)) == 9
    assert drawn(b"no picture", 40, 40) == drawn(b"", 40, 40) == []


def test_every_move_of_the_journey_has_a_sentence() -> None:
    from typing import get_args

    from station.domain.enrollment import JourneyEvent
    from station.words import words

    assert {kind.__name__ for kind in get_args(JourneyEvent)} <= set(HAPPENED)
    chapters = told(
        words("en"), STORY.model_copy(update={"events": (), "attempts": (), "evidence": (), "device": None, "label": None})
    )
    assert [lines for _, lines in chapters] == [["nothing yet"]] * 4


def test_the_staff_are_called_by_their_names_as_long_as_these_are_not_erased() -> None:
    named = STORY.model_copy(
        update={
            "events": (
                event(1, "Held", to="held", reason="by-operator").model_copy(update={"actor": "s_1"}),
                event(2, "Released", to="queued").model_copy(update={"actor": "s_gone"}),
                event(3, "Reassigned", to="queued", former="u_1", user="u_2", reason="absent").model_copy(update={"actor": "s_1"}),
            ),
            "evidence": (EvidenceView(kind="attestation", at=NOW, actor="s_1", attempt="a1", facts={}),),
            "names": {"s_1": "Lea [red]Roth\x1b", "u_2": "Nina"},
        }
    )
    chapters = dict(told(language.words("en"), named))
    assert chapters["Evidence"][0].endswith("(Lea [red]Roth␛)")
    held, released, given = chapters["What happened"]
    assert held.endswith("(Lea [red]Roth␛)")
    assert released.endswith("(s_gone)")
    assert "the place went from u_1 to Nina: absent" in given
