"""Who is there: names to choose from, a field for a badge. The bench goes on behind it; nothing else can be reached."""

from __future__ import annotations

from typing import ClassVar

from pydantic import SecretStr
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.widgets import Input

from station.wire import Command, HandOver, Problem, SignIn, StaffView
from station.words import N_
from tui.messages import Anew, Ask
from tui.model import Model
from tui.plain import plain
from tui.screens.pinpad import PinPad, attempt, refusal
from tui.screens.sheet import BACK
from tui.screens.shown import FullScreen
from tui.text import person, state_words
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.step import StepLine
from tui.widgets.textfield import TextField
from tui.widgets.words import Words

PLACES = 9
"""Names on a page, one for each key; where there are more, the last place turns the page."""
NO_PIN = N_("by badge only")


class SignInScreen(FullScreen):
    """Shown while somebody must sign in. The app takes it away when the service knows who is there."""

    CSS_PATH = "signin.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(f"f{number}", f"press('name-{number}')", f"Name {number}", tooltip=f"The name F{number}")
        for number in range(1, PLACES + 1)
    ]
    TITLE_WORDS: ClassVar[str] = N_("Who is there? Choose your name, or scan your badge.")

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._staff: tuple[StaffView, ...] = ()
        self._page = 0
        self._asked = False

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        yield Words(id="list-title")
        yield Words(id="told")
        with Grid(id="names"):
            for number in range(1, PLACES + 1):
                yield BigButton(key=f"F{number}", id=f"name-{number}")
        yield TextField(secret=True, id="badge", longest=200)

    def show(self, model: Model) -> None:
        super().show(model)
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self.query_one("#list-title", Words).say(model.t(self.TITLE_WORDS))
        self.query_one("#badge", Input).placeholder = model.t("Badge: scan it here")
        if model.connected and not self._asked:
            self.post_message(Ask(self, "staff", lambda feed: feed.staff(), self._know))
        self._asked = model.connected  # who signs in may have changed whenever the connection begins anew
        self._list()

    def _know(self, staff: tuple[StaffView, ...]) -> None:
        self._staff = staff
        self._list()

    def offered(self) -> tuple[StaffView, ...]:
        """Whose names are shown."""
        return tuple(one for one in self._staff if one.has_pin or one.has_badge)

    def _shown(self) -> tuple[tuple[StaffView, ...], bool]:
        """The names of this page, and whether there are more pages."""
        offered = self.offered()
        if len(offered) <= PLACES:
            return offered, False
        size = PLACES - 1
        pages = -(-len(offered) // size)
        start = self._page % pages * size
        return offered[start : start + size], True

    def _list(self) -> None:
        t = self.model.t
        names, more = self._shown()
        for number in range(1, PLACES + 1):
            button = self.query_one(f"#name-{number}", BigButton)
            button.display = number <= len(names) or (more and number == PLACES)
            if number <= len(names):
                one = names[number - 1]
                button.say(plain(one.name, 30), "" if one.has_pin else t(NO_PIN))
            elif button.display:
                button.say(t("More…"), t("other names"))

    def order(
        self, staff: str = "", *, pin: SecretStr | None = None, badge: SecretStr | None = None, ticket: SecretStr | None = None
    ) -> Command:
        """What is asked of the service once it is known who comes."""
        return SignIn(staff=staff, pin=pin, badge=badge, ticket=ticket)

    def done(self) -> None:
        """The service knows who is there: the app hears it from there."""

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        name = str(event.button.id)
        if not name.startswith("name-"):
            self.dismiss()
            return
        names, more = self._shown()
        number = int(name.removeprefix("name-"))
        if more and number == PLACES:
            self._page += 1
            self._list()
        elif names[number - 1].has_pin:
            one = names[number - 1]
            self.app.push_screen(PinPad(self.model.t, one.name, lambda pin: self.order(one.id, pin=pin)), self._pad_closed)
        else:
            self.query_one("#badge", Input).focus()

    def _pad_closed(self, done: bool | None) -> None:
        if done:
            self.done()

    @on(Input.Submitted)
    def _scanned(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        event.input.value = ""
        if text:
            self._try(self.order(badge=SecretStr(text)))

    def badge_heard(self, ticket: SecretStr) -> None:
        """The bench's scanner read a badge."""
        self._try(self.order(ticket=ticket))

    def _try(self, command: Command) -> None:
        self.post_message(Ask(self, "sign-in", lambda feed: attempt(feed, command), self._answered))

    def _answered(self, problem: Problem | None) -> None:
        if problem is None:
            self.post_message(Anew())
            self.done()
        else:
            self.query_one("#told", Words).say(refusal(self.model.t, problem), "trouble")


class HandOverScreen(SignInScreen):
    """The shift ends: the phones under way are shown, and who comes takes them over."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "press('back')", "Back", tooltip="Stay signed in")]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {"back": (BACK, "")}
    TITLE_WORDS: ClassVar[str] = N_("Who takes over? They choose their name, or scan their badge.")

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield BigButton(key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        self.query_one("#told", Words).say(self._under_way())

    def _under_way(self) -> str:
        """The phones that the next shift takes over."""
        t, status = self.model.t, self.model.status
        rack = status.rack if status is not None else ()
        trays = [
            t("{tray} {user}: {state}", tray=unit.tray or "-", user=person(t, unit), state=state_words(t, unit.state, unit.reason))
            for unit in rack
        ]
        held = t.plural("{count} unit is held.", "{count} units are held.", self.model.held_count, count=self.model.held_count)
        under_way = t("Trays: {trays}.", trays=" · ".join(trays)) if trays else t("No phone is in a tray.")
        return f"{under_way} {held}" if self.model.held_count else under_way

    def offered(self) -> tuple[StaffView, ...]:
        return tuple(one for one in super().offered() if one.name != self.model.you)

    def order(
        self, staff: str = "", *, pin: SecretStr | None = None, badge: SecretStr | None = None, ticket: SecretStr | None = None
    ) -> Command:
        return HandOver(staff=staff, pin=pin, badge=badge, ticket=ticket)

    def done(self) -> None:
        self.dismiss()
