"""What is told of a configuration: all of it, and no secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from station import wire
from station.assembly.configured import configured, without_secrets
from station.bench.tuning import LIVE, Limits
from station.config import Config
from station.words import words
from station.words.settings import GROUPS, SETTINGS, group_of, said

KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "amapi", "enterprise": "LC1"},
    {"kind": "prepared"},
    {"kind": "tinymdm", "public_key": "/s/SECRET-public", "secret_key": "/s/SECRET-key"},
)
MAIL = {"host": "smtp.example.org", "from": "it@example.org", "user": "b", "password_file": "/s/SECRET-mail"}
TWIN = {"folder": "/tmp/w"}  # noqa: S108 - nothing is written there


def told(**document: Any) -> dict[str, wire.SettingView]:
    config = Config.model_validate({"emm": KINDS[0], **document})
    return {one.key: one for one in configured(config).items}


def test_every_setting_has_its_words_and_no_words_are_of_none() -> None:
    shown = [told(emm=emm, **more) for emm in KINDS for more in ({}, {"mail": MAIL, "twin": TWIN})]
    keys = {key for settings in shown for key in settings}
    assert keys == set(SETTINGS)
    assert {group_of(key) for key in keys} == set(GROUPS)


def test_where_a_value_comes_from_is_told() -> None:
    found = told(times={"scan": 90}, bench="bench-7")
    assert [found[key].source for key in ("bench", "times.scan", "times.idle", "rack.trays")] == ["file", "file", "default", "default"]
    assert (found["times.scan"].value, found["rack.trays"].value) == (90.0, 10)


def test_no_secret_and_nothing_that_may_hold_one_is_told() -> None:
    places = {"wifi_password_file": "/s/SECRET-wifi", "secrets": {"office": "/s/SECRET-office"}, "mail": MAIL}
    extras = {"WIFI_SSID": "bench", "WIFI_PASSWORD": "SECRET-inline"}
    camera = {"camera": "http://eve:SECRET-cam@10.0.0.7/video?token=SECRET-token#SECRET-part"}
    query = {"code_query": {"field": "SECRET-field"}, "vault_key": "/s/SECRET-vault", "endpoint": "https://x:SECRET-x@h/"}
    for emm in ({**KINDS[0], "key": "/s/SECRET-account"}, {**KINDS[2], **query}, {**KINDS[1], "vault_key": "/s/SECRET-vault"}):
        config = Config.model_validate({"emm": emm, "extras": extras, "hardware": camera, **places})
        text = configured(config).model_dump_json()
        assert "SECRET" not in text
    found = told(emm={**KINDS[0], "key": "/s/k"}, extras=extras, hardware=camera, **places)
    assert found["extras"].value == ["WIFI_PASSWORD", "WIFI_SSID"]
    assert found["secrets"].value == ["office"]
    assert (found["emm.key"].secret, found["emm.key"].value, found["hardware.camera"].value) == (
        True,
        True,
        "http://…@10.0.0.7/video?…#…",
    )
    assert told()["emm.key"].value is False


@pytest.mark.parametrize("address", ["", "v4l2:/dev/video0", "serial:/dev/ttyACM0?baud=9600", "sim:/w", "http://127.0.0.1:8099"])
def test_an_address_without_secrets_stays_as_it_is(address: str) -> None:
    assert without_secrets(address) == address


def test_an_address_that_cannot_be_read_is_hidden() -> None:
    assert without_secrets("HTTP://eve:SECRET@[::1/x") == "…"


@pytest.mark.parametrize("key", [key for key, limits in LIVE.items() if limits])
def test_what_may_be_changed_while_it_runs_may_stand_in_the_file_too(key: str) -> None:
    limits, (section, name) = LIVE[key], key.split(".")
    assert isinstance(limits, Limits)
    for value in (limits.least, limits.most):
        assert told(**{section: {name: int(value) if limits.whole else value}})[key].value == value
    assert told()[key].value is not None


def test_values_are_said_in_words() -> None:
    t = words("en")
    found = told(emm={**KINDS[2], "policies": {"kiosk": "p1"}}, hardware={"screen_mm": 344.5})
    spoken = {key: said(t, key, one.value, secret=one.secret) for key, one in found.items()}
    assert spoken["times.scan"] == "120 s"
    assert spoken["emm.policies"] == "kiosk = p1"
    assert spoken["emm.public_key"] == "set"
    assert (spoken["hardware.screen_mm"], spoken["hardware.camera"], spoken["emm.minting"]) == ("344.5 mm", "none", "yes")
    assert json.dumps(spoken)
