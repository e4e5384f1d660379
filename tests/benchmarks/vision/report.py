"""The figures as tables: on the terminal, and as Markdown between two marks of docs/witness.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Drawn

from tests.benchmarks.vision.aims import TRIES, aims
from tests.benchmarks.vision.ours import NAME
from tests.benchmarks.vision.photographs import ZXING
from tests.benchmarks.vision.recall import MIX
from tests.benchmarks.vision.scripts import KINDS

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
Section = Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """One table; `note` stands below it."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


def tables(sections: Mapping[str, Section]) -> list[Table]:
    """All tables of the sections that were measured."""
    made: dict[str, list[Table]] = {}
    for name, section in sections.items():
        made[name] = [
            Table(table.title, table.head, table.rows, " ".join(part for part in (table.note, f"`{section['command']}`") if part))
            for table in _MAKERS[name](section)
        ]
    reached = [(aim, figure, "yes" if met else "no") for aim, figure, met in aims(sections)]
    return [table for name in _MAKERS for table in made.get(name, [])] + [Table("Aims", ("aim", "here", "met"), reached)]


def show(every: list[Table], console: Console) -> None:
    """On the terminal."""
    for table in every:
        drawn = Drawn(*table.head, title=table.title, title_justify="left", caption=table.note or None, caption_justify="left")
        for row in table.rows:
            drawn.add_row(*row)
        console.print(drawn)


def markdown(every: list[Table]) -> str:
    """For the documentation."""
    lines: list[str] = []
    for table in every:
        lines += [f"### {table.title}", "", f"| {' | '.join(table.head)} |", "|" + "---|" * len(table.head)]
        lines += [f"| {' | '.join(row)} |" for row in table.rows]
        lines += ["", table.note, ""] if table.note else [""]
    return "\n".join(lines)


def publish(page: Path, every: list[Table]) -> None:
    """Puts the tables between the page's marks. ValueError where it has none."""
    before, found, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise ValueError(f"{page} has no place for the tables: it must hold the lines {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n\n{markdown(every)}{END}{after}", encoding="utf-8")


def _share(count: list[int]) -> str:
    return f"{count[0] / count[1]:.2f}" if count[1] else "-"


def _both(points: Mapping[str, float | None], ppms: list[str]) -> str:
    return " / ".join(_point(points[level], ppms[0], ppms[-1]) for level in ("50", "95"))


def _point(value: float | None, first: str, last: str) -> str:
    return f"> {last}" if value is None else f"< {first}" if value == 0 else f"{value:.2f}"


def _recall(section: Section) -> Iterator[Table]:
    points, table = section["points"], section["table"]
    columns = list(points[NAME])
    rows = []
    for name, of in points.items():
        ends = {column: list(table[name][column]) for column in columns}
        cells = [
            " / ".join(_point(of[column][level], ends[column][0], ends[column][-1]) for level in ("50", "95")) for column in columns
        ]
        rows.append((name, *cells))
    heads = tuple(column if column == MIX else f"blur {column}" for column in columns)
    note = f"{section['frames']} frames; ours saw it with a corner more than two modules from its place: {section['misplaced']}."
    note += "".join(f" Not installed: {name}." for name in section["missing"])
    yield Table("Pixels per module needed for half / 95 % of the frames", ("reader", *heads), rows, note)
    ratios = tuple(_ratio(points[TRIES][column]["95"], points[NAME][column]["95"]) for column in columns)
    yield Table("How many times fewer pixels per module than the best of 18 tries, at 95 %", heads, [ratios])
    ppms = list(table[NAME][MIX])
    rows = [(name, *(_share(of[MIX][ppm]) for ppm in ppms)) for name, of in table.items()]
    total = table[NAME][MIX][ppms[0]][1]
    yield Table("Share seen with everything mixed, by pixels per module", ("reader", *ppms), rows, f"{total} frames in each column.")
    for name in (NAME, TRIES):
        rows = [(ppm, *(_share(table[name][column][ppm]) for column in columns[:-1])) for ppm in table[name][columns[0]]]
        yield Table(f"Share seen by pixels per module and blur: {name}", ("ppm", *heads[:-1]), rows)


def _ratio(bound: float | None, ours: float | None) -> str:
    if ours is None:
        return "-"
    if bound is None:
        return "more than the table holds"
    return f"{bound / ours:.1f}" if ours else "more than the table holds"


def _decoys(section: Section) -> Iterator[Table]:
    names = {
        "family": "other tokens' codes in the same form, at the place found",
        "neighbours": "the batch's previous and next code, at the place found",
        "searched": "previous, next and same-form code, through the whole search",
    }
    rows = [(text, *(str(value) for value in section["kinds"][name])) for name, text in names.items()]
    note = f"{section['frames']} independent frames, {section['frames_with_trials']} of them with a place to compare at; "
    note += f"the right code was seen in {section['own_seen']}. Threshold: z = {section['threshold']:g}."
    yield Table("Codes that are not there", ("trial", "trials", "wrongly seen", "highest z"), rows, note)


def _two_screens(section: Section) -> Iterator[Table]:
    both = section["own_code_both"]
    strange = section["two_screens"]
    rows = [
        ("another user's", strange, section["two_screens_seen_whole"], section["two_screens_seen_in_phone"], "0"),
        ("the expected one", both, section["own_code_both_seen_whole"], section["own_code_both_seen_in_phone"], "all"),
    ]
    head = ("the phone shows", "frames", "seen, whole frame", "seen, in the phone's display", "right would be")
    yield Table("The station's own screen in view, with the expected code on it", head, [tuple(map(str, row)) for row in rows])


def _sequences(section: Section) -> Iterator[Table]:
    rows = []
    for kind, outcomes in section["kinds"].items():
        total = sum(outcomes.values())
        scanned = outcomes.get("scanned", 0)
        others = ", ".join(f"{name} {count}" for name, count in sorted(outcomes.items()) if name != "scanned")
        verdict = f"{total - scanned} missed" if KINDS[kind].genuine else f"{scanned} false"
        rows.append((kind, str(total), str(scanned), others or "-", verdict))
    note = f"{section['missed']} of {section['genuine']} scans missed, "
    note += f"{section['false_scanned']} of {section['others']} others taken for one. "
    note += f"The live challenge was met in {section['live_shown']} scans."
    yield Table("Short sequences", ("what happens", "sequences", "called scanned", "called otherwise", "wrong"), rows, note)


def _speed(section: Section) -> Iterator[Table]:
    names = {
        "tracked_ms": "tracked: where it was a moment ago",
        "seeded_ms": "seeded: corners known to 1.5 modules",
        "search_found_ms": "full search, code there and seen",
        "search_in_vain_ms": "full search in vain: another code, or too little to see",
        "pattern_ms": "making a code ready, once",
        "sighting_ms": "a whole Sighting, code in a viewfinder",
    }
    rows = [(text, f"{section[name]:.1f} ms") for name, text in names.items() if section.get(name) is not None]
    rows.append(("camera's JPEG to Sighting, code in the viewfinder", f"{section['stream_code_per_second']:.1f} frames/s"))
    rows.append(("camera's JPEG to Sighting, code up, another screen", f"{section['stream_other_per_second']:.1f} frames/s"))
    yield Table("Time, 1280 x 720, one thread, medians", ("step", "here"), rows)


def _photographs(section: Section) -> Iterator[Table]:
    for title, name in (("Photographs", "table"), ("Photographs whose read needed no error correction", "clean_table")):
        table = section[name]
        ppms = list(table[NAME])
        rows = [(reader, *(_share(table[reader][ppm]) for ppm in ppms)) for reader in (NAME, ZXING)]
        rows.append(("codes", *(str(table[NAME][ppm][1]) for ppm in ppms)))
        yield Table(f"{title}, shrunk to so many pixels per module", ("reader", *ppms), rows)


_MAKERS = {
    "recall": _recall,
    "decoys": _decoys,
    "two-screens": _two_screens,
    "sequences": _sequences,
    "speed": _speed,
    "photos": _photographs,
}
