"""The report of a batch: units by the hour, time per step, holds by reason, who did what, and whether the counts close."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content

from station.wire import BatchReport, BatchView, ReportStep
from station.words import N_, Catalogue
from tui.feed import Feed
from tui.messages import Ask
from tui.model import Model, phones_close, users_close
from tui.plain import plain
from tui.screens.pick import Pick
from tui.screens.sheet import BACK
from tui.screens.shown import FullScreen
from tui.storywords import who
from tui.text import HOLDS, NO_BATCHES, SIMULATED, STATES
from tui.widgets.bars import Bars
from tui.widgets.bigbutton import BigButton
from tui.widgets.facts import TopBar, phones_total, users_total
from tui.widgets.step import StepLine
from tui.widgets.words import Words

STEPS: dict[ReportStep, str] = {
    "to_scan": N_("code up → scan"),
    "to_device": N_("scan → enrolled"),
    "to_verified": N_("enrolled → verified"),
    "whole": N_("code up → verified"),
}
NAME = 19
"""Columns of a name before its figures: both fit side by side with the bars where there are 80 columns."""


class ReportScreen(FullScreen):
    """The batch at the bench, else the newest one; another can be chosen."""

    CSS_PATH = "report.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "press('choose')", "Another batch", tooltip="The report of another batch"),
        Binding("f2", "press('again')", "Again", tooltip="Compute it again"),
        Binding("escape", "press('back')", "Back", tooltip="Back to the bench"),
    ]
    FACES: ClassVar[dict[str, tuple[str, str]]] = {
        "choose": (N_("Batch…"), N_("another one")),
        "again": (N_("Again"), N_("as it is now")),
        "back": (BACK, ""),
    }

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._wanted = model.batch.id if model.batch else ""
        self._batches: tuple[BatchView, ...] | None = None
        self._report: BatchReport | None = None

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield StepLine()
        yield Words(id="list-title")
        yield Words(id="closing")
        with Horizontal(id="report"):
            with Vertical(id="hours"):
                yield Words(id="hours-title")
                yield Bars()
            with VerticalScroll(id="figures"):
                yield Words(id="figures-told")
        with Horizontal(classes="buttons"):
            yield BigButton(key="F1", id="choose")
            yield BigButton(key="F2", id="again")
            yield BigButton(key="Esc", id="back", classes="-quiet")

    def on_mount(self) -> None:
        self._ask()

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self.show(self.model))

    def show(self, model: Model) -> None:
        super().show(model)
        t, report = model.t, self._report
        self.query_one(TopBar).show(model)
        self.query_one(StepLine).show(model)
        self.query_one("#list-title", Words).say(self._title(t))
        self.query_one("#closing", Words).say(_closing(t, report.batch) if report else "")
        bars = self.query_one(Bars)
        bars.show(report.per_hour if report else ())
        self.query_one("#hours-title", Words).say(_hours(t, report, bars.bins.hours) if report else "")
        self.query_one("#figures-told", Words).say(_figures(t, report) if report else "")
        self.query_one("#choose", BigButton).disabled = not (self._batches and model.connected)
        self.query_one("#again", BigButton).disabled = not (report and model.connected)

    def _title(self, t: Catalogue) -> Content:
        if self._report is None:
            return Content(t("Computing the report.") if self._batches is None else t(NO_BATCHES))
        report = self._report
        title = Content(plain(report.batch.name, 40)).stylize("bold")
        title += Content(f"  ◆ {t(SIMULATED)}").stylize("bold $ask") if report.batch.simulated else Content("")
        if report.first is None or report.last is None:
            return title + Content(f"   {t('no code was ordered yet')}").stylize("$muted")
        return title + Content(f"   {_moment(report.first)} – {_moment(report.last)}").stylize("$muted")

    def _ask(self) -> None:
        wanted = self._wanted

        async def fetched(feed: Feed) -> tuple[tuple[BatchView, ...], BatchReport | None]:
            batches = await feed.batches()
            chosen = wanted or (batches[-1].id if batches else "")
            return batches, await feed.batch_report(chosen) if chosen else None

        self.post_message(Ask(self, "report", fetched, self._came))

    def _came(self, answer: tuple[tuple[BatchView, ...], BatchReport | None]) -> None:
        self._batches, self._report = answer
        self.show(self.model)

    @on(BigButton.Pressed)
    def _pressed(self, event: BigButton.Pressed) -> None:
        event.stop()
        t = self.model.t
        match event.button.id:
            case "choose":
                rows = [(batch.id, plain(batch.name, 60)) for batch in reversed(self._batches or ())]
                self.app.push_screen(Pick(t, t("Which batch?"), rows), self._chosen)
            case "again":
                self._ask()
            case "back":
                self.dismiss()

    def _chosen(self, batch: str | None) -> None:
        if batch is not None:
            self._wanted = batch
            self._ask()


def _closing(t: Catalogue, batch: BatchView) -> Content:
    """Both counts, each with a sign whether it closes."""
    lines = []
    for closes, total in (
        (users_close(batch.users), users_total(t, batch)),
        (phones_close(batch.phones), phones_total(t, batch, None)),
    ):
        lines.append(Content(f"✔ {total}" if closes else total).stylize("$done" if closes else "bold $trouble"))
    return Content("\n").join(lines)


def _hours(t: Catalogue, report: BatchReport, hours: int) -> Content:
    each = t("verified by the hour") if hours == 1 else t("verified in {hours} hours each", hours=hours)
    if not report.per_hour:
        return Content(t("nothing is verified yet")).stylize("$muted")
    rate = t("{rate} units an hour", rate=f"{report.units_per_hour:g}")
    return Content(rate).stylize("bold") + Content(f"  ·  {each}").stylize("$muted")


def _figures(t: Catalogue, report: BatchReport) -> Content:
    parts = [
        _part(
            t("Time per step"),
            t("half of them in, nine of ten in"),
            [(t(STEPS[name]), f"{_lasted(one.median):>8}{_lasted(one.ninetieth):>8}") for name, one in report.step_seconds.items()],
            t("no unit is through yet"),
        ),
        _part(
            t("Holds and failures, settled ones too"),
            "",
            [(_reason(t, name), f"{count:>4}") for name, count in report.failures.items()],
            t("none"),
        ),
        _part(
            t("Who did what"),
            t("acts, scans attested, stands declared empty"),
            [
                (who(report.names, name), f"{one.acts:>4} {one.attested:>4} {one.overrides:>4}")
                for name, one in report.operators.items()
            ],
            t("nobody yet"),
        ),
    ]
    return Content("\n").join(parts)


def _part(title: str, columns: str, rows: list[tuple[str, str]], nothing: str) -> Content:
    """A heading and its rows; a name that is too long is cut, never its figures."""
    lines = [Content(title).stylize("bold $wait")]
    lines += [Content(columns).stylize("$muted")] if columns and rows else []
    lines += [Content(name).truncate(NAME, ellipsis=True, pad=True) + Content(figures) for name, figures in rows]
    return Content("\n").join(lines if rows else [*lines, Content(nothing).stylize("$muted")])


def _reason(t: Catalogue, name: str) -> str:
    if name in HOLDS:
        return t(HOLDS[name][0])
    return t(STATES[name][1]) if name in STATES else plain(name, 40)


def _lasted(seconds: float) -> str:
    """Minutes and seconds, with hours where there are some."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
