"""The bench's parts: what works, what to do about what does not, and the camera's self-test."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer

from station.wire import Advice, Calibrate, ChangeSetting, Done, Examination, PartState, SelfTest, may
from station.words import N_, Catalogue
from station.words.advice import advised
from tui.feed import Feed
from tui.messages import Ask, Open
from tui.model import Model
from tui.plain import plain
from tui.screens.sheet import BACK, Choice, Sheet
from tui.screens.shown import FullScreen
from tui.text import PART_LOST, PARTS
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.step import StepLine
from tui.widgets.words import Words

SIGNS: dict[str, tuple[str, str, str]] = {
    "ok": ("✔", "$done", N_("works")),
    "lost": ("▲", "$trouble", N_("lost")),
    "absent": ("○", "$muted", N_("not fitted")),
}
"""What is shown of a part's state: sign, colour, word."""

TO_DO: dict[str, str] = {
    "camera": N_("Check its cable. Until it is back, look at the phone yourself and answer."),
    "display": N_("Check its plug and power. No code comes up until it is back."),
    "scanner": N_("Check its cable. Until it is back, type the label."),
    "service": N_("Check the network. Phones in the rack go on by themselves."),
    "mail": N_("Tell an administrator. Invitations are sent when it is back."),
    "notifications": N_("Tell an administrator. Enrollments are still found, later."),
}
"""What a person does about a part that is lost."""

LIMIT = 120.0
"""Seconds until a self-test without an answer is given up."""

NOT_TESTED = N_("The camera's self-test looks at the attached screen's own code: take the phone off the stand first.")


class HardwareScreen(FullScreen):
    """All parts with their state; the self-test's result stays until the next one."""

    CSS_PATH = "hardware.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('self-test')", "Self-test", tooltip="Examine the camera; the stand must be empty"),
        Binding("f2", "press('calibrate')", "Calibrate", tooltip="Examine the camera and compare later tests with this one"),
        Binding("f3", "press('settings')", "Settings", tooltip="What the bench runs with; for admins"),
        Binding("escape", "press('back')", "Back", tooltip="Back to the bench"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "self-test": (N_("Self-test"), N_("of the camera")),
        "calibrate": (N_("Calibrate…"), N_("the camera")),
        "settings": (N_("Settings"), N_("what it runs with")),
        "back": (BACK, ""),
    }

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._found: Examination | None = None
        self._waiting_for: Timer | None = None
        self._seconds = 0

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        with VerticalScroll(id="hardware"):
            yield Words(id="parts")
            yield Words(id="tested")
        with Horizontal(classes="buttons"):
            yield BigButton(key="F1", id="self-test")
            yield BigButton(key="F2", id="calibrate")
            yield BigButton(key="F3", id="settings")
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def show(self, model: Model) -> None:
        super().show(model)
        t, parts = model.t, model.status.parts if model.status else {}
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        lines = [_part(t, name, parts[name]) for name in sorted(parts, key=lambda name: (parts[name].state != "lost", name))]
        self.query_one("#parts", Words).say(Content("\n").join(lines) if lines else t("The bench has told of no parts yet."))
        self.query_one("#tested", Words).say(self._tested(t))
        free = model.connected and self._waiting_for is None
        self.query_one("#self-test", BigButton).disabled = not free
        calibrate = self.query_one("#calibrate", BigButton)
        calibrate.display = may(model.role, Calibrate())
        calibrate.disabled = not free
        settings = self.query_one("#settings", BigButton)
        settings.display = may(model.role, ChangeSetting(key=""))
        settings.disabled = not model.connected

    def _tested(self, t: Catalogue) -> Content:
        head = Content(t("Self-test")).stylize("bold")
        if self._waiting_for is not None:
            told = t("The camera is examined. {seconds} s", seconds=self._seconds)
            return head + Content(f"\n◷ {told}").stylize("bold $wait")
        if self._found is None:
            return head + Content(f"\n{t(NOT_TESTED)}").stylize("$muted")
        return Content("\n").join([head, *_results(t, self._found)])

    def _examine(self, order: SelfTest | Calibrate) -> None:
        """Ask for it; whether it is answered, refused or given up, the buttons come back."""
        if self._waiting_for is not None:
            return
        self._seconds, self._found = 0, None
        self._waiting_for = self.set_interval(1.0, self._tick)
        self.show(self.model)

        async def examined(feed: Feed) -> Done:
            try:
                async with asyncio.timeout(LIMIT):
                    return await feed.command(order)
            finally:
                self._ended()

        self.post_message(Ask(self, "examination", examined, self._came))

    def _tick(self) -> None:
        self._seconds += 1
        self.show(self.model)

    def _ended(self) -> None:
        if self._waiting_for is not None:
            self._waiting_for.stop()
            self._waiting_for = None
        if self.is_mounted:
            self.show(self.model)

    def _came(self, done: Done) -> None:
        self._found = Examination.model_validate(done.facts)
        self.show(self.model)

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "self-test":
                self._examine(SelfTest())
            case "calibrate":
                t = self.model.t
                choices = (Choice("calibrate", t("Calibrate"), t("keep how it is now"), "act"),)
                say = t("Is the stand empty, and the picture as it should be? Every later self-test is compared with this one.")
                self.app.push_screen(Sheet(t, t("CALIBRATE"), say, choices, tone="act"), self._sure)
            case "settings":
                self.post_message(Open("settings"))
            case "back":
                self.dismiss()

    def _sure(self, chosen: str | None) -> None:
        if chosen == "calibrate":
            self._examine(Calibrate())


def _part(t: Catalogue, name: str, part: PartState) -> Content:
    """A part on one line; one that is lost with what that means and what to do on the next."""
    sign, colour, word = SIGNS[part.state]
    called = t(PARTS[name]) if name in PARTS else plain(name, 30)
    line = Content(f"{sign} {t(word)}").stylize(f"bold {colour}") + Content(f"  {called}").stylize("bold")
    if part.detail:
        line += Content(f"  ·  {plain(part.detail, 160)}").stylize("$muted")
    if part.state == "lost":
        line += Content(f"  ·  {t(PART_LOST[name])}" if name in PART_LOST else "")
        line += Content(f"\n  ▶ {t(TO_DO[name])}" if name in TO_DO else "")
    return line


def _results(t: Catalogue, found: Examination) -> list[Content]:
    """What was measured, then each thing to improve, then whether this is the calibration now."""
    lines = _measured(t, found)
    lines += [_advice(t, "▲", "$trouble", one) for one in found.advice]
    since = t("Since the last calibration:") if found.kept else t("Since the calibration:")
    lines += [_advice(t, "▲", "$act", one, since) for one in found.changes]
    if found.reading.get("seen") and not found.advice and not found.changes:
        lines.append(Content(f"✔ {t('Nothing to improve.')}").stylize("bold $done"))
    if found.kept:
        lines.append(Content(f"✔ {t('Kept as the calibration of this bench.')}").stylize("$done"))
    elif not found.compared:
        lines.append(Content(f"○ {t('No calibration is kept yet.')}").stylize("$muted"))
    return lines


def _measured(t: Catalogue, found: Examination) -> list[Content]:
    reading = found.reading
    if not reading.get("seen"):
        return [Content(f"✘ {t('The code was not seen.')}").stylize("bold $trouble")]
    read = bool(reading.get("text"))
    sizes = t("{ppm} pixels per module, blur {blur}", ppm=_number(reading.get("ppm"), 1), blur=_number(reading.get("blur"), 2))
    light = t("black {black}, white {white} of 255", black=_number(reading.get("black")), white=_number(reading.get("white")))
    verdict = Content(f"✔ {t('code seen and read')}").stylize("bold $done")
    if not read:
        verdict = Content(f"▲ {t('code seen, not read')}").stylize("bold $trouble")
    return [verdict + Content(f"  ·  {sizes}  ·  {light}").stylize("$muted")]


def _advice(t: Catalogue, sign: str, colour: str, advice: Advice, before: str = "") -> Content:
    args = {name: plain(str(value), 200) for name, value in advice.args.items()}
    said = plain(advised(t, advice.id, args), 400)
    return Content(f"{sign} ").stylize(f"bold {colour}") + Content(f"{before} {said}" if before else said)


def _number(value: object, digits: int = 0) -> str:
    return f"{value:.{digits}f}" if isinstance(value, int | float) else "?"
