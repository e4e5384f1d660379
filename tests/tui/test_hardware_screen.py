from __future__ import annotations

import pytest

from station.wire import Advice, Calibrate, Examination, PartState, Problem, Role, SelfTest, Status
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SMALL, Terminal, watch
from tests.tui.wire_events import PARTS, snapshot, status
from tui.screens.bench import BenchScreen
from tui.screens.hardware import SIGNS, TO_DO, HardwareScreen
from tui.text import PARTS as PART_WORDS

READING = {"seen": True, "ppm": 6.25, "blur": 0.8, "black": 20.0, "white": 210.0, "text": "sixtap"}
LOST = PARTS | {"display": PartState(state="lost", detail="[b]HDMI[/] gone"), "scanner": PartState(state="absent")}


def feed_of(role: Role = "lead", now: Status | None = None, **found: object) -> RecordedFeed:
    feed = RecordedFeed([snapshot(now, role=role)])
    facts = {"reading": READING, "advice": (), "changes": (), "compared": True, "kept": False} | found
    for command in ("self_test", "calibrate"):
        feed.facts[command] = Examination.model_validate(facts).model_dump(mode="json")
    return feed


async def parts(terminal: Terminal) -> None:
    await terminal.press("f7")
    await terminal.until(terminal.choices)
    place = next(choice for choice in terminal.choices() if choice.label in ("Bench parts", "Éléments du banc"))
    await terminal.tap(place)
    await terminal.on(HardwareScreen)


def test_every_part_has_something_to_do_and_every_state_a_sign() -> None:
    assert set(TO_DO) == set(PART_WORDS)
    assert len({sign for sign, _, _ in SIGNS.values()}) == len(SIGNS)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_lost_part_stands_first_with_what_to_do(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await parts(terminal)
        for words in (
            "▲ lost attached screen · [b]HDMI[/] gone",
            "▶ Check its plug and power.",
            "✔ works camera",
            "○ not fitted label scanner",
        ):
            assert words in terminal.words, words
        assert terminal.text.index("attached screen ") < terminal.text.index("camera")
        assert all(button.region.bottom <= size[1] for button in terminal.app.screen.query("BigButton"))
        await terminal.tap("#back")
        await terminal.on(BenchScreen)

    watch(feed_of(now=status("place_phone", parts=LOST)), look, size=size)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_self_test_says_that_it_runs_and_then_what_to_improve(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await parts(terminal)
        terminal.feed.hold()
        await terminal.tap("#self-test")
        await terminal.shows("◷ The camera is examined.")
        assert terminal.button("self-test").disabled
        await terminal.press("f1")
        terminal.feed.let_go()
        await terminal.shows("▲ The camera looks at the screen from 31 degrees aside.")
        await terminal.shows("Since the calibration: The camera or the screen was moved by 9 pixels.")
        assert "✔ code seen and read · 6.2 pixels per module" in terminal.words
        assert not terminal.button("self-test").disabled
        await terminal.sent(SelfTest())

    advice = (Advice(id="straighten", args={"degrees": 31}),)
    watch(feed_of("operator", advice=advice, changes=(Advice(id="camera_moved", args={"pixels": 9}),)), look, size=size)


def test_a_refused_self_test_gives_the_buttons_back() -> None:
    async def look(terminal: Terminal) -> None:
        await parts(terminal)
        terminal.feed.refuse(Problem(kind="WrongUse", message="A code is up.", remedy="Pause first."))
        await terminal.press("f1")
        await terminal.shows("✘ A code is up.")
        await terminal.until(lambda: not terminal.button("self-test").disabled)
        assert "is examined" not in terminal.text
        await terminal.press("f1")
        await terminal.shows("Nothing to improve.")

    watch(feed_of(), look, size=SMALL)


def test_a_lead_calibrates_when_sure_and_an_operator_is_not_offered_it() -> None:
    async def look(terminal: Terminal) -> None:
        await parts(terminal)
        await terminal.press("f2")
        await terminal.shows("Is the stand empty")
        await terminal.press("escape")
        await terminal.on(HardwareScreen)
        assert terminal.feed.sent == []
        await terminal.press("f2")
        await terminal.shows("Is the stand empty")
        await terminal.tap("#choice-1")
        await terminal.shows("Kept as the calibration")
        await terminal.sent(Calibrate())

    async def operator(terminal: Terminal) -> None:
        await parts(terminal)
        assert not terminal.button("calibrate").display

    watch(feed_of(kept=True), look)
    watch(feed_of("operator"), operator)


def test_an_unseen_code_and_foreign_text_are_told_plainly() -> None:
    async def look(terminal: Terminal) -> None:
        await parts(terminal)
        await terminal.press("f1")
        await terminal.shows("✘ The code was not seen.")
        await terminal.shows("could not be made: [red]{x}[/]␛")

    advice = (Advice(id="not_tested", args={"why": "[red]{x}[/]\x1b"}),)
    watch(feed_of(reading={"seen": False}, advice=advice, compared=False), look)


def test_speaks_french() -> None:
    async def look(terminal: Terminal) -> None:
        terminal.app.speak("fr")
        await terminal.drawn()
        await parts(terminal)
        await terminal.press("f1")
        await terminal.shows("Rien à améliorer.")

    watch(feed_of(), look, size=SMALL)
