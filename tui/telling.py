"""An app that says in words how what was asked of the service turned out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from textual import on
from textual.notifications import SeverityLevel

from station.client import CannotReach, Refused
from tui.locked import LockedApp
from tui.messages import Tell
from tui.plain import plain
from tui.text import NO_ANSWER


class TellingApp(LockedApp):
    """One notice at a time: the newest is what matters."""

    @contextmanager
    def told(self, doubt: str = "") -> Iterator[None]:
        """Whatever the service refuses, or does not answer, is told in words; `doubt` is what remains unknown then."""
        try:
            yield
        except Refused as refused:
            self.tell("error", refused.problem.message, refused.problem.remedy)
        except CannotReach as error:
            self.tell("warning", str(error), doubt)
        except TimeoutError:
            self.tell("warning", self.t(NO_ANSWER), doubt)

    def tell(self, severity: SeverityLevel, message: str, remedy: str = "") -> None:
        """Show a notice: what happened, and what to do."""
        self.clear_notifications()
        sign = {"error": "✘", "warning": "▲", "information": "◷"}[severity]
        lines = [f"{sign} {plain(message, 300)}", *([f"▶ {plain(remedy, 300)}"] if remedy else [])]
        self.notify("\n".join(lines), severity=severity, markup=False)

    @on(Tell)
    def _on_tell(self, message: Tell) -> None:
        self.tell(message.severity, message.words)
