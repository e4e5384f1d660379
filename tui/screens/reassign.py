"""A lead gives a unit's place to another user: who gets it, why, and what becomes of who had it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from station.wire import ReassignUnit, UnitBrief, UserPage, UserView
from station.words import N_, Catalogue
from tui.feed import Feed
from tui.messages import Order
from tui.model import Model
from tui.plain import plain
from tui.screens.paged import PAGE, PagedScreen
from tui.screens.sheet import BACK, Choice, Sheet
from tui.screens.userforms import name_of
from tui.storywords import WHY_GIVEN
from tui.text import person
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import Row, SearchList

GOES = N_("{former}'s place goes to {user}. {former} is free again, and a code that was made for them is void. Why?")
HELD = N_("The unit is retried first: its code is revoked.")


class ReassignScreen(PagedScreen[UserView, str]):
    """Users who are in no batch, or all of them; the service refuses who is in a queue already."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('give')", "Give", tooltip="Give the place to the chosen user"),
        Binding("f2", "press('which')", "Which", tooltip="List users who are in no batch, or all"),
        Binding("escape", "press('back')", "Back", tooltip="Back without giving the place away"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "give": (N_("Reassign…"), N_("to this user")),
        "back": (BACK, ""),
    }
    TOPIC = "users"
    BUTTONS = ("give", "which")
    HINT = N_("type a name or e-mail to search")

    def __init__(self, model: Model, unit: UnitBrief) -> None:
        super().__init__(model)
        self._unit = unit
        self._free = True

    def show(self, model: Model) -> None:
        super().show(model)
        t = model.t
        self.query_one("#which", BigButton).say(t("List"), t("in no batch") if self._free else t("all users"))

    def headline(self, t: Catalogue) -> Content:
        asked = Content(t("Who gets the place of {user}?", user=person(t, self._unit))).stylize("bold")
        if self._came and not self._items:
            return asked + Content(f"   {t('Nobody is found.')}").stylize("$trouble")
        return asked

    def show_chosen(self) -> None:
        self.enable(give=self.chosen is not None, which=True)

    @property
    def chosen(self) -> UserView | None:
        """The user that the button means."""
        ident = self.listed.chosen
        return next((user for user in self._items if user.id == ident), None)

    def asking(self, after: str | None) -> Callable[[Feed], Awaitable[UserPage]]:
        search, free = self._search, self._free
        return lambda feed: feed.users(after=after or "", limit=PAGE, search=search, free=free)

    def row(self, item: UserView) -> Row:
        return Row(item.id, _row(self.model.t, item))

    # --- give it away -----------------------------------------------------------------------------------------------------

    @on(SearchList.Chosen)
    def _taken(self) -> None:
        self.query_one("#give", BigButton).press()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        user = self.chosen
        match event.button.id:
            case "give" if user is not None:
                self._why(user)
            case "which":
                self._free = not self._free
                self.again()
            case "back":
                self.dismiss()

    def _why(self, user: UserView) -> None:
        t = self.model.t
        choices = tuple(Choice(reason, t(words), "", "act") for reason, words in WHY_GIVEN.items())
        say = t(GOES, former=person(t, self._unit), user=name_of(t, user))
        say = f"{say} {t(HELD)}" if self._unit.state == "held" else say
        self.app.push_screen(Sheet(t, name_of(t, user), say, choices, tone="act"), lambda why: self._give(user, why))

    def _give(self, user: UserView, why: str | None) -> None:
        if why is not None:
            unit = self._unit.enrollment
            undo = ReassignUnit(enrollment=unit, user=None, reason="undone")
            self.post_message(Order(ReassignUnit(enrollment=unit, user=user.id, reason=why), lambda _: self.dismiss(), undo))


def _row(t: Catalogue, user: UserView) -> Content:
    facts = [plain(user.email, 60), t("group {group}", group=plain(user.group, 40)) if user.group else ""]
    facts += [] if user.policy else [t("no policy")]
    return Content(name_of(t, user)).stylize("bold") + Content("   " + "  ·  ".join(filter(None, facts))).stylize("$muted")
