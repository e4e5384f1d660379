"""The verdict on a unit: what is missing, what contradicts the order, and what silence means."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from station.domain.evidence import Device, Order, Verdict, judge
from station.domain.policy import EXPECTED_RECORD, Mode

SERIAL, IMEI = "R58M315CL4T", "490154203237518"
COMPANY_OWNED = (Mode.FULLY_MANAGED, Mode.DEDICATED, Mode.WPCO)
NO_SCAN = "no witnessed or attested scan"
NO_DEVICE = "no device record"
NO_MODE = "the device record tells no management mode yet"
NOT_APPLIED = "the policy is not applied yet"
NO_LABEL = "no label was scanned"
NO_SERIAL = "the device record tells no serial number yet"


def order(mode: Mode = Mode.WPCO, *, label: bool = False) -> Order:
    return Order(mode, "sales", 11, label_required=label)


def good(mode: Mode = Mode.WPCO) -> Device:
    management_mode, ownership = EXPECTED_RECORD[mode]
    return Device(
        "enterprises/E/devices/1",
        management_mode=management_mode,
        ownership=ownership,
        state="ACTIVE",
        applied_state="ACTIVE",
        applied_policy="sales",
        serial=SERIAL,
        imei=IMEI,
        android="14",
    )


def verdict(
    device: Device | None, wanted: Order | None = None, *, scan: bool = True, kind: str | None = None, label: str | None = None
) -> Verdict:
    return judge(wanted or order(), device, scan_proven=scan, label_kind=kind, label=label)


# --- modes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", Mode)
def test_a_unit_with_all_evidence_is_verified(mode: Mode) -> None:
    assert verdict(good(mode), order(mode)) == Verdict()
    assert verdict(good(mode), order(mode)).verified


@pytest.mark.parametrize(("ordered", "found"), itertools.product(Mode, Mode))
def test_a_record_of_another_mode_contradicts_the_order(ordered: Mode, found: Mode) -> None:
    """Fully managed and dedicated devices have the same record (Android Management API reference, devices)."""
    judged = verdict(good(found), order(ordered))
    wanted, there = EXPECTED_RECORD[ordered], EXPECTED_RECORD[found]
    told = [
        f"{what} is {is_}, ordered was {should}"
        for what, should, is_ in zip(("management mode", "ownership"), wanted, there, strict=True)
        if is_ != should
    ]
    assert judged == Verdict((), tuple(told))
    assert judged.verified == (wanted == there)


def test_a_work_profile_added_outside_of_the_setup_wizard_is_a_mismatch_of_ownership_alone() -> None:
    judged = verdict(good(Mode.WORK_PROFILE), order(Mode.WPCO))
    assert judged.mismatches == ("ownership is PERSONALLY_OWNED, ordered was COMPANY_OWNED",)


@pytest.mark.parametrize("silent", [replace(good(), management_mode=""), replace(good(), ownership="")])
def test_a_record_that_is_silent_on_its_mode_is_waited_for(silent: Device) -> None:
    assert verdict(silent) == Verdict((NO_MODE,))


def test_a_silent_mode_does_not_hide_that_the_ownership_is_wrong() -> None:
    judged = verdict(replace(good(), management_mode="", ownership="PERSONALLY_OWNED"))
    assert judged == Verdict((NO_MODE,), ("ownership is PERSONALLY_OWNED, ordered was COMPANY_OWNED",))


# --- scan and record -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", COMPANY_OWNED)
def test_without_a_proven_scan_a_company_owned_unit_is_not_verified(mode: Mode) -> None:
    assert verdict(good(mode), order(mode), scan=False) == Verdict((NO_SCAN,))


def test_a_personally_owned_work_profile_is_confirmed_by_its_record_alone() -> None:
    assert verdict(good(Mode.WORK_PROFILE), order(Mode.WORK_PROFILE), scan=False).verified
    assert verdict(None, order(Mode.WORK_PROFILE), scan=False) == Verdict((NO_DEVICE,))


@pytest.mark.parametrize("mode", Mode)
def test_a_scan_without_a_device_record_is_not_enough(mode: Mode) -> None:
    assert verdict(None, order(mode)) == Verdict((NO_DEVICE,))


def test_nothing_at_all_misses_both() -> None:
    assert verdict(None, scan=False) == Verdict((NO_SCAN, NO_DEVICE))


# --- policy --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["PROVISIONING", "DISABLED", "DELETED", ""])
def test_a_policy_counts_as_applied_only_when_the_device_reports_itself_active(state: str) -> None:
    """`state` is what was ordered, `appliedState` what the device reports (Android Management API reference, devices)."""
    assert verdict(replace(good(), state="ACTIVE", applied_state=state)) == Verdict((NOT_APPLIED,))


@pytest.mark.parametrize("applied", ["", "default", "Sales", "sales2", "enterprises/E/policies/default"])
def test_another_policy_is_waited_for_and_named(applied: str) -> None:
    assert verdict(replace(good(), applied_policy=applied)) == Verdict(("policy sales is not applied yet",))


def test_a_policy_may_be_reported_by_its_full_name() -> None:
    assert verdict(replace(good(), applied_policy="enterprises/E/policies/sales")).verified


# --- Android ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "fits"), [("11", True), ("11.0.1", True), ("16", True), ("10", False), ("9", False), ("8.1.0", False)]
)
def test_android_below_the_ordered_version_contradicts_the_order(version: str, fits: bool) -> None:
    told = () if fits else (f"Android {version.split('.')[0]} is below the required 11",)
    assert verdict(replace(good(), android=version)) == Verdict((), told)


@pytest.mark.parametrize("version", ["", "unknown"])
def test_an_android_version_that_nobody_reports_is_not_held_against_the_unit(version: str) -> None:
    assert verdict(replace(good(), android=version)).verified


# --- labels ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", COMPANY_OWNED)
@pytest.mark.parametrize(
    ("kind", "label", "reported", "required", "expected"),
    [
        (None, None, True, False, Verdict()),
        (None, None, True, True, Verdict((NO_LABEL,))),
        ("serial", SERIAL, True, True, Verdict()),
        ("imei", IMEI, True, True, Verdict()),
        ("serial", "OTHER123", True, True, Verdict((), (f"the box label's serial OTHER123 is not the reported {SERIAL}",))),
        (
            "serial",
            SERIAL.lower(),
            True,
            False,
            Verdict((), (f"the box label's serial {SERIAL.lower()} is not the reported {SERIAL}",)),
        ),
        ("imei", "356938035643809", True, False, Verdict((), (f"the box label's imei 356938035643809 is not the reported {IMEI}",))),
        ("serial", SERIAL, False, True, Verdict((NO_SERIAL,))),
        ("serial", SERIAL, False, False, Verdict()),
        ("imei", IMEI, False, True, Verdict()),
        ("imei", IMEI, False, False, Verdict()),
    ],
)
def test_a_label_must_agree_with_what_is_reported(
    mode: Mode, kind: str | None, label: str | None, reported: bool, required: bool, expected: Verdict
) -> None:
    device = good(mode) if reported else replace(good(mode), serial="", imei="")
    assert verdict(device, order(mode, label=required), kind=kind, label=label) == expected


def test_a_serial_label_is_never_compared_with_the_imei_nor_the_other_way_round() -> None:
    device = replace(good(), serial=IMEI, imei=SERIAL)
    assert verdict(device, kind="serial", label=SERIAL).mismatches
    assert verdict(device, kind="imei", label=IMEI).mismatches


@pytest.mark.parametrize(("kind", "label"), [("serial", SERIAL), ("imei", IMEI)])
def test_a_personally_owned_device_reports_neither_number_and_is_not_waited_for(kind: str, label: str) -> None:
    """From Android 12 on hardware identifiers are withdrawn from personally owned work profiles."""
    silent = replace(good(Mode.WORK_PROFILE), serial="", imei="")
    assert verdict(silent, order(Mode.WORK_PROFILE, label=True), kind=kind, label=label).verified


def test_a_service_that_reports_no_serial_numbers_is_not_waited_for_and_one_that_it_tells_must_agree() -> None:
    silent = replace(order(label=True), serial_told=False)
    assert verdict(replace(good(), serial="", imei=""), silent, kind="serial", label=SERIAL).verified
    assert verdict(good(), silent, kind="serial", label="X2").mismatches
    assert verdict(good(), silent).missing == ("no label was scanned",)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    device = Device(
        "d", management_mode="DEVICE_OWNER", ownership="PERSONALLY_OWNED", applied_state="PROVISIONING", serial="X1", android="9"
    )
    judged = verdict(device, order(label=True), scan=False, kind="serial", label="X2")
    assert len(judged.missing) == 2
    assert len(judged.mismatches) == 4
    assert not judged.verified
