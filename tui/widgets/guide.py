"""The gesture on one line: what is done, what is next, what comes."""

from __future__ import annotations

from textual.content import Content

from tui.guidance import reached, stages
from tui.model import Model
from tui.widgets.words import Words


class Guide(Words):
    """The stages in a row, the one that is reached marked by sign and weight."""

    DEFAULT_CSS = """
    Guide { height: 1; color: $muted; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def show(self, model: Model) -> None:
        """Draw the stages of the mode of the batch at hand."""
        at, t = reached(model), model.t
        parts: list[Content] = []
        for number, stage in enumerate(stages(model.batch.mode if model.batch else "")):
            words = t(stage.short)
            if at is not None and number < at:
                parts.append(Content(f"✔ {words}").stylize("$done"))
            elif number == at:
                parts.append(Content(f"▶ {words}").stylize("bold $foreground"))
            else:
                parts.append(Content(words))
        self.say(Content(" › ").join(parts))

    @property
    def longest(self) -> int:
        """Columns that the stages take on one line."""
        return self._said.cell_length
