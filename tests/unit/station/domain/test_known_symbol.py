"""Symbols of texts and modules that come from outside: drawn from a text, or taken as somebody else drew them."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest
import segno
import zxingcpp
from numpy.typing import NDArray

from station.domain.errors import BadPayload
from station.domain.family import layout
from station.domain.foreign import foreign, padded
from station.domain.payload import ADMIN, BUNDLE, TOKEN, Payload, serialise
from station.domain.symbol import KnownSymbol, draw, known

VALUE = "a1B2c3D4e5F6g7H8i9J0"
CONTENT = Payload({ADMIN: "a/.B", "note": "n" * 120, BUNDLE: {TOKEN: VALUE, "last": "z" * 60}})
TEXT = serialise(CONTENT).encode()
PLACE = range(TEXT.index(VALUE.encode()), TEXT.index(VALUE.encode()) + 20)


def another_drawing(text: str, level: str) -> NDArray[np.uint8]:
    """By an encoder that fills up to the letter of the standard; shape (size, size), 1 is dark."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    return np.asarray(np.array(barcode.to_image(scale=1, add_quiet_zones=False)) == 0, np.uint8)


def segnos(content: Any, **how: Any) -> NDArray[np.uint8]:
    return np.array([list(row) for row in segno.make_qr(content, **how).matrix], np.uint8)


def taken(modules: NDArray[np.uint8], varies: range | None = None) -> KnownSymbol:
    return foreign(modules.tobytes(), len(modules), varies)


def turned_places(symbol: KnownSymbol) -> NDArray[np.bool_]:
    return np.frombuffer(symbol.varies, np.uint8).astype(np.bool_)


# --- from a text --------------------------------------------------------------------------------------------------------------


def test_the_token_is_found_in_our_own_content_and_gives_our_own_drawing() -> None:
    ours = draw(CONTENT, mask=5, level="M")
    assert known(TEXT, "M", 5) == ours
    assert known(TEXT, "M", 5, PLACE) == ours


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(CONTENT.entries, indent=2),
        f"{TOKEN}={VALUE}\nlast=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        f"{{'{TOKEN}': '{VALUE}', 'last': '{30 * 'z'}'}}",
        f"https://example.com/?{TOKEN}={VALUE}&last={30 * 'z'}",
    ],
)
def test_the_token_is_found_by_its_keys_name_in_other_notations(text: str) -> None:
    start = text.encode().index(VALUE.encode())
    assert known(text.encode(), "L", 2) == known(text.encode(), "L", 2, range(start, start + 20))


def test_without_a_token_the_end_of_the_text_varies() -> None:
    text = b"https://example.com/ticket/" + b"q" * 40
    assert known(text, "Q", 1) == known(text, "Q", 1, range(len(text) - 20, len(text)))
    assert known(b"short", "Q", 1) == known(b"short", "Q", 1, range(5))


@pytest.mark.parametrize("varies", [range(5, 5), range(-1, 4), range(60, 67), range(0, 10, 2)])
def test_octets_outside_of_the_text_are_refused(varies: range) -> None:
    with pytest.raises(BadPayload, match="not inside of a content that is 66 long"):
        known(b"x" * 66, "L", 0, varies)
    with pytest.raises(BadPayload, match="not inside of the symbol's content, which has 66"):
        taken(segnos(b"x" * 66, mode="byte", error="L", boost_error=False), varies)


def test_a_text_that_fits_no_symbol_is_refused() -> None:
    with pytest.raises(BadPayload, match="too long for a QR symbol of level H"):
        known(b"x" * 1274, "H")


# --- as somebody drew it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "mask"), [("L", 0), ("M", 1), ("Q", 2), ("H", 3), ("L", 4), ("M", 5), ("Q", 6), ("H", 7)])
def test_our_own_drawing_is_taken_for_what_it_is(level: str, mask: int) -> None:
    ours = draw(CONTENT, mask=mask, level=level)
    theirs = foreign(ours.modules, ours.size, PLACE)
    assert theirs == ours


@pytest.mark.parametrize(("length", "level"), [(30, "H"), (50, "Q"), (200, "M"), (456, "L"), (456, "M"), (900, "Q"), (1100, "H")])
def test_another_encoders_drawing_is_ours_but_for_the_padding(length: int, level: str) -> None:
    text = "".join(random.Random(length).choices('abcdefghijklmnopqrstuvwxyz{}",', k=length))
    theirs = taken(another_drawing(text, level))
    assert (theirs.level, theirs.size) == (level, 17 + 4 * theirs.version)
    ours = known(text.encode(), level, theirs.mask)
    assert ours.modules != theirs.modules
    assert padded(ours) == theirs


def test_format_information_may_have_three_wrong_bits() -> None:
    modules = segnos(TEXT, mode="byte", error="M", mask=6, boost_error=False)
    whole = taken(modules)
    for column in (0, 2, 5):
        modules[8, column] ^= 1
    for row in (-1, -3, -5):
        modules[row, 8] ^= 1
    assert (taken(modules).level, taken(modules).mask) == (whole.level, whole.mask) == ("M", 6)
    modules[8, :9] ^= 1  # the other copy is enough
    assert taken(modules).mask == 6


@pytest.mark.parametrize(
    ("content", "begin", "how", "count"),
    [
        ("0123456789" * 9, "908172", {"mode": "numeric"}, 90 * 10 // 3 // 8),
        ("0123456789" * 9 + "12", "908172", {"mode": "numeric"}, (90 * 10 // 3 + 7) // 8),
        ("ABC $%*+-./:" * 6 + "X", "Q10R::", {"mode": "alphanumeric"}, (36 * 11 + 6) // 8),
        ("点茗" * 20, "茗点茗点茗点", {"mode": "kanji"}, 40 * 13 // 8),
        ("Größe " * 20, "größer", {"mode": "byte", "encoding": "utf-8", "eci": True}, 8 * 20),
    ],
)
@pytest.mark.parametrize("version", [9, 26, 27])
def test_content_in_any_mode_varies_where_its_bits_are(
    content: str, begin: str, how: dict[str, Any], count: int, version: int
) -> None:
    modules = segnos(content, error="L", version=version, boost_error=False, mask=6, **how)
    whole, last = taken(modules, range(count)), taken(modules)
    assert last == taken(modules, range(count - 20, count))
    with pytest.raises(BadPayload, match=f"which has {count}"):
        taken(modules, range(count + 1))
    other = segnos(begin + content[len(begin) :], error="L", version=version, boost_error=False, mask=6, **how)
    differs = (modules != other).ravel()
    assert differs.any()
    assert not (differs & ~turned_places(whole)).any()
    assert not (turned_places(last) & ~turned_places(whole)).any()


def test_of_several_segments_the_longest_is_taken() -> None:
    modules, other = (segnos(["0" * 40, "x" * 49 + last], error="M", boost_error=False, mask=1) for last in "xy")
    seen = taken(modules, range(49, 50))
    assert not ((modules != other).ravel() & ~turned_places(seen)).any()
    with pytest.raises(BadPayload, match="which has 50"):
        taken(modules, range(51))


def test_a_content_that_cannot_be_read_makes_a_family_all_the_same() -> None:
    """Modules as a picture gave them, with wrong ones among them: where the header is spoilt the content's place is not known."""
    modules = segnos(TEXT, mode="byte", error="M", mask=6, boost_error=False)
    plan = layout((len(modules) - 17) // 4, "M")
    spoilt = modules.ravel().copy()
    spoilt[list(plan.places[:8])] ^= 1
    symbol = foreign(spoilt.tobytes(), len(modules))
    assert symbol.modules == spoilt.tobytes()
    assert turned_places(symbol).sum() > 200
    assert len(symbol.relatives) > 200
    with pytest.raises(BadPayload, match=r"does not know|longer than the symbol"):
        foreign(spoilt.tobytes(), len(modules), range(5))


def test_a_short_content_varies_as_far_as_a_token_would_reach() -> None:
    short, longer = taken(segnos(b"hello", mode="byte", version=4, mask=0)), taken(segnos(b"x" * 20, mode="byte", version=4, mask=0))
    assert (turned_places(short) | turned_places(longer)).sum() == turned_places(short).sum()


@pytest.mark.parametrize(
    ("modules", "size"),
    [(bytes(17 * 17), 17), (bytes(23 * 23), 23), (bytes(181 * 181), 181), (bytes(21 * 20), 21), (b"\2" * 441, 21), (b"", 0)],
)
def test_what_is_no_qr_symbol_is_refused(modules: bytes, size: int) -> None:
    with pytest.raises(BadPayload, match="no QR symbol"):
        foreign(modules, size)


@pytest.mark.parametrize("mask", range(8))
@pytest.mark.parametrize("level", "LMQH")
def test_a_mirrored_or_turned_symbol_is_refused_with_a_hint(level: str, mask: int) -> None:
    modules = segnos(b"x" * 30, mode="byte", error=level, mask=mask, boost_error=False)
    assert (taken(modules).level, taken(modules).mask) == (level, mask)
    for wrong in (modules.T, np.fliplr(modules), np.rot90(modules), np.rot90(modules, 2), 1 - modules):
        with pytest.raises(BadPayload, match="no finder patterns, or no format information") as caught:
            taken(np.ascontiguousarray(wrong))
        assert "mirrored" in caught.value.remedy


def test_a_micro_qr_code_is_none() -> None:
    modules = np.array([list(row) for row in segno.make_micro("12345").matrix], np.uint8)
    with pytest.raises(BadPayload, match="no QR symbol"):
        taken(modules)
