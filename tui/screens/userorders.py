"""What is asked of an admin before an order about a user goes out, and what is said when it was carried out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.notifications import SeverityLevel

from station.wire import (
    AssignUsers,
    CodeSymbol,
    Command,
    CompareUsers,
    Comparison,
    Done,
    EditUser,
    ImportUsers,
    Invitations,
    InviteUsers,
    PolicyPage,
    RemoveUser,
    ShowCode,
    UserRow,
    UserView,
)
from station.words import N_
from station.words.modes import MODES
from tui.messages import Ask, Order, Tell
from tui.plain import plain
from tui.screens.code import CodeScreen
from tui.screens.form import Form
from tui.screens.pick import Pick
from tui.screens.sheet import Choice, Sheet
from tui.screens.shown import FullScreen
from tui.screens.userforms import edit, fields, name_of, new_fields, restored, row
from tui.symbols import needed
from tui.text import KEEP, mode_name

CODE_SAYS = N_(
    "Shows {user}'s code here. A code shown or mailed before is revoked. WPCO and fully managed: only a factory reset changes them."
)
MAY_NOT_FIT = N_("Most codes do not fit into a terminal of this size. As a file: sixtap qr USER --out code.png")
WAITS = N_("The mail waits in the outbox and is tried again. {why}")
USUAL = 81
"""Modules of an Android Management API code without extras."""
REMOVE_SAYS = N_(
    "Remove this user? Codes are revoked and the name is erased; the record keeps a number without a name. This cannot be undone."
)
KNOWN_ALREADY = N_("{email} is in the roster already. Search for it and edit that user.")


class UserOrders:
    """The sheets and forms of one screen. `again` is called when something was changed."""

    def __init__(self, screen: FullScreen, again: Callable[[], None]) -> None:
        self._screen, self._again = screen, again
        self._t = screen.model.t

    def add(self) -> None:
        """Fill in a new user."""
        t = self._t
        self._with_policies(lambda page: self._push(Form(t, t("A new user"), new_fields(t, page.items)), self._compare))

    def edit(self, user: UserView) -> None:
        """Change a user."""
        t = self._t
        self._with_policies(
            lambda page: self._push(Form(t, name_of(t, user), fields(t, user, page.items)), lambda values: self._edited(user, values))
        )

    def assign(self, user: UserView) -> None:
        """Assign a policy: to this user, or to the whole group."""
        t = self._t
        self._with_policies(
            lambda page: self._push(
                Pick(t, t("Which policy?"), [(policy.name, plain(policy.name, 60)) for policy in page.items]),
                lambda policy: self._assign_whom(user, policy),
            )
        )

    def invite(self, user: UserView) -> None:
        """Mail the code, the same or a fresh one."""
        t = self._t
        choices = (
            Choice("send", t("Send the code"), t("by e-mail"), "act"),
            Choice("resend", t("Send a fresh one"), t("the code sent before is revoked"), "ask"),
        )
        say = t("To {email}. The bench shows no code for this user while a mailed one lives.", email=plain(user.email, 80))
        self._push(Sheet(t, name_of(t, user), say, choices, tone="act"), lambda how: self._invite(user, how))

    def show_code(self, user: UserView) -> None:
        """Show the code, in the user's own mode or another."""
        t = self._t
        own = Choice("own", t("Show the code"), mode_name(t, user.mode) if user.mode else t("as the batch says"), "act")
        choices = (own, *(Choice(mode, mode_name(t, mode), t("show it in this mode")) for mode in MODES))
        say = t(CODE_SAYS, user=name_of(t, user))
        columns, rows = needed(USUAL)
        size = self._screen.app.size
        if size.width < columns + CodeScreen.SIDE or size.height <= rows:  # before the code that the user has is void
            say = f"{say}\n\n▲ {t(MAY_NOT_FIT)}"
        self._push(Sheet(t, name_of(t, user), say, choices, tone="act"), lambda mode: self._show(user, mode))

    def remove(self, user: UserView) -> None:
        """Erase a user, when the admin is sure."""
        t = self._t
        choices = (Choice("keep", t(KEEP), "", "act"), Choice("remove", t("Remove"), t("for good"), "trouble"))
        order = RemoveUser(user=user.id)
        self._push(
            Sheet(t, name_of(t, user), t(REMOVE_SAYS), choices, tone="trouble"),
            lambda sure: self._order(order) if sure == "remove" else None,
        )

    # --- what was filled in or chosen -------------------------------------------------------------------------------------

    def _compare(self, values: dict[str, str] | None) -> None:
        """Somebody who is there already is edited, not added: an import would change them unseen."""
        if values is not None:
            new = row(values)
            self._order(CompareUsers(rows=(new,)), lambda done: self._add(new, Comparison.model_validate(done.facts)))

    def _add(self, new: UserRow, comparison: Comparison) -> None:
        if all(verdict.what == "new" for verdict in comparison.verdicts):
            self._order(ImportUsers(rows=(new,)))
        else:
            self._tell(self._t(KNOWN_ALREADY, email=plain(new.email, 80) or plain(new.name, 60)))

    def _edited(self, user: UserView, values: dict[str, str] | None) -> None:
        command: EditUser | None = edit(user, values) if values is not None else None
        if command is not None:
            self._order(command, undo=restored(user, command))

    def _assign_whom(self, user: UserView, policy: str | None) -> None:
        t = self._t
        if policy is None:
            return
        group = plain(user.group, 30)
        choices = (
            Choice("one", t("This user"), name_of(t, user), "act"),
            *([Choice("group", t("The whole group"), group, "ask")] if user.group else []),
        )
        self._push(
            Sheet(t, plain(policy, 40), t("Who gets this policy?"), choices, tone="act"),
            lambda whom: self._assign(user, policy, whom),
        )

    def _assign(self, user: UserView, policy: str, whom: str | None) -> None:
        if whom is not None:
            of_group = whom == "group"
            self._order(
                AssignUsers(users=None if of_group else (user.id,), group=user.group if of_group else None, policy=policy),
                lambda done: self._count(done),
            )

    def _count(self, done: Done) -> None:
        self._again()
        count = int(done.facts.get("assigned", 0))
        self._tell(self._t.plural("{count} user has it now.", "{count} users have it now.", count))

    def _invite(self, user: UserView, how: str | None) -> None:
        if how is not None:
            self._order(InviteUsers(users=(user.id,), resend=how == "resend"), self._invited)

    def _invited(self, done: Done) -> None:
        for one in Invitations.model_validate(done.facts).invitations:
            if one.outcome == "sent":
                self._tell(self._t("The mail is on its way."))
            elif one.outcome == "waiting":
                self._tell(self._t(WAITS, why=plain(one.why, 200)), "warning")
            else:
                self._tell(plain(one.why, 300), "error")

    def _show(self, user: UserView, mode: str | None) -> None:
        if mode is not None:
            self._order(ShowCode(user=user.id, mode=None if mode == "own" else mode), self._fetch)

    def _fetch(self, done: Done) -> None:
        enrollment, attempt = str(done.facts["enrollment"]), str(done.facts["attempt"])
        self._ask("code", lambda feed: feed.code(attempt), lambda symbol: self._draw(symbol, enrollment))

    def _draw(self, symbol: CodeSymbol, enrollment: str) -> None:
        self._push(CodeScreen(self._screen.model, symbol, enrollment), None)

    # --- the screen's ways out --------------------------------------------------------------------------------------------

    def _with_policies(self, then: Callable[[PolicyPage], Any]) -> None:
        self._ask("policies", lambda feed: feed.policies(), then)

    def _ask(self, topic: str, query: Callable[[Any], Any], then: Callable[[Any], Any]) -> None:
        self._screen.post_message(Ask(self._screen, topic, query, then))

    def _order(self, command: Command, then: Callable[[Done], Any] | None = None, undo: Command | None = None) -> None:
        self._screen.post_message(Order(command, then or (lambda _: self._again()), undo))

    def _push(self, screen: Any, then: Callable[[Any], Any] | None) -> None:
        self._screen.app.push_screen(screen, then)

    def _tell(self, words: str, severity: SeverityLevel = "information") -> None:
        self._screen.post_message(Tell(words, severity))
