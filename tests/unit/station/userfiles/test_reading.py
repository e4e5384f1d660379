"""User files as they lie on disks: in every encoding that spreadsheets write, as workbooks, as pipes, and as what is none."""

from __future__ import annotations

import codecs
import os
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from station.domain.columns import TINYMDM
from station.domain.errors import BadRoster, SixtapError, WrongUse
from station.domain.roster import Row
from station.userfiles import reading, workbook
from station.userfiles.reading import How, UserFile, read_user_file

STEADY = settings(deadline=None, derandomize=True, max_examples=80)
TEXT = "name,group\nZoë 📱,مخزن\n"
FRENCH = "Nom;Courriel;Équipe\nZoé Lebœuf;zoe@example.com;Été\n"
ZOE = Row(2, "Zoé Lebœuf", "zoe@example.com", group="Été")


def read(path: Path, content: bytes, **how: str) -> UserFile:
    path.write_bytes(content)
    return read_user_file(path, How(**how))  # type: ignore[arg-type]  # the cases give texts only


def rows(path: Path, content: bytes, **how: str) -> list[Row]:
    with read(path, content, **how) as checked:
        assert checked.problems == []
        found = list(checked.rows())
        assert list(checked.rows()) == found  # they can be asked for again
        return found


def refused(path: Path, content: bytes, **how: str) -> str:
    with pytest.raises(BadRoster) as caught:
        read(path, content, **how)
    assert caught.value.remedy
    return str(caught.value)


@pytest.fixture
def users(tmp_path: Path) -> Path:
    return tmp_path / "users"


# --- encodings -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
    ],
)
def test_a_file_is_read_in_the_encodings_that_name_themselves(users: Path, content: bytes) -> None:
    with read(users, content) as checked:
        assert list(checked.rows()) == [Row(2, "Zoë 📱", group="مخزن")]
        assert checked.notes == ()


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_known_and_told(users: Path, name: str) -> None:
    with read(users, FRENCH.encode(name)) as checked:
        assert list(checked.rows()) == [ZOE]
        assert "UTF-16" in checked.notes[0]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", [0, 70_000])
def test_windows_1252_is_known_and_told_with_the_line(users: Path, end: str, before: int) -> None:
    text = end.join(("name;email;group", *(["Anna;a@x.de;" + "x" * 20] if before else []), ""))
    text += "".join(f"U{number};u{number}@x.de;{end}" for number in range(before // 100)) + f"Zoé Lebœuf;zoe@example.com;Été{end}"
    lines = len(text.replace("\r\n", "\n").replace("\r", "\n").splitlines())
    with read(users, text.encode("cp1252")) as checked:
        assert list(checked.rows())[-1] == Row(lines, "Zoé Lebœuf", "zoe@example.com", group="Été")
        assert f"(line {lines})" in checked.notes[0]
        assert "Windows-1252" in checked.notes[0]


def test_a_first_bad_octet_is_found_in_a_file_of_many_chunks(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for chunk in (1, 2, 3, 7):
        monkeypatch.setattr("station.userfiles.textfile.CHUNK", chunk)
        with read(users, b"name\r\nAnna\r\nBen\r\n\xe9va\r\n") as checked:
            assert "(line 4)" in checked.notes[0]
        assert rows(users, codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"))[0].name == "Zoë 📱"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (codecs.BOM_UTF8 + b"name\nAnna\n\xe9va\n", "Line 3 of the file is not UTF-8"),
        ("name\nZoë\n".encode() + b"\xe9va\n", "Line 3 of the file is not UTF-8"),
        (b"\xe9va\n" + "name\nZoë\n".encode(), "Line 1 of the file is not UTF-8"),
        (b"name\nAnna\n\x81va\n", "Line 3 of the file is not UTF-8, and not Windows-1252 either"),
        (codecs.BOM_UTF16_LE + b"n\0a\0\n\0a", "Line 2 of the file is not UTF-16"),
        (codecs.BOM_UTF16_BE + b"\xd8\x00\x00a", "Line 1 of the file is not UTF-16"),
    ],
)
def test_a_damaged_file_is_refused_instead_of_misread(users: Path, content: bytes, says: str) -> None:
    assert says in refused(users, content)


def test_a_person_may_say_the_encoding(users: Path) -> None:
    assert rows(users, FRENCH.replace("œ", "oe").encode("mac-roman"), encoding="mac-roman")[0].name == "Zoé Leboeuf"
    assert rows(users, FRENCH.encode("cp1252"), encoding="windows-1252") == [ZOE]
    assert rows(users, FRENCH.encode("utf-8-sig"), encoding="UTF8") == [ZOE]
    for name in ("klingon", "base64", "rot13", " "):
        with pytest.raises(WrongUse, match="is no encoding"):
            read(users, FRENCH.encode(), encoding=name)
    assert "Line 3 of the file is not UTF-8" in refused(users, FRENCH.encode() + b"\xff", encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
        (b"%PDF-1.7\n", "a PDF file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file"),
        (b"\x1f\x8b\x08\x00", "a compressed file"),
        (bytes(range(256)) * 4, "neither text nor a workbook"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00", "neither text nor a workbook"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(users: Path, content: bytes, kind: str) -> None:
    assert kind in refused(users, content)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_excels_line_about_the_delimiter_counts(users: Path, delimiter: str) -> None:
    text = f'sep={delimiter}\r\nname{delimiter}email{delimiter}"a;b,c"\r\nAnna{delimiter}a@x.de{delimiter}\r\n'
    assert rows(users, text.encode()) == [Row(3, "Anna", "a@x.de")]


def test_an_endless_line_fills_no_memory(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.userfiles.textfile.LONGEST_LINE", 1000)
    with read(users, b"name\nAnna\n" + b"x" * 5000) as checked:
        assert "Line 3 of the file is longer than 1000 letters" in str(checked.broken)


@STEADY
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | st.text(max_size=40).map(lambda text: text.encode("utf-16")))
@example(codecs.BOM_UTF8 + b"name\n\xff")
@example(codecs.BOM_UTF32_LE + "name\nAnna".encode("utf-32-le"))
@example(b"PK\x03\x04")
def test_any_octets_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    try:
        with read(tmp_path_factory.getbasetemp() / "any", content) as checked:
            assert checked.good == len(list(checked.rows()))
    except SixtapError as why:
        assert why.remedy


# --- files, pipes -----------------------------------------------------------------------------------------------------------


def test_a_pipe_is_read_once_and_sent_as_it_was_checked(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=lambda: pipe.write_bytes(FRENCH.encode("cp1252")))
    writing.start()
    try:
        with read_user_file(pipe, How()) as checked:
            assert list(checked.rows()) == [ZOE]
    finally:
        writing.join()


def test_what_is_sent_is_what_was_checked_whatever_becomes_of_the_file(users: Path) -> None:
    with read(users, FRENCH.encode()) as checked:
        users.write_text("other")
        assert list(checked.rows()) == [ZOE]


def test_good_and_bad_are_counted_and_only_so_many_problems_kept(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_KEPT", 3)
    text = "name,email,send_email\nAnna,a@x.de,1\nAnna,a@x.de,1\n" + "Ben,nowhere,7\n" * 5
    told: list[float] = []
    users.write_text(text)
    with read_user_file(users, How(), told.append) as checked:
        assert (checked.good, checked.duplicates, checked.bad, checked.invited) == (1, 1, 5, 1)
        assert (len(checked.problems), checked.more_problems) == (3, 3)
        assert [problem.line for problem in checked.problems] == [3, 4, 5]
    assert told == [1.0]


# --- workbooks --------------------------------------------------------------------------------------------------------------


def book(path: Path, *sheets: Iterable[Iterable[object]]) -> None:
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]  # a new workbook has one
    for number, sheet in enumerate(sheets, 1):
        page = made.create_sheet(f"Sheet {number}")
        for row in sheet:
            page.append(list(row))
    made.save(path)


def in_book(path: Path, **how: str) -> list[Row]:
    with read_user_file(path, How(**how)) as checked:  # type: ignore[arg-type]  # the cases give texts only
        assert checked.problems == []
        return list(checked.rows())


def changed(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """The same workbook with one part made anew."""
    old = path.with_suffix(".old")
    shutil.move(path, old)
    with zipfile.ZipFile(old) as before, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content) if name == part else content)


SHEET = "xl/worksheets/sheet1.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def excels_book(path: Path, texts: Iterable[str], cells: str) -> None:
    """A workbook as Excel makes it: texts stand in a part of their own (ECMA-376, 18.4), where openpyxl writes them into the cells."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{part}.xml" ContentType="{_KIND}.{kind}+xml"/>'
            for part, kind in (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"), ("sharedStrings", "sharedStrings"))
        )
        + "</Types>",
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": _relations(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{''.join(f'<si>{text}</si>' for text in texts)}</sst>",
        SHEET: f"<worksheet {_MAIN}><sheetData>{cells}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)


def _relations(*targets: tuple[str, str]) -> str:
    rows = (f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for n, (kind, to) in enumerate(targets, 1))
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(rows)}</Relationships>'


def test_a_workbook_that_excel_made_is_read(users: Path) -> None:
    cells = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
    cells += '<row r="4"><c r="A4" t="s"><v>2</v></c><c r="B4"><v>7</v></c><c r="C4" t="s"><v>3</v></c><c r="D4" s="9"/></row>'
    excels_book(users, ("<t>Nom</t>", "<t>Équipe</t>", "<r><t>Zoé </t></r><r><rPr><b/></rPr><t>Le Bœuf</t></r>", "<t>Été</t>"), cells)
    assert in_book(users) == [Row(4, "Zoé Le Bœuf", group="Été")]


def test_a_workbook_is_read_as_people_see_it(users: Path) -> None:
    header = ("Nom", "Courriel", "Envoyer un e-mail", "WPCO", "custom1", "custom2", "custom3", "Téléphone")
    book(users, [header, ("Zoé", "zoe@x.de", 1, True, 12345, 2.5, date(2026, 3, 1), 33), (None,) * 8, ("Ben", None, 0, False)])
    assert in_book(users) == [
        Row(2, "Zoé", "zoe@x.de", mode="wpco", send_email=True, custom=("12345", "2.5", "2026-03-01")),
        Row(4, "Ben"),
    ]
    book(users, [("name", "custom1"), ("Zoé", datetime(2026, 3, 1, 7, 30))])  # noqa: DTZ001 - workbooks know no time zones
    assert in_book(users) == [Row(2, "Zoé", custom=("2026-03-01T07:30:00", "", ""))]


def test_a_workbook_in_tinymdms_order_is_known(users: Path) -> None:
    book(users, [("Anna", "anna@x.de", "Sales", "anna.s", 0, 1, 1, None, None, "c"), ("Door", None, None, "door.1", 1, None, None)])
    with read_user_file(users, How()) as checked:
        assert checked.columns.fields == TINYMDM[10]
        assert list(checked.rows()) == [
            Row(1, "Anna", "anna@x.de", "", "wpco", "Sales", "anna.s", False, True, ("", "", "c")),
            Row(2, "Door", directory="door.1", anonymous=True),
        ]


def test_a_workbook_has_sheets(users: Path) -> None:
    made = openpyxl.Workbook()
    hidden = made.active
    assert hidden is not None
    hidden.append(("name",))
    hidden.append(("Hidden",))
    hidden.sheet_state = "hidden"
    for name in ("People", "More"):
        page = made.create_sheet(name)
        page.append(("name",))
        page.append((f"Of {name}",))
    made.save(users)
    with read_user_file(users, How()) as checked:
        assert [row.name for row in checked.rows()] == ["Of People"]
        assert checked.notes == ("The sheet 'People' was read; there are 2 more.",)
    assert [in_book(users, sheet=sheet)[0].name for sheet in ("More", "3", "1", "Sheet")] == ["Of More", "Of More", "Hidden", "Hidden"]
    for sheet in ("4", "0", "Others"):
        with pytest.raises(BadRoster, match="no sheet") as caught:
            in_book(users, sheet=sheet)
        assert "'Sheet', 'People', 'More'" in caught.value.remedy


def test_a_formulas_value_counts_and_one_without_is_told(users: Path) -> None:
    book(users, [("name", "email"), ("Anna", '="a"&"@x.de"'), ("Ben", "b@x.de")])
    with read_user_file(users, How()) as checked:
        assert "Row 2, column 2 holds a formula that was never calculated" in str(checked.broken)
    changed(users, SHEET, lambda sheet: sheet.replace(b"<v />", b"<v>a@x.de</v>").replace(b'<c r="B2"', b'<c r="B2" t="str"'))
    assert [row.email for row in in_book(users)] == ["a@x.de", "b@x.de"]


def test_a_failed_formula_is_nobodys_name(users: Path) -> None:
    book(users, [("name",), ("#N/A",), ("#REF!",)])
    with read_user_file(users, How()) as checked:
        assert [problem.reason for problem in checked.problems] == ["is a spreadsheet's error, not a name"] * 2


def test_a_size_that_is_not_true_is_not_believed(users: Path) -> None:
    book(users, [("name", "email"), ("Anna", "a@x.de")])
    changed(users, SHEET, lambda sheet: sheet.replace(b'ref="A1:B2"', b'ref="A1"'))
    assert in_book(users) == [Row(2, "Anna", "a@x.de")]


def test_a_workbook_that_would_fill_the_memory_is_refused(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{min(n - 1, 1)}</v></c></row>' for n in range(1, 301))
    excels_book(users, ("<t>name</t>", f"<t>{'x' * 60_000}</t>"), cells)
    for limit in ("MOST_SHEETS", "MOST_OTHERS", "MOST_PARTS"):
        with monkeypatch.context() as lower:
            lower.setattr(workbook, limit, 10_000 if limit != "MOST_PARTS" else 5)
            with pytest.raises(BadRoster, match="too large when it is unpacked"):
                read_user_file(users, How())
    monkeypatch.setattr(workbook, "MOST_ROWS", 200)
    with read_user_file(users, How()) as checked:
        assert "more than 200 rows" in str(checked.broken)


def test_a_row_far_down_takes_no_time(users: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book(users, [("name",), ("Anna",)])
    monkeypatch.setattr(workbook, "MOST_ROWS", 1 << 16)
    changed(users, SHEET, lambda sheet: sheet.replace(b'<row r="2"', b'<row r="999999999"').replace(b'r="A2"', b'r="A999999999"'))
    with read_user_file(users, How()) as checked:
        assert "more than" in str(checked.broken)


LAUGHS = b'<!DOCTYPE l [<!ENTITY a "%s">%s]>' % (
    b"ha" * 50,
    b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 50) for n in range(7)),
)


def test_a_text_that_unfolds_without_end_is_refused(users: Path) -> None:
    book(users, [("name",), ("Anna",)])
    changed(
        users,
        SHEET,
        lambda sheet: LAUGHS + sheet.replace(b"</sheetData>", b'<row r="3"><c r="A3" t="str"><v>&h;</v></c></row></sheetData>'),
    )
    with pytest.raises(BadRoster, match="cannot be read"), read_user_file(users, How()) as checked:
        raise checked.broken or AssertionError("it was read")


@pytest.mark.parametrize("cut", [4, 30, 500, 3000])
def test_a_workbook_that_is_cut_off_is_refused(users: Path, cut: int) -> None:
    book(users, [("name",), ("Anna",)])
    whole = users.read_bytes()
    assert "cannot be read" in refused(users, whole[:cut])


@pytest.mark.parametrize("part", ["xl/workbook.xml", SHEET, "xl/sharedStrings.xml", "[Content_Types].xml", "xl/styles.xml"])
@pytest.mark.parametrize("content", [b"", b"<a>", b"<a/>", b"\x00\xff" * 40])
def test_a_workbook_with_a_broken_part_is_refused_or_read(users: Path, part: str, content: bytes) -> None:
    book(users, [("name",), ("Anna",)])
    changed(users, part, lambda _: content)
    try:
        with read_user_file(users, How()) as checked:
            assert checked.broken is not None or checked.good <= 1
    except BadRoster as why:
        assert why.remedy


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"word/document.xml": b"<x/>"}, "ZIP archive"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "OpenDocument"),
    ],
)
def test_an_archive_of_something_else_is_called_by_its_name(users: Path, parts: dict[str, bytes], says: str) -> None:
    with zipfile.ZipFile(users, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    assert says in refused(users, users.read_bytes())
