"""Labels on boxes: serial numbers and IMEIs, and everything that is neither."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.errors import BadLabel
from station.domain.identity import Label, luhn, read_label, row_name

STEADY = settings(deadline=None, derandomize=True, max_examples=200)
IMEI = "490154203237518"  # the example of 3GPP TS 23.003, annex B


@st.composite
def imeis(draw: st.DrawFn) -> str:
    body = draw(st.text("0123456789", min_size=14, max_size=14))
    return next(body + check for check in "0123456789" if luhn(body + check))


def test_the_standards_own_example_holds() -> None:
    assert luhn(IMEI)
    assert read_label(IMEI) == Label("imei", IMEI)


@STEADY
@given(imei=imeis(), place=st.integers(0, 14), more=st.integers(1, 9))
def test_an_imei_with_one_wrong_digit_is_told_to_be_misread(imei: str, place: int, more: int) -> None:
    wrong = imei[:place] + str((int(imei[place]) + more) % 10) + imei[place + 1 :]
    assert read_label(imei) == Label("imei", imei)
    with pytest.raises(BadLabel, match="misread"):
        read_label(wrong)


@STEADY
@given(imei=imeis(), place=st.integers(0, 13))
def test_two_neighbouring_digits_in_the_wrong_order_are_noticed_unless_they_are_zero_and_nine(imei: str, place: int) -> None:
    one, two = imei[place], imei[place + 1]
    swapped = imei[:place] + two + one + imei[place + 2 :]
    assert luhn(swapped) == (one == two or {one, two} == {"0", "9"})


def test_each_body_of_fourteen_digits_has_exactly_one_check_digit() -> None:
    for body in ("49015420323751", "0" * 14, "9" * 14, "35693803564380"):
        assert sum(luhn(body + check) for check in "0123456789") == 1


def test_sixteen_digits_are_an_imei_with_software_version() -> None:
    with pytest.raises(BadLabel, match="software version"):
        read_label("4901542032375182")


def test_fourteen_digits_are_a_serial_number_as_some_makers_have_them() -> None:
    assert read_label("17013522508323") == Label("serial", "17013522508323")


@pytest.mark.parametrize("text", ["96385074", "036000291452", "4006381333931"])
def test_the_article_number_is_refused_with_what_to_scan_instead(text: str) -> None:
    with pytest.raises(BadLabel, match="article number") as caught:
        read_label(text)
    assert "S/N" in caught.value.remedy


@pytest.mark.parametrize("text", ["R58M315CL4T", "r58m315cl4t", "AbCd", "X1/2_3.4-5", "0123456789", "A" * 32])
def test_a_serial_number_keeps_its_letters_case(text: str) -> None:
    assert read_label(text) == Label("serial", text)


@pytest.mark.parametrize("text", [f" {IMEI}\r\n", f"\t{IMEI}", f"{IMEI}\x1e"])
def test_what_a_scanner_adds_around_the_label_is_dropped(text: str) -> None:
    assert read_label(text) == Label("imei", IMEI)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "abc",  # too short
        "A" * 33,  # too long
        "-R58M315",
        "R58M 315CL4T",
        "R58M\n315CL4T",
        "R58M\x1d315CL4T",  # GS1's separator: several values in one symbol
        "R58M\x00315",
        "R58M\x1b[31m",
        "]C1R58M315",
        "https://example.com/x",
        "Ä58M315CL4T",
        "\u0664\u0669\u0660\u0661\u0665\u0664\u0662\u0660\u0663\u0662\u0663\u0667\u0665\u0661\u0668",  # the IMEI in Arabic digits
        "\uff14\uff19\uff10\uff11\uff15\uff14\uff12\uff10\uff13\uff12\uff13\uff17\uff15\uff11\uff18",  # and in full-width ones
        "49015420323751\u00b2",
        "\u202eR58M315CL4T",
    ],
)
def test_what_is_no_label_is_refused_in_one_printable_line(text: str) -> None:
    with pytest.raises(BadLabel) as caught:
        read_label(text)
    assert str(caught.value).isprintable()
    assert caught.value.remedy


def test_a_long_text_is_quoted_in_part_only() -> None:
    with pytest.raises(BadLabel) as caught:
        read_label("x" * 10_000)
    assert len(str(caught.value)) < 200


def answered(text: str) -> tuple[Label | None, str]:
    try:
        return read_label(text), ""
    except BadLabel as why:
        return None, str(why)


@STEADY
@given(st.text(max_size=40))
def test_any_text_is_a_label_fit_for_print_or_refused(text: str) -> None:
    label, refused = answered(text)
    assert refused.isprintable()
    if label is None:
        return
    assert label.value == text.strip()
    assert label.value.isascii()
    assert label.value.isprintable()
    assert (label.kind == "imei") == (len(label.value) == 15 and label.value.isdigit())


@STEADY
@given(st.text("0123456789", min_size=15, max_size=15))
def test_fifteen_digits_are_an_imei_or_nothing(text: str) -> None:
    if luhn(text):
        assert read_label(text).kind == "imei"
    else:
        with pytest.raises(BadLabel):
            read_label(text)


@pytest.mark.parametrize(
    ("naming", "known", "name"),
    [
        ("sequence", {"serial": "SN1", "day": "2026-11-22"}, "DEMO-7"),
        ("serial", {"serial": "SN1"}, "DEMO-SN1"),
        ("serial", {}, "DEMO-7"),
        ("date", {"day": "2026-11-22"}, "DEMO-2026-11-22-7"),
        ("date", {}, "DEMO-7"),
    ],
)
def test_a_row_of_a_generic_batch_is_called_by_what_is_known(naming: str, known: dict[str, str], name: str) -> None:
    assert row_name("DEMO-", naming, 7, **known) == name
