"""The bench: the one next thing to do, whose code it is, what the camera sees, the rack, large buttons."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input

from station.wire import BARCODES, DeclareStandEmpty, EnterLabel, PauseBatch, StartBatch
from station.words import N_
from tui.actions import actions, primary, stand_empty_helps, suggested
from tui.messages import Act, Open, Order
from tui.model import Model
from tui.screens.shown import FullScreen
from tui.text import BY_HAND, LABEL_HINT, PRIMARY
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import Facts, TopBar
from tui.widgets.person import PersonPanel
from tui.widgets.rack import Rack
from tui.widgets.scene import Scene
from tui.widgets.step import StepPanel
from tui.widgets.textfield import TextField


class BenchScreen(FullScreen):
    """Where an operator spends the day."""

    CSS_PATH = "bench.tcss"
    AUTO_FOCUS = ""  # nothing: only the label's field takes keys, and only while it is shown
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('primary')", "Start, pause, answer", tooltip="Start a batch, pause it, or answer the bench's question"),
        Binding("f2", "press('set-aside')", "Set aside", tooltip="The phone on the stand cannot go on: put it aside, with a reason"),
        Binding("f3", "press('stand-empty')", "Stand is empty", tooltip="Say that the stand is empty although it was not seen so"),
        Binding("f4", "press('open-queue')", "Queue", tooltip="All users of this batch"),
        Binding("f5", "press('open-holds')", "Holds", tooltip="Units that wait for a person"),
        Binding("f6", "press('open-help')", "Help", tooltip="The gesture, what to try when nothing happens, notes on phone models"),
        Binding(
            "f7",
            "press('open-menu')",
            "Menu",
            tooltip="Reports, bench parts, your language; record, users and policies for those in charge",
        ),
        Binding("f8", "look_up", "Look up", tooltip="Find a unit by what is written on a box, or by a name; also behind Menu"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "set-aside": (N_("Set aside"), N_("this phone")),
        "stand-empty": (N_("Stand is empty"), BY_HAND),
        "open-queue": (N_("Queue"), ""),
        "open-help": (N_("Help"), ""),
        "open-menu": (N_("Menu"), ""),
    }
    LABEL_LENGTH = 120

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepPanel()
        yield TextField(longest=self.LABEL_LENGTH, id="label")
        yield PersonPanel()
        with Horizontal(id="middle"):
            yield Rack()
            yield Scene()
        yield Facts()
        with Horizontal(classes="buttons"):
            yield BigButton(key="F1", id="primary")
            yield BigButton(key="F2", id="set-aside")
            yield BigButton(key="F3", id="stand-empty")
            yield BigButton(key="F4", id="open-queue", classes="-quiet")
            yield BigButton(key="F5", id="open-holds", classes="-quiet")
            yield BigButton(key="F6", id="open-help", classes="-quiet")
            yield BigButton(key="F7", id="open-menu", classes="-quiet")

    def show(self, model: Model) -> None:
        super().show(model)
        self.set_class(not model.connected, "-stale")
        self.query_one(TopBar).show(model)
        self.query_one(StepPanel).show(model)
        self.query_one(PersonPanel).show(model)
        self.query_one(Rack).show(model)
        self.query_one(Scene).show(model)
        self.query_one(Facts).show(model)
        self._show_label(model)
        self._show_buttons(model)

    def _show_label(self, model: Model) -> None:
        """The field is there, and has the keys, exactly while a label is wanted."""
        field, wanted = self.query_one("#label", Input), model.step == "scan_label"
        field.placeholder = model.t(LABEL_HINT)
        if wanted != field.display:
            field.display = wanted
            field.clear()
            self.set_focus(field if wanted else None)
        if wanted and self.focused is None:
            field.focus()

    def _show_buttons(self, model: Model) -> None:
        first, aside, empty = (self.query_one(f"#{name}", BigButton) for name in ("primary", "set-aside", "stand-empty"))
        t, does, hint = model.t, primary(model), suggested(model)
        first.say(*((t(PRIMARY[does][0]), t(PRIMARY[does][1])) if does else ("–", t("no connection"))))
        first.disabled = does is None
        first.set_class(hint == "primary", "-suggested")
        aside.disabled = model.unit is None or "set_aside" not in actions(model, model.unit)
        empty.disabled = not stand_empty_helps(model)
        empty.set_class(hint == "stand_empty", "-suggested")
        holds = self.query_one("#open-holds", BigButton)
        holds.say(t("Holds"), f"▲ {model.held_count}" if model.held_count else t("none"))
        holds.set_class(model.held_count > 0, "-some")
        self.query_one("#open-queue", BigButton).disabled = model.batch is None

    @on(BigButton.Pressed, "#primary")
    def _primary(self) -> None:
        match primary(self.model):
            case "start":
                self.post_message(Open("batches"))
            case "continue" if self.model.batch:
                self.post_message(Order(StartBatch(batch=self.model.batch.id)))
            case "pause" if self.model.batch:
                self.post_message(Order(PauseBatch(batch=self.model.batch.id)))
            case "answer":
                self.post_message(Open("question"))

    @on(BigButton.Pressed, "#set-aside")
    def _set_aside(self) -> None:
        if self.model.unit is not None:
            self.post_message(Act("set_aside", self.model.unit))

    @on(BigButton.Pressed, "#stand-empty")
    def _stand_empty(self) -> None:
        self.post_message(Order(DeclareStandEmpty()))

    @on(BigButton.Pressed, "#open-queue")
    def _queue(self) -> None:
        self.post_message(Open("queue"))

    @on(BigButton.Pressed, "#open-holds")
    def _holds(self) -> None:
        self.post_message(Open("holds"))

    @on(BigButton.Pressed, "#open-help")
    def _help(self) -> None:
        self.post_message(Open("help"))

    @on(BigButton.Pressed, "#open-menu")
    def _menu(self) -> None:
        self.post_message(Open("menu"))

    def action_look_up(self) -> None:
        """As the choice behind Menu: there is no room for an eighth button."""
        self.post_message(Open("lookup"))

    @on(Input.Submitted, "#label")
    def _label(self, event: Input.Submitted) -> None:
        key = BARCODES.get(event.value.strip().upper())
        if key is not None:  # a scanner that types like a keyboard read a barcode for the screen
            self.app.call_later(self.app.simulate_key, key)  # a key that a screen sends itself is not heard
        elif event.value.strip():
            self.post_message(Order(EnterLabel(text=event.value.strip())))
        event.input.clear()
