from __future__ import annotations

import pytest

from station.wire import PolicyView, PushPolicy
from tests.tui.desk_answers import OPTIONS, POLICIES, REPORT
from tests.tui.recorded_feed import RecordedFeed
from tests.tui.terminal import SMALL, Terminal, watch
from tests.tui.wire_events import snapshot
from tui.screens.bench import BenchScreen
from tui.screens.matrix import CheckScreen, MatrixScreen
from tui.screens.policies import PoliciesScreen
from tui.widgets.searchlist import SearchList


def feed_of(kept: tuple[PolicyView, ...] = POLICIES) -> RecordedFeed:
    feed = RecordedFeed([snapshot(role="admin")])
    feed.kept, feed.options, feed.report = kept, OPTIONS, REPORT
    return feed


async def policies(terminal: Terminal) -> None:
    await terminal.press("f7")
    await terminal.tap("#choice-2")
    await terminal.on(PoliciesScreen)
    await terminal.until(lambda: "Fetching" not in terminal.text)


def test_lists_names_and_versions_and_what_the_service_has() -> None:
    async def look(terminal: Terminal) -> None:
        await policies(terminal)
        for words in ("3 policies", "version 2", "▲ version 1 is pushed", "✔ pushed", "only the management service has it"):
            assert words in terminal.words, words
        await terminal.tap("#versions")
        await terminal.shows("2 versions of field")
        assert terminal.text.index("version 2") < terminal.text.index("version 1")
        await terminal.press("escape")
        await terminal.shows("3 policies")
        await terminal.press("down", "down")
        await terminal.until(lambda: terminal.button("push").disabled)
        await terminal.tap("#back")
        await terminal.on(BenchScreen)

    watch(feed_of(), look, size=SMALL)


def test_pushes_a_version_when_the_admin_is_sure() -> None:
    async def look(terminal: Terminal) -> None:
        await policies(terminal)
        await terminal.tap("#push")
        await terminal.shows("Give this version to the management service?")
        await terminal.press("escape")
        assert terminal.feed.sent == []
        await terminal.press("f4", "f1")
        await terminal.sent(PushPolicy(name="field", version=2))

    watch(feed_of(), look, size=SMALL)


def test_checks_a_policy_for_a_mode_and_tells_each_reason() -> None:
    async def look(terminal: Terminal) -> None:
        await policies(terminal)
        await terminal.tap("#check")
        await terminal.shows("For which management mode?")
        await terminal.press("f3")
        await terminal.on(CheckScreen)
        await terminal.shows("field for WPCO 3 of 40 options to look at")
        assert terminal.feed.asked[-1] == ("check", "field", "wpco", 2)
        await terminal.shows("Only fully managed devices obey it, dedicated ones among them. (stated by Google)")
        await terminal.press("down")
        await terminal.shows("[red]X[/] is none of its values.")
        await terminal.press("escape")
        await terminal.on(PoliciesScreen)
        terminal.feed.report = REPORT.model_copy(update={"findings": (), "options": 12})
        await terminal.press("f2", "f1")
        await terminal.shows("✔ All 12 options work.")

    watch(feed_of(), look, size=SMALL)


def test_shows_options_by_modes_searched_and_by_how_they_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchList, "MOMENT", 0.01)

    async def look(terminal: Terminal) -> None:
        await policies(terminal)
        await terminal.tap("#matrix")
        await terminal.on(MatrixScreen)
        await terminal.shows("3 options")
        assert "■ ■ ■ ░ cameraAccess" in terminal.words
        assert "■ ■ ▐ ▐ ~ shortSupportMessage".replace("▐ ", "") in terminal.words
        await terminal.shows("Only the work profile's cameras can be switched off")
        await terminal.shows("WPCO 11")
        await terminal.press("f1")
        await terminal.until(lambda: "shortSupportMessage" not in terminal.text)
        await terminal.tap("#which")
        await terminal.shows("shortSupportMessage · assumed")
        assert "cameraAccess" not in terminal.text
        await terminal.press("f1", *"volume")
        await terminal.shows("adjustVolumeDisabled · stated by Google")
        assert "shortSupportMessage" not in terminal.text

    watch(feed_of(), look)


def test_says_how_to_get_the_first_policy() -> None:
    async def look(terminal: Terminal) -> None:
        await policies(terminal)
        await terminal.shows("sixtap policies import")
        assert all(terminal.button(name).disabled for name in ("versions", "check", "push"))

    watch(feed_of(()), look)
