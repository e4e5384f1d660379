"""Units in a list: two rows each, one of them chosen. Choosing does nothing yet, so a finger may miss."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets.option_list import Option

from station.wire import UnitBrief
from tui.model import Model, minutes
from tui.plain import plain
from tui.text import STATES, person, state_words, waited
from tui.widgets.marked import MarkedList


class UnitList(MarkedList):
    """Units by position. The chosen one stays chosen when the list changes; when it goes, nothing is: an action is never meant
    for the unit that took its place.
    """

    DEFAULT_CSS = """
    UnitList {
        height: 1fr;
        border: none;
        padding: 0;
        background: $background;
        scrollbar-size-vertical: 2;
        &:focus { border: none; background-tint: transparent; }
        text-wrap: nowrap;
        text-overflow: ellipsis;
        & > .option-list--option { padding: 0 1; }
        & > .option-list--option-highlighted { background: $chosen; color: $foreground; text-style: none; }
        &:focus > .option-list--option-highlighted { background: $chosen; color: $foreground; text-style: none; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._units: tuple[UnitBrief, ...] = ()
        self._said: tuple[Content, ...] = ()

    @property
    def chosen(self) -> UnitBrief | None:
        at = self.highlighted
        return self._units[at] if at is not None and at < len(self._units) else None

    def show(self, units: Sequence[UnitBrief], model: Model) -> None:
        """List these units. Nothing is drawn when nothing changed, so that a scrolled list stays where it is."""
        chosen = self.chosen
        said = tuple(two_rows(unit, model) for unit in units)
        known = [unit.enrollment for unit in self._units]
        self._units = tuple(units)
        if [unit.enrollment for unit in units] == known:
            for at, (old, new) in enumerate(zip(self._said, said, strict=True)):
                if not new.is_same(old):
                    self.replace_option_prompt_at_index(at, new)
        else:
            self.clear_options()
            self.add_options([Option(content) for content in said])
            places = {unit.enrollment: at for at, unit in enumerate(units)}
            self.highlighted = places.get(chosen.enrollment) if chosen else (0 if places and not known else None)
        self._said = said


def two_rows(unit: UnitBrief, model: Model) -> Content:
    """Who it is, and below how it stands."""
    t = model.t
    sign, _, tone = STATES.get(unit.state, ("?", "", "ask"))
    facts = [state_words(t, unit.state, unit.reason)]
    facts += [t("tray {tray}", tray=unit.tray)] if unit.tray else []
    facts += [waited(t, minutes(model, unit))] if unit.since is not None else []
    facts += [t("attempt {number}", number=unit.attempts)] if unit.attempts > 1 else []
    facts += [plain(unit.detail, 80)] if unit.detail else []
    place = f"{unit.position:>4} "
    first = Content(place).stylize("$muted") + Content(person(t, unit)).stylize("bold")
    colour = "$muted" if unit.state in ("queued", "skipped") else f"${tone}"
    return first + Content("\n" + " " * len(place)) + Content(f"{sign} " + "  ·  ".join(facts)).stylize(colour)
