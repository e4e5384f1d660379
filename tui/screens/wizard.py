"""A new batch, step by step: whom it is for, mode, policy, details; then all of it on one page, and it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from textwrap import wrap
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content

from station.wire import Done, PolicyPage
from station.words import N_, Catalogue
from tui.messages import Ask, Order, Tell
from tui.model import Model
from tui.plain import plain
from tui.screens.form import Form
from tui.screens.fromfile import FromFile
from tui.screens.importing import Imported
from tui.screens.pick import Pick
from tui.screens.sheet import BACK, Sheet
from tui.screens.shown import FullScreen
from tui.screens.wizardwords import (
    COUNT_WRONG,
    MOST_PHONES,
    STEPS,
    Draft,
    Step,
    details,
    group_rows,
    groups,
    mode_choices,
    order,
    policy_rows,
    review,
    who_choices,
)
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.step import StepLine
from tui.widgets.words import Words

TITLE = N_("A new batch")
NAME = 26
"""Columns of a name before what was said."""
READY = N_("Is all of this right? Then make the batch.")
NEXT = N_("Next")
UNKNOWN_THERE = N_("{count} of them are not wholly known to the management service; the first: {why} Import the file again later.")


class WizardScreen(FullScreen):
    """The page with all that was said. The steps are sheets over it, one after the other; back goes one step back, and what was
    said stays. A step that was opened by its button leads back to the page.

    `made` hears the id of the batch, once there is one, after this screen is gone.
    """

    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('make')", "Make it", tooltip="Make the batch as it stands here"),
        Binding("f2", "press('users')", "Users", tooltip="Say again whom the batch is for"),
        Binding("f3", "press('mode')", "Mode", tooltip="Choose another management mode"),
        Binding("f4", "press('policy')", "Policy", tooltip="Choose another policy"),
        Binding("f5", "press('details')", "Details", tooltip="Name, attestation, labels; of a generic code phones and lifetime"),
        Binding("escape", "press('back')", "Back", tooltip="One step back"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "make": (N_("Make it"), ""),
        "users": (N_("Users"), N_("change")),
        "mode": (N_("Mode"), N_("change")),
        "policy": (N_("Policy"), N_("change")),
        "details": (N_("Details"), N_("change")),
        "back": (BACK, ""),
    }

    def __init__(self, model: Model, made: Callable[[str], Any]) -> None:
        super().__init__(model)
        self._made = made
        self._draft = Draft()
        self._walking = True
        self._batch = ""

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        yield Words(id="list-title")
        with VerticalScroll(id="draft", can_focus=False):
            yield Words(id="draft-words")
        with Horizontal(classes="buttons"):
            yield BigButton(key="F1", id="make", classes="-suggested")
            for at, step in enumerate(STEPS, start=2):
                yield BigButton(key=f"F{at}", id=step)
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        self._go("users")

    def show(self, model: Model) -> None:
        super().show(model)
        t, missing = model.t, self._draft.missing
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self.query_one("#list-title", Words).say(t(TITLE) if missing else t(READY))
        self.query_one("#draft-words", Words).say(_page(t, self._draft, self.query_one("#draft-words").size.width))
        self.query_one("#make", BigButton).disabled = missing is not None or not model.connected

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self.show(self.model))

    def on_screen_resume(self) -> None:
        """The batch may have been made while the bench's question lay over this screen."""
        self._leave_if_made()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        pressed = event.button.id
        step = next((step for step in STEPS if step == pressed), None)
        if pressed == "make":
            self.post_message(Order(order(self._draft), self._done))
        elif step is not None:
            self._go(step, walking=False)
        else:
            missing = self._draft.missing
            self._back(missing or "details", to=None if missing else "details")

    # --- from step to step ------------------------------------------------------------------------------------------------

    def _go(self, step: Step, *, walking: bool = True) -> None:
        """Ask this step. `walking`: the next one follows it, and back leads to the one before."""
        self._walking = walking
        t = self.model.t
        match step:
            case "users":
                self.app.push_screen(Sheet(t, t(TITLE), t("Whom is it for?"), who_choices(t, self._draft), tone="act"), self._who)
            case "mode":
                say = t("How are the phones managed?")
                self.app.push_screen(Sheet(t, t("Mode"), say, mode_choices(t, self._draft), tone="act"), self._mode)
            case "policy":
                self.post_message(Ask(self, "wizard", lambda feed: feed.policies(), self._policies))
            case "details":
                self._details()

    def _took(self, step: Step, **said: Any) -> None:
        """The step was answered: on to the next one, or to the page."""
        self._draft = replace(self._draft, **said)
        self.show(self.model)
        following = STEPS[STEPS.index(step) + 1 :][:1] if self._walking else ()
        upcoming = following[0] if following else self._draft.missing
        if upcoming is not None:
            self._go(upcoming, walking=self._walking)

    def _back(self, step: Step, *, to: Step | None = None) -> None:
        """To the step before this one, or to `to`; before the first there is nothing."""
        at = STEPS.index(step)
        if to is None and at == 0:
            self.dismiss()
        else:
            self._go(to or STEPS[at - 1])

    def _left(self, step: Step) -> None:
        """The person went back from a step."""
        if self._walking:
            self._back(step)

    # --- the steps' answers -----------------------------------------------------------------------------------------------

    def _who(self, who: str | None) -> None:
        if who is None:
            self._left("users")
        elif who == "group":
            self.post_message(Ask(self, "wizard", groups, self._groups))
        elif who == "file":
            FromFile(self, self._imported, lambda: self._go("users", walking=self._walking)).choose()
        else:
            self._took("users", who=who)

    def _imported(self, imported: Imported, file: str) -> None:
        t = self.model.t
        said = t(
            "{new} new  ·  {changed} changed  ·  {same} the same", new=imported.added, changed=imported.changed, same=imported.same
        )
        self.post_message(Tell(said))
        if imported.unknown:
            count, why = len(imported.unknown), plain(imported.unknown[0], 120)
            self.post_message(Tell(t(UNKNOWN_THERE, count=count, why=why), "warning"))
        self._took("users", who="file", group="", file=file, members=imported.users)

    def _groups(self, known: Mapping[str, tuple[str, ...]]) -> None:
        t = self.model.t
        if not self.is_active:
            return  # something else was opened meanwhile
        if known:
            pick = Pick(t, t("Which group?"), group_rows(t, self._draft, known))
            self.app.push_screen(pick, lambda group: self._grouped(known, group))
        else:
            self.post_message(Tell(t("No user is in a group."), "warning"))
            self._go("users", walking=self._walking)

    def _grouped(self, known: Mapping[str, tuple[str, ...]], group: str | None) -> None:
        if group is None:
            self._go("users", walking=self._walking)
        else:
            self._took("users", who="group", group=group, members=known[group])

    def _mode(self, mode: str | None) -> None:
        if mode is None:
            self._left("mode")
        else:
            self._took("mode", mode=mode)

    def _policies(self, page: PolicyPage) -> None:
        t = self.model.t
        if not self.is_active:
            return  # something else was opened meanwhile
        rows = policy_rows(t, self._draft, page.items)
        if not rows:
            self.post_message(Tell(t("There is no policy yet, and a generic code needs one."), "warning"))
        self.app.push_screen(Pick(t, t("Which policy?"), rows), self._policy)

    def _policy(self, policy: str | None) -> None:
        if policy is None:
            self._left("policy")
        else:
            self._took("policy", policy=policy)

    def _details(self, say: str = "") -> None:
        t = self.model.t
        form = Form(t, t("Details"), details(t, self._draft), say=say, save=NEXT, left=self._keep)
        self.app.push_screen(form, self._filled)

    def _keep(self, values: Mapping[str, str]) -> None:
        self._draft = replace(self._draft, details={**self._draft.details, **values})
        self.show(self.model)

    def _filled(self, values: Mapping[str, str] | None) -> None:
        if values is None:
            self._left("details")
            return
        self._keep(values)
        if self._draft.counted:
            self._took("details")
        else:
            self._details(self.model.t(COUNT_WRONG, most=MOST_PHONES))

    # --- the batch --------------------------------------------------------------------------------------------------------

    def _done(self, done: Done) -> None:
        self._batch = str(done.facts["batch"])
        self._leave_if_made()

    def _leave_if_made(self) -> None:
        if self._batch and self.is_active:
            batch, self._batch = self._batch, ""
            self.dismiss()
            self._made(batch)


def _page(t: Catalogue, draft: Draft, width: int) -> Content:
    """What was said, a line of the form each; what does not fit into `width` goes on below itself, not below its name."""
    lines: list[Content] = []
    for name, said in review(t, draft):
        first, *more = wrap(said, max(20, width - NAME)) or [""]
        lines.append(
            Content(f"{plain(name, NAME - 2):<{NAME}}").stylize("$muted")
            + (Content(first).stylize("bold") if first else Content("–").stylize("$faint"))
        )
        lines += [Content(" " * NAME + line).stylize("bold") for line in more]
    return Content("\n").join(lines)
