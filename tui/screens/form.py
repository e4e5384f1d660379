"""A sheet to fill in: text by keyboard, choices by key or tap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Click
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from station.words import N_, Catalogue
from tui.plain import plain
from tui.screens.pick import Pick
from tui.screens.sheet import BACK
from tui.widgets.bigbutton import BigButton
from tui.widgets.textfield import TextField
from tui.widgets.words import Words

SAVE = N_("Save")
MISSING = N_("{field} is missing.")


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form. `choices`: ids and words of the values to choose from; without any, text of at most `limit`
    characters. `wanted`: it may not stay empty."""

    id: str
    label: str
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    limit: int = 200
    wanted: bool = False


class Chooser(Static, can_focus=True):
    """One of several values: the arrows go through them, Enter or a tap lists them."""

    DEFAULT_CSS = """
    Chooser {
        width: 1fr;
        height: 1;
        padding: 0 1;
        background: $surface-lighten-1;
        pointer: pointer;
        &:focus { background: $chosen; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Before", tooltip="The value before"),
        Binding("right", "turn(1)", "Next", tooltip="The next value"),
        Binding("enter,space,down", "open", "List", tooltip="All values"),
    ]

    def __init__(self, t: Catalogue, field: Field) -> None:
        super().__init__(markup=False, id=f"field-{field.id}")
        self._t, self._field = t, field
        self.value = field.value

    def on_mount(self) -> None:
        self.take(self.value)

    def take(self, value: str) -> None:
        """Choose `value`; one that is not on the list is shown as it is."""
        self.value = value
        self.update(f"▾ {dict(self._field.choices).get(value, plain(value, 60))}")

    def action_turn(self, step: int) -> None:
        values = [value for value, _ in self._field.choices]
        at = values.index(self.value) + step if self.value in values else 0
        self.take(values[at % len(values)])

    def action_open(self) -> None:
        self.app.push_screen(Pick(self._t, self._field.label, self._field.choices), self._picked)

    def _picked(self, value: str | None) -> None:
        if value is not None:
            self.take(value)

    def on_click(self, event: Click) -> None:
        event.stop()
        self.focus()
        self.action_open()


class Form(ModalScreen[dict[str, str] | None]):
    """Closed with the values of all fields, or None. A text that nobody changed comes back as it was given.

    `save`: what the button says that closes it with them. `left` hears what was filled in so far when the person goes back.
    """

    CSS_PATH = "sheet.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "save", "Save", tooltip="Save what is filled in"),
        Binding("escape", "back", "Back", tooltip="Close this without saving"),
    ]

    def __init__(
        self,
        t: Catalogue,
        title: str,
        fields: Sequence[Field],
        *,
        say: str = "",
        save: str = SAVE,
        left: Callable[[dict[str, str]], Any] | None = None,
    ) -> None:
        super().__init__()
        self._t, self._title, self._fields, self._say = t, title, tuple(fields), say
        self._save_says, self._left = save, left

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Words(self._title, id="sheet-title")
            yield Words(self._say, id="sheet-say")
            with VerticalScroll(id="fields", can_focus=False):
                for field in self._fields:
                    with Horizontal(classes="field"):
                        yield Words(field.label, classes="field-label")
                        yield Chooser(self._t, field) if field.choices else _text(field)
            with Horizontal(classes="foot"):
                yield BigButton(self._t(self._save_says), key="F1", id="save", classes="-suggested")
                yield BigButton(self._t(BACK), key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        self.query_one("#sheet-say").display = bool(self._say)

    def _value(self, field: Field) -> str:
        if field.choices:
            return self.query_one(f"#field-{field.id}", Chooser).value
        text = self.query_one(f"#field-{field.id}", Input).value.strip()
        return field.value if text == plain(field.value, field.limit).strip() else text

    def _values(self) -> dict[str, str]:
        return {field.id: self._value(field) for field in self._fields}

    def _save(self) -> None:
        values = self._values()
        missing = next((field for field in self._fields if field.wanted and not values[field.id]), None)
        if missing is None:
            self.dismiss(values)
        else:
            self.query_one("#sheet-say").display = True
            self.query_one("#sheet-say", Words).say(self._t(MISSING, field=missing.label), "trouble")
            self.query_one(f"#field-{missing.id}").focus()

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.focus_next()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        if event.button.id == "save":
            self._save()
        else:
            self.action_back()

    def action_save(self) -> None:
        self.query_one("#save", BigButton).press()

    def action_back(self) -> None:
        if self._left is not None:
            self._left(self._values())
        self.dismiss(None)


def _text(field: Field) -> Input:
    return TextField(plain(field.value, field.limit), longest=field.limit, id=f"field-{field.id}")
