"""How far the codes of a batch are from each other as they are dealt, and that a phone reads the same from each."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable

import numpy as np
import pytest
import segno

from hardware.simulated import android
from station.domain.dealing import DEALT, HALVES, Form, deal, other_form
from station.domain.payload import ADMIN, BUNDLE, TOKEN, Payload, serialise
from station.domain.symbol import KnownSymbol, draw
from tests.benchmarks import dealing
from tests.benchmarks.dealing import BASE, DPC, PLAIN, SMALL, WARM, Apart, Content, dealt_apart, default_apart, drawn, packed, tokens
from tests.unit.station.domain.test_payload_symbol import read

NEAR = 10
ATTEMPTS = range(1, 8)


def forms_of(position: int) -> set[Form]:
    """All that a place in the batch can get."""
    return {form for number in ATTEMPTS for form in deal(position, number)}


def apart(one: KnownSymbol, two: KnownSymbol) -> int:
    return int(np.not_equal(np.frombuffer(one.modules, np.uint8), np.frombuffer(two.modules, np.uint8)).sum())


# --- the rule -----------------------------------------------------------------------------------------------------------------


def test_no_neighbour_gets_a_form_of_this_code_at_whatever_attempt() -> None:
    for position in range(1, 49):
        assert len(forms_of(position)) == 8
        for step in range(1, NEAR + 1):
            assert not forms_of(position) & forms_of(position + step)


def test_all_classes_are_dealt_before_one_comes_again() -> None:
    met = [forms_of(position) for position in range(1, 13)]
    assert len(set().union(*met)) == 96
    assert forms_of(13) == forms_of(1)


def test_four_attempts_of_one_user_get_four_masks_and_a_fifth_one_begins_anew() -> None:
    for position in (1, 2, 777):
        assert len({deal(position, number)[0].mask for number in range(1, 5)}) == 4
        assert deal(position, 5) == deal(position, 1)


def test_consecutive_codes_never_share_a_mask() -> None:
    for position in range(24):
        here, there = ({form.mask for form in forms_of(place)} for place in (position, position + 1))
        assert not here & there


def test_the_two_forms_differ_in_order_and_mask_and_the_second_follows_from_the_first() -> None:
    for position, number in itertools.product(range(24), ATTEMPTS):
        first, second = deal(position, number)
        assert second == other_form(first)
        assert first.key_order != second.key_order
        assert first.mask != second.mask


def test_any_form_that_a_ledger_may_hold_has_another_one() -> None:
    """Also those that are not dealt (any more)."""
    for order, mask in itertools.product(range(24), range(8)):
        other = other_form(Form(order, mask))
        assert 0 <= other.key_order < 24
        assert other.key_order != order
        assert other.mask in next(half for half in HALVES if mask in half)
        assert other.mask != mask


def test_no_two_dealt_orders_agree_in_more_than_one_place() -> None:
    orders = list(itertools.permutations(range(4)))
    assert len(DEALT) == 12
    for one, two in itertools.combinations(DEALT, 2):
        assert sum(a == b for a, b in zip(orders[one], orders[two], strict=True)) <= 1


# --- what a phone reads -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("content", "level"), [(PLAIN, "L"), (WARM, "M"), (DPC, "L")])
def test_a_phone_reads_the_same_keys_and_values_from_every_form(content: Content, level: str) -> None:
    """With another library than the one that drew; and no form is larger than the encoder's own choice would be."""
    payload = content.payload("a1B2c3D4e5F6g7H8i9J0")
    own = segno.make_qr(serialise(payload).encode(), error=level, mode="byte", boost_error=False)
    meaning = android.check(serialise(payload))
    for position in (*range(1, 13), 9_999):
        for form in deal(position, position % 4 + 1):
            symbol = draw(payload, order=form.key_order, mask=form.mask, level=level)
            text = read(symbol).decode()
            assert json.loads(text) == payload.entries
            assert android.check(text) == meaning
            assert symbol.version == own.version


# --- a batch of ten thousand --------------------------------------------------------------------------------------------------


def test_codes_of_a_batch_are_what_would_be_drawn_one_by_one() -> None:
    """The figures below come from XORs of bit arrays: here they are held against drawings."""
    values = tokens(2_000, seed=3)
    forms = [deal(position, position % 4 + 1)[position % 2] for position in range(1, 2_001)]
    codes = drawn(WARM, "L", forms, values)
    for place in range(7, 2_000, 331):
        form = forms[place]
        one = draw(WARM.payload(values[place].tobytes().decode()), order=form.key_order, mask=form.mask)
        assert (packed(one.modules) == codes[place]).all()


def test_the_mask_that_an_encoder_would_choose_is_known() -> None:
    values = tokens(12, seed=4)
    codes = drawn(PLAIN, "L", [Form(0, 0)] * 12, values)
    chosen = dealing.chosen_masks(dealing.base(PLAIN, "L", Form(0, 0)), codes)
    own = [segno.make_qr(serialise(PLAIN.payload(row.tobytes().decode())), error="L", boost_error=False).mask for row in values]
    assert list(chosen) == own
    assert len(set(own)) > 1


def test_a_batch_of_ten_thousand_beside_an_encoders_defaults(record_property: Callable[[str, object], None]) -> None:
    """The smallest content, with which codes differ least. Each user is at any of four attempts."""
    ours, theirs = dealt_apart(SMALL, "L"), default_apart(SMALL, "L")
    for name, found in (("dealt", ours), ("defaults", theirs)):
        for what, values in (("consecutive", found.consecutive), ("near", found.near), ("forms", found.forms)):
            if values.size:
                record_property(f"{name} {what}", dealing.figures(values))
                print(f"{name:9} {what:12} {dealing.figures(values)}")
    assert ours.version == theirs.version == 14
    kept(ours)
    assert np.median(theirs.near) < 200
    assert np.median(ours.near) > 10 * np.median(theirs.near)
    assert ours.near.size == 4 * sum(dealing.BATCH - step for step in range(1, NEAR + 1))


@pytest.mark.parametrize(("content", "level"), [(PLAIN, "L"), (PLAIN, "M"), (WARM, "L"), (dealing.DPC, "L")])
def test_what_is_promised_holds_for_other_contents_and_levels(content: Content, level: str) -> None:
    kept(dealt_apart(content, level, count=1_000, seed=7))


def kept(found: Apart) -> None:
    """The promise, in modules."""
    assert found.near.min() >= 1_000
    assert found.consecutive.min() >= 1_400
    assert found.forms.min() >= 1_400
    # and what the dealing really gives, so that a worse one is noticed
    assert found.consecutive.min() >= 2_000
    assert found.forms.min() >= 2_000


def test_every_other_code_differs_in_what_its_token_gives() -> None:
    """A class comes again: then the tokens alone tell the codes apart."""
    values = tokens(3_000, seed=8)
    form = deal(1, 1)[0]
    codes = drawn(PLAIN, "L", [form] * len(values), values)
    alike = dealing.distances(codes[:-1], codes[1:])
    assert alike.min() > 80
    assert np.median(alike) > 150


def test_a_content_of_two_keys_still_has_two_forms_that_differ() -> None:
    """Fewer orders: the masks do it, for consecutive codes and for the two forms of one."""
    for position in range(24):
        few = Payload({ADMIN: "a/.B", BUNDLE: {TOKEN: BASE, "note": "n" * 100}})
        here, there = (
            [draw(few, order=form.key_order, mask=form.mask) for form in deal(place, 1)] for place in (position, position + 1)
        )
        count = here[0].size ** 2
        assert apart(*here) > 0.28 * count
        assert min(apart(one, two) for one in here for two in there) > 0.3 * count
