from __future__ import annotations

import re

from hardware.simulated.faults import FAULTS, HEALTHY
from hardware.simulated.handset import beside, handset, luhn_digit


def test_the_check_digit_of_a_known_imei() -> None:
    assert luhn_digit("49015420323751") == "8"


def test_every_phone_has_its_own_well_formed_numbers() -> None:
    phones = [handset(7, number, HEALTHY, 150, 0.1, None).identity for number in range(1, 400)]
    assert len({phone.serial for phone in phones}) == len({phone.imei for phone in phones}) == len(phones)
    for phone in phones:
        assert re.fullmatch(r"R\d\d[A-Z][0-9A-Z]{6}[A-Z]", phone.serial)
        assert re.fullmatch(r"\d{15}", phone.imei)
        assert luhn_digit(phone.imei[:14]) == phone.imei[14]


def test_the_same_seed_and_number_give_the_same_phone_and_others_differ() -> None:
    assert handset(7, 3, HEALTHY, 150, 0.1, None) == handset(7, 3, HEALTHY, 150, 0.1, None)
    assert handset(7, 3, HEALTHY, 150, 0.1, None).pace != handset(8, 3, HEALTHY, 150, 0.1, None).pace
    assert handset(7, 3, HEALTHY, 150, 0.1, None).lens != handset(7, 4, HEALTHY, 150, 0.1, None).lens


def test_setup_varies_by_its_spread_only() -> None:
    assert all(handset(7, number, HEALTHY, 150, 0, None).pace.setup == 150 for number in range(20))
    spread = [handset(7, number, HEALTHY, 150, 0.1, None).pace.setup for number in range(200)]
    assert 135 <= min(spread) < 140 < 160 < max(spread) <= 165


def test_a_given_serial_changes_nothing_else() -> None:
    drawn, given = handset(7, 1, HEALTHY, 150, 0.1, None), handset(7, 1, HEALTHY, 150, 0.1, "R58M315CL4T")
    assert given.identity.serial == given.label.serial == "R58M315CL4T"
    assert (given.identity.imei, given.pace, given.lens) == (drawn.identity.imei, drawn.pace, drawn.lens)


def test_only_a_swapped_box_bears_another_phones_numbers() -> None:
    honest, swapped = (handset(7, 1, fault, 150, 0.1, None) for fault in (HEALTHY, FAULTS["swapped_box"]))
    assert honest.label == honest.identity == swapped.identity
    assert swapped.label.serial != swapped.identity.serial
    assert swapped.label.imei != swapped.identity.imei


def test_the_second_of_two_phones_reads_after_the_first_and_enrolls_after_it() -> None:
    for number in range(1, 30):
        first = handset(7, number, HEALTHY, 150, 0.1, None)
        second = beside(handset(7, number + 100, HEALTHY, 150, 0.1, None), first)
        assert second.pace.opens == first.pace.opens
        assert 0 < second.pace.reads - first.pace.reads < 0.25
        assert second.pace.setup * second.pace.enrolls > first.pace.setup * first.pace.enrolls
