"""What an import of a file would do, before it is done: who is new or changes, and each row that is in the way, with a remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from station.wire import MOST_WHOLE, CompareUsers, Comparison, FileProblem, UserFile, Verdict
from station.words import N_, Catalogue
from station.words.userfiles import FIELDS, remedy, told
from tui.feed import Feed
from tui.filesearch import Unreadable
from tui.messages import Ask, Tell
from tui.model import Model
from tui.plain import plain
from tui.screens.filechoice import unreadable
from tui.screens.importing import PART, Imported, ImportSheet
from tui.screens.searched import SearchedScreen
from tui.screens.sheet import BACK
from tui.text import Tone
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import Row, SearchList
from tui.widgets.words import Words

MOST_LISTED = 300
"""Rows that are listed of each kind; all are counted."""

NOTHING = N_("Nothing was imported.")
TOO_MANY = N_("These are more than {most} users. Import them with: sixtap users import FILE, then choose a group.")
NO_MAIL = N_("None is sent from here.")


class RowsScreen(SearchedScreen):
    """Problems first, then who is new or changes. `again` reads the file from its disk once more; `came` hears what was imported."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('import')", "Import", tooltip="Import all rows of the file"),
        Binding("f2", "press('skip')", "Without them", tooltip="Leave the rows out that cannot be used, and import the others"),
        Binding("f3", "press('again')", "Read again", tooltip="The file was corrected: read it again"),
        Binding("escape", "press('back')", "Back", tooltip="Back to the columns"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {"again": (N_("Read again"), N_("it was corrected")), "back": (BACK, "")}
    BUTTONS = ("import", "skip", "again")
    HINT = N_("type to search")
    TOLD = True

    def __init__(
        self, model: Model, name: str, file: UserFile, again: Callable[[RowsScreen], Any], came: Callable[[Imported], Any]
    ) -> None:
        super().__init__(model)
        self._called, self._file = name, file
        self._read_again, self._came = again, came
        self._verdicts: list[Verdict] = []
        self._search = ""
        self.busy = True

    def take(self, file: UserFile) -> None:
        """The file was read anew."""
        self._file, self.busy = file, False
        self.again()

    def cannot(self, why: Unreadable) -> None:
        """It could not be: say so; what was read before stays."""
        self.busy = False
        self.show(self.model)
        self.app.push_screen(unreadable(self.model.t, why))

    # --- what would become of the rows --------------------------------------------------------------------------------------

    def show(self, model: Model) -> None:
        back = model.connected and not self.model.connected
        super().show(model)
        if back and not self._compared:
            self.again()

    @property
    def _compared(self) -> bool:
        return len(self._verdicts) == len(self._file.rows)

    def again(self) -> None:
        """Ask the service what it has of these users."""
        self._verdicts, self.busy = [], True
        self._list()
        self.post_message(Ask(self, "compare", self._compare, lambda _: self._list()))

    async def _compare(self, feed: Feed) -> None:
        rows, verdicts = self._file.rows, self._verdicts
        try:
            for place in range(0, len(rows), PART):
                facts = (await feed.command(CompareUsers(rows=rows[place : place + PART]))).facts
                verdicts += Comparison.model_validate(facts).verdicts
                self.show(self.model)
        finally:
            self.busy = False
            if self.is_attached:
                self.show(self.model)

    @property
    def _wrong(self) -> int:
        return self._file.bad + self._file.duplicates

    def headline(self, t: Catalogue) -> Content:
        if self.busy and not self._compared:
            return Content(t("Comparing: {done} of {count}", done=len(self._verdicts), count=len(self._file.rows))).stylize(
                "bold $wait"
            )
        if self.busy:
            return Content(t("Reading {file}.", file=plain(self._called, 40))).stylize("bold $wait")
        counts = Counter(verdict.what for verdict in self._verdicts)
        said = t(
            "{new} new  ·  {changed} changed  ·  {same} the same", new=counts["new"], changed=counts["changed"], same=counts["same"]
        )
        wrong = Content(f"  ·  {t('{count} refused', count=self._wrong)}").stylize("$trouble") if self._wrong else Content("")
        return Content(said).stylize("bold") + wrong

    def show_chosen(self) -> None:
        t, file = self.model.t, self._file
        ready = self._compared and not self.busy and bool(file.rows) and not file.refused
        self.enable(**{"import": ready and not self._wrong, "skip": ready and bool(self._wrong), "again": not self.busy})
        self.query_one("#import").set_class(not self._wrong, "-suggested")
        self.query_one("#skip").set_class(bool(self._wrong), "-suggested")
        users = t.plural("{count} user", "{count} users", len(file.rows))
        self.query_one("#import", BigButton).say(t("Import"), users if not self._wrong else t("all rows"))
        left = t.plural("without {count} row", "without {count} rows", self._wrong)
        self.query_one("#skip", BigButton).say(t("Import the others"), left if self._wrong else "")
        self.query_one("#legend", Words).say(plain(self._called, 60))
        chosen = self.listed.chosen or ""
        at = int(chosen.removeprefix("problem ")) if chosen.startswith("problem ") else -1
        one = file.problems[at] if 0 <= at < len(file.problems) else None
        self.query_one("#story", Words).say(*_story(t, file, one))

    def _list(self) -> None:
        t, file, wanted = self.model.t, self._file, self._search.casefold()
        rows = [Row(f"problem {at}", _problem(t, file, one)) for at, one in enumerate(file.problems)]
        changes = ((at, one) for at, one in enumerate(self._verdicts) if one.what != "same")
        rows += [Row(f"row {at}", _change(t, file, at, one)) for at, (at, one) in zip(range(MOST_LISTED), changes, strict=False)]
        self.listed.show([row for row in rows if wanted in row.words.plain.casefold()][: 2 * MOST_LISTED])
        self.show(self.model)

    @on(SearchList.Searched)
    def _searched(self, event: SearchList.Searched) -> None:
        if event.text != self._search:
            self._search = event.text
            self._list()

    # --- what is done -----------------------------------------------------------------------------------------------------

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "back":
                self.dismiss()
            case "again":
                self.busy = True
                self.show(self.model)
                self._read_again(self)
            case "import" | "skip":
                self.app.push_screen(ImportSheet(self.model.t, self._file.rows), self._ended)

    def _ended(self, imported: Imported | None) -> None:
        if imported is None:
            self.post_message(Tell(self.model.t(NOTHING)))
        else:
            self._came(imported)


def _story(t: Catalogue, file: UserFile, one: FileProblem | None) -> tuple[str, Tone | None]:
    """The chosen problem in full; what is to be known of the file as a whole; and the tone of both."""
    if file.refused:
        return f"▲ {plain(told(t, file.refused), 200)}\n▶ {plain(remedy(t, file.refused, file.remedy), 200)}", "trouble"
    if file.good > MOST_WHOLE:
        return f"▲ {t(TOO_MANY, most=MOST_WHOLE)}", "trouble"
    if not file.good:
        return f"▲ {t('No row of the file can be used.')}", "trouble"
    lines = [_cause(t, one)] if one is not None else []
    if file.invited:
        lines.append(t.plural("{count} row orders a mail.", "{count} rows order a mail.", file.invited) + f" {t(NO_MAIL)}")
    return "\n".join([*lines, *(f"▲ {plain(told(t, note), 200)}" for note in file.notes)]), None


def _problem(t: Catalogue, file: UserFile, one: FileProblem) -> Content:
    """Row, column and value; below it cause and remedy."""
    header = file.columns[one.column - 1].header if one.column is not None and one.column <= len(file.columns) else ""
    what = t(FIELDS[one.field]) if one.field else t("column {number}", number=one.column) if one.column is not None else ""
    column = what + (f" ({plain(header, 30)})" if header and header.casefold() != one.field else "")
    value = f"«{plain(one.value, 40)}»" if one.value else ""
    where = "  ·  ".join(filter(None, (t("line {line}", line=one.line), column, value)))
    return Content(f"▲ {where}").stylize("bold $trouble") + Content(f"\n  {_cause(t, one)}")


def _cause(t: Catalogue, one: FileProblem) -> str:
    return f"{plain(told(t, one.reason), 120)}  ▶ {plain(remedy(t, one.reason), 120)}"


def _change(t: Catalogue, file: UserFile, at: int, one: Verdict) -> Content:
    row = file.rows[at]
    what = t("new") if one.what == "new" else t("changed")
    columns = ", ".join(t(FIELDS[column]) if column in FIELDS else t("Your own fields") for column in one.columns)
    name = Content(f"{what:<9} ").stylize("$done" if one.what == "new" else "$act") + Content(plain(row.name, 60)).stylize("bold")
    facts = "  ·  ".join(filter(None, (t("line {line}", line=file.lines[at]), plain(row.email, 60), plain(row.group, 30), columns)))
    return name + Content(f"\n  {facts}").stylize("$muted")
