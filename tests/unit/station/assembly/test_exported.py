"""Codes read from what consoles export: found once each, with what may name their user, or refused with a reason."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest

from station.assembly.exported import Found, Unread, codes_in
from station.assembly.exported.documents import Run, runs
from station.assembly.exported.files import codes_of_file
from station.assembly.exported.pictures import only_code
from station.domain.errors import BadPayload
from tests.unit.station.assembly.exports import (
    Picture,
    content,
    drawn,
    drawn_by_opencv,
    drawn_by_zxing,
    file_of,
    pdf_of,
    sheet,
    zipped,
)

ANNA, BEN = content("anna"), content("ben")


def turned(picture: Picture, degrees: float) -> Picture:
    padded = np.pad(picture, picture.shape[0] // 4, constant_values=255)
    middle = (padded.shape[1] / 2, padded.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    return np.asarray(cv2.warpAffine(padded, turn, padded.shape[::-1], borderValue=(255,)), np.uint8)


def on_transparent(picture: Picture, ink: int) -> bytes:
    """Only the modules are there; around and between them is nothing."""
    seen = 255 - picture
    return file_of(np.dstack([np.full_like(picture, ink)] * 3 + [seen]).astype(np.uint8))


PICTURES: dict[str, Callable[[], bytes]] = {
    "segno": lambda: file_of(drawn(ANNA)),
    "opencv": lambda: file_of(drawn_by_opencv(ANNA)),
    "zxing": lambda: file_of(drawn_by_zxing(ANNA)),
    "jpeg": lambda: file_of(drawn(ANNA, 3), ".jpg"),
    "one pixel a module": lambda: file_of(drawn(ANNA, 1)),
    "huge": lambda: file_of(drawn(ANNA, 40)),
    "no quiet zone": lambda: file_of(drawn(ANNA, border=0)),
    "inverted": lambda: file_of((255 - drawn(ANNA)).astype(np.uint8)),
    "inverted, no quiet zone": lambda: file_of((255 - drawn(ANNA, border=0)).astype(np.uint8)),
    "upside down": lambda: file_of(np.ascontiguousarray(drawn(ANNA)[::-1, ::-1])),
    "turned": lambda: file_of(turned(drawn(ANNA, 6), 33)),
    "mirrored": lambda: file_of(np.ascontiguousarray(drawn(ANNA)[:, ::-1])),
    "dark on nothing": lambda: on_transparent(drawn(ANNA), 0),
    "light on nothing": lambda: on_transparent(drawn(ANNA), 255),
    "pale": lambda: file_of((drawn(ANNA) // 8 + 200).astype(np.uint8)),
    "in a screenshot": lambda: file_of(np.pad(drawn(ANNA), ((300, 500), (900, 100)), constant_values=230)),
    "blurred": lambda: file_of(np.asarray(cv2.GaussianBlur(drawn(ANNA, 8), (0, 0), 4.0), np.uint8)),
}


@pytest.mark.parametrize("kind", list(PICTURES))
def test_one_code_is_read_from_pictures_of_every_kind(kind: str) -> None:
    assert only_code(PICTURES[kind]()) == ANNA


def test_letters_of_every_script_come_through() -> None:
    text = content("Žluťoučký 倉庫 ½")
    assert only_code(file_of(drawn(text))) == text


def test_two_codes_in_a_picture_are_an_error_that_says_so() -> None:
    with pytest.raises(BadPayload, match="2 QR codes are in this picture"):
        only_code(file_of(np.hstack([drawn(ANNA), drawn(BEN)])))


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (file_of(np.full((300, 300), 200, np.uint8)), "No QR code can be read"),
        (file_of(drawn(ANNA))[:200], "damaged"),
        (b"", "damaged"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\0\0\0\0", "more than 60 million pixels"),
    ],
)
def test_pictures_without_a_code_are_refused_without_harm(octets: bytes, says: str) -> None:
    with pytest.raises(BadPayload, match=says):
        only_code(octets)


# --- PDF ---------------------------------------------------------------------------------------------------------------------


def read(name: str, octets: bytes) -> list[Found]:
    found = list(codes_of_file(name, octets))
    assert all(isinstance(one, Found) for one in found), found
    return [one for one in found if isinstance(one, Found)]


def test_each_code_of_a_sheet_goes_with_the_text_beside_it() -> None:
    users = {name: content(str(at)) for at, name in enumerate(["Žofie Nováková", "anna@example.org", "Ben Fischer", "Åse Ødegård"])}
    found = read("all.pdf", sheet(users))
    assert {one.source for one in found} == {"all.pdf#1.1", "all.pdf#1.2", "all.pdf#1.3", "all.pdf#1.4"}
    for name, text in users.items():
        (one,) = [one for one in found if one.content == text]
        assert name in one.labels[0]
        assert not [other for other in users if other != name and other in one.labels[0]]


def test_a_page_of_one_code_has_all_its_text_and_the_file_s_name() -> None:
    (one,) = read("x/Anna Meier.pdf", sheet({"for Anna": ANNA}, columns=1, title="Company"))
    assert (one.content, one.source) == (ANNA, "x/Anna Meier.pdf#1")
    assert set(one.labels[0].split("\n")) == {"for Anna", "Company"}
    assert one.labels[1] == "Anna Meier"
    (bare,) = read("ben.pdf", pdf_of(BEN))
    assert (bare.content, bare.labels) == (BEN, ("ben",))


def test_pieces_of_a_word_are_put_together_and_columns_are_not() -> None:
    pieces = [Run("o", 30, 0, 35, 10), Run("Ž", 20, -2, 30, 10), Run("fie N.", 35, 0, 60, 10), Run("Ben", 90, 0, 110, 10)]
    assert {run.text for run in runs([*pieces, Run("below", 20, 14, 60, 24)])} == {"Žofie N.", "Ben", "below"}
    assert [run.text for run in runs([Run("Anna", 0, 0, 20, 10), Run("Meier", 24, 0, 50, 10)])] == ["Anna Meier"]


def test_what_is_no_pdf_inside_is_said() -> None:
    (one,) = codes_of_file("a.pdf", b"%PDF-1.7 and nothing more")
    assert str(one) == "a.pdf: It is no PDF that can be read. Export it again."


# --- JSON --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "labels"),
    [
        (json.loads(ANNA), ("export",)),
        ({"name": "enterprises/E/enrollmentTokens/1", "qrCode": ANNA}, ("enterprises/E/enrollmentTokens/1", "export")),
        ([{"user_email": "anna@example.org", "Name": "Anna", "qr_code": ANNA}], ("anna@example.org", "Anna", "export")),
        (
            {"results": [{"user": {"email": "anna@example.org"}, "payload": json.loads(ANNA)}], "count": 1},
            ("anna@example.org", "export"),
        ),
        ({"anna@example.org": json.loads(ANNA)}, ("anna@example.org", "export")),
    ],
)
def test_json_of_every_form_is_understood(document: object, labels: tuple[str, ...]) -> None:
    (one,) = read("export.json", json.dumps(document).encode("utf-16"))
    assert json.loads(one.content) == json.loads(ANNA)
    assert one.labels == labels


def test_several_entries_are_numbered_and_named_by_themselves_only() -> None:
    found = read("all.json", json.dumps({"u_1": ANNA, "u_2": BEN, "made": "2026-01-01"}).encode())
    assert [(one.source, one.labels, one.content) for one in found] == [("all.json#1", ("u_1",), ANNA), ("all.json#2", ("u_2",), BEN)]


@pytest.mark.parametrize(
    ("text", "says"), [("{", "no JSON"), ("[" * 100_000, "no JSON"), ("[]", "No code is in it"), ('{"a": 1}', "No code")]
)
def test_json_without_codes_is_said(text: str, says: str) -> None:
    (one,) = codes_of_file("a.json", text.encode())
    assert isinstance(one, Unread)
    assert says in str(one)


# --- folders and ZIP files ---------------------------------------------------------------------------------------------------


def test_a_folder_is_gone_through_and_what_is_something_else_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "ben@example.org").mkdir()
    (tmp_path / "anna.png").write_bytes(file_of(drawn(ANNA)))
    (tmp_path / "ben@example.org" / "qr.png").write_bytes(file_of(drawn(BEN)))
    (tmp_path / "readme.txt").write_text("hello", encoding="utf-8")
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    anna, ben, readme = codes_in([tmp_path])
    assert isinstance(anna, Found)
    assert isinstance(ben, Found)
    assert (anna.labels, ben.labels) == (("anna",), ("qr", "ben@example.org"))
    assert isinstance(readme, Unread)
    assert readme.harmless
    (named,) = codes_in([tmp_path / "readme.txt"])
    assert isinstance(named, Unread)
    assert not named.harmless


def test_a_zip_file_is_as_good_as_its_folder(tmp_path: Path) -> None:
    files = {
        "b/anna.png": file_of(drawn(ANNA)),
        "ben.pdf": pdf_of(BEN),
        "__MACOSX/b/._anna.png": b"x",
        "inner.zip": zipped({"a": b""}),
    }
    (tmp_path / "codes.zip").write_bytes(zipped(files))
    anna, ben, inner = codes_in([tmp_path / "codes.zip"])
    assert isinstance(anna, Found)
    assert isinstance(ben, Found)
    assert (anna.content, ben.content) == (ANNA, BEN)
    assert isinstance(inner, Unread)


def test_zip_files_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    whole = zipped({"anna.png": file_of(drawn(ANNA))})
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty").mkdir()
    locked = bytearray(whole)
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):  # the flags of APPNOTE 4.4.4, bit 0: encrypted
        locked[locked.index(mark) + (6 if mark == b"PK\x03\x04" else 8)] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    assert zipfile.ZipFile(tmp_path / "locked.zip").infolist()[0].flag_bits & 1
    said = [str(one) for one in codes_in([tmp_path / "cut.zip", tmp_path / "empty", tmp_path / "locked.zip", tmp_path / "gone.png"])]
    for one, part in zip(
        said, ["damaged ZIP", "no file in this folder", "locked with a password", "cannot be read: No such file"], strict=True
    ):
        assert part in one


def test_a_found_code_is_not_told_by_its_repr() -> None:
    (one,) = read("anna.png", file_of(drawn(ANNA)))
    assert "0123456789abcdef" not in repr(one)


def test_no_small_code_of_a_crowded_sheet_is_missed() -> None:
    """At the first resolution some of them are read and others are not."""
    users = {f"user{at}@example.org": content(f"user{at}") for at in range(24)}
    found = read("crowded.pdf", sheet(users, columns=4))
    assert {one.content: one.labels[0].split("\n")[0] for one in found} == {text: name for name, text in users.items()}


def test_a_page_that_lies_on_its_side_is_read_with_its_text() -> None:
    document = pypdfium2.PdfDocument(sheet({"Anna Meier": ANNA, "Ben Otto": BEN}))
    document[0].set_rotation(90)
    turned_page = io.BytesIO()
    document.save(turned_page)
    document.close()
    found = read("side.pdf", turned_page.getvalue())
    assert {one.content: one.labels[0].split("\n")[0] for one in found} == {ANNA: "Anna Meier", BEN: "Ben Otto"}
