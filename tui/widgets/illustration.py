"""What is to be done, as a drawing: place the phone, tap six times, hold still, take it to its tray."""

from __future__ import annotations

from textual.content import Content

from tui.model import Model
from tui.widgets.words import Words

WIDTH = 17
"""Columns of every drawing; each has five rows."""

_PLACE = ("     ╭─────╮     ", "     │     │     ", "     │     │     ", "     ╰──┬──╯     ", "  ▼▁▁▁▁▁▁▁▁▁▁▁▼  ")
_TAP = ("     ╭─────╮     ", "     │ ●●● │ ×6  ", "     │ ●●● │╲    ", "     │     │ ☝   ", "     ╰──○──╯     ")
_SWITCH = ("     ╭─────╮     ", "     │▒▒▒▒▒▌◀━   ", "     │▒▒▒▒▒│     ", "     │▒▒▒▒▒│     ", "     ╰──○──╯     ")
_HOLD = ("╭─────╮   ┏━━━━━┓", "│ ▛▀▜ │   ┃█▀ ▀█┃", "│ ▌▚▐ │ ◀ ┃ ▞▚▞ ┃", "│ ▙▄▟ │   ┃█▄ ▚▞┃", "╰──○──╯   ┗━━┳━━┛")
_TRAY = ("╭───╮            ", "│   │ ━━━▶ ┃   ┃ ", "│   │      ┃{tray}┃ ", "╰─○─╯      ┃   ┃ ", "           ┗━━━┛ ")
_CLEAR = ("     ╭─────╮  ▲  ", "     │     │  ┃  ", "     ╰──○──╯  ┃  ", "                 ", "   ▁▁▁▁▁▁▁▁▁▁▁   ")
_LABEL = (" ╭────────────╮  ", " │ ▌▐║▌║▐║▌▐▌ │  ", " │ ▌▐║▌║▐║▌▐▌ │ ◀", " │ S/N  IMEI  │  ", " ╰────────────╯  ")
_SETUP = ("     ╭─────╮     ", "     │ ✔   │     ", "     │ ◷   │     ", "     │     │     ", "  ▁▁▁╰──○──╯▁▁▁  ")
_LINK = ("  ╭─────╮  ▛▀▜   ", "  │     │  ▌▚▐   ", "  │  ◉  │◀ ▙▄▟   ", "  │     │        ", "  ╰──○──╯        ")


def drawing(model: Model) -> tuple[str, ...] | None:
    """The rows for the step at hand; None where hands have nothing to do."""
    linked = model.batch is not None and model.batch.mode == "work_profile"
    match model.step:
        case "place_phone" if linked:
            return _LINK
        case "place_phone" if model.status is not None and model.status.view == "phone":
            return {"dark": _SWITCH, "viewfinder": _HOLD}.get(model.status.shows, _TAP) if model.status.code_up else None
        case "place_phone":
            return _PLACE
        case "hold_still":
            return _HOLD
        case "to_tray":
            tray = str(model.step_args.get("tray", ""))[:3].center(3)
            return tuple(row.replace("{tray}", tray) for row in _TRAY)
        case "clear_stand":
            return _CLEAR
        case "scan_label":
            return _LABEL
        case "setup_on_stand":
            return _SETUP
        case _:
            return None


class Illustration(Words):
    """The drawing of the step, in its tone."""

    DEFAULT_CSS = f"""
    Illustration {{ width: {WIDTH}; height: 5; text-wrap: nowrap; }}
    """

    def show(self, model: Model) -> None:
        """Draw what the step asks for; nothing where it asks for no hands."""
        rows = drawing(model)
        self.say(Content("\n".join(rows)) if rows else "")
