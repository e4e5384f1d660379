"""The code that is drawn: its text, the symbol as a reader that did not draw it sees it, and which of its modules can differ."""

from __future__ import annotations

import itertools
import json
import random
import re
import string
import traceback

import numpy as np
import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hardware.simulated import android
from station.domain.errors import BadPayload
from station.domain.payload import ADMIN, BUNDLE, PREFIX, TOKEN, Link, Payload, parse, serialise, with_extras
from station.domain.policy import Mode
from station.domain.symbol import QUIET_ZONE, KnownSymbol, draw

STEADY = settings(deadline=None, derandomize=True)
ALNUM = string.ascii_letters + string.digits
HUSHED = "ThisIsNotToBeTold"
WIFI = {"WIFI_SSID": "Wärehouse", "WIFI_SECURITY_TYPE": "WPA", "WIFI_PASSWORD": HUSHED}
EAP = {"WIFI_SSID": "Corp", "WIFI_SECURITY_TYPE": "EAP", "WIFI_EAP_METHOD": "PEAP", "WIFI_PHASE2_AUTH": "MSCHAPV2"}


def code(value: str = "ABCDEFGHIJKLMNOPQRST") -> str:
    """What the Android Management API gives as an enrollment token's `qrCode`."""
    entries = {
        ADMIN: "com.google.android.apps.work.clouddpc/.receivers.CloudDeviceAdminReceiver",
        PREFIX + "DEVICE_ADMIN_SIGNATURE_CHECKSUM": "I5YvS0O5hXY46mb01BlRjq4oJJGs2kuUcHvVkAPEXlg",
        PREFIX + "DEVICE_ADMIN_PACKAGE_DOWNLOAD_LOCATION": "https://play.google.com/managed/downloadManagingApp?identifier=setup",
        BUNDLE: {TOKEN: value},
    }
    return json.dumps(entries, indent=1)


def payload(**extras: object) -> Payload:
    return with_extras(parse(code()), extras, Mode.FULLY_MANAGED)


def read(symbol: KnownSymbol) -> bytes:
    """The symbol, dark on light with its quiet zone, as zxing-cpp reads it."""
    dark = np.frombuffer(symbol.modules, np.uint8).reshape(symbol.size, symbol.size)
    picture = np.kron(np.pad(255 * (1 - dark), QUIET_ZONE, constant_values=255), np.ones((4, 4), np.uint8))
    (found,) = zxingcpp.read_barcodes(
        np.ascontiguousarray(picture, np.uint8), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    assert found.ec_level == symbol.level
    return bytes(found.bytes)


# --- the text ----------------------------------------------------------------------------------------------------------------


def test_the_text_is_compact_and_keeps_letters_of_every_script() -> None:
    text = serialise(payload(WIFI_SSID="Žluťoučký 倉庫"))
    assert "Žluťoučký 倉庫" in text
    assert ", " not in text
    assert '": ' not in text
    assert len(text) == len(json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False))


def test_all_24_key_orders_differ_and_mean_the_same() -> None:
    taken = payload(**WIFI, LOCALE="en_GB")
    texts = [serialise(taken, order) for order in range(24)]
    assert len(set(texts)) == 24
    assert {len(text) for text in texts} == {len(texts[0])}
    meanings = [android.check(text) for text in texts]
    for text, meaning in zip(texts, meanings, strict=True):
        assert json.loads(text) == taken.entries
        assert meaning == meanings[0]
    assert serialise(taken, 24) == texts[0]


@pytest.mark.parametrize(("keys", "orders"), [(1, 1), (2, 2), (3, 6), (4, 24), (9, 24)])
def test_a_code_of_few_keys_has_fewer_orders(keys: int, orders: int) -> None:
    small = Payload({ADMIN: "a/.B", **{f"key{at}": at for at in range(1, keys)}})
    assert len({serialise(small, order) for order in range(24)}) == orders


def test_extras_change_their_places_too() -> None:
    """So that codes with many extras differ as much as those without."""
    taken = payload(**WIFI, LOCALE="en_GB", TIME_ZONE="Europe/London")
    for key in taken.entries:
        assert len({list(json.loads(serialise(taken, order))).index(key) for order in range(24)}) > 3


# --- the symbol --------------------------------------------------------------------------------------------------------------


def bare(**extras: object) -> Payload:
    """Without a token, so that no family is drawn: quicker."""
    return with_extras(Payload({**parse(code()).entries, BUNDLE: {}}), extras, Mode.FULLY_MANAGED)


@pytest.mark.parametrize(("level", "mask"), itertools.product("LM", range(8)))
def test_another_library_reads_back_every_octet(level: str, mask: int) -> None:
    taken, order = bare(**WIFI), 3 * mask + (level == "M")
    symbol = draw(taken, order=order, mask=mask, level=level)
    assert (symbol.mask, symbol.level, symbol.size) == (mask, level, 17 + 4 * symbol.version)
    assert len(symbol.modules) == len(symbol.varies) == symbol.size**2
    assert set(symbol.modules) == {0, 1}
    assert read(symbol) == serialise(taken, order).encode()


def test_another_library_reads_the_token() -> None:
    value = "a1B2c3D4e5F6g7H8i9J0"
    symbol = draw(parse(code(value)), order=9, mask=4)
    assert android.check(read(symbol).decode()).token == value


@pytest.mark.parametrize(
    "name", ["Café", "é", "ÿ", "Zoë’s", "Škoda", "倉庫", "Склад", "מחסן", "مستودع", "📱📦", "日本語 Ä", "\x7f\x01", '"\\/']
)
def test_a_network_name_of_any_script_is_read_back(name: str) -> None:
    taken = bare(WIFI_SSID=name)
    seen = read(draw(taken))
    assert seen == serialise(taken).encode()
    assert json.loads(seen)[PREFIX + "WIFI_SSID"] == name


@settings(STEADY, max_examples=25)
@given(st.text(min_size=1, max_size=8))
def test_any_network_name_is_read_back(name: str) -> None:
    taken = Payload({ADMIN: "a/.B", PREFIX + "WIFI_SSID": name})
    assert read(draw(taken, mask=0)) == serialise(taken).encode()


@pytest.mark.parametrize("level", "LMQH")
@pytest.mark.parametrize("extras", [{}, WIFI, {**EAP, "WIFI_CA_CERTIFICATE": "M" * 300}])
def test_a_symbol_is_as_small_as_the_encoders_own_choice(level: str, extras: dict[str, object]) -> None:
    taken = bare(**extras)
    own = segno.make_qr(serialise(taken).encode(), error=level)
    for order, mask in ((0, None), (5, 3), (23, 7)):
        assert draw(taken, order=order, mask=mask, level=level).version == own.version


@pytest.mark.parametrize(("extras", "version"), [({}, 16), ({**WIFI, "WIFI_SSID": "Warehouse-Wifi", "WIFI_PASSWORD": "x" * 20}, 19)])
def test_the_services_own_code_has_the_size_that_the_screen_is_planned_for(extras: dict[str, object], version: int) -> None:
    assert draw(payload(**extras)).version == version


def test_the_level_is_the_one_asked_for_although_a_higher_one_would_fit_the_same_size() -> None:
    """80 octets: a version 5 symbol has room for 106 at level L and for 84 at level M (ISO/IEC 18004, table 7)."""
    taken = Payload({ADMIN: "a/.B".ljust(80 - len(serialise(Payload({ADMIN: ""}))), "x")})
    assert draw(taken, level="L").version == draw(taken, level="M").version == 5
    assert read(draw(taken, level="L")) == serialise(taken).encode()


def test_a_symbol_does_not_show_its_modules() -> None:
    symbol = draw(bare())
    assert not {"modules", "varies", "relatives"} & set(re.findall(r"\w+", repr(symbol)))
    assert "x01" not in repr(symbol)


def test_without_a_mask_the_encoder_chooses_one_and_says_which() -> None:
    free = draw(bare(WIFI_SSID="Net"))
    fixed = draw(bare(WIFI_SSID="Net"), mask=free.mask)
    assert free == fixed


@pytest.mark.parametrize(("level", "octets"), [("L", 2953), ("M", 2331), ("Q", 1663), ("H", 1273)])
def test_content_that_fits_no_symbol_is_refused_without_quoting_it(level: str, octets: int) -> None:
    """The most octets that a symbol can hold: ISO/IEC 18004, table 7, version 40."""
    empty = Payload({ADMIN: "a/.B", "note": ""})
    note = (HUSHED * 200)[: octets - len(serialise(empty))]
    assert draw(Payload({**empty.entries, "note": note}), mask=0, level=level).version == 40
    with pytest.raises(BadPayload, match=f"too long for a QR symbol of level {level}") as caught:
        draw(Payload({**empty.entries, "note": note + "x"}), mask=0, level=level)
    assert HUSHED not in "".join(traceback.format_exception(caught.value))


def test_half_a_character_in_the_services_code_is_refused_without_quoting_it() -> None:
    broken = Payload({ADMIN: "a/.B", "note": f"{HUSHED}\ud800"})
    with pytest.raises(BadPayload, match="half a character") as caught:
        draw(broken)
    assert HUSHED not in "".join(traceback.format_exception(caught.value))


# --- what varies -----------------------------------------------------------------------------------------------------------


def differing(one: bytes, two: bytes) -> NDArray[np.bool_]:
    return np.not_equal(np.frombuffer(one, np.uint8), np.frombuffer(two, np.uint8))


def varying(symbol: KnownSymbol) -> NDArray[np.bool_]:
    return np.frombuffer(symbol.varies, np.uint8).astype(np.bool_)


def within(one: KnownSymbol, two: KnownSymbol) -> bool:
    """Whether they differ, and only where the first one varies."""
    differs = differing(one.modules, two.modules)
    return bool(differs.any() and not (differs & ~varying(one)).any())


FLIPS = "psuyaQ1"
"""`q` with one of its seven bits the other way round each: together they reach every bit that tells two tokens apart."""


@pytest.mark.parametrize(("length", "order", "level"), [(9, 17, "M")])
def test_varies_marks_exactly_the_modules_that_a_bit_of_the_token_can_turn(length: int, order: int, level: str) -> None:
    """A symbol's modules depend linearly on its bits, so what single bits turn is all that any two tokens can differ in."""

    def modules(token: str) -> bytes:
        # drawn by the encoder itself: `draw` would make out the family each time
        text = serialise(parse(code(token)), order)
        matrix = segno.make_qr(text.encode(), error=level, mask=2, mode="byte", boost_error=False).matrix
        return b"".join(bytes(row) for row in matrix)

    base = modules("q" * length)
    turned = np.zeros(len(base), np.bool_)
    for place, letter in itertools.product(range(length), FLIPS):
        turned |= differing(base, modules("q" * place + letter + "q" * (length - place - 1)))
    symbol = draw(parse(code("q" * length)), order=order, mask=2, level=level)
    assert symbol.modules == base
    assert (varying(symbol) == turned).all()
    assert 7 * length < turned.sum() < 0.1 * symbol.size**2
    for other in symbol.relatives:
        assert not (differing(base, np.unpackbits(np.frombuffer(other, np.uint8), count=len(base)).tobytes()) & ~turned).any()


def test_any_two_tokens_of_a_family_differ_only_where_it_varies() -> None:
    dealer = random.Random(7)
    tokens = ["".join(dealer.choices(ALNUM, k=20)) for _ in range(40)]
    symbols = [draw(with_extras(parse(code(token)), WIFI, Mode.WPCO), order=13, mask=5) for token in tokens]
    assert len({symbol.varies for symbol in symbols}) == 1
    for one, two in itertools.combinations(symbols, 2):
        assert within(one, two)
        assert differing(one.modules, two.modules).sum() > 100


def test_a_token_of_one_letter_or_with_quotation_marks_is_found_in_the_right_place() -> None:
    for one, two in (("A", "B"), ('a"b"c', 'x"y"z'), ("ÄÖÜ", "ÄÖß")):
        symbols = [draw(Payload({ADMIN: "a/.B", BUNDLE: {TOKEN: token}}), mask=1) for token in (one, two)]
        assert symbols[0].varies == symbols[1].varies
        assert within(*symbols)


def test_a_run_of_the_same_letters_elsewhere_is_not_taken_for_the_token() -> None:
    extras: dict[str, object] = {"before.all": "A" * 40}
    first = Payload({**extras, ADMIN: "a/.B", BUNDLE: {TOKEN: "abcdefghij"}})
    second = Payload({**extras, ADMIN: "a/.B", BUNDLE: {TOKEN: "ABCDE12345"}})
    symbols = [draw(one, mask=1) for one in (first, second)]
    assert within(*symbols)


def test_a_code_without_a_token_of_its_own_varies_nowhere() -> None:
    """All phones share it, so there is nothing to tell users apart by."""
    for shared in (bare(WIFI_SSID="Net"), parse(code("")), Payload({ADMIN: "a/.B", BUNDLE: HUSHED})):
        symbol = draw(shared)
        assert not varying(symbol).any()
        assert symbol.relatives == ()
        assert len(symbol.varies) == symbol.size**2


def test_neighbours_with_other_key_orders_and_masks_differ_ten_times_more() -> None:
    one = draw(parse(code("a1B2c3D4e5F6g7H8i9J0")), order=4, mask=4)
    alike = draw(parse(code("K0l9M8n7P6q5R4s3T2u1")), order=4, mask=4)
    dealt = draw(parse(code("K0l9M8n7P6q5R4s3T2u1")), order=5, mask=5)
    few, many = differing(one.modules, alike.modules).sum(), differing(one.modules, dealt.modules).sum()
    assert few < 0.05 * one.size**2
    assert many > 10 * few


def test_another_agents_code_varies_where_it_is_told_to() -> None:
    bundle = {"server": "https://console.example.org/enrollment", "who": {"id": "aB3dE6gH9jK2"}}
    told = draw(Payload({ADMIN: "a/.B", BUNDLE: bundle}, varying=(BUNDLE, "who", "id")))
    other = draw(Payload({ADMIN: "a/.B", BUNDLE: {**bundle, "who": {"id": "zZ9yY8xX7wW6"}}}), mask=told.mask)
    same_mask = draw(Payload({ADMIN: "a/.B", BUNDLE: bundle}, varying=(BUNDLE, "who", "id")), mask=told.mask)
    moved = differing(same_mask.modules, other.modules)
    assert moved.any()
    assert not (moved & ~varying(same_mask).ravel().astype(bool)).any()


def test_without_being_told_the_longest_text_for_the_agent_counts() -> None:
    symbol = draw(Payload({ADMIN: "a/.B", BUNDLE: {"short": "abc", "id": "aB3dE6gH9jK2"}}))
    assert varying(symbol).any()


def test_a_link_varies_in_its_token_alone() -> None:
    base = "https://enterprise.google.com/android/enroll?et="
    one, two = (draw(Link(base + token), mask=3) for token in ("ABCDEFGHIJKLMNOPQRST", "abcdefghijklmnopqrst"))
    assert read(one) == (base + "ABCDEFGHIJKLMNOPQRST").encode()
    assert not (differing(one.modules, two.modules) & ~varying(one).ravel().astype(bool)).any()
    assert "ABCDEF" not in repr(Link(base + "ABCDEFGHIJKLMNOPQRST"))
