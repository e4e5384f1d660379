"""One user's code, for a desk: drawn here, never kept, blanked when it has served."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Resize

from station.wire import CodeSymbol, UnitView
from station.words import N_, Catalogue
from station.words.modes import MODE_MEANS
from tui.messages import Ask
from tui.model import Model
from tui.plain import plain
from tui.screens.shown import FullScreen
from tui.stepwords import STEPS
from tui.symbols import drawn, needed
from tui.text import mode_name
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar
from tui.widgets.words import Words

TOO_LARGE = N_(
    "This terminal is too small for the code: it needs {columns} columns and {rows} rows. Make the letters smaller, or: {command}"
)
SUPERSEDES = N_("A code that was shown or mailed for this user before works no longer.")
SERVED = N_("A device has enrolled with it.")
ENDED = N_("It was revoked, or another code took its place.")
RAN_OUT = N_("It has expired.")


class CodeScreen(FullScreen):
    """The symbol beside what there is to know of it. It is gone when the screen is closed."""

    CSS_PATH = "code.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "press('back')", "Back", tooltip="Close the code")]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {"back": (N_("Close"), N_("the code goes"))}
    SIDE = 26
    """Least columns for the words beside the symbol."""

    def __init__(self, model: Model, symbol: CodeSymbol, enrollment: str) -> None:
        super().__init__(model)
        self._symbol, self._enrollment = symbol, enrollment
        self._over = ""
        self._asked_at = model.seq

    def compose(self) -> ComposeResult:
        yield TopBar()
        with Horizontal(id="code"):
            yield Words(id="symbol")
            with Vertical(id="code-side"):
                yield Words(id="code-user")
                yield Words(id="code-facts")
                yield BigButton(key="Esc", id="back")

    def show(self, model: Model) -> None:
        super().show(model)
        t, symbol = model.t, self._symbol
        self.query_one(TopBar).show(model)
        if model.connected and model.seq != self._asked_at:
            self._asked_at = model.seq
            self.post_message(Ask(self, "code", lambda feed: feed.unit(self._enrollment), self._look))
        if not self._over and symbol.expires is not None and now(model) >= symbol.expires:
            self._over = RAN_OUT
        self.query_one("#code-user", Words).say(Content(plain(symbol.user, 60)).stylize("bold"))
        self.query_one("#code-facts", Words).say(self._facts(t))
        self._draw()

    def _look(self, story: UnitView) -> None:
        """The record says what became of this attempt."""
        attempt = next((attempt for attempt in story.attempts if attempt.id == self._symbol.attempt), None)
        if attempt is not None and not self._over:
            self._over = SERVED if attempt.device else ENDED if attempt.ended else ""
            self.show(self.model)

    @property
    def _gone(self) -> str:
        """Why nothing is drawn: the code is over, or nobody is there to say whether it is."""
        return self._over or ("" if self.model.connected else STEPS["unreachable"].say)

    def _facts(self, t: Catalogue) -> Content:
        symbol = self._symbol
        lines = [Content(mode_name(t, symbol.mode)).stylize("bold")]
        lines += [Content(t(MODE_MEANS[symbol.mode]))] if symbol.mode in MODE_MEANS else []
        if self._gone:
            over = Content(f"▲ {t(self._gone)}").stylize("bold $trouble")
            return Content("\n\n").join([Content("\n").join(lines), over])
        if symbol.expires is None:
            until = t("This code does not expire.")
        else:
            minutes = max(0, int(symbol.expires - now(self.model)) // 60)
            until = t("It expires at {moment}, in {minutes} min.", moment=moment(symbol.expires), minutes=minutes)
        return Content("\n\n").join(
            [Content("\n").join(lines), Content(f"◷ {until}").stylize("bold $act"), Content(t(SUPERSEDES)).stylize("$muted")]
        )

    def _draw(self) -> None:
        place, symbol, t = self.query_one("#symbol", Words), self._symbol, self.model.t
        if self._gone:
            place.say("")
            return
        rows = drawn(symbol.modules, symbol.size, self.size.width - self.SIDE, self.size.height - 1)
        place.set_class(rows is None, "-too-large")
        if rows is None:
            columns, height = needed(symbol.size)
            command = "sixtap qr USER --out code.png"
            place.say(t(TOO_LARGE, columns=columns + self.SIDE, rows=height + 1, command=command))
        else:
            place.say(Content("\n".join(rows)).stylize("not bold #000000 on #ffffff"))

    def on_resize(self, event: Resize) -> None:
        if self.is_mounted:
            self._draw()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        self.dismiss()


def now(model: Model) -> float:
    """The service's time, as far as this terminal knows it."""
    return model.status.at + model.elapsed if model.status else time.time()


def moment(at: float) -> str:
    """A time of today by the clock, of another day with its date."""
    then, today = time.localtime(at), time.localtime()
    return time.strftime("%H:%M" if then[:3] == today[:3] else "%Y-%m-%d %H:%M", then)
