"""An app that nothing on keyboard, screen or scanner leaves by accident, and that hands without a keyboard can use."""

from __future__ import annotations

from time import monotonic
from typing import ClassVar, Protocol, runtime_checkable

from pydantic import SecretStr
from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Click, Event, Key, MouseDown, Paste

from station.words import Catalogue
from tui.palette import PALETTE, SIXTEEN
from tui.widgets.keyboard import typing
from tui.widgets.undo import Undo


@runtime_checkable
class TakesBadges(Protocol):
    """A screen that asks who is there."""

    def badge_heard(self, ticket: SecretStr) -> None:
        """Somebody's badge was scanned; `ticket` stands for it."""


class LockedApp(App[None], inherit_bindings=False):
    """kiosk: nothing on the keyboard leaves the app. here: it stands at the bench, so a field that is tapped brings a keyboard on the
    screen, and the scanner's barcodes press its buttons. sixteen: keep to the colours that every terminal has; so it does by itself
    on one that has no others."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", "Quit", tooltip="Close this terminal; the bench goes on", priority=True),
        Binding("ctrl+z", "undo", "Undo", tooltip="Take back the last order, while that is offered", priority=True),
        Binding("q", "quit", "Quit", tooltip="Close this terminal; the bench goes on"),
    ]

    def __init__(self, *, kiosk: bool, here: bool, sixteen: bool) -> None:
        super().__init__()
        self._kiosk, self._here = kiosk, here
        self._last_touch = monotonic()
        self.register_theme(PALETTE)
        self.register_theme(SIXTEEN)
        self.theme = (SIXTEEN if sixteen else PALETTE).name
        self.animation_level = "none"

    async def on_event(self, event: Event) -> None:
        """Every event passes here: keys and taps are a person's."""
        if isinstance(event, Key | MouseDown | Paste):
            self._last_touch = monotonic()
        await super().on_event(event)

    @property
    def idle(self) -> float:
        """Seconds since somebody touched this terminal."""
        return monotonic() - self._last_touch

    @property
    def t(self) -> Catalogue:
        """What says its sentences."""
        raise NotImplementedError

    def choose_colours(self) -> None:
        """Those that the terminal really has."""
        if not self.is_headless and self.console.color_system == "standard":
            self.theme = SIXTEEN.name

    def heard(self, key: str) -> None:
        """A barcode pressed this key, of the terminal that stands where it was scanned."""
        if self._here:
            self.simulate_key(key)

    def badge_heard(self, ticket: SecretStr) -> None:
        """A badge was scanned beside this terminal: it counts where somebody is asked who they are."""
        if self._here and isinstance(self.screen, TakesBadges):
            self.screen.badge_heard(ticket)

    def on_click(self, event: Click) -> None:
        """A tap that no button took: fields want a keyboard."""
        if self._here:
            typing(self.screen, event.widget, self.t)

    def action_undo(self) -> None:
        """Take back the last order, while that is offered."""
        for button in self.screen.query(Undo):
            button.press()

    async def action_quit(self) -> None:
        """Close the terminal. On a kiosk nothing does."""
        if not self._kiosk:
            self.exit()

    def action_help_quit(self) -> None:
        """Nothing: the key that calls it is bound by Textual itself."""

    def action_suspend_process(self) -> None:
        """Nothing: a suspended terminal would leave a shell on the kiosk."""
