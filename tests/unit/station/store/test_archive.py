"""Files that leave the ledger: complete or not there, and harmless to whatever opens them."""

from __future__ import annotations

import csv
import json
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from station.domain.audit import EMPTY, Chain, link
from station.domain.errors import LedgerFailed, SixtapError, WrongUse
from station.store.archive import write_archive, write_csv, write_jsonl

BATCH: dict[str, object] = {"id": "b", "name": "Monday", "simulated": True, "minimum_android": 11}
UNITS: list[dict[str, object]] = [
    {"enrollment": "e1", "imei": "004999010640000", "tray": None, "due": 1.5, "missing": ["label"]},
    {"enrollment": "e2", "imei": "8949000000000000001", "tray": 3, "due": None, "missing": []},
]


def chained(number: int) -> list[dict[str, object]]:
    events: list[dict[str, object]] = []
    previous = EMPTY
    for seq in range(1, number + 1):
        event: dict[str, object] = {
            "seq": seq,
            "at": 1700000000.0 + seq / 3,
            "bench": "a",
            "actor": "grace",
            "role": None,
            "kind": "Noted",
            "batch": "b",
            "enrollment": None,
            "body": {"score": 0.1 * seq, "text": "ä\u202e'\""},
            "previous": previous,
        }
        previous = event["hash"] = link(event)
        events.append(event)
    return events


def read(path: Path, table: str) -> list[dict[str, object]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid")]  # noqa: S608


def test_an_archive_holds_the_batch_and_a_chain_that_verifies(tmp_path: Path) -> None:
    events = chained(1200)
    heads = [{"bench": "a", "seq": 1200, "hash": events[-1]["hash"]}]
    write_archive(tmp_path / "b.db", BATCH, units=iter(UNITS), events=iter(events), heads=heads)
    assert read(tmp_path / "b.db", "batch") == [{**BATCH, "simulated": 1}]
    units = read(tmp_path / "b.db", "units")
    assert units == [{**UNITS[0], "missing": '["label"]'}, {**UNITS[1], "missing": "[]"}]
    chain = Chain()
    chain.feed([{**row, "body": json.loads(str(row["body"]))} for row in read(tmp_path / "b.db", "events")])
    assert (chain.finish(), chain.length) == (None, 1200)
    assert read(tmp_path / "b.db", "heads") == [{"bench": "a", "seq": chain.length, "hash": chain.head}]
    assert [file.name for file in tmp_path.iterdir()] == ["b.db"]


def test_an_empty_batch_has_all_tables(tmp_path: Path) -> None:
    write_archive(tmp_path / "b.db", BATCH, units=[], events=[], heads=[])
    assert [read(tmp_path / "b.db", table) for table in ("units", "events", "heads")] == [[], [], []]


def test_units_with_other_columns_are_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    path.write_text("old")
    with pytest.raises(WrongUse, match=r"Row 2 of units .* in tray"):
        write_archive(path, BATCH, units=[{"id": "e1"}, {"id": "e2", "tray": 1}], events=[], heads=[])
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["b.db"]


DANGEROUS = ["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", "\uff1d1"]


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"name": text, "imei": "004999010640000"} for text in DANGEROUS]
    assert write_csv(tmp_path / "u.csv", ["name", "imei"], rows) == len(DANGEROUS)
    with (tmp_path / "u.csv").open(encoding="utf-8", newline="") as file:
        cells = [row[0] for row in csv.reader(file)]
    assert cells == ["name", *(f"'{text}" for text in DANGEROUS)]


def test_csv_cells_are_text_and_come_back(tmp_path: Path) -> None:
    values: list[object] = ['O"Brien, "Zoë"', None, 15.0, True, "two\r\nlines", ["x"], "0049", "no", "left out"]
    row = dict(zip("abcdefghi", values, strict=True))
    write_csv(tmp_path / "u.csv", "abcdefgh", iter([row]))
    with (tmp_path / "u.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1] == ['O"Brien, "Zoë"', "", "15.0", "true", "two\r\nlines", '["x"]', "0049", "no"]
    with pytest.raises(WrongUse, match="Row 1 has no z"):
        write_csv(tmp_path / "u.csv", ["a", "z"], [row])


def test_json_lines_are_one_row_each(tmp_path: Path) -> None:
    rows = [{"name": "two\nlines \u2028 \u202e", "n": 1.5}, *chained(2)]
    assert write_jsonl(tmp_path / "e.jsonl", iter(rows)) == 3
    lines = (tmp_path / "e.jsonl").read_bytes().split(b"\n")
    assert [json.loads(line) for line in lines[:-1]] == rows
    assert lines[-1] == b""


def broken(rows: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    yield from rows
    raise ZeroDivisionError


WRITERS: list[Callable[[Path, Iterator[dict[str, object]]], object]] = [
    lambda path, rows: write_archive(path, BATCH, units=[], events=[], heads=rows),
    lambda path, rows: write_csv(path, ["bench"], rows),
    write_jsonl,
]
HEAD: dict[str, object] = {"bench": "a", "seq": 1, "hash": EMPTY}


@pytest.mark.parametrize("write", WRITERS)
def test_a_writer_that_is_interrupted_leaves_the_old_file_and_no_other(
    tmp_path: Path, write: Callable[[Path, Iterator[dict[str, object]]], object]
) -> None:
    path = tmp_path / "f"
    path.write_text("old")
    (tmp_path / "f.part").write_text("left by a crash")
    with pytest.raises(ZeroDivisionError):
        write(path, broken([HEAD]))
    assert ([file.name for file in tmp_path.iterdir()], path.read_text()) == (["f"], "old")
    with path.open() as reader:
        write(path, iter([HEAD]))
        assert reader.read() == "old"
    assert ([file.name for file in tmp_path.iterdir()], path.read_bytes() != b"old") == (["f"], True)


@pytest.mark.parametrize("write", WRITERS)
def test_a_folder_that_is_not_there_is_named(tmp_path: Path, write: Callable[[Path, Iterator[dict[str, object]]], object]) -> None:
    with pytest.raises(LedgerFailed, match="nowhere/f cannot be written"):
        write(tmp_path / "nowhere" / "f", iter([HEAD]))


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("value", ["\ud800", float("nan"), object()])
def test_what_no_file_can_hold_is_refused(
    tmp_path: Path, write: Callable[[Path, Iterator[dict[str, object]]], object], value: object
) -> None:
    with pytest.raises(SixtapError, match="Row 1"):
        write(tmp_path / "f", iter([{**HEAD, "bench": value}]))
    assert not list(tmp_path.iterdir())


def test_an_archive_is_as_readable_as_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_archive(tmp_path / "b.db", BATCH, units=UNITS, events=[], heads=[])
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "b.db")}
    assert len(modes) == 1
