"""Policies, for admins: names and versions, what a mode makes of one, giving one to the management service."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from station.wire import PolicyPage, PolicyView, PushPolicy
from station.words import N_, Catalogue
from station.words.modes import MODE_MEANS, MODES
from tui.messages import Ask, Order
from tui.model import Model
from tui.plain import plain
from tui.screens.matrix import CheckScreen, MatrixScreen
from tui.screens.searched import SearchedScreen
from tui.screens.sheet import BACK, Choice, Sheet
from tui.text import mode_name
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import Row, SearchList

NO_POLICIES = N_("There is no policy yet. On the command line: {command}")
SILENT = N_("▲ The management service did not answer: what it has is not known.")


class PoliciesScreen(SearchedScreen):
    """The newest version of each policy; or, with a name, all versions of that one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('versions')", "Versions", tooltip="All versions of the chosen policy"),
        Binding("f2", "press('check')", "Check", tooltip="What a management mode makes of the chosen policy"),
        Binding("f3", "press('matrix')", "Options", tooltip="All options, and what each mode makes of them"),
        Binding("f4", "press('push')", "Push", tooltip="Give the chosen policy to the management service"),
        Binding("escape", "press('back')", "Back", tooltip="Back"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "versions": (N_("Versions"), N_("of this one")),
        "check": (N_("Check"), N_("for a mode")),
        "matrix": (N_("Options"), N_("and modes")),
        "push": (N_("Push"), N_("to the service")),
        "back": (BACK, ""),
    }

    BUTTONS = ("versions", "check", "matrix", "push")
    HINT = N_("type a name to search")

    def __init__(self, model: Model, name: str = "") -> None:
        super().__init__(model)
        self._only = name
        self._page: PolicyPage | None = None

    def headline(self, t: Catalogue) -> Content:
        if self._page is None:
            return Content(t("Fetching policies."))
        if not self._page.items:
            return Content(t(NO_POLICIES, command="sixtap policies import"))
        count = len(self._page.items)
        words = (
            t.plural("{count} version of {policy}", "{count} versions of {policy}", count, policy=plain(self._only, 40))
            if self._only
            else t.plural("{count} policy", "{count} policies", count)
        )
        silent = Content(f"   {t(SILENT)}").stylize("$trouble") if self._page.service == "silent" else Content("")
        return Content(words).stylize("bold") + silent

    def show_chosen(self) -> None:
        kept = self.chosen is not None and self.chosen.version > 0
        self.enable(versions=kept and not self._only, check=kept, matrix=True, push=kept)

    @property
    def chosen(self) -> PolicyView | None:
        """The version that the buttons mean."""
        ident = self.listed.chosen
        return next((policy for policy in self._page.items if _id(policy) == ident), None) if self._page else None

    def again(self) -> None:
        name = self._only
        self.post_message(Ask(self, "policies", lambda feed: feed.policies(name), self.show_page))

    def show_page(self, page: PolicyPage) -> None:
        """The policies came."""
        self._page = page.model_copy(update={"items": tuple(reversed(page.items))}) if self._only else page
        self._list("")

    def _list(self, wanted: str) -> None:
        found = [policy for policy in (self._page.items if self._page else ()) if wanted.casefold() in policy.name.casefold()]
        self.listed.show([Row(_id(policy), _two_rows(self.model.t, policy)) for policy in found])
        self.show(self.model)

    @on(SearchList.Searched)
    def _searched(self, event: SearchList.Searched) -> None:
        self._list(event.text)

    @on(SearchList.Chosen)
    def _taken(self) -> None:
        self.query_one("#check", BigButton).press()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        t, policy = self.model.t, self.chosen
        match event.button.id:
            case "back":
                self.dismiss()
            case "matrix":
                self.app.push_screen(MatrixScreen(self.model))
            case "versions" if policy is not None:
                self.app.push_screen(PoliciesScreen(self.model, policy.name))
            case "check" if policy is not None:
                choices = tuple(Choice(mode, mode_name(t, mode), t(MODE_MEANS[mode])) for mode in MODES)
                sheet = Sheet(t, plain(policy.name, 40), t("For which management mode?"), choices, tone="act")
                self.app.push_screen(sheet, lambda mode: self._check(policy, mode))
            case "push" if policy is not None:
                choices = (Choice("push", t("Push"), t("version {number}", number=policy.version), "act"),)
                say = t("Give this version to the management service? Devices that have this policy follow it soon.")
                self.app.push_screen(Sheet(t, plain(policy.name, 40), say, choices, tone="act"), lambda sure: self._push(policy, sure))

    def _check(self, policy: PolicyView, mode: str | None) -> None:
        if mode is not None:
            self.app.push_screen(CheckScreen(self.model, policy, mode))

    def _push(self, policy: PolicyView, sure: str | None) -> None:
        if sure == "push":
            self.post_message(Order(PushPolicy(name=policy.name, version=policy.version), lambda _: self.again()))


def _id(policy: PolicyView) -> str:
    return f"{policy.name}@{policy.version}"


def _two_rows(t: Catalogue, policy: PolicyView) -> Content:
    name = Content(plain(policy.name, 60)).stylize("bold")
    if not policy.version:
        return name + Content("\n  ") + Content(t("only the management service has it")).stylize("$muted")
    facts = [t("version {number}", number=policy.version), time.strftime("%Y-%m-%d %H:%M", time.localtime(policy.at))]
    facts += [plain(policy.actor, 30)] if policy.actor else []
    if policy.pushed is None:
        pushed = Content(f"○ {t('not pushed')}").stylize("$muted")
    elif policy.pushed_version == policy.version:
        pushed = Content(f"✔ {t('pushed')}").stylize("$done")
    else:
        pushed = Content(f"▲ {t('version {number} is pushed', number=policy.pushed_version or '?')}").stylize("$act")
    return name + Content("\n  ") + Content("  ·  ".join(facts) + "  ·  ").stylize("$muted") + pushed
