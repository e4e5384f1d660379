"""What all screens have in common: they are shown a model, and their buttons have keys and are labelled in its language."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from textual.screen import Screen

from tui.model import Model
from tui.widgets.bigbutton import BigButton


@runtime_checkable
class Shows(Protocol):
    """A screen that is drawn from a model."""

    def show(self, model: Model) -> None:
        """Draw `model`."""
        ...


class FullScreen(Screen[None]):
    """A full screen: shown the model it was made with, then each newer one. Bindings call `press` with a button's id. Textual itself
    calls the handlers (`on_...`) of all base classes, the derived one first.

    FACES: what stands on each button that always means the same, by its id: label and note.
    """

    FACES: ClassVar[dict[str, tuple[str, str]]] = {}

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model

    def on_mount(self) -> None:
        self.show(self.model)

    def on_screen_resume(self) -> None:
        """A sheet over this screen was closed, maybe by a tap whose bounce would land here."""
        for button in self.query(BigButton):
            button.settle()

    def show(self, model: Model) -> None:
        """Draw `model`; each screen adds its own widgets."""
        self.model = model
        for name, (label, note) in self.FACES.items():
            self.query_one(f"#{name}", BigButton).say(model.t(label), model.t(note))

    def action_press(self, button: str) -> None:
        """As a tap on the button with this id."""
        self.query_one(f"#{button}", BigButton).press()
