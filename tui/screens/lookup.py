"""The look-up: what a person reads on a box, in a console or on a list leads to the unit that it belongs to."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from station.wire import BARCODES, LOOKUP_LIMIT, LookupHit, LookupPage, is_code
from station.words import N_, Catalogue
from tui.lookupwords import NO_TEXT, NOTHING, WHAT, by, two_rows
from tui.messages import Ask, Touched
from tui.model import Model
from tui.screens.searched import SearchedScreen
from tui.screens.sheet import BACK
from tui.screens.story import StoryScreen
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import Row, SearchList
from tui.widgets.words import Words


class LookupScreen(SearchedScreen):
    """A field that a scanner may type into, the hits below it. What was scanned and fits one unit alone opens its story at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('open')", "Story", tooltip="All that happened to the chosen unit"),
        Binding("f2", "press('acts')", "Unit", tooltip="What can be done with the chosen unit"),
        Binding("escape", "press('back')", "Back", tooltip="Back to the bench"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "open": (N_("Story"), N_("all that happened")),
        "acts": (N_("Unit…"), N_("what can be done")),
        "back": (BACK, ""),
    }
    BUTTONS = ("open", "acts")
    HINT = N_("scan a box, or type; then Enter")
    LONGEST = LOOKUP_LIMIT + 1  # one more than is looked for, so that a text that is too long is not cut to one that is not
    TOLD = True

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._text, self._refused = "", False
        self._page: LookupPage | None = None

    def show(self, model: Model) -> None:
        back = model.connected and not self.model.connected
        super().show(model)
        if back:
            self.again()

    def on_screen_resume(self) -> None:
        """What is typed or scanned next takes the place of what was looked for; that is looked for anew, as it may have changed."""
        self._replace_next()
        self.again()

    def headline(self, t: Catalogue) -> Content:
        if self._refused:
            return Content(t(NO_TEXT)).stylize("bold $trouble")
        if not self._text:
            return Content(t("Look up a phone or a person")).stylize("bold")
        if self._page is None:
            return Content(t("Looking.")).stylize("bold")
        count = len(self._page.items)
        if not count:
            return Content(t(NOTHING)).stylize("bold $trouble")
        words = t.plural("{count} unit found", "{count} units found", count)
        return Content(words).stylize("bold") + Content(f"  ·  {t('there are more: type more of it')}" if self._page.more else "")

    def show_chosen(self) -> None:
        hit, t = self.chosen, self.model.t
        self.enable(open=hit is not None, acts=hit is not None)
        self.query_one("#story", Words).say(by(t, hit) if hit else t(WHAT))

    @property
    def chosen(self) -> LookupHit | None:
        """The hit that the buttons mean."""
        ident = self.listed.chosen
        return next((hit for hit in self._page.items if hit.unit.enrollment == ident), None) if self._page else None

    # --- what is looked for -----------------------------------------------------------------------------------------------

    @on(SearchList.Searched)
    def _searched(self, event: SearchList.Searched) -> None:
        text, key = event.text, BARCODES.get(event.text.upper())
        if event.entered and key is not None:  # a barcode for the screen, read by a scanner that types
            self.query_one(Input).clear()
            self.app.call_later(self.app.simulate_key, key)
            return
        if not text and self._refused and not event.entered:  # the field was emptied by what follows, and the reason still stands
            return
        self._refused = is_code(text) or len(text) > LOOKUP_LIMIT
        if self._refused:  # an enrollment code holds secrets: neither shown any longer, nor sent
            self.query_one(Input).clear()
            text = ""
        self._text, self._page = text, None
        self.listed.show(())
        self.again(entered=event.entered)
        if event.entered:
            self._replace_next()
        self.show(self.model)

    def again(self, *, entered: bool = False) -> None:
        text = self._text
        if text:
            self.post_message(
                Ask(self, "lookup", lambda feed: feed.lookup(text), lambda page: self._came(text, page, entered=entered))
            )

    def _came(self, text: str, page: LookupPage, *, entered: bool) -> None:
        if text != self._text:
            return
        self._page = page
        self.listed.show([Row(hit.unit.enrollment, two_rows(self.model.t, hit)) for hit in page.items])
        self.show(self.model)
        if entered and len(page.items) == 1 and self.app.screen is self:
            self._open(page.items[0])

    def _replace_next(self) -> None:
        self.query_one(Input).action_select_all()

    # --- what is done with a hit ------------------------------------------------------------------------------------------

    def _open(self, hit: LookupHit) -> None:
        self.app.push_screen(StoryScreen(self.model, hit.unit))

    @on(SearchList.Chosen)
    def _taken(self) -> None:
        self.query_one("#open", BigButton).press()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        hit = self.chosen
        match event.button.id:
            case "back":
                self.dismiss()
            case "open" if hit is not None:
                self._open(hit)
            case "acts" if hit is not None:
                self.post_message(Touched(hit.unit))
