"""A user file is read by a process of its own: everything that may be carried in on a stick ends in an answer."""

from __future__ import annotations

import asyncio
import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from station import filereader
from station.filereader import GIVEN_UP, read_apart
from station.wire import MOST_WHOLE, UserFile


def read(content: bytes | str, maps: Mapping[str, str] | None = None, headed: bool | None = None) -> UserFile:
    octets = content.encode() if isinstance(content, str) else content
    return asyncio.run(read_apart(octets, maps or {}, headed))


def fields(file: UserFile) -> list[str]:
    return [column.field for column in file.columns]


def test_a_file_is_told_with_its_columns_samples_rows_and_problems() -> None:
    file = read("Nom;Courriel;Bureau\nZoé [bold]x[/];z@x.org;1\nשרה;s@x.org;2\nBo;b@x.org;3\nCai;nowhere;4\nBo;B@x.org;5\n")
    assert fields(file) == ["name", "email", ""]
    assert [column.samples for column in file.columns][:2] == [("Zoé [bold]x[/]", "שרה", "Bo"), ("z@x.org", "s@x.org", "b@x.org")]
    assert (file.headed, file.good, file.bad, file.duplicates, file.lines) == (True, 3, 1, 1, (2, 3, 4))
    assert [row.name for row in file.rows] == ["Zoé [bold]x[/]", "שרה", "Bo"]
    assert [(one.line, one.column, one.field, one.value) for one in file.problems] == [
        (5, 2, "email", "nowhere"),
        (6, 2, "email", "B@x.org"),
    ]


def test_columns_that_nobody_knows_are_shown_to_be_said() -> None:
    unknown = "Wer;Wo;Post\nZoé;Depot;a@x.org\n"
    file = read(unknown)
    assert file.refused.startswith("Nothing names the columns")
    assert ([column.samples[0] for column in file.columns], file.rows) == (["Wer", "Wo", "Post"], ())
    said = read(unknown, {"1": "name", "2": "group", "3": "email"}, headed=True)
    assert (said.refused, [row.model_dump(include={"name", "group", "email"}) for row in said.rows]) == (
        "",
        [{"name": "Zoé", "group": "Depot", "email": "a@x.org"}],
    )
    whole = read(unknown, {"1": "name", "2": "group", "3": "-"}, headed=False)
    assert [row.name for row in whole.rows] == ["Wer", "Zoé"]


def test_what_is_known_of_misspelt_columns_stays() -> None:
    file = read("Name;Emial;Group\nZoé;a@x.org;Depot\n")
    assert (fields(file), file.headed) == (["name", "", "group"], True)
    assert file.problems[0].reason == "is not known; is it email?"
    assert read("Name;Emial;Group\nZoé;a@x.org;Depot\n", {"2": "email"}).rows[0].email == "a@x.org"


def test_a_column_that_is_said_twice_is_the_last_one_s() -> None:
    file = read("Name;Name 2\nZoé;Öz\n", {"1": "-", "2": "-"}, headed=True)
    assert (file.refused, fields(file)) == ("No column holds the users' names.", ["", ""])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty."),
        (b"\n\n;;;\n"[:2], "The file is empty."),
        (b"%PDF-1.7", "The file is a PDF file."),
        (bytes(range(256)) * 40, "The file is neither text nor a workbook."),
        (b"PK\x03\x04 broken", "The workbook cannot be read (BadZipFile)."),
        ("name\nZoé\n".encode() + b"\xe9\n", "Line 3 of the file is not UTF-8."),
    ],
)
def test_what_is_no_user_file_is_told_without_columns(content: bytes, says: str) -> None:
    file = read(content)
    assert (file.refused, file.columns, file.rows) == (says, (), ())
    assert file.remedy


def test_a_file_that_breaks_off_gives_no_row() -> None:
    file = read('name,group\nAnna,A\nBen,"B\nCai,C\n')
    assert file.refused == "From line 3 on the file cannot be read."
    assert (file.rows, fields(file)) == ((), ["name", "group"])


def test_ten_thousand_rows_and_ten_megabytes_are_read() -> None:
    rows = "".join(f"Zoé Müller {number},user{number}@example.com,{'x' * 190},{'y' * 190},{'z' * 190}\n" for number in range(17_500))
    text = "name,email,custom1,custom2,custom3\n" + rows
    assert len(text.encode()) > 10 << 20
    file = read(text)
    assert (file.good, len(file.rows), file.bad) == (17_500, 17_500, 0)


def test_more_users_than_can_be_imported_at_once_are_counted_alone() -> None:
    file = read("name\n" + "".join(f"P{number}\n" for number in range(MOST_WHOLE + 1)))
    assert (file.good, file.rows, file.refused) == (MOST_WHOLE + 1, (), "")


def test_a_workbook_is_read() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("Nom", "Courriel"), ("Zoé", "z@x.org")):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    file = read(content.getvalue())
    assert (fields(file), [row.email for row in file.rows]) == (["name", "email"], ["z@x.org"])


def test_a_workbook_that_unfolds_without_end_ends_nothing_but_its_reader() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b" " * (200 << 20))
    assert read(content.getvalue()).refused == "The workbook is too large when it is unpacked."


def test_a_reader_that_dies_or_takes_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filereader, "PATIENCE", 0.0)
    assert read("name\nZoé\n") == GIVEN_UP
    monkeypatch.setattr(filereader, "PATIENCE", 60.0)
    monkeypatch.setattr("sys.executable", "/bin/false")
    assert read("name\nZoé\n") == GIVEN_UP
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert read("name\nZoé\n") == GIVEN_UP


def test_who_is_no_longer_waited_for_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that never answers, and whose asker gave up."""
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 600\n", encoding="utf-8")
    slow.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(slow))

    async def scenario() -> int:
        reading = asyncio.create_task(read_apart(b"name\n", {}, None))
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.01)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        return int((tmp_path / "pid").read_text())

    with pytest.raises(ProcessLookupError):
        os.kill(asyncio.run(scenario()), 0)


def test_nothing_of_a_file_stands_in_an_argument_list(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[object, ...]] = []
    start = asyncio.create_subprocess_exec

    async def starting(*arguments: object, **more: object) -> asyncio.subprocess.Process:
        seen.append(arguments)
        return await start(*arguments, **more)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(asyncio, "create_subprocess_exec", starting)
    read("name\nZoé\n", {"1": "name"}, headed=True)
    assert "Zoé" not in repr(seen)
    assert os.fspath(str(seen[0][1])) == "-P"
