"""The record, newest first, for leads and admins: who did what and when, and whether all of it is as it was written."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from station.wire import ChainChecked, EventPage, Head, Recorded
from station.words import N_, Catalogue
from tui.feed import Feed
from tui.messages import Ask
from tui.model import Model
from tui.plain import plain
from tui.screens.paged import PAGE, PagedScreen
from tui.screens.sheet import BACK
from tui.storywords import who
from tui.widgets.bars import progress
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import Row

BAR = 16
"""Characters of the progress bar."""

PROBLEMS: dict[str, str] = {
    "missing": N_("▲ Event {seq} is missing. Keep the files as they are and tell an administrator."),
    "detached": N_("▲ Event {seq} does not follow on the one before. Keep the files as they are and tell an administrator."),
    "changed": N_("▲ Event {seq} was changed later. Keep the files as they are and tell an administrator."),
}


class AuditScreen(PagedScreen[Recorded, int]):
    """Events a page at a time; the chain's head and what a check of it found stand above them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('verify')", "Verify", tooltip="Check every event of the record"),
        Binding("f2", "press('newest')", "Newest", tooltip="List the record from its newest event on"),
        Binding("escape", "press('back')", "Back", tooltip="Back to the bench"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "verify": (N_("Verify"), N_("the whole record")),
        "newest": (N_("Newest"), N_("list them again")),
        "back": (BACK, ""),
    }
    TOPIC = "record"
    BUTTONS = ("verify", "newest")
    HINT = N_("type a kind or who did it, to search")

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._head: Head | None = None
        self._names: dict[str, str] = {}
        self._checked: int | None = None
        self._verdict: ChainChecked | None = None

    def headline(self, t: Catalogue) -> Content:
        if self._head is None:
            return Content(t("Fetching the record."))
        head = Content(t("Event {seq}, {hash}", seq=self._head.seq, hash=plain(self._head.hash[:12], 12))).stylize("bold")
        return head + Content("   ") + self._check(t, self._head)

    def _check(self, t: Catalogue, head: Head) -> Content:
        """What is known of the whole chain; while it is checked, how much of it was."""
        if self._checked is not None and self._verdict is None:
            share = min(1.0, self._checked / max(1, head.seq))
            return progress(share, BAR) + Content(f" {int(share * 100)} %")
        if self._verdict is None:
            return Content("")
        if self._verdict.problem is not None:
            said = t(PROBLEMS[self._verdict.problem], seq=(self._checked or 0) + 1)
            return Content(said).stylize("bold $trouble")
        return Content(t("✔ The record holds: {count} events.", count=self._checked)).stylize("bold $done")

    def show_chosen(self) -> None:
        self.enable(verify=self._checked is None or self._verdict is not None, newest=True)

    # --- pages ------------------------------------------------------------------------------------------------------------

    def again(self) -> None:
        first = self.asking(None)

        async def newest(feed: Feed) -> tuple[Head, EventPage]:
            return await feed.head(), await first(feed)

        self.post_message(Ask(self, self.TOPIC, newest, self._first))

    def _first(self, answer: tuple[Head, EventPage]) -> None:
        self._head = answer[0]
        self.show_page(answer[1], ())

    def asking(self, after: int | None) -> Callable[[Feed], Awaitable[EventPage]]:
        search = self._search

        async def page(feed: Feed) -> EventPage:
            found = await feed.newest(before=after or 0, limit=PAGE, search=search)
            self._names |= found.names
            return found

        return page

    def row(self, item: Recorded) -> Row:
        return Row(str(item.seq), _row(item, self._names))

    # --- is it as it was written? ---------------------------------------------------------------------------------------------

    def _verify(self) -> None:
        self._checked, self._verdict = 0, None
        self.show(self.model)
        self.post_message(Ask(self, "verify", self._walk, lambda _: None))

    async def _walk(self, feed: Feed) -> None:
        """Page by page as long as this screen is open. Without an answer it is as if nothing had been asked."""
        done, after, previous = 0, 0, ""
        page: ChainChecked | None = None
        try:
            while self.is_attached:
                page = await feed.verify(after=after, previous=previous)
                done += page.checked
                self._checked = done
                if page.after is None:
                    self._verdict = page
                    break
                after, previous = page.after, page.previous
                self.show(self.model)
        finally:
            if self._verdict is None:
                self._checked = None
            if self.is_attached:
                self.show(self.model)

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "verify":
                self._verify()
            case "newest":
                self.again()
            case "back":
                self.dismiss()


def _row(event: Recorded, names: Mapping[str, str]) -> Content:
    """Number, time, kind, actor and unit on one line."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event.at))
    line = Content(f"{event.seq:>6}  ").stylize("$muted") + Content(f"{when}  ") + Content(plain(event.kind, 24)).stylize("bold")
    line += Content(f"  {who(names, event.actor)}")
    return line + Content(f"  {plain(event.enrollment, 30)}" if event.enrollment else "").stylize("$muted")
