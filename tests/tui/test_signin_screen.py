"""Signing in at the panel: names, the pad for a PIN, badges; what is in front while nobody is there; handing over."""

from __future__ import annotations

import pytest
from pydantic import SecretStr
from textual.widgets import Input

from station.wire import BadgeHeard, HandOver, Problem, SignIn, SignOut, StaffView
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import PANEL, SIZES, SMALL, Terminal, watch
from tests.tui.wire_events import asked, snapshot, status
from tui.messages import Open
from tui.screens.answer import QuestionSheet
from tui.screens.bench import BenchScreen
from tui.screens.pinpad import KEYS, PadKey, PinPad
from tui.screens.queue import QueueScreen
from tui.screens.sheet import Sheet
from tui.screens.signin import HandOverScreen, SignInScreen

LEA = StaffView(id="s_lea", name="Lea Roth", role="lead", has_pin=True, has_badge=True)
BEN = StaffView(id="s_ben", name="[b]Ben[/b]", role="operator", has_pin=True, has_badge=False)
EVA = StaffView(id="s_eva", name="Eva", role="operator", has_pin=False, has_badge=True)
NEW = StaffView(id="s_new", name="Newcomer", role="operator", has_pin=False, has_badge=False)
ALL_SIZES = (*SIZES, (61, 49))


def locked(*staff: StaffView) -> RecordedFeed:
    feed = RecordedFeed([snapshot(you="sixtap-kiosk", shared=True, locked=True)])
    feed.crew = staff or (BEN, EVA, LEA, NEW)
    return feed


def signed_in() -> RecordedFeed:
    feed = RecordedFeed([snapshot(you="Lea Roth", role="lead", shared=True, signed_in=True)])
    feed.crew = (BEN, EVA, LEA, NEW)
    return feed


def wrong(left: int, wait: int = 0) -> Problem:
    return Problem(kind="SignInRefused", message="The PIN is wrong.", args={"left": left, "wait": wait})


async def names(terminal: Terminal) -> list[str]:
    await terminal.on(SignInScreen)
    await terminal.until(lambda: terminal.button("name-1").label)
    return [button.label for number in range(1, 10) if (button := terminal.button(f"name-{number}")).display]


@pytest.mark.parametrize("size", ALL_SIZES)
def test_a_name_and_a_pin_sign_in_by_touch_alone(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        assert await names(terminal) == ["[b]Ben[/b]", "Eva", "Lea Roth"]
        await terminal.tap("#name-3")
        await terminal.on(PinPad)
        keys = list(terminal.app.screen.query(PadKey))
        assert len(keys) == len(KEYS)
        for key in keys:
            assert key.region.height >= 3
            assert key.region.width >= 8
            assert key.region.bottom <= size[1]
        for digit in "48291":
            await terminal.tap(f"#key-{digit}")
        await terminal.tap("#key-erase")
        await terminal.until(lambda: "● ● ● ●" in terminal.text)
        assert "4829" not in terminal.text
        await terminal.tap("#key-enter")
        await terminal.sent(SignIn(staff="s_lea", pin=SecretStr("4829")))
        terminal.feed.play(snapshot(you="Lea Roth", role="lead", shared=True, signed_in=True))
        await terminal.on(BenchScreen)
        await terminal.shows("Lea Roth (lead)")

    watch(locked(), look, size=size)


@pytest.mark.parametrize(
    ("language", "left", "last", "wait"),
    [
        ("en", "That was wrong. 3 tries are left.", "That was wrong. 1 try is left.", "Too many wrong tries. Wait 30 seconds."),
        ("fr", "C'est faux. Il reste 3 essais.", "C'est faux. Il reste 1 essai.", "Trop d'essais erronés. Attendez 30 secondes."),
    ],
)
def test_a_wrong_pin_says_how_many_tries_are_left_or_how_long_to_wait(language: str, left: str, last: str, wait: str) -> None:
    async def look(terminal: Terminal) -> None:
        await names(terminal)
        terminal.app.speak(language)
        await terminal.drawn()
        await terminal.press("f3")
        await terminal.on(PinPad)
        for problem, words in ((wrong(3), left), (wrong(1), last), (wrong(0, 30), wait)):
            terminal.feed.refuse(problem)
            await terminal.press("1", "1", "1", "1", "enter")
            await terminal.shows(words)
            assert "●" not in terminal.text
        assert isinstance(terminal.app.screen, PinPad)
        await terminal.press("escape")
        await terminal.on(SignInScreen)

    watch(locked(), look, size=SMALL)


def test_too_few_digits_are_not_sent() -> None:
    async def look(terminal: Terminal) -> None:
        await names(terminal)
        await terminal.press("f3")
        await terminal.on(PinPad)
        await terminal.press("1", "2", "3", "enter")
        await terminal.sent()
        await terminal.press("4", "enter")
        await terminal.sent(SignIn(staff="s_lea", pin=SecretStr("1234")))

    watch(locked(), look)


def test_a_badge_is_scanned_unseen_whatever_letters_it_has() -> None:
    async def look(terminal: Terminal) -> None:
        await names(terminal)
        terminal.feed.refuse(wrong(4))
        await terminal.press(*"q1-Xq", "enter")
        await terminal.sent(SignIn(badge=SecretStr("q1-Xq")))
        await terminal.shows("That was wrong. 4 tries are left.")
        assert "q1-Xq" not in terminal.text
        assert terminal.app.screen.query_one("#badge", Input).value == ""
        assert terminal.app.is_running

    watch(locked(), look)


def test_a_badge_before_the_bench_s_scanner_signs_in_here_and_takes_over_the_shift() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("scan your badge")
        terminal.feed.play(BadgeHeard(ticket=SecretStr("t1")))
        await terminal.sent(SignIn(ticket=SecretStr("t1")))

    async def over(terminal: Terminal) -> None:
        terminal.feed.play(BadgeHeard(ticket=SecretStr("t1")))  # nobody is asked who they are
        await terminal.drawn()
        assert terminal.feed.sent == []
        terminal.app.post_message(Open("handover"))
        await terminal.shows("Who takes over?")
        terminal.feed.play(BadgeHeard(ticket=SecretStr("t2")))
        await terminal.sent(HandOver(ticket=SecretStr("t2")))

    watch(locked(), look)
    watch(signed_in(), over)


def test_a_badge_before_the_bench_s_scanner_is_nothing_to_a_terminal_elsewhere() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.shows("scan your badge")
        terminal.feed.play(BadgeHeard(ticket=SecretStr("t1")))
        await terminal.drawn()
        assert terminal.feed.sent == []

    watch(locked(), look, here=False)


def test_who_has_a_badge_only_is_sent_to_the_field_for_it() -> None:
    async def look(terminal: Terminal) -> None:
        await names(terminal)
        await terminal.shows("by badge only")
        await terminal.press("f2")
        assert isinstance(terminal.app.focused, Input)
        await terminal.sent()

    watch(locked(), look)


def test_many_names_are_on_several_pages() -> None:
    crew = tuple(StaffView(id=f"s_{n}", name=f"Name {n:02}", role="operator", has_pin=True, has_badge=False) for n in range(20))

    async def look(terminal: Terminal) -> None:
        seen = await names(terminal)
        for _ in range(2):
            await terminal.press("f9")
            seen += await names(terminal)
        assert [name for name in seen if name != "More…"] == [one.name for one in crew]
        await terminal.press("f9")
        assert (await names(terminal))[0] == "Name 00"

    watch(locked(*crew), look, size=SMALL)


@pytest.mark.parametrize("key", ["escape", "f7", "q", "ctrl+c", "ctrl+z", "ctrl+q"])
def test_nothing_leads_past_the_sign_in(key: str) -> None:
    async def look(terminal: Terminal) -> None:
        await names(terminal)
        await terminal.press(key)
        assert isinstance(terminal.app.screen, SignInScreen)
        await terminal.sent()

    watch(locked(), look, kiosk=True)


def test_a_lock_closes_what_was_open_and_the_question_waits() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f4")
        await terminal.on(QueueScreen)
        terminal.feed.play(snapshot(asked(), you="sixtap-kiosk", shared=True, locked=True))
        await names(terminal)
        assert not any(isinstance(screen, QueueScreen | QuestionSheet) for screen in terminal.app.screen_stack)
        terminal.feed.play(status("hold_still", seq=200))
        await terminal.shows("The phone sees the code.")
        terminal.feed.play(snapshot(asked(), you="Lea Roth", shared=True, signed_in=True))
        await terminal.on(QuestionSheet)

    watch(signed_in(), look)


def test_locking_is_in_the_menu_for_who_is_signed_in() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#open-menu")
        await terminal.on(Sheet)
        await terminal.tap(next(one for one in terminal.choices() if one.label == "Lock"))
        await terminal.sent(SignOut())
        terminal.feed.play(snapshot(you="sixtap-kiosk", shared=True, locked=True))
        await names(terminal)

    watch(signed_in(), look)


def test_an_account_of_ones_own_has_nothing_to_lock_or_hand_over() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#open-menu")
        await terminal.on(Sheet)
        assert not {"Lock", "Hand over"} & {one.label for one in terminal.choices()}

    watch(RecordedFeed([snapshot()]), look)


@pytest.mark.parametrize("size", [SMALL, PANEL, (61, 49)])
def test_a_shift_is_handed_over_with_the_trays_in_sight(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.tap("#open-menu")
        await terminal.on(Sheet)
        await terminal.tap(next(one for one in terminal.choices() if one.label == "Hand over"))
        await terminal.on(HandOverScreen)
        await terminal.until(lambda: terminal.button("name-1").label)
        for words in ("1 Jonas Weber", "5 李小龍", "3 units are held."):
            await terminal.shows(words)
        assert "Lea Roth" not in [
            button.label for button in terminal.app.screen.query("#names BigButton").results(type(terminal.button("back")))
        ]
        await terminal.tap("#name-1")
        await terminal.on(PinPad)
        await terminal.press(*"5555", "enter")
        await terminal.sent(HandOver(staff="s_ben", pin=SecretStr("5555")))
        await terminal.on(BenchScreen)
        terminal.feed.play(snapshot(you="[b]Ben[/b]", shared=True, signed_in=True))
        await terminal.shows("[b]Ben[/b] (operator)")

    watch(signed_in(), look, size=size)


def test_a_handover_can_be_given_up() -> None:
    async def look(terminal: Terminal) -> None:
        await terminal.press("f7")
        await terminal.on(Sheet)
        await terminal.tap(next(one for one in terminal.choices() if one.label == "Hand over"))
        await terminal.on(HandOverScreen)
        await terminal.press("escape")
        await terminal.on(BenchScreen)
        await terminal.sent()

    watch(signed_in(), look)
