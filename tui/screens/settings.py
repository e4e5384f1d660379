"""What the bench runs with, for admins: each setting with its value, where that comes from and what it means. What the bench takes
while it runs is changed here; of everything else it is said where it is written."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from station.wire import ChangeSetting, Settings, SettingView
from station.words import N_, Catalogue, languages
from station.words.settings import GROUPS, SETTINGS, SOURCES, group_of, said
from tui.messages import Ask, Order
from tui.model import Model
from tui.plain import plain
from tui.screens.form import Field, Form
from tui.screens.pick import Pick
from tui.screens.searched import SearchedScreen
from tui.screens.sheet import BACK
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import Row, SearchList
from tui.widgets.words import Words

NAME = 26
REST = 22
"""Columns of a setting's name, and of all else in its row but the value, which has what is left."""
LEAST, MOST = 12, 40
"""Columns of a value."""

IN_FILE = N_("To change it, write {key} into {file} and restart the service.")
NO_FILE = N_("The service was started without a configuration file.")
LIVE = N_("Can be changed here: at once, and kept over restarts. Without a change it is {configured}.")


class SettingsScreen(SearchedScreen):
    """All settings in groups, searched by any word; the chosen one is explained below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('change')", "Change", tooltip="Change the chosen setting while the bench runs"),
        Binding("f2", "press('configured')", "Take back", tooltip="Let the chosen setting be as the file says again"),
        Binding("escape", "press('back')", "Back", tooltip="Back"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "change": (N_("Change…"), N_("while it runs")),
        "configured": (N_("Take back"), N_("as the file says")),
        "back": (BACK, ""),
    }
    BUTTONS = ("change", "configured")
    HINT = N_("type a word to search")
    TOLD = True

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._settings: Settings | None = None

    def headline(self, t: Catalogue) -> Content:
        if self._settings is None:
            return Content(t("Fetching the settings."))
        file = plain(self._settings.file, 60)
        return Content(t("Settings")).stylize("bold") + Content(f"   {file or t(NO_FILE)}").stylize("$muted")

    def show(self, model: Model) -> None:
        super().show(model)
        self.query_one("#legend", Words).say(model.t("● can be changed here   ○ in the file, with a restart"))

    def show_chosen(self) -> None:
        one = self.chosen
        self.enable(change=one is not None and one.live, configured=one is not None and one.source == "changed")
        self.query_one("#story", Words).say(self._story(self.model.t, one) if one else "")

    @property
    def chosen(self) -> SettingView | None:
        """The setting that the buttons mean."""
        key = self.listed.chosen
        return next((one for one in self._settings.items if one.key == key), None) if self._settings else None

    def again(self) -> None:
        self.post_message(Ask(self, "settings", lambda feed: feed.settings(), self._came))

    def _came(self, settings: Settings) -> None:
        self._settings = settings
        self._list(self.listed.text)

    def _list(self, wanted: str) -> None:
        t = self.model.t
        rows: list[tuple[str, Row]] = []
        for group, title in GROUPS.items():
            for one in self._settings.items if self._settings else ():
                if group_of(one.key) == group and wanted.casefold() in _words(t, one, t(title)).casefold():
                    head = t(title) if not any(row[0] == group for row in rows) else ""
                    rows.append((group, Row(one.key, _row(t, one, head, self._columns))))
        self.listed.show([row for _, row in rows])
        self.show(self.model)

    @property
    def _columns(self) -> int:
        return max(LEAST, min(MOST, self.size.width - NAME - REST))

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self._list(self.listed.text))

    def _story(self, t: Catalogue, one: SettingView) -> Content:
        """What it means, then how it is changed."""
        name, meaning = _called(t, one)
        story = Content(f"{name}: {_value(t, one, 400)}").stylize("bold") + Content(f"\n{meaning}")
        file = plain(self._settings.file, 80) if self._settings else ""
        if one.live:
            how = t(LIVE, configured=plain(said(t, one.key, one.configured), 40))
        else:
            how = t(IN_FILE, key=plain(one.key, 60), file=file) if file else t(NO_FILE)
        return story + Content(f"\n▶ {how}").stylize("$act" if one.live else "$muted")

    # --- change -----------------------------------------------------------------------------------------------------------

    @on(SearchList.Searched)
    def _searched(self, event: SearchList.Searched) -> None:
        self._list(event.text)

    @on(SearchList.Chosen)
    def _taken(self) -> None:
        self.query_one("#change", BigButton).press()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        one = self.chosen
        match event.button.id:
            case "change" if one is not None:
                self._ask_for(one)
            case "configured" if one is not None:
                self._change(one, None)
            case "back":
                self.dismiss()

    def _ask_for(self, one: SettingView) -> None:
        t = self.model.t
        name, meaning = _called(t, one)
        if one.key == "language":
            self.app.push_screen(Pick(t, name, tuple(languages().items())), lambda code: self._change(one, code) if code else None)
            return
        limits = t("From {least} to {most}.", least=said(t, one.key, one.least), most=said(t, one.key, one.most))
        field = Field("value", t("New value"), f"{one.value:g}", limit=12, wanted=True)
        form = Form(t, name, (field,), say=f"{meaning} {limits}")
        self.app.push_screen(form, lambda values: self._change(one, values["value"]) if values else None)

    def _change(self, one: SettingView, value: str | None) -> None:
        before = str(one.value) if one.source == "changed" else None
        undo = ChangeSetting(key=one.key, value=before)
        self.post_message(Order(ChangeSetting(key=one.key, value=value), lambda _: self.again(), undo))


def _called(t: Catalogue, one: SettingView) -> tuple[str, str]:
    """Name and meaning; a key that is newer than these words by itself."""
    name, meaning = SETTINGS.get(one.key, ("", ""))
    return (t(name), t(meaning)) if name else (plain(one.key, 40), "")


def _value(t: Catalogue, one: SettingView, longest: int) -> str:
    return plain(said(t, one.key, one.value, secret=one.secret), longest)


def _words(t: Catalogue, one: SettingView, group: str) -> str:
    """What one is searched by."""
    return " ".join((group, one.key, *_called(t, one), t(SOURCES[one.source])))


def _row(t: Catalogue, one: SettingView, head: str, columns: int) -> Content:
    """One line, the value in so many columns; the first of a group has its title above it."""
    title = Content(f"{head}\n").stylize("bold $act") if head else Content("")
    sign = Content("● ").stylize("$done") if one.live else Content("○ ").stylize("$faint")
    name = Content(_called(t, one)[0]).truncate(NAME, ellipsis=True, pad=True)
    value = Content(_value(t, one, 200)).truncate(columns, ellipsis=True, pad=True).stylize("bold")
    source = Content(f"  {t(SOURCES[one.source])}").stylize("$ask" if one.source == "changed" else "$muted")
    return title + sign + name + Content(" ") + value + source
