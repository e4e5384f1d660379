"""Help: the gesture in full, what to try when nothing happens, what the mode wants, and what leads noted about phone models."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from station.wire import Note, PutNote, may
from station.words import N_, Catalogue
from station.words.modes import ANDROID, PREREQUISITES
from tui.guidance import reached, remedies, stages
from tui.messages import Ask, Order
from tui.model import Model
from tui.plain import plain
from tui.screens.form import Field, Form
from tui.screens.sheet import BACK
from tui.screens.shown import FullScreen
from tui.text import mode_name
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.marked import MarkedList
from tui.widgets.step import StepLine
from tui.widgets.words import Words

NO_NOTES = N_("No notes yet. Leads write them: where to tap, how fast.")


class HelpScreen(FullScreen):
    """The gesture and the mode on the left, remedies and notes on the right."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('new')", "New note", tooltip="Write what to know about a phone model"),
        Binding("f2", "press('change')", "Change note", tooltip="Change the chosen note; without text it goes"),
        Binding("escape", "press('back')", "Back", tooltip="Back to the bench"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "new": (N_("New note…"), N_("on a phone model")),
        "change": (N_("Change…"), N_("the chosen note")),
        "back": (BACK, ""),
    }

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._notes: tuple[Note, ...] = ()

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        with Horizontal(id="help"):
            with VerticalScroll():
                yield Words(id="help-stages")
                yield Words(id="help-mode")
            with Vertical():
                yield Words(id="help-remedies")
                yield Words(id="notes-title")
                yield MarkedList(id="notes", markup=False)
        with Horizontal(classes="buttons"):
            yield BigButton(key="F1", id="new")
            yield BigButton(key="F2", id="change")
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        self._again()

    def show(self, model: Model) -> None:
        super().show(model)
        t, batch = model.t, model.batch
        mode = batch.mode if batch else ""
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self.query_one("#help-stages", Words).say(_stages(model, mode))
        heading = t("If the link does not open") if mode == "work_profile" else t("If the six taps do nothing")
        self.query_one("#help-remedies", Words).say(_listed(heading, [t(remedy) for remedy in remedies(mode)], "·"))
        self.query_one("#help-mode", Words).say(_mode(t, mode, batch.minimum_android if batch else 0))
        self.query_one("#notes-title", Words).say(
            _heading(t("Notes on phone models")) if self._notes else _listed(t("Notes on phone models"), [t(NO_NOTES)], "·")
        )
        writes = may(model.role, PutNote(model="-", text=""))
        for name, there in (("new", True), ("change", bool(self._notes))):
            button = self.query_one(f"#{name}", BigButton)
            button.display = writes
            button.disabled = not (there and model.connected)

    def _again(self) -> None:
        self.post_message(Ask(self, "notes", lambda feed: feed.notes(), self.show_notes))

    def show_notes(self, notes: tuple[Note, ...]) -> None:
        """The notes came."""
        listed = self.query_one("#notes", OptionList)
        at = listed.highlighted
        self._notes = notes
        listed.clear_options()
        listed.add_options(
            [Option(Content(plain(note.model, 80)).stylize("bold") + Content(f": {plain(note.text, 500)}")) for note in notes]
        )
        listed.highlighted = min(at or 0, len(notes) - 1) if notes else None
        self.show(self.model)

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        at = self.query_one("#notes", OptionList).highlighted
        match event.button.id:
            case "new":
                self._write(Note(model="", text=""))
            case "change" if at is not None:
                self._write(self._notes[at])
            case "back":
                self.dismiss()

    def _write(self, note: Note) -> None:
        t = self.model.t
        fields = (
            Field("model", t("Phone model"), note.model, limit=80, wanted=True),
            Field("text", t("What to know"), note.text, limit=500),
        )
        say = t("Without text the note goes.") if note.model else ""
        self.app.push_screen(Form(t, t("Note on a phone model"), fields, say=say), lambda values: self._written(note, values))

    def _written(self, note: Note, values: dict[str, str] | None) -> None:
        if values is None:
            return
        if note.model and values["model"] != note.model:
            self.post_message(Order(PutNote(model=note.model, text="")))
        self.post_message(Order(PutNote(model=values["model"], text=values["text"]), lambda _: self._again()))


def _heading(words: str) -> Content:
    return Content(words).stylize("bold $accent")


def _listed(heading: str, lines: list[str], sign: str) -> Content:
    return Content("\n").join([_heading(heading), *(Content(f"{sign} {line}") for line in lines)])


def _stages(model: Model, mode: str) -> Content:
    t, at = model.t, reached(model)
    lines = [_heading(t("How it goes"))]
    for number, stage in enumerate(stages(mode)):
        line = Content(f"{number + 1} {t(stage.long)}")
        done = at is not None and number < at
        lines.append(line.stylize("bold $act") if number == at else line.stylize("$done") if done else line)
    return Content("\n").join(lines)


def _mode(t: Catalogue, mode: str, android: int) -> Content:
    if not mode:
        return _listed(t("What the mode wants"), [t("No batch is running.")], "·")
    lines = [t(ANDROID, version=android), *(t(line) for line in PREREQUISITES.get(mode, ()))]
    return _listed(t("What {mode} wants", mode=mode_name(t, mode)), lines, "·")
