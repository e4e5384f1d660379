"""Users are imported in one act, with a bar: all of them are in the roster afterwards, or nobody is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.css.query import NoMatches
from textual.screen import ModalScreen

from station.client import CannotReach, Refused
from station.wire import DropRows, ImportKept, KeepRows, MakeKnown, UserRow
from station.words import N_, Catalogue
from tui.feed import Feed
from tui.messages import Ask
from tui.plain import plain
from tui.widgets.bars import progress
from tui.widgets.bigbutton import BigButton
from tui.widgets.words import Words

PART, KNOWN_PART = 500, 20
"""Rows in one message; users whom the management service is told of in one."""
LIMIT = 120.0
"""Seconds until a message without an answer is given up."""

Phase = Literal["keeping", "writing", "known", "failed", "doubtful"]
SAYS: dict[Phase, str] = {
    "keeping": N_("The service gets the rows. Until it has all of them, nothing is written."),
    "writing": N_("All of them are written at once."),
    "known": N_("They are in the roster. The management service is told of them."),
    "failed": N_("Nothing was imported. Your file and its columns are still here: try again."),
    "doubtful": N_("There was no answer, so it is not known whether they were imported. Try again: nobody comes in twice."),
}
CANCEL, GO_ON, BACK = N_("Cancel"), N_("Go on without"), N_("Back")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `users`: their ids in the file's order; `unknown`: why some are not known to the management service."""

    users: tuple[str, ...]
    added: int
    changed: int
    same: int
    unknown: tuple[str, ...] = field(default=(), repr=False)


class ImportSheet(ModalScreen[Imported | None]):
    """Closed with what was imported, or None: then nothing was."""

    CSS_PATH = "importing.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('again')", "Again", tooltip="Try it again"),
        Binding("escape", "press('cancel')", "Cancel", tooltip="Import nothing; once all is written, go on"),
    ]

    def __init__(self, t: Catalogue, rows: Sequence[UserRow]) -> None:
        super().__init__()
        self._t, self._rows = t, tuple(rows)
        self._phase: Phase = "keeping"
        self._at = 0
        self._why = ""
        self._cancelled = False
        self._imported: Imported | None = None
        self._over = False

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Words(id="sheet-title")
            yield Words(id="bar")
            yield Words(id="sheet-say")
            with Horizontal(classes="foot"):
                yield BigButton(self._t(N_("Try again")), key="F1", id="again", classes="-suggested")
                yield BigButton(key="Esc", id="cancel", classes="-quiet")

    def on_mount(self) -> None:
        self._begin()

    def on_resize(self) -> None:
        self._draw()

    def on_screen_resume(self) -> None:
        """It may have come to its end while the bench's question lay over this sheet."""
        self._leave_if_over()

    def _draw(self) -> None:
        with contextlib.suppress(NoMatches):  # it is being taken apart: a cancelled import ends a moment after its sheet
            self._say()

    def _say(self) -> None:
        t, count = self._t, len(self._rows)
        failed = self._phase in ("failed", "doubtful")
        title = t.plural("Importing {count} user", "Importing {count} users", count)
        self.query_one("#sheet-title", Words).say(title)
        self.query_one("#bar", Words).say(self._bar())
        why = f"✘ {plain(self._why, 300)}\n" if self._why else ""
        self.query_one("#sheet-say", Words).say(why + t(SAYS[self._phase]), "trouble" if failed else None)
        self.query_one("#again", BigButton).display = failed
        cancel = self.query_one("#cancel", BigButton)
        cancel.say(t(BACK) if failed else t(GO_ON) if self._phase == "known" else t(CANCEL))
        cancel.disabled = self._phase == "writing"

    def _bar(self) -> Content:
        share = self._at / max(1, len(self._rows))
        width = max(10, self.query_one("#bar", Words).size.width - 8)
        return progress(share, width) + Content(f" {int(share * 100):>3} %")

    # --- the import -------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._phase, self._at, self._why = "keeping", 0, ""
        self._draw()
        self.post_message(Ask(self, "import", self._work, lambda _: self._leave_if_over()))

    @property
    def _stopped(self) -> bool:
        return self._cancelled or not self.is_attached

    async def _work(self, feed: Feed) -> None:
        try:
            async with asyncio.timeout(None) as patience:
                await self._import(feed, patience)
        except Refused as why:
            self._break_off(str(why), "failed")
        except (CannotReach, TimeoutError) as why:
            self._break_off(str(why), "doubtful" if self._phase == "writing" else "failed")
        self._draw()

    def _break_off(self, why: str, phase: Phase) -> None:
        self._why = why
        if self._imported is None:
            self._phase = phase
        else:  # they are in the roster, whatever became of the rest
            self._end(self._imported, (why,))

    async def _import(self, feed: Feed, patience: asyncio.Timeout) -> None:
        begun = await self._keep(feed, patience)
        if begun is None:
            return
        self._phase = "writing"
        self._draw()
        self._wait(patience)
        facts = (await feed.command(ImportKept(begun=begun, count=len(self._rows)))).facts
        self._imported = Imported(tuple(facts["users"]), facts["added"], facts["changed"], facts["same"])
        unknown = await self._make_known(feed, patience, self._imported.users) if facts["accounts"] else ()
        self._end(self._imported, unknown)

    async def _keep(self, feed: Feed, patience: asyncio.Timeout) -> int | None:
        """Hand over all rows; the import's name, None where it was cancelled."""
        begun: int | None = None
        for place in range(0, len(self._rows), PART):
            self._wait(patience)
            part = self._rows[place : place + PART]
            begun = int((await feed.command(KeepRows(rows=part, place=place, begun=begun))).facts["begun"])
            self._at = place + len(part)
            if self._stopped:
                await feed.command(DropRows(begun=begun))
                return None
            self._draw()
        return begun

    async def _make_known(self, feed: Feed, patience: asyncio.Timeout, users: Sequence[str]) -> tuple[str, ...]:
        """Tell the management service of them until the person has enough of it; who is not known there, and why."""
        self._phase, self._at = "known", 0
        unknown: list[str] = []
        for place in range(0, len(users), KNOWN_PART):
            self._draw()
            if self._stopped:
                break
            self._wait(patience)
            facts = (await feed.command(MakeKnown(users=tuple(users[place : place + KNOWN_PART])))).facts
            unknown += [str(one["why"]) for one in facts["unknown_there"]]
            self._at = min(len(users), place + KNOWN_PART)
        return tuple(unknown)

    def _wait(self, patience: asyncio.Timeout) -> None:
        patience.reschedule(asyncio.get_running_loop().time() + LIMIT)

    def _end(self, imported: Imported, unknown: Sequence[str]) -> None:
        self._imported = Imported(imported.users, imported.added, imported.changed, imported.same, tuple(unknown))
        self._over = True

    def _leave_if_over(self) -> None:
        if self._over and self.is_active:
            self._over = False
            self.dismiss(self._imported)

    # --- buttons ----------------------------------------------------------------------------------------------------------

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        if event.button.id == "again":
            if self._phase in ("failed", "doubtful"):
                self._begin()
            return
        self._cancelled = True
        if self._phase != "known":
            self.dismiss(None)

    def action_press(self, button: str) -> None:
        """As a tap on the button with this id."""
        self.query_one(f"#{button}", BigButton).press()
