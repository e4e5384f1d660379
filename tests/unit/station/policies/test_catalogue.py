"""The catalogue of options: it is about fields that exist, has a sentence for every reason, and none missing."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, cast

import pytest

from station.domain.policy import Mode
from station.policies.catalogue import Option, catalogue, found
from station.policies.validation import fields
from station.words import words
from station.words.policies import REASONS, SUPPORTS, icon, sentence

OPTIONS = list(catalogue().values())
# reasons that `fitting` and `validation` give by themselves
OF_THE_CODE = {
    *("value_without_effect", "android_too_old", "not_in_catalogue", "wrong_type", "bad_format"),
    *("unknown_field", "unknown_field_near", "bad_value", "bad_value_near"),
}


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    text = files("googleapiclient.discovery_cache.documents").joinpath("androidmanagement.v1.json").read_text("utf-8")
    return cast("dict[str, Any]", json.loads(text)["schemas"])


def type_of(schemas: dict[str, Any], path: str) -> str:
    """The type of a field as the catalogue writes it, found by walking the schema."""
    schema: dict[str, Any] = {"$ref": "Policy"}
    for part in path.split("."):
        schema = schemas[schema["$ref"]]["properties"][part.removesuffix("[]")]
        whole, schema = schema, schema["items"] if part.endswith("[]") else schema
    kind = "enum" if "enum" in schema else schema.get("$ref") or schema["type"]
    kind += f":{schema['format']}" if "format" in schema and kind != "enum" else ""
    return f"array<{kind}>" if whole["type" if "type" in whole else "$ref"] == "array" else kind


def test_every_option_is_a_field_of_the_reference_with_its_type(schemas: dict[str, Any]) -> None:
    assert {option.field: option.type for option in OPTIONS} == {option.field: type_of(schemas, option.field) for option in OPTIONS}


def test_every_field_of_the_top_level_has_a_row(schemas: dict[str, Any]) -> None:
    top = {name.split(".")[0].removesuffix("[]") for name in catalogue()}
    assert top == set(schemas["Policy"]["properties"])
    assert set(catalogue()) <= set(fields())


def test_an_option_stands_before_those_nested_in_it() -> None:
    seen: set[str] = set()
    for option in OPTIONS:
        holders = {name for name in catalogue() if option.field.startswith(f"{name}.")}
        assert holders <= seen, option.field
        seen.add(option.field)


@pytest.mark.parametrize("mode", Mode)
def test_there_is_a_reason_exactly_where_a_mode_does_not_take_all_of_it(mode: Mode) -> None:
    for option in OPTIONS:
        assert (mode in option.reasons) == (option.support[mode] != "yes"), option.field
        assert option.support[mode] != "profile" or option.reasons[mode].id == "profile_only", option.field
        assert mode in (Mode.WPCO, Mode.WORK_PROFILE) or option.support[mode] != "profile", option.field


def test_each_reason_has_a_sentence_and_each_sentence_a_reason() -> None:
    given = {reason.id for option in OPTIONS for reason in option.reasons.values()}
    assert given | OF_THE_CODE == set(REASONS)


def test_what_is_to_be_used_instead_exists_and_works_there(schemas: dict[str, Any]) -> None:
    t = words("en")
    for option in OPTIONS:
        for mode, reason in option.reasons.items():
            assert ("{instead}" in REASONS[reason.id]) == bool(reason.instead), option.field
            if reason.instead:
                other = next(one for name, one in catalogue().items() if name.removesuffix("[]") == reason.instead)
                assert other.support[mode] != "no" or option.support[mode] == other.support[Mode.WPCO] == "no", option.field
                assert reason.instead in sentence(t, reason.id, {"instead": reason.instead})


def test_refused_values_are_values_of_options_that_work_in_part(schemas: dict[str, Any]) -> None:
    refused = [option for option in OPTIONS if option.refused]
    assert refused
    for option in refused:
        holder: dict[str, Any] = {"$ref": "Policy"}
        for part in option.field.split("."):
            holder = schemas[holder["$ref"]]["properties"][part.removesuffix("[]")]
            holder = holder.get("items", holder)
        for mode, values in option.refused.items():
            assert values < set(holder["enum"])
            assert option.support[mode] == "partial"


def test_dedicated_devices_are_fully_managed_ones_but_for_lock_screen_and_account() -> None:
    different = {
        option.field.split(".")[0] for option in OPTIONS if option.support[Mode.DEDICATED] != option.support[Mode.FULLY_MANAGED]
    }
    assert different == {"keyguardDisabled", "workAccountSetupConfig"}
    assert not [o.field for o in OPTIONS if o.minimum_android.get(Mode.DEDICATED) != o.minimum_android.get(Mode.FULLY_MANAGED)
                and o.field not in different]  # fmt: skip


def names(options: tuple[Option, ...]) -> set[str]:
    return {option.field for option in options}


def test_options_are_found_by_a_part_of_their_name_by_mode_and_by_what_is_stated() -> None:
    assert names(found("WIFISSID")) == {
        "deviceConnectivityManagement.wifiSsidPolicy",
        "deviceConnectivityManagement.wifiSsidPolicy.wifiSsidPolicyType",
        "deviceConnectivityManagement.wifiSsidPolicy.wifiSsids[]",
    }
    assert len(found()) == len(OPTIONS) == 258
    assert names(found("keyguardDisabled", mode=Mode.DEDICATED)) == set()
    assert names(found("keyguardDisabled", stated=True)) == {"keyguardDisabled"}
    assert found("no such option") == ()


def test_the_least_android_is_that_of_the_mode() -> None:
    screen = catalogue()["displaySettings.screenTimeoutSettings.screenTimeout"]
    assert dict(screen.minimum_android) == {Mode.FULLY_MANAGED: 9, Mode.DEDICATED: 9, Mode.WPCO: 15}
    assert not catalogue()["cameraDisabled"].minimum_android


def test_icons_differ_and_have_a_plain_form() -> None:
    assert len({icon(one) for one in SUPPORTS}) == len(SUPPORTS) == len({icon(one, ascii_only=True) for one in SUPPORTS})
    assert all(icon(one, ascii_only=True).isascii() for one in SUPPORTS)
    assert "".join(map(icon, SUPPORTS)).encode("cp437")  # what the console's own fonts hold
