"""The roster, for admins: find somebody, then edit, assign a policy, invite, show the code, remove; or add somebody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from station.wire import UserPage, UserView
from station.words import N_, Catalogue
from tui.feed import Feed
from tui.model import Model
from tui.plain import plain
from tui.screens.paged import PAGE, PagedScreen
from tui.screens.pick import Pick
from tui.screens.sheet import BACK
from tui.screens.userforms import name_of
from tui.screens.userorders import UserOrders
from tui.text import mode_name
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import Row, SearchList


class UsersScreen(PagedScreen[UserView, str]):
    """A list that grows as it is scrolled, a field to search it, one button for each thing to do."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('edit')", "Edit", tooltip="Change the chosen user"),
        Binding("f2", "press('add')", "Add", tooltip="Add a user"),
        Binding("f3", "press('policy')", "Policy", tooltip="Assign a policy to the chosen user or to the group"),
        Binding("f4", "press('invite')", "Invite", tooltip="Mail the chosen user the code"),
        Binding("f5", "press('code')", "Code", tooltip="Show the chosen user's code here"),
        Binding("f6", "press('group')", "Group", tooltip="List one group only"),
        Binding("f7", "press('remove')", "Remove", tooltip="Revoke the chosen user's codes and erase the name"),
        Binding("escape", "press('back')", "Back", tooltip="Back to the bench"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "edit": (N_("Edit"), N_("this user")),
        "add": (N_("Add"), N_("a user")),
        "policy": (N_("Policy"), N_("assign")),
        "invite": (N_("Invite"), N_("by mail")),
        "code": (N_("Code"), N_("show it")),
        "remove": (N_("Remove"), N_("for good")),
        "back": (BACK, ""),
    }

    TOPIC = "users"
    BUTTONS = ("edit", "add", "policy", "invite", "code", "group", "remove")
    HINT = N_("type a name or an e-mail to search")

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._group = ""

    def show(self, model: Model) -> None:
        super().show(model)
        self.query_one("#group", BigButton).say(model.t("Group"), plain(self._group, 20) or model.t("all"))

    def headline(self, t: Catalogue) -> Content:
        count, more = len(self._items), "+" if self._after else ""
        words = t.plural("{number} user", "{number} users", count, number=f"{count}{more}") if self._came else t("Fetching users.")
        where = f"  ·  {t('group {group}', group=plain(self._group, 40))}" if self._group else ""
        return Content(words).stylize("bold") + Content(where)

    def show_chosen(self) -> None:
        user = self.chosen
        there = user is not None
        self.enable(edit=there, policy=there, invite=bool(user and user.email), code=there, remove=there, add=True)

    @property
    def chosen(self) -> UserView | None:
        """The user that the buttons mean."""
        ident = self.listed.chosen
        return next((user for user in self._items if user.id == ident), None)

    def asking(self, after: str | None) -> Callable[[Feed], Awaitable[UserPage]]:
        search, group = self._search, self._group
        return lambda feed: feed.users(after=after or "", limit=PAGE, search=search, group=group)

    def row(self, item: UserView) -> Row:
        return Row(item.id, _two_rows(self.model.t, item))

    # --- what can be done -------------------------------------------------------------------------------------------------

    @on(SearchList.Chosen)
    def _taken(self) -> None:
        self.query_one("#edit", BigButton).press()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        user, orders = self.chosen, UserOrders(self, self.again)
        match event.button.id:
            case "back":
                self.dismiss()
            case "add":
                orders.add()
            case "group":
                self._choose_group()
            case "edit" if user is not None:
                orders.edit(user)
            case "policy" if user is not None:
                orders.assign(user)
            case "invite" if user is not None:
                orders.invite(user)
            case "code" if user is not None:
                orders.show_code(user)
            case "remove" if user is not None:
                orders.remove(user)

    def _choose_group(self) -> None:
        t = self.model.t
        known = sorted({user.group for user in self._items if user.group} | ({self._group} if self._group else set()))
        rows = [("", t("all")), *((group, plain(group, 60)) for group in known)]
        self.app.push_screen(Pick(t, t("Which group?"), rows), self._grouped)

    def _grouped(self, group: str | None) -> None:
        if group is not None and group != self._group:
            self._group = group
            self.again()


def _two_rows(t: Catalogue, user: UserView) -> Content:
    name = Content(name_of(t, user)).stylize("bold") + Content(f"   {plain(user.email, 80)}").stylize("$muted")
    policy = Content(plain(user.policy, 40)) if user.policy else Content(f"▲ {t('no policy')}").stylize("$trouble")
    facts = [policy]
    facts += [Content(mode_name(t, user.mode))] if user.mode else []
    facts += [Content(t("group {group}", group=plain(user.group, 40)))] if user.group else []
    facts += [Content(plain(user.directory, 40))] if user.directory else []
    return name + Content("\n  ") + Content("  ·  ").join(facts).stylize("$muted")
