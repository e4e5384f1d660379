"""What the camera sees, as a small outline and in words."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from tui.model import Model
from tui.text import FOLLOWED, SHOWN, VIEWS
from tui.widgets.words import Words

DRAWINGS: dict[str, tuple[str, ...]] = {
    "empty": ("         ", "         ", "         ", "▁▁▁▁▁▁▁▁▁", "  ╱   ╲  "),
    "phone": (" ╭─────╮ ", " │     │ ", " │     │ ", " │     │ ", " ╰──○──╯ "),
    "code": (" ╭─────╮ ", " │█▀ ▀█│ ", " │ ▞▚▞ │ ", " │█▄ ▚▞│ ", " ╰──○──╯ "),
    "two_phones": ("╭──╮ ╭──╮", "│  │ │  │", "│  │ │  │", "│  │ │  │", "╰──╯ ╰──╯"),
    "unsure": (" ╭╌╌╌╌╌╮ ", " ╎  ?  ╎ ", " ╎ ? ? ╎ ", " ╎  ?  ╎ ", " ╰╌╌╌╌╌╯ "),
    "absent": ("╭─╮      ", "│ ╰────╮╲", "│  ╲╱  ││", "│  ╱╲  ││", "╰──────╯╱"),
}
"""Nine columns by five rows each."""

DISPLAYS: dict[str, tuple[str, ...]] = {
    "dark": (" ╭─────╮ ", " │▒▒▒▒▒│ ", " │▒▒▒▒▒│ ", " │▒▒▒▒▒│ ", " ╰──○──╯ "),
    "viewfinder": (" ╭─────╮ ", " │▛   ▜│ ", " │     │ ", " │▙   ▟│ ", " ╰──○──╯ "),
    "before": (" ╭─────╮ ", " │  ↶  │ ", " │ ──  │ ", " │ ──  │ ", " ╰──○──╯ "),
    "other": (" ╭─────╮ ", " │ ─── │ ", " │ ──  │ ", " │   ▪ │ ", " ╰──○──╯ "),
}
"""One phone, by what its display shows."""
LIVE = (" ╭─────╮ ", " │█▀ ▀█│✔", " │ ▞▚▞ │ ", " │█▄ ▚▞│ ", " ╰──○──╯ ")
"""The code, followed."""


class Scene(Horizontal):
    """The camera's view, drawn; its word beside it."""

    DEFAULT_CSS = """
    Scene {
        width: 26;
        height: 1fr;
        padding: 0 1;
        #scene-drawing { width: 10; height: 5; }
        #scene-words { width: 1fr; height: 5; text-style: bold; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Words(id="scene-drawing")
        yield Words(id="scene-words")

    def show(self, model: Model) -> None:
        status = model.status if model.connected else None
        drawing, words = self.query_one("#scene-drawing", Words), self.query_one("#scene-words", Words)
        self.display = status is not None
        if status is not None:
            said, tone, rows = *VIEWS[status.view], DRAWINGS[status.view]
            if status.view == "phone" and status.shows in SHOWN:
                said, tone, rows = *SHOWN[status.shows], DISPLAYS[status.shows]
            elif status.view == "code" and status.followed:
                said, tone, rows = *FOLLOWED, LIVE
            drawing.say("\n".join(rows), tone)
            words.say(Content(model.t("camera sees") + "\n").stylize("not bold") + Content(model.t(said).upper()), tone)
