"""A PIN, typed on twelve large keys or by keyboard. What was typed is shown as dots, and forgotten as soon as it is sent."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import ClassVar

from pydantic import SecretStr
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical
from textual.screen import ModalScreen

from station.client import Refused
from station.wire import Command, Problem
from station.words import N_, Catalogue
from tui.feed import Feed
from tui.messages import Anew, Ask
from tui.plain import plain
from tui.screens.sheet import BACK
from tui.widgets.bigbutton import BigButton
from tui.widgets.words import Words

SHORTEST, LONGEST = 4, 12  # digits
BOUNCE = 0.15  # seconds; a PIN may have the same digit twice in a row
KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "erase", "0", "enter")
CHECKING = N_("Checking…")
TYPE_IT = N_("Type your PIN")


def refusal(t: Catalogue, problem: Problem) -> str:
    """In the person's language where it is about a PIN or badge; else as the service said it."""
    wait, left = problem.args.get("wait", 0), problem.args.get("left", 0)
    if problem.kind != "SignInRefused":
        return plain(f"{problem.message} {problem.remedy}".strip(), 200)
    if wait:
        return t("Too many wrong tries. Wait {seconds} seconds.", seconds=wait)
    return t.plural("That was wrong. {count} try is left.", "That was wrong. {count} tries are left.", left, count=left)


async def attempt(feed: Feed, command: Command) -> Problem | None:
    """What the service has against it; None when it was done."""
    try:
        await feed.command(command)
    except Refused as why:
        return why.problem
    return None


class PadKey(BigButton):
    """A key of the pad: it hears the same finger again sooner than other buttons."""

    def settle(self) -> None:
        self._deaf_until = monotonic() + min(self.SETTLE, BOUNCE)


class PinPad(ModalScreen[bool]):
    """Closed with whether it was done. `order` makes the command from the PIN."""

    CSS_PATH = "signin.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(digit, f"type('{digit}')", digit, tooltip=f"The digit {digit}") for digit in "0123456789"),
        Binding("backspace", "type('erase')", "Erase", tooltip="Take the last digit away"),
        Binding("enter", "type('enter')", "Enter", tooltip="Sign in with these digits"),
        Binding("escape", "back", "Back", tooltip="Choose another name"),
    ]

    def __init__(self, t: Catalogue, name: str, order: Callable[[SecretStr], Command]) -> None:
        super().__init__()
        self._t, self._whose, self._order = t, name, order
        self._digits = ""
        self._waiting = False

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Words(plain(self._whose, 40), id="sheet-title")
            yield Words(id="dots")
            yield Words(self._t(TYPE_IT), id="sheet-say")
            with Grid(id="pad"):
                for key in KEYS:
                    yield PadKey({"erase": "⌫", "enter": "OK"}.get(key, key), id=f"key-{key}", classes="-suggested" * (key == "enter"))
            yield BigButton(self._t(BACK), key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        self.query_one("#dots", Words).say(" ".join("●" * len(self._digits)) or "·")

    def action_type(self, key: str) -> None:
        """One key of the pad."""
        match key:
            case "erase":
                self._digits = self._digits[:-1]
            case "enter":
                self._send()
            case digit:
                self._digits = (self._digits + digit)[:LONGEST]
        self._show()

    def _send(self) -> None:
        if len(self._digits) < SHORTEST or self._waiting:
            return
        command, self._digits, self._waiting = self._order(SecretStr(self._digits)), "", True
        self.query_one("#sheet-say", Words).say(self._t(CHECKING))
        self.set_timer(10.0, self._again)  # the service may be away: the answer would never come
        self.post_message(Ask(self, "sign-in", lambda feed: attempt(feed, command), self._answered))

    def _again(self) -> None:
        if self._waiting:
            self._waiting = False
            self.query_one("#sheet-say", Words).say(self._t(TYPE_IT))

    def _answered(self, problem: Problem | None) -> None:
        self._waiting = False
        if problem is None:
            self.post_message(Anew())
            self.dismiss(True)
        else:
            self.query_one("#sheet-say", Words).say(refusal(self._t, problem), "trouble")

    def action_back(self) -> None:
        if not self._waiting:  # else somebody would be signed in without knowing it
            self.dismiss(False)

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        if event.button.id == "back":
            self.action_back()
        else:
            self.action_type(str(event.button.id).removeprefix("key-"))
