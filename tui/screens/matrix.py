"""What the management modes make of policy options: of all there are, or of those that one policy uses."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from station.wire import Finding, MatrixRow, PolicyReport, PolicyView
from station.words import N_, Catalogue
from station.words.modes import MODES
from station.words.policies import SUPPORTS, icon, sentence
from tui.messages import Ask
from tui.model import Model
from tui.plain import plain
from tui.screens.searched import SearchedScreen
from tui.screens.sheet import BACK
from tui.text import mode_name
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import Row, SearchList
from tui.widgets.words import Words

COLOUR = {"yes": "$done", "profile": "$wait", "partial": "$act", "no": "$faint", "invalid": "$trouble", "unknown": "$ask"}
SHORT: dict[str, str] = {"fully_managed": N_("full"), "dedicated": N_("ded."), "wpco": N_("WPCO"), "work_profile": N_("w.p.")}
"""Heads of the columns: at most five letters."""

COLUMN = 6
WHICH = {"all": N_("all"), "stated": N_("stated"), "assumed": N_("assumed")}
"""How it is known what a mode makes of an option: Google's reference states it, or it is assumed from how Android works."""


class OptionsScreen(SearchedScreen):
    """A list of options that is searched by typing, and the story of the chosen one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('which')", "Show", tooltip="All options, those that Google states, those that are assumed"),
        Binding("escape", "press('back')", "Back", tooltip="Back to the policies"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {"back": (BACK, "")}

    BUTTONS = ("which",)
    HINT = N_("type an option to search")
    TOLD = True

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._which = "all"

    def show(self, model: Model) -> None:
        super().show(model)
        self.query_one("#which", BigButton).say(model.t("Show"), model.t(WHICH[self._which]))
        self.query_one("#legend", Words).say(_legend(model.t))

    def rows(self, t: Catalogue) -> list[tuple[str, bool, Content]]:
        """All options: by which text one is searched, whether it is stated, what is written."""
        raise NotImplementedError

    def story(self, t: Catalogue, ident: str) -> Content:
        """What is told of the chosen one."""
        raise NotImplementedError

    def list_again(self) -> None:
        """List what is looked for, those that are stated apart from those that are assumed."""
        wanted, t = self.listed.text.casefold(), self.model.t
        found = [row for row in self.rows(t) if wanted in row[0].casefold()]
        found = [row for row in found if self._which in ("all", "stated" if row[1] else "assumed")]
        self.listed.show([Row(ident, words) for ident, _, words in found])
        self.show(self.model)

    def show_chosen(self) -> None:
        ident = self.listed.chosen
        self.query_one("#story", Words).say(self.story(self.model.t, ident) if ident is not None else "")

    @on(SearchList.Searched)
    def _searched(self) -> None:
        self.list_again()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        if event.button.id == "back":
            self.dismiss()
        else:
            order = list(WHICH)
            self._which = order[(order.index(self._which) + 1) % len(order)]
            self.list_again()


class MatrixScreen(OptionsScreen):
    """Every option, a column for each mode."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._rows: tuple[MatrixRow, ...] = ()

    def again(self) -> None:
        self.post_message(Ask(self, "matrix", lambda feed: feed.matrix(), self._came))

    def _came(self, rows: tuple[MatrixRow, ...]) -> None:
        self._rows = rows
        self.list_again()

    def headline(self, t: Catalogue) -> Content:
        heads = "".join(t(SHORT[mode]).ljust(COLUMN) for mode in MODES)
        return Content(heads).stylize("bold") + Content(t.plural("{count} option", "{count} options", len(self._rows)))

    def rows(self, t: Catalogue) -> list[tuple[str, bool, Content]]:
        return [(row.field, row.stated, _cells(row)) for row in self._rows]

    def story(self, t: Catalogue, ident: str) -> Content:
        row = next(row for row in self._rows if row.field == ident)
        lines = [Content(plain(row.field, 80)).stylize("bold") + Content(f"  ·  {_known(t, row.stated)}").stylize("$muted")]
        told: dict[str, list[str]] = {}
        for mode, reason in row.reasons.items():
            told.setdefault(_said(t, reason.id, reason.args), []).append(mode_name(t, mode))
        lines += [Content(f"{', '.join(modes)}: {said}") for said, modes in told.items()]
        least = {mode_name(t, mode): version for mode, version in row.minimum_android.items() if version}
        if least:
            lines.append(Content(t("Since Android:") + " " + ", ".join(f"{mode} {version}" for mode, version in least.items())))
        return Content("\n").join(lines)


class CheckScreen(OptionsScreen):
    """The options of one policy that a mode does not take as they are."""

    def __init__(self, model: Model, policy: PolicyView, mode: str) -> None:
        super().__init__(model)
        self._policy, self._mode = policy, mode
        self._report: PolicyReport | None = None

    def again(self) -> None:
        name, version, mode = self._policy.name, self._policy.version, self._mode
        self.post_message(Ask(self, "check", lambda feed: feed.check_policy(name, mode, version=version), self._came))

    def _came(self, report: PolicyReport) -> None:
        self._report = report
        self.list_again()

    def headline(self, t: Catalogue) -> Content:
        what = t("{policy} for {mode}", policy=plain(self._policy.name, 40), mode=mode_name(t, self._mode))
        if self._report is None:
            return Content(what).stylize("bold")
        count = len(self._report.findings)
        options, look = self._report.options, N_("{count} of {options} options to look at")
        verdict = t(look, count=count, options=options) if count else t("✔ All {options} options work.", options=options)
        return Content(what).stylize("bold") + Content(f"   {verdict}").stylize("$act" if count else "$done")

    def rows(self, t: Catalogue) -> list[tuple[str, bool, Content]]:
        findings = self._report.findings if self._report else ()
        return [(finding.path, finding.stated, _finding(t, finding)) for finding in findings]

    def story(self, t: Catalogue, ident: str) -> Content:
        found = [finding for finding in (self._report.findings if self._report else ()) if finding.path == ident]
        lines = [Content(plain(ident, 100)).stylize("bold")]
        lines += [Content(f"{_said(t, finding.reason, finding.args)} ({_known(t, finding.stated)})") for finding in found]
        return Content("\n").join(lines)


def _cells(row: MatrixRow) -> Content:
    cells = Content("")
    for mode in MODES:
        support = row.support.get(mode, "unknown")
        cells += Content(f"  {icon(support)}".ljust(COLUMN)).stylize(f"bold {COLOUR[support]}")
    name = Content(plain(row.field, 80))
    return cells + (name if row.stated else Content("~ ").stylize("$ask") + name.stylize("$muted"))


def _finding(t: Catalogue, finding: Finding) -> Content:
    mark = Content(f"{icon(finding.support)} ").stylize(f"bold {COLOUR[finding.support]}")
    path = Content(plain(finding.path, 80)).stylize("bold")
    assumed = Content("" if finding.stated else " ~").stylize("$ask")
    return mark + path + assumed + Content(f"   {t(SUPPORTS[finding.support])}").stylize("$muted")


def _legend(t: Catalogue) -> Content:
    signs = [(icon(support), COLOUR[support], SUPPORTS[support]) for support in ("yes", "profile", "partial", "no")]
    signs.append(("~", "$ask", WHICH["assumed"]))
    return Content("   ").join([Content(sign).stylize(f"bold {colour}") + Content(f" {t(words)}") for sign, colour, words in signs])


def _known(t: Catalogue, stated: bool) -> str:
    return t("stated by Google") if stated else t("assumed")


def _said(t: Catalogue, reason: str, args: dict[str, str | int]) -> str:
    return plain(sentence(t, reason, {name: plain(str(value), 60) for name, value in args.items()}), 300)
