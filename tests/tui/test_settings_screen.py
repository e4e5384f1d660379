"""What the bench runs with, at the screen."""

from __future__ import annotations

import pytest

from station.wire import ChangeSetting, Problem, Role, Settings, SettingView
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import LARGE, SMALL, Terminal, watch
from tests.tui.wire_events import snapshot
from tui.screens.form import Form
from tui.screens.hardware import HardwareScreen
from tui.screens.pick import Pick
from tui.screens.settings import SettingsScreen
from tui.widgets.searchlist import SearchList

SCAN = SettingView(key="times.scan", value=90.0, source="file", live=True, least=5, most=3600, configured=90.0)
IDLE = SettingView(key="times.idle", value=900.0, source="changed", live=True, least=30, most=86400, configured=600.0)
LANGUAGE = SettingView(key="language", value="en", live=True, configured="en")
SETTINGS = Settings(
    file="/etc/sixtap/[b]sixtap[/].toml",
    items=(
        SettingView(key="bench", value="bench-1", source="file"),
        LANGUAGE,
        SettingView(key="emm.key", value=True, source="file", secret=True),
        SettingView(key="mail.password_file", value=False, secret=True),
        SettingView(key="hardware.camera", value="[red]v4l2:/dev/video0\x1b[2J", source="file"),
        SCAN,
        IDLE,
        SettingView(key="times.new_key", value=7),
    ),
)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchList, "MOMENT", 0.01)


def feed_of(role: Role = "admin") -> RecordedFeed:
    feed = RecordedFeed([snapshot(role=role)])
    feed.configured = SETTINGS
    return feed


async def parts(terminal: Terminal) -> None:
    await terminal.press("f7")
    await terminal.until(terminal.choices)
    await terminal.tap(next(choice for choice in terminal.choices() if choice.label == "Bench parts"))
    await terminal.on(HardwareScreen)


async def settings(terminal: Terminal) -> None:
    await parts(terminal)
    await terminal.tap("#settings")
    await terminal.on(SettingsScreen)
    await terminal.shows("time without a phone")


async def choose(terminal: Terminal, word: str) -> None:
    await terminal.press("ctrl+u", *word)
    await terminal.until(lambda: terminal.app.screen.query_one(SearchList).chosen is not None and word in shown(terminal))


def shown(terminal: Terminal) -> str:
    return str(terminal.app.screen.query_one("#story").render())


@pytest.mark.parametrize("size", [SMALL, LARGE, (61, 49)])
def test_shows_each_setting_with_its_value_and_where_it_comes_from(size: tuple[int, int]) -> None:
    async def look(terminal: Terminal) -> None:
        await settings(terminal)
        assert "/etc/sixtap/[b]sixtap[/].toml" in terminal.words
        assert "Bench and rack ○ bench's name bench-1 file ● bench's language en default" in terminal.words
        await choose(terminal, "camera")
        assert "[red]v4l2:/dev/video0␛[2J" in terminal.words
        assert "write hardware.camera into /etc/sixtap/[b]sixtap[/].toml and restart" in terminal.words
        assert all(button.region.bottom <= size[1] for button in terminal.app.screen.query("BigButton"))
        await terminal.tap("#back")
        await terminal.on(HardwareScreen)

    watch(feed_of(), look, size=size)


def test_of_a_secret_only_whether_it_is_set_is_shown() -> None:
    async def look(terminal: Terminal) -> None:
        await settings(terminal)
        await choose(terminal, "key")
        assert "service account's key set file" in terminal.words
        await choose(terminal, "password")
        assert "password not set default" in terminal.words

    watch(feed_of(), look)


def test_a_key_that_is_newer_than_the_words_is_shown_by_itself() -> None:
    async def look(terminal: Terminal) -> None:
        await settings(terminal)
        await choose(terminal, "new_key")
        assert "times.new_key 7 default" in terminal.words

    watch(feed_of(), look)


def test_what_the_bench_takes_while_it_runs_is_changed_and_can_be_undone() -> None:
    async def look(terminal: Terminal) -> None:
        await settings(terminal)
        await choose(terminal, "scan")
        await terminal.until(lambda: not terminal.button("change").disabled)
        assert terminal.button("configured").disabled
        await terminal.tap("#change")
        await terminal.on(Form)
        await terminal.shows("From 5 s to 3600 s.")
        await terminal.press(*"180", "f1")
        await terminal.sent(ChangeSetting(key="times.scan", value="180"))
        await terminal.until(lambda: terminal.feed.asked.count(("settings",)) == 2)
        await terminal.press("ctrl+z")
        await terminal.sent(ChangeSetting(key="times.scan", value=None))

    watch(feed_of(), look)


def test_a_change_is_taken_back_and_that_too_can_be_undone() -> None:
    async def look(terminal: Terminal) -> None:
        await settings(terminal)
        await choose(terminal, "without a phone")
        await terminal.until(lambda: not terminal.button("configured").disabled)
        await terminal.press("f2")
        await terminal.sent(ChangeSetting(key="times.idle", value=None))
        await terminal.press("ctrl+z")
        await terminal.sent(ChangeSetting(key="times.idle", value="900.0"))

    watch(feed_of(), look)


def test_the_bench_s_language_is_picked() -> None:
    async def look(terminal: Terminal) -> None:
        await settings(terminal)
        await choose(terminal, "language")
        await terminal.press("f1")
        await terminal.on(Pick)
        await terminal.press("down", "f1")
        await terminal.sent(ChangeSetting(key="language", value="fr"))

    watch(feed_of(), look)


def test_what_needs_the_file_cannot_be_pressed_and_a_refusal_is_told() -> None:
    async def look(terminal: Terminal) -> None:
        await settings(terminal)
        await terminal.until(lambda: "bench's name" in shown(terminal))
        assert terminal.button("change").disabled
        await terminal.press("enter", "f1")
        assert isinstance(terminal.app.screen, SettingsScreen)
        terminal.feed.refuse(Problem(kind="WrongUse", message="A phone is in tray 7."))
        await choose(terminal, "scan")
        await terminal.press("f1")
        await terminal.on(Form)
        await terminal.press("f1")
        await terminal.shows("✘ A phone is in tray 7.")

    watch(feed_of(), look)


@pytest.mark.parametrize("role", ["operator", "lead"])
def test_only_admins_are_offered_the_settings(role: Role) -> None:
    async def look(terminal: Terminal) -> None:
        await parts(terminal)
        assert not terminal.button("settings").display
        await terminal.press("f3")
        assert isinstance(terminal.app.screen, HardwareScreen)

    watch(feed_of(role), look)
