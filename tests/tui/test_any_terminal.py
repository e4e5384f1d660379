"""The bench screen on an upright panel, in sixteen colours, with the drawing of what is to be done."""

from __future__ import annotations

from typing import get_args

import pytest
from rich._palettes import STANDARD_PALETTE
from rich.color import Color, ColorSystem

from station.wire import StepId
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, PANEL, SMALL, Terminal, watch
from tests.tui.wire_events import BATCH, snapshot, status
from tui.model import Model, fold
from tui.palette import SIXTEEN
from tui.stepwords import STEPS
from tui.widgets.bigbutton import BigButton
from tui.widgets.bigwords import BigWords
from tui.widgets.illustration import WIDTH, Illustration, drawing

UPRIGHT = (61, 49)


def feed(step: StepId = "place_phone", **more: object) -> RecordedFeed:
    return RecordedFeed([snapshot(status(step, {"trays": 8, "tray": 7, "reason": "why"}, **more))], batches=[BATCH])


def test_an_upright_panel_has_every_button_whole_and_five_rows_high() -> None:
    async def look(terminal: Terminal) -> None:
        buttons = list(terminal.app.screen.query(BigButton))
        assert len(buttons) == 7
        for button in buttons:
            assert button.region.height >= 5
            assert button.region.right <= UPRIGHT[0]
            assert button.region.bottom <= UPRIGHT[1]
        assert [button.region.y for button in buttons[:3]] == [buttons[0].region.y] * 3
        assert buttons[3].region.y >= buttons[0].region.bottom

    watch(feed(), look, size=UPRIGHT)


def test_an_upright_panel_writes_two_words_under_each_other_rather_than_small() -> None:
    async def look(terminal: Terminal) -> None:
        head, name = terminal.app.screen.query(BigWords)
        for letters in (head, name):
            drawn = [line for line in str(letters.render()).splitlines() if line.strip()]
            assert set("".join(drawn)) <= set(" ▀▄█"), letters.text
            assert len(drawn) in (5, 6)
            assert max(map(len, drawn)) <= UPRIGHT[0]

    watch(feed(), look, size=UPRIGHT)


def test_an_upright_panel_shows_counts_trays_and_what_the_camera_sees_whole() -> None:
    async def look(terminal: Terminal) -> None:
        for words in (
            "40 = 6 verified + 3 held + 1 failed + 0 skipped + 30 open",
            "13 = 6 verified + 5 in rack + 1 set aside + 1 failed",
            "ONE PHONE",
            "Jonas Weber",
            "Accept terms",
        ):
            assert words in terminal.words, words

    watch(feed(view="phone"), look, size=UPRIGHT)


@pytest.mark.parametrize("step", get_args(StepId))
def test_a_drawing_stands_beside_the_words_and_cuts_none_of_them(step: StepId) -> None:
    async def look(terminal: Terminal) -> None:
        picture = terminal.app.screen.query_one(Illustration)
        hands = drawing(terminal.app.model) is not None
        assert (str(picture.render()).strip() != "") == hands
        said = STEPS[step].say.format(trays=8, tray=7, reason="why")
        assert said in terminal.words
        if hands and picture.display:
            assert picture.region.right <= PANEL[0]

    watch(feed(step), look, size=PANEL)


def test_the_drawing_names_the_tray_and_asks_for_six_taps_once_a_phone_is_there() -> None:
    async def look(terminal: Terminal) -> None:
        assert terminal.app.screen.query_one(Illustration).display
        assert "×6" in terminal.text
        terminal.feed.play(status("place_phone", seq=101))
        await terminal.until(lambda: "×6" not in terminal.text)
        terminal.feed.play(status("to_tray", {"tray": 12}, seq=102))
        await terminal.shows("┃ 12┃")

    watch(feed(view="phone"), look, size=PANEL)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_the_letters_go_before_the_drawing(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        head = next(iter(terminal.app.screen.query(BigWords)))
        width = terminal.app.screen.query_one("StepPanel").size.width
        assert head.scale(head.size.width, head.size.height) == head.scale(width, head.size.height) > 0

    watch(feed(), look, size=size)


def test_every_drawing_has_the_same_size() -> None:
    for step in get_args(StepId):
        for view in ("empty", "phone"):
            rows = drawing(fold(Model(), snapshot(status(step, {"tray": 7}, view=view))))
            assert rows is None or ({len(row) for row in rows} == {WIDTH} and len(rows) == 5), step


def test_sixteen_colours_are_what_each_colour_really_is_there() -> None:
    """A terminal with sixteen colours shows the nearest of them: each of ours must be one, and no two tones the same."""
    named = {name: value for name, value in SIXTEEN.variables.items() if value.startswith("#")}
    for value in [*named.values(), SIXTEEN.primary, SIXTEEN.accent or "", SIXTEEN.background or "", SIXTEEN.panel or ""]:
        near = Color.parse(value).downgrade(ColorSystem.STANDARD)
        assert near.number is not None
        assert STANDARD_PALETTE[near.number].hex == value, value
    tones = [named[tone] for tone in ("act", "wait", "done", "trouble", "ask")]
    assert len(set(tones)) == len(tones)


def test_sixteen_colours_change_no_word_of_the_screen() -> None:
    texts: list[str] = []

    async def look(terminal: Terminal) -> None:
        texts.append(terminal.text)
        terminal.app.theme = SIXTEEN.name
        await terminal.drawn()
        texts.append(terminal.text)

    watch(feed(view="phone"), look, size=PANEL)
    assert texts[0] == texts[1]
