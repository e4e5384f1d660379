"""What each column of a user file is: shown with the file's own words, to be changed by a tap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content

from station.wire import USER_FIELDS, FileColumn, UserFile
from station.words import N_, Catalogue
from station.words.userfiles import FIELDS, remedy, told
from tui.model import Model
from tui.plain import plain
from tui.screens.pick import Pick
from tui.screens.searched import SearchedScreen
from tui.screens.sheet import BACK
from tui.widgets.bigbutton import BigButton
from tui.widgets.searchlist import Row, SearchList
from tui.widgets.words import Words

Maps = Mapping[str, str]
Read = Callable[[SearchedScreen, Maps, bool | None, Callable[[UserFile], Any]], Any]
LEFT_OUT = "-"
NOT_THERE = N_("not in the file")


class ColumnsScreen(SearchedScreen):
    """One row for each thing that a user may have. `read` reads the file anew with what was said of it; `go_on` gets it when the
    person is content."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('next')", "Next", tooltip="The columns are right: look at the rows"),
        Binding("f2", "press('change')", "Change", tooltip="Choose another column of the file"),
        Binding("f3", "press('headed')", "First row", tooltip="Whether the file's first row names the columns, or is a user"),
        Binding("escape", "press('back')", "Back", tooltip="Choose another file"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "next": (N_("Next"), N_("the columns are right")),
        "change": (N_("Change"), N_("this one's column")),
        "back": (BACK, ""),
    }
    BUTTONS = ("next", "change", "headed")
    HINT = N_("type to search")
    TOLD = True

    def __init__(self, model: Model, name: str, file: UserFile, read: Read, go_on: Callable[[ColumnsScreen, UserFile], Any]) -> None:
        super().__init__(model)
        self._called, self._file = name, file
        self._read, self._go_on = read, go_on
        self._maps: dict[str, str] = {}
        self._headed: bool | None = None
        self._search = ""
        self.busy = False

    @property
    def said(self) -> tuple[Maps, bool | None]:
        """What the person said of the columns so far."""
        return self._maps, self._headed

    def take(self, file: UserFile) -> None:
        """The file was read anew."""
        if not file.columns:  # it could not be read so: what is known of its columns stays
            file = self._file.model_copy(update={"refused": file.refused, "remedy": file.remedy, "rows": (), "lines": (), "good": 0})
        self._file, self.busy = file, False
        self.again()

    # --- what is shown ----------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.query_one("#next").add_class("-suggested")

    def show(self, model: Model) -> None:
        super().show(model)
        t = model.t
        self.query_one("#headed", BigButton).say(t("First row"), t("names the columns") if self._file.headed else t("is a user"))
        self.query_one("#legend", Words).say(_left_out(t, self._file))

    def headline(self, t: Catalogue) -> Content:
        name = plain(self._called, 40)
        if self.busy:
            return Content(t("Reading {file}.", file=name)).stylize("bold $wait")
        return Content(t("Are these the right columns?")).stylize("bold") + Content(f"  ·  {name}")

    def show_chosen(self) -> None:
        t, file = self.model.t, self._file
        self.enable(
            next=not file.refused and not self.busy, change=self.listed.chosen is not None and not self.busy, headed=not self.busy
        )
        story = self.query_one("#story", Words)
        if file.refused:
            story.say(f"▲ {plain(told(t, file.refused), 300)}\n▶ {plain(remedy(t, file.refused, file.remedy), 300)}", "trouble")
            return
        counted = t.plural("{count} row can be used", "{count} rows can be used", file.good)
        wrong = file.bad + file.duplicates
        counted += "  ·  " + t.plural("{count} row cannot", "{count} rows cannot", wrong) if wrong else ""
        story.say("\n".join([counted, *(f"▲ {plain(told(t, note), 200)}" for note in file.notes)]))

    def again(self) -> None:
        t, wanted = self.model.t, self._search.casefold()
        there = sorted(USER_FIELDS, key=lambda field: _column_of(self._file, field) is None)
        rows = [Row(field, _row(t, self._file, field)) for field in there]
        self.listed.show([row for row in rows if wanted in row.words.plain.casefold()])
        self.show(self.model)

    @on(SearchList.Searched)
    def _searched(self, event: SearchList.Searched) -> None:
        if event.text != self._search:
            self._search = event.text
            self.again()

    # --- what is changed --------------------------------------------------------------------------------------------------

    @on(SearchList.Chosen)
    def _tapped(self) -> None:
        self.query_one("#change", BigButton).press()

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        field = self.listed.chosen
        match event.button.id:
            case "back":
                self.dismiss()
            case "next":
                self._go_on(self, self._file)
            case "headed":
                self._say(_maps(self._file), not self._file.headed)
            case "change" if field is not None:
                self._change(field)

    def _change(self, field: str) -> None:
        t, at = self.model.t, _column_of(self._file, field)
        columns = [(str(number), _described(t, number, column)) for number, column in enumerate(self._file.columns, 1)]
        rows = sorted([*columns, ("", t(NOT_THERE))], key=lambda row: row[0] != str(at or ""))
        title = t("Which column is this: {field}?", field=t(FIELDS[field]))
        self.app.push_screen(Pick(t, title, rows), lambda column: self._changed(field, column))

    def _changed(self, field: str, column: str | None) -> None:
        if column is None or column == str(_column_of(self._file, field) or ""):
            return
        maps = {number: LEFT_OUT if known == field else known for number, known in _maps(self._file).items()}
        self._say(maps | ({column: field} if column else {}), self._file.headed)

    def _say(self, maps: Maps, headed: bool) -> None:
        self._maps, self._headed, self.busy = dict(maps), headed, True
        self.show(self.model)
        self._read(self, self._maps, headed, self.take)


def _maps(file: UserFile) -> dict[str, str]:
    """Every column as it is now."""
    return {str(number): column.field or LEFT_OUT for number, column in enumerate(file.columns, 1)}


def _column_of(file: UserFile, field: str) -> int | None:
    return next((number for number, column in enumerate(file.columns, 1) if column.field == field), None)


def _row(t: Catalogue, file: UserFile, field: str) -> Content:
    """What it is, the file's column, and below it what the first users have there."""
    at = _column_of(file, field)
    name = Content(t(FIELDS[field])).stylize("bold")
    if at is None:
        return name + Content(f"\n  {t(NOT_THERE)}").stylize("$faint")
    column = file.columns[at - 1]
    return name + Content(f"  ◂  {_called(t, at, column)}") + Content(f"\n  {_samples(column)}").stylize("$muted")


def _described(t: Catalogue, number: int, column: FileColumn) -> str:
    return "   ".join(filter(None, (_called(t, number, column), _samples(column))))


def _called(t: Catalogue, number: int, column: FileColumn) -> str:
    return t("column {number}", number=number) + (f" {plain(column.header, 30)}" if column.header else "")


def _samples(column: FileColumn) -> str:
    return "  ·  ".join(plain(sample, 24) or "–" for sample in column.samples)


def _left_out(t: Catalogue, file: UserFile) -> str:
    names = [column.header or str(number) for number, column in enumerate(file.columns, 1) if not column.field]
    return t("Left out: {columns}", columns=plain(", ".join(names), 100)) if names else t("Every column of the file is used.")
